"""The pre-authorisation family: money is held, taken up to a limit, let go; and each step taken back."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0])

import desk as stage
import model_host as model
from voiding import PIN

SERVICES = b"sale,nfc,qr,void,refund,preauth"


async def ready(desk):
    desk.host.parameters[23] = SERVICES
    await desk.ready()


async def hold(desk, amount="10000"):
    await desk.press("MENU", "6", "1")
    await desk.see("PRE-AUTH")
    await desk.press(*amount)
    await desk.press("ENTER")
    await desk.see("card")
    await desk.card()
    await desk.yes()
    await desk.take_slips("HOLD APPROVED")


async def complete(desk, amount="8000"):
    """The last one, up to the confirmation, which it gives."""
    await desk.press("MENU", "6", "2")
    await desk.see("No., DOWN")
    await desk.press("ENTER")
    await desk.see("0.00")
    await desk.press(*amount)
    await desk.press("ENTER")
    await desk.yes()


async def take_back(desk, entry):
    """The last one of menu entry 3 (hold) or 4 (completion), up to the confirmation, which it gives."""
    await desk.press("MENU", "6", entry)
    await desk.see("No., DOWN")
    await desk.press("ENTER")
    await desk.pin()
    await desk.see("REASON")
    await desk.press("6")
    await desk.yes()


def asked(desk, kind):
    """Requests of a type in field 60."""
    return [request for request in desk.host.requests if request[60][:2] == kind and request[0] in ("0100", "0200")]


@stage.on_desk()
async def test_a_hold_moves_no_money_and_has_its_slip(desk):
    await ready(desk)
    await hold(desk)
    assert desk.host.accounts[stage.CARD_RICH] == 100000
    assert desk.state["totals"] == {} and len(desk.host.held) == 1
    slip = stage.slip_text(desk.printer.slips[0])
    assert "PRE-AUTHORISATION SLIP" in slip and "may be held" in slip and "100.00" in slip
    desk.books_agree()


@stage.on_desk()
async def test_a_slip_tells_the_last_day_that_the_host_named_then(desk):
    desk.host.parameters[29] = b"3"
    await ready(desk)
    await hold(desk)
    desk.terminal.parameters["preauth_days"] = 9
    desk.go("reprint", desk.state["last"])
    await desk.see("REPRINT")
    await desk.press("1")
    await desk.see("READY")
    for slip in desk.printer.slips:
        assert "HELD UNTIL      2026-03-17 15:30" in stage.slip_text(slip), slip
    assert len(desk.printer.slips) == 3


@stage.on_desk()
async def test_a_completion_takes_less_and_refers_to_its_hold(desk):
    await ready(desk)
    await hold(desk)
    await complete(desk)
    await desk.take_slips("COMPL. APPROVED")
    assert desk.host.accounts[stage.CARD_RICH] == 100000 - 8000
    request = asked(desk, "20")[0]
    assert (request[37], request[38], request[61]) == ("000000000001", "000001", "0000070000030314")
    slip = stage.slip_text(desk.printer.slips[2])
    assert "COMPLETION SLIP" in slip and "ORIGINAL AUTH. CODE       000001" in slip
    assert desk.state["totals"] == {"completion": [1, 8000]}
    desk.books_agree()


def test_a_completion_stops_at_the_percent_of_the_parameter():
    for percent, most, limit in ((b"100", "10000", "100.00"), (b"115", "11500", "115.00")):

        async def scenario(desk, percent=percent, most=most, limit=limit):
            desk.host.parameters[28] = percent
            await ready(desk)
            await hold(desk)
            await desk.press("MENU", "6", "2")
            await desk.see("No., DOWN")
            await desk.press("ENTER")
            await desk.see("Held: 100.00")
            await desk.press(*most[:-1])
            await desk.press("9")
            assert limit in await desk.see("max.")
            await desk.press("0", "ENTER")
            await desk.see(limit)
            await desk.press("ENTER")
            await desk.take_slips("COMPL. APPROVED")
            assert desk.host.accounts[stage.CARD_RICH] == 100000 - int(most)
            desk.books_agree()

        stage.run(scenario)


@stage.on_desk()
async def test_a_hold_is_let_go_by_its_void(desk):
    await ready(desk)
    await hold(desk)
    await take_back(desk, "3")
    await desk.take_slips("VOID APPROVED")
    assert desk.host.held == {} and desk.host.accounts[stage.CARD_RICH] == 100000
    request = asked(desk, "11")[0]
    assert (request[0], request[37], request[38]) == ("0100", "000000000001", "000001")
    assert "PRE-AUTHORISATION VOID SLIP" in stage.slip_text(desk.printer.slips[2])
    assert desk.state["totals"] == {}
    await desk.press("MENU", "6", "3")
    await desk.see("From list")  # none is left to be offered
    await desk.press("2", "3", "ENTER")
    await desk.yes()
    await desk.see("ALREADY VOIDED")


@stage.on_desk()
async def test_a_completion_is_voided_from_either_menu(desk):
    await ready(desk)
    for menu in (("6", "4"), ("2", "1")):
        await hold(desk, "1000")
        await complete(desk, "900")
        await desk.take_slips("COMPL. APPROVED")
        before = desk.host.accounts[stage.CARD_RICH]
        await desk.press("MENU", *menu)
        await desk.see("COMPL.")
        await desk.press("ENTER")
        await desk.see("PIN")
        await desk.press(*PIN)
        await desk.press("ENTER", "6")
        await desk.see("Void compl")
        await desk.press("ENTER")
        await desk.take_slips("VOID APPROVED")
        assert desk.host.accounts[stage.CARD_RICH] == before + 900
        desk.books_agree()
    assert len(asked(desk, "21")) == 2 and asked(desk, "23") == []
    assert "COMPLETION VOID SLIP" in stage.slip_text(desk.printer.slips[-1])


@stage.on_desk()
async def test_a_completed_hold_is_offered_no_more(desk):
    await ready(desk)
    await hold(desk)
    await complete(desk)
    await desk.take_slips("COMPL. APPROVED")
    for entry in ("2", "3"):
        await desk.press("MENU", "6", entry)
        await desk.see("From list")
        await desk.press("2", "3", "ENTER")
        await desk.yes()
        await desk.see("HOLD IS USED UP")
        await desk.press("ENTER", "CANCEL")
        await desk.see("READY")
    await desk.press("MENU", "6", "2", "2", "4", "ENTER")
    await desk.yes()
    await desk.see("NO PRE-AUTH.")


@stage.on_desk()
async def test_a_wrong_completion_is_voided_and_done_again_once(desk):
    await ready(desk)
    await hold(desk)
    await complete(desk, "9000")
    await desk.take_slips("COMPL. APPROVED")
    await take_back(desk, "4")
    await desk.take_slips("VOID APPROVED")
    await complete(desk, "8000")
    await desk.take_slips("COMPL. APPROVED")
    assert desk.host.accounts[stage.CARD_RICH] == 100000 - 8000
    desk.books_agree()
    await desk.press("MENU", "6", "2")
    await desk.see("From list")
    await desk.press("2", "3", "ENTER")
    await desk.yes()
    await desk.see("HOLD IS USED UP")


@stage.on_desk()
async def test_a_hold_that_is_too_old_is_said_to_be(desk):
    desk.host.parameters[29] = b"1"
    await ready(desk)
    desk.host.changes.append((13, "0312"))
    await hold(desk)
    await desk.press("MENU", "6", "2", "ENTER")
    await desk.see("HOLD IS TOO OLD")
    assert asked(desk, "20") == []


@stage.on_desk()
async def test_a_hold_of_another_terminal_is_completed_by_its_numbers(desk):
    await ready(desk)
    await desk.press("MENU", "6", "2")
    await desk.see("From list")
    await desk.press("3")
    await desk.press(*"607315092627")
    await desk.press("ENTER")
    await desk.see("Auth. code")
    await desk.press(*"123456")
    await desk.press("ENTER", "0", "3", "1", "3", "ENTER")
    await desk.see("card")
    await desk.card()
    await desk.see("0.00")
    await desk.press(*"500")
    await desk.press("ENTER")
    await desk.see("CANCEL=N")
    desk.host.codes.append("61")
    await desk.press("ENTER")
    await desk.see("DECLINED 61")
    await desk.see("More than held")
    request = asked(desk, "20")[0]
    assert (request[37], request[38], request[61]) == ("607315092627", "123456", "0000000000000313")


@stage.on_desk()
async def test_a_hold_of_another_terminal_is_voided_with_its_amount(desk):
    await ready(desk)
    await desk.press("MENU", "6", "3", "3")
    await desk.press(*"607315092627")
    await desk.press("ENTER")
    await desk.press(*"123456")
    await desk.press("ENTER", "0", "3", "1", "3", "ENTER")
    await desk.see("card")
    await desk.card()
    await desk.see("0.00")
    await desk.press(*"500")
    await desk.press("ENTER")
    await desk.see("PIN")
    await desk.press(*PIN)
    await desk.press("ENTER", "6")
    await desk.see("Void hold 03-13")
    desk.host.codes.append("00")
    await desk.press("ENTER")
    await desk.take_slips("VOID APPROVED")
    request = asked(desk, "11")[0]
    assert (request[4], request[37], request[38]) == ("000000000500", "607315092627", "123456")


@stage.on_desk()
async def test_the_same_hold_again_is_asked_about(desk):
    await ready(desk)
    await hold(desk)
    await desk.press("MENU", "6", "1")
    await desk.press(*"10000")
    await desk.press("ENTER")
    await desk.see("card")
    await desk.card()
    await desk.see("SAME CARD")
    await desk.press("CANCEL")
    await desk.see("CANCELLED")
    assert len(desk.host.held) == 1


def test_without_an_answer_each_says_what_stands():
    async def scenario(desk):
        await ready(desk)
        desk.host.script.append(model.SILENT)
        await desk.press("MENU", "6", "1", "5", "ENTER")
        await desk.see("card")
        await desk.card()
        await desk.yes()
        await desk.see("NOTHING HELD")
        assert desk.host.held == {}
        await desk.press("ENTER")
        await desk.see("READY")
        await hold(desk)
        desk.host.script.append(model.SILENT)
        await complete(desk)
        await desk.see("NOT COMPLETED")
        await desk.press("ENTER")
        await desk.see("READY")
        assert len(desk.host.held) == 1
        desk.host.script.append(model.SILENT)
        await take_back(desk, "3")
        await desk.see("HOLD NOT VOIDED")
        await desk.press("ENTER")
        await desk.see("READY")
        assert len(desk.host.held) == 1
        desk.books_agree()

    stage.run(scenario)


def test_out_of_reach_each_says_that_nothing_was_done():
    async def scenario(desk):
        await ready(desk)
        await hold(desk)
        desk.terminal.exchange.channel.close()
        desk.host.reachable = False
        await complete(desk)
        await desk.see("Not completed")
        await desk.press("ENTER")
        await take_back(desk, "3")
        await desk.see("Original stands")

    stage.run(scenario)


@stage.on_desk()
async def test_cancel_and_the_idle_time_leave_every_screen_by_one_door(desk):
    await ready(desk)
    await hold(desk)
    sent = len(desk.host.requests)
    for entry, keys, screen in (
        ("1", [], "0.00"),
        ("1", ["5", "ENTER"], "card"),
        ("2", [], "No., DOWN"),
        ("2", ["DOWN"], "From list"),
        ("2", ["DOWN", "3"], "Reference"),
        ("2", ["DOWN", "3"] + list("607315092627") + ["ENTER"], "Auth"),
        ("2", ["ENTER"], "0.00"),
        ("2", ["ENTER", "5", "ENTER"], "0.05"),
        ("3", [], "No., DOWN"),
        ("3", ["ENTER"], "PIN"),
        ("4", [], "From list"),
    ):
        for leave in ("CANCEL", "idle"):
            count = desk.audits().count("cancelled")
            await desk.press("MENU", "6", entry)
            await desk.press(*keys)
            await desk.see(screen)
            if leave == "CANCEL":
                await desk.press("CANCEL")
            await desk.see("CANCELLED", 65_000)
            await desk.see("READY")
            assert desk.audits().count("cancelled") == count + 1, (keys, leave)
    assert len(desk.host.requests) == sent


def test_a_hold_that_is_over_at_the_host_never_leads_to_a_refund():
    async def scenario(desk):
        await ready(desk)
        await hold(desk)
        for code, text in (
            ("68", "Hold has expired"),
            ("05", "Call the bank"),
            ("40", "off. Call"),
            ("25", "such hold"),
        ):
            desk.host.codes.append(code)
            await take_back(desk, "3")
            await desk.see("VOID DECLINED " + code)
            await desk.see(text)
            assert "efund" not in "".join(desk.rows())
            await desk.press("ENTER")
            await desk.see("READY")
        assert desk.host.charged == {}

    stage.run(scenario)
