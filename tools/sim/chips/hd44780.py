"""HD44780 character display of 4 rows of 20, four data wires behind a PCF8574.

Source: Hitachi HD44780U data sheet (ADE-207-272): tables 4 (character codes), 6 (instructions), figures 23 and 24
(initialisation); the backpack's wiring is the common one: P0 RS, P1 R/W, P2 E, P3 backlight, P4 to P7 D4 to D7.
"""

from PIL import Image

from tools.sim.chips import lcd
from tools.sim.chips.hd44780_font import DOTS, text_of
from tools.sim.chips.pcf8574 import Pcf8574

RS, RW, E, BACKLIGHT = 0x01, 0x02, 0x04, 0x08

CELL_WIDTH, CELL_HEIGHT = 6, 9
"""5x8 dots and the gap beside and below."""

BORDER = 3
LINE_LENGTH = 40
CLEAR_US = 1520  # so does "return home"
INSTRUCTION_US = 37
WRITE_US = 41  # 37 us and 4 us until the address counter has moved


class Hd44780:
    """The display with its backpack, as one device on I2C.

    `clock_us`: callable giving microseconds; with it the chip is busy as long as the data sheet says, and what comes
    while it is busy is lost and counted in `lost_while_busy`. Without it every instruction is done at once.
    """

    cols, rows = 20, 4

    def __init__(self, clock_us=None, palette=lcd.BLUE):
        self._clock_us = clock_us
        self._palette = palette
        self.version = 0
        self.powered = True
        self._port = Pcf8574(self._pins_changed, self._pins_pulled_low)
        self.reset()

    # Power

    def reset(self):
        """The state after power-on: the chip has cleared itself and waits, with its display off, for 8 data wires."""
        self._port.reset()
        self.ddram = bytearray(b" " * 2 * LINE_LENGTH)
        self.cgram = bytearray(64)
        self._eight_wires = True
        self._two_lines = False
        self._display_on = self._cursor_on = self._blink_on = False
        self._increment, self._shift_with_write = True, False
        self._shift = 0
        self._address, self._in_cgram = 0, False
        self._high_nibble = None
        self._read_low_nibble = None
        self._pending_low = 0xF  # until a read has begun: R/W may rise while E is high
        self._output = 0xF
        self._busy_until_us = 0
        self.lost_while_busy = 0
        self.version += 1

    def power_off(self):
        """Nothing is shown, everything is forgotten."""
        self.powered = False
        self.reset()

    def power_on(self):
        self.powered = True
        self.reset()

    # I2C

    def i2c_write(self, data):
        """Number of bytes acknowledged."""
        return self._port.write(data)

    def i2c_read(self, n):
        return self._port.read(n)

    @property
    def backlight(self):
        return bool(self._port.latch & BACKLIGHT)

    def _pins_changed(self, before, after):
        if (before ^ after) & BACKLIGHT:
            self.version += 1
        if after & E and not before & E and after & RW:
            self._begin_read(after & RS)
        if before & E and not after & E:
            if before & RW:
                self._end_read()
            else:
                # The chip takes the wires as they were while E was high.
                self._take(before >> 4, before & RS)

    def _pins_pulled_low(self):
        if self._port.latch & E and self._port.latch & RW:
            return (~self._output & 0xF) << 4
        return 0

    # Nibbles

    def _take(self, nibble, rs):
        if self._eight_wires:
            self._execute(nibble << 4, rs)  # D0 to D3 hang in the air; low is the stricter assumption
        elif self._high_nibble is None:
            self._high_nibble = nibble
        else:
            value, self._high_nibble = self._high_nibble << 4 | nibble, None
            self._execute(value, rs)

    def _begin_read(self, rs):
        if self._read_low_nibble is not None:
            self._output = self._read_low_nibble
            return
        value = self._read_ram() if rs else self._busy() << 7 | self._counter()
        self._output = value >> 4
        self._pending_low = value & 0xF

    def _end_read(self):
        if self._eight_wires or self._read_low_nibble is not None:
            self._read_low_nibble = None
        else:
            self._read_low_nibble = self._pending_low

    def _busy(self):
        return self._clock_us is not None and self._clock_us() < self._busy_until_us

    def _execute(self, value, rs):
        if self._busy():
            self.lost_while_busy += 1
            return
        took_us = WRITE_US
        if rs:
            self._write_ram(value)
        else:
            took_us = CLEAR_US if value in (1, 2, 3) else INSTRUCTION_US
            self._instruction(value)
        if self._clock_us is not None:
            self._busy_until_us = self._clock_us() + took_us

    # Instructions

    def _instruction(self, value):
        if value & 0x80:
            self._set_address(value & 0x7F, False)
        elif value & 0x40:
            self._set_address(value & 0x3F, True)
        elif value & 0x20:
            self._function_set(value)
        elif value & 0x10:
            self._move(display=value & 0x08, right=value & 0x04)
        elif value & 0x08:
            self._show(value & 0x04, value & 0x02, value & 0x01)
        elif value & 0x04:
            self._increment, self._shift_with_write = bool(value & 0x02), bool(value & 0x01)
        elif value & 0x02:
            self._home()
        elif value & 0x01:
            self.ddram[:] = b" " * len(self.ddram)
            self._increment = True
            self._home()

    def _function_set(self, value):
        self._eight_wires = bool(value & 0x10)
        two_lines = bool(value & 0x08)
        if two_lines != self._two_lines:
            self._two_lines = two_lines
            self.version += 1

    def _show(self, display, cursor, blink):
        self._display_on, self._cursor_on, self._blink_on = bool(display), bool(cursor), bool(blink)
        self.version += 1

    def _home(self):
        self._shift = 0
        self._set_address(0, False)
        self.version += 1

    def _set_address(self, address, in_cgram):
        before = self.cursor()
        self._address, self._in_cgram = address, in_cgram
        if self.cursor() != before:
            self.version += 1

    def _move(self, display, right):
        if display:
            self._shift = (self._shift + (-1 if right else 1)) % LINE_LENGTH
            self.version += 1
        else:
            self._step(1 if right else -1)

    # RAM

    def _index(self):
        """Place of the address counter in `ddram`, None for an address that the chip has not."""
        if not self._two_lines:
            return self._address if self._address < 2 * LINE_LENGTH else None
        line, place = self._address >> 6, self._address & 0x3F
        return line * LINE_LENGTH + place if place < LINE_LENGTH else None

    def _counter(self):
        return self._address & 0x7F

    def _write_ram(self, value):
        if self._in_cgram:
            if self.cgram[self._address] != value:
                self.cgram[self._address] = value
                self.version += 1
            self._step(1 if self._increment else -1)
            return
        index = self._index()
        if index is not None and self.ddram[index] != value:
            self.ddram[index] = value
            self.version += 1
        self._step(1 if self._increment else -1)
        if self._shift_with_write:
            self._move(display=True, right=not self._increment)

    def _read_ram(self):
        index = self._index()
        if self._in_cgram:
            value = self.cgram[self._address]
        else:
            value = self.ddram[index] if index is not None else 0x20
        self._step(1 if self._increment else -1)
        return value

    def _step(self, by):
        """Counts the address on; in DDRAM from the end of one line to the start of the other."""
        before = self.cursor()
        if self._in_cgram:
            self._address = (self._address + by) % 64
        elif self._index() is None:
            self._address = (self._address + by) % 128
        else:
            index = (self._index() + by) % (2 * LINE_LENGTH)
            line, place = divmod(index, LINE_LENGTH)
            self._address = line << 6 | place if self._two_lines else index
        if self.cursor() != before:
            self.version += 1

    # What can be seen

    def _codes(self, row):
        """The character codes in a row of the glass: rows 2 and 3 continue the chip's lines 0 and 1."""
        line, first = row % 2, self.cols * (row // 2)
        if line and not self._two_lines:
            return None
        start = line * LINE_LENGTH
        return [self.ddram[start + (first + self._shift + col) % LINE_LENGTH] for col in range(self.cols)]

    def _visible(self):
        return self.powered and self._display_on

    def text_rows(self):
        """Four strings of 20 characters; user-defined characters are shown as a shade."""
        rows = []
        for row in range(self.rows):
            codes = self._codes(row) if self._visible() else None
            rows.append("".join(map(text_of, codes)) if codes else " " * self.cols)
        return rows

    def cursor(self):
        """[row, col] of the cursor, None when none can be seen."""
        if not (self._visible() and (self._cursor_on or self._blink_on)) or self._in_cgram:
            return None
        index = self._index()
        if index is None:
            return None
        line, place = divmod(index, LINE_LENGTH)
        place = (place - self._shift) % LINE_LENGTH
        row = line + 2 * (place // self.cols)
        return [row, place % self.cols]

    def image(self, scale=1):
        """A picture of the glass; one dot with its gap takes `scale` pixels."""
        size = self.cols * CELL_WIDTH - 1, self.rows * CELL_HEIGHT - 1
        dots = Image.new("1", size)
        cells = Image.new("1", size)
        blank = Image.new("1", (5, 8), 255)
        cursor = self.cursor()
        for row in range(self.rows):
            codes = self._codes(row) if self._visible() else None
            for col in range(self.cols):
                place = col * CELL_WIDTH, row * CELL_HEIGHT
                cells.paste(blank, place)
                if codes:
                    dots.paste(self._glyph(codes[col], cursor == [row, col]), place)
        lit = self.powered and self.backlight
        return lcd.paint(dots, self._palette, scale, lit, cells, BORDER)

    def _glyph(self, code, under_cursor):
        rows = self.cgram[(code & 7) * 8 : (code & 7) * 8 + 8] if code < 0x10 else DOTS.get(code, bytes(8))
        if under_cursor and self._blink_on:
            rows = b"\x1f" * 8
        elif under_cursor:
            rows = bytes(rows[:7]) + b"\x1f"
        return Image.frombytes("1", (5, 8), bytes((row & 0x1F) << 3 for row in rows))
