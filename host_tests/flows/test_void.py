"""The void from MENU to the slip: every way to find the original, every screen, every way out."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0])

import desk as stage
from voiding import PIN, approved, asked, begin, finish, void_last


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
    await desk.yes()
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
    await desk.see("No.000006      1")
    await desk.press("DOWN", "DOWN", "DOWN")
    await desk.see("No.000003      4")
    await desk.see(">15:30     11.11")
    await desk.press("ENTER")
    await desk.see("000003")
    await desk.press("ENTER")
    await finish(desk)
    await approved(desk)
    assert asked(desk)[0][61][6:12] == "000003"


@stage.on_desk()
async def test_a_million_stands_in_the_list_in_full(desk):
    desk.host.accounts[stage.CARD_RICH] = 999999999
    await desk.ready()
    await desk.sell("123456789")
    await begin(desk)
    await desk.press("DOWN", "1")
    await desk.see(">1530 1234567.89")


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
        await desk.yes()
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
    await desk.yes()
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
