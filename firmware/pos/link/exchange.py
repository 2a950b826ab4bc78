"""Requests to the host and their definite results; owner of trace numbers, the pending reversal and its retries.

The order of steps is the point of this file; README.md says which power cut leads where. Signing on and the other
requests that move no money are in management.py, which is loaded when it is needed.
"""

import asyncio

from micropython import const

from pos.domain.money import AmountError, check_amount
from pos.domain.transaction import dated
from pos.iso8583 import codec, frame, messages
from pos.journal.journal import JournalError
from pos.link.errors import LinkError

# While the customer waits: so many tries to open a session for the reversal, with a pause between them.
_OPENINGS_AT_ONCE = const(3)
_PAUSE_MS = const(2000)

_REVERSED = ("00", "12", "25")
# The host and the terminal disagree about batch or key: sign on again, at once.
_SIGN_ON_AGAIN = ("77", "A0")
# The host does not know, or no longer wants, this terminal: nothing more until somebody signs on.
_SIGNED_OFF = ("03", "97")
_REQUIRE_SIGN_ON = const(3)  # digit of the header, see iso8583/frame.py


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
        self.mac = None
        # The last answer's processing requirement, a digit (iso8583/frame.py).
        self.requirement = 0
        # Called with "sending", "waiting" or "reversing" when a transaction gets there.
        self.progress = None
        self._lock = asyncio.Lock()
        self._wrong_mac = False  # an answer to the last request had a wrong code: key or host is not the right one
        self._reason = messages.REASON_NO_ANSWER

    @property
    def signed_on(self):
        """Whether there is a working key."""
        return self.mac is not None

    @property
    def blocked(self):
        """Whether a reversal used up its tries: nothing is sold until the supervisor's try succeeds."""
        state = self.journal.state
        return state["pending"] is not None and state["attempts"] >= self.parameters["reversal_retries"]

    async def sign_on(self, operator):
        """Fetches working key, clock and batch number. Results: approved, declined, failed, not_sent."""
        async with self._lock:
            return await self._manage("sign_on", operator)

    async def fetch_parameters(self):
        """Fetches the parameters into self.parameters; the caller stores them. Results as sign_on."""
        async with self._lock:
            return await self._manage("fetch_parameters")

    async def sign_off(self):
        """Tells the host, and forgets the working key whatever it answers. Results as sign_on."""
        async with self._lock:
            await self._resolve(1)
            return await self._manage("sign_off")

    async def echo(self):
        """Asks whether the host is there; before signing on, whether its door opens. Results as sign_on."""
        async with self._lock:
            return await self._manage("echo")

    async def authorise(self, tx):
        """Sells. tx of domain.transaction.sale; trace and batch are given here. Returns the outcome."""
        async with self._lock:
            refused = self._sale_refused(tx) or await self._clear_the_way()
            if refused:
                return outcome("not_sent", tx, None, refused)
            return await self._authorise(tx)

    async def balance(self, tx):
        """Asks for a balance. tx of domain.transaction.balance. Results: approved, declined, failed, not_sent."""
        async with self._lock:
            refused = await self._clear_the_way()
            if refused:
                return outcome("not_sent", tx, None, refused)
            return await self._manage("balance", tx)

    async def resolve_pending(self, forced=False):
        """Sends a waiting reversal, signing on for it if need be; True when nothing is pending any more.

        forced: also beyond the retry limit, once (the supervisor's try). A key fetched for this alone is let go again:
        an operator signs on with a number of his own, and fetches the parameters.
        """
        async with self._lock:
            operator = self.operator
            try:
                return await self._resolve(1, forced)
            finally:
                if operator is None:
                    self.mac = self.operator = None

    async def _manage(self, name, *arguments):
        from pos.link import management

        return await getattr(management, name)(self, *arguments)

    def _sale_refused(self, tx):
        try:
            check_amount(tx["amount_minor"], self.parameters["maximum_amount_minor"])
        except AmountError:
            return "amount"
        return "full" if self.journal.full(self.parameters["journal_limit"]) else None

    async def _clear_the_way(self):
        """Why no online transaction may begin now, None when one may."""
        if not self.signed_on:
            return "signed_off"
        if self.blocked:
            return "blocked"
        if not await self._resolve(1):
            return "blocked" if self.blocked else "pending"
        return None if self.signed_on else "signed_off"

    async def _authorise(self, tx):
        tx["trace"] = self.journal.free_trace()
        tx["batch"] = self.journal.state["batch"]
        request = messages.sale(tx, self.identity)
        data = self.pack(request)
        self._report("sending")
        try:
            await self.channel.begin(data)
            # From here on a power cut leaves a pending reversal; before, nothing.
            self.journal.append({"kind": "intent", "tx": tx})
            self._report("waiting")
            answer = await self.ask(request, data)
        except JournalError:
            self.channel.close()
            return outcome("not_sent", tx, None, "storage")
        except LinkError as error:
            if error.sent:
                return await self._give_up(tx, error.kind)
            return self._take_back(tx, error.kind)
        if not self._settle(tx, _result(tx, answer)):
            return outcome("pending", tx, None, "storage")
        await self.follow(tx["code"])
        return outcome(tx["state"], tx, tx["code"])

    def _take_back(self, tx, cause):
        """The request never left: its reversal is not needed."""
        if self.journal.state["pending"]:
            try:
                self.journal.append({"kind": "cancel", "trace": tx["trace"]})
            except JournalError:
                pass  # the reversal will go out instead: the host answers that it knows nothing of it
        return outcome("not_sent", tx, None, cause)

    def _settle(self, tx, record):
        """Makes the result durable, and clears the reversal with it. False: it could not be, the reversal stays."""
        tx.update(record)
        del tx["kind"]
        for _ in range(2):
            try:
                self.journal.append(record)
                return True
            except JournalError:
                # It may have been written all the same.
                if not self.journal.recover()["problem"] and not self.journal.state["pending"]:
                    return True
        tx["state"] = "sent"
        return False

    async def _give_up(self, tx, cause):
        """No answer in time: reverse at once, so that the operator can be told something definite."""
        self._report("reversing")
        self._reason = messages.REASON_WRONG_MAC if self._wrong_mac else messages.REASON_NO_ANSWER
        if await self._resolve(_OPENINGS_AT_ONCE):
            tx["state"] = "reversed"
            return outcome("reversed", tx, None, cause)
        return outcome("pending", tx, None, cause)

    async def _resolve(self, openings, forced=False):
        """Sends the pending reversal, once; True when nothing is pending. openings: tries to open a session."""
        again = True
        while self.journal.state["pending"]:
            if self.blocked and not forced:
                return False
            if not self.signed_on or self._wrong_mac:
                if not await self._sign_on_for_reversal(openings):
                    return False
            code = await self._reverse(openings)
            if code in _REVERSED:
                return True
            if code not in _SIGN_ON_AGAIN or not again:
                return False
            again = False
            self.mac = None
        return True

    async def _sign_on_for_reversal(self, openings):
        operator = self.operator or self.journal.state["pending"]["operator"]
        for _ in range(openings):
            result = await self._manage("sign_on", operator)
            if result["result"] != "not_sent":
                return result["result"] == "approved"
            await asyncio.sleep_ms(_PAUSE_MS)
        return False

    async def _reverse(self, openings):
        """One reversal message. Returns the response code, None without an answer."""
        tx = self.journal.state["pending"]
        attempts = self.journal.state["attempts"]
        reason = self.journal.state["reason"] or self._reason
        request = messages.reversal(tx, self.identity, reason)
        data = self.pack(request)
        attempt = {"kind": "attempt", "trace": tx["trace"], "attempts": attempts + 1, "reason": reason}
        try:
            await self._begin(data, openings)
            self.journal.append(attempt)
            answer = await self.ask(request, data)
            if answer[39] in _REVERSED:
                self.journal.append({"kind": "reversed", "trace": tx["trace"], "code": answer[39]})
            return answer[39]
        except JournalError:
            self.channel.close()
        except LinkError:
            pass  # it stays pending; the next transaction, or the start, tries again
        return None

    async def _begin(self, data, openings):
        while True:
            try:
                return await self.channel.begin(data)
            except LinkError:
                openings -= 1
                if openings <= 0:
                    raise
            await asyncio.sleep_ms(_PAUSE_MS)

    def pack(self, request):
        """The frame of a request (fields), signed when there is a key and the request is no sign-on."""
        return frame.wrap(codec.pack(request, self.mac.sign if self.mac else None))

    async def ask(self, request, data):
        """The answer's fields to a request begun on the channel. Raises LinkError; wrong answers are passed over."""
        self._wrong_mac = False
        mac = self.mac

        def accept(body):
            try:
                message, requirement = frame.unwrap(body)
                answer = codec.unpack(message)
                messages.check_answer(request, answer)
            except ValueError:
                return None
            if mac and not mac.verify(message):
                self._wrong_mac = True
                return None
            self.requirement = requirement
            return answer

        return await self.channel.request(data, self.parameters["answer_timeout_s"] * 1000, accept)

    async def follow(self, code):
        """What a response code asks for besides the decline itself."""
        if code in _SIGN_ON_AGAIN:
            self.mac = None
            await self._manage("sign_on", self.operator)
        elif code in _SIGNED_OFF:
            self.mac = None
        elif self.requirement == _REQUIRE_SIGN_ON:
            await self._manage("sign_on", self.operator)

    def _report(self, step):
        if self.progress:
            self.progress(step)


def outcome(result, tx=None, code=None, cause=None):
    """See Exchange."""
    return {"result": result, "tx": tx, "code": code, "cause": cause}


def _result(tx, answer):
    """The journal's record of an answer."""
    code = answer[39]
    record = {"kind": "result", "trace": tx["trace"], "type": tx["type"], "amount_minor": tx["amount_minor"]}
    record["code"] = code
    record["state"] = "approved" if code == "00" else "declined"
    for number, name in ((37, "rrn"), (38, "auth"), (12, "time")):
        if number in answer:
            record[name] = answer[number]
    if 13 in answer:
        record["date"] = dated(tx["date"], answer[13])
    if 54 in answer:
        try:
            record["balance_minor"] = messages.read_balance(answer[54])
        except ValueError:
            pass  # a nicety on the slip; the sale stands without it
    return record
