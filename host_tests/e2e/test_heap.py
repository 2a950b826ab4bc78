"""The whole terminal fits a board's heap: what is in use after a sale, how small a heap lets one pass, every flow."""

import asyncio

import pytest

from tools.bench import flows_heap, heap, keys
from tools.bench.heap import ENOUGH_K, LIMIT_BYTES
from tools.bench.stand import Stand

pytestmark = pytest.mark.slow
TOO_SMALL_K = 96


@pytest.fixture(scope="module")
def measured():
    async def measure():
        async with Stand() as stand:
            return await heap.in_use(stand), await heap.sells(stand, ENOUGH_K), await heap.sells(stand, TOO_SMALL_K)

    return asyncio.run(measure())


def test_heap_in_use_after_start_sign_on_and_a_sale(measured):
    used = measured[0]
    assert set(used) == {"simulator", "after start", "after sign-on", "after a sale"}
    assert 0 < used["simulator"] < min(used["after start"], used["after sign-on"], used["after a sale"])
    assert max(used.values()) <= LIMIT_BYTES == 131072, used


def test_a_sale_passes_with_the_heap_of_a_board(measured):
    assert measured[1]


def test_a_heap_that_is_too_small_is_seen(measured):
    assert not measured[2]


def test_every_flow_passes_with_the_heap_of_a_board():
    """Lost says in which step the firmware ended or stood still."""
    measured = asyncio.run(flows_heap.fill())
    assert len(measured) > 30
    assert max(full for full, _idle in measured.values()) < ENOUGH_K * 1024


def test_few_keys_are_enough():
    assert [row.name for row in keys.rows() if not row.ok] == []
