"""Pre-authorisation (预授权, R63): an amount is held on the card; no money moves until the completion."""

from pos.domain import transaction
from pos.flows import steps


async def run(terminal):
    """Returns the question to the host as the next flow."""
    return await steps.entered(terminal, "preauth", _enter(terminal))


async def _enter(terminal):
    title = terminal.ui.t("title_preauth")
    await steps.need_service(terminal, "preauth")
    await steps.need_room(terminal)
    amount_minor = await steps.amount(terminal, title, "preauth")
    entry, card = await steps.card(terminal, title)
    operator = terminal.operator
    await steps.meant(terminal, transaction.make("preauth", amount_minor, card, entry, operator, None))
    approver = await terminal.enter("approval", "need_for_sale", "preauth", amount_minor)
    await steps.confirm_amount(terminal, title, amount_minor, card)
    slip = await steps.need_paper(terminal)
    await steps.need_signed_on(terminal)
    now = terminal.clock.now()
    more = {"approver": approver, "held_days": terminal.parameters["preauth_days"]}
    return ("authorise", transaction.make("preauth", amount_minor, card, entry, operator, now, **more), slip)
