"""Operator log-in (R36): number and PIN; a first PIN must be changed before anything else."""

from micropython import const

from pos.flows import pins
from pos.ui import digits

_NUMBER_DIGITS = const(2)


async def run(terminal):
    """Returns the sign-on as the next flow once an operator is logged in."""
    ui = terminal.ui
    ui.inputs.clear()
    _, number = await digits.enter(ui, ui.t("title_login"), ui.t("prompt_operator"), _NUMBER_DIGITS, _NUMBER_DIGITS)
    if number not in terminal.staff.numbers():
        await pins.tell_deaf(terminal, "login_unknown")
        return None
    wait_ms = terminal.staff.wait_ms(number)
    if wait_ms:
        await pins.say_locked(terminal, wait_ms)
        return None
    result, pin = await pins.ask_pin(terminal, number)
    while result is None and ui.inputs.digit_waits() and not terminal.staff.wait_ms(number):
        # The PIN again, begun over the message: the number's prompt would show it in clear.
        result, pin = await pins.ask_pin(terminal, number)
    if result is None:
        return None
    if result == "first":
        await terminal.tell("login_must_change")
        await terminal.enter("own_pin", number, pin)
    terminal.operator = number
    terminal.audit("log_in")
    return None if terminal.exchange.signed_on else ("sign_on",)
