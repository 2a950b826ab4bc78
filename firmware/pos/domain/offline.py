"""Sales without the host (脱机消费, R64): whether one may be made, and how long that may go on; rules on plain values.

A refusal is a word: "off" (the merchant does not allow it), "settling" (a settlement has begun), "new" (this terminal
has never signed on), "clock" (the time is not known: it could be neither dated nor aged), "amount" (above the floor
limit), "count", "sum", "age" (the host must first have those that wait).
"""

from micropython import const

from pos.domain import calendar, services

# More than this the journal's snapshot has no room for, whatever the host allows; declined ones that the operator has
# not been told of yet are among them.
COUNT_MAX = const(40)
# Why no session could be opened, where another try may help. What is wrong with the host's certificate is no such
# thing: it must be seen to.
_UNREACHED = ("wifi", "refused", "unreachable", "closed", "timeout")
_HOUR_MINUTES = const(60)


def allowed(parameters):
    """Whether this merchant's terminals may sell without the host at all."""
    return parameters["offline_floor_minor"] > 0 and services.on(parameters, "offline")


def offered(parameters, tx, unreached):
    """Whether the sale may be made without the host instead: nothing of it was sent. unreached: why the last try to
    open a session failed, "" when it did not. Never for a QR code, which only the host can know."""
    return tx["type"] == "sale" and bool(tx["card"]) and unreached in _UNREACHED and allowed(parameters)


def why_not(parameters, state, amount_minor, now):
    """Why this amount cannot be sold without the host, None when it can. state: of the journal; now: clock tuple, None
    when never set."""
    if not allowed(parameters):
        return "off"
    if state["settling"]:
        return "settling"
    if not state["batch"]:
        return "new"
    if not now:
        return "clock"
    if not 0 < amount_minor <= parameters["offline_floor_minor"]:
        return "amount"
    waiting = len(state["offline"])
    if waiting >= parameters["offline_count"] or waiting + len(state["untold"]) >= COUNT_MAX:
        return "count"
    if state["offline_minor"] + amount_minor > parameters["offline_sum_minor"]:
        return "sum"
    if age_minutes(state, now) >= parameters["offline_hours"] * _HOUR_MINUTES:
        return "age"
    return None


def age_minutes(state, now):
    """For how many minutes the oldest one has waited; 0 when none does, or when the clock was set back."""
    since = state["offline_since"]
    if not since:
        return 0
    then = [int(since[:4]), int(since[4:6]), int(since[6:8]), int(since[8:10]), int(since[10:12])]
    return max(0, calendar.minutes(*now[:5]) - calendar.minutes(*then))
