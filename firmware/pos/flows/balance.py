"""Balance query (余额查询): a card, the host's answer on the screen; nothing moves and nothing is printed."""

from pos.domain import transaction
from pos.domain.money import format_minor
from pos.flows import answers, steps
from pos.ui import message


async def run(terminal):
    ui = terminal.ui
    title = ui.t("title_balance")
    await steps.need_service(terminal, "balance")
    await steps.need_signed_on(terminal)
    entry, card = await steps.card(terminal, title)
    query = transaction.make("balance", 0, card, entry, terminal.operator, terminal.clock.now())
    outcome = await answers.wait_for(terminal, terminal.exchange.balance(query))
    if outcome["result"] != "approved":
        await answers.say_not_approved(terminal, outcome)
        return
    balance = format_minor(outcome["tx"]["balance_minor"])
    await message.show(ui, ui.t("balance_result", card=steps.masked(card), balance=balance))
