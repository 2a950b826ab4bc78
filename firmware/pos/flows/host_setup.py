"""The host's address at the keypad: name or IP, and port. Its certificate must still be of the provisioned name."""

from micropython import const

from pos.domain import settings
from pos.ui import confirm, digits, text_entry
from pos.ui.leave import Cancelled

_PORT_DIGITS_MAX = const(5)
_PORT_MAX = const(65535)
_HOST_CHARS_MAX = const(64)


async def run(terminal):
    """Stores the address, which is used from the next start on. Raises Cancelled, IdleTimeout: all is as it was."""
    ui = terminal.ui
    host = await _host(terminal)
    port = await _port(terminal)
    if not await confirm.ask(ui, "{}\n{}\n{}".format(host[: ui.screen.cols], port, ui.t("ask_host"))):
        raise Cancelled()
    terminal.change_settings({"host": host, "port": port})
    terminal.audit("host_changed", host=host, port=port)
    await terminal.tell("host_kept")


async def _host(terminal):
    ui = terminal.ui
    host = terminal.settings["host"] or terminal.identity.get("host", "")
    while True:
        host = await text_entry.enter(ui, ui.t("set_host"), _HOST_CHARS_MAX, 1, host)
        if settings.host_is_possible(host):
            return host
        await terminal.tell("host_impossible")


async def _port(terminal):
    ui = terminal.ui
    first = str(terminal.settings["port"] or terminal.identity.get("port", ""))
    while True:
        _, typed = await digits.enter(ui, ui.t("set_host"), ui.t("prompt_port"), _PORT_DIGITS_MAX, first=first)
        if 0 < int(typed) <= _PORT_MAX:
            return int(typed)
        await terminal.tell("port_impossible")
