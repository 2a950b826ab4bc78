"""Records back: every page of a batch, its bytes, and what is left out."""

import json

import pytest
from host.terminal import second_terminal
from host.trade import Trader, items_of

CARD, CREDIT_CARD = "6200000000000013", "6200000000000047"


@pytest.fixture
def trader(host):
    made = Trader(host.handle_now, host.terminal_json)
    made.sign_on()
    return made


def page(trader, batch, after):
    answer = trader.manage("0800", "370", f61=f"{batch:06d}{after:06d}0000")
    assert answer[39] == "00"
    return answer.get(62, b"")


def all_pages(trader, batch):
    found, after, pages = [], 0, 0
    while True:
        field = page(trader, batch, after)
        if not field:
            return found, pages
        assert len(field) <= 900
        found += items_of(field)
        after = int(found[-1][1])
        pages += 1


def test_an_item(host, trader):
    assert trader.sell(CARD, 1_234, f63="07 03041234") == "00"
    sold = trader.approved[0]
    assert page(trader, 1, 0) == b"".join(
        b"%03d%s" % (len(text), text)
        for text in [
            f"sale,{sold['trace']},1,1234,{CARD},keyed,07,20261122,123456,{sold['rrn']},{sold['auth']},,1234".encode()
        ]
    )
    assert page(trader, 1, sold["trace"]) == b""


def test_each_kind_and_what_is_left_out(host, trader):
    trader.sell(CARD, 1_000, entry="072")
    trader.correct("void", trader.approved[0])
    trader.sell(CREDIT_CARD, 3_000)
    trader.correct("refund", trader.approved[-1], 500)
    trader.hold(CREDIT_CARD, 800)
    trader.correct("completion", trader.approved[-1])
    trader.correct("completion_void", trader.approved[-1])
    trader.sell(CARD, 99_999_999)  # declined
    trader.balance(CARD)
    fields = trader.sale_fields(CARD, 700)
    trader.exchange("0200", fields)
    trader.reverse(fields)
    found, _ = all_pages(trader, 1)
    assert [(row[0], int(row[1]), int(row[3]), row[4], row[9]) for row in found] == [
        (done["kind"], done["trace"], done["amount_minor"], done["card"], done["rrn"]) for done in trader.approved
    ]
    traces = {done["kind"]: done["trace"] for done in trader.approved}
    originals = {row[0]: row[11] for row in found}
    assert originals["void"] == str(trader.approved[0]["trace"])
    assert originals["completion_void"] == str(traces["completion"])
    assert originals["preauth"] == ""
    assert [row[5] for row in found][:3] == ["nfc", "nfc", "keyed"]


@pytest.mark.parametrize("digits", [1, 7, 12, 16, 20])
def test_many_pages_bring_each_once_and_are_as_full_as_can_be(trader, digits):
    for at in range(40):
        assert trader.sell(CREDIT_CARD, 100 + at, f63=f"01 03{digits:02d}{at % 10:0{digits}d}") == "00"
    found, pages = all_pages(trader, 1)
    assert [int(row[1]) for row in found] == [done["trace"] for done in trader.approved]
    assert [row[12] for row in found] == [f"{at % 10:0{digits}d}" for at in range(40)]
    longest = max(3 + len(",".join(row)) for row in found)
    assert pages <= -(-40 // (900 // longest))


def test_an_earlier_batch_and_another_terminal(host, trader):
    trader.sell(CARD, 1_000)
    first = trader.approved[0]
    trader.compare()
    trader.end()
    trader.sign_on()
    trader.sell(CARD, 2_000)
    assert [row[3] for row in all_pages(trader, 1)[0]] == ["1000"]
    assert [row[3] for row in all_pages(trader, 2)[0]] == ["2000"]
    assert all_pages(trader, 3) == ([], 0)
    other = second_terminal(host, Trader)
    assert all_pages(other, 1) == ([], 0)
    assert json.loads(host.execute("SELECT answer FROM transactions")[0]["answer"])["37"] == first["rrn"]


def test_refused(host, trader):
    assert trader.manage("0800", "370")[39] == "30"
    for digits in ("0" * 12, "0" * 15, "0" * 17):
        assert trader.manage("0800", "370", f61=digits)[39] == "30"
    trader.batch = 9
    assert trader.manage("0800", "370", f61="0" * 16)[39] == "77"
    trader.batch = 1
    host.execute("UPDATE merchants SET status = 'closed'")
    assert trader.manage("0800", "370", f61="0" * 16)[39] == "03"
