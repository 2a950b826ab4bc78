"""The whole terminal fits a board's heap: what is in use after a sale, and how small a heap lets one pass."""

import asyncio

import pytest

from tools.bench.heap import ENOUGH_K, LIMIT_BYTES, Stand

pytestmark = pytest.mark.slow
TOO_SMALL_K = 96


@pytest.fixture(scope="module")
def measured():
    async def measure():
        async with Stand() as stand:
            return await stand.in_use(), await stand.sells(ENOUGH_K), await stand.sells(TOO_SMALL_K)

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
