"""Every scenario on the whole terminal, on both displays and in both languages; screens and slips as recorded."""

from pathlib import Path

import pytest
from faults import station
from proof.at_station import at_station
from proof.scenarios import SCENARIOS

pytestmark = pytest.mark.slow
GOLDEN = Path(__file__).parents[1] / "golden" / "proof"
DESKS = [(board, language) for board in station.BOARDS for language in ("en", "zh")]


def golden_name(scenario, board, language):
    display = "st7920" if board == station.ST7920 else "hd44780"
    return f"{scenario}_{display}_{language}.txt"


@pytest.mark.parametrize(("board", "language"), DESKS)
@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario(name, board, language, tmp_path):
    counter = at_station(SCENARIOS[name], tmp_path, board, language)
    recorded = (GOLDEN / golden_name(name, board, language)).read_text(encoding="utf-8")
    assert counter.transcript() == recorded, "screens or slips are not as recorded: make record-golden, read the diff"
