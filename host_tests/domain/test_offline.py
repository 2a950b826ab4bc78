"""Whether a sale may be made without the host, and why not: every limit from both sides."""

from pos.domain import offline, parameters, totals, transaction

NOON = (2026, 3, 14, 12, 0, 0)
CARD = "6200000000000013"


def allowed(**changes):
    values = parameters.defaults()
    values.update({"services": "sale,offline", "offline_floor_minor": 5000, "offline_sum_minor": 10000})
    values.update(changes)
    return values


def state(**changes):
    values = {"settling": None, "batch": 7, "offline": [], "offline_minor": 0, "offline_since": "", "untold": []}
    values.update(changes)
    return values


def test_nothing_is_allowed_by_default():
    assert not offline.allowed(parameters.defaults())
    assert offline.why_not(parameters.defaults(), state(), 1, NOON) == "off"
    assert offline.why_not(allowed(services="sale"), state(), 1, NOON) == "off"
    assert offline.why_not(allowed(), state(), 1, NOON) is None


def test_each_limit_from_both_sides():
    waits = list(range(1, 20))
    for amount_minor, changes, word in (
        (5000, {}, None),
        (5001, {}, "amount"),
        (0, {}, "amount"),
        (-1, {}, "amount"),
        (1, {"offline": waits}, None),
        (1, {"offline": waits + [20]}, "count"),
        (1, {"untold": list(range(39))}, None),
        (1, {"untold": list(range(40))}, "count"),
        (1, {"offline": waits, "untold": list(range(21))}, "count"),
        (100, {"offline": [1], "offline_minor": 9900}, None),
        (101, {"offline": [1], "offline_minor": 9900}, "sum"),
        (1, {"offline": [1], "offline_since": "20260313120100"}, None),
        (1, {"offline": [1], "offline_since": "20260313120000"}, "age"),
        (1, {"offline": [1], "offline_since": "20260315120000"}, None),
        (1, {"settling": {"stage": "compare"}}, "settling"),
        (1, {"batch": 0}, "new"),
    ):
        assert offline.why_not(allowed(), state(**changes), amount_minor, NOON) == word, (amount_minor, changes)
    assert offline.why_not(allowed(), state(), 1, None) == "clock"


def test_it_is_offered_for_a_card_sale_that_could_not_be_sent():
    sale = transaction.make("sale", 100, CARD, "nfc", "01", NOON)
    by_code = transaction.make("sale", 100, "", "qr", "01", NOON, qr="9112345678901238")
    void = transaction.make("void", 100, CARD, "nfc", "01", NOON)
    for tx, unreached, wanted in (
        (sale, "refused", True),
        (sale, "wifi", True),
        (sale, "unreachable", True),
        (sale, "", False),
        (sale, "certificate", False),
        (sale, "name", False),
        (sale, "garbage", False),
        (by_code, "refused", False),
        (void, "refused", False),
    ):
        assert offline.offered(allowed(), tx, unreached) == wanted, (tx["type"], unreached)
    assert not offline.offered(parameters.defaults(), sale, "refused")


def test_the_age_is_in_whole_minutes():
    assert offline.age_minutes(state(), NOON) == 0
    assert offline.age_minutes(state(offline_since="20260314115959"), NOON) == 1
    assert offline.age_minutes(state(offline_since="20251231235900"), (2026, 1, 1, 0, 1, 0)) == 2


def test_it_counts_as_debit_and_is_a_sale_when_the_same_card_pays_again():
    tx = transaction.make("offline", 100, CARD, "nfc", "01", NOON)
    sums = {}
    totals.add(sums, tx)
    assert sums == {"offline": [1, 100]} and totals.sides(sums) == (1, 100, 0, 0)
    last = dict(tx, state="waiting")
    assert transaction.is_duplicate(transaction.make("sale", 100, CARD, "nfc", "01", NOON), last)
    assert transaction.is_duplicate(tx, dict(tx, type="sale", state="approved"))
    assert not transaction.is_duplicate(tx, dict(last, state="declined"))
    assert not transaction.is_duplicate(transaction.make("refund", 100, CARD, "nfc", "01", NOON), last)


def test_the_host_sets_the_limits_within_their_ranges():
    values = parameters.defaults()
    assert parameters.apply(values, {38: b"5000", 39: b"40", 40: b"0", 41: b"168"}) == []
    assert [values[name] for name in ("offline_floor_minor", "offline_count", "offline_sum_minor")] == [5000, 40, 0]
    assert parameters.apply(values, {39: b"41", 41: b"0"}) == ["offline_count", "offline_hours"]
