"""What may be taken back, by what, and why not (R14, R22, R23, R26): rules on plain values.

An original is a transaction as the journal's history gives it, None when there is none: besides the fields of
domain.transaction it has "voided_by" (trace number, None when it stands), and where they apply "refunded_minor" (sum
given back so far) and "completed_by" (trace number of the completion of a pre-authorisation).

A refusal is a word: "not_found", "not_approved" (declined, reversed or undecided), "already_voided", "refunded" (of a
void: in part), "all_refunded", "completed", "settled", "too_late", "expired", "not_voidable", "not_refundable",
"not_preauth". The host has the last word: it knows other terminals, and what was asked on the platform.
"""

from micropython import const

from pos.domain import calendar

# Type of an original -> type of what takes it back as a whole.
VOIDED_BY = {"sale": "void", "offline": "void", "completion": "completion_void", "preauth": "preauth_void"}
REFUNDABLE = ("sale", "offline", "completion")

_HOUR_MINUTES = const(60)
_DAY_MINUTES = const(1440)


def why_not_void(original, batch, now, void_hours):
    """Why a sale or a completion cannot be voided, None when it can. batch: the one that is open; now: clock tuple,
    None when never set (then the host judges the time); void_hours: 0 for no limit."""
    if not original:
        return "not_found"
    if original["type"] not in REFUNDABLE:
        return "not_voidable"
    refused = _taken_back(original)
    if refused == "refunded" and not refundable_minor(original):
        return "all_refunded"
    if refused:
        return refused
    if original["batch"] != batch:
        return "settled"
    if void_hours and _minutes_since(original, now) > void_hours * _HOUR_MINUTES:
        return "too_late"
    return None


def why_not_hold(original, now, days):
    """Why a pre-authorisation can be neither completed nor voided, None when it can. Its batch may be settled: what is
    held moves no money. days: how long the host holds it."""
    if not original:
        return "not_found"
    if original["type"] != "preauth":
        return "not_preauth"
    refused = _taken_back(original)
    if refused:
        return refused
    if original.get("completed_by"):
        return "completed"
    return "expired" if _minutes_since(original, now) > days * _DAY_MINUTES else None


def why_not_refund(original):
    """Why nothing of it can be given back, None when something can."""
    if not original:
        return "not_found"
    if original["type"] not in REFUNDABLE:
        return "not_refundable"
    refused = _taken_back(original)
    if refused == "refunded":
        refused = None  # in part, perhaps
    if refused or refundable_minor(original):
        return refused
    return "refunded"


def refundable_minor(original):
    """What of it this terminal has not yet given back; 0 or more."""
    return max(0, original["amount_minor"] - (original.get("refunded_minor") or 0))


def completion_limit_minor(held_minor, percent):
    """The most that a completion may take of what is held (R63): percent 100 to 115, rounded down."""
    return held_minor * percent // 100


def _taken_back(original):
    if original["state"] != "approved":
        return "not_approved"
    if original.get("voided_by"):
        return "already_voided"
    return "refunded" if original.get("refunded_minor") else None


def _minutes_since(original, now):
    """Whole minutes from then to now; 0 when the clock was never set, or set back."""
    if not now:
        return 0
    date, time = original["date"], original["time"]
    then = calendar.minutes(int(date[:4]), int(date[4:6]), int(date[6:]), int(time[:2]), int(time[2:4]))
    return max(0, calendar.minutes(*now[:5]) - then)
