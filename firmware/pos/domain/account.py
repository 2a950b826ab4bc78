"""Account numbers: what can be one, and how one is shown."""

from micropython import const

DIGITS_MIN = const(12)
DIGITS_MAX = const(19)
_SHOWN_FIRST = const(6)
_SHOWN_LAST = const(4)


def luhn_ok(number):
    """Whether number (str) is digits whose check digit is right (ISO/IEC 7812-1, annex B)."""
    if not number.isdigit():
        return False
    total = 0
    for at, digit in enumerate(reversed(number)):
        value = int(digit) * (1 + at % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def acceptable(number):
    """Whether number (str) can be sent to the host: 12 to 19 digits with a right check digit."""
    return DIGITS_MIN <= len(number) <= DIGITS_MAX and luhn_ok(number)


def mask(number):
    """ "620000******0013": the first six and last four stay. Too short to hide anything then: all is hidden."""
    hidden = len(number) - _SHOWN_FIRST - _SHOWN_LAST
    if hidden < 2:
        return "*" * len(number)
    return number[:_SHOWN_FIRST] + "*" * hidden + number[-_SHOWN_LAST:]
