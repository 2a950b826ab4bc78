"""The offline sale at the counter: offered when the host cannot be reached, or refused, and why."""

import asyncio
import sys

sys.path.insert(0, __file__.rpartition("/")[0])

import desk as stage
import dual
import model_host as model
from offline_steps import SERVICES, allowed, gone, host_back, offline_sale, refusals, refused


@stage.on_desk()
async def test_the_sale_is_made_printed_and_sent_when_the_host_is_back(desk):
    await allowed(desk)
    gone(desk)
    await desk.key_sale("1234")
    await desk.see("NO CONNECTION")
    assert [row.strip() for row in desk.rows()[1:3]] == ["Sell offline?", "CNY 12.34"]
    await desk.press("ENTER")
    await desk.see("APPROVED OFFLINE")
    assert "12.34" in desk.rows()[1]
    await desk.see("tear")
    assert desk.state["slips"] < 2 and len(desk.state["offline"]) == 1
    await desk.press("ENTER")
    await desk.see("waiting: 1")
    merchant, customer = [stage.slip_text(slip) for slip in desk.printer.slips]
    for slip in (merchant, customer):
        assert "OFFLINE SALE" in slip and "OFFLINE - NOT YET AT THE HOST" in slip
        assert "REFERENCE NO." not in slip and "12.34" in slip and "620000******0013" in slip
    assert desk.state["totals"] == {}
    await host_back(desk)
    await desk.see("READY")
    desk.books_agree()
    assert desk.state["totals"] == {"offline": [1, 1234]}
    assert len(desk.printer.slips) == 2
    await desk.menu("Reprint")
    await desk.see("Last slip")
    await desk.press("ENTER", "ENTER")
    await desk.until(lambda: len(desk.printer.slips) == 3)
    slip = stage.slip_text(desk.printer.slips[2])
    assert "OFFLINE SALE" in slip and "REFERENCE NO." in slip and "NOT YET" not in slip and "DUPLICATE" in slip


@stage.on_desk()
async def test_cancel_sells_nothing(desk):
    await allowed(desk)
    gone(desk)
    await desk.key_sale()
    await desk.see("Sell offline?")
    await desk.press("CANCEL")
    await desk.see("CANCELLED")
    assert desk.state["offline"] == [] and desk.printer.slips == []
    assert "cancelled" in desk.audits()


@stage.on_desk()
async def test_nobody_there_sells_nothing(desk):
    await allowed(desk)
    gone(desk)
    await desk.key_sale()
    await desk.see("Sell offline?")
    await desk.see("CANCELLED")
    assert desk.state["offline"] == []


@stage.on_desk()
async def test_keys_pressed_ahead_do_not_answer_the_question(desk):
    await allowed(desk)
    gone(desk)

    async def open_stream():
        await asyncio.sleep_ms(2_000)
        raise OSError(111, "refused")

    desk.terminal.exchange.channel._open_stream = open_stream
    await desk.key_sale()
    await desk.press("ENTER", "ENTER")
    await desk.see("Sell offline?")
    await asyncio.sleep_ms(1_000)
    assert desk.state["offline"] == []


@stage.on_desk()
async def test_a_sale_that_left_without_an_answer_is_undone_and_never_sold_offline(desk):
    await allowed(desk)
    desk.host.script = [model.SILENT]
    desk.host.unreachable_after = 1
    await desk.key_sale()
    await desk.see("RESULT UNKNOWN")
    await desk.press("ENTER")
    await desk.until(lambda: "MENU" in desk.rows()[3])
    assert desk.state["offline"] == [] and desk.state["pending"]
    # The next customer's is another sale; the one before is undone first.
    await desk.key_sale("500", stage.CARD_RICH)
    await desk.see("Sell offline?")
    await desk.press("ENTER")
    await desk.see("tear")
    await desk.press("ENTER")
    desk.host.reachable = True
    await desk.until(lambda: not desk.state["offline"] and not desk.state["pending"], 700_000)
    desk.books_agree()
    assert desk.host.taken_minor() == 500


@stage.on_desk()
async def test_a_merchant_without_it_is_told_as_ever(desk):
    for services, floor_minor in ((SERVICES, b"0"), (b"sale,nfc", b"5000")):
        desk.host.parameters.update({23: services, 38: floor_minor})
        await desk.ready()
        gone(desk)
        await desk.key_sale()
        await desk.see("NOT SENT")
        await desk.see("Host takes no")
        assert desk.state["offline"] == []
        desk.host.reachable = True


@stage.on_desk()
async def test_a_wrong_certificate_is_no_reason_to_sell_offline(desk):
    await allowed(desk)
    desk.terminal.exchange.channel.close()

    async def open_stream():
        raise OSError("certificate verify failed")

    desk.terminal.exchange.channel._open_stream = open_stream
    await desk.key_sale()
    await desk.see("NOT SENT")
    await desk.see("Host not trusted")
    assert desk.state["offline"] == []


@stage.on_desk()
async def test_limits_are_told(desk):
    await allowed(desk)
    parameters = desk.terminal.parameters
    gone(desk)
    await refused(desk, "5001", "host: 50.00")
    await offline_sale(desk, "5000")
    parameters["offline_sum_minor"] = 5100
    await refused(desk, "200", "Sum of offline")
    parameters["offline_sum_minor"] = 99999
    parameters["offline_count"] = 1
    await refused(desk, "200", "1 sales wait")
    parameters["offline_count"] = 20
    dual.clock.set((2026, 3, 15, 15, 31, 0))
    await refused(desk, "200", "24 h or more.")
    assert refusals(desk) == ["amount", "sum", "count", "age"]
    assert len(desk.state["offline"]) == 1


@stage.on_desk()
async def test_the_same_card_and_amount_again_is_asked_about(desk):
    await allowed(desk)
    gone(desk)
    await offline_sale(desk, "1234")
    await desk.press(*"1234")
    await desk.press("ENTER")
    await desk.see("card")
    await desk.card()
    await desk.see("SAME CARD")
    await desk.press("CANCEL")
    await desk.see("CANCELLED")
    assert len(desk.state["offline"]) == 1


@stage.on_desk()
async def test_a_supervisor_must_approve_above_the_operators_limit_offline_too(desk):
    desk.host.parameters[33] = b"sale:1000"
    await allowed(desk)
    gone(desk)
    await desk.press(*"1234")
    await desk.press("ENTER")
    await desk.see("card")
    await desk.card()
    await desk.see("SUPERVISOR")
    await desk.press(*"135790")
    await desk.press("ENTER")
    await desk.yes()
    await desk.see("Sell offline?")
    await desk.press("ENTER")
    await desk.see("APPROVED OFFLINE")
    await host_back_later(desk)
    assert "APPROVED BY" in stage.slip_text(desk.printer.slips[0])
    assert desk.host.requests[-1][63][3:] == b"020200"


async def host_back_later(desk):
    await desk.see("tear")
    await desk.press("ENTER")
    await host_back(desk)


@stage.on_desk()
async def test_a_start_without_network_sells_by_the_stored_parameters(desk):
    await allowed(desk)
    desk.host.reachable = False
    desk.power()
    await desk.log_in()
    await desk.see("NOT SIGNED ON")
    await desk.press("ENTER")
    await desk.until(lambda: "MENU" in desk.rows()[3])
    await desk.press(*"700")
    await desk.press("ENTER")
    await desk.see("card")
    await desk.card()
    await desk.yes()
    await desk.see("NOT SIGNED ON")
    await desk.press("ENTER")
    await desk.see("Sell offline?")
    await desk.press("ENTER")
    await desk.see("APPROVED OFFLINE")
    await host_back_later(desk)
    desk.books_agree()
    assert desk.host.taken_minor() == 700


@stage.on_desk()
async def test_a_start_whose_clock_is_not_set_sells_nothing(desk):
    await allowed(desk)
    desk.host.reachable = False
    desk.power()
    clock = desk.terminal.clock
    desk.terminal.clock = desk.terminal.exchange.clock = Unset(clock)
    await desk.log_in()
    await desk.see("NOT SIGNED ON")
    await desk.press("ENTER")
    await desk.until(lambda: "MENU" in desk.rows()[3])
    await desk.key_sale("700")
    await desk.see("NOT SIGNED ON")
    await desk.press("ENTER")
    await desk.see("No time is set")
    assert desk.state["offline"] == []


class Unset:
    """A clock that forgot the time with the power."""

    def __init__(self, clock):
        self.ticks_ms, self.elapsed_ms, self.set = clock.ticks_ms, clock.elapsed_ms, clock.set

    def now(self):
        return None
