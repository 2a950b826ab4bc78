"""Settlement: equal, different, with every answer lost at every step, with a host that is out of order."""

import sys

import dual

sys.path.insert(0, __file__.rpartition("/")[0])

import model_host as model
import power_cut
from bench import with_bench
from pos.domain import totals, transaction

SLOW = True


def nothing(*_what):
    """A screen that nobody looks at."""


async def settle(bench, begin=True, show=nothing):
    return await bench.exchange.run("settlement", "settle", "01", show, begin)


async def correct(bench, kind, original, amount_minor=None):
    amount_minor = original["amount_minor"] if amount_minor is None else amount_minor
    tx = transaction.correct(kind, original, amount_minor, "01", dual.clock.now(), reason="01")
    return await (bench.exchange.advise(tx) if kind == "refund" else bench.exchange.authorise(tx))


async def trade(bench, sales):
    """`sales` sales; every fifth is voided, every seventh partly refunded, every ninth declined before."""
    for at in range(sales):
        if at % 9 == 8:
            await bench.sell(50_000_000)
        result = await bench.sell(100 + at)
        assert result["result"] == "approved", result
        if at % 5 == 4:
            assert (await correct(bench, "void", result["tx"]))["result"] == "approved"
        elif at % 7 == 6:
            assert (await correct(bench, "refund", result["tx"], 10))["result"] == "approved"


def counted(bench):
    sides = totals.sides(bench.state["totals"])
    return sides[0] + sides[2]


def lose_one(bench):
    """The terminal has a sale that the host has not."""
    name = min(bench.host.charged)
    del bench.host.charged[name]


def settled(bench, batch=7):
    """The books after a settlement of this batch: closed at the host, kept here, and the next one has begun."""
    assert bench.state["settling"] is None
    assert bench.state["settled"]["batch"] == batch
    assert bench.state["batch"] == bench.host.batch == batch + 1
    assert bench.state["totals"] == {} and bench.state["count"] == 0
    assert list(bench.host.settlement.closed) == [batch]


def test_equal_totals_close_the_batch():
    async def scenario(bench):
        await bench.sign_on()
        await trade(bench, 12)
        before = dict(bench.state["totals"])
        trace = bench.journal.highest_trace()
        seen = []
        result = await settle(bench, show=lambda *what: seen.append(what))
        assert result["result"] == "approved", result
        settled(bench)
        kept = bench.state["settled"]
        assert kept["totals"] == before and kept["result"] == 1 and kept["slips"] == 0
        assert (kept["date"], kept["time"]) == ("20260314", "220000")
        sold, given = totals.sides(before)[1], totals.sides(before)[3]
        assert kept["net_minor"] == sold - given - sold * 6 // 1000
        assert kept["fees"][0] == ["sale", before["sale"][0], sold, sold * 6 // 1000]
        assert [request[60] for request in bench.requests("0500", "0320")] == ["00000007201", "00000007207"]
        assert {request[11] for request in bench.requests("0500", "0320")} == {"%06d" % trace}
        assert bench.journal.highest_trace() == trace, "settlement takes no number"
        assert [stage for stage, _done, _total in seen] == ["compare", "end"]
        assert (await bench.sell(5))["tx"]["batch"] == 8

    with_bench(scenario)


def test_sixty_mixed_transactions_settle_equal():
    async def scenario(bench):
        await bench.sign_on()
        await trade(bench, 46)
        assert counted(bench) >= 60, bench.state["totals"]
        assert (await settle(bench))["result"] == "approved"
        settled(bench)
        assert bench.host.settlement.messages == []

    with_bench(scenario)


def test_different_totals_are_uploaded_eight_at_a_time():
    async def scenario(bench):
        await bench.sign_on()
        await trade(bench, 20)
        lose_one(bench)
        many = counted(bench)
        approved = [r for r in bench.journal.scan() if r["kind"] == "result" and r["state"] == "approved"]
        seen = []
        result = await settle(bench, show=lambda *what: seen.append(what))
        assert result["result"] == "approved", result
        settled(bench)
        assert bench.state["settled"]["result"] == 2
        books = bench.host.settlement
        assert [len(traces) for traces in books.messages] == [8] * (many // 8) + ([many % 8] if many % 8 else [])
        kinds = {"sale": "22", "void": "23", "refund": "25"}
        assert books.uploaded[7] == {
            (kinds[r["type"]], r["trace"]): ("0000" + r["card"], r["amount_minor"]) for r in approved
        }
        assert [r[60][8:] for r in bench.requests("0320")][-1] == "202"
        assert bench.requests("0320")[-1][48] == "%04d" % many
        assert ("upload", 8, many) in seen and ("upload", 16, many) in seen

    with_bench(scenario)


def test_the_end_counts_what_was_uploaded_where_a_record_is_lost():
    async def scenario(bench):
        await bench.sign_on()
        await trade(bench, 3)
        bench.state["totals"]["sale"] = [4, 999]  # as after damage: counted, and no longer to be read
        assert (await settle(bench))["result"] == "approved"
        assert bench.requests("0320")[-1][48] == "0003"
        settled(bench)

    with_bench(scenario)


def test_the_answer_to_another_message_of_the_settlement_is_none():
    """Type and number are the same for upload and end: a second answer to the one must not close the batch."""

    async def scenario(bench):
        await bench.sign_on()
        await trade(bench, 3)
        bench.host.changes = [(39, "00"), (60, "00000007201")]
        assert (await settle(bench))["result"] == "approved"
        settled(bench)
        assert [r[60][8:] for r in bench.requests("0320")] == ["207", "207"], "passed over, and asked again"

    with_bench(scenario)


def test_code_95_means_different():
    async def scenario(bench):
        await bench.sign_on()
        await trade(bench, 3)
        lose_one(bench)
        bench.host.changes = [(39, "95")]
        assert (await settle(bench))["result"] == "approved"
        assert bench.state["settled"]["result"] == 2
        settled(bench)

    with_bench(scenario)


def test_what_is_pending_goes_first():
    async def scenario(bench):
        await bench.sign_on()
        sale = await bench.sell(1000)
        bench.host.script = [model.SILENT, model.LOST]
        assert (await bench.sell(500))["result"] == "pending"
        bench.host.script = [model.OK, model.LOST]
        assert (await correct(bench, "refund", sale["tx"], 10))["result"] == "pending"
        bench.host.script = []
        assert (await settle(bench))["result"] == "approved"
        kinds = [request[0] for request in bench.host.requests]
        assert kinds[-3:] == ["0220", "0500", "0320"] and "0400" in kinds
        settled(bench)
        assert bench.state["settled"]["totals"] == {"sale": [1, 1000], "refund": [1, 10]}

    with_bench(scenario)


def test_nothing_begins_while_something_is_pending():
    async def scenario(bench):
        await bench.sign_on()
        await bench.sell(1000)
        bench.host.script = [model.SILENT] + [model.LOST] * 5
        assert (await bench.sell(500))["result"] == "pending"
        result = await settle(bench)
        assert (result["result"], result["cause"]) == ("not_sent", "pending")
        assert bench.state["settling"] is None and bench.requests("0500") == []

    with_bench(scenario)


def test_nothing_is_sold_while_settling():
    async def scenario(bench):
        await bench.sign_on()
        await trade(bench, 2)
        bench.host.script = [model.LOST, model.LOST]
        result = await settle(bench)
        assert (result["result"], result["cause"]) == ("failed", "timeout")
        assert bench.state["settling"]["stage"] == "compare"
        result = await bench.sell(500)
        assert (result["result"], result["cause"]) == ("not_sent", "settling")
        offered = transaction.make("sale", 500, "", "shown", "01", dual.clock.now())
        assert (await bench.exchange.offer(offered))["cause"] == "settling"
        assert (await settle(bench))["result"] == "approved"
        settled(bench)
        assert (await bench.sell(500))["result"] == "approved"

    with_bench(scenario)


FAULTS = (
    model.LOST,
    model.SILENT,
    model.LATE,
    model.GARBAGE,
    model.TRUNCATED,
    model.CLOSED,
    model.WRONG_MAC,
    model.NO_KEY,
)


def test_every_fault_at_every_message_once_and_for_good():
    """One lost answer is asked for again at once; more of them, and the next try goes on where it stood."""
    for equal in (True, False):
        for fault in FAULTS:
            for at in range(6):
                for times in (1, 3):
                    run_with_fault(equal, fault, at, times)


def run_with_fault(equal, fault, at, times):
    what = (equal, fault, at, times)

    async def scenario(bench):
        await bench.sign_on()
        await trade(bench, 20)
        if not equal:
            lose_one(bench)
        bench.host.script = [model.OK] * at + [fault] * times
        for _ in range(5):
            result = await settle(bench)
            if result["result"] == "approved":
                break
            assert bench.state["settling"], what
            if not bench.exchange.signed_on:
                await bench.exchange.sign_on("01")
        assert result["result"] == "approved", (what, result)
        settled(bench)
        assert bench.state["settled"]["result"] == (1 if equal else 2), what
        if not equal:
            sent = [trace for traces in bench.host.settlement.messages for trace in traces]
            assert len(set(sent)) == len(bench.host.settlement.uploaded[7]), what

    with_bench(scenario)


def test_the_upload_goes_on_where_it_stood():
    async def scenario(bench):
        await bench.sign_on()
        await trade(bench, 20)
        lose_one(bench)
        bench.host.script = [model.OK, model.OK, model.OK, model.LOST, model.LOST]
        assert (await settle(bench))["result"] == "failed"
        assert bench.state["settling"] == {"stage": "upload", "result": 2, "uploaded": 16}
        bench.restart()
        assert bench.state["settling"]["uploaded"] == 16
        assert (await settle(bench, begin=False))["result"] == "approved"
        traces = [trace for message in bench.host.settlement.messages for trace in message]
        assert len(traces) == len(set(traces)), "nothing twice"
        assert not bench.exchange.signed_on and bench.exchange.operator is None, "an operator has yet to sign on"
        settled(bench)

    with_bench(scenario)


def test_the_host_closed_it_and_the_answer_was_lost():
    """After the restart the sign-on brings the next batch number: the totals stay until the host has told the fees."""

    async def scenario(bench):
        await bench.sign_on()
        await trade(bench, 3)
        before = dict(bench.state["totals"])
        bench.host.script = [model.OK, model.SILENT, model.SILENT]
        assert (await settle(bench))["result"] == "failed"
        assert bench.host.batch == 8 and bench.state["batch"] == 7
        bench.restart()
        await bench.sign_on()
        assert bench.state["batch"] == 7 and bench.state["totals"] == before
        assert (await bench.sell(500))["cause"] == "settling"
        assert (await settle(bench))["result"] == "approved"
        settled(bench)
        assert bench.state["settled"]["totals"] == before and bench.state["settled"]["fees"]

    with_bench(scenario)


def test_a_host_that_is_not_reached_leaves_the_terminal_free():
    async def scenario(bench):
        await bench.sign_on()
        await trade(bench, 3)
        bench.channel.close()
        bench.host.reachable = False
        result = await settle(bench)
        assert (result["result"], result["cause"]) == ("not_sent", "refused")
        assert bench.state["settling"] is None
        bench.host.reachable = True
        assert (await bench.sell(500))["result"] == "approved"

    with_bench(scenario)


def test_a_host_that_is_not_reached_any_more_does_not():
    async def scenario(bench):
        await bench.sign_on()
        await trade(bench, 20)
        lose_one(bench)
        bench.host.script = [model.OK, model.CLOSED]
        bench.host.unreachable_after = 2
        result = await settle(bench)
        assert (result["result"], result["cause"]) == ("not_sent", "refused")
        assert bench.state["settling"] == {"stage": "upload", "result": 2, "uploaded": 0}
        bench.host.reachable = True
        assert (await bench.sell(500))["cause"] == "settling"

    with_bench(scenario)


def test_totals_that_differ_only_at_the_end_are_uploaded_then():
    async def scenario(bench):
        await bench.sign_on()
        await trade(bench, 3)
        bench.host.changes = [(4, None), (39, "95")]
        real = bench.host.settlement.judged

        class Judged(dict):
            """Equal at first, then the host finds something that came since."""

            def get(self, batch, default=None):
                self[batch] = 2
                bench.host.settlement.uploaded.setdefault(batch, {})
                return 2

        bench.host.settlement.judged = Judged(real)
        result = await settle(bench)
        assert result["result"] == "approved", result
        assert [request[60][8:] for request in bench.requests("0320")] == ["207", "201", "202"]
        assert bench.state["settled"]["result"] == 2
        settled(bench)

    with_bench(scenario)


def test_a_host_that_does_not_compare_leaves_the_terminal_free():
    async def scenario(bench):
        await bench.sign_on()
        await trade(bench, 3)
        bench.host.codes = ["96"]
        result = await settle(bench)
        assert (result["result"], result["code"]) == ("declined", "96")
        assert bench.state["settling"] is None
        assert (await bench.sell(500))["result"] == "approved"
        bench.restart()
        assert bench.state["settling"] is None

    with_bench(scenario)


def test_a_batch_that_the_host_does_not_know_is_not_settled():
    async def scenario(bench):
        await bench.sign_on()
        await trade(bench, 3)
        bench.host.batch = 20
        result = await settle(bench)
        assert (result["result"], result["code"]) == ("declined", "77")
        assert bench.state["settling"] is None and bench.state["batch"] == 20
        records = [r for r in bench.journal.scan() if r["kind"] == "batch"]
        assert records[-1]["totals"], "the old totals stay on record"
        bench.restart()
        result = await settle(bench, begin=False)
        assert (result["result"], result["code"]) == ("declined", "77"), "nothing is left to go on with"

    with_bench(scenario)


def test_a_host_that_is_out_of_order_in_the_middle_is_asked_again():
    async def scenario(bench):
        await bench.sign_on()
        await trade(bench, 20)
        lose_one(bench)
        for code, stage, uploaded in (("91", "upload", 0), ("96", "upload", 0), ("30", "compare", 0)):
            bench.host.changes = [] if bench.state["settling"] else [(4, None)]
            bench.host.changes += [(39, code)]
            result = await settle(bench)
            assert (result["result"], result["code"]) == ("declined", code)
            assert bench.state["settling"] == {"stage": stage, "result": 2, "uploaded": uploaded}, code
        bench.host.changes = [(39, "12")]
        assert (await settle(bench))["code"] == "12"
        assert bench.state["settling"]["stage"] == "compare", "it stays begun: the host may have closed it"
        assert (await settle(bench))["result"] == "approved"
        settled(bench)

    with_bench(scenario)


def test_a_host_that_closed_the_batch_on_its_own_ends_it():
    async def scenario(bench):
        await bench.sign_on()
        await trade(bench, 20)
        lose_one(bench)
        bench.host.script = [model.OK, model.LOST, model.LOST]
        assert (await settle(bench))["result"] == "failed"
        bench.host.batch = 8
        assert (await settle(bench))["result"] == "approved"
        assert bench.state["settling"] is None and bench.state["batch"] == 8
        assert bench.state["settled"]["fees"] == [] and bench.state["settled"]["totals"]["sale"][0] == 20

    with_bench(scenario)


def test_garbled_fees_do_not_keep_a_batch_open():
    async def scenario(bench):
        await bench.sign_on()
        await trade(bench, 3)
        bench.host.changes = [(4, None), (62, b"007sale,1,x")]
        assert (await settle(bench))["result"] == "approved"
        assert bench.state["settled"]["fees"] == []
        settled(bench)

    with_bench(scenario)


def test_an_answer_without_a_judgement_is_none():
    async def scenario(bench):
        await bench.sign_on()
        await trade(bench, 3)
        bench.host.changes = [(48, "123")]
        result = await settle(bench)
        assert (result["result"], result["cause"]) == ("failed", "garbage")
        assert bench.state["settling"]["stage"] == "compare"
        assert (await settle(bench))["result"] == "approved"

    with_bench(scenario)


def test_storage_that_fails_leaves_it_where_it_stood():
    async def scenario(bench):
        from pos.journal import files

        await bench.sign_on()
        await trade(bench, 3)
        real = files._put

        def broken(path, mode, data):
            if power_cut.says(data, b'"settled"'):
                raise OSError(28)
            real(path, mode, data)

        files._put = broken
        try:
            result = await settle(bench)
        finally:
            files._put = real
        assert (result["result"], result["cause"]) == ("failed", "storage")
        assert bench.state["settling"]["stage"] == "end"
        assert (await settle(bench))["result"] == "approved"
        settled(bench)

    with_bench(scenario)


def test_the_batch_number_goes_round():
    async def scenario(bench):
        bench.host.batch = 999999
        await bench.sign_on()
        await bench.sell(5)
        assert (await settle(bench))["result"] == "approved"
        assert bench.state["batch"] == bench.host.batch == 1

    with_bench(scenario)
