"""The flows that are cut: what was before, the keys, and what must be true of each after any cut."""

import asyncio

import model_host as model
import stand
from pos.journal import history

ALL_SERVICES = b"sale,nfc,qr,void,refund,preauth,balance"
RICH, POOR = "6200000000000013", "6200000000000021"


class Flow:
    """name; earlier: how many sales there are before. A subclass says what is done, and what differs."""

    earlier = 1
    slips_without = ()  # types of transactions that print nothing here

    def __init__(self):
        self.old = ()  # names of what stood before, set by prepare
        self.facts = None

    async def prepare(self, desk):
        desk.host.parameters[23] = ALL_SERVICES
        await desk.ready()
        for at in range(self.earlier):
            desk.doing("sale", 5000 + at)
            await desk.sell(str(5000 + at))
        await self.before(desk)
        await asyncio.sleep_ms(3_000)
        self.facts = facts(desk)

    async def before(self, desk):
        """What else is to have happened."""

    async def act(self, desk):
        """What is cut."""
        raise NotImplementedError

    async def quiet(self, desk):
        """To the idle screen."""
        await desk.see("READY")

    async def at_start(self, desk, audit):
        """Just after the start, before anything is recovered but what the start itself reads."""
        for problem in desk.terminal.start_problems:
            audit.say("lost", "the start reports %s", problem)
        self.judge_facts(desk, audit, facts(desk))

    def judge_facts(self, desk, audit, found):
        for name in found:
            if found[name] != self.facts[name]:
                audit.say("wrong", "%s was %r, and is %r", name, self.facts[name], found[name])

    async def at_home(self, desk, audit):
        """At the log-in, when all that waited must be done."""
        state = desk.state
        if state["pending"] or state["advices"] or state["settling"] or state["untold"] or state["doubt"]:
            audit.say("lost", "after the start something waits still: %r", state)

    async def finish(self, desk):
        """What remains to be done once somebody has logged in; READY afterwards."""

    def settles_as(self, desk):
        return "SETTLED, EQUAL"

    differs = ()

    async def judge(self, desk, audit):
        """At the end of the day."""
        gone = self.gone(desk)
        standing = audit.books(history.newest_first(desk.terminal.journal), gone)
        audit.traces()
        audit.told(standing)
        audit.paper(standing, (), self.slips_without)
        audit.settlements(standing, desk.state, self.differs)
        people(desk, audit, self.people(desk))

    def gone(self, desk):
        """Names of transactions that the terminal need not have any more."""
        return ()

    def people(self, desk):
        """[{number: (PIN, "ok" | "first" | "locked")}], of which one must be so; others are as they were."""
        return [{}]


def facts(desk):
    """Settings, parameters and what else stays as it is."""
    found = {"setting " + name: desk.terminal.settings[name] for name in desk.terminal.settings}
    found.update({"parameter " + name: desk.terminal.parameters[name] for name in desk.terminal.parameters})
    found["operators"] = desk.terminal.staff.numbers()
    return found


def people(desk, audit, allowed):
    """Every operator gets in with the PIN that is right, and with no other."""
    staff = desk.terminal.staff
    staff.load()
    problems = []
    for changes in allowed:
        wanted = {number: (pin, "ok") for number, pin in stand.PEOPLE.items()}
        wanted.update(changes)
        wanted = {number: wanted[number] for number in wanted if wanted[number]}
        wrong = _wrong_about(staff, wanted)
        if not wrong:
            return
        problems.append(wrong)
    audit.say("wrong", "operators: %r", problems)


def _wrong_about(staff, wanted):
    if staff.numbers() != sorted(wanted):
        return staff.numbers()
    for number in wanted:
        pin, how = wanted[number]
        found = staff.check(number, pin)["result"]
        if found != how:
            return number, pin, how, found
    return None


def told(desk, text, since=0):
    """How often a screen has said this."""
    return len([event for event in desk.seen.log if event[0] == "screen" and text in event[1]])


class Sale(Flow):
    name = "sale"

    async def act(self, desk):
        desk.doing("sale", 1234)
        await desk.sell()


class Declined(Flow):
    name = "sale-declined"

    async def act(self, desk):
        desk.doing("sale", 60000)
        await desk.key_sale("60000", POOR)
        await desk.see("DECLINED 51")
        await desk.press("ENTER")


class Unanswered(Flow):
    name = "sale-unanswered"

    async def act(self, desk):
        desk.host.script = [model.SILENT]
        desk.doing("sale", 1234)
        await desk.key_sale()
        await desk.see("SALE UNDONE")
        await desk.press("ENTER")


FLOWS = (Sale, Declined, Unanswered)
