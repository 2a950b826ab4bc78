"""Days of the Gregorian calendar. A date is "YYYYMMDD" where it is a text."""

from micropython import const

_MONTH_DAYS = const((31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31))
_FIRST_YEAR = const(2000)
_LEAP_YEARS_APART = const(8)  # at most: 1896 to 1904, 2096 to 2104


def month_days(year, month):
    """How many days the month (1 to 12) has."""
    leap = month == 2 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 29 if leap else _MONTH_DAYS[month - 1]


def day_before(year, month, day):
    """(year, month, day) of the day before."""
    if day > 1:
        return year, month, day - 1
    if month > 1:
        return year, month - 1, month_days(year, month - 1)
    return year - 1, 12, 31


def days_after(date, days):
    """The date so many days later."""
    year, month, day = int(date[:4]), int(date[4:6]), int(date[6:]) + days
    while day > month_days(year, month):
        day -= month_days(year, month)
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return "{:04d}{:02d}{:02d}".format(year, month, day)


def last_day(month_day, now):
    """The last date that was "MMDD", None when there is no such day. now: clock tuple, None when never set: then the
    year means nothing."""
    month, day = int(month_day[:2]), int(month_day[2:])
    if not 1 <= month <= 12 or day < 1:
        return None
    year = now[0] if now else _FIRST_YEAR
    if now and (month, day) > (now[1], now[2]):
        year -= 1
    for past in range(year, year - _LEAP_YEARS_APART, -1):
        if day <= month_days(past, month):
            return "{:04d}{}".format(past, month_day)
    return None


def minutes(year, month, day, hour, minute):
    """Minutes since 1 March of the year 0: years begin with March, so that a leap day is the last of its year, and 153
    days make each five months."""
    if month < 3:
        month += 12
        year -= 1
    days = 365 * year + year // 4 - year // 100 + year // 400 + (153 * (month - 3) + 2) // 5 + day - 1
    return (days * 24 + hour) * 60 + minute


def dated(date, month_day):
    """ "YYYYMMDD" of month_day ("MMDD"), in the year that puts it nearest to date: New Year may lie between them."""
    year = int(date[:4])
    if date[4:6] == "12" and month_day[:2] == "01":
        year += 1
    elif date[4:6] == "01" and month_day[:2] == "12":
        year -= 1
    return "{:04d}{}".format(year, month_day)
