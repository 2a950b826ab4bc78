"""Customers' codes by their digits: ours, other systems', mistyped, none."""

from pos.domain import qr_codes

OURS = "9100000000000000"


def test_ours():
    assert qr_codes.refusal(OURS) is None
    for wrong in (OURS[:-1] + "5", OURS + "0", OURS[:-1], "91"):
        assert qr_codes.refusal(wrong) == "wrong"


def test_other_systems():
    table = (
        ("wechat", ("10", "13", "15"), 18),
        ("alipay", ("25", "28", "30"), 16),
        ("alipay", ("25", "30"), 24),
        ("unionpay", ("62",), 19),
    )
    for name, begins, digits in table:
        for begin in begins:
            assert qr_codes.refusal(begin + "0" * (digits - 2)) == name


def test_what_is_nobodys():
    none = (
        "",
        "0",
        "16" + "0" * 16,
        "10" + "0" * 15,
        "31" + "0" * 16,
        "62" + "0" * 14,
        "00020101021226",
        "91x",
        "HELLO",
    )
    for code in none:
        assert qr_codes.refusal(code) == "unknown", code
