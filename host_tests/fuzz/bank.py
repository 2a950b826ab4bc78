"""A host in this process that begins every input in the same state: its real SQLite file is put back as it was."""

import hashlib
import itertools
import logging
import secrets
import sqlite3
import tempfile
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone

from fuzz.property import hides, need

NOON = datetime(2026, 11, 22, 12, 34, 56, tzinfo=timezone(timedelta(hours=8)))
CARD = "6200000000000013"
_LEDGER = (
    "SELECT count(*), coalesce(sum(amount_minor), 0) FROM lines",
    "SELECT count(*) FROM entries",
    "SELECT group_concat(number || ' ' || balance_minor || ' ' || held_minor) FROM accounts",
    "SELECT group_concat(id || ' ' || state || ' ' || amount_minor) FROM holds",
)


@contextmanager
def fixed_chance():
    """Random numbers of the host that are the same in every run, so that an input does the same every time."""
    count = itertools.count()
    real = secrets.token_bytes, secrets.token_urlsafe, secrets.randbelow

    def some(size=32):
        text = b""
        while len(text) < size:
            text += hashlib.sha256(b"fuzz %d" % next(count)).digest()
        return text[:size]

    secrets.token_bytes = some
    secrets.token_urlsafe = lambda size=32: some(size).hex()
    secrets.randbelow = lambda below: int.from_bytes(some(16), "big") % below
    try:
        yield
    finally:
        secrets.token_bytes, secrets.token_urlsafe, secrets.randbelow = real


class _Ears(logging.Handler):
    """Keeps what the host logs during one input."""

    def __init__(self):
        super().__init__(logging.DEBUG)
        self.texts, self.failure = [], None

    def emit(self, record):
        self.texts.append(record.getMessage())
        if record.exc_info and record.exc_info[1]:
            self.failure = self.failure or record.exc_info[1]

    def clear(self):
        self.texts, self.failure = [], None


class Bank:
    """`host` (host.inprocess.Host), `terminal` signed on to it, and the books as they were before the input."""

    def __init__(self, prepare=None):
        from host.inprocess import FixedClock, Host
        from host.terminal import Terminal

        self.folder = tempfile.TemporaryDirectory(prefix="fuzz-bank-")
        self.ears = _Ears()
        self.log = logging.getLogger("host")
        with fixed_chance():
            self.host = Host(self.folder.name, FixedClock(NOON), database="sqlite")
            self.terminal = Terminal.at(self.host)
            self.prepared = prepare(self) if prepare else None
        self.file = sqlite3.connect(self.host.database.path, isolation_level=None)
        self.pristine = sqlite3.connect(":memory:")
        self.file.backup(self.pristine)
        self.version = self._version()
        self.before = self.ledger()
        self.check = self.host.check

    def _version(self):
        return self.file.execute("PRAGMA data_version").fetchone()

    @contextmanager
    def input(self):
        """Around one input: afterwards all is as before. What the host logged as its own failure is raised."""
        self.ears.clear()
        self.host.clock.moment = NOON
        level, spread = self.log.level, self.log.propagate
        self.log.addHandler(self.ears)
        self.log.setLevel(logging.DEBUG)
        self.log.propagate = False
        try:
            with fixed_chance():
                yield
            if self.ears.failure:
                raise self.ears.failure
        finally:
            self.log.removeHandler(self.ears)
            self.log.setLevel(level)
            self.log.propagate = spread
            if self._version() != self.version:
                self.pristine.backup(self.file)
                self.version = self._version()

    def ledger(self):
        """Digest of all that money is: entries, balances, holds."""
        return tuple(self.file.execute(sql).fetchone() for sql in _LEDGER)

    def hears_no_secret(self, *accounts):
        """Nothing that was logged shows an account number, or a key."""
        text = "\n".join(self.ears.texts)
        need(hides(text, *accounts), "a log shows no account number")
        need(self.terminal.key.hex() not in text.lower(), "a log shows no working key")
        need(self.terminal.master_key.hex() not in text.lower(), "a log shows no master key")
