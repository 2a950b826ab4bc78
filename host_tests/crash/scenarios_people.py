"""Flows about operators, settings and parameters: the old value or the new one, never neither, never a mixture."""

import asyncio

import stand
from cutting import AS_IT_IS, Flow, change_over, facts, steps_allowed, told
from pos.domain import operators

WRONG = "1111"


class Office(Flow):
    """Somebody other than operator 01 has logged in."""

    number = "00"

    async def before(self, desk):
        await change_over(desk, self.number)

    async def quiet(self, desk):
        await desk.see("No sales for")


class Settings(Office):
    name = "settings"
    steps = ({"setting brightness": 2}, {"setting void_by": "supervisor"}, {"setting volume": 1})

    async def act(self, desk):
        await desk.menu("Settings")
        for entry, value in (("Brightness", "2 2"), ("Voids by", "Supervisor"), ("Volume", "2 1")):
            await desk.choose(entry)
            await desk.choose(value)
            await desk.see("SAVED")
            await desk.press("ENTER")
            await desk.see("SETTINGS")
        await desk.press("CANCEL")

    def judge_facts(self, desk, audit, found):
        allowed = steps_allowed(self.steps, told(desk, "SAVED"))
        for step in allowed:
            wanted = dict(self.facts)
            wanted.update(step)
            if found == wanted:
                return
        audit.say("wrong", "settings are %r; may be %r", found, allowed)


class Parameters(Flow):
    """The host's new parameters come with a sign-on; all of them, or none."""

    name = "parameters"
    sent = {13: b"7", 27: b"30000", 16: b"Harbour Tea House", 30: b"5550100", 20: b"2026"}
    new = {
        "parameter result_s": 7,
        "parameter refund_approval_minor": 30000,
        "parameter merchant_name_hex": "486172626f75722054656120486f757365",
        "parameter service_phone": "5550100",
    }

    async def act(self, desk):
        desk.host.parameters.update(self.sent)
        desk.seen.mark()
        await desk.menu("Sign on")
        await desk.until(lambda: desk.terminal.parameters["result_s"] == 7)
        await asyncio.sleep_ms(2_000)

    def judge_facts(self, desk, audit, found):
        new = dict(self.facts)
        new.update(self.new)
        if found != self.facts and found != new:
            audit.say("wrong", "parameters are neither the old nor the new ones: %r", found)

    async def judge(self, desk, audit):
        await super().judge(desk, audit)
        found = facts(desk)
        if 13 in desk.host.parameters and [name for name in self.new if found[name] != self.new[name]]:
            audit.say("lost", "after a sign-on the parameters are %r", found)


class OwnPin(Flow):
    name = "pin-change"
    new = "8642"

    async def before(self, desk):
        await change_over(desk, "02")

    async def act(self, desk):
        await desk.menu("Change PIN")
        await desk.see("Operator 02")
        await desk.pin("1357")
        for title in ("New PIN", "again"):
            await desk.see(title)
            await desk.press(*self.new, "ENTER")
        await desk.see("PIN CHANGED")
        await desk.press("ENTER")

    def people(self, desk):
        return steps_allowed(({"02": (self.new, "ok")},), min(1, told(desk, "PIN CHANGED")))


class FirstPin(Office):
    """A new operator, who must choose a PIN at the first log-in."""

    name = "first-log-in"

    async def act(self, desk):
        await desk.menu("Manage")
        await add(desk, "07", "4711")
        await desk.press("CANCEL")
        await desk.menu("Log out")
        await desk.log_in("07", "4711")
        await desk.see("FIRST LOG-IN")
        await desk.press("ENTER")
        for title in ("New PIN", "again"):
            await desk.see(title)
            await desk.press(*"8642", "ENTER")
        await desk.see("PIN CHANGED")
        await desk.press("ENTER")

    async def quiet(self, desk):
        await desk.see("READY")

    def judge_facts(self, desk, audit, found):
        found["operators"] = self.facts["operators"]
        super().judge_facts(desk, audit, found)

    def people(self, desk):
        done = told(desk, "FIRST PIN SET") + told(desk, "PIN CHANGED")
        return steps_allowed(({"07": ("4711", "first")}, {"07": ("8642", "ok")}), done)


async def add(desk, number, pin):
    await desk.see("OPERATORS")
    await desk.choose("Add")
    await desk.see("Operator number")
    await desk.press(*number, "ENTER")
    for title in ("First PIN", "again"):
        await desk.see(title)
        await desk.press(*pin, "ENTER")
    await desk.see("FIRST PIN SET")
    await desk.press("ENTER")
    await desk.see("OPERATORS")


class Operators(FirstPin):
    """One is added, another locked and unlocked, and removed."""

    name = "operators"
    steps = (
        {"07": ("4711", "first")},
        {"02": ("1357", "locked")},
        {"02": ("1357", "ok")},
        {"02": None},
    )

    async def act(self, desk):
        await desk.menu("Manage")
        await add(desk, "07", "4711")
        await pick(desk, "Lock")
        await desk.yes()
        await desk.see("IS LOCKED")
        await desk.press("ENTER")
        await pick(desk, "Unlock")
        await desk.see("UNLOCKED")
        await desk.press("ENTER")
        await pick(desk, "Remove")
        await desk.see("Operator 00")
        await desk.pin("135790")
        await desk.yes()
        await desk.see("REMOVED")
        await desk.press("ENTER")
        await desk.see("OPERATORS")
        await desk.press("CANCEL")

    async def quiet(self, desk):
        await desk.see("No sales for")

    def people(self, desk):
        done = sum([told(desk, text) for text in ("FIRST PIN SET", "IS LOCKED", "UNLOCKED", "REMOVED")])
        return steps_allowed(self.steps, done)


async def pick(desk, action):
    await desk.see("OPERATORS")
    await desk.choose("02")
    await desk.see("Operator 02")
    await desk.choose(action)


class WrongPins(Flow):
    """Somebody tries PINs, and pulls the plug in the hope of more tries. Each that was looked at counts."""

    name = "wrong-pins"
    tries = ("1111", "2222", "3333", "4444")

    async def act(self, desk):
        await desk.menu("Log out")
        for at, pin in enumerate(self.tries):
            await desk.log_in("02", pin)
            await desk.see("Tries left" if at < 2 else "LOCKED")
            await desk.press("ENTER")
            await asyncio.sleep_ms(130_000)

    async def quiet(self, desk):
        await desk.see("LOG IN")

    async def judge(self, desk, audit):
        await super().judge(desk, audit)
        desk.end()  # only the clock goes on
        staff = desk.terminal.staff
        for _ in range(3 * operators.FAILURES_MAX):
            wait_ms = staff.wait_ms("02")
            if wait_ms == operators.LOCKED:
                break
            await asyncio.sleep_ms(wait_ms + 1)
            staff.check("02", WRONG)
        record = "plain " + stand.PEOPLE["02"]
        tested = len([event for event in desk.seen.log if event[0] == "tested" and event[1:] == (record, False)])
        starts = len([event for event in desk.seen.log if event[0] == "start"])
        if tested > operators.FAILURES_MAX:
            audit.say("lost", "%d wrong PINs were looked at before the lock, %d may be", tested, operators.FAILURES_MAX)
        if tested < operators.FAILURES_MAX - starts:
            audit.say("wrong", "locked after %d wrong PINs; %d may be", tested, operators.FAILURES_MAX)

    def people(self, desk):
        return [{"02": AS_IT_IS}]


class SignOffAndOn(Flow):
    name = "sign-off-and-on"
    earlier = 0

    async def act(self, desk):
        await desk.menu("Sign off")
        await desk.yes()
        await desk.log_in()


FLOWS = (Settings, Parameters, OwnPin, FirstPin, Operators, WrongPins, SignOffAndOn)
