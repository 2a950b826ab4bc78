"""Each request with each of its statements failing once: 96, nothing of it kept, and then it is done as if new."""

import pytest
from host.trade import Trader, item

from tools.host.store.database import DatabaseError, Unit
from tools.host.store.schema import metadata

CARD = "6200000000000013"
MESSAGE_TYPES = {"preauth": "0100", "preauth_void": "0100", "refund": "0220"}
STATEMENTS_MAX = 60


def everything(host):
    """All rows of all tables."""
    return {table.name: host.execute(f"SELECT * FROM {table.name}") for table in metadata.sorted_tables}


def original_of(terminal, kind):
    """The answer to what a request of this kind refers to, which is done here; None when it refers to nothing."""
    if kind in ("void", "refund"):
        return terminal.sale(CARD, 1_000)
    if kind in ("preauth_void", "completion", "completion_void"):
        preauth = terminal.send_kind("preauth", CARD, 1_000)
        return terminal.correct("completion", preauth) if kind == "completion_void" else preauth
    return None


def fails_at_each_statement(host, monkeypatch, send):
    """Sends with the first statement failing, then with the second, until none fails; the last answer's code."""
    run = Unit.run
    for failing in range(1, STATEMENTS_MAX):
        left, before = [failing], everything(host)

        def fail(unit, statement, left=left, **values):
            left[0] -= 1
            if left[0] == 0:
                raise DatabaseError("this one fails")
            return run(unit, statement, **values)

        monkeypatch.setattr(Unit, "run", fail)
        code = send()[39]
        monkeypatch.setattr(Unit, "run", run)
        if left[0] > 0:
            assert failing > 5
            return code
        assert code == "96"
        assert everything(host) == before
    raise AssertionError("it has no end")


KINDS = ["sale", "void", "refund", "preauth", "preauth_void", "completion", "completion_void"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_request(host, terminal, monkeypatch, kind):
    fields = terminal.request(kind, CARD, 1_000, original=original_of(terminal, kind))
    mti = MESSAGE_TYPES.get(kind, "0200")
    assert fails_at_each_statement(host, monkeypatch, lambda: terminal.exchange(mti, fields)) == "00"
    assert host.check().balanced


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "refund"])
def test_a_reversal(host, terminal, monkeypatch, kind):
    fields = terminal.request(kind, CARD, 1_000, original=original_of(terminal, kind))
    assert terminal.exchange(MESSAGE_TYPES.get(kind, "0200"), fields)[39] == "00"
    assert fails_at_each_statement(host, monkeypatch, lambda: terminal.reverse(fields)) == "00"
    assert host.check().balanced


def test_a_settlement(host, monkeypatch):
    trader = Trader(host.handle_now, host.terminal_json)
    trader.sign_on()
    trader.sell(CARD, 1_000)
    assert fails_at_each_statement(host, monkeypatch, lambda: trader.compare(trader.sums(1))) == "00"
    assert fails_at_each_statement(host, monkeypatch, lambda: trader.upload([item(trader.approved[0])])) == "00"
    assert fails_at_each_statement(host, monkeypatch, lambda: trader.end(1, equal=False)) == "00"
    assert host.execute("SELECT batch FROM terminals") == [{"batch": 2}]
    assert host.check().balanced
