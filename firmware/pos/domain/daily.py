"""The settlement of the day: at which moment it was due last, and whether it is still to be made."""

from micropython import const

from pos.domain import calendar

_DAY_MIN = const(1440)


def moment(now, settle_time):
    """ "YYYYMMDDHHMM" of the last time that it was settle_time; None without such a time, or without a clock.

    now: clock tuple or None. settle_time: "HHMM", "" for none."""
    if not now or not is_time(settle_time):
        return None
    year, month, day = now[:3]
    if settle_time > "{:02d}{:02d}".format(now[3], now[4]):
        year, month, day = calendar.day_before(year, month, day)
    return "{:04d}{:02d}{:02d}{}".format(year, month, day, settle_time)


def due(at, settled, first):
    """Whether the daily settlement of moment `at` is still to be made: the batch has transactions from before it.

    settled: the last settlement or None. first: the oldest transaction of the batch, or None. One that was made by hand
    after that moment counts; a sale of the hours after it waits for the next day's."""
    if not at or not first or _stamp(first) >= at:
        return False
    return not settled or _stamp(settled) < at


def minutes_until(now, settle_time):
    """Minutes until it is settle_time again, 1 to a day's; a day's without such a time, or without a clock."""
    if not now or not is_time(settle_time):
        return _DAY_MIN
    left = int(settle_time[:2]) * 60 + int(settle_time[2:]) - 60 * now[3] - now[4]
    return left if left > 0 else left + _DAY_MIN


def is_time(text):
    """Whether it is "HHMM" of a day."""
    return len(text) == 4 and text.isdigit() and text[:2] < "24" and text[2:] < "60"


def _stamp(tx):
    return tx["date"] + tx["time"][:4]
