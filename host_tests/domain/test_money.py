"""Amounts: shown, and refused."""

import dual
from pos.domain import money, totals


def test_format():
    for amount_minor, text in (
        (0, "0.00"),
        (5, "0.05"),
        (99, "0.99"),
        (100, "1.00"),
        (1234, "12.34"),
        (999999999, "9999999.99"),
        (-5, "-0.05"),
        (-1234, "-12.34"),
    ):
        assert money.format_minor(amount_minor) == text, amount_minor


def test_only_integers_are_amounts():
    for wrong in (1.5, "12", None, b"1"):
        dual.raises(money.AmountError, money.format_minor, wrong)
        dual.raises(money.AmountError, money.check_amount, wrong)
    dual.raises(money.AmountError, money.check_amount, True)


def test_limits():
    assert money.check_amount(1) == 1
    assert money.check_amount(999999999) == 999999999
    assert money.check_amount(5000, 5000) == 5000
    for wrong, maximum in ((0, 999999999), (-1, 999999999), (1000000000, 999999999), (5001, 5000), (10**9, 10**12)):
        dual.raises(money.AmountError, money.check_amount, wrong, maximum)


def test_totals_count_what_moves_money():
    sums = {}
    for kind, entry, amount_minor in (
        ("sale", "nfc", 1234),
        ("sale", "keyed", 6),
        ("sale", "shown", 50),
        ("balance", "nfc", 100),
        ("preauth", "nfc", 9000),
        ("void", "nfc", 6),
        ("refund", "keyed", 34),
        ("completion", "nfc", 8000),
    ):
        totals.add(sums, {"type": kind, "entry": entry, "amount_minor": amount_minor})
    assert sums == {
        "sale": [2, 1240],
        "qr": [1, 50],
        "void": [1, 6],
        "refund": [1, 34],
        "completion": [1, 8000],
    }
    assert totals.sides(sums) == (4, 9290, 2, 40)
