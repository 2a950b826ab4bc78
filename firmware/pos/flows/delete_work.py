"""Records are deleted (R36 to R46): what may not be, why and whether; then the evidence first and the records after it.
A flow of its own: what was needed to choose them is gone.

It moves no money and changes no totals. What may not be deleted stays, and the screen says why."""

import asyncio

from pos import loading
from pos.domain import deleting
from pos.journal import deletion
from pos.journal.errors import JournalError
from pos.ui.leave import Cancelled

_BREATHE_EVERY = 16  # records between two moments for the keypad


async def run(terminal, wanted, approver):
    """wanted: a filter of domain/filters.py. Returns the main menu as the next flow once it is done."""
    try:
        plan = await _plan(terminal, wanted)
        with loading.Scope():
            reason = await _reason(terminal, plan)
        await _carry_out(terminal, plan, wanted, reason, approver)
    except JournalError:
        await terminal.tell("delete_abnormal")
        return None
    await terminal.tell("deleted", count=plan.count)
    return ("menu",)


async def _plan(terminal, wanted):
    """The plan, once there is something that can be deleted. Raises Cancelled, the reason having been shown."""
    with loading.Scope():  # what looks is gone before anything is written
        plan = await _looked(terminal, wanted)
    why = deleting.why_not(plan.count, plan.unsettled, plan.waiting)
    if why:
        terminal.audit("delete_refused", reason=why)
        await terminal.tell("no_delete_" + why)
        raise Cancelled()
    if plan.unsettled + plan.waiting:
        await terminal.tell("delete_some_stay", count=plan.unsettled + plan.waiting)
    return plan


async def _looked(terminal, wanted):
    from pos.domain import filters

    ui = terminal.ui
    ui.draw(ui.t("searching"))
    plan = deletion.Plan(terminal.journal, lambda tx: filters.matches(wanted, tx))
    for seen, _ in enumerate(plan.look()):
        if not seen % _BREATHE_EVERY:
            await asyncio.sleep_ms(0)
    return plan


async def _reason(terminal, plan):
    """The reason's code, once the deletion is confirmed. Raises Cancelled."""
    from pos.ui import confirm, menu

    ui = terminal.ui
    chosen = await menu.choose(ui, ui.t("title_reason"), [ui.t("menu_del_" + code) for code in deleting.REASONS])
    if not await confirm.ask(ui, ui.t("ask_delete", count=plan.count)):
        terminal.audit("cancelled", type="delete")
        await terminal.tell("delete_left")
        raise Cancelled()
    return deleting.REASONS[chosen]


async def _carry_out(terminal, plan, wanted, reason, approver):
    ui = terminal.ui
    about = {"operator": terminal.operator, "approver": approver, "reason": reason, "filter": wanted}
    now = terminal.clock.now()
    if now:
        about["at"] = "{:04d}-{:02d}-{:02d} {:02d}:{:02d}:{:02d}".format(*now)
    shown = -1
    for done, total in plan.carry_out(about):
        percent = 100 * done // total
        if percent // 5 != shown:
            shown = percent // 5
            ui.draw(ui.t("deleting", done=percent))
        await asyncio.sleep_ms(0)
    ui.inputs.clear()
