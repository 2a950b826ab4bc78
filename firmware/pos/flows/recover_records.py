"""Records back from the host's copy (R44): which batch, a settled one; recover_work.py goes on."""

from pos.flows import steps
from pos.ui import digits
from pos.ui.leave import Cancelled

_DIGITS = 6


async def run(terminal):
    """Returns the question to the host as the next flow."""
    await steps.need_signed_on(terminal)
    return ("recover_work", await _batch(terminal))


async def _batch(terminal):
    """Number of a batch that is closed; nothing keyed is the last one. Raises Cancelled."""
    ui, state = terminal.ui, terminal.journal.state
    last = state["settled"]["batch"] if state["settled"] else 0
    prompt = ui.t("prompt_batch_last", batch="{:06d}".format(last)) if last else ui.t("prompt_batch")
    ui.screen.clear()
    _, typed = await digits.enter(ui, ui.t("title_recover"), prompt, _DIGITS, 0 if last else 1)
    batch = int(typed) if typed else last
    if not 0 < batch < state["batch"]:
        await terminal.tell("recover_open" if batch == state["batch"] else "recover_no_batch")
        raise Cancelled()
    return batch
