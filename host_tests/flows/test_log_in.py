"""Log-in: who gets in, who does not, and that no power cut helps; first PIN, own PIN, unlocking, rights."""

import asyncio
import sys

sys.path.insert(0, __file__.rpartition("/")[0])

import desk as stage
import model_host as model

MINUTE_MS = 60_000


async def _wrong_pin(desk):
    await desk.log_in("01", "1111")


@stage.on_desk()
async def test_a_right_pin_leads_to_the_sign_on_and_the_idle_screen(desk):
    desk.power()
    await desk.log_in()
    await desk.see("READY")
    assert desk.terminal.exchange.signed_on
    await desk.see("01")
    assert "log_in" in desk.audits()


@stage.on_desk()
async def test_an_unknown_operator_is_told_so(desk):
    desk.power()
    await desk.see("LOG IN")
    await desk.press("4", "7", "ENTER")
    await desk.see("NO SUCH OPERATOR")
    await desk.press("ENTER")
    await desk.log_in()
    await desk.see("READY")


@stage.on_desk()
async def test_the_pin_is_shown_as_stars_and_never_in_clear(desk):
    desk.power()
    await desk.see("LOG IN")
    await desk.press("0", "1", "ENTER", "2", "4", "6")
    await desk.see("***")
    assert not [row for row in desk.rows() if "2" in row or "4" in row or "6" in row]


@stage.on_desk()
async def test_three_wrong_pins_lock_for_a_while_and_a_power_cut_does_not_shorten_it(desk):
    desk.power()
    for left in ("2", "1"):
        await _wrong_pin(desk)
        await desk.see("Tries left: " + left)
        desk.power()
    await _wrong_pin(desk)
    await desk.see("LOCKED")
    desk.power()
    await desk.see("LOG IN")
    await desk.press("0", "1", "ENTER")
    await desk.see("LOCKED")
    await desk.press("ENTER")
    await desk.see("LOG IN")
    await asyncio.sleep_ms(MINUTE_MS + 5_000)
    await desk.press("CANCEL")
    await desk.log_in()
    await desk.see("READY")


@stage.on_desk()
async def test_the_supervisor_unlocks(desk):
    desk.power()
    for _ in range(3):
        await _wrong_pin(desk)
        await desk.see("WRONG PIN" if _ < 2 else "LOCKED")
        await desk.press("ENTER")
    await desk.log_in("00", "135790")
    await desk.see("No sales")
    await desk.menu("Unlock")
    await desk.see("UNLOCK")
    await desk.press("1")
    await desk.see("UNLOCKED")
    await desk.press("ENTER")
    await desk.see("No sales")
    await desk.menu("Log out")
    await desk.log_in()
    await desk.see("READY")


@stage.on_desk()
async def test_the_supervisor_sells_nothing(desk):
    desk.power()
    await desk.log_in("00", "135790")
    await desk.see("No sales")
    await desk.press("5")
    await asyncio.sleep_ms(2_000)
    await desk.see("No sales")


@stage.on_desk(people={"03": ("4711", True)})
async def test_a_first_pin_must_be_changed_before_anything_else(desk):
    desk.power()
    await desk.log_in("03", "4711")
    await desk.see("FIRST LOG-IN")
    await desk.press("ENTER")
    await desk.see("New PIN")
    await desk.press(*"4711")
    await desk.press("ENTER")
    await desk.see("SAME PIN")
    await desk.press("ENTER")
    await desk.see("New PIN")
    await desk.press(*"8642")
    await desk.press("ENTER")
    await desk.see("New PIN again")
    await desk.press(*"8642")
    await desk.press("ENTER")
    await desk.see("PIN CHANGED")
    await desk.see("READY")
    desk.power()
    await desk.log_in("03", "8642")
    await desk.see("READY")


@stage.on_desk(people={"03": ("4711", True)})
async def test_leaving_the_first_change_does_not_log_in(desk):
    desk.power()
    await desk.log_in("03", "4711")
    await desk.see("FIRST LOG-IN")
    await desk.press("ENTER")
    await desk.see("New PIN")
    await desk.press("CANCEL")
    await desk.see("LOG IN")
    assert desk.terminal.operator is None


@stage.on_desk()
async def test_a_sign_on_that_fails_says_why_and_the_next_sale_tries_again(desk):
    desk.host.reachable = False
    desk.power()
    await desk.log_in()
    await desk.see("NOT SIGNED ON")
    await desk.press("ENTER")
    await desk.see("MENU: Sign on")
    desk.host.reachable = True
    await desk.key_sale()
    await desk.see("APPROVED")
    desk.books_agree()


@stage.on_desk()
async def test_a_host_that_does_not_know_the_terminal_is_said_in_words(desk):
    desk.host.sign_on_code = "97"
    desk.power()
    await desk.log_in()
    await desk.see("DECLINED 97")
    await desk.see("Terminal unknown")


@stage.on_desk()
async def test_the_supervisor_cannot_win_tries_at_the_administrators_pin(desk):
    desk.power()
    for _ in range(3):
        await desk.log_in("99", "1111")
        await desk.see("WRONG PIN" if _ < 2 else "LOCKED")
        await desk.press("ENTER")
    await desk.log_in("00", "135790")
    await desk.see("No sales")
    await desk.menu("Unlock")
    await desk.see("NOBODY IS LOCKED")
    assert desk.terminal.staff.wait_ms("99") > 0


@stage.on_desk()
async def test_a_sign_on_without_parameters_is_none(desk):
    desk.host.script = [model.OK, model.SILENT]
    desk.power()
    await desk.log_in()
    await desk.see("NOT SIGNED ON")
    await desk.see("No answer in")
    await desk.press("ENTER")
    await desk.see("MENU: Sign on")
    await desk.key_sale()
    await desk.see("APPROVED")
    desk.books_agree()


@stage.on_desk()
async def test_a_pin_typed_again_over_the_message_is_never_shown(desk):
    desk.power()
    await desk.log_in("01", "1111")
    await desk.see("WRONG PIN")
    for digit in "2468":
        await desk.press(digit)
        await stage.asyncio.sleep_ms(50)
        assert not any("2" in row[:4] or "24" in row for row in desk.rows()), desk.rows()
    assert "****" in await desk.see("****")
    await desk.press("ENTER")
    await desk.see("READY")


@stage.on_desk()
async def test_a_pin_keyed_over_the_message_of_the_lock_out_is_shown_nowhere(desk):
    desk.power()
    for _ in range(3):
        await _wrong_pin(desk)
        await desk.see("WRONG PIN" if _ < 2 else "LOCKED")
        await desk.press("ENTER")
    await desk.see("LOG IN")
    for number, says in (("01", "LOCKED"), ("47", "NO SUCH OPERATOR")):
        await desk.press(*number)
        await desk.press("ENTER")
        await desk.see(says)
        for digit in "2468":
            await desk.press(digit)
            await asyncio.sleep_ms(30)
            assert not [row for row in desk.rows() if digit in row], desk.rows()
        await desk.press("ENTER")
        await desk.see("LOG IN")
        assert desk.rows()[2].strip() == "_", "the number's prompt is empty"


@stage.on_desk()
async def test_nobody_pressing_a_key_logs_out(desk):
    await desk.ready()
    desk.terminal.parameters["auto_sign_off_s"] = 300
    await asyncio.sleep_ms(290_000)
    await desk.press("CLEAR")
    await asyncio.sleep_ms(290_000)
    await desk.see("READY", 1_000)
    await desk.key_sale()
    await desk.see("APPROVED")
    await asyncio.sleep_ms(280_000)
    assert desk.terminal.operator == "01", "the sale took its time"
    await asyncio.sleep_ms(300_000)
    await desk.see("LOG IN", 1_000)
    assert desk.terminal.operator is None and "log_out_idle" in desk.audits()
    assert desk.terminal.exchange.signed_on
    await desk.log_in()
    await desk.see("READY")
    desk.terminal.parameters["auto_sign_off_s"] = 0
    await asyncio.sleep_ms(7_200_000)
    await desk.see("READY", 1_000)
