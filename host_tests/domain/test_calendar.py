"""Days of the calendar: lengths of months, leap years, the day before, the last day that had a date."""

from pos.domain import calendar

NOW = (2026, 3, 15, 15, 9, 0)


def test_minutes_are_those_of_the_calendar():
    for earlier, later, days in (
        ((2026, 12, 31), (2027, 1, 1), 1),
        ((2028, 2, 28), (2028, 3, 1), 2),
        ((2027, 2, 28), (2027, 3, 1), 1),
        ((2100, 2, 28), (2100, 3, 1), 1),
        ((2026, 1, 1), (2027, 1, 1), 365),
        ((2026, 3, 31), (2026, 4, 30), 30),
    ):
        first = earlier + (12, 0)
        second = later + (12, 1)
        assert calendar.minutes(*second) - calendar.minutes(*first) == days * 1440 + 1, earlier
    day = 0
    for month, length in ((1, 31), (2, 28), (3, 31), (4, 30), (5, 31), (6, 30), (7, 31), (8, 31), (9, 30), (10, 31)):
        begin = calendar.minutes(2026, month, 1, 0, 0)
        assert not day or begin == day, month
        day = begin + length * 1440


def test_a_day_without_a_year_is_the_last_one_that_was():
    for month_day, date in (
        ("0315", "20260315"),
        ("0316", "20250316"),
        ("1231", "20251231"),
        ("0101", "20260101"),
        ("0229", "20240229"),
        ("0230", None),
        ("0400", None),
        ("1301", None),
        ("0431", None),
        ("0001", None),
    ):
        assert calendar.last_day(month_day, NOW) == date
    assert calendar.last_day("0315", None) == "20000315"


def test_the_29th_of_february_was_in_a_leap_year():
    for now, date in (
        ((2028, 2, 28, 0, 0, 0), "20240229"),
        ((2028, 2, 29, 0, 0, 0), "20280229"),
        ((2103, 6, 1, 0, 0, 0), "20960229"),
        ((2104, 2, 1, 0, 0, 0), "20960229"),
    ):
        assert calendar.last_day("0229", now) == date


def test_days_later_may_lie_in_another_month_or_year():
    for date, days, later in (
        ("20260314", 0, "20260314"),
        ("20260314", 30, "20260413"),
        ("20240228", 1, "20240229"),
        ("20260228", 1, "20260301"),
        ("20261231", 1, "20270101"),
        ("20260131", 30, "20260302"),
    ):
        assert calendar.days_after(date, days) == later, (date, days)


def test_the_day_before_may_lie_in_another_month_or_year():
    for day, before in (
        ((2026, 3, 1), (2026, 2, 28)),
        ((2028, 3, 1), (2028, 2, 29)),
        ((2100, 3, 1), (2100, 2, 28)),
        ((2000, 3, 1), (2000, 2, 29)),
        ((2026, 1, 1), (2025, 12, 31)),
        ((2026, 5, 31), (2026, 5, 30)),
    ):
        assert calendar.day_before(*day) == before


def test_the_hosts_date_gets_the_nearest_year():
    for date, month_day, expected in (
        ("20260314", "0314", "20260314"),
        ("20261231", "0101", "20270101"),
        ("20270101", "1231", "20261231"),
        ("20260630", "0701", "20260701"),
    ):
        assert calendar.dated(date, month_day) == expected
