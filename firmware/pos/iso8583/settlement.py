"""The messages that begin and end a settlement, and what their answers say; upload.py has those between them.

trace: the highest number used. Field 48 is digits in fixed places.
"""

from micropython import const

from pos.iso8583.codec import FieldError

_ASK = const("0")
_TOTALS_DIGITS = const(31)
_CURRENCY = const("156")
_DIGITS_MAX = const(13)  # an amount as field 4 has it, and its sign


def compare(identity, trace, batch, sides, operator):
    """0500: the batch's totals for the host to compare. sides: domain.totals.sides."""
    debit_count, debit_minor, credit_count, credit_minor = sides
    fields = base("0500", identity, trace, batch, "201", operator)
    fields[48] = "{:012d}{:03d}{:012d}{:03d}".format(debit_minor, debit_count % 1000, credit_minor, credit_count % 1000)
    fields[48] += _ASK
    fields[49] = _CURRENCY
    return fields


def read_compare(answer):
    """1 the host has the same totals, 2 it has others. answer: fields. Raises FieldError."""
    text = answer.get(48, "")
    if answer[39] == "95":
        return 2
    if len(text) != _TOTALS_DIGITS or text[-1] not in "12":
        raise FieldError(48, 0, _TOTALS_DIGITS, len(text), "not totals with a result")
    return int(text[-1])


def end(identity, trace, batch, equal, total, operator):
    """0320: nothing more comes. total: how many transactions the batch has, uploaded or not."""
    fields = base("0320", identity, trace, batch, "207" if equal else "202", operator)
    fields[48] = "{:04d}".format(total)
    return fields


def read_fees(data):
    """([[kind, count, gross in minor units, fee in minor units], ...], net in minor units or None) of field 62 of the
    last answer. Raises FieldError."""
    fees = []
    net_minor = None
    at = 0
    while at < len(data):
        size = data[at : at + 3]
        if len(size) < 3 or not size.isdigit() or at + 3 + int(size) > len(data):
            raise FieldError(62, at, 3, len(size), "a fee item is cut short")
        text = data[at + 3 : at + 3 + int(size)]
        at += 3 + int(size)
        try:
            if min(text) < 32:
                raise ValueError  # it goes on a slip, and would command the printer
            parts = text.decode().split(",")
            numbers = [int(part) for part in parts[1:4] if len(part) <= _DIGITS_MAX]
            if parts[0] == "net":
                net_minor = numbers[0]
            else:
                fees.append([parts[0], numbers[0], numbers[1], numbers[2]])
        except (ValueError, IndexError):
            raise FieldError(62, at, 0, 0, "a fee item is not kind, count, gross, fee")
    return fees, net_minor


def base(mti, identity, trace, batch, code, operator):
    """What every message of this kind has."""
    return {
        0: mti,
        11: "{:06d}".format(trace),
        41: identity["terminal"],
        42: identity["merchant"],
        60: "00{:06d}{}".format(batch, code),
        63: "{:<3}".format(operator).encode(),
    }
