"""The platform's pages and API: finding a transaction, its history, settlements, alerts, notices, services, holds."""

import re
import time
from datetime import datetime, timedelta, timezone

import pytest
from host.conftest import log_in
from host.trade import Trader

from tools.host import fees
from tools.host.clock import epoch_ms
from tools.host.console import closings, queries, texts, transactions
from tools.host.iso.parameters import SERVICE_NAMES
from tools.host.switch import alerts, kinds
from tools.host.switch.services import change_by_host

DEBIT_CARD, CREDIT_CARD = "6200000000000013", "6200000000000047"
AUTH = ("service", "demo")
PAGES = ("/", "/transactions", "/settlements", "/events", "/services")
NAMED = ("settlements", "alerts", "notices", "services", "fees", "transactions")


@pytest.fixture
def trader(host):
    made = Trader(host.handle_now, host.terminal_json)
    made.sign_on()
    return made


@pytest.fixture
def day(host, trader):
    """A day of every kind, settled with a difference; the trader."""
    trader.sell(DEBIT_CARD, 10_000, f63="01 03041234")  # 1
    trader.sell(CREDIT_CARD, 20_000, entry="072")
    trader.sell(DEBIT_CARD, 5_000, f63="01 03045678")
    trader.correct("void", trader.approved[2], f63="02 01020802021103045678")
    trader.correct("refund", trader.approved[1], 3_000)
    trader.hold(CREDIT_CARD, 40_000)
    trader.correct("completion", trader.approved[-1], 30_000)
    trader.correct("completion_void", trader.approved[-1])
    trader.hold(CREDIT_CARD, 700)
    trader.sell(DEBIT_CARD, 99_999_900)
    fields = trader.sale_fields(DEBIT_CARD, 800)
    trader.exchange("0200", fields)
    trader.reverse(fields)
    trader.compare(trader.sums(1))
    trader.upload_all([trader.counted()[0] | {"amount_minor": 10_001}, *trader.counted()[1:]])
    trader.end(len(trader.counted()), equal=False)
    return trader


def api(web, path, **params):
    answer = web.get("/api/" + path, params=params, auth=AUTH)
    assert answer.status_code == 200, answer.text
    return answer.json()


def found(web, **wanted):
    return [(row["type"], row["state"]) for row in api(web, "transactions", **wanted)["transactions"]]


def test_every_state_is_told(day, web):
    assert found(web) == [
        ("reversal", "returned"),
        ("sale", "reversed"),
        ("sale", "declined"),
        ("preauth", "held"),
        ("completion_void", "approved"),
        ("completion", "voided"),
        ("preauth", "held"),  # its completion was voided: held again
        ("refund", "approved"),
        ("void", "approved"),
        ("sale", "voided"),
        ("sale", "partly_refunded"),
        ("sale", "approved"),
    ]


FILTERED = [
    ({"order": "1234"}, [("sale", "approved")]),
    ({"order": "5678"}, [("void", "approved"), ("sale", "voided")]),
    ({"type": "refund"}, [("refund", "approved")]),
    ({"state": "held"}, [("preauth", "held")] * 2),
    ({"type": "sale", "state": "declined"}, [("sale", "declined")]),
    ({"voucher": "000003"}, [("sale", "partly_refunded")]),
    ({"voucher": "3", "batch": "2"}, []),
    ({"terminal": "10000002"}, []),
    ({"from": "2026-11-23"}, []),
    ({"until": "2026-11-21"}, []),
    ({"from": "2026-11-22", "until": "2026-11-22", "type": "void"}, [("void", "approved")]),
    ({"reference": "632600000001"}, [("sale", "approved")]),
    ({"type": "", "state": ""}, None),
]


@pytest.mark.parametrize(("wanted", "expected"), FILTERED)
def test_filters(day, web, wanted, expected):
    rows = found(web, **wanted)
    assert rows == expected if expected is not None else len(rows) == 12
    log_in(web)
    page = web.get("/transactions", params=wanted).text
    assert len(re.findall(r'<a href="/transactions/\d+">', page)) == len(rows)


@pytest.fixture
def berlin(monkeypatch):
    """A zone whose 25th of October 2026 has 25 hours."""
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_a_day_ends_at_midnight_also_when_the_clocks_go_back(host, trader, web, berlin):
    trader.sell(DEBIT_CARD, 100)
    at_ms = epoch_ms(datetime(2026, 10, 25, 23, 30, tzinfo=timezone(timedelta(hours=1))))
    host.execute("UPDATE transactions SET received_ms = :at", at=at_ms)
    assert len(found(web, **{"from": "2026-10-25", "until": "2026-10-25"})) == 1
    assert found(web, **{"from": "2026-10-26"}) == found(web, until="2026-10-24") == []


DIGITS, A_DAY = "1 to {} digits", "a day of this century, such as 2026-11-22"
WRONG = [
    ({"type": "lottery"}, "one of sale, void"),
    ({"state": "gone"}, "one of approved, declined"),
    ({"voucher": "x"}, DIGITS.format(6)),
    ({"voucher": "1234567"}, DIGITS.format(6)),
    ({"order": "' OR 1=1 --"}, DIGITS.format(20)),
    ({"order": "1" * 21}, DIGITS.format(20)),
    ({"from": "22.11.2026"}, A_DAY),
    ({"from": "0000-00-00"}, A_DAY),
    ({"from": "0001-01-01"}, A_DAY),
    ({"until": "9999-12-31"}, A_DAY),
    ({"until": "2026-02-30"}, A_DAY),
    ({"terminal": "123456789"}, "1 to 8 letters or digits"),
    ({"before": "-1"}, DIGITS.format(18)),
    ({"batch": "٣"}, DIGITS.format(6)),
]


@pytest.mark.parametrize(("wanted", "must_be"), WRONG)
def test_a_filter_that_cannot_be_is_told_with_what_can(day, web, wanted, must_be):
    (name,) = wanted
    answer = web.get("/api/transactions", params=wanted, auth=AUTH)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith(f"{name} must be {must_be}")
    log_in(web)
    page = web.get("/transactions", params=wanted)
    assert page.status_code == 200
    assert f"that cannot be, it must be {must_be}" in page.text
    assert "<td" not in page.text


def test_a_misspelt_filter_of_the_api_is_not_answered_with_everything(web):
    answer = web.get("/api/transactions", params={"oder": "1234"}, auth=AUTH)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith("there is no filter 'oder'; there are type, state, ")


def test_the_list_goes_on_page_by_page(host, trader, web, monkeypatch):
    for amount_minor in range(1, 8):
        trader.sell(DEBIT_CARD, amount_minor)
    monkeypatch.setattr(queries, "ROWS_MAX", 3)
    log_in(web)
    address, seen = "/transactions?type=sale", []
    for _ in range(5):
        page = web.get(address).text
        seen.append(re.findall(r'<td class="n">([\d.]+)</td>', page))
        older = re.search(r'href="(/transactions\?[^"]*before[^"]*)"', page)
        if not older:
            break
        address = older[1].replace("&amp;", "&")
    assert seen == [["0.07", "0.06", "0.05"], ["0.04", "0.03", "0.02"], ["0.01"]]


def test_history_of_a_transaction(day, web):
    rows = api(web, "transactions")["transactions"]
    by_kind = {}
    for row in reversed(rows):
        by_kind.setdefault(row["type"], row)
    for kind, expected in (
        ("completion", ["preauth", "completion", "completion_void"]),
        ("preauth", ["preauth", "completion", "completion_void"]),
        ("completion_void", ["preauth", "completion", "completion_void"]),
        ("void", ["sale", "void"]),
        ("refund", ["sale", "refund"]),
        ("reversal", ["sale", "reversal"]),
    ):
        details = api(web, f"transactions/{by_kind[kind]['id']}")
        assert [row["type"] for row in details["history"]] == expected
        assert by_kind[kind]["id"] in [row["id"] for row in details["history"]]
    void = api(web, f"transactions/{by_kind['void']['id']}")
    assert (void["reason"], void["approver"], void["operator"], void["order"]) == ("08", "11", "02", "5678")
    assert sorted((line["kind"], line["amount_minor"]) for line in void["entries"]) == [
        ("void", -5_000),
        ("void", 5_000),
    ]
    hold = api(web, f"transactions/{by_kind['preauth']['id']}")["hold"]
    assert (hold["state"], hold["amount_minor"]) == ("open", 40_000)
    assert web.get("/api/transactions/999", auth=AUTH).status_code == 404


def test_the_authorisation_code_is_on_the_page_of_what_has_one(day, web):
    hold = next(done for done in day.approved if done["kind"] == "preauth")
    (row,) = api(web, "transactions", reference=hold["rrn"])["transactions"]
    assert row["authorisation"] == hold["auth"]
    log_in(web)
    page = web.get(f"/transactions/{row['id']}").text
    assert f'<dt>Authorisation code</dt><dd class="code">{hold["auth"]}</dd>' in page
    (declined,) = api(web, "transactions", state="declined")["transactions"]
    assert declined["authorisation"] == ""
    assert "Authorisation code" not in web.get(f"/transactions/{declined['id']}").text


def test_page_of_a_transaction(day, web):
    log_in(web)
    void = api(web, "transactions", type="void")["transactions"][0]
    page = web.get(f"/transactions/{void['id']}").text
    for text in ("Void", "50.00", "out of stock", "Approved by", "11", "5678", "voided", "Ledger entries"):
        assert text in page, text
    assert 'class="current"' in page
    sale = api(web, "transactions", type="sale", order="5678")["transactions"][0]
    assert "out of stock" in web.get(f"/transactions/{sale['id']}").text
    assert web.get("/transactions/999").status_code == 404
    web.get("/language/zh")
    page = web.get(f"/transactions/{void['id']}").text
    for text in ("撤销", "缺货", "授权人", "交易全过程"):
        assert text in page, text


def test_settlements(day, web):
    (row,) = api(web, "settlements")["settlements"]
    assert (row["terminal"], row["batch"], row["state"], row["differences"]) == ("10000001", 1, "different", 1)
    assert (row["gross_minor"], row["fee_minor"], row["net_minor"]) == (27_000, 170, 26_830)
    details = api(web, f"settlements/{row['id']}")
    assert [(one["kind"], one["card_type"], one["count"], one["fee_minor"]) for one in details["rows"]] == [
        ("sale", "debit", 2, 50),
        ("sale", "credit", 1, 120),
        ("void", "debit", 1, 0),
        ("refund", "credit", 1, 0),
        ("completion", "credit", 1, 0),
        ("completion_void", "credit", 1, 0),
    ]
    assert [(one["trace"], one["kind"], one["amount_there_minor"]) for one in details["list"]] == [
        (2, "amount", 10_001)
    ]
    assert "answer" not in details
    log_in(web)
    for path in ("/settlements", f"/settlements/{row['id']}"):
        page = web.get(path).text
        for text in ("270.00", "1.70", "268.30", "different"):
            assert text in page, (path, text)
    assert "another amount" in page
    assert "100.01" in page
    assert "uploaded 7; 7 are here" in page
    link = re.search(r'href="(/transactions\?terminal=[^"]+)"', page)[1].replace("&amp;", "&")
    assert "100.00" in web.get(link).text
    assert "0.38 %" in web.get("/settlements").text
    assert web.get("/settlements/999").status_code == 404
    assert web.get("/api/settlements/999", auth=AUTH).status_code == 404


def test_an_unfinished_settlement(trader, web):
    trader.sell(DEBIT_CARD, 100)
    trader.compare()
    (row,) = api(web, "settlements")["settlements"]
    assert (row["state"], row["net_minor"]) == ("open", None)
    log_in(web)
    assert "not finished" in web.get("/settlements").text
    assert "not finished" in web.get(f"/settlements/{row['id']}").text


def test_alerts_and_notices(host, day, web):
    host.execute("INSERT INTO merchant_parameters SELECT id, '80', '1' FROM merchants")
    day.sign_on()
    day.sell(DEBIT_CARD, 100)
    assert day.correct("void", day.approved[-1], f63="01 010206") == "65"
    (alert,) = api(web, "alerts")["alerts"]
    assert (alert["kind"], alert["terminal"]) == ("many_voids", "10000001")
    (notice,) = api(web, "notices")["notices"]
    assert (notice["kind"], notice["data"]["differences"], notice["delivery"]) == ("settlement_differs", 1, "none")
    log_in(web)
    page = web.get("/events").text
    for text in ("many voids", "Settlement with differences", "differences: 1", "operator: 01", "not set"):
        assert text in page, text


def test_a_merchant_has_number_and_name_in_every_list(host, day, web):
    host.execute("INSERT INTO fee_rates (merchant_id, kind, from_ms, rate_ppm) SELECT id, 'qr', 1, 1 FROM merchants")
    host.execute("INSERT INTO alerts (kind, merchant_id, at_ms) SELECT 'many_voids', id, 0 FROM merchants")
    with host.database.transaction() as unit:
        change_by_host(unit, 1, "qr", "off", "somebody", 0)
    lists = {name: api(web, name) for name in ("settlements", "alerts", "notices", "services", "fees")}
    lists["fees"] = {"rates": [row for row in lists["fees"]["rates"] if row["merchant"]]}
    for told in lists.values():
        for rows in told.values():
            named = {(row["merchant"], row["merchant_name"]) for row in rows}
            assert named == {("100000000000001", "示范茶馆 DEMO TEA HOUSE")}, told
    log_in(web)
    for path in PAGES[2:]:
        assert "示范茶馆" in web.get(path).text, path


def test_details_are_told_as_people_say_them(host, web):
    """Money as money; and somebody whose name is a service's is not translated."""
    details = '{"amount_minor": 123456, "card": "620000******0013"}'
    columns = "kind, merchant_id, at_ms, details"
    host.execute(f"INSERT INTO alerts ({columns}) SELECT 'lent_to_card', id, 0, :d FROM merchants", d=details)
    with host.database.transaction() as unit:
        change_by_host(unit, 1, "qr", "off", "nfc", 0)
    log_in(web)
    page = web.get("/events").text
    for text in ("amount: 1 234.56 · card: 620000******0013", "by: the host · operator: nfc · service: QR code"):
        assert text in page, text


def test_services(host, trader, web):
    items = "01020602021104" + "02qr" + "0603off"
    assert trader.manage("0800", "380", f63="99 " + items)[39] == "00"
    told = api(web, "services")
    assert [row["service"] for row in told["services"]] == list(SERVICE_NAMES)
    merchant = {"merchant": "100000000000001", "merchant_name": "示范茶馆 DEMO TEA HOUSE"}
    assert merchant | {"service": "qr", "state": "off", "by": "merchant"} in told["services"]
    assert [(row["action"], row["approver"], row["reason"]) for row in told["changes"]] == [("off", "11", "06")]
    log_in(web)
    page = web.get("/services").text
    for text in ("QR code", "switched off", "customer&#39;s request", "the merchant"):
        assert text in page, text
    assert "Service switched off" in web.get("/events").text


def test_holds_of_an_account(host, day, web):
    assert [hold["amount_minor"] for hold in api(web, f"accounts/{CREDIT_CARD}/holds")["holds"]] == [700, 40_000]
    assert web.get("/api/accounts/1/holds", auth=AUTH).status_code == 404
    log_in(web)
    number = host.execute("SELECT id FROM accounts WHERE number = :n", n=CREDIT_CARD)[0]["id"]
    page = web.get(f"/accounts/{number}").text
    for text in ("Held", "407.00", "7.00", "Available", "held"):
        assert text in page, text


def test_the_day_is_right_at_once_after_a_void(trader, web):
    log_in(web)
    trader.sell(DEBIT_CARD, 10_000)
    trader.sell(DEBIT_CARD, 2_000)

    def tiles():
        return re.findall(r"<strong>([^<]+)</strong>", web.get("/").text)

    assert tiles() == ["120.00", "2", "0", "0", "0"]
    trader.correct("void", trader.approved[0])
    assert tiles() == ["20.00", "1", "1", "0", "0"]
    trader.correct("refund", trader.approved[1], 500)
    assert tiles() == ["15.00", "1", "2", "0", "0"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_page_shows_an_account_number_or_a_script(host, day, web, language):
    log_in(web)
    web.get(f"/language/{language}")
    numbers = [row["number"] for row in host.execute("SELECT number FROM accounts")]
    paths = [
        *PAGES,
        "/settlements/1",
        *(f"/transactions/{n}" for n in range(1, 13)),
        *(f"/accounts/{n}" for n in range(1, 8)),
    ]
    for path in paths:
        answer = web.get(path)
        assert answer.status_code == 200, path
        assert not [number for number in numbers if number in answer.text], path
        assert "<script" not in answer.text
        assert "{{" not in answer.text


def test_nothing_without_log_in_and_nothing_but_reading(web):
    for path in (*PAGES, "/transactions/1", "/settlements/1"):
        answer = web.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    for name in (*NAMED, "transactions/1", "settlements/1", f"accounts/{DEBIT_CARD}/holds"):
        assert web.get("/api/" + name).status_code == 401
        answer = web.post("/api/" + name, auth=AUTH)
        assert (answer.status_code, answer.json()) == (405, {"error": "Method Not Allowed"})
    for name in NAMED:
        if name != "fees":
            assert web.get(f"/api/{name}?limit=0", auth=AUTH).status_code == 400
    assert len(api(web, "fees")["rates"]) == 3


def test_every_name_that_a_page_builds_has_its_words():
    wanted = {f"type_{kind}" for kind in (*kinds.ALL, kinds.REVERSAL, "qr")}
    wanted |= {f"state_{state}" for state in transactions.STATES} | {f"filter_{name}" for name in transactions.FILTERS}
    wanted |= {f"entry_{entry}" for entry in transactions.ENTRIES.values()} | {
        f"kind_{kind}" for kind in KINDS_OF_ENTRY
    }
    wanted |= {f"must_be_{wanted.must_be[0]}" for wanted in transactions.FILTERS.values()}
    wanted |= {f"service_{name}" for name in SERVICE_NAMES} | {f"word_{name}" for name in SERVICE_NAMES}
    wanted |= {f"alert_{kind}" for kind in (alerts.MANY_VOIDS, alerts.MUCH_VOIDED, alerts.LENT)}
    wanted |= {f"reason_{number:02d}" for number in (*range(1, 11), *range(21, 26))}
    wanted |= {f"account_{kind}" for kind in ("card", "merchant", "issuer", "receivable", "fees")}
    assert not wanted - set(texts.TEXTS["en"])


KINDS_OF_ENTRY = ("opening", "sale", "reversal", "void", "refund", "completion", "completion_void", "fee", "settlement")


def test_every_word_is_used_somewhere():
    """By name in a template or in code, or by the beginning that a template puts before a value."""
    from pathlib import Path

    folder = Path(closings.__file__).parent
    text = "".join(path.read_text("utf-8") for path in [*folder.rglob("*.html"), *folder.glob("*.py")])
    begins = set(re.findall(r'"(\w+_)" \+', text))
    unused = [
        key
        for key in texts.TEXTS["en"]
        if not re.search(rf'[."]{key}\b', text) and not any(key.startswith(begin) for begin in begins)
    ]
    assert unused == []


@pytest.mark.parametrize(
    ("rate_ppm", "shown"),
    [(5_000, "0.5 %"), (3_800, "0.38 %"), (10_000, "1 %"), (1, "0.0001 %"), (0, "0 %"), (123_450, "12.345 %")],
)
def test_a_rate_as_it_is_read(rate_ppm, shown):
    assert fees.percent(rate_ppm) == shown


NO_ROWS = ["0", "999", "9" * 18, str(2**63 - 1), str(2**63), "9" * 40, "9" * 5000, "x", "-1", "٣"]


@pytest.mark.parametrize("number", NO_ROWS, ids=lambda number: f"{number[:5]}-{len(number)}")
def test_numbers_of_nothing_lead_nowhere(web, number):
    log_in(web)
    for path in ("transactions", "settlements", "accounts"):
        assert web.get(f"/{path}/{number}").status_code == 404
        assert web.get(f"/api/{path}/{number}").status_code == 404
