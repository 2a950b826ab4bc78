"""Payment by QR code and the result query, seen from the terminal."""

import hashlib
from datetime import timedelta

import pytest
from host.terminal import balance_of
from host.test_void import CARD, FROZEN, MERCHANT_ACCOUNT, POOR, RICH, row

from tools.host.clock import epoch_ms
from tools.host.ledger import book
from tools.host.switch import directory, purchase
from tools.host.switch.case import Reject
from tools.host.wallet import codes

FOREIGN = "9112345678901234"


def code_of(host, number=CARD):
    with host.database.transaction() as unit:
        return codes.issue(unit, book.find_account(unit, number)["id"], epoch_ms(host.clock.now()))


def fields_of(terminal, code, amount_minor=1234, **more):
    return terminal.request("sale", None, amount_minor, items=f"05{len(code):02d}{code}", **{"f22": "032"} | more)


def in_wallet(host, trace, amount_minor=1234, batch=1, card=CARD, order_number=None):
    """The customer pays a merchant's code; code of the answer."""
    with host.database.transaction() as unit:
        merchant = unit.one(directory._MERCHANT, number="100000000000001")["id"]
        terminal = unit.one(directory._TERMINAL, number="10000001", merchant=merchant)
        told = purchase.paid_in_wallet(
            unit, terminal, batch, trace, card, amount_minor, host.clock.now(), order_number=order_number
        )
        return told[39]


def test_sale_by_the_customers_code(host, terminal):
    code = code_of(host)
    answer = terminal.exchange("0200", fields_of(terminal, code))
    assert (answer[39], answer[2], len(answer[38])) == ("00", CARD, 6)
    assert balance_of(answer[54]) == 98_766 == host.balance(CARD)
    stored = row(host, answer[11])
    assert (stored["card"], stored["entry_mode"], stored["kind"]) == (CARD, "032", "sale")
    assert code not in str(stored)
    assert host.check().balanced


def test_a_code_pays_once_and_a_repeat_gets_its_first_answer(host, terminal):
    code = code_of(host)
    fields = fields_of(terminal, code)
    first = terminal.exchange("0200", fields)
    assert terminal.exchange("0200", fields) == first
    assert terminal.exchange("0200", fields_of(terminal, code))[39] == "14"
    assert terminal.exchange("0200", fields_of(terminal, code_of(host), f11=fields[11]))[39] == "94"
    assert host.balance(CARD) == 98_766


@pytest.mark.parametrize("code", [FOREIGN, "1", "281234567890123456", CARD])
def test_14_for_what_is_no_code_of_ours(host, terminal, code):
    answer = terminal.exchange("0200", fields_of(terminal, code))
    assert answer[39] == "14"
    assert 2 not in answer


def test_14_for_a_code_that_is_too_old(host, terminal):
    code = code_of(host)
    host.clock.moment += timedelta(seconds=60)
    assert terminal.exchange("0200", fields_of(terminal, code))[39] == "14"


@pytest.mark.parametrize(("number", "amount_minor", "answered"), [(FROZEN, 1, "62"), (POOR, 101, "51")])
def test_declined_as_the_payers_card_would_be(host, terminal, number, amount_minor, answered):
    answer = terminal.exchange("0200", fields_of(terminal, code_of(host, number), amount_minor))
    assert (answer[39], answer[2]) == (answered, number)


def test_a_terminal_that_may_not_trade_uses_up_no_code(host, terminal):
    code = code_of(host)
    host.execute("UPDATE merchant_services SET enabled = false WHERE service = 'qr'")
    assert terminal.exchange("0200", fields_of(terminal, code))[39] == "40"
    assert terminal.sale(CARD, 1)[39] == "00"
    host.execute("UPDATE merchant_services SET enabled = true")
    assert terminal.exchange("0200", fields_of(terminal, code))[39] == "00"


@pytest.mark.parametrize(
    ("items", "more"), [("", {"f22": "032"}), ("0516" + FOREIGN, {"f22": "012"}), ("0516" + FOREIGN, {"f2": CARD})]
)
def test_30_unless_field_22_and_the_payer_fit(host, terminal, items, more):
    fields = terminal.request("sale", None, 1, items=items, **{"f22": "032"} | more)
    assert terminal.exchange("0200", fields)[39] == "30"


def test_no_terminal_says_that_a_merchants_code_was_paid(host, terminal):
    assert terminal.sale(CARD, 1234, f22="042")[39] == "12"
    assert host.balance(CARD) == 100_000


def test_nfc_and_keyed_cards_are_services_of_their_own(host, terminal):
    host.execute("UPDATE merchant_services SET enabled = false WHERE service = 'nfc'")
    assert terminal.sale(CARD, 1, f22="072")[39] == "40"
    assert terminal.sale(CARD, 1, f22="012")[39] == "00"
    host.execute("UPDATE merchant_services SET enabled = service <> 'sale'")
    assert terminal.sale(CARD, 1, f22="072")[39] == "00"
    assert terminal.sale(CARD, 1, f22="012")[39] == "40"


def test_query_void_refund_and_reversal_need_no_account_number(host, terminal):
    fields = fields_of(terminal, code_of(host))
    sale = terminal.exchange("0200", fields)
    asked = terminal.result_of(fields)
    assert [asked[n] for n in (2, 37, 38, 54)] == [sale[n] for n in (2, 37, 38, 54)]
    void = terminal.correct("void", sale | {2: None}, f22="032")
    assert (void[39], void[2]) == ("00", CARD)
    assert host.balance(CARD) == 100_000
    fields = fields_of(terminal, code_of(host))
    sale = terminal.exchange("0200", fields)
    refund = terminal.correct("refund", sale | {2: None}, 1, f22="032")
    assert (refund[39], refund[2]) == ("00", CARD)
    fields = fields_of(terminal, code_of(host))
    assert terminal.exchange("0200", fields)[39] == "00"
    assert terminal.reverse(fields)[39] == "00"
    assert host.balance(CARD) == 98_767
    assert host.check().balanced


def test_a_reversal_before_the_payment_kills_it_and_the_query_says_so(host, terminal):
    fields = fields_of(terminal, code_of(host))
    assert terminal.result_of(fields)[39] == "25"
    assert terminal.reverse(fields)[39] == "25"
    assert terminal.result_of(fields)[39] == "68"
    assert terminal.exchange("0200", fields)[39] == "68"
    assert terminal.result_of(fields)[39] == "68"
    assert host.balance(CARD) == 100_000


def test_what_became_of_a_sale(host, terminal):
    fields = terminal.sale_fields(CARD, 1234)
    sale = terminal.exchange("0200", fields)
    host.clock.moment += timedelta(hours=1)
    rows = host.execute("SELECT count(*) AS n FROM transactions")
    asked = terminal.result_of(fields)
    told = (2, 4, 11, 12, 13, 37, 38, 39, 54)
    assert [asked[n] for n in told] == [sale[n] for n in told]
    assert host.execute("SELECT count(*) AS n FROM transactions") == rows
    assert terminal.reverse(fields)[39] == "00"
    assert terminal.result_of(fields)[39] == "68"
    poor = terminal.sale_fields(POOR, 101)
    terminal.exchange("0200", poor)
    assert terminal.result_of(poor)[39] == "51"


def test_a_query_is_answered_whatever_stops_sales_and_is_about_this_sale_only(host, terminal):
    fields = terminal.sale_fields(CARD, 1234)
    terminal.exchange("0200", fields)
    host.execute("UPDATE merchants SET status = 'closed'")
    host.execute("UPDATE terminals SET status = 'disabled', batch = 2")
    host.execute("UPDATE accounts SET status = 'closed'")
    assert terminal.result_of(fields)[39] == "00"
    assert terminal.result_of(fields, f4="000000001235")[39] == "64"
    assert terminal.result_of(fields, f61="0000020000021122")[39] == "25"


def test_64_for_a_query_about_what_is_no_sale(host, terminal):
    void = terminal.request("void", CARD, 1, original=terminal.sale(CARD, 1))
    terminal.exchange("0200", void)
    assert terminal.result_of(void | {60: "22000001"})[39] == "64"


def test_a_customer_pays_the_merchants_code_in_the_wallet(host, terminal):
    fields = terminal.request("sale", None, 1234, f22="042")
    assert terminal.result_of(fields)[39] == "25"
    assert in_wallet(host, int(fields[11]), order_number="4711") == "00"
    assert in_wallet(host, int(fields[11]), order_number="4711") == "00"
    assert (host.balance(CARD), host.balance(MERCHANT_ACCOUNT)) == (98_766, 1_234)
    answer = terminal.result_of(fields)
    assert (answer[39], answer[2], answer[4]) == ("00", CARD, "000000001234")
    assert row(host, fields[11])["order_number"] == "4711"
    assert row(host, fields[11])["operator"].strip() == "01", "whoever has signed on sells"
    assert terminal.correct("void", answer | {2: None, 60: "22000001"}, f22="042")[39] == "00"
    assert host.balance(CARD) == 100_000
    assert host.check().balanced


def test_two_customers_who_pay_the_same_code(host, terminal):
    trace = int(terminal.next_trace())
    assert in_wallet(host, trace) == "00"
    with pytest.raises(Reject) as refused:
        in_wallet(host, trace, card=RICH)
    assert refused.value.code == "94"
    assert host.balance(RICH) == 100_000_000


def test_a_code_that_the_terminal_took_back_is_not_paid_any_more(host, terminal):
    fields = terminal.request("sale", None, 1234, f22="042")
    assert terminal.reverse(fields)[39] == "25"
    assert in_wallet(host, int(fields[11])) == "68"
    assert terminal.result_of(fields)[39] == "68"
    fields = terminal.request("sale", None, 1234, f22="042")
    assert in_wallet(host, int(fields[11])) == "00"
    assert terminal.reverse(fields)[39] == "00"
    assert host.balance(CARD) == 100_000
    assert host.check().balanced


def test_a_code_of_a_closed_batch_is_not_paid(host, terminal):
    with pytest.raises(Reject) as refused:
        in_wallet(host, 5, batch=9)
    assert refused.value.code == "77"


def test_the_digest_that_is_stored_of_a_code(host, terminal):
    code = code_of(host)
    answer = terminal.exchange("0200", fields_of(terminal, code))
    assert row(host, answer[11])["pay_code"] == hashlib.sha256(code.encode()).hexdigest()[:24]
