"""Provisioning: what the host made becomes files that the firmware itself reads."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest

from host_tests.sim import parts
from tools import provision

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
PROVISIONED = ["ca.der", "ca.der.old", "operators.json", "terminal.json", "terminal.json.old"]


@pytest.fixture
def state(tmp_path):
    """A host's state folder with as much in it as provisioning reads."""
    (tmp_path / "pki").mkdir()
    (tmp_path / "pki" / "ca.der").write_bytes(b"0 a certificate")
    (tmp_path / "terminals").mkdir()
    content = {"terminal": "10000001", "host": "127.0.0.1", "port": 8583, "master_key": "00" * 16, "language": "en"}
    (tmp_path / "terminals" / "10000001.json").write_text(json.dumps(content))
    return tmp_path


def people(files, folder):
    """The operators in a store file, as the firmware loads them."""
    from pos.journal import store

    path = folder / "operators.json"
    path.write_bytes(files["/data/operators.json"])
    value, problem = store.load(str(path), None)
    assert problem is None
    return value


def test_terminal_files_take_changes(state):
    files = provision.terminal_files(state, port=1234, language="zh", wifi_ssid=None)
    content = provision.identity(files)
    assert (content["port"], content["language"], content["terminal"]) == (1234, "zh", "10000001")
    assert "wifi_ssid" not in content
    assert files["/data/ca.der"] == files["/data/ca.der.old"] == b"0 a certificate"
    assert files["/data/terminal.json"] == files["/data/terminal.json.old"]
    assert files == provision.terminal_files(state, language="zh", port=1234)  # byte for byte: nothing to deploy


def test_a_terminal_that_the_host_does_not_know(state):
    with pytest.raises(provision.ProvisionError, match=r"tools\.host init"):
        provision.terminal_files(state, "10000009")


def test_demonstration_operators_need_not_change_their_pin(state, tmp_path):
    from pos.security import pin

    _, initial = provision.demo_files(state)
    found = people(initial, tmp_path)
    assert set(found) == {"00", "01", "02", "99"}
    assert not any(person["first"] or person["failures"] for person in found.values())
    assert pin.verify("2468", found["01"]["pin"])
    assert pin.verify("97531024", found["99"]["pin"])
    assert not pin.verify("1357", found["01"]["pin"])


def test_other_operators_must(tmp_path):
    assert people(provision.operator_files({"03": "4711"}), tmp_path)["03"]["first"] is True


@pytest.mark.parametrize("pins", [{"3": "4711"}, {"03": "471"}, {"03": "abcd"}, {"003": "4711"}])
def test_bad_operators_are_refused(pins):
    with pytest.raises(provision.ProvisionError):
        provision.operator_files(pins)


def test_the_program(state, tmp_path):
    def run(*options):
        command = [sys.executable, "-m", "tools.provision", "--state", str(state), *options]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)

    out = tmp_path / "out"
    done = run("--to", str(out), "--operator", "03:4711", "--operator", "00:135790", "--host", "pos.example")
    assert done.returncode == 0, done.stderr
    written = {f"/data/{file.name}": file.read_bytes() for file in (out / "data").iterdir()}
    assert sorted(written) == [f"/data/{name}" for name in PROVISIONED]
    assert provision.identity(written)["host"] == "pos.example"
    for name in ("terminal.json", "terminal.json.old", "operators.json"):
        assert (out / "data" / name).stat().st_mode & 0o077 == 0
    assert run("--to", str(out)).returncode == 2
    assert "no terminal 1" in run("--to", str(out), "--demo", "--terminal", "1").stderr


@pytest.mark.slow
def test_the_program_over_a_serial_port(state, tmp_path):
    """On the pty of a simulated terminal that holds nothing yet; it starts again with what it was given."""
    script = """
import os
from machine import UART

async def main():
    UART(2, 19200).write((",".join(sorted(os.listdir("/data") if "data" in os.listdir("/") else [])) + "\\n").encode())
"""

    async def run():
        process = parts.terminal(tmp_path / "terminal", script, repl=True)
        try:
            await process.start()
            assert await parts.printed(process) == "\n"
            program = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tools.provision", "--state", str(state), "--demo"),
                *("--port", process.state()["pty"]),
                cwd=ROOT,
                stdout=asyncio.subprocess.DEVNULL,
            )
            assert await asyncio.wait_for(program.wait(), 20) == 0
            return await parts.printed(process, count=2)
        finally:
            await process.close()

    assert asyncio.run(run()) == "\n" + ",".join(PROVISIONED) + "\n"
