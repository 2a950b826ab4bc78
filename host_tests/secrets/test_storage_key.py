"""The host's storage key: from the environment or from a file that nobody else can read; else there is no start."""

import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

from tools.host.initialise import initialise
from tools.host.security import storage_key
from tools.host.security.keystore import KeyStore
from tools.host.state import State, StateError

ROOT = Path(__file__).parents[2]
KEY = secrets.token_hex(32)


@pytest.fixture
def folder(tmp_path):
    initialise(tmp_path / "state", 8583, "demo")
    return tmp_path / "state"


def serve(folder, **environment):
    """(exit status, what it said on stderr) of a start that is refused; the host's ready line when it is not."""
    command = [
        sys.executable,
        "-m",
        "tools.host",
        "serve",
        "--state",
        str(folder),
        "--port",
        "0",
        "--console-port",
        "0",
    ]
    found = {name: value for name, value in os.environ.items() if name != storage_key.VARIABLE} | environment
    with subprocess.Popen(command, cwd=ROOT, env=found, stdout=-1, stderr=-1, text=True) as process:
        ready = process.stdout.readline()
        if ready:
            process.terminate()
        _, said = process.communicate(timeout=30)
    return (ready, said) if ready else (process.returncode, said)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["keys/storage.key", "keys/session.key", "pki/ca.key", "pki/server.key", "terminals/10000001.json"]
)
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o602])
def test_no_start_with_a_secret_that_others_can_read(folder, name, mode):
    (folder / name).chmod(mode)
    with pytest.raises(StateError, match=f"chmod 600 .*{name}"):
        State(folder).check_secrets()


@pytest.mark.slow
def test_what_the_command_says(folder):
    (folder / "keys" / "storage.key").chmod(0o644)
    status, said = serve(folder)
    assert status == 2
    assert said.count("\n") == 1 and "mode 0644" in said and f"run `chmod 600 {folder}/keys/storage.key`" in said
    (folder / "keys" / "storage.key").chmod(0o600)
    ready, said = serve(folder)
    assert ready.startswith("host ready") and not said


@pytest.mark.slow
def test_the_environments_key_goes_before_the_file_and_must_be_the_right_one(folder):
    key = (folder / "keys" / "storage.key").read_bytes().hex()
    (folder / "keys" / "storage.key").unlink()
    ready, said = serve(folder, POS_STORAGE_KEY=key)
    assert ready.startswith("host ready"), said
    assert not (folder / "keys" / "storage.key").exists()
    for wrong, why in ((KEY, "does not open"), ("12", "64 hexadecimal digits"), (key[:-1] + "g", "64 hexadecimal")):
        status, said = serve(folder, POS_STORAGE_KEY=wrong)
        assert status == 2 and why in said, said
        assert wrong not in said and key not in said, "no part of a key is said"
    status, said = serve(folder)
    assert status == 2 and "init" in said


def test_init_with_the_environments_key_writes_no_file(tmp_path, monkeypatch):
    monkeypatch.setenv(storage_key.VARIABLE, KEY)
    initialise(tmp_path / "state", 8583, "demo")
    state = State(tmp_path / "state")
    state.require()
    assert not state.storage_key_file.exists()
    found = b"".join(path.read_bytes() for path in state.folder.rglob("*") if path.is_file())
    assert bytes.fromhex(KEY) not in found and KEY.encode() not in found


def test_a_key_that_is_no_key(folder):
    path = folder / "keys" / "storage.key"
    path.write_bytes(b"short")
    with pytest.raises(StateError, match="5 bytes, 32 expected"):
        State(folder).keystore()
    path.unlink()
    with pytest.raises(StateError, match="backup"):
        State(folder).keystore()
    path.mkdir()
    with pytest.raises(StateError, match="no file"):
        State(folder).keystore()


def test_a_file_of_somebody_else(folder, monkeypatch):
    monkeypatch.setattr("os.geteuid", lambda: 54321)
    mine = os.stat(folder / "keys" / "storage.key").st_uid
    if mine == 0:
        State(folder).keystore()  # the administrator's may be read, should the system allow it
        monkeypatch.setattr(Path, "stat", _owned_by(7, Path.stat))
    with pytest.raises(StateError, match="another user"):
        State(folder).keystore()


def _owned_by(number, real):
    def stat(path, **options):
        found = list(real(path, **options))
        found[4] = number
        return os.stat_result(found)

    return stat


def test_every_bit_of_the_storage_key_counts(folder):
    """One that turned over opens nothing: the host does not start, rather than answer every sign-on with 96."""
    state = State(folder)
    key = state.storage_key_file.read_bytes()
    database = state.database()
    with database.engine.connect() as connection:
        block = connection.exec_driver_sql("SELECT master_key FROM terminals").scalar()
    database.close()
    assert KeyStore(key).opens(block)
    for bit in range(8 * len(key)):
        flipped = bytearray(key)
        flipped[bit >> 3] ^= 1 << (bit & 7)
        assert not KeyStore(bytes(flipped)).opens(block), bit
    for at in range(len(block)):
        assert not KeyStore(key).opens(block[:at] + chr(ord(block[at]) ^ 1) + block[at + 1 :]), at
