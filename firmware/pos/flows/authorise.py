"""A transaction that is confirmed: the host's answer. A flow of its own, so that what was needed to enter it is gone."""

from pos.flows import answers
from pos.ui.leave import Cancelled, IdleTimeout


async def run(terminal, tx, slip=True):
    """Returns the printing as the next flow when it is approved. slip: whether the operator wants one now."""
    outcome = await _ask_host(terminal, tx)
    if outcome["code"] == "65" and outcome["result"] == "declined":
        outcome = await _with_supervisor(terminal, tx, outcome)
    if outcome["result"] != "approved":
        await answers.say_not_approved(terminal, outcome)
        return None
    tx = outcome["tx"]
    answers.draw_approved(terminal, tx)
    return ("slips", tx, slip)


async def _ask_host(terminal, tx):
    """A refund is stored and sent until it is answered; everything else is undone without an answer. The copy is given a
    number of its own: what is asked once more is a new transaction."""
    exchange, ui = terminal.exchange, terminal.ui
    work = exchange.advise(dict(tx)) if tx["type"] == "refund" else exchange.authorise(dict(tx))
    exchange.checking = lambda: ui.draw(ui.t("checking"))
    try:
        return await answers.wait_for(terminal, work)
    finally:
        exchange.checking = None  # it would keep this flow's code


async def _with_supervisor(terminal, tx, outcome):
    """Too many voids in a short time (R27): the host takes it once more with the supervisor's number in it."""
    from pos.flows import approval

    await terminal.tell("void_approval")
    try:
        tx["approver"] = await approval.supervisor(terminal, tx["type"], tx["amount_minor"])
    except (Cancelled, IdleTimeout):
        return outcome
    return await _ask_host(terminal, tx)
