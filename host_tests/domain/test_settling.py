"""When the daily settlement is due, what is uploaded, gross and fees."""

from pos.domain import settling, totals, transaction

DAY = (2026, 3, 14)


def at(hour, minute, day=DAY):
    return day + (hour, minute, 0)


def test_the_moment_is_the_last_time_that_it_was_that_hour():
    assert settling.moment(at(23, 0), "2300") == "202603142300"
    assert settling.moment(at(23, 59), "2300") == "202603142300"
    assert settling.moment(at(22, 59), "2300") == "202603132300"
    assert settling.moment(at(0, 0), "0000") == "202603140000"


def test_yesterday_may_lie_in_another_month_or_year():
    for day, before in (
        ((2026, 3, 1), "20260228"),
        ((2028, 3, 1), "20280229"),
        ((2026, 1, 1), "20251231"),
        ((2026, 5, 1), "20260430"),
        ((2100, 3, 1), "21000228"),
    ):
        assert settling.moment(at(1, 0, day), "2300") == before + "2300", day


def test_without_a_time_or_a_clock_there_is_no_moment():
    assert settling.moment(None, "2300") is None
    for wrong in ("", "2400", "2360", "230", "23:0", "23000"):
        assert settling.moment(at(23, 30), wrong) is None, wrong


def made(date, time):
    return {"date": date, "time": time}


def test_due_is_what_was_made_before_and_not_settled_since():
    moment = "202603142300"
    before, after = made("20260314", "225900"), made("20260314", "230100")
    assert settling.due(moment, None, before)
    assert not settling.due(moment, None, after), "it waits for the next day's"
    assert not settling.due(moment, None, None), "an empty batch"
    assert not settling.due(None, None, before)
    assert settling.due(moment, made("20260313", "230100"), before)
    assert settling.due(moment, made("20260314", "225900"), before)
    assert not settling.due(moment, made("20260314", "230000"), before)
    assert not settling.due(moment, made("20260314", "231500"), before)


def test_what_was_left_over_is_made_up_for_the_next_morning():
    assert settling.due(settling.moment(at(8, 0), "2300"), None, made("20260313", "120000"))
    assert not settling.due(settling.moment(at(8, 0), "2300"), None, made("20260314", "075900"))


def test_how_long_until_it_is_time_again():
    assert settling.minutes_until(at(22, 50), "2300") == 10
    assert settling.minutes_until(at(23, 0), "2300") == 1440
    assert settling.minutes_until(at(23, 1), "2300") == 1439
    assert settling.minutes_until(None, "2300") == settling.minutes_until(at(1, 1), "") == 1440


def test_only_what_moved_money_is_uploaded():
    for kind, counted in (
        ("sale", True),
        ("void", True),
        ("refund", True),
        ("preauth", False),
        ("preauth_void", False),
    ):
        assert settling.is_counted({"type": kind}) == counted, kind
    tx = {"type": "completion", "trace": 12, "card": "6200000000000013", "amount_minor": 1234}
    assert settling.item(tx) == ("20", 12, "6200000000000013", 1234)
    assert settling.item({"type": "sale", "entry": "shown", "trace": 13, "amount_minor": 5}) == ("22", 13, "", 5)


def test_gross_is_what_was_taken_less_what_was_given_back():
    fees = [["sale", 2, 10000, 60], ["qr", 1, 1000, 4], ["void", 1, 3000, 0], ["completion_void", 1, 500, 0]]
    assert settling.gross_and_fee(fees) == (10000 + 1000 - 3000 - 500, 64)
    assert settling.gross_and_fee([]) == (0, 0)
    assert settling.gross_and_fee([["refund", 1, 100, 0], ["wallet", 1, 30, 1]]) == (-70, 1), "a newer host's kind"


def test_every_kind_that_is_counted_has_its_place():
    for kind in settling.KINDS_COUNTED:
        assert totals.side(kind)
        given_back = settling.gross_and_fee([[kind, 1, 5, 0]])[0] < 0
        assert given_back == (totals.side(kind) == "credit"), kind
    moving = [kind for kind in transaction.KINDS if transaction.KINDS[kind][4]] + ["qr"]
    assert sorted(moving) == sorted(settling.KINDS_COUNTED)
