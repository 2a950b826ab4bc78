"""What people key or present wrongly, and cards that the host says no to: told plainly, nothing charged."""

import pytest
from faults import station
from pos.domain.account import acceptable

RICHEST, RICHEST_MINOR = "6200000000000047", 100_000_000
UNKNOWN = next(f"62000000000000{n:02d}" for n in range(50, 60) if acceptable(f"62000000000000{n:02d}"))

DECLINED = (
    (UNKNOWN, ("DECLINED 14", "No such card", "Check the number")),
    (station.FROZEN, ("DECLINED 62", "Card is frozen", "Use another card")),
    (station.POOR, ("DECLINED 51", "Not enough money")),
)


@pytest.mark.parametrize(("number", "words"), DECLINED, ids=["unknown", "frozen", "too little"])
@pytest.mark.parametrize("keyed", [False, True], ids=["held", "keyed"])
def test_declined_card(tmp_path, number, words, keyed):
    async def scenario(desk):
        await desk.sign_on()
        await desk.confirm_sale("1234", number, keyed)
        await desk.tells(*words)
        assert desk.slips() == []
        desk.books(0)
        await desk.keys("ENTER")
        await desk.see("READY")
        await desk.sell("1234")  # the next customer
        desk.books(1234)
        assert desk.host.balance(station.POOR) == station.POOR_MINOR

    station.run(scenario, tmp_path)


def test_poor_card_can_spend_its_last_cent(tmp_path):
    async def scenario(desk):
        await desk.sign_on()
        await desk.sell("1 00", station.POOR)
        desk.books(100, station.POOR, station.POOR_MINOR)
        await desk.confirm_sale("1", station.POOR)
        await desk.tells("DECLINED 51")
        desk.books(100, station.POOR, station.POOR_MINOR)

    station.run(scenario, tmp_path)


def test_amount_zero(tmp_path):
    async def scenario(desk):
        await desk.sign_on()
        sent = len(desk.line.seen)
        await desk.keys("0 00 ENTER")
        await desk.tells("amount is zero", "0.00")
        await desk.keys("CANCEL")
        await desk.tells("CANCELLED", "Nothing was sent")
        assert len(desk.line.seen) == sent
        desk.books(0)
        assert "cancelled" in desk.audits()

    station.run(scenario, tmp_path)


@pytest.mark.parametrize("board", station.BOARDS)
def test_largest_amount_and_beyond(tmp_path, board):
    async def scenario(desk):
        await desk.sign_on()
        await desk.keys("999999999 9")
        await desk.tells("max. 9999999.99")
        assert "CNY 9999999.99" in desk.text()  # the digit too many was refused, the others stand
        await desk.keys("00")
        await desk.tells("max. 9999999.99")
        await desk.keys("ENTER")
        await desk.see_text("amount_check")  # what stands there is not what was keyed
        await desk.keys("ENTER")
        await desk.see("card")
        await desk.keys(f"{RICHEST} ENTER")
        await desk.see("OK?", "CANCEL=N")
        assert "9999999.99" in desk.text()
        await desk.keys("ENTER")
        await desk.tells("DECLINED 51")
        desk.books(0, RICHEST, RICHEST_MINOR)
        await desk.keys("ENTER")
        await desk.sell("100000000", RICHEST)  # all that it has
        desk.books(RICHEST_MINOR, RICHEST, RICHEST_MINOR)
        assert "1000000.00" in desk.slips()[0]

    station.run(scenario, tmp_path, board=board)


def test_wrong_check_digit(tmp_path):
    async def scenario(desk):
        await desk.sign_on()
        sent = len(desk.line.seen)
        await desk.keys("1234 ENTER")
        await desk.see("card")
        await desk.keys("6200000000000014 ENTER")
        await desk.tells("CARD NUMBER", "IS WRONG", "Check it, or use", "another card")
        await desk.keys("ENTER")
        await desk.see("card")
        await desk.card("6200000000000020")  # a card that was written wrongly
        await desk.tells("CARD NUMBER", "IS WRONG")
        await desk.keys("ENTER")
        assert len(desk.line.seen) == sent
        await desk.see("card")
        await desk.card(station.RICH)
        await desk.see("OK?", "CANCEL=N")
        await desk.keys("ENTER")
        await desk.see("tear")
        await desk.keys("ENTER")
        await desk.see("READY")
        desk.books(1234)
        assert len(desk.slips()) == 2

    station.run(scenario, tmp_path)


def test_cancelled_before_the_confirmation_charges_nothing(tmp_path):
    async def scenario(desk):
        await desk.sign_on()
        await desk.keys("1234 ENTER")
        await desk.see("card")
        await desk.card()
        await desk.see("OK?", "CANCEL=N")
        await desk.keys("CANCEL")
        await desk.tells("CANCELLED", "Nothing was sent")
        await desk.see("READY")
        desk.books(0)
        assert desk.line.count("0200") == 0 and desk.slips() == []

    station.run(scenario, tmp_path)
