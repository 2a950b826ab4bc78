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
