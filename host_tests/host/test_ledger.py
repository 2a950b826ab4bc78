"""The ledger refuses what is not balanced, in code and in the database, and its check finds what was tampered with."""

import pytest
from sqlalchemy.exc import DBAPIError

from tools.host.ledger import book, statement
from tools.host.ledger.book import BadAmount, Line, Overdraft, UnbalancedEntry, UnknownAccount

CARD, POOR = "6200000000000013", "6200000000000021"


def ids(host, *numbers):
    rows = {row["number"]: row["id"] for row in host.execute("SELECT id, number FROM accounts")}
    return [rows[number] for number in numbers]


@pytest.mark.parametrize(
    ("amounts", "error"),
    [
        ((), UnbalancedEntry),
        ((5,), UnbalancedEntry),
        ((5, -4), UnbalancedEntry),
        ((0, 0), BadAmount),
        ((0.5, -0.5), BadAmount),
        ((True, -1), BadAmount),
        ((10**16, -(10**16)), BadAmount),
        ((1, -1) * 51, UnbalancedEntry),
        ((101, -101), Overdraft),
    ],
)
def test_refused(host, amounts, error):
    accounts = ids(host, CARD, POOR)
    lines = [Line(accounts[n % 2], amount) for n, amount in enumerate(amounts)]
    with pytest.raises(error), host.database.transaction() as unit:
        book.post(unit, "sale", lines, 0)
    assert (host.balance(CARD), host.balance(POOR)) == (100_000, 100)
    assert host.check().balanced


def test_unknown_account(host):
    card = ids(host, CARD)[0]
    with pytest.raises(UnknownAccount), host.database.transaction() as unit:
        book.post(unit, "sale", [Line(card, -5), Line(999, 5)], 0)
    assert host.balance(CARD) == 100_000


def test_an_exception_after_a_posting_takes_it_back(host):
    card, poor = ids(host, CARD, POOR)
    with pytest.raises(ZeroDivisionError), host.database.transaction() as unit:
        book.post(unit, "sale", [Line(card, -5), Line(poor, 5)], 0)
        1 // 0  # noqa: B018
    assert host.balance(CARD) == 100_000


def test_many_lines_and_the_same_account_twice(host):
    card, poor = ids(host, CARD, POOR)
    with host.database.transaction() as unit:
        balances = book.post(unit, "sale", [Line(card, -5), Line(poor, 3), Line(poor, 4), Line(card, -2)], 0).balances
    assert balances == {card: 99_993, poor: 107}
    assert host.check().balanced


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE lines SET amount_minor = amount_minor + 1",
        "DELETE FROM lines",
        "INSERT INTO lines SELECT 1, 9, id, 5 FROM accounts LIMIT 1",
        "DELETE FROM entries",
        "UPDATE entries SET sealed = 0",
        "UPDATE entries SET kind = 'sale'",
        "INSERT INTO entries (kind, posted_ms, sealed) VALUES ('sale', 0, 1)",
        "UPDATE accounts SET balance_minor = -1 WHERE kind = 'card'",
        "UPDATE accounts SET status = 'rich'",
    ],
)
def test_the_database_itself_refuses_to_change_the_books(host, sql):
    with pytest.raises(DBAPIError):
        host.execute(sql)
    assert host.check().balanced


def test_the_database_itself_refuses_to_seal_an_unbalanced_entry(host):
    card = ids(host, CARD)[0]
    host.execute("INSERT INTO entries (id, kind, posted_ms) VALUES (99, 'sale', 0)")
    for sql in ("SELECT 1", "INSERT INTO lines VALUES (99, 0, :card, 5)"):
        host.execute(sql, card=card)
        with pytest.raises(DBAPIError, match="unbalanced"):
            host.execute("UPDATE entries SET sealed = 1 WHERE id = 99")


TAMPERED = [
    ("UPDATE accounts SET balance_minor = balance_minor + 1 WHERE number = '6200000000000013'", "its lines sum to"),
    ("INSERT INTO entries (kind, posted_ms) VALUES ('sale', 0)", "0 lines sum to 0, sealed 0"),
    ("DROP TRIGGER lines_fixed; UPDATE lines SET amount_minor = amount_minor - 1 WHERE position = 0", "sum to -1"),
    ("UPDATE transactions SET amount_minor = 1 WHERE code = '00'", "should move -1, moved -1234"),
    ("UPDATE transactions SET code = '51' WHERE code = '00'", "should move 0, moved -1234"),
    ("UPDATE transactions SET code = '00' WHERE code = '51'", "should move -101, moved 0"),
    ("UPDATE transactions SET code = NULL WHERE code = '51'", "no answer stored"),
]


@pytest.mark.parametrize(("sql", "found"), TAMPERED)
def test_check_finds(host, terminal, sql, found):
    terminal.sale(CARD, 1234)
    terminal.sale(POOR, 101)
    assert host.check() == (6, 5, 2, [])
    for step in sql.split(";"):
        host.execute(step.replace("TRIGGER lines_fixed", "TRIGGER lines_guard ON lines") if host.address else step)
    report = host.check()
    assert not report.balanced
    assert any(found in problem for problem in report.problems), report.problems


# What is changed behind the host's back, and what the check says; ids as trade() leaves them.
TAMPERED_TRADE = [
    ("UPDATE transactions SET voided_by = NULL WHERE id = 1", "void 2: its original is not marked"),
    ("UPDATE transactions SET voided_by = 4 WHERE id = 3", "transaction 3: marked as voided by what is no void of it"),
    ("UPDATE transactions SET voided_by = 2 WHERE id = 3", "transaction 3: marked as voided by what is no void of it"),
    ("UPDATE transactions SET reversed_by = 2 WHERE id = 1", "transaction 1: its money went back twice"),
    ("UPDATE transactions SET reversed_by = NULL WHERE id = 5", "reversal 6: its original is not marked"),
    ("UPDATE transactions SET reversed_by = 6 WHERE id = 3", "transaction 3: marked as reversed wrongly"),
    ("UPDATE transactions SET refunded_minor = 39 WHERE id = 3", "39 refunded, its refunds sum to 40"),
    ("UPDATE transactions SET amount_minor = 41 WHERE id = 4", "should move 41, moved 40"),
    ("UPDATE transactions SET code = '12' WHERE id = 2", "transaction 2, code 12: should move 0, moved 100"),
    ("UPDATE transactions SET original_id = NULL WHERE id = 6", "should move 0, moved 7"),
    ("UPDATE transactions SET kind = 'sale' WHERE id = 7", "should move -50, moved 0"),
    ("UPDATE accounts SET held_minor = 0 WHERE held_minor > 0", "0 held, its holds sum to 60"),
    ("UPDATE holds SET amount_minor = 61 WHERE id = 2", "60 held, its holds sum to 61"),
    ("UPDATE holds SET amount_minor = 61 WHERE id = 2", "hold 2: open, which its transactions contradict"),
    ("UPDATE holds SET state = 'released' WHERE id = 1", "hold 1: released, which its transactions contradict"),
    ("UPDATE holds SET state = 'expired' WHERE id = 1", "hold 1: expired, which its transactions contradict"),
    ("UPDATE holds SET state = 'completed' WHERE id = 2", "hold 2: completed, which its transactions contradict"),
    ("UPDATE holds SET state = 'open' WHERE id = 3", "hold 3: open, which its transactions contradict"),
    ("DELETE FROM holds WHERE id = 2", "pre-authorisation 9: no hold"),
    (
        "UPDATE merchants SET account_id = (SELECT id FROM accounts WHERE kind = 'issuer')",
        "should move -100, moved -100",
    ),
]


def trade(terminal):
    """Sale 1 and its void 2, sale 3 with refund 4, sale 5 and reversal 6, three holds: completed, open, released."""
    terminal.correct("void", terminal.sale(CARD, 100))
    terminal.correct("refund", terminal.sale(CARD, 100), 40)
    undone = terminal.sale_fields(CARD, 7)
    terminal.exchange("0200", undone)
    terminal.reverse(undone)
    terminal.correct("completion", terminal.send_kind("preauth", CARD, 50))
    terminal.send_kind("preauth", CARD, 60)
    terminal.correct("preauth_void", terminal.send_kind("preauth", CARD, 70))


@pytest.mark.parametrize(("sql", "found"), TAMPERED_TRADE)
def test_check_finds_in_what_was_taken_back(host, terminal, sql, found):
    trade(terminal)
    assert host.check().problems == []
    host.execute(sql)
    report = host.check()
    assert any(found in problem for problem in report.problems), report.problems


def test_statement(host, terminal):
    terminal.sale(CARD, 1234)
    found = statement.of(host.database.engine, CARD)
    assert (found["balance_minor"], found["status"]) == (98_766, "active")
    assert [(entry["kind"], entry["amount_minor"]) for entry in found["entries"]] == [
        ("sale", -1234),
        ("opening", 100_000),
    ]
    assert statement.of(host.database.engine, "6200000000000054") is None


@pytest.mark.parametrize(
    ("minor", "text"), [(0, "0.00"), (5, "0.05"), (98_766, "987.66"), (-1, "-0.01"), (123_456_789, "1 234 567.89")]
)
def test_money(minor, text):
    assert statement.money(minor) == text
