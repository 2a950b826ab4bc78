"""Before a settlement: who allows it, the totals on the screen, the question."""

from pos.domain import totals
from pos.flows import steps, totals_screen
from pos.ui import confirm, pager
from pos.ui.leave import Cancelled


async def run(terminal, begun):
    """True when there is nothing left to do: the sign-on has gone on with a settlement that had begun. Raises
    Cancelled."""
    await terminal.enter("approval", "need_above", "settle", None, 0)
    await steps.need_signed_on(terminal)
    if begun:
        return not terminal.journal.state["settling"]
    await _confirm(terminal)
    return False


async def _confirm(terminal):
    """Shows the totals, both sides first, and asks. Raises Cancelled."""
    ui, state = terminal.ui, terminal.journal.state
    by_kind = state["totals"]
    if not by_kind:
        question = ui.t("ask_settle_empty")
    else:
        if await pager.show(ui, totals_screen.counted(ui, by_kind)) == "CANCEL":
            raise Cancelled()
        debit_count, _, credit_count, _ = totals.sides(by_kind)
        question = ui.t("ask_settle", batch="{:06d}".format(state["batch"]), count=debit_count + credit_count)
    if not await confirm.ask(ui, question):
        raise Cancelled()
