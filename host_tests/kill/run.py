"""One run: terminals trade while their hosts, or the database's server, are killed; then all books are compared."""

import asyncio
import contextlib
import json
import random
import time
from typing import NamedTuple

from host import postgres
from sqlalchemy import bindparam, insert

from host_tests.kill.books import audit
from host_tests.kill.disk import SmallDisk
from host_tests.kill.hosts import HostProcess
from host_tests.kill.till import Till
from tools.host import demo, settings
from tools.host.initialise import initialise
from tools.host.iso.parameters import VOID_SHARE_PERCENT, VOIDS_MAX
from tools.host.ledger import book
from tools.host.ledger.book import Line
from tools.host.state import State
from tools.host.store.schema import terminals
from tools.host.switch.rules import luhn_ok

CARDS = 6
CARD_MINOR = 50_000_000
UNDER_LOAD = (1, 80)  # answers from a start to the next death, as many as the seed says
UNDER_LOAD_S_MAX = 10  # on a machine that is slow today
MOMENT_S = (0, 0.02)
SERVER_AWAY_S = (0.0, 1.5)
END_TIMEOUT_S = 120
_TERMINAL = insert(terminals).values({name: bindparam("v_" + name) for name in ("number", "merchant_id", "master_key")})


class Kind(NamedTuple):
    """What runs and what dies. `hosts` processes; `dies` is "host", "server" or "disk" (which is filled)."""

    title: str
    postgresql: bool
    hosts: int
    dies: str

    @property
    def times(self):
        return "times full" if self.dies == "disk" else "kills"


KINDS = {
    "sqlite": Kind("sqlite", False, 1, "host"),
    "postgresql": Kind("postgresql", True, 1, "host"),
    "two": Kind("postgresql, two hosts", True, 2, "host"),
    "server": Kind("postgresql, its server", True, 2, "server"),
    "full": Kind("sqlite, disk full", False, 1, "disk"),
    "server-full": Kind("postgresql, disk full", True, 2, "disk"),
}


class Result(NamedTuple):
    """What a run came to."""

    kind: Kind
    kills: int
    answered: int
    unanswered: int
    undone: int  # unanswered ones that the host had done, taken back by a reversal
    refused: int  # 96
    verdict: object
    seconds: float
    seed: int

    @property
    def good(self):
        return self.verdict.good

    def line(self):
        lost = f"{len(self.verdict.missing)} missing, {len(self.verdict.doubled)} doubled, "
        books = "books balanced" if not self.verdict.wrong else f"{len(self.verdict.wrong)} WRONG IN THE BOOKS"
        return (
            f"kill: {self.kind.title}: {self.kills} {self.kind.times}, {self.answered:,} acknowledged, {lost}{books}; "
            f"{self.unanswered:,} unanswered ({self.undone} of them had been done), {self.refused:,} answered 96, "
            f"{self.seconds:.0f} s"
        )


def run(kind, kills, folder, seed, tills=8, say=lambda _line: None):
    """Plays it below `folder`; a Result. NoDisk where a disk cannot be had that may be filled."""
    with contextlib.ExitStack() as stack:
        disk = stack.enter_context(SmallDisk()) if kind.dies == "disk" else None
        below = disk.folder if disk else "/tmp"
        server = stack.enter_context(postgres.Server(durable=True, below=below)) if kind.postgresql else None
        if server:
            server.create("books")
        made = _Run(kind, kills, folder, seed, server, say)
        made.disk = disk
        if disk and not server:
            made.place(disk.folder)
        return asyncio.run(made.play(tills))


class _Run:
    def __init__(self, kind, kills, folder, seed, server, say):
        self._kind = kind
        self._kills = kills
        self._seed = seed
        self._server = server
        self._say = say
        self._tills = []
        self._chance = random.Random(seed)
        self._folder = folder
        self.disk = None
        self.place(folder)

    def place(self, folder):
        """Where the hosts' state is; their logs stay where there is room."""
        address = self._server and self._server.address("books")
        self._state = State(folder / "state", address)
        logs = [self._folder / f"host{n}.log" for n in range(self._kind.hosts)]
        self._hosts = [HostProcess(folder / "state", address, log) for log in logs]

    async def play(self, count):
        begun_s = time.monotonic()
        contents, cards = self._furnish(count)
        stop = asyncio.Event()
        try:
            for host in self._hosts:
                await host.start()
            self._tills += [self._till(content, cards) for content in contents]
            async with asyncio.timeout(None) as end, asyncio.TaskGroup() as group:
                for till in self._tills:
                    group.create_task(till.trade(stop))
                await self._kill()
                stop.set()
                # Whatever is pending at a terminal is brought to its end by hosts that live now.
                end.reschedule(asyncio.get_running_loop().time() + END_TIMEOUT_S)
        finally:
            for host in self._hosts:
                await host.stop()
        return self._result(cards, time.monotonic() - begun_s)

    async def _kill(self):
        said_s = time.monotonic()
        for number in range(1, self._kills + 1):
            await self._under_load()
            if self._kind.dies == "server":
                await self._kill_server()
            elif self._kind.dies == "disk":
                await self._fill_disk()
            else:
                host = self._chance.choice(self._hosts)
                await host.kill()
                await host.start()
            if time.monotonic() - said_s > 10:
                said_s = time.monotonic()
                self._say(f"{self._kind.title}: {number} of {self._kills} {self._kind.times}")
        await self._under_load()

    async def _under_load(self):
        """A while in which there are answers, and then a moment of its own."""
        enough = self._answered() + self._chance.randint(*UNDER_LOAD)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(UNDER_LOAD_S_MAX):
                while self._answered() < enough:
                    await asyncio.sleep(0.01)
        await asyncio.sleep(self._chance.uniform(*MOMENT_S))

    def _answered(self):
        """Answers that tell of something done; 96 comes while there is nothing to do it with."""
        return sum(till.answered - till.refused for till in self._tills)

    async def _kill_server(self):
        await asyncio.to_thread(self._server.kill)
        await asyncio.sleep(self._chance.uniform(*SERVER_AWAY_S))
        await asyncio.to_thread(self._server.start)

    async def _fill_disk(self):
        """Full until some terminals noticed, then there is room again. A server that could not stand it is started."""
        noticed = self._troubled() + self._chance.randint(1, 20)
        await asyncio.to_thread(self.disk.fill)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(UNDER_LOAD_S_MAX):
                while self._troubled() < noticed:
                    await asyncio.sleep(0.01)
        self.disk.free()
        if self._server and not await asyncio.to_thread(self._server.answers):
            await asyncio.to_thread(self._server.kill)
            await asyncio.to_thread(self._server.start)

    def _troubled(self):
        return sum(till.unanswered + till.refused for till in self._tills)

    def _till(self, content, cards):
        ports = [host.port for host in self._hosts]
        chance = random.Random(self._chance.random())
        return Till(content, str(self._state.pki / "ca.pem"), ports, list(cards), chance)

    def _furnish(self, count):
        """Terminals and cards in a new database: (terminals' files, {card: its balance})."""
        initialise(self._state.folder, 0, "demo", address=self._server and self._server.address("books"))
        content = json.loads((self._state.terminals / f"{demo.TERMINAL}.json").read_text())
        numbers = [f"{int(content['terminal']) + n:08d}" for n in range(count)]
        cards = {_with_check_digit(f"62000000001{n:04d}"): CARD_MINOR for n in range(CARDS)}
        database = self._state.database()

        def fill(unit):
            merchant = settings.merchant(unit, demo.MERCHANT)
            for tag in (VOIDS_MAX, VOID_SHARE_PERCENT):
                settings.put(unit, merchant["id"], tag, "0")
            issuer = book.find_account(unit, demo.ISSUER_ACCOUNT)["id"]
            for number, amount_minor in cards.items():
                card = book.open_account(unit, number, "card", 0)
                book.post(unit, "opening", [Line(issuer, -amount_minor), Line(card, amount_minor)], 0)
            key = self._state.keystore().store_master(bytes.fromhex(content["master_key"]))
            for number in numbers[1:]:
                unit.run(_TERMINAL, v_number=number, v_merchant_id=merchant["id"], v_master_key=key)

        database.run(fill)
        database.close()
        return [content | {"terminal": number} for number in numbers], cards

    def _result(self, cards, seconds):
        tills = self._tills
        database = self._state.database()
        verdict = audit(database.engine, [deed for till in tills for deed in till.deeds], cards)
        database.close()
        sums = [sum(getattr(till, name) for till in tills) for name in ("answered", "unanswered", "undone", "refused")]
        return Result(self._kind, self._kills, *sums, verdict, seconds, self._seed)


def _with_check_digit(body):
    return next(body + digit for digit in "0123456789" if luhn_ok(body + digit))
