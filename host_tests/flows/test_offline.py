"""The offline sale at the counter: offered when the host cannot be reached, printed, sent later, told when it fails."""

import asyncio
import sys

sys.path.insert(0, __file__.rpartition("/")[0])

import desk as stage
import dual
import model_host as model

SERVICES = b"sale,nfc,qr,void,refund,preauth,balance,offline"


async def allowed(desk, floor_minor=b"5000"):
    """Signed on, and this merchant allows it."""
    dual.clock.set((2026, 3, 14, 15, 30, 0))
    desk.host.parameters.update({23: SERVICES, 38: floor_minor})
    await desk.ready()


def gone(desk):
    """The host cannot be reached from now on."""
    desk.terminal.exchange.channel.close()
    desk.host.reachable = False


async def host_back(desk):
    desk.host.reachable = True
    await desk.until(lambda: not desk.state["offline"], 700_000)


async def offline_sale(desk, digits="1234", card=stage.CARD_RICH):
    await desk.key_sale(digits, card)
    await desk.see("Sell offline?")
    await desk.press("ENTER")
    await desk.see("APPROVED OFFLINE")
    await desk.see("tear")
    await desk.press("ENTER")
    await desk.see("waiting: ")


async def refused(desk, digits, *texts):
    """The sale is not made, and the screen says why."""
    await desk.key_sale(digits)
    await desk.see("NOT SOLD OFFLINE")
    for text in texts:
        await desk.see(text)
    await desk.press("ENTER")
    await desk.until(lambda: "MENU" in desk.rows()[3])


def refusals(desk):
    return [r["reason"] for r in desk.terminal.journal.scan() if r["kind"] == "audit" and r["what"] == "refused"]


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
