"""The sale from the first digit to the last slip, and every way in which it does not come to that."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0])

import desk as stage
import model_host as model
from pos.journal.journal import Journal


@stage.on_desk()
async def test_a_sale_charges_once_and_prints_both_slips(desk):
    await desk.ready()
    await desk.press("1", "2", "3", "4")
    await desk.see("12.34")
    await desk.press("ENTER")
    await desk.see("card")
    await desk.card()
    assert "12.34" in await desk.see("12.34")
    assert desk.host.charged == {}
    await desk.press("ENTER")
    await desk.see("APPROVED")
    await desk.see("tear")
    assert len(desk.printer.slips) == 1
    await desk.press("5")
    await desk.see("READY")
    assert len(desk.printer.slips) == 2
    assert desk.host.accounts[stage.CARD_RICH] == 100000 - 1234
    desk.books_agree()
    merchant, customer = [stage.slip_text(slip) for slip in desk.printer.slips]
    for slip in (merchant, customer):
        assert "12.34" in slip and "620000******0013" in slip and "000003" in slip
        assert stage.CARD_RICH not in slip
    assert "MERCHANT COPY" in merchant and "SIGNATURE" in merchant
    assert "CUSTOMER COPY" in customer and "SIGNATURE" not in customer


@stage.on_desk()
async def test_a_keyed_number_sells_like_a_card(desk):
    await desk.ready()
    await desk.press("5", "UP", "ENTER")
    await desk.see("card")
    await desk.press(*stage.CARD_RICH)
    await desk.press("ENTER")
    await desk.see("5.00")
    await desk.press("ENTER")
    await desk.see("APPROVED")
    assert desk.host.requests[-1][22] == "012"
    desk.books_agree()


@stage.on_desk(cols=20)
async def test_the_display_without_chinese_sells_too(desk):
    await desk.ready()
    await desk.sell()
    desk.books_agree()


@stage.on_desk()
async def test_cancelling_an_entered_amount_sends_nothing_and_leaves_an_audit_line(desk):
    await desk.ready()
    sent = len(desk.host.requests)
    await desk.press("1", "2", "CANCEL")
    await desk.see("Cancel the")
    await desk.press("CANCEL")  # no: the digits stay
    await desk.see("0.12")
    await desk.press("CANCEL", "ENTER")
    await desk.see("CANCELLED")
    await desk.see("READY")
    assert len(desk.host.requests) == sent
    assert desk.state["pending"] is None and desk.state["last"] is None
    assert "cancelled" in desk.audits()
    await desk.sell()  # entry can start again


@stage.on_desk()
async def test_refusing_the_confirmation_sends_nothing(desk):
    await desk.ready()
    await desk.press("1", "ENTER")
    await desk.see("card")
    await desk.card()
    await desk.see("CANCEL=N")
    await desk.press("CANCEL")
    await desk.see("CANCELLED")
    assert desk.host.charged == {}


@stage.on_desk()
async def test_an_idle_operator_loses_the_entry_and_nothing_else(desk):
    await desk.ready()
    await desk.press("1", "ENTER")
    await desk.see("card")
    await desk.see("CANCELLED", 65_000)
    await desk.see("READY")
    assert not desk.terminal.reader.enabled
    assert desk.host.charged == {}


@stage.on_desk()
async def test_zero_and_more_than_the_limit_are_refused_at_the_keypad(desk):
    await desk.ready()
    await desk.press("0", "ENTER")
    await desk.see("zero")
    await desk.press(*"9999999999")
    assert "9999999.99" in await desk.see("9999999.99")
    await desk.see("max")
    await desk.press("ENTER")
    await desk.see("right?")  # what stands there is not what was keyed
    await desk.press("ENTER")
    await desk.see("card")


@stage.on_desk()
async def test_a_wrong_check_digit_is_told_and_can_be_mended(desk):
    await desk.ready()
    await desk.press("1", "ENTER")
    await desk.see("card")
    await desk.press(*"6200000000000014")
    await desk.press("ENTER")
    await desk.see("WRONG")
    await desk.press("CLEAR")
    await desk.see("card")
    await desk.card()
    await desk.see("CANCEL=N")


def test_a_decline_shows_its_code_and_what_to_do():
    cases = (("51", "Not enough"), ("62", "frozen"), ("14", "No such card"), ("Z9", "no"))

    async def scenario(desk):
        await desk.ready()
        for code, text in cases:
            desk.host.codes.append(code)
            await desk.key_sale()
            await desk.see("DECLINED " + code)
            await desk.see(text)
            await desk.press("ENTER")
            await desk.see("READY")
        assert desk.printer.slips == [] and desk.state["pending"] is None
        desk.books_agree()

    stage.run(scenario)


@stage.on_desk()
async def test_the_same_sale_again_is_asked_about(desk):
    await desk.ready()
    await desk.sell()
    await desk.press(*"1234")
    await desk.press("ENTER")
    await desk.see("card")
    await desk.card()
    await desk.see("SAME CARD")
    await desk.press("CANCEL")
    await desk.see("CANCELLED")
    assert len(desk.host.charged) == 1


@stage.on_desk()
async def test_no_answer_is_reversed_and_said_to_be_undone(desk):
    await desk.ready()
    for fault in (model.SILENT, model.LOST, model.GARBAGE, model.WRONG_MAC, model.OTHER_TRACE, model.TRUNCATED):
        desk.host.script.append(fault)
        await desk.key_sale()
        await desk.see("PROCESSING")
        await desk.see("Nothing charged")
        await desk.press("ENTER")
        await desk.see("READY")
        assert desk.host.charged == {}, fault
        desk.books_agree()
    await desk.sell()
    desk.books_agree()


@stage.on_desk()
async def test_a_late_answer_is_not_taken_for_the_next_request(desk):
    await desk.ready()
    desk.host.script.append(model.LATE)
    await desk.key_sale("1111")
    await desk.see("Nothing charged")
    await desk.press("ENTER")
    await desk.see("READY")
    await desk.sell("2222")
    assert desk.state["last"]["amount_minor"] == 2222
    desk.books_agree()


@stage.on_desk()
async def test_an_unreachable_host_is_told_and_nothing_is_left(desk):
    await desk.ready()
    desk.terminal.exchange.channel.close()
    desk.host.reachable = False
    await desk.key_sale()
    await desk.see("NOT SENT")
    await desk.press("ENTER")
    assert desk.state["pending"] is None
    desk.host.reachable = True
    await desk.see("READY")
    await desk.sell()
    desk.books_agree()


@stage.on_desk()
async def test_a_power_cut_between_request_and_answer_is_undone_at_the_next_start_without_anybody(desk):
    await desk.ready()
    desk.host.script.append(model.SILENT)
    await desk.key_sale()
    await desk.see("PROCESSING")
    assert len(desk.host.charged) == 1
    desk.power()
    await desk.see("UNANSWERED SALE")
    assert desk.host.charged == {} and desk.host.accounts[stage.CARD_RICH] == 100000
    await desk.see("LOG IN")
    desk.books_agree()


@stage.on_desk()
async def test_a_reversal_that_cannot_leave_is_tried_again_by_itself(desk):
    await desk.ready()
    desk.host.script.append(model.SILENT)
    await desk.key_sale()
    await desk.see("PROCESSING")
    desk.host.reachable = False
    desk.power()
    await desk.see("STILL")
    await desk.see("LOG IN")
    desk.host.reachable = True
    await desk.see("UNANSWERED SALE")
    assert desk.host.charged == {}
    desk.books_agree()


@stage.on_desk()
async def test_a_power_cut_before_the_slip_prints_it_at_the_next_start(desk):
    await desk.ready()
    await desk.key_sale()
    await desk.see("APPROVED")
    desk.power()
    await desk.see("NO SLIP YET")
    await desk.see("tear")
    await desk.press("ENTER")
    await desk.see("LOG IN")
    assert len(desk.printer.slips) == 2
    assert len(desk.host.charged) == 1
    desk.books_agree()


@stage.on_desk()
async def test_a_full_journal_asks_for_the_settlement(desk):
    await desk.ready()
    desk.terminal.parameters["journal_limit"] = 1
    await desk.sell()
    await desk.press("5")
    await desk.see("RECORDS FULL")
    assert len(desk.host.charged) == 1


@stage.on_desk()
async def test_a_damaged_tail_is_said_at_start_and_loses_no_record(desk):
    await desk.ready()
    await desk.sell()
    names = sorted(name for name in stage.dual.os.listdir(desk.folder + "/journal") if name.endswith(".log"))
    with open(desk.folder + "/journal/" + names[-1], "ab") as file:
        file.write(b'deadbeef 0000 {"kind":"result","state":"app')
    desk.power()
    await desk.see("LAST RECORD")
    await desk.log_in()
    await desk.see("READY")
    assert desk.state["count"] == 1
    desk.books_agree()
    assert Journal(desk.folder + "/journal").recover()["lost"] == 0


def test_a_sale_begun_before_the_clock_was_set_has_the_right_year_on_its_slip():
    async def scenario(desk):
        stage.dual.clock.set(None)
        desk.host.reachable = False
        desk.power()
        await desk.log_in()
        await desk.see("NOT SIGNED ON")
        await desk.press("ENTER")
        desk.host.reachable = True
        await desk.see("MENU: Sign on")
        await desk.key_sale()
        await desk.see("tear")
        assert "2026-03-14 15:30:01" in stage.slip_text(desk.printer.slips[0])

    try:
        stage.run(scenario)
    finally:
        stage.dual.clock.set((2026, 3, 14, 15, 9, 26))


@stage.on_desk()
async def test_a_key_pressed_too_soon_does_not_answer_the_question_about_a_second_sale(desk):
    await desk.ready()
    await desk.sell()
    await desk.press(*"1234")
    await desk.press("ENTER")
    await desk.see("card")
    await desk.press(*stage.CARD_RICH)
    for _ in range(3):  # before the terminal has drawn anything
        desk.inputs.put("KEY", "ENTER")
    await desk.see("SAME CARD")
    await stage.asyncio.sleep_ms(2_000)
    await desk.see("SAME CARD")
    assert len(desk.host.charged) == 1


@stage.on_desk()
async def test_an_amount_typed_over_a_decline_keeps_its_first_digit(desk):
    await desk.ready()
    desk.host.codes.append("51")
    await desk.key_sale()
    await desk.see("DECLINED 51")
    await desk.press(*"1234")
    await desk.see("12.34")


@stage.on_desk()
async def test_typed_card_digits_are_not_left_without_a_question(desk):
    await desk.ready()
    await desk.press("5", "ENTER")
    await desk.see("card")
    await desk.press(*"620000")
    await desk.press("CANCEL")
    await desk.see("Leave")
    await desk.press("CANCEL")
    await desk.see("6200 00")
    await desk.press("CANCEL", "ENTER")
    await desk.see("CANCELLED")
    assert desk.host.charged == {}


@stage.on_desk()
async def test_a_held_card_with_too_few_digits_says_so(desk):
    await desk.ready()
    await desk.press("5", "ENTER")
    await desk.see("card")
    await desk.card("62000000018")
    assert "11" in await desk.see("DIGITS")
    await desk.press("ENTER")
    await desk.see("card")
    await desk.card()
    await desk.see("0.05")


@stage.on_desk()
async def test_an_nfc_service_that_is_off_leaves_the_keyed_card(desk):
    desk.host.parameters[23] = b"sale,void"
    await desk.ready()
    await desk.press("5", "ENTER")
    await desk.see("Key the card")
    assert not desk.terminal.reader.enabled
    await desk.press(*stage.CARD_RICH)
    await desk.press("ENTER")
    await desk.see("0.05")


@stage.on_desk()
async def test_the_limit_of_the_kind_stops_at_the_keypad_and_the_operators_at_the_supervisor(desk):
    desk.host.parameters[33] = b"sale:1000"
    desk.host.parameters[34] = b"sale:2000"
    await desk.ready()
    await desk.press(*"2001")
    assert "20.00" in await desk.see("max.")
    await desk.press("0", "ENTER")
    await desk.see("card")
    await desk.card()
    await desk.see("SUPERVISOR")
    await desk.press(*"135790")
    await desk.press("ENTER")
    await desk.see("20.00")
    await desk.press("ENTER")
    await desk.see("APPROVED")
    assert desk.host.requests[-1][63] == b"01 020200"
    desk.books_agree()
