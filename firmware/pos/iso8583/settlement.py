"""The messages of settlement and of a change of payment services, and what their answers say.

trace: the highest number used (settlement, upload) or a new one (services). Field 48 is digits in fixed places.
"""

from micropython import const

from pos.iso8583.codec import FieldError

ITEMS_MAX = const(8)  # of a message of the upload
_ASK = const("0")
_TOTALS_DIGITS = const(31)
_CURRENCY = const("156")


def compare(identity, trace, batch, sides, operator):
    """0500: the batch's totals for the host to compare. sides: domain.totals.sides."""
    debit_count, debit_minor, credit_count, credit_minor = sides
    fields = _base("0500", identity, trace, batch, "201", operator)
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


def upload(identity, trace, batch, items, operator):
    """0320: at most ITEMS_MAX transactions, (type of two digits, trace number, account, amount in minor units)."""
    fields = _base("0320", identity, trace, batch, "201", operator)
    parts = ["{:02d}".format(len(items))]
    for kind, number, card, amount_minor in items:
        parts.append("{}{:06d}{}{}{:012d}".format(kind, number, "0" * (20 - len(card)), card, amount_minor))
    fields[48] = "".join(parts)
    return fields


def end(identity, trace, batch, equal, total, operator):
    """0320: nothing more comes. total: how many transactions the batch has, uploaded or not."""
    fields = _base("0320", identity, trace, batch, "207" if equal else "202", operator)
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
        text = data[at + 3 : at + 3 + int(size)].decode()
        at += 3 + int(size)
        parts = text.split(",")
        try:
            if parts[0] == "net":
                net_minor = int(parts[1])
            else:
                fees.append([parts[0], int(parts[1]), int(parts[2]), int(parts[3])])
        except (ValueError, IndexError):
            raise FieldError(62, at, 0, 0, "a fee item is not kind, count, gross, fee")
    return fees, net_minor


def service(identity, trace, batch, operator, items):
    """0800: asks for the host's leave to change a payment service. items: of field 63, tag and length before each: 04
    service, 06 what is to become of it, 01 reason, 02 who approved."""
    fields = _base("0800", identity, trace, batch, "380", operator)
    fields[63] += items.encode()
    return fields


def _base(mti, identity, trace, batch, code, operator):
    return {
        0: mti,
        11: "{:06d}".format(trace),
        41: identity["terminal"],
        42: identity["merchant"],
        60: "00{:06d}{}".format(batch, code),
        63: "{:<3}".format(operator).encode(),
    }
