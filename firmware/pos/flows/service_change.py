"""A change of a payment service on its way to the host; a flow of its own: what was needed to choose it is gone."""

from pos import loading
from pos.domain import services
from pos.ui import message

# Codes that mean something of their own here.
_HOST_SAYS = {"57": "service_host_off", "58": "service_unsettled"}


async def run(terminal, name, action, reason, approver):
    """Asks the host, then for the parameters, which say what holds now."""
    exchange = terminal.exchange
    if action == "remove":
        # Durable before it is asked: the self-check comes with the next start, whatever happens until then.
        terminal.journal.append({"kind": "removing", "service": name})
    with loading.Scope():
        work = exchange.run("services", "change", name, action, reason, approver, clear=True)
        outcome = await message.busy_while(terminal.ui, terminal.ui.t("service_busy"), work)
    details = {"service": name, "action": action, "reason": reason, "approver": approver}
    terminal.audit("service", result=outcome["result"], code=outcome["code"], **details)
    if outcome["result"] in ("declined", "not_sent"):
        if action == "remove":
            terminal.journal.append({"kind": "removing", "service": ""})
        if outcome["code"] in _HOST_SAYS:
            await terminal.tell(_HOST_SAYS[outcome["code"]])
        else:
            from pos.flows import answers

            await answers.say_not_approved(terminal, outcome, "service_refused")
        return
    # Approved, or the answer was lost: what holds now the parameters say.
    with loading.Scope():
        work = exchange.fetch_parameters()
        fetched = await message.busy_while(terminal.ui, terminal.ui.t("parameters_busy"), work)
    if fetched["result"] == "approved":
        terminal.keep_parameters()
    state = services.state(terminal.parameters, name)
    if state != services.AFTER[action]:
        await terminal.tell("service_unknown" if fetched["result"] != "approved" else "service_refused")
        return
    ui = terminal.ui
    title = ui.t("pay_" + name)
    if action != "remove":
        await terminal.tell("service_changed", service=title, state=ui.t("pay_" + state))
        return
    await terminal.tell("service_restart", service=title)
    terminal.restart()
