"""Sale (消费): the amount, the card, the confirmation; then come authorise.py (or offline.py) and slips.py."""

from pos.domain import offline, transaction
from pos.flows import steps
from pos.ui.leave import Cancelled


async def run(terminal, first_digit=""):
    """Returns the question to the host as the next flow."""
    return await steps.entered(terminal, "sale", _enter(terminal, first_digit))


async def _enter(terminal, first_digit):
    """Everything that the operator and the customer do before anything is sent."""
    ui = terminal.ui
    title = ui.t("title_sale")
    await steps.need_service(terminal, "sale")
    await steps.need_room(terminal)
    amount_minor = await steps.amount(terminal, title, "sale", first_digit)
    order = await steps.order_number(terminal, title)
    entry, card = await steps.card(terminal, title)
    tx = transaction.make("sale", amount_minor, card, entry, terminal.operator, terminal.clock.now())
    await steps.meant(terminal, tx)
    approver = await _allowed(terminal, amount_minor)
    await steps.confirm_amount(terminal, title, amount_minor, card)
    slip = await steps.need_paper(terminal)
    signed_on = terminal.exchange.signed_on or await terminal.enter("sign_on")
    # Made anew: the sign-on may just have set the clock.
    now = terminal.clock.now()
    more = {"order": order, "approver": approver}
    tx = transaction.make("sale", amount_minor, card, entry, terminal.operator, now, **more)
    if signed_on:
        return ("authorise", tx, slip)
    if offline.offered(terminal.parameters, tx, terminal.exchange.unreached):
        return ("offline", tx, slip)
    raise Cancelled()


async def _allowed(terminal, amount_minor):
    """The supervisor's number above the operator's limit, else ""; asks for the transaction password if need be."""
    return await terminal.enter("approval", "need_for_sale", "sale", amount_minor)
