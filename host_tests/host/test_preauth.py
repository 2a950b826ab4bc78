"""The pre-authorisation family, seen from the terminal: money is held, taken, let go, and held again."""

import asyncio
import json
from datetime import timedelta

import pytest
from host.terminal import balance_of, second_terminal
from host.test_void import CARD, MERCHANT_ACCOUNT, POOR, RECEIVABLE, RICH, row

from tools.host import sweep
from tools.host.__main__ import main
from tools.host.clock import epoch_ms
from tools.host.ledger import book, holds, statement
from tools.host.ledger.book import Line, Overdraft


def held(host, number=CARD):
    return host.execute("SELECT held_minor FROM accounts WHERE number = :n", n=number)[0]["held_minor"]


def state(host):
    return [one["state"] for one in host.execute("SELECT state FROM holds ORDER BY id")]


def reversible(terminal, kind, *arguments, **more):
    """(fields, answer) of a request that is to be reversed or repeated."""
    fields = terminal.request(kind, *arguments, **more)
    from host.terminal import KINDS

    return fields, terminal.exchange(KINDS[kind][0], fields)


def test_money_is_held_and_not_moved(host, terminal):
    answer = terminal.send_kind("preauth", CARD, 40_000)
    assert answer[39] == "00"
    assert (answer[3], answer[25], answer[60], len(answer[38])) == ("030000", "06", "10000001", 6)
    assert balance_of(answer[54]) == 60_000
    assert (host.balance(CARD), held(host)) == (100_000, 40_000)
    assert balance_of(terminal.balance(CARD)[54]) == 60_000
    assert terminal.sale(CARD, 60_001)[39] == "51"
    assert terminal.send_kind("preauth", CARD, 60_001)[39] == "51"
    sold = terminal.sale(CARD, 60_000)
    assert (sold[39], balance_of(sold[54])) == ("00", 0)
    assert host.check().balanced


@pytest.mark.parametrize("amount_minor", [1, 30_000, 40_000])
def test_completion_takes_what_it_says_and_lets_go_of_the_rest(host, terminal, amount_minor):
    preauth = terminal.send_kind("preauth", CARD, 40_000)
    answer = terminal.correct("completion", preauth, amount_minor)
    assert answer[39] == "00"
    assert answer[60] == "20000001"
    assert balance_of(answer[54]) == 100_000 - amount_minor == host.balance(CARD)
    assert (host.balance(MERCHANT_ACCOUNT), held(host)) == (amount_minor, 0)
    assert terminal.correct("completion", preauth, 1)[39] == "12"
    assert terminal.correct("preauth_void", preauth)[39] == "12"
    assert host.check().balanced


@pytest.mark.parametrize(
    ("percent", "amount_minor", "code"), [(None, 101, "61"), ("115", 115, "00"), ("115", 116, "61")]
)
def test_completion_up_to_a_percentage(host, terminal, percent, amount_minor, code):
    if percent:
        host.execute("INSERT INTO merchant_parameters SELECT id, '28', :p FROM merchants", p=percent)
    preauth = terminal.send_kind("preauth", CARD, 100)
    assert terminal.correct("completion", preauth, amount_minor)[39] == code
    assert host.check().balanced


def test_51_when_a_completion_above_the_hold_finds_no_money(host, terminal):
    host.execute("INSERT INTO merchant_parameters SELECT id, '28', '115' FROM merchants")
    preauth = terminal.send_kind("preauth", POOR, 100)
    assert terminal.correct("completion", preauth, 101)[39] == "51"
    assert terminal.correct("completion", preauth, 100)[39] == "00"
    assert host.check().balanced


def test_a_void_lets_go(host, terminal):
    preauth = terminal.send_kind("preauth", CARD, 40_000)
    answer = terminal.correct("preauth_void", preauth)
    assert (answer[39], balance_of(answer[54])) == ("00", 100_000)
    assert (held(host), state(host)) == (0, ["released"])
    assert terminal.correct("preauth_void", preauth)[39] == "12"
    assert terminal.correct("completion", preauth)[39] == "12"
    assert host.check().balanced


def test_completion_and_void_at_another_terminal_in_a_later_batch(host, terminal):
    one, two = (terminal.send_kind("preauth", CARD, 1000) for _ in range(2))
    host.execute("UPDATE terminals SET batch = 5")
    other = second_terminal(host)
    assert other.correct("completion", one)[39] == "00"
    assert other.correct("preauth_void", two)[39] == "00"
    assert (host.balance(CARD), held(host)) == (99_000, 0)


def test_a_promised_payment_is_made_by_a_frozen_card(host, terminal):
    preauth = terminal.send_kind("preauth", CARD, 1000)
    host.execute("UPDATE accounts SET status = 'frozen', expires = '2001' WHERE kind = 'card'")
    assert terminal.send_kind("preauth", CARD, 1000)[39] == "62"
    assert terminal.correct("completion", preauth)[39] == "00"


@pytest.mark.parametrize("kind", ["completion", "preauth_void"])
@pytest.mark.parametrize(
    ("code", "sql", "changes"),
    [
        ("03", "UPDATE merchants SET status = 'closed'", {}),
        ("12", None, {"f25": "00"}),
        ("12", None, {"f22": "032"}),
        ("12", "UPDATE transactions SET kind = 'sale'", {}),
        ("12", "UPDATE transactions SET reversed_by = id", {}),
        ("12", "UPDATE transactions SET code = '51'", {}),
        ("14", "UPDATE accounts SET status = 'closed' WHERE kind = 'card'", {}),
        ("25", None, {"f37": "632600000099"}),
        ("25", None, {"f38": "999999"}),
        ("25", None, {"f2": RICH}),
        ("25", None, {"f61": "0000010000991122"}),
        ("40", "UPDATE merchant_services SET enabled = false WHERE service = 'preauth'", {}),
        ("58", "UPDATE terminals SET status = 'disabled'", {}),
        ("68", "UPDATE holds SET expires_ms = opened_ms", {}),
    ],
)
def test_refused(host, terminal, kind, code, sql, changes):
    preauth = terminal.send_kind("preauth", CARD, 1000)
    if sql:
        host.execute(sql)
    assert terminal.correct(kind, preauth, **changes)[39] == code
    assert host.balance(CARD) == 100_000


def test_64_for_a_void_of_another_amount_and_30_without_the_authorisation_code(host, terminal):
    preauth = terminal.send_kind("preauth", CARD, 1000)
    assert terminal.correct("preauth_void", preauth, 999)[39] == "64"
    for kind in ("preauth_void", "completion"):
        fields = terminal.request(kind, CARD, 1000, original=preauth)
        del fields[38]
        assert terminal.exchange("0100" if kind == "preauth_void" else "0200", fields)[39] == "30"
    assert held(host) == 1000


DECLINED = [
    ("13", CARD, 0, {}),
    ("14", "6200000000000054", 1, {}),
    ("51", POOR, 101, {}),
    ("62", "6200000000000039", 1, {}),
    ("12", CARD, 1, {"f25": "00"}),
    ("12", CARD, 1, {"f60": "22000001"}),
    ("12", CARD, 1, {"f22": "032"}),
    ("77", CARD, 1, {"f60": "10000002"}),
]


@pytest.mark.parametrize(("code", "card", "amount_minor", "changes"), DECLINED)
def test_declined(host, terminal, code, card, amount_minor, changes):
    answer = terminal.send_kind("preauth", card, amount_minor, **changes)
    assert answer[39] == code
    assert 38 not in answer
    assert host.execute("SELECT * FROM holds") == []


def test_a_hold_expires_after_the_days_of_the_merchant(host, terminal):
    host.execute("INSERT INTO merchant_parameters SELECT id, '29', '2' FROM merchants")
    preauth = terminal.send_kind("preauth", POOR, 100)
    host.clock.moment += timedelta(days=2, seconds=-1)
    assert terminal.sale(POOR, 1)[39] == "51"
    host.clock.moment += timedelta(seconds=1)
    assert balance_of(terminal.balance(POOR)[54]) == 100
    assert terminal.sale(POOR, 1)[39] == "00"
    assert state(host) == ["expired"]
    assert terminal.correct("completion", preauth)[39] == "68"
    assert terminal.correct("preauth_void", preauth)[39] == "68"
    assert host.check().balanced


def test_a_sweep_lets_go_of_what_nobody_asks_for(host, terminal):
    for amount_minor in (1, 2, 3):
        terminal.send_kind("preauth", CARD, amount_minor)
    host.execute("UPDATE holds SET expires_ms = expires_ms + 1 WHERE amount_minor = 3")
    now_ms = epoch_ms(host.clock.now() + timedelta(days=7))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(holds, "_DUE_ANYWHERE", holds._DUE_ANYWHERE.limit(1))
        patch.setattr(holds, "SWEEP_MAX", 1)
        assert sweep.sweep(host.database, host.clock.now() + timedelta(days=7)) == 2
    with host.database.transaction() as unit:
        assert holds.sweep(unit, now_ms) == 0
    assert (held(host), state(host)) == (3, ["expired", "expired", "open"])
    assert host.check().balanced


def test_completion_void_gives_back_and_holds_again_so_that_the_right_one_can_follow(host, terminal):
    preauth = terminal.send_kind("preauth", CARD, 40_000)
    wrong = terminal.correct("completion", preauth, 35_000)
    answer = terminal.correct("completion_void", wrong)
    assert (answer[39], answer[60], balance_of(answer[54])) == ("00", "21000001", 60_000)
    assert (host.balance(CARD), held(host), state(host)) == (100_000, 40_000, ["open"])
    assert terminal.correct("completion_void", wrong)[39] == "12"
    assert terminal.correct("completion", preauth, 30_000)[39] == "00"
    assert host.balance(CARD) == 70_000
    assert host.check().balanced


def test_completion_void_holds_no_more_than_there_is(host, terminal):
    preauth = terminal.send_kind("preauth", POOR, 100)
    wrong = terminal.correct("completion", preauth, 30)
    assert terminal.sale(POOR, 50)[39] == "00"
    assert terminal.correct("completion_void", wrong)[39] == "00"
    assert (host.balance(POOR), held(host, POOR)) == (50, 50)
    assert terminal.correct("completion", preauth, 60)[39] == "51"
    assert terminal.correct("completion", preauth, 50)[39] == "00"
    assert host.check().balanced


def test_completion_void_after_the_hold_would_have_expired_gives_back_only(host, terminal):
    host.execute("INSERT INTO merchant_parameters SELECT id, '26', '0' FROM merchants")
    completion = terminal.correct("completion", terminal.send_kind("preauth", CARD, 1000))
    host.clock.moment += timedelta(days=8)
    assert terminal.correct("completion_void", completion)[39] == "00"
    assert (host.balance(CARD), held(host), state(host)) == (100_000, 0, ["expired"])
    assert host.check().balanced


def test_a_completion_is_voided_by_its_own_kind_only_and_can_be_refunded(host, terminal):
    preauth = terminal.send_kind("preauth", CARD, 1000)
    completion = terminal.correct("completion", preauth)
    sale = terminal.sale(CARD, 1)
    assert terminal.correct("void", completion)[39] == "12"
    assert terminal.correct("completion_void", sale)[39] == "12"
    assert terminal.correct("void", preauth)[39] == "12"
    assert terminal.correct("preauth_void", sale | {38: "000000"})[39] == "25"
    assert terminal.correct("preauth_void", completion)[39] == "12"
    assert terminal.correct("refund", preauth)[39] == "12"
    assert terminal.correct("refund", completion, 400)[39] == "00"
    assert terminal.correct("completion_void", completion)[39] == "12"
    assert host.balance(CARD) == 99_399
    assert host.check().balanced


def test_a_void_of_a_completion_keeps_to_batch_terminal_and_time(host, terminal):
    completion = terminal.correct("completion", terminal.send_kind("preauth", CARD, 1000))
    assert second_terminal(host).correct("completion_void", completion)[39] == "25"
    assert terminal.correct("completion_void", completion, 999)[39] == "64"
    host.clock.moment += timedelta(hours=25)
    assert terminal.correct("completion_void", completion)[39] == "68"
    host.execute("UPDATE terminals SET batch = 2")
    terminal.batch = 2
    assert terminal.correct("completion_void", completion)[39] == "21"


def test_reversal_of_a_preauth_lets_go(host, terminal):
    fields, answer = reversible(terminal, "preauth", CARD, 40_000)
    assert terminal.reverse(fields)[39] == "00"
    assert (held(host), state(host)) == (0, ["released"])
    assert terminal.exchange("0100", fields)[39] == "68"
    assert terminal.correct("completion", answer)[39] == "12"
    assert host.check().balanced


def test_reversal_of_a_preauth_void_holds_again(host, terminal):
    preauth = terminal.send_kind("preauth", CARD, 40_000)
    fields, _ = reversible(terminal, "preauth_void", CARD, 40_000, original=preauth)
    assert terminal.reverse(fields)[39] == "00"
    assert (held(host), state(host)) == (40_000, ["open"])
    assert row(host, preauth[11], "0100")["voided_by"] is None
    assert terminal.correct("completion", preauth)[39] == "00"
    assert host.check().balanced


def test_reversal_of_a_preauth_void_keeps_the_promise_with_the_issuers_money(host, terminal):
    preauth = terminal.send_kind("preauth", POOR, 80)
    fields, _ = reversible(terminal, "preauth_void", POOR, 80, original=preauth)
    assert second_terminal(host).sale(POOR, 90)[39] == "00"
    assert terminal.reverse(fields)[39] == "00"
    assert (host.balance(POOR), held(host, POOR), host.balance(RECEIVABLE)) == (80, 80, -70)
    assert terminal.correct("completion", preauth)[39] == "00"
    assert (host.balance(POOR), host.balance(MERCHANT_ACCOUNT)) == (0, 170)
    assert host.check().balanced


def test_reversal_of_a_completion_gives_back_and_holds_again(host, terminal):
    preauth = terminal.send_kind("preauth", CARD, 40_000)
    fields, _ = reversible(terminal, "completion", CARD, 30_000, original=preauth)
    assert terminal.reverse(fields)[39] == "00"
    assert (host.balance(CARD), held(host), state(host)) == (100_000, 40_000, ["open"])
    assert terminal.correct("completion", preauth)[39] == "00"
    assert host.check().balanced


def test_reversal_of_a_completion_holds_all_again_though_some_was_spent(host, terminal):
    preauth = terminal.send_kind("preauth", POOR, 100)
    fields, _ = reversible(terminal, "completion", POOR, 30, original=preauth)
    assert second_terminal(host).sale(POOR, 70)[39] == "00"
    assert terminal.reverse(fields)[39] == "00"
    assert (host.balance(POOR), held(host, POOR), host.balance(RECEIVABLE)) == (100, 100, -70)
    assert host.check().balanced


@pytest.mark.parametrize("kind", ["completion", "preauth_void"])
def test_a_reversal_holds_what_was_held_before_and_lends_no_more_than_that(host, terminal, kind):
    """The void of the first completion could hold 30 only: the reversal of what came then is no reason to hold 100."""
    preauth = terminal.send_kind("preauth", POOR, 100)
    wrong = terminal.correct("completion", preauth, 30)
    assert terminal.sale(POOR, 70)[39] == "00"
    assert terminal.correct("completion_void", wrong)[39] == "00"
    assert (host.balance(POOR), held(host, POOR)) == (30, 30)
    fields, _ = reversible(terminal, kind, POOR, 30 if kind == "completion" else 100, original=preauth)
    if kind == "preauth_void":
        assert second_terminal(host).sale(POOR, 20)[39] == "00"
    assert terminal.reverse(fields)[39] == "00"
    assert (host.balance(POOR), held(host, POOR)) == (30, 30)
    lent_minor = {"completion": 0, "preauth_void": 20}[kind]
    assert sum(json.loads(row["details"])["amount_minor"] for row in host.execute("SELECT * FROM alerts")) == lent_minor
    assert terminal.correct("completion", preauth, 31)[39] == "51"
    assert terminal.correct("completion", preauth, 30)[39] == "00"
    assert host.check().balanced


def test_reversal_of_a_completion_void_takes_again_and_ends_the_hold(host, terminal):
    preauth = terminal.send_kind("preauth", CARD, 40_000)
    completion = terminal.correct("completion", preauth, 30_000)
    fields, _ = reversible(terminal, "completion_void", CARD, 30_000, original=completion)
    assert terminal.reverse(fields)[39] == "00"
    assert (host.balance(CARD), held(host), state(host)) == (70_000, 0, ["completed"])
    assert terminal.correct("completion_void", completion)[39] == "00"
    assert (host.balance(CARD), held(host)) == (100_000, 40_000)
    assert host.check().balanced


def test_a_preauth_that_was_completed_is_not_reversed(host, terminal):
    fields, preauth = reversible(terminal, "preauth", CARD, 40_000)
    terminal.correct("completion", preauth)
    assert terminal.reverse(fields)[39] == "12"
    assert host.balance(CARD) == 60_000
    assert host.check().balanced


def test_two_completions_that_both_stand_end_the_hold_once(host, terminal):
    """A completion void whose answer was lost, another terminal that completes meanwhile, and then the reversal."""
    preauth = terminal.send_kind("preauth", CARD, 1000)
    first = terminal.correct("completion", preauth, 900)
    fields, _ = reversible(terminal, "completion_void", CARD, 900, original=first)
    assert second_terminal(host).correct("completion", preauth, 800)[39] == "00"
    assert terminal.reverse(fields)[39] == "00"
    assert (host.balance(CARD), held(host)) == (98_300, 0)
    assert terminal.correct("completion_void", first)[39] == "00"
    assert (held(host), state(host)) == (0, ["completed"])
    assert host.check().balanced


@pytest.mark.parametrize("kind", ["preauth", "preauth_void", "completion", "completion_void"])
def test_repeats_and_late_originals_of_each_kind(host, terminal, kind):
    preauth = terminal.send_kind("preauth", CARD, 1000)
    original = {"preauth_void": preauth, "completion": preauth}.get(kind)
    if kind == "completion_void":
        original = terminal.correct("completion", preauth)
    before = (host.balance(CARD), held(host))
    dead = terminal.request(kind, CARD, 1000, original=original)
    mti = "0100" if kind.startswith("preauth") else "0200"
    assert terminal.reverse(dead)[39] == "25"
    assert [terminal.exchange(mti, dead)[39] for _ in range(2)] == ["68", "68"]
    assert (host.balance(CARD), held(host)) == before
    fields = terminal.request(kind, CARD, 1000, original=original)
    first = terminal.exchange(mti, fields)
    after = (host.balance(CARD), held(host))
    assert first[39] == "00"
    assert terminal.exchange(mti, fields) == first
    assert (host.balance(CARD), held(host)) == after != before
    undone = terminal.reverse(fields)
    assert undone[39] == "00"
    assert terminal.reverse(fields) == undone
    assert terminal.exchange(mti, fields)[39] == "68"
    assert (host.balance(CARD), held(host)) == before
    assert host.check().balanced


def test_the_host_sweeps_by_itself_until_it_stops(host, terminal):
    terminal.send_kind("preauth", CARD, 1000)
    host.clock.moment += timedelta(days=7)

    async def for_a_while():
        stop = asyncio.Event()
        task = asyncio.create_task(sweep.until(stop, host.database, host.clock, every_s=0.001))
        for _ in range(1000):
            if state(host) == ["expired"]:
                break
            await asyncio.sleep(0.001)
        stop.set()
        await task

    asyncio.run(for_a_while())
    assert (held(host), state(host)) == (0, ["expired"])


def test_a_sweep_that_fails_is_logged_and_tried_again(host, terminal, monkeypatch, caplog):
    terminal.send_kind("preauth", CARD, 1000)
    host.clock.moment += timedelta(days=7)
    whole, calls = holds.sweep, []

    def fail_first(*arguments):
        calls.append(1)
        if len(calls) == 1:
            raise Overdraft("books that cannot be")
        return whole(*arguments)

    monkeypatch.setattr(holds, "sweep", fail_first)
    assert sweep.sweep(host.database, host.clock.now()) == 0
    assert "books that cannot be" in caplog.text
    assert sweep.sweep(host.database, host.clock.now()) == 1
    assert (held(host), state(host)) == (0, ["expired"])


def test_the_statement_shows_what_is_held(host, terminal):
    terminal.send_kind("preauth", CARD, 1000)
    found = statement.of(host.database.engine, CARD)
    assert (found["balance_minor"], found["held_minor"]) == (100_000, 1000)
    assert [hold["amount_minor"] for hold in found["holds"]] == [1000]
    assert found["holds"][0]["expires_ms"] - found["holds"][0]["opened_ms"] == 7 * 86_400_000


def test_the_command_line_shows_what_is_held(host, terminal, capsys):
    assert main(["account", CARD, "--state", str(host.folder)]) == 0
    assert "held" not in capsys.readouterr().out
    terminal.send_kind("preauth", CARD, 1234)
    assert main(["account", CARD, "--state", str(host.folder)]) == 0
    said = capsys.readouterr().out
    assert "balance 1 000.00\nheld    12.34\n    hold  2026-11-22" in said
    assert main(["account", CARD, "--state", str(host.folder), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["held_minor"] == 1234


def test_reversal_of_a_preauth_void_after_the_hold_would_have_expired_lends_nothing(host, terminal):
    preauth = terminal.send_kind("preauth", POOR, 80)
    fields, _ = reversible(terminal, "preauth_void", POOR, 80, original=preauth)
    assert terminal.sale(POOR, 90)[39] == "00"
    host.clock.moment += timedelta(days=8)
    assert terminal.reverse(fields)[39] == "00"
    assert (host.balance(POOR), held(host, POOR), state(host)) == (10, 0, ["expired"])
    assert host.execute("SELECT * FROM alerts") == []
    assert host.check().balanced


def test_a_reversal_lends_nothing_for_holds_that_have_expired(host, terminal):
    terminal.send_kind("preauth", POOR, 60)
    fields, _ = reversible(terminal, "void", POOR, 40, original=terminal.sale(POOR, 40))
    assert second_terminal(host).sale(POOR, 40)[39] == "00"
    host.clock.moment += timedelta(days=8)
    assert terminal.reverse(fields)[39] == "00"
    assert (host.balance(POOR), held(host, POOR), state(host)) == (20, 0, ["expired"])
    assert host.execute("SELECT * FROM alerts") == []
    assert host.check().balanced


def test_a_completion_that_outlived_its_preauth_holds_nothing_when_it_is_voided(host, terminal):
    """A completion void whose answer was lost; another terminal voids the pre-authorisation; then the reversal."""
    preauth = terminal.send_kind("preauth", CARD, 1000)
    completion = terminal.correct("completion", preauth, 900)
    fields, _ = reversible(terminal, "completion_void", CARD, 900, original=completion)
    assert second_terminal(host).correct("preauth_void", preauth)[39] == "00"
    assert terminal.reverse(fields)[39] == "00"
    assert (host.balance(CARD), state(host)) == (99_100, ["completed"])
    assert terminal.correct("completion_void", completion)[39] == "00"
    assert (host.balance(CARD), held(host), state(host)) == (100_000, 0, ["released"])
    assert host.check().balanced


def test_the_ledger_itself_refuses_what_is_held(host, terminal):
    terminal.send_kind("preauth", POOR, 60)
    ids = {one["number"]: one["id"] for one in host.execute("SELECT id, number FROM accounts")}
    with pytest.raises(Overdraft), host.database.transaction() as unit:
        book.post(unit, "sale", [Line(ids[POOR], -41), Line(ids[CARD], 41)], 0)
    with pytest.raises(Overdraft), host.database.transaction() as unit:
        holds.place(unit, ids[POOR], 1, 41, 0, 1)
    assert (host.balance(POOR), held(host, POOR)) == (100, 60)
    assert host.check().balanced
