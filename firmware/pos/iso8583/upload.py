"""The message that uploads transactions of a batch whose totals differ."""

from micropython import const

from pos.iso8583.settlement import base

ITEMS_MAX = const(8)  # of a message


def upload(identity, trace, batch, items, operator):
    """0320: at most ITEMS_MAX transactions, (type of two digits, trace number, account, amount in minor units)."""
    fields = base("0320", identity, trace, batch, "201", operator)
    parts = ["{:02d}".format(len(items))]
    for kind, number, card, amount_minor in items:
        parts.append("{}{:06d}{}{}{:012d}".format(kind, number, "0" * (20 - len(card)), card, amount_minor))
    fields[48] = "".join(parts)
    return fields
