"""Digits, menu, question, message, busy and pager, each played by a scripted operator."""

import asyncio

import dual
from pos.ui import confirm, digits, menu, message, pager
from pos.ui.leave import Cancelled, IdleTimeout
from ui.desk import DISPLAYS, HOLD_CLEAR, REPEAT_DOWN, REPEAT_UP, Desk, card, hd44780

ITEMS = ["Sale", "Balance", "Reprint", "Settings", "Sign off"]
MANY = ["Entry %d" % number for number in range(1, 13)]


# digits


def pin(desk):
    return digits.enter(desk.ui, "LOG IN", "PIN:", 8, 4, secret=True)


def number(desk, **options):
    return digits.enter(desk.ui, "CARD", "Hold card to\nreader or key no", 19, 12, card_ok=True, **options)


def test_digits_are_typed_and_taken_back():
    desk = Desk()
    widget = digits.enter(desk.ui, "LOG IN", "Operator number:", 2, 2)
    assert desk.play(widget, ["0", "7", "CLEAR", "1", "ENTER"]) == ("KEY", "01")
    assert desk.screens[0] == ["     LOG IN     ", "Operator number:", "_               ", "then press ENTER"]
    assert desk.screens[2][2].strip() == "07"


def test_held_clear_takes_all_back():
    desk = Desk()
    widget = digits.enter(desk.ui, "LOG IN", "Operator number:", 4)
    assert desk.play(widget, ["1", "2", "CLEAR", HOLD_CLEAR, "9", "ENTER"]) == ("KEY", "9")


def test_a_secret_shows_stars_only():
    for make in DISPLAYS:
        desk = Desk(make())
        assert desk.play(pin(desk), ["2", "4", "6", "8", "ENTER"]) == ("KEY", "2468")
        assert desk.screens[4][2].strip() == "****"
        for screen in desk.screens:
            assert not [row for row in screen if "2" in row or "8" in row]


def test_too_few_and_too_many_digits_are_refused_with_a_text():
    desk = Desk()
    assert desk.play(pin(desk), ["1", "ENTER"] + ["1"] * 8 + ["CLEAR", "ENTER"]) == ("KEY", "1111111")
    assert "at least 4" in desk.screens[2][3]
    assert "no more" in desk.screens[10][3]
    desk = Desk()
    widget = digits.enter(desk.ui, "ORDER", "Order no:", 4)
    desk.leaves(IdleTimeout, widget, ["ENTER"])


def test_a_long_number_is_grouped_and_goes_on_in_the_next_row():
    desk = Desk()
    typed = list("6200000000000013")
    assert desk.play(number(desk), typed + ["ENTER"]) == ("KEY", "6200000000000013")
    assert desk.screens[0][1:3] == ["Hold card to    ", "reader or key no"]
    assert desk.screens[1][1:3] == ["6               ", "                "]
    assert desk.screens[16][1:3] == ["6200 0000 0000  ", "0013            "]
    desk = Desk(hd44780())
    assert desk.play(number(desk), list("6200000000000000213") + ["ENTER"]) == ("KEY", "6200000000000000213")
    assert desk.screens[19][1:3] == ["6200 0000 0000 0000 ", "213                 "]


def test_a_card_is_taken_only_where_one_is_wanted():
    desk = Desk()
    assert desk.play(number(desk), ["6", card("6200000000000021")]) == ("CARD", "6200000000000021")
    desk = Desk()
    assert desk.play(pin(desk), [card("6200000000000021"), "1", "2", "3", "4", "ENTER"]) == ("KEY", "1234")


def test_digits_are_left_by_cancel_and_by_the_idle_time():
    desk = Desk()
    desk.leaves(Cancelled, pin(desk), ["CANCEL"])
    desk = Desk(idle_ms=2000)
    desk.leaves(IdleTimeout, pin(desk), ["1"])


def test_digits_that_stand_are_not_left_without_a_question():
    desk = Desk()
    desk.leaves(Cancelled, number(desk), ["6", "CANCEL", "ENTER"])
    assert "Leave" in desk.screens[2][0]
    for make, typed, shown in ((number, "620000000000", "6200 0000 0000"), (pin, "1234", "****")):
        desk = Desk()
        assert desk.play(make(desk), list(typed) + ["CANCEL", "CANCEL", "ENTER"]) == ("KEY", typed)
        last = desk.screens[-1]
        assert shown in last[1] + last[2] and last[3] == "then press ENTER"
        assert last[0].strip() in ("CARD", "LOG IN") and "Leave" not in last[0]


def test_what_was_typed_before_stands_already():
    desk = Desk()
    assert desk.play(digits.enter(desk.ui, "VOID", "Voucher no.", 6, first="2"), ["7", "ENTER"]) == ("KEY", "27")


# menu


def test_a_number_key_chooses_at_once():
    desk = Desk()
    assert desk.play(menu.choose(desk.ui, "MENU", ITEMS), ["2"]) == 1
    assert desk.screens[0] == ["MENU         1/5", ">1 Sale         ", " 2 Balance      ", " 3 Reprint      "]


def test_a_number_key_without_an_entry_does_nothing():
    desk = Desk()
    assert desk.play(menu.choose(desk.ui, "MENU", ITEMS), ["6", "9", "0", "5"]) == 4


def test_up_and_down_move_scroll_and_go_round():
    for make in DISPLAYS:
        desk = Desk(make())
        assert desk.play(menu.choose(desk.ui, "MENU", ITEMS), ["DOWN", "DOWN", "DOWN", "ENTER"]) == 3
        assert desk.rows()[3].strip() == ">4 Settings" and desk.rows()[0].strip().endswith("4/5")
        desk = Desk(make())
        assert desk.play(menu.choose(desk.ui, "MENU", ITEMS), ["UP", "UP", "ENTER"]) == 3
        desk = Desk(make())
        assert desk.play(menu.choose(desk.ui, "MENU", ITEMS, 4), ["DOWN", "ENTER"]) == 0


def test_holding_up_or_down_repeats():
    desk = Desk()
    assert desk.play(menu.choose(desk.ui, "MENU", ITEMS), ["DOWN", REPEAT_DOWN, REPEAT_DOWN, "ENTER"]) == 3
    desk = Desk()
    assert desk.play(menu.choose(desk.ui, "MENU", ITEMS, 4), ["UP", REPEAT_UP, "ENTER"]) == 2


def test_more_than_ten_entries():
    desk = Desk()
    assert desk.play(menu.choose(desk.ui, "MENU", MANY), ["0"]) == 9
    desk = Desk()
    assert desk.play(menu.choose(desk.ui, "MENU", MANY), ["UP", "ENTER"]) == 11
    assert desk.rows() == ["MENU       12/12", " 0 Entry 10     ", "   Entry 11     ", ">  Entry 12     "]


def test_a_menu_is_left_by_cancel_and_by_the_idle_time():
    desk = Desk()
    desk.leaves(Cancelled, menu.choose(desk.ui, "MENU", ITEMS), ["DOWN", "CANCEL"])
    desk = Desk(idle_ms=2000)
    desk.leaves(IdleTimeout, menu.choose(desk.ui, "MENU", ITEMS), ["DOWN"])


def test_a_chinese_menu():
    desk = Desk(language="zh")
    items = [desk.ui.t("menu_sale"), desk.ui.t("menu_balance")]
    assert desk.play(menu.choose(desk.ui, desk.ui.t("title_menu"), items), ["2"]) == 1
    assert desk.rows()[1].strip() == ">1  ##"


# confirm


def test_a_question_is_answered_by_enter_or_cancel_only():
    for make in DISPLAYS:
        desk = Desk(make())
        assert desk.play(confirm.ask(desk.ui, "Sign off\nnow?"), ["1", "MENU", HOLD_CLEAR, "ENTER"]) is True
        assert desk.rows()[1].strip() == "now?" and "ENTER" in desk.rows()[3]
        desk = Desk(make())
        assert desk.play(confirm.ask(desk.ui, "Sign off\nnow?"), ["CANCEL"]) is False
        desk = Desk(make(), idle_ms=2000)
        desk.leaves(IdleTimeout, confirm.ask(desk.ui, "Sign off?"), ["1"])


# message


def test_a_message_goes_on_with_any_key_or_by_itself():
    desk = Desk()
    assert desk.play(message.show(desk.ui, "CANCELLED", 5000), [HOLD_CLEAR, "3"]) == "3"
    desk = Desk()
    assert desk.play(message.show(desk.ui, "CANCELLED", 5000)) == ""
    assert desk.has("CANCELLED")


def test_a_message_does_not_stay_longer_because_of_other_inputs():
    desk = Desk()

    async def timed():
        start_ms = dual.clock.ticks_ms()
        assert await message.show(desk.ui, "CANCELLED", 1000) == ""
        return dual.clock.elapsed_ms(start_ms)

    took_ms = desk.play(timed(), [300, card("1"), 300, card("2"), 300, card("3")])
    assert 1000 <= took_ms < 1200


# busy


def test_busy_counts_the_seconds_and_gives_what_the_work_gives():
    async def work(desk, seen):
        for _ in range(3):
            await asyncio.sleep_ms(1050)
            seen.append(desk.rows()[3].strip())
        return "answer"

    for make in DISPLAYS:
        desk = Desk(make())
        seen = []
        widget = message.busy_while(desk.ui, "PROCESSING\nPlease wait", work(desk, seen))
        assert desk.play(widget) == "answer"
        assert seen == ["1 s", "2 s", "3 s"]
        assert desk.rows()[0].strip() == "PROCESSING"


def test_keys_pressed_while_busy_are_forgotten():
    desk = Desk()

    async def flow():
        await message.busy_while(desk.ui, "PROCESSING", asyncio.sleep_ms(3000))
        return await confirm.ask(desk.ui, "Once more?")

    assert desk.play(flow(), ["ENTER", "ENTER", 5000, "CANCEL"]) is False


def test_busy_lets_errors_through_and_stops_counting():
    desk = Desk()

    async def fail():
        await asyncio.sleep_ms(10)
        raise ValueError("x")

    async def flow():
        try:
            await message.busy_while(desk.ui, "PROCESSING", fail())
        except ValueError:
            before = desk.rows()
            await asyncio.sleep_ms(3000)
            return before == desk.rows()
        return False

    assert desk.play(flow()) is True


# pager


def test_a_pager_moves_by_screens_and_stops_at_the_ends():
    lines = ["line %d" % line for line in range(1, 9)]
    desk = Desk()
    desk.play(pager.show(desk.ui, lines, "CHECK"), ["DOWN", "DOWN", "DOWN", "UP", "ENTER"])
    assert desk.screens[0] == ["CHECK        1/3", "line 1          ", "line 2          ", "line 3          "]
    assert desk.screens[1][1].strip() == "line 4"
    assert desk.screens[2][3].strip() == "line 8" and desk.screens[2][0].strip().endswith("3/3")
    assert desk.screens[3] == desk.screens[2]
    assert desk.screens[4][1].strip() == "line 3"
    desk = Desk()
    desk.play(pager.show(desk.ui, ["one"]), ["DOWN", "UP", "CANCEL"])
    assert desk.rows()[0].strip() == "one"
    desk = Desk(idle_ms=2000)
    desk.leaves(IdleTimeout, pager.show(desk.ui, lines), ["DOWN"])


# language


def test_a_display_without_chinese_stays_english():
    desk = Desk(hd44780(), "zh")
    assert desk.ui.language == "zh" and desk.ui.t("title_sale") == "SALE"
    assert desk.ui.set_language("zh") is False
    assert desk.ui.set_language("en") is True
    desk = Desk(language="zh")
    assert desk.ui.t("title_sale") == "消费"
    assert desk.ui.set_language("xx") is True and desk.ui.t("title_sale") == "SALE"
