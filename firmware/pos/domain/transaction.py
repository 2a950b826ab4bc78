"""A transaction: one plain dict, from the request to the slip.

type           a name of kinds.KINDS
trace          int, 1 to 999999; the voucher number on the slip
batch          int, the host's batch number
amount_minor   int (not of a balance query)
card           str of digits; "" for a QR code until the host has said whose it was
entry          "keyed" | "nfc" | "qr" (the customer's code) | "shown" (the customer read the merchant's code)
qr             the customer's code, digits (entry "qr")
operator       str of two digits; approver: whose PIN allowed it, where that is asked
date, time     "YYYYMMDD", "HHMMSS": of the terminal's clock, then of the host's answer
state          "sent" | "approved" | "declined" | "reversed" | "unknown" | "waiting" (approved here, without the host)
code           host's response code, rrn and auth its reference and authorisation code (answered)
balance_minor  int, what the account then holds, when the host says it
order          order number, str of digits, where there is one
reason         two digits of domain/reasons.py (void, refund)
held_days      how long the host holds it, as it said then (pre-authorisation)
original_batch, original_trace (int, 0 when not known), original_date, original_rrn, original_auth
               what a void, a refund or a completion refers to
"""

from micropython import const

_NO_CLOCK = const((2000, 1, 1, 0, 0, 0))


def make(kind, amount_minor, card, entry, operator, now, **more):
    """A transaction that is not sent yet; the exchange gives it trace and batch. now: clock tuple, None when never set.
    A value of `more` that is empty is left out."""
    year, month, day, hour, minute, second = now or _NO_CLOCK
    tx = {
        "type": kind,
        "card": card,
        "entry": entry,
        "operator": operator,
        "date": "{:04d}{:02d}{:02d}".format(year, month, day),
        "time": "{:02d}{:02d}{:02d}".format(hour, minute, second),
        "state": "sent",
    }
    if kind != "balance":
        tx["amount_minor"] = amount_minor
    for name in more:
        if more[name]:
            tx[name] = more[name]
    return tx


def correct(kind, original, amount_minor, operator, now, **more):
    """A transaction that refers to another one: a void, a refund, a completion. original: that one (dict)."""
    tx = make(kind, amount_minor, original.get("card", ""), original.get("entry", "keyed"), operator, now, **more)
    tx["original_batch"] = original.get("batch", 0)
    tx["original_trace"] = original.get("trace", 0)
    tx["original_date"] = original["date"]
    for name, of_original in (("original_rrn", "rrn"), ("original_auth", "auth"), ("order", "order")):
        if original.get(of_original):
            tx[name] = original[of_original]
    return tx


def is_duplicate(tx, last):
    """Same type, card and amount as the last one that was approved, by the host or without it: the operator must say
    that it is meant. A QR code is used up by its payment, so a second one is never the same customer's mistake."""
    if not last or last.get("state") not in ("approved", "waiting") or not tx.get("card"):
        return False
    if _of_sale(tx) != _of_sale(last):
        return False
    return all(tx.get(key) == last.get(key) for key in ("card", "amount_minor"))


def _of_sale(tx):
    """Its type; a sale without the host is a sale like another."""
    return "sale" if tx["type"] == "offline" else tx["type"]
