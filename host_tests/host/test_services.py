"""Payment services: who may switch them, what terminals are told, what is kept of it, and what stops a removal."""

import json

import pytest
from host.terminal import second_terminal
from host.trade import Trader

from tools.host.switch import services

CARD, CREDIT_CARD = "6200000000000013", "6200000000000047"
ALL = b"sale,nfc,qr,void,refund,preauth,balance,offline"


@pytest.fixture
def trader(host):
    made = Trader(host.handle_now, host.terminal_json)
    made.sign_on()
    return made


def ask(trader, service, action, reason="", approver="00"):
    items = "".join(
        f"{tag}{len(value):02d}{value}"
        for tag, value in (("01", reason), ("02", approver), ("04", service), ("06", action))
        if value
    )
    return trader.manage("0800", "380", f63="99 " + items)[39]


def told(trader):
    field, found, at = trader.manage("0800", "360")[62], {}, 0
    while at < len(field):
        size = int(field[at + 2 : at + 5])
        found[field[at : at + 2]] = field[at + 5 : at + 5 + size]
        at += 5 + size
    return found[b"23"], found[b"25"]


def by_host(host, service, action):
    merchant = host.execute("SELECT id FROM merchants")[0]["id"]
    with host.database.transaction() as unit:
        services.change_by_host(unit, merchant, service, action, "desk", 1)


def test_off_remove_and_back_again(host, trader):
    assert told(trader) == (ALL, b"")
    assert ask(trader, "qr", "off", reason="06") == "00"
    assert told(trader) == (b"sale,nfc,void,refund,preauth,balance,offline", b"qr:m")
    assert ask(trader, "qr", "remove") == "00"
    assert told(trader) == (b"sale,nfc,void,refund,preauth,balance,offline", b"qr:r")
    assert ask(trader, "qr", "on") == "00"
    assert told(trader) == (ALL, b"")
    kept = host.execute("SELECT service, action, operator, approver, reason, at_ms > 0 AS timed FROM service_changes")
    assert [tuple(row.values()) for row in kept] == [
        ("qr", "off", "99", "00", "06", 1),
        ("qr", "remove", "99", "00", None, 1),
        ("qr", "on", "99", "00", None, 1),
    ]
    notices = host.execute("SELECT kind, data, delivery FROM notices")
    assert [row["kind"] for row in notices] == ["service_off", "service_remove", "service_on"]
    assert json.loads(notices[0]["data"]) == {
        "service": "qr",
        "by": "merchant",
        "operator": "99",
        "terminal": "10000001",
        "approver": "00",
        "reason": "06",
    }


def test_a_service_that_is_off_is_refused(host, trader):
    for service, entry in (("sale", "012"), ("nfc", "072")):
        assert ask(trader, service, "off") == "00"
        assert trader.sell(CARD, 100, entry=entry) == "40"
        assert ask(trader, service, "on") == "00"
        assert trader.sell(CARD, 100, entry=entry) == "00"
    assert ask(trader, "void", "off") == "00"
    assert trader.correct("void", trader.approved[0]) == "40"


def test_asking_again_changes_nothing(host, trader):
    for action in ("off", "off", "remove", "remove", "off", "on", "on"):
        assert ask(trader, "nfc", action) == "00"
    actions = [row["action"] for row in host.execute("SELECT action FROM service_changes")]
    assert actions == ["off", "remove", "on"]


def test_57_what_the_host_switched_off_stays_off(host, trader):
    by_host(host, "refund", "off")
    assert told(trader)[1] == b"refund:h"
    for action in ("on", "remove"):
        assert ask(trader, "refund", action) == "57"
    assert ask(trader, "refund", "off") == "00"
    assert told(trader)[1] == b"refund:h"
    by_host(host, "refund", "on")
    assert told(trader) == (ALL, b"")
    kept = host.execute("SELECT action, operator, terminal_id FROM service_changes")
    assert [tuple(row.values()) for row in kept] == [("off", "desk", None), ("on", "desk", None)]


def test_the_host_takes_over_what_the_merchant_switched_off(host, trader):
    ask(trader, "qr", "remove")
    by_host(host, "qr", "off")
    assert told(trader)[1] == b"qr:h"
    assert ask(trader, "qr", "on") == "57"


def test_40_a_service_that_the_merchant_does_not_have(host, trader):
    assert ask(trader, "lottery", "on") == "40"
    host.execute("DELETE FROM merchant_services WHERE service = 'preauth'")
    assert ask(trader, "preauth", "on") == "40"
    assert told(trader)[1] == b"preauth:h"
    by_host(host, "preauth", "on")
    assert told(trader) == (ALL, b"")


@pytest.mark.parametrize("items", ["", "0402qr", "0602on", "0402qr0603zzz", "0402qr06", "0410qr0602on", "xx"])
def test_30_malformed(host, trader, items):
    assert trader.manage("0800", "380", f63="99 " + items)[39] == "30"
    assert host.execute("SELECT * FROM service_changes") == []


def unsettled_of(trader, service):
    """Trades until something of the service waits for settlement."""
    trader.sell(CARD, 1_000, entry="072" if service == "nfc" else "012")
    if service in ("void", "refund"):
        trader.correct(service, trader.approved[0])
    elif service == "preauth":
        trader.hold(CREDIT_CARD, 500)
        trader.correct("completion", trader.approved[-1])


@pytest.mark.parametrize("service", ["sale", "nfc", "void", "refund", "preauth"])
def test_58_nothing_is_removed_before_it_is_settled(host, trader, service):
    unsettled_of(trader, service)
    assert ask(trader, service, "remove") == "58"
    assert told(trader) == (ALL, b"")
    assert ask(trader, service, "off") == "00"
    assert ask(trader, service, "remove") == "58"
    trader.compare()
    assert trader.end()[39] == "00"
    trader.sign_on()
    assert ask(trader, service, "remove") == "00"
    assert told(trader)[1] == service.encode() + b":r"


def test_58_for_what_another_terminal_has_not_settled(host, trader):
    other = second_terminal(host, Trader)
    assert other.sell(CARD, 100) == "00"
    assert ask(trader, "sale", "remove") == "58"
    other.compare()
    other.end()
    assert ask(trader, "sale", "remove") == "00"
    assert other.sign_on()[39] == "00"
    assert other.sell(CARD, 100) == "40"


def test_58_while_money_is_held(host, trader):
    assert trader.hold(CREDIT_CARD, 500) == "00"
    assert ask(trader, "preauth", "remove") == "58"
    host.execute("UPDATE holds SET state = 'released'")
    host.execute("UPDATE accounts SET held_minor = 0")
    assert ask(trader, "preauth", "remove") == "00"


def test_declined_and_reversed_sales_and_balances_do_not_count(host, trader):
    trader.sell(CARD, 99_999_999)
    fields = trader.sale_fields(CARD, 700)
    trader.exchange("0200", fields)
    trader.reverse(fields)
    trader.balance(CARD)
    assert ask(trader, "sale", "remove") == "00"
    assert ask(trader, "balance", "remove") == "00"


def test_a_closed_merchant_a_disabled_terminal_another_batch(host, trader):
    trader.batch = 9
    assert ask(trader, "qr", "off") == "77"
    trader.batch = 1
    host.execute("UPDATE terminals SET status = 'disabled'")
    assert ask(trader, "qr", "off") == "58"
    host.execute("UPDATE merchants SET status = 'closed'")
    assert ask(trader, "qr", "off") == "03"
