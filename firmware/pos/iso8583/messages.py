"""The messages of this terminal: one function each, from a transaction or identity to a dict of fields.

tx: a transaction as domain.transaction makes it. identity: {"merchant": 15 digits, "terminal": 8 digits}.
trace, batch: int. operator: str of two digits. Field 60 is type, batch and management code.
"""

from micropython import const

from pos.domain import kinds
from pos.iso8583.codec import FieldError

REASON_NO_ANSWER = "98"
REASON_WRONG_MAC = "A0"

# What an answer must repeat of its request to be one.
_REPEATED = const((3, 4, 11, 41, 42))
# How the account came into the terminal; by a code the sale's own answer or query says whose account it is.
_ENTRY = {"keyed": "012", "nfc": "072", "qr": "032", "shown": "032"}
_BY_CODE = const(("qr", "shown"))
_OF_ORIGINAL = const(((37, "original_rrn"), (38, "original_auth")))
# Items of field 63 after the operator.
_PRIVATE = const(((1, "reason"), (2, "approver"), (3, "order"), (5, "qr")))


class AnswerMismatch(ValueError):
    """Bytes that unpack, and are not the answer to this request. field: the first number that differs (0: type)."""

    def __init__(self, field):
        super().__init__("field {} is not that of the request".format(field))
        self.field = field


def request(tx, identity):
    """The request of a transaction of any type of domain.kinds.KINDS; it needs trace and batch."""
    mti, processing, condition, kind, _side = kinds.row(tx["type"])
    fields = _base(mti, identity, tx["trace"])
    fields[3] = processing
    fields[22] = _ENTRY[tx["entry"]]
    fields[25] = condition
    fields[49] = "156"
    fields[60] = "{}{:06d}000".format(kind, tx["batch"])
    fields[63] = _operator(tx["operator"]) + _items(tx)
    if tx["card"] and tx["entry"] not in _BY_CODE:
        fields[2] = tx["card"]
    if "amount_minor" in tx:
        fields[4] = "{:012d}".format(tx["amount_minor"])
    for number, name in _OF_ORIGINAL:
        if tx.get(name):
            fields[number] = tx[name]
    if "original_date" in tx:
        fields[61] = _reference(tx, "original_")
    if tx["type"] == "offline":
        # When it was sold; it may be sent days later.
        fields[12] = tx["time"]
        fields[13] = tx["date"][4:8]
    return fields


def reversal(tx, identity, reason):
    """0400: the fields of what it undoes, trace number included, with the reason and what it undoes."""
    fields = request(tx, identity)
    fields[0] = "0400"
    fields[39] = reason
    fields[61] = _reference(tx, "")
    return fields


def query(tx, identity):
    """0600: what has become of a sale. It takes the sale's trace number: asking again is no new transaction."""
    fields = _base("0600", identity, tx["trace"])
    fields[3] = kinds.row(tx["type"])[1]
    fields[4] = "{:012d}".format(tx["amount_minor"])
    fields[60] = "{}{:06d}000".format(kinds.row(tx["type"])[3], tx["batch"])
    fields[61] = _reference(tx, "")
    fields[63] = _operator(tx["operator"])
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


def _items(tx):
    """Private items of field 63: tag and length, two digits each, then the value."""
    data = b""
    for tag, name in _PRIVATE:
        if tx.get(name):
            value = tx[name].encode()
            data += "{:02d}{:02d}".format(tag, len(value)).encode() + value
    return data


def _reference(tx, prefix):
    """Field 61: batch, trace and day of a transaction, or (prefix "original_") of the one that it refers to."""
    return "{:06d}{:06d}{}".format(tx[prefix + "batch"], tx[prefix + "trace"], tx[prefix + "date"][4:8])


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
    # Messages of one settlement share type and number: field 60 tells an upload from its end. Its batch tells an answer
    # of before the numbers came round; in management messages (08..) it is the host's own.
    start = 8 if request[0][:2] == "08" else 0
    if 60 in answer and answer[60][start:11] != request[60][start:11]:
        raise AnswerMismatch(60)
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
