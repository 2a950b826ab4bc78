"""Repeated and massive voiding: a supervisor is asked for, and the platform is alerted."""

import json
from datetime import timedelta

from host.terminal import second_terminal
from host.test_void import CARD

APPROVED = "0102060202" + "00"


def set_parameter(host, tag, value):
    host.execute("DELETE FROM merchant_parameters WHERE tag = :t", t=tag)
    host.execute("INSERT INTO merchant_parameters SELECT id, :t, :v FROM merchants", t=tag, v=str(value))


def void(terminal, **more):
    return terminal.correct("void", terminal.sale(CARD, 10), **more)[39]


def alerts(host):
    return [(one["kind"], json.loads(one["details"])) for one in host.execute("SELECT * FROM alerts ORDER BY id")]


def test_the_sixth_void_in_ten_minutes_needs_a_supervisor(host, terminal):
    set_parameter(host, "82", 0)
    assert [void(terminal) for _ in range(5)] == ["00"] * 5
    sale = terminal.sale(CARD, 10)
    assert terminal.correct("void", sale)[39] == "65"
    assert terminal.correct("void", sale)[39] == "65"
    assert alerts(host) == [("many_voids", {"minutes": 10, "operator": "01", "voids": 5})]
    assert host.balance(CARD) == 99_990
    assert terminal.correct("void", sale, items=APPROVED)[39] == "00"
    assert host.balance(CARD) == 100_000
    assert void(second_terminal(host)) == "00"
    host.clock.moment += timedelta(minutes=10)
    assert void(terminal) == "00"
    assert len(alerts(host)) == 1
    assert host.check().balanced


def test_limits_are_the_merchants(host, terminal):
    set_parameter(host, "82", 0)
    set_parameter(host, "80", 1)
    set_parameter(host, "81", 60)
    assert [void(terminal), void(terminal)] == ["00", "65"]
    host.clock.moment += timedelta(minutes=59)
    assert void(terminal) == "65"
    host.clock.moment += timedelta(minutes=1)
    assert void(terminal) == "00"
    set_parameter(host, "80", 0)
    assert [void(terminal) for _ in range(9)] == ["00"] * 9
    assert len(alerts(host)) == 1


def test_only_voids_that_stand_are_counted(host, terminal):
    set_parameter(host, "80", 1)
    sale = terminal.sale(CARD, 10)
    assert terminal.correct("void", sale, 9)[39] == "64"
    undone = terminal.request("void", CARD, 10, original=sale)
    assert terminal.exchange("0200", undone)[39] == "00"
    assert terminal.reverse(undone)[39] == "00"
    assert terminal.correct("void", sale)[39] == "00"
    assert alerts(host) == []


def test_voids_of_completions_count_and_are_throttled(host, terminal):
    set_parameter(host, "80", 1)
    assert void(terminal) == "00"
    completion = terminal.correct("completion", terminal.send_kind("preauth", CARD, 10))
    assert terminal.correct("completion_void", completion)[39] == "65"
    preauth = terminal.send_kind("preauth", CARD, 10)
    assert terminal.correct("preauth_void", preauth)[39] == "00"


def test_a_large_share_of_the_days_sales(host, terminal):
    set_parameter(host, "80", 0)
    set_parameter(host, "82", 50)
    other = second_terminal(host)
    codes = [void((terminal, other)[n % 2]) for n in range(9)]
    assert codes == ["00"] * 9
    assert void(terminal) == "65"
    assert void(other) == "65"
    share = {"percent": 50, "sales": 10, "voids": 10}
    assert alerts(host) == [("much_voided", share), ("much_voided", share | {"sales": 11})]
    for _ in range(7):
        terminal.sale(CARD, 1)
    assert void(terminal) == "65"
    assert void(terminal) == "00"
    assert void(terminal, items=APPROVED) == "00"
    host.clock.moment += timedelta(hours=12)
    assert void(terminal) == "00"
    assert len(alerts(host)) == 2


def test_a_void_that_is_wrong_anyway_says_what_is_wrong(host, terminal):
    set_parameter(host, "80", 1)
    sale = terminal.sale(CARD, 10)
    assert terminal.correct("void", sale)[39] == "00"
    assert terminal.correct("void", sale)[39] == "12"
    assert alerts(host) == []
