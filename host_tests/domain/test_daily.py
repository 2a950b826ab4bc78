"""When the settlement of the day is due: its last moment, what was made before and after, what was missed."""

from pos.domain import daily

DAY = (2026, 3, 14)


def at(hour, minute, day=DAY):
    return day + (hour, minute, 0)


def test_the_moment_is_the_last_time_that_it_was_that_hour():
    assert daily.moment(at(23, 0), "2300") == "202603142300"
    assert daily.moment(at(23, 59), "2300") == "202603142300"
    assert daily.moment(at(22, 59), "2300") == "202603132300"
    assert daily.moment(at(0, 0), "0000") == "202603140000"


def test_yesterday_may_lie_in_another_month_or_year():
    for day, before in (
        ((2026, 3, 1), "20260228"),
        ((2028, 3, 1), "20280229"),
        ((2026, 1, 1), "20251231"),
        ((2026, 5, 1), "20260430"),
        ((2100, 3, 1), "21000228"),
    ):
        assert daily.moment(at(1, 0, day), "2300") == before + "2300", day


def test_without_a_time_or_a_clock_there_is_no_moment():
    assert daily.moment(None, "2300") is None
    for wrong in ("", "2400", "2360", "230", "23:0", "23000"):
        assert daily.moment(at(23, 30), wrong) is None, wrong


def made(date, time):
    return {"date": date, "time": time}


def test_due_is_what_was_made_before_and_not_settled_since():
    moment = "202603142300"
    before, after = made("20260314", "225900"), made("20260314", "230100")
    assert daily.due(moment, None, before)
    assert not daily.due(moment, None, after), "it waits for the next day's"
    assert not daily.due(moment, None, None), "an empty batch"
    assert not daily.due(None, None, before)
    assert daily.due(moment, made("20260313", "230100"), before)
    assert daily.due(moment, made("20260314", "225900"), before)
    assert not daily.due(moment, made("20260314", "230000"), before)
    assert not daily.due(moment, made("20260314", "231500"), before)


def test_what_was_left_over_is_made_up_for_the_next_morning():
    assert daily.due(daily.moment(at(8, 0), "2300"), None, made("20260313", "120000"))
    assert not daily.due(daily.moment(at(8, 0), "2300"), None, made("20260314", "075900"))


def test_how_long_until_it_is_time_again():
    assert daily.minutes_until(at(22, 50), "2300") == 10
    assert daily.minutes_until(at(23, 0), "2300") == 1440
    assert daily.minutes_until(at(23, 1), "2300") == 1439
    assert daily.minutes_until(None, "2300") == daily.minutes_until(at(1, 1), "") == 1440
