"""Codes that customers show: which are ours, and whose the others are."""

from micropython import const

from pos.domain.account import luhn_ok

DIGITS_MIN = 16
DIGITS_MAX = 24

_OWN = const("91")
# Payment systems by the digits of their codes: name, least and most digits, first two digits from and to.
_OTHERS = const(
    (
        ("wechat", 18, 18, "10", "15"),
        ("alipay", 16, 24, "25", "30"),
        ("unionpay", 19, 19, "62", "62"),
    )
)


def refusal(code):
    """None for a code that our wallet may have shown; else why not: "wechat", "alipay", "unionpay" (theirs), "wrong"
    (ours, misread or mistyped), "unknown"."""
    if not code.isdigit():
        return "unknown"
    begin = code[:2]
    for name, least, most, first, last in _OTHERS:
        if least <= len(code) <= most and first <= begin <= last:
            return name
    if begin != _OWN:
        return "unknown"
    return None if len(code) == DIGITS_MIN and luhn_ok(code) else "wrong"
