"""What `make run` was asked for, and what it says when that cannot be done."""

import socket

import pytest

from tools.run import settings as run_settings
from tools.run.settings import RunError


def test_without_variables_it_is_what_the_readme_says(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings = run_settings.read([], {})
    assert (settings.panel_port, settings.console_port, settings.host_port) == (8080, 8000, 8583)
    assert settings.state == tmp_path / "build" / "run"
    assert (settings.board, settings.runtime) == ("esp32_devkitc", "micropython")
    assert settings.language is None
    assert settings.with_host


def test_variables_and_options(tmp_path):
    variables = {"PANEL_PORT": "1", "BOARD": "esp32_s3_devkitc", "LANG_UI": "zh", "RUNTIME": "cpython"}
    settings = run_settings.read(["--panel-port", "2", "--no-host"], variables | {"STATE": str(tmp_path)})
    assert (settings.panel_port, settings.board, settings.language) == (2, "esp32_s3_devkitc", "zh")
    assert (settings.runtime, settings.state, settings.with_host) == ("cpython", tmp_path, False)


def test_an_empty_variable_is_none(tmp_path):
    settings = run_settings.read([], {"LANG_UI": "", "PANEL_PORT": "", "STATE": str(tmp_path)})
    assert (settings.language, settings.panel_port) == (None, 8080)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PANEL_PORT", "0"), ("PANEL_PORT", "65536"), ("HOST_PORT", "http"), ("CONSOLE_PORT", "-1"), ("HOST_PORT", "٣"),
        ("BOARD", "pc"), ("BOARD", "../boards"), ("RUNTIME", "pypy"), ("LANG_UI", "fr"), ("STATE", __file__),
    ],
)  # fmt: skip
def test_a_wrong_value_is_named_with_its_variable(name, value):
    with pytest.raises(RunError, match=f"^{name}="):
        run_settings.read([], {name: value})


def test_a_taken_port_is_named_with_its_variable(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        settings = run_settings.read([], {"CONSOLE_PORT": str(port), "PANEL_PORT": "1", "STATE": str(tmp_path)})
        with pytest.raises(RunError, match=f"CONSOLE_PORT={port} is in use"):
            settings.check_ports()


def test_one_port_cannot_serve_two(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    settings = run_settings.read([], {"PANEL_PORT": port, "HOST_PORT": port, "STATE": str(tmp_path)})
    with pytest.raises(RunError, match=f"HOST_PORT={port} is the same as PANEL_PORT"):
        settings.check_ports()
