"""Offline sales, seen from the terminal: posted once with the time of the sale, or declined without moving money."""

from datetime import datetime, timedelta

import pytest
from host.conftest import log_in
from host.terminal import Terminal, balance_of
from host.trade import Trader, item, items_of

from tools.host.iso.parameters import OFFLINE_FLOOR_MINOR, OFFLINE_TAKEN_HOURS
from tools.host.settings import put

CARD, FROZEN = "6200000000000013", "6200000000000039"
MERCHANT_ACCOUNT = "8100000000000001"
AT = {"f12": "113000", "f13": "1122"}


@pytest.fixture
def trader(host):
    set_parameter(host, OFFLINE_FLOOR_MINOR, "5000")
    made = Trader(host.handle_now, host.terminal_json)
    assert made.sign_on()[39] == "00"
    return made


def set_parameter(host, tag, value):
    merchant = host.execute("SELECT id FROM merchants")[0]["id"]
    with host.database.transaction() as unit:
        put(unit, merchant, tag, value)


def advise(trader, amount_minor=1234, card=CARD, **more):
    """(fields, answer) of an advice."""
    fields = trader.request("offline", card, amount_minor, **(AT | more))
    return fields, trader.exchange("0220", fields)


def unmoved(host):
    return host.balance(CARD) == 100_000 and host.balance(MERCHANT_ACCOUNT) == 0 and host.check().balanced


def test_it_is_posted_with_the_time_of_the_sale_and_the_answer_repeats_that(host, trader):
    _, answer = advise(trader)
    assert answer[39] == "00" and answer[37] and answer[38]
    assert (answer[12], answer[13]) == ("113000", "1122")
    assert balance_of(answer[54]) == host.balance(CARD) == 98_766
    assert host.balance(MERCHANT_ACCOUNT) == 1234
    posted = host.execute("SELECT posted_ms FROM entries WHERE transaction_id IS NOT NULL")[0]["posted_ms"]
    made = datetime(2026, 11, 22, 11, 30, tzinfo=host.clock.moment.tzinfo)
    assert posted == made.timestamp() * 1000
    assert host.check().balanced


def test_a_repeat_gets_the_first_answer_whatever_has_become_of_the_merchant_and_the_batch(host, trader):
    fields, first = advise(trader)
    host.execute("UPDATE merchants SET status = 'closed'")
    host.execute("UPDATE terminals SET batch = 2")
    assert [trader.exchange("0220", fields) for _ in range(3)] == [first] * 3
    assert trader.exchange("0220", fields | {4: "000000001235"})[39] == "94"
    assert host.balance(CARD) == 98_766


def test_a_declined_one_stays_declined_when_it_is_repeated(host, trader):
    host.execute("UPDATE accounts SET status = 'frozen' WHERE number = :n", n=CARD)
    fields, first = advise(trader)
    host.execute("UPDATE accounts SET status = 'active' WHERE number = :n", n=CARD)
    assert first[39] == "62"
    assert trader.exchange("0220", fields) == first
    assert unmoved(host)


@pytest.mark.parametrize(
    ("code", "amount_minor", "card", "sql"),
    [
        ("61", 5001, CARD, ""),
        ("51", 1234, "6200000000000021", ""),
        ("62", 1234, FROZEN, ""),
        ("14", 1234, "6200000000000096", ""),
        ("14", 1234, CARD[:-1] + "4", ""),
        ("13", 0, CARD, ""),
        ("54", 1234, CARD, "UPDATE accounts SET expires = '2610' WHERE number = '6200000000000013'"),
        ("03", 1234, CARD, "UPDATE merchants SET status = 'closed'"),
        ("58", 1234, CARD, "UPDATE terminals SET status = 'disabled'"),
        ("40", 1234, CARD, "UPDATE merchant_services SET enabled = '0' WHERE service = 'offline'"),
    ],
)
def test_the_host_declines_and_no_money_moves(host, trader, code, amount_minor, card, sql):
    if sql:
        host.execute(sql)
    assert advise(trader, amount_minor, card)[1][39] == code
    assert unmoved(host)
    assert host.balance("6200000000000021") == 100


def test_no_floor_limit_is_no_offline_sale(host, trader):
    set_parameter(host, OFFLINE_FLOOR_MINOR, None)
    assert advise(trader, 1)[1][39] == "61"
    assert unmoved(host)


def test_a_card_that_was_good_when_it_was_used_pays_though_it_has_expired_since(host, trader):
    host.execute("UPDATE accounts SET expires = '2610' WHERE number = :n", n=CARD)
    assert advise(trader, f13="1031")[1][39] == "68"  # a week is over
    set_parameter(host, OFFLINE_TAKEN_HOURS, "0")
    assert advise(trader, f13="1031")[1][39] == "00"


def test_one_that_comes_too_late_is_declined(host, trader):
    moment = host.clock.moment - timedelta(hours=168)
    late, later = moment + timedelta(minutes=1), moment - timedelta(minutes=1)
    for at, code in ((late, "00"), (later, "68")):
        assert advise(trader, f12=at.strftime("%H%M%S"), f13=at.strftime("%m%d"))[1][39] == code
    assert host.balance(CARD) == 98_766


def test_a_clock_that_is_ahead_makes_no_sale_of_next_year(host, trader):
    at = host.clock.moment + timedelta(hours=2)
    assert advise(trader, f12=at.strftime("%H%M%S"), f13=at.strftime("%m%d"))[1][39] == "00"
    posted = host.execute("SELECT posted_ms FROM entries WHERE transaction_id IS NOT NULL")[0]["posted_ms"]
    assert posted == host.clock.moment.timestamp() * 1000


def test_new_year_lies_between_sale_and_host(host, trader):
    host.clock.moment = host.clock.moment.replace(year=2027, month=1, day=1, hour=0, minute=10)
    _, answer = advise(trader, f12="235900", f13="1231")
    assert answer[39] == "00"
    back = trader.manage("0800", "370", f61="000001" + "000000" + "0000")
    assert f",20261231,235900,{answer[37]}," in back[62].decode()
    posted = host.execute("SELECT posted_ms FROM entries WHERE transaction_id IS NOT NULL")[0]["posted_ms"]
    assert posted == datetime(2026, 12, 31, 23, 59, tzinfo=host.clock.moment.tzinfo).timestamp() * 1000


@pytest.mark.parametrize("more", [{"f12": "250000"}, {"f13": "0230"}, {"f13": "1300"}])
def test_what_is_no_time_is_no_message(host, trader, more):
    assert advise(trader, **more)[1][39] == "30"
    assert unmoved(host)


@pytest.mark.parametrize("missing", [2, 12, 13])
def test_it_must_say_whose_card_and_when(host, trader, missing):
    fields = trader.request("offline", CARD, 1234, **AT)
    del fields[missing]
    assert trader.exchange("0220", fields)[39] == "30"


def test_never_by_a_code(host, trader):
    assert advise(trader, f22="032")[1][39] == "30"
    assert advise(trader, f22="042")[1][39] == "12"
    assert unmoved(host)


def test_another_batch_is_told_so_that_it_comes_again_in_the_open_one(host, trader):
    fields = trader.request("offline", CARD, 1234, **AT)
    host.execute("UPDATE terminals SET batch = 2")
    assert trader.exchange("0220", fields)[39] == "77"
    assert trader.exchange("0220", fields | {60: "30000002"})[39] == "00"
    assert trader.exchange("0220", fields)[39] == "77"
    assert host.balance(CARD) == 98_766 and host.check().balanced


def test_it_is_voided_or_refunded_as_any_sale_by_the_date_that_it_was_made(host, trader):
    _, first = advise(trader, 1000, f13="1121")
    assert Terminal.correct(trader, "void", first)[39] == "00"
    _, second = advise(trader, 2000, f13="1121")
    assert Terminal.correct(trader, "refund", second, 500)[39] == "00"
    assert Terminal.correct(trader, "refund", second, 1501)[39] == "61"
    assert Terminal.correct(trader, "void", second)[39] == "12"
    assert host.balance(CARD) == 98_500 and host.check().balanced


def test_it_has_no_reversal_and_no_result_query(host, trader):
    fields, _ = advise(trader)
    assert trader.exchange("0400", fields | {39: "98", 61: "0000010000021122"})[39] == "40"
    assert host.balance(CARD) == 98_766


def test_a_batch_with_it_settles_equal_and_its_fee_is_that_of_the_card(host, trader):
    assert trader.sell(CARD, 10_000) == "00"
    assert trader.sell_offline(CARD, 4_000) == "00"
    assert trader.sell_offline("6200000000000021", 4_000) == "51"
    compared = trader.compare()
    assert compared[48] == "000000014000002000000000000000" + "1"
    ended = trader.end(2)
    assert items_of(ended[62]) == [["sale", "1", "10000", "50"], ["offline", "1", "4000", "20"], ["net", "13930"]]
    assert host.check().balanced


def test_the_upload_knows_its_type(host, trader):
    trader.sell_offline(CARD, 4_000)
    assert trader.compare(sums="000000004001001000000000000000")[48][-1] == "2"
    assert trader.upload([item(trader.approved[0])])[39] == "00"
    assert trader.end(1, equal=False)[39] == "00"
    assert host.execute("SELECT * FROM settlement_differences") == []
    assert host.execute("SELECT type FROM settlement_items")[0]["type"] == "30"


def test_removing_the_service_waits_for_the_settlement(host, trader):
    def remove():
        return trader.manage("0800", "380", f63="01 0407offline0606remove0102210202" + "99")[39]

    trader.sell_offline(CARD, 4_000)
    assert remove() == "58"
    trader.compare()
    trader.end(1)
    trader.batch = 2
    assert remove() == "00"


def test_the_platform_shows_when_it_was_made_in_both_languages(host, trader, web):
    advise(trader)
    log_in(web)
    (shown,) = web.get("/api/transactions?type=offline").json()["transactions"]
    assert (shown["made_at"], shown["state"], shown["amount_minor"]) == ("11-22 11:30:00", "approved", 1234)
    for language, words in (("en", ("Offline sale", "Made at the terminal")), ("zh", ("脱机消费", "终端成交时间"))):
        page = web.get(f"/transactions/{shown['id']}", headers={"accept-language": language}).text
        assert "11-22 11:30:00" in page and all(word in page for word in words), language
