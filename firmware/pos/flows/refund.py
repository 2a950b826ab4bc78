"""Refund (退货): of any earlier sale, whole or in parts; the host is the judge of the sum."""

from pos.domain import correction, transaction
from pos.domain.money import format_minor
from pos.flows import steps
from pos.ui import confirm


async def run(terminal, original=None):
    """Returns the sending as the next flow, or the void where that is the way. original: what is refunded, when it is
    known already."""
    if terminal.journal.state["offline"]:
        return ("waiting", "refund", original)  # the host has to have a sale before it can take it back
    return await steps.entered(terminal, "refund", _enter(terminal, original))


async def _enter(terminal, original):
    ui = terminal.ui
    title = ui.t("title_refund")
    refused = original is not None  # its void was: no way back there
    await steps.need_service(terminal, "refund")
    await steps.need_signed_on(terminal)
    original, _ = await steps.original(terminal, "refund", "no_refund_", _why_not, original)
    most_minor, about = None, ""  # another terminal's sale: the host knows how much is left of it
    if "trace" in original:
        most_minor = correction.refundable_minor(original)
        about = ui.t("amount_left", amount=format_minor(most_minor))
    amount_minor = await steps.amount(terminal, title, "refund", "", most_minor, about)
    if not refused and amount_minor == most_minor and _can_void(terminal, original):
        if await confirm.ask(ui, ui.t("ask_void_instead")):
            return ("void", original)
    operator = terminal.operator
    await steps.meant(terminal, transaction.correct("refund", original, amount_minor, operator, None))
    approver = await terminal.enter("approval", "need", "refund", "refund", amount_minor)
    reason = await terminal.enter("reasons")
    await steps.confirm_amount(terminal, title, amount_minor, original["card"])
    slip = await steps.need_paper(terminal)
    now = terminal.clock.now()
    more = {"reason": reason, "approver": approver if approver != operator else ""}
    return ("authorise", transaction.correct("refund", original, amount_minor, operator, now, **more), slip)


def _can_void(terminal, original):
    """Whether the same could be a void, which is faster (R7)."""
    batch, hours = terminal.journal.state["batch"], terminal.parameters["void_hours"]
    return correction.why_not_void(original, batch, terminal.clock.now(), hours) is None


def _why_not(original):
    return None if original and "trace" not in original else correction.why_not_refund(original)
