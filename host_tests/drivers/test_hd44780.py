"""Bytes on the PCF8574's port, against the HD44780 data sheet: bit 0 RS, 1 R/W, 2 E, 3 backlight, 4..7 data."""

import dual
from drivers import fake_bus
from pos.drivers.hd44780 import Hd44780


def make():
    i2c = fake_bus.I2c()
    return Hd44780(i2c, 0x27), i2c


def decode(transfers):
    """What the chip takes over when E falls: a list of (RS, half)."""
    halves = []
    before = 0
    for address, data in transfers:
        assert address == 0x27
        for port in data:
            assert port & 8, "backlight"
            assert not port & 2, "R/W"
            if before & 4 and not port & 4:
                assert port == before & ~4, "data must be held while E falls"
                halves.append((port & 1, port >> 4))
            if port & 4 and not before & 4:
                assert port & 1 == before & 1, "RS must stand before E rises"
            before = port
    return halves


def instructions(halves):
    return [(high[0], high[1] << 4 | low[1]) for high, low in zip(halves[::2], halves[1::2])]  # noqa: B905


def test_start_up():
    display, i2c = make()
    display.init()
    halves = decode(i2c.transfers)
    assert halves[:4] == [(0, 3), (0, 3), (0, 3), (0, 2)]
    assert instructions(halves[4:]) == [(0, 0x28), (0, 0x08), (0, 0x01), (0, 0x06), (0, 0x0C)]
    # By hand: 0x3, lines up with backlight, E high, E low.
    assert i2c.transfers[0] == (0x27, b"\x38\x3c\x38")


def test_one_character_by_hand():
    display, i2c = make()
    display.write(1, 3, b"A")
    # 0xC3 (RS low), then 0x41 (RS high); each: high half, E, no E, low half with E, no E
    assert i2c.transfers == [(0x27, b"\xc8\xcc\xc8\x3c\x38" + b"\x49\x4d\x49\x1d\x19")]


def test_a_run_is_one_transfer():
    display, i2c = make()
    display.write(2, 0, b"0123456789ABCDEFGHIJ")
    assert len(i2c.transfers) == 1
    assert instructions(decode(i2c.transfers)) == [(0, 0x94)] + [(1, c) for c in b"0123456789ABCDEFGHIJ"]


def test_the_bus_is_slow_enough_for_the_chip():
    """E rises for an instruction at least two bytes (45 us) after E fell for the low half of the one before."""
    display, i2c = make()
    display.write(0, 0, b"AB")
    data = i2c.transfers[0][1]
    rises = [at for at in range(1, len(data)) if data[at] & 4 and not data[at - 1] & 4]
    falls = [at for at in range(1, len(data)) if data[at - 1] & 4 and not data[at] & 4]
    for number in range(2, len(rises), 2):
        assert rises[number] - falls[number - 1] >= 2


def test_rows():
    for row, address in ((0, 0x80), (1, 0xC0), (2, 0x94), (3, 0xD4)):
        display, i2c = make()
        display.write(row, 0, b"x")
        assert instructions(decode(i2c.transfers)) == [(0, address), (1, 0x78)]


def test_cells_that_do_not_fit():
    display, i2c = make()
    dual.raises(ValueError, display.write, 0, 19, b"ab")
    assert i2c.transfers == []


def test_cursor_stays_where_it_was_put():
    display, i2c = make()
    display.cursor(3, 2)
    assert instructions(decode(i2c.transfers)) == [(0, 0xD6), (0, 0x0E)]
    i2c.transfers.clear()
    display.cursor(3, 2)
    assert i2c.transfers == []
    display.write(0, 0, b"A")
    assert instructions(decode(i2c.transfers)) == [(0, 0x80), (1, 0x41), (0, 0xD6)]
    i2c.transfers.clear()
    display.cursor(None)
    assert instructions(decode(i2c.transfers)) == [(0, 0x0C)]


def test_glyph():
    display, i2c = make()
    display.define_glyph(2, b"\x1f\x11\x11\x11\x11\x11\x1f\x00")
    assert instructions(decode(i2c.transfers)) == [(0, 0x50)] + [(1, r) for r in b"\x1f\x11\x11\x11\x11\x11\x1f\x00"]


def test_a_loose_plug_is_drawn_again():
    display, i2c = make()
    display.init()
    display.define_glyph(0, b"\x01" * 8)
    display.write(0, 0, b"AMOUNT")
    i2c.broken = True
    display.write(1, 0, b"12.34")
    display.write(2, 0, b"ENTER")
    display.cursor(1, 5)
    assert display.fault
    i2c.broken = False
    i2c.transfers.clear()
    display.write(3, 0, b"x")
    assert not display.fault
    halves = decode(i2c.transfers)
    shown = instructions(halves[4:])
    assert (0, 0x40) in shown
    text = bytes([byte for rs, byte in shown if rs])[8:]
    assert text == b"AMOUNT" + b" " * 14 + b"12.34" + b" " * 15 + b"ENTER" + b" " * 15 + b"x" + b" " * 19
    assert shown[-2:] == [(0, 0xC5), (0, 0x0E)]


def test_no_display_does_not_stop_the_terminal():
    display, i2c = make()
    i2c.broken = True
    display.init()
    display.write(0, 0, b"A")
    display.cursor(0, 0)
    assert display.fault


def test_what_the_screen_layer_reads():
    assert (Hd44780.cols, Hd44780.rows, Hd44780.charset, Hd44780.align) == (20, 4, "ascii", 1)
