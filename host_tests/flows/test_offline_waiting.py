"""An offline sale that waits: its slip after a cut, how it is sent, what it holds up, what is told of it."""

import asyncio
import sys

sys.path.insert(0, __file__.rpartition("/")[0])

import desk as stage
import dual
from offline_steps import allowed, gone, host_back, offline_sale


@stage.on_desk()
async def test_a_cut_before_the_slip_prints_it_at_the_next_start(desk):
    await allowed(desk)
    gone(desk)
    desk.printer.flags = 0
    await desk.key_sale()
    await desk.see("Sell offline?")
    await desk.press("ENTER")
    await desk.until(lambda: desk.state["offline"])
    desk.power()
    await desk.see("NO SLIP YET")
    await desk.press("ENTER")
    await desk.see("APPROVED OFFLINE")
    await desk.see("tear")
    await desk.press("ENTER")
    desk.host.reachable = True
    await desk.until(lambda: not desk.state["offline"], 700_000)
    desk.books_agree()


@stage.on_desk()
async def test_what_the_host_declines_later_is_told(desk):
    await allowed(desk)
    gone(desk)
    await offline_sale(desk, "1234", stage.CARD_POOR)
    desk.host.reachable = True
    await desk.see("OFFLINE 00", 700_000)
    await desk.see("DECLINED 51")
    await desk.see("Ask the customer")
    await desk.press("ENTER")
    await desk.see("READY")
    assert desk.state["untold"] == [] and desk.state["totals"] == {} and desk.host.taken_minor() == 0
    await desk.menu("Details")
    await desk.see("Offl")
    assert "x" in desk.rows()[1], desk.rows()
    await desk.press("ENTER")
    await desk.see("Declined")
    await desk.press("CANCEL", "CANCEL")
    await desk.menu("Reprint")
    await desk.press("ENTER")
    await desk.see("NO SLIP FOR THIS")


@stage.on_desk()
async def test_lists_and_totals_show_what_waits(desk):
    await allowed(desk)
    await desk.sell("100")
    gone(desk)
    await offline_sale(desk, "1234")
    await desk.menu("Details")
    assert "? Offl" in await desk.see("Offl")
    await desk.press("ENTER")
    await desk.see("Waits for host")
    await desk.press("ENTER")
    await desk.yes()
    await desk.see("CUSTOMER COPY")
    await desk.press("ENTER")
    await desk.until(lambda: len(desk.printer.slips) == 5)
    assert "NOT YET AT THE HOST" in stage.slip_text(desk.printer.slips[4])
    await desk.press("CANCEL")
    await desk.until(lambda: ">" in desk.rows()[1])
    await desk.press("CANCEL")
    await desk.until(lambda: "MENU" in desk.rows()[3])
    await desk.menu("Totals")
    await desk.see("Taken x 1")
    for _ in range(6):
        if any("Waiting x 1" in row for row in desk.rows()):
            break
        await desk.press("DOWN")
    await desk.see("Waiting x 1")


@stage.on_desk()
async def test_a_void_sends_what_waits_first(desk):
    await allowed(desk)
    gone(desk)
    await offline_sale(desk, "1234")
    await desk.press("MENU", "2", "1")
    await desk.see("NOT NOW: 1")
    await desk.see("offline sales")
    await desk.press("ENTER")
    await desk.see("waiting: 1")
    desk.host.reachable = True
    await desk.press("MENU", "2", "1")
    await desk.see("No., DOWN")
    assert "OFFLINE" in desk.rows()[0], desk.rows()
    await desk.press("ENTER")
    await desk.pin()
    await desk.see("REASON")
    await desk.press("1")
    await desk.yes()
    await desk.take_slips("VOID APPROVED")
    assert desk.state["totals"] == {"offline": [1, 1234], "void": [1, 1234]}
    assert "ORIGINAL REF. NO." in stage.slip_text(desk.printer.slips[2])
    desk.books_agree()


@stage.on_desk()
async def test_the_settlement_sends_what_waits_or_says_why_not(desk):
    await allowed(desk)
    gone(desk)
    await offline_sale(desk, "1234")
    await desk.menu("Settlement")
    await desk.see("NOT NOW: 1")
    await desk.press("ENTER")
    await desk.see("waiting: 1")
    desk.host.reachable = True
    await desk.menu("Settlement")
    await desk.see("Taken x 1")
    await desk.press("ENTER")
    await desk.see("1 records")
    await desk.press("ENTER")
    await desk.see("SETTLED, EQUAL")
    assert desk.host.settlement.closed and desk.state["settled"]["totals"] == {"offline": [1, 1234]}
    await desk.until(lambda: len(desk.printer.slips) == 3)
    assert "OFFLINE SALE x 1" in stage.slip_text(desk.printer.slips[2])


@stage.on_desk()
async def test_a_sign_off_asks_for_a_supervisor_while_something_waits(desk):
    await allowed(desk)
    gone(desk)
    await offline_sale(desk, "1234")
    await desk.menu("Sign off")
    await desk.see("1 SALES ARE")
    await desk.press("CANCEL")
    await desk.see("SIGN OFF ANYWAY?")
    await desk.press("ENTER")
    await desk.see("SUPERVISOR")
    await desk.press("CANCEL")
    await desk.see("waiting: 1")


@stage.on_desk()
async def test_records_that_wait_cannot_be_deleted(desk):
    await allowed(desk)
    gone(desk)
    await offline_sale(desk, "1234")
    from pos.domain import deleting
    from pos.journal import deletion

    plan = deletion.Plan(desk.terminal.journal, lambda tx: True)
    for _ in plan.look():
        pass
    assert (plan.count, plan.waiting, plan.unsettled) == (0, 1, 0)
    assert deleting.why_not(plan.count, plan.unsettled, plan.waiting) == "waiting"


@stage.on_desk()
async def test_training_never_offers_it(desk):
    await allowed(desk)
    gone(desk)
    desk.terminal.set_training(True)
    await desk.press(*"1234")
    await desk.press("ENTER")
    await desk.see("card")
    await desk.card()
    await desk.yes()
    await desk.see("tear")
    assert desk.state["offline"] == [] and desk.state["last"]["type"] == "sale"


@stage.on_desk()
async def test_the_longer_the_host_is_away_the_rarer_it_is_tried(desk):
    await allowed(desk)
    gone(desk)
    await offline_sale(desk, "1234")
    tries = []
    refuses = desk.terminal.exchange.channel._open_stream

    async def open_stream():
        tries.append(dual.clock.ticks_ms())
        return await refuses()

    desk.terminal.exchange.channel._open_stream = open_stream
    desk.terminal.parameters["auto_sign_off_s"] = 0
    await asyncio.sleep_ms(3_600_000)
    assert 14 <= len(tries) <= 18, len(tries)
    pauses = [tries[at + 1] - tries[at] for at in range(len(tries) - 1)]
    assert max(pauses) < 250_000, pauses
    await host_back(desk)
    desk.books_agree()


@stage.on_desk()
async def test_without_wifi_the_idle_screen_says_up_to_what_is_sold(desk):
    await allowed(desk)
    desk.terminal.wifi.up = False
    await desk.see("NO WI-FI. Sales")
    await desk.see("up to 50.00")
    desk.terminal.parameters["offline_floor_minor"] = 0
    await desk.see("Sales must wait")
