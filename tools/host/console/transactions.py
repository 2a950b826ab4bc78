"""Transactions as the platform finds and shows them: a filtered list, and one with its whole history."""

import json
import re
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import and_, case, select

from tools.host.clock import epoch_ms
from tools.host.console.queries import local
from tools.host.iso.message import masked
from tools.host.store.schema import accounts, entries, holds, lines, terminals, transactions
from tools.host.switch import codes, kinds
from tools.host.switch.history import ENTRIES

API_ROWS_MAX = 500
HISTORY_MAX = 200
STEPS_MAX = 6  # from a reversal over a void and a completion to the pre-authorisation, and some

TYPES = (*kinds.ALL, kinds.REVERSAL)

_of = transactions.c
_preauth = _of.kind == kinds.PREAUTH
STATE = case(
    (and_(_of.kind == kinds.REVERSAL, _of.code == codes.APPROVED), "returned"),
    (and_(_of.kind == kinds.REVERSAL, _of.code == codes.INVALID), "nothing_to_return"),
    (and_(_of.kind == kinds.REVERSAL, _of.code == codes.ORIGINAL_NOT_FOUND), "original_awaited"),
    (_of.code != codes.APPROVED, "declined"),
    (_of.reversed_by.is_not(None), "reversed"),
    (_of.voided_by.is_not(None), "voided"),
    (and_(_of.refunded_minor > 0, _of.refunded_minor == _of.amount_minor), "refunded"),
    (_of.refunded_minor > 0, "partly_refunded"),
    (and_(_preauth, holds.c.state == "open"), "held"),
    (and_(_preauth, holds.c.state != "open"), holds.c.state),  # completed, released, expired
    else_="approved",
)
STATES = (
    *("approved", "declined", "reversed", "voided", "partly_refunded", "refunded"),
    *("held", "completed", "released", "expired", "returned", "nothing_to_return", "original_awaited"),
)
_SELECT = (
    select(transactions, terminals.c.number.label("terminal"), STATE.label("state"))
    .join(terminals, terminals.c.id == _of.terminal_id)
    .outerjoin(holds, holds.c.transaction_id == _of.id)
)


class FilterError(ValueError):
    """A filter that cannot be: `name` is which."""

    def __init__(self, name):
        super().__init__(name)
        self.name = name

    def told(self, words):
        """What it must be instead, in the words of a language (texts.TEXTS)."""
        kind, what = FILTERS[self.name].must_be
        return words["must_be_" + kind].format(what=what)


class Filter(NamedTuple):
    """`must_be`: (kind, detail) of what fits; `fits`: text -> truth; `condition`: text -> what rows must be."""

    must_be: tuple
    fits: Any
    condition: Any


def _one_of(choices):
    return ("one_of", ", ".join(choices)), choices.__contains__


def _digits(most):
    return ("digits", most), re.compile(rf"[0-9]{{1,{most}}}").fullmatch


def _letters(most):
    return ("letters", most), re.compile(rf"[0-9A-Za-z]{{1,{most}}}").fullmatch


def _day(text, days_later=0):
    """Midnight of the day, None for what is no day of this century."""
    try:
        day = datetime.strptime(text, "%Y-%m-%d") + timedelta(days=days_later)
        return day.astimezone() if text.startswith("20") else None
    except (ValueError, OverflowError):
        return None


_A_DAY = ("day", "2026-11-22"), _day

FILTERS = {
    "type": Filter(*_one_of(TYPES), lambda text: _of.kind == text),
    "state": Filter(*_one_of(STATES), lambda text: text == STATE),
    "terminal": Filter(*_letters(8), lambda text: terminals.c.number == text),
    "batch": Filter(*_digits(6), lambda text: _of.batch == int(text)),
    "voucher": Filter(*_digits(6), lambda text: _of.trace == int(text)),
    "reference": Filter(*_digits(12), lambda text: _of.reference == text),
    "order": Filter(*_digits(20), lambda text: _of.order_number == text),
    "from": Filter(*_A_DAY, lambda text: _of.received_ms >= epoch_ms(_day(text))),
    "until": Filter(*_A_DAY, lambda text: _of.received_ms < epoch_ms(_day(text, days_later=1))),
    "before": Filter(*_digits(18), lambda text: _of.id < int(text)),  # the page after the one that ended with this id
}


def search(engine, rows_max, wanted=None, since_ms=None):
    """Transactions that fit {filter: text}, newest first. Empty texts filter nothing. FilterError."""
    query = _SELECT.order_by(_of.id.desc()).limit(rows_max)
    if since_ms is not None:
        query = query.where(_of.received_ms >= since_ms)
    for name, text in (wanted or {}).items():
        if text:
            if not (text.isascii() and FILTERS[name].fits(text)):
                raise FilterError(name)
            query = query.where(FILTERS[name].condition(text))
    with engine.begin() as connection:
        return [item(row) for row in connection.execute(query).mappings()]


def details(engine, transaction_id):
    """One transaction with "history" (its original, and all that was done with that; oldest first, itself among them),
    "hold" and "entries", or None."""
    with engine.begin() as connection:
        row = connection.execute(_SELECT.where(_of.id == transaction_id)).mappings().one_or_none()
        if row is None:
            return None
        return item(row) | {
            "history": [item(one) for one in _family(connection, row)],
            "hold": _hold(connection, row),
            "entries": _entries(connection, transaction_id),
        }


def item(row):
    """A row of the list, ready to be shown: the account number masked."""
    return {
        "id": row["id"],
        "at": local(row["received_ms"]).isoformat(timespec="seconds"),
        "made_at": _made_at(row),
        "type": row["kind"],
        "entry": ENTRIES.get(row["entry_mode"], ""),
        "state": row["state"],
        "code": row["code"],
        "card": masked(row["card"]),
        "amount_minor": row["amount_minor"],
        "refunded_minor": row["refunded_minor"],
        "terminal": row["terminal"],
        "operator": (row["operator"] or "").strip(),
        "approver": row["approver"] or "",
        "reason": row["reason"] or "",
        "order": row["order_number"] or "",
        "batch": row["batch"],
        "trace": row["trace"],
        "reference": row["reference"],
        "authorisation": json.loads(row["answer"] or "{}").get("38", ""),
        "original_id": row["original_id"],
    }


def _made_at(row):
    """ "MM-DD HH:MM:SS" of the terminal's clock for a sale that was made without the host; "" for what came at once."""
    if row["kind"] != kinds.OFFLINE:
        return ""
    told = json.loads(row["answer"])
    date, time = told["13"], told["12"]
    return f"{date[:2]}-{date[2:]} {time[:2]}:{time[2:4]}:{time[4:]}"


def _family(connection, row):
    for _ in range(STEPS_MAX):
        if row["original_id"] is None:
            break
        row = connection.execute(_SELECT.where(_of.id == row["original_id"])).mappings().one()
    found = {row["id"]: row}
    newest = [row["id"]]
    while newest and len(found) < HISTORY_MAX:
        query = _SELECT.where(_of.original_id.in_(newest)).order_by(_of.id).limit(HISTORY_MAX)
        rows = connection.execute(query).mappings().all()
        newest = [one["id"] for one in rows if one["id"] not in found]
        found |= {one["id"]: one for one in rows}
    return [found[number] for number in sorted(found)]


def _hold(connection, row):
    """The hold of a pre-authorisation, or None."""
    query = select(holds.c.state, holds.c.amount_minor, holds.c.opened_ms, holds.c.expires_ms)
    found = connection.execute(query.where(holds.c.transaction_id == row["id"])).mappings().one_or_none()
    return dict(found) if found else None


def _entries(connection, transaction_id):
    query = (
        select(entries.c.id, entries.c.kind, lines.c.account_id, accounts.c.number, lines.c.amount_minor)
        .join(lines, lines.c.entry_id == entries.c.id)
        .join(accounts, accounts.c.id == lines.c.account_id)
        .where(entries.c.transaction_id == transaction_id)
        .order_by(entries.c.id, lines.c.position)
    )
    return [
        {
            "entry": row["id"],
            "kind": row["kind"],
            "account_id": row["account_id"],
            "account": masked(row["number"]),
            "amount_minor": row["amount_minor"],
        }
        for row in connection.execute(query).mappings()
    ]
