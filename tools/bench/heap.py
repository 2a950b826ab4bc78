"""Heap of the whole terminal on MicroPython: .mpy files from a littlefs image, real host over TLS, one sale by hand."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from tools.bench.row import Row, at_most
from tools.sim.process import HEAP

ROOT = Path(__file__).parents[2]
LIMIT_BYTES = 128 * 1024
CARD = "6200000000000013"
START_TIMEOUT_S = 90
STEP_TIMEOUT_S = 30
IDLE_S = 6  # reports come once a second; between two collections garbage is counted too, so the least is what is in use


def rows():
    with tempfile.TemporaryDirectory() as folder, _Terminal(Path(folder)) as terminal:
        approved = _sign_on_and_sell(terminal)
        in_use, most, base = terminal.heap()
    return [
        Row(
            "whole terminal after start, sign-on, sale: heap (64-bit)",
            in_use,
            "bytes",
            base,
            "before boot.py: interpreter and simulation",
            at_most(LIMIT_BYTES),
            0 < in_use <= LIMIT_BYTES,
            "least that was reported while idle",
        ),
        Row(
            f"the same, most seen, with -X heapsize={HEAP}",
            most,
            "bytes",
            int(HEAP.removesuffix("K")) * 1024,
            "heap size",
            "the sale is approved",
            approved,
        ),
    ]


def _sign_on_and_sell(terminal):
    """Whether 12.34 was approved and both slips came out."""
    terminal.press("0", "1", "ENTER", "2", "4", "6", "8", "ENTER")
    terminal.wait("READY")
    terminal.press("1", "2", "3", "4", "ENTER")
    terminal.call("/api/card", {"number": CARD})
    terminal.wait("12.34")
    terminal.press("ENTER")
    terminal.wait("APPROVED")
    end = time.monotonic() + STEP_TIMEOUT_S
    while len(terminal.call("/api/paper")["slips"]) < 2 and time.monotonic() < end:
        if any("key" in row.lower() for row in terminal.call("/api/screen")["rows"]):
            terminal.press("ENTER")
        time.sleep(0.2)
    return len(terminal.call("/api/paper")["slips"]) == 2


class _Terminal:
    """`make run` in a folder of its own on free ports, driven by the front panel's API."""

    def __init__(self, state):
        self._state = state
        self._seen = []

    def __enter__(self):
        panel, console, host = _free_ports(3)
        ports = {"PANEL_PORT": panel, "CONSOLE_PORT": console, "HOST_PORT": host}
        environment = {**os.environ, **{name: str(port) for name, port in ports.items()}, "STATE": str(self._state)}
        environment |= {"BOARD": "esp32_devkitc", "RUNTIME": "micropython", "LANG_UI": "en", "PYTHONUNBUFFERED": "1"}
        self._url = f"http://127.0.0.1:{panel}"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tools.run"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            self._wait_until_it_runs()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _wait_until_it_runs(self):
        end = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < end:
            if self._process.poll() is not None:
                raise RuntimeError("the terminal did not start; `make run` says why")
            try:
                return self.wait("Operator")
            except OSError:
                time.sleep(0.3)
        raise RuntimeError("the terminal did not start in time")

    def call(self, path, body=None):
        """GET, or POST with a body; notes the heap on the way."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._url + path, data, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=STEP_TIMEOUT_S + 10) as answer:
            return json.load(answer)

    def press(self, *keys):
        self.call("/api/press", {"keys": keys, "hold_ms": 60})
        self._note_heap()

    def wait(self, text):
        """Waits for a text on the screen; RuntimeError with the screen when it does not come."""
        try:
            self.call(f"/api/wait?text={text}&timeout_s={STEP_TIMEOUT_S}")
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"no {text} on the screen: {error.read().decode()}") from None
        self._note_heap()

    def _note_heap(self):
        state = self.call("/api/state")
        self._seen.append(state["heap_used"] or 0)
        return state

    def heap(self):
        """(bytes in use now, most bytes seen in use, bytes before boot.py)"""
        idle = []
        end = time.monotonic() + IDLE_S
        while time.monotonic() < end:
            state = self._note_heap()
            idle.append(state["heap_used"] or 0)
            time.sleep(0.3)
        return min(idle), max(self._seen), state.get("heap_base") or 0


def _free_ports(count):
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports
