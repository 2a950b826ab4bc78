"""The commands that set something for a merchant, and that terminals and fees then follow."""

import contextlib
import os

import pytest
from host.trade import Trader, items_of

from tools.host.__main__ import main
from tools.host.iso import parameters as tags
from tools.host.settings import SETTINGS
from tools.host.store.database import Database

CARD = "6200000000000013"


@pytest.fixture
def run(host, capsys):
    def call(*arguments, status=0):
        capsys.readouterr()
        try:
            left = main([*arguments, "--state", str(host.folder)])
        except SystemExit as error:
            left = error.code
        out, errors = capsys.readouterr()
        assert left == status, errors
        return out if status == 0 else errors

    return call


@pytest.fixture
def trader(host):
    made = Trader(host.handle_now, host.terminal_json)
    made.sign_on()
    return made


def told(trader):
    field, found, at = trader.manage("0800", "360")[62], {}, 0
    while at < len(field):
        size = int(field[at + 2 : at + 5])
        found[field[at : at + 2].decode()] = field[at + 5 : at + 5 + size].decode("gb18030")
        at += 5 + size
    return found


def test_every_parameter_is_shown_and_every_default_fits(run):
    shown = run("parameter")
    for tag, setting in SETTINGS.items():
        assert f"{tag} {setting.name} " in shown
        assert setting.fits(tags.DEFAULTS[tag]), setting.name
    assert set(SETTINGS) == set(tags.DEFAULTS)


def test_a_parameter_reaches_the_terminal_and_goes_back(run, trader):
    assert "48" in run("parameter", "void_hours", "48")
    run("parameter", "33", "sale:100000,refund:20000")
    found = told(trader)
    assert (found["26"], found["33"]) == ("48", "sale:100000,refund:20000")
    assert "(default)" in run("parameter", "26", "--default")
    assert told(trader)["26"] == "24"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("copies", "3"),
        ("copies", "x"),
        ("copies", ""),
        ("copies", "-1"),
        ("copies", "²"),
        ("print_mode", "no"),
        ("settle_time", "2460"),
        ("settle_time", "930"),
        ("kind_limits", "sale=5"),
        ("kind_limits", ",".join(["sale:100000"] * 20)),
        ("service_phone", "一二三四五六七八九十一"),
        ("service_phone", "12\n3"),
        ("service_phone", "\udcff"),
        ("webhook_key", "x"),
        ("webhook_url", "http://127.0.0.1/"),
        ("nothing", "1"),
        ("16", "1"),
    ],
)
def test_what_does_not_fit_is_refused_with_what_does(run, host, name, value):
    assert "error:" in run("parameter", name, value, status=1)
    assert host.execute("SELECT * FROM merchant_parameters") == []


def test_a_default_takes_no_value_and_not_one_half_of_a_webhook(run, host):
    run("parameter", "copies", "1")
    run("webhook", "http://127.0.0.1:9/hook")
    for arguments in (["copies", "2", "--default"], ["--default"], ["webhook_key", "--default"]):
        assert "error:" in run("parameter", *arguments, status=1)
    assert len(host.execute("SELECT * FROM merchant_parameters")) == 3


def test_nothing_is_said_before_it_is_kept(host, capsys, monkeypatch):
    class Unkept(Exception):
        pass

    @contextlib.contextmanager
    def transaction(_database):
        with whole(_database) as unit:
            yield unit
            raise Unkept

    whole = Database.transaction
    monkeypatch.setattr(Database, "transaction", transaction)
    with pytest.raises(Unkept):
        main(["service", "qr", "off", "--state", str(host.folder)])
    assert capsys.readouterr().out == ""


def test_the_longest_values_fit_one_message(run, trader):
    for tag, setting in SETTINGS.items():
        longest = {"33": "sale:999999999," * 7 + "qr:999999999", "30": "9" * 20}.get(tag)
        longest = {"34": "sale:999999999," * 7 + "qr:999999999", "31": "2359", "24": "CNY"}.get(tag, longest)
        if longest and setting.fits(longest):
            run("parameter", tag, longest)
    for service in tags.SERVICE_NAMES:
        run("service", service, "off")
    assert len(told(trader)["33"]) > 100
    assert told(trader)["25"].count(":h") == 8


def test_what_only_the_host_reads_is_never_sent(run, trader):
    run("webhook", "http://127.0.0.1:9/hook")
    run("parameter", "voids_max", "2")
    assert all(tag < "80" for tag in told(trader))


def test_a_service_switched_off_and_on(run, trader, host):
    assert "qr       off by the host" in run("service", "qr", "off")
    assert told(trader)["25"] == "qr:h"
    assert "qr       on" in run("service", "qr", "on")
    assert run("service").count(" on\n") == 8
    assert len(host.execute("SELECT * FROM service_changes WHERE terminal_id IS NULL AND operator <> ''")) == 2
    assert run("service", "lottery", "off", status=2)


def test_who_has_no_name_is_a_number(run, host, monkeypatch):
    def nameless(_uid):
        raise KeyError

    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("pwd.getpwuid", nameless)
    run("service", "qr", "off")
    assert host.execute("SELECT operator FROM service_changes")[0]["operator"] == f"user {os.getuid()}"


def test_a_webhook_gets_a_new_key_each_time_that_is_shown_once(run, host):
    first, second = run("webhook", "https://example.test/x"), run("webhook", "https://example.test/x")
    stored = host.execute("SELECT value FROM merchant_parameters WHERE tag = '84'")[0]["value"]
    key = host.keystore.webhook_key(stored).decode()
    assert key in second
    assert key not in first + run("parameter") + run("parameter", "webhook_key")
    assert key not in "\n".join(map(str, host.execute("SELECT * FROM merchant_parameters")))
    assert "no webhook" in run("webhook", "off")
    assert host.execute("SELECT * FROM merchant_parameters") == []


@pytest.mark.parametrize("url", ["file:///etc/passwd", "http://a b", "http://", "x", "http://" + "a" * 191])
def test_an_address_that_cannot_be(run, host, url):
    assert "error: webhook_url cannot be" in run("webhook", url, status=1)
    assert host.execute("SELECT * FROM merchant_parameters") == []


def test_rates_are_added_and_count_from_their_day(run, trader, host):
    assert "debit   0.5 %     from always  at most 25.00" in run("fee")
    run("fee", "debit", "1", "--from", "2026-11-01")
    run("fee", "debit", "2", "--from", "2099-01-01")
    run("fee", "credit", "0.125", "--cap", "300", "--own")
    assert "0.125 %" in run("fee", "credit")
    trader.sell(CARD, 10_000)
    trader.compare()
    assert items_of(trader.end(1)[62]) == [["sale", "1", "10000", "100"], ["net", "9900"]]
    assert len(host.execute("SELECT * FROM fee_rates WHERE merchant_id IS NOT NULL")) == 1


def test_a_rate_is_corrected_by_another_of_the_same_day(run, trader):
    for percent in ("10", "1", "2"):
        run("fee", "debit", percent, "--from", "2026-11-01")
    trader.sell(CARD, 10_000)
    trader.compare()
    assert items_of(trader.end(1)[62]) == [["sale", "1", "10000", "200"], ["net", "9800"]]


@pytest.mark.parametrize(
    ("arguments", "must_be"),
    [
        (["debit", "x"], "0 to 100, with at most four decimals"),
        (["debit", "NaN"], "0 to 100, with at most four decimals"),
        (["debit", "-1"], "0 to 100"),
        (["debit", "101"], "0 to 100"),
        (["debit", "0.00001"], "at most four decimals"),
        (["cash", "1"], "choose from 'debit', 'credit', 'qr'"),
        (["debit", "1", "--cap", "-1"], "0 to 999999999, in minor units"),
        (["debit", "1", "--from", "2026-02-30"], "a day such as 2026-11-22"),
    ],
)
def test_rates_that_cannot_be(run, host, arguments, must_be):
    assert must_be in run("fee", *arguments, status=2)
    run("fee", "debit", "--own", status=1)
    assert len(host.execute("SELECT * FROM fee_rates")) == 3


def test_a_merchant_that_is_not_here(run):
    for command in (["parameter"], ["service"], ["webhook", "off"], ["fee"]):
        assert "no merchant 5" in run(*command, "--merchant", "5", status=1)


def test_help_tells_them(run):
    for command in ("parameter", "service", "webhook", "fee"):
        assert "--merchant" in run(command, "--help")
