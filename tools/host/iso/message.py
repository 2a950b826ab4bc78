"""Bytes of a message <-> its fields, through pyiso8583; and the one way a message may appear in a log."""

from typing import NamedTuple

import iso8583

from tools.host.iso.spec import DIGIT_FIELDS, FIELDS, SHOWN_IN_LOGS, SPEC

MAC_FIELD = 64
MAC_BYTES = 8
BITMAP_END = 2 + 8
NO_MAC = "0" * (2 * MAC_BYTES)


class FormatError(ValueError):
    """A message that cannot be read. `field` is where ("t", "p" or a number), `known` the fields read before it."""

    def __init__(self, mti, field, what, known=()):
        super().__init__(f"message {mti}, field {field}: {what}")
        self.mti = mti
        self.field = field
        self.known = dict(known)


class Message(NamedTuple):
    """MTI (4 digits) and {field number: str}. Binary fields are upper-case hex, other bytes are Latin-1 characters."""

    mti: str
    fields: dict


def decode(data):
    """Message bytes (MTI on) -> Message; FormatError on anything that is not one."""
    mti = data[:2].hex()
    if not mti.isdecimal():
        raise FormatError(mti, "t", "message type is not BCD")
    unknown = [n for n in _bits(data[2:BITMAP_END]) if n not in FIELDS]
    if unknown:
        raise FormatError(mti, unknown[0], "field is not in the table")
    try:
        decoded, _ = iso8583.decode(data, SPEC)
    except iso8583.DecodeError as error:
        known = {key: value for key, value in error.doc_dec.items() if key != error.field}
        raise FormatError(mti, error.field, error.msg, _digits_only(_numbered(known))) from error
    fields = _numbered(decoded)
    good = _digits_only(fields)
    for number in fields:
        if number not in good:
            raise FormatError(mti, number, "digits expected", good)
    return Message(mti, fields)


def encode(message, sign=None):
    """Message -> bytes. `sign`, bytes -> 8 bytes, adds field 64 over MTI to field 63 with bit 64 set."""
    doc = {str(number): value for number, value in message.fields.items()}
    doc["t"] = message.mti
    doc.pop(str(MAC_FIELD), None)
    if sign:
        doc[str(MAC_FIELD)] = NO_MAC
    data, _ = iso8583.encode(doc, SPEC)
    if not sign:
        return bytes(data)
    covered = bytes(data[:-MAC_BYTES])
    return covered + sign(covered)


def answer_mti(mti):
    """0200 -> 0210, 0820 -> 0830; None when `mti` is no request that a terminal may send."""
    kind = int(mti[2])
    if mti[0] != "0" or kind % 2 or mti[3] != "0":
        return None
    return mti[:2] + str(kind + 1) + mti[3]


def masked(number):
    """Account number with the middle hidden; a short one is hidden whole."""
    if len(number) < 12:
        return "*" * len(number)
    return number[:6] + "*" * (len(number) - 10) + number[-4:]


def for_log(message):
    """One line that may be kept: secrets and unknown fields appear as their length only."""
    parts = [message.mti]
    for number in sorted(message.fields):
        value = message.fields[number]
        if number == 2:
            shown = masked(value)
        elif number in SHOWN_IN_LOGS:
            shown = ascii(value)[1:-1]
        else:
            shown = f"<{len(value)}>"
        parts.append(f"F{number}={shown}")
    return " ".join(parts)


def _bits(bitmap):
    for index, byte in enumerate(bitmap):
        for bit in range(8):
            if byte & (0x80 >> bit):
                yield index * 8 + bit + 1


def _numbered(doc):
    return {int(key): value for key, value in doc.items() if key.isdigit() and value != ""}


def _digits_only(fields):
    return {n: v for n, v in fields.items() if n not in DIGIT_FIELDS or (v.isascii() and v.isdigit())}
