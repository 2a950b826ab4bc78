"""The program behind `make run`: started as people start it, used over the API, ended with a signal."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
START_TIMEOUT_S = 60
STOP_TIMEOUT_S = 20
FIRST, SECOND = "6200000000000013", "6200000000000047"


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


class Run:
    """`python -m tools.run` with ports of its own."""

    def __init__(self, state, *options):
        self.ports = free_ports(3)
        names = ("--panel-port", "--console-port", "--host-port")
        ports = [part for name, port in zip(names, self.ports, strict=True) for part in (name, str(port))]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tools.run", *ports, "--state", str(state), *options],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={name: value for name, value in os.environ.items() if name not in ("BOARD", "RUNTIME", "LANG_UI")},
        )
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{self.ports[0]}", timeout=40, trust_env=False)
        self.said = ""

    def started(self):
        """Reads what it says until it is ready."""
        end = time.monotonic() + START_TIMEOUT_S
        for line in self.process.stdout:
            self.said += line
            if "Ctrl-C" in line:
                return self
            assert time.monotonic() < end
        pytest.fail(f"it did not start:\n{self.said}")

    def children(self):
        """Numbers of all processes that came from it and still run."""
        listing = subprocess.run(["ps", "-eo", "pid,ppid"], capture_output=True, text=True, check=True).stdout
        parents = dict(map(int, line.split()) for line in listing.splitlines()[1:])
        found, wanted = [], [self.process.pid]
        while wanted:
            parent = wanted.pop()
            mine = [pid for pid, ppid in parents.items() if ppid == parent and is_running(pid)]
            found += mine
            wanted += mine
        return found

    def stop(self, number=signal.SIGINT):
        """Ends it; its exit status and the rest of what it said."""
        self.process.send_signal(number)
        self.said += self.process.communicate(timeout=STOP_TIMEOUT_S)[0]
        return self.process.returncode

    def press(self, *keys):
        return self.client.post("/api/press", json={"keys": keys}).raise_for_status().json()["rows"]

    def wait(self, text):
        answer = self.client.get("/api/wait", params={"text": text, "timeout_s": 20})
        assert answer.status_code == 200, answer.text
        return answer.json()["rows"]

    def sign_on(self):
        self.press("0", "1", "ENTER")
        self.press(*"2468", "ENTER")

    def sell(self, card, approved="APPROVED"):
        """12.34 by a card held to the reader; both copies are printed and torn off."""
        self.press(*"1234", "ENTER")
        self.client.post("/api/card", json={"number": card}).raise_for_status()
        self.press("ENTER")
        self.wait(approved)
        for copies in (1, 2):
            self.slips(copies)
            self.press("ENTER")
        slips = [slip["text"] for slip in self.slips(2)]
        self.client.delete("/api/paper").raise_for_status()
        return slips

    def slips(self, count):
        """The slips as soon as there are so many."""
        end = time.monotonic() + 20
        while len(slips := self.client.get("/api/paper").json()["slips"]) < count:
            assert time.monotonic() < end, slips
            time.sleep(0.05)
        return slips

    def balance_minor(self, state, card):
        """What the host's own command says of an account."""
        command = [sys.executable, "-m", "tools.host", "account", "--state", str(state), card]
        told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
        return int(re.sub(r"[ ,.]", "", re.search(r"^balance (.+)$", told, re.M)[1]))


def is_running(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture
def start(tmp_path):
    """Starts runs in one state folder; none of them outlives the test."""
    runs = []

    def start(*options):
        runs.append(Run(tmp_path / "state", *options))
        return runs[-1]

    yield start
    for run in runs:
        run.client.close()
        if run.process.poll() is None:
            run.process.kill()
            run.process.communicate()


def test_a_sale_then_again_in_chinese_on_cpython_then_on_the_other_board(start, tmp_path):
    """Three terminals after one another at one host, whose state survives each end."""
    state = tmp_path / "state"
    run = start().started()
    for port in run.ports:
        assert f"127.0.0.1:{port}" in run.said
    assert "owner" in run.said, "the platform's passwords are shown at the first start"
    run.sign_on()
    for copy in run.sell(FIRST):
        assert "12.34" in copy
    assert run.balance_minor(state, FIRST) == 98766
    children = run.children()
    assert len(children) == 2, "host and terminal"
    assert run.stop(signal.SIGINT) == 0
    assert not [pid for pid in children if is_running(pid)]

    run = start("--lang-ui", "zh", "--runtime", "cpython").started()
    assert float(re.search(r"ready after ([\d.]+) s", run.said)[1]) < 15, "5 s on a machine that does nothing else"
    assert "owner" not in run.said, "passwords are shown once"
    assert run.client.get("/api/state").json()["runtime"] == "cpython"
    run.sign_on()
    assert "商户存根" in run.sell(FIRST, approved="交易成功")[0]
    assert run.stop(signal.SIGTERM) == 0

    run = start("--board", "esp32_s3_devkitc").started()
    state_told = run.client.get("/api/state").json()
    assert (state_told["board"], state_told["runtime"]) == ("esp32_s3_devkitc", "micropython")
    run.sign_on()
    run.sell(SECOND)
    assert run.balance_minor(state, FIRST) == 97532
    assert run.balance_minor(state, SECOND) == 99998766
    assert run.stop() == 0


def test_power_cut_between_request_and_answer(start, tmp_path):
    """The host has taken the money, the terminal never hears of it: after power-on it is given back by itself."""
    run = start().started()
    run.sign_on()
    run.press(*"1234", "ENTER")
    run.client.post("/api/card", json={"number": FIRST})
    run.client.post("/api/faults", json={"response": "delay", "delay_ms": 20000})
    run.press("ENTER")
    assert run.balance_minor(tmp_path / "state", FIRST) == 98766
    assert run.client.post("/api/power", json={"state": "off"}).json()["power"] == "off"
    assert not any(row.strip() for row in run.client.get("/api/screen").json()["rows"])
    run.client.post("/api/faults", json={"response": "pass"})
    run.client.post("/api/power", json={"state": "on"})
    end = time.monotonic() + 30
    while run.balance_minor(tmp_path / "state", FIRST) != 100000:
        assert time.monotonic() < end, run.client.get("/api/screen").json()["rows"]
        time.sleep(0.3)
    assert run.stop() == 0


def test_a_second_run_is_refused_and_the_end_of_the_host_ends_all(start):
    run = start().started()
    second = start()
    said = second.process.communicate(timeout=STOP_TIMEOUT_S)[0]
    assert second.process.returncode == 1
    assert said.startswith("error: STATE=")
    assert run.client.get("/api/state").status_code == 200
    children = run.children()
    host = next(pid for pid in children if b"tools.host" in Path(f"/proc/{pid}/cmdline").read_bytes())
    os.kill(host, signal.SIGKILL)
    said = run.process.communicate(timeout=STOP_TIMEOUT_S)[0]
    assert run.process.returncode == 1
    assert "error: the host has stopped" in said
    assert not [pid for pid in children if is_running(pid)]


def test_nothing_outlives_it_when_it_is_killed(start):
    run = start().started()
    children = run.children()
    run.process.kill()
    run.process.communicate()
    end = time.monotonic() + 10
    while [pid for pid in children if is_running(pid)]:
        assert time.monotonic() < end
        time.sleep(0.05)
