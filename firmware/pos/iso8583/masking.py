"""What a log may show of a message. It fails closed: only what the field table names as harmless is written."""

from pos.domain.account import mask
from pos.iso8583.fields import TABLE

HIDDEN = "***"


def masked(number, value):
    """One value as a log may show it. An unknown field, masking or type of value is hidden."""
    row = TABLE.get(number)
    if row is None or not isinstance(value, str):
        return HIDDEN
    if row[4] == "show":
        return value
    if row[4] == "account":
        return mask(value)
    return HIDDEN


def dump(fields):
    """One line for a log: message type and masked fields in their order. Takes any dict with sortable keys."""
    mti = fields.get(0)
    shown = [mti if isinstance(mti, str) and len(mti) == 4 else "----"]
    for number in sorted(fields):
        if number:
            shown.append("{}={}".format(number, masked(number, fields[number])))
    return " ".join(shown)
