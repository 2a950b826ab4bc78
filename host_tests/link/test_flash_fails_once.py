"""The flash refuses one write of a day, before, amid or after it, then works again: what was told has happened."""

import sys

import dual

sys.path.insert(0, __file__.rpartition("/")[0])

import bench as stage
import model_host as model
import power_cut
from pos.domain import transaction
from pos.journal import files
from pos.journal.errors import JournalError

SLOW = True
BEFORE, AMID, AFTER = "before", "amid", "after"


class Failing:
    """Within `with`, write number `at` (from 1) raises OSError when none, half or all of it is there."""

    def __init__(self, at, how):
        self.count, self.at, self.how = 0, at, how

    def __enter__(self):
        self._real, files._put = files._put, self._put

    def __exit__(self, *_):
        files._put = self._real

    @property
    def failed(self):
        return self.count >= self.at

    def _put(self, path, mode, data):
        self.count += 1
        data = power_cut.joined(data)
        if self.count != self.at:
            return self._real(path, mode, data)
        if self.how != BEFORE:
            self._real(path, mode, data[: len(data) // 2] if self.how == AMID else data)
        raise OSError(28)


def at_every_write(scenario, writes_min):
    """Runs `async scenario(bench, failing)` with each of the writes within its `with failing` failing in each way."""
    for how in (BEFORE, AMID, AFTER):
        at, more = 0, True
        while more:
            at += 1
            failing = Failing(at, how)

            async def on_bench(bench, failing=failing):
                await scenario(bench, failing)

            stage.with_bench(on_bench)
            more = failing.failed
        assert at > writes_min, at


def nothing(*_what):
    """A screen that nobody looks at."""


def correction(kind, original, amount_minor):
    tx = transaction.correct(kind, original, amount_minor, "01", dual.clock.now(), reason="07")
    tx["card"] = original["card"]
    return tx


async def day(bench):
    """What was told of each step, (kind, trace, result), and whether the batch was told as closed."""
    told = []

    async def step(work):
        try:
            outcome = await work
        except JournalError:
            return None
        tx = outcome["tx"]
        if tx:
            told.append((tx["type"], (tx.get("batch"), tx.get("trace")), outcome["result"]))
        return tx if outcome["result"] == "approved" else None

    for _ in range(3):
        if (await bench.exchange.sign_on("01"))["result"] == "approved":
            break
    first = await step(bench.sell(1000))
    bench.host.script = [model.SILENT]
    await step(bench.sell(300))
    second = await step(bench.sell(500))
    if first:
        bench.host.script = [model.SILENT]
        await step(bench.exchange.advise(correction("refund", first, 400)))
    if second:
        await step(bench.exchange.authorise(correction("void", second, 500)))
    await step(bench.sell(70))
    return told


def agrees(bench, told, context):
    host = bench.host
    for kind, name, result in told:
        moved = name in (host.charged if kind == "sale" else host.returned)
        if result == "approved":
            assert moved, (context, told)
        elif result in ("declined", "reversed", "not_sent"):
            same = [t for t in told if t[1] == name and t[2] in ("approved", "pending")]
            assert not moved or same, (context, told)


def test_what_was_told_is_what_has_happened():
    async def scenario(bench, failing):
        context = failing.how, failing.at
        with failing:
            told = await day(bench)
        bench.host.script = []
        bench.journal.recover()  # as with the next record: a write that failed may be there all the same
        assert await bench.exchange.resolve_pending(forced=True), (context, bench.state)
        agrees(bench, told, context)
        bench.sums_agree()
        before = dict(bench.state)
        bench.restart()
        assert bench.state == before, context

    at_every_write(scenario, 15)


def test_a_settlement_comes_to_its_end():
    async def scenario(bench, failing):
        await bench.sign_on()
        for amount_minor in range(100, 110):
            await bench.sell(amount_minor)
        del bench.host.charged[min(bench.host.charged)]  # they differ: it comes to an upload
        with failing:
            for _ in range(4):
                if bench.host.batch == bench.state["batch"] == 8:
                    break
                await bench.exchange.run("settlement", "settle", "01", nothing)
        context = failing.how, failing.at
        assert (bench.host.batch, bench.state["batch"], bench.state["settling"]) == (8, 8, None), context
        assert bench.state["settled"]["batch"] == 7 and bench.state["totals"] == {}, context

    at_every_write(scenario, 3)
