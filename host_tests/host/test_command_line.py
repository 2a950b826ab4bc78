"""The command line, run as its users run it."""

import json
import os
import re
import shutil
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tools.host.__main__ import main
from tools.host.state import State

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
CARDS = {
    "6200000000000013": "1 000.00",
    "6200000000000021": "1.00",
    "6200000000000039": "1 000.00",
    "6200000000000047": "1 000 000.00",
}


def run(*arguments, **environment):
    """A process of its own, for what only such a one can show."""
    clean = {name: value for name, value in os.environ.items() if name != "DEMO_PASSWORD"}
    command = [sys.executable, "-m", "tools.host", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=clean | environment, timeout=60)
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def here(capsys):
    """The same command line in this process: the many other cases."""

    def call(*arguments):
        capsys.readouterr()
        try:
            status = main(list(arguments))
        except SystemExit as left:
            status = left.code
        return status, *capsys.readouterr()

    return call


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made") / "state"
    return folder, run("init", "--state", str(folder), "--port", "9001")


def snapshot(folder):
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and "host.db" not in path.name]
    return {path: path.read_bytes() for path in files}


def test_init(made):
    folder, (status, said, errors) = made
    assert status == 0, errors
    assert errors == ""
    passwords = re.findall(r"^  (\w+) +(\S{16})$", said, re.M)
    assert [name for name, _ in passwords] == ["owner", "reviewer", "service"]
    assert len({password for _, password in passwords}) == 3
    content = json.loads((folder / "terminals" / "10000001.json").read_text())
    assert re.fullmatch("[0-9a-f]{32}", content.pop("master_key"))
    assert content == {
        "merchant": "100000000000001",
        "terminal": "10000001",
        "host": "127.0.0.1",
        "port": 9001,
        "server_name": "pos-host",
        "wifi_ssid": "pos-demo",
        "wifi_key": "pos-demo-key",
        "language": "en",
    }


def test_secrets_are_for_the_owner_only(made):
    folder, _ = made
    public = {"ca.der", "ca.pem", "server.pem"}
    for path in folder.rglob("*"):
        mode = stat.S_IMODE(path.stat().st_mode)
        if path.is_dir():
            assert mode == 0o700, path
        elif path.name not in public:
            assert mode == 0o600, path


def test_init_again_changes_nothing_but_the_port(made, here, monkeypatch):
    folder, _ = made
    monkeypatch.delenv("DEMO_PASSWORD", raising=False)
    before = snapshot(folder)
    assert here("init", "--state", str(folder), "--port", "9001") == (0, "nothing to do\n", "")
    assert snapshot(folder) == before
    monkeypatch.setenv("DEMO_PASSWORD", "late")
    assert "port 9002" in here("init", "--state", str(folder), "--port", "9002")[1]
    terminal = folder / "terminals" / "10000001.json"
    old, new = json.loads(before[terminal]), json.loads(terminal.read_text())
    assert new == old | {"port": 9002}
    assert here("check", "--state", str(folder))[0] == 0


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", "\xff"])
def test_init_says_that_a_terminal_file_is_damaged(tmp_path, here, content):
    here("init", "--state", str(tmp_path))
    path = tmp_path / "terminals" / "10000001.json"
    path.write_text(content, encoding="latin-1")
    status, said, _ = here("init", "--state", str(tmp_path), "--port", "9003")
    assert (status, said.startswith(f"note: {path} is damaged")) == (0, True)
    assert path.read_text(encoding="latin-1") == content


def test_init_takes_a_given_password_and_does_not_print_it(tmp_path, here, monkeypatch):
    monkeypatch.setenv("DEMO_PASSWORD", "correct horse")
    status, said, errors = here("init", "--state", str(tmp_path / "s"))
    assert status == 0
    assert "correct horse" not in said + errors
    assert "DEMO_PASSWORD" in said


@pytest.mark.parametrize("card", CARDS)
def test_account(made, here, card):
    status, said, _ = here("account", card, "--state", str(made[0]))
    assert status == 0
    assert f"balance {CARDS[card]}\n" in said
    assert ("frozen" in said) == (card == "6200000000000039")
    found = json.loads(here("account", card, "--state", str(made[0]), "--json")[1])
    assert found["number"] == card
    assert len(found["entries"]) == 1


def test_unknown_account(made, here):
    status, said, errors = here("account", "6200000000000054", "--state", str(made[0]))
    assert (status, said) == (1, "")
    assert "no account" in errors


@pytest.mark.parametrize("command", [["serve"], ["check"], ["account", "1"]])
def test_a_folder_that_is_not_set_up(tmp_path, here, command):
    status, _, errors = here(*command, "--state", str(tmp_path / "none"))
    assert status == 2
    assert "run `python -m tools.host init" in errors
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    "command", [["check"], ["account", "1"], ["wallet", "1"], ["service", "qr", "off"], ["fee"], ["serve"], ["init"]]
)
def test_a_file_that_is_no_database_is_said_to_be_that(made, tmp_path, here, command):
    for name in ("keys", "pki"):
        shutil.copytree(made[0] / name, tmp_path / name)
    (tmp_path / "host.db").write_bytes(b"no database" * 1000)
    status, said, errors = here(*command, "--state", str(tmp_path))
    assert (status, said, errors) == (1, "", "error: the database: file is not a database\n")


def test_check_fails_on_books_that_were_tampered_with(tmp_path, here):
    here("init", "--state", str(tmp_path))
    with sqlite3.connect(tmp_path / "host.db") as connection:
        connection.execute("UPDATE accounts SET balance_minor = balance_minor + 1 WHERE number = '6200000000000013'")
    status, said, _ = here("check", "--state", str(tmp_path))
    assert status == 1
    assert "PROBLEM" in said
    assert "NOT balanced" in said


def test_help(here):
    assert all(command in here("--help")[1] for command in ("init", "serve", "account", "check"))
    for command in ("init", "serve", "account", "check"):
        assert "--state" in here(command, "--help")[1]
    assert here()[0] == 2
    assert here("serve", "--state", "x", "--port", "70000")[0] == 2
    assert here("serve", "--state", "x", "--port", "http")[0] == 2


def test_a_wallet_link_leads_where_the_console_is_served(made, here):
    folder, _ = made
    link = ("wallet", "6200000000000013", "--state", str(folder))
    assert here(*link)[1].startswith("http://127.0.0.1:8000/wallet/")
    state = State(folder)
    state.console_port = 8123
    assert here(*link)[1].startswith("http://127.0.0.1:8123/wallet/")
    assert here(*link, "--console-port", "9")[1].startswith("http://127.0.0.1:9/wallet/")
    (folder / "console.port").write_text("no number")
    assert here(*link)[1].startswith("http://127.0.0.1:8000/wallet/")


def test_a_reader_who_leaves_early_is_no_error(made):
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "tools.host", "account", "6200000000000013", "--state", str(made[0])]
    with os.fdopen(write, "wb") as gone:
        done = subprocess.run(command, cwd=ROOT, stdout=gone, stderr=subprocess.PIPE, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
