"""The power goes between every two steps of a settlement; whatever the cut, the batch is closed once, on both sides."""

import sys

import dual

sys.path.insert(0, __file__.rpartition("/")[0])

import power_cut
from bench import Bench
from pos.domain import totals
from test_power_cuts import PoweredHost
from test_settlement import lose_one, settle

SLOW = True


async def day(bench, equal):
    await bench.sign_on()
    for amount_minor in range(10):
        await bench.sell(100 + amount_minor)
    if not equal:
        lose_one(bench)
    bench.host.ready = True
    await settle(bench)
    await bench.sign_on()
    await bench.sell(700)


def run_day(cut_at, equal):
    power_cut.forget()
    bench = Bench()
    bench.host = PoweredHost()
    bench.host.ready = False
    bench.restart()
    was_cut = bench.host.cut_at(cut_at, day(bench, equal))
    if bench.host.ready:
        dual.run(next_start(bench, equal, (cut_at, equal)))
    return was_cut


async def next_start(bench, equal, what):
    closed = dict(bench.host.settlement.closed)
    bench.restart()
    assert bench.report["lost"] == 0 and bench.report["problem"] == "", what
    assert await bench.exchange.resolve_pending(), what
    if bench.state["settling"]:
        result = await settle(bench, begin=False)
        assert result["result"] == "approved", (what, result)
        assert bench.exchange.operator is None, what
    await bench.sign_on()
    if not bench.state["settled"]:
        assert not closed, ("what the host has closed is settled here", what)
        assert (await settle(bench))["result"] == "approved", what
    assert bench.state["settled"]["batch"] == 7 and bench.state["settled"]["fees"], what
    assert bench.state["settled"]["totals"] == {"sale": [10, 1045]}, (what, bench.state)
    assert bench.state["settled"]["result"] == (1 if equal else 2), what
    assert list(bench.host.settlement.closed) == [7] and bench.host.batch == bench.state["batch"] == 8, what
    if not equal:
        assert len(bench.host.settlement.uploaded[7]) == 10, what
    result = await bench.sell(777)
    assert result["result"] == "approved" and result["tx"]["batch"] == 8, (what, result)
    of_next = [amount for name, (_card, amount) in bench.host.charged.items() if name[0] == 8]
    assert totals.sides(bench.state["totals"])[1] == sum(of_next), what


def test_a_power_cut_between_every_two_steps():
    for equal in (True, False):
        cut_at = 1
        while run_day(cut_at, equal):
            cut_at += 1
        assert cut_at > 100
