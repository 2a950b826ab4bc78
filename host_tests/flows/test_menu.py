"""The menu and what it leads to: balance, reprint, settings, self-check, sign-off; UP/DOWN and numbers."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0])

import desk as stage
import model_host as model


@stage.on_desk()
async def test_up_and_down_and_numbers_choose(desk):
    await desk.ready()
    await desk.press("MENU")
    await desk.see(">1")
    await desk.press("DOWN")
    await desk.see(">2")
    await desk.press("UP", "UP")
    assert "/" in await desk.see("MENU")
    await desk.press("CANCEL")
    await desk.see("READY")
    await desk.press("MENU")
    await desk.see(">1")
    await desk.press("2")
    await desk.see("Corrections")
    await desk.press("CANCEL")
    await desk.see("MENU")
    await desk.press("2", "4")
    await desk.see("BALANCE")


@stage.on_desk()
async def test_the_menu_times_out_to_the_idle_screen(desk):
    await desk.ready()
    await desk.press("MENU")
    await desk.see("MENU")
    await desk.see("READY", 65_000)


@stage.on_desk()
async def test_a_balance_is_shown_and_moves_nothing(desk):
    await desk.ready()
    await desk.menu("Balance")
    await desk.see("card")
    await desk.card()
    await desk.see("1000.00")
    await desk.press("ENTER")
    await desk.see("READY")
    assert desk.host.charged == {} and desk.state["pending"] is None


@stage.on_desk()
async def test_a_balance_without_an_answer_is_no_result_and_leaves_nothing_pending(desk):
    await desk.ready()
    desk.host.script.append(model.SILENT)
    await desk.menu("Balance")
    await desk.see("card")
    await desk.card()
    await desk.see("No answer")
    assert desk.state["pending"] is None


@stage.on_desk()
async def test_a_reprint_is_marked_duplicate(desk):
    await desk.ready()
    await desk.menu("Reprint")
    await desk.press("1")
    await desk.see("REPRINT YET")
    await desk.press("ENTER")
    await desk.sell()
    await desk.menu("Reprint")
    await desk.press("1", "1")
    await desk.see("READY")
    assert "DUPLICATE" in stage.slip_text(desk.printer.slips[-1])
    assert "DUPLICATE" not in stage.slip_text(desk.printer.slips[0])
    assert "reprinted" in desk.audits()
    assert len(desk.host.charged) == 1


@stage.on_desk()
async def test_the_language_is_switched_in_the_settings_and_stays(desk):
    await desk.ready()
    await desk.menu("Settings")
    await desk.choose("Language")
    await desk.choose("<d6d0><cec4>")  # 中文, by its own name
    await desk.see("<b1a3><b4e6>")
    assert desk.terminal.settings["language"] == "zh"
    desk.power()
    await desk.see("<")
    assert desk.terminal.ui.texts.language == "zh"


@stage.on_desk(cols=20)
async def test_a_display_without_chinese_says_so_and_the_slip_is_chinese(desk):
    await desk.ready()
    await desk.menu("Settings")
    await desk.choose("Language")
    await desk.choose("Chinese")
    await desk.see("NO CHINESE")
    await desk.press("ENTER", "CANCEL")
    await desk.see("READY")
    await desk.sell()
    # 消费 in GB2312
    assert b"\xcf\xfb\xb7\xd1" in b"\n".join(desk.printer.slips[0])
    desk.power()
    await desk.see("NO CHINESE")


@stage.on_desk()
async def test_damaged_settings_fall_back_and_are_told(desk):
    desk.power()
    desk.terminal.change_setting("copies", 1)
    desk.terminal.change_setting("copies", 2)
    for name in ("settings.json", "settings.json.old"):
        with open(desk.folder + "/" + name, "wb") as file:
            file.write(b"pos1 00000000 5\n{...}")
    desk.power()
    await desk.see("SETTINGS FILE")
    await desk.press("ENTER")
    await desk.log_in()
    await desk.see("READY")
    assert desk.terminal.settings["copies"] == 2


@stage.on_desk()
async def test_sign_off_tells_the_host_and_asks_for_an_operator(desk):
    await desk.ready()
    await desk.menu("Sign off")
    await desk.see("Sign off")
    await desk.press("ENTER")
    await desk.see("SIGNED OFF")
    await desk.see("LOG IN")
    assert desk.host.requests[-1][0] == "0820"
    assert not desk.terminal.exchange.signed_on
    await desk.log_in()
    await desk.see("READY")


@stage.on_desk()
async def test_the_device_check_names_what_is_wrong(desk):
    await desk.ready()
    desk.printer.flags = 1
    await desk.menu("Self-check")
    await desk.see("Storage")
    await desk.see("empty")


@stage.on_desk()
async def test_a_service_that_the_host_switched_off_is_refused(desk):
    await desk.ready()
    desk.terminal.parameters["services"] = "void"
    await desk.press("5")
    await desk.see("switched it off")
    await desk.press("ENTER")
    await desk.see("READY")
    await desk.press("MENU", "2")
    await desk.see("Void")
    for _ in range(4):
        await desk.press("DOWN")
        assert not [row for row in desk.rows() if "Balance" in row or "Refund" in row], desk.rows()


@stage.on_desk(settings={"transaction_password": True})
async def test_a_sale_pin_is_asked_where_the_setting_wants_it(desk):
    await desk.ready()
    await desk.press("1", "ENTER")
    await desk.see("card")
    await desk.card()
    await desk.see("PIN")
    await desk.press(*"2468")
    await desk.press("ENTER")
    await desk.yes()
    await desk.see("APPROVED")


@stage.on_desk()
async def test_a_long_merchant_name_ends_after_a_word(desk):
    desk.host.parameters[16] = b"CAMPUS CANTEEN OF THE WEST"
    await desk.ready()
    assert desk.rows()[0] == " CAMPUS CANTEEN "
