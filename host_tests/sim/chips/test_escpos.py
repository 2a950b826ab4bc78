"""The printer against ESC/POS sequences made by hand: text, styles, cut, answers, faults and its buffer."""

import datetime

import pytest

from tools.sim.chips import EscPosPrinter
from tools.sim.chips.paper import CUT, HANGING, INK, PAPER, TORN, WIDTH

ESC, FS, GS, DLE = b"\x1b", b"\x1c", b"\x1d", b"\x10"
CHINESE = FS + b"&"
CUT_HERE = GS + b"VB\x00"
DOUBLE, PLAIN = GS + b"!\x11", GS + b"!\x00"
CLEAR_ALL = DLE + b"\x14\x08\x01\x03\x14\x01\x06\x02\x08"


@pytest.fixture
def printer():
    printer = EscPosPrinter(now=lambda: datetime.datetime(2026, 5, 4, 12, 30, tzinfo=datetime.UTC))
    yield printer
    assert printer.unknown == []


class Clock:
    def __init__(self):
        self.ms = 0.0

    def __call__(self):
        return self.ms


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def slow(clock):
    """A printer that takes its time."""
    return EscPosPrinter(clock_ms=clock)


def rows(printer):
    return printer.paper.current.rows


def size_of(dots):
    box = dots.getbbox()
    return box[2] - box[0], box[3] - box[1]


# Text


def test_lines(printer):
    printer.receive(b"first\nsecond\r\n\nfourth")
    assert rows(printer) == ["first", "second", ""]
    printer.receive(b"\n")
    assert rows(printer)[3] == "fourth"
    assert printer.paper.current.height == 4 * 30


def test_a_long_line_is_broken_at_32_columns(printer):
    printer.receive(b"0123456789" * 4 + b"\n")
    assert rows(printer) == ["0123456789" * 3 + "01", "23456789"]


def test_chinese_is_text_only_in_chinese_mode(printer):
    text = "商户存根 12元"
    printer.receive(text.encode("gb18030") + b"\n" + CHINESE + text.encode("gb18030") + b"\n" + FS + b".\xb7\xd1\n")
    assert rows(printer)[1] == text
    assert "商" not in rows(printer)[0] and rows(printer)[2] == bytes((0xB7, 0xD1)).decode("cp437")


def test_chinese_takes_two_columns(printer):
    printer.receive(CHINESE + ("一二三四五六七八九十" * 2).encode("gb18030") + b"\n")
    assert rows(printer) == ["一二三四五六七八九十一二三四五六", "七八九十"]


def test_four_byte_characters_of_gb18030(printer):
    printer.receive(CHINESE + "㐀A".encode("gb18030") + b"\n")
    assert rows(printer) == ["㐀A"]


def test_code_pages(printer):
    printer.receive(ESC + b"t\x10\xa3\xe9\n" + ESC + b"t\x00\x9c\n")
    assert rows(printer) == ["£é", "£"]


def test_alignment(printer):
    printer.receive(ESC + b"a\x01centre\n" + ESC + b"a2right\n" + ESC + b"a\x00left\n")
    assert rows(printer) == [" " * 13 + "centre", " " * 27 + "right", "left"]
    box = printer.paper.current.dots().getbbox()
    assert box[2] > WIDTH - 12


def test_alignment_counts_at_the_beginning_of_a_line_only(printer):
    printer.receive(b"left" + ESC + b"a\x02\nstill left\n")
    assert rows(printer) == ["left", "still left"]


def test_sizes(printer):
    printer.receive(b"H\n")
    width, height = size_of(printer.paper.current.dots())
    for command, across, down in ((GS + b"!\x11", 2, 2), (GS + b"!\x20", 3, 1), (ESC + b"!\x10", 1, 2)):
        printer.paper.tear_off()
        printer.receive(ESC + b"@" + command + b"H\n")
        assert size_of(printer.paper.current.dots()) == (width * across, height * down)


def test_double_size_halves_the_columns(printer):
    printer.receive(DOUBLE + b"0123456789ABCDEFG\n" + PLAIN)
    assert rows(printer) == ["0123456789ABCDEF", "G"]
    assert printer.paper.current.height == 2 * 48


def test_gs_sizes_hanzi_and_esc_does_not(printer):
    def size(data):
        printer.receive(ESC + b"@" + CHINESE + data + "国".encode("gb18030") + b"\n")
        printer.paper.tear_off()
        return size_of(printer.paper.slips[-1].dots())

    width, height = size(b"")
    assert size(ESC + b"!\x30") == (width, height)
    assert size(GS + b"!\x20") == (3 * width, height)
    for double in (GS + b"!\x11", FS + b"!\x0c", FS + b"W\x01"):
        assert size(double) == (2 * width, 2 * height)


def ink(printer, data):
    printer.receive(ESC + b"@" + data + b"\n")
    printer.paper.tear_off()
    return printer.paper.slips[-1].dots().histogram()[255]


def test_bold_underline_and_reverse_take_more_ink(printer):
    plain = ink(printer, b"HELLO")
    assert ink(printer, ESC + b"E\x01HELLO") > plain
    assert ink(printer, ESC + b"!\x08HELLO") > plain
    assert ink(printer, ESC + b"-\x01HELLO") >= plain + 5 * 10
    assert ink(printer, GS + b"B\x01HELLO") == 5 * 12 * 24 - plain
    assert ink(printer, GS + b"B\x01" + ESC + b"-\x01HELLO") == ink(printer, GS + b"B\x01HELLO")
    assert ink(printer, ESC + b"E\x01" + ESC + b"E\x00HELLO") == plain


def test_font_b_is_smaller(printer):
    printer.receive(ESC + b"M\x01" + b"x" * 42 + b"\n")
    assert rows(printer) == ["x" * 42]


def test_tabs_and_positions(printer):
    printer.receive(b"a\tb\n" + ESC + b"D\x05\x0a\x00a\tb\tc\n" + b"a" + ESC + b"$\x78\x00b\n" + ESC + b"\\\x0c\x00c\n")
    assert rows(printer) == ["a       b", "a    b    c", "a         b", " c"]


def test_margins(printer):
    printer.receive(GS + b"L\x18\x00" + GS + b"W\x78\x00" + b"0123456789AB\n")
    assert rows(printer) == ["  0123456789", "  AB"]


def test_feeding(printer):
    printer.receive(ESC + b"d\x03" + b"text" + ESC + b"d\x02" + b"text" + ESC + b"J\x64" + ESC + b"J\x0a")
    assert rows(printer) == ["", "", "", "text", "", "text"]
    assert printer.paper.current.height == 5 * 30 + 100 + 10


def test_line_spacing(printer):
    printer.receive(ESC + b"3\x40a\n" + ESC + b"3\x00b\n" + ESC + b"2c\n")
    assert printer.paper.current.height == 64 + 24 + 30  # never less than the characters are high


def test_initialise_resets_styles(printer):
    printer.receive(CHINESE + DOUBLE + ESC + b"a\x01lost" + ESC + b"@plain\n")
    assert rows(printer) == ["plain"]
    assert printer.paper.current.height == 30


def test_cancel_forgets_the_line(printer):
    printer.receive(b"forgotten\x18kept\n")
    assert rows(printer) == ["kept"]


def test_commands_may_come_in_pieces(printer):
    for byte in CHINESE + ESC + b"a\x01" + "金额".encode("gb18030") + b"\n":
        printer.receive(bytes((byte,)))
    assert rows(printer) == [" " * 14 + "金额"]


# Slips


def test_a_slip_ends_at_the_cut(printer):
    printer.receive(b"one\n" + CUT_HERE + b"two\n" + CUT_HERE + b"three\n")
    assert [slip.text for slip in printer.paper.slips] == ["one", "two"]
    assert [slip.end for slip in printer.paper.slips] == [CUT, CUT]
    assert printer.paper.current.text == "three" and printer.paper.current.end == HANGING
    assert printer.paper.slips[0].at == "2026-05-04T12:30:00+00:00"
    assert printer.cuts_through_print == 0


def test_tearing_off(printer):
    printer.receive(b"half\n")
    printer.paper.tear_off()
    printer.paper.tear_off()
    assert [(slip.text, slip.end) for slip in printer.paper.slips] == [("half", TORN)]
    assert not printer.paper.current


def test_a_cut_without_feeding_goes_through_the_print(printer):
    printer.receive(b"total\n" + GS + b"V\x00")
    assert printer.cuts_through_print == 1
    printer.receive(b"total\n" + ESC + b"d\x04" + GS + b"V\x01" + b"total\n" + ESC + b"i")
    assert printer.cuts_through_print == 2


def test_version_rises(printer):
    version = printer.paper.version
    printer.receive(b"line")
    assert printer.paper.version == version
    printer.receive(b"\n")
    assert printer.paper.version > version


def test_picture_of_a_slip(printer):
    printer.receive(b"HELLO\n")
    first = printer.paper.current.image()
    assert first is printer.paper.current.image()
    assert first.width == WIDTH and printer.paper.current.image(margin=40).width == WIDTH + 80
    colours = {colour[:3] for _, colour in first.getcolors(100000)}
    assert PAPER in colours and min(colours) <= tuple(value + 10 for value in INK)
    printer.receive(b"MORE\n" + CUT_HERE)
    assert printer.paper.slips[0].image().height > first.height
    assert printer.paper.slips[0].image().getpixel((2, 0))[3] == 0  # the tooth of the old tear


# Answers


def answers(printer, data):
    printer.receive(data)
    return printer.transmit()


def test_real_time_status(printer):
    def status():
        return answers(printer, b"".join(DLE + b"\x04" + bytes((n,)) for n in (1, 2, 3, 4)))

    assert status() == b"\x12\x12\x12\x12"
    printer.paper_out = True
    assert status() == b"\x1a\x32\x12\x72"
    printer.cover_open = True
    assert status() == b"\x1a\x36\x12\x72"
    printer.paper_out = False
    assert status() == b"\x1a\x16\x12\x12"
    printer.cover_open = False
    assert status() == b"\x12\x12\x12\x12"


def test_paper_sensor_in_order(printer):
    assert answers(printer, b"line\n" + GS + b"r\x01") == b"\0"
    assert answers(printer, GS + b"r1" + ESC + b"v") == b"\0\0"
    printer.cover_open = True
    assert answers(printer, GS + b"r\x01") == b""
    printer.cover_open = False
    assert printer.transmit() == b"\0"


def test_the_answer_in_order_comes_after_the_print(slow, clock):
    slow.receive((b"x" * 31 + b"\n") * 5 + GS + b"r\x01")
    clock.ms += 100
    assert slow.transmit() == b""
    clock.ms += 5 * 30 / 8 / 80 * 1000 + 60
    assert slow.transmit() == b"\0" and len(slow.paper.current.rows) == 5


def test_real_time_status_overtakes_the_print(slow, clock):
    slow.receive((b"x" * 31 + b"\n") * 5 + DLE + b"\x04\x01")
    clock.ms += 5 * 32 * 10000 / 19200 + 3
    assert slow.transmit() == b"\x12"
    assert len(slow.paper.current.rows) < 5


def test_status_within_other_data_is_answered_too(printer):
    assert answers(printer, GS + b"v0\x00\x03\x00\x01\x00" + DLE + b"\x04\x01") == b"\x12"
    assert rows(printer) == ["[picture]"]


def test_printer_id(printer):
    assert answers(printer, GS + b"I\x43").endswith(b"\0")


# Faults


@pytest.mark.parametrize("fault", ["paper_out", "cover_open"])
def test_a_fault_stops_the_print_and_mending_continues_it(printer, fault):
    printer.receive(b"one\n")
    setattr(printer, fault, True)
    printer.receive(b"two\nthree\n")
    assert rows(printer) == ["one"] and not printer.online
    setattr(printer, fault, False)
    torn = [slip.text for slip in printer.paper.slips]
    assert (torn, rows(printer)) == (
        (["one"], ["two", "three"]) if fault == "paper_out" else ([], ["one", "two", "three"])
    )


def test_the_roll_ends_in_the_middle_of_a_slip(printer):
    printer.paper_left = 100
    printer.receive(b"".join(b"line %d\n" % n for n in range(9)) + CUT_HERE)
    assert printer.paper_out and len(rows(printer)) == 4
    assert answers(printer, DLE + b"\x04\x04") == b"\x72"
    printer.paper_out = False
    assert [slip.text.count("line") for slip in printer.paper.slips] == [4, 5]
    assert [slip.end for slip in printer.paper.slips] == [TORN, CUT]


@pytest.mark.parametrize("recovery", [DLE + b"\x05\x02", CLEAR_ALL])
def test_what_waits_can_be_thrown_away_while_off_line(printer, recovery):
    printer.receive(b"one\ntw")
    printer.paper_out = True
    printer.receive(b"o\nthree" + ESC)
    printer.receive(recovery)
    printer.paper_out = False
    printer.receive(b"again\n")
    assert rows(printer) == ["again"]
    assert printer.transmit() == (b"\x37\x25\x00" if recovery == CLEAR_ALL else b"")


def test_recovery_without_a_fault_does_nothing(printer):
    printer.receive(b"kep" + DLE + b"\x05\x02" + b"t\n")
    assert rows(printer) == ["kept"]


def test_power_loss_forgets_all_but_the_paper(printer):
    printer.receive(CHINESE + DOUBLE + b"printed\nnot printed")
    printer.cover_open = True
    printer.receive(b"waiting\n" + DLE + b"\x04\x01")
    printer.reset()
    assert printer.transmit() == b""
    printer.cover_open = False
    printer.receive(b"plain\n")
    assert rows(printer) == ["printed", "plain"]
    assert printer.paper.current.height == 48 + 30


# Buffer and pace


def test_bytes_take_their_time_on_the_wire(slow, clock):
    slow.receive(b"abc\n")
    clock.ms += 4 * 10000 / 19200 - 0.1
    assert slow.paper.current.rows == []
    clock.ms += 0.2
    assert slow.paper.current.rows == ["abc"] and slow.printing
    clock.ms += 50
    assert not slow.printing


def test_a_driver_that_does_not_wait_loses_text(slow, clock):
    slow.receive(b"".join(b"%031d\n" % n for n in range(60)))
    clock.ms += 10_000
    assert slow.overruns > 0
    assert len(slow.paper.current.text) < 60 * 32 - slow.overruns // 2


def test_a_driver_that_waits_loses_nothing(slow, clock):
    for n in range(60):
        slow.receive(b"%031d\n" % n)
        clock.ms += 50
        assert slow.waiting_bytes < 100
    clock.ms += 1000
    assert slow.overruns == 0
    assert slow.paper.current.rows == ["%031d" % n for n in range(60)]


def test_without_a_clock_any_amount_is_printed_at_once(printer):
    printer.receive(b"0123456789\n" * 200)
    assert len(rows(printer)) == 200 and printer.overruns == 0


def test_off_line_the_buffer_fills_up(printer):
    printer.cover_open = True
    printer.receive(b"x" * (printer.buffer_bytes + 5))
    assert printer.overruns == 5
    assert printer.waiting_bytes == printer.buffer_bytes


def test_status_may_be_asked_for_hours_while_off_line(printer):
    printer.receive(b"a")
    printer.cover_open = True
    for _ in range(1000):
        assert answers(printer, DLE + b"\x04\x02") == b"\x16"
    assert printer.overruns == 0 and printer.waiting_bytes == 0
    printer.cover_open = False
    printer.receive(b"b\n")
    assert rows(printer) == ["ab"]


def test_a_full_buffer_still_answers_real_time_commands(printer):
    printer.cover_open = True
    printer.receive(b"x" * printer.buffer_bytes)
    assert answers(printer, DLE + b"\x04\x01") == b"\x1a"
    assert printer.overruns == 0
    printer.receive(CLEAR_ALL)
    assert printer.waiting_bytes == 0


# What is not known


def test_unknown_commands_are_counted_and_reported():
    printer = EscPosPrinter()
    printer.receive(ESC + b"\xff" + b"a" + GS + b"z" + b"b\x07\n")
    assert printer.unknown == [ESC + b"\xff", GS + b"z", b"\x07"]
    assert rows(printer) == ["ab"]


def test_known_commands_without_a_trace_on_paper_are_named(printer):
    printer.receive(ESC + b"p\x00\x19\xfa" + GS + b"H\x02" + GS + b"k\x04123\x00" + GS + b"k\x49\x03abc" + b"text\n")
    assert printer.unsupported == ["ESC p", "GS H", "GS k"]
    assert rows(printer) == ["text"]
