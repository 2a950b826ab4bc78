"""An operator's own PIN: the old one proves who asks, the new one is keyed twice."""

from pos.flows import new_pin, pins


async def run(terminal, number=None, old=""):
    """`number`, `old`: of whoever has just logged in with a first PIN; without them the operator at work is asked.
    Returns only when the PIN is changed; Cancelled and IdleTimeout leave it as it was."""
    if number is None:
        number = terminal.operator
        old = await pins.prove_operator(terminal)
    pin = await new_pin.ask(terminal, terminal.ui.t("title_pin"), old=old)
    terminal.staff.change_pin(number, pin, old)
    terminal.audit("pin_changed", operator=number)
    await terminal.tell("pin_changed")
