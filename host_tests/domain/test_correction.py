"""What may be taken back, and the word for why not."""

import dual
from pos.domain import correction, reasons

NOW = (2026, 3, 15, 9, 0, 0)


def original(**changes):
    tx = {"type": "sale", "trace": 27, "batch": 7, "amount_minor": 1000, "state": "approved", "voided_by": None}
    tx["date"], tx["time"] = "20260314", "150926"
    tx.update(changes)
    return tx


def test_the_sale_of_this_batch_can_be_voided():
    for kind in ("sale", "completion"):
        assert correction.why_not_void(original(type=kind), 7, NOW, 24) is None
    for entry in ("keyed", "nfc", "qr", "shown"):
        assert correction.why_not_void(original(entry=entry), 7, NOW, 24) is None


def test_each_refusal_of_a_void_has_its_word():
    for changes, word in (
        ({"type": "void"}, "not_voidable"),
        ({"type": "refund"}, "not_voidable"),
        ({"type": "preauth"}, "not_voidable"),
        ({"type": "completion_void"}, "not_voidable"),
        ({"state": "declined"}, "not_approved"),
        ({"state": "reversed"}, "not_approved"),
        ({"state": "sent"}, "not_approved"),
        ({"voided_by": 31}, "already_voided"),
        ({"voided_by": 31, "batch": 6}, "already_voided"),
        ({"refunded_minor": 1}, "refunded"),
        ({"refunded_minor": 1000}, "all_refunded"),
        ({"batch": 6}, "settled"),
        ({"date": "20260313"}, "too_late"),
        ({"batch": 6, "date": "20260301"}, "settled"),  # too late as well: the refund is the way either time
    ):
        assert correction.why_not_void(original(**changes), 7, NOW, 24) == word, changes
    assert correction.why_not_void(None, 7, NOW, 24) == "not_found"


def test_the_time_limit_ends_with_its_last_minute():
    for hours, now, word in (
        (24, (2026, 3, 15, 15, 9, 0), None),
        (24, (2026, 3, 15, 15, 9, 59), None),
        (24, (2026, 3, 15, 15, 10, 0), "too_late"),
        (1, (2026, 3, 14, 16, 9, 0), None),
        (1, (2026, 3, 14, 16, 10, 0), "too_late"),
        (0, (2026, 12, 31, 0, 0, 0), None),
        (24, None, None),
        (24, (2026, 3, 1, 0, 0, 0), None),  # the clock was set back: the host judges
    ):
        assert correction.why_not_void(original(), 7, now, hours) == word, (hours, now)


def test_a_hold_lives_its_days_and_outlives_its_batch():
    held = original(type="preauth", batch=3)
    assert correction.why_not_hold(held, NOW, 7) is None
    assert correction.why_not_hold(held, (2026, 3, 21, 15, 9, 0), 7) is None
    assert correction.why_not_hold(held, (2026, 3, 21, 15, 10, 0), 7) == "expired"
    for changes, word in (
        ({"type": "sale"}, "not_preauth"),
        ({"type": "completion"}, "not_preauth"),
        ({"state": "declined"}, "not_approved"),
        ({"voided_by": 5}, "already_voided"),
        ({"completed_by": 5}, "completed"),
    ):
        changes = dict({"type": "preauth"}, **changes)
        assert correction.why_not_hold(original(**changes), NOW, 7) == word, changes
    assert correction.why_not_hold(None, NOW, 7) == "not_found"


def test_a_refund_goes_in_parts_up_to_the_whole():
    for refunded, left, word in ((None, 1000, None), (0, 1000, None), (400, 600, None), (999, 1, None)):
        tx = original(refunded_minor=refunded, batch=1)
        assert (correction.refundable_minor(tx), correction.why_not_refund(tx)) == (left, word)
    for refunded in (1000, 1001):
        tx = original(refunded_minor=refunded)
        assert (correction.refundable_minor(tx), correction.why_not_refund(tx)) == (0, "refunded")
    for changes, word in (
        ({"type": "void"}, "not_refundable"),
        ({"type": "refund"}, "not_refundable"),
        ({"type": "preauth"}, "not_refundable"),
        ({"state": "declined"}, "not_approved"),
        ({"voided_by": 5}, "already_voided"),
        ({"voided_by": 5, "refunded_minor": 10}, "already_voided"),
    ):
        assert correction.why_not_refund(original(**changes)) == word, changes
    assert correction.why_not_refund(None) == "not_found"


def test_a_completion_may_pass_what_is_held_by_the_parameter():
    for held, percent, limit in ((1000, 100, 1000), (1000, 115, 1150), (999, 115, 1148), (1, 115, 1)):
        assert correction.completion_limit_minor(held, percent) == limit


def test_everything_that_can_be_voided_has_its_own_void():
    assert sorted(correction.VOIDED_BY) == ["completion", "offline", "preauth", "sale"]
    dual.raises(KeyError, lambda: correction.VOIDED_BY["void"])


def test_reasons_are_two_digits_each_once():
    assert len(set(reasons.CODES)) == len(reasons.CODES) == 10
    assert all(len(code) == 2 and code.isdigit() for code in reasons.CODES)
