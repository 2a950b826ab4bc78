"""Refunds, seen from the terminal: in parts, on any day, never above the original, each advice once."""

import asyncio
from datetime import timedelta

import pytest
from host.terminal import KINDS, balance_of, pack, second_terminal
from host.test_auditor import at_once
from host.test_void import CARD, MERCHANT_ACCOUNT, RICH, row

EITHER = ("void", "refund", "void")


def answer_to(frame):
    """Message type of the request that this answers."""
    mti = frame[11:13].hex()
    return mti[:2] + str(int(mti[2]) - 1) + mti[3]


def test_part_of_a_sale_goes_back(host, terminal):
    sale = terminal.sale(CARD, 1234)
    answer = terminal.correct("refund", sale, 1000)
    assert answer[39] == "00"
    assert (answer[2], answer[4], answer[60]) == (CARD, "000000001000", "25000001")
    assert balance_of(answer[54]) == 99_766 == host.balance(CARD)
    assert host.balance(MERCHANT_ACCOUNT) == 234
    assert row(host, sale[11])["refunded_minor"] == 1000
    stored = row(host, answer[11], "0220")
    assert (stored["kind"], stored["reason"], stored["code"]) == ("refund", "06", "00")
    assert host.check().balanced


def test_parts_never_exceed_the_original(host, terminal):
    sale = terminal.sale(CARD, 1234)
    codes = [terminal.correct("refund", sale, part)[39] for part in (1000, 235, 234, 1)]
    assert codes == ["00", "61", "00", "61"]
    assert host.balance(CARD) == 100_000
    assert host.check().balanced


def test_a_repeated_advice_gets_its_first_answer(host, terminal):
    sale = terminal.sale(CARD, 1234)
    fields = terminal.request("refund", CARD, 1000, original=sale)
    first = terminal.exchange("0220", fields)
    host.execute("UPDATE merchants SET status = 'closed'")
    host.execute("UPDATE terminals SET batch = 2")
    assert [terminal.exchange("0220", fields) for _ in range(3)] == [first] * 3
    assert terminal.exchange("0220", fields | {4: "000000000999"})[39] == "94"
    assert host.balance(CARD) == 99_766


def test_next_week_in_another_batch_at_another_terminal(host, terminal):
    sale = terminal.sale(CARD, 1234)
    host.clock.moment += timedelta(days=40)
    host.execute("UPDATE terminals SET batch = 7")
    other = second_terminal(host)
    assert other.correct("refund", sale, 1000)[39] == "00"
    # Of a slip only the reference and the date are known.
    assert other.correct("refund", sale | {2: None}, 234, f61="000000000000" + sale[13])[39] == "00"
    assert host.balance(CARD) == 100_000
    assert host.check().balanced


REFUSED = [
    ("03", "UPDATE merchants SET status = 'closed'", {}),
    ("12", None, {"f49": "840"}),
    ("12", "UPDATE transactions SET voided_by = id", {}),
    ("12", "UPDATE transactions SET reversed_by = id", {}),
    ("12", "UPDATE transactions SET kind = 'void'", {}),
    ("12", "UPDATE transactions SET kind = 'refund'", {}),
    ("12", "UPDATE transactions SET kind = 'preauth'", {}),
    ("12", "UPDATE transactions SET code = '51'", {}),
    ("13", None, {"f4": "000000000000"}),
    ("14", "UPDATE accounts SET status = 'closed' WHERE kind = 'card'", {}),
    ("25", None, {"f37": "632600000099"}),
    ("25", None, {"f61": "0000000000001121"}),
    ("25", None, {"f61": "0000010000091122"}),
    ("25", None, {"f2": RICH}),
    ("40", "UPDATE merchant_services SET enabled = false WHERE service = 'refund'", {}),
    ("58", "UPDATE terminals SET status = 'disabled'", {}),
    ("61", None, {"f4": "000000001235"}),
    ("77", None, {"f60": "25000002"}),
]


@pytest.mark.parametrize(("code", "sql", "changes"), REFUSED)
def test_refused(host, terminal, code, sql, changes):
    sale = terminal.sale(CARD, 1234)
    if sql:
        host.execute(sql)
    assert terminal.correct("refund", sale, **changes)[39] == code
    assert host.balance(CARD) == 98_766
    assert host.execute("SELECT count(*) AS n FROM entries WHERE kind = 'refund'")[0]["n"] == 0


def test_25_for_another_merchants_sale(host, terminal):
    sale = terminal.sale(CARD, 1234)
    other = second_terminal(host)
    host.execute(
        "INSERT INTO merchants (number, name, account_id) SELECT '100000000000002', 'x', account_id FROM merchants"
    )
    host.execute("INSERT INTO merchant_services (merchant_id, service) SELECT max(id), 'refund' FROM merchants")
    host.execute("UPDATE terminals SET merchant_id = (SELECT max(id) FROM merchants) WHERE number = '10000002'")
    other.identity[42] = "100000000000002"
    assert other.correct("refund", sale)[39] == "25"
    assert host.balance(CARD) == 98_766


def test_a_sale_refunded_in_part_is_not_voided(host, terminal):
    sale = terminal.sale(CARD, 1234)
    terminal.correct("refund", sale, 1)
    assert terminal.correct("void", sale)[39] == "12"
    assert terminal.correct("refund", sale, 1233)[39] == "00"
    assert host.balance(CARD) == 100_000


def test_a_refund_has_no_reversal(host, terminal):
    fields = terminal.request("refund", CARD, 1234, original=terminal.sale(CARD, 1234))
    assert terminal.exchange("0220", fields)[39] == "00"
    assert terminal.reverse(fields)[39] == "40"
    assert host.balance(CARD) == 100_000


def test_a_sale_that_was_refunded_in_part_and_then_reversed_gives_back_the_rest(host, terminal):
    """The platform refunds a sale whose answer its terminal never got; then the terminal comes back and reverses."""
    fields = terminal.sale_fields(CARD, 1234)
    sale = terminal.exchange("0200", fields)
    terminal.correct("refund", sale, 1000)
    assert terminal.reverse(fields)[39] == "00"
    assert host.balance(CARD) == 100_000
    assert terminal.correct("refund", sale, 1)[39] == "12"
    assert host.check().balanced


def test_a_sale_that_was_refunded_whole_and_then_reversed_moves_nothing(host, terminal):
    fields = terminal.sale_fields(CARD, 1234)
    terminal.correct("refund", terminal.exchange("0200", fields))
    assert terminal.reverse(fields)[39] == "00"
    assert host.balance(CARD) == 100_000
    assert host.check().balanced


def test_the_database_itself_refuses_to_refund_too_much(host, terminal):
    from sqlalchemy.exc import IntegrityError

    terminal.sale(CARD, 1234)
    with pytest.raises(IntegrityError):
        host.execute("UPDATE transactions SET refunded_minor = 1235")


def test_refunds_that_come_at_the_same_time_never_exceed_the_original(host, terminal):
    sale = terminal.sale(CARD, 100)
    frames = [pack("0220", terminal.request("refund", CARD, 30, original=sale), terminal.key) for _ in range(20)]
    answers = asyncio.run(at_once(host, frames + frames))
    codes = [terminal.read(answer, "0220")[39] for answer in answers]
    assert (codes.count("00"), codes.count("61")) == (6, 34)
    assert host.balance(CARD) == 99_990
    assert host.check().balanced


def test_a_void_and_a_refund_at_the_same_time_give_the_money_back_once(host, terminal):
    sale = terminal.sale(CARD, 100)
    frames = [pack(KINDS[kind][0], terminal.request(kind, CARD, 100, original=sale), terminal.key) for kind in EITHER]
    answers = asyncio.run(at_once(host, frames * 10))
    good = {answer for answer in answers if terminal.read(answer, answer_to(answer))[39] == "00"}
    assert len(good) == 1
    assert host.balance(CARD) == 100_000
    assert host.check().balanced
