"""One terminal and its host for histories.py: the real firmware from the terminal's loop inwards, on parts in memory.

As station.py, without the board: what the people do first, the idle screen and the entry, gives way to a plan, which
begins each flow where its entry ends. So thousands of histories can be played.
"""

import asyncio
import contextvars
import errno
import shutil
from datetime import timedelta

from faults import station
from faults.clock import Clock
from faults.station import NOON, Station
from faults.supply import Supply
from faults.wild_line import WildLine
from flows import desk as stage
from host.inprocess import Host
from pos import preferences
from pos.domain import parameters
from pos.journal import history, store
from pos.journal.journal import Journal
from pos.link.channel import Channel
from pos.link.errors import LinkError
from pos.link.exchange import Exchange
from pos.terminal import Terminal
from pos.ui.inputs import KEY, Inputs
from pos.ui.screen import Screen
from pos.ui.ui import Ui
from power_cut import joined

from tools.host.switch.switch import Switch
from tools.sim.radio import GOT_IP, IDLE

PEOPLE = {"00": "135790", "01": "2468", "99": "97531024"}


class WildSupply(Supply):
    """Also a write that fails once: with nothing, half or all of it on the flash. Power stays."""

    fails_in = None
    how = 0

    def fail_once(self, writes, how):
        self.fails_in, self.how = writes, how

    def _put(self, path, mode, data):
        if self.fails_in is not None and path.startswith(self._below) and not self.failed:
            self.fails_in -= 1
            if self.fails_in <= 0:
                self.fails_in = None
                data = joined(data)
                size = (0, len(data) // 2, len(data))[self.how]
                if size:
                    self._real[0](path, mode, data[:size])
                raise OSError(errno.EIO, "the flash fails")
        return super()._put(path, mode, data)

    def restore(self):
        super().restore()
        self.fails_in = None


class WildHost(Host):
    count = 0  # of sessions

    def restart(self):
        self.switch = Switch(self.database, self.keystore, self.clock)


class _Wall:
    """The host's clock, which can be moved."""

    def __init__(self):
        self.moved = timedelta()

    def now(self):
        return NOON + self.moved + timedelta(seconds=asyncio.get_running_loop().time())


class _Radio:
    up = True
    powered = True

    def status(self):
        return GOT_IP if self.up and self.powered else IDLE


class _Wifi(stage.Wifi):
    def __init__(self, radio):
        super().__init__()
        self._radio = radio

    @property
    def up(self):
        return self._radio.status() == GOT_IP

    def is_up(self):
        return self.up


class _PlannedTerminal(Terminal):
    """Its idle screen and its log-in are the plan's."""

    plan = None

    async def enter(self, name, *arguments):
        if name in ("idle", "log_in"):
            return await self.plan.next_flow(self)
        if name == "menu":
            return None
        return await super().enter(name, *arguments)


class Shop(Station):
    """One terminal and its host. `step` begins a flow and waits until it is over, whatever happens meanwhile."""

    def __init__(self, folder, chance):
        loop = asyncio.get_running_loop()
        loop.set_task_factory(station._make_task)
        self.loop, self.folder, self.flash, self.chance = loop, folder, folder / "flash", chance
        self.flash.mkdir()
        self.wall = _Wall()
        self.host = WildHost(folder, self.wall)
        self.radio = _Radio()
        self.line = WildLine(self.host, self.radio)
        self.supply = WildSupply(self.flash)
        self.printer = stage.Printer()
        self.clock = Clock()
        self._tasks, self._main, self._resetting = set(), None, None
        self.todo, self.busy = None, False
        self.told = {}
        self.deleted = self.slips_may_lack = False
        # When the terminal was exchanged: (batch, trace, amount) of the other one, and the batches that it traded in.
        self.of_another, self.batches_of_another, self.batches_of_two = set(), set(), set()
        self.closed_by_host = set()
        self.steps = []
        self._asked_s = -1000
        _people(self.flash)

    # Power

    def power(self):
        self.supply.restore()
        self.radio.powered = True
        self.clock = Clock()
        self._tasks = set()
        context = contextvars.copy_context()
        context.run(station._start.set, self._tasks)
        self._main = self.loop.create_task(self._firmware(), context=context)
        self._tasks.add(self._main)

    def pull_the_plug(self):
        self.supply.fail()
        self.radio.powered = False
        for task in self._tasks:
            task.cancel()

    async def _firmware(self):
        """What wiring.py does, on other parts."""
        identity = dict(self.host.terminal_json)
        identity["master_key"] = bytes.fromhex(identity["master_key"])
        self.inputs = Inputs()
        self.display = stage.Display()
        ui = Ui(Screen(self.display), self.inputs, self.clock)
        wifi = _Wifi(self.radio)

        async def open_stream():
            if not await wifi.wait_up(4_000):
                raise LinkError("wifi")
            return await self.line._connect()

        journal = Journal(str(self.flash / station.JOURNAL))
        report = journal.recover()
        channel = Channel(open_stream, self.clock, wifi.is_up)
        exchange = Exchange(journal, channel, identity, identity["master_key"], self.clock, parameters.defaults())
        self._listen(exchange)
        parts = stage.Parts(self.printer, str(self.flash / "operators.json"))
        keys = asyncio.create_task(self._enter_now_and_then())
        terminal = self.terminal = _PlannedTerminal(
            str(self.flash), ui, journal, exchange, parts, wifi, self.clock, identity, (keys,), self._restart
        )
        terminal.plan = self
        preferences.note_start(terminal, report)
        preferences.load(terminal)
        await terminal.run()

    def _restart(self):
        """machine.reset(): the plan sees it as a power cut."""
        self.pull_the_plug()

    async def _enter_now_and_then(self):
        while True:
            await asyncio.sleep(2)
            self.inputs.put(KEY, "ENTER")

    def _listen(self, exchange):
        """Notes what the operator was told of each transaction."""
        for name in ("authorise", "advise", "poll", "withdraw"):
            setattr(exchange, name, self._noting(getattr(exchange, name)))
        run = exchange.run

        async def noted(module, name, *arguments, **options):
            work = run(module, name, *arguments, **options)
            return await (self._noting(lambda _tx: work)(None) if module == "offline" else work)

        exchange.run = noted

    def _noting(self, ask):
        async def noted(tx):
            outcome = await ask(tx)
            if outcome["tx"] and "trace" in outcome["tx"]:
                tx = outcome["tx"]
                batch = 0 if tx["type"] == "offline" else tx["batch"]  # the host may have it in the next one
                self.told[batch, tx["trace"]] = outcome["result"], outcome["cause"]
            return outcome

        return noted

    # The plan

    async def next_flow(self, terminal):
        """In the place of the idle screen and the log-in: the next flow, None when the loop is called."""
        if terminal.operator is None:
            terminal.operator = "01"
            terminal.audit("log_in")
            return None if terminal.exchange.signed_on else ("sign_on",)
        self.busy = False
        while True:
            await asyncio.sleep(1)
            if terminal.is_called():
                return None
            flow = self._what_the_screen_asks_for(terminal)
            if flow:
                return flow
            if self.todo:
                flow, self.todo = self.todo, None
                self.busy = True
                flow = flow(terminal) if callable(flow) else flow
                if flow:
                    return flow
                self.busy = False

    def _what_the_screen_asks_for(self, terminal):
        """BLOCKED: the supervisor. NOT SIGNED ON: sign on. Not settled: settle. Each at most once a minute."""
        exchange = terminal.exchange
        if self.loop.time() - self._asked_s < 60:
            return None
        flow = None
        if exchange.blocked:
            flow = ("retry_reversal",)
        elif not exchange.signed_on:
            flow = ("sign_on",)
        elif terminal.journal.state["settling"] and not terminal.settles_by_itself():
            flow = ("settle",)
        if flow:
            self._asked_s = self.loop.time()
        return flow

    async def step(self, flow, within_s=1500):
        """Begins the flow when the terminal is idle, and waits until it is idle again, with power."""
        self.todo = flow
        end = self.loop.time() + within_s
        while self.loop.time() < end and (self.todo or self.busy or self.supply.failed):
            await asyncio.sleep(1)
            await self.look_after_power()
        self.todo = None

    async def look_after_power(self):
        if self.supply.failed:
            await self.cut()
            self.busy = False
            await asyncio.sleep(self.chance.choice((1, 1, 30, 400)))
            self.power()
            await asyncio.sleep(1)
        elif self._main.done():
            raise AssertionError("the firmware has ended") from self._main.exception()

    async def exchange_terminal(self):
        """Another one comes under the same number, its journal empty; what was on its way has arrived or never will."""
        self.line.heal()
        await asyncio.sleep(400)
        await self.look_after_power()
        await self.cut()
        for tx in history.newest_first(self.journal()):
            if tx["state"] == "waiting":  # lost with the terminal: the merchant's risk
                self.of_another.add((0, tx["trace"], tx["amount_minor"]))
        shutil.rmtree(self.flash / station.JOURNAL, ignore_errors=True)
        for row in self.host.execute("SELECT batch, kind, trace, amount_minor FROM transactions"):
            self.of_another.add((row["batch"], row["trace"], row["amount_minor"]))
            if row["kind"] == "offline":
                self.of_another.add((0, row["trace"], row["amount_minor"]))
        batch = self.host.execute("SELECT batch FROM terminals")[0]["batch"]
        self.batches_of_two.add(batch)
        closed = self.host.execute("SELECT batch FROM settlements WHERE closed_ms IS NOT NULL")
        self.batches_of_another.update(row["batch"] for row in closed)
        self.told.clear()
        self.power()
        self.busy = True

    async def close(self):
        if self._main is not None:
            await self.cut()
        self.supply.close()
        self.host.close()


def _people(flash):
    people = {n: {"pin": "plain " + pin, "first": False, "failures": 0} for n, pin in PEOPLE.items()}
    store.save(str(flash / "operators.json"), people)
