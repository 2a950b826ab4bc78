"""Bytes on the ST7920's serial line, against the data sheet's timing diagram: 11111 RW RS 0, high half, low half."""

import dual
from drivers import fake_bus
from pos.drivers.st7920 import St7920


def make():
    log = []
    display = St7920(fake_bus.Spi(log), fake_bus.Pin("cs", log), fake_bus.Pin("reset", log))
    return display, log


def instruction(hex_text):
    return [("cs", 1), ("spi", hex_text), ("cs", 0)]


def test_start_up():
    display, log = make()
    display.init()
    assert log == (
        [("cs", 0), ("reset", 0), ("reset", 1)]
        + instruction("f83000")  # function set: 8 bit, basic instructions
        + instruction("f83000")
        + instruction("f800c0")  # display on, no cursor
        + instruction("f80010")  # clear
        + instruction("f80060")  # entry mode: address goes up
    )


def test_a_write_is_an_address_and_one_run_of_data():
    display, log = make()
    display.write(0, 0, b"AB")
    # 0x80, then "A" = 0x41 and "B" = 0x42 behind one start byte
    assert log == instruction("f88000") + instruction("fa40104020")


def test_rows_are_interleaved():
    for row, address in ((0, "f88070"), (1, "f89070"), (2, "f880f0"), (3, "f890f0")):
        display, log = make()
        display.write(row, 14, b"  ")
        assert log[:3] == instruction(address), row


def test_chinese_characters_are_their_gb2312_bytes():
    display, log = make()
    display.write(1, 2, b"\xd6\xd0")  # zhong1, code 5448 of the table
    assert log == instruction("f89010") + instruction("fad060d000")


def test_a_typed_digit_costs_eight_bytes():
    display, log = make()
    display.write(1, 12, b".1")
    assert sum(len(data) // 2 for name, data in log if name == "spi") == 8
    log.clear()
    for row in range(4):
        display.write(row, 0, b" " * 16)
    assert sum(len(data) // 2 for name, data in log if name == "spi") == 4 * 36


def test_a_character_is_not_cut_in_two():
    display, log = make()
    for row, col, data in ((0, 1, b"AB"), (0, 0, b"A"), (0, 14, b"ABCD"), (0, 16, b"AB")):
        dual.raises(ValueError, display.write, row, col, data)
    assert log == []


def test_cursor():
    display, log = make()
    display.cursor(2, 4)
    assert log == instruction("f800e0") + instruction("f880a0")
    log.clear()
    display.cursor(2, 5)  # the same pair
    assert log == []
    display.write(0, 0, b"AB")  # moves the address, so it is put back
    assert log == instruction("f88000") + instruction("fa40104020") + instruction("f880a0")
    log.clear()
    display.cursor(0, 0)
    assert log == instruction("f88000")
    log.clear()
    display.cursor(None)
    display.cursor(None)
    assert log == instruction("f800c0")


def test_what_the_screen_layer_reads():
    assert (St7920.cols, St7920.rows, St7920.charset, St7920.align) == (16, 4, "gb2312", 2)


def test_a_row_of_the_picture():
    display, log = make()
    display.dots(5, bytes(range(16)))
    data = "".join("%x0%x0" % (byte >> 4, byte & 15) for byte in range(16))
    # extended instructions; row 5, word 0; data; basic instructions
    assert log == instruction("f83040") + instruction("f880508000") + instruction("fa" + data) + instruction("f83000")
    log.clear()
    display.dots(37, bytes(16))  # row 5 of the lower half: word 8
    assert log[3:6] == instruction("f880508080")


def test_the_picture_is_shown_and_hidden_by_an_instruction_of_its_own():
    display, log = make()
    display.picture(True)
    assert log == instruction("f8304030603000")
    log.clear()
    display.picture(False)
    assert log == instruction("f8304030403000")
