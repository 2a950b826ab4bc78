"""Settings: who may change what, what takes effect at once; Wi-Fi and the host's address at the keypad."""

import asyncio
import sys

sys.path.insert(0, __file__.rpartition("/")[0])

import desk as stage
from pos import preferences
from pos.domain import settings


async def open_flow(desk, number="00", pin="135790", flow="settings"):
    desk.power()
    await desk.log_in(number, pin)
    await desk.see("READY" if number == "01" else "No sales")
    desk.go(flow)


async def change(desk, setting, value):
    await desk.choose(setting)
    await desk.choose(value)
    await desk.see("SAVED")
    await desk.press("ENTER")
    await desk.see("SETTINGS")


async def key_text(desk, text):
    """Keys small letters and spaces, each ended by DOWN."""
    for char in text:
        for digit, chars in enumerate((" ", ".-_@/", "abc", "def", "ghi", "jkl", "mno", "pqrs", "tuv", "wxyz")):
            if char in chars:
                await desk.press(*([str(digit)] * (chars.find(char) + 1)))
        await desk.press("DOWN")
    await desk.press("ENTER")


def stored(desk):
    return preferences.store.load(desk.folder + "/settings.json", {})[0]


@stage.on_desk()
async def test_every_setting_is_offered_changed_at_once_and_kept(desk):
    await open_flow(desk)
    await desk.see("SETTINGS")
    for entry, value, name, expected in (
        ("Brightness", "2 2", "brightness", 2),
        ("Volume", "1 0", "volume", 0),
        ("Slips", "Ask", "print_receipts", "ask"),
        ("Copies", "1 1", "copies", 1),
        ("PIN at sale", "Yes", "transaction_password", True),
        ("Order no.", "Asked", "order_numbers", True),
        ("Voids by", "Supervisor", "void_by", "supervisor"),
        ("Open Wi-Fi", "Refuse", "refuse_open_wifi", True),
    ):
        await change(desk, entry, value)
        assert desk.terminal.settings[name] == expected, name
    assert desk.terminal.parts.levels == (2, 0)
    assert desk.terminal.wifi.refuse_open
    assert desk.audits().count("setting") == 8
    desk.power()
    assert desk.terminal.settings["void_by"] == "supervisor" and desk.terminal.parts.levels == (2, 0)


@stage.on_desk()
async def test_an_operator_changes_only_what_is_a_matter_of_taste(desk):
    await open_flow(desk, "01", "2468")
    seen = []
    await desk.see("SETTINGS")
    for _ in range(3):
        seen += [row[3:].strip() for row in desk.rows()[1:] if row.startswith(">")]
        await desk.press("DOWN")
    assert seen == ["Language", "Brightness", "Volume"]
    assert [row for row in desk.rows() if row.startswith(">1 Language")], "and round again"


@stage.on_desk()
async def test_languages_stand_under_their_own_names(desk):
    await open_flow(desk)
    await desk.choose("Language")
    await desk.see("English")
    await desk.choose("<d6d0><cec4>")
    await desk.see("<b1a3><b4e6>")  # 保存
    assert desk.terminal.settings["language"] == "zh"
    await desk.press("ENTER", "1")
    await desk.choose("English")
    await desk.see("SAVED")


@stage.on_desk()
async def test_the_hosts_parameters_are_the_defaults_until_something_is_chosen(desk):
    desk.power()
    desk.terminal.parameters["order_numbers"] = 1
    desk.terminal.keep_parameters()
    assert desk.terminal.settings["order_numbers"] is True
    desk.terminal.change_setting("order_numbers", False)
    desk.terminal.keep_parameters()
    assert desk.terminal.settings["order_numbers"] is False


@stage.on_desk()
async def test_a_network_is_chosen_its_password_keyed_and_kept(desk):
    for pause in (0, 1):
        await open_flow(desk, flow="wifi_setup")
        await desk.see("Wi-Fi !open")
        assert [row.strip() for row in desk.rows()[1:]] == [">1 4* shop", "2 2! cafe", "3 Listen again"]
        await desk.press("1")
        await desk.see("Password")
        if pause == 0:
            await key_text(desk, "wrong one")
            await desk.see("JOINING")
            await desk.see("NOT JOINED")
            await desk.see("The old network")
            assert stored(desk) == {} and desk.terminal.wifi.joined == "provisioned"
    await desk.press(*("7777" + "33" + "222" + "777" + "33" + "8"))
    await desk.press("0", "1", "1")
    desk.inputs.put("HOLD", "1")
    await asyncio.sleep_ms(20)
    await desk.see("secret 1")
    await desk.press("ENTER")
    await desk.see("JOINED")
    assert stored(desk) == {"wifi_ssid": "shop", "wifi_key": "secret 1"}
    assert "wifi_changed" in desk.audits()
    assert preferences.overrides(desk.folder) == {"wifi_ssid": "shop", "wifi_key": "secret 1"}
    for record in desk.terminal.journal.scan():
        assert "secret" not in str(record), "the password is in no record"


@stage.on_desk()
async def test_an_open_network_is_warned_about(desk):
    await open_flow(desk, flow="wifi_setup")
    await desk.see("cafe")
    await desk.press("2")
    await desk.see("OPEN NETWORK")
    await desk.press("CANCEL")
    await desk.see("No sales")
    assert stored(desk) == {}
    desk.go("wifi_setup")
    await desk.see("cafe")
    await desk.press("2")
    await desk.see("OPEN NETWORK")
    await desk.press("ENTER")
    await desk.see("JOINED")
    assert preferences.overrides(desk.folder) == {"wifi_ssid": "cafe", "wifi_key": ""}


@stage.on_desk(settings={"refuse_open_wifi": True})
async def test_an_open_network_is_refused_where_the_settings_say_so(desk):
    await open_flow(desk, flow="wifi_setup")
    await desk.see("cafe")
    await desk.press("2")
    await desk.see("Refused by")
    assert desk.terminal.wifi.joined == "provisioned"


@stage.on_desk()
async def test_listening_again_and_a_network_that_is_not_in_the_list(desk):
    await open_flow(desk, flow="wifi_setup")
    await desk.see("shop")
    desk.terminal.wifi.networks = []
    desk.terminal.wifi.keys = {"hidden": "secretly"}
    await desk.choose("Listen again")
    await desk.see(">1 Listen again")
    await desk.choose("Other name")
    await desk.see("Name")
    await key_text(desk, "hidden")
    await desk.see("Is it an open")
    await desk.press("CANCEL")
    await desk.see("Password")
    await key_text(desk, "secret")
    await desk.see("at least 8")
    await key_text(desk, "ly")
    await desk.see("JOINED")
    assert stored(desk)["wifi_ssid"] == "hidden"


@stage.on_desk()
async def test_a_radio_that_does_not_listen_is_told(desk):
    desk.power()
    await desk.log_in("00", "135790")
    await desk.see("No sales")
    desk.terminal.wifi.networks = None
    desk.go("wifi_setup")
    await desk.see("THE RADIO")


@stage.on_desk()
async def test_a_long_or_foreign_name_fits_its_row(desk):
    for cols in (16, 20):
        desk.cols = cols
        desk.power()
        await desk.log_in("00", "135790")
        await desk.see("No sales")
        desk.terminal.wifi.networks = [("a-very-long-network-name-indeed", -85, False), ("\u4e2d" * 10, -55, True)]
        desk.go("wifi_setup")
        row = await desk.see("1* a-very")
        assert row == (">1 1* a-very-long-network"[:cols])
    await asyncio.sleep_ms(50)


@stage.on_desk()
async def test_the_hosts_address_is_kept_for_the_next_start(desk):
    desk.identity["host"], desk.identity["port"] = "127.0.0.1", 8583
    await open_flow(desk, flow="host_setup")
    await desk.see("127.0.0.1")
    await desk.hold("CLEAR")
    await key_text(desk, "pay me")
    await desk.see("NO SUCH ADDRESS")
    await desk.press("ENTER")
    await desk.see("pay me_")
    await desk.hold("CLEAR")
    await key_text(desk, "pay.example")
    await desk.see("8583")
    await desk.hold("CLEAR")
    await desk.press(*"70000")
    await desk.press("ENTER")
    await desk.see("PORT 1 TO")
    await desk.press("ENTER")
    await desk.hold("CLEAR")
    await desk.press(*"9583")
    await desk.press("ENTER")
    await desk.see("pay.example")
    await desk.see("Keep it?")
    await desk.press("ENTER")
    await desk.see("next start")
    assert preferences.overrides(desk.folder) == {"host": "pay.example", "port": 9583}


@stage.on_desk(language="zh")
async def test_the_list_of_networks_in_chinese(desk):
    desk.power()
    desk.terminal.operator = "00"
    desk.go("wifi_setup")
    await desk.see("4* shop")
    # 重新搜索
    await desk.see("<d6d8><d0c2><cbd1><cbf7>")
    await desk.press("2")
    # 是否连接
    await desk.see("<cac7><b7f1><c1ac><bdd3>")


@stage.on_desk()
async def test_no_setting_is_forgotten_in_the_menu(desk):
    names = [row[0] for row in settings.TABLE if row[4] != "network"]
    assert len(names) == 9
    await open_flow(desk)
    await desk.see("SETTINGS")
    seen = []
    for _ in names:
        await asyncio.sleep_ms(50)
        seen += [row[3:].strip() for row in desk.rows() if row.startswith(">")]
        await desk.press("DOWN")
    assert seen == [desk.terminal.ui.t("set_" + name) for name in names]
