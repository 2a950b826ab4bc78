"""What a terminal's batch holds by the host's own books: the transactions that a settlement counts, and their sums.

Counted is what was approved and not reversed: sale, payment by QR code, offline sale and completion take from the
customer (debit), void, completion void and refund give back (credit). A voided sale stays counted, its void beside it;
a refund belongs to the batch in which it was sent.
"""

from typing import NamedTuple

from sqlalchemy import and_, bindparam, select

from tools.host.fees import DEBIT, SIGNS, Counted
from tools.host.store.database import is_one_of
from tools.host.store.schema import accounts, transactions
from tools.host.switch import codes
from tools.host.switch.kinds import QR, SALE, SHAPES, SHOWN

# Kind in totals and fees -> field 60.1
TYPES = {kind: SHAPES[SALE if kind == "qr" else kind].type for kind in SIGNS}

IS_COUNTED = is_one_of(transactions.c.kind, [kind for kind in SIGNS if kind != "qr"])
_COUNTED = (
    select(
        transactions.c.trace,
        transactions.c.kind,
        transactions.c.entry_mode,
        transactions.c.card,
        transactions.c.amount_minor,
        transactions.c.voided_by,
        transactions.c.received_ms,
        accounts.c.card_type,
    )
    .outerjoin(accounts, and_(accounts.c.number == transactions.c.card, accounts.c.kind == "card"))
    .where(
        transactions.c.terminal_id == bindparam("terminal"),
        transactions.c.batch == bindparam("in_batch"),
        transactions.c.code == codes.APPROVED,
        transactions.c.reversed_by.is_(None),
        IS_COUNTED,
    )
    .order_by(transactions.c.trace)
)


class Sums(NamedTuple):
    """Both sides of a batch, in the order of field 48."""

    debit_minor: int
    debit_count: int
    credit_minor: int
    credit_count: int


def counted(unit, terminal_id, batch):
    """Rows of the batch's counted transactions, by trace number."""
    return unit.run(_COUNTED, terminal=terminal_id, in_batch=batch)


def kind_of(row):
    """Kind in totals and fees: a sale by QR code is "qr"."""
    return "qr" if row["kind"] == SALE and row["entry_mode"] in (QR, SHOWN) else row["kind"]


def sums(rows):
    """Counted rows -> Sums."""
    debit = [row["amount_minor"] for row in rows if SIGNS[row["kind"]] > 0]
    credit = [row["amount_minor"] for row in rows if SIGNS[row["kind"]] < 0]
    return Sums(sum(debit), len(debit), sum(credit), len(credit))


def for_fees(rows):
    """Counted rows -> list of fees.Counted."""
    return [
        Counted(
            kind_of(row), row["card_type"] or DEBIT, row["amount_minor"], row["received_ms"], row["voided_by"] is None
        )
        for row in rows
    ]
