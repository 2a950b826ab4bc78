"""The whole terminal in this process on a virtual clock: firmware from wiring to drivers, real chips, the real host.

    def test_sale(tmp_path):
        station.run(scenario, tmp_path)         # async def scenario(desk): await desk.sign_on() ...

Keys go through the matrix, cards through the reader's chip, paper comes from the printer's; only TCP and TLS are
replaced (line.py). Flash is a folder. `cut()` takes the power away wherever the firmware is, `power()` gives it back.
"""

import asyncio
import contextvars
import gc
import importlib
import shutil
import sys
import types
from datetime import datetime, timedelta, timezone

import menu_path
from faults.line import Line
from faults.supply import PowerCut, Supply
from host.inprocess import Host

from tools import provision
from tools.host.demo import MERCHANT_ACCOUNT
from tools.sim import virtual_time
from tools.sim.circuit import Circuit, MachineReset, load_board
from tools.sim.process import FAKES

ST7920, HD44780 = "esp32_devkitc", "esp32_s3_devkitc"
BOARDS = (ST7920, HD44780)
RICH, POOR, FROZEN = "6200000000000013", "6200000000000021", "6200000000000039"
RICH_MINOR, POOR_MINOR = 100_000, 100

NOON = datetime(2026, 11, 22, 12, 34, 56, tzinfo=timezone(timedelta(hours=8)))
KEY_S = 0.06
JOURNAL = f"journal-{provision.TERMINAL}"
LOOK_S = 0.05
SEE_S = 30
# They hold names of each other and know the circuit, so a start of the firmware needs them all anew.
_FRESH = ("board", "pos.wiring", *(path.stem for path in FAKES.glob("*.py")))
_PLAIN = {0xFF00 + code - 0x20: code for code in range(0x21, 0x7F)}  # full-width forms of ASCII
_start = contextvars.ContextVar("start", default=None)
_operators = {}


class _Clock:
    """The host's clock: noon and what has passed since."""

    def now(self):
        return NOON + timedelta(seconds=asyncio.get_running_loop().time())


class Station:
    """One terminal on its desk, with its host. Make it with `run`."""

    def __init__(self, folder, board=ST7920, language="en"):
        loop = asyncio.get_running_loop()
        loop.set_task_factory(_make_task)
        self.loop = loop
        self.folder = folder
        self.flash = folder / "flash"
        self.host = Host(folder, _Clock())
        self.circuit = Circuit(load_board(board), clock_ms=lambda: round(loop.time() * 1000))
        self.circuit.power_off()
        self.line = Line(self.host, self.circuit.radio)
        self.supply = Supply(self.flash)
        self.language = language
        self._tasks = set()
        self._main = self._resetting = None
        self.resets = 0
        self._seen = None, []
        _provision(self.host, self.flash, language)

    # Power

    def power(self):
        """Switches on; the firmware starts on what is on the flash."""
        assert self._main is None, "it is on"
        for name in _FRESH:
            sys.modules.pop(name, None)
        importlib.import_module("wire").backend = self.circuit
        sys.modules["board"] = types.SimpleNamespace(**vars(self.circuit.board))
        wiring = importlib.import_module("pos.wiring")
        wiring.FOLDER = str(self.flash)
        wiring.tls = types.SimpleNamespace(opener=self.line.opener)
        self.supply.restore()
        self.circuit.power_on()
        self._tasks = set()
        context = contextvars.copy_context()
        context.run(_start.set, self._tasks)
        self._main = self.loop.create_task(_firmware(wiring), context=context)
        self._main.add_done_callback(self._on_end)
        self._tasks.add(self._main)  # the factory runs in our context, not in the new one

    def _on_end(self, main):
        """machine.reset() ends the firmware; the next start follows at once, as on a board."""
        if not main.cancelled() and main.exception() is None and main.result() == "reset":
            self.resets += 1
            self._resetting = self.loop.create_task(self.restart(0))

    def pull_the_plug(self):
        """The power is gone from this moment on: nothing more is written, sent or printed. See `cut`."""
        self.supply.fail()
        self.circuit.power_off()
        self.circuit.keys.release_all()
        for task in self._tasks:
            task.cancel()

    async def cut(self):
        """A power cut now; returns when nothing of that start is left."""
        self.pull_the_plug()
        for _ in range(20):
            alive = {task for task in self._tasks if not task.done()}
            if not alive:
                break
            for task in alive:
                task.cancel()  # again: a wait_for that has its answer just then swallows the first one
            await asyncio.wait(alive, timeout=0.001)
        else:
            raise AssertionError(f"the firmware outlived its power: {alive}")
        for task in self._tasks:
            # What another task has awaited is that one's business; what nobody has seen is a fault of the firmware.
            unseen = task is self._main or task._log_traceback
            error = task.exception() if unseen and not task.cancelled() else None
            if error is not None and not isinstance(error, PowerCut | OSError):
                raise AssertionError("the firmware ended with an error") from error
        self._main = None

    async def restart(self, off_s=1):
        await self.cut()
        await asyncio.sleep(off_s)
        self.power()

    def alive(self):
        """AssertionError when the firmware has ended, with what ended it."""
        resetting = self._resetting is not None and not self._resetting.done()
        if self._main is not None and self._main.done() and not self.supply.failed and not resetting:
            raise AssertionError(f"the firmware has ended; screen {self.rows()}") from self._main.exception()

    # What people do

    async def press(self, key, hold_s=KEY_S):
        self.circuit.keys.press(key)
        await asyncio.sleep(hold_s)
        self.circuit.keys.release(key)
        await asyncio.sleep(KEY_S)

    async def keys(self, text):
        """Presses keys: words parted by blanks; digits in a word are keys of their own, "00" is one."""
        for word in text.split():
            for key in [word] if word == "00" or not word.isdigit() else word:
                await self.press(key)

    async def card(self, number=RICH):
        """Holds a card to the reader and takes it away again."""
        self.circuit.reader.present(number)
        await asyncio.sleep(0.8)
        self.circuit.reader.remove()

    async def scan(self, code):
        """Shows a QR code to the scanner."""
        self.circuit.scanner.present(code)
        await asyncio.sleep(0.8)
        self.circuit.scanner.remove()

    async def sign_on(self, operator="01", pin="2468", idle=None):
        """From power off, or the log-in screen, to the idle screen, which says `idle`."""
        if self._main is None:
            self.power()
        await self.log_in(operator, pin)
        await self.see(idle or self.t("idle_ready").split("\n")[0])

    async def log_in(self, operator="01", pin="2468"):
        await self.see_text("title_login")
        await self.keys(f"{' '.join(operator)} ENTER {pin} ENTER")

    async def confirm_sale(self, digits="1234", number=RICH, keyed=False):
        """From the idle screen to just after the confirmation."""
        await self.keys(f"{digits} ENTER")
        await self.see_text("prompt_card")
        if keyed:
            await self.keys(f"{number} ENTER")
        else:
            await self.card(number)
        await self.yes()

    async def sell(self, digits="1234", number=RICH, keyed=False):
        """A whole approved sale with both slips, back to the idle screen; the slips' texts."""
        before = len(self.slips())
        await self.confirm_sale(digits, number, keyed)
        await self.take_slips()
        return self.slips()[before:]

    async def take_slips(self):
        """After an approval: the merchant's slip is torn off, and the customer's comes; to the idle screen."""
        await self.see("APPROVED")
        await self.see_text("hint_tear")
        await self.keys("ENTER")
        await self.see_text("idle_ready")

    async def yes(self):
        """Waits for a question and answers it with ENTER."""
        await self.see(self.t("hint_ok"), self.t("hint_yes_no"))
        await self.keys("ENTER")

    async def allow(self, reason):
        """What money that is given back needs: PIN, the key of a reason, confirmation."""
        await self.see_text("prompt_pin")
        await self.keys("2468 ENTER")
        await self.see_text("title_reason")
        await self.keys(reason)
        await self.yes()

    async def menu(self, entry):
        """From the idle screen through the menu, and the group that the entry is in."""
        await self.keys("MENU")
        group = menu_path.group_of(self.t, entry)
        if group:
            await self.choose(group)
        await self.choose(entry)

    async def choose(self, entry):
        """Moves the mark of a menu to an entry by DOWN and takes it."""
        for _ in range(20):
            await asyncio.sleep(0.1)
            if any(row.startswith(">") and entry in row for row in self.rows()):
                return await self.keys("ENTER")
            await self.keys("DOWN")
        raise AssertionError(f"no entry {entry!r}; the screen shows {self.text()}")

    # What people see

    def rows(self):
        if self._seen[0] != self.circuit.display.version:
            self._seen = self.circuit.display.version, self.circuit.display.text_rows()
        return self._seen[1]

    def text(self):
        """The screen as one line."""
        return " / ".join(row.strip() for row in self.rows())

    def t(self, key, **values):
        """A text in the display's language, as the display's rows come back."""
        from pos import texts

        chinese = self.language == "zh" and self.circuit.display.cols == 16
        return texts.load("zh" if chinese else "en").t(key, **values).translate(_PLAIN)

    async def see(self, *texts, within_s=SEE_S):
        """Waits until a row contains one of the texts and returns that row."""
        end = self.loop.time() + within_s
        version = None
        while self.loop.time() < end:
            if self.circuit.display.version != version:
                version = self.circuit.display.version
                for row in self.rows():
                    if any(text in row for text in texts):
                        return row
            self.alive()
            await asyncio.sleep(LOOK_S)
        raise AssertionError(f"never saw {texts}; the screen shows {self.text()}")

    async def see_text(self, key, within_s=SEE_S, **values):
        """Waits until the screen shows this text of the firmware, all its rows; returns the screen as one line."""
        lines = self.t(key, **values).split("\n")
        await self.see(lines[0], within_s=within_s)
        await asyncio.sleep(0.1)  # the rest of the rows
        shown = self.text()
        missing = [line for line in lines if line not in shown]
        assert not missing, f"{key}: {missing} is not on the screen: {shown}"
        return shown

    async def tells(self, *words, within_s=SEE_S):
        """Waits for the first of the words and checks that the screen then has them all."""
        await self.see(words[0], within_s=within_s)
        await asyncio.sleep(0.1)
        shown = " ".join(row.strip() for row in self.rows())
        missing = [word for word in words if word not in shown]
        assert not missing, f"{missing} is not on the screen: {shown}"

    def slips(self):
        """Texts of all slips that have left the printer."""
        return [slip.text for slip in self.circuit.printer.paper.slips]

    # The flash

    async def writes(self, count):
        """Waits until so many more steps of file operations were done."""
        wanted = self.supply.steps + count
        await self.until(lambda: self.supply.steps >= wanted)

    async def until(self, fits, within_s=SEE_S):
        """Waits until fits() is true, and not a millisecond longer."""
        end = self.loop.time() + within_s
        while not fits():
            assert self.loop.time() < end, f"it never came to that; the screen shows {self.text()}"
            await asyncio.sleep(0.001)

    # The books

    def journal(self):
        """The terminal's journal as it is on the flash, read from a copy."""
        from pos.journal.journal import Journal

        copy = self.folder / "journal-copy"
        shutil.rmtree(copy, ignore_errors=True)
        if (self.flash / JOURNAL).exists():
            shutil.copytree(self.flash / JOURNAL, copy)
        journal = Journal(str(copy))
        report = journal.recover()
        assert report["problem"] == "", report
        return journal

    def audits(self):
        return [record["what"] for record in self.journal().scan() if record["kind"] == "audit"]

    def taken_minor(self):
        """What the host has paid to the merchant."""
        return self.host.balance(MERCHANT_ACCOUNT)

    def books(self, charged_minor, number=RICH, full_minor=RICH_MINOR, pending=False):
        """Both ledgers show just this: so much was taken from this card, and nothing from anybody else."""
        report = self.host.check()
        assert report.balanced, report.problems
        assert self.host.balance(number) == full_minor - charged_minor
        assert self.taken_minor() == charged_minor
        from pos.domain import totals

        state = self.journal().state
        assert bool(state["pending"]) == pending, state["pending"]
        if not pending:
            assert totals.sides(state["totals"])[1] == charged_minor, state["totals"]

    async def close(self):
        if self._main is not None:
            await self.cut()
        self.supply.close()
        self.host.close()


async def _firmware(wiring):
    """As main.py does it; the wiring stays loaded for the next start. "reset" when it asked for that."""
    terminal = await wiring.assemble()
    try:
        await terminal.run()
    except MachineReset:
        return "reset"


def _make_task(loop, coroutine, context=None):
    """Every task that firmware starts is known, so that a power cut reaches it."""
    task = asyncio.Task(coroutine, loop=loop, context=context)
    tasks = _start.get()
    if tasks is not None:
        tasks.add(task)
    return task


def _provision(host, flash, language):
    if not _operators:
        _operators.update(provision.operator_files(provision.DEMO_OPERATORS, first=False))
    files = provision.terminal_files(host.folder, language=language) | _operators
    for path, data in files.items():
        target = flash / path.removeprefix("/data/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


def run(scenario, folder, **options):
    """Runs `async scenario(desk)` on the virtual clock; what it returns."""
    kept = {name: sys.modules.get(name) for name in _FRESH}
    sys.path.insert(0, str(FAKES))

    async def all_of_it():
        desk = Station(folder, **options)
        try:
            return await scenario(desk)
        finally:
            await desk.close()

    collect, gc.collect = gc.collect, lambda: 0  # the firmware calls it at each flow: nine tenths of a test's time
    try:
        return virtual_time.run(all_of_it())
    finally:
        gc.collect = collect
        sys.path.remove(str(FAKES))
        for name, module in kept.items():
            sys.modules.pop(name, None)
            if module is not None:
                sys.modules[name] = module


async def passing(seconds):
    """Time passes."""
    await asyncio.sleep(seconds)
