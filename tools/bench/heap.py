"""Heap of the whole terminal on MicroPython: .mpy files from a littlefs image, real host over TLS, a day by hand."""

import asyncio
import socket
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

from tools import provision
from tools.bench.row import Row, at_most
from tools.run.host_process import HostProcess
from tools.sim import deploy
from tools.sim.process import TerminalProcess, board_circuit

LIMIT_BYTES = 128 * 1024
ENOUGH_K = 208  # a sale must pass with this heap
TRIED_K = range(192, 96, -16)  # and how small may it get

BOARD = "esp32_devkitc"
CARD = "6200000000000013"
START_S = 30
STEP_S = 15
SETTLE_S = 2.5  # the heap is reported once a second
FINGER_S = 0.07

# Put behind boot.py for exact numbers: whatever is reported has been collected before.
_COLLECT_FIRST = b"""
def _collect_first():
    import sys
    backend = sys.modules["wire"].backend
    report = backend.heap
    def heap():
        gc.collect()
        report()
    backend.heap = heap
_collect_first()
"""


class NoSale(Exception):
    """The terminal did not get through the day; the text says where, and what it printed."""


def rows():
    return asyncio.run(_rows())


async def _rows():
    async with Stand() as stand:
        used = await stand.in_use()
        enough = await stand.sells(ENOUGH_K)
        smallest = ENOUGH_K
        for heap_k in TRIED_K:
            if not (enough and await stand.sells(heap_k)):
                break
            smallest = heap_k
    simulator = used.pop("simulator")
    return [
        Row(
            f"whole terminal {when}: heap in use (64-bit)",
            in_use,
            "bytes",
            simulator,
            "of it the simulator's own",
            at_most(LIMIT_BYTES),
            0 < in_use <= LIMIT_BYTES,
        )
        for when, in_use in used.items()
    ] + [
        Row(
            "smallest heap in which a sale passes (64-bit)",
            smallest * 1024,
            "bytes",
            ENOUGH_K * 1024,
            "heap that must do",
            f"a sale passes with -X heapsize={ENOUGH_K}K",
            enough,
            "tried in steps of 16 K",
        )
    ]


class Stand:
    """A host, and terminals fresh from the factory to try at it; an async context manager."""

    async def __aenter__(self):
        self._folder = tempfile.TemporaryDirectory()
        with socket.create_server(("127.0.0.1", 0)) as probe, socket.create_server(("127.0.0.1", 0)) as other:
            self._port, console_port = probe.getsockname()[1], other.getsockname()[1]
        self._state = Path(self._folder.name) / "host"
        settings = SimpleNamespace(state=self._state, host_port=self._port, console_port=console_port)
        self._host = HostProcess(settings, lambda line: None)
        await self._host.init()
        await self._host.start()
        return self

    async def __aexit__(self, *_):
        await self._host.stop()
        self._folder.cleanup()

    async def in_use(self):
        """{when: bytes in use after a collection}; "simulator": before boot.py, interpreter and fakes alone."""
        async with self._terminal(ENOUGH_K, exact=True) as day:
            used = {}
            await day.start()
            used["after start"] = await day.heap_in_use()
            await day.sign_on()
            used["after sign-on"] = await day.heap_in_use()
            await day.sell()
            used["after a sale"] = await day.heap_in_use()
            used["simulator"] = day.circuit.heap_base
            return used

    async def sells(self, heap_k):
        """Whether a terminal with this heap gets through start, sign-on and a sale with both slips."""
        try:
            async with self._terminal(heap_k) as day:
                await day.start()
                await day.sign_on()
                await day.sell()
        except NoSale:
            return False
        return True

    def _terminal(self, heap_k, exact=False):
        files, initial = provision.demo_files(self._state, port=self._port)
        if exact:
            files["/boot.py"] = (deploy.FIRMWARE / "boot.py").read_bytes() + _COLLECT_FIRST
        return _Day(Path(self._folder.name), heap_k, files, initial)


class _Day:
    """A terminal driven as people do; an async context manager. Raises NoSale."""

    def __init__(self, folder, heap_k, files, initial):
        self.circuit = board_circuit(BOARD)
        self._state = tempfile.TemporaryDirectory(dir=folder)
        self._process = TerminalProcess(
            self._state.name, BOARD, self.circuit, data=files, initial_data=initial, heap=f"{heap_k}K"
        )

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        await self._process.close()
        self._state.cleanup()

    async def start(self):
        await self._process.start()
        await self._see("Operator", START_S)

    async def sign_on(self):
        await self._press("0", "1", "ENTER")
        await self._see("PIN")
        await self._press("2", "4", "6", "8", "ENTER")
        await self._see("READY")

    async def sell(self):
        """12.34 with both slips."""
        await self._press("1", "2", "3", "4", "ENTER")
        await self._see("card")
        self.circuit.reader.present(CARD)
        await self._see("CANCEL=N")
        self.circuit.reader.remove()
        await self._press("ENTER")
        await self._see("tear off")
        await self._press("ENTER")
        await self._see("READY")
        if len(self.circuit.printer.paper.slips) != 2:
            raise self._lost("two slips")

    async def heap_in_use(self):
        """Bytes in use now that nothing is done: the least of some reports, what is on its way being garbage."""
        seen = []
        end = time.monotonic() + SETTLE_S
        while time.monotonic() < end:
            await asyncio.sleep(0.1)
            seen.append(self.circuit.heap_used)
        return min(seen)

    async def _press(self, *keys):
        for key in keys:
            self.circuit.keys.press(key)
            await asyncio.sleep(FINGER_S)
            self.circuit.keys.release(key)
            await asyncio.sleep(FINGER_S)

    async def _see(self, text, timeout_s=STEP_S):
        end = time.monotonic() + timeout_s
        while not any(text in row for row in self.circuit.display.text_rows()):
            if time.monotonic() > end or self._process.starts > 1:
                raise self._lost(text)
            await asyncio.sleep(0.05)

    def _lost(self, wanted):
        said = self._process.log_path.read_text(errors="replace")[-1000:]
        return NoSale(f"no {wanted!r} on {self.circuit.display.text_rows()}; it said:\n{said}")
