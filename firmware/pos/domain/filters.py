"""Which records are meant: by kind, time, amount, voucher or order number (R37, R38); rules on plain values.

A filter is a dict; a name that is missing or empty does not narrow:
kind      "card" (keyed) | "nfc" | "qr" | "all"
since, until            "YYYYMMDDHHMM", both included
min_minor, max_minor    int, both included
order     digits, the whole order number
"""

KINDS = ("card", "nfc", "qr", "all")
_ENTRIES = {"card": ("keyed",), "nfc": ("nfc",), "qr": ("qr", "shown")}


def matches(wanted, tx):
    """Whether a light transaction passes the filter."""
    entries = _ENTRIES.get(wanted.get("kind") or "all")
    if entries and tx.get("entry") not in entries:
        return False
    moment = tx.get("date", "") + tx.get("time", "")[:4]
    if wanted.get("since") and moment < wanted["since"]:
        return False
    if wanted.get("until") and moment > wanted["until"]:
        return False
    if wanted.get("order") and tx.get("order") != wanted["order"]:
        return False
    amount_minor = tx.get("amount_minor", 0)
    if wanted.get("min_minor") and amount_minor < wanted["min_minor"]:
        return False
    return not wanted.get("max_minor") or amount_minor <= wanted["max_minor"]


def moment(digits, today, ends=False):
    """ "YYYYMMDDHHMM" of what was keyed: MMDD or MMDDHHMM, in the last year in which that day was not later than today
    ("YYYYMMDD"). Without a time it is the beginning of the day, or its end. None when there is no such moment."""
    if len(digits) == 4:
        digits += "2359" if ends else "0000"
    if len(digits) != 8 or not 1 <= int(digits[:2]) <= 12 or not 1 <= int(digits[2:4]) <= 31:
        return None
    if int(digits[4:6]) > 23 or int(digits[6:]) > 59:
        return None
    year = int(today[:4])
    if digits[:4] > today[4:]:
        year -= 1
    return "{:04d}{}".format(year, digits)
