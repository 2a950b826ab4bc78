"""The host's switch in this process, without TLS and threads: for tests on a virtual clock.

host = Host(tmp_path)
answer = await host.handle(frame)      # frame with or without its two length bytes, answered alike
host.balance("6200000000000013")       # minor units
"""

import json
import shutil
import tempfile
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
_template = []


class FixedClock:
    """A clock for the host that stands until it is moved. `moment` is an aware datetime."""

    def __init__(self, moment):
        self.moment = moment

    def now(self):
        return self.moment


class Host:
    """A host with the demonstration data below `folder`; `clock` has now() -> aware datetime."""

    def __init__(self, folder, clock=None):
        from tools.host.clock import SystemClock

        self.folder = Path(folder) / "host"
        shutil.copytree(_made_once(), self.folder)
        self.state = State(self.folder)
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

    def close(self):
        self.database.close()


def _made_once():
    """A state folder with the demonstration data, made once in this process: copying beats making."""
    if not _template:
        folder = tempfile.TemporaryDirectory(prefix="pos-host-")
        state = Path(folder.name) / "state"
        initialise(state, HOST_PORT, PASSWORD)
        _template.extend([folder, state])
    return _template[1]
