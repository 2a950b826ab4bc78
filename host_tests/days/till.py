"""One terminal of a day: the real firmware from its loop inwards, on flash, display, printer and radio in memory.

The idle screen, the menus, the entry, the flows, the journal, the exchange and the channel are the firmware's own. What
is not here are buses and pixels (host_tests/faults/station.py has them): they cost a hundred times as much.
"""

import asyncio
import contextvars
import random

from days.memory import Flash, PowerCut
from faults.clock import Clock
from flows import desk as stage
from pos import preferences
from pos.domain import parameters
from pos.journal import store
from pos.journal.journal import Journal
from pos.link.channel import Channel
from pos.link.errors import LinkError
from pos.link.exchange import Exchange
from pos.terminal import Terminal
from pos.ui.inputs import Inputs
from pos.ui.screen import Screen
from pos.ui.ui import Ui

PEOPLE = {"00": "135790", "01": "2468", "99": "97531024"}
CUT_ROUNDS = 20
_start = contextvars.ContextVar("start", default=None)


def make_task(loop, coroutine, context=None):
    """Every task that a start of the firmware makes is known, so that a power cut reaches it."""
    task = asyncio.Task(coroutine, loop=loop, context=context)
    tasks = _start.get()
    if tasks is not None:
        tasks.append(task)
        if len(tasks) > 200:
            tasks[:] = [task for task in tasks if not task.done() or task._log_traceback]
    return task


class _Wifi(stage.Wifi):
    def __init__(self, till):
        super().__init__()
        self._till = till

    @property
    def up(self):
        return self._till.radio_up()

    def is_up(self):
        return self.up


class _Display(stage.Display):
    """Read by somebody who knows no Chinese."""

    def read(self):
        cells, cols = self.cells, self.cols
        return [cells[at : at + cols].decode("gb18030", "replace") for at in range(0, len(cells), cols)]


class _Inputs(Inputs):
    """Somebody looks at the screen whenever the firmware waits for a key."""

    def __init__(self, person):
        super().__init__()
        self._person = person

    async def get(self, timeout_ms=None):
        if not self._queue:
            self._person.is_asked()
        return await super().get(timeout_ms)


class _Printer(stage.Printer):
    """Paper: whole slips in `slips`. The time that a slip takes passes at its beginning, middle and end."""

    async def status(self):
        await asyncio.sleep(0.005)
        return self.flags

    async def begin(self):
        await asyncio.sleep(0.05)
        self._check()
        self._lines = []

    async def line(self, data, style=0):
        lines = self._lines
        if len(lines) == 12:
            await asyncio.sleep(0.4)
        if self.fail_at_line is not None and len(lines) >= self.fail_at_line:
            self.fail_at_line, self.flags = None, self.breaks_with
        if self.flags:
            self._check()
        lines.append(data)

    async def finish(self):
        await asyncio.sleep(0.3)
        self._check()
        self.slips.append([bytes(line) for line in self._lines])
        self.printed(self.slips[-1])

    breaks_with = 1

    def printed(self, lines):
        """Called with each whole slip."""


class Till:
    """`power()` starts the firmware on what is on the flash, `cut()` takes the power away wherever it is."""

    def __init__(self, day, identity, at):
        self.day, self.loop, self.identity, self.at = day, day.loop, identity, at
        self.number = identity["terminal"]
        self.chance = random.Random(0)
        self.flash = Flash(self.number)
        self.flash.on_cut = self._power_gone
        self.flash.on_failure = self._flash_failed
        self.printer = _Printer()
        self.printer.printed = self._printed
        self.person = None
        self.terminal = self._main = None
        self._tasks = []
        # The line's faults, see network.py: [mode, message types or None, how often], held and late in seconds.
        self.armed = []
        self.away = None
        self.held_s = self.late_s = 70.0
        self.radio_down_until = -1.0
        self.message_hook = None
        self.fault_hook = None
        # What people were told of transactions: {(batch, trace): [(result, cause), ...]}, by the exchange's outcomes.
        self.told = {}
        self.offline = []  # (trace, amount) of what was sold without the host
        people = {n: {"pin": "plain " + pin, "first": False, "failures": 0} for n, pin in PEOPLE.items()}
        store.save(self.path("operators.json"), people)

    def path(self, name):
        return f"{self.flash.folder}/{name}"

    @property
    def journal_folder(self):
        return self.path("journal-" + self.number)

    # Power

    def power(self):
        self.flash.restore()
        self.clock = Clock()
        self._tasks = []
        context = contextvars.copy_context()
        context.run(_start.set, self._tasks)
        self._main = self.loop.create_task(self._firmware(), context=context)
        self._tasks.append(self._main)
        self.day.note(f"{self.number} on")

    @property
    def on(self):
        return self._main is not None and not self.flash.failed

    def pull_the_plug(self):
        """The power is gone from this moment on: nothing more is written, sent or printed. See `cut`."""
        if not self.flash.failed:
            self.flash.fail()
            self._power_gone()
        for task in self._tasks:
            task.cancel()

    def _flash_failed(self):
        self.day.struck("flash_fails")
        self.day.auditor.flash_failed(self)

    def _power_gone(self):
        self.day.note(f"{self.number} off")

    async def cut(self):
        """A power cut now; returns when nothing of that start is left."""
        self.pull_the_plug()
        for _ in range(CUT_ROUNDS):
            alive = [task for task in self._tasks if not task.done()]
            if not alive:
                break
            for task in alive:
                task.cancel()  # again: a wait_for that has its answer just then swallows the first one
            await asyncio.sleep(0.001)
        else:
            raise AssertionError(f"{self.number}: the firmware outlived its power: {alive}")
        for task in self._tasks:
            unseen = task is self._main or task._log_traceback
            error = task.exception() if unseen and not task.cancelled() else None
            if error is not None and not isinstance(error, PowerCut | OSError):
                raise AssertionError(f"{self.number}: the firmware ended with an error") from error
        self._main = self.terminal = None

    def check_alive(self):
        if self._main is not None and self._main.done() and not self.flash.failed:
            error = None if self._main.cancelled() else self._main.exception()
            raise AssertionError(f"{self.number}: the firmware has ended") from error

    async def _firmware(self):
        """What wiring.py does, on other parts."""
        self.inputs = _Inputs(self.person)
        self.display = _Display()
        ui = Ui(Screen(self.display), self.inputs, self.clock)
        wifi = _Wifi(self)

        async def open_stream():
            if not await wifi.wait_up(4_000):
                raise LinkError("wifi")
            return await self.day.network.connect(self)

        journal = Journal(self.journal_folder)
        report = journal.recover()
        channel = Channel(open_stream, self.clock, wifi.is_up)
        identity = dict(self.identity)
        exchange = Exchange(journal, channel, identity, identity["master_key"], self.clock, parameters.defaults())
        self._listen(exchange)
        parts = stage.Parts(self.printer, self.path("operators.json"))
        terminal = self.terminal = Terminal(
            self.flash.folder, ui, journal, exchange, parts, wifi, self.clock, identity, (), self.pull_the_plug
        )
        preferences.note_start(terminal, report)
        preferences.load(terminal)
        await terminal.run()

    # Line

    def radio_up(self):
        return not self.flash.failed and self.loop.time() >= self.radio_down_until

    def fault_for(self, mti):
        """The fault that this request meets, "" for none."""
        for fault in self.armed:
            if fault[1] is None or mti in fault[1]:
                fault[2] -= 1
                if fault[2] <= 0:
                    self.armed.remove(fault)
                self.day.struck(fault[0])
                if self.fault_hook:
                    hook, self.fault_hook = self.fault_hook, None
                    hook()
                return fault[0]
        return ""

    def on_message(self, mti):
        if self.message_hook:
            self.message_hook(mti)

    def heal(self):
        """Nothing goes wrong with its line any more."""
        self.armed.clear()
        self.away = self.message_hook = self.fault_hook = None
        self.radio_down_until = -1.0

    # What is told and printed

    def _listen(self, exchange):
        for name in ("authorise", "advise", "poll", "withdraw"):
            setattr(exchange, name, self._noting(getattr(exchange, name)))
        run = exchange.run

        async def noted(module, name, *arguments, **options):
            outcome = await run(module, name, *arguments, **options)
            if module == "offline" and outcome["result"] == "approved":
                self._sold_offline(outcome["tx"])
            return outcome

        exchange.run = noted

    def _noting(self, ask):
        async def noted(tx):
            outcome = await ask(tx)
            if outcome["tx"] and "trace" in outcome["tx"]:
                self._told(outcome)
            return outcome

        return noted

    def _told(self, outcome):
        tx = outcome["tx"]
        number = tx["batch"], tx["trace"]
        self.told.setdefault(number, []).append((outcome["result"], outcome["cause"]))
        self.day.note(f"{self.number} told {number} {outcome['result']} {outcome['cause']} {outcome['code']}")
        self.day.auditor.hears(self, number, outcome["result"])
        self.person.hears(outcome)

    def _sold_offline(self, tx):
        """Approved here; the host may decline it later."""
        number = tx["batch"], tx["trace"]
        self.offline.append((tx["trace"], tx["amount_minor"]))
        self.day.note(f"{self.number} sold without the host {number}")
        self.day.auditor.hears(self, number, "offline")
        self.person.sold(tx)

    def _printed(self, lines):
        self.day.note(f"{self.number} slip {b'|'.join(lines).hex()}")
        self.day.printed(self, lines)
