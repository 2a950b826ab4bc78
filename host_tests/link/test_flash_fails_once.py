"""The flash refuses one write of a day, before, amid or after it, then works again: what was told has happened."""

import sys

import dual

sys.path.insert(0, __file__.rpartition("/")[0])

import bench as stage
import model_host as model
from pos.domain import transaction
from pos.journal import files
from pos.journal.errors import JournalError

SLOW = True
BEFORE, AMID, AFTER = "before", "amid", "after"


class Failing:
    """Write number `at` (from 1) raises OSError when none, half or all of it is there."""

    def __init__(self, at, how):
        self.count, self.at, self.how = 0, at, how
        self.put = files._put
        files._put = self

    def __call__(self, path, mode, data):
        self.count += 1
        if self.count != self.at:
            return self.put(path, mode, data)
        if self.how != BEFORE:
            self.put(path, mode, data[: len(data) // 2] if self.how == AMID else data)
        raise OSError(28)

    def remove(self):
        files._put = self.put


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
    for how in (BEFORE, AMID, AFTER):
        at, more = 0, True
        while more:
            at += 1
            seen = []

            async def scenario(bench, at=at, how=how, seen=seen):
                failing = Failing(at, how)
                try:
                    told = await day(bench)
                    seen.append(failing.count >= at)
                finally:
                    failing.remove()
                bench.host.script = []
                bench.journal.recover()  # as with the next record: a write that failed may be there all the same
                assert await bench.exchange.resolve_pending(forced=True), (how, at, bench.state)
                agrees(bench, told, (how, at))
                bench.sums_agree()
                before = dict(bench.state)
                bench.restart()
                assert bench.state == before, (how, at)

            stage.with_bench(scenario)
            more = seen[0]
        assert at > 15, at


def test_a_settlement_comes_to_its_end():
    for how in (BEFORE, AMID, AFTER):
        at, more = 0, True
        while more:
            at += 1
            seen = []

            async def scenario(bench, at=at, how=how, seen=seen):
                await bench.sign_on()
                for amount_minor in range(100, 110):
                    await bench.sell(amount_minor)
                del bench.host.charged[min(bench.host.charged)]  # they differ: it comes to an upload
                failing = Failing(at, how)
                try:
                    for _ in range(4):
                        if bench.host.batch == bench.state["batch"] == 8:
                            break
                        await bench.exchange.run("settlement", "settle", "01", nothing)
                    seen.append(failing.count >= at)
                finally:
                    failing.remove()
                assert (bench.host.batch, bench.state["batch"], bench.state["settling"]) == (8, 8, None), (how, at)
                assert bench.state["settled"]["batch"] == 7 and bench.state["totals"] == {}, (how, at)

            stage.with_bench(scenario)
            more = seen[0]
        assert at > 3, at
