"""Appending to the journal: a step of records as one write, in a small file, the last segment or the next."""

import json

from micropython import const

from pos import loading
from pos.journal import files, record
from pos.journal.errors import JournalError
from pos.journal.journal import path
from pos.journal.state import fold, snapshot

_STEP_RECORDS_MAX = const(8)


def append(journal, records):
    """See Journal.append."""
    if not 1 <= len(records) <= _STEP_RECORDS_MAX:
        raise ValueError("a step has 1 to 8 records")
    if journal.closed and journal.tail:
        flush(journal)
    written = _sealed(journal, records)
    if not _to_small_file(journal, written):
        loading.forget("pos.journal.pack")  # unpacking the small files needs the room
        _to_segment(journal, written)
    for item in records:
        fold(journal.state, item)


def _sealed(journal, records):
    """The records as they stand on the flash: no account number is to be read. What sees to that goes at once."""
    if not journal.key or not [1 for item in records if record.names(item, "card")]:
        return records
    from pos.security import sealed

    written = [sealed.write(item, journal.key) for item in records]
    loading.forget("pos.security.sealed")
    return written


def flush(journal):
    """Moves the tail into the segments: the last, or one of its own when that takes no more. Raises JournalError."""
    if journal.tail:
        lines, crc = _tail(journal, False)
        closed = journal.closed
        _store(journal, journal.segments[-1] + (1 if closed else 0), lines, journal.sequence, crc)
        journal.closed = closed  # the next step begins with a snapshot all the same


def _to_small_file(journal, records):
    """Whether the step stands in a small file now. A segment begins with its snapshot, so it does not before that."""
    if len(journal.tail) >= journal.limit or journal.closed or not journal.segments:
        return False
    if not journal.tail and journal.bytes >= journal.segment_bytes:
        return False
    from pos.journal import pack

    packed = pack.write(records, journal.sequence + 1, journal.crc)
    if not packed:
        return False
    data, size, crc = packed
    try:
        files.replace(path(journal.folder, len(journal.tail), "tail"), data)
    except OSError:
        _refuse(journal)
    journal.tail.append(size)
    journal.sequence, journal.crc = journal.sequence + len(records), crc
    return True


def _to_segment(journal, records):
    number = journal.segments[-1] if journal.segments else 0
    sequence = journal.sequence
    # Line by line, for all in one piece would be more than there may be room for.
    lines, crc = _tail(journal, True) if journal.tail else ([], journal.crc)
    following, last = _lines(records, sequence, crc)
    if not lines and (not number or journal.closed or journal.bytes + _size(following) > journal.segment_bytes):
        number, sequence = number + 1, sequence + 1
        head = _sealed(journal, ({"kind": "head", "state": snapshot(journal.state)},))[0]
        # A step of its own: if the records after it are cut off, the snapshot still stands.
        lines, crc = record.pieces(json.dumps(head).encode(), sequence, crc, False)
        following, last = _lines(records, sequence, crc)
    lines.extend(following)
    _store(journal, number, lines, sequence + len(records), last)


def _tail(journal, more):
    from pos.journal import tail  # large, and most steps do without

    try:
        return tail.whole(journal, more)
    except OSError:
        _refuse(journal)
    return [], ""


def _store(journal, number, lines, sequence, crc):
    """Durable, and the tail with it."""
    try:
        files.append(path(journal.folder, number), lines)
    except OSError:
        _refuse(journal)
    if number not in journal.segments[-1:]:
        journal.segments.append(number)
        journal.bytes, journal.closed = 0, False
    journal.bytes += _size(lines)
    journal.tail = []
    journal.sequence, journal.crc = sequence, crc


def _refuse(journal):
    journal.trusted = False
    raise JournalError("the journal cannot be written")


def _lines(records, sequence, crc):
    lines = []
    for at, item in enumerate(records):
        line, crc = record.write(item, sequence + at + 1, crc, at + 1 < len(records))
        lines.append(line)
    return lines, crc


def _size(lines):
    return sum([len(line) for line in lines])
