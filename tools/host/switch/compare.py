"""Two lists of one batch, the host's and the terminal's, item by item: what is not the same on both sides."""

from typing import Any, NamedTuple

from tools.host.switch.batch import TYPES, kind_of
from tools.host.switch.kinds import OF_TYPE

# Field 60.1 of what moves no money (balance query, pre-authorisation and its void): no part of a settlement.
UNCOUNTED = frozenset(OF_TYPE) - frozenset(TYPES.values())


class Difference(NamedTuple):
    """One trace number. "here" is the host's side, "there" the terminal's; None where a side has nothing."""

    trace: int
    kind: str  # "missing_here" | "missing_there" | "type" | "card" | "amount"
    type_here: Any = None
    amount_here_minor: Any = None
    type_there: Any = None
    amount_there_minor: Any = None


def differences(rows, items):
    """Counted rows of the host and uploaded items of the terminal -> list of Difference, by trace number."""
    here = {row["trace"]: row for row in rows}
    there = {item["trace"]: item for item in items if item["type"] not in UNCOUNTED}
    found = []
    for trace in sorted(here.keys() | there.keys()):
        row, item = here.get(trace), there.get(trace)
        kind = _kind(row, item)
        if kind:
            found.append(Difference(trace, kind, *_side(row and _type(row), row), *_side(item and item["type"], item)))
    return found


def _type(row):
    return TYPES[kind_of(row)]


def _side(code, values):
    return (code, values["amount_minor"]) if values else (None, None)


def _kind(row, item):
    if row is None:
        return "missing_here"
    if item is None:
        return "missing_there"
    if _type(row) != item["type"]:
        return "type"
    if row["amount_minor"] != item["amount_minor"]:
        return "amount"
    # The terminal of a payment by QR code may never have learnt whose account it was.
    if item["card"] and item["card"] != row["card"]:
        return "card"
    return None
