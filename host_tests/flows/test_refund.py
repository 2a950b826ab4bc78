"""The refund: in parts, of any batch, by list, voucher or the old slip's numbers; stored when the host is silent."""

import asyncio
import sys

sys.path.insert(0, __file__.rpartition("/")[0])

import desk as stage
import model_host as model
import power_cut
from voiding import PIN, SUPERVISOR_PIN


async def begin(desk, way):
    """MENU, corrections, refund, and the way to find the original."""
    await desk.press("MENU", "2", "2")
    await desk.see("From list")
    await desk.press(way)


async def pick(desk):
    """The newest of the list."""
    await begin(desk, "1")
    await desk.see(">03-14")
    await desk.press("ENTER")
    await desk.yes()


async def key_amount(desk, amount):
    await desk.see("0.00")
    await desk.press(*amount)
    await desk.press("ENTER")


async def confirm(desk, amount, pin=PIN):
    await desk.pin(pin)
    await desk.see("REASON")
    await desk.press("7")
    await desk.see(amount)
    await desk.yes()


async def give_back(desk, amount, shown):
    """So much of the newest of the list, up to the confirmation, which it gives."""
    await pick(desk)
    await key_amount(desk, amount)
    await confirm(desk, shown)


async def approved(desk):
    """Both its slips; to the idle screen."""
    await desk.take_slips("REFUND APPROVED")


async def sold_before(desk):
    """A sale of 10.00, and the batch after it."""
    await desk.ready()
    await desk.sell("1000")
    next_batch(desk)


def next_batch(desk):
    batch = desk.state["batch"] + 1
    desk.terminal.journal.append({"kind": "batch", "batch": batch})
    desk.host.batch = batch


def asked(desk):
    """Refunds that reached the host."""
    return [request for request in desk.host.requests if request[0] == "0220"]


@stage.on_desk()
async def test_goods_come_back_in_parts_and_never_more_than_all(desk):
    await sold_before(desk)
    for amount, shown, state in (("400", "4.00", "OK"), ("600", "6.00", "part")):
        await begin(desk, "1")
        await desk.see(">03-14     10.00")
        await desk.press("ENTER")
        await desk.see("CANCEL=N")
        assert desk.rows()[1].endswith(state), desk.rows()
        await desk.press("ENTER")
        await key_amount(desk, amount)
        await confirm(desk, shown)
        await approved(desk)
    assert desk.host.accounts[stage.CARD_RICH] == 100000
    assert desk.state["totals"] == {"refund": [2, 1000]}
    await begin(desk, "1")
    await desk.press("ENTER")
    await desk.yes()
    await desk.see("ALL REFUNDED")
    assert len(asked(desk)) == 2


@stage.on_desk()
async def test_the_same_part_again_is_asked_about(desk):
    await sold_before(desk)
    await give_back(desk, "400", "4.00")
    await approved(desk)
    await pick(desk)
    await key_amount(desk, "400")
    await desk.see("SAME CARD")
    await desk.press("CANCEL")
    await desk.see("CANCELLED")
    assert len(asked(desk)) == 1


@stage.on_desk()
async def test_more_than_is_left_is_refused_at_the_keypad(desk):
    await sold_before(desk)
    await give_back(desk, "400", "4.00")
    await approved(desk)
    await pick(desk)
    await desk.see("Left: 6.00")
    await desk.press(*"601")
    assert "max. 6.00" in await desk.see("max.")


@stage.on_desk()
async def test_the_slip_and_the_wire_carry_the_originals_reference_and_date(desk):
    await sold_before(desk)
    await begin(desk, "2")
    await desk.see("Voucher")
    await desk.press("3", "ENTER")
    await desk.yes()
    await key_amount(desk, "250")
    await confirm(desk, "2.50")
    await approved(desk)
    request = asked(desk)[0]
    assert request[61] == "0000070000030314" and request[37] == "000000000001" and request[63] == b"01 010207"
    slip = stage.slip_text(desk.printer.slips[2])
    for text in ("REFUND SLIP", "-2.50", "ORIGINAL REF. NO.   000000000001", "ORIGINAL DATE         2026-03-14"):
        assert text in slip, text


@stage.on_desk()
async def test_a_sale_of_another_terminal_is_keyed_from_its_slip(desk):
    await desk.ready()
    await begin(desk, "4")
    await desk.see("Reference")
    await desk.press(*"607315092627")
    await desk.press("ENTER")
    await desk.see("MMDD")
    await desk.press("0", "2", "3", "0", "ENTER")
    await desk.see("NO SUCH DAY")
    await desk.press("ENTER")
    await desk.press("0", "3", "1", "3", "ENTER")
    await desk.see("card")
    await desk.card()
    await key_amount(desk, "250")
    desk.host.codes.append("00")
    await confirm(desk, "2.50")
    await approved(desk)
    request = asked(desk)[0]
    assert request[61] == "0000000000000313" and request[37] == "607315092627" and request[2] == stage.CARD_RICH
    assert "ORIGINAL VOUCHER" not in stage.slip_text(desk.printer.slips[0])


@stage.on_desk()
async def test_a_payment_by_code_is_refunded_without_a_card(desk):
    await desk.ready()
    await begin(desk, "5")
    await desk.press(*"607315092627")
    await desk.press("ENTER", "0", "3", "1", "3", "ENTER")
    await key_amount(desk, "250")
    desk.host.codes.append("25")
    await confirm(desk, "2.50")
    await desk.see("NO REFUND: 25")
    await desk.see("such sale")
    request = asked(desk)[0]
    assert 2 not in request and request[22] == "032"


@stage.on_desk()
async def test_above_the_limit_the_supervisor_approves(desk):
    desk.host.parameters[27] = b"500"
    await sold_before(desk)
    await pick(desk)
    await key_amount(desk, "501")
    await desk.see("SUPERVISOR")
    await confirm(desk, "5.01", SUPERVISOR_PIN)
    await approved(desk)
    assert asked(desk)[0][63] == b"01 010207020200"
    assert "APPROVED BY" in stage.slip_text(desk.printer.slips[2])
    await pick(desk)
    await key_amount(desk, "499")
    await desk.see("Operator 01")


@stage.on_desk()
async def test_a_whole_refund_of_this_batch_is_better_voided(desk):
    await desk.ready()
    await desk.sell("1000")
    await pick(desk)
    await key_amount(desk, "1000")
    await desk.see("Void instead?")
    await desk.press("ENTER")
    await desk.see("PIN")
    await desk.press(*PIN)
    await desk.press("ENTER", "7")
    await desk.see("Void sale")
    await desk.press("ENTER")
    await desk.see("VOID APPROVED")
    desk.books_agree()


@stage.on_desk()
async def test_a_part_of_this_batch_is_refunded_and_then_no_longer_voided(desk):
    await desk.ready()
    await desk.sell("1000")
    await give_back(desk, "100", "1.00")
    await approved(desk)
    desk.books_agree()
    await desk.press("MENU", "2", "1")
    await desk.see("No., DOWN")
    await desk.press("ENTER")
    await desk.see("PART OF IT IS")


@stage.on_desk()
async def test_a_voided_sale_is_not_offered_and_not_refunded(desk):
    await desk.ready()
    await desk.sell("1000")
    await desk.press("MENU", "2", "1", "ENTER")
    await desk.see("PIN")
    await desk.press(*PIN)
    await desk.press("ENTER", "1", "ENTER")
    await desk.see("tear")
    await desk.press("ENTER")
    await desk.see("READY")
    await begin(desk, "1")
    await desk.see("NOTHING TO TAKE")
    await desk.press("ENTER")
    await desk.see("CANCELLED")
    await desk.press("ENTER")
    await begin(desk, "2")
    await desk.press("3", "ENTER")
    await desk.yes()
    await desk.see("ALREADY VOIDED")
    assert asked(desk) == []


@stage.on_desk()
async def test_a_slip_that_was_begun_before_a_power_cut_is_marked(desk):
    await sold_before(desk)
    desk.host.script = [model.SILENT]
    await give_back(desk, "400", "4.00")
    await desk.see("REFUND STORED")
    await desk.press("ENTER")
    real = desk.printer.finish

    async def slowly():
        await real()
        await asyncio.sleep_ms(1_000)

    desk.printer.finish = slowly
    await desk.until(lambda: len(desk.printer.slips) == 3)  # on paper, and the journal does not know it yet
    desk.power()
    await desk.see("tear", 60_000)
    await desk.press("ENTER")
    await desk.see("LOG IN")
    marked = ["printed again" in stage.slip_text(slip) for slip in desk.printer.slips[2:]]
    assert marked == [False, True, True], "the merchant's, again after the cut, and the customer's, begun or not"


@stage.on_desk()
async def test_a_silent_host_gets_it_later_and_the_slip_prints_then(desk):
    await sold_before(desk)
    await pick(desk)
    await key_amount(desk, "400")
    desk.host.script.append(model.SILENT)
    desk.host.unreachable_after = 1
    await confirm(desk, "4.00")
    await desk.see("REFUND STORED")
    assert desk.state["advices"] and len(desk.printer.slips) == 2
    desk.host.reachable = True
    await desk.press("ENTER")
    await desk.take_slips("REFUND APPROVED")
    assert desk.state["advices"] == [] and desk.state["totals"] == {"refund": [1, 400]}
    assert desk.host.accounts[stage.CARD_RICH] == 100000 - 600
    assert [request[11] for request in asked(desk)] == ["000004", "000004"]
    assert len(desk.printer.slips) == 4 and "REFUND SLIP" in stage.slip_text(desk.printer.slips[3])


@stage.on_desk()
async def test_a_refund_whose_record_is_damaged_is_in_doubt_and_never_told_as_declined(desk):
    await sold_before(desk)
    journal = desk.terminal.journal
    tx = dict(journal.state["last"], type="refund", trace=journal.free_trace(), state="sent")
    journal.append({"kind": "advice", "tx": tx})
    journal.closed = True  # the snapshot of the next segment knows of it
    journal.append({"kind": "audit", "what": "log_in"})
    power_cut.damage(journal.folder, b'"advice"')
    desk.power()
    await desk.see("VOUCHER 000004")
    await desk.see("DAMAGED")
    await desk.see("Ask the host")
    await desk.press("ENTER")
    await desk.log_in()
    await desk.see("READY")
    assert desk.state["untold"] == [] and desk.state["doubt"] == [4] and asked(desk) == []
    await desk.sell()


@stage.on_desk()
async def test_a_host_out_of_reach_refunds_nothing_behind_anybodys_back(desk):
    await sold_before(desk)
    desk.terminal.exchange.channel.close()
    desk.host.reachable = False
    await give_back(desk, "400", "4.00")
    await desk.see("Not refunded")
    assert desk.state["advices"] == []


def test_a_decline_of_a_refund_speaks_of_refunds():
    async def scenario(desk):
        await sold_before(desk)
        for code, text in (("61", "More than is"), ("25", "such sale"), ("05", "Call the bank"), ("96", "Host has a")):
            desk.host.codes.append(code)
            await give_back(desk, "1", "0.01")
            await desk.see("NO REFUND: " + code)
            await desk.see(text)
            await desk.press("ENTER")
            await desk.see("READY")
        assert desk.host.accounts[stage.CARD_RICH] == 99000

    stage.run(scenario)


@stage.on_desk()
async def test_cancel_and_the_idle_time_leave_every_screen_by_one_door(desk):
    await sold_before(desk)
    sent = len(desk.host.requests)
    picked = ["1", "ENTER", "ENTER"]
    to_pin = picked + ["4", "ENTER"]
    to_reason = to_pin + list(PIN) + ["ENTER"]
    rrn = list("607315092627") + ["ENTER"]
    for keys, screen in (
        ([], "From list"),
        (["1"], ">03-14"),
        (["2"], "Voucher"),
        (["3"], "Order"),
        (["4", "1"], "1"),
        (["4"] + rrn, "MMDD"),
        (["4"] + rrn + ["0", "3", "1", "3", "ENTER"], "card"),
        (picked, "0.00"),
        (to_pin, "PIN"),
        (to_reason, "REASON"),
        (to_reason + ["1"], "0.04"),
    ):
        for leave in ("CANCEL", "idle"):
            count = desk.audits().count("cancelled")
            await desk.press("MENU", "2", "2")
            await desk.press(*keys)
            await desk.see(screen)
            if leave == "CANCEL":
                await desk.press("CANCEL")
                await stage.asyncio.sleep_ms(100)
                if any("Leave" in row for row in desk.rows()):
                    await desk.press("ENTER")
            await desk.see("CANCELLED", 65_000)
            await desk.see("READY")
            assert desk.audits().count("cancelled") == count + 1, (keys, leave)
    assert len(desk.host.requests) == sent and desk.state["advices"] == []
