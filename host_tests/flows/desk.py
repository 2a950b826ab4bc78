"""A terminal on a desk, for tests of the flows: the real flows, journal and exchange, with a display in memory, keys by
script, a printer that keeps its slips, and the model host at the other end."""

import asyncio
import sys

import dual
import menu_path

sys.path.insert(0, __file__.rpartition("/")[0].rpartition("/")[0] + "/link")

import model_host as model
from pos import preferences
from pos.domain import parameters, totals
from pos.journal.journal import Journal
from pos.journal.staff import Staff
from pos.link.channel import Channel
from pos.link.exchange import Exchange
from pos.terminal import Terminal
from pos.ui.inputs import CARD, HOLD, KEY, SCAN, Inputs
from pos.ui.screen import Screen
from pos.ui.ui import Ui

CARD_RICH = "6200000000000013"
CARD_POOR = "6200000000000021"
KEY_MS = 20
SEE_MS = 200_000


class Display:
    """The display port on cells in memory; what is shown is decoded for reading."""

    def __init__(self, rows=4, cols=16, charset="gb2312", align=2):
        self.rows, self.cols, self.charset, self.align = rows, cols, charset, align
        self.cells = bytearray(b" " * (rows * cols))

    def write(self, row, col, data):
        at = row * self.cols + col
        self.cells[at : at + len(data)] = data

    def define_glyph(self, code, dots):
        pass

    def text_rows(self):
        return [_readable(self.cells[r * self.cols : (r + 1) * self.cols]) for r in range(self.rows)]


def _readable(cells):
    """ASCII as it is, full-width ASCII (GB2312 row 3) as its plain character, other two-byte characters as U+<code>."""
    text, at = "", 0
    while at < len(cells):
        if cells[at] == 0xA3:
            text += chr(cells[at + 1] & 0x7F)
            at += 2
        elif cells[at] > 0x7F:
            text += "<%02x%02x>" % (cells[at], cells[at + 1])
            at += 2
        else:
            text += chr(cells[at])
            at += 1
    return text


class PrinterFault(Exception):
    def __init__(self, flags):
        super().__init__(flags)
        self.flags = flags


class Printer:
    """The printer port: whole slips in `slips` (lists of lines), begun ones in `torn`. `flags` is what is wrong now;
    `fail_at_line` takes the paper away once, in the middle of the next slip."""

    Fault = PrinterFault

    def __init__(self):
        self.slips, self.torn = [], []
        self.flags = 0
        self.fail_at_line = None
        self._lines = []

    async def status(self):
        await asyncio.sleep_ms(5)
        return self.flags

    async def begin(self):
        self._check()
        self._lines = []

    async def line(self, data, style=0):
        await asyncio.sleep_ms(20)
        if self.fail_at_line is not None and len(self._lines) >= self.fail_at_line:
            self.fail_at_line, self.flags = None, 1
        self._check()
        self._lines.append(bytes(data))

    async def qr(self, data):
        self._lines.append(b"QR " + data)

    async def feed(self, lines):
        pass

    async def cut(self):
        pass

    async def finish(self):
        self._check()
        self.slips.append(self._lines)

    def _check(self):
        if self.flags:
            self.torn.append(self._lines)
            raise PrinterFault(self.flags)


class Reader:
    enabled = False

    async def check(self):
        return True

    async def run(self):
        pass


class Scanner(Reader):
    """The scanner port; `Desk.scan` shows it a code."""


class Parts:
    """What pos/parts.py makes of the board's hardware; the operators' file is made anew whenever it was let go."""

    def __init__(self, printer, path):
        self._printer = printer
        self._reader = Reader()
        self._scanner = Scanner()
        self._path = path
        self._staff = None
        self._waiting = {}
        self.sounds = []
        self.levels = None

    def printer(self):
        return self._printer

    def reader(self):
        return self._reader

    def scanner(self):
        return self._scanner

    board = "desk"
    legend = (
        ("1", "2", "3", "CANCEL"),
        ("4", "5", "6", "CLEAR"),
        ("7", "8", "9", "MENU"),
        ("UP", "0", "DOWN", "ENTER"),
    )
    charge_pct = 80

    def battery(self):
        return self

    def percent(self):
        return self.charge_pct

    def millivolts(self):
        return 7861

    def charge(self):
        return self.charge_pct, "empty" if self.charge_pct < 5 else "low" if self.charge_pct < 10 else "ok"

    def serial_number(self):
        return "246F28100000"

    def sound(self, name):
        self.sounds.append(name)

    def set_levels(self, brightness, volume):
        self.levels = brightness, volume

    def staff(self):
        if not self._staff:
            self._staff = Staff(self._path, dual.clock, _hash, _matches, self._waiting)
            self._staff.load()
        return self._staff

    def let_go(self):
        self._staff = None


class Wifi:
    up = True

    async def wait_up(self, timeout_ms):
        await asyncio.sleep_ms(1_000)
        return self.up

    open_network = False
    refuse_open = False

    def __init__(self):
        self.networks = [("shop", -50, False), ("cafe", -75, True)]
        self.keys = {"shop": "secret 1", "cafe": ""}
        self.joined = "provisioned"

    def heard(self):
        return self.networks

    def details(self):
        return self.joined, -55, 6, "192.168.4.2"

    async def join(self, ssid, key):
        await asyncio.sleep_ms(1_000)
        if self.keys.get(ssid) != key:
            return False
        self.joined = ssid
        return True


def _hash(pin):
    return "plain " + pin


class Desk:
    """`people`: {number: (PIN, must be changed)}. `power()` starts the firmware anew on the same flash."""

    def __init__(self, people=None, settings=None, cols=16, language="en"):
        self.folder = dual.tmpdir()
        self.host = model.ModelHost()
        self.printer = Printer()
        self.identity = dict(model.TERMINAL)
        self.identity["language"] = language
        self.cols = cols
        people = people or {"01": ("2468", False), "00": ("135790", False), "99": ("97531024", False)}
        staff = Staff(self.folder + "/operators.json", dual.clock, _hash, _matches)
        for number in people:
            pin, first = people[number]
            staff.load()
            staff.set_first_pin(number, pin)
            if not first:
                staff.change_pin(number, pin)
        self.task = None
        self.settings = settings or {}

    def power(self):
        """A power cut and the next start."""
        if self.task:
            self.task.cancel()
        wide = self.cols == 16
        self.display = Display(4, self.cols, "gb2312" if wide else "ascii", 2 if wide else 1)
        self.inputs = Inputs()
        ui = Ui(Screen(self.display), self.inputs, dual.clock)
        journal = Journal(self.folder + "/journal")
        report = journal.recover()
        channel = Channel(self.host.open_stream, dual.clock)
        exchange = Exchange(journal, channel, self.identity, model.MASTER_KEY, dual.clock, parameters.defaults())
        parts = Parts(self.printer, self.folder + "/operators.json")
        self.terminal = Terminal(self.folder, ui, journal, exchange, parts, Wifi(), dual.clock, self.identity)
        preferences.note_start(self.terminal, report)
        preferences.load(self.terminal)
        for name in self.settings:
            self.terminal.change_setting(name, self.settings[name])
        self.task = asyncio.create_task(self.terminal.run())

    async def press(self, *keys):
        for key in keys:
            self.inputs.put(KEY, key)
            await asyncio.sleep_ms(KEY_MS)

    async def hold(self, key):
        await self.press(key)
        self.inputs.put(HOLD, key)
        await asyncio.sleep_ms(KEY_MS)

    async def card(self, number=CARD_RICH):
        """Holds a card to the reader, which only reads when a flow waits for one."""
        assert self.terminal.reader.enabled, self.rows()
        self.inputs.put(CARD, number)
        await asyncio.sleep_ms(KEY_MS)

    async def scan(self, code):
        """Shows a code to the scanner, which only looks when a flow waits for one."""
        assert self.terminal.scanner.enabled, self.rows()
        self.inputs.put(SCAN, code)
        await asyncio.sleep_ms(KEY_MS)

    def rows(self):
        return self.display.text_rows()

    async def see(self, text, within_ms=SEE_MS):
        """Waits until a row contains the text and returns that row; AssertionError if it never comes."""
        for _ in range(within_ms // 50):
            for row in self.rows():
                if text in row:
                    return row
            if self.task.done():
                await self.task
            await asyncio.sleep_ms(50)
        raise AssertionError("never saw %r; the screen shows %r" % (text, self.rows()))

    async def log_in(self, number="01", pin="2468"):
        await self.see("LOG IN")
        await self.press(*number)
        await self.press("ENTER")
        await self.press(*pin)
        await self.press("ENTER")

    async def choose(self, entry):
        """Moves the mark of a menu to an entry by DOWN and takes it."""
        await asyncio.sleep_ms(KEY_MS)
        for _ in range(20):
            if [row for row in self.rows() if row.startswith(">") and entry in row]:
                return await self.press("ENTER")
            await self.press("DOWN")
        raise AssertionError("no entry %r; the screen shows %r" % (entry, self.rows()))

    async def menu(self, entry):
        """From the idle screen through the group that the entry is in."""
        await self.press("MENU")
        group = menu_path.group_of(self.terminal.ui.t, entry)
        if group:
            await self.choose(group)
        await self.choose(entry)

    def go(self, *flow):
        """Leaves whatever runs and enters this flow (name, *arguments), whatever menu leads there; then the terminal's
        loop goes on."""
        self.task = asyncio.create_task(self._go(self.task, flow))

    async def _go(self, before, following):
        while not before.done():  # more than once: what is just waking up may miss the first
            before.cancel()
            await asyncio.sleep_ms(1)
        terminal = self.terminal
        while True:
            while isinstance(following, tuple):
                following = await terminal._do(*following)
            if terminal.recovery_is_due():
                await terminal._recover(False)
            following = ("idle",) if terminal.operator else ("log_in",)

    async def ready(self):
        self.power()
        await self.log_in()
        await self.see("READY")

    async def key_sale(self, digits="1234", card=CARD_RICH):
        """Up to the confirmation, which it gives."""
        await self.press(*digits)
        await self.press("ENTER")
        await self.see("card")
        await self.card(card)
        await self.yes()

    async def sell(self, digits="1234", card=CARD_RICH):
        """A whole approved sale with both slips."""
        await self.key_sale(digits, card)
        await self.take_slips("APPROVED")

    async def yes(self):
        """Waits for a question and answers it with ENTER."""
        await self.until(lambda: [row for row in self.rows() if "CANCEL=N" in row or "OK?" in row])
        await self.press("ENTER")

    async def pin(self, pin="2468"):
        """Waits until one is asked for and keys it."""
        await self.see("PIN")
        await self.press(*pin)
        await self.press("ENTER")

    async def take_slips(self, result):
        """Waits for this result; the merchant's slip is torn off, and the customer's comes; to the idle screen."""
        await self.see(result)
        await self.see("tear")
        await self.press("ENTER")
        await self.see("READY")

    async def until(self, fits, within_ms=SEE_MS):
        """Waits until fits() is true; AssertionError if it never is."""
        for _ in range(within_ms // 50):
            if fits():
                return
            if self.task.done():
                await self.task
            await asyncio.sleep_ms(50)
        raise AssertionError("it never came to that; the screen shows %r" % (self.rows(),))

    @property
    def state(self):
        return self.terminal.journal.state

    def audits(self):
        return [r["what"] for r in self.terminal.journal.scan() if r["kind"] == "audit"]

    def books_agree(self):
        """The terminal's totals are what the host took, and the account stands accordingly."""
        taken = [amount for _card, amount in self.host.charged.values()]
        given = [amount for _card, amount in self.host.returned.values()]
        books = (len(taken), sum(taken), len(given), sum(given))
        assert totals.sides(self.state["totals"]) == books, (self.state, self.host.charged, self.host.returned)
        assert self.host.taken_minor() == sum(taken) - sum(given)


def _matches(pin, record):
    return record == "plain " + pin


def slip_text(slip):
    """A slip's lines as one text; Chinese stays as bytes in the form of backslash escapes."""
    return "\n".join([str(line)[2:-1] for line in slip])


def run(scenario, **changes):
    """Runs `async scenario(desk)` on the virtual clock and returns the desk."""
    desk = Desk(**changes)

    async def all_of_it():
        try:
            await scenario(desk)
        finally:
            if desk.task:
                desk.task.cancel()

    dual.run(all_of_it())
    return desk


def on_desk(**changes):
    """Makes a test of `async def test_x(desk)`: it runs on the virtual clock with a desk of its own."""

    def make(scenario):
        def test():
            run(scenario, **changes)

        return test

    return make
