"""A real host with its books on disk, a terminal in MicroPython, and between them whatever a test puts there."""

import asyncio
import contextlib
import json
import os
import shutil
import sys
from pathlib import Path

from pos.journal.journal import Journal
from proof import books
from sqlalchemy import text

from host_tests.kill.hosts import HostProcess
from tools import bound
from tools.host.__main__ import main as host_main
from tools.host.demo import TERMINAL
from tools.host.initialise import initialise
from tools.host.state import State

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
CARD = "6200000000000047"
ORDER_S = 120  # of real time: after that the terminal hangs
HEAP = "4M"
ROW = text("SELECT * FROM transactions WHERE batch = :batch AND trace = :trace AND kind = :kind")
BALANCE = text("SELECT balance_minor FROM accounts WHERE number = :number")
SINCE = text("SELECT * FROM transactions WHERE id > :id ORDER BY id")


class Lost(AssertionError):
    """Terminal and host do not agree, or the terminal hung."""


def furnish(state):
    """The host's state folder, with the demonstration's shop."""
    initialise(state, 1, "demo")
    # So many voids in a row need a supervisor; here nobody stands by.
    for name in ("voids_max", "void_share_percent"):
        with contextlib.redirect_stdout(None):
            host_main(["parameter", name, "0", "--state", str(state)])


class TillProcess:
    """till.py in MicroPython; `order(do, ...)` is one order and what became of it."""

    def __init__(self):
        self._process = None

    async def start(self):
        interpreter = shutil.which("micropython", path=str(Path(sys.executable).parent))
        self._process = await asyncio.create_subprocess_exec(
            *bound.command([interpreter, "-X", f"heapsize={HEAP}", str(HERE / "till.py")]),
            env=os.environ | {"MICROPYPATH": os.pathsep.join((str(ROOT / "firmware"), ".frozen"))},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            limit=1 << 20,
        )
        return self

    async def order(self, do, **values):
        self._process.stdin.write(json.dumps({"do": do, **values}).encode() + b"\n")
        await self._process.stdin.drain()
        try:
            async with asyncio.timeout(ORDER_S):
                line = await self._process.stdout.readline()
        except TimeoutError:
            raise Lost(f"the terminal hangs in {do} {values}") from None
        try:
            return json.loads(line)
        except ValueError:
            said = line + await self._process.stdout.read()
            raise Lost(f"the terminal broke off in {do} {values}: {said.decode(errors='replace')}") from None

    async def stop(self):
        process, self._process = self._process, None
        if process and process.returncode is None:
            process.kill()
            await process.wait()


class Stand:
    """Host and terminal, signed on, in `folder`; the books as this side keeps them.

    `standing` {(kind, batch, trace): amount in minor units} is what was told to be approved.
    """

    def __init__(self, folder):
        self.folder = Path(folder)
        self.state = self.folder / "host"
        self.host = HostProcess(self.state, None, self.folder / "host.log", "--log", "error")
        self.engine = None
        self.till = TillProcess()
        self.standing = {}
        self._seen_id = 0
        self.last = None  # what the terminal said last

    async def start(self, port=None):
        """port: of what lies before the host; its own when not given."""
        self.folder.mkdir(parents=True, exist_ok=True)
        await asyncio.to_thread(furnish, self.state)
        await self.host.start()
        state = State(self.state)
        self.engine = state.database().engine
        self.identity = json.loads((state.terminals / f"{TERMINAL}.json").read_text())
        self.ca = state.pki / "ca.der"
        self.pki = state.pki
        self._start_minor = self._one(BALANCE, number=CARD)["balance_minor"]
        await self.till.start()
        self.journal_folder = self.folder / f"journal-{TERMINAL}"
        await self.power(port or self.host.port)
        return self

    async def power(self, port):
        """The terminal is switched on, on what is on its flash."""
        return await self.till.order(
            "start",
            folder=str(self.journal_folder),
            identity={name: self.identity[name] for name in ("merchant", "terminal", "master_key")},
            ca=str(self.ca),
            host="127.0.0.1",
            port=port,
        )

    async def close(self):
        await self.till.stop()
        if self.engine:
            self.engine.dispose()
        await self.host.stop()

    async def order(self, do, **values):
        """One order; what it says of money goes into our books, and the terminal must have said something definite."""
        told = self.last = await self.till.order(do, **values)
        if do == "trade":
            self._note(told)
        for tx in told["told"] or ():
            if tx["state"] == "approved":
                self._stands(tx)
        return told

    def _note(self, told):
        result, tx = told["result"], told["tx"]
        if result not in ("approved", "declined", "reversed", "pending", "not_sent", "failed"):
            raise Lost(f"no definite outcome: {told}")
        if not told["worded"]:
            raise Lost(f"no words for {told['cause']}")
        if result == "approved" and tx["type"] != "balance":
            self._stands(tx)

    def _stands(self, tx):
        self.standing[tx["type"], tx["batch"], tx["trace"]] = tx["amount_minor"]

    # What the host's books say

    def _one(self, query, **values):
        with self.engine.connect() as connection:
            return connection.execute(query, values).mappings().first()

    def row(self, tx):
        """The host's row of a transaction, None when it has none."""
        return self._one(ROW, batch=tx["batch"], trace=tx["trace"], kind=tx["type"])

    def balance_minor(self):
        """Of the card that everything is sold to."""
        return self._one(BALANCE, number=CARD)["balance_minor"]

    def expected_minor(self):
        sums = {"sale": -1, "void": 1, "refund": 1}
        return self._start_minor + sum(sums[key[0]] * amount_minor for key, amount_minor in self.standing.items())

    # Audits

    async def heal(self, tries=4):
        """The terminal clears up by itself, as its loop does: nothing may wait in the end."""
        for _ in range(tries):
            last = self.last
            if last["settling"]:
                last = await self.order("settle")
            elif last["pending"] or last["advices"]:
                await self.order("resolve")
            if not (self.last["pending"] or self.last["advices"] or self.last["settling"]):
                return
        raise Lost(f"still waiting after the line was good again: {self.last}")

    def audit(self):
        """After each position: the customer's account is what the terminal has said, and the host's new rows too."""
        balance, expected = self.balance_minor(), self.expected_minor()
        if balance != expected:
            what = "lost" if balance > expected else "doubled"
            raise Lost(f"{what}: the customer has {balance}, by the terminal {expected}: {self.last}")
        with self.engine.connect() as connection:
            rows = connection.execute(SINCE, {"id": self._seen_id}).mappings().all()
        for row in rows:
            self._seen_id = row["id"]
            key = row["kind"], row["batch"], row["trace"]
            stands = row["code"] == "00" and row["reversed_by"] is None and row["mti"] in ("0200", "0220")
            if row["kind"] == "balance" or row["mti"] not in ("0200", "0220"):
                continue
            if stands != (key in self.standing):
                what = "doubled: it stands" if stands else "lost: it does not stand"
                raise Lost(f"{what} at the host, {key}: {self.last}")

    def audit_all(self):
        """Everything, as somebody who trusts neither: the host's own check, all records of journal and ledger."""
        journal = Journal(str(self.journal_folder))
        report = journal.recover()
        if report["problem"]:
            raise Lost(f"the journal: {report}")
        try:
            agreed = books.compare(self, journal, None)
        except AssertionError as error:
            raise Lost(str(error)) from error
        if {entry[:3] for entry in agreed} != set(self.standing):
            raise Lost(f"books of three: {sorted({entry[:3] for entry in agreed} ^ set(self.standing))}")
        return len(agreed)
