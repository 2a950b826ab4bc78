"""Slips when the printer does not want to: nothing half lost, nothing charged twice, everything reprintable."""

import asyncio
import sys

sys.path.insert(0, __file__.rpartition("/")[0])

import desk as stage


@stage.on_desk()
async def test_paper_that_runs_out_within_a_slip_begins_the_slip_again(desk):
    await desk.ready()
    desk.printer.fail_at_line = 7
    await desk.key_sale()
    await desk.see("NO PAPER")
    desk.printer.flags = 0
    await desk.press("ENTER")
    await desk.see("tear")
    assert len(desk.printer.torn) == 1 and len(desk.printer.torn[0]) == 7
    merchant = stage.slip_text(desk.printer.slips[0])
    assert "printed again" in merchant and "MERCHANT COPY" in merchant and "SIGNATURE" in merchant
    desk.books_agree()


def test_no_paper_before_a_sale_is_told_before_money_moves():
    for flags, text in ((1, "NO PAPER"), (2, "COVER IS OPEN"), (4, "SILENT")):

        async def scenario(desk, flags=flags, text=text):
            await desk.ready()
            desk.printer.flags = flags
            await desk.key_sale()
            await desk.see(text)
            assert desk.host.charged == {}
            desk.printer.flags = 0
            await desk.press("ENTER")
            await desk.see("APPROVED")
            desk.books_agree()

        stage.run(scenario)


@stage.on_desk()
async def test_a_slip_put_off_can_be_reprinted_and_is_not_pressed_upon_anybody(desk):
    await desk.ready()
    desk.printer.fail_at_line = 3
    await desk.key_sale()
    await desk.see("NO PAPER")
    await desk.press("CANCEL")
    await desk.see("Print it later")
    await desk.press("ENTER")
    await desk.see("READY")
    desk.printer.flags = 0
    await desk.menu("Reprint")
    await desk.press("1", "2")
    await desk.see("READY")
    assert len(desk.printer.slips) == 1
    assert len(desk.host.charged) == 1
    desk.books_agree()
    desk.power()
    await desk.log_in()
    await desk.see("READY")
    assert len(desk.printer.slips) == 1, "it has its slip: the next start prints no second one"


def test_one_copy_or_none_where_the_settings_say_so():
    async def one(desk):
        await desk.ready()
        await desk.key_sale()
        await desk.see("any key")
        await desk.press("ENTER")
        await desk.see("READY")
        assert len(desk.printer.slips) == 1

    async def none(desk):
        await desk.ready()
        desk.printer.flags = 1  # does not matter then
        await desk.key_sale()
        await desk.see("APPROVED")
        await desk.see("READY")
        assert desk.printer.slips == []

    async def ask(desk):
        await desk.ready()
        await desk.key_sale()
        await desk.see("Print the slip?")
        await desk.press("CANCEL")
        await desk.see("READY")
        assert desk.printer.slips == []

    stage.run(one, settings={"copies": 1})
    stage.run(none, settings={"print_receipts": "never"})
    stage.run(ask, settings={"print_receipts": "ask"})


@stage.on_desk()
async def test_a_slip_waits_for_paper_as_long_as_it_takes(desk):
    await desk.ready()
    desk.printer.fail_at_line = 3
    await desk.key_sale()
    await desk.see("NO PAPER")
    await asyncio.sleep_ms(10 * 60_000)
    assert "NO PAPER" in await desk.see("NO PAPER")
    desk.printer.flags = 0
    await desk.press("ENTER")
    await desk.see("tear")
    assert len(desk.printer.slips) == 1


@stage.on_desk()
async def test_a_sale_without_a_slip_asks_the_printer_no_more_and_says_approved(desk):
    await desk.ready()
    desk.printer.flags = 1
    await desk.key_sale()
    await desk.see("NO PAPER")
    await desk.press("CANCEL")
    await desk.see("without a")
    await desk.press("ENTER")
    await desk.see("APPROVED")
    for _ in range(40):
        await asyncio.sleep_ms(100)
        assert any("APPROVED" in row for row in desk.rows()), desk.rows()
    await desk.see("READY")
    assert desk.printer.torn == [] and desk.printer.slips == []
    desk.printer.flags = 0
    desk.power()  # made up for when there is paper
    await desk.see("NO SLIP YET")
    await desk.see("tear")
    assert len(desk.printer.slips) == 1


@stage.on_desk()
async def test_a_slip_begun_before_a_power_cut_is_printed_again_and_says_so(desk):
    await desk.ready()
    await desk.key_sale()
    await desk.see("APPROVED")
    await asyncio.sleep_ms(300)
    assert desk.printer.slips == []
    desk.power()
    await desk.see("NO SLIP YET")
    await desk.see("tear")
    await desk.press("ENTER")
    await desk.see("LOG IN")
    merchant, customer = [stage.slip_text(slip) for slip in desk.printer.slips]
    assert "printed again" in merchant and "printed again" in customer, "nobody knows how far it had come"


@stage.on_desk()
async def test_a_refund_approved_behind_a_sale_gets_both_its_slips(desk):
    await desk.ready()
    await desk.sell()
    from pos.domain import transaction
    from pos.flows import slips

    tx = dict(desk.state["last"])
    refund = transaction.correct("refund", tx, 100, "01", stage.dual.clock.now(), trace=77, batch=7)
    desk.terminal.ui.draw("REFUNDED LATER")
    desk.go("slips", refund)
    await desk.see("tear")
    await desk.press("ENTER")
    await desk.see("READY")
    assert ["REFUND" in stage.slip_text(slip) for slip in desk.printer.slips] == [False, False, True, True]
    assert desk.state["slips"] == slips.DONE
