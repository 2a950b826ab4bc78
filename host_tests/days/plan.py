"""What a seed means: how many terminals, and for each day and terminal what people want there and what goes wrong.

A plan is data. Each deed has chance of its own, so that leaving one out changes nothing in the others: that is what
makes a failure's history short (shrink.py). `kept` names what is left of it as text, to be typed on the command line.
"""

import random
from typing import NamedTuple

TERMINALS = (1, 1, 1, 2, 2, 2, 3, 3, 4, 5, 6, 8, 12, 20)
DAYS = 2
DEEDS = 265  # which makes 200 transactions: not all that is begun is sent
FAULTY = 0.09  # of the deeds
SECOND = 0.25  # of these: another fault, when the first one strikes
LATE_REFUND = 0.25  # of the refunds with a fault: answered when its batch is over, which nothing else leads to
KINDS = (
    *("sale",) * 96,
    *("void",) * 20,
    *("refund",) * 18,
    *("preauth",) * 14,
    *("completion",) * 10,
    *("completion_void",) * 4,
    *("preauth_void",) * 4,
    *("qr_scan",) * 12,
    *("qr_show",) * 6,
    *("balance",) * 3,
    *("reprint",) * 2,
    *("settle",) * 3,
    *("sign_on",) * 2,
    *("log_out",) * 3,
    *("rest",) * 3,
    "sign_off",
    "delete",
    "recover",
    "service",
)
LINE = ("silent", "late", "lost", "held", "twice", "replayed", "answered_twice", "late_elsewhere")
LINE_RARE = (
    "garbage",
    "wrong_mac",
    "no_mac",
    "other_trace",
    "other_amount",
    "cut",
    "close",
    "stranger",
    *("refused", "unreachable"),
)
OTHER = (
    *("power_at_a_write",) * 5,
    *("power_at_a_message",) * 4,
    *("power_at_any_time",) * 3,
    *("flash_fails",) * 2,
    *("radio_lost",) * 2,
    *("partition",) * 2,
    *("paper_out",) * 3,
    *("host_dies_at_a_statement",) * 6,
    *("host_dies",) * 2,
    "key_forgotten",
    "refused_for_a_while",
    "batch_closed",
    "clock_jumps",
)
PAYING, REVERSAL, ADVICE, SETTLEMENT, QUERY = ("0200", "0100"), ("0400",), ("0220",), ("0500", "0320"), ("0600",)
MESSAGES = (PAYING, PAYING, PAYING, REVERSAL, ADVICE, SETTLEMENT, QUERY, ("0800",), None, None)
OWN = {
    "refund": ADVICE,
    "settle": SETTLEMENT,
    "sign_off": SETTLEMENT,
    "sign_on": ("0800",),
    "qr_show": QUERY,
    **dict.fromkeys(("sale", "void", "preauth", "completion", "completion_void", "preauth_void", "qr_scan"), PAYING),
}


class Deed(NamedTuple):
    """One thing wanted at one terminal. key: (day, terminal, place) in the whole plan; faults: names, and the chance
    that says the rest of them."""

    key: tuple
    kind: str
    chance: str
    faults: tuple


class Plan(NamedTuple):
    seed: str
    terminals: int
    days: int
    deeds: tuple  # of Deed, in the order of their keys
    limits: dict  # what else differs from day to day

    def at(self, day, terminal):
        return [deed for deed in self.deeds if deed.key[0] == day and deed.key[1] == terminal]


def make(seed, terminals=None, days=DAYS, deeds=DEEDS):
    """The plan of a seed; terminals: a number of them instead of the seed's own."""
    chance = random.Random(f"plan {seed}")
    own = chance.choice(TERMINALS)
    limits = {
        "throttled": chance.random() < 0.3,
        "one_copy": chance.random() < 0.3,
        "settle_at": chance.choice(("", "", "0930", "1030")),
        "traces_end": chance.random() < 0.25,
        "journal_limit": chance.choice((0, 0, 0, 40)),
        # Sales without the host: floor, how many, their sum, hours.
        "offline": chance.choice(((), ("20000", "6", "60000", "24"), ("60000", "20", "200000", "2"))),
    }
    made = []
    count = terminals or own
    for day in range(days):
        for terminal in range(count):
            for place in range(deeds):
                made.append(_deed(seed, (day, terminal, place)))
    return Plan(str(seed), count, days, tuple(made), limits)


def _deed(seed, key):
    name = "{} {} {} {}".format(seed, *key)
    chance = random.Random("deed " + name)
    kind = "sale" if key[2] < 2 else chance.choice(KINDS)
    faults = ()
    if chance.random() < FAULTY:
        faults = (_fault(chance, kind),)
        if kind == "refund" and chance.random() < LATE_REFUND:
            faults = ((chance.choice(("silent", "late")), ADVICE, 2), ("batch_closed_and_cut", None, 0))
        elif chance.random() < SECOND:
            faults += (_fault(chance, kind),)
    return Deed(key, kind, name, faults)


def _fault(chance, kind):
    """(name, message types, how often): of a fault that is no message's the last two say nothing."""
    if chance.random() >= 0.6:
        return (chance.choice(OTHER), None, 0)
    own = OWN.get(kind)
    kinds = own if own and chance.random() < 0.6 else chance.choice(MESSAGES)
    mode = chance.choice(LINE if chance.random() < 0.7 else LINE_RARE)
    return (mode, kinds, chance.choice((1, 1, 2, 3, 6)))


def kept(plan):
    """The plan's deeds as text, "DAY.TERMINAL:PLACE,PLACE-PLACE,..."; "!" behind a place: without its faults."""
    groups = {}
    for deed in plan.deeds:
        groups.setdefault(deed.key[:2], []).append(deed)
    parts = []
    for (day, terminal), deeds in groups.items():
        whole = {deed.key[2]: _deed(plan.seed, deed.key).faults == deed.faults for deed in deeds}
        parts.append(f"{day}.{terminal}:" + ",".join(_ranges(whole)))
    return " ".join(parts)


def _ranges(whole):
    """Places as text; runs of untouched ones as one."""
    places, found = sorted(whole), []
    at = 0
    while at < len(places):
        end = at
        if whole[places[at]]:
            while end + 1 < len(places) and places[end + 1] == places[end] + 1 and whole[places[end + 1]]:
                end += 1
            found.append(str(places[at]) if end == at else f"{places[at]}-{places[end]}")
        else:
            found.append(f"{places[at]}!")
        at = end + 1
    return found


def only(plan, text):
    """The plan with nothing but what `kept` has named. ValueError."""
    deeds = []
    for part in text.split():
        where, _, places = part.partition(":")
        day, _, terminal = where.partition(".")
        for item in places.split(","):
            first, _, last = item.rstrip("!").partition("-")
            for place in range(int(first), int(last or first) + 1):
                deed = _deed(plan.seed, (int(day), int(terminal), place))
                deeds.append(deed._replace(faults=()) if item.endswith("!") else deed)
    return plan._replace(deeds=tuple(sorted(deeds, key=lambda deed: deed.key)))


def told(deed):
    """A deed in words, for whoever reads a history."""
    words = [f"day {deed.key[0] + 1}, terminal {deed.key[1] + 1}, deed {deed.key[2]}: {deed.kind}"]
    for name, kinds, times in deed.faults:
        words.append(f"{name} {'/'.join(kinds) if kinds else 'any message'} x{times}" if times else name)
    return ", ".join(words)
