"""Sales without the host: durable before they are approved, sent in order, exactly once, within their limits."""

import sys

import dual

sys.path.insert(0, __file__.rpartition("/")[0])

import bench as stage
import model_host as model
import power_cut
from pos.domain import offline, totals, transaction
from pos.journal import history
from pos.journal.errors import JournalError

ALLOWED = {"services": "sale,nfc,void,refund,offline", "offline_floor_minor": 5000, "offline_sum_minor": 1000000}


def with_bench(scenario, **changes):
    changes = dict(ALLOWED, **changes)
    stage.with_bench(scenario, **changes)


async def cut_off(bench):
    """Signed on, and then the host is gone."""
    dual.clock.set((2026, 3, 14, 15, 30, 0))
    await bench.sign_on()
    bench.channel.close()
    bench.host.reachable = False


def offline_sale(amount_minor=1000, card=stage.CARD):
    return transaction.make("offline", amount_minor, card, "nfc", "01", dual.clock.now())


async def sell(bench, amount_minor=1000):
    return await bench.exchange.run("offline", "sell", offline_sale(amount_minor))


async def sold(bench, *amounts):
    """Trace numbers of approved ones."""
    traces = []
    for amount_minor in amounts:
        outcome = await sell(bench, amount_minor)
        assert outcome["result"] == "approved", outcome
        traces.append(outcome["tx"]["trace"])
    return traces


async def back(bench):
    bench.host.reachable = True
    return await bench.exchange.resolve_pending()


async def reach(bench):
    """The host is there again and a key with it; nothing of what waits has been sent yet."""
    bench.host.reachable = True
    await bench.sign_on()


def sent(bench):
    """Trace numbers of the advices that reached the host, in their order."""
    return [int(request[11]) for request in bench.requests("0220")]


def test_it_is_durable_when_it_is_approved_and_not_yet_counted():
    async def scenario(bench):
        await cut_off(bench)
        traces = await sold(bench, 1000, 250)
        bench.restart()
        state = bench.state
        assert state["offline"] == traces and state["offline_minor"] == 1250
        assert state["offline_since"] == "20260314153000"
        assert state["last"]["state"] == "waiting" and state["slips"] == 0
        assert state["totals"] == {} and bench.requests("0220") == []
        found = history.find(bench.journal, traces[0])
        assert (found["state"], found["amount_minor"]) == ("waiting", 1000)
        assert [tx["state"] for tx in history.newest_first(bench.journal)] == ["waiting", "waiting"]

    with_bench(scenario)


def test_it_goes_to_the_host_in_order_and_once():
    async def scenario(bench):
        await cut_off(bench)
        traces = await sold(bench, 1000, 250, 30)
        assert not await bench.exchange.resolve_pending()
        assert await back(bench)
        assert sent(bench) == traces
        bench.sums_agree()
        state = bench.state
        assert state["totals"] == {"offline": [3, 1280]} and state["count"] == 3
        assert (state["offline"], state["offline_minor"], state["offline_since"]) == ([], 0, "")
        assert state["untold"] == []
        assert await bench.exchange.resolve_pending() and len(sent(bench)) == 3
        assert bench.requests("0400") == []

    with_bench(scenario)


def test_the_wire_tells_when_it_was_made_and_that_stays_its_time():
    async def scenario(bench):
        await cut_off(bench)
        traces = await sold(bench, 1000)
        dual.clock.set((2026, 3, 16, 9, 0, 0))
        assert await back(bench)
        request = bench.requests("0220")[0]
        assert (request[3], request[25], request[60]) == ("000000", "00", "30000007000")
        assert (request[12], request[13], request[2], request[22]) == ("153000", "0314", stage.CARD, "072")
        assert 37 not in request and 61 not in request
        tx = history.find(bench.journal, traces[0])
        assert (tx["date"], tx["time"], tx["state"]) == ("20260314", "153000", "approved")
        assert tx["rrn"] and bench.state["last"]["rrn"] == tx["rrn"]

    with_bench(scenario)


def test_it_goes_before_the_next_transaction_and_behind_a_reversal():
    async def scenario(bench):
        await cut_off(bench)
        bench.host.reachable = True
        bench.host.script = [model.SILENT]
        bench.host.unreachable_after = 1
        assert (await bench.sell(7))["result"] == "pending"
        pending = bench.state["pending"]["trace"]
        traces = await sold(bench, 1000)
        assert traces[0] != pending and bench.state["pending"]["trace"] == pending
        bench.host.reachable = True
        assert (await bench.sell(20))["result"] == "approved"
        kinds = [request[0] for request in bench.host.requests if request[0] != "0800"]
        assert kinds == ["0200", "0400", "0220", "0200"], kinds
        assert bench.host.taken_minor() == 1020
        bench.sums_agree()

    with_bench(scenario)


def test_an_answer_that_is_lost_is_asked_for_again_under_the_same_number():
    for fault in (model.SILENT, model.LOST, model.CLOSED, model.GARBAGE, model.WRONG_MAC, model.CLOSED_EARLY):

        async def scenario(bench, fault=fault):
            await cut_off(bench)
            traces = await sold(bench, 1000, 250)
            await reach(bench)
            bench.host.script = [fault]
            assert not await bench.exchange.resolve_pending(), fault
            assert bench.state["offline"] == traces
            assert await bench.exchange.resolve_pending()
            assert [trace for trace in sent(bench) if trace == traces[1]] == [traces[1]]
            assert set(sent(bench)) == set(traces)
            bench.sums_agree()
            assert bench.host.taken_minor() == 1250

        with_bench(scenario)


def test_the_age_is_that_of_the_oldest_that_still_waits():
    async def scenario(bench):
        await cut_off(bench)
        await sold(bench, 1000)
        dual.clock.set((2026, 3, 14, 18, 0, 0))
        await sold(bench, 250)
        await reach(bench)
        bench.host.script = [model.OK, model.SILENT]
        assert not await bench.exchange.resolve_pending()
        assert bench.state["offline_since"] == "20260314180000" and bench.state["offline_minor"] == 250
        bench.restart()
        assert bench.state["offline_since"] == "20260314180000"

    with_bench(scenario)


def test_a_decline_moves_no_money_and_is_to_be_told():
    async def scenario(bench):
        await cut_off(bench)
        traces = await sold(bench, 1000, 250)
        bench.host.codes = ["51"]
        assert await back(bench)
        assert bench.state["untold"] == traces[:1] and bench.state["totals"] == {"offline": [1, 250]}
        assert bench.host.taken_minor() == 250
        tx = history.find(bench.journal, traces[0])
        assert (tx["state"], tx["code"]) == ("declined", "51")
        bench.restart()
        assert bench.state["untold"] == traces[:1] and bench.state["offline"] == []

    with_bench(scenario)


def test_the_slip_of_one_that_was_declined_before_it_was_printed_is_not_made_up_for():
    async def scenario(bench):
        await cut_off(bench)
        await sold(bench, 1000)
        assert bench.journal.unprinted()
        bench.host.codes = ["51"]
        assert await back(bench)
        assert bench.journal.unprinted() is None and bench.state["last"]["state"] == "declined"

    with_bench(scenario)


def test_what_is_no_judgement_is_no_answer():
    for code in ("90", "91", "92", "96", "97"):

        async def scenario(bench, code=code):
            await cut_off(bench)
            traces = await sold(bench, 1000)
            bench.host.codes = [code]
            assert not await back(bench), code
            assert bench.state["offline"] == traces and bench.state["untold"] == []
            assert await back(bench)
            bench.sums_agree()
            assert bench.host.taken_minor() == 1000

        with_bench(scenario)


def test_94_means_that_the_host_has_it():
    async def scenario(bench):
        await cut_off(bench)
        await sold(bench, 1000)
        bench.host.codes = ["94"]
        assert await back(bench)
        assert bench.state["totals"] == {"offline": [1, 1000]} and bench.state["untold"] == []

    with_bench(scenario)


def test_a_batch_that_is_over_at_the_host_has_it_in_the_next():
    async def scenario(bench):
        await cut_off(bench)
        traces = await sold(bench, 1000, 250)
        bench.host.batch = 8
        bench.restart()
        assert await back(bench)
        assert bench.state["batch"] == 8 and bench.state["totals"] == {"offline": [2, 1250]}
        assert sorted(bench.host.charged) == [(8, trace) for trace in traces]
        bench.sums_agree()
        assert history.find(bench.journal, traces[0], 8)["state"] == "approved"

    with_bench(scenario)


def test_one_whose_answer_was_lost_in_a_batch_that_is_over_is_not_sold_again():
    async def scenario(bench):
        await cut_off(bench)
        await sold(bench, 1000)
        await reach(bench)
        bench.host.script = [model.SILENT]
        assert not await bench.exchange.resolve_pending()
        bench.host.batch = 8
        bench.restart()
        assert await bench.exchange.resolve_pending()
        assert bench.host.taken_minor() == 1000 and len(bench.host.charged) == 1
        assert bench.state["totals"] == {} and bench.state["offline"] == []  # of a batch that the host has closed

    with_bench(scenario)


def test_forty_wait_and_no_more_whatever_the_host_allows():
    async def scenario(bench):
        await cut_off(bench)
        bench.parameters["offline_count"] = 99
        traces = await sold(bench, *[100 + at for at in range(offline.COUNT_MAX)])
        outcome = await sell(bench, 100)
        assert (outcome["result"], outcome["cause"]) == ("not_sent", "count")
        bench.restart()
        assert bench.state["offline"] == traces
        assert await back(bench)
        assert sent(bench) == traces
        bench.sums_agree()

    with_bench(scenario)


def test_declined_ones_that_nobody_has_read_of_take_up_room_too():
    async def scenario(bench):
        await cut_off(bench)
        bench.parameters["offline_count"] = offline.COUNT_MAX
        traces = await sold(bench, *([100] * offline.COUNT_MAX))
        bench.host.codes = ["62"] * offline.COUNT_MAX
        assert await back(bench)
        assert bench.state["untold"] == traces
        bench.channel.close()
        bench.host.reachable = False
        assert (await sell(bench))["cause"] == "count"
        bench.journal.append({"kind": "told", "trace": traces[0]})
        assert (await sell(bench))["result"] == "approved"
        bench.restart()
        assert bench.state["untold"] == traces[1:]

    with_bench(scenario)


def test_limits():
    async def scenario(bench):
        await cut_off(bench)
        parameters = bench.parameters
        assert (await sell(bench, 5001))["cause"] == "amount"
        parameters["offline_sum_minor"] = 1500
        await sold(bench, 1000)
        assert (await sell(bench, 501))["cause"] == "sum"
        await sold(bench, 500)
        parameters["offline_sum_minor"] = 100000
        parameters["offline_count"] = 2
        assert (await sell(bench))["cause"] == "count"
        parameters["offline_count"] = 20
        dual.clock.set((2026, 3, 15, 15, 29, 59))
        await sold(bench, 1)
        dual.clock.set((2026, 3, 15, 15, 30, 0))
        assert (await sell(bench))["cause"] == "age"
        parameters["offline_hours"] = 25
        await sold(bench, 2)
        parameters["journal_limit"] = 4
        assert (await sell(bench))["cause"] == "full"
        parameters["journal_limit"] = 500
        bench.journal.append({"kind": "settling", "stage": "compare", "result": 0, "uploaded": 0})
        assert (await sell(bench))["cause"] == "settling"

    with_bench(scenario)


def test_without_a_batch_or_a_time_nothing_is_sold():
    async def scenario(bench):
        bench.host.reachable = False
        dual.clock.set((2026, 3, 14, 15, 30, 0))
        assert (await sell(bench))["cause"] == "new"
        bench.host.reachable = True
        await cut_off(bench)
        now, bench.exchange.clock = dual.clock, NoClock()
        assert (await sell(bench))["cause"] == "clock"
        bench.exchange.clock = now

    with_bench(scenario)


class NoClock:
    def now(self):
        return None


def test_a_terminal_that_is_blocked_sells_nothing():
    async def scenario(bench):
        await cut_off(bench)
        bench.host.reachable = True
        bench.host.script = [model.SILENT]
        bench.host.unreachable_after = 1
        await bench.sell(7)
        for at in range(3):
            bench.journal.append(
                {"kind": "attempt", "trace": bench.state["pending"]["trace"], "attempts": at + 1, "reason": "98"}
            )
        assert (await sell(bench))["cause"] == "blocked"

    with_bench(scenario)


def test_the_default_is_not_to_sell():
    async def scenario(bench):
        await cut_off(bench)
        bench.parameters["offline_floor_minor"] = 0
        assert (await sell(bench, 1))["cause"] == "off"
        bench.parameters["offline_floor_minor"] = 100
        bench.parameters["services"] = "sale"
        assert (await sell(bench, 1))["cause"] == "off"

    with_bench(scenario)


def test_a_record_that_damage_took_is_in_doubt_and_holds_up_nobody():
    async def scenario(bench):
        await cut_off(bench)
        traces = await sold(bench, 1000, 250)
        bench.journal.closed = True
        bench.journal.append({"kind": "audit", "what": "x"})
        power_cut.damage(bench.folder, b'"amount_minor": 1000')
        bench.restart()
        assert await back(bench)
        assert sent(bench) == traces[1:] and bench.state["doubt"] == traces[:1] == bench.state["untold"]
        assert bench.state["offline_minor"] == 0
        bench.sums_agree()

    with_bench(scenario)


def test_a_flash_that_fails_sells_nothing_unless_it_was_kept():
    async def scenario(bench):
        await cut_off(bench)
        append = bench.journal.append

        def fails(*records):
            raise JournalError("no")

        def keeps_and_fails(*records):
            append(*records)
            raise JournalError("no")

        bench.journal.append = fails
        outcome = await sell(bench)
        assert (outcome["result"], outcome["cause"]) == ("not_sent", "storage")
        bench.journal.append = keeps_and_fails
        assert (await sell(bench))["result"] == "approved"
        bench.journal.append = append
        bench.restart()
        assert len(bench.state["offline"]) == 1

    with_bench(scenario)


def test_a_refund_and_an_offline_sale_go_in_the_order_of_their_numbers():
    async def scenario(bench):
        await cut_off(bench)
        await reach(bench)
        sale = (await bench.sell(600))["tx"]
        bench.host.unreachable_after = 1
        bench.host.script = [model.SILENT]
        tx = transaction.correct("refund", sale, 100, "01", dual.clock.now(), reason="07")
        refund = (await bench.exchange.advise(tx))["tx"]["trace"]
        later = (await sold(bench, 250))[0]
        assert (bench.state["advices"], bench.state["offline"]) == ([refund], [later])
        assert await back(bench)
        assert sent(bench) == [refund, refund, later]
        assert totals.sides(bench.state["totals"]) == (2, 850, 1, 100)

    with_bench(scenario)


def test_numbers_that_wrap_keep_their_order():
    async def scenario(bench):
        await cut_off(bench)
        bench.journal.append({"kind": "trace", "trace": 400000})
        bench.journal.append({"kind": "trace", "trace": 800000})
        bench.journal.append({"kind": "trace", "trace": 999997})
        traces = await sold(bench, 10, 20, 30, 40)
        assert traces == [999998, 999999, 1, 2]
        assert await back(bench)
        assert sent(bench) == traces

    with_bench(scenario)


def test_signing_on_again_while_it_waits_sends_nothing_twice():
    async def scenario(bench):
        await cut_off(bench)
        traces = await sold(bench, 1000, 20)
        bench.host.reachable = True
        bench.exchange.working_key = None
        await bench.sign_on()
        bench.host.codes = ["A0"]
        assert (await bench.sell(5))["result"] == "approved"
        assert sent(bench) == [traces[0], traces[0], traces[1]]
        bench.sums_agree()
        assert bench.host.taken_minor() == 1025

    with_bench(scenario)
