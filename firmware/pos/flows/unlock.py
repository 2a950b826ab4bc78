"""Unlocking an operator who keyed too many wrong PINs (R58): the supervisor picks the number."""

from pos.ui import menu


async def run(terminal):
    ui = terminal.ui
    locked = [number for number in terminal.staff.numbers() if terminal.staff.wait_ms(number)]
    if not locked:
        await terminal.tell("unlock_none")
        return
    rows = [ui.t("idle_operator", operator=number) for number in locked]
    number = locked[await menu.choose(ui, ui.t("title_unlock"), rows)]
    terminal.staff.unlock(number)
    terminal.audit("unlocked", unlocked=number)
    await terminal.tell("unlocked", operator=number)
