"""Packing a step of records into the few bytes of a small file; see unpack.py for the layout."""

import json
from binascii import crc32, hexlify, unhexlify

from micropython import const

from pos.journal import record
from pos.journal.words import KEYS, WORDS

_STEP_BYTES_MAX = const(128)
_LINES_BYTES_MAX = const(767)  # the window of lines.py must show a whole step, and a newline before it
_END = const(0xFF)
_NEXT = const(0x3F)
_TX = const(0x3E)
_NEWLINE = const(0x0A)
_DIGIT_MAX = const(63)
_DIGITS, _WORD, _NUMBER = const(1), const(2), const(3)


def write(records, sequence, previous):
    """(bytes, how many its lines will take in a segment, checksum as the next step names it); None when the records
    cannot be said in so few bytes. previous: checksum of the step before."""
    body = bytearray(unhexlify(previous) + sequence.to_bytes(4, "big"))
    size = 0
    for at, item in enumerate(records):
        text = json.dumps(item).encode()
        size += record.size(text, sequence + at)
        if at and body[-1] != _NEWLINE:
            body.append(_NEXT)
        body.extend(_packed(item) or text + b"\n")
    length = len(body) + 6
    if length > _STEP_BYTES_MAX or size > _LINES_BYTES_MAX:
        return None
    crc = (crc32(body) & 0xFFFFFFFF).to_bytes(4, "big")
    return bytes((length,)) + crc + body + bytes((_END,)), size, hexlify(crc).decode()


def _packed(item):
    """The fields of a record, tx last; None when one cannot be said so."""
    out = bytearray()
    try:
        for name in item:
            if name != "tx":
                _put(out, name, item[name])
        if "tx" in item:
            out.append(_TX)
            for name in item["tx"]:
                _put(out, name, item["tx"][name])
    except ValueError:
        return None
    return out


def _put(out, name, value):
    """Adds a field; ValueError when it cannot be said here."""
    out.append(_place(KEYS, b'"%s": |' % name.encode()))
    text = json.dumps(value).encode()
    if text + b"|" in WORDS:
        out.append(_WORD << 6 | _place(WORDS, text + b"|"))
    elif isinstance(value, int) and value is not False and value >= 0:
        _put_digits(out, _NUMBER, text)
    elif isinstance(value, str) and text == b'"%s"' % value.encode() and min(text) >= 32 and max(text) <= 126:
        if value.isdigit():
            _put_digits(out, _DIGITS, text[1:-1])
        else:
            out.append(_length(text[1:-1]))
            out.extend(text[1:-1])
    else:
        raise ValueError("neither number nor plain text")


def _place(table, piece):
    """How many pieces stand before this one, which begins with what no other has in it. ValueError."""
    at = table.find(piece)
    if at < 0:
        raise ValueError("not in the table")
    return table.count(b"|", 0, at)


def _put_digits(out, form, digits):
    out.append(form << 6 | _length(digits))
    out.extend(unhexlify(digits + b"0" if len(digits) & 1 else digits))


def _length(text):
    if len(text) > _DIGIT_MAX:
        raise ValueError("too long")
    return len(text)
