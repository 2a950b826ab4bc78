"""Operators (柜员管理, R58): who there is and in what state; add, remove, a new first PIN, lock, unlock, rights.

The supervisor manages the operators; the administrator gives the supervisor a new first PIN, and no more.
"""

from micropython import const

from pos.domain import operators
from pos.flows import new_pin
from pos.ui import confirm, digits, menu
from pos.ui.leave import Cancelled

_NUMBER_DIGITS = const(2)


async def run(terminal):
    """Stays until CANCEL or the idle time."""
    ui, staff = terminal.ui, terminal.staff
    at = 0
    while True:
        numbers = [number for number in staff.numbers() if operators.manages(terminal.operator, number)]
        rows = [_row(ui, staff, number) for number in numbers]
        adds = operators.role(terminal.operator) == operators.SUPERVISOR
        if adds:
            rows.append(ui.t("person_add"))
        if not rows:
            await terminal.tell("approval_nobody")
            return
        at = await menu.choose(ui, ui.t("title_operators"), rows, min(at, len(rows) - 1))
        try:
            if at < len(numbers):
                await _change(terminal, numbers[at])
            else:
                await _add(terminal)
        except Cancelled:
            pass  # back to the list, which is left by one more CANCEL


def _row(ui, staff, number):
    """The number, and what is special about it."""
    if staff.wait_ms(number):
        state = ui.t("person_locked")
    elif staff.is_first(number):
        state = ui.t("person_first")
    elif staff.rights(number):
        state = ui.t("person_changed")
    else:
        state = ""
    return number + " " + state


async def _change(terminal, number):
    ui = terminal.ui
    title = ui.t("idle_operator", operator=number)
    actions = _LOCKED if terminal.staff.wait_ms(number) else _ACTIONS
    if operators.role(number) != operators.OPERATOR:
        actions = _ACTIONS[:1]
    chosen = await menu.choose(ui, title, [ui.t(key) for key, _action in actions])
    await actions[chosen][1](terminal, number, title)


async def _add(terminal):
    ui, staff = terminal.ui, terminal.staff
    if staff.full():
        await terminal.tell("person_full", count=operators.OPERATORS_MAX)
        return
    title = ui.t("person_add")
    _, number = await digits.enter(ui, title, ui.t("prompt_operator"), _NUMBER_DIGITS, _NUMBER_DIGITS)
    if operators.role(number) != operators.OPERATOR:
        await terminal.tell("person_number")
    elif number in staff.numbers():
        await terminal.tell("person_exists", operator=number)
    else:
        await _first_pin(terminal, number, title, "operator_added")


async def _reset(terminal, number, title):
    await _first_pin(terminal, number, title, "pin_reset")


async def _first_pin(terminal, number, title, what):
    pin = await new_pin.ask(terminal, title, "prompt_first_pin")
    terminal.staff.set_first_pin(number, pin)
    terminal.audit(what, whom=number)
    await terminal.tell("person_pin_set", operator=number)


async def _unlock(terminal, number, _title):
    terminal.staff.unlock(number)
    terminal.audit("unlocked", whom=number)
    await terminal.tell("unlocked", operator=number)


async def _lock(terminal, number, _title):
    if await confirm.ask(terminal.ui, terminal.ui.t("ask_person_lock", operator=number)):
        terminal.staff.lock(number)
        terminal.audit("locked", whom=number)
        await terminal.tell("person_is_locked", operator=number)


async def _rights(terminal, number, title):
    """Each right with who may use it; ENTER turns it over. Stays until CANCEL."""
    ui, staff = terminal.ui, terminal.staff
    at = 0
    while True:
        hows = [_how(terminal, number, right) for right in operators.GRANTABLE]
        rows = [ui.t("right_" + right) + " " + ui.t("how_" + how) for right, how in zip(operators.GRANTABLE, hows)]
        at = await menu.choose(ui, title, rows, at)
        right, granted = operators.GRANTABLE[at], hows[at] != operators.ALONE
        staff.change_right(number, right, granted)
        terminal.audit("right_granted" if granted else "right_taken", whom=number, right=right)


def _how(terminal, number, right):
    return operators.how(number, right, terminal.staff.rights(number), terminal.settings["void_by"])


async def _remove(terminal, number, _title):
    """With the PIN of who asks for it: PIN, rights and name of an operator do not come back."""
    from pos.flows import pins

    await pins.prove_operator(terminal)
    if await confirm.ask(terminal.ui, terminal.ui.t("ask_person_remove", operator=number)):
        terminal.staff.remove(number)
        terminal.audit("operator_removed", whom=number)
        await terminal.tell("person_gone", operator=number)


# The first is all that is offered for the supervisor's number.
_ACTIONS = (
    ("person_reset", _reset),
    ("person_lock", _lock),
    ("person_rights", _rights),
    ("person_remove", _remove),
)
_LOCKED = (_ACTIONS[0], ("person_unlock", _unlock)) + _ACTIONS[2:]
