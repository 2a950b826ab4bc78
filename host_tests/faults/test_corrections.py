"""Holds, completions, refunds and their voids on the whole terminal and the real host: both ledgers agree."""

import pytest
from faults import station

BOTH = [(station.ST7920, "en"), (station.ST7920, "zh"), (station.HD44780, "en")]


async def slips(desk, count):
    """What was just approved gets both its slips, which makes so many in all."""
    await desk.take_slips()
    assert len(desk.slips()) == count


async def hold(desk, digits="1 00 00", count=2):
    await desk.menu(desk.t("menu_preauth"))
    await desk.see(desk.t("title_preauth"))
    await desk.keys(digits + " ENTER")
    await desk.see_text("prompt_card")
    await desk.card()
    await desk.yes()
    await slips(desk, count)


async def take_last(desk, entry):
    await desk.menu(desk.t(entry))
    await desk.see_text("hint_original")
    await desk.keys("ENTER")


@pytest.mark.parametrize(("board", "language"), BOTH)
def test_a_restaurant_holds_takes_less_and_gives_it_back(tmp_path, board, language):
    async def scenario(desk):
        await desk.sign_on()
        await hold(desk)
        desk.books(0)
        await take_last(desk, "menu_completion")
        await desk.keys("80 00 ENTER")
        await desk.yes()
        await slips(desk, 4)
        desk.books(8000)
        await take_last(desk, "menu_compl_void")
        await desk.allow("6")
        await slips(desk, 6)
        assert desk.host.balance(station.RICH) == station.RICH_MINOR and desk.host.check().balanced
        assert desk.journal().state["totals"] == {"completion": [1, 8000], "completion_void": [1, 8000]}
        await take_last(desk, "menu_preauth_void")  # what the completion took is held again
        await desk.allow("6")
        await slips(desk, 8)
        assert desk.host.check().balanced

    station.run(scenario, tmp_path, board=board, language=language)


@pytest.mark.parametrize(("board", "language"), BOTH)
def test_a_sale_is_refunded_in_two_parts_and_no_third(tmp_path, board, language):
    async def scenario(desk):
        await desk.sign_on()
        await desk.sell("1000")
        for digits, count in (("400", 4), ("600", 6)):
            await desk.menu(desk.t("menu_refund"))
            await desk.keys("1 ENTER ENTER")
            await desk.see("0.00")
            await desk.keys(digits + " ENTER")
            await desk.allow("6")
            await slips(desk, count)
        assert desk.host.balance(station.RICH) == station.RICH_MINOR and desk.host.check().balanced
        await desk.menu(desk.t("menu_refund"))
        await desk.keys("1 ENTER ENTER")
        await desk.see_text("no_refund_refunded")

    station.run(scenario, tmp_path, board=board, language=language)
