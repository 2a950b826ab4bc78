"""A terminal at a host that may die at any moment: it does what the protocol asks of one, and keeps its own books.

A sale or void without an answer is reversed until the host says 00, 12 or 25; a refund, being an advice, is sent again
until it is answered. Only what was answered counts as done. Over real TLS, each connection to one of several hosts.
"""

import asyncio
import ssl
from typing import Any, NamedTuple

from host.terminal import Terminal, pack

ANSWER_TIMEOUT_S = 5
CONNECT_TIMEOUT_S = 3
AGAIN_S = 0.05  # after a connection that failed
LATER_S = 0.2  # after 96
TRIES_MAX = 1200  # of one message: about a minute of a host that is away
REVERSED = ("00", "12", "25")
SIGN_ON_AGAIN = ("A0", "77", "63")
NOTHING_KEPT = "96"
ORIGINALS_KEPT = 30  # of the last sales, for voids and refunds


class Unanswered(Exception):
    """The connection failed, or nothing came in time: what became of the request is not known."""


class Deed(NamedTuple):
    """What this terminal holds for true: one request that was answered, or an unanswered one that was reversed."""

    terminal: str
    batch: int
    trace: int
    kind: str
    card: str
    amount_minor: int
    code: str  # "00": it stands; else it must not
    reference: Any = None


class Till:
    """One terminal. `doors` are the ports of the hosts; `chance` decides what it does."""

    def __init__(self, content, ca_file, doors, cards, chance):
        self.terminal = Terminal(None, content)
        self._doors = doors
        self.deeds = []
        self.answered = self.unanswered = self.undone = self.refused = 0
        self._context = ssl.create_default_context(cafile=ca_file)
        self._cards = cards
        self._chance = chance
        self._line = None
        self._originals = []  # [answer fields of an approved sale, kind of what was done to it or ""]

    async def trade(self, stop):
        """Until the event is set. What was begun is brought to its end first."""
        await self._sign_on()
        while not stop.is_set():
            await self._step()
        self._hang_up()

    async def _step(self):
        chance = self._chance.random()
        whole = [one for one in self._originals if one[1] == ""]
        if chance < 0.55 or not whole:
            await self._reversible("sale", self._chance.choice(self._cards), self._chance.choice([1, 99, 1234]), None)
        elif chance < 0.70:
            original = self._chance.choice(whole)
            await self._reversible("void", original[0][2], int(original[0][4]), original)
        elif chance < 0.85:
            await self._refund(self._chance.choice(whole))
        else:  # the customer walks away: reversed although it was answered
            await self._reversible("sale", self._chance.choice(self._cards), 77, None, regret=True)

    async def _reversible(self, kind, card, amount_minor, original, regret=False):
        fields = self._fields(kind, card, amount_minor, original)
        try:
            answer = await self._once("0200", fields)
        except Unanswered:
            self.unanswered += 1
            answer = None
        if answer is None or (regret and answer[39] == "00"):
            await self._undo(fields, kind, answer)
            return
        self._note(fields, kind, answer)
        if answer[39] in SIGN_ON_AGAIN:
            await self._sign_on()
        elif answer[39] == NOTHING_KEPT:
            await asyncio.sleep(LATER_S)
        elif answer[39] == "00" and kind == "sale":
            self._originals = [*self._originals, [answer, ""]][-ORIGINALS_KEPT:]
        elif answer[39] == "00":
            original[1] = kind

    async def _undo(self, fields, kind, answer):
        """The reversal, until it is done: then the request has had no effect, whatever the host had made of it."""
        said = await self._until("0400", self.terminal.reversal_fields(fields), REVERSED)
        if answer is None and said[39] == "00":
            self.undone += 1
        self._note(fields, kind, {39: "reversed"})
        self._note(self.terminal.reversal_fields(fields), "reversal", said)

    async def _refund(self, original):
        left_minor = int(original[0][4])
        fields = self._fields("refund", original[0][2], max(1, left_minor // 2), original)
        original[1] = "refund"
        self._note(fields, "refund", await self._until("0220", fields, None))

    def _fields(self, kind, card, amount_minor, original):
        items = "" if original is None else "010206"
        answer = original and original[0]
        return self.terminal.request(kind, card, amount_minor, items=items, original=answer)

    def _note(self, fields, kind, answer):
        numbers = (fields[41], int(fields[60][2:8]), int(fields[11]))
        self.deeds.append(Deed(*numbers, kind, fields[2], int(fields[4]), answer[39], answer.get(37)))

    async def _until(self, mti, fields, codes):
        """Sends it again until it is answered, with one of the codes where they are given."""
        for _ in range(TRIES_MAX):
            try:
                answer = await self._once(mti, fields)
            except Unanswered:
                self.unanswered += 1
                continue
            if answer[39] in SIGN_ON_AGAIN:
                await self._sign_on()
            elif answer[39] == NOTHING_KEPT:
                await asyncio.sleep(LATER_S)
            elif codes is None or answer[39] in codes:
                return answer
            else:
                raise AssertionError(f"{mti} was answered {answer[39]}")
        raise AssertionError(f"{mti} was not answered {TRIES_MAX} times")

    async def _sign_on(self):
        for _ in range(TRIES_MAX):
            fields = {11: self.terminal.next_trace(), 60: f"00{self.terminal.batch:06d}001", 63: "01 "}
            try:
                frame = await self._exchange(pack("0800", fields | self.terminal.identity))
            except Unanswered:
                continue
            # The terminal's own reading of a sign-on, handed an answer that is here already.
            self.terminal.send = lambda _frame, frame=frame: frame
            if self.terminal.sign_on()[39] == "00":
                return
            await asyncio.sleep(AGAIN_S)
        raise AssertionError(f"no sign-on in {TRIES_MAX} tries")

    async def _once(self, mti, fields):
        """One try: the answer's fields, its MAC checked; Unanswered."""
        frame = await self._exchange(pack(mti, fields, self.terminal.key))
        answer = self.terminal.read(frame, mti)
        if answer[11] != fields[11] or answer[41] != fields[41]:
            raise AssertionError("an answer to another request")
        self.answered += 1
        self.refused += answer[39] == NOTHING_KEPT
        return answer

    async def _exchange(self, frame):
        """Sends the frame; what comes back. Unanswered once it has been sent; before that it waits for a host."""
        for _ in range(TRIES_MAX):
            if self._line is not None:
                break
            await self._connect()
        if self._line is None:
            raise AssertionError(f"no host in {TRIES_MAX} tries")
        reader, writer = self._line
        try:
            writer.write(len(frame).to_bytes(2, "big") + frame)
            async with asyncio.timeout(ANSWER_TIMEOUT_S):
                await writer.drain()
                return await reader.readexactly(int.from_bytes(await reader.readexactly(2), "big"))
        except (OSError, EOFError, TimeoutError, ssl.SSLError) as error:
            self._hang_up()
            await asyncio.sleep(AGAIN_S)
            raise Unanswered from error

    async def _connect(self):
        port = self._chance.choice(self._doors)
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                self._line = await asyncio.open_connection(
                    "127.0.0.1", port, ssl=self._context, server_hostname="pos-host"
                )
        except (OSError, EOFError, TimeoutError, ssl.SSLError):
            await asyncio.sleep(AGAIN_S)

    def _hang_up(self):
        if self._line:
            self._line[1].transport.abort()
        self._line = None
