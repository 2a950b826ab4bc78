"""One SQLite file: the engine for queries, and the transaction in which money moves.

Statements are written once with SQLAlchemy Core and compiled once; on the hot path they run on the driver itself,
because Core's own execution costs a third of the rate (README.md, "Database").
"""

import sqlite3
import threading
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, create_engine, event, literal_column
from sqlalchemy.dialects import sqlite

BUSY_TIMEOUT_MS = 5_000
PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # a commit is on the disk when it returns; NORMAL may lose the last ones
    "PRAGMA foreign_keys = ON",
    f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}",
)
_DIALECT = sqlite.dialect(paramstyle="named")


class DatabaseError(Exception):
    """The database refused or failed; nothing of the transaction is kept."""


class TransactionLost(DatabaseError):
    """The whole transaction is gone, not just the step that failed (disk full, I/O error)."""


class Unit:
    """One database transaction in progress: everything done through it is kept together or not at all."""

    def __init__(self, connection, compiled):
        self._connection = connection
        self._compiled = compiled

    def run(self, statement, **values):
        """Runs a Core statement with bound values; list of rows, read by column name (empty when it returns none)."""
        compiled = self._compiled.get(statement)
        if compiled is None:
            compiled = self._compiled[statement] = _compile(statement)
        sql, constants = compiled
        try:
            return self._connection.execute(sql, constants | values).fetchall()
        except sqlite3.Error as error:
            raise DatabaseError(str(error)) from error

    def one(self, statement, **values):
        """The first row, or None."""
        rows = self.run(statement, **values)
        return rows[0] if rows else None

    @contextmanager
    def savepoint(self):
        """A step that can fail alone, leaving what went before it in this transaction."""
        self._connection.execute("SAVEPOINT step")
        try:
            yield
        except BaseException:
            try:
                self._connection.execute("ROLLBACK TO step")
                self._connection.execute("RELEASE step")
            except sqlite3.Error as error:
                raise TransactionLost(str(error)) from error
            raise
        self._connection.execute("RELEASE step")


class Database:
    """The open database. `transaction()` is for one thread at a time; `engine` serves any number of readers."""

    def __init__(self, path):
        self.path = Path(path)
        self.engine = create_engine(URL.create("sqlite", database=str(self.path)))
        event.listen(self.engine, "connect", _prepare)
        # The driver would begin a transaction at the first write only; a report needs one snapshot from its first read.
        event.listen(self.engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
        self._compiled = {}
        self._lock = threading.Lock()
        self._connection = None

    @contextmanager
    def transaction(self):
        """Yields a Unit; durable when the block is left, rolled back when it is left by an exception."""
        with self._lock:
            try:
                connection = self._open()
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.Error as error:
                raise DatabaseError(str(error)) from error
            try:
                yield Unit(connection, self._compiled)
                connection.execute("COMMIT")
            except BaseException as error:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                if isinstance(error, sqlite3.Error):
                    raise DatabaseError(str(error)) from error
                raise

    def close(self):
        """Closes all connections; the write-ahead log is folded into the file."""
        with self._lock:
            if self._connection:
                self._connection.close()
                self._connection = None
        self.engine.dispose()

    def _open(self):
        if self._connection is None:
            self._connection = sqlite3.connect(self.path, check_same_thread=False)
            self._connection.row_factory = sqlite3.Row
            _prepare(self._connection)
        return self._connection


def is_one_of(column, words):
    """Condition that a column is one of these words of ours.

    They stand in the statement itself: it is compiled once, and a list of bound values would not be.
    """
    return column.in_([literal_column(f"'{word}'") for word in words])


def _compile(statement):
    compiled = statement.compile(dialect=_DIALECT)
    return str(compiled), {name: bind.value for name, bind in compiled.binds.items() if not bind.required}


def _prepare(connection, _record=None):
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(pragma)
