"""What every flow that is cut has in common: what was before, and what must be so after any cut."""

import asyncio

import stand
from auditor import Audit
from pos.journal import history

AS_IT_IS = "as it is"  # of an operator that a flow judges by itself
ALL_SERVICES = b"sale,nfc,qr,void,refund,preauth,balance,offline"
RICH, POOR = "6200000000000013", "6200000000000021"


class Flow:
    """name; earlier: how many sales there are before. A subclass says what is done, and what differs."""

    name = ""
    blocks = 48  # of the flash
    weight = 1  # how much longer a point takes than others do: so many times fewer are in a sample
    earlier = 1
    slips_without = ()  # types of transactions that print nothing here

    def __init__(self):
        self.old = {}  # what stood before, see Audit.standing
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
        self.old = Audit(desk.host, ()).standing()

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

    def waits(self, state):
        """What waits for the host, the operator or a human hand."""
        names = "pending", "advices", "offline", "settling", "untold", "doubt", "removing"
        return [name for name in names if state.get(name)]

    async def at_home(self, desk, audit):
        """At the log-in, when all that waited must be done."""
        if self.waits(desk.state):
            audit.say("lost", "after the start %r waits still: %r", self.waits(desk.state), desk.state)

    async def finish(self, desk):
        """What remains to be done once somebody has logged in; READY afterwards."""

    def settles_as(self, desk):
        return "SETTLED, EQUAL"

    differs = ()

    async def judge(self, desk, audit):
        """At the end of the day."""
        gone = self.gone(desk)
        if self.waits(desk.state):
            audit.say("lost", "at the end of the day %r waits still: %r", self.waits(desk.state), desk.state)
        standing = audit.books(history.newest_first(desk.terminal.journal), gone)
        audit.traces()
        audit.told(standing)
        audit.paper(standing, self.old, self.slips_without)
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
        if wanted[number] == AS_IT_IS:
            continue
        pin, how = wanted[number]
        found = staff.check(number, pin)["result"]
        if found != how:
            return number, pin, how, found
    return None


def told(desk, text):
    """How often a screen has said this."""
    return len([event for event in desk.seen.log if event[0] == "screen" and text in event[1]])


def steps_allowed(steps, done):
    """Of the things that are changed one after the other, {name: value} each: what may stand, when so many were told to
    be done: those, and perhaps the next."""
    states = []
    now = {}
    for step in steps:
        states.append(dict(now))
        now.update(step)
    states.append(now)
    return states[done : done + 2]


async def change_over(desk, number):
    """Logs out, and this operator in."""
    await desk.menu("Log out")
    await desk.log_in(number, stand.PEOPLE[number])
    await desk.see("READY" if number in ("01", "02") else "No sales for")
