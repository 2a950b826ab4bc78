"""ST7920 on a 128x64 panel: 4 rows of 16 half-width cells from its own GB2312 font, and a picture, over the serial
interface.

Numbers are from the Sitronix ST7920 data sheet V4.0 (2008): instruction tables, serial interface (p. 26), start-up
flow for the 8-bit interface.
"""

import time

from micropython import const

# First byte of a transfer: five ones, RW = 0, RS, 0. Bytes of the same kind may follow without another one.
_INSTRUCTION = const(0xF8)
_DATA = const(0xFA)
# Each instruction or byte of data takes 72 us at the nominal 540 kHz, there is no input buffer, and the busy flag
# cannot be read over the serial interface.
_BUSY_US = const(72)
_CLEAR_MS = const(2)  # 1.6 ms
_POWER_MS = const(40)
_RESET_US = const(20)  # at least 10 us
# The panel shows 32 words of two memory lines as 2 x 2 rows: the right half of a line is the row two further down.
_ROW_ADDRESS = const(b"\x80\x90\x88\x98")


class St7920:
    """Character display. A cell is 8x16 dots and takes one byte; a GB2312 character takes two bytes in two cells
    and has to begin on an even column, because the memory is addressed by pairs.

    spi: mode 0, at most 2 MHz, most significant bit first. cs (active high), reset (active low): output pins.
    """

    cols = 16
    rows = 4
    charset = "gb2312"
    align = 2
    light_dots = True  # on blue glass a set dot is light; on yellow-green it is dark

    def __init__(self, spi, cs, reset):
        self._spi = spi
        self._cs = cs
        self._reset = reset
        self._cursor = 0  # address, 0 = none
        self._first = bytearray(3)
        self._next = memoryview(self._first)[1:]

    def init(self):
        """Resets and clears the display. Blocks for 45 ms: for use before the event loop runs."""
        self._cs.value(0)
        self._reset.value(0)
        time.sleep_us(_RESET_US)
        self._reset.value(1)
        time.sleep_ms(_POWER_MS)
        # 8-bit transfers and basic instructions, twice, as the data sheet's start-up has it; display on; clear.
        for instruction in b"\x30\x30\x0c\x01":
            self._send(_INSTRUCTION, bytes((instruction,)))
            time.sleep_us(_BUSY_US)
        time.sleep_ms(_CLEAR_MS)
        self._send(_INSTRUCTION, b"\x06")  # the address goes up after each pair
        self._cursor = 0

    def write(self, row: int, col: int, data: bytes):
        """Writes from an even column on; data has an even number of bytes that fit the row (ValueError). A whole
        row takes 1.5 ms."""
        if (col | len(data)) & 1 or col + len(data) > 16:
            raise ValueError("cells")
        self._address(_ROW_ADDRESS[row] + (col >> 1))
        self._send(_DATA, data)
        if self._cursor:
            self._address(self._cursor)

    def cursor(self, row, col=0):
        """Underlines the pair of cells at (row, col); None: no cursor."""
        address = 0 if row is None else _ROW_ADDRESS[row] + (col >> 1)
        if address == self._cursor:
            return
        if not address or not self._cursor:
            self._send(_INSTRUCTION, b"\x0e" if address else b"\x0c")
        self._cursor = address
        if address:
            self._address(address)

    def dots(self, y: int, data: bytes):
        """Row y (0 to 63) of the picture: 16 bytes, the leftmost dot in the highest bit. Takes 1.8 ms. The memory holds
        anything after power-on: all rows are written before the picture is shown."""
        self._send(_INSTRUCTION, b"\x34")  # extended instructions
        # As with the text, the lower half of the glass is the right half of what the memory is addressed by.
        self._send(_INSTRUCTION, bytes((0x80 | y & 31, 0x80 | y >> 5 << 3)))
        self._send(_DATA, data)
        self._send(_INSTRUCTION, b"\x30")

    def picture(self, on: bool):
        """Shows the picture over the text: a dot is set where one of the two has it, not both. The text can be written
        meanwhile."""
        # What is shown and which instructions are in force cannot be changed by one instruction.
        self._send(_INSTRUCTION, b"\x34\x36\x30" if on else b"\x34\x34\x30")

    def _address(self, address):
        self._send(_INSTRUCTION, bytes((address,)))

    def _send(self, kind, data):
        """Each byte goes as two: high half, then low half, both in the upper four bits."""
        buffer = self._first
        piece = buffer
        buffer[0] = kind
        self._cs.value(1)
        for byte in data:
            buffer[1] = byte & 0xF0
            buffer[2] = byte << 4 & 0xF0
            self._spi.write(piece)
            time.sleep_us(_BUSY_US)
            piece = self._next
        self._cs.value(0)
