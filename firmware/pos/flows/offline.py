"""A sale that could not be sent, made without the host (脱机消费, R64) where the merchant allows it; then slips.py.

Only ever the next step of a sale of which nothing has left; one that got no answer is undone instead."""

from pos.domain import offline
from pos.domain.money import format_minor
from pos.flows import answers
from pos.ui import confirm
from pos.ui.leave import Cancelled, IdleTimeout


async def run(terminal, sale, slip=True):
    """sale: the transaction that was not sent. Returns the printing as the next flow."""
    tx = dict(sale)
    tx["type"] = "offline"
    now = terminal.clock.now()
    if now:
        tx["date"] = "{:04d}{:02d}{:02d}".format(*now[:3])
        tx["time"] = "{:02d}{:02d}{:02d}".format(*now[3:])
    word = offline.why_not(terminal.parameters, terminal.journal.state, tx["amount_minor"], now)
    if word:
        return await _refuse(terminal, word)
    await _confirm(terminal, tx)
    outcome = await answers.wait_for(terminal, terminal.exchange.run("offline", "sell", tx))
    if outcome["result"] == "approved":
        answers.draw_approved(terminal, tx)
        return ("slips", tx, slip)
    if outcome["result"] == "not_sent" and outcome["cause"] != "storage":
        return await _refuse(terminal, outcome["cause"])
    await answers.say_not_approved(terminal, outcome)
    return None


async def _confirm(terminal, tx):
    ui = terminal.ui
    ui.inputs.clear()  # keyed ahead for the answer that did not come
    terminal.parts.sound("error")
    try:
        if await confirm.ask(ui, ui.t("ask_offline", amount=format_minor(tx["amount_minor"]))):
            return
    except IdleTimeout:
        pass
    terminal.audit("cancelled", type="offline")
    await terminal.tell("cancelled")
    raise Cancelled()


async def _refuse(terminal, word):
    parameters = terminal.parameters
    terminal.parts.sound("error")
    terminal.audit("refused", type="offline", reason=word)
    await terminal.tell(
        "no_offline_" + word,
        limit=format_minor(parameters["offline_floor_minor"]),
        count=len(terminal.journal.state["offline"]),
        hours=parameters["offline_hours"],
    )
