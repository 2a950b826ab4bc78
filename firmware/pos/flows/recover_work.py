"""A batch comes back from the host's copy (R44): what is missing here is restored, nothing else changes. A flow of its
own: what was needed to ask for it is gone."""

from pos.ui import message


async def run(terminal, batch):
    ui = terminal.ui

    def show(seen):
        ui.draw(ui.t("recovering", count=seen))

    work = terminal.exchange.run("records", "recover", batch, show)
    outcome = await message.busy_while(ui, ui.t("recover_begins"), work)
    restored = outcome.get("restored", 0)
    terminal.audit("recovered_from_host", batch=batch, restored=restored, result=outcome["result"])
    if outcome["result"] == "approved":
        await terminal.tell("recovered" if restored else "recovered_none", count=restored)
        return
    if restored:
        await terminal.tell("recovered_some", count=restored)
    from pos.flows import answers

    await answers.say_not_approved(terminal, outcome, "recover_failed")
