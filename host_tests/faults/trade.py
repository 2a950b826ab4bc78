"""An operator who works by what the screen says, and an auditor who keeps books of his own."""

import re

import menu_path
from faults import station
from faults.line import ANSWER_FAULTS, EVERYTHING, OPENING_FAULTS, REQUEST_FAULTS, REVERSAL, SALE

STEP_S = 0.25
CUSTOMER_CHANCE = 0.05  # in each step
# What a screen says -> what the sale was told to be.
TOLD = {
    "APPROVED": "approved",
    "SALE UNDONE": "undone",
    "RESULT UNKNOWN": "unknown",
    "DECLINED": "declined",
    "NOT SENT": "not sent",
    "CANCELLED": "not sent",
}
_IDLE = "MENU Operator 0"
KINDS = ((SALE,), (SALE, REVERSAL), (REVERSAL,), EVERYTHING)


class Operator:
    """Keys sales, each with an amount of its own, does what the screen asks, and mends what it names.

    `told`: {amount in minor units: what the screen said of it, None when it said nothing}.
    """

    def __init__(self, desk, chance):
        self.desk = desk
        self.chance = chance
        self.told = {}
        self.now = None  # amount of the sale at hand
        self.supervisor_needed = False
        self.closing = False
        self.cuts = 0

    # Work

    async def work_until(self, end_s):
        while self.desk.loop.time() < end_s:
            await self.step()

    async def finish(self):
        """Brings the sale at hand to its end and begins no other."""
        self.closing = True
        for _ in range(4 * 300):
            await self.step()
            if _IDLE in " ".join(self.desk.text().split()) and not self.now:
                return
        raise AssertionError(f"never came to rest: {self.desk.text()}")

    async def step(self):
        """One look at the screen and what follows from it."""
        desk = self.desk
        if desk.supply.failed:
            await self.power_returns()
        desk.alive()
        shown = " ".join(desk.text().split())
        for words, told in TOLD.items():
            if words in shown and self.now and "EARLIER" not in shown:
                self._note(told)
        await self._react(shown)
        await station.passing(STEP_S)

    async def power_returns(self):
        self.cuts += 1
        self.now = None
        await self.desk.cut()
        await station.passing(self.chance.choice((0.5, 5, 100)))
        self.desk.power()

    def _note(self, told):
        before = self.told.get(self.now)
        assert before is None or before == told or (before, told) == ("unknown", "undone"), (self.now, before, told)
        self.told[self.now] = told

    async def _react(self, shown):
        desk = self.desk
        if "NO PAPER" in shown or "COVER" in shown:
            desk.circuit.printer.paper_out = desk.circuit.printer.cover_open = False
            await desk.keys("ENTER")
        elif "Operator number" in shown:
            await desk.keys("0 0 ENTER 135790 ENTER" if self.supervisor_needed else "01 ENTER 2468 ENTER")
        elif _IDLE in shown:
            await self._idle(shown)
        elif "key its number" in shown:
            await self._card()
        elif _asks_for_enter(shown):
            await desk.keys("ENTER")
        elif "BLOCKED" in shown:
            self.supervisor_needed = True
            await desk.keys("ENTER")

    async def _idle(self, shown):
        desk = self.desk
        self.now = None
        if self.supervisor_needed:
            await self._supervise(shown)
        elif "BLOCKED" in shown:
            self.supervisor_needed = True
        elif "NOT SIGNED ON" in shown:
            await self._menu("Sign on")
        elif "READY" in shown and not self.closing and self.chance.random() < CUSTOMER_CHANCE:
            self.now = 100 + len(self.told)
            self.told[self.now] = None
            await desk.keys(f"{self.now} ENTER")

    async def _supervise(self, shown):
        desk = self.desk
        desk.line.heal()
        if "Operator 00" in shown and "BLOCKED" in shown:
            await self._menu("Undo again")
        elif "Operator 00" in shown:
            self.supervisor_needed = False
            await self._menu("Log out")
        else:
            await self._menu("Log out")

    async def _menu(self, entry):
        await self.desk.keys("MENU")
        await self._choose(menu_path.group_of(self.desk.t, entry))
        await self._choose(entry)

    async def _choose(self, entry):
        for _ in range(20):
            await station.passing(0.1)
            rows = self.desk.rows()
            marked = [row for row in rows if row.startswith(">")]
            if self.desk.supply.failed or not marked:
                return
            await self.desk.keys("ENTER" if entry in marked[0] else "DOWN")

    async def _card(self):
        number = self.chance.choice((station.RICH,) * 8 + (station.POOR, station.FROZEN))
        if self.chance.random() < 0.3:
            await self.desk.keys(f"{number} ENTER")
        else:
            await self.desk.card(number)


def _asks_for_enter(shown):
    confirm = shown.startswith("SALE") and ("OK?" in shown or "CANCEL=N" in shown)
    return confirm or "tear off" in shown or any(words in shown for words in TOLD if words != "APPROVED")


class Trouble:
    """Switches faults on and off at random, and takes the power away at random moments."""

    def __init__(self, desk, chance):
        self.desk = desk
        self.chance = chance
        self.happened = []

    async def run(self):
        while True:
            await station.passing(self.chance.uniform(2, 50))
            what = self.chance.choice((self.link, self.link, self.link, self.radio, self.printer, self.cut, self.torn))
            what()
            self.happened.append((round(self.desk.loop.time()), what.__name__))

    def link(self):
        if self.chance.random() < 0.4:
            return self.desk.line.heal()
        self.desk.line.late_s, self.desk.line.held_s = (
            self.chance.choice((5, 59, 61, 200)),
            self.chance.choice((70, 200)),
        )
        mode = self.chance.choice(ANSWER_FAULTS * 2 + REQUEST_FAULTS * 4 + OPENING_FAULTS)
        return self.desk.line.fail(mode, self.chance.choice(KINDS), self.chance.choice((1, 1, 2, 3)))

    def radio(self):
        self.desk.circuit.radio.up = False
        self.desk.loop.call_later(self.chance.uniform(0.5, 40), self.radio_back)

    def radio_back(self):
        self.desk.circuit.radio.up = True

    def printer(self):
        printer = self.desk.circuit.printer
        if self.chance.random() < 0.7:
            printer.paper_left = self.chance.randrange(50, 900)
        else:
            printer.cover_open = True

    def cut(self):
        if not self.desk.supply.failed:
            self.desk.pull_the_plug()

    def torn(self):
        self.desk.supply.cut_in(self.chance.randrange(1, 40))

    def end(self):
        self.desk.line.heal()
        self.desk.supply.cut_in(None)
        self.radio_back()
        self.desk.circuit.printer.paper_left = None


_SALES = """SELECT batch, trace, card, amount_minor FROM transactions
    WHERE mti = '0200' AND processing_code = '000000' AND code = '00'"""
_REVERSALS = "SELECT batch, trace FROM transactions WHERE mti = '0400' AND code = '00'"
_FIELD = r"{}\s+(\S+)"


class Auditor:
    """Holds the host's ledger, the terminal's journal, the paper, and what was told against each other."""

    def __init__(self, desk):
        self.desk = desk

    def charges(self):
        """{(batch, trace): (card, amount)} of all that the host has taken and not given back."""
        undone = {(row["batch"], row["trace"]) for row in self.desk.host.execute(_REVERSALS)}
        rows = self.desk.host.execute(_SALES)
        keys = [(row["batch"], row["trace"]) for row in rows]
        assert len(keys) == len(set(keys)), "a trace number was charged twice"
        return {
            key: (row["card"], row["amount_minor"]) for key, row in zip(keys, rows, strict=True) if key not in undone
        }

    def check(self, told):
        """AssertionError when anything does not add up; what was charged."""
        report = self.desk.host.check()
        assert report.balanced, report.problems
        charges = self.charges()
        amounts = [amount for _, amount in charges.values()]
        self._check_told(told, amounts)
        self._check_money(charges, sum(amounts))
        self._check_paper(charges)
        return charges

    def _check_told(self, told, amounts):
        assert len(amounts) == len(set(amounts)), "one sale was charged twice"
        assert set(amounts) <= set(told), "charged without a sale"
        for amount, what in told.items():
            if what == "approved":
                assert amount in amounts, f"{amount} was approved and is not charged"
            elif what is not None:
                assert amount not in amounts, f"{amount} was {what} and is charged"

    def _check_money(self, charges, total):
        host = self.desk.host
        assert self.desk.taken_minor() == total
        for card, full in ((station.RICH, station.RICH_MINOR), (station.POOR, station.POOR_MINOR)):
            assert host.balance(card) == full - sum(amount for number, amount in charges.values() if number == card)
        from pos.domain import totals

        state = self.desk.journal().state
        assert state["pending"] is None
        assert totals.sides(state["totals"])[1] == total, (state["totals"], total)
        assert state["count"] == len(charges) and state["slips"] == 2 and state["doubt"] == []

    def _check_paper(self, charges):
        copies = {"MERCHANT COPY": set(), "CUSTOMER COPY": set()}
        for text in self.desk.slips():
            for copy, ends in (("MERCHANT COPY", "I agree to pay"), ("CUSTOMER COPY", "Please keep")):
                if copy in text and ends in text:
                    batch, trace = (
                        int(re.search(_FIELD.format(n), text).group(1)) for n in ("BATCH NO.", "VOUCHER NO.")
                    )
                    card, amount = charges[batch, trace]
                    assert f"CNY {amount // 100}.{amount % 100:02d}" in text and card[-4:] in text
                    copies[copy].add((batch, trace))
        for copy, found in copies.items():
            assert found == set(charges), f"{copy}: charged without slip {set(charges) - found}"
