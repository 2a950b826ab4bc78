"""The real host of a day: switch, ledger and SQLite file, which dies between any two statements and comes up again.

When it dies its process is gone: no handler of the product does anything more, what was not committed is lost, what was
committed stays, and no answer leaves.
"""

import atexit
import os
import shutil
import sqlite3
import tempfile
from datetime import datetime, timedelta, timezone
from pathlib import Path

from days import world
from sqlalchemy import text

from tools.host import demo
from tools.host.clock import epoch_ms
from tools.host.initialise import initialise
from tools.host.ledger import book
from tools.host.ledger.book import Line
from tools.host.ledger.check import check
from tools.host.security.keystore import KEY_BYTES
from tools.host.state import State
from tools.host.sweep import sweep
from tools.host.switch.switch import Switch

LENGTH_BYTES = 2
WORK_S = 0.002  # what arrives meanwhile shares the next transaction, as in server/worker.py
SWEEP_EVERY_S = 600
MORNING = datetime(2026, 11, 22, 8, 30, 0, tzinfo=timezone(timedelta(hours=8)))
# Besides the demonstration's: number, money on it.
CARDS = (
    ("6200000000000054", 50_000),
    ("6200000000000062", 2_000_000),
    ("6200000000000070", 2_000_000),
    ("6200000000000088", 5_000_000),
)
SCRATCH = Path("/dev/shm")  # deaths are played here, not the disk's: what is committed to memory stays as well
PREFIX = "days-"
_template = []
_connect = sqlite3.connect


class HostDied(BaseException):
    """The host's process is gone: no handler of it runs any more."""


class _Life:
    """One start of the host: once over, nothing that is left of it has any effect."""

    def __init__(self):
        self.over = False
        self.dies_in = None  # steps, two a statement: before it and after it
        self.connections = []

    def step(self):
        if self.over:
            raise HostDied()
        if self.dies_in is not None:
            self.dies_in -= 1
            if self.dies_in <= 0:
                self.over = True
                raise HostDied()

    def end(self):
        self.over = True
        for connection in self.connections:
            sqlite3.Connection.close(connection)


class _Connection(sqlite3.Connection):
    """The driver's, which may be the last thing that the host ever did."""

    life = None

    def execute(self, *arguments):
        self.life.step()
        result = super().execute(*arguments)
        self.life.step()
        return result


class _Morning:
    """The clock of what is made before the first day."""

    def now(self):
        return MORNING - timedelta(days=1)


class _Wall:
    """The host's clock: a morning, and what has passed since; nights are passed over."""

    def __init__(self, loop):
        self._loop = loop
        self.moved = timedelta()

    def now(self):
        return MORNING + self.moved + timedelta(seconds=self._loop.time())


class HostNode:
    """As the network sees it: `up`, arrive(connection, frame, fault). As others do: execute, check, wall."""

    def __init__(self, loop, note, terminals):
        self.loop, self.note = loop, note
        template = _made_once()
        self.folder = Path(tempfile.mkdtemp(dir=template.parent))
        shutil.copytree(template, self.folder, dirs_exist_ok=True)
        self.state = State(self.folder)
        self.wall = _Wall(loop)
        self.network = None
        self._queue = []
        self._working = False
        self._start()
        self.identities = [self._terminal(at) for at in range(terminals)]
        self._cards()
        loop.call_later(SWEEP_EVERY_S, self._sweep)

    # Life

    def _start(self):
        self.life = life = _Life()

        def connect(*arguments, **options):
            connection = _connect(*arguments, factory=_Connection, **options)
            connection.life = life
            life.connections.append(connection)
            return connection

        sqlite3.connect = connect
        self.database = self.state.database()
        self.keystore = self.state.keystore()
        self.switch = Switch(self.database, self.keystore, self.wall)
        self.up = True

    def dies_in(self, steps, silent, down_s):
        """At that step of its database from now on, see die; whoever then catches HostDied calls died."""
        self._death = silent, down_s
        self.life.dies_in = steps

    def died(self):
        self.die(*self._death)

    def die(self, silent, down_s):
        """Now. Connections end, or (silent) are half open; it comes up again after so many seconds."""
        if not self.up:
            return
        self.up = False
        self.note(f"host dies at {self.loop.time():.6f}")
        self._queue.clear()
        self.life.end()
        self.database.engine.dispose()
        self.network.drop_all(silent)
        self.loop.call_later(down_s, self._start)

    def heal(self):
        self.life.dies_in = None

    def close(self):
        self.life.end()
        self.database.engine.dispose()
        sqlite3.connect = _connect
        shutil.rmtree(self.folder, ignore_errors=True)

    # Work

    def arrive(self, connection, frame, fault):
        """A frame with its length bytes has come; it is worked on with all that come within WORK_S."""
        if not self.up:
            return
        self._queue.append((connection, frame, fault))
        if not self._working:
            self._working = True
            self.loop.call_later(WORK_S, self._work)

    def _work(self):
        self._working = False
        group, self._queue = self._queue, []
        if not self.up or not group:
            return None
        try:
            answers = self.switch.answer_all([frame[LENGTH_BYTES:] for _connection, frame, _fault in group])
        except HostDied:
            return self.died()
        for (connection, _frame, fault), answer in zip(group, answers, strict=True):
            whole = answer and len(answer).to_bytes(LENGTH_BYTES, "big") + answer
            connection.answer(whole, fault)
        return None

    def _sweep(self):
        if self.up:
            try:
                sweep(self.database, self.wall.now())
            except HostDied:
                self.died()
        self.loop.call_later(SWEEP_EVERY_S, self._sweep)

    # What tests see and set

    def execute(self, sql, **values):
        """SQL text on the database, past the product; list of rows as dicts. Nothing while the host is down."""
        if not self.up:
            return []
        with self.database.engine.begin() as connection:
            result = connection.execute(text(sql), values)
            return [dict(row) for row in result.mappings()] if result.returns_rows else []

    def transaction(self):
        """A database transaction as the platform makes one; HostDied may come out of it."""
        return self.database.transaction()

    def check(self):
        return check(self.database.engine)

    def set_parameter(self, tag, value):
        self.execute(
            "INSERT INTO merchant_parameters (merchant_id, tag, value) SELECT id, :tag, :value FROM merchants"
            " WHERE true ON CONFLICT (merchant_id, tag) DO UPDATE SET value = :value",
            tag=tag,
            value=value,
        )

    def _terminal(self, at):
        """Identity of the terminal with this index; the first is the demonstration's."""
        number = f"{int(demo.TERMINAL) + at:08d}"
        key = world.chance_bytes(KEY_BYTES)
        block = self.keystore.store_master(key)
        if at:
            self.execute(
                "INSERT INTO terminals (number, merchant_id, master_key) SELECT :number, id, :block FROM merchants",
                number=number,
                block=block,
            )
        else:
            self.execute("UPDATE terminals SET master_key = :block", block=block)
        return {"merchant": demo.MERCHANT, "terminal": number, "master_key": key, "language": "en"}

    def _cards(self):
        at_ms = epoch_ms(self.wall.now())
        with self.database.transaction() as unit:
            issuer = book.find_account(unit, demo.ISSUER_ACCOUNT)["id"]
            for number, amount_minor in CARDS:
                card = book.open_account(unit, number, "card", at_ms)
                book.post(unit, "opening", [Line(issuer, -amount_minor), Line(card, amount_minor)], at_ms)


def _made_once():
    """A state folder with the demonstration data, made once in this process."""
    if not _template:
        scratch = SCRATCH if SCRATCH.is_dir() else Path(tempfile.gettempdir())
        for old in scratch.glob(PREFIX + "*-*"):
            owner = old.name.split("-")[1]
            if owner.isdigit() and Path("/proc/self").exists() and not Path("/proc", owner).exists():
                shutil.rmtree(old, ignore_errors=True)  # of a process that was killed
        folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=scratch))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        with world.aside("template"):
            initialise(folder / "state", 8583, "demo", _Morning())
        _template.append(folder / "state")
    return _template[0]
