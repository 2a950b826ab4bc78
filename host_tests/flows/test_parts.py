"""Parts that are lent to flows: the same one until it is let go, and what must outlive it does."""

import sys

import dual
from pos.domain.operators import FAILURES_FREE, WAIT_FIRST_MS
from pos.parts import Parts

BOARD = {"baudrate": 19200, "columns": 32}


class Uart:
    """A line with nobody at its other end."""

    def any(self):
        return 0

    def write(self, data):
        return len(data)


def parts():
    return Parts((Uart(), BOARD), (Uart(), BOARD), None, dual.tmpdir() + "/operators.json", dual.clock)


def test_a_part_is_the_same_until_it_is_let_go():
    lent = parts()
    for make in (lent.printer, lent.reader, lent.staff):
        first = make()
        assert make() is first
        lent.let_go()
        assert make() is not first
    assert lent.printer().columns == BOARD["columns"]


def test_a_slip_that_was_begun_is_remembered():
    lent = parts()
    assert not lent.printer().begun
    lent.printer().begun = True
    lent.let_go()
    assert lent.printer().begun
    lent.printer().begun = False
    lent.let_go()
    lent.let_go()
    assert not lent.printer().begun


def test_whoever_waits_after_wrong_pins_goes_on_waiting():
    lent = parts()
    lent.staff().set_first_pin("01", "2468")

    async def scenario():
        import asyncio

        for _ in range(FAILURES_FREE + 1):
            assert lent.staff().check("01", "1357")["result"] == "wrong"
            lent.let_go()
        for _ in range(WAIT_FIRST_MS // 10_000):
            assert lent.staff().check("01", "2468")["result"] == "locked"
            lent.let_go()
            await asyncio.sleep_ms(10_000)
        assert lent.staff().check("01", "2468")["result"] == "first"

    dual.run(scenario())


def test_an_absent_reader_is_told():
    async def scenario():
        assert not await parts().reader().check()

    dual.run(scenario())


class Line(Uart):
    """A line that writes down to which part it was led."""

    def __init__(self):
        self.led = []

    def init(self, baudrate, **pins):
        self.led.append(baudrate)

    def read(self):
        pass


class SharedUart:
    """Stands for drivers/shared_uart.py, which needs the chip's pins."""

    @staticmethod
    def connect(uart, data, left):
        uart.init(data["baudrate"])


def test_reader_and_scanner_have_their_line_in_turn():
    from pos import drivers

    line = Line()
    reader, scanner = (line, {"baudrate": 115200}), (line, {"baudrate": 9600})
    lent = Parts(None, reader, None, "", dual.clock, scanner=scanner)
    kept = sys.modules.get("pos.drivers.shared_uart"), getattr(drivers, "shared_uart", None)
    sys.modules["pos.drivers.shared_uart"] = drivers.shared_uart = SharedUart
    try:
        lent.reader()
        assert line.led == []
        first = lent.scanner()
        assert lent.scanner() is first and line.led == [9600]
        lent.let_go()
        assert lent.scanner() is not first and line.led == [9600]
        lent.reader()
        assert line.led == [9600, 115200]
        assert lent.scanner() is not first and line.led == [9600, 115200, 9600]
    finally:
        del sys.modules["pos.drivers.shared_uart"]
        del drivers.shared_uart
        if kept[0]:
            sys.modules["pos.drivers.shared_uart"] = drivers.shared_uart = kept[0]


def test_a_board_may_lack_everything_but_printer_and_reader():
    lent = parts()
    assert lent.scanner() is None and lent.battery() is None and lent.charge() == (100, "none")
    lent.sound("click")
    lent.pressed()
    lent.set_levels(3, 2)


class Adc:
    """A pack of two cells behind the board's divider."""

    def __init__(self):
        self.mv = 8400

    def read_uv(self):
        return self.mv * 1000 // 4


def test_charge_in_words():
    adc = Adc()
    data = {"cells": 2, "divider_kohm": (300, 100)}
    lent = Parts((Uart(), BOARD), (Uart(), BOARD), None, "", dual.clock, battery=(adc, data))
    assert lent.charge() == (100, "ok")
    for adc.mv, expected in ((7220, (10, "ok")), (7150, (9, "low")), (6850, (4, "empty"))):
        lent.let_go()
        assert lent.charge() == expected


class Told:
    """A buzzer and a backlight that write down what they are told."""

    def __init__(self):
        self.told = []
        self.volume = None

    def play(self, name):
        self.told.append(name)

    def wake(self):
        self.told.append("wake")

    def set(self, brightness):
        self.told.append(brightness)


def test_a_key_clicks_and_wakes_the_light():
    buzzer, light = Told(), Told()
    lent = Parts(None, (Uart(), BOARD), None, "", dual.clock, buzzer=buzzer, backlight=light)
    lent.set_levels(4, 1)
    lent.pressed()
    lent.sound("error")
    assert (buzzer.told, buzzer.volume, light.told) == (["click", "error"], 1, [4, "wake"])
