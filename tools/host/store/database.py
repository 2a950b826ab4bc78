"""The open database: the engine for queries, and the transaction in which money moves.

Statements are written once with SQLAlchemy Core and compiled once; on the hot path they run on the driver itself,
because Core's own execution costs a third of the rate (README.md, "Database"). What differs between SQLite and
PostgreSQL is in sqlite.py and postgresql.py.
"""

import logging
import random
import threading
import time
from contextlib import contextmanager

from sqlalchemy import literal_column

from tools.host.store.errors import AddressError, Again, ConnectionLost, DatabaseError, OutcomeUnknown, TransactionLost
from tools.host.store.sqlite import SqliteDriver

__all__ = [
    "AddressError",
    "Again",
    "ConnectionLost",
    "Database",
    "DatabaseError",
    "OutcomeUnknown",
    "TransactionLost",
    "Unit",
    "is_one_of",
]

TRIES_MAX = 5
# While the server is away nobody waits for it: after a round of tries the next one is this much later.
DOWN_S = 1.0

log = logging.getLogger("host.store")


class Unit:
    """One database transaction in progress: everything done through it is kept together or not at all."""

    def __init__(self, connection, driver, compiled):
        self._connection = connection
        self._driver = driver
        self._compiled = compiled

    @property
    def shared(self):
        """True when others may write at the same time: what is read for a decision must be locked before."""
        return self._driver.shared

    def run(self, statement, **values):
        """Runs a Core statement with bound values; list of rows, read by column name (empty when it returns none)."""
        compiled = self._compiled.get(statement)
        if compiled is None:
            compiled = self._compiled[statement] = _compile(statement, self._driver.dialect)
        sql, constants = compiled
        try:
            return self._driver.fetch(self._connection, sql, constants | values)
        except self._driver.Error as error:
            raise self._driver.told(error) from error

    def one(self, statement, **values):
        """The first row, or None."""
        rows = self.run(statement, **values)
        return rows[0] if rows else None

    @contextmanager
    def savepoint(self):
        """A step that can fail alone, leaving what went before it in this transaction."""
        self._execute("SAVEPOINT step", self._driver.told)
        try:
            yield
        except TransactionLost:
            raise
        except BaseException:
            self._execute("ROLLBACK TO step", self._driver.step_lost)
            self._execute("RELEASE step", self._driver.step_lost)
            raise
        self._execute("RELEASE step", self._driver.step_lost)

    def _execute(self, sql, told):
        try:
            self._connection.execute(sql)
        except self._driver.Error as error:
            raise told(error) from error


class Database:
    """The open database. `transaction()` and `run()` are for one thread at a time; `engine` serves many readers.

    `address` is a path (SQLite) or postgresql://... (AddressError when it cannot be one).
    """

    def __init__(self, address):
        self._driver = _driver(address)
        self.engine = self._driver.engine()
        self._compiled = {}
        self._lock = threading.Lock()
        self._connection = None
        self._down_until_s = 0

    @property
    def name(self):
        """What it is called where people read: no password is in it."""
        return self._driver.name

    @property
    def path(self):
        """SQLite's file."""
        return self._driver.path

    def run(self, work):
        """work(unit) in a transaction, from the beginning again when others were in the way; what it returns.

        So `work` may be called up to TRIES_MAX times and must change nothing but the database.
        """
        for attempt in range(1, TRIES_MAX + 1):
            try:
                with self.transaction() as unit:
                    return work(unit)
            except Again as error:
                if attempt == TRIES_MAX or self._down:
                    self._note_if_away(error)
                    raise
                log.info("once more (%d of %d): %s", attempt, TRIES_MAX, error)
                time.sleep(error.pause_s * 2 ** (attempt - 1) * random.uniform(0.5, 1))
        raise AssertionError("the last try returns or raises")

    @contextmanager
    def transaction(self):
        """Yields a Unit; durable when the block is left, rolled back when it is left by an exception.

        Raises Again when the same may be tried once more: `run` does. OutcomeUnknown: it broke while it committed.
        """
        with self._lock:
            connection = self._begun()
            try:
                yield Unit(connection, self._driver, self._compiled)
            except BaseException as error:
                self._leave(connection)
                if isinstance(error, self._driver.Error):
                    raise self._driver.told(error) from error
                raise
            try:
                self._driver.commit(connection)
            except self._driver.Error as error:
                self._leave(connection)
                raise self._driver.at_commit(error) from error

    def close(self):
        """Closes all connections; SQLite's write-ahead log is folded into the file."""
        with self._lock:
            self._drop()
        self.engine.dispose()

    @property
    def _down(self):
        return time.monotonic() < self._down_until_s

    def _note_if_away(self, error):
        if isinstance(error, ConnectionLost) and not self._down:
            self._down_until_s = time.monotonic() + DOWN_S
            log.error("%s is away: %s", self.name, error)

    def _begun(self):
        """A connection on which a transaction has begun; one that turns out to be dead is replaced once."""
        if self._down:
            raise ConnectionLost("the database is away")
        found = self._connection is not None
        try:
            return self._begin()
        except ConnectionLost:
            self._drop()
            if not found:
                raise
        return self._begin()

    def _begin(self):
        try:
            if self._connection is None:
                self._connection = self._driver.connect()
            self._connection.execute(self._driver.begin)
        except self._driver.Error as error:
            raise self._driver.told(error) from error
        return self._connection

    def _leave(self, connection):
        """Ends the transaction without keeping it; a connection that cannot even do that is not used again."""
        try:
            self._driver.rollback(connection)
        except self._driver.Error:
            self._drop()

    def _drop(self):
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.close()
            except self._driver.Error as error:
                log.info("closed with an error: %s", error)


def is_one_of(column, words):
    """Condition that a column is one of these words of ours.

    They stand in the statement itself: it is compiled once, and a list of bound values would not be.
    """
    return column.in_([literal_column(f"'{word}'") for word in words])


def _driver(address):
    if isinstance(address, str) and "://" in address:
        from tools.host.store.postgresql import SCHEMES, PostgresqlDriver  # here: with SQLite it need not be loaded

        if not address.startswith(SCHEMES):
            raise AddressError("it must begin with postgresql://")
        return PostgresqlDriver(address)
    return SqliteDriver(address)


def _compile(statement, dialect):
    compiled = statement.compile(dialect=dialect)
    return str(compiled), {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
