"""Pictures that a printer makes from data: QR codes, raster images, columns of dots."""

import segno
from PIL import Image

from tools.sim.chips.paper import WIDTH

HEAD_DOTS = 24
"""Height of the bit images that stand in a line of text."""


def qr(data, level, size):
    """A QR code as dots, `size` of them a module, error correction "L" to "H"; None when it is too large."""
    try:
        code = segno.make_qr(data, error=level, boost_error=False)
    except segno.DataOverflowError:
        return None
    rows = [bytes(255 if module else 0 for module in row) for row in code.matrix]
    dots = Image.frombytes("L", (len(rows[0]), len(rows)), b"".join(rows)).convert("1")
    return None if dots.width * size > WIDTH else _stretched(dots, size, size)


def raster(data, width_bytes, mode):
    """Rows of `width_bytes`, most significant bit leftmost; `mode` bit 0 doubles the width, bit 1 the height."""
    dots = Image.frombytes("1", (width_bytes * 8, len(data) // width_bytes), data)
    dots = _stretched(dots, 1 + (mode & 1), 1 + (mode >> 1 & 1))
    return dots.crop((0, 0, min(WIDTH, dots.width), dots.height))


def columns(data, mode):
    """ESC *: columns of 8 dots (mode 0, 1) or 24 (32, 33), top dot first; 0 and 32 at half the density across."""
    height = 24 if mode >= 32 else 8
    dots = Image.frombytes("1", (height, len(data) * 8 // height), data).transpose(Image.Transpose.TRANSPOSE)
    return _stretched(dots, 1 if mode & 1 else 2, HEAD_DOTS // height)


def _stretched(dots, across, down):
    return dots.resize((dots.width * across, dots.height * down), Image.Resampling.NEAREST)
