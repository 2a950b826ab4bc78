"""The real drivers on the simulated chips, which were written from the data sheets apart from them.

Displays run against the chips' busy times: bytes take as long as on the bus, waits as long as the driver waits, and
what comes too early the chip loses and counts.
"""

import asyncio
import random

import dual
import pytest
import zxingcpp
from pos.drivers import escpos, keypad, pn532
from pos.drivers.hd44780 import Hd44780
from pos.drivers.st7920 import St7920

from tools.sim import chips
from tools.sim.circuit import load_board
from tools.sim.cpython import shims


class BusTime:
    """Time that passes only by bytes on a bus and by waiting."""

    def __init__(self):
        self.now_us = 0

    def us(self):
        return int(self.now_us)

    def sleep_us(self, us):
        self.now_us += us


@pytest.fixture
def bus_time():
    source = BusTime()
    previous = shims.set_time_source(source)
    yield source
    shims.set_time_source(previous)


class Spi:
    def __init__(self, chip, source, baudrate):
        self.chip, self.source, self.byte_us = chip, source, 8_000_000 / baudrate
        self.bytes = 0

    def write(self, data):
        for byte in bytes(data):
            self.source.now_us += self.byte_us
            self.chip.spi_write(bytes((byte,)))
            self.bytes += 1


class I2c:
    def __init__(self, chip, source, frequency):
        self.chip, self.source, self.byte_us = chip, source, 9_000_000 / frequency
        self.bytes = 0
        self.plugged = True

    def writeto(self, address, data):
        self.source.now_us += self.byte_us
        if address != 0x27 or not self.plugged:
            raise OSError(19)
        for byte in bytes(data):
            self.source.now_us += self.byte_us
            assert self.chip.i2c_write(bytes((byte,))) == 1
            self.bytes += 1


class ChipPin:
    def __init__(self, chip, name):
        self.chip, self.name = chip, name

    def value(self, level):
        self.chip.pin(self.name, level)


class Uart:
    def __init__(self, chip):
        self.chip = chip
        self.received = b""
        self.plugged = True

    def write(self, data):
        if self.plugged:
            self.chip.receive(bytes(data))

    def any(self):
        if self.plugged:
            self.received += self.chip.transmit()
        return len(self.received)

    def read(self, count):
        data, self.received = self.received[:count], self.received[count:]
        return data or None


# Displays


@pytest.fixture
def st7920(bus_time):
    chip = chips.St7920(clock_us=bus_time.us)
    spi = Spi(chip, bus_time, 1_000_000)
    driver = St7920(spi, ChipPin(chip, "cs"), ChipPin(chip, "reset"))
    driver.init()
    yield driver, chip, spi
    assert chip.lost_while_busy == 0
    assert chip.ignored_bytes == 0 and not chip.unknown


@pytest.fixture
def hd44780(bus_time):
    chip = chips.Hd44780(clock_us=bus_time.us)
    i2c = I2c(chip, bus_time, 400_000)
    driver = Hd44780(i2c, 0x27)
    driver.init()
    yield driver, chip, i2c
    assert chip.lost_while_busy == 0


def rows_of(chip):
    return [row.ljust(chip.cols) for row in chip.text_rows()]


def test_st7920_shows_ascii_and_chinese(st7920):
    driver, chip, _ = st7920
    assert "".join(chip.text_rows()).strip() == ""
    texts = ("SALE      CNY   ", "交易金额: 12.34 ", "  请刷卡或输入  ", "确认    ENTER  *")
    for row, text in enumerate(texts):
        driver.write(row, 0, text.encode("gb2312"))
    shown = [row.encode("gb2312").ljust(16).decode("gb2312") for row in chip.text_rows()]
    assert shown == list(texts)
    assert chip.cursor() is None


def test_st7920_changes_only_what_is_written(st7920):
    driver, chip, _ = st7920
    driver.write(2, 0, b"0123456789ABCDEF")
    driver.write(2, 6, b"..")
    assert chip.text_rows()[2] == "012345..89ABCDEF"
    driver.write(2, 14, "元".encode("gb2312"))
    assert chip.text_rows()[2] == "012345..89ABCD元"


def test_st7920_cursor(st7920):
    driver, chip, _ = st7920
    for row in range(4):
        driver.cursor(row, 6)
        driver.write(3 - row, 0, b"AB")
        assert list(chip.cursor()) == [row, 6]
    driver.cursor(None)
    assert chip.cursor() is None


def test_st7920_starts_from_any_state(st7920, bus_time):
    driver, chip, _spi = st7920
    noise = random.Random(7920)
    for _ in range(20):
        chip.pin("cs", 1)
        chip.spi_write(noise.randbytes(23))
        bus_time.now_us += 5000
        driver.init()
        driver.write(1, 2, b"OK")
        assert [row.strip() for row in chip.text_rows()] == ["", "OK", "", ""]
        chip.lost_while_busy = chip.ignored_bytes = 0
        chip.unknown.clear()


def test_hd44780_shows_ascii(hd44780):
    driver, chip, _ = hd44780
    texts = ("SALE             CNY", "Amount         12.34", "Present card or key ", "0123456789abcdefghi*")
    for row, text in enumerate(texts):
        driver.write(row, 0, text.encode())
    assert rows_of(chip) == list(texts)
    driver.write(1, 15, b" 0.00")
    assert rows_of(chip)[1] == "Amount          0.00"


def test_hd44780_cursor(hd44780):
    driver, chip, _ = hd44780
    for row in range(4):
        driver.cursor(row, 19)
        driver.write(3 - row, 0, b"AB")
        assert list(chip.cursor()) == [row, 19]
    driver.cursor(None)
    assert chip.cursor() is None


def test_hd44780_glyph(hd44780):
    driver, chip, _ = hd44780
    glyph = bytes((0x1F, 0x11, 0x15, 0x11, 0x15, 0x11, 0x1F, 0x00))
    driver.define_glyph(3, glyph)
    driver.write(0, 0, b"\x03A")
    assert bytes(chip.cgram[24:32]) == glyph
    assert chip.text_rows()[0][1] == "A" and chip.text_rows()[0][0] not in " A"


def test_hd44780_starts_from_any_state(hd44780, bus_time):
    driver, chip, _i2c = hd44780
    noise = random.Random(44780)
    for _ in range(20):
        chip.i2c_write(noise.randbytes(noise.randrange(1, 20)))
        bus_time.now_us += 5000
        chip.i2c_write(b"\x08")
        driver.init()
        driver.write(1, 2, b"OK")
        assert [row.strip() for row in chip.text_rows()] == ["", "OK", "", ""]
        assert chip.backlight
        chip.lost_while_busy = 0


def test_hd44780_comes_back_after_its_plug_was_out(hd44780):
    driver, chip, i2c = hd44780
    driver.write(0, 0, b"before")
    i2c.plugged = False
    chip.power_off()
    driver.write(1, 0, b"while")
    assert driver.fault
    chip.power_on()
    i2c.plugged = True
    driver.write(2, 0, b"after")
    assert [row.strip() for row in chip.text_rows()] == ["before", "while", "after", ""]
    assert not driver.fault


@pytest.mark.parametrize("display", ["st7920", "hd44780"])
def test_the_whole_screen_takes_less_than_20_ms(display, request, bus_time):
    driver, chip, _bus = request.getfixturevalue(display)
    start_us = bus_time.now_us
    for row in range(driver.rows):
        row_start_us = bus_time.now_us
        driver.write(row, 0, b"8" * driver.cols)
        assert bus_time.now_us - row_start_us < 2500
    assert bus_time.now_us - start_us < 20_000
    assert {row.strip() for row in chip.text_rows()} == {"8" * driver.cols}


# Keypad


class MatrixPin:
    """A pin on the key matrix: rows open drain, columns read with a pull-up."""

    def __init__(self, matrix, pin):
        self.matrix, self.pin = matrix, pin

    def value(self, level=None):
        if level is None:
            return self.matrix.level(self.pin)
        self.matrix.drive(self.pin, None if level else 0)
        return None


def play_keys(board_name, script):
    board = load_board(board_name).KEYPAD
    matrix = chips.KeyMatrix(board["rows"], board["cols"], board["legend"])
    emitted = []

    async def main():
        rows = [MatrixPin(matrix, pin) for pin in board["rows"]]
        cols = [MatrixPin(matrix, pin) for pin in board["cols"]]
        driver = keypad.MatrixKeypad(rows, cols, board["legend"], lambda *key: emitted.append(key), dual.clock)
        task = asyncio.create_task(driver.run())
        await script(matrix, [key for row in board["legend"] for key in row])
        task.cancel()

    dual.run(main())
    return emitted


async def press(matrix, *keys, down_ms=60):
    for key in keys:
        matrix.press(key)
    await asyncio.sleep_ms(down_ms)
    for key in keys:
        matrix.release(key)
    await asyncio.sleep_ms(60)


@pytest.mark.parametrize("board_name", ["esp32_devkitc", "esp32_s3_devkitc"])
def test_every_key(board_name):
    async def script(matrix, keys):
        for key in keys:
            await press(matrix, key)
        await press(matrix, "00")

    emitted = play_keys(board_name, script)
    legend = [key for row in load_board(board_name).KEYPAD["legend"] for key in row]
    assert emitted == [(key, keypad.PRESS) for key in [*legend, "UP"]]


def test_no_combination_of_keys_gives_one_that_is_not_pressed():
    combinations = random.Random(16)

    async def script(matrix, keys):
        for _ in range(60):
            await press(matrix, *combinations.sample(keys, combinations.randint(2, 5)), down_ms=80)

    assert play_keys("esp32_devkitc", script) == []


# Printer


class Slip:
    """A printer chip with the driver on it."""

    def __init__(self):
        self.chip = chips.EscPosPrinter()
        self.driver = escpos.EscPos(Uart(self.chip), 19200, 32, dual.clock)

    async def print(self, lines):
        await self.driver.begin()
        for line in lines:
            await self.driver.line(line.encode("gb18030"))
        await self.driver.feed(2)
        await self.driver.cut()
        await self.driver.finish()

    def texts(self):
        return [[line.rstrip() for line in slip.text.splitlines() if line.strip()] for slip in self.chip.paper.slips]


LINES = [f"{number:02} 商品 Widget            {number:3}.00" for number in range(30)]


def test_printer_prints_both_languages():
    slip = Slip()
    dual.run(slip.print(LINES))
    assert slip.texts() == [LINES]


def test_printer_styles():
    slip = Slip()

    async def main():
        driver = slip.driver
        await driver.begin()
        await driver.line(b"MERCHANT", escpos.CENTER)
        await driver.line(b"12.34", escpos.RIGHT)
        await driver.line("签购单".encode("gb18030"), escpos.DOUBLE | escpos.CENTER)
        await driver.line(b"BOLD", escpos.BOLD)
        await driver.line(b"PLAIN")
        await driver.cut()
        await driver.finish()

    dual.run(main())
    lines = [line.rstrip() for line in slip.chip.paper.slips[0].text.splitlines() if line.strip()]
    assert lines[0] == " " * 12 + "MERCHANT"
    assert lines[1] == " " * 27 + "12.34"
    assert lines[2].strip() == "签购单"
    assert lines[3:5] == ["BOLD", "PLAIN"]


def test_printer_qr_can_be_read():
    slip = Slip()
    data = b"https://example.org/r/" + b"0123456789" * 13

    async def main():
        await slip.driver.begin()
        await slip.driver.line(b"above")
        await slip.driver.qr(data)
        await slip.driver.line(b"below")
        await slip.driver.cut()
        await slip.driver.finish()

    dual.run(main())
    codes = zxingcpp.read_barcodes(slip.chip.paper.slips[0].image().convert("L"))
    assert [code.text for code in codes] == [data.decode()]


@pytest.mark.parametrize("fault", ["paper_out", "cover_open"])
def test_printer_fault_between_and_within_slips(fault):
    slip = Slip()
    flag = {"paper_out": escpos.NO_PAPER, "cover_open": escpos.COVER_OPEN}[fault]

    async def main():
        setattr(slip.chip, fault, True)
        assert await slip.driver.status() & flag
        with pytest.raises(escpos.PrinterFault) as error:
            await slip.print(LINES)
        assert error.value.flags & flag
        setattr(slip.chip, fault, False)
        assert await slip.driver.status() == escpos.OK
        # Now in the middle of a slip.
        task = asyncio.create_task(slip.print(LINES))
        await asyncio.sleep_ms(200)
        setattr(slip.chip, fault, True)
        with pytest.raises(escpos.PrinterFault) as error:
            await task
        assert error.value.flags & flag
        setattr(slip.chip, fault, False)
        await slip.print(LINES)

    dual.run(main())
    # The last slip ends with all of its lines; the torn beginning of the first try stands before them.
    assert slip.texts()[-1][-len(LINES) :] == LINES
    printed = [line for text in slip.texts() for line in text]
    assert len(LINES) < len(printed) < 2 * len(LINES)


# Reader


def test_reader_reads_each_card_once_each_time():
    chip = chips.Pn532Chip()
    emitted = []

    async def main():
        driver = pn532.Pn532(Uart(chip), emitted.append, dual.clock)
        task = asyncio.create_task(driver.run())
        await asyncio.sleep_ms(500)
        assert driver.present
        driver.enabled = True
        for number in ("6200000000000013", "6200000000000021", "6200000000000021", "622848001234567890"):
            chip.present(number)
            await asyncio.sleep_ms(1500)
            chip.remove()
            await asyncio.sleep_ms(1000)
        driver.enabled = False
        chip.present("6200000000000039")
        await asyncio.sleep_ms(1000)
        task.cancel()

    dual.run(main())
    assert emitted == ["6200000000000013", "6200000000000021", "6200000000000021", "622848001234567890"]


def test_reader_after_its_plug_was_out():
    chip = chips.Pn532Chip()
    emitted = []

    async def main():
        uart = Uart(chip)
        driver = pn532.Pn532(uart, emitted.append, dual.clock)
        task = asyncio.create_task(driver.run())
        driver.enabled = True
        await asyncio.sleep_ms(500)
        uart.plugged = False
        chip.reset()
        await asyncio.sleep_ms(3000)
        assert not driver.present
        uart.plugged = True
        chip.present("6200000000000013")
        await asyncio.sleep_ms(8000)
        assert driver.present
        task.cancel()

    dual.run(main())
    assert emitted == ["6200000000000013"]
