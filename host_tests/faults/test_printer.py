"""A printer without paper, open, or without power: before a sale and within a slip; the sale stands."""

import pytest
from faults import station

pytestmark = pytest.mark.slow

WHOLE = ("MERCHANT COPY", "CARDHOLDER'S SIGNATURE", "12.34"), ("CUSTOMER COPY", "Please keep this slip", "12.34")


def whole(slip, copy):
    return all(words in slip for words in WHOLE[copy])


async def finish(desk):
    """From the merchant slip to the idle screen."""
    await desk.see("tear")
    await desk.keys("ENTER")
    await desk.see("READY")


@pytest.mark.parametrize(
    ("fault", "words"),
    [("paper_out", ("NO PAPER", "Put in a roll", "Try again?")), ("cover_open", ("COVER IS OPEN", "Close it"))],
)
def test_before_a_sale(tmp_path, fault, words):
    async def scenario(desk):
        await desk.sign_on()
        setattr(desk.circuit.printer, fault, True)
        await desk.confirm_sale()
        await desk.tells(*words)
        assert desk.line.count("0200", "left") == 0  # nothing moves before the printer is looked at
        await desk.keys("ENTER")  # not mended: it says so again
        await desk.tells(*words)
        setattr(desk.circuit.printer, fault, False)
        await desk.keys("ENTER")
        await desk.see("APPROVED")
        await finish(desk)
        slips = [slip for slip in desk.slips() if slip]
        assert len(slips) == 2 and whole(slips[0], 0) and whole(slips[1], 1)
        desk.books(1234)

    station.run(scenario, tmp_path)


def test_sale_without_paper_is_printed_later(tmp_path):
    async def scenario(desk):
        await desk.sign_on()
        desk.circuit.printer.paper_out = True
        await desk.confirm_sale()
        await desk.see("NO PAPER")
        await desk.keys("CANCEL")
        await desk.tells("Sell without a", "slip?", "printed later")
        await desk.keys("ENTER")
        await desk.see("APPROVED")  # and the printer is left alone, as was agreed
        desk.books(1234)
        await desk.see("READY")
        assert not any(desk.slips())
        desk.circuit.printer.paper_out = False
        await desk.menu(desk.t("menu_reprint"))
        await desk.choose(desk.t("menu_re_last"))
        await desk.choose("CUSTOMER COPY")
        await desk.see("READY")
        slips = [slip for slip in desk.slips() if slip]
        assert len(slips) == 1 and whole(slips[0], 1) and "DUPLICATE" in slips[0]
        desk.books(1234)

    station.run(scenario, tmp_path)


@pytest.mark.parametrize("board", station.BOARDS)
def test_paper_ends_within_a_slip(tmp_path, board):
    async def scenario(desk):
        await desk.sign_on()
        desk.circuit.printer.paper_left = 250
        await desk.confirm_sale()
        await desk.tells("NO PAPER", "Put in a roll", "Try again?")
        desk.books(1234)
        desk.circuit.printer.paper_out = False
        await desk.keys("ENTER")
        await finish(desk)
        torn, merchant, customer = desk.slips()
        assert not whole(torn, 0) and torn
        assert whole(merchant, 0) and "printed again" in merchant
        assert whole(customer, 1) and "printed again" not in customer
        desk.books(1234)
        assert "printer_fault" in desk.audits()

    station.run(scenario, tmp_path, board=board)


def test_cover_opened_within_a_slip(tmp_path):
    async def scenario(desk):
        await desk.sign_on()
        await desk.confirm_sale()
        await desk.see("APPROVED")
        await station.passing(0.4)
        assert desk.circuit.printer.paper.current.text  # it has begun
        desk.circuit.printer.cover_open = True
        await desk.tells("COVER IS OPEN", "Close it", "Try again?")
        desk.circuit.printer.cover_open = False
        await desk.keys("ENTER")
        await finish(desk)
        slips = desk.slips()
        assert whole(slips[-2], 0) and whole(slips[-1], 1)
        assert sum("CUSTOMER COPY" in slip for slip in slips) == 1
        desk.books(1234)

    station.run(scenario, tmp_path)


def test_silent_printer(tmp_path):
    async def scenario(desk):
        await desk.sign_on()
        desk.circuit.uart_write, loose = lambda bus, data: None, desk.circuit.uart_write
        await desk.confirm_sale(keyed=True)
        await desk.tells("PRINTER SILENT", "Switch it on", "Try again?")
        del desk.circuit.uart_write
        assert desk.circuit.uart_write == loose
        await desk.keys("ENTER")
        await desk.see("APPROVED")
        await finish(desk)
        assert len(desk.slips()) == 2
        desk.books(1234)

    station.run(scenario, tmp_path)


@pytest.mark.parametrize("slip", [0, 1])
def test_power_cut_within_a_slip(tmp_path, slip):
    async def scenario(desk):
        await desk.sign_on()
        await desk.confirm_sale()
        await desk.see("APPROVED")
        if slip:
            await desk.see("tear")
            await desk.keys("ENTER")
        await station.passing(0.5)
        assert len(desk.slips()) == slip
        await desk.restart()
        desk.circuit.printer.paper.tear_off()
        await desk.tells("APPROVED, BUT", "NO SLIP YET", "Printing it now")
        await desk.see("tear")  # one record stands for both copies, so both are printed once more
        await desk.keys("ENTER")
        await desk.see("LOG IN")
        slips = desk.slips()
        again = slips[slip + 1 :]
        assert all(whole(text, copy) for text, copy in zip(again, (0, 1), strict=True))
        assert all("printed again" in text for text in again)
        assert not any("printed again" in text for text in slips[: slip + 1])
        desk.books(1234)
        await desk.restart()  # and only once
        await desk.sign_on()
        assert len(desk.slips()) == len(slips)

    station.run(scenario, tmp_path)
