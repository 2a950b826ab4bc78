"""Device check (设备状态, R8), at start and on demand: each part with its state, and what to do about what is wrong."""

from micropython import const

from pos.ui import message, pager

# Before sign-on the clock is never set and the host never asked: no news at start.
_NOT_AT_START = const(("clock", "host"))
_WIFI_MS = const(4_000)  # joining takes some seconds; whoever starts earlier can log in meanwhile
_PRINTER_STATES = const(((2, "cover"), (1, "paper"), (15, "offline")))


async def run(terminal, at_start=False):
    """At start only what is wrong is shown, and for a moment; from the menu everything, until ENTER or CANCEL."""
    ui = terminal.ui
    ui.draw(ui.t("starting"))
    if at_start:
        for problem in terminal.start_problems:
            await terminal.tell(problem)
        if terminal.settings["language"] != ui.texts.language:
            ui.draw(ui.t("no_chinese"))
        await terminal.wifi.wait_up(_WIFI_MS)
    states = await _states(terminal, at_start)
    if at_start:
        states = [row for row in states if row[1] != "ok" and row[0] not in _NOT_AT_START]
    rows = [_row(ui, name, state) for name, state in states]
    if not at_start:
        await pager.show(ui, rows, ui.t("title_check"))
    elif rows:
        ui.draw("\n".join([ui.t("title_check")] + rows[: ui.screen.rows - 1]))
        await message.wait(ui, terminal.result_ms())


async def _states(terminal, at_start):
    """[(check, state)], in the order of the screen; state is "ok" or the end of a text's key."""
    wifi = terminal.wifi
    states = [
        ("storage", "ok" if terminal.storage_ok() else "fault"),
        ("clock", "ok" if terminal.clock.now() else "unset"),
        ("printer", await _printer(terminal)),
    ]
    # One after the other: they share a line. A scanner is an extra, so one that is not plugged in is no news at start.
    for name in ("reader",) if at_start else ("reader", "scanner"):
        part = getattr(terminal, name)
        if part:
            states.append((name, "ok" if await part.check() else "offline"))
    word = terminal.parts.charge()[1]
    if word != "none":
        states.append(("battery", word))
    states.append(("wifi", ("open" if wifi.open_network else "ok") if wifi.up else "down"))
    states.append(("host", "ok" if await _host(terminal) else "down"))
    return states


async def _printer(terminal):
    flags = await terminal.printer.status()
    for flag, state in _PRINTER_STATES:
        if flags & flag:
            return state
    return "ok"


async def _host(terminal):
    """Whether the host answers now; only asked when there is a key to ask with."""
    exchange = terminal.exchange
    return exchange.signed_on and (await exchange.echo())["result"] == "approved"


def _row(ui, name, state):
    left, right = ui.t("check_" + name), ui.t("state_" + state)
    return left + " " + right
