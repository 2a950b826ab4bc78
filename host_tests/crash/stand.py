"""A desk whose flash is a littlefs in memory, and which remembers when host, screen and paper have moved on.

Everything that has happened outside the terminal is in `seen`, in its order, as tuples: ("screen", text), ("slip",
text), ("doing", type, amount) of what is asked for next, ("tested", record, whether right) of a PIN.
"""

import asyncio

import desk as stage
import flash as chip
import model_host as model
from pos.journal import recovery
from pos.journal.staff import Staff

PEOPLE = {"01": "2468", "02": "1357", "00": "135790", "99": "97531024"}
BALLAST_BLOCKS = 160  # a flash of so many has room for one, as the board's
_EVERY_MS = 100
_HOME_MS = 600_000


class Seen:
    """What has happened outside, and marks of when: (operations of the flash done by then, host, length of log)."""

    def __init__(self, log=()):
        self.log = list(log)
        self.marks = None
        self.where = None  # callable: (operations done, snapshot of the host)

    def note(self, *event):
        self.log.append(event)
        self.mark()

    def mark(self):
        if self.marks is not None:
            operations, host = self.where()
            self.marks.append((operations, host, len(self.log)))


class Host(model.ModelHost):
    """The model host, which can be put back to what it was at any moment."""

    seen = None

    def receive(self, body, reader):
        super().receive(body, reader)
        self.seen.mark()

    def snapshot(self):
        return {name: _copy(value) for name, value in self.__dict__.items() if name not in _NOT_KEPT}

    def restore(self, snapshot):
        for name in snapshot:
            value = _copy(snapshot[name])
            if name == "settlement":
                value, settlement = model.model_settlement.Settlement(), value
                for part in settlement:
                    setattr(value, part, settlement[part])
            setattr(self, name, value)


_NOT_KEPT = ("tasks", "seen", "script", "reachable", "changes", "codes", "break_handshakes", "unreachable_after")


def _copy(value):
    """Containers anew; what they hold of messages is never changed by the host."""
    if isinstance(value, dict):
        return {name: _copy(item) for name, item in value.items()}
    if isinstance(value, list):
        return list(value)
    if isinstance(value, model.model_settlement.Settlement):
        return _copy(value.__dict__)
    return value


class Printer(stage.Printer):
    seen = None

    async def finish(self):
        await super().finish()
        self.seen.note("slip", stage.slip_text(self.slips[-1]))


class Desk(stage.Desk):
    """A desk on this image: people and files are what is on it. host: a snapshot, None for a new one."""

    def __init__(self, image, host=None, seen=()):
        self.flash = chip.Flash(image)
        chip.mount(self.flash)
        self.folder = chip.PLACE
        self.seen = Seen(seen)
        self.seen.where = self._where
        self.host = Host()
        self.host.seen = self.seen
        if host:
            self.host.restore(host)
        self.printer = Printer()
        self.printer.seen = self.seen
        self.identity = dict(model.TERMINAL, language="en")
        self.cols = 16
        self.task = None
        self.settings = {}
        self.restarts = 0
        self.log_pins()

    def log_pins(self):
        def matches(pin, record):
            right = record == "plain " + pin
            self.seen.note("tested", record, right)
            return right

        stage._matches = matches

    def _where(self):
        return len(self.flash.log), self.host.snapshot()

    def record(self):
        """From here on: operations into flash.log, moments into seen.marks."""
        self.image = bytes(self.flash.image)
        self.recovered = None  # how many operations it took to the log-in screen
        self.flash.log, self.seen.marks = [], []
        self.seen.mark()

    def power(self):
        super().power()
        terminal = self.terminal
        terminal.restart = self._restart
        if len(self.flash.image) >= BALLAST_BLOCKS * chip.BLOCK_BYTES:
            terminal.journal.ballast = self.folder + "/ballast"
            recovery.make(terminal.journal.ballast)
        screen = terminal.ui.screen
        flush = screen.flush

        before = [""]

        def noted():
            flush()
            text = "\n".join([row.strip() for row in self.rows()])
            if text != before[0] and any(word in text for word in _TOLD):
                self.seen.note("screen", text)
            before[0] = text

        screen.flush = noted

    def _restart(self):
        self.restarts += 1

    def doing(self, kind, amount_minor):
        self.seen.note("doing", kind, amount_minor)

    async def home(self):
        """Through whatever the start has to say, to the log-in screen."""
        for _ in range(_HOME_MS // _EVERY_MS):
            text = "\n".join(self.rows())
            if "LOG IN" in text:
                return
            if "tear" in text or "any key" in text.lower():
                await self.press("ENTER")
            if self.task.done():
                await self.task
            await asyncio.sleep_ms(_EVERY_MS)
        raise AssertionError("never came to the log-in; the screen shows %r" % (self.rows(),))

    async def settle(self, result="SETTLED, EQUAL"):
        await self.press("MENU", "4")
        await self.see("Taken")
        await self.press("ENTER")
        await self.see("Settle batch")
        await self.press("ENTER")
        await self.see(result)
        await self.see("READY")

    def end(self):
        if self.task:
            self.task.cancel()


# Screens that tell what somebody may rely on.
_TOLD = (
    "APPROVED", "DECLINED", "NO REFUND", "UNDONE", "NOT VOIDED", "NOTHING HELD", "NOT COMPLETED", "STORED", "SETTLED",
    "SAVED", "PIN CHANGED", "FIRST PIN SET", "IS LOCKED", "UNLOCKED", "REMOVED", "CHANGED", "DELETED:", "BACK",
)  # fmt: skip


def fresh_image(blocks):
    """A formatted flash with the operators' file."""
    image = chip.formatted(blocks)
    chip.mount(chip.Flash(image))
    staff = Staff(chip.PLACE + "/operators.json", None, stage._hash, stage._matches)
    staff._since_ms = dict.fromkeys(PEOPLE, 0)
    staff._clock = _NoClock()
    staff.load()
    for number in sorted(PEOPLE):
        staff.set_first_pin(number, PEOPLE[number])
        staff.change_pin(number, PEOPLE[number])
    chip.unmount()
    return image


class _NoClock:
    def ticks_ms(self):
        return 0
