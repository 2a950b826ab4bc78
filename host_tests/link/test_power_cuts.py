"""The power goes between every two steps of a day's trade; both ledgers agree once the terminal is back."""

import random
import sys

import dual

sys.path.insert(0, __file__.rpartition("/")[0])

import model_host as model
import power_cut
from bench import Bench
from pos.domain import kinds, offline, transaction

SLOW = True
CARD = "6200000000000013"
ALLOWED = {"services": "sale,nfc,void,refund,preauth,offline", "offline_floor_minor": 3000}
NOON = (2026, 3, 14, 12, 0, 0)
TYPES = {(kinds.row(kind)[0], kinds.row(kind)[3]): kind for kind in kinds.KINDS}


class PoweredHost(model.ModelHost):
    """A host whose wire is a place where the power can go, too: before a request arrives, and after."""

    supply = None

    def cut_at(self, step, work):
        """Runs the coroutine; whether the power went at that step, before its end."""
        self.supply = power_cut.Supply(step)
        try:
            return self.supply.cuts(dual.run, work)
        finally:
            self.supply = None

    def receive(self, body, reader):
        if self.supply:
            self.supply.pass_or_cut()
        super().receive(body, reader)
        if self.supply:
            self.supply.pass_or_cut()


async def day(bench, seen):
    """Sign-on, sales, a hold, a code, what takes them back, a query; `seen` gets what the operator was shown."""
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
        shown(bench, seen, result)
    await corrections(bench, seen)
    await without_host(bench, seen)
    await bench.exchange.balance(transaction.make("balance", 0, "6200000000000013", "nfc", "01", dual.clock.now()))


def shown(bench, seen, result):
    """The operator reads the result; an approved one is printed."""
    tx = result["tx"]
    seen.append((tx, result["result"]))
    if result["result"] == "approved":
        bench.journal.append({"kind": "printed", "trace": tx["trace"], "slips": 1})
        bench.journal.append({"kind": "printed", "trace": tx["trace"], "slips": 2})
    return tx


async def corrections(bench, seen):
    exchange, now = bench.exchange, dual.clock.now()

    async def take_back(kind, original, amount_minor, *faults):
        bench.host.script = list(faults)
        tx = transaction.correct(kind, original, amount_minor, "01", now, reason="01")
        work = exchange.advise(tx) if kind == "refund" else exchange.authorise(tx)
        return shown(bench, seen, await work)

    await take_back("void", seen[0][0], 1000, model.SILENT)
    await take_back("void", seen[0][0], 1000)
    await take_back("refund", seen[3][0], 3, model.SILENT)
    await take_back("refund", seen[3][0], 1)
    hold = shown(bench, seen, await exchange.authorise(transaction.make("preauth", 60, CARD, "nfc", "01", now)))
    done = await take_back("completion", hold, 50, model.CLOSED)
    done = await take_back("completion", hold, 50)
    await take_back("completion_void", done, 50)
    code = transaction.make("sale", 70, "", "shown", "01", now)
    if (await exchange.offer(code))["result"] == "offered":
        await exchange.poll(code)
        shown(bench, seen, await exchange.withdraw(code))


async def without_host(bench, seen):
    """Sales while the host cannot be reached; then it can, and the second answer is lost."""
    bench.channel.close()
    bench.host.reachable = False
    for amount_minor in (11, 13, 17):
        shown(bench, seen, await instead(bench, transaction.make("sale", amount_minor, CARD, "nfc", "01", NOON)))
    bench.host.reachable = True
    bench.host.script = [model.OK, model.SILENT]
    await bench.exchange.resolve_pending()
    bench.host.script = []
    await bench.exchange.resolve_pending()


async def instead(bench, tx):
    """What the flow of the sale does: without the host only where nothing was sent."""
    outcome = await bench.exchange.authorise(tx)
    if outcome["result"] == "not_sent" and offline.offered(bench.parameters, tx, bench.exchange.unreached):
        return await bench.exchange.run("offline", "sell", dict(tx, type="offline"))
    return outcome


def stands(host, tx):
    """Whether the host has approved it and not taken it back."""
    trace, batch = "{:06d}".format(tx["trace"]), "{:06d}".format(tx["batch"])
    _request, answer = host.answers.get((batch, trace, kinds.row(tx["type"])[0]), (None, {39: ""}))
    return answer[39] == "00" and (tx["batch"], tx["trace"]) not in host.reversed


def run_day(cut_at):
    """A day with one cut, the next start, and what must hold then; False when the day was over before the cut."""
    power_cut.forget()
    bench = Bench(**ALLOWED)
    bench.host = PoweredHost()
    bench.restart()
    seen = []
    was_cut = bench.host.cut_at(cut_at, day(bench, seen))
    dual.run(next_start(bench, seen, cut_at))
    return was_cut


async def next_start(bench, seen, cut_at):
    bench.host.script = []
    bench.host.reachable = True
    traces = [request[11] for request in bench.requests("0200", "0100", "0220")]
    bench.restart()
    assert bench.report["lost"] == 0 and bench.report["problem"] == "", cut_at
    assert await bench.exchange.resolve_pending(), cut_at
    assert bench.state["pending"] is None
    bench.sums_agree()
    assert bench.state["advices"] == bench.state["offline"] == [], cut_at
    for tx, result in seen:
        told = ("what the operator was told stands", cut_at, tx["type"], tx["amount_minor"], result)
        if result == "approved" or (result == "pending" and tx["type"] == "refund"):
            assert stands(bench.host, tx), told  # of a refund: "it is kept, and sent until it is answered"
        else:
            assert not stands(bench.host, tx), told
    unprinted = bench.journal.unprinted()
    if unprinted:
        assert stands(bench.host, unprinted), "reprinted, not reversed"
    await bench.sign_on()
    result = await bench.sell(777)
    assert result["result"] == "approved", (cut_at, result)
    assert result["tx"]["trace"] > max([int(trace) for trace in traces] or [0]), ("a number is used once", cut_at)
    bench.sums_agree()


def test_a_power_cut_between_every_two_steps():
    cut_at = 1
    while run_day(cut_at):
        cut_at += 1
    assert cut_at > 250, "the day has that many steps"


async def random_trade(bench, dice, done, sales):
    """Trade over a line that fails at random; the operator signs on again whenever that is asked."""
    for _ in range(sales):
        bench.host.script = [dice.choice(FAULTS) for _ in range(dice.randrange(4))]
        bench.host.reachable = dice.randrange(8) > 0
        if not bench.exchange.signed_on:
            await bench.exchange.sign_on("01")
        tx = drawn(dice, done)
        work = bench.exchange.advise(tx) if tx["type"] == "refund" else instead(bench, tx)
        outcome = await work
        if outcome["result"] == "approved" and outcome["tx"]["type"] in done:
            done[tx["type"]].append(tx)
        if bench.exchange.blocked:
            bench.host.script, bench.host.reachable = [], True
            await bench.exchange.resolve_pending(forced=True)


def drawn(dice, done):
    """A transaction by chance: mostly sales, and what takes back one that was made before, sensibly or not."""
    now, amount_minor = dual.clock.now(), dice.randrange(1, 3000)
    kind = dice.choice(
        ("sale", "sale", "sale", "preauth", "void", "refund", "preauth_void", "completion", "completion_void")
    )
    if kind in ("sale", "preauth"):
        return transaction.make(kind, amount_minor, CARD, "nfc", "01", now)
    originals = done[{"void": "sale", "refund": "sale", "completion_void": "completion"}.get(kind, "preauth")]
    if not originals:
        return transaction.make("sale", amount_minor, CARD, "keyed", "01", now)
    original = dice.choice(originals)
    amount_minor = original["amount_minor"] // 3 + 1 if kind == "refund" else original["amount_minor"]
    return transaction.correct(kind, original, amount_minor, "01", now, reason="05")


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
    kinds = set()
    seeds = random.getrandbits(16), 1, 2, 3, 4, 5, 6, 7
    for seed in seeds:
        dice = Dice(seed)
        power_cut.forget()
        bench = Bench(**ALLOWED)
        bench.host = PoweredHost()
        done = {"sale": [], "preauth": [], "completion": []}
        for _ in range(12):
            bench.restart()
            bench.host.cut_at(dice.randrange(200), random_trade(bench, dice, done, 10))
        bench.host.reachable = True
        bench.host.script = []
        dual.run(audited(bench, seed))
        kinds.update(bench.state["totals"])
    assert kinds >= {"sale", "offline", "void", "refund", "completion", "completion_void"}, kinds


async def audited(bench, seed):
    bench.restart()
    assert bench.report["lost"] == 0, seed
    assert await bench.exchange.resolve_pending(forced=True), seed
    bench.sums_agree()
    results = {}
    for record in bench.journal.scan():
        if record["kind"] == "result" and record["state"] == "approved":
            results[record["trace"]] = record["type"], record["amount_minor"]
    approved = {}
    for key in bench.host.answers:
        request, answer = bench.host.answers[key]
        if key[2] not in ("0400", "0600") and request[3] != "310000" and answer[39] == "00":
            if (int(key[0]), int(key[1])) not in bench.host.reversed:
                approved[int(key[1])] = TYPES[request[0], request[60][:2]], int(request[4])
    assert results == approved, seed
    traces = [(request[11], request[4]) for request in bench.requests("0200", "0100", "0220")]
    assert len({trace for trace, _amount in traces}) == len(set(traces)), ("one number, one sale", seed)
    assert bench.state["doubt"] == []
