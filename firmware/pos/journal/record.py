r"""One record of the journal as a line: checksum, the checksum before it, sequence number, mark, JSON.

    9f8e7d6c 12ab34cd 128 . {"kind":"intent",...}\n

The checksum (CRC-32, eight hexadecimal digits) covers all that follows it, so a line proves itself alone; the second
number chains it to the line before. The mark is "." on the last line of a durable step and "+" on those before it.
"""

import json
from binascii import crc32

from micropython import const

# Longer lines are no records. The longest, a snapshot with all in it that can be, is about 2 500 bytes.
LINE_BYTES_MAX = const(3072)
START = "00000000"
_AROUND_BYTES = const(22)  # two checksums, a mark, the spaces between, the newline


class Line:
    """A line that was read: crc, previous (str), sequence (int), more (bool: its step goes on), record (dict)."""

    def __init__(self, crc, previous, sequence, more, record):
        self.crc = crc
        self.previous = previous
        self.sequence = sequence
        self.more = more
        self.record = record


def write(record, sequence, previous, more):
    """(line bytes, its checksum). Raises ValueError when the record is too long."""
    return line(json.dumps(record).encode(), sequence, previous, more)


def line(text, sequence, previous, more):
    """The same for a record that is JSON (bytes) already."""
    parts, crc = pieces(text, sequence, previous, more)
    return b"".join(parts), crc


def pieces(text, sequence, previous, more):
    """The same as a list of bytes: a snapshot in one piece may find no room."""
    before = "{} {} {} ".format(previous, sequence, "+" if more else ".").encode()
    if len(before) + len(text) + 10 > LINE_BYTES_MAX:
        raise ValueError("a record is too long")
    crc = "{:08x}".format(crc32(text, crc32(before)) & 0xFFFFFFFF)
    return [crc.encode() + b" " + before, text, b"\n"], crc


def size(text, sequence):
    """Bytes of the line that it makes of it."""
    return len(text) + len(str(sequence)) + _AROUND_BYTES


def names(record, name, deep=2):
    """Whether a value stands under this name, and is not empty: in the record, its transaction or a snapshot's."""
    if record.get(name):
        return True
    if deep:
        for value in record.values():
            if isinstance(value, dict) and names(value, name, deep - 1):
                return True
    return False


def read(raw):
    """The Line of these bytes; None when they are torn, damaged or no record at all."""
    if len(raw) > LINE_BYTES_MAX or raw[-1:] != b"\n" or raw[8:9] != b" ":
        return None
    crc = "{:08x}".format(crc32(raw[9:-1]) & 0xFFFFFFFF)
    if raw[:8] != crc.encode():
        return None
    try:
        previous, sequence, mark, text = raw[9:-1].decode().split(" ", 3)
        record = json.loads(text)
        sequence = int(sequence)
    except ValueError:
        return None
    if mark not in "+." or not isinstance(record, dict):
        return None
    return Line(crc, previous, sequence, mark == "+", record)
