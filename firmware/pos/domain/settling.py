"""Settlement (结算): by which kinds it counts, what of a batch goes into an upload, gross and fees."""

from micropython import const

from pos.domain import kinds, totals

# What the host has said about the totals; 0 while it has not.
EQUAL = const(1)
DIFFERENT = const(2)
# Codes by which the host says that it cannot now; any other refusal it will repeat.
LATER = const(("90", "91", "92", "96"))
# What totals and fees are told by, in the order of screen and slip.
KINDS_COUNTED = ("sale", "qr", "offline", "completion", "void", "refund", "completion_void")
_GIVEN_BACK = ("void", "refund", "completion_void")


def is_counted(tx):
    """Whether an approved transaction belongs into the totals, and so into an upload: it moved money."""
    return bool(totals.side(totals.kind_of(tx)))


def item(tx):
    """(type as field 60 has it, trace number, account, amount in minor units) of a transaction that is uploaded."""
    return kinds.row(tx["type"])[3], tx["trace"], tx.get("card", ""), tx["amount_minor"]


def gross_and_fee(fees):
    """(sum in minor units without what was given back, fees in minor units). fees: [[kind, count, gross, fee], ...]; a
    kind that is not known here, of a newer host, counts as taken."""
    gross_minor = fee_minor = 0
    for kind, _count, of_kind_minor, fee_of_kind_minor in fees:
        gross_minor += -of_kind_minor if kind in _GIVEN_BACK else of_kind_minor
        fee_minor += fee_of_kind_minor
    return gross_minor, fee_minor
