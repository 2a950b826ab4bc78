"""Refunds: durable before they are sent, sent until they are answered, never twice in the books."""

import sys

import dual

sys.path.insert(0, __file__.rpartition("/")[0])

import bench as stage
import model_host as model
import power_cut
from pos.domain import totals, transaction
from pos.journal import files
from pos.journal.journal import path
from pos.journal.state import ADVICES_MAX


async def sold(bench, amount_minor=1000):
    await bench.sign_on()
    outcome = await bench.sell(amount_minor)
    assert outcome["result"] == "approved"
    return outcome["tx"]


def refund_of(sale, amount_minor):
    tx = transaction.correct("refund", sale, amount_minor, "01", dual.clock.now(), reason="07")
    tx["card"] = sale["card"]
    return tx


def balance(bench):
    return bench.host.accounts[stage.CARD]


def test_a_refund_is_paid_once_and_counted():
    async def scenario(bench):
        sale = await sold(bench)
        outcome = await bench.exchange.advise(refund_of(sale, 400))
        assert outcome["result"] == "approved" and balance(bench) == 100000 - 600
        assert bench.state["totals"] == {"sale": [1, 1000], "refund": [1, 400]}
        assert bench.state["advices"] == [] and bench.state["untold"] == []
        assert bench.state["last"]["type"] == "refund" and bench.state["slips"] == 0
        sent = bench.requests("0220")[0]
        assert sent[37] == sale["rrn"] and sent[61] == "000007{:06d}".format(sale["trace"]) + sale["date"][4:]

    stage.with_bench(scenario)


def test_what_goes_beyond_the_original_is_declined():
    async def scenario(bench):
        sale = await sold(bench)
        assert (await bench.exchange.advise(refund_of(sale, 600)))["result"] == "approved"
        outcome = await bench.exchange.advise(refund_of(sale, 500))
        assert outcome["result"] == "declined" and outcome["code"] == "61"
        assert balance(bench) == 100000 - 400 and bench.state["advices"] == []
        assert bench.state["totals"]["refund"] == [1, 600]

    stage.with_bench(scenario)


def test_without_an_answer_it_waits_and_goes_before_the_next_transaction():
    for fault in (model.SILENT, model.LOST, model.CLOSED, model.GARBAGE, model.WRONG_MAC, model.CLOSED_EARLY):

        async def scenario(bench, fault=fault):
            sale = await sold(bench)
            bench.host.script = [fault]
            outcome = await bench.exchange.advise(refund_of(sale, 400))
            assert outcome["result"] == "pending", fault
            assert bench.state["advices"] == [outcome["tx"]["trace"]] and bench.state["pending"] is None
            assert (await bench.sell(7))["result"] == "approved"
            assert bench.state["advices"] == [] and bench.state["untold"] == [outcome["tx"]["trace"]]
            kinds = [request[0] for request in bench.host.requests if request[0] in ("0200", "0220", "0400")]
            assert kinds[-1] == "0200" and kinds[-2] == "0220", kinds
            assert balance(bench) == 100000 - 607
            assert len({request[11] for request in bench.requests("0220")}) == 1
            assert totals.sides(bench.state["totals"]) == (2, 1007, 1, 400)

        stage.with_bench(scenario)


def test_a_power_cut_keeps_it_and_the_start_sends_it():
    async def scenario(bench):
        sale = await sold(bench)
        bench.host.script = [model.SILENT]
        trace = (await bench.exchange.advise(refund_of(sale, 400)))["tx"]["trace"]
        bench.restart()
        assert bench.state["advices"] == [trace]
        assert await bench.exchange.resolve_pending()
        assert not bench.exchange.signed_on  # the key was fetched for this alone
        assert bench.state["advices"] == [] and balance(bench) == 100000 - 600
        bench.restart()
        assert bench.state["untold"] == [trace]
        bench.journal.append({"kind": "told", "trace": trace})
        bench.restart()
        assert bench.state["untold"] == []

    stage.with_bench(scenario)


def test_nothing_waits_when_the_host_cannot_be_reached():
    async def scenario(bench):
        sale = await sold(bench)
        bench.channel.close()
        bench.host.reachable = False
        outcome = await bench.exchange.advise(refund_of(sale, 400))
        assert outcome["result"] == "not_sent" and bench.state["advices"] == []

    stage.with_bench(scenario)


def test_a_lost_key_is_fetched_and_it_goes_out_under_its_number():
    async def scenario(bench):
        sale = await sold(bench)
        bench.host.codes = ["A0"]
        assert (await bench.exchange.advise(refund_of(sale, 400)))["result"] == "approved"
        bench.host.script = [model.NO_KEY]  # its answer cannot be believed
        assert (await bench.exchange.advise(refund_of(sale, 400)))["result"] == "pending"
        assert await bench.exchange.resolve_pending()
        assert balance(bench) == 100000 - 200 and bench.state["advices"] == []
        assert len({request[11] for request in bench.requests("0220")}) == 2

    stage.with_bench(scenario)


def test_the_key_that_it_needs_is_that_of_whoever_is_signed_on():
    async def scenario(bench):
        sale = await sold(bench)
        tx = refund_of(sale, 400)
        tx["operator"] = "02"
        bench.host.script = [model.NO_KEY]  # its answer cannot be believed
        assert (await bench.exchange.advise(tx))["result"] == "pending"
        assert await bench.exchange.resolve_pending() and bench.exchange.operator == "01"

    stage.with_bench(scenario)


def test_the_queue_has_a_limit():
    async def scenario(bench):
        sale = await sold(bench)
        bench.host.script = [model.SILENT] * (2 * ADVICES_MAX)
        for trace in range(ADVICES_MAX):
            # Straight into the journal: the exchange would wait for each answer before it takes the next.
            tx = refund_of(sale, 10)
            tx["trace"], tx["batch"] = sale["trace"] + 1 + trace, sale["batch"]
            bench.journal.append({"kind": "advice", "tx": tx})
        outcome = await bench.exchange.advise(refund_of(sale, 10))
        assert outcome["result"] == "not_sent" and outcome["cause"] == "advices"
        bench.host.script = []
        assert await bench.exchange.resolve_pending()
        assert bench.state["totals"]["refund"] == [ADVICES_MAX, 10 * ADVICES_MAX]

    stage.with_bench(scenario)


def test_the_reversal_goes_before_the_refund():
    async def scenario(bench):
        sale = await sold(bench)
        bench.host.script = [model.SILENT]
        await bench.exchange.advise(refund_of(sale, 400))
        bench.host.script = [model.OK, model.SILENT, model.SILENT]  # the refund is answered, then the sale is not
        assert (await bench.sell(50))["result"] == "pending"
        # Straight into the journal: the exchange would try the reversal before it takes a refund.
        tx = refund_of(sale, 100)
        tx["trace"], tx["batch"] = bench.journal.free_trace(), sale["batch"]
        bench.journal.append({"kind": "advice", "tx": tx})
        bench.host.script = []
        sent = len(bench.host.requests)
        assert await bench.exchange.resolve_pending()
        assert [request[0] for request in bench.host.requests[sent:]] == ["0400", "0220"]
        assert bench.state["pending"] is None and bench.state["advices"] == [] and balance(bench) == 100000 - 500

    stage.with_bench(scenario)


def test_a_repeat_that_the_host_calls_known_is_paid_and_counted_once():
    async def scenario(bench):
        sale = await sold(bench)
        bench.host.script = [model.SILENT]
        assert (await bench.exchange.advise(refund_of(sale, 400)))["result"] == "pending"
        bench.host.changes = [(39, "94")]
        assert await bench.exchange.resolve_pending()
        assert bench.state["advices"] == [] and balance(bench) == 100000 - 600
        assert bench.state["totals"] == {"sale": [1, 1000], "refund": [1, 400]}

    stage.with_bench(scenario)


def test_one_that_was_written_though_the_flash_said_no_is_not_told_as_never_sent():
    async def scenario(bench):
        sale = await sold(bench)
        put = files._put

        def fails_afterwards(name, mode, data):
            put(name, mode, data)
            files._put = put
            raise OSError(5)

        files._put = fails_afterwards
        outcome = await bench.exchange.advise(refund_of(sale, 400))
        assert outcome["result"] == "pending" and outcome["cause"] == "storage", outcome
        assert bench.state["advices"] == [outcome["tx"]["trace"]] and balance(bench) == 99000
        assert await bench.exchange.resolve_pending() and balance(bench) == 99400

    stage.with_bench(scenario)


def test_one_that_was_written_where_nothing_can_be_read_is_not_told_as_never_sent():
    async def scenario(bench):
        sale = await sold(bench)
        put, first_line = files._put, files.first_line

        def unreadable(_path):
            raise OSError(5)

        def fails_afterwards(name, mode, data):
            put(name, mode, data)
            files.first_line = unreadable
            raise OSError(5)

        files._put = fails_afterwards
        try:
            outcome = await bench.exchange.advise(refund_of(sale, 400))
        finally:
            files._put, files.first_line = put, first_line
        assert outcome["result"] == "pending" and outcome["cause"] == "storage", outcome
        assert bench.journal.recover()["problem"] == "" and len(bench.state["advices"]) == 1
        assert await bench.exchange.resolve_pending() and balance(bench) == 99400

    stage.with_bench(scenario)


def test_one_whose_record_is_damaged_does_not_keep_the_terminal_from_selling():
    async def scenario(bench):
        sale = await sold(bench)
        bench.host.script = [model.SILENT]
        trace = (await bench.exchange.advise(refund_of(sale, 400)))["tx"]["trace"]
        state = dict(bench.state)
        bench.journal.closed = True  # the snapshot of the next segment knows of it
        bench.journal.append({"kind": "audit", "what": "log_in"})
        power_cut.damage(bench.folder, b'"advice"')
        bench.restart()
        assert bench.state["advices"] == state["advices"] == [trace]
        await bench.sign_on()
        assert (await bench.sell(7))["result"] == "approved"
        assert bench.state["advices"] == [] and bench.state["untold"] == [trace] and bench.state["doubt"] == [trace]

    stage.with_bench(scenario)


def test_the_newest_records_alone_are_read_to_send_it():
    async def scenario(bench):
        sale = await sold(bench)
        for _ in range(20):
            await bench.sell(7)
        bench.host.script = [model.SILENT]
        outcome = await bench.exchange.advise(refund_of(sale, 300))
        assert outcome["result"] == "pending" and len(bench.journal.segments) > 2
        files.remove(path(bench.folder, bench.journal.segments[0]))  # whoever looked there would fail
        assert await bench.exchange.resolve_pending()
        assert bench.state["advices"] == [] and bench.state["doubt"] == []

    stage.with_bench(scenario)


def test_one_of_a_batch_that_the_host_closed_on_its_own_is_not_counted_in_the_next():
    async def scenario(bench):
        sale = await sold(bench)
        bench.host.script = [model.SILENT]
        trace = (await bench.exchange.advise(refund_of(sale, 400)))["tx"]["trace"]
        bench.host.batch = 8
        plain = bench.host.answer

        def answer(request, message):
            first = bench.host.answers.get((request[60][2:8], request[11], request[0]))
            return first[1] if first else plain(request, message)

        bench.host.answer = answer
        bench.channel.close()
        await bench.sign_on()
        assert await bench.exchange.resolve_pending()
        assert bench.state["batch"] == 8 and bench.state["totals"] == {} and bench.state["count"] == 0
        bench.restart()
        assert bench.state["totals"] == {} and bench.state["untold"] == [trace] and bench.state["slips"] == 0

    stage.with_bench(scenario)
