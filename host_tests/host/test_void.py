"""Void of a sale, seen from the terminal: money back once, every refusal, repeats, and the reversal of a void."""

import json
from datetime import timedelta

import pytest
from host.terminal import balance_of, second_terminal

CARD, POOR, FROZEN, RICH = "6200000000000013", "6200000000000021", "6200000000000039", "6200000000000047"
MERCHANT_ACCOUNT = "8100000000000001"
RECEIVABLE = "9100000000000000"


def row(host, trace, mti="0200"):
    return host.execute("SELECT * FROM transactions WHERE trace = :t AND mti = :m", t=int(trace), m=mti)[0]


def test_a_void_gives_all_the_money_back_and_marks_the_sale(host, terminal):
    sale = terminal.sale(CARD, 1234)
    answer = terminal.correct("void", sale, items="0102" + "06" + "0202" + "00" + "0304" + "4711")
    assert answer[39] == "00"
    assert (answer[2], answer[3], answer[4], answer[60]) == (CARD, "200000", "000000001234", "23000001")
    assert balance_of(answer[54]) == 100_000 == host.balance(CARD)
    assert host.balance(MERCHANT_ACCOUNT) == 0
    sold, void = row(host, sale[11]), row(host, answer[11])
    assert (sold["code"], sold["voided_by"], void["original_id"]) == ("00", void["id"], sold["id"])
    assert (void["kind"], void["reason"], void["approver"], void["order_number"]) == ("void", "06", "00", "4711")
    assert host.check().balanced


def test_a_repeated_void_gets_its_first_answer_and_moves_nothing(host, terminal):
    sale = terminal.sale(CARD, 1234)
    first = terminal.correct("void", sale)
    frame = terminal.last_frame
    terminal.sale(CARD, 500)
    assert terminal.read(host.handle_now(frame), "0200") == first
    assert host.balance(CARD) == 99_500
    assert host.check().balanced


# code, what is done first, changes of the void's fields
REFUSED = [
    ("03", "UPDATE merchants SET status = 'closed'", {}),
    ("12", None, {"f25": "06"}),
    ("12", None, {"f49": "840"}),
    ("12", None, {"f22": "099"}),
    ("12", "UPDATE transactions SET voided_by = id", {}),
    ("12", "UPDATE transactions SET refunded_minor = 1", {}),
    ("12", "UPDATE transactions SET kind = 'void'", {}),
    ("12", "UPDATE transactions SET kind = 'completion'", {}),
    ("12", "UPDATE transactions SET code = '51'", {}),
    ("12", "UPDATE transactions SET reversed_by = id", {}),
    ("13", None, {"f4": "000000000000"}),
    ("14", "UPDATE accounts SET status = 'closed' WHERE kind = 'card'", {}),
    ("21", "UPDATE transactions SET batch = 0", {"f61": "0000000000001122"}),
    ("25", None, {"f37": "000000000000"}),
    ("25", None, {"f61": "0000020000021122"}),
    ("25", None, {"f61": "0000010000091122"}),
    ("25", None, {"f61": "0000010000021123"}),
    ("25", None, {"f2": RICH}),
    ("30", None, {"f63": "01 0103061"}),
    ("30", None, {"f63": "01 01"}),
    ("30", None, {"f63": "01 0102AB"}),
    ("40", "UPDATE merchant_services SET enabled = false WHERE service = 'void'", {}),
    ("58", "UPDATE terminals SET status = 'disabled'", {}),
    ("64", None, {"f4": "000000001233"}),
    ("77", None, {"f60": "23000002"}),
]


@pytest.mark.parametrize(("code", "sql", "changes"), REFUSED)
def test_refused(host, terminal, code, sql, changes):
    sale = terminal.sale(CARD, 1234)
    if sql:
        host.execute(sql)
    answer = terminal.correct("void", sale, **changes)
    assert answer[39] == code
    assert 54 not in answer
    assert host.balance(CARD) == 98_766
    assert host.execute("SELECT count(*) AS n FROM entries WHERE kind = 'void'")[0]["n"] == 0


@pytest.mark.parametrize("number", [37, 61])
def test_30_without_what_it_refers_to(host, terminal, number):
    fields = terminal.request("void", CARD, 1234, original=terminal.sale(CARD, 1234))
    del fields[number]
    assert terminal.exchange("0200", fields)[39] == "30"


def test_what_is_not_known_of_the_original_need_not_be_said(host, terminal):
    sale = terminal.sale(CARD, 1234)
    assert terminal.correct("void", sale | {2: None}, f61="0" * 16)[39] == "00"
    assert host.check().balanced


def test_a_void_of_a_void_is_refused_and_so_is_a_second_void(host, terminal):
    sale = terminal.sale(CARD, 1234)
    void = terminal.correct("void", sale)
    assert terminal.correct("void", sale)[39] == "12"
    assert terminal.correct("void", void)[39] == "12"
    assert host.balance(CARD) == 100_000
    assert host.check().balanced


def test_25_for_another_terminals_sale_tells_nothing_of_it(host, terminal):
    sale = terminal.sale(CARD, 1234)
    answer = second_terminal(host).correct("void", sale | {2: None})
    assert answer[39] == "25"
    assert 2 not in answer


def test_21_when_the_batch_was_settled(host, terminal):
    sale = terminal.sale(CARD, 1234)
    host.execute("UPDATE terminals SET batch = 2")
    terminal.batch = 2
    assert terminal.correct("void", sale)[39] == "21"


@pytest.mark.parametrize(
    ("hours", "after_h", "code"), [(None, 24, "00"), (None, 25, "68"), ("2", 3, "68"), ("0", 99, "00")]
)
def test_time_limit(host, terminal, hours, after_h, code):
    if hours:
        host.execute("INSERT INTO merchant_parameters SELECT id, '26', :h FROM merchants", h=hours)
    sale = terminal.sale(CARD, 1234)
    host.clock.moment += timedelta(hours=after_h)
    assert terminal.correct("void", sale)[39] == code


@pytest.mark.parametrize("status", ["frozen", "blocked", "referred"])
def test_money_goes_back_to_a_card_that_may_not_spend(host, terminal, status):
    sale = terminal.sale(CARD, 1234)
    host.execute("UPDATE accounts SET status = :s, expires = '2001' WHERE number = :n", s=status, n=CARD)
    assert terminal.correct("void", sale)[39] == "00"
    assert host.balance(CARD) == 100_000


def test_a_refused_void_gets_its_refusal_again(host, terminal):
    sale = terminal.sale(CARD, 1234)
    fields = terminal.request("void", CARD, 1233, original=sale)
    assert [terminal.exchange("0200", fields)[39] for _ in range(2)] == ["64", "64"]
    assert terminal.exchange("0200", fields | {4: "000000001234"})[39] == "94"
    assert host.balance(CARD) == 98_766


def test_94_when_the_number_was_a_sale_before(host, terminal):
    sale = terminal.sale(CARD, 1234)
    assert terminal.correct("void", sale, f11=sale[11])[39] == "94"


def test_reversal_of_a_void_takes_the_money_again_and_the_sale_can_be_voided_anew(host, terminal):
    sale = terminal.sale(CARD, 1234)
    void = terminal.request("void", CARD, 1234, original=sale)
    assert terminal.exchange("0200", void)[39] == "00"
    answer = terminal.reverse(void)
    assert (answer[39], answer[3]) == ("00", "200000")
    assert terminal.reverse(void) == answer
    assert host.balance(CARD) == 98_766
    assert row(host, sale[11])["voided_by"] is None
    assert terminal.exchange("0200", void)[39] == "68"
    assert host.check().balanced
    assert terminal.correct("void", sale)[39] == "00"
    assert host.balance(CARD) == 100_000
    assert host.check().balanced


def test_a_reversal_before_its_void_kills_it(host, terminal):
    sale = terminal.sale(CARD, 1234)
    void = terminal.request("void", CARD, 1234, original=sale)
    assert terminal.reverse(void)[39] == "25"
    assert terminal.exchange("0200", void)[39] == "68"
    assert host.balance(CARD) == 98_766
    assert terminal.correct("void", sale)[39] == "00"


def test_what_the_card_has_spent_meanwhile_is_lent_by_the_issuer(host, terminal):
    sale = terminal.sale(POOR, 100)
    void = terminal.request("void", POOR, 100, original=sale)
    assert terminal.exchange("0200", void)[39] == "00"
    assert second_terminal(host).sale(POOR, 70)[39] == "00"
    assert terminal.reverse(void)[39] == "00"
    assert (host.balance(POOR), host.balance(RECEIVABLE), host.balance(MERCHANT_ACCOUNT)) == (0, -70, 170)
    alert = host.execute("SELECT kind, details FROM alerts")[0]
    assert alert["kind"] == "lent_to_card"
    assert json.loads(alert["details"]) == {"amount_minor": 70, "card": "620000******0021"}
    assert host.check().balanced


def test_a_loan_leaves_what_the_card_holds_for_others(host, terminal):
    sale = terminal.sale(POOR, 60)
    void = terminal.request("void", POOR, 60, original=sale)
    terminal.exchange("0200", void)
    held = second_terminal(host).send_kind("preauth", POOR, 100)
    assert held[39] == "00"
    assert terminal.reverse(void)[39] == "00"
    assert (host.balance(POOR), host.balance(RECEIVABLE)) == (100, -60)
    assert terminal.correct("completion", held)[39] == "00"
    assert host.check().balanced


def test_a_voided_sale_is_not_reversed_as_well(host, terminal):
    fields = terminal.sale_fields(CARD, 1234)
    sale = terminal.exchange("0200", fields)
    assert terminal.correct("void", sale)[39] == "00"
    assert terminal.reverse(fields)[39] == "12"
    assert host.balance(CARD) == 100_000
    assert host.check().balanced


def test_nothing_that_stops_voids_stops_the_reversal_of_one(host, terminal):
    sale = terminal.sale(CARD, 1234)
    void = terminal.request("void", CARD, 1234, original=sale)
    terminal.exchange("0200", void)
    host.execute("UPDATE merchants SET status = 'closed'")
    host.execute("UPDATE terminals SET status = 'disabled', batch = 2")
    host.execute("UPDATE accounts SET status = 'closed'")
    host.execute("UPDATE merchant_services SET enabled = false")
    assert terminal.reverse(void)[39] == "00"
    assert host.balance(CARD) == 98_766


def test_a_reversal_of_another_type_is_not_taken_for_this_one(host, terminal):
    sale = terminal.sale(CARD, 1234)
    void = terminal.request("void", CARD, 1234, original=sale)
    terminal.exchange("0200", void)
    assert terminal.reverse(void, f60="21000001")[39] == "64"
    assert terminal.reverse(void, f60="22000001")[39] == "40"
    assert terminal.reverse(void)[39] == "00"
    assert terminal.reverse(void, f60="21000001")[39] == "94"


def test_the_order_number_is_kept_with_the_sale_and_with_its_void(host, terminal):
    sale = terminal.sale(CARD, 1234, f63="01 0306471147")
    terminal.sale(CARD, 5)
    void = terminal.correct("void", sale, items="0102080306471147")
    found = host.execute("SELECT kind, reference FROM transactions WHERE order_number = '471147' ORDER BY id")
    assert [tuple(one.values()) for one in found] == [("sale", sale[37]), ("void", void[37])]


def test_12_for_a_type_that_does_not_go_with_the_message(host, terminal):
    sale = terminal.sale(CARD, 1234)
    assert terminal.correct("void", sale, f60="22000001")[39] == "12"
    assert terminal.correct("void", sale, f60="99000001")[39] == "12"
    assert host.balance(CARD) == 98_766


def test_94_when_the_number_was_used_for_a_void_of_another_sale_or_kind(host, terminal):
    one, two = terminal.sale(CARD, 1234), terminal.sale(CARD, 1234)
    void = terminal.correct("void", one)
    assert terminal.correct("void", two, f11=void[11])[39] == "94"
    assert terminal.correct("completion_void", one, f11=void[11])[39] == "94"
    assert terminal.correct("void", one, f11=void[11]) == void
    assert host.balance(CARD) == 98_766
