"""The records in the bytes of a small file; pack.py is what writes them.

    length (1 byte) . CRC-32 of what follows (4) . CRC of the step before (4) . sequence number (4) . records . 255

A record is a list of fields: tag, form and length, value; its tx comes last. One that cannot be said so stands as JSON.
"""

from binascii import crc32, hexlify

from micropython import const

from pos.journal.words import KEYS, WORDS

_HEAD_BYTES = const(13)
_END = const(0xFF)  # no field begins or ends with it, so a step that was torn is told from one that is damaged
_NEXT = const(0x3F)  # another record follows
_TX = const(0x3E)
_BRACE = const(0x7B)
_DIGIT_MAX = const(63)
# Forms of a value, in the upper two bits: text, a text of digits, a word of the table, a whole number.
_TEXT, _DIGITS, _WORD, _NUMBER = const(0), const(1), const(2), const(3)


def _begins(table):
    """Where each piece of the table begins, and one after the last."""
    places = [0]
    while places[-1] < len(table):
        places.append(table.find(b"|", places[-1]) + 1)
    return tuple(places)


_KEYS_AT, _WORDS_AT = _begins(KEYS), _begins(WORDS)
_VIEWS = (memoryview(KEYS), memoryview(WORDS))


def is_whole(data):
    """Whether a step was neither torn nor damaged."""
    if len(data) <= _HEAD_BYTES or data[0] != len(data) or data[-1] != _END:
        return False
    view = memoryview(data)
    return crc32(view[5:-1]) & 0xFFFFFFFF == int.from_bytes(view[1:5], "big")


def texts(data):
    """The JSON (bytes) of each record of a step that is whole. IndexError: only another firmware can read it."""
    found, at, end = [], _HEAD_BYTES, len(data) - 1
    digits = hexlify(data)  # of all at once: this is done while a list is being shown
    while at < end:
        if data[at] == _BRACE:
            newline = data.find(b"\n", at, end)
            if newline < 0:
                raise IndexError("a record without an end")
            found.append(data[at:newline])
            at = newline + 1
        else:
            text, at = _fields(data, digits, at, end)
            found.append(text)
    return found


def _fields(data, digits, at, end):
    """(JSON of the record that begins at this byte, where the next one begins)"""
    out, comma, closing = bytearray(b"{"), b"", b"}"
    while at < end:
        tag = data[at]
        if tag == _NEXT:
            break
        if comma:
            out.extend(comma)
        if tag == _TX:
            out.extend(b'"tx": {')
            comma, closing = b"", b"}}"
            at += 1
            continue
        comma = b", "
        form = data[at + 1]
        count = form & _DIGIT_MAX
        form >>= 6
        at += 2
        out.extend(_VIEWS[0][_KEYS_AT[tag] : _KEYS_AT[tag + 1] - 1])
        if form == _WORD:
            out.extend(_VIEWS[1][_WORDS_AT[count] : _WORDS_AT[count + 1] - 1])
            continue
        if form == _NUMBER:
            out.extend(digits[at + at : at + at + count])
        else:
            out.extend(b'"')
            out.extend(digits[at + at : at + at + count] if form == _DIGITS else data[at : at + count])
            out.extend(b'"')
        at += count if form == _TEXT else (count + 1) >> 1
    out.extend(closing)
    return out, at + 1
