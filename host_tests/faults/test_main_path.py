"""The shortest path from keypad to host and back to paper, on both boards and in both languages."""

import pytest
from faults import station

BOTH = [(station.ST7920, "en"), (station.ST7920, "zh"), (station.HD44780, "en"), (station.HD44780, "zh")]


@pytest.mark.parametrize(("board", "language"), BOTH)
def test_sale_with_card_and_with_keyed_number(tmp_path, board, language):
    async def scenario(desk):
        await desk.sign_on()
        merchant, customer = await desk.sell("1234")
        assert "12.34" in merchant and "12.34" in customer
        assert "620000******0013" in merchant and station.RICH not in merchant + customer
        assert "987.66" in customer and "987.66" not in merchant
        assert ("持卡人签名" in merchant) == (language == "zh")
        desk.books(1234)
        await desk.sell("1 00", keyed=True)
        desk.books(1334)
        assert len(desk.slips()) == 4
        assert desk.journal().state["slips"] == 2

    station.run(scenario, tmp_path, board=board, language=language)
