"""A transaction: one plain dict, from the request to the slip.

type           a name of KINDS
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

TRACE_MAX = const(999999)
_NO_CLOCK = const((2000, 1, 1, 0, 0, 0))

# type -> message type, processing code (field 3), condition (field 25), type in field 60, side of the settlement:
# debit takes from the customer, credit gives back, "" moves nothing.
KINDS = {
    "sale": ("0200", "000000", "00", "22", "debit"),
    "void": ("0200", "200000", "00", "23", "credit"),
    "refund": ("0220", "200000", "00", "25", "credit"),
    "offline": ("0220", "000000", "00", "30", "debit"),
    "preauth": ("0100", "030000", "06", "10", ""),
    "preauth_void": ("0100", "200000", "06", "11", ""),
    "completion": ("0200", "000000", "06", "20", "debit"),
    "completion_void": ("0200", "200000", "06", "21", "credit"),
    "balance": ("0200", "310000", "00", "01", ""),
}


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


def next_trace(trace):
    """The number after it: 999999 is followed by 1."""
    return trace % TRACE_MAX + 1


def ahead(trace, other):
    """Whether `other` was taken after `trace` (0: none yet): nearer going up (over the wrap) than going down."""
    if not trace:
        return other > 0
    return 0 < (other - trace) % TRACE_MAX <= TRACE_MAX // 2


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


def dated(date, month_day):
    """ "YYYYMMDD" of month_day ("MMDD"), in the year that puts it nearest to date: New Year may lie between them."""
    year = int(date[:4])
    if date[4:6] == "12" and month_day[:2] == "01":
        year += 1
    elif date[4:6] == "01" and month_day[:2] == "12":
        year -= 1
    return "{:04d}{}".format(year, month_day)
