"""The void, from MENU to the slip: every way to find the original, every refusal, and every way out."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0])

import desk as stage
import model_host as model

PIN = "2468"
SUPERVISOR_PIN = "135790"


async def begin(desk):
    """MENU, corrections, void: the last sale is offered."""
    await desk.press("MENU", "2", "1")


async def finish(desk, reason="1"):
    """From the original's approval to the question that is answered with yes."""
    await desk.see("PIN")
    await desk.press(*PIN)
    await desk.press("ENTER")
    await desk.see("REASON")
    await desk.press(reason)
    await desk.see("CANCEL=N")
    await desk.press("ENTER")


async def approved(desk):
    await desk.see("VOID APPROVED")
    await desk.see("tear")
    await desk.press("ENTER")
    await desk.see("READY")


async def void_last(desk, reason="1"):
    await begin(desk)
    await desk.see("No., DOWN")
    await desk.press("ENTER")
    await finish(desk, reason)


def asked(desk):
    """Voids that reached the host."""
    return [request for request in desk.host.requests if request[0] == "0200" and request[3] == "200000"]


@stage.on_desk()
async def test_the_last_sale_is_voided_with_eight_keys_beyond_the_pin(desk):
    await desk.ready()
    await desk.sell()
    keys = ["MENU", "2", "1", "ENTER"] + list(PIN) + ["ENTER", "1", "ENTER"]
    assert len(keys) - len(PIN) <= 8
    for key in keys:
        await desk.press(key)
        await stage.asyncio.sleep_ms(100)
    await desk.see("VOID APPROVED")
    rows = desk.rows()
    assert "12.34" in rows[1] and "000004" in rows[2]
    await desk.see("tear")
    await desk.press("ENTER")
    await desk.see("READY")
    assert desk.host.accounts[stage.CARD_RICH] == 100000
    assert desk.state["totals"] == {"sale": [1, 1234], "void": [1, 1234]}
    desk.books_agree()


@stage.on_desk()
async def test_the_slips_carry_the_originals_numbers_and_the_reason(desk):
    await desk.ready()
    await desk.sell()
    await void_last(desk, "7")
    await approved(desk)
    merchant, customer = [stage.slip_text(slip) for slip in desk.printer.slips[2:]]
    for slip in (merchant, customer):
        for text in ("VOID SLIP", "000004", "ORIGINAL VOUCHER NO.      000003", "000000000001", "Goods back", "-12.34"):
            assert text in slip, text
        assert stage.CARD_RICH not in slip and "APPROVED BY" not in slip
    request = asked(desk)[0]
    assert request[61] == "0000070000030314" and request[37] == "000000000001"
    assert request[63] == b"01 010207"
    assert desk.state["last"]["reason"] == "07" and desk.state["last"]["original_trace"] == 3


@stage.on_desk()
async def test_what_is_voided_is_shown_before_the_pin_and_again_with_the_reason(desk):
    await desk.ready()
    await desk.sell()
    await begin(desk)
    await desk.see("No., DOWN")
    assert desk.rows()[:3] == ["SALE      000003", "03-14 15:30   OK", "CNY 12.34       "]
    await desk.press("ENTER")
    await desk.see("PIN")
    await desk.press(*PIN)
    assert not any("2468" in row for row in desk.rows())
    await desk.press("ENTER", "2")
    await desk.see("CANCEL=N")
    assert [row.strip() for row in desk.rows()[:3]] == ["Void sale 15:30", "CNY 12.34", "Device fault"]


@stage.on_desk()
async def test_any_sale_is_found_by_its_voucher_number(desk):
    await desk.ready()
    await desk.sell("1111")
    await desk.sell("2222")
    await begin(desk)
    await desk.see("22.22")
    await desk.press("3")
    await desk.see("Voucher")
    await desk.press("ENTER")
    await desk.see("11.11")
    await desk.see("CANCEL=N")
    await desk.press("ENTER")
    await finish(desk)
    await approved(desk)
    assert asked(desk)[0][61][6:12] == "000003"
    desk.books_agree()


@stage.on_desk()
async def test_any_sale_is_picked_from_the_list(desk):
    await desk.ready()
    for amount in ("1111", "2222", "3333", "4444"):
        await desk.sell(amount)
    await begin(desk)
    await desk.see("44.44")
    await desk.press("DOWN", "1")
    await desk.see(">15:30     44.44")
    await desk.press("DOWN", "DOWN", "DOWN")
    await desk.see(">15:30     11.11")
    await desk.press("ENTER")
    await desk.see("000003")
    await desk.press("ENTER")
    await finish(desk)
    await approved(desk)
    assert asked(desk)[0][61][6:12] == "000003"


@stage.on_desk()
async def test_a_time_leads_to_the_nearest_place_in_the_list(desk):
    await desk.ready()
    for at, amount in (("091500", "1111"), ("120000", "2222"), ("180000", "3333")):
        desk.host.changes.append((12, at))
        await desk.sell(amount)
    await begin(desk)
    await desk.press("DOWN", "3")
    await desk.see("HHMM")
    await desk.press("2", "5", "0", "0", "ENTER")
    await desk.see("NO SUCH TIME")
    await desk.press("ENTER")
    await desk.press("1", "1", "0", "0", "ENTER")
    await desk.see(">12:00     22.22")
    await desk.press("ENTER")
    await desk.see("000004")


@stage.on_desk()
async def test_an_order_is_found_by_its_number(desk):
    desk.host.parameters[35] = b"1"
    await desk.ready()
    for amount, order in (("1111", "777"), ("2222", ""), ("3333", "778")):
        await desk.press(*amount)
        await desk.press("ENTER")
        await desk.see("or just ENTER")
        await desk.press(*order)
        await desk.press("ENTER")
        await desk.see("card")
        await desk.card()
        await desk.see("CANCEL=N")
        await desk.press("ENTER")
        await desk.see("tear")
        await desk.press("ENTER")
        await desk.see("READY")
    assert [r[63][3:] for r in desk.host.requests if r[0] == "0200"] == [b"0303777", b"", b"0303778"]
    assert "ORDER NO." in stage.slip_text(desk.printer.slips[0])
    await begin(desk)
    await desk.press("DOWN", "4")
    await desk.see("Order number")
    await desk.press("7", "7", "7", "ENTER")
    await desk.see(">15:30     11.11")
    await desk.press("ENTER")
    await desk.see("CANCEL=N")
    await desk.press("ENTER")
    await finish(desk)
    await approved(desk)
    assert asked(desk)[0][63] == b"01 0102010303777"
    await begin(desk)
    await desk.press("DOWN", "4")
    await desk.press("7", "7", "7", "ENTER")
    await desk.see("NOTHING TO TAKE")


@stage.on_desk()
async def test_a_list_is_left_to_pick_another_one(desk):
    await desk.ready()
    await desk.sell("1111")
    await desk.sell("2222")
    await begin(desk)
    await desk.press("3", "ENTER")
    await desk.see("11.11")
    await desk.press("CANCEL")
    await desk.see("22.22")


async def _refused(desk, number, text):
    await begin(desk)
    await stage.asyncio.sleep_ms(100)
    if "No., DOWN" not in desk.rows()[3]:
        await desk.press("2")  # nothing to offer: by voucher number
    await desk.press(*number)
    await desk.press("ENTER")
    await stage.asyncio.sleep_ms(100)
    if "CANCEL=N" in desk.rows()[3]:
        await desk.press("ENTER")
    await desk.see(text)
    assert asked(desk) == [] or text == "ALREADY VOIDED"


@stage.on_desk()
async def test_a_number_that_does_not_exist_is_asked_for_again(desk):
    await desk.ready()
    await desk.sell()
    await _refused(desk, "99", "NOT FOUND HERE")
    await desk.press("ENTER")
    await desk.see("No., DOWN")
    await desk.press("CANCEL")
    await desk.see("CANCELLED")
    assert "refused" in desk.audits()


@stage.on_desk()
async def test_a_voided_sale_is_not_voided_again_and_no_void_is_voided(desk):
    await desk.ready()
    await desk.sell()
    await void_last(desk)
    await approved(desk)
    await _refused(desk, "3", "ALREADY VOIDED")
    await desk.press("CANCEL", "CANCEL")
    await desk.see("READY")
    await begin(desk)
    await desk.press("2", "4", "ENTER")
    await desk.see("VOID")
    await desk.press("ENTER")
    await desk.see("CAN'T BE VOIDED")
    assert len(asked(desk)) == 1
    desk.books_agree()


@stage.on_desk()
async def test_a_declined_sale_was_never_approved(desk):
    await desk.ready()
    desk.host.codes.append("51")
    await desk.key_sale()
    await desk.see("DECLINED 51")
    await desk.press("ENTER")
    await desk.see("READY")
    await _refused(desk, "3", "NEVER APPROVED")


@stage.on_desk()
async def test_a_hold_is_voided_elsewhere(desk):
    desk.host.parameters[23] = b"sale,nfc,qr,void,refund,preauth"
    await desk.ready()
    await desk.press("MENU", "6", "1")
    await desk.press(*"500")
    await desk.press("ENTER")
    await desk.see("card")
    await desk.card()
    await desk.see("CANCEL=N")
    await desk.press("ENTER")
    await desk.see("HOLD APPROVED")
    await desk.see("tear")
    await desk.press("ENTER")
    await desk.see("READY")
    await _refused(desk, "3", "THIS IS A HOLD")


def test_a_settled_sale_leads_straight_into_the_refund():
    async def scenario(desk):
        await desk.ready()
        await desk.sell()
        desk.terminal.journal.append({"kind": "batch", "batch": 8})
        desk.host.batch = 8
        await _refused(desk, "3", "BATCH SETTLED")
        await desk.press("ENTER")
        await desk.see("REFUND")
        await desk.press(*"1000")
        await desk.press("ENTER")
        await desk.see("PIN")
        await desk.press(*PIN)
        await desk.press("ENTER", "7")
        await desk.see("10.00")
        await desk.press("ENTER")
        await desk.see("REFUND APPROVED")
        assert desk.host.accounts[stage.CARD_RICH] == 100000 - 234
        assert desk.host.requests[-1][61] == "0000070000030314"

    stage.run(scenario)


@stage.on_desk()
async def test_a_sale_past_the_time_limit_is_refunded_instead(desk):
    desk.host.parameters[26] = b"1"
    await desk.ready()
    desk.host.changes.append((12, "142900"))
    await desk.sell()
    await _refused(desk, "3", "TOO LATE")
    assert "1 h" in desk.rows()[1]
    await desk.press("CANCEL")
    await desk.see("CANCELLED")
    await desk.see("READY")


@stage.on_desk()
async def test_cancel_leaves_every_screen_by_one_door(desk):
    await desk.ready()
    await desk.sell()
    sent = len(desk.host.requests)
    to_pin = ["ENTER"]
    to_reason = to_pin + list(PIN) + ["ENTER"]
    for keys, screen in (
        ([], "No., DOWN"),
        (["3"], "Voucher"),
        (["DOWN"], "From list"),
        (["DOWN", "1"], ">15:30"),
        (["DOWN", "3"], "HHMM"),
        (["DOWN", "4"], "Order"),
        (to_pin, "PIN"),
        (to_reason, "REASON"),
        (to_reason + ["1"], "CANCEL=N"),
    ):
        for leave in ("CANCEL", "idle"):
            count = desk.audits().count("cancelled")
            await begin(desk)
            await desk.see("No., DOWN")
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
    assert len(desk.host.requests) == sent and desk.state["pending"] is None
    desk.books_agree()


@stage.on_desk(people={"01": (PIN, False), "00": (SUPERVISOR_PIN, False)}, settings={"void_by": "supervisor"})
async def test_an_operator_without_the_right_needs_the_supervisor(desk):
    await desk.ready()
    await desk.sell()
    await begin(desk)
    await desk.see("No., DOWN")
    await desk.press("ENTER")
    await desk.see("SUPERVISOR")
    await desk.press(*SUPERVISOR_PIN)
    await desk.press("ENTER")
    await desk.see("REASON")
    await desk.press("1", "ENTER")
    await approved(desk)
    assert asked(desk)[0][63] == b"01 0102010202" + b"00"
    assert "APPROVED BY                   00" in stage.slip_text(desk.printer.slips[2])
    desk.books_agree()


@stage.on_desk()
async def test_too_many_voids_go_out_again_with_the_supervisor_in_them(desk):
    await desk.ready()
    await desk.sell()
    desk.host.codes.append("65")
    await void_last(desk)
    await desk.see("TOO MANY VOIDS")
    await desk.press("ENTER")
    await desk.see("SUPERVISOR")
    await desk.press(*SUPERVISOR_PIN)
    await desk.press("ENTER")
    await approved(desk)
    first, second = asked(desk)
    assert (first[11], second[11]) == ("000004", "000005")
    assert first[63] == b"01 010201" and second[63] == b"01 010201020200"
    desk.books_agree()


@stage.on_desk()
async def test_too_many_voids_without_a_supervisor_leave_the_sale_standing(desk):
    await desk.ready()
    await desk.sell()
    desk.host.codes.append("65")
    await void_last(desk)
    await desk.see("TOO MANY VOIDS")
    await desk.press("ENTER")
    await desk.see("SUPERVISOR")
    await desk.press("CANCEL")
    await desk.see("VOID DECLINED 65")
    assert len(asked(desk)) == 1
    desk.books_agree()


def test_a_decline_of_a_void_speaks_of_voids():
    async def scenario(desk):
        await desk.ready()
        await desk.sell()
        for code, text in (("12", "Voided before"), ("25", "know the sale"), ("64", "of the original")):
            desk.host.codes.append(code)
            await void_last(desk)
            await desk.see("VOID DECLINED " + code)
            await desk.see(text)
            await desk.press("ENTER")
            await desk.see("READY")
        desk.host.codes.append("96")  # nothing of its own: the general word
        await void_last(desk)
        await desk.see("Host has a fault")
        await desk.press("ENTER")
        desk.host.codes.append("Z9")
        await void_last(desk)
        await desk.see("VOID DECLINED Z9")
        await desk.see("no")
        desk.books_agree()

    stage.run(scenario)


def test_what_the_host_no_longer_voids_leads_into_the_refund():
    for code, text, question in (("21", "Settled at host", "BATCH SETTLED"), ("68", "Too late to void", "TOO LATE")):

        async def scenario(desk, code=code, text=text, question=question):
            await desk.ready()
            await desk.sell()
            desk.host.codes.append(code)
            await void_last(desk)
            await desk.see("VOID DECLINED " + code)
            await desk.see(text)
            await desk.press("ENTER")
            await desk.see(question)
            await desk.press("ENTER")
            await desk.see("REFUND")
            await desk.see("0.00")
            await desk.press("1", "ENTER")
            await desk.see("PIN")
            await desk.press(*PIN)
            await desk.press("ENTER", "7", "ENTER")
            await desk.see("REFUND APPROVED")
            desk.books_agree()

        stage.run(scenario)


@stage.on_desk()
async def test_no_answer_is_reversed_and_the_sale_is_said_to_stand(desk):
    await desk.ready()
    await desk.sell()
    for fault in (model.SILENT, model.LOST, model.GARBAGE):
        desk.host.script.append(fault)
        await void_last(desk)
        await desk.see("The sale stands")
        await desk.press("ENTER")
        await desk.see("READY")
        assert desk.host.accounts[stage.CARD_RICH] == 100000 - 1234, fault
        desk.books_agree()
    await void_last(desk)
    await approved(desk)
    desk.books_agree()


@stage.on_desk()
async def test_a_void_that_cannot_be_undone_yet_says_that_it_will_be(desk):
    await desk.ready()
    await desk.sell()
    desk.host.script.append(model.SILENT)
    desk.host.unreachable_after = 1
    await void_last(desk)
    await desk.see("VOID UNDECIDED")
    await desk.press("ENTER")
    desk.host.reachable = True
    await desk.see("UNANSWERED VOID", 120_000)
    await desk.see("The sale stands")
    await desk.see("READY")
    assert desk.state["pending"] is None
    desk.books_agree()


@stage.on_desk()
async def test_a_host_out_of_reach_leaves_the_original_standing(desk):
    await desk.ready()
    await desk.sell()
    desk.terminal.exchange.channel.close()
    desk.host.reachable = False
    await void_last(desk)
    await desk.see("Original stands")
    assert desk.state["pending"] is None
    desk.books_agree()


@stage.on_desk()
async def test_paper_that_runs_out_leaves_the_void_standing_and_its_slip_reprintable(desk):
    await desk.ready()
    await desk.sell()
    await void_last(desk)
    desk.printer.fail_at_line = 5
    await desk.see("NO PAPER")
    await desk.press("CANCEL")
    await desk.see("Print it later")
    await desk.press("ENTER")
    await desk.see("READY")
    assert desk.host.accounts[stage.CARD_RICH] == 100000
    desk.printer.flags = 0
    desk.go("reprint", desk.state["last"])
    await desk.see("MERCHANT")
    await desk.press("2")
    await desk.see("READY")
    slip = stage.slip_text(desk.printer.slips[-1])
    assert "VOID SLIP" in slip and "DUPLICATE" in slip
    desk.books_agree()


@stage.on_desk()
async def test_no_paper_is_told_before_the_void_and_it_goes_on_without(desk):
    await desk.ready()
    await desk.sell()
    desk.printer.flags = 1
    await void_last(desk)
    await desk.see("NO PAPER")
    await desk.press("CANCEL")
    await desk.see("without a")
    await desk.press("ENTER")
    await desk.see("VOID APPROVED")
    await desk.see("READY")
    assert len(desk.printer.slips) == 2 and desk.printer.torn == []
    desk.books_agree()


def test_a_void_service_that_is_off_is_not_begun():
    async def scenario(desk):
        await desk.ready()
        desk.terminal.parameters["services"] = "sale,nfc"
        desk.go("void")
        await desk.see("NOT OFFERED HERE")

    stage.run(scenario)


@stage.on_desk()
async def test_a_payment_by_code_is_voided_without_a_card(desk):
    await desk.ready()
    desk.host.codes_paid["9112345678901238"] = stage.CARD_RICH
    from pos.domain import transaction

    tx = transaction.make("sale", 1234, "", "qr", "01", stage.dual.clock.now(), qr="9112345678901238")
    desk.go("authorise", tx)
    await desk.see("tear")
    await desk.press("ENTER")
    await desk.see("READY")
    await begin(desk)
    await desk.see("QR SALE")
    await desk.press("ENTER")
    await finish(desk)
    await approved(desk)
    request = asked(desk)[0]
    assert request[22] == "032" and 2 not in request and request[63] == b"01 010201"
    assert "CUSTOMER'S QR CODE" in stage.slip_text(desk.printer.slips[-1])
    assert desk.state["totals"] == {"qr": [1, 1234], "void": [1, 1234]}
    desk.books_agree()


@stage.on_desk(cols=20)
async def test_the_display_without_chinese_voids_too(desk):
    await desk.ready()
    await desk.sell()
    await void_last(desk)
    await approved(desk)
    desk.books_agree()


@stage.on_desk(language="zh")
async def test_in_chinese_the_voucher_stays_beside_the_printing(desk):
    desk.power()
    await desk.see("<b2d9>")
    for keys in ("01", PIN):
        await desk.press(*keys)
        await desk.press("ENTER")
        await stage.asyncio.sleep_ms(3_000)
    for keys in (["1", "2", "3", "4", "ENTER"], list(stage.CARD_RICH), ["ENTER"], ["ENTER"]):
        await desk.press(*keys)
        await stage.asyncio.sleep_ms(200)
    await desk.see("APPROVED")
    await stage.asyncio.sleep_ms(2_000)
    rows = desk.rows()
    assert "12.34" in rows[1] and "000003" in rows[2] and rows[3].strip()
