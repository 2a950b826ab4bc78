"""The stored transactions: each request once, with its first answer."""

import json

from sqlalchemy import bindparam, insert, select, update

from tools.host.store.schema import transactions
from tools.host.switch import codes

_KEY = (
    transactions.c.terminal_id == bindparam("terminal"),
    transactions.c.batch == bindparam("in_batch"),
    transactions.c.trace == bindparam("with_trace"),
    transactions.c.mti == bindparam("with_mti"),
)
_FIND = select(transactions).where(*_KEY)
_EARLIER_REVERSAL = (
    select(transactions.c.id)
    .where(
        transactions.c.terminal_id == bindparam("terminal"),
        transactions.c.original_batch == bindparam("in_batch"),
        transactions.c.original_trace == bindparam("with_trace"),
        transactions.c.mti == "0400",
        transactions.c.code == codes.ORIGINAL_NOT_FOUND,
    )
    .limit(1)
)
_COLUMNS = (
    "terminal_id",
    "batch",
    "trace",
    "mti",
    "processing_code",
    "card",
    "amount_minor",
    "entry_mode",
    "operator",
    "reason",
    "original_batch",
    "original_trace",
    "received_ms",
)
_INSERT = insert(transactions).values({name: bindparam("v_" + name) for name in _COLUMNS}).returning(transactions.c.id)
_ANSWER = (
    update(transactions)
    .where(transactions.c.id == bindparam("transaction"))
    .values(code=bindparam("with_code"), reference=bindparam("with_reference"), answer=bindparam("with_answer"))
)
_REVERSE = (
    update(transactions)
    .where(transactions.c.id == bindparam("original"), transactions.c.reversed_by.is_(None))
    .values(reversed_by=bindparam("reversal"))
    .returning(transactions.c.id)
)


def find(case, batch, trace, mti):
    """The stored transaction of this terminal, or None."""
    return case.unit.one(_FIND, terminal=case.terminal["id"], in_batch=batch, with_trace=trace, with_mti=mti)


def reversed_before(case):
    """True when a reversal of this very request came first."""
    found = case.unit.one(_EARLIER_REVERSAL, terminal=case.terminal["id"], in_batch=case.batch, with_trace=case.trace)
    return found is not None


def claim(case, original=(None, None)):
    """Stores the request; its transaction id. The unique key lets one of two equal requests through."""
    values = {
        "terminal_id": case.terminal["id"],
        "batch": case.batch,
        "trace": case.trace,
        "mti": case.mti,
        "processing_code": case.fields[3],
        "card": case.card,
        "amount_minor": case.amount_minor,
        "entry_mode": case.fields.get(22),
        "operator": case.operator,
        "reason": case.fields.get(39),
        "original_batch": original[0],
        "original_trace": original[1],
        "received_ms": case.now_ms,
    }
    return case.unit.one(_INSERT, **{"v_" + name: value for name, value in values.items()})["id"]


def reference(case, transaction_id):
    """Field 37: the year's last digit, day of the year, and 8 digits of the transaction's id."""
    return case.now.strftime("%Y")[-1] + case.now.strftime("%j") + f"{transaction_id % 10**8:08d}"


def authorisation_code(transaction_id):
    """Field 38."""
    return f"{transaction_id % 10**6:06d}"


def complete(case, transaction_id, fields):
    """Stores the answer's fields: what a repeated request will get."""
    text = json.dumps({str(n): fields[n] for n in sorted(fields)}, separators=(",", ":"))
    case.unit.run(
        _ANSWER,
        transaction=transaction_id,
        with_code=fields[39],
        with_reference=fields.get(37),
        with_answer=text,
    )


def first_answer(row):
    """Stored row -> answer fields."""
    return {int(number): value for number, value in json.loads(row["answer"]).items()}


def mark_reversed(case, original_id, reversal_id):
    """True when this reversal is the one; False when another was before it."""
    return case.unit.one(_REVERSE, original=original_id, reversal=reversal_id) is not None
