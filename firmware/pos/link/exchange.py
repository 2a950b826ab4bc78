"""Requests to the host and their definite results: one at a time, and what must be known from one to the next.

Only this much is always loaded. The work is done in modules that a request loads: payment.py (the order of its steps is
the point), reversal.py, advice.py, code.py (QR), management.py and others (what moves no money), and request.py, one
request and its answer, for them all.
"""

import asyncio


class Exchange:
    """journal: recovered Journal; channel: Channel; identity: {"merchant", "terminal"}; master_key: 16 or 32 bytes;
    clock: ticks_ms, now, set; parameters: dict of domain.parameters, changed in place by fetch_parameters.

    Outcome of a transaction, a dict:
    result  "approved" | "declined" | "reversed" (asked, not answered, reversed: it did not happen) | "pending" (its
            reversal, or the advice itself, is still on its way) | "not_sent" (nothing left the terminal) | "failed" (no
            answer, and no money in it); of a shown QR code also "offered", "waiting"
    code    the host's response code, None without an answer
    cause   None, a LinkError kind, or why nothing was sent: "signed_off", "blocked", "pending", "full", "amount",
            "storage", "settling", "advices" (too many wait); "key" when the working key could not be opened
    tx      the transaction, completed in place (None for management requests)
    """

    def __init__(self, journal, channel, identity, master_key, clock, parameters):
        self.journal = journal
        self.channel = channel
        self.identity = identity
        self.master_key = master_key
        self.clock = clock
        self.parameters = parameters
        self.operator = None
        self.working_key = None
        # The last answer's processing requirement, a digit (iso8583/frame.py).
        self.requirement = 0
        self.wrong_mac = False  # an answer to the last request had a wrong code: key or host is not the right one
        self.sign_ons_refused = 0  # in a row
        self.reason = ""  # why the pending sale is to be reversed, until the journal says so
        self.checking = None  # called when the result of a sale by QR code is asked for; the screen may say so
        self._lock = asyncio.Lock()

    @property
    def signed_on(self):
        """Whether there is a working key."""
        return self.working_key is not None

    @property
    def unreached(self):
        """Why the last try to open a session failed, a kind of LinkError; "" when it did not: the host is there."""
        return self.channel.unreached

    @property
    def turned_away(self):
        """Whether the host gives no key any more: nothing is sent by itself until somebody signs on."""
        return self.sign_ons_refused >= self.parameters["reversal_retries"]

    @property
    def blocked(self):
        """Whether a reversal used up its tries: nothing is sold until the supervisor's try succeeds."""
        state = self.journal.state
        if state["pending"] is None:
            return False
        return state["attempts"] >= self.parameters["reversal_retries"] or self.turned_away

    async def sign_on(self, operator):
        """Fetches working key, clock and batch number. Results: approved, declined, failed, not_sent."""
        async with self._lock:
            return await self.manage("sign_on", operator)

    async def fetch_parameters(self):
        """Fetches the parameters into self.parameters; the caller stores them. Results as sign_on. Without an answer
        the terminal is signed off: no sale may take a trace number before the host has said which were used."""
        async with self._lock:
            return await self.manage("fetch_parameters")

    async def sign_off(self):
        """Tells the host, and forgets the working key whatever it answers. Results as sign_on."""
        async with self._lock:
            await self.resolve()
            return await self.manage("sign_off")

    async def echo(self):
        """Asks whether the host is there; before signing on, whether its door opens. Results as sign_on."""
        async with self._lock:
            return await self.manage("echo")

    async def authorise(self, tx):
        """Sells, voids, holds: any type that has a reversal. Trace and batch are given here. Returns the outcome. The
        result of a sale by QR code, when there is no answer, is asked for before it is reversed."""
        return await self._transact("payment", "authorise", tx)

    async def advise(self, tx):
        """Refunds. Results: approved, declined, not_sent, and pending: it is kept, and sent until it is answered."""
        return await self._transact("advice", "advise", tx)

    async def offer(self, tx):
        """Makes a sale ready to be paid by a code that the customer reads. Results: offered, not_sent."""
        return await self._transact("code", "offer", tx)

    async def poll(self, tx):
        """Whether the offered sale is paid. Results: approved, declined, waiting, failed (not known now)."""
        return await self.run("code", "poll", tx)

    async def withdraw(self, tx):
        """Ends the offer. Results: reversed, pending, or approved: it was paid meanwhile."""
        return await self.run("code", "withdraw", tx)

    async def balance(self, tx):
        """Asks for a balance. Results: approved, declined, failed, not_sent."""
        return await self.run("balance", "query", tx, clear=True)

    async def run(self, module, name, *arguments, clear=False):
        """Runs `name(exchange, ...)` of a module of this folder, alone; what it returns. With `clear` what is pending
        goes first; an outcome "not_sent" when it cannot."""
        async with self._lock:
            refused = await self.clear_the_way() if clear else None
            if refused:
                return outcome("not_sent", None, None, refused)
            return await getattr(_module(module), name)(self, *arguments)

    async def resolve_pending(self, forced=False):
        """Sends a waiting reversal, then waiting advices, signing on for them if need be; True when nothing waits any
        more.

        forced: also beyond the retry limit, once (the supervisor's try). A key fetched for this alone is let go again:
        an operator signs on with a number of his own, and fetches the parameters.
        """
        async with self._lock:
            operator = self.operator
            try:
                return await self.resolve(forced=forced) and await self._send_advices()
            finally:
                if operator is None:
                    self.working_key = self.operator = None

    async def _transact(self, module, name, tx):
        async with self._lock:
            work = _module(module)
            refused = work.refused(self, tx) or ("settling" if self.journal.state["settling"] else None)
            refused = refused or await self.clear_the_way()
            if refused:
                return outcome("not_sent", tx, None, refused)
            return await getattr(work, name)(self, tx)

    # For the modules of one request, which hold the lock already

    async def clear_the_way(self):
        """Why no online transaction may begin now, None when one may."""
        if not self.signed_on:
            return "signed_off"
        if self.blocked:
            return "blocked"
        if not await self.resolve():
            return "blocked" if self.blocked else "pending"
        if not await self._send_advices():
            return "pending"
        return None if self.signed_on else "signed_off"

    async def _send_advices(self):
        state = self.journal.state
        return not (state["advices"] or state["offline"]) or await _module("advice").send_waiting(self)

    async def manage(self, name, *arguments):
        """Runs a function of management.py."""
        return await getattr(_module("management"), name)(self, *arguments)

    async def resolve(self, openings=1, forced=False):
        """As resolve_pending, of the reversal alone. openings: how often opening a session is tried."""
        if not self.journal.state["pending"]:
            return True
        return await _module("reversal").resolve(self, openings, forced)


def outcome(result, tx=None, code=None, cause=None):
    """See Exchange."""
    return {"result": result, "tx": tx, "code": code, "cause": cause}


def _module(name):
    return __import__("pos.link." + name, None, None, ("outcome",))
