"""How a run of host and terminal ends when it does not end as it should. What it does until then: host_tests/e2e."""

import os
import signal
import time
from pathlib import Path

import pytest

from host_tests.e2e.whole_run import STOP_S, WholeRun

pytestmark = pytest.mark.slow


def children_of(run):
    return [pid for pid, _ in run.family() if pid != run.process.pid]


def running(pids):
    """Those that still run; a process that nobody has waited for yet runs no more."""
    found = []
    for pid in pids:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if state != "Z":
            found.append(pid)
    return found


def test_the_end_of_the_host_ends_all(tmp_path):
    with WholeRun(tmp_path / "state") as run:
        children = children_of(run)
        host = next(pid for pid in children if b"tools.host" in Path(f"/proc/{pid}/cmdline").read_bytes())
        os.kill(host, signal.SIGKILL)
        assert run.process.wait(STOP_S) == 1
        run.end()
    assert "error: the host has stopped" in run.said
    assert not running(children)


def test_nothing_outlives_it_when_it_is_killed(tmp_path):
    with WholeRun(tmp_path / "state") as run:
        children = children_of(run)
        assert len(children) == 2, "host and terminal"
        run.process.kill()
        run.process.wait(STOP_S)
        end = time.monotonic() + 10
        while running(children):
            assert time.monotonic() < end
            time.sleep(0.05)
