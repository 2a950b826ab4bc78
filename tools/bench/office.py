"""What supervisor and administrator do at the terminal, step by step: tables for `Day.do`, see round.py."""

from tools.bench.merchant import WALLET
from tools.bench.stand import LONG_S

_KEYPAD = "1 2 3 CANCEL 4 5 6 CLEAR 7 8 9 MENU UP 0 DOWN ENTER"
# pos-demo-key, each character by its key's presses; DOWN parts two of one key.
_WIFI_KEY = "7 666 7777 11 3 DOWN 33 6 DOWN 666 11 55 33 999"
FIRST_PIN = "4711"

FIRST_LOG_IN = (("log_in", "00"),)

# Voids by the supervisor only; and another brightness.
SETTINGS = (
    ("menu", "menu_settings"),
    ("choose", "settings_title", "set_void_by"),
    ("choose", "set_void_by", "set_void_by_supervisor"),
    ("on", "saved", "ENTER"),
    ("choose", "settings_title", "set_brightness"),
    ("choose_word", "set_brightness", "4"),
    ("on", "saved", "ENTER CANCEL"),
)

WIFI = (
    ("menu", "menu_settings"),
    ("choose", "settings_title", "set_wifi"),
    ("on_word", "pos-demo", "1"),
    ("on", "wifi_password", _WIFI_KEY),
    ("on_word", "pos-demo-ke", "ENTER"),
    ("on", "wifi_joined", "ENTER CANCEL", LONG_S),
)

# What is there stays.
HOST_ADDRESS = (
    ("menu", "menu_settings"),
    ("choose", "settings_title", "set_host"),
    ("on", "hint_text", "ENTER"),
    ("on", "hint_digits", "ENTER"),
    ("on", "ask_host", "ENTER"),
    ("on", "host_kept", "ENTER CANCEL"),
)


async def operators(day, _merchant):
    """One is added, looked at, given a right, and removed."""
    await day.do(
        ("menu", "menu_staff"),
        ("choose", "title_operators", "person_add"),
        ("on", "prompt_operator", "0 3 ENTER"),
        ("on", "prompt_first_pin", f"{FIRST_PIN} ENTER"),
        ("on", "prompt_repeat_pin", f"{FIRST_PIN} ENTER"),
        ("on", "person_pin_set", "ENTER"),
        ("choose_word", "title_operators", "03"),
    )
    await day.choose("idle_operator", "person_rights", operator="03")
    await day.choose("idle_operator", "right_delete", operator="03")
    await day.on_word(">0 " + day.t("right_delete") + " " + day.t("how_alone"), "CANCEL")
    await day.choose_word("title_operators", "03")
    await day.choose("idle_operator", "person_remove", operator="03")
    await day.do(("pin", "00"), ("on", "ask_person_remove", "ENTER"), ("on", "person_gone", "ENTER CANCEL"))


def _changed_pin(old, new):
    return (
        ("menu", "menu_pin"),
        ("on", "prompt_pin", f"{old} ENTER"),
        ("on", "prompt_new_pin", f"{new} ENTER"),
        ("on", "prompt_repeat_pin", f"{new} ENTER"),
        ("on", "pin_changed", "ENTER"),
        ("idle",),
    )


# Another PIN, and the first one back.
OWN_PIN = (*_changed_pin("135790", FIRST_PIN), *_changed_pin(FIRST_PIN, "135790"))


async def device_test(day, _merchant):
    """Each page of it."""
    await day.do(
        ("menu", "menu_test"),
        ("choose", "menu_test", "try_keypad"),
        ("on", "test_keypad_how", "ENTER"),
        ("on_word", ".   .   .   .", _KEYPAD),
        ("on", "test_keypad_done", "ENTER"),
        ("choose", "menu_test", "try_display"),
        ("see", "test_display_how"),
    )
    for _ in range(12):
        await day.keys("ENTER")
        if day.t("test_done").split("\n")[0] in day.rows()[0]:
            break
    await day.do(
        ("on", "test_done", "ENTER"),
        ("choose", "menu_test", "try_printer"),
        ("on", "test_printed", "ENTER", LONG_S),
        ("choose", "menu_test", "try_wifi"),
        ("on_word", "pos-demo", "ENTER"),
        ("choose", "menu_test", "try_host"),
        ("on_word", "HOST ANSWERS", "ENTER"),
        ("choose", "menu_test", "try_clock"),
        ("on_word", "Host", "ENTER"),
        ("choose", "menu_test", "try_storage"),
        ("on_word", "segments", "ENTER"),
        ("choose", "menu_test", "try_battery"),
        ("on", "test_battery_ok", "ENTER"),
        ("choose", "menu_test", "try_sound"),
        ("on", "test_done", "ENTER"),
        ("choose", "menu_test", "try_reading"),
        ("see", "test_reader"),
    )
    day.circuit.reader.present(WALLET)
    await day.see("test_read")
    day.circuit.reader.remove()
    await day.keys("ENTER")
    await day.on("test_scanner", "CANCEL CANCEL")


SELF_CHECK = (("menu", "menu_check"), ("on", "check_storage", "DOWN DOWN ENTER"))

ABOUT_AND_HELP = (
    ("menu", "menu_about"),
    ("on", "about_version", "DOWN DOWN ENTER"),
    ("menu", "menu_help"),
    ("on", "help_wrong", "DOWN DOWN DOWN DOWN DOWN DOWN"),
    ("on_word", "MORE HELP?", "ENTER"),
)

# A sale in training, as another operator; then all is real again.
TRAINING = (
    ("menu", "menu_training"),
    ("on", "ask_training", "ENTER"),
    ("on", "training_begun", "ENTER"),
    ("log_in", "01"),
    ("sell", "777"),
    ("change_operator", "00"),
    ("menu", "menu_training"),
    ("on", "ask_training_end", "ENTER"),
    ("on", "training_ended", "ENTER"),
)

# The administrator

# Some of what is settled; and the evidence of it, printed.
DELETION = (
    ("menu", "menu_delete"),
    ("choose", "title_delete", "menu_delete_new"),
    ("pin", "99"),
    ("choose", "title_kind", "menu_kind_all"),
    ("choose", "title_when", "menu_from_to"),
    ("on", "prompt_since", "0 1 0 1 ENTER"),
    ("on", "prompt_until", "ENTER"),
    ("choose", "title_sum", "menu_from_to"),
    ("on", "title_min", "7 00 ENTER"),
    ("on", "title_max", "9 0 0 00 ENTER"),
    ("choose", "title_reason", "menu_del_04"),
    ("on", "ask_delete", "ENTER"),
    ("on", "deleted", "ENTER CANCEL", LONG_S),
    ("idle",),
    ("menu", "menu_delete"),
    ("choose", "title_delete", "menu_deletions"),
    ("on", "title_deleted", "ENTER"),
    ("on", "ask_print_deleted", "ENTER"),
    ("printed",),
    ("on", "title_deleted", "CANCEL"),
)

# The first batch, from the host's copy.
RECORDS_BACK = (
    ("menu", "menu_recover"),
    ("on", "title_recover", "1 ENTER"),
    ("on_word", "ARE BACK", "ENTER", LONG_S),
)


async def services(day, _merchant):
    """One is switched off and on again."""
    for action, after in (("off", "pay_merchant"), ("on", "pay_on")):
        await _change_service(day, "balance", action)
        await day.see("service_changed", LONG_S, service=day.t("pay_balance"), state=day.t(after))
        await day.do(("keys", "ENTER"), ("idle",))


async def service_removed(day, _merchant):
    """With the restart and the self-check that come after it; then it is switched on again."""
    await _change_service(day, "preauth", "remove")
    day.starts += 1
    await day.do(
        ("see", "service_restart", LONG_S),  # no key: what starts would see it pressed
        ("on", "service_clean", "ENTER", LONG_S),
        ("log_in", "99"),
    )
    await _change_service(day, "preauth", "on")
    await day.on("service_changed", "ENTER", LONG_S)


async def _change_service(day, name, action):
    await day.menu("menu_services")
    await day.choose("title_services", "pay_" + name)
    await day.choose("pay_" + name, "action_" + action)
    await day.pin("99")
    await day.see("ask_service_" + action, service=day.t("pay_" + name))
    await day.keys("ENTER")
    await day.choose("title_reason", "why_05")
