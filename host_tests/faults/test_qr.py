"""QR codes between the whole terminal and the real host: what the glass and the paper show is read by zbar and paid in
the wallet; with power cuts and lost answers in between."""

import pytest
from faults import station
from faults.line import ANSWER_FAULTS, REVERSAL, SALE
from PIL import Image
from pyzbar import pyzbar

from tools.host.clock import epoch_ms
from tools.host.ledger import book
from tools.host.wallet import codes, emv, pay

pytestmark = pytest.mark.slow
QUERY = "0600"


def code_of(desk, number=station.RICH):
    """What the customer's wallet shows now."""
    with desk.host.database.transaction() as unit:
        return codes.issue(unit, book.find_account(unit, number)["id"], epoch_ms(desk.host.clock.now()))


def pay_code(desk, text, number=station.RICH):
    """The customer reads a merchant's code and pays it."""
    with desk.host.database.transaction() as unit:
        return pay.pay(unit, book.find_account(unit, number), emv.parse(text), desk.host.clock.now())


def read(image):
    """The one QR code of a picture."""
    image = image.convert("L")
    enlarged = image.resize((image.width * 3, image.height * 3), Image.Resampling.NEAREST)
    found = [code.data.decode() for code in pyzbar.decode(enlarged, [pyzbar.ZBarSymbol.QRCODE])]
    assert len(found) == 1, found
    return found[0]


async def scan(desk, code, digits="1234"):
    """From the idle screen to just after the confirmation."""
    await desk.menu(desk.t("menu_qr_scan"))
    await desk.keys(f"{digits} ENTER")
    await desk.see(desk.t("prompt_qr").split("\n")[0])
    desk.circuit.scanner.present(code)
    await desk.yes()


async def show(desk, digits="1234"):
    """From the idle screen to the code that is waited for."""
    await desk.menu(desk.t("menu_qr_show"))
    await desk.keys(f"{digits} ENTER")
    await desk.see(desk.t("hint_yes_no"))
    await desk.keys("ENTER")
    if desk.circuit.display.cols != 16:
        await desk.see_text("qr_paper_only")
        await desk.keys("ENTER")
    await desk.see("115 s", within_s=60)


async def both_slips(desk):
    await desk.take_slips()
    return desk.slips()[-2:]


@pytest.mark.parametrize("board", station.BOARDS)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_scanned_code(tmp_path, board, language):
    async def scenario(desk):
        await desk.sign_on()
        code = code_of(desk)
        await scan(desk, code)
        for slip in await both_slips(desk):
            assert "12.34" in slip and "620000******0013" in slip and code not in slip
        desk.books(1234)
        assert desk.journal().state["totals"] == {"qr": [1, 1234]}

    station.run(scenario, tmp_path, board=board, language=language)


def test_a_keyed_code_and_the_same_code_again(tmp_path):
    async def scenario(desk):
        await desk.sign_on()
        code = code_of(desk)
        for result in ("APPROVED", "DECLINED 14"):
            await desk.menu(desk.t("menu_qr_scan"))
            await desk.keys("1234 ENTER")
            await desk.see(desk.t("prompt_qr").split("\n")[0])
            await desk.keys(f"{code} ENTER")
            await desk.see(desk.t("hint_yes_no"))
            await desk.keys("ENTER")
            if result == "APPROVED":
                await both_slips(desk)
            else:
                await desk.see(result)
        desk.books(1234)

    station.run(scenario, tmp_path)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_code_on_the_glass_is_read_and_paid(tmp_path, language):
    async def scenario(desk):
        await desk.sign_on()
        await show(desk)
        text = read(desk.circuit.display.image(scale=1))
        code = emv.parse(text)
        assert (code.merchant, code.terminal, code.amount_minor) == ("100000000000001", "10000001", 1234)
        pay_code(desk, text)
        slips = await both_slips(desk)
        assert all("12.34" in slip and "620000******0013" in slip for slip in slips)
        assert pyzbar.decode(desk.circuit.display.image(scale=1).convert("L")) == []
        desk.books(1234)

    station.run(scenario, tmp_path, language=language)


def test_the_code_on_paper_is_read_and_paid(tmp_path):
    async def scenario(desk):
        await desk.sign_on()
        await show(desk)
        paper = desk.circuit.printer.paper.slips[-1]
        assert "SCAN TO PAY" in paper.text and "no receipt" in paper.text
        pay_code(desk, read(paper.image()))
        await both_slips(desk)
        desk.books(1234)

    station.run(scenario, tmp_path, board=station.HD44780)


def test_taken_back_it_cannot_be_paid(tmp_path):
    async def scenario(desk):
        await desk.sign_on()
        await show(desk)
        text = read(desk.circuit.display.image(scale=1))
        await desk.keys("CANCEL")
        await desk.see_text("qr_not_paid")
        with pytest.raises(pay.Refused):
            pay_code(desk, text)
        desk.books(0)

    station.run(scenario, tmp_path)


def test_time_over_with_a_customer_who_pays_too_late(tmp_path):
    async def scenario(desk):
        await desk.sign_on()
        await show(desk)
        text = read(desk.circuit.display.image(scale=1))
        await desk.see_text("qr_not_paid", within_s=130)
        with pytest.raises(pay.Refused):
            pay_code(desk, text)
        desk.books(0)

    station.run(scenario, tmp_path)


@pytest.mark.parametrize("paid", [False, True])
def test_a_power_cut_while_the_code_is_shown(tmp_path, paid):
    """Nobody knows what the customer saw: it is taken back, and told so to whoever looks; the money returns."""

    async def scenario(desk):
        await desk.sign_on()
        await show(desk)
        text = read(desk.circuit.display.image(scale=1))
        if paid:
            pay_code(desk, text)
            assert desk.taken_minor() == 1234
        await desk.restart()
        await desk.sign_on()
        desk.books(0)
        with pytest.raises(pay.Refused):
            pay_code(desk, text)

    station.run(scenario, tmp_path)


@pytest.mark.parametrize("fault", ANSWER_FAULTS)
def test_the_host_is_asked_for_an_answer_that_did_not_come(tmp_path, fault):
    async def scenario(desk):
        await desk.sign_on()
        desk.line.fail(fault, (SALE,), times=1)
        await scan(desk, code_of(desk))
        await desk.see("NO ANSWER YET", within_s=90)  # not for long: this time the host answers at once
        await both_slips(desk)
        assert desk.line.count(REVERSAL) == 0
        await station.passing(120)
        desk.books(1234)

    station.run(scenario, tmp_path)


@pytest.mark.parametrize(("fault", "kinds"), [("lost", (SALE,)), ("silent", (SALE, QUERY))])
def test_what_cannot_be_found_out_is_cancelled(tmp_path, fault, kinds):
    """The request never came; or it did, and no query is answered either."""

    async def scenario(desk):
        await desk.sign_on()
        desk.line.fail(fault, kinds)
        await scan(desk, code_of(desk))
        await desk.see_text("checking", within_s=90)
        await desk.see_text("reversed", within_s=600)
        desk.books(0)
        assert desk.line.count(REVERSAL) == 1

    station.run(scenario, tmp_path)


def test_withdrawn_while_nothing_is_answered(tmp_path):
    """The customer has paid, the terminal cannot know: the money goes back once the host is there again."""

    async def scenario(desk):
        await desk.sign_on()
        await show(desk)
        text = read(desk.circuit.display.image(scale=1))
        desk.line.fail("unreachable", None)
        pay_code(desk, text)
        await desk.see_text("qr_offline", within_s=90)
        await desk.keys("CANCEL")
        await desk.see_text("pending", within_s=90)
        assert desk.taken_minor() == 1234
        desk.line.heal()
        await desk.keys("ENTER")
        await desk.see_text("idle_ready", within_s=120)
        desk.books(0)

    station.run(scenario, tmp_path)


def test_a_sale_by_code_is_voided(tmp_path):
    async def scenario(desk):
        await desk.sign_on()
        await show(desk)
        pay_code(desk, read(desk.circuit.display.image(scale=1)))
        await both_slips(desk)
        await desk.keys("MENU 2 1")
        await desk.see_text("hint_original")
        await desk.keys("ENTER")
        await desk.allow("6")
        await both_slips(desk)
        assert desk.host.balance(station.RICH) == station.RICH_MINOR and desk.host.check().balanced
        assert desk.journal().state["totals"] == {"qr": [1, 1234], "void": [1, 1234]}

    station.run(scenario, tmp_path)
