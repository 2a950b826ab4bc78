"""A sample of the sweep (`make network` tries every byte): every flow, every way of breaking, positions far apart."""

import asyncio

import pytest
from network import sweep

pytestmark = pytest.mark.slow

EVERY = 60  # of the plan's positions


@pytest.mark.parametrize("part", [0, 1])
def test_a_line_that_breaks_loses_nothing(tmp_path, part):
    result = asyncio.run(sweep.run(tmp_path, part=part * EVERY // 2 + 7, parts=EVERY))
    assert result["lost"] == []
    assert result["tried"] >= 20 and result["stood"] > 10, result
