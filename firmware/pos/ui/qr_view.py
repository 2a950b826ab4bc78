"""A QR code in the right half of a display that can draw; the left half keeps eight cells a row for words.

Such a driver has `dots(y, data)`, `picture(on)` and `light_dots`, see drivers/st7920.py.
"""

import asyncio

from micropython import const

TEXT_COLS = 8
_SIDE = const(64)  # dots of the glass's right half, both ways
_QUIET = const(4)  # modules around the code that must stay light


def can_show(display, size):
    """Whether the display can draw a code of size x size modules with the light frame that readers need."""
    return hasattr(display, "dots") and size + 2 * _QUIET <= _SIDE


async def draw(display, rows):
    """Draws the code (rows of modules, 1 dark) as large as it goes, and shows it."""
    size = len(rows)
    scale = _SIDE // (size + 2 * _QUIET)
    margin = (_SIDE - size * scale) // 2
    for y in range(_SIDE):
        inside = 0 <= y - margin < size * scale
        display.dots(y, _line(rows[(y - margin) // scale] if inside else b"", scale, margin, display.light_dots))
        await asyncio.sleep_ms(0)  # after 1.8 ms on the bus the keypad has its turn
    display.picture(True)


def hide(display):
    display.picture(False)


def _line(modules, scale, margin, light_dots):
    """One row of dots, 16 bytes: the left half empty."""
    data = bytearray(_SIDE // 4)
    background = 0xFF if light_dots else 0
    for at in range(_SIDE // 8, _SIDE // 4):
        data[at] = background
    x = _SIDE + margin
    for module in modules:
        for _ in range(scale):
            if module:
                data[x >> 3] ^= 0x80 >> (x & 7)
            x += 1
    return data
