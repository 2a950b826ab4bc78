"""PostgreSQL: a server that several hosts may share.

Isolation is READ COMMITTED with row locks that are taken before what they guard is read, in one order (README.md,
"Several hosts on one database"). What is used of SQL is also in the engines that speak PostgreSQL's protocol.
"""

import logging

import psycopg
from psycopg import conninfo, pq
from psycopg.adapt import Loader
from sqlalchemy import create_engine, event
from sqlalchemy.dialects.postgresql import psycopg as dialect

from tools.host.store.errors import AddressError, Again, ConnectionLost, DatabaseError, NoRoom, OutcomeUnknown

SCHEMES = ("postgresql://", "postgres://")
CONNECT_TIMEOUT_S = 2
KEEPALIVE_S, KEEPALIVES_MAX = 5, 3  # a server that vanished without a word is noticed after this
LOCK_TIMEOUT_MS = 5_000
# A host that stands still in the middle of a transaction must not hold up the others for good.
IDLE_IN_TRANSACTION_MS = 15_000
# serialization failure, deadlock, lock not available; and a unique key that somebody else was faster to use
AGAIN = frozenset({"40001", "40P01", "55P03", "23505"})
# Classes of errors after which the connection is no more: connection exception, operator intervention.
GONE = ("08", "57P", "25P03")
DISK_FULL = "53100"
UNKNOWN = "40003"  # statement completion unknown

log = logging.getLogger("host.store")


class PostgresqlDriver:
    """What database.py needs to know of PostgreSQL. The address may hold a password: it is never shown."""

    dialect = dialect.dialect()
    Error = psycopg.Error
    shared = True
    begin = "BEGIN ISOLATION LEVEL READ COMMITTED"

    def __init__(self, address):
        self._parameters = _parameters(address)
        known = {"host": "local", "port": "5432", "dbname": ""} | self._parameters
        self.name = f"PostgreSQL at {known['host']}:{known['port']}/{known['dbname']}"

    def engine(self):
        """SQLAlchemy's engine, for readers (one snapshot a transaction) and migrations."""
        engine = create_engine(
            "postgresql+psycopg://",
            creator=lambda: psycopg.connect(**self._parameters),
            isolation_level="REPEATABLE READ",
            hide_parameters=True,  # errors are logged, account numbers are not
            pool_pre_ping=True,  # after a restart of the server the pool's connections are dead
        )
        event.listen(engine, "connect", lambda connection, _record: _whole_numbers(connection))
        return engine

    def connect(self):
        try:
            connection = psycopg.connect(**self._parameters, autocommit=True)
            _whole_numbers(connection)
            _settings(connection)
        except psycopg.Error as error:
            raise ConnectionLost(_said(error)) from error
        return connection

    def fetch(self, connection, sql, values):
        """Rows, by column name; none of a statement that returns none."""
        cursor = connection.execute(sql, values)
        if cursor.description is None:
            return []
        places = {column.name: place for place, column in enumerate(cursor.description)}
        return [Row(found, places) for found in cursor.fetchall()]

    def commit(self, connection):
        # A transaction in which a statement failed is rolled back by COMMIT, which says so and is no error.
        if connection.execute("COMMIT").statusmessage != "COMMIT":
            raise DatabaseError("the transaction had failed")

    def rollback(self, connection):
        if connection.info.transaction_status != pq.TransactionStatus.IDLE:
            connection.execute("ROLLBACK")

    def told(self, error):
        """The driver's error before the commit -> DatabaseError."""
        if _gone(error):
            return ConnectionLost(_said(error))
        if error.sqlstate == DISK_FULL:
            return NoRoom(_said(error))
        return (Again if error.sqlstate in AGAIN else DatabaseError)(_said(error))

    def step_lost(self, error):
        """Not even the step could be taken back: nothing of its transaction is kept."""
        return Again(_said(error))

    def at_commit(self, error):
        """The driver's error at the commit -> DatabaseError. Only what the server itself refused is known."""
        if _gone(error) or error.sqlstate == UNKNOWN:
            return OutcomeUnknown(_said(error))
        return self.told(error)


class Row:
    """A row as sqlite3.Row is: by name or place, its values in order."""

    __slots__ = ("_places", "_values")

    def __init__(self, values, places):
        self._values = values
        self._places = places

    def __getitem__(self, key):
        return self._values[self._places[key] if type(key) is str else key]

    def __iter__(self):
        return iter(self._values)

    def __len__(self):
        return len(self._values)

    def keys(self):
        return list(self._places)


class _WholeLoader(Loader):
    """A sum of 64-bit numbers is "numeric" there; ours are all whole."""

    def load(self, data):
        return int(bytes(data))


def _whole_numbers(connection):
    connection.adapters.register_loader("numeric", _WholeLoader)


def _settings(connection):
    connection.execute(f"SET lock_timeout = {LOCK_TIMEOUT_MS}")
    connection.execute(f"SET idle_in_transaction_session_timeout = {IDLE_IN_TRANSACTION_MS}")
    # An answer leaves when what it says is on the disk. Stricter settings (of replicas) stay.
    if connection.execute("SHOW synchronous_commit").fetchone()[0] == "off":
        connection.execute("SET synchronous_commit = on")
    if connection.execute("SHOW fsync").fetchone()[0] == "off":
        log.warning("the server runs with fsync off: a power cut loses what was acknowledged")


def _parameters(address):
    """Address -> parameters of psycopg.connect; AddressError, which does not repeat it."""
    try:
        found = conninfo.conninfo_to_dict(address)
    except psycopg.ProgrammingError:
        raise AddressError("it must look like postgresql://user:password@host:port/name") from None
    if "@" in str(found.get("host", "")):
        raise AddressError("an @ in the password must be written %40")
    keepalives = {
        "keepalives_idle": KEEPALIVE_S,
        "keepalives_interval": KEEPALIVE_S,
        "keepalives_count": KEEPALIVES_MAX,
    }
    limits = {"connect_timeout": CONNECT_TIMEOUT_S, "tcp_user_timeout": KEEPALIVE_S * KEEPALIVES_MAX * 1000}
    return keepalives | limits | {"application_name": "pos-host"} | found


def _gone(error):
    if error.sqlstate is None:  # not from the server: it is not there, or a value could not even be sent
        return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
    return error.sqlstate.startswith(GONE)


def _said(error):
    """The server's first line. The others repeat the statement and its values, account numbers among them."""
    text = error.diag.message_primary or str(error).partition("\n")[0]
    return f"{text} ({error.sqlstate})" if error.sqlstate else text
