"""SQLite: one file beside the host, one writer at a time."""

import sqlite3
from pathlib import Path

from sqlalchemy import URL, create_engine, event
from sqlalchemy.dialects import sqlite

from tools.host.store.errors import DatabaseError, NoRoom, OutcomeUnknown, TransactionLost

BUSY_TIMEOUT_MS = 5_000
PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # a commit is on the disk when it returns; NORMAL may lose the last ones
    "PRAGMA foreign_keys = ON",
    f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}",
)


class SqliteDriver:
    """What database.py needs to know of SQLite."""

    dialect = sqlite.dialect(paramstyle="named")
    Error = sqlite3.Error
    shared = False  # BEGIN IMMEDIATE lets nobody else write: no row needs a lock of its own
    begin = "BEGIN IMMEDIATE"

    def __init__(self, path):
        self.path = Path(path)
        self.name = str(self.path)

    def engine(self):
        """SQLAlchemy's engine, for readers and migrations."""
        # Errors are logged, account numbers are not.
        engine = create_engine(URL.create("sqlite", database=str(self.path)), hide_parameters=True)
        event.listen(engine, "connect", _prepare)
        # The driver would begin a transaction at the first write only; a report needs one snapshot from its first read.
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
        return engine

    def connect(self):
        connection = sqlite3.connect(self.path, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        _prepare(connection)
        return connection

    def fetch(self, connection, sql, values):
        """Rows, by column name."""
        return connection.execute(sql, values).fetchall()

    def commit(self, connection):
        connection.execute("COMMIT")

    def rollback(self, connection):
        if connection.in_transaction:
            connection.execute("ROLLBACK")

    def told(self, error):
        """The driver's error before the commit -> DatabaseError."""
        return (NoRoom if _is_full(error) else DatabaseError)(str(error))

    def step_lost(self, error):
        """Not even the step could be taken back."""
        return TransactionLost(str(error))

    def at_commit(self, error):
        """The driver's error at the commit -> DatabaseError.

        Without room nothing was written that a recovery would take for a commit. After any other failure, of the
        disk's own flush for example, what was written may be found whole when the file is opened again.
        """
        return (NoRoom if _is_full(error) else OutcomeUnknown)(str(error))


def _is_full(error):
    return getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL


def _prepare(connection, _record=None):
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(pragma)
