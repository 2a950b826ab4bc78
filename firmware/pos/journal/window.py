"""The last segment and the tail's lines behind it as one run of bytes, for the window of lines.py."""

from micropython import const

from pos.journal import files, unpack
from pos.journal.journal import path

_VIEW = memoryview(b". . . . . . . . . . . . . . . . . . . . ")  # longer than what stands before any record in a line
_NEWLINE = const(0x0A)


def read_into(journal, name, end, buffer, start=0):
    """Fills the buffer with the last segment (name: its path) and the tail's lines behind it, as if they stood in one
    file, but without checksums: (first byte in the buffer, how many are in it). end: None, they begin at byte `start`;
    else they go up to this byte (-1: the last one), and begin with a newline where the tail would be cut amid a step:
    unpacking it twice would be slow."""
    size = journal.bytes
    if end is not None:
        end = size + sum(journal.tail) if end < 0 else end
        start = _aligned(journal.tail, size, max(0, end - len(buffer)))
    count = files.read_into(name, start, buffer) if start < size else 0
    for at, length in enumerate(journal.tail):
        begin = start + count - size
        if not count and begin == length - 1:  # of this step only its end: that needs no unpacking
            buffer[0] = _NEWLINE
            count = 1
        elif 0 <= begin < length and count < len(buffer) and (end is None or size < end):
            piece = _looks(journal, at)
            if begin or count + length > len(buffer):
                piece = piece[begin : begin + len(buffer) - count]
            buffer[count : count + len(piece)] = piece
            count += len(piece)
        size += length
    return start, count


def _looks(journal, at):
    """The lines of a step as lines.py looks at them: what is before the records is only as long as it will be."""
    data = files.read(path(journal.folder, at, "tail"))
    if not unpack.is_whole(data):
        raise OSError(5, "damaged")
    lines, texts = bytearray(), unpack.texts(data)
    left = journal.tail[at]
    for text in texts:
        left -= len(text) + 1
    for count, text in enumerate(texts):
        share = left // (len(texts) - count)  # the last may have a longer number
        left -= share
        lines.extend(_VIEW[:share])
        lines.extend(text)
        lines.append(_NEWLINE)
    return lines


def _aligned(lengths, size, start):
    """Not amid a step, but on the newline before the next."""
    for length in lengths:
        if size <= start < size + length:
            return size + length - 1
        size += length
    return start
