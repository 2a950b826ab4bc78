"""A sale that is confirmed: the host's answer. A flow of its own, so that what was needed to enter the sale is gone."""

from pos.domain.money import format_minor
from pos.flows import answers


async def run(terminal, tx):
    """Returns the printing as the next flow when the sale is approved."""
    outcome = await answers.wait_for(terminal, terminal.exchange.authorise(tx))
    if outcome["result"] != "approved":
        await answers.say_not_approved(terminal, outcome)
        return None
    ui, tx = terminal.ui, outcome["tx"]
    ui.draw(ui.t("approved", amount=format_minor(tx["amount_minor"]), trace="{:06d}".format(tx["trace"])))
    return ("slips", tx)
