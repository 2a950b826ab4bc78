"""The stored transactions: each request once, with its first answer."""

import json

from sqlalchemy import bindparam, insert, select, update

from tools.host.iso import private_items
from tools.host.store.schema import transactions
from tools.host.switch import codes

_KEY = (
    transactions.c.terminal_id == bindparam("terminal"),
    transactions.c.batch == bindparam("in_batch"),
    transactions.c.trace == bindparam("with_trace"),
    transactions.c.mti == bindparam("with_mti"),
)
_FIND = select(transactions).where(*_KEY)
_BY_ID = select(transactions).where(transactions.c.id == bindparam("transaction"))
_COMPLETION = (
    select(transactions.c.id)
    .where(
        transactions.c.original_id == bindparam("preauth"),
        transactions.c.kind == "completion",
        transactions.c.code == codes.APPROVED,
        transactions.c.reversed_by.is_(None),
        transactions.c.voided_by.is_(None),
    )
    .limit(1)
)
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
    "kind",
    "processing_code",
    "card",
    "amount_minor",
    "entry_mode",
    "operator",
    "approver",
    "reason",
    "order_number",
    "pay_code",
    "original_batch",
    "original_trace",
    "original_reference",
    "original_id",
    "received_ms",
)
_INSERT = insert(transactions).values({name: bindparam("v_" + name) for name in _COLUMNS}).returning(transactions.c.id)
_ANSWER = (
    update(transactions)
    .where(transactions.c.id == bindparam("transaction"))
    .values(code=bindparam("with_code"), reference=bindparam("with_reference"), answer=bindparam("with_answer"))
)
_STANDS = (transactions.c.id == bindparam("original"), transactions.c.reversed_by.is_(None))
_REVERSE = (
    update(transactions)
    .where(*_STANDS, transactions.c.voided_by.is_(None))
    .values(reversed_by=bindparam("reversal"))
    .returning(transactions.c.id)
)
_VOID = (
    update(transactions)
    .where(*_STANDS, transactions.c.voided_by.is_(None), transactions.c.refunded_minor == 0)
    .values(voided_by=bindparam("void"))
    .returning(transactions.c.id)
)
_UNVOID = (
    update(transactions)
    .where(transactions.c.id == bindparam("original"), transactions.c.voided_by == bindparam("void"))
    .values(voided_by=None)
)
_REFUND = (
    update(transactions)
    .where(*_STANDS, transactions.c.voided_by.is_(None))
    .where(transactions.c.refunded_minor + bindparam("more_minor") <= transactions.c.amount_minor)
    .values(refunded_minor=transactions.c.refunded_minor + bindparam("more_minor"))
    .returning(transactions.c.id)
)


class Unexpected(Exception):
    """A row is not what the rules found a moment ago. Nothing of the request is kept."""


def find(case, batch, trace, mti):
    """The stored transaction of this terminal, or None."""
    return case.unit.one(_FIND, terminal=case.terminal["id"], in_batch=batch, with_trace=trace, with_mti=mti)


def by_id(case, transaction_id):
    """The stored transaction."""
    return case.unit.one(_BY_ID, transaction=transaction_id)


def completed(case, preauth_id):
    """True when a completion of this pre-authorisation stands."""
    return case.unit.one(_COMPLETION, preauth=preauth_id) is not None


def reversed_before(case):
    """True when a reversal of this very request came first."""
    return reversal_waits(case, case.batch, case.trace)


def reversal_waits(case, batch, trace):
    """True when a reversal of that request is here and the request itself was not when it came."""
    found = case.unit.one(_EARLIER_REVERSAL, terminal=case.terminal["id"], in_batch=batch, with_trace=trace)
    return found is not None


def claim(case):
    """Stores the request; its transaction id. The unique key lets one of two equal requests through."""
    batch, trace = case.original_key if 61 in case.fields else (None, None)
    values = {
        "terminal_id": case.terminal["id"],
        "batch": case.batch,
        "trace": case.trace,
        "mti": case.mti,
        "kind": case.kind,
        "processing_code": case.fields[3],
        "card": case.payer,
        "amount_minor": case.amount_minor,
        "entry_mode": case.entry_mode,
        "operator": case.operator,
        "approver": case.items.get(private_items.APPROVER),
        "reason": case.fields.get(39) or case.items.get(private_items.REASON),
        "order_number": case.items.get(private_items.ORDER_NUMBER),
        "pay_code": case.pay_code,
        "original_batch": batch,
        "original_trace": trace,
        "original_reference": case.fields.get(37),
        "original_id": case.original and case.original["id"],
        "received_ms": case.now_ms,
    }
    return case.unit.one(_INSERT, **{"v_" + name: value for name, value in values.items()})["id"]


def same(case, row):
    """True when the request could be the one that `row` stored: then it is a repeat, and else a misused number."""
    # A QR code's payer is known here and perhaps not yet there: a card counts only when the request names one.
    card = case.card or row["card"]
    sent = (case.kind, case.fields[3], case.amount_minor, card, case.pay_code, case.fields.get(37))
    return sent == tuple(
        row[name] for name in ("kind", "processing_code", "amount_minor", "card", "pay_code", "original_reference")
    )


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
    """True when this reversal is the one; False when another or a void was before it."""
    return case.unit.one(_REVERSE, original=original_id, reversal=reversal_id) is not None


def mark_voided(case, original_id, void_id):
    """Unexpected unless the original stood whole."""
    if case.unit.one(_VOID, original=original_id, void=void_id) is None:
        raise Unexpected(f"transaction {original_id} cannot be voided")


def unmark_voided(case, void):
    """The void (a row) was reversed: its original stands again, and may be voided anew."""
    case.unit.run(_UNVOID, original=void["original_id"], void=void["id"])


def add_refund(case, original_id, amount_minor):
    """Unexpected when the original does not stand or its refunds would exceed it."""
    if case.unit.one(_REFUND, original=original_id, more_minor=amount_minor) is None:
        raise Unexpected(f"transaction {original_id} cannot be refunded by {amount_minor}")
