"""Random bytes on every wire: a chip may show anything, but it must never raise, hang or grow without limit."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from tools.sim.chips import EscPosPrinter, Hd44780, Pn532Chip, St7920

wire = st.lists(st.binary(max_size=60), max_size=20)


@settings(max_examples=60, deadline=None)
@given(wire)
def test_displays(writes):
    st7920, hd44780 = St7920(), Hd44780()
    st7920.pin("cs", 1)
    for data in writes:
        st7920.spi_write(data)
        assert hd44780.i2c_write(data) == len(data)
        hd44780.i2c_read(1)
    for chip in (st7920, hd44780):
        assert len(chip.text_rows()) == 4
        cursor = chip.cursor()
        assert cursor is None or (0 <= cursor[0] < 4 and 0 <= cursor[1] < chip.cols)
        chip.image()


@settings(max_examples=100, deadline=None)
@given(wire)
def test_printer(writes):
    printer = EscPosPrinter()
    for data in writes:
        printer.receive(data)
        printer.transmit()
    printer.paper.current.image()
    assert len(printer.unknown) <= 100


def test_printer_with_many_commands():
    """Mostly prefixes and letters, so that every command is reached."""
    noise = random.Random(58)
    letters = bytes(range(0x20, 0x7F)) + b"\x1b\x1c\x1d\x10" * 20 + b"\x00\x01\x02\x05\n" * 8 + bytes(range(0x80, 0xFF))
    for _ in range(60):
        printer = EscPosPrinter()
        printer.paper_left = 20_000
        printer.receive(bytes(noise.choices(letters, k=1500)))
        printer.paper.tear_off()
        for slip in printer.paper.slips:
            assert slip.dots().width == 384


@settings(max_examples=60, deadline=None)
@given(wire)
def test_card_reader(writes):
    chip = Pn532Chip()
    chip.receive(b"\x55")
    chip.present("6200000000000013")
    for data in writes:
        chip.receive(data)
        chip.receive(b"\x00\x00\xff" + bytes((len(data) & 0xFF, -len(data) & 0xFF)) + data)
        chip.transmit()
    chip.receive(bytes(600) + bytes.fromhex("00 00 FF 02 FE D4 02 2A 00"))
    assert chip.transmit().endswith(bytes.fromhex("D5 03 32 01 06 07 E8 00"))
