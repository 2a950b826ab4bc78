"""Asking an operator for the PIN, and what is said when it is not the right one."""

from pos.domain.operators import PIN_DIGITS_MAX, PIN_DIGITS_MIN
from pos.ui import digits
from pos.ui.leave import Cancelled


async def ask_pin(terminal, number):
    """Asks for the PIN of this operator -> ("ok" or "first" (it must be changed), PIN); (None, PIN) when it was wrong,
    which was said. Raises Cancelled, IdleTimeout."""
    ui = terminal.ui
    title = ui.t("idle_operator", operator=number)
    _, pin = await digits.enter(ui, title, ui.t("prompt_pin"), PIN_DIGITS_MAX, PIN_DIGITS_MIN, secret=True)
    answer = terminal.staff.check(number, pin)
    result = answer["result"]
    if result in ("ok", "first"):
        return result, pin
    terminal.audit("pin_" + result, operator=number)
    if answer["wait_ms"]:
        await say_locked(terminal, answer["wait_ms"])
    else:
        await terminal.tell("login_wrong_pin", left=answer["tries"])
    return None, pin


async def say_locked(terminal, wait_ms):
    if wait_ms < 0:
        await terminal.tell("login_locked")
    else:
        await terminal.tell("login_locked_for", minutes=(wait_ms + 59_999) // 60_000)


async def prove_operator(terminal):
    """Asks the operator who is logged in for the PIN again and returns it. Raises Cancelled when it is wrong."""
    result, pin = await ask_pin(terminal, terminal.operator)
    if result is None:
        raise Cancelled()
    return pin
