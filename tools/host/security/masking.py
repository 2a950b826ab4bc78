"""The last guard of the log: whatever is written there, tracebacks and a database's own words included, account numbers
in it are masked. What we write ourselves is masked where it is made; this is for what others say."""

import logging
import re

DIGITS = re.compile(r"(?<![0-9])[0-9]{12,19}(?![0-9])")
SHOWN_FIRST, SHOWN_LAST = 6, 4


def masked(text):
    """The text; of each number that can be an account's (12 to 19 digits, check digit right) first six and last four
    stay. A customer's one-time code is such a number, too."""
    return DIGITS.sub(_mask, text)


def _mask(match):
    number = match[0]
    if not _checked(number):
        return number
    return number[:SHOWN_FIRST] + "*" * (len(number) - SHOWN_FIRST - SHOWN_LAST) + number[-SHOWN_LAST:]


def _checked(number):
    """Check digit by ISO/IEC 7812-1 annex B."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (1 + place % 2)
        total += value // 10 + value % 10
    return total % 10 == 0


class MaskingFormatter(logging.Formatter):
    """Formats as any other, then masks."""

    def format(self, record):
        return masked(super().format(record))
