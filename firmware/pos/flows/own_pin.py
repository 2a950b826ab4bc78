"""An operator's own PIN: the old one proves who asks, the new one is keyed twice."""

from pos.domain import operators
from pos.flows import pins
from pos.ui import digits

_RULE_TEXTS = {"length": "pin_length", "digits": "pin_length", "same": "pin_same"}


async def run(terminal, number=None, old=""):
    """`number`, `old`: of whoever has just logged in with a first PIN; without them the operator at work is asked.
    Returns only when the PIN is changed; Cancelled and IdleTimeout leave it as it was."""
    if number is None:
        number = terminal.operator
        old = await pins.prove_operator(terminal)
    while True:
        pin = await _ask(terminal.ui, "prompt_new_pin")
        try:
            operators.check_new_pin(pin, old)
        except operators.PinRule as broken:
            limits = {"min": operators.PIN_DIGITS_MIN, "max": operators.PIN_DIGITS_MAX}
            await terminal.tell(_RULE_TEXTS[broken.rule], **limits)
            continue
        if await _ask(terminal.ui, "prompt_repeat_pin") != pin:
            await terminal.tell("pin_differs")
            continue
        terminal.staff.change_pin(number, pin, old)
        terminal.audit("pin_changed", operator=number)
        await terminal.tell("pin_changed")
        return


async def _ask(ui, prompt):
    _, pin = await digits.enter(
        ui, ui.t("title_pin"), ui.t(prompt), operators.PIN_DIGITS_MAX, operators.PIN_DIGITS_MIN, secret=True
    )
    return pin
