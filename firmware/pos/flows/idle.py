"""The idle screen: digits begin a sale, MENU opens the menu; says what is not in order."""

from micropython import const

from pos import loading
from pos.ui.inputs import KEY

_REFRESH_MS = const(1_000)  # how often the screen looks for a change of state


async def run(terminal):
    """Returns the next flow; None when the terminal's loop has something to see to."""
    with loading.Scope():  # idle is most of the day: what is looked up once does not stay loaded
        name, sells = _merchant_name(terminal), terminal.may("sale")
        terminal.parts.let_go()  # the operators' file, with all its code
    clock = terminal.clock
    if terminal.idle_since_ms is None:
        terminal.idle_since_ms = clock.ticks_ms()
    while True:
        _draw(terminal, name, sells)
        got = await terminal.ui.inputs.get(_REFRESH_MS)
        if got is None:
            if terminal.is_called():
                return None
            after_s = terminal.parameters["auto_sign_off_s"]
            if after_s and clock.elapsed_ms(terminal.idle_since_ms) > after_s * 1000:
                return ("log_out", "log_out_idle")
            continue
        terminal.idle_since_ms = None  # whatever this begins, the time counts anew after it
        if got == (KEY, "MENU"):
            return ("menu",)
        if got[0] == KEY and got[1].isdigit() and sells:
            return ("sale", got[1])
        terminal.idle_since_ms = clock.ticks_ms()


def _merchant_name(terminal):
    """As much of it as this display can show; b"" when there is none."""
    from pos.domain import merchant

    screen = terminal.ui.screen
    name = merchant.name(terminal.parameters)
    return _fit(name, screen.cols) if screen.wide or _ascii(name) else b""


def _draw(terminal, name, sells):
    ui = terminal.ui
    screen = ui.screen
    screen.clear()
    if terminal.training:
        screen.put(0, ui.t("training_title"), "center")
    elif name:
        screen.put_bytes(0, name, "center")
    else:
        screen.put(0, ui.t("idle_title"), "center")
    screen.put_lines(1, _state(terminal, sells), "center")
    screen.put_pair(screen.rows - 1, ui.t("idle_menu"), ui.t("idle_operator", operator=terminal.operator))
    screen.flush()


def _state(terminal, sells):
    """The most urgent thing to say; that a sale can begin when there is nothing."""
    ui = terminal.ui
    exchange = terminal.exchange
    state = terminal.journal.state
    if exchange.blocked:
        return ui.t("idle_blocked")
    if state["pending"]:
        return ui.t("idle_pending")
    if not terminal.wifi.up:
        return _no_wifi(terminal)
    if not exchange.signed_on:
        return ui.t("idle_not_signed_on")
    if state["settling"]:
        return ui.t("idle_settling" if terminal.settles_by_itself() else "idle_settle_refused")
    if not sells:
        return ui.t("idle_no_sale")
    if state["offline"]:
        return ui.t("idle_offline", count=len(state["offline"]))
    if state["advices"]:
        return ui.t("idle_advices", count=len(state["advices"]))
    charge_pct, word = terminal.parts.charge()
    if word in ("low", "empty"):
        return ui.t("idle_battery", pct=charge_pct)
    return ui.t("idle_ready")


def _no_wifi(terminal):
    from pos.domain import offline

    if not offline.allowed(terminal.parameters):
        return terminal.ui.t("idle_wifi_down")
    from pos.domain.money import format_minor

    return terminal.ui.t("idle_wifi_offline", limit=format_minor(terminal.parameters["offline_floor_minor"]))


def _fit(name, cols):
    """A name that is too long ends after the last word that fits."""
    if len(name) <= cols:
        return name
    end = name.rfind(b" ", 0, cols + 1)
    return name[:end] if end > 0 else name


def _ascii(data):
    return all(byte < 0x80 for byte in data)
