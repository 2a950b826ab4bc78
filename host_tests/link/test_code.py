"""QR sales on the line: what has no answer is asked for, then cancelled for certain; a shown code is paid once."""

import asyncio
import sys

import dual

sys.path.insert(0, __file__.rpartition("/")[0])

import bench as stage
import model_host as model
from pos.domain import transaction

CODE = "9100000000000018"


def by_code(amount_minor=1000):
    return transaction.make("sale", amount_minor, "", "qr", "01", dual.clock.now(), qr=CODE)


def shown(amount_minor=1000):
    return transaction.make("sale", amount_minor, "", "shown", "01", dual.clock.now(), order="42")


async def signed_on(bench):
    bench.host.codes_paid[CODE] = stage.CARD
    await bench.sign_on()


def test_the_answer_says_whose_account_it_was():
    async def scenario(bench):
        await signed_on(bench)
        outcome = await bench.exchange.authorise(by_code())
        assert outcome["result"] == "approved" and outcome["tx"]["card"] == stage.CARD
        assert bench.state["totals"] == {"qr": [1, 1000]} and bench.host.taken_minor() == 1000
        assert 2 not in bench.requests("0200")[0]

    stage.with_bench(scenario)


def test_a_lost_answer_is_asked_for():
    for fault in (model.SILENT, model.CLOSED, model.GARBAGE, model.LATE, model.TRUNCATED):

        async def scenario(bench, fault=fault):
            await signed_on(bench)
            bench.host.script = [fault]
            outcome = await bench.exchange.authorise(by_code())
            assert outcome["result"] == "approved", fault
            assert bench.state["pending"] is None and bench.host.taken_minor() == 1000
            assert len(bench.requests("0600")) == 1 and bench.requests("0400") == []
            assert bench.state["last"]["rrn"] and bench.state["last"]["card"] == stage.CARD

        stage.with_bench(scenario)


def test_what_never_arrived_is_cancelled_at_once():
    async def scenario(bench):
        await signed_on(bench)
        bench.host.script = [model.LOST]
        outcome = await bench.exchange.authorise(by_code())
        assert outcome["result"] == "reversed" and bench.host.taken_minor() == 0
        assert len(bench.requests("0600")) == 1 and len(bench.requests("0400")) == 1

    stage.with_bench(scenario)


def test_questions_without_an_answer_end_and_it_is_cancelled():
    async def scenario(bench):
        await signed_on(bench)
        bench.host.script = [model.SILENT] * 7
        start_ms = dual.clock.ticks_ms()
        outcome = await bench.exchange.authorise(by_code())
        assert outcome["result"] == "reversed" and bench.host.taken_minor() == 0
        # The sale's own minute, then six questions of at most 10 s with 5 s between them: no customer stands for more.
        assert dual.clock.elapsed_ms(start_ms) < 160_000
        assert len(bench.requests("0600")) == 6

    stage.with_bench(scenario)


def test_nothing_is_left_open_when_the_host_is_gone():
    async def scenario(bench):
        await signed_on(bench)
        bench.host.script = [model.SILENT]
        bench.host.unreachable_after = 1
        assert (await bench.exchange.authorise(by_code()))["result"] == "pending"
        bench.restart()
        bench.host.reachable = True
        assert await bench.exchange.resolve_pending()
        assert bench.host.taken_minor() == 0 and bench.state["pending"] is None

    stage.with_bench(scenario)


async def offered(bench):
    await bench.sign_on()
    outcome = await bench.exchange.offer(shown())
    assert outcome["result"] == "offered", outcome
    assert bench.state["pending"]["trace"] == outcome["tx"]["trace"]
    return outcome["tx"]


def name(tx):
    return (tx["batch"], tx["trace"])


def test_a_shown_code_waits_until_it_is_paid():
    async def scenario(bench):
        tx = await offered(bench)
        for _ in range(3):
            assert (await bench.exchange.poll(tx))["result"] == "waiting"
            await asyncio.sleep_ms(5000)
        bench.host.codes_paid[name(tx)] = stage.CARD
        outcome = await bench.exchange.poll(tx)
        assert outcome["result"] == "approved" and outcome["tx"]["card"] == stage.CARD
        assert bench.state["pending"] is None and bench.state["totals"] == {"qr": [1, 1000]}
        assert bench.host.taken_minor() == 1000 and bench.state["last"]["order"] == "42"

    stage.with_bench(scenario)


def test_withdrawing_tells_for_certain():
    async def scenario(bench):
        tx = await offered(bench)
        assert (await bench.exchange.withdraw(tx))["result"] == "reversed"
        assert bench.state["pending"] is None and name(tx) in bench.host.reversed
        tx = (await bench.exchange.offer(shown()))["tx"]
        bench.host.codes_paid[name(tx)] = stage.CARD  # in the moment before CANCEL
        assert (await bench.exchange.withdraw(tx))["result"] == "approved"
        assert bench.host.taken_minor() == 1000

    stage.with_bench(scenario)


def test_a_question_without_an_answer_says_so_and_decides_nothing():
    async def scenario(bench):
        tx = await offered(bench)
        bench.host.script = [model.SILENT]
        assert (await bench.exchange.poll(tx))["result"] == "failed"
        assert bench.state["pending"]
        bench.host.reachable = False
        assert (await bench.exchange.withdraw(tx))["result"] == "pending"
        bench.host.reachable = True
        assert await bench.exchange.resolve_pending()
        assert bench.state["pending"] is None

    stage.with_bench(scenario)


def test_a_power_cut_while_a_code_is_shown_cancels_it():
    async def scenario(bench):
        tx = await offered(bench)
        bench.host.codes_paid[name(tx)] = stage.CARD
        bench.host.query({60: "22", 61: "%06d%06d0314" % name(tx), 4: "1000"}, {})  # paid, and nobody saw it
        assert bench.host.taken_minor() == 1000
        bench.restart()
        assert await bench.exchange.resolve_pending()
        assert bench.host.taken_minor() == 0 and bench.state["pending"] is None

    stage.with_bench(scenario)


def test_asking_takes_no_trace_number():
    async def scenario(bench):
        tx = await offered(bench)
        for _ in range(5):
            await bench.exchange.poll(tx)
        await bench.exchange.withdraw(tx)
        assert (await bench.sell(5))["tx"]["trace"] == tx["trace"] + 1

    stage.with_bench(scenario)
