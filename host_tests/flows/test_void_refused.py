"""A void that is refused, here or by the host, allowed by the supervisor, or left without an answer."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0])

import desk as stage
import model_host as model
from voiding import PIN, SUPERVISOR_PIN, approved, asked, begin, void_last


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
    await desk.yes()
    await desk.take_slips("HOLD APPROVED")
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


def test_with_all_settled_the_list_still_leads_into_the_refund():
    async def scenario(desk):
        await desk.ready()
        await desk.sell()
        desk.terminal.journal.append({"kind": "batch", "batch": 8})
        desk.host.batch = 8
        await begin(desk)
        await desk.see("From list")
        await desk.press("ENTER")
        await desk.see(">03-14")
        await desk.press("ENTER")
        await desk.see("000003")
        await desk.press("ENTER")
        await desk.see("BATCH SETTLED")
        await desk.press("ENTER")
        await desk.see("Left: 12.34")
        assert asked(desk) == []

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


def test_a_void_service_that_is_off_is_not_begun():
    async def scenario(desk):
        await desk.ready()
        desk.terminal.parameters["services"] = "sale,nfc"
        desk.go("void")
        await desk.see("NOT OFFERED HERE")

    stage.run(scenario)


@stage.on_desk()
async def test_a_power_cut_before_the_slip_of_a_void_prints_it_at_the_next_start(desk):
    await desk.ready()
    await desk.sell()
    await void_last(desk)
    await desk.see("VOID APPROVED")
    desk.power()
    await desk.see("NO SLIP YET")
    await desk.see("VOID APPROVED")
    await desk.see("tear")
    await desk.press("ENTER")
    await desk.see("LOG IN")
    assert "VOID SLIP" in stage.slip_text(desk.printer.slips[-1])
    desk.books_agree()


@stage.on_desk()
async def test_a_power_cut_before_the_answer_to_a_void_leaves_the_sale_standing(desk):
    await desk.ready()
    await desk.sell()
    desk.host.script.append(model.SILENT)
    await void_last(desk)
    await desk.see("PROCESSING")
    assert desk.host.accounts[stage.CARD_RICH] == 100000
    desk.power()
    await desk.see("UNANSWERED VOID")
    await desk.see("LOG IN")
    assert desk.host.accounts[stage.CARD_RICH] == 100000 - 1234
    desk.books_agree()
    await desk.log_in()
    await desk.see("READY")
    await void_last(desk)
    await approved(desk)
    desk.books_agree()
