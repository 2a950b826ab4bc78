"""Sign-off (签退): settles first, tells the host, then asks for an operator again."""

from pos.flows import answers
from pos.ui import confirm


async def run(terminal):
    ui = terminal.ui
    if not await _settled(terminal):
        return
    if not await confirm.ask(ui, ui.t("ask_sign_off", operator=terminal.operator)):
        return
    text = "signed_off"
    if terminal.exchange.signed_on:
        outcome = await answers.wait_for(terminal, terminal.exchange.sign_off(), "signing_off")
        if outcome["result"] != "approved":
            text = "signed_off_local"
    try:
        terminal.audit("sign_off")
    finally:  # also when nothing can be written
        terminal.operator = None
    await terminal.tell(text)


async def _settled(terminal):
    """Whether the sign-off may go on: with nothing to settle, after the settlement, or with the supervisor's PIN where
    that cannot be done now."""
    ui, state = terminal.ui, terminal.journal.state
    count = state["count"] + len(state["offline"])
    if not count and not state["settling"]:
        return True
    if await confirm.ask(ui, ui.t("ask_sign_off_records", count=count)):
        return await terminal.enter("settle")
    if not await confirm.ask(ui, ui.t("ask_sign_off_unsettled")):
        return False
    approver = await terminal.enter("approval", "supervisor", "sign_off")
    terminal.audit("sign_off_unsettled", count=count, approver=approver)
    return True
