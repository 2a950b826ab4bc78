"""`make audit` finds what it is for; and the repository as it is has nothing to be found."""

import json
import subprocess

import pytest

from tools import audit

PINNED = "thing==1.0 \\\n    --hash=sha256:" + "ab" * 32 + "\n"


@pytest.mark.parametrize("name", ["locks", "permissions", "secrets"])
def test_nothing_is_found_here(name):
    assert list(getattr(audit, name)(audit.ROOT)) == []


@pytest.mark.slow
def test_the_firmware_that_is_built_holds_nothing_of_the_demonstration():
    assert list(audit.firmware(audit.ROOT)) == []


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("thing==1.0\n", "neither"),
        ("thing==1.0 \\\n", "thing has no hash"),
        (PINNED + "other==2 \\\n" + PINNED, "other has no hash"),
        ("thing>=1.0 \\\n    --hash=sha256:" + "ab" * 32 + "\n", "neither"),
        ("--index-url https://example.org/simple\n" + PINNED, "neither"),
        ("thing @ https://example.org/thing.whl \\\n    --hash=sha256:" + "ab" * 32 + "\n", "neither"),
        ("thing==1.0 \\\n    --hash=md5:" + "ab" * 16 + "\n", "neither"),
        ("-r other.txt\n", "neither"),
    ],
)
def test_a_lock_file_without_hashes_is_found(tmp_path, content, why):
    for name in audit.LOCKS:
        (tmp_path / name).write_text(PINNED)
    assert list(audit.locks(tmp_path)) == []
    (tmp_path / audit.LOCKS[0]).write_text(content)
    assert any(why in problem for problem in audit.locks(tmp_path))
    (tmp_path / audit.LOCKS[0]).unlink()
    assert list(audit.locks(tmp_path)) == [f"{audit.LOCKS[0]} is missing: run make lock"]


# In two parts, so that this file is not found.
KEY_LIKE = {
    "pem.txt": "-----BEGIN EC PRIVATE " + "KEY-----\nMHc",
    "token.py": 'x = "gh' + "p_" + "a1B2" * 10 + '"',
    "address.md": "postgresql://pos:" + "hunter2@db.shop.internal/pos",
    "identity.py": '{"master_' + 'key": "' + "c0ffee11" * 4 + '"}',
    "run.sh": "POS_STORAGE_" + "KEY=" + "0f" * 32,
    "server.key": "anything",
    "data/operators.json": "{}",
    "host.db": "",
}


@pytest.mark.parametrize("name", KEY_LIKE)
def test_a_secret_in_the_repository_is_found(tmp_path, name):
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    for other in ("README.md", name):
        path = tmp_path / other
        path.parent.mkdir(exist_ok=True)
        path.write_text("nothing\n" if other != name else KEY_LIKE[name])
    subprocess.run(["git", "add", "-f", "."], cwd=tmp_path, check=True)
    found = list(audit.secrets(tmp_path))
    assert len(found) == 1 and found[0].startswith(name), found
    (tmp_path / "README.md").chmod(0o666)
    assert any("README.md" in problem for problem in audit.permissions(tmp_path))


def test_demonstration_values_in_firmware_are_found(tmp_path):
    (tmp_path / "pos").mkdir()
    (tmp_path / "pos" / "a.mpy").write_bytes(b"M\x06 nothing 12468 and 24680")
    assert list(audit.in_firmware(tmp_path)) == []
    for data in (b"pin 2468 ", b"\x006200000000000013\x00", b"x pos-demo", b"BEGIN PRIVATE KEY"):
        (tmp_path / "pos" / "b.mpy").write_bytes(data)
        assert len(list(audit.in_firmware(tmp_path))) == 1, data
    (tmp_path / "pos" / "b.mpy").unlink()
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "terminal.json").write_bytes(b"{}")
    assert list(audit.in_firmware(tmp_path)) == ["data/terminal.json is for provisioning to bring"]


TOLD = [
    {"name": "a", "version": "1", "vulns": []},
    {"name": "b", "version": "2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3"]}]},
    {"name": "c", "skip_reason": "Dependency not found on PyPI and could not be audited: c (1)"},
]


def answered(monkeypatch, stdout, stderr=""):
    """What the command does when pip-audit says this."""
    for name in audit.CHECKS:
        monkeypatch.setitem(audit.CHECKS, name, lambda _root: [])
    monkeypatch.setattr(audit, "_installed", lambda *_: True)
    done = subprocess.CompletedProcess([], 0, stdout, stderr)
    monkeypatch.setattr(audit.subprocess, "run", lambda *_, **__: done)
    return audit.main([])


def test_a_service_that_tells_nothing_is_not_taken_for_good_news(monkeypatch, capsys):
    """pip-audit says "No known vulnerabilities found" and ends with 0, having skipped every one of them."""
    assert answered(monkeypatch, json.dumps({"dependencies": TOLD[2:]}), "No known vulnerabilities found") == 3
    said = capsys.readouterr().out
    assert "NOT DONE" in said and "4 of 4 versions" in said and "NOT asked for" in said
    assert answered(monkeypatch, "", "ConnectionError: refused") == 3
    assert "cannot be reached (ConnectionError: refused)" in capsys.readouterr().out


def test_what_the_service_tells(monkeypatch, capsys):
    assert answered(monkeypatch, json.dumps({"dependencies": TOLD[:1]})) == 0
    assert answered(monkeypatch, json.dumps({"dependencies": TOLD[:2]})) == 1
    assert "b 2: PYSEC-1, mended in 3" in capsys.readouterr().out
    assert answered(monkeypatch, json.dumps({"dependencies": TOLD})) == 1, "found before not done"


def test_offline(monkeypatch, capsys):
    for name in audit.CHECKS:
        monkeypatch.setitem(audit.CHECKS, name, lambda _root: [])
    assert audit.main(["--offline"]) == 3
    monkeypatch.setitem(audit.CHECKS, "lock files", lambda _root: ["a lock is bad"])
    assert audit.main(["--offline"]) == 1
    assert "lock files: a lock is bad" in capsys.readouterr().out
