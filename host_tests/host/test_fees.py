"""Fees: rounding, caps, dated rates, and sums that add up, against decimal arithmetic that shares no code."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.host import fees
from tools.host.fees import Counted, Rate

EVERYBODY = [
    Rate("debit", False, 0, 5_000, 2_500),
    Rate("credit", False, 0, 6_000, None),
    Rate("qr", False, 0, 3_800, None),
]
AMOUNT_MINOR_MAX = 999_999_999
PERCENT = {"debit": Decimal("0.5"), "credit": Decimal("0.6"), "qr": Decimal("0.38")}


@pytest.mark.parametrize(
    ("amount_minor", "rate_ppm", "cap_minor", "fee_minor"),
    [
        (100, 5_000, 2_500, 1),  # 0.5 fen goes up
        (99, 5_000, 2_500, 0),
        (299, 5_000, 2_500, 1),
        (300, 5_000, 2_500, 2),  # 1.5
        (500_000, 5_000, 2_500, 2_500),
        (499_899, 5_000, 2_500, 2_499),
        (999_999_999, 5_000, 2_500, 2_500),
        (999_999_999, 6_000, None, 6_000_000),
        (1_000, 3_800, None, 4),  # 3.8
        (0, 5_000, None, 0),
        (12_345, 0, None, 0),
        (12_345, 5_000, 0, 0),
    ],
)
def test_fee_of_an_amount(amount_minor, rate_ppm, cap_minor, fee_minor):
    assert fees.fee_minor(amount_minor, rate_ppm, cap_minor) == fee_minor


@given(st.integers(0, AMOUNT_MINOR_MAX), st.integers(0, 30_000), st.none() | st.integers(0, 10_000))
@settings(max_examples=300, deadline=None)
def test_as_decimal_arithmetic_says(amount_minor, rate_ppm, cap_minor):
    exact = Decimal(amount_minor) * Decimal(rate_ppm) / Decimal(1_000_000)
    rounded = int(exact.quantize(Decimal(1), ROUND_HALF_UP))
    assert fees.fee_minor(amount_minor, rate_ppm, cap_minor) == min(
        rounded, rounded if cap_minor is None else cap_minor
    )


def test_the_latest_rate_counts_and_a_merchants_own_before_everybodys():
    schedule = [*EVERYBODY, Rate("debit", False, 1_000, 4_000, None), Rate("debit", True, 2_000, 3_000, None)]
    found = [fees.rate_at(schedule, "debit", at_ms).rate_ppm for at_ms in (0, 999, 1_000, 1_999, 2_000, 9_999)]
    assert found == [5_000, 5_000, 4_000, 4_000, 3_000, 3_000]
    assert fees.rate_at([*schedule, Rate("debit", False, 3_000, 1, None)], "debit", 9_999).rate_ppm == 3_000
    assert fees.rate_at([*schedule, Rate("debit", True, 2_000, 7, None)], "debit", 2_000).rate_ppm == 7
    assert fees.rate_at(schedule, "other", 0) is None
    assert fees.rate_at(schedule, "debit", -1) is None


def test_a_payment_costs_what_was_valid_when_it_was_made():
    schedule = [*EVERYBODY, Rate("qr", False, 5_000, 10_000, None)]
    before, after = (Counted("qr", "debit", 10_000, at_ms, True) for at_ms in (4_999, 5_000))
    assert [fees.fee_of(one, schedule) for one in (before, after)] == [38, 100]


def test_without_a_rate_nothing_is_charged():
    assert fees.fee_of(Counted("sale", "debit", 10_000, 0, True), []) == 0


COUNTED = st.builds(
    Counted,
    st.sampled_from(sorted(fees.SIGNS)),
    st.sampled_from(["debit", "credit"]),
    st.integers(1, AMOUNT_MINOR_MAX),
    st.integers(0, 10_000),
    st.booleans(),
)


@given(st.lists(COUNTED, max_size=30))
@settings(max_examples=200, deadline=None)
def test_rows_add_up(transactions):
    rows = fees.rows(transactions, EVERYBODY)
    assert sum(row.count for row in rows) == len(transactions)
    taken = sum(t.amount_minor for t in transactions if t.kind in ("sale", "qr", "offline", "completion"))
    given_back = sum(t.amount_minor for t in transactions if t.kind in ("void", "refund", "completion_void"))
    charged = 0
    for one in transactions:
        if one.kind in ("sale", "qr", "offline", "completion") and one.stands:
            percent = PERCENT["qr" if one.kind == "qr" else one.card_type]
            fee = int((one.amount_minor * percent / 100).quantize(Decimal(1), ROUND_HALF_UP))
            charged += min(fee, 2_500) if one.kind != "qr" and one.card_type == "debit" else fee
    assert sum(row.fee_minor for row in rows) == charged
    assert fees.net_minor(rows) == taken - given_back - charged
    told = fees.by_kind(rows)
    assert [sum(column) for column in zip(*((n, g, f) for _, n, g, f in told), strict=True)] == (
        [len(transactions), taken + given_back, charged] if transactions else []
    )
    order = [kind for kind, *_ in told]
    assert order == [kind for kind in fees.SIGNS if kind in order]


def test_rates_of_a_merchant_from_the_database(host):
    merchant = host.execute("SELECT id FROM merchants")[0]["id"]
    host.execute("INSERT INTO merchants (number, name, account_id) SELECT '2', 'x', id FROM accounts LIMIT 1")
    other = host.execute("SELECT id FROM merchants WHERE number = '2'")[0]["id"]
    insert = "INSERT INTO fee_rates (merchant_id, kind, from_ms, rate_ppm) VALUES (:m, 'qr', :at, :rate)"
    host.execute(insert, m=merchant, at=500, rate=1_000)
    host.execute(insert, m=other, at=500, rate=2_000)
    host.execute(insert, m=None, at=9_000, rate=3_000)
    with host.database.transaction() as unit:
        schedule = fees.rates(unit, merchant, until_ms=1_000)
    assert sorted(schedule) == sorted([*EVERYBODY, Rate("qr", True, 500, 1_000, None)])
