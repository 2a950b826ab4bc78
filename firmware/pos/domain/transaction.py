"""A transaction: one plain dict, from the request to the slip.

type           "sale" | "balance"
trace          int, 1 to 999999; the voucher number on the slip
batch          int, the host's batch number
amount_minor   int (a sale)
card           str of digits
entry          "keyed" | "nfc"
operator       str of two digits
date, time     "YYYYMMDD", "HHMMSS": of the terminal's clock, then of the host's answer
state          "sent" | "approved" | "declined" | "reversed" | "unknown"
code           host's response code, rrn and auth its reference and authorisation code (answered)
balance_minor  int, what the account then holds, when the host says it
"""

from micropython import const

TRACE_MAX = const(999999)
_NO_CLOCK = const((2000, 1, 1, 0, 0, 0))


def sale(amount_minor, card, entry, operator, now):
    """A sale that is not sent yet; the exchange gives it trace and batch. now: clock tuple, None when never set."""
    tx = balance(card, entry, operator, now)
    tx["type"] = "sale"
    tx["amount_minor"] = amount_minor
    return tx


def balance(card, entry, operator, now):
    """A balance query that is not sent yet."""
    year, month, day, hour, minute, second = now or _NO_CLOCK
    return {
        "type": "balance",
        "card": card,
        "entry": entry,
        "operator": operator,
        "date": "{:04d}{:02d}{:02d}".format(year, month, day),
        "time": "{:02d}{:02d}{:02d}".format(hour, minute, second),
        "state": "sent",
    }


def next_trace(trace):
    """The number after it: 999999 is followed by 1."""
    return trace % TRACE_MAX + 1


def ahead(trace, other):
    """Whether `other` was taken after `trace` (0: none yet): nearer going up (over the wrap) than going down."""
    if not trace:
        return other > 0
    return 0 < (other - trace) % TRACE_MAX <= TRACE_MAX // 2


def is_duplicate(tx, last):
    """Same type, card and amount as the last one that was approved: the operator must say that it is meant."""
    if not last or last.get("state") != "approved":
        return False
    return all(tx.get(key) == last.get(key) for key in ("type", "card", "amount_minor"))


def dated(date, month_day):
    """ "YYYYMMDD" of month_day ("MMDD"), in the year that puts it nearest to date: New Year may lie between them."""
    year = int(date[:4])
    if date[4:6] == "12" and month_day[:2] == "01":
        year += 1
    elif date[4:6] == "01" and month_day[:2] == "12":
        year -= 1
    return "{:04d}{}".format(year, month_day)
