r"""The journal's newest steps, each in a small file (000000.tail, 000001.tail ...) until a segment takes them all.

littlefs copies a file's last block at each append, but keeps a file of at most 128 bytes in its folder's own entry. So
a step is packed into that much, and stands here in the place where its lines will stand in the last segment:

    length (1 byte) . CRC-32 of what follows (4) . CRC of the step before (4) . sequence number (4) . records . 255

A record is a list of fields: tag, form and length, value; its tx comes last. One that cannot be said so stands as JSON.
"""

import json
from binascii import crc32, hexlify, unhexlify

from micropython import const

from pos.journal import files, record
from pos.journal.journal import path

_LIMIT = const(8)  # more of them there never are
_STEP_BYTES_MAX = const(128)
# Rendered as lines a step must fit the window of lines.py.
_TEXT_BYTES_MAX = const(700)
_HEAD_BYTES = const(13)
_HEAD = b". . . . . . . . . . . . . . . . . . . . "  # longer than what stands before any record in a line
_END = const(0xFF)  # no field begins or ends with it, so a step that was torn is told from one that is damaged
_NEXT = const(0x3F)  # another record follows
_TX = const(0x3E)
_BRACE = const(0x7B)
_NEWLINE = const(0x0A)
_DIGIT_MAX = const(63)
# Forms of a value, in the upper two bits: text, a text of digits, a word of the table, a whole number.
_TEXT, _DIGITS, _WORD, _NUMBER = const(0), const(1), const(2), const(3)
# The place in these tables is what stands on the flash: only ever add at the end. As they stand in JSON; each table is
# one piece, for thirty small ones would take four kilobytes.
_KEYS = (
    b'"kind": |"type": |"state": |"entry": |"trace": |"batch": |"amount_minor": |"card": |"operator": |'
    b'"date": |"time": |"order": |"approver": |"reason": |"code": |"rrn": |"auth": |"balance_minor": |'
    b'"original_batch": |"original_trace": |"original_date": |"original_rrn": |"original_auth": |'
    b'"slips": |"attempts": |"later": |"qr": |"held_days": |"stage": |"result": |"uploaded": |"service": |'
    b'"what": |'
)  # fmt: skip
_WORDS = (
    b'"intent"|"result"|"advice"|"printed"|"attempt"|"reversed"|"cancel"|"trace"|"settling"|"told"|'
    b'"audit"|"sale"|"void"|"refund"|"preauth"|"preauth_void"|"completion"|"completion_void"|"sent"|'
    b'"approved"|"declined"|"keyed"|"nfc"|"qr"|"shown"|"compare"|"upload"|"end"|"offline"|true|'
)  # fmt: skip


def _begins(table):
    """Where each piece of the table begins, and one after the last."""
    places = [0]
    while places[-1] < len(table):
        places.append(table.find(b"|", places[-1]) + 1)
    return tuple(places)


_KEYS_AT, _WORDS_AT = _begins(_KEYS), _begins(_WORDS)
_VIEWS = (memoryview(_KEYS), memoryview(_WORDS))


def write(records, sequence, previous):
    """(bytes, the step that they are: see read), None when the records cannot be said in so few bytes."""
    body = bytearray(unhexlify(previous) + sequence.to_bytes(4, "big"))
    for at, item in enumerate(records):
        if at and body[-1] != _NEWLINE:
            body.append(_NEXT)
        body.extend(_packed(item))
    length = len(body) + 6
    if length > _STEP_BYTES_MAX:
        return None
    data = bytes((length,)) + (crc32(body) & 0xFFFFFFFF).to_bytes(4, "big") + body + bytes((_END,))
    step = read(data)
    if step is None or [json.loads(text) for text in step.record] != list(records):
        return None  # what would not come back as it is, like a tuple, goes another way
    if sum([len(text) for text in step.record]) > _TEXT_BYTES_MAX:
        return None
    return data, step


def read(data, more=True):
    """The step in these bytes, None when they are not whole: a record.Line whose sequence is that of its first record,
    and whose record is a list with the JSON (bytes) of each, with `more`; else the list is empty."""
    if not _whole(data):
        return None
    crc, previous = hexlify(data[1:5]).decode(), hexlify(data[5:9]).decode()
    try:
        texts = _texts(data) if more else []
    except IndexError:
        return None  # a right checksum over what only another firmware can read
    return record.Line(crc, previous, int.from_bytes(data[9:13], "big"), False, texts)


def lost(data):
    """Whether bytes that are not whole were damaged; else they were cut off, and the step never happened."""
    return bool(data) and (data[0] <= len(data) or data[-1] == _END)


def size(step):
    """Bytes that the step will take in a segment."""
    return len(_rendered(step, step.previous, False)[0])


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
    data, crc = b"", None
    for at, length in enumerate(journal.tail):
        if length:
            step = _step(journal, at)
            rendered, crc = _rendered(step, crc or step.previous, more or at + 1 < len(journal.tail))
            data += rendered
    return data, crc


def read_into(journal, end, buffer, start=0):
    """Fills the buffer with the last segment and the tail's lines behind it, as if they stood in one file, but without
    checksums: (first byte in the buffer, how many are in it). end: None, they begin at byte `start`; else they go up to
    this byte (-1: the last one), and begin with a newline where the tail would be cut amid a step: unpacking it twice
    would be slow."""
    size = journal.bytes
    if end is not None:
        end = size + sum(journal.tail) if end < 0 else end
        start = _aligned(journal.tail, size, max(0, end - len(buffer)))
    count = files.read_into(path(journal.folder, journal.segments[-1]), start, buffer) if start < size else 0
    for at, length in enumerate(journal.tail):
        begin = start + count - size
        if begin == -1:
            buffer[0] = _NEWLINE
            begin, count = 0, 1
        if 0 <= begin < length and count < len(buffer) and (end is None or size < end):
            piece = _looks(journal, at)[begin : begin + len(buffer) - count]
            buffer[count : count + len(piece)] = piece
            count += len(piece)
        size += length
    return start, count


def clean(journal):
    """Removes what is in small files that do not count: account numbers of records that were deleted. OSError."""
    for at in range(len(journal.tail), _LIMIT):
        name = path(journal.folder, at, "tail")
        if files.exists(name):
            files.remove(name)


def _whole(data):
    if len(data) <= _HEAD_BYTES or data[0] != len(data) or data[-1] != _END:
        return False
    return crc32(data[5:-1]) & 0xFFFFFFFF == int.from_bytes(data[1:5], "big")


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


def _looks(journal, at):
    """The lines of a step as lines.py looks at them: what is before the records is only as long as it will be."""
    data = files.read(path(journal.folder, at, "tail"))
    if not _whole(data):
        raise OSError(5, "damaged")
    head, texts = b"", _texts(data)
    left = journal.tail[at] - sum([len(text) + 1 for text in texts])
    for count, text in enumerate(texts):
        share = left // (len(texts) - count)  # the last may have a longer number
        left -= share
        head += _HEAD[:share] + text + b"\n"
    return head


def _aligned(lengths, size, start):
    """Not amid a step, but on the newline before the next."""
    for length in lengths:
        if size <= start < size + length:
            return size + length - 1
        size += length
    return start


def _packed(item):
    try:
        out = bytearray()
        for name in item:
            if name != "tx":
                _put(out, name, item[name])
        if "tx" in item:
            out.append(_TX)
            for name in item["tx"]:
                _put(out, name, item["tx"][name])
        return out
    except ValueError:
        return json.dumps(item).encode() + b"\n"


def _put(out, name, value):
    """Adds a field; ValueError when it cannot be said here."""
    out.append(_KEYS_AT.index(_KEYS.find(b'"%s": |' % name.encode())))
    text = json.dumps(value).encode()
    at = _WORDS.find(text + b"|")
    if at in _WORDS_AT:
        out.append(_WORD << 6 | _WORDS_AT.index(at))
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


def _put_digits(out, form, digits):
    out.append(form << 6 | _length(digits))
    out.extend(unhexlify(digits + b"0" if len(digits) & 1 else digits))


def _length(text):
    if len(text) > _DIGIT_MAX:
        raise ValueError("too long")
    return len(text)


def _texts(data):
    """The JSON (bytes) of each record."""
    texts, at, end = [], _HEAD_BYTES, len(data) - 1
    digits = hexlify(data)  # of all at once: this is done while a list is being shown
    while at < end:
        if data[at] == _BRACE:
            newline = data.find(b"\n", at, end)
            texts.append(data[at:newline])
            at = newline + 1
        else:
            text, at = _fields(data, digits, at, end)
            texts.append(text)
    return texts


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
