"""A code drawn by the real driver on the simulated ST7920, read from its glass by readers that are not ours."""

import asyncio
import random

import pytest
import zxingcpp
from against.test_qr_modules import merchants_codes
from PIL import Image, ImageFilter
from pos.drivers.st7920 import St7920
from pos.qr import matrix
from pos.ui import qr_view
from pyzbar import pyzbar
from sim.test_drivers_on_chips import BusTime, ChipPin, Spi

from tools.sim import chips
from tools.sim.cpython import shims

CODE = b"00020101021226250002P0011510000000000000152045999530315654041.005802CN5914DEMO TEA HOUSE6004CITY"
LONGEST = 221  # characters of version 8 at level M: one side has 49 modules


@pytest.fixture
def glass():
    source = BusTime()
    previous = shims.set_time_source(source)
    chip = chips.St7920(clock_us=source.us)
    driver = St7920(Spi(chip, source, 1_000_000), ChipPin(chip, "cs"), ChipPin(chip, "reset"))
    driver.init()
    yield driver, chip, source
    shims.set_time_source(previous)
    assert chip.lost_while_busy == 0 and chip.ignored_bytes == 0 and not chip.unknown


def seen(image, dot):
    """A picture of the glass as a camera a hand's breadth away has it: the hairlines between dots (of `dot` pixels) are
    too fine for it, a dot is a few pixels."""
    small = image.convert("L").resize((image.width // dot, image.height // dot), Image.Resampling.BOX)
    return small.resize((small.width * 3, small.height * 3), Image.Resampling.NEAREST)


def read(chip):
    """What both readers see on the glass."""
    image = seen(chip.image(scale=4), 4)
    zbar = [code.data for code in pyzbar.decode(image, [pyzbar.ZBarSymbol.QRCODE])]
    zxing = [code.text.encode() for code in zxingcpp.read_barcodes(image)]
    assert zbar == zxing
    return zbar


def draw(driver, text):
    rows = matrix.encode(text, matrix.M)
    assert qr_view.can_show(driver, len(rows))
    asyncio.run(qr_view.draw(driver, rows))
    return rows


@pytest.mark.parametrize("text", [b"A", b"HELLO WORLD", CODE, CODE.ljust(LONGEST, b"9"), b"mixed " * 30])
def test_what_is_drawn_is_read(glass, text):
    driver, chip, _ = glass
    draw(driver, text)
    assert read(chip) == [text]


def test_a_camera_held_askew_reads_it(glass):
    """Three pixels a dot, turned by a few degrees, blurred, noisy; the hairlines between the dots are there."""
    driver, chip, _ = glass
    chance = random.Random(64)
    for text in merchants_codes(8):
        draw(driver, text.encode())
        image = chip.image(scale=8).convert("L")
        image = image.rotate(chance.uniform(-8, 8), Image.Resampling.BICUBIC, expand=True, fillcolor=30)
        image = image.resize((image.width * 3 // 8, image.height * 3 // 8), Image.Resampling.LANCZOS)
        noise = Image.frombytes("L", image.size, chance.randbytes(image.width * image.height))
        image = Image.blend(image.filter(ImageFilter.GaussianBlur(0.4)), noise, 0.12)
        assert [code.data.decode() for code in pyzbar.decode(image, [pyzbar.ZBarSymbol.QRCODE])] == [text]
        assert [code.text for code in zxingcpp.read_barcodes(image)] == [text]


def test_modules_are_as_large_as_fits(glass):
    """21 modules and the light frame of 4 around them: two dots each; from 29 modules on one."""
    driver, chip, _ = glass
    for text, scale in ((b"A", 2), (b"A" * 39, 1)):
        rows = draw(driver, text)
        dots = chip.image(scale=1).convert("L").point(lambda level: 255 * (level > 128))
        left = (64 - len(rows) * scale) // 2
        shown = dots.crop((67 + left, 3 + left, 67 + left + len(rows) * scale, 3 + left + len(rows) * scale))
        expected = Image.frombytes("L", (len(rows), len(rows)), bytes(0 if m else 255 for row in rows for m in row))
        assert shown.tobytes() == expected.resize(shown.size, Image.Resampling.NEAREST).tobytes()


def test_words_stay_and_can_change_beside_it(glass):
    driver, chip, _ = glass
    driver.write(1, 0, b"   12.34")
    draw(driver, CODE)
    driver.write(2, 0, b"   119 s")
    assert chip.text_rows()[1:3] == ["   12.34        ", "   119 s        "]
    assert read(chip) == [CODE]
    qr_view.hide(driver)
    driver.write(3, 0, "按取消停".encode("gb2312"))
    assert read(chip) == []
    assert [row.strip() for row in chip.text_rows()] == ["", "12.34", "119 s", "按取消停"]


def test_the_next_code_covers_the_one_before(glass):
    driver, chip, _ = glass
    draw(driver, CODE)
    qr_view.hide(driver)
    draw(driver, b"ANOTHER")
    assert read(chip) == [b"ANOTHER"]


def test_drawing_takes_less_than_150_ms(glass):
    driver, _, source = glass
    start_us = source.now_us
    draw(driver, CODE)
    assert 50_000 < source.now_us - start_us < 150_000


def test_glass_on_which_set_dots_are_dark(glass):
    driver, chip, _ = glass
    driver.light_dots = False
    draw(driver, b"POSITIVE")
    negative = Image.eval(seen(chip.image(scale=4), 4), lambda level: 255 - level)
    assert [code.data for code in pyzbar.decode(negative, [pyzbar.ZBarSymbol.QRCODE])] == [b"POSITIVE"]
