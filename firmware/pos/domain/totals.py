"""Totals of a batch: what the terminal took and gave, counted as the settlement counts it."""

# Debit takes from the customer, credit gives back.
from micropython import const

_SIDE = const((("sale", "debit"),))


def empty():
    """Totals of a batch without transactions."""
    return {"debit_count": 0, "debit_minor": 0, "credit_count": 0, "credit_minor": 0}


def add(totals, kind, amount_minor):
    """Counts an approved transaction of that type; a type that moves no money changes nothing."""
    for name, side in _SIDE:
        if name == kind:
            totals[side + "_count"] += 1
            totals[side + "_minor"] += amount_minor
