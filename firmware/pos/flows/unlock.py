"""Unlocking an operator who keyed too many wrong PINs (R58): the supervisor picks the number."""

from pos.domain import operators
from pos.ui import menu


async def run(terminal):
    ui = terminal.ui
    staff = terminal.staff
    # Supervisor and administrator wait out their time: unlocking each other would be tries without end.
    numbers = [number for number in staff.numbers() if operators.role(number) == operators.OPERATOR]
    locked = [number for number in numbers if staff.wait_ms(number)]
    if not locked:
        await terminal.tell("unlock_none")
        return
    rows = [ui.t("idle_operator", operator=number) for number in locked]
    number = locked[await menu.choose(ui, ui.t("title_unlock"), rows)]
    staff.unlock(number)
    terminal.audit("unlocked", whom=number)
    await terminal.tell("unlocked", operator=number)
