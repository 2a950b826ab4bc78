"""ST7920 with 128x64 dots and a Chinese font, in serial mode.

Source: Sitronix ST7920 data sheet V4.0 (2008): instruction tables 1 and 2, serial interface, DDRAM, CGRAM and GDRAM
maps. The module drives its 64 rows as two halves of 32: the chip's left 8 words are the upper half of the glass, its
right 8 words the lower one, hence the interleaved DDRAM rows 80h, 90h, 88h, 98h.
"""

from PIL import Image, ImageChops

from tools.sim import fonts
from tools.sim.chips import lcd

WORDS = 16
"""Words of 16 dots in a line of the chip; 8 of them are in each half of the glass."""

LINES = 4
POWER_ON_NOISE = 0xA5
"""RAM holds anything after power-on; firmware has to clear it before it switches the display on."""

UNKNOWN = "\N{REPLACEMENT CHARACTER}"
USER_DEFINED = "▒"
CLEAR_US = 1600
INSTRUCTION_US = 72
BORDER = 3


class St7920:
    """The display module: `pin` for its chip select (high is selected) and reset (low resets), `spi_write` for bytes.

    `clock_us`: callable giving microseconds; with it the chip is busy as long as the data sheet says, and what comes
    while it is busy is lost and counted in `lost_while_busy`. Without it every instruction is done at once.
    """

    cols, rows = 16, 4

    def __init__(self, clock_us=None, palette=lcd.BLUE):
        self._clock_us = clock_us
        self._palette = palette
        self.version = 0
        self.powered = True
        self._selected = False
        self._in_reset = False
        self._power_up()

    # Power and pins

    def _power_up(self):
        self.ddram = bytearray([POWER_ON_NOISE]) * (LINES * WORDS * 2)
        self.cgram = bytearray([POWER_ON_NOISE]) * 128
        self.gdram = bytearray([POWER_ON_NOISE]) * (64 * WORDS * 2)
        self._glyphs = {}
        self.ignored_bytes = 0
        self.lost_while_busy = 0
        self.unknown = []
        self.reset()

    def reset(self):
        """What the reset pin does: registers as after power-on; RAM keeps what it has."""
        self._extended = self._graphics_on = False
        self._display_on = self._cursor_on = self._blink_on = False
        self._increment, self._shift_with_write = True, False
        self._shift = 0
        self._scroll, self._scroll_selected = 0, False
        self._reversed = set()
        self._standby = self._asleep = False
        self._ram, self._address = "ddram", 0
        self._x = self._y = 0
        self._expect_x = False
        self._second_byte = False
        self._busy_until_us = 0
        self._unsynchronise()
        self.version += 1

    def power_off(self):
        """Nothing is shown, everything is forgotten."""
        self.powered = False
        self._selected = False
        self._in_reset = False
        self._power_up()

    def power_on(self):
        self.powered = True
        self._power_up()

    def pin(self, name, level):
        """A level at pin "cs" or "reset"."""
        if name == "cs":
            if self._selected and not level:
                self._unsynchronise()
            self._selected = bool(level)
        elif name == "reset":
            self._in_reset = not level
            if self._in_reset:
                self.reset()
        else:
            raise ValueError(f"no pin {name!r}")

    # Serial interface

    def spi_write(self, data):
        """Bytes as they are clocked in, most significant bit first."""
        for byte in data:
            if not self._selected or self._in_reset or not self.powered:
                self.ignored_bytes += 1
            elif byte & 0xF8 == 0xF8:
                self._synchronised = not byte & 0x01
                self._reading, self._is_data = bool(byte & 0x04), bool(byte & 0x02)
                self._high_nibble = None
            elif not self._synchronised or self._reading or byte & 0x0F:
                self.ignored_bytes += 1
            elif self._high_nibble is None:
                self._high_nibble = byte
            else:
                value, self._high_nibble = self._high_nibble | byte >> 4, None
                self._execute(value)

    def _unsynchronise(self):
        self._synchronised = self._reading = self._is_data = False
        self._high_nibble = None

    def _execute(self, value):
        if self._clock_us is not None:
            now_us = self._clock_us()
            if now_us < self._busy_until_us:
                self.lost_while_busy += 1
                return
            clears = value == 1 and not self._is_data and not self._extended
            self._busy_until_us = now_us + (CLEAR_US if clears else INSTRUCTION_US)
        if self._is_data:
            self._write_ram(value)
        else:
            self._standby = False  # any instruction ends standby
            (self._extended_instruction if self._extended else self._basic_instruction)(value)

    # Instructions

    def _basic_instruction(self, value):
        if value & 0x80:
            self._set_address("ddram", value & 0x3F)
        elif value & 0x40:
            self._set_address("cgram", value & 0x3F)
        elif value & 0x20:
            self._function_set(value)
        elif value & 0x10:
            self._move(display=value & 0x08, right=value & 0x04)
        elif value & 0x08:
            self._display_on, self._cursor_on, self._blink_on = bool(value & 4), bool(value & 2), bool(value & 1)
            self.version += 1
        elif value & 0x04:
            self._increment, self._shift_with_write = bool(value & 0x02), bool(value & 0x01)
        elif value & 0x02:
            self._home()
        elif value == 0x01:
            self.ddram[:] = b" " * len(self.ddram)
            self._increment = True
            self._home()
        else:
            self.unknown.append(value)

    def _extended_instruction(self, value):
        if value & 0x80:
            self._set_graphics_address(value & 0x7F)
        elif value & 0x40:
            if self._scroll_selected:
                self._scroll = value & 0x3F
                self.version += 1
        elif value & 0x20:
            self._function_set(value)
        elif value & 0xF8 == 0x08:
            self._asleep = not value & 0x04
            self.version += 1
        elif value & 0xFC == 0x04:
            self._reversed ^= {value & 0x03}
            self.version += 1
        elif value & 0xFE == 0x02:
            self._scroll_selected = bool(value & 0x01)
        elif value == 0x01:
            self._standby = True
            self.version += 1
        else:
            self.unknown.append(value)

    def _function_set(self, value):
        """RE and G may not be changed at once: G counts only when the extended set was in force already."""
        extended = bool(value & 0x04)
        if self._extended and extended and self._graphics_on != bool(value & 0x02):
            self._graphics_on = bool(value & 0x02)
            self.version += 1
        self._extended = extended
        self._expect_x = False

    def _home(self):
        self._shift = 0
        self._set_address("ddram", 0)
        self.version += 1

    def _move(self, display, right):
        if display:
            self._shift = (self._shift + (-1 if right else 1)) % WORDS
            self.version += 1
        else:
            self._step(1 if right else -1)

    # RAM

    def _set_address(self, ram, address):
        before = self.cursor()
        self._ram, self._address, self._second_byte = ram, address, False
        if self.cursor() != before:
            self.version += 1

    def _set_graphics_address(self, value):
        if self._expect_x:
            self._x = value & 0x0F
            self._set_address("gdram", 0)
        else:
            self._y = value & 0x3F
        self._expect_x = not self._expect_x

    def _write_ram(self, value):
        """Words are written high byte first; the counter moves on after the low byte."""
        word = self._y * WORDS + self._x if self._ram == "gdram" else self._address
        ram = getattr(self, self._ram)
        index = 2 * word + self._second_byte
        if ram[index] != value:
            ram[index] = value
            self.version += 1
            if self._ram == "cgram":
                self._glyphs.clear()
        self._second_byte = not self._second_byte
        if not self._second_byte:
            self._step(1 if self._increment else -1)
            if self._shift_with_write and self._ram == "ddram":
                self._move(display=True, right=not self._increment)

    def _step(self, by):
        before = self.cursor()
        self._second_byte = False
        if self._ram == "gdram":
            self._x = (self._x + by) % WORDS
        else:
            self._address = (self._address + by) % 64
        if self.cursor() != before:
            self.version += 1

    # What can be seen

    def _visible(self):
        return self.powered and self._display_on and not self._standby and not self._asleep

    def _word_index(self, row, column):
        """Place in DDRAM of the word in column 0 to 7 of a row of the glass."""
        word = (column + self._shift + (8 if row >= 2 else 0)) % WORDS
        line = (row % 2 + self._scroll // 16) % LINES
        return line * WORDS + word

    def text_rows(self):
        """Four strings; each stands for 16 cells, of which a Chinese character takes two.

        Full-width forms of ASCII are given as the plain character.
        """
        return [self._text_row(row) if self._visible() else " " * self.cols for row in range(self.rows)]

    def _text_row(self, row):
        text = ""
        for column in range(8):
            at = 2 * self._word_index(row, column)
            high, low = self.ddram[at], self.ddram[at + 1]
            if high == 0:
                text += USER_DEFINED if low in (0, 2, 4, 6) else UNKNOWN
            elif high < 0x80:
                text += _half_width_text(high) + _half_width_text(low)
            else:
                text += _full_width_text(high, low)
        return text

    def cursor(self):
        """[row, col] of the first of the cursor's two cells, None when none can be seen."""
        if not (self._visible() and (self._cursor_on or self._blink_on)) or self._ram != "ddram":
            return None
        for row in range(self.rows):
            for column in range(8):
                if self._word_index(row, column) == self._address:
                    return [row, 2 * column]
        return None

    def image(self, scale=1):
        """A picture of the glass; one dot with its gap takes `scale` pixels."""
        dots = Image.new("1", (128, 64))
        if self._visible():
            plane = self._text_plane()
            if self._graphics_on:
                graphics = Image.frombytes("1", (256, 64), bytes(self.gdram))
                plane = ImageChops.logical_xor(plane, graphics)
            plane = ImageChops.offset(plane, 0, -self._scroll)
            dots.paste(plane.crop((0, 0, 128, 32)), (0, 0))
            dots.paste(plane.crop((128, 0, 256, 32)), (0, 32))
        return lcd.paint(dots, self._palette, scale, self.powered, border=BORDER)

    def _text_plane(self):
        """All the chip's text: 16 words in 4 lines, of which the glass shows two."""
        plane = Image.new("1", (WORDS * 16, LINES * 16))
        for line in range(LINES):
            for word in range(WORDS):
                index = line * WORDS + (word + self._shift) % WORDS
                glyph = self._glyph(self.ddram[2 * index], self.ddram[2 * index + 1])
                here = self._ram == "ddram" and index == self._address
                if here and self._blink_on:
                    glyph = ImageChops.invert(glyph)
                plane.paste(glyph, (word * 16, line * 16))
                if here and self._cursor_on:
                    plane.paste(255, (word * 16, line * 16 + 15, word * 16 + 16, line * 16 + 16))
            if line in self._reversed:
                box = (0, line * 16, WORDS * 16, line * 16 + 16)
                plane.paste(ImageChops.invert(plane.crop(box)), box)
        return plane

    def _glyph(self, high, low):
        key = high << 8 | low
        if key not in self._glyphs:
            self._glyphs[key] = Image.frombytes("1", (16, 16), self._glyph_dots(high, low))
        return self._glyphs[key]

    def _glyph_dots(self, high, low):
        if high == 0:
            number = low >> 1 & 3
            return bytes(self.cgram[32 * number : 32 * number + 32])
        if high < 0x80:
            pairs = zip(_half_width_rows(high), _half_width_rows(low), strict=True)
            return bytes(byte for pair in pairs for byte in pair)
        return b"".join(row.to_bytes(2, "big") for row in fonts.full_width(high << 8 | low))


def _half_width_rows(code):
    return fonts.half_width(code) if 0x20 <= code < 0x7F else (0,) * 16


def _half_width_text(code):
    return chr(code) if 0x20 <= code < 0x7F else UNKNOWN


def _full_width_text(high, low):
    try:
        char = bytes((high, low)).decode("gb2312")
    except UnicodeDecodeError:
        return UNKNOWN
    if "！" <= char <= "～":
        return chr(ord(char) - 0xFEE0)
    return " " if char == "\u3000" else char
