"""The settlement of the day: by itself at its hour, once, never in anybody's way, made up for, given up in the end."""

import asyncio
import sys

import dual

sys.path.insert(0, __file__.rpartition("/")[0])

import desk as stage
import model_host as model
from pos.domain import transaction
from test_settle import closed, printed, trade


async def day(desk, settle_time=b"2300"):
    desk.host.parameters[31] = settle_time
    dual.clock.set((2026, 3, 14, 15, 30, 0))
    await desk.ready()


def at(hour, minute, day=14):
    dual.clock.set((2026, 3, day, hour, minute, 0))


LOOK_MS = 11 * 60_000


@stage.on_desk()
async def test_the_settlement_of_the_day_comes_by_itself(desk):
    await day(desk)
    await trade(desk, 3)
    at(22, 59)
    await asyncio.sleep_ms(LOOK_MS)
    assert desk.state["settled"] is None
    at(23, 0)
    desk.host.settlement.time, desk.host.time = "230010", "233000"
    await desk.see("SETTLED, EQUAL", LOOK_MS)
    await desk.see("READY")
    closed(desk)
    assert len(desk.printer.slips) == 1 and "settle_daily" in desk.audits()
    await trade(desk, 1)
    at(23, 30)
    await asyncio.sleep_ms(2 * LOOK_MS)
    assert desk.host.batch == 8, "once a day"


# The tick counter of the board tells at most six days apart; longer ago looks as if it were still to come.
LONG_AGO_MS = 3 * 86_400_000


@stage.on_desk()
async def test_it_comes_after_more_days_without_trade_than_the_tick_counter_tells(desk):
    await day(desk)
    await trade(desk, 3)
    desk.terminal._looked_ms = dual.clock.ticks_ms() + LONG_AGO_MS
    at(23, 1)
    await desk.see("SETTLED, EQUAL", LOOK_MS)
    closed(desk)


@stage.on_desk()
async def test_what_waits_goes_out_after_more_quiet_days_than_the_tick_counter_tells(desk):
    await day(desk)
    await trade(desk, 1)
    printed(desk)
    desk.terminal._recovered_ms = dual.clock.ticks_ms() + LONG_AGO_MS
    refund = transaction.correct("refund", desk.state["last"], 40, "01", dual.clock.now(), reason="07")
    desk.host.script.append(model.SILENT)
    assert (await desk.terminal.exchange.advise(refund))["result"] == "pending"
    await desk.see("REFUND APPROVED", LOOK_MS)
    assert desk.state["advices"] == []


@stage.on_desk()
async def test_it_comes_with_nobody_logged_in_and_nothing_to_print_on(desk):
    await day(desk)
    await trade(desk, 3)
    await desk.menu("Log out")
    await desk.see("LOG IN")
    desk.printer.flags = 1
    desk.terminal.exchange.working_key = desk.terminal.exchange.operator = None
    at(23, 1)
    await desk.see("SETTLED, EQUAL", LOOK_MS)
    await desk.see("LOG IN")
    closed(desk)
    assert desk.state["settled"]["slips"] == 0 and desk.state["settled"]["operator"] == "00"
    assert not desk.terminal.exchange.signed_on


@stage.on_desk()
async def test_what_somebody_keys_in_is_never_interrupted(desk):
    await day(desk)
    await trade(desk, 1)
    at(23, 1)
    await desk.press("5")
    for _ in range(2 * LOOK_MS // 30_000):
        await asyncio.sleep_ms(30_000)
        await desk.press("UP")
        assert desk.state["settling"] is None and desk.host.batch == 7
        await desk.press("CLEAR", "CLEAR")
    await desk.press("CANCEL")
    await desk.see("SETTLED, EQUAL", LOOK_MS)


@stage.on_desk()
async def test_sales_after_the_hour_wait_for_the_next_day(desk):
    await day(desk, b"1500")
    await trade(desk, 2)
    await asyncio.sleep_ms(2 * LOOK_MS)
    assert desk.state["settled"] is None
    assert desk.terminal.daily == ("202603141500", 5), "the journal is not read for it again and again"
    at(14, 59, 15)
    await asyncio.sleep_ms(2 * LOOK_MS)
    assert desk.state["settled"] is None
    at(15, 0, 15)
    await desk.see("SETTLED, EQUAL", LOOK_MS)
    closed(desk)


@stage.on_desk()
async def test_one_that_was_missed_is_made_up_for(desk):
    await day(desk)
    await trade(desk, 2)
    printed(desk)
    desk.host.date = "0315"
    desk.power()
    await desk.log_in()
    at(8, 0, 15)
    await desk.see("SETTLED, EQUAL", LOOK_MS)
    closed(desk)


@stage.on_desk()
async def test_a_host_that_is_away_is_tried_five_times_and_no_more(desk):
    await day(desk)
    await trade(desk, 2)
    at(23, 0)
    desk.host.reachable = False
    desk.terminal.exchange.channel.close()
    for _ in range(12):
        await asyncio.sleep_ms(LOOK_MS)
    assert [what for what in desk.audits() if what == "settle_daily"] == ["settle_daily"] * 5
    assert desk.state["settling"] is None
    desk.host.reachable = True
    await asyncio.sleep_ms(2 * LOOK_MS)
    assert desk.host.batch == 7
    at(23, 0, 15)
    await desk.see("SETTLED, EQUAL", LOOK_MS)


@stage.on_desk()
async def test_without_a_time_nothing_comes_by_itself(desk):
    for settle_time in (b"", b"2560"):
        await day(desk, settle_time)
        await trade(desk, 2)
        at(23, 59)
        await asyncio.sleep_ms(2 * LOOK_MS)
        assert desk.host.batch == 7
