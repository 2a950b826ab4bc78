"""What one typed digit costs on the bus, counted behind the real display drivers."""

import asyncio

import dual
from pos.drivers.hd44780 import Hd44780
from pos.drivers.st7920 import St7920
from pos.ui import amount
from pos.ui.inputs import KEY
from ui.desk import Desk

TIMES_FEWER = 10


class Pin:
    def value(self, level):
        pass


class Bus:
    """Counts bytes; an I2C transfer has its address byte, too."""

    def __init__(self):
        self.count = 0

    def write(self, data):
        self.count += len(data)

    def writeto(self, address, data):
        self.count += 1 + len(data)


def st7920(bus):
    return St7920(bus, Pin(), Pin())


def hd44780(bus):
    return Hd44780(bus, 0x27)


def costs(make, digits):
    """(bytes for a whole screen, [bytes for each typed digit])"""
    bus = Bus()
    desk = Desk(make(bus))
    for row in range(desk.display.rows):
        desk.display.write(row, 0, b"X" * desk.display.cols)
    whole = bus.count
    each = []

    async def type_digits():
        task = asyncio.create_task(amount.enter(desk.ui, "SALE"))
        await asyncio.sleep_ms(10)
        for digit in digits:
            before = bus.count
            desk.inputs.put(KEY, digit)
            await asyncio.sleep_ms(10)
            each.append(bus.count - before)
        task.cancel()

    dual.run(type_digits())
    return whole, each


def test_a_digit_of_an_everyday_amount_costs_a_tenth_of_a_screen():
    for make in (st7920, hd44780):
        whole, each = costs(make, "1234")
        assert len(each) == 4 and min(each) > 0
        assert TIMES_FEWER * sum(each) <= whole * len(each), (whole, each)


def test_the_longest_amount_costs_no_more_a_digit():
    """Digits are added at the right of a text that begins at the left, so a long amount is not written anew."""
    for make, most in ((st7920, 16), (hd44780, 26)):
        whole, each = costs(make, "987654321")
        assert max(each) <= most, (whole, each)
        assert TIMES_FEWER * sum(each) <= whole * len(each), (whole, each)
