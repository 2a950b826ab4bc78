"""Text entry on digit keys: every printable character can be keyed, on both displays, and what stands there is seen."""

from pos.ui import text_entry
from pos.ui.inputs import HOLD
from pos.ui.leave import Cancelled, IdleTimeout
from ui.desk import DISPLAYS, HOLD_CLEAR, Desk, hd44780

PAUSE = 1300


def entry(desk, **options):
    return text_entry.enter(desk.ui, "KEY", options.pop("most", 63), **options)


def keys_for(text):
    """The presses for a text, worked out from the sets as somebody would read them off the keypad's legend."""
    legend = {}
    for digit, chars in enumerate(text_entry._SETS):
        for presses, char in enumerate(chars):
            legend[char] = (str(digit), presses + 1)
    keys, capitals = [], False
    for char in text:
        if char.isalpha() and char.isupper() != capitals:
            capitals = not capitals
            keys += ["MENU"] if capitals else ["MENU", "MENU"]
        digit, presses = legend[char.lower()]
        keys += [digit] * presses + ["DOWN"]
    return keys


def test_a_key_goes_through_its_characters_and_round():
    for presses, expected in ((1, "a"), (2, "b"), (3, "c"), (4, "2"), (5, "a")):
        desk = Desk()
        assert desk.play(entry(desk), ["2"] * presses + ["ENTER"]) == expected


def test_a_pause_or_down_or_another_key_ends_a_character():
    for between in ([PAUSE], ["DOWN"]):
        desk = Desk()
        assert desk.play(entry(desk), ["2"] + between + ["2", "2", "ENTER"]) == "ab", between
    desk = Desk()
    assert desk.play(entry(desk), ["2", "3", "ENTER"]) == "ad"


def test_up_goes_back_in_the_characters_of_the_key():
    desk = Desk()
    assert desk.play(entry(desk), ["2", "2", "UP", "ENTER"]) == "a"
    desk = Desk()
    assert desk.play(entry(desk), ["0", "UP", "ENTER"]) == "~"


def test_a_held_key_is_its_digit():
    desk = Desk()
    assert desk.play(entry(desk), ["7", (HOLD, "7"), "7", (HOLD, "7"), "ENTER"]) == "77"


def test_a_key_held_where_nothing_more_fits_changes_nothing():
    desk = Desk()
    assert desk.play(entry(desk, most=1), ["2", "DOWN", "7", (HOLD, "7"), "ENTER"]) == "a"
    assert "no more" in desk.screens[3][3]


def test_capitals_and_digits():
    desk = Desk()
    assert desk.play(entry(desk), ["MENU", "2", "2", "MENU", "2", "2", "MENU", "2", "ENTER"]) == "B22a"
    assert desk.screens[1][0] == "KEY          ABC"
    assert desk.screens[4][0] == "KEY          123"


def test_every_printable_character_can_be_keyed():
    every = "".join([chr(code) for code in range(0x20, 0x7F)])
    for start in range(0, len(every), 30):
        part = every[start : start + 30]
        desk = Desk()
        assert desk.play(entry(desk), keys_for(part) + ["ENTER"]) == part


def test_what_is_typed_is_shown_and_so_is_what_the_key_has():
    for make in DISPLAYS:
        desk = Desk(make())
        assert desk.play(entry(desk), ["2", "2", PAUSE, "ENTER"]) == "b"
        cols = desk.display.cols
        assert desk.screens[0][1].strip() == "_"
        assert desk.screens[2][1].strip() == "b" and desk.screens[2][3].strip() == "a[b]c2"
        assert desk.screens[3][1].strip() == "b_"
        assert len(desk.screens[3][1]) == cols


def test_the_characters_around_the_one_that_stands_there_are_shown_where_not_all_fit():
    desk = Desk()
    desk.play(entry(desk), ["0"] * 21 + ["ENTER"])
    assert desk.screens[1][3] == "[ ]0+*=#%&$()<>["[:16]
    assert desk.screens[21][3].endswith("[~]"), desk.screens[21][3]


def test_a_long_text_goes_on_in_the_next_row_and_shows_its_end():
    for make in DISPLAYS:
        desk = Desk(make())
        text = "".join([chr(0x61 + n % 26) for n in range(63)])
        assert desk.play(entry(desk, first=text), ["2", "ENTER"]) == text
        shown = desk.screens[0][1] + desk.screens[0][2]
        assert shown == "<" + (text + "_")[-2 * desk.display.cols + 1 :]
        assert "no more" in desk.screens[1][3]


def test_too_short_is_refused_with_a_text():
    desk = Desk()
    assert desk.play(entry(desk, min_chars=2), ["2", "ENTER", "3", "ENTER"]) == "ad"
    assert "at least 2" in desk.screens[2][3]


def test_clear_takes_back_one_and_held_all():
    desk = Desk()
    assert desk.play(entry(desk), ["2", "3", "CLEAR", "4", "ENTER"]) == "ag"
    desk = Desk()
    assert desk.play(entry(desk), ["2", "3", "CLEAR", HOLD_CLEAR, "4", "ENTER"]) == "g"
    desk = Desk()
    assert desk.play(entry(desk), ["CLEAR", "ENTER"]) == ""


def test_cancel_asks_where_something_was_typed():
    desk = Desk()
    desk.leaves(Cancelled, entry(desk), ["CANCEL"])
    desk = Desk()
    desk.leaves(Cancelled, entry(desk, first="abc"), ["CANCEL"])
    desk = Desk()
    assert desk.play(entry(desk), ["2", "CANCEL", "CANCEL", "3", "ENTER"]) == "ad"
    assert any("Leave without" in row for row in desk.screens[2])
    desk = Desk()
    desk.leaves(Cancelled, entry(desk), ["2", "CANCEL", "ENTER"])


def test_nobody_typing_leaves_by_the_idle_time():
    desk = Desk(hd44780(), idle_ms=5000)
    desk.leaves(IdleTimeout, entry(desk), ["2"])


def test_in_chinese_the_hint_fits():
    desk = Desk(language="zh")
    assert desk.play(entry(desk), ["2", "ENTER"]) == "a"
    assert desk.screens[0][3] == "#" * 8
