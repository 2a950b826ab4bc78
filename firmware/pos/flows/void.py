"""Void (撤销, R13 to R26): a sale or a completion of this batch is taken back as a whole. The voids of the
pre-authorisation family go the same way."""

from pos.domain import correction, transaction
from pos.domain.money import format_minor
from pos.flows import steps
from pos.ui import confirm
from pos.ui.leave import Cancelled


async def run(terminal, original=None):
    """Returns the question to the host as the next flow, or the refund where that is the way. original: what to void,
    when it is known already."""
    if terminal.journal.state["offline"]:
        return ("waiting", "void", original)  # the host has to have a sale before it can take it back
    return await take_back(terminal, "void", original)


async def take_back(terminal, kind, original=None):
    """kind: the correction that was chosen, "void", "completion_void" or "preauth_void"."""
    return await steps.entered(terminal, kind, _enter(terminal, kind, original))


async def _enter(terminal, kind, original):
    ui = terminal.ui
    await steps.need_service(terminal, "void" if kind == "void" else "preauth")
    await steps.need_signed_on(terminal)
    original, refused = await steps.original(
        terminal, kind, "no_void_", lambda found: _why_not(terminal, kind, found), original
    )
    if refused:
        return await _refund_instead(terminal, original, refused)
    kind = correction.VOIDED_BY[original["type"]]
    amount_minor = original.get("amount_minor") or await steps.amount(terminal, ui.t("title_" + kind), kind)
    approver = await terminal.enter("approval", "need", kind, kind, amount_minor)
    reason = await terminal.enter("reasons")
    operator, now = terminal.operator, terminal.clock.now()
    more = {"reason": reason, "approver": approver if approver != operator else ""}
    tx = transaction.correct(kind, original, amount_minor, operator, now, **more)
    if not await confirm.ask(ui, _question(ui, tx, original)):
        raise Cancelled()
    return ("authorise", tx, await steps.need_paper(terminal))


def _question(ui, tx, original):
    """Type, time, amount and reason (R20); the day where the time is not known."""
    if "time" in original:
        time = steps.clock_time(original["time"])
    else:
        time = original["date"][4:6] + "-" + original["date"][6:]
    amount = format_minor(tx["amount_minor"])
    return ui.t(
        "ask_take_back", what=ui.t("what_" + tx["type"]), time=time, amount=amount, why=ui.t("why_" + tx["reason"])
    )


def _why_not(terminal, kind, original):
    parameters, now = terminal.parameters, terminal.clock.now()
    if kind == "preauth_void":
        if original and "trace" not in original:
            return None  # held by another terminal: the host judges
        return correction.why_not_hold(original, now, parameters["preauth_days"])
    if original and original["type"] == "preauth":
        return "preauth"
    return correction.why_not_void(original, terminal.journal.state["batch"], now, parameters["void_hours"])


async def _refund_instead(terminal, original, refused):
    """The steer to the right correction (R7, R22): the refund begins with the original filled in."""
    hours = terminal.parameters["void_hours"]
    terminal.audit("refused", type="void", reason=refused)
    if await confirm.ask(terminal.ui, terminal.ui.t("ask_refund_" + refused, hours=hours)):
        return ("refund", original)
    raise Cancelled()
