"""Asking an operator for the PIN, and what is said when it is not the right one."""

from pos.domain.operators import PIN_DIGITS_MAX, PIN_DIGITS_MIN
from pos.ui import digits, message
from pos.ui.leave import Cancelled


async def ask_pin(terminal, number, title="idle_operator", prompt="prompt_pin"):
    """Asks for the PIN of this operator -> ("ok" or "first" (it must be changed), PIN); (None, PIN) when it was wrong,
    which was said. title, prompt: keys of texts. Raises Cancelled, IdleTimeout."""
    ui = terminal.ui
    title = ui.t(title, operator=number)
    _, pin = await digits.enter(ui, title, ui.t(prompt), PIN_DIGITS_MAX, PIN_DIGITS_MIN, secret=True)
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
        await tell_deaf(terminal, "login_locked")
    else:
        await tell_deaf(terminal, "login_locked_for", minutes=(wait_ms + 59_999) // 60_000)


async def tell_deaf(terminal, key, **values):
    """As terminal.tell, until ENTER or CANCEL: other keys may be those of a PIN that was keyed without looking, and the
    next field would show them."""
    ui = terminal.ui
    ui.draw(ui.t(key, **values))
    while await message.wait(ui, terminal.result_ms()) not in ("ENTER", "CANCEL", ""):
        pass


async def prove(terminal, number, title="idle_operator", prompt="prompt_pin"):
    """Asks until the PIN of this operator is right, and returns it. Raises Cancelled when the operator is locked or
    leaves, IdleTimeout."""
    while True:
        wait_ms = terminal.staff.wait_ms(number)
        if wait_ms:
            await say_locked(terminal, wait_ms)
            raise Cancelled()
        result, pin = await ask_pin(terminal, number, title, prompt)
        if result:
            return pin


async def prove_operator(terminal):
    """Asks the operator who is logged in for the PIN again, as prove."""
    return await prove(terminal, terminal.operator)
