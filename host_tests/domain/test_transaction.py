"""Transactions: trace numbers over the wrap, duplicates, dates over New Year."""

from pos.domain import transaction

CARD = "6200000000000013"


def sale(amount_minor=1234, card=CARD):
    return transaction.make("sale", amount_minor, card, "keyed", "01", (2026, 3, 4, 5, 6, 7))


def test_a_sale_before_it_is_sent():
    assert sale() == {
        "type": "sale",
        "amount_minor": 1234,
        "card": CARD,
        "entry": "keyed",
        "operator": "01",
        "date": "20260304",
        "time": "050607",
        "state": "sent",
    }
    assert transaction.make("sale", 1, CARD, "nfc", "01", None)["date"] == "20000101"
    assert "amount_minor" not in transaction.make("balance", 0, CARD, "nfc", "01", None)


def test_trace_numbers_go_round():
    for trace, following in ((0, 1), (1, 2), (999998, 999999), (999999, 1)):
        assert transaction.next_trace(trace) == following


def test_ahead_knows_the_wrap():
    for trace, other, expected in (
        (1, 2, True),
        (2, 1, False),
        (5, 5, False),
        (0, 1, True),
        (0, 999999, True),
        (0, 0, False),
        (999999, 1, True),
        (1, 999999, False),
        (999990, 20, True),
        (20, 999990, False),
    ):
        assert transaction.ahead(trace, other) == expected, (trace, other)


def test_duplicate_is_same_type_card_and_amount_as_the_last_approved():
    last = sale()
    last["state"] = "approved"
    assert transaction.is_duplicate(sale(), last)
    assert not transaction.is_duplicate(sale(1235), last)
    assert not transaction.is_duplicate(sale(1234, "6200000000000021"), last)
    assert not transaction.is_duplicate(sale(), None)
    last["state"] = "declined"
    assert not transaction.is_duplicate(sale(), last)
    last["state"], last["type"] = "approved", "balance"
    assert not transaction.is_duplicate(sale(), last)


def test_the_hosts_date_gets_the_nearest_year():
    for date, month_day, expected in (
        ("20260314", "0314", "20260314"),
        ("20261231", "0101", "20270101"),
        ("20270101", "1231", "20261231"),
        ("20260630", "0701", "20260701"),
    ):
        assert transaction.dated(date, month_day) == expected
