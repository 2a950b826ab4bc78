"""HD44780 on a 20x4 panel behind a PCF8574 I2C port expander (the usual backpack), written in 4-bit mode.

Port bits of the backpack: 0 RS, 1 R/W, 2 E, 3 backlight, 4 to 7 data. Numbers are from the Hitachi HD44780U data sheet
(instruction table 6, figure 24 "Initializing by Instruction, 4-Bit Interface").

Timing. Each instruction goes as five bytes to the port: high half with E low, with E high, with E low, low half
with E high, with E low. A byte on I2C takes 9 clocks, at 400 kHz 22.5 us. The chip starts when E falls for the low
half; E rises again two bytes (45 us) later and falls after three (67 us). An instruction takes 37 us and the address
counter 4 us more, at 270 kHz; at the slowest oscillator that the data sheet allows (190 kHz) 58 us. So the bus itself
is the wait, and a run of characters goes in one transfer. The first byte of the five also gives RS its 40 ns before E
rises.
"""

import time

from micropython import const

_RS = const(1)
_E = const(4)
_BACKLIGHT = const(8)
_POWER_MS = const(40)
_CLEAR_MS = const(2)  # 1.52 ms
_ROW_ADDRESS = const(b"\x80\xc0\x94\xd4")  # "set DDRAM address" of 0x00, 0x40, 0x14, 0x54
_SET_CGRAM = const(0x40)
_CURSOR_OFF = const(0x0C)
_CURSOR_ON = const(0x0E)


class Hd44780:
    """Character display; a cell is one byte of ASCII (ROM code A00 shows a yen sign for a backslash) or 0 to 7 for a
    defined glyph.

    It keeps what should be on the display. When the bus fails (OSError), nothing is raised: `fault` is set, and the
    next call starts the chip again and draws everything, so a loose plug does not end a transaction.
    """

    cols = 20
    rows = 4
    charset = "ascii"
    align = 1

    def __init__(self, i2c, address: int):
        self.fault = False
        self._i2c = i2c
        self._address = address
        self._cells = bytearray(b" " * 80)
        self._glyphs = {}
        self._cursor = 0  # instruction that puts it there, 0 = none

    def init(self):
        """Starts the chip whatever state it is in, clears it and draws what it should show. Blocks for some 60 ms."""
        try:
            self._start()
            self.fault = False
        except OSError:
            self.fault = True

    def _start(self):
        time.sleep_ms(_POWER_MS)
        # Three times "8 bits", since the chip may wait for the second half of something; then "4 bits".
        for half, wait_ms in ((0x30, 5), (0x30, 1), (0x30, 1), (0x20, 1)):
            half |= _BACKLIGHT
            self._i2c.writeto(self._address, bytes((half, half | _E, half)))
            time.sleep_ms(wait_ms)
        self._put(b"\x28\x08\x01")  # two lines (the panel's four are two halves each), display off, clear
        time.sleep_ms(_CLEAR_MS)
        self._put(b"\x06")  # the address goes up, the display does not shift
        for code in self._glyphs:
            self._put(bytes((_SET_CGRAM | code << 3,)), self._glyphs[code])
        for row in range(4):
            cells = bytes(self._cells[row * 20 : row * 20 + 20])
            if cells != b" " * 20:
                self._put(_ROW_ADDRESS[row : row + 1], cells)
        self._put(self._cursor_bytes())

    def write(self, row: int, col: int, data: bytes):
        """Writes cells of one row (ValueError if they do not fit). A whole row takes 2.4 ms at 400 kHz."""
        if col + len(data) > 20:
            raise ValueError("cells")
        start = row * 20 + col
        self._cells[start : start + len(data)] = data
        back = bytes((self._cursor,)) if self._cursor else b""
        self._try(bytes((_ROW_ADDRESS[row] + col,)), data, back)

    def cursor(self, row, col=0):
        """Underlines the cell at (row, col); None: no cursor."""
        instruction = 0 if row is None else _ROW_ADDRESS[row] + col
        if instruction != self._cursor:
            self._cursor = instruction
            self._try(self._cursor_bytes())

    def define_glyph(self, code: int, rows: bytes):
        """Draws character 0 to 7: eight rows of five dots, the leftmost dot in bit 4."""
        self._glyphs[code] = rows
        self._try(bytes((_SET_CGRAM | code << 3,)), rows)

    def _cursor_bytes(self):
        return bytes((self._cursor, _CURSOR_ON)) if self._cursor else bytes((_CURSOR_OFF,))

    def _try(self, instructions, data=b"", then=b""):
        if self.fault:
            self.init()
            return
        try:
            self._put(instructions, data, then)
        except OSError:
            self.fault = True

    def _put(self, instructions, data=b"", then=b""):
        """Instructions, data, instructions, in one transfer."""
        out = bytearray(5 * (len(instructions) + len(data) + len(then)))
        at = 0
        register = _BACKLIGHT
        for run in (instructions, data, then):
            for byte in run:
                high = byte & 0xF0 | register
                low = byte << 4 & 0xF0 | register
                out[at] = out[at + 2] = high
                out[at + 1] = high | _E
                out[at + 3] = low | _E
                out[at + 4] = low
                at += 5
            register ^= _RS
        self._i2c.writeto(self._address, out)
