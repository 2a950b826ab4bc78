"""A run from its first start to its last: README's commands, a power cut in a sale, a restart, Ctrl-C, busy ports."""

import re
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest
from e2e.whole_run import ROOT, WholeRun, free_ports

pytestmark = pytest.mark.slow
RICH = "6200000000000013"
SECOND_START_S = 5
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def state(tmp_path_factory):
    """A state folder that the tests of this file share, each with a run of its own over it."""
    return tmp_path_factory.mktemp("life") / "state"


def readme_commands():
    """The shell lines of "A first sale"."""
    section = re.search(r"^## A first sale\n(.*?)^## ", README, re.M | re.S).group(1)
    return re.search(r"^```sh\n(.*?)^```", section, re.M | re.S).group(1)


def test_readme_then_power_cut_then_restart(state):
    with WholeRun(state) as run:
        commands = readme_commands()
        assert commands.count("localhost:8080") == len(commands.strip().splitlines()) >= 6
        script = "set -e\n" + commands.replace("8080", str(run.panel_port)).replace("curl", "curl -sS --fail-with-body")
        done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr + str(run.rows())
        assert "APPROVED" in done.stdout
        run.wait_slips(1)
        run.press("ENTER")
        run.wait_slips(2)
        run.wait("READY")
        assert run.balance_minor(RICH) == 98_766

        # The host takes the money, its answer is lost, and the power goes before the terminal gives up.
        run.post("/api/faults", response="drop")
        run.press("500 ENTER")
        run.post("/api/card", number=RICH)
        run.client.post("/api/press", json={"keys": ["ENTER"]})
        until(lambda: run.balance_minor(RICH) == 98_266)
        run.post("/api/power", state="cycle")
        run.post("/api/faults", response="pass")
        until(lambda: run.balance_minor(RICH) == 98_766, 30)  # nobody has logged in
        run.sign_on()
        assert len(run.slips()) == 2
        family = run.family()
        assert len(family) >= 3  # this run, the host, the terminal
        status = run.end(signal.SIGINT)
    assert status == 0, run.said
    assert "Traceback" not in run.said
    assert not left_of(family)

    with WholeRun(state, run.ports) as again:
        # Where other work holds the machine up, the processor time tells what a start takes.
        assert min(again.took_s, again.cpu_s) < SECOND_START_S, again.said
        again.sign_on()
        merchant, _ = again.sell("00 1 00 ENTER", card=RICH)
        assert again.balance_minor(RICH) == 98_666
        # Voucher numbers go on where they were: nothing that the host has seen before.
        voucher = int(re.search(r"VOUCHER NO\.\s+(\d{6})", merchant).group(1))
        assert voucher > 2
        assert "balanced" in again.host_command("check")
        assert "987.66" not in again.host_command("account", RICH).splitlines()[1]
        second = WholeRun(state)
        assert refused(second) == 1
        assert f"STATE={state} is in use by another run" in second.said


def test_busy_port_is_told_and_leaves_nothing(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as busy:
        run = WholeRun(tmp_path / "state", [busy.getsockname()[1], *free_ports(2)])
        assert refused(run) == 1
    assert f"PANEL_PORT={run.panel_port} is in use by another program" in run.said
    assert f"make run PANEL_PORT={run.panel_port + 1}" in run.said


def refused(run):
    """Exit status of a run that cannot start."""
    run.begin()
    family = run.family()
    run.process.wait(20)
    status = run.end()
    assert "Traceback" not in run.said
    assert not left_of(family)
    return status


def left_of(family, patience_s=3):
    """Those of the family that still run after a while."""
    end = time.monotonic() + patience_s
    while True:
        alive = set()
        for pid, began in family:
            try:
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if fields[19] == began and fields[0] != "Z":
                alive.add(pid)
        if not alive or time.monotonic() > end:
            return alive
        time.sleep(0.05)


def until(holds, timeout_s=15):
    end = time.monotonic() + timeout_s
    while not holds():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.1)
