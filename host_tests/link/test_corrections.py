"""Voids, holds and completions on the line: each has its reversal, whatever is lost; the books agree afterwards."""

import sys

import dual

sys.path.insert(0, __file__.rpartition("/")[0])

import bench as stage
import model_host as model
from pos.domain import kinds, totals, transaction

FAULTS = (
    model.LOST,
    model.SILENT,
    model.LATE,
    model.GARBAGE,
    model.NOISE,
    model.TRUNCATED,
    model.WRONG_MAC,
    model.OTHER_TRACE,
    model.CLOSED,
    model.CLOSED_EARLY,
)


def correct(kind, original, amount_minor):
    return transaction.correct(kind, original, amount_minor, "01", dual.clock.now(), reason="01")


async def approved(bench, tx):
    outcome = await bench.exchange.authorise(tx)
    assert outcome["result"] == "approved", outcome
    return outcome["tx"]


async def sold(bench):
    return (await bench.sell(1000))["tx"]


async def held(bench):
    return await approved(bench, transaction.make("preauth", 1000, stage.CARD, "nfc", "01", dual.clock.now()))


async def completed(bench):
    return await approved(bench, correct("completion", await held(bench), 800))


# what is there first, its correction, amount; taken from the customer and held before and after it
CASES = (
    (sold, "void", 1000, (1000, 0), (0, 0)),
    (held, "preauth_void", 1000, (0, 1000), (0, 0)),
    (held, "completion", 800, (0, 1000), (800, 0)),
    (completed, "completion_void", 800, (800, 0), (0, 1000)),
)


def books(bench):
    taken, held_minor = bench.host.taken_minor(), sum(amount for _card, amount in bench.host.held.values())
    _count, debit, _count, credit = totals.sides(bench.state["totals"])
    assert debit - credit == taken, (bench.state["totals"], taken)
    return taken, held_minor


def test_each_takes_back_what_it_should():
    for first, kind, amount_minor, before, after in CASES:

        async def scenario(bench, first=first, kind=kind, amount_minor=amount_minor, before=before, after=after):
            await bench.sign_on()
            original = await first(bench)
            assert books(bench) == before, kind
            tx = await approved(bench, correct(kind, original, amount_minor))
            assert books(bench) == after, kind
            assert bench.state["last"]["original_trace"] == original["trace"] == tx["original_trace"]
            assert bench.state["last"]["type"] == kind and bench.state["slips"] == 0

        stage.with_bench(scenario)


def test_without_an_answer_it_is_undone_and_the_original_stands():
    for first, kind, amount_minor, before, _after in CASES:
        for fault in FAULTS:

            async def scenario(bench, first=first, kind=kind, amount_minor=amount_minor, before=before, fault=fault):
                await bench.sign_on()
                original = await first(bench)
                bench.host.script = [fault]
                outcome = await bench.exchange.authorise(correct(kind, original, amount_minor))
                assert outcome["result"] == "reversed", (kind, fault, outcome)
                assert books(bench) == before, (kind, fault)
                assert bench.state["pending"] is None
                undone = bench.requests("0400")[-1]
                assert undone[61][6:12] == undone[11] and undone[60][:2] == kinds.row(kind)[3]

            stage.with_bench(scenario)


def test_a_power_cut_before_the_answer_is_put_right_at_the_next_contact():
    for first, kind, amount_minor, before, _after in CASES:

        async def scenario(bench, first=first, kind=kind, amount_minor=amount_minor, before=before):
            await bench.sign_on()
            original = await first(bench)
            bench.host.script = [model.SILENT]
            bench.host.unreachable_after = 1
            outcome = await bench.exchange.authorise(correct(kind, original, amount_minor))
            assert outcome["result"] == "pending", kind
            bench.host.reachable = True
            bench.restart()
            assert bench.state["pending"]["type"] == kind
            assert await bench.exchange.resolve_pending()
            assert books(bench) == before, kind

        stage.with_bench(scenario)


def test_corrections_go_on_when_the_journal_is_full():
    async def scenario(bench):
        await bench.sign_on()
        tx = await sold(bench)
        assert (await bench.sell(5))["cause"] == "full"
        await approved(bench, correct("void", tx, 1000))

    stage.with_bench(scenario, journal_limit=1)


def test_nothing_new_begins_while_a_settlement_is_under_way():
    async def scenario(bench):
        await bench.sign_on()
        tx = await sold(bench)
        bench.journal.append({"kind": "settling", "stage": "compare", "result": 0, "uploaded": 0})
        assert (await bench.sell(5))["cause"] == "settling"
        assert (await bench.exchange.authorise(correct("void", tx, 1000)))["cause"] == "settling"
        assert (await bench.exchange.advise(correct("refund", tx, 10)))["cause"] == "settling"
        assert len(bench.requests("0200", "0220")) == 1

    stage.with_bench(scenario)
