"""Sign-on, sale, balance and reversal against a scripted host that keeps its own books."""

import asyncio
import sys

import dual

sys.path.insert(0, __file__.rpartition("/")[0])

import model_host as model
from bench import with_bench
from pos.domain import merchant, totals


def test_sign_on_brings_key_clock_and_batch():
    async def scenario(bench):
        bench.host.parameters = {20: b"2027", 11: b"30", 21: b"41", 16: b"\xb2\xe2\xca\xd4", 18: b"sometimes"}
        await bench.sign_on()
        assert bench.exchange.signed_on
        assert bench.state["batch"] == 7
        assert bench.state["trace"] == 1
        assert (await bench.exchange.fetch_parameters())["result"] == "approved"
        assert dual.clock.now()[:5] == (2027, 3, 14, 15, 30)
        assert bench.parameters["answer_timeout_s"] == 30
        assert bench.parameters["print_mode"] == "always"
        assert merchant.name(bench.parameters) == b"\xb2\xe2\xca\xd4"
        assert bench.state["trace"] == 41, "the host has seen trace numbers up to 41"
        bench.host.parameters = {21: b"5"}
        await bench.exchange.fetch_parameters()
        assert bench.state["trace"] == 42, "never down"

    with_bench(scenario)


def test_sign_on_that_fails_leaves_no_key():
    async def scenario(bench):
        for fault, result, cause in (
            (model.SILENT, "failed", "timeout"),
            (model.GARBAGE, "failed", "garbage"),
            (model.NOISE, "failed", "garbage"),
            (model.CLOSED, "failed", "closed"),
            (model.OTHER_TRACE, "failed", "timeout"),
        ):
            bench.host.script = [fault]
            outcome = await bench.exchange.sign_on("01")
            assert (outcome["result"], outcome["cause"]) == (result, cause), fault
            assert not bench.exchange.signed_on
        bench.host.sign_on_code = "97"
        outcome = await bench.exchange.sign_on("01")
        assert (outcome["result"], outcome["code"]) == ("declined", "97")
        bench.host.sign_on_code = "00"
        bench.exchange.master_key = bytes(16)
        outcome = await bench.exchange.sign_on("01")
        assert (outcome["result"], outcome["cause"]) == ("failed", "key")
        assert not bench.exchange.signed_on

    with_bench(scenario)


def test_sale_approved():
    async def scenario(bench):
        assert (await bench.sell())["cause"] == "signed_off"
        await bench.sign_on()
        result = await bench.sell()
        assert (result["result"], result["code"], result["cause"]) == ("approved", "00", None)
        tx = result["tx"]
        assert (tx["trace"], tx["batch"], tx["rrn"], tx["auth"]) == (2, 7, "000000000001", "000001")
        assert (tx["date"][4:], tx["time"], tx["balance_minor"]) == ("0314", "153001", 98766)
        assert bench.state["pending"] is None
        assert bench.state["last"] == tx
        assert bench.journal.unprinted() == tx
        bench.sums_agree()
        assert bench.host.sessions == 1, "one session serves all"

    with_bench(scenario)


def test_sale_declined():
    async def scenario(bench):
        await bench.sign_on()
        result = await bench.sell(200000)
        assert (result["result"], result["code"], result["tx"]["state"]) == ("declined", "51", "declined")
        assert (await bench.sell(1, "6200000000000088"))["code"] == "14"
        bench.host.codes = ["ZZ"]
        assert (await bench.sell())["code"] == "ZZ", "an unknown code is a decline"
        assert bench.state["pending"] is None and bench.state["last"] is None
        assert bench.state["trace"] == 4
        assert bench.exchange.signed_on
        bench.sums_agree()

    with_bench(scenario)


def test_what_is_not_even_tried():
    async def scenario(bench):
        await bench.sign_on()
        bench.parameters["maximum_amount_minor"] = 5000
        for amount_minor in (0, -5, 5001):
            assert (await bench.sell(amount_minor))["cause"] == "amount"
        assert (await bench.sell(5000))["result"] == "approved"
        bench.parameters["journal_limit"] = 1
        assert (await bench.sell(1))["cause"] == "full"
        bench.parameters["journal_limit"] = 2
        assert (await bench.sell(1))["result"] == "approved"
        assert len(bench.requests("0200")) == 2

    with_bench(scenario)


def test_host_unreachable_sends_and_writes_nothing():
    async def scenario(bench):
        await bench.sign_on()
        bench.channel.close()
        bench.host.reachable = False
        before = list(bench.journal.scan())
        result = await bench.sell()
        assert (result["result"], result["cause"]) == ("not_sent", "refused")
        assert list(bench.journal.scan()) == before
        assert bench.state["trace"] == 1
        assert (await bench.query())["result"] == "not_sent"
        assert (await bench.exchange.echo())["result"] == "not_sent"
        assert bench.state["trace"] == 1, "nothing has left"
        bench.host.reachable = True
        assert (await bench.sell())["tx"]["trace"] == 2

    with_bench(scenario)


def test_a_session_that_ended_unnoticed_is_replaced_before_anything_is_sent():
    async def scenario(bench):
        await bench.sign_on()
        bench.channel._reader.ended = True
        assert (await bench.sell())["result"] == "approved"
        assert bench.host.sessions == 2
        assert bench.requests("0400") == []

    with_bench(scenario)


def test_a_connection_that_breaks_under_the_handshake_leaves_nothing_pending():
    async def scenario(bench):
        await bench.sign_on()
        bench.channel.close()
        bench.host.break_handshakes = 1
        result = await bench.sell()
        assert (result["result"], result["cause"]) == ("not_sent", "closed")
        assert bench.state["pending"] is None and bench.state["trace"] == 1
        assert (await bench.sell())["result"] == "approved"

    with_bench(scenario)


def test_balance():
    async def scenario(bench):
        assert (await bench.query())["cause"] == "signed_off"
        await bench.sign_on()
        result = await bench.query()
        assert result["result"] == "approved" and result["tx"]["balance_minor"] == 100000
        assert bench.state["trace"] == 2 and bench.state["pending"] is None
        for fault, cause in ((model.SILENT, "timeout"), (model.WRONG_MAC, "mac"), (model.CLOSED, "closed")):
            bench.host.script = [fault]
            result = await bench.query()
            assert (result["result"], result["cause"]) == ("failed", cause)
        assert bench.state["trace"] == 5, "answered or not"
        assert bench.requests("0400") == []
        assert (await bench.sell())["tx"]["trace"] == 6

    with_bench(scenario)


def test_codes_that_ask_for_a_new_sign_on():
    async def scenario(bench):
        await bench.sign_on()
        for code, signed_on in (("77", True), ("A0", True), ("97", False), ("03", False)):
            bench.host.codes = [code]
            result = await bench.sell()
            assert (result["result"], result["code"]) == ("declined", code)
            assert bench.exchange.signed_on == signed_on, code
            if not signed_on:
                assert (await bench.sell())["cause"] == "signed_off"
                await bench.sign_on()
        bench.host.batch = 8
        assert (await bench.sell())["code"] == "77"
        assert bench.state["batch"] == 8, "the sign-on brought the new batch number"
        assert (await bench.sell())["result"] == "approved"
        bench.sums_agree()

    with_bench(scenario)


def test_the_header_can_ask_for_a_new_sign_on():
    async def scenario(bench):
        await bench.sign_on()
        bench.host.requirement = 3
        assert (await bench.sell())["result"] == "approved"
        assert bench.host.keys_made == 2 and bench.exchange.signed_on
        bench.sums_agree()

    with_bench(scenario)


def test_a_new_batch_at_the_host_closes_the_old_one_on_record():
    async def scenario(bench):
        await bench.sign_on()
        await bench.sell(1234)
        bench.host.batch = 8
        assert (await bench.sell(1))["code"] == "77"
        assert bench.state["batch"] == 8 and bench.state["count"] == 0
        record = [item for item in bench.journal.scan() if item["kind"] == "batch"][-1]
        assert record["closed"] == 7 and totals.sides(record["totals"])[1] == 1234

    with_bench(scenario)


def test_trace_numbers_wrap():
    async def scenario(bench):
        await bench.sign_on()
        for trace in (400000, 800000, 999998):
            bench.journal.append({"kind": "trace", "trace": trace})
        for amount_minor, trace in ((100, 999999), (101, 1), (102, 2)):
            assert (await bench.sell(amount_minor))["tx"]["trace"] == trace
        bench.host.script = [model.SILENT]
        assert (await bench.sell(1))["result"] == "reversed"
        assert bench.state["trace"] == 3
        bench.sums_agree()

    with_bench(scenario)


def test_echo_and_sign_off():
    async def scenario(bench):
        assert (await bench.exchange.echo())["result"] == "approved", "the door opens"
        assert bench.host.requests == []
        await bench.sign_on()
        assert (await bench.exchange.echo())["result"] == "approved"
        assert bench.requests("0820")[0][60] == "00000007301"
        bench.host.script = [model.SILENT]
        assert (await bench.exchange.echo())["cause"] == "timeout"
        assert (await bench.exchange.sign_off())["result"] == "approved"
        assert bench.requests("0820")[-1][60] == "00000007002"
        assert not bench.exchange.signed_on
        assert (await bench.sell())["cause"] == "signed_off"
        await bench.sign_on()
        bench.host.script = [model.SILENT]
        assert (await bench.exchange.sign_off())["result"] == "failed"
        assert not bench.exchange.signed_on, "whatever the host says"

    with_bench(scenario)


def test_two_at_once_wait_for_each_other():
    async def scenario(bench):
        await bench.sign_on()
        results = await asyncio.gather(bench.sell(100), bench.sell(200), bench.exchange.echo())
        assert [result["result"] for result in results] == ["approved"] * 3
        traces = [request[11] for request in bench.host.requests]
        assert len(set(traces)) == len(traces)
        bench.sums_agree()

    with_bench(scenario)


def test_without_the_hosts_highest_trace_number_nothing_is_sold():
    """A terminal that lost its journal would begin again at 1, and get the answer to an old sale for a new one."""

    async def scenario(bench):
        for fault in (model.SILENT, model.GARBAGE, model.CLOSED):
            await bench.sign_on()
            bench.host.script = [fault]
            assert (await bench.exchange.fetch_parameters())["result"] == "failed"
            assert not bench.exchange.signed_on, fault
            assert (await bench.sell())["cause"] == "signed_off"
        await bench.sign_on()
        bench.host.changes = [(62, b"21006")]
        assert (await bench.exchange.fetch_parameters())["cause"] == "garbage"
        assert not bench.exchange.signed_on
        await bench.sign_on()
        assert (await bench.exchange.fetch_parameters())["result"] == "approved"
        assert (await bench.sell())["result"] == "approved"

    with_bench(scenario)


def test_a_sign_on_without_parameters_does_not_turn_the_year_back():
    async def scenario(bench):
        bench.parameters["year"] = 2026  # as fetched last year
        for now, year in (((2027, 3, 14, 15, 0, 0), 2027), ((2027, 12, 31, 23, 59, 0), 2027), (None, 2026)):
            dual.clock.set(now)
            await bench.sign_on()
            assert dual.clock.now() == (year, 3, 14, 15, 30, 0)
        dual.clock.set((2026, 12, 31, 23, 59, 59))
        bench.host.date = "0101"
        await bench.sign_on()
        assert dual.clock.now()[:3] == (2027, 1, 1)

    try:
        with_bench(scenario)
    finally:
        dual.clock.set((2026, 3, 14, 15, 9, 26))
