"""Rows of a slip as bytes in the printer's code (GB18030): a byte is a column, wide characters included."""

from pos.domain import merchant
from pos.texts import gb2312

COLUMNS = 32  # 58 mm paper, 12-dot characters

# Styles of a row, as the printer port takes them.
CENTER = 1
BOLD = 2
DOUBLE = 4
RIGHT = 8
QR = 16  # no text at all: the bytes are what a QR code says


def row(text, style=0):
    """One row of text (str)."""
    return style, gb2312.encode(text)


RULE = row("-" * COLUMNS)
BLANK = row("")


def merchant_rows(identity, parameters):
    """Rows with the merchant's name; its number where the host never told the name."""
    name = merchant.name(parameters) or identity["merchant"].encode()
    return [(CENTER | BOLD, piece) for piece in wrap(name)]


def pair(label, value):
    """Rows with a label at the left and its value at the right; a value too long for that gets the next row,
    a label too long for one gets more."""
    left = gb2312.encode(label)
    right = gb2312.encode(value)
    gap = COLUMNS - len(left) - len(right)
    if gap > 0:
        return [(0, left + b" " * gap + right)]
    return [(0, piece) for piece in wrap(left)] + [(RIGHT, right[:COLUMNS])]


def wrap(data, columns=COLUMNS):
    """Bytes in GB18030 cut into pieces of at most `columns` columns: after the last space that fits, where there is
    one, else between any two characters, but never within one."""
    pieces = []
    piece = b""
    used = 0
    for char, width in _characters(data):
        if used + width > columns:
            cut = piece.rfind(b" ") + 1
            if char == b" " or not cut:
                cut = len(piece)
            pieces.append(piece[:cut].rstrip())
            piece = piece[cut:]
            used = _width(piece)
            if char == b" ":
                continue
        piece += char
        used += width
    if piece.strip():
        pieces.append(piece.rstrip())
    return pieces


def _width(data):
    width = 0
    for _, columns in _characters(data):
        width += columns
    return width


def _characters(data):
    """Yields (bytes of one character, columns): ASCII, two bytes, or four (second byte a digit). A control byte would
    command the printer and a lone lead byte would swallow what follows: both become "?"."""
    at = 0
    while at < len(data):
        size = 1
        if data[at] >= 0x81 and at + 1 < len(data):
            size = 4 if 0x30 <= data[at + 1] <= 0x39 else 2
        char = data[at : at + size]
        if len(char) < size or (size == 1 and not 0x20 <= data[at] < 0x7F):
            char = b"?"
        elif size > 1 and min(char) < 0x30:
            char, size = b"?", 1  # no character has such a byte in it: what follows is looked at anew
        yield char, 1 if len(char) == 1 else 2
        at += size
