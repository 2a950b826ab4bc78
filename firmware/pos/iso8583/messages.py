"""The messages of this terminal: one function each, from a transaction or identity to a dict of fields.

tx: a transaction as domain.transaction makes it. identity: {"merchant": 15 digits, "terminal": 8 digits}.
trace, batch: int. operator: str of two digits. Field 60 is type, batch and management code.
"""

from micropython import const

from pos.iso8583.codec import FieldError

REASON_NO_ANSWER = "98"
REASON_WRONG_MAC = "A0"

# What an answer must repeat of its request to be one.
_REPEATED = const((3, 4, 11, 41, 42))
_ENTRY = {"keyed": "012", "nfc": "072"}


class AnswerMismatch(ValueError):
    """Bytes that unpack, and are not the answer to this request. field: the first number that differs (0: type)."""

    def __init__(self, field):
        super().__init__("field {} is not that of the request".format(field))
        self.field = field


def sale(tx, identity):
    """0200, consumption: needs amount_minor, card, entry, operator, trace, batch."""
    fields = _financial(tx, identity, "000000", "22")
    fields[4] = "{:012d}".format(tx["amount_minor"])
    return fields


def balance(tx, identity):
    """0200, balance query: as a sale, without an amount."""
    return _financial(tx, identity, "310000", "01")


def reversal(tx, identity, reason):
    """0400 for a sale: the sale's fields, trace number included, with the reason and what it reverses."""
    fields = sale(tx, identity)
    fields[0] = "0400"
    fields[39] = reason
    fields[61] = "{:06d}{:06d}{}".format(tx["batch"], tx["trace"], tx["date"][4:8])
    return fields


def sign_on(identity, trace, batch, operator):
    """0800: the answer brings the clock, the batch number and the working key (fields 12, 13, 60, 62)."""
    fields = _management("0800", identity, trace, batch, "001")
    fields[63] = _operator(operator)
    return fields


def parameters(identity, trace, batch):
    """0800: the answer's field 62 is for read_parameters."""
    return _management("0800", identity, trace, batch, "360")


def sign_off(identity, trace, batch):
    """0820."""
    return _management("0820", identity, trace, batch, "002")


def echo(identity, trace, batch):
    """0820, is anybody there."""
    return _management("0820", identity, trace, batch, "301")


def _base(mti, identity, trace):
    return {0: mti, 11: "{:06d}".format(trace), 41: identity["terminal"], 42: identity["merchant"]}


def _financial(tx, identity, processing, kind):
    fields = _base("0200", identity, tx["trace"])
    fields[2] = tx["card"]
    fields[3] = processing
    fields[22] = _ENTRY[tx["entry"]]
    fields[25] = "00"
    fields[49] = "156"
    fields[60] = "{}{:06d}000".format(kind, tx["batch"])
    fields[63] = _operator(tx["operator"])
    return fields


def _management(mti, identity, trace, batch, code):
    fields = _base(mti, identity, trace)
    fields[60] = "00{:06d}{}".format(batch, code)
    return fields


def _operator(operator):
    return "{:<3}".format(operator).encode()


def check_answer(request, answer):
    """Raise AnswerMismatch unless answer (fields) belongs to request (fields) and has a response code."""
    if answer[0] != "{:04d}".format(int(request[0]) + 10):
        raise AnswerMismatch(0)
    for number in _REPEATED:
        if number in request and answer.get(number) != request[number]:
            raise AnswerMismatch(number)
    if 39 not in answer:
        raise AnswerMismatch(39)


def read_parameters(data):
    """{tag: value bytes} of field 62: items of tag (2 digits), length in bytes (3 digits), value. Raises FieldError."""
    found = {}
    at = 0
    total = len(data)
    while at < total:
        head = data[at : at + 5]
        if len(head) < 5:
            raise FieldError(62, at, 5, len(head), "a parameter's tag and length are cut short")
        if not head.isdigit():
            raise FieldError(62, at, 5, 5, "a parameter's tag and length are not digits")
        end = at + 5 + int(head[2:])
        if end > total:
            raise FieldError(62, at + 5, end - at - 5, total - at - 5, "a parameter is cut short")
        found[int(head[:2])] = bytes(data[at + 5 : end])
        at = end
    return found


def read_balance(text):
    """The balance in minor units, negative when the sign is D. text: field 54, 20 characters. Raises FieldError."""
    if len(text) != 20:
        raise FieldError(54, 0, 20, len(text), "wrong length")
    if text[7] not in "CD" or not text[8:].isdigit():
        raise FieldError(54, 7, 13, 13, "not a sign and twelve digits")
    amount_minor = int(text[8:])
    return -amount_minor if text[7] == "D" else amount_minor
