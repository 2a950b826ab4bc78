"""A new PIN, keyed twice: one's own, or the first one of somebody else."""

from pos.domain import operators
from pos.ui import digits

_RULE_TEXTS = {"length": "pin_length", "digits": "pin_length", "same": "pin_same"}


async def ask(terminal, title, prompt="prompt_new_pin", old=""):
    """Asks until two equal PINs keep the rules, and returns the PIN. title: a text; old: what it may not be. Raises
    Cancelled, IdleTimeout."""
    while True:
        pin = await _ask(terminal.ui, title, prompt)
        try:
            operators.check_new_pin(pin, old)
        except operators.PinRule as broken:
            limits = {"min": operators.PIN_DIGITS_MIN, "max": operators.PIN_DIGITS_MAX}
            await terminal.tell(_RULE_TEXTS[broken.rule], **limits)
            continue
        if await _ask(terminal.ui, title, "prompt_repeat_pin") == pin:
            return pin
        await terminal.tell("pin_differs")


async def _ask(ui, title, prompt):
    _, pin = await digits.enter(
        ui, title, ui.t(prompt), operators.PIN_DIGITS_MAX, operators.PIN_DIGITS_MIN, secret=True
    )
    return pin
