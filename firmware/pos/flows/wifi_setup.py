"""Wi-Fi at the keypad: listen, choose, key in the password, try it; the old network stays when the new one fails."""

from micropython import const

from pos.domain import settings
from pos.flows import answers
from pos.ui import confirm, menu, text_entry
from pos.ui.leave import Cancelled

_NAME_CHARS_MAX = const(32)
_KEY_CHARS_MAX = const(63)
_LEVELS_DBM = const((-60, -70, -80))  # better than each: one level more, from 1 to 4
_BESIDE_NAME = const(6)  # columns of a row before the name: mark and number of the menu, strength, lock


async def run(terminal):
    """Returns when another network is joined. Raises Cancelled, IdleTimeout: all is as it was."""
    ui = terminal.ui
    network = None
    while network is None:
        ui.draw(ui.t("wifi_listening"))
        network = await _choose(terminal, terminal.wifi.heard())
    ssid, is_open = network
    if is_open:
        await _need_open_allowed(terminal)
        key = ""
    else:
        key = await text_entry.enter(ui, ui.t("wifi_password"), _KEY_CHARS_MAX, settings.WIFI_KEY_CHARS_MIN)
    joined = await answers.wait_for(terminal, terminal.wifi.join(ssid, key), "wifi_joining")
    if joined:
        terminal.change_settings({"wifi_ssid": ssid, "wifi_key": key})
        terminal.audit("wifi_changed", ssid=ssid, open=is_open)
    await terminal.tell("wifi_joined" if joined else "wifi_failed")


async def _choose(terminal, heard):
    """(name, whether it is open) of the network that was chosen or keyed in; None: listen again."""
    ui = terminal.ui
    if heard is None:
        await terminal.tell("wifi_deaf")
        raise Cancelled()
    rows = [_row(ui, name, strength_dbm, is_open) for name, strength_dbm, is_open in heard]
    at = await menu.choose(ui, ui.t("title_wifi"), rows + [ui.t("wifi_again"), ui.t("wifi_other")])
    if at < len(rows):
        return heard[at][0], heard[at][2]
    if at == len(rows):
        return None
    name = await text_entry.enter(ui, ui.t("wifi_name"), _NAME_CHARS_MAX, 1)
    return name, await confirm.ask(ui, ui.t("ask_wifi_no_key"))


def _row(ui, name, strength_dbm, is_open):
    """Name as far as it fits, strength 1 to 4, and "*" for locked or "!" for open."""
    room = ui.screen.cols - _BESIDE_NAME
    shown, width = "", 0
    for char in name:
        width += 1 if ord(char) < 0x80 else 2
        if width > room:
            break
        shown += char
    level = 1 + len([limit for limit in _LEVELS_DBM if strength_dbm > limit])
    return "{}{} {}".format(level, "!" if is_open else "*", shown)


async def _need_open_allowed(terminal):
    """An open network is warned about, or refused (R11). Raises Cancelled."""
    if terminal.settings["refuse_open_wifi"]:
        await terminal.tell("wifi_open_refused")
        raise Cancelled()
    if not await confirm.ask(terminal.ui, terminal.ui.t("ask_wifi_open")):
        raise Cancelled()
