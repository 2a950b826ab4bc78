"""Appending to the journal: a step of records as one write, in the last segment or at the head of the next."""

from micropython import const

from pos.journal import files, record
from pos.journal.errors import JournalError
from pos.journal.journal import path
from pos.journal.state import fold

_STEP_RECORDS_MAX = const(8)


def append(journal, records):
    """See Journal.append."""
    if not 1 <= len(records) <= _STEP_RECORDS_MAX:
        raise ValueError("a step has 1 to 8 records")
    data, crc = _lines(records, journal.sequence, journal.crc)
    sequence = journal.sequence + len(records)
    number, new = journal.segments[-1] if journal.segments else 0, False
    if not journal.segments or journal.bytes + len(data) > journal.segment_bytes:
        number, new = number + 1, True
        head = {"kind": "head", "state": journal.state}
        # A step of its own: if the records after it are cut off, the snapshot still stands.
        first, crc = record.write(head, journal.sequence + 1, journal.crc, False)
        data, crc = _lines(records, journal.sequence + 1, crc)
        data = first + data
        sequence += 1
    try:
        files.append(path(journal.folder, number), data)
    except OSError:
        journal.trusted = False
        raise JournalError("the journal cannot be written")
    if new:
        journal.segments.append(number)
        journal.bytes = 0
    journal.bytes += len(data)
    journal.sequence, journal.crc = sequence, crc
    for item in records:
        fold(journal.state, item)


def _lines(records, sequence, crc):
    data = b""
    for at, item in enumerate(records):
        line, crc = record.write(item, sequence + at + 1, crc, at + 1 < len(records))
        data += line
    return data, crc
