"""Settlement (结算, R59): the totals on the screen, the host compares and closes the batch, the slip is printed."""

from pos import loading
from pos.domain import settling, totals
from pos.domain.money import format_minor
from pos.flows import answers
from pos.ui.leave import Cancelled

_NOBODY = "00"  # in whose name the terminal settles when nobody is logged in


async def run(terminal, unasked=False):
    """Whether the batch is closed. unasked: nobody is asked anything, as nobody may be there: the settlement of the
    day, or one that has begun before. A slip that is left over is printed with the next start, or from the menu."""
    begun = terminal.journal.state["settling"]
    if not unasked:
        with loading.Scope():
            from pos.flows import approval, steps

            await approval.need_above(terminal, "settle", None, 0)
            await steps.need_signed_on(terminal)
            if begun and not terminal.journal.state["settling"]:
                return True  # the sign-on has gone on with it
            if not begun:
                await _confirm(terminal)
    with loading.Scope():  # the printing that follows needs the room
        if not await _settle(terminal, not begun, unasked):
            return False
    await terminal.enter("settle_slip", unasked)
    return True


async def _confirm(terminal):
    """Shows the totals, both sides first, and asks. Raises Cancelled."""
    from pos.ui import confirm, pager

    ui, state = terminal.ui, terminal.journal.state
    by_kind = state["totals"]
    if not by_kind:
        question = ui.t("ask_settle_empty")
    else:
        debit_count, debit_minor, credit_count, credit_minor = totals.sides(by_kind)
        rows = _rows(ui, "settle_debit", debit_count, debit_minor) + _rows(
            ui, "settle_credit", credit_count, credit_minor
        )
        for kind in settling.KINDS_COUNTED:
            if kind in by_kind:
                rows += _rows(ui, "type_" + kind, by_kind[kind][0], by_kind[kind][1])
        if await pager.show(ui, rows) == "CANCEL":
            raise Cancelled()
        question = ui.t("ask_settle", batch="{:06d}".format(state["batch"]), count=debit_count + credit_count)
    if not await confirm.ask(ui, question):
        raise Cancelled()


def _rows(ui, key, count, amount_minor):
    """Two rows of the totals: their name and number, then the sum at the right."""
    sum_row = format_minor(amount_minor)
    return ["{} x {}".format(ui.t(key), count), " " * (ui.screen.cols - len(sum_row)) + sum_row]


async def _settle(terminal, begin, unasked):
    """The work on the line, with its progress on the screen; says what became of it."""
    ui, exchange = terminal.ui, terminal.exchange

    def show(stage, done, total):
        ui.draw(ui.t("settle_" + stage, done=done, count=total))

    work = exchange.run("settlement", "settle", terminal.operator or _NOBODY, show, begin)
    outcome = await answers.wait_for(terminal, work, "settle_begins")
    settled = terminal.journal.state["settled"]
    if outcome["result"] == "approved":
        terminal.audit("settled", batch=settled["batch"], result=settled["result"])
        key = "settled_equal" if settled["result"] == settling.EQUAL else "settled_differed"
        await terminal.tell(key, batch="{:06d}".format(settled["batch"]), amount=format_minor(settled["net_minor"]))
        return True
    if not unasked:
        await answers.say_not_approved(terminal, outcome, "settle_failed")
    if terminal.journal.state["settling"]:
        await terminal.tell("settle_waits")
    return False
