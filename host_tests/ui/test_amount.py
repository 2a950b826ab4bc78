"""Entering an amount (R1, R2) and confirming it large (R3)."""

from pos.ui import amount
from pos.ui.leave import Cancelled, IdleTimeout
from ui.desk import DISPLAYS, HOLD_CLEAR, REPEAT_UP, Desk, hd44780, st7920


def enter(desk, script, first="", max_minor=999999999):
    return desk.play(amount.enter(desk.ui, "SALE", first, "CNY", max_minor), script)


def test_digits_fill_from_the_right_of_the_point():
    for make in DISPLAYS:
        desk = Desk(make())
        assert enter(desk, ["1", "2", "3", "4", "ENTER"]) == 1234
        assert [screen[2].strip() for screen in desk.screens] == [
            "CNY 0.00",
            "CNY 0.01",
            "CNY 0.12",
            "CNY 1.23",
            "CNY 12.34",
        ]
        assert desk.rows()[0].strip() == "SALE"


def test_up_types_two_zeros():
    assert enter(Desk(), ["5", "UP", "UP", "ENTER"]) == 50000
    assert enter(Desk(), ["UP", "0", "7", "ENTER"]) == 7


def test_the_digit_of_the_idle_screen_is_the_first():
    desk = Desk()
    assert enter(desk, ["2", "ENTER"], first="1") == 12
    assert desk.screens[0][2].strip() == "CNY 0.01"


def test_clear_takes_back_one_digit_and_held_all():
    assert enter(Desk(), ["1", "2", "3", "CLEAR", "4", "ENTER"]) == 124
    assert enter(Desk(), ["1", "2", "3", "CLEAR", HOLD_CLEAR, "9", "ENTER"]) == 9
    assert enter(Desk(), ["CLEAR", "9", "ENTER"]) == 9


def test_a_held_00_types_only_once():
    desk = Desk()
    assert enter(desk, ["5", "UP", REPEAT_UP, REPEAT_UP, "ENTER"]) == 500


def test_zero_is_refused_with_a_text():
    desk = Desk()
    assert enter(desk, ["ENTER", "5", "5", "ENTER"]) == 55
    assert "zero" in desk.screens[1][3]
    assert "zero" not in desk.screens[2][3]


def test_the_limit_is_refused_with_a_text_and_keeps_what_was_typed():
    desk = Desk()
    assert enter(desk, ["9"] * 9 + ["9", "ENTER", "ENTER"]) == 999999999
    assert "max. 9999999.99" in desk.screens[10][3]
    assert enter(Desk(), ["9"] * 8 + ["UP", "ENTER", "ENTER"]) == 99999999
    desk = Desk()
    assert enter(desk, ["5", "0", "1", "ENTER", "ENTER"], max_minor=500) == 50
    assert "max. 5.00" in desk.screens[3][3]


def test_what_it_is_about_stands_above_the_amount_all_the_time():
    for make in DISPLAYS:
        desk = Desk(make())
        widget = amount.enter(desk.ui, "REFUND", max_minor=600, about="Left: 6.00")
        assert desk.play(widget, ["6", "0", "1", "CANCEL", "CANCEL", "ENTER"]) == 60
        shown = [screen[1].strip() for screen in desk.screens]
        assert shown.pop(4) != "Left: 6.00", "the question whether to leave has the screen for itself"
        assert shown == ["Left: 6.00"] * 5, shown


def test_cancel_without_digits_leaves_at_once():
    desk = Desk()
    desk.leaves(Cancelled, amount.enter(desk.ui, "SALE"), ["CANCEL"])


def test_cancel_with_digits_asks_and_no_keeps_them():
    for make in DISPLAYS:
        desk = Desk(make())
        assert enter(desk, ["1", "2", "CANCEL", "CANCEL", "3", "ENTER"]) == 123
        assert "entered amount?" in "".join(desk.screens[3])
        assert desk.screens[4][2].strip() == "CNY 0.12"
        assert desk.screens[4][0].strip() == "SALE"


def test_cancel_with_digits_and_yes_leaves():
    desk = Desk()
    desk.leaves(Cancelled, amount.enter(desk.ui, "SALE"), ["1", "CANCEL", "ENTER"])


def test_other_keys_do_not_matter():
    desk = Desk()
    assert enter(desk, ["MENU", "1", "DOWN", ("CARD", "6200000000000013"), "ENTER"]) == 1


def test_nobody_typing_is_an_idle_time_out():
    desk = Desk(idle_ms=3000)
    desk.leaves(IdleTimeout, amount.enter(desk.ui, "SALE"), ["1"])
    desk = Desk(idle_ms=3000)
    desk.leaves(IdleTimeout, amount.enter(desk.ui, "SALE"), ["1", "CANCEL"])


def test_confirmation_shows_the_amount_large_and_the_card():
    for make in DISPLAYS:
        desk = Desk(make())
        widget = amount.confirm_large(desk.ui, "SALE", 1234, "620000******0013")
        assert desk.play(widget, ["5", "MENU", "ENTER"]) is True
        assert desk.has("12.34") and desk.has("620000******0013") and desk.has("SALE")


def test_confirmation_is_large_on_both_displays():
    desk = Desk(st7920())
    desk.play(amount.confirm_large(desk.ui, "SALE", 1234, "x"), ["ENTER"])
    assert desk.display.cells[1].find(b"\xa3\xb1\xa3\xb2\xa3\xae\xa3\xb3\xa3\xb4") >= 0
    desk = Desk(hd44780())
    desk.play(amount.confirm_large(desk.ui, "SALE", 999999999), ["ENTER"])
    assert desk.rows()[0] == "SALE      9999999.99"
    assert desk.rows()[1] == "@@@@@@@@@@@@@@ @@@@ "


def test_confirmation_cancelled():
    desk = Desk()
    assert desk.play(amount.confirm_large(desk.ui, "SALE", 1, "x"), ["CANCEL"]) is False
    desk = Desk(idle_ms=3000)
    desk.leaves(IdleTimeout, amount.confirm_large(desk.ui, "SALE", 1, "x"))


def test_chinese_screens():
    desk = Desk(st7920(), "zh")
    assert desk.play(amount.enter(desk.ui, desk.ui.t("title_sale")), ["1", "2", "ENTER"]) == 12
    assert desk.rows()[0].strip() == "##" and desk.rows()[2].strip() == "CNY 0.12"


def test_enter_after_a_refused_digit_is_asked_for_once_more():
    desk = Desk()
    assert desk.play(amount.enter(desk.ui, "SALE", max_minor=500), ["6", "1", "0", "ENTER", "ENTER"]) == 61
    assert "right?" in desk.rows()[-1]
    desk = Desk()
    assert desk.play(amount.enter(desk.ui, "SALE", max_minor=60), ["6", "1", "CLEAR", "5", "ENTER"]) == 5
