"""A confirmed transaction: the host's answer. A flow of its own, so that what was needed to enter it is gone."""

from pos import loading
from pos.flows import answers
from pos.ui.leave import Cancelled, IdleTimeout

# Response codes of a void -> end of the question's key.
_REFUND_INSTEAD = {"21": "settled", "68": "too_late"}


async def run(terminal, tx, slip=True):
    """Returns the printing as the next flow when it is approved. slip: whether the operator wants one now."""
    outcome = await _ask_host(terminal, tx)
    if outcome["code"] == "65" and outcome["result"] == "declined":
        outcome = await _with_supervisor(terminal, tx, outcome)
    if outcome["result"] == "not_sent" and _offline_instead(terminal, tx):
        return ("offline", tx, slip)
    if outcome["result"] != "approved":
        await answers.say_not_approved(terminal, outcome)
        return await _refund_instead(terminal, tx, outcome["code"])
    tx = outcome["tx"]
    answers.draw_approved(terminal, tx)
    return ("slips", tx, slip)


def _offline_instead(terminal, tx):
    """Whether a sale that did not leave may be made without the host."""
    from pos.domain import offline

    return offline.offered(terminal.parameters, tx, terminal.exchange.unreached)


async def _ask_host(terminal, tx):
    """A refund is stored and sent until it is answered; everything else is undone without an answer. The copy is given
    a number of its own: what is asked once more is a new transaction."""
    exchange, ui = terminal.exchange, terminal.ui
    work = exchange.advise(dict(tx)) if tx["type"] == "refund" else exchange.authorise(dict(tx))
    exchange.checking = lambda: ui.draw(ui.t("checking"))
    try:
        with loading.Scope():  # what asks the host is gone before the sale is looked up that is to be refunded instead
            return await answers.wait_for(terminal, work)
    finally:
        exchange.checking = None  # it would keep this flow's code


async def _with_supervisor(terminal, tx, outcome):
    """Too many voids in a short time (R27): the host takes it once more with the supervisor's number in it."""
    await terminal.tell("void_approval")
    try:
        tx["approver"] = await terminal.enter("approval", "supervisor", tx["type"], tx["amount_minor"])
    except (Cancelled, IdleTimeout):
        return outcome
    return await _ask_host(terminal, tx)


async def _refund_instead(terminal, tx, code):
    """The refund where the host no longer takes a void (R7, R22, R23); None where that is not so, or not wanted."""
    word = _REFUND_INSTEAD.get(code)
    if not word or tx["type"] not in ("void", "completion_void"):
        return None
    from pos.journal import history
    from pos.ui import confirm

    hours = terminal.parameters["void_hours"]
    original = history.find(terminal.journal, tx["original_trace"], tx["original_batch"])
    if original and await confirm.ask(terminal.ui, terminal.ui.t("ask_refund_" + word, hours=hours)):
        return ("refund", original)
    return None
