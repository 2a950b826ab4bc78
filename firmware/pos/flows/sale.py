"""Sale (消费): the amount, the card, the confirmation; then come authorise.py and slips.py."""

from pos.domain import transaction
from pos.domain.money import format_minor
from pos.flows import steps
from pos.ui import amount, confirm
from pos.ui.leave import Cancelled, IdleTimeout


async def run(terminal, first_digit=""):
    """Returns the question to the host as the next flow."""
    try:
        return ("authorise", await _enter(terminal, first_digit))
    except (Cancelled, IdleTimeout):
        # Nothing was sent: an audit line is all that stays (R4).
        terminal.audit("cancelled", type="sale")
        await terminal.tell("cancelled")
        return None


async def _enter(terminal, first_digit):
    """Everything that the operator and the customer do before anything is sent."""
    ui = terminal.ui
    title = ui.t("title_sale")
    await steps.need_service(terminal, "sale")
    await steps.need_room(terminal)
    parameters = terminal.parameters
    amount_minor = await amount.enter(
        ui, title, first_digit, parameters["currency"], parameters["maximum_amount_minor"]
    )
    entry, card = await steps.card(terminal, title)
    tx = transaction.make("sale", amount_minor, card, entry, terminal.operator, terminal.clock.now())
    if transaction.is_duplicate(tx, terminal.journal.state["last"]):
        ui.inputs.clear()  # keyed ahead, for the confirmation: no answer to a question that rarely comes
        if not await confirm.ask(ui, ui.t("ask_duplicate", amount=format_minor(amount_minor))):
            raise Cancelled()
    if terminal.settings["transaction_password"]:
        from pos.flows import pins

        await pins.prove_operator(terminal)
    if not await amount.confirm_large(ui, title, amount_minor, steps.masked(card)):
        raise Cancelled()
    await steps.need_paper(terminal)
    await steps.need_signed_on(terminal)
    # Made anew: the sign-on may just have set the clock.
    return transaction.make("sale", amount_minor, card, entry, terminal.operator, terminal.clock.now())
