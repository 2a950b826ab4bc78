"""Records back from the host: page by page, only what is missing; with a cut at every step, an answer lost at each."""

import sys

import dual

sys.path.insert(0, __file__.rpartition("/")[0])

import model_host as model
import power_cut
from bench import Bench, with_bench
from model_records import item
from pos.iso8583 import records as messages
from pos.journal import history

SLOW = True


def nothing(*_what):
    """A screen that nobody looks at."""


async def recover(bench, batch=5, show=nothing):
    return await bench.exchange.run("records", "recover", batch, show)


def copy(count, batch=5, first=1):
    """What the host has of a batch: sales, every tenth a void of the one before it."""
    told = []
    for trace in range(first, first + count):
        kind, original = ("void", trace - 1) if trace % 10 == 0 else ("sale", "")
        values = (kind, trace, batch, trace * 100, "6200000000000013", "keyed", "01", "20260301", "101112")
        told.append((trace, item(*values, "%012d" % trace, "A1B2C3", original, "4711" if trace == 3 else "")))
    return told


def restored(bench):
    return [tx["trace"] for tx in history.oldest_first(bench.journal, 5)]


def test_all_pages_come_back_once():
    async def scenario(bench):
        await bench.sign_on()
        await bench.sell()
        bench.host.copies[5] = copy(35)
        before = dict(bench.state["totals"]), bench.state["count"], bench.state["batch"]
        seen = []
        result = await recover(bench, show=seen.append)
        assert result["result"] == "approved" and result["restored"] == 35, result
        assert restored(bench) == list(range(1, 36))
        assert seen[0] == 0 and seen[-1] == 35 and len(seen) > 4
        again = await recover(bench)
        assert again["result"] == "approved" and again["restored"] == 0
        assert restored(bench) == list(range(1, 36))
        assert (dict(bench.state["totals"]), bench.state["count"], bench.state["batch"]) == before

    bench = with_bench(scenario)
    tx = history.find(bench.journal, 3, 5)
    assert tx["order"] == "4711" and tx["restored"] and tx["amount_minor"] == 300 and tx["rrn"] == "%012d" % 3
    assert history.find(bench.journal, 9, 5)["voided_by"] == 10
    bench.restart()
    assert restored(bench) == list(range(1, 36))


def test_what_a_wallet_paid_comes_back_also_where_the_host_knows_nobody_who_sold_it():
    async def scenario(bench):
        await bench.sign_on()
        told = item("sale", 7, 5, 700, "6200000000000013", "shown", "", "20260301", "101112", "1", "A1B2C3", "", "")
        bench.host.copies[5] = [(7, told)]
        result = await recover(bench)
        assert result["result"] == "approved" and result["restored"] == 1, result
        assert history.find(bench.journal, 7, 5)["operator"] == ""

    with_bench(scenario)


def test_only_what_is_missing_comes_back():
    async def scenario(bench):
        await bench.sign_on()
        bench.host.copies[5] = copy(12)
        await recover(bench)
        bench.host.copies[5] = copy(14)
        result = await recover(bench)
        assert result["restored"] == 2
        assert restored(bench) == list(range(1, 15))

    with_bench(scenario)


def test_what_comes_back_never_fills_the_flash():
    async def scenario(bench):
        await bench.sign_on()
        bench.host.copies[5] = copy(35)
        bench.journal.full = lambda limit: len(restored(bench)) > 0
        result = await recover(bench)
        assert (result["result"], result["cause"]) == ("not_sent", "full"), result
        assert 0 < result["restored"] < 20 and result["restored"] == len(restored(bench))

    with_bench(scenario)


def test_an_unknown_batch_is_empty():
    async def scenario(bench):
        await bench.sign_on()
        result = await recover(bench, 77)
        assert result["result"] == "approved" and result["restored"] == 0

    with_bench(scenario)


def test_a_lost_answer_at_every_page_goes_on_with_the_next_try():
    for lost in range(6):
        for fault in (model.LOST, model.SILENT, model.GARBAGE, model.CLOSED):

            async def scenario(bench, lost=lost, fault=fault):
                await bench.sign_on()
                bench.host.copies[5] = copy(30)
                bench.host.script.extend([model.OK] * lost + [fault])
                result = await recover(bench)
                assert result["result"] in ("approved", "failed", "not_sent"), result
                assert result["result"] == "approved" or lost < 5
                bench.restart()
                del bench.host.script[:]
                await bench.sign_on()
                second = await recover(bench)
                assert second["result"] == "approved"
                assert result["restored"] + second["restored"] == 30
                assert restored(bench) == list(range(1, 31))

            with_bench(scenario)


def test_a_declined_request_says_so():
    async def scenario(bench):
        await bench.sign_on()
        bench.host.decide = lambda request, answer: "58"
        result = await recover(bench)
        assert (result["result"], result["code"], result["restored"]) == ("declined", "58", 0)

    with_bench(scenario)


def test_what_makes_no_sense_is_not_stored():
    good = copy(1)[0][1]
    for bad in (
        b"abc",
        b"005abc",
        good + b"0",
        item("sale", 1, 6, 100, "", "keyed", "01", "20260301", "101112", "", "", "", ""),  # of another batch
        item("fraud", 1, 5, 100, "", "keyed", "01", "20260301", "101112", "", "", "", ""),
        item("sale", "x", 5, 100, "", "keyed", "01", "20260301", "101112", "", "", "", ""),
        item("sale", 1, 5, 100, "", "keyed", "01", "2026031", "101112", "", "", "", ""),
        item("sale", 1, 5, 100, "", "keyed", "01", "20260301", "101112"),
        item("sale", 1, 5, "", "", "keyed", "01", "20260301", "101112", "", "", "", ""),  # a slip needs an amount
        item("sale", 1, 5, 10**9, "", "keyed", "01", "20260301", "101112", "", "", "", ""),
        item("sale", 1, 5, 100, "", "keyed", "", "20260301", "101112", "", "", "", ""),
        item("sale", 1, 5, 100, "", "keyed", "01", "20260301", "101112", "\x1b@", "", "", ""),
        b"0" + b"47sale,1,5,100,,keyed,01,20260301,101112,\xff\xfe,,,,",
        copy(1, 5, 2)[0][1] + good,  # numbers that go down
    ):

        async def scenario(bench, bad=bad):
            await bench.sign_on()
            bench.host.copies[5] = [(1, bad)]
            result = await recover(bench)
            assert (result["result"], result["cause"], result["restored"]) == ("failed", "garbage", 0), (bad, result)
            assert restored(bench) == []

        with_bench(scenario)


def test_a_host_that_never_ends_is_given_up():
    async def scenario(bench):
        await bench.sign_on()
        page = [0]

        def endless(request, answer):
            page[0] += 1
            answer[62] = copy(1, 5, page[0])[0][1]
            return "00"

        bench.host.decide = endless
        result = await recover(bench)
        assert result["result"] == "failed" and page[0] == 500

    with_bench(scenario)


def test_a_cut_at_every_step_and_once_more():
    cut_at = 0
    while True:
        cut_at += 1
        power_cut.forget()
        bench = Bench()

        async def work(bench):
            await bench.sign_on()
            bench.host.copies[5] = copy(14)
            return await recover(bench)

        if not power_cut.Supply(cut_at).cuts(dual.run, work(bench)):
            break
        bench.restart()
        had = restored(bench)
        assert had == list(range(1, len(had) + 1))
        result = dual.run(work(bench))
        assert result["result"] == "approved" and result["restored"] == 14 - len(had), cut_at
        assert restored(bench) == list(range(1, 15))
    assert cut_at > 20


def test_the_request_asks_for_batch_and_number():
    fields = messages.request(model.TERMINAL, 9, 12, 5, 33)
    assert fields[60] == "00000012370" and fields[61] == "0000050000330000" and fields[11] == "000009"
