"""Records back from the host's copy (R44): a settled batch; what is missing here is restored, nothing else changes."""

from pos.flows import answers, steps
from pos.ui import digits
from pos.ui.leave import Cancelled

_DIGITS = 6


async def run(terminal):
    ui = terminal.ui
    await steps.need_signed_on(terminal)
    batch = await _batch(terminal)

    def show(seen):
        ui.draw(ui.t("recovering", count=seen))

    work = terminal.exchange.run("records", "recover", batch, show)
    outcome = await answers.wait_for(terminal, work, "recover_begins")
    restored = outcome.get("restored", 0)
    terminal.audit("recovered_from_host", batch=batch, restored=restored, result=outcome["result"])
    if outcome["result"] == "approved":
        await terminal.tell("recovered" if restored else "recovered_none", count=restored)
        return
    if restored:
        await terminal.tell("recovered_some", count=restored)
    await answers.say_not_approved(terminal, outcome, "recover_failed")


async def _batch(terminal):
    """Number of a batch that is closed; nothing keyed is the last one. Raises Cancelled."""
    ui, state = terminal.ui, terminal.journal.state
    last = state["settled"]["batch"] if state["settled"] else 0
    prompt = ui.t("prompt_batch_last", batch="{:06d}".format(last)) if last else ui.t("prompt_batch")
    ui.screen.clear()
    _, typed = await digits.enter(ui, ui.t("title_recover"), prompt, _DIGITS, 0 if last else 1)
    batch = int(typed) if typed else last
    if batch == state["batch"]:
        await terminal.tell("recover_open")
        raise Cancelled()
    return batch
