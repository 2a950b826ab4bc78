"""What a list says of a transaction besides its kind: whether it counts, and which way its money went."""

from pos.domain.totals import side

# In the order of the words in the text short_kinds.
KINDS = ("sale", "qr", "void", "refund", "preauth", "completion", "preauth_void", "completion_void", "offline")
_OF_STATE = {"declined": "x", "reversed": "x", "sent": "?", "waiting": "?"}


def sign(tx):
    """ "x" when nothing of it stands (voided, declined, reversed), "?" when the host has not decided yet, else ""."""
    return "x" if tx.get("voided") else _OF_STATE.get(tx["state"], "")


def signed_minor(tx, kind):
    """Its amount; below zero what goes back to the customer. kind: of domain.totals."""
    amount_minor = tx.get("amount_minor", 0)
    return -amount_minor if side(kind) == "credit" else amount_minor
