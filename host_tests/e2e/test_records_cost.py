"""What the list of transactions costs on 32 bits: its first screen within bounds, whatever the number of records."""

import pytest

from tools.bench import records

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def measured():
    return {row.name: row for row in records.rows()}


def of(measured, words):
    return [row for name, row in measured.items() if all(word in name for word in words)]


def test_every_bound_holds(measured):
    assert [row for row in measured.values() if not row.ok] == []
    assert len(of(measured, ["list opened", "instructions"])) == 6


@pytest.mark.parametrize("chip", ["ST7920", "HD44780"])
def test_the_list_opens_alike_with_few_and_with_many_records(measured, chip):
    fuel = [row.value for row in of(measured, ["list opened", chip, "instructions"])]
    kept = [row.value for row in of(measured, ["list opened", chip, "in use"])]
    allocated = [row.value for row in of(measured, ["list opened", chip, "allocated"])]
    assert max(fuel) < 1.15 * min(fuel), fuel
    assert max(kept) - min(kept) <= 64, kept
    assert max(allocated) < 1.25 * min(allocated), allocated


def test_a_search_streams(measured):
    kept = [row.value for row in of(measured, ["that search"])]
    assert max(kept) < 2 * min(kept), kept
