"""Requests to the host and their definite results: one at a time, and what must be known from one to the next.

Only this much is always loaded. The work is done in modules that a request loads: sale.py (the order of its steps is
the point), reversal.py, management.py (what moves no money), and request.py, one request and its answer, for them all.
"""

import asyncio


class Exchange:
    """journal: recovered Journal; channel: Channel; identity: {"merchant", "terminal"}; master_key: 16 or 32 bytes;
    clock: ticks_ms, now, set; parameters: dict of domain.parameters, changed in place by fetch_parameters.

    Outcome of a transaction, a dict:
    result  "approved" | "declined" | "reversed" (asked, not answered, reversed: not charged) | "pending" (its reversal
            is still on its way) | "not_sent" (nothing left the terminal) | "failed" (no answer, and no money in it)
    code    the host's response code, None without an answer
    cause   None, a LinkError kind, or why nothing was sent: "signed_off", "blocked", "pending", "full", "amount",
            "storage"; "key" when the working key could not be opened
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
        self.reason = ""  # why the pending sale is to be reversed, until the journal says so
        self._lock = asyncio.Lock()

    @property
    def signed_on(self):
        """Whether there is a working key."""
        return self.working_key is not None

    @property
    def blocked(self):
        """Whether a reversal used up its tries: nothing is sold until the supervisor's try succeeds."""
        state = self.journal.state
        return state["pending"] is not None and state["attempts"] >= self.parameters["reversal_retries"]

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
        """Sells. tx of domain.transaction.sale; trace and batch are given here. Returns the outcome."""
        from pos.link import sale

        async with self._lock:
            refused = sale.refused(self, tx) or await self._clear_the_way()
            if refused:
                return outcome("not_sent", tx, None, refused)
            return await sale.authorise(self, tx)

    async def balance(self, tx):
        """Asks for a balance. tx of domain.transaction.balance. Results: approved, declined, failed, not_sent."""
        async with self._lock:
            refused = await self._clear_the_way()
            if refused:
                return outcome("not_sent", tx, None, refused)
            return await self.manage("balance", tx)

    async def resolve_pending(self, forced=False):
        """Sends a waiting reversal, signing on for it if need be; True when nothing is pending any more.

        forced: also beyond the retry limit, once (the supervisor's try). A key fetched for this alone is let go again:
        an operator signs on with a number of his own, and fetches the parameters.
        """
        async with self._lock:
            operator = self.operator
            try:
                return await self.resolve(forced=forced)
            finally:
                if operator is None:
                    self.working_key = self.operator = None

    async def _clear_the_way(self):
        """Why no online transaction may begin now, None when one may."""
        if not self.signed_on:
            return "signed_off"
        if self.blocked:
            return "blocked"
        if not await self.resolve():
            return "blocked" if self.blocked else "pending"
        return None if self.signed_on else "signed_off"

    # For the modules of one request, which hold the lock already

    async def manage(self, name, *arguments):
        """Runs a function of management.py."""
        from pos.link import management

        return await getattr(management, name)(self, *arguments)

    async def resolve(self, openings=1, forced=False):
        """As resolve_pending. openings: how often opening a session is tried."""
        if not self.journal.state["pending"]:
            return True
        from pos.link import reversal

        return await reversal.resolve(self, openings, forced)


def outcome(result, tx=None, code=None, cause=None):
    """See Exchange."""
    return {"result": result, "tx": tx, "code": code, "cause": cause}
