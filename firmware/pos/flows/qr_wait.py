"""A merchant's code is shown until it is paid, its time is over, or CANCEL: then what became of it is definite."""

import asyncio

from micropython import const

from pos import loading
from pos.domain import merchant
from pos.domain.money import format_minor
from pos.flows import answers
from pos.qr import payload
from pos.ui import message, qr_view
from pos.ui.inputs import KEY

_POLL_EVERY_MS = const(5000)
_LOOK_MS = const(500)


async def run(terminal, tx, slip, on_paper):
    """Returns the printing of the slips as the next flow when it is paid. slip: whether they are wanted at once."""
    with loading.Scope():  # drawing the code takes the room of what has asked for it
        outcome = await answers.wait_for(terminal, terminal.exchange.offer(tx), "qr_making")
    if outcome["result"] == "offered":
        outcome = await _offered(terminal, tx, on_paper)
    if outcome["result"] == "approved":
        answers.draw_approved(terminal, tx)
        return ("slips", tx, slip)
    if outcome["result"] == "reversed":
        await message.show(terminal.ui, terminal.ui.t("qr_not_paid"))
    else:
        await answers.say_not_approved(terminal, outcome)
    return None


async def _offered(terminal, tx, on_paper):
    """The outcome of an offer: of paying it, or of taking it back."""
    exchange, display = terminal.exchange, terminal.ui.screen.display
    data = payload.merchant_code(tx, terminal.identity, merchant.name(terminal.parameters))
    if on_paper and not await _print(terminal, tx, data) and not hasattr(display, "dots"):
        return await answers.wait_for(terminal, exchange.withdraw(tx), "qr_ending")
    drawn = await _draw(terminal.ui, tx, data, terminal.parameters["qr_timeout_s"])
    try:
        outcome = await _wait(terminal, tx, drawn)
    finally:
        if drawn:
            qr_view.hide(display)
    return outcome or await answers.wait_for(terminal, exchange.withdraw(tx), "qr_ending")


async def _print(terminal, tx, data):
    """Whether the code is on paper."""
    with loading.Scope():
        from pos.flows import slips
        from pos.receipts import qr_slip

        terminal.ui.draw(terminal.ui.t("printing"))
        rows = qr_slip.code(tx, data, terminal.identity, terminal.parameters, terminal.slip_texts(), terminal.training)
        return await slips.print_rows(terminal, rows, "code")


async def _draw(ui, tx, data, timeout_s):
    """Whether the code is on the display; else the screen says where it is."""
    display = ui.screen.display
    with loading.Scope():
        from pos.qr import matrix

        rows = matrix.encode(data, matrix.M)
        if not qr_view.can_show(display, len(rows)):
            ui.draw(ui.t("qr_on_paper", amount=format_minor(tx["amount_minor"])))
            return False
        ui.screen.clear()
        whole, _, part = format_minor(tx["amount_minor"]).rpartition(".")
        if len(whole) + 3 > qr_view.TEXT_COLS:
            ui.screen.put(0, whole)
            ui.screen.put(1, "." + part)
        else:
            ui.screen.put(0, ui.t("qr_scan_me"))
            ui.screen.put(1, whole + "." + part)
        ui.screen.put(3, ui.t("qr_cancel"))
        _count(ui, timeout_s, True, True)
        await qr_view.draw(display, rows)
    return True


async def _wait(terminal, tx, drawn):
    """The outcome when it is known, None when the time is over or CANCEL was pressed. The host is asked at once, for
    only what is asked for can be paid, and then every 5 s; the keys are heard meanwhile."""
    exchange, clock, inputs = terminal.exchange, terminal.clock, terminal.ui.inputs
    start_ms = polled_ms = clock.ticks_ms()
    polling = asyncio.create_task(exchange.poll(tx))
    online = True
    while True:
        if polling and polling.done():
            outcome = await polling
            polling, polled_ms = None, clock.ticks_ms()
            if outcome["result"] not in ("waiting", "failed"):
                return outcome
            online = outcome["result"] == "waiting"
        elif not polling and clock.elapsed_ms(polled_ms) >= _POLL_EVERY_MS:
            polling = asyncio.create_task(exchange.poll(tx))
        left_s = terminal.parameters["qr_timeout_s"] - clock.elapsed_ms(start_ms) // 1000
        _count(terminal.ui, left_s, online, drawn)
        if left_s <= 0 or await inputs.get(_LOOK_MS) == (KEY, "CANCEL"):
            break
    if not polling:
        return None
    # Whatever was asked is waited for: its answer may be that it is paid.
    outcome = await answers.wait_for(terminal, polling, "qr_ending")
    return None if outcome["result"] in ("waiting", "failed") else outcome


def _count(ui, left_s, online, drawn):
    """The seconds that are left, or that the host cannot be asked: who pays then is not noticed."""
    screen = ui.screen
    text = "%d s" % left_s if online else ui.t("qr_offline")
    if drawn:
        screen.put(2, text)
    else:
        screen.put_pair(screen.rows - 1, ui.t("qr_cancel"), text)
    screen.flush()
