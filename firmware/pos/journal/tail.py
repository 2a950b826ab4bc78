"""The journal's newest steps, each in a small file (000000.tail, 000001.tail ...) until a segment takes them all.

littlefs copies a file's last block at each append, but keeps a file of at most 128 bytes in its folder's own entry. So
a step is packed into that much (pack.py, unpack.py), and stands here in the place where its lines will stand in the
last segment.
"""

import json
from binascii import hexlify

from micropython import const

from pos.journal import files, record, unpack
from pos.journal.journal import SMALL_FILES_MAX, path

_END = const(0xFF)


def read(data):
    """The step in these bytes, None when they are not whole: a record.Line whose sequence is that of its first record,
    and whose record is a list with the JSON (bytes) of each."""
    if not unpack.is_whole(data):
        return None
    crc, previous = hexlify(data[1:5]).decode(), hexlify(data[5:9]).decode()
    try:
        found = unpack.texts(data)
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
                for raw in _rendered(step, step.previous, False)[0]:
                    yield raw


def scan(journal):
    """Yields the records. OSError."""
    for at, length in enumerate(journal.tail):
        if length:
            for text in _step(journal, at).record:
                yield json.loads(text)


def whole(journal, more):
    """(its lines as one step of a segment, the checksum of the last). more: records follow in the same step.
    OSError."""
    lines, crc = [], ""
    for at, length in enumerate(journal.tail):
        if length:
            step = _step(journal, at)
            rendered, crc = _rendered(step, crc or step.previous, more or at + 1 < len(journal.tail))
            lines.extend(rendered)
    return lines, crc


def clean(journal):
    """Removes what is in small files that do not count: account numbers of records that were deleted. OSError."""
    for at in range(len(journal.tail), SMALL_FILES_MAX):
        name = path(journal.folder, at, "tail")
        if files.exists(name):
            files.remove(name)


def _step(journal, at):
    step = read(files.read(path(journal.folder, at, "tail")))
    if step is None:
        raise OSError(5, "damaged")
    return step


def _rendered(step, previous, more):
    """(the step's lines as a segment holds them, the checksum of the last). more: more steps come in the same write."""
    lines, crc = [], previous
    for at, text in enumerate(step.record):
        line, crc = record.line(text, step.sequence + at, crc, more or at + 1 < len(step.record))
        lines.append(line)
    return lines, crc
