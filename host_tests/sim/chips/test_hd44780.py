"""The HD44780 behind its PCF8574, against the data sheet's instruction tables and initialisation figures."""

import pytest

from tools.sim.chips import Hd44780, lcd
from tools.sim.chips.hd44780 import BORDER
from tools.sim.chips.hd44780_font import DOTS

RS, RW, E, LIGHT = 1, 2, 4, 8


def nibble(chip, value, rs=0):
    """D4 to D7 with a pulse on E."""
    pins = value << 4 | rs | LIGHT
    assert chip.i2c_write(bytes((pins | E, pins))) == 2


def instruct(chip, *values):
    for value in values:
        nibble(chip, value >> 4)
        nibble(chip, value & 15)


def write(chip, data):
    for value in data:
        nibble(chip, value >> 4, RS)
        nibble(chip, value & 15, RS)


def initialise(chip):
    """Figure 24: 4-bit interface."""
    for value in (3, 3, 3, 2):
        nibble(chip, value)
    instruct(chip, 0x28, 0x08, 0x01, 0x06, 0x0C)


@pytest.fixture
def chip():
    chip = Hd44780()
    initialise(chip)
    return chip


def lit(chip):
    picture = chip.image()
    size = picture.width - 2 * BORDER, picture.height - 2 * BORDER
    dots = picture.crop((BORDER, BORDER, BORDER + size[0], BORDER + size[1]))
    return {(x, y) for y in range(size[1]) for x in range(size[0]) if dots.getpixel((x, y)) == lcd.BLUE.on}


def test_rows_and_their_addresses(chip):
    for row, address in enumerate((0x00, 0x40, 0x14, 0x54)):
        instruct(chip, 0x80 | address)
        write(chip, b"row %d" % row)
    assert chip.text_rows() == [f"row {row}".ljust(20) for row in range(4)]


def test_lines_run_on_into_each_other(chip):
    write(chip, b"a" * 20 + b"c" * 20 + b"b" * 20 + b"d" * 20)
    assert chip.text_rows() == ["a" * 20, "b" * 20, "c" * 20, "d" * 20]


def test_addresses_between_the_lines_hold_nothing(chip):
    instruct(chip, 0x80 | 0x28)
    write(chip, b"x" * 0x18 + b"y")
    assert chip.text_rows()[1].strip() == "y" and "x" not in "".join(chip.text_rows())


def test_eight_bit_mode_takes_one_nibble_for_an_instruction():
    """Without the initialisation each half of 28h is an instruction of its own, and nothing is ever shown."""
    chip = Hd44780()
    instruct(chip, 0x28, 0x0C)
    write(chip, b"A")
    assert chip.text_rows() == [" " * 20] * 4


def test_initialisation_works_from_the_middle_of_a_byte(chip):
    nibble(chip, 0x4, RS)
    initialise(chip)
    write(chip, b"ok")
    assert chip.text_rows()[0].strip() == "ok"


def test_one_line_mode_leaves_rows_two_and_four_dark():
    chip = Hd44780()
    for value in (3, 3, 3, 2):
        nibble(chip, value)
    instruct(chip, 0x20, 0x0C)
    write(chip, b"x" * 80)
    assert [row.strip() != "" for row in chip.text_rows()] == [True, False, True, False]


def test_data_is_taken_when_e_falls(chip):
    chip.i2c_write(bytes((0x40 | RS | LIGHT, 0x10 | RS | LIGHT)))  # E never rises
    assert chip.text_rows()[0].strip() == ""


def test_cursor(chip):
    assert chip.cursor() is None
    instruct(chip, 0x0E, 0x80 | 0x54 + 19)
    assert chip.cursor() == [3, 19]
    left, top = 19 * 6, 3 * 9
    assert lit(chip) == {(left + x, top + 7) for x in range(5)}
    write(chip, b"a")
    assert chip.cursor() == [0, 0]
    instruct(chip, 0x10)
    assert chip.cursor() == [3, 19]
    instruct(chip, 0x0D, 0x80)
    assert lit(chip) >= {(x, y) for x in range(5) for y in range(8)}


def test_entry_modes(chip):
    instruct(chip, 0x04, 0x84)
    write(chip, b"abcde")
    assert chip.text_rows()[0].rstrip() == "edcba"
    instruct(chip, 0x01)
    write(chip, b"up")  # clear also sets the counting direction
    assert chip.text_rows()[0].rstrip() == "up"


def test_display_shift(chip):
    write(chip, b"abc")
    instruct(chip, 0x18)
    assert chip.text_rows()[0].startswith("bc")
    instruct(chip, 0x0E, 0x82)
    assert chip.cursor() == [0, 1]
    instruct(chip, 0x80)
    assert chip.cursor() == [2, 19]  # column 39 of the line stands at the end of the third row
    instruct(chip, 0x1C, 0x1C)
    assert chip.text_rows()[0].startswith(" abc")
    instruct(chip, 0x02)
    assert chip.text_rows()[0].startswith("abc")


def test_user_defined_characters(chip):
    rows = bytes((0x1F, 0x11, 0x15, 0x11, 0x15, 0x11, 0x1F, 0x04))
    instruct(chip, 0x40 | 3 * 8)
    write(chip, rows)
    instruct(chip, 0x80)
    write(chip, b"\x03\x0b")
    assert chip.text_rows()[0][:2] == "▒▒"
    expected = {(left + x, y) for left in (0, 6) for y, row in enumerate(rows) for x in range(5) if row >> (4 - x) & 1}
    assert lit(chip) == expected


def test_characters_of_rom_a00(chip):
    write(chip, b"\\~\x7f\xdf\xff")
    assert chip.text_rows()[0].rstrip() == "¥→←°█"
    assert all(DOTS[code] for code in range(0x20, 0x80))
    assert len({DOTS[code] for code in range(0x20, 0x80)}) == 96


def test_busy_flag_and_counter_can_be_read():
    now = [0]
    chip = Hd44780(clock_us=lambda: now[0])
    for value in (3, 3, 3, 2):
        nibble(chip, value)
        now[0] += 5000
    instruct(chip, 0x28)
    now[0] += 40
    instruct(chip, 0x80 | 0x45)
    assert read(chip) == 0x80 | 0x45
    now[0] += 37
    assert read(chip) == 0x45


def read(chip, rs=0):
    value = 0
    for _ in range(2):
        chip.i2c_write(bytes((0xF0 | RW | rs | LIGHT | E,)))
        value = value << 4 | chip.i2c_read(1)[0] >> 4
        chip.i2c_write(bytes((0xF0 | RW | rs | LIGHT,)))
    return value


def test_ram_can_be_read(chip):
    write(chip, b"Zq")
    instruct(chip, 0x80)
    assert bytes((read(chip, RS), read(chip, RS))) == b"Zq"


def test_a_read_may_end_that_never_began():
    chip = Hd44780()
    nibble(chip, 2)  # 4 data wires
    assert chip.i2c_write(bytes((E, E | RW, 0))) == 3
    assert chip.text_rows() == [" " * 20] * 4


def test_what_comes_while_busy_is_lost():
    now = [0]
    chip = Hd44780(clock_us=lambda: now[0])
    for value in (3, 3, 3, 2):
        nibble(chip, value)
        now[0] += 5000
    for value in (0x28, 0x0C, 0x01):
        instruct(chip, value)
        now[0] += 40
    write(chip, b"A")  # the clear takes 1.52 ms
    now[0] += 1520
    write(chip, b"B")
    assert chip.lost_while_busy == 1
    assert chip.text_rows()[0].strip() == "B"


def test_backlight_and_power(chip):
    write(chip, b"A")
    assert chip.backlight and lit(chip)
    chip.i2c_write(b"\x00")
    assert not chip.backlight and lit(chip) == set()
    chip.power_off()
    assert chip.text_rows()[0].strip() == ""
    chip.power_on()
    initialise(chip)
    assert chip.text_rows() == [" " * 20] * 4


def test_version_rises_with_visible_changes_only(chip):
    write(chip, b"A")
    version = chip.version
    instruct(chip, 0x80)
    write(chip, b"A")
    assert chip.version == version
    write(chip, b"A")
    assert chip.version > version


def test_a_character_has_gaps_around_it(chip):
    write(chip, b"\xff\xff")
    assert lit(chip) == {(x, y) for x in range(11) for y in range(8) if x != 5}
    assert chip.image(scale=3).width == 3 * chip.image().width
