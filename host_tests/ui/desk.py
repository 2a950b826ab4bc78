"""A display that is memory, and an operator who plays a script: what the tests of the widgets share."""

import asyncio

import dual
from pos.ui.inputs import CARD, HOLD, KEY, REPEAT, Inputs
from pos.ui.screen import Screen
from pos.ui.ui import Ui

KEY_MS = 100  # between two inputs of a script


class MemoryDisplay:
    """The display port, keeping its own cells and every write."""

    def __init__(self, rows=4, cols=16, charset="gb2312", align=2):
        self.rows = rows
        self.cols = cols
        self.charset = charset
        self.align = align
        self.cells = [bytearray(b"\xff" * cols) for _ in range(rows)]
        self.writes = []
        self.glyphs = {}

    def write(self, row, col, data):
        assert 0 <= row < self.rows and col >= 0 and col + len(data) <= self.cols
        assert col % self.align == 0 and len(data) % self.align == 0 and len(data) > 0
        self.cells[row][col : col + len(data)] = data
        self.writes.append((row, col, bytes(data)))

    def define_glyph(self, code, rows):
        assert self.charset == "ascii" and 0 <= code <= 7 and len(rows) == 8
        self.glyphs[code] = rows


def st7920():
    return MemoryDisplay(4, 16, "gb2312", 2)


def hd44780():
    return MemoryDisplay(4, 20, "ascii", 1)


DISPLAYS = (st7920, hd44780)


class Desk:
    """A Ui over a memory display, and what it shows as text."""

    def __init__(self, display=None, language="en", idle_ms=60000):
        self.display = display or st7920()
        self.inputs = Inputs()
        self.ui = Ui(Screen(self.display), self.inputs, dual.clock, language, idle_ms)
        self.screens = []

    def rows(self):
        """The display's rows as text; full-width digits as plain ones, other wide characters as "#", glyphs as "@"."""
        return [_text(cells) for cells in self.display.cells]

    def has(self, text):
        return any(text in row for row in self.rows())

    def play(self, widget, script=()):
        """Runs the widget's coroutine while the script is played, and returns what it returns. A script is a list of
        keys ("5", "ENTER"), of (kind, value) inputs, and of numbers: milliseconds to do nothing. `screens` then holds
        the rows as they were before each entry of the script."""
        self.screens = []
        return dual.run(self._play(widget, script))

    async def _play(self, widget, script):
        operator = asyncio.create_task(self._operate(script))
        try:
            return await widget
        finally:
            operator.cancel()

    async def _operate(self, script):
        for entry in script:
            await asyncio.sleep_ms(KEY_MS)
            self.screens.append(self.rows())
            if isinstance(entry, int):
                await asyncio.sleep_ms(entry)
            elif isinstance(entry, tuple):
                self.inputs.put(entry[0], entry[1])
            else:
                self.inputs.put(KEY, entry)

    def leaves(self, expected, widget, script=()):
        """Plays, and returns the exception of the expected class by which the widget leaves."""
        return dual.raises(expected, self.play, widget, script)


HOLD_CLEAR = (HOLD, "CLEAR")
REPEAT_UP = (REPEAT, "UP")
REPEAT_DOWN = (REPEAT, "DOWN")


def card(number):
    return (CARD, number)


def _text(cells):
    out = ""
    at = 0
    while at < len(cells):
        code = cells[at]
        if code > 0x7F:
            out += chr(cells[at + 1] & 0x7F) if code == 0xA3 else "#"
            at += 2
        else:
            out += chr(code) if code >= 0x20 else "@"
            at += 1
    return out
