"""What a list says of a transaction besides its kind: whether it counts, and which way its money went."""

from pos.domain.totals import kind_of, side

_OF_STATE = {"declined": "x", "reversed": "x", "sent": "?"}


def sign(tx):
    """ "x" when nothing of it stands (voided, declined, reversed), "?" when that is not decided yet, else ""."""
    return "x" if tx.get("voided") or tx.get("voided_by") else _OF_STATE.get(tx["state"], "")


def signed_minor(tx):
    """Its amount; below zero what goes back to the customer."""
    amount_minor = tx.get("amount_minor", 0)
    return -amount_minor if side(kind_of(tx)) == "credit" else amount_minor
