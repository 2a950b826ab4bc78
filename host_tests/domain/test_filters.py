"""Which records a filter means, and why records cannot be deleted."""

from pos.domain import deleting, filters

SALE = {"type": "sale", "entry": "keyed", "date": "20260314", "time": "150926", "amount_minor": 1234, "order": "4711"}


def test_what_does_not_narrow_takes_all():
    for wanted in ({}, {"kind": "all"}, {"kind": "", "since": "", "until": "", "min_minor": 0, "max_minor": 0}):
        assert filters.matches(wanted, SALE), wanted


def test_each_part_narrows():
    cases = (
        ({"kind": "card"}, True),
        ({"kind": "nfc"}, False),
        ({"kind": "qr"}, False),
        ({"since": "202603141509"}, True),
        ({"since": "202603141510"}, False),
        ({"until": "202603141509"}, True),
        ({"until": "202603141508"}, False),
        ({"since": "202603140000", "until": "202603142359"}, True),
        ({"min_minor": 1234}, True),
        ({"min_minor": 1235}, False),
        ({"max_minor": 1234}, True),
        ({"max_minor": 1233}, False),
        ({"order": "4711"}, True),
        ({"order": "471"}, False),
        ({"kind": "card", "order": "4711", "min_minor": 1, "max_minor": 2}, False),
    )
    for wanted, expected in cases:
        assert filters.matches(wanted, SALE) == expected, wanted


def test_kinds_of_entry():
    for entry, kind in (("keyed", "card"), ("nfc", "nfc"), ("qr", "qr"), ("shown", "qr")):
        tx = dict(SALE, entry=entry)
        found = [name for name in filters.KINDS if filters.matches({"kind": name}, tx)]
        assert found == [kind, "all"], found


def test_a_record_without_time_or_amount_is_no_error():
    assert filters.matches({}, {"trace": 1}) and not filters.matches({"since": "202601010000"}, {"trace": 1})
    assert not filters.matches({"min_minor": 1}, {"trace": 1})


def test_moments():
    cases = (
        ("0314", False, "202603140000"),
        ("0314", True, "202603142359"),
        ("03141509", True, "202603141509"),
        ("0315", False, "202503150000"),  # tomorrow: last year's
        ("1231", True, "202512312359"),
        ("0229", False, "202602290000"),
    )
    for digits, ends, expected in cases:
        assert filters.moment(digits, "20260314", ends) == expected, digits
    for wrong in ("", "1", "031", "1301", "0001", "0100", "0132", "03142400", "03142360", "031415"):
        assert filters.moment(wrong, "20260314") is None, wrong


def test_why_nothing_can_be_deleted():
    assert deleting.why_not(1, 5, 5) is None
    assert deleting.why_not(0, 5, 5) == "waiting"
    assert deleting.why_not(0, 5, 0) == "unsettled"
    assert deleting.why_not(0, 0, 0) == "none"
    assert len(set(deleting.REASONS)) == len(deleting.REASONS)
