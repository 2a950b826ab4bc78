"""The power goes between every two steps of a day's trade; both ledgers agree once the terminal is back."""

import random
import sys

import dual

sys.path.insert(0, __file__.rpartition("/")[0])

import model_host as model
import power_cut
from bench import Bench
from pos.domain import transaction

SLOW = True


class PoweredHost(model.ModelHost):
    """A host whose wire is a place where the power can go, too: before a request arrives, and after."""

    supply = None

    def receive(self, body, reader):
        if self.supply:
            self.supply.pass_or_cut()
        super().receive(body, reader)
        if self.supply:
            self.supply.pass_or_cut()


async def day(bench, seen):
    """Sign-on, sales of every kind, a query; `seen` gets what the operator was shown."""
    await bench.sign_on()
    await bench.exchange.fetch_parameters()
    for faults, amount_minor in (
        ([], 1000),
        ([model.SILENT], 200),
        ([model.SILENT, model.LOST], 30),
        ([], 4),
        ([model.WRONG_MAC], 500),
        ([], 200000),
    ):
        bench.host.script = list(faults)
        result = await bench.sell(amount_minor)
        seen.append((amount_minor, result["result"]))
        if result["result"] == "approved":
            bench.journal.append({"kind": "printed", "trace": result["tx"]["trace"], "slips": 1})
            bench.journal.append({"kind": "printed", "trace": result["tx"]["trace"], "slips": 2})
    await bench.exchange.balance(transaction.make("balance", 0, "6200000000000013", "nfc", "01", dual.clock.now()))


def run_day(cut_at):
    """A day with one cut, the next start, and what must hold then; False when the day was over before the cut."""
    power_cut.forget()
    bench = Bench()
    bench.host = PoweredHost()
    bench.restart()
    supply = bench.host.supply = power_cut.Supply(cut_at).install()
    seen = []
    finished = False
    try:
        dual.run(day(bench, seen))
        finished = True
    except power_cut.PowerCut:
        pass
    finally:
        supply.remove()
        bench.host.supply = None
    dual.run(next_start(bench, seen, cut_at))
    return not finished


async def next_start(bench, seen, cut_at):
    bench.host.script = []
    traces = [request[11] for request in bench.requests("0200")]
    bench.restart()
    assert bench.report["lost"] == 0 and bench.report["problem"] == "", cut_at
    assert await bench.exchange.resolve_pending(), cut_at
    assert bench.state["pending"] is None
    bench.sums_agree()
    for amount_minor, result in seen:
        charged = amount_minor in [amount for _card, amount in bench.host.charged.values()]
        assert charged == (result == "approved"), ("what the operator was told stands", cut_at, amount_minor, result)
    unprinted = bench.journal.unprinted()
    if unprinted:
        assert (unprinted["batch"], unprinted["trace"]) in bench.host.charged, "reprinted, not reversed"
    await bench.sign_on()
    result = await bench.sell(777)
    assert result["result"] == "approved", (cut_at, result)
    assert result["tx"]["trace"] > max([int(trace) for trace in traces] or [0]), ("a number is used once", cut_at)
    bench.sums_agree()


def test_a_power_cut_between_every_two_steps():
    cut_at = 1
    while run_day(cut_at):
        cut_at += 1
    assert cut_at > 120, "the day has that many steps"


async def random_trade(bench, dice, sales):
    """Sales over a line that fails at random; the operator signs on again whenever that is asked."""
    for _ in range(sales):
        bench.host.script = [dice.choice(FAULTS) for _ in range(dice.randrange(4))]
        bench.host.reachable = dice.randrange(8) > 0
        if not bench.exchange.signed_on:
            await bench.exchange.sign_on("01")
        await bench.sell(dice.randrange(1, 3000))
        if bench.exchange.blocked:
            bench.host.script, bench.host.reachable = [], True
            await bench.exchange.resolve_pending(forced=True)


FAULTS = (
    model.OK,
    model.OK,
    model.OK,
    model.LOST,
    model.SILENT,
    model.LATE,
    model.GARBAGE,
    model.NOISE,
    model.TRUNCATED,
    model.WRONG_MAC,
    model.OTHER_TRACE,
    model.OTHER_THEN_OK,
    model.CLOSED,
    model.CLOSED_EARLY,
    model.NO_KEY,
)


class Dice:
    """Small generator with the same numbers on both interpreters (Numerical Recipes' constants)."""

    def __init__(self, seed):
        self.state = seed

    def randrange(self, low, high=None):
        if high is None:
            low, high = 0, low
        self.state = (self.state * 1664525 + 1013904223) & 0xFFFFFFFF
        return low + (self.state >> 8) % (high - low)

    def choice(self, items):
        return items[self.randrange(len(items))]


def test_an_auditor_finds_nothing_after_days_of_faults_and_cuts():
    seeds = random.getrandbits(16), 1, 2, 3, 4, 5, 6, 7
    for seed in seeds:
        dice = Dice(seed)
        power_cut.forget()
        bench = Bench()
        bench.host = PoweredHost()
        for _ in range(6):
            bench.restart()
            supply = bench.host.supply = power_cut.Supply(dice.randrange(200)).install()
            try:
                dual.run(random_trade(bench, dice, 8))
            except power_cut.PowerCut:
                pass
            finally:
                supply.remove()
                bench.host.supply = None
        bench.host.reachable = True
        bench.host.script = []
        dual.run(audited(bench, seed))


async def audited(bench, seed):
    bench.restart()
    assert bench.report["lost"] == 0, seed
    assert await bench.exchange.resolve_pending(forced=True), seed
    bench.sums_agree()
    results = {}
    for record in bench.journal.scan():
        if record["kind"] == "result" and record["state"] == "approved":
            results[record["trace"]] = record["amount_minor"]
    charged = {}
    for name in bench.host.charged:
        charged[name[1]] = bench.host.charged[name][1]
    assert results == charged, seed
    traces = [(request[11], request[4]) for request in bench.requests("0200")]
    assert len({trace for trace, _amount in traces}) == len(set(traces)), ("one number, one sale", seed)
    assert bench.state["doubt"] == []
