"""What the printer driver sends, beside python-escpos saying the same."""

import asyncio

import dual
from drivers import fake_bus
from escpos.constants import QR_ECLEVEL_M, RT_STATUS_ONLINE, RT_STATUS_PAPER
from escpos.printer import Dummy
from pos.drivers import escpos


def ours(script):
    """Bytes that the driver writes while `script(driver)` runs, without questions to the printer."""
    uart = fake_bus.Uart(lambda data: b"\x12" if data[:2] == b"\x10\x04" else b"\x00" if data == b"\x1dr\x01" else b"")
    driver = escpos.EscPos(uart, 19200, 32, dual.clock)
    dual.run(script(driver))
    return uart.written


def theirs(script):
    printer = Dummy()
    script(printer)
    return printer.output


def test_qr():
    data = b"https://example.org/r/000123"

    def foreign(printer):
        printer.qr(data.decode(), native=True, size=5, ec=QR_ECLEVEL_M)

    centred = b"\x1ba\x01"
    # python-escpos frames the code with a change of alignment or a line of its own; the five QR commands are between.
    commands = theirs(foreign)
    begin, end = commands.index(b"\x1d(k"), commands.rindex(b"1Q0") + 3
    assert ours(lambda driver: driver.qr(data)) == centred + commands[begin:end]


def test_styles():
    cases = (
        (escpos.CENTER, {"align": "center"}),
        (escpos.RIGHT, {"align": "right"}),
        (escpos.BOLD, {"bold": True}),
        (escpos.DOUBLE, {"custom_size": True, "width": 2, "height": 2}),
    )
    for style, setting in cases:
        foreign = theirs(lambda printer, setting=setting: printer.set(**setting))
        assert ours(lambda driver, style=style: driver.line(b"x", style)) == foreign + b"x\n", style


def test_feed_and_reset():
    assert ours(lambda driver: driver.feed(4)) == theirs(lambda printer: printer.print_and_feed(4))

    async def begin(driver):
        await driver.begin()
        await asyncio.sleep(0)

    assert theirs(lambda printer: printer.hw("INIT")) in ours(begin)


def test_status_question():
    asked = ours(lambda driver: driver.status())

    assert asked[:3] == RT_STATUS_ONLINE
    assert asked[-3:] == RT_STATUS_PAPER
