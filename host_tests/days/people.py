"""The people at a terminal: they read the screen, press keys by what it says, and want one thing after another.

A person is asked whenever the firmware waits for a key, and answers after a moment. Most of what is asked is answered
with ENTER; what a screen wants besides (an amount, a card, a PIN, an entry of a menu) is found by its words.
"""

import re

import menu_path
from days.hosting import CARDS
from pos import texts
from pos.ui.inputs import CARD, KEY, SCAN

from tools.host import demo

RICH, POOR, FROZEN, PLENTY = (number for number, *_ in demo.CARDS)
SHARED = (RICH, PLENTY, PLENTY, *(number for number, _ in CARDS), *(number for number, _ in CARDS), POOR, FROZEN)
PINS = {"00": "135790", "01": "2468", "99": "97531024"}
VISITS_MAX = 5  # of the idle screen, before what is wanted has begun: it cannot be had now
KEYS_MAX = 60  # of one wish; whoever needs more has lost the way and presses CANCEL
_MENU_ROW = re.compile(r">\d? ?(.*)")
_POSITION = re.compile(r"(\d+)/(\d+)$")
_LEFT = re.compile(r"(?:Left|Held): (\d+)\.(\d\d)")

# A wish: who must be logged in, the menu's entry (key of its text; None: a sale, keyed at the idle screen).
WISHES = {
    "sale": ("01", None),
    "void": ("01", "menu_void"),
    "refund": ("01", "menu_refund"),
    "preauth": ("01", "menu_preauth"),
    "completion": ("01", "menu_completion"),
    "completion_void": ("01", "menu_compl_void"),
    "preauth_void": ("01", "menu_preauth_void"),
    "qr_scan": ("01", "menu_qr_scan"),
    "qr_show": ("01", "menu_qr_show"),
    "balance": ("01", "menu_balance"),
    "reprint": ("01", "menu_reprint"),
    "settle": ("01", "menu_settle"),
    "sign_on": ("01", "menu_sign_on"),
    "sign_off": ("01", "menu_sign_off"),
    "log_out": (None, "menu_log_out"),
    "delete": ("99", "menu_delete"),
    "recover": ("99", "menu_recover"),
    "service": ("99", "menu_services"),
    "undo": ("00", "menu_resolve"),
    "rest": (None, None),
}


class Words:
    """The screen's texts, by key."""

    def __init__(self):
        self._texts = texts.load("en")
        self._groups = menu_path.groups()

    def t(self, key):
        return self._texts.t(key)

    def way(self, entry):
        """Texts of the menu's rows that lead to an entry (key)."""
        group = self._groups[entry]
        return ([self.t(group)] if group else []) + [self.t(entry)]


class Wish:
    """What the person wants now. over: the idle screen has come back after it."""

    def __init__(self, kind, chance):
        self.kind, self.chance = kind, chance
        self.who, self.entry = WISHES[kind]
        self.begun = self.over = False
        self.keys = 0
        self.amount_minor = chance.choice(
            (chance.randint(1, 999), chance.randint(100, 9_999), chance.randint(5000, 60_000))
        )
        self.card = chance.choice(SHARED)
        self.cancels_at = chance.randint(1, 6) if chance.random() < 0.06 else 0
        self.wrong_pins = chance.choice((1, 1, 1, 2)) if chance.random() < 0.06 else 0
        self.answers = 0
        self.way = []
        self.detour = False  # to log out or to sign on, before what is wanted
        self.looked = self.signed = self.visits = 0


SUPERVISOR_NEEDED = "65"


class Person:
    """At one till. `want(kind, chance)`, then wait until `wish.over`."""

    def __init__(self, day, till, words):
        self.day, self.till, self.words = day, till, words
        self.wish = None
        self.operator = "01"
        self._asked = None
        # Own books of what was seen and done: for the auditor.
        self.wrong_pins_told = 0
        self.without_slip = set()
        self._no_slip = False
        self.vouchers = []  # of approved transactions: (trace, type)

    def want(self, kind, chance):
        self.wish = Wish(kind, chance)
        if self.wish.who:
            self.operator = self.wish.who
        if self.wish.entry:
            self.wish.way = self.words.way(self.wish.entry)
        return self.wish

    def hears(self, outcome):
        if outcome["result"] == "approved":
            self.sold(outcome["tx"])
        elif outcome["result"] != "not_sent" and outcome["code"] != SUPERVISOR_NEEDED:
            # Else it may be sold without the host, or is asked for again with an approver.
            self._no_slip = False

    def sold(self, tx):
        self.vouchers.append((tx["trace"], tx["type"]))
        if self._no_slip:
            self.without_slip.add((tx["batch"], tx["trace"]))
        self._no_slip = False

    # Looking and pressing

    def is_asked(self):
        if self._asked is None:
            delay_s = 0.3 if self.wish is None else 0.2 + 0.6 * self.wish.chance.random()
            self._asked = self.day.loop.call_later(delay_s, self._answer, self.till.terminal)

    def power_cut(self):
        """What was looked at is dark."""
        if self._asked is not None:
            self._asked.cancel()
            self._asked = None

    def _answer(self, terminal):
        self._asked = None
        till = self.till
        if not till.on or till.terminal is not terminal or terminal is None or till.inputs._queue:
            return
        rows = till.display.read()
        keys = self._keys(rows, " ".join(" ".join(rows).split()))
        if keys is None:
            return
        wish = self.wish
        if wish:
            wish.keys += 1
            if wish.keys > KEYS_MAX:
                keys = ["CANCEL"]
        for key in keys:
            if isinstance(key, tuple):
                till.inputs.put(*key)
            else:
                till.inputs.put(KEY, key)

    def _keys(self, rows, shown):
        """What to press; None: nothing, wait."""
        last = rows[-1]
        if "MENU" in last and "Operator " in last:
            return self._idle(shown)
        for words, react in _SCREENS:
            if words in shown:
                return react(self, rows, shown)
        return self._plain(rows, shown)

    def _plain(self, rows, shown):
        """A question or a message: ENTER, now and then CANCEL."""
        wish = self.wish
        if wish and wish.begun:
            wish.answers += 1
            if wish.answers == wish.cancels_at and "tear" not in shown:
                return ["CANCEL"]
        if _POSITION.search(rows[0].rstrip()):
            return self._row_of_menu(rows)
        return ["ENTER"]

    def _row_of_menu(self, rows):
        wish = self.wish
        marked = next((row for row in rows if row.startswith(">")), "")
        text = _MENU_ROW.match(marked)
        text = text[1].strip() if text else ""
        if rows[0].startswith("MENU") or (
            wish and wish.way and rows[0].split()[0] == wish.way[0].split()[0] and len(wish.way) > 1 and not wish.begun
        ):
            return self._main_menu(rows, text)
        if wish and wish.begun:
            if "By voucher" in " ".join(rows) and not text.startswith("By voucher") and wish.chance.random() < 0.6:
                return ["DOWN"]
            if rows[0].startswith("SERVICES"):
                # What is off goes on again; the card stays, or there is nothing left to see.
                off = text.endswith(("off", "gone"))
                return ["ENTER"] if off or (wish.chance.random() < 0.3 and not text.startswith("Card")) else ["DOWN"]
            return ["ENTER"] if wish.chance.random() < 0.8 else ["DOWN", "ENTER"]
        return ["ENTER"]

    def _main_menu(self, rows, text):
        wish = self.wish
        if not wish or not wish.way or (wish.begun and rows[0].startswith("MENU")):
            return ["CANCEL"]
        in_main = rows[0].startswith("MENU")
        if text and text == (wish.way[0] if in_main else wish.way[-1]):
            if len(wish.way) == 1 or not in_main:
                wish.begun, wish.detour = not wish.detour, False
            return ["ENTER"]
        position = _POSITION.search(rows[0].rstrip())
        wish.looked += 1
        if wish.looked > 2 * int(position[2]) + 12:
            wish.begun = True  # it is not offered
            return ["CANCEL"]
        return ["DOWN"]

    def _idle(self, shown):
        wish, terminal = self.wish, self.till.terminal
        if wish is None or wish.over:
            return None
        if wish.begun:
            wish.over = True
            self.day.wish_over(self.till)
            return None
        wish.visits += 1
        if wish.kind == "rest" or wish.visits > VISITS_MAX:
            wish.begun = wish.over = True
            self.day.wish_over(self.till)
            return None
        if terminal.operator != self.operator:
            return self._towards("menu_log_out")
        if self._must_sign_on(shown, wish):
            return self._towards("menu_sign_on")
        if wish.entry is None:
            if "READY" not in shown:
                wish.begun = True  # the screen says why not: no sale now
                return None
            wish.begun = True
            return [*str(wish.amount_minor), "ENTER"]
        wish.way, wish.looked = self.words.way(wish.entry), 0
        return ["MENU"]

    def _must_sign_on(self, shown, wish):
        return (
            "NOT SIGNED ON" in shown and wish.kind not in ("sign_on", "sign_off", "log_out", "undo") and self._again()
        )

    def _again(self):
        """Not more than twice for one wish."""
        self.wish.signed += 1
        return self.wish.signed <= 2

    def _towards(self, entry):
        wish = self.wish
        wish.way, wish.detour, wish.looked = self.words.way(entry), True, 0
        return ["MENU"]

    # Screens

    def _log_in(self, rows, shown):
        return [*self.operator, "ENTER"]

    def _pin(self, rows, shown):
        number = re.search(r"Operator (\d\d)", shown)
        number = number[1] if number else self.operator
        return self._key_pin(PINS[number])

    def _approval(self, rows, shown):
        return self._key_pin(PINS["00"])

    def _key_pin(self, pin):
        wish = self.wish
        if wish and wish.wrong_pins:
            wish.wrong_pins -= 1
            return [*"9999", "ENTER"]
        return [*pin, "ENTER"]

    def _wrong_pin(self, rows, shown):
        self.wrong_pins_told += 1
        return ["ENTER"]

    def _amount(self, rows, shown):
        wish = self.wish
        amount_minor = wish.amount_minor if wish else 100
        most = _LEFT.search(shown)
        if most:
            most_minor = int(most[1]) * 100 + int(most[2])
            whole = wish is None or wish.chance.random() < 0.3
            amount_minor = most_minor if whole else wish.chance.randint(1, max(1, most_minor))
        return [*str(amount_minor), "ENTER"]

    def _card(self, rows, shown):
        wish = self.wish
        number = wish.card if wish else RICH
        if wish and wish.chance.random() < 0.05:
            return [*number[:-1], str((int(number[-1]) + 1) % 10), "ENTER"]  # mistyped: the check digit tells
        if "Hold card" in shown and (wish is None or wish.chance.random() < 0.8):
            return [(CARD, number)]
        return [*number[:15], number[15:], "ENTER"] if len(number) < 16 else self._typed(number)

    def _typed(self, number):
        """Sixteen digits fill the queue: the rest is typed when they have been taken."""
        for digit in number:
            self.till.inputs.put(KEY, digit)
        self.day.loop.call_later(0.1, self._enter, self.till.terminal)
        return []

    def _enter(self, terminal):
        if self.till.on and self.till.terminal is terminal:
            self.till.inputs.put(KEY, "ENTER")

    def _scan(self, rows, shown):
        code = self.day.wallet_code(self.till, self.wish.card if self.wish else RICH)
        return [(SCAN, code)] if code else ["CANCEL"]

    def _code_waits(self, rows, shown):
        wish = self.wish
        if wish and wish.chance.random() < 0.01:
            return ["CANCEL"]
        return None

    def _printer(self, rows, shown):
        wish = self.wish
        if wish is None or wish.chance.random() < 0.8:
            self.till.printer.flags = 0
            return ["ENTER"]
        return ["CANCEL"]

    def _no_slip_wanted(self, rows, shown):
        self._no_slip = True
        return ["ENTER"]

    def _voucher(self, rows, shown):
        wish = self.wish
        if wish and self.vouchers:
            trace, _kind = wish.chance.choice(self.vouchers[-8:])
            return [*str(trace), "ENTER"]
        return ["CANCEL"]

    def _some_digits(self, rows, shown):
        return ["ENTER"] if "just ENTER" in shown or "ENTER:" in shown else ["CANCEL"]

    def _time(self, rows, shown):
        return [*"0915", "ENTER"]

    def _not_known(self, rows, shown):
        return ["CANCEL"]

    def _original(self, rows, shown):
        wish = self.wish
        if wish and wish.begun:
            wish.answers += 1
            if wish.answers == wish.cancels_at:
                return ["CANCEL"]
            if wish.chance.random() < 0.3:
                return ["DOWN"]
        return ["ENTER"]


# Words of a screen -> what is done about it; the first that fits.
_SCREENS = (
    ("Operator number:", Person._log_in),
    ("PIN to approve:", Person._approval),
    ("WRONG PIN", Person._wrong_pin),
    ("PIN:", Person._pin),
    ("NO PAPER", Person._printer),
    ("COVER IS OPEN", Person._printer),
    ("PRINTER SILENT", Person._printer),
    ("PRINTER FAULT", Person._printer),
    ("Sell without a", Person._no_slip_wanted),
    ("awaiting payment", Person._code_waits),
    ("CNY 0.00", Person._amount),
    ("Scan, or key the", Person._scan),
    ("Hold card, or", Person._card),
    ("Key the card", Person._card),
    ("Voucher number:", Person._voucher),
    ("Order number", Person._some_digits),
    ("Time, HHMM:", Person._time),
    ("Reference no.", Person._not_known),
    ("Auth. code on", Person._not_known),
    ("Its date", Person._not_known),
    ("Batch number", Person._some_digits),
    ("ENTER, No., DOWN", Person._original),
)
