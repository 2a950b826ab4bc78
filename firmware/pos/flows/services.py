"""Payment services (R47 to R52): the administrator switches one off or on, or removes it, as the host allows."""

from pos.domain import reasons, services
from pos.flows import answers, approval, steps
from pos.ui import confirm, menu
from pos.ui.leave import Cancelled

# Codes that mean something of their own here.
_HOST_SAYS = {"57": "service_host_off", "58": "service_unsettled"}


async def run(terminal):
    ui = terminal.ui
    at = 0
    while True:
        rows = []
        for name in services.NAMES:
            rows.append(ui.t("pay_" + name) + " " + ui.t("pay_" + services.state(terminal.parameters, name)))
        at = await menu.choose(ui, ui.t("title_services"), rows, at)
        await _change(terminal, services.NAMES[at])


async def _change(terminal, name):
    """One service: what is to become of it, whether that can be now, who wants it and why; then the host decides."""
    ui = terminal.ui
    actions = services.actions(terminal.parameters, name)
    if not actions:
        await terminal.tell("service_host_off")
        return
    title = ui.t("pay_" + name)
    try:
        action = actions[await menu.choose(ui, title, [ui.t("action_" + action) for action in actions])]
    except Cancelled:
        return  # back to the list
    await _need_settled(terminal, action)
    await steps.need_signed_on(terminal)
    approver = await approval.need(terminal, "services")
    if not await confirm.ask(ui, ui.t("ask_service_" + action, service=title)):
        raise Cancelled()
    chosen = await menu.choose(ui, ui.t("title_reason"), [ui.t("why_" + code) for code in reasons.CODES])
    await _ask_host(terminal, name, action, reasons.CODES[chosen], approver)


async def _need_settled(terminal, action):
    """Removing leaves nothing behind that would still need the service: the batch must be settled. What is pending goes
    to the host before the request, or keeps it from being sent. Raises Cancelled."""
    state = terminal.journal.state
    if state["settling"] or (action == "remove" and (state["count"] or state["totals"])):
        await terminal.tell("service_settle")
        raise Cancelled()


async def _ask_host(terminal, name, action, reason, approver):
    exchange = terminal.exchange
    if action == "remove":
        # Durable before it is asked: the self-check comes with the next start, whatever happens until then.
        terminal.journal.append({"kind": "removing", "service": name})
    work = exchange.run("services", "change", name, action, reason, approver, clear=True)
    outcome = await answers.wait_for(terminal, work, "service_busy")
    details = {"service": name, "action": action, "reason": reason, "approver": approver}
    terminal.audit("service", result=outcome["result"], code=outcome["code"], **details)
    if outcome["result"] in ("declined", "not_sent"):
        if action == "remove":
            terminal.journal.append({"kind": "removing", "service": ""})
        if outcome["code"] in _HOST_SAYS:
            await terminal.tell(_HOST_SAYS[outcome["code"]])
        else:
            await answers.say_not_approved(terminal, outcome, "service_refused")
        return
    # Approved, or the answer was lost: what holds now the parameters say.
    fetched = await answers.wait_for(terminal, exchange.fetch_parameters(), "parameters_busy")
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
