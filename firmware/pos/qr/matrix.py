"""A QR code (model 2) as rows of modules. Numbers are those of ISO/IEC 18004:2015.

The mask is always the same. A reader takes it from the code, and reads codes under this one as well as under the best
of the eight (host_tests/against/test_qr_modules.py); to choose would take six times as long: 145 instead of 22 million
instructions on a 32-bit interpreter, for a code of 41 modules.
"""

from micropython import const

from pos.qr import codewords
from pos.qr.codewords import L, M  # noqa: F401 (the levels, for callers)

QUIET = 4  # modules that must stay light around it

_MASK = const(0)  # its test is in _data
_LIGHT, _DARK = const(2), const(3)  # modules of the pattern itself; 0 and 1 are those of the text
_EMPTY = const(4)
# Centres of the alignment patterns of versions 7 to 10 lie on three rows and columns; below, on two.
_ALIGNMENT = const((22, 24, 26, 28))


def encode(data, level):
    """Rows (bytearrays) of the smallest code for data (bytes), a module a byte: 1 dark, 0 light. ValueError above
    version 10."""
    version, words = codewords.make(data, level)
    size = 17 + 4 * version
    rows = [bytearray(bytes((_EMPTY,)) * size) for _ in range(size)]
    _finders(rows, size)
    _timing(rows, size)
    _alignments(rows, size, version)
    _format(rows, size, level)
    if version >= 7:
        _version(rows, size, version)
    _data(rows, size, words)
    for row in rows:
        for at in range(size):
            row[at] &= 1
    return rows


def _finders(rows, size):
    """Three corners: a square of 7 in a light frame, a full one of 3 in it."""
    for top, left in ((0, 0), (0, size - 7), (size - 7, 0)):
        for down in range(-1, 8):
            for right in range(-1, 8):
                row, col = top + down, left + right
                if 0 <= row < size and 0 <= col < size:
                    ring = max(abs(down - 3), abs(right - 3))
                    rows[row][col] = _LIGHT if ring in (2, 4) else _DARK


def _timing(rows, size):
    for at in range(8, size - 8):
        rows[6][at] = rows[at][6] = _LIGHT if at % 2 else _DARK


def _alignments(rows, size, version):
    centres = [6, size - 7] if version > 1 else []
    if version >= 7:
        centres.append(_ALIGNMENT[version - 7])
    for row in centres:
        for col in centres:
            if 6 in (row, col) and row + col in (12, size - 1):
                continue  # a finder is there
            for down in range(-2, 3):
                for right in range(-2, 3):
                    rows[row + down][col + right] = _LIGHT if max(abs(down), abs(right)) == 1 else _DARK


def _format(rows, size, level):
    """Level and mask, with their correction, twice; and the module that is always dark."""
    bits = _corrected((1 - level) << 3 | _MASK, 10, 0x537) ^ 0x5412
    for at in range(15):
        module = _LIGHT | (bits >> at & 1)
        if at < 8:
            rows[8][size - 1 - at] = module
            rows[at + (at > 5)][8] = module
        else:
            rows[size - 15 + at][8] = module
            rows[8][14 - at + (at == 8)] = module
    rows[size - 8][8] = _DARK


def _version(rows, size, version):
    bits = _corrected(version, 12, 0x1F25)
    for at in range(18):
        module = _LIGHT | (bits >> at & 1)
        rows[at // 3][size - 11 + at % 3] = rows[size - 11 + at % 3][at // 3] = module


def _corrected(value, digits, polynomial):
    """value with the remainder of its division behind it (BCH)."""
    left = value << digits
    top = digits + 8
    while top >= digits:
        if left >> top & 1:
            left ^= polynomial << top - digits
        top -= 1
    return value << digits | left


def _data(rows, size, words):
    """Bits go in columns of two, from the right, up and down by turns, past what is there already."""
    at, last = 0, 8 * len(words)
    col, row, step = size - 1, size - 1, -1
    while col > 0:
        while 0 <= row < size:
            for here in (col, col - 1):
                if rows[row][here] == _EMPTY:
                    bit = words[at >> 3] >> (7 - at & 7) & 1 if at < last else 0
                    at += 1
                    rows[row][here] = bit ^ (1 - (row + here) % 2)
            row += step
        step = -step
        row += step
        col -= 3 if col == 8 else 2  # the timing column belongs to no pair
