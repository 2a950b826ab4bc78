"""The settlement on the line, with its progress on the screen; says what became of it."""

from pos.domain.money import format_minor
from pos.domain.settling import EQUAL, LATER
from pos.ui import message

_NOBODY = "00"  # in whose name the terminal settles when nobody is logged in


async def run(terminal, begun, unasked):
    """Whether the batch is closed."""
    ui, exchange = terminal.ui, terminal.exchange

    def show(stage, done, total):
        ui.draw(ui.t("settle_" + stage, done=done, count=total))

    if not begun:
        terminal.settle_refused = terminal.settle_later = 0
    work = exchange.run("settlement", "settle", terminal.operator or _NOBODY, show, not begun)
    outcome = await message.busy_while(ui, ui.t("settle_begins"), work)
    settled = terminal.journal.state["settled"]
    if outcome["result"] == "approved":
        terminal.audit("settled", batch=settled["batch"], result=settled["result"])
        key = "settled_equal" if settled["result"] == EQUAL else "settled_differed"
        await terminal.tell(key, batch="{:06d}".format(settled["batch"]), amount=format_minor(settled["net_minor"]))
        return True
    if not unasked:
        from pos.flows import answers

        await answers.say_not_approved(terminal, outcome, "settle_failed")
    if terminal.journal.state["settling"]:
        if outcome["code"] in LATER:
            terminal.settle_later += 1
        elif outcome["code"]:
            terminal.settle_refused += 1
        await terminal.tell(
            "settle_waits" if terminal.settles_by_itself() else "refused_settlement", code=outcome["code"]
        )
    return False
