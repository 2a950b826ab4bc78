"""The ST7920 against byte sequences made by hand from its data sheet."""

import pytest
from PIL import Image

from tools.sim import fonts
from tools.sim.chips import St7920, lcd
from tools.sim.chips.st7920 import BORDER

INIT = (0x30, 0x30, 0x0C, 0x01, 0x06)
ROWS = (0x80, 0x90, 0x88, 0x98)


@pytest.fixture
def chip():
    chip = St7920()
    chip.pin("reset", 0)
    chip.pin("reset", 1)
    chip.pin("cs", 1)
    instruct(chip, *INIT)
    return chip


def instruct(chip, *values):
    for value in values:
        chip.spi_write(bytes((0xF8, value & 0xF0, value << 4 & 0xF0)))


def write(chip, data):
    """One sync byte, then any number of data bytes."""
    chip.spi_write(b"\xfa" + b"".join(bytes((value & 0xF0, value << 4 & 0xF0)) for value in data))


def show(chip, row, text):
    instruct(chip, ROWS[row])
    write(chip, text.encode("gb2312"))


def lit(chip):
    """Coordinates of the dots that are on."""
    picture = chip.image()
    dots = picture.crop((BORDER, BORDER, BORDER + 128, BORDER + 64))
    return {(x, y) for y in range(64) for x in range(128) if dots.getpixel((x, y)) == lcd.BLUE.on}


def dots_of(rows, width, left, top):
    return {(left + x, top + y) for y, row in enumerate(rows) for x in range(width) if row >> (width - 1 - x) & 1}


def test_the_serial_frame_of_the_data_sheet():
    """Figure "serial interface": 11111 RW RS 0, then D7..D4 0000, then D3..D0 0000."""
    chip = St7920()
    chip.pin("cs", 1)
    chip.spi_write(bytes((0b11111000, 0b00110000, 0b00000000)))  # function set, 8 bit
    chip.spi_write(bytes((0b11111000, 0b00000000, 0b11000000)))  # display on
    chip.spi_write(bytes((0b11111000, 0b00000000, 0b00010000)))  # clear
    chip.spi_write(bytes((0b11111010, 0b01000000, 0b00010000)))  # data 41h
    assert chip.text_rows() == ["A" + " " * 15, " " * 16, " " * 16, " " * 16]


def test_rows_are_interleaved_in_ddram(chip):
    for row in range(4):
        show(chip, row, f"row {row}")
    assert chip.text_rows() == [f"row {row}".ljust(16) for row in range(4)]
    instruct(chip, 0x80)
    write(chip, b"first and third row are one  ..")
    assert chip.text_rows()[0] == "first and third " and chip.text_rows()[2].startswith("row are one")


def test_chinese(chip):
    show(chip, 0, "消费 Sale")
    show(chip, 1, "金额: 12.34 元")
    assert chip.text_rows()[:2] == ["消费 Sale       ", "金额: 12.34 元  "]


def test_full_width_forms_are_given_as_plain_characters(chip):
    show(chip, 1, "１２．３４")
    assert chip.text_rows()[1] == "12.34      "


def test_a_chinese_character_across_two_words_is_garbage(chip):
    show(chip, 0, " 消")
    assert "消" not in chip.text_rows()[0]


def test_each_character_is_drawn_from_the_rom(chip):
    show(chip, 1, "  A费")
    expected = dots_of(fonts.half_width(0x41), 8, 16, 16) | dots_of(fonts.full_width(0xB7D1), 16, 32, 16)
    assert int.from_bytes("费".encode("gb2312"), "big") == 0xB7D1
    # The two cells of the word "A" + half of 费 would be garbage: 费 starts in the next word.
    instruct(chip, 0x91)
    write(chip, b"A ")
    instruct(chip, 0x92)
    write(chip, b"\xb7\xd1")
    assert lit(chip) == expected


def test_bytes_without_sync_or_selection_are_ignored(chip):
    show(chip, 0, "x")
    chip.pin("cs", 0)
    chip.spi_write(b"\xfa\x40\x10")
    chip.pin("cs", 1)
    chip.spi_write(b"\x40\x10")
    assert chip.text_rows()[0].strip() == "x"
    assert chip.ignored_bytes == 5


def test_deselecting_forgets_half_a_byte(chip):
    instruct(chip, 0x80)
    chip.spi_write(b"\xfa\x40")
    chip.pin("cs", 0)
    chip.pin("cs", 1)
    write(chip, b"B")
    assert chip.text_rows()[0].strip() == "B"


def test_a_new_sync_byte_forgets_half_a_byte(chip):
    instruct(chip, 0x80)
    chip.spi_write(b"\xfa\x40")
    write(chip, b"B")
    assert chip.text_rows()[0].strip() == "B"


def test_nothing_can_be_read_in_serial_mode(chip):
    chip.spi_write(b"\xfe\x40\x10")
    assert chip.text_rows()[0].strip() == "" and chip.ignored_bytes == 2


def test_ram_is_noise_after_power_on():
    chip = St7920()
    chip.pin("cs", 1)
    instruct(chip, 0x30, 0x0C)
    assert chip.text_rows()[0].strip() != ""


def test_off_sleep_and_standby_show_nothing(chip):
    show(chip, 0, "here")
    for off, on in (((0x08,), (0x0C,)), ((0x34, 0x08), (0x0C, 0x30)), ((0x34, 0x01), (0x30,))):
        instruct(chip, *off)
        assert "".join(chip.text_rows()).strip() == "" and lit(chip) == set()
        instruct(chip, *on)
        assert chip.text_rows()[0].strip() == "here"


def test_cursor(chip):
    assert chip.cursor() is None
    instruct(chip, 0x0E, 0x80 + 3)
    assert chip.cursor() == [0, 6]
    assert lit(chip) == {(x, 15) for x in range(48, 64)}
    instruct(chip, 0x8A)
    assert chip.cursor() == [2, 4]
    write(chip, b"ab")
    assert chip.cursor() == [2, 6]
    instruct(chip, 0x10)
    assert chip.cursor() == [2, 4]
    instruct(chip, 0x14, 0x14)
    assert chip.cursor() == [2, 8]
    instruct(chip, 0x0F)
    assert len(lit(chip)) > 16 * 15
    instruct(chip, 0x0C)
    assert chip.cursor() is None


def test_home_and_clear(chip):
    show(chip, 2, "kept")
    instruct(chip, 0x02)
    write(chip, b"home")
    assert chip.text_rows()[0].strip() == "home" and chip.text_rows()[2].strip() == "kept"
    instruct(chip, 0x01)
    assert "".join(chip.text_rows()).strip() == ""


def test_entry_mode_counts_down(chip):
    instruct(chip, 0x04, 0x83)
    write(chip, b"ABCDEF")
    assert chip.text_rows()[0].rstrip() == "  EFCDAB"


def test_user_defined_glyph(chip):
    instruct(chip, 0x40 + 16)
    write(chip, b"\xaa\x55" * 16)
    instruct(chip, 0x82)
    write(chip, b"\x00\x02")
    assert chip.text_rows()[0][4] == "▒"
    assert lit(chip) == dots_of([0xAA55] * 16, 16, 32, 0)


def test_graphics_layer(chip):
    instruct(chip, 0x34)
    for y in range(32):
        instruct(chip, 0x80 + y, 0x80)
        write(chip, bytes(32))
    instruct(chip, 0x80 + 5, 0x80 + 1)
    write(chip, b"\x80\x01\xff\x00")
    instruct(chip, 0x80 + 31, 0x80 + 15)
    write(chip, b"\x00\x01")
    assert lit(chip) == set()
    instruct(chip, 0x36)
    top = {(16, 5), (31, 5)} | {(x, 5) for x in range(32, 40)}
    assert lit(chip) == top | {(127, 63)}
    assert "".join(chip.text_rows()).strip() == ""


def test_graphics_invert_text(chip):
    show(chip, 0, "A")
    instruct(chip, 0x34)
    for y in range(32):
        instruct(chip, 0x80 + y, 0x80)
        write(chip, b"\xff\xff" + bytes(30) if y < 16 else bytes(32))
    instruct(chip, 0x36)
    everything = {(x, y) for x in range(16) for y in range(16)}
    assert lit(chip) == everything - dots_of(fonts.half_width(0x41), 8, 0, 0)


def test_reverse_line_toggles(chip):
    instruct(chip, 0x34, 0x04)
    assert len(lit(chip)) == 2 * 128 * 16  # line 1 of the chip is rows 0 and 2 of the glass
    instruct(chip, 0x30, 0x0E, 0x80)
    assert {(x, 15) for x in range(16)} & lit(chip) == set()  # the cursor too is reversed
    instruct(chip, 0x0C, 0x34, 0x04)
    assert lit(chip) == set()


def test_display_shift_and_scroll(chip):
    show(chip, 0, "ABCD")
    instruct(chip, 0x18)
    assert chip.text_rows()[0].startswith("CD") and chip.text_rows()[2].endswith("AB")
    instruct(chip, 0x1C)
    instruct(chip, 0x34, 0x03, 0x40 + 16, 0x30)
    assert chip.text_rows()[0].strip() == ""
    assert lit(chip) == set()


def test_version_rises_with_visible_changes_only(chip):
    show(chip, 0, "A")
    version = chip.version
    show(chip, 0, "A")
    assert chip.version == version
    show(chip, 0, "B")
    assert chip.version > version


def test_what_comes_while_busy_is_lost():
    now = [0]
    chip = St7920(clock_us=lambda: now[0])
    chip.pin("cs", 1)
    for value in (0x30, 0x0C, 0x01):
        instruct(chip, value)
        now[0] += 72
    instruct(chip, 0x80)  # the clear takes 1.6 ms
    assert chip.lost_while_busy == 1
    now[0] += 1600
    write(chip, b"AB")
    assert chip.text_rows()[0].strip() == "A" and chip.lost_while_busy == 2


def test_reset_and_power(chip):
    show(chip, 0, "A")
    chip.pin("reset", 0)
    instruct(chip, 0x0C)
    assert chip.text_rows()[0].strip() == ""
    chip.pin("reset", 1)
    instruct(chip, 0x0C)
    assert chip.text_rows()[0].strip() == "A"  # the reset pin does not clear RAM
    chip.power_off()
    assert lit(chip) == set() and chip.image().getpixel((0, 0)) == lcd.BLUE.dark
    chip.power_on()
    chip.pin("cs", 1)
    instruct(chip, 0x0C)
    assert chip.text_rows()[0].strip() != "A"


def test_picture_sizes(chip):
    assert chip.image().size == (128 + 2 * BORDER, 64 + 2 * BORDER)
    assert chip.image(scale=4).size == (4 * (128 + 2 * BORDER), 4 * (64 + 2 * BORDER))
    assert isinstance(chip.image(scale=2), Image.Image)
