"""Sign-off (签退): tells the host, then asks for an operator again."""

from pos.flows import answers
from pos.ui import confirm


async def run(terminal):
    ui = terminal.ui
    count = terminal.journal.state["count"]
    if count:
        question = ui.t("ask_sign_off_records", count=count)
    else:
        question = ui.t("ask_sign_off", operator=terminal.operator)
    if not await confirm.ask(ui, question):
        return
    text = "signed_off"
    if terminal.exchange.signed_on:
        outcome = await answers.wait_for(terminal, terminal.exchange.sign_off(), "signing_off")
        if outcome["result"] != "approved":
            text = "signed_off_local"
    terminal.audit("sign_off")
    terminal.operator = None
    await terminal.tell(text)
