"""Totals of a batch: what the terminal took and gave, by kind, counted as the settlement counts it.

{kind: [count, sum in minor units]}; a kind that did not occur is not there. A voided sale stays counted as a sale, and
its void beside it.
"""

from pos.domain import kinds


def kind_of(tx):
    """Kind of a transaction in totals and fees: its type, except that a sale by QR code is "qr"."""
    if tx["type"] == "sale" and tx.get("entry") in ("qr", "shown"):
        return "qr"
    return tx["type"]


def side(kind):
    """ "debit", "credit" or "" (moves no money) of a kind."""
    return "debit" if kind == "qr" else kinds.side(kind)


def add(totals, tx):
    """Counts an approved transaction; one that moves no money changes nothing."""
    kind = kind_of(tx)
    if side(kind):
        count, amount_minor = totals.get(kind, (0, 0))
        totals[kind] = [count + 1, amount_minor + tx["amount_minor"]]


def sides(totals):
    """(debit count, debit sum, credit count, credit sum)."""
    sums = {"debit": [0, 0], "credit": [0, 0]}
    for kind in totals:
        of_side = sums[side(kind)]
        of_side[0] += totals[kind][0]
        of_side[1] += totals[kind][1]
    return tuple(sums["debit"] + sums["credit"])
