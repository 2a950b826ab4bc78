"""Device check, device test, help and about (R8), on the desk: what is shown, in both widths and languages."""

import asyncio
import sys

sys.path.insert(0, __file__.rpartition("/")[0])

import desk as stage
import dual
import model_host as model
from pos.flows import try_state
from pos.ui.inputs import CARD, HOLD, SCAN


async def to_tests(desk, entry=None):
    """From the idle screen into the device test, and to one of its tests."""
    await desk.menu("Device test")
    if entry:
        await desk.press(entry)


@stage.on_desk()
async def test_the_menu_goes_on_after_each_test_and_ends_by_cancel(desk):
    await desk.ready()
    await to_tests(desk)
    await desk.see("1 Keypad")
    await desk.press("7")  # a page of its own
    await desk.see("B free")
    await desk.press("CANCEL")
    await desk.see(">7 Memory")
    await desk.press("CANCEL")
    await desk.see("READY")


@stage.on_desk()
async def test_each_key_lights_its_cell(desk):
    await desk.ready()
    await to_tests(desk, "1")
    await desk.see("KEYPAD TEST")
    await desk.press("ENTER")
    await desk.see(".   .   .   .")
    keys = [key for row in desk.terminal.parts.legend for key in row]
    for key in keys[:5]:
        await desk.press(key)
    assert desk.rows()[:2] == ["1   2   3   CAN ", "4   .   .   .   "]
    for key in keys[5:-1]:
        await desk.press(key)
    assert desk.rows()[3].rstrip() == "UP  0   DOW ."
    await desk.press(keys[-1])
    await desk.see("KEYPAD IS GOOD")


@stage.on_desk()
async def test_cancel_held_ends_the_keypad_test_and_counts_what_is_missing(desk):
    await desk.ready()
    await to_tests(desk, "1")
    await desk.see("KEYPAD TEST")
    await desk.press("5")  # begins, and is the first key of the test
    await desk.see("5")
    await desk.press("CANCEL")
    desk.inputs.put(HOLD, "CANCEL")
    await desk.see("MISSING: 14")
    await desk.press("ENTER")
    await desk.see(">1 Keypad")


@stage.on_desk(cols=20)
async def test_the_display_shows_all_dots_none_and_all_characters(desk):
    await desk.ready()
    await to_tests(desk, "2")
    await desk.see("DISPLAY TEST")
    await desk.press("ENTER")
    await asyncio.sleep_ms(50)
    assert desk.display.cells == b"\xff" * 80
    await desk.press("ENTER")
    assert desk.rows() == [" " * 20] * 4
    await desk.press("ENTER")
    shown = "".join(desk.rows())
    await desk.press("ENTER")
    shown += "".join(desk.rows())
    assert shown.rstrip() == "".join([chr(code) for code in range(0x20, 0x7F)])
    await desk.press("ENTER")
    await desk.see("TEST IS OVER")


@stage.on_desk()
async def test_the_chinese_display_shows_chinese_too(desk):
    drawn = []
    await desk.ready()
    desk.display.dots = lambda y, data: drawn.append((y, bytes(data)))
    desk.display.picture = drawn.append
    await to_tests(desk, "2")
    await desk.see("DISPLAY TEST")
    for _ in range(4):
        await desk.press("ENTER")
    assert drawn == [(y, b"\xff" * 16) for y in range(64)] + [True, False]
    await desk.see("pqrstuvwxyz")
    await desk.press("ENTER")
    await desk.see("<d2bb><b6fe><c8fd>")
    await desk.press("CANCEL")
    await desk.see("TEST IS OVER")


@stage.on_desk()
async def test_the_test_page(desk):
    await desk.ready()
    await to_tests(desk, "3")
    await desk.see("PAGE PRINTED")
    text = stage.slip_text(desk.printer.slips[-1])
    for expected in (
        "PRINTER TEST PAGE",
        "12345678901234567890123456789012",
        "\\xd2\\xbb\\xb6\\xfe\\xc8\\xfd",
        "246F28100000",
        "QR POS ",
        "end of the test page",
    ):
        assert expected in text, text
    assert max([len(line) for line in desk.printer.slips[-1] if not line.startswith(b"QR")]) <= 32


@stage.on_desk()
async def test_a_test_page_without_paper_is_put_off(desk):
    await desk.ready()
    desk.printer.flags = 1
    await to_tests(desk, "3")
    await desk.see("NO PAPER")
    await desk.press("CANCEL")
    await desk.see("NOT PRINTED")
    await desk.press("ENTER")
    await desk.see(">3 Test page")


@stage.on_desk()
async def test_wifi(desk):
    await desk.ready()
    await to_tests(desk, "4")
    await desk.see("provisioned")
    await desk.see("-55 dBm  ****")
    await desk.see("Channel 6")
    await desk.press("DOWN")
    await desk.see("192.168.4.2")


@stage.on_desk()
async def test_an_open_network_is_warned_of(desk):
    await desk.ready()
    desk.terminal.wifi.open_network = True
    await to_tests(desk, "4")
    await desk.press("DOWN")
    await desk.see("OPEN NETWORK")


@stage.on_desk()
async def test_no_wifi(desk):
    await desk.ready()
    desk.terminal.wifi.up = False
    await to_tests(desk, "4")
    await desk.see("NO WI-FI")


@stage.on_desk()
async def test_the_host_answers_within_some_milliseconds(desk):
    await desk.ready()
    await to_tests(desk, "5")
    await desk.see("HOST ANSWERS")
    await desk.see(" ms")


@stage.on_desk()
async def test_a_silent_host_is_told_with_its_cause(desk):
    await desk.ready()
    desk.host.script = [model.LOST]
    await to_tests(desk, "5")
    await desk.see("HOST TEST FAILED")
    await desk.see("No answer")


@stage.on_desk()
async def test_the_clock_beside_the_hosts(desk):
    await desk.ready()
    await to_tests(desk, "6")
    await desk.see("2026-03-14")
    await desk.see("Host not asked")  # this model host tells no time
    wall, dual.clock.wall = dual.clock.wall, None
    try:
        await desk.press("CANCEL", "6")
        await desk.see("CLOCK NOT SET")
    finally:
        dual.clock.wall = wall


def test_offset_to_the_host():
    now = (2026, 3, 14, 15, 9, 26)
    for told, expected in (
        ("0314150926", 0),
        ("0314150920", 6),
        ("0314151026", -60),
        ("0313235959", 15 * 3600 + 9 * 60 + 27),
        ("", None),
        ("03141509", None),
        ("1314150926", None),
        ("031415x926", None),
    ):
        assert try_state.offset(now, told) == expected, told
    assert try_state.offset((2026, 1, 1, 0, 0, 1), "1231235959") == 2
    assert try_state.offset((2025, 12, 31, 23, 59, 59), "0101000001") == -2
    assert try_state.offset((2024, 3, 1, 0, 0, 0), "0228000000") == 2 * 86400


def test_bars():
    for strength_dbm, expected in ((-40, "****"), (-58, "****"), (-60, "***."), (-80, "*..."), (-95, "....")):
        assert try_state.bars(strength_dbm) == expected


@stage.on_desk()
async def test_storage(desk):
    await desk.ready()
    await desk.sell()
    await to_tests(desk, "7")
    await desk.see("B used")
    await desk.press("DOWN")
    await desk.see("1 in batch")


@stage.on_desk()
async def test_battery_in_figures(desk):
    await desk.ready()
    await to_tests(desk, "8")
    await desk.see("BATTERY 80 %")
    await desk.see("7.86 V")
    await desk.press("ENTER")
    desk.terminal.parts.charge_pct = 7
    await desk.press("8")
    await desk.see("Charge it now")


@stage.on_desk()
async def test_a_low_battery_is_said_while_idle(desk):
    await desk.ready()
    desk.terminal.parts.charge_pct = 9
    await desk.see("Battery 9 %!")
    await desk.see("READY")
    desk.terminal.parts.charge_pct = 40
    await desk.see("Key in an amount")


@stage.on_desk()
async def test_a_sale_on_an_empty_battery_is_the_operators_choice(desk):
    await desk.ready()
    desk.terminal.parts.charge_pct = 4
    await desk.key_sale()
    await desk.see("BATTERY 4 %")
    await desk.press("CANCEL")
    await desk.see("CANCELLED")
    assert not desk.host.charged
    await desk.press("ENTER")
    await desk.key_sale()
    await desk.see("BATTERY 4 %")
    await desk.press("ENTER")
    await desk.see("APPROVED")


@stage.on_desk()
async def test_an_approval_and_a_refusal_sound_apart(desk):
    await desk.ready()
    await desk.sell()
    assert desk.terminal.parts.sounds == ["approved"]
    await desk.key_sale("2000", stage.CARD_POOR)
    await desk.see("DECLINED")
    assert desk.terminal.parts.sounds == ["approved", "error"]


@stage.on_desk()
async def test_sound(desk):
    await desk.ready()
    await to_tests(desk, "9")
    await desk.see("THREE TONES")
    await desk.see("TEST IS OVER")
    assert desk.terminal.parts.sounds[-3:] == ["click", "approved", "error"]


@stage.on_desk(settings={"volume": 0})
async def test_without_volume_the_sound_test_says_so(desk):
    await desk.ready()
    await to_tests(desk, "9")
    await desk.see("VOLUME IS 0")
    assert desk.terminal.parts.levels == (5, 0)


@stage.on_desk()
async def test_reader_and_scanner(desk):
    await desk.ready()
    await to_tests(desk, "0")
    await desk.see("CARD READER TEST")
    desk.inputs.put(CARD, "6200000000000013")
    await desk.see("620000******0013")
    await desk.press("ENTER")
    await desk.see("SCANNER TEST")
    desk.inputs.put(SCAN, "9162345678901237")
    await desk.see("9162345678901237")
    await desk.press("ENTER")
    await desk.see(">0 Card, code")


@stage.on_desk()
async def test_cancel_goes_on_to_the_scanner_and_ends(desk):
    await desk.ready()
    await to_tests(desk, "0")
    await desk.see("CARD READER TEST")
    await desk.press("CANCEL")
    await desk.see("SCANNER TEST")
    await desk.press("CANCEL")
    await desk.see(">0 Card, code")


@stage.on_desk()
async def test_the_device_check_has_battery_and_scanner(desk):
    await desk.ready()
    desk.terminal.parts.charge_pct = 3
    await desk.menu("Self-check")
    await desk.see("Storage ok")
    await desk.press("DOWN")
    await desk.see("Scanner ok")
    await desk.see("Battery empty")


@stage.on_desk()
async def test_help_ends_with_whom_to_call(desk):
    await desk.ready()
    await desk.menu("Help")
    await desk.see("WRONG AMOUNT?")
    for _ in range(6):
        await desk.press("ENTER")
    await desk.see("visor, or who")
    await desk.press("UP")
    await desk.see("END OF THE DAY")
    await desk.press("CANCEL")
    await desk.see("READY")
    desk.terminal.parameters["service_phone"] = "+8640012345678901"
    await desk.menu("Help")
    for _ in range(6):
        await desk.press("DOWN")
    await desk.see("+864001234567890")
    assert desk.rows()[3].strip() == "1"


@stage.on_desk()
async def test_about(desk):
    await desk.ready()
    await desk.menu("About")
    await desk.see("Version " + desk.terminal.VERSION)
    await desk.see("Board desk")
    await desk.press("DOWN")
    await desk.see("246F28100000")
    await desk.press("DOWN")
    await desk.see(" " + desk.identity["terminal"])


@stage.on_desk(language="zh")
async def test_in_chinese_all_pages_can_be_drawn(desk):
    """The screen layer puts "?" where a character is missing."""
    desk.power()
    await asyncio.sleep_ms(10_000)
    await desk.press(*"01", "ENTER", *"2468", "ENTER")
    await asyncio.sleep_ms(5_000)
    assert desk.terminal.exchange.signed_on
    for flow in ("diagnostics", "help", "about"):
        desk.go(flow)
        for _ in range(7):
            await asyncio.sleep_ms(100)
            assert b"?" not in desk.display.cells, desk.rows()
            await desk.press("DOWN")
    for page in ("wifi", "host", "clock", "storage", "battery"):
        desk.go("try_state", page)
        await asyncio.sleep_ms(1_000)
        assert b"?" not in desk.display.cells, desk.rows()
