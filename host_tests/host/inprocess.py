"""The host's switch in this process, without TLS and threads: for tests on a virtual clock.

host = Host(tmp_path)
answer = await host.handle(frame)      # frame with or without its two length bytes, answered alike
host.balance("6200000000000013")       # minor units
"""

import itertools
import json
import os
import shutil
import tempfile
import warnings
from pathlib import Path

from tools.host import demo
from tools.host.initialise import initialise
from tools.host.ledger.check import check
from tools.host.ledger.statement import of as statement_of
from tools.host.state import State
from tools.host.switch.switch import Switch

LENGTH_BYTES = 2
HOST_PORT = 8583
PASSWORD = "demo"  # of every platform user
SQLITE, POSTGRESQL = "sqlite", "postgresql"
# Of hosts that do not say which: `TEST_DATABASE=postgresql` runs every test of the host there.
DATABASE = os.environ.get("TEST_DATABASE", SQLITE)
_templates = {}
_numbers = itertools.count(1)


class FixedClock:
    """A clock for the host that stands until it is moved. `moment` is an aware datetime."""

    def __init__(self, moment):
        self.moment = moment

    def now(self):
        return self.moment


def console_of(database, clock):
    """The client of the platform's pages on an open Database, a context manager; redirects are not followed."""
    from tools.host.console.app import make_app

    with warnings.catch_warnings():  # Starlette would like another client library than the one that is locked here
        warnings.simplefilter("ignore")
        from starlette.testclient import TestClient
    return TestClient(make_app(database, bytes(32), clock), follow_redirects=False)


class Host:
    """A host with the demonstration data below `folder`; `clock` has now() -> aware datetime."""

    def __init__(self, folder, clock=None, database=DATABASE):
        from tools.host.clock import SystemClock

        self.folder = Path(folder) / "host"
        shutil.copytree(_made_once(database), self.folder)
        self.address = _copied() if database == POSTGRESQL else None
        self.state = State(self.folder, self.address)
        self.database = self.state.database()
        self.keystore = self.state.keystore()
        self.clock = clock or SystemClock()
        self.switch = Switch(self.database, self.keystore, self.clock)
        self.terminal_file = self.state.terminals / f"{demo.TERMINAL}.json"
        self.terminal_json = json.loads(self.terminal_file.read_text())
        self.ca_der = (self.state.pki / "ca.der").read_bytes()

    async def handle(self, frame):
        """Frame -> answer frame, None when the host would close; with the length bytes when they came."""
        return self.handle_now(frame)

    def handle_now(self, frame):
        # A frame begins with 60, so its first bytes are never the length of anything that is allowed here.
        if len(frame) > LENGTH_BYTES and int.from_bytes(frame[:LENGTH_BYTES], "big") == len(frame) - LENGTH_BYTES:
            answer = self.switch.answer(frame[LENGTH_BYTES:])
            return answer and len(answer).to_bytes(LENGTH_BYTES, "big") + answer
        return self.switch.answer(frame)

    def balance(self, number):
        """Balance of an account in minor units."""
        return statement_of(self.database.engine, number)["balance_minor"]

    def check(self):
        """The ledger's own proof; a Report with .balanced and .problems."""
        return check(self.database.engine)

    def execute(self, sql, **values):
        """Runs SQL text on the database, to set up what no message can; list of rows as dicts."""
        from sqlalchemy import text

        with self.database.engine.begin() as connection:
            result = connection.execute(text(sql), values)
            return [dict(row) for row in result.mappings()] if result.returns_rows else []

    def console(self):
        """The client of its platform's pages."""
        return console_of(self.database, self.clock)

    def refuse(self, table):
        """From now on the database takes no new row of this table: what no message can bring about."""
        if self.address:
            self.execute(
                "CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'disk'; END $$"
            )
            self.execute(f"CREATE TRIGGER broken BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION broken()")
        else:
            self.execute(f"CREATE TRIGGER broken BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'disk'); END")

    def close(self):
        self.database.close()
        if self.address:
            from host import postgres

            postgres.shared().drop(self.address.partition("@/")[2].partition("?")[0])


def _made_once(database):
    """A state folder with the demonstration data, made once in this process: copying beats making."""
    if database not in _templates:
        folder = tempfile.TemporaryDirectory(prefix="pos-host-")
        state = Path(folder.name) / "state"
        initialise(state, HOST_PORT, PASSWORD, address=_empty("template") if database == POSTGRESQL else None)
        _templates[database] = folder, state
    return _templates[database][1]


def _empty(name):
    """Address of a new database on this process's server."""
    from host import postgres  # here: without it the server's package need not be installed

    postgres.shared().create(name)
    return postgres.shared().address(name)


def _copied():
    """Address of a new database, a copy of the one that _made_once made."""
    from host import postgres

    name = f"host{next(_numbers)}"
    postgres.shared().create(name, "template")
    return postgres.shared().address(name)
