"""Amounts: integers in minor units (fen), never a float."""

from micropython import const

# Twelve digits fit the message; nine is what a terminal of this trade takes: 9 999 999.99.
MAX_AMOUNT_MINOR = const(999999999)
_MINOR = const(100)  # units in a whole one


class AmountError(ValueError):
    """An amount that no transaction may have."""


def format_minor(amount_minor):
    """ "12.34" for 1234, "-0.05" for -5: digits and a point, no grouping, no currency."""
    if not isinstance(amount_minor, int):
        raise AmountError("an amount is an integer")
    sign = "-" if amount_minor < 0 else ""
    amount_minor = abs(amount_minor)
    return "%s%d.%02d" % (sign, amount_minor // _MINOR, amount_minor % _MINOR)


def check_amount(amount_minor, maximum_minor=MAX_AMOUNT_MINOR):
    """Returns the amount when it can be sold: 1 to maximum_minor. Raises AmountError."""
    if not isinstance(amount_minor, int) or isinstance(amount_minor, bool):
        raise AmountError("an amount is an integer")
    if not 1 <= amount_minor <= min(maximum_minor, MAX_AMOUNT_MINOR):
        raise AmountError("the amount is outside 1 to {}".format(min(maximum_minor, MAX_AMOUNT_MINOR)))
    return amount_minor
