"""What supervisor and administrator do at the terminal, step by step; see round.py."""

from tools.bench.merchant import WALLET
from tools.bench.stand import LONG_S

_KEYPAD = "1 2 3 CANCEL 4 5 6 CLEAR 7 8 9 MENU UP 0 DOWN ENTER"
# pos-demo-key, each character by its key's presses; DOWN parts two of one key.
_WIFI_KEY = "7 666 7777 11 3 DOWN 33 6 DOWN 666 11 55 33 999"
FIRST_PIN = "4711"


async def first_log_in(day, _merchant):
    await day.log_in("00")


async def settings(day, _merchant):
    """Voids by the supervisor only; and another brightness."""
    await day.menu("menu_settings")
    await day.choose("settings_title", "set_void_by")
    await day.choose("set_void_by", "set_void_by_supervisor")
    await day.see("saved")
    await day.keys("ENTER")
    await day.choose("settings_title", "set_brightness")
    await day.choose_word(day.t("set_brightness"), "4")
    await day.see("saved")
    await day.keys("ENTER CANCEL")
    await day.see("idle_no_sale")


async def wifi(day, _merchant):
    await day.menu("menu_settings")
    await day.choose("settings_title", "set_wifi")
    await day.see_word("pos-demo")
    await day.keys("1")
    await day.see("wifi_password")
    await day.keys(_WIFI_KEY)
    await day.see_word("pos-demo-ke")
    await day.keys("ENTER")
    await day.see("wifi_joined", LONG_S)
    await day.keys("ENTER CANCEL")
    await day.see("idle_no_sale")


async def host_address(day, _merchant):
    """What is there stays."""
    await day.menu("menu_settings")
    await day.choose("settings_title", "set_host")
    await day.see("hint_text")
    await day.keys("ENTER")
    await day.see("hint_digits")
    await day.keys("ENTER")
    await day.see("ask_host")
    await day.keys("ENTER")
    await day.see("host_kept")
    await day.keys("ENTER CANCEL")
    await day.see("idle_no_sale")


async def operators(day, _merchant):
    """One is added, looked at, given a right, and removed."""
    await day.menu("menu_staff")
    await day.choose("title_operators", "person_add")
    await day.see("prompt_operator")
    await day.keys("0 3 ENTER")
    for prompt in ("prompt_first_pin", "prompt_repeat_pin"):
        await day.see(prompt)
        await day.keys(f"{FIRST_PIN} ENTER")
    await day.see("person_pin_set")
    await day.keys("ENTER")
    await day.choose_word(day.t("title_operators"), "03")
    await day.choose("idle_operator", "person_rights", operator="03")
    await day.choose("idle_operator", "right_delete", operator="03")
    await day.see_word(">0 " + day.t("right_delete") + " " + day.t("how_alone"))
    await day.keys("CANCEL")
    await day.choose_word(day.t("title_operators"), "03")
    await day.choose("idle_operator", "person_remove", operator="03")
    await day.pin("00")
    await day.see("ask_person_remove")
    await day.keys("ENTER")
    await day.see("person_gone")
    await day.keys("ENTER CANCEL")
    await day.see("idle_no_sale")


async def own_pin(day, _merchant):
    """Another PIN, and the first one back."""
    await _change_pin(day, "135790", FIRST_PIN)
    await _change_pin(day, FIRST_PIN, "135790")


async def _change_pin(day, old, new):
    await day.menu("menu_pin")
    for prompt, pin in (("prompt_pin", old), ("prompt_new_pin", new), ("prompt_repeat_pin", new)):
        await day.see(prompt)
        await day.keys(f"{pin} ENTER")
    await day.see("pin_changed")
    await day.keys("ENTER")
    await day.see("idle_no_sale")


async def device_test(day, _merchant):
    """Each page of it."""
    await day.menu("menu_test")
    await _test(day, "try_keypad")
    await day.see("test_keypad_how")
    await day.keys("ENTER")
    await day.see_word(".   .   .   .")
    await day.keys(_KEYPAD)
    await day.see("test_keypad_done")
    await day.keys("ENTER")
    await _test(day, "try_display")
    await day.see("test_display_how")
    for _ in range(12):
        await day.keys("ENTER")
        if day.t("test_done").split("\n")[0] in day.rows()[0]:
            break
    await day.see("test_done")
    await day.keys("ENTER")
    await _test(day, "try_printer")
    await day.see("test_printed", LONG_S)
    await day.keys("ENTER")
    for page, word in (("wifi", "pos-demo"), ("host", "HOST ANSWERS"), ("clock", "Host"), ("storage", "segments")):
        await _test(day, "try_" + page)
        await day.see_word(word)
        await day.keys("ENTER")
    await _test(day, "try_battery")
    await day.see("test_battery_ok")
    await day.keys("ENTER")
    await _test(day, "try_sound")
    await day.see("test_done")
    await day.keys("ENTER")
    await _test(day, "try_reading")
    await day.see("test_reader")
    day.circuit.reader.present(WALLET)
    await day.see("test_read")
    day.circuit.reader.remove()
    await day.keys("ENTER")
    await day.see("test_scanner")
    await day.keys("CANCEL CANCEL")
    await day.see("idle_no_sale")


async def _test(day, page):
    await day.choose("menu_test", page)


async def self_check(day, _merchant):
    await day.menu("menu_check")
    await day.see("check_storage")
    await day.keys("DOWN DOWN ENTER")
    await day.see("idle_no_sale")


async def about_and_help(day, _merchant):
    await day.menu("menu_about")
    await day.see("about_version")
    await day.keys("DOWN DOWN ENTER")
    await day.menu("menu_help")
    await day.see("help_wrong")
    await day.keys("DOWN DOWN DOWN DOWN DOWN DOWN")
    await day.see_word("MORE HELP?")
    await day.keys("ENTER")
    await day.see("idle_no_sale")


async def training(day, _merchant):
    """A sale in training, as another operator; then all is real again."""
    await day.menu("menu_training")
    await day.see("ask_training")
    await day.keys("ENTER")
    await day.see("training_begun")
    await day.keys("ENTER")
    await day.log_in("01")
    await day.sell("777")
    await day.change_operator("00")
    await day.menu("menu_training")
    await day.see("ask_training_end")
    await day.keys("ENTER")
    await day.see("training_ended")
    await day.keys("ENTER")
    await day.see("idle_no_sale")


# The administrator


async def delete(day, _merchant):
    """Some of what is settled; and the evidence of it, printed."""
    await day.menu("menu_delete")
    await day.choose("title_delete", "menu_delete_new")
    await day.pin("99")
    await day.choose("title_kind", "menu_kind_all")
    await day.choose("title_when", "menu_from_to")
    await day.see("prompt_since")
    await day.keys("0 1 0 1 ENTER")
    await day.see("prompt_until")
    await day.keys("ENTER")
    await day.choose("title_sum", "menu_from_to")
    await day.see("title_min")
    await day.keys("7 00 ENTER")
    await day.see("title_max")
    await day.keys("9 0 0 00 ENTER")
    await day.choose("title_reason", "menu_del_04")
    await day.see("ask_delete")
    await day.keys("ENTER")
    await day.see("deleted", LONG_S)
    await day.keys("ENTER CANCEL")
    await day.see("idle_no_sale")
    before = len(day.slips())
    await day.menu("menu_delete")
    await day.choose("title_delete", "menu_deletions")
    await day.see("title_deleted")
    await day.keys("ENTER")
    await day.see("ask_print_deleted")
    await day.keys("ENTER")
    await day.printed(before)
    await day.see("title_deleted")
    await day.keys("CANCEL")
    await day.see("idle_no_sale")


async def recover(day, _merchant):
    """The first batch, from the host's copy."""
    await day.menu("menu_recover")
    await day.see("title_recover")
    await day.keys("1 ENTER")
    await day.see_word("ARE BACK", LONG_S)
    await day.keys("ENTER")
    await day.see("idle_no_sale")


async def services(day, _merchant):
    """One is switched off and on again."""
    for action, after in (("off", "pay_merchant"), ("on", "pay_on")):
        await _change_service(day, "balance", action)
        await day.see("service_changed", LONG_S, service=day.t("pay_balance"), state=day.t(after))
        await day.keys("ENTER")
        await day.see("idle_no_sale")


async def service_removed(day, _merchant):
    """With the restart and the self-check that come after it; then it is switched on again."""
    await _change_service(day, "preauth", "remove")
    day.starts += 1
    await day.see("service_restart", LONG_S)
    await day.keys("ENTER")
    await day.see("service_clean", LONG_S)
    await day.keys("ENTER")
    await day.log_in("99")
    await _change_service(day, "preauth", "on")
    await day.see("service_changed", LONG_S)
    await day.keys("ENTER")
    await day.see("idle_no_sale")


async def _change_service(day, name, action):
    await day.menu("menu_services")
    await day.choose("title_services", "pay_" + name)
    await day.choose("pay_" + name, "action_" + action)
    await day.pin("99")
    await day.see("ask_service_" + action, service=day.t("pay_" + name))
    await day.keys("ENTER")
    await day.choose("title_reason", "why_05")
