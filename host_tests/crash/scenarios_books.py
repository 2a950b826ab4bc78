"""Flows about batches and records: settlement, deletion and what comes back, services, the oldest segments."""

import asyncio

import dual
import flash as chip
import model_host as model
from cutting import RICH, Flow, change_over, facts, told
from model_records import item
from pos.domain import transaction
from pos.journal import deletion, evidence, history

_ADMINISTRATOR = "97531024"


async def trade(desk, sales, first_minor=100):
    """Sales of 1.00, 1.01, ... on the line, without keys and slips."""
    for minor in range(first_minor, first_minor + sales):
        tx = transaction.make("sale", minor, RICH, "nfc", "01", dual.clock.now())
        result = await desk.terminal.exchange.authorise(tx)
        assert result["result"] == "approved", result
        desk.terminal.journal.append({"kind": "printed", "trace": tx["trace"], "slips": 2})


async def back_to_idle(desk):
    """From a message of the office's, and a menu behind it."""
    await desk.press("ENTER")
    for _ in range(4):
        await asyncio.sleep_ms(300)
        if "No sales for" in "\n".join(desk.rows()):
            return
        await desk.press("CANCEL")


class Settlement(Flow):
    name = "settlement"
    sales = 3
    faults: list = []
    says = "SETTLED, EQUAL"

    async def before(self, desk):
        await trade(desk, self.sales)

    async def act(self, desk):
        desk.host.script = list(self.faults)
        await desk.settle(self.says)


class SettlementUnanswered(Settlement):
    """The last answer is lost: the host has closed the batch, the terminal does not know it."""

    name = "settlement-unanswered"
    faults = [model.OK, model.SILENT]


class SettlementUploaded(Settlement):
    """The host misses one: all of the batch is uploaded, in two messages."""

    name = "settlement-uploaded"
    sales = 9
    says = "DIFFERED, SENT"
    differs = (7,)

    async def before(self, desk):
        await super().before(desk)
        del desk.host.charged[max(desk.host.charged)]

    def settles_as(self, desk):
        return "DIFFERED, SENT" if desk.host.batch == 7 else "SETTLED, EQUAL"


class SettlementUploadUnanswered(SettlementUploaded):
    name = "settlement-upload-unanswered"
    faults = [model.OK, model.SILENT, model.OK, model.SILENT]


class Deletion(Flow):
    """Everything of the settled batch, by the administrator; what is of the open one stays."""

    name = "deletion"
    sales = 9

    async def before(self, desk):
        await trade(desk, self.sales)
        await desk.settle()
        await trade(desk, 1, 300)
        await change_over(desk, "99")

    async def act(self, desk):
        await desk.menu("Delete")
        await desk.see("DELETE")
        await desk.press("1")
        await desk.pin(_ADMINISTRATOR)
        await desk.see("KIND")
        await desk.press("4")
        await desk.see("Any time")
        await desk.press("1")
        await desk.see("Any amount")
        await desk.press("1")
        await desk.see("OTHERS STAY")
        await desk.press("ENTER")
        await desk.see("REASON?")
        await desk.press("2")
        await desk.see("Delete 10")
        await desk.press("ENTER")
        await desk.see("DELETED: 10")
        await desk.press("ENTER")
        await desk.see("MENU         1/")
        await desk.press("CANCEL")

    async def quiet(self, desk):
        await desk.see("No sales for")

    async def at_start(self, desk, audit):
        await super().at_start(desk, audit)
        self.look(desk, audit, False)

    async def at_home(self, desk, audit):
        await super().at_home(desk, audit)
        self.look(desk, audit, True)

    def look(self, desk, audit, finished):
        """Nothing is away without its evidence; once it has started, all of it or nothing is away."""
        away, left = self.away(desk)
        kinds = [line["kind"] for line in evidence.deletions(desk.terminal.journal)]
        if away and "deleting" not in kinds:
            audit.say("lost", "%r are away without evidence", away)
        if told(desk, "DELETED:") and left:
            audit.say("lost", "the screen said DELETED, and %r are there", left)
        if finished and ((away and left) or kinds not in ([], ["deleting", "deleted"])):
            audit.say("wrong", "half deleted: %r are away, %r are left, evidence %r", away, left, kinds)
        if finished and bool(kinds) != bool(away):
            audit.say("wrong", "the evidence is %r, away are %r", kinds, away)

    def away(self, desk):
        """(names of the settled batch that the terminal does not have, those that it has)."""
        there = [(tx["batch"], tx["trace"]) for tx in history.newest_first(desk.terminal.journal)]
        names = [name for name in self.old if name[0] == 7]
        return [name for name in names if name not in there], [name for name in names if name in there]

    def gone(self, desk):
        return self.away(desk)[0]


class Restored(Deletion):
    """What was deleted comes back from the host's copy."""

    name = "records-back"

    async def before(self, desk):
        await super().before(desk)
        await Deletion.act(self, desk)
        desk.host.copies[7] = [
            (
                name[1],
                item("sale", name[1], 7, self.minor(desk, name), RICH, "nfc", "01", "20260314", "150926", *[""] * 4),
            )
            for name in sorted(desk.host.charged)
            if name[0] == 7
        ]
        await self.quiet(desk)

    def minor(self, desk, name):
        return desk.host.charged[name][1]

    async def act(self, desk):
        await desk.menu("Get back")
        await desk.see("000007")
        await desk.press("ENTER")
        await desk.see("10 ARE BACK")
        await back_to_idle(desk)

    def look(self, desk, audit, finished):
        away, _left = self.away(desk)
        if told(desk, "ARE BACK") and away:
            audit.say("lost", "the screen said ARE BACK, and %r are away", away)

    async def finish(self, desk):
        """Whoever asks again gets what is missing."""
        await change_over(desk, "99")
        await desk.menu("Get back")
        await desk.see("000007")
        await desk.press("ENTER")
        await desk.until(lambda: [row for row in desk.rows() if "BACK" in row or "NONE MISSING" in row])
        await back_to_idle(desk)
        await change_over(desk, "01")

    def gone(self, desk):
        return ()


class ServiceOff(Flow):
    """A payment service is switched off, as the host allows."""

    name = "service-off"
    action, reason, says = "Switch off", "Law, policy", "QR code: off"
    after = "qr:m"

    async def before(self, desk):
        await desk.settle()
        await change_over(desk, "99")

    async def act(self, desk):
        await desk.menu("Services")
        await desk.see("SERVICES")
        await desk.choose("QR code")
        await desk.choose(self.action)
        await desk.pin(_ADMINISTRATOR)
        await desk.yes()
        await desk.see("REASON?")
        await desk.choose(self.reason)
        await desk.see(self.says)
        await self.end(desk)

    async def end(self, desk):
        await back_to_idle(desk)

    async def quiet(self, desk):
        await desk.see("No sales for")

    def waits(self, state):
        """The self-check of a removal waits for the next sign-on, which says whether the host has removed it."""
        return [name for name in super().waits(state) if name != "removing"]

    def judge_facts(self, desk, audit, found):
        """Services as they were, or as the host says now; nothing else changes."""
        names = "parameter services", "parameter off_services"
        now = tuple([found[name] for name in names])
        old = tuple([self.facts[name] for name in names])
        if now != old and now != self.of_host(desk):
            audit.say("wrong", "services are %r; they were %r, and at the host %r", now, old, self.of_host(desk))
        for name in names:
            found[name] = self.facts[name]
        super().judge_facts(desk, audit, found)

    def of_host(self, desk):
        return tuple([desk.host.parameters.get(tag, b"").decode() for tag in (23, 25)])

    async def judge(self, desk, audit):
        await super().judge(desk, audit)
        found = facts(desk)
        now = found["parameter services"], found["parameter off_services"]
        if now != self.of_host(desk) or desk.state["removing"]:
            audit.say("wrong", "at the end services are %r, at the host %r", now, self.of_host(desk))
        if told(desk, self.says) and now[1] != self.after:
            audit.say("lost", "the screen said %r, services are %r", self.says, now)


class ServiceRemoved(ServiceOff):
    """The terminal starts anew after it and checks itself."""

    name = "service-removed"
    action, says, after = "Remove", "REMOVED. The", "qr:r"

    async def end(self, desk):
        await desk.until(lambda: desk.restarts)
        desk.power()
        await desk.home()
        await desk.log_in("99", _ADMINISTRATOR)


class OldSegments(Flow):
    """A settlement after which the oldest segments of the journal make room; what must stay of them stays."""

    name = "old-segments-dropped"
    blocks = 320
    weight = 5
    _segments, _appends_max = deletion.SEGMENTS_KEPT + 4, 1000

    async def before(self, desk):
        journal = desk.terminal.journal
        self.lines = 0
        while len(journal.segments) < self._segments and self.lines < self._appends_max:
            desk.terminal.audit("seen", number=self.lines, text="." * 1800)
            self.lines += 1

    async def act(self, desk):
        oldest = desk.terminal.journal.segments[0]
        await desk.settle()
        await asyncio.sleep_ms(5_000)
        assert desk.terminal.journal.segments[0] > oldest, "nothing was dropped"

    async def at_start(self, desk, audit):
        await super().at_start(desk, audit)
        there = [(tx["batch"], tx["trace"]) for tx in history.newest_first(desk.terminal.journal)]
        for name in self.old:
            if name not in there and name[0] not in desk.host.settlement.closed:
                audit.say("lost", "%r is away, and its batch is not closed at the host", name)

    def gone(self, desk):
        return [name for name in self.old if name[0] in desk.host.settlement.closed]

    async def judge(self, desk, audit):
        await super().judge(desk, audit)
        kept = set()
        for path, data in chip.files(desk.flash.image):
            if path.endswith("log"):
                for line in data.split(b"\n"):
                    at = line.find(b'"number": ')
                    if at >= 0:
                        kept.add(int(line[at + 10 :].split(b",")[0].split(b"}")[0]))
        missing = [number for number in range(self.lines) if number not in kept]
        if missing:
            audit.say("lost", "lines of the audit are away: %r", missing)


FLOWS = (
    Settlement, SettlementUnanswered, SettlementUploaded, SettlementUploadUnanswered, Deletion, Restored, ServiceOff,
    ServiceRemoved, OldSegments,
)  # fmt: skip
