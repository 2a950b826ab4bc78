r"""The journal's newest steps, each in a small file (000000.tail, 000001.tail ...) until a segment takes them all.

littlefs copies a file's last block at each append, but keeps a file of at most 128 bytes in its folder's own entry. So
a step is packed into that much, and stands here in the place where its lines will stand in the last segment:

    length (1 byte) . CRC-32 of what follows (4) . CRC of the step before (4) . sequence number (4) . records . 255

A record is a list of fields: tag, form and length, value; its tx comes last. One that cannot be said so stands as JSON.
"""

import json
from binascii import crc32, hexlify

from micropython import const

from pos.journal import files, record
from pos.journal.journal import path
from pos.journal.words import KEYS, WORDS

_LIMIT = const(8)  # more of them there never are
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


def read(data, more=True):
    """The step in these bytes, None when they are not whole: a record.Line whose sequence is that of its first record,
    and whose record is a list with the JSON (bytes) of each, with `more`; else the list is empty."""
    if not is_whole(data):
        return None
    crc, previous = hexlify(data[1:5]).decode(), hexlify(data[5:9]).decode()
    try:
        found = texts(data) if more else []
    except IndexError:
        return None  # a right checksum over what only another firmware can read
    return record.Line(crc, previous, int.from_bytes(data[9:13], "big"), False, found)


def lost(data):
    """Whether bytes that are not whole were damaged; else they were cut off, and the step never happened."""
    return bool(data) and (data[0] <= len(data) or data[-1] == _END)


def size(step):
    """Bytes that the step will take in a segment."""
    return sum([record.size(text, step.sequence + at) for at, text in enumerate(step.record)])


def lines(journal, number):
    """Yields the lines of a segment with their newline; of the last one also those that will follow. OSError."""
    for raw in files.lines(path(journal.folder, number)):
        yield raw
    if number == journal.segments[-1]:
        for at, length in enumerate(journal.tail):
            if length:
                step = _step(journal, at)
                for raw in _rendered(step, step.previous, False)[0].split(b"\n")[:-1]:
                    yield raw + b"\n"


def scan(journal):
    """Yields the records. OSError."""
    for at, length in enumerate(journal.tail):
        if length:
            for text in _step(journal, at).record:
                yield json.loads(text)


def whole(journal, more):
    """(its lines as one step of a segment, the checksum of the last). more: records follow in the same step.
    OSError."""
    data, end, crc = bytearray(sum(journal.tail)), 0, ""
    for at, length in enumerate(journal.tail):
        if length:
            step = _step(journal, at)
            rendered, crc = _rendered(step, crc or step.previous, more or at + 1 < len(journal.tail))
            data[end : end + length] = rendered
            end += length
    return data, crc


def clean(journal):
    """Removes what is in small files that do not count: account numbers of records that were deleted. OSError."""
    for at in range(len(journal.tail), _LIMIT):
        name = path(journal.folder, at, "tail")
        if files.exists(name):
            files.remove(name)


def is_whole(data):
    """Whether a step was neither torn nor damaged."""
    if len(data) <= _HEAD_BYTES or data[0] != len(data) or data[-1] != _END:
        return False
    return crc32(data[5:-1]) & 0xFFFFFFFF == int.from_bytes(data[1:5], "big")


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


def _step(journal, at):
    step = read(files.read(path(journal.folder, at, "tail")))
    if step is None:
        raise OSError(5, "damaged")
    return step


def _rendered(step, previous, more):
    """(the step's lines as a segment holds them, the checksum of the last). more: more steps come in the same write."""
    data, crc = b"", previous
    for at, text in enumerate(step.record):
        line, crc = record.line(text, step.sequence + at, crc, more or at + 1 < len(step.record))
        data += line
    return data, crc


def _fields(data, digits, at, end):
    """(JSON of the record that begins at this byte, where the next one begins)"""
    out, comma, closing = bytearray(b"{"), b"", b"}"
    while at < end:
        tag = data[at]
        if tag == _NEXT:
            break
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
