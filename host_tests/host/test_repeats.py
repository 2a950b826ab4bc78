"""Repeated requests and reversals in every order: money moves once, and comes back once."""

import itertools

import pytest
from host.terminal import second_terminal

CARD, POOR, RICH = "6200000000000013", "6200000000000021", "6200000000000047"


def test_a_repeated_sale_gets_its_first_answer_and_moves_nothing(host, terminal):
    fields = terminal.sale_fields(CARD, 1234)
    terminal.exchange("0200", fields)
    frame = terminal.last_frame
    first = host.handle_now(frame)
    host.clock.moment = host.clock.moment.replace(hour=13)
    assert terminal.sale(CARD, 1)[39] == "00"
    assert host.handle_now(frame) == first
    assert host.balance(CARD) == 100_000 - 1_234 - 1
    assert host.check().balanced


def test_a_repeat_is_answered_whatever_happened_since(host, terminal):
    fields = terminal.sale_fields(CARD, 1234)
    first = terminal.exchange("0200", fields)
    host.execute("UPDATE merchants SET status = 'closed'")
    host.execute("UPDATE accounts SET status = 'frozen'")
    host.execute("UPDATE terminals SET batch = 2")
    assert terminal.exchange("0200", fields) == first


def test_a_repeat_after_a_new_sign_on_is_signed_with_the_new_key(host, terminal):
    fields = terminal.sale_fields(CARD, 1234)
    first = terminal.exchange("0200", fields)
    old = terminal.key
    terminal.sign_on()
    assert terminal.key != old
    again = terminal.exchange("0200", fields)
    assert {n: v for n, v in again.items() if n != 64} == {n: v for n, v in first.items() if n != 64}
    assert again[64] != first[64]
    assert host.balance(CARD) == 98_766


def test_a_repeated_decline_and_a_repeated_query_get_their_first_answer(host, terminal):
    poor = terminal.sale_fields(POOR, 101)
    assert terminal.exchange("0200", poor)[39] == "51"
    query = terminal.balance(CARD)
    frame = terminal.last_frame
    terminal.sale(CARD, 1234)
    host.execute("UPDATE accounts SET kind = 'issuer' WHERE kind = 'card' AND number = :n", n=POOR)
    assert terminal.exchange("0200", poor)[39] == "51"
    assert terminal.read(host.handle_now(frame), "0200") == query


@pytest.mark.parametrize("change", [{2: RICH}, {4: "000000001235"}, {3: "310000", 60: "01000001"}])
def test_94_when_the_trace_number_was_used_for_another_request(host, terminal, change):
    fields = terminal.sale_fields(CARD, 1234)
    terminal.exchange("0200", fields)
    assert terminal.exchange("0200", fields | change)[39] == "94"
    assert host.balance(CARD) == 98_766
    assert host.balance(RICH) == 100_000_000


def test_77_is_not_remembered(host, terminal):
    fields = terminal.sale_fields(CARD, 1234) | {60: "22000002"}
    assert terminal.exchange("0200", fields)[39] == "77"
    host.execute("UPDATE terminals SET batch = 2")
    assert terminal.exchange("0200", fields)[39] == "00"


def test_two_terminals_have_their_own_trace_numbers(host, terminal):
    other = second_terminal(host)
    assert terminal.sale(CARD, 100)[39] == "00"
    other.trace = terminal.trace - 1
    assert other.sale(CARD, 200)[39] == "00"
    assert host.balance(CARD) == 99_700


def test_reversal_of_an_approved_sale(host, terminal):
    fields = terminal.sale_fields(CARD, 1234)
    terminal.exchange("0200", fields)
    answer = terminal.reverse(fields)
    assert answer[39] == "00"
    assert answer[11] == fields[11]
    assert host.balance(CARD) == 100_000
    assert host.balance("8100000000000001") == 0
    assert host.check().balanced


@pytest.mark.parametrize("reason", ["98", "A0", "06"])
def test_a_repeated_reversal_gets_the_first_answer_also_for_another_reason(host, terminal, reason):
    fields = terminal.sale_fields(CARD, 1234)
    terminal.exchange("0200", fields)
    first = terminal.reverse(fields)
    assert terminal.reverse(fields, reason) == first
    assert host.balance(CARD) == 100_000


def test_a_second_reversal_under_another_number_finds_nothing_to_do(host, terminal):
    fields = terminal.sale_fields(CARD, 1234)
    terminal.exchange("0200", fields)
    assert terminal.reverse(fields)[39] == "00"
    again = terminal.reversal_fields(fields) | {11: terminal.next_trace()}
    assert terminal.exchange("0400", again)[39] == "12"
    assert host.balance(CARD) == 100_000
    assert host.check().balanced


def test_reversal_of_a_declined_sale_has_nothing_to_take_back(host, terminal):
    fields = terminal.sale_fields(POOR, 101)
    assert terminal.exchange("0200", fields)[39] == "51"
    assert terminal.reverse(fields)[39] == "12"
    assert host.balance(POOR) == 100


def test_a_reversal_before_its_original_kills_it(host, terminal):
    fields = terminal.sale_fields(CARD, 1234)
    assert terminal.reverse(fields)[39] == "25"
    assert terminal.reverse(fields)[39] == "25"
    late = terminal.exchange("0200", fields)
    assert late[39] == "68"
    assert terminal.exchange("0200", fields) == late
    assert terminal.reverse(fields)[39] == "25"
    assert host.balance(CARD) == 100_000
    assert terminal.sale(CARD, 1234)[39] == "00"


def test_a_sale_repeated_after_its_reversal_is_not_called_approved(host, terminal):
    fields = terminal.sale_fields(CARD, 1234)
    assert terminal.exchange("0200", fields)[39] == "00"
    assert terminal.reverse(fields)[39] == "00"
    assert terminal.exchange("0200", fields)[39] == "68"
    assert host.balance(CARD) == 100_000


@pytest.mark.parametrize("change", [{2: RICH}, {4: "000000001233"}])
def test_64_when_a_reversal_differs_and_the_right_one_still_works(host, terminal, change):
    fields = terminal.sale_fields(CARD, 1234)
    terminal.exchange("0200", fields)
    assert terminal.exchange("0400", terminal.reversal_fields(fields) | change)[39] == "64"
    assert host.balance(CARD) == 98_766
    assert terminal.reverse(fields)[39] == "00"
    assert host.balance(CARD) == 100_000


@pytest.mark.parametrize("entry", ["012", "072"])
def test_a_reversal_without_the_number_takes_the_originals_account(host, terminal, entry):
    """A terminal that cannot read the number of what is pending, for it was set up anew under another key."""
    fields = terminal.sale_fields(CARD, 1234, f22=entry)
    terminal.exchange("0200", fields)
    named = terminal.reversal_fields(fields)
    nameless = {number: value for number, value in named.items() if number != 2}
    for again in (nameless, nameless, named):
        assert terminal.exchange("0400", again)[39] == "00"
        assert host.balance(CARD) == 100_000
    assert terminal.exchange("0200", fields)[39] == "68"
    assert host.check().balanced


def test_a_nameless_reversal_before_its_sale_stops_it_and_may_be_repeated_with_the_number(host, terminal):
    fields = terminal.sale_fields(CARD, 1234)
    named = terminal.reversal_fields(fields)
    nameless = {number: value for number, value in named.items() if number != 2}
    for again in (nameless, named, nameless):
        assert terminal.exchange("0400", again)[39] == "25"
    assert terminal.exchange("0200", fields)[39] == "68"
    assert host.balance(CARD) == 100_000


def test_94_when_the_number_was_used_for_another_reversal(host, terminal):
    one, two = terminal.sale_fields(CARD, 100), terminal.sale_fields(CARD, 100)
    terminal.exchange("0200", one)
    terminal.exchange("0200", two)
    assert terminal.reverse(one)[39] == "00"
    assert terminal.exchange("0400", terminal.reversal_fields(two) | {11: one[11]})[39] == "94"
    assert host.balance(CARD) == 99_900


def test_nothing_that_stops_sales_stops_a_reversal(host, terminal):
    fields = terminal.sale_fields(CARD, 1234)
    terminal.exchange("0200", fields)
    host.execute("UPDATE merchants SET status = 'closed'")
    host.execute("UPDATE terminals SET status = 'disabled', batch = 2")
    host.execute("UPDATE accounts SET status = 'closed', expires = '2001'")
    host.execute("UPDATE merchant_services SET enabled = false")
    assert terminal.reverse(fields)[39] == "00"
    assert host.balance(CARD) == 100_000


def test_every_order_of_sale_repeat_and_reversal_ends_without_money_moved(host, terminal):
    orders = [order for order in set(itertools.permutations("SSRR")) if "R" in order]
    for order in orders:
        fields = terminal.sale_fields(CARD, 1234)
        for step in order:
            if step == "S":
                terminal.exchange("0200", fields)
            else:
                assert terminal.reverse(fields)[39] in ("00", "12", "25")
        assert host.balance(CARD) == 100_000, order
    assert host.check().balanced
