"""A real host, and terminals fresh from the factory beside it: MicroPython, .mpy files from littlefs, TLS; by hand."""

import asyncio
import contextlib
import socket
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

from tools import provision
from tools.bench.merchant import Merchant
from tools.run.host_process import HostProcess
from tools.sim import deploy
from tools.sim.panel.finger import Finger
from tools.sim.panel.station import Station
from tools.sim.process import TerminalProcess, board_circuit

BOARD = "esp32_devkitc"
CARD = "6200000000000013"
PINS = provision.DEMO_OPERATORS
START_S = 30
STEP_S = 15
LONG_S = 60
SETTLE_S = 2.5  # the heap is reported once a second
LOOK_S = 0.05

# Put behind boot.py for exact numbers: whatever is reported has been collected before. {every_ms}: how often.
_COLLECT_FIRST = """
def _collect_first():
    import sys, time
    backend = sys.modules["wire"].backend
    report = backend.heap
    seen = [time.ticks_ms()]
    def heap():
        if time.ticks_diff(time.ticks_ms(), seen[0]) >= {every_ms}:
            gc.collect()
            report()
            seen[0] = time.ticks_ms()
    backend.report_heap = heap
_collect_first()
"""


class Lost(Exception):
    """The terminal did not get through the day; the text says where, and what it printed."""


class Stand:
    """A host, and terminals to try at it, one at a time; an async context manager."""

    async def __aenter__(self):
        self._folder = tempfile.TemporaryDirectory()
        with socket.create_server(("127.0.0.1", 0)) as probe, socket.create_server(("127.0.0.1", 0)) as other:
            self._port, console_port = probe.getsockname()[1], other.getsockname()[1]
        self._state = Path(self._folder.name) / "host"
        settings = SimpleNamespace(state=self._state, host_port=self._port, console_port=console_port)
        self._host = HostProcess(settings, lambda line: None)
        await self._host.init()
        await self._host.start()
        self.merchant = Merchant(self._state)
        return self

    async def __aexit__(self, *_):
        self.merchant.close()
        await self._host.stop()
        self._folder.cleanup()

    def terminal(self, heap_k, collect_every_ms=0, more=None):
        """A `Day` with so much heap. collect_every_ms: how often the heap is collected and told; 0: only told, now and
        then. more: {path: bytes} that the flash has from the beginning."""
        files, initial = provision.demo_files(self._state, port=self._port)
        if collect_every_ms:
            collect = _COLLECT_FIRST.format(every_ms=collect_every_ms)
            files["/boot.py"] = (deploy.FIRMWARE / "boot.py").read_bytes() + collect.encode()
        return Day(Path(self._folder.name), heap_k, files, initial | (more or {}))


class Day:
    """A terminal driven as people do; an async context manager. Whatever does not come as it should raises Lost.

    `pressed`: keys since the start. `fullest`: the most bytes of heap in use that were told since `fullest` was set to
    0. `starts`: how often the firmware may have started."""

    def __init__(self, folder, heap_k, files, initial):
        self.circuit = board_circuit(BOARD)
        self.circuit.heap = self._on_heap
        self._finger = Finger(Station(self.circuit))
        self.pressed = self.fullest = 0
        self.starts = 1
        self._idle = "idle_ready"
        self._slips_before = 0
        self._state = tempfile.TemporaryDirectory(dir=folder)
        self._process = TerminalProcess(
            self._state.name, BOARD, self.circuit, data=files, initial_data=initial, heap=f"{heap_k}K"
        )

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        await self._process.close()
        with contextlib.suppress(OSError):
            self._state.cleanup()

    # Steps

    async def do(self, *steps):
        """Does each step: a tuple of the name of a method of this class and its arguments. What is done at the terminal
        can so be written down as a table; most rows are ("on", key of a text, keys)."""
        for name, *arguments in steps:
            await getattr(self, name)(*arguments)

    async def on(self, key, keys, timeout_s=STEP_S):
        """Waits for the text and presses the keys."""
        await self.see(key, timeout_s)
        await self.keys(keys)

    async def on_word(self, word, keys, timeout_s=STEP_S):
        """Waits until a row has this in it and presses the keys."""
        await self.see_word(word, timeout_s)
        await self.keys(keys)

    def begin(self):
        """From here on `printed` counts."""
        self._slips_before = len(self.slips())

    async def idle(self):
        """Waits for the idle screen of whoever is logged in."""
        await self.see(self._idle)

    # Keys, cards and codes

    async def keys(self, text):
        """Presses keys: words parted by blanks; digits in a word are keys of their own, "00" is one."""
        keys = [key for word in text.split() for key in ([word] if word == "00" or not word.isdigit() else word)]
        self.pressed += len(keys)
        await self._finger.settle(heed_host=False)  # while the screen changes the firmware rightly forgets keys
        for key in keys:
            await self._finger.down(key)
            await self._finger.up(key)

    async def card(self, number=CARD):
        """Holds a card to the reader until the firmware asks for something else, and takes it away."""
        await self.see("prompt_card")
        self.circuit.reader.present(number)
        await self.gone("prompt_card")
        self.circuit.reader.remove()

    async def scan(self, code):
        await self.see("prompt_qr")
        self.circuit.scanner.present(code)
        await self.gone("prompt_qr")
        self.circuit.scanner.remove()

    # The screen

    def rows(self):
        return self.circuit.display.text_rows()

    @staticmethod
    def t(key, **values):
        """A text of the firmware in English."""
        from pos import texts

        return texts.load("en").t(key, **values)

    async def see(self, key, timeout_s=STEP_S, **values):
        """Waits for the text with this key, all its rows; what stands in braces and is not given may be anything."""
        parts = [part for line in self.t(key, **values).split("\n") for part in _fixed(line)]
        await self._until(lambda rows: all(any(part in row for row in rows) for part in parts), parts, timeout_s)

    async def see_word(self, word, timeout_s=STEP_S):
        """Waits until a row has this in it."""
        await self._until(lambda rows: any(word in row for row in rows), word, timeout_s)

    async def gone(self, key, timeout_s=STEP_S):
        """Waits until no row shows the first row of that text."""
        first = self.t(key).split("\n")[0]
        await self._until(lambda rows: not any(first in row for row in rows), "not " + first, timeout_s)

    async def _until(self, fits, wanted, timeout_s):
        end = time.monotonic() + timeout_s
        while not fits(self.rows()):
            if time.monotonic() > end or self._process.starts > self.starts:
                raise self.lost(wanted)
            await asyncio.sleep(LOOK_S)

    def lost(self, wanted):
        said = self._process.log_path.read_text(errors="replace")[-1000:]
        return Lost(
            f"no {wanted!r} on {self.rows()} after {self._process.starts} of {self.starts} starts; it said:\n{said}"
        )

    # Menus

    async def menu(self, key):
        """From the idle screen through the menus to the entry with this text."""
        from pos.flows import menu

        groups = {entry[1]: row[0] for row in menu._MAIN if len(row) == 2 for entry in row[1]}
        await self.keys("MENU")
        if key in groups:
            await self.choose("title_menu", groups[key])
            await self.choose(groups[key], key)
        else:
            await self.choose("title_menu", key)

    async def choose(self, title, key, **values):
        """In the menu with this title: the entry that begins with the text."""
        await self._take(self.t(title, **values), self.t(key, **values))

    async def choose_word(self, title, word):
        """In the menu with this title: the entry that begins with the word."""
        await self._take(self.t(title), word)

    async def _take(self, title, text):
        await self._until(lambda rows: rows[0].startswith(title) and "/" in rows[0], title, STEP_S)
        for _ in range(40):
            await asyncio.sleep(2 * LOOK_S)  # all rows are drawn
            for row in self.rows()[1:]:
                if row[3:].startswith(text):
                    await self.keys("ENTER" if row[0] == ">" else row[1])
                    return
            await self.keys("DOWN")
        raise self.lost(text)

    # What is done again and again

    async def start(self):
        await self._process.start()
        await self.see("title_login", START_S)

    async def log_in(self, number="01"):
        await self.on("prompt_operator", f"{' '.join(number)} ENTER")
        await self.pin(number)
        self._idle = "idle_no_sale" if number in ("00", "99") else "idle_ready"
        await self.idle()

    async def change_operator(self, number):
        await self.menu("menu_log_out")
        await self.log_in(number)

    async def pin(self, number="01", prompt="prompt_pin"):
        await self.on(prompt, f"{' '.join(PINS[number])} ENTER")

    async def sell(self, digits="1234", number=CARD):
        """A sale with both slips."""
        before = len(self.slips())
        await self.keys(f"{digits} ENTER")
        await self.card(number)
        await self.confirm()
        if len(self.slips()) != before + 2:
            raise self.lost("two slips")

    async def confirm(self):
        """ENTER where it is asked for, then both slips of what was approved; to the idle screen."""
        await self.on("hint_yes_no", "ENTER")
        await self.on("hint_tear", "ENTER")
        await self.idle()

    async def printed(self, count=1):
        """Waits until so many slips have left the printer since `begin`."""
        end = time.monotonic() + LONG_S
        while len(self.slips()) < self._slips_before + count:
            if time.monotonic() > end:
                raise self.lost("a slip")
            await asyncio.sleep(LOOK_S)

    def slips(self):
        return self.circuit.printer.paper.slips

    # The heap

    def _on_heap(self, used=0, free=0):
        type(self.circuit).heap(self.circuit, used, free)
        self.fullest = max(self.fullest, used)

    async def heap_in_use(self, seconds=SETTLE_S):
        """Bytes in use now that nothing is done: the least of some reports, what is on its way being garbage."""
        seen = []
        end = time.monotonic() + seconds
        # On a busy machine the first report after the start may take longer: until then the interpreter's own stands.
        while time.monotonic() < end or (not seen and time.monotonic() < end + STEP_S):
            await asyncio.sleep(LOOK_S)
            if self.circuit.heap_used != self.circuit.heap_base:
                seen.append(self.circuit.heap_used)
        return min(seen)


def _fixed(line):
    """The parts of a text's row that are always the same."""
    parts = [part.partition("}")[2] if at else part for at, part in enumerate(line.split("{"))]
    return [part.strip() for part in parts if part.strip()]
