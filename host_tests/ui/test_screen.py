"""The grid, its differences on the display, and wide characters in it."""

import random

from pos.ui.screen import Screen, middle_cut
from ui.desk import DISPLAYS, MemoryDisplay, hd44780, st7920

ALPHABET = "AB0 .:中国金额"
MIDDLE = b"\xd6\xd0"  # 中
PROPERTY_STEPS = 400


def shown(display):
    return [bytes(cells) for cells in display.cells]


def test_the_first_flush_sends_every_row_and_the_second_nothing():
    for make in DISPLAYS:
        display = make()
        screen = Screen(display)
        screen.put(0, "SALE", "center")
        screen.flush()
        assert len(display.writes) == display.rows
        assert bytes(display.cells[0]).strip() == b"SALE"
        assert bytes(display.cells[3]) == b" " * display.cols
        screen.flush()
        assert len(display.writes) == display.rows


def test_only_what_differs_is_sent_widened_to_the_alignment():
    display = st7920()
    screen = Screen(display)
    screen.put(1, "0123456789ABCDEF")
    screen.flush()
    del display.writes[:]
    screen.put(1, "012x456789ABCDEF")
    screen.flush()
    assert display.writes == [(1, 2, b"2x")]
    display = hd44780()
    screen = Screen(display)
    screen.put(1, "0123456789")
    screen.flush()
    del display.writes[:]
    screen.put(1, "012x456789")
    screen.flush()
    assert display.writes == [(1, 3, b"x")]


def test_a_small_gap_is_written_over_and_a_large_one_is_not():
    display = hd44780()
    screen = Screen(display)
    screen.flush()
    del display.writes[:]
    screen.put(0, "a b  c")
    screen.flush()
    assert display.writes == [(0, 0, b"a b"), (0, 5, b"c")]


def test_alignment_of_text():
    display = hd44780()
    screen = Screen(display)
    screen.put(0, "left")
    screen.put(1, "right", "right")
    screen.put(2, "center", "center")
    screen.put_pair(3, "name", "value")
    screen.flush()
    assert shown(display) == [
        b"left                ",
        b"               right",
        b"       center       ",
        b"name           value",
    ]


def test_wide_characters_begin_on_even_columns():
    display = st7920()
    screen = Screen(display)
    screen.put(0, "A中B国")
    screen.put(1, "中", "right")
    screen.put(2, "1中", "center")
    screen.put(3, "中中中", "center")
    screen.flush()
    assert shown(display)[0] == b"A " + MIDDLE + b"B " + b"\xb9\xfa" + b" " * 8
    assert shown(display)[1] == b" " * 14 + MIDDLE
    assert shown(display)[2] == b" " * 6 + b"1 " + MIDDLE + b" " * 6
    assert shown(display)[3] == b" " * 4 + MIDDLE * 3 + b" " * 6


def test_a_wide_character_that_does_not_fit_is_left_out_whole():
    display = st7920()
    screen = Screen(display)
    screen.put(0, "123456789012345中")
    screen.put(1, "中中中中中中中中中")
    screen.put_pair(2, "中中中中中中中中", "12345")
    screen.flush()
    assert shown(display)[0] == b"123456789012345 "
    assert shown(display)[1] == MIDDLE * 8
    assert shown(display)[2] == MIDDLE * 5 + b" 12345"


def test_encoded_text_is_laid_out_the_same_way():
    display = st7920()
    screen = Screen(display)
    screen.put_bytes(0, b"A\xd6\xd0")
    screen.put_bytes(1, b"\x90\x30\x81\x30B\xd6")  # a GB18030 character of four bytes; half a one at the end
    screen.put_bytes(2, b"\x81\x40C\x1b")  # beyond GB2312; a control byte
    screen.flush()
    assert shown(display)[0] == b"A \xd6\xd0" + b" " * 12
    assert shown(display)[1] == b"?B?" + b" " * 13
    assert shown(display)[2] == b"?C?" + b" " * 13
    display = hd44780()
    screen = Screen(display)
    screen.put_bytes(0, b"A\xd6\xd0B")
    screen.put(1, "中文")
    screen.flush()
    assert shown(display)[0] == b"A?B" + b" " * 17
    assert shown(display)[1] == b"??" + b" " * 18


def test_lines_beyond_the_last_row_are_cut():
    display = hd44780()
    screen = Screen(display)
    assert screen.put_lines(2, "a\nb\nc") == 4
    screen.flush()
    assert shown(display)[2][:1] == b"a" and shown(display)[3][:1] == b"b"


def test_large_amounts_are_full_width_where_they_fit():
    display = st7920()
    screen = Screen(display)
    assert screen.put_large(1, "12.34") == 1
    screen.flush()
    assert shown(display)[1] == b"  \xa3\xb1\xa3\xb2\xa3\xae\xa3\xb3\xa3\xb4    "
    assert screen.put_large(1, "99999.99") == 1
    screen.flush()
    assert shown(display)[1][:2] == b"\xa3\xb9"
    assert screen.put_large(1, "9999999.99") == 1
    screen.flush()
    assert shown(display)[1] == b"   9999999.99   "


def test_large_amounts_are_two_rows_high_on_a_display_with_glyphs():
    display = hd44780()
    screen = Screen(display)
    assert display.glyphs == {}
    assert screen.put_large(1, "9999999.99") == 2
    screen.flush()
    assert len(display.glyphs) == 8
    assert shown(display)[1].strip(b" ") == b"\x04\x05" * 7 + b" " + b"\x04\x05" * 2
    assert shown(display)[2].strip(b" ") == b"_\x03" * 7 + b"." + b"_\x03" * 2
    assert screen.put_large(1, "1.11") == 2  # room for a column between digits
    screen.flush()
    assert shown(display)[2].strip(b" ") == b"\x07 . \x07  \x07"
    assert screen.put_large(1, "99999999999.99") == 1  # too wide: plain


def test_no_two_tall_digits_look_the_same():
    from pos.ui import tall

    pictures = []
    for digit in "0123456789":
        top, bottom = tall.compose(digit, 2)
        assert len(top) == len(bottom) == 2
        pictures.append(bytes(top + bottom))
        for code in top + bottom:
            assert code < 8 or code in b" _"
    assert len(set(pictures)) == 10


def test_forget_sends_everything_again_with_the_glyphs():
    display = hd44780()
    screen = Screen(display)
    screen.put_large(1, "1")
    screen.flush()
    display.glyphs = {}
    display.cells = [bytearray(20) for _ in range(4)]
    screen.forget()
    screen.put_large(1, "1")
    screen.flush()
    assert len(display.glyphs) == 8
    assert b"\x07" in shown(display)[1]


def test_middle_cut_keeps_both_ends():
    assert middle_cut("6200000000000013", 16) == "6200000000000013"
    assert middle_cut("620000*********0013", 16) == "620000******0013"
    assert middle_cut("abcde", 3) == "abe"


def test_after_any_drawing_the_display_equals_the_grid():
    for make in DISPLAYS:
        random.seed(20260314)
        display = make()
        screen = Screen(display)
        mirror = Screen(MemoryDisplay(display.rows, display.cols, display.charset, display.align))
        for step in range(PROPERTY_STEPS):
            seed = random.getrandbits(24)
            draw(screen, seed)
            draw(mirror, seed)
            screen.flush()
            mirror.forget()  # sends all of it: what the glass should show
            mirror.flush()
            assert shown(display) == shown(mirror.display), (make, step)
            whole_characters(display)


def draw(screen, seed):
    """One random change, the same for the same seed."""
    state = [seed]

    def pick(count):
        state[0] = (state[0] * 1103515245 + 12345) & 0x7FFFFFFF
        return (state[0] >> 8) % count

    kind = pick(6)
    row = pick(screen.rows)
    text = "".join([ALPHABET[pick(len(ALPHABET))] for _ in range(pick(24))])
    if kind == 0:
        screen.clear()
    elif kind == 1:
        screen.put_pair(row, text, "12:34"[: pick(6)])
    elif kind == 2:
        screen.put_large(pick(screen.rows - 1), "%d.%02d" % (pick(99999), pick(100)))
    else:
        screen.put(row, text, ("left", "right", "center")[pick(3)], pick(2) == 1)


def whole_characters(display):
    """Every wide character stands on an even column with both its halves."""
    for cells in display.cells:
        at = 0
        while at < len(cells):
            if cells[at] > 0x7F:
                assert at % 2 == 0 and cells[at + 1] > 0x7F, bytes(cells)
                at += 2
            else:
                at += 1


def test_the_first_glyph_is_sent_to_a_display_of_which_nothing_is_known():
    display = hd44780()
    screen = Screen(display)
    screen.put_large(1, "0")
    screen.flush()
    assert shown(display)[1].strip(b" ") == b"\x00\x01"
