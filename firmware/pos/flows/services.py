"""Payment services (R47 to R52): the administrator switches one off or on, or removes it, as the host allows."""

from pos.domain import services
from pos.flows import steps
from pos.ui import confirm, menu
from pos.ui.leave import Cancelled


async def run(terminal):
    """Returns the question to the host as the next flow."""
    ui = terminal.ui
    at = 0
    while True:
        rows = []
        for name in services.NAMES:
            rows.append(ui.t("pay_" + name) + " " + ui.t("pay_" + services.state(terminal.parameters, name)))
        at = await menu.choose(ui, ui.t("title_services"), rows, at)
        following = await _change(terminal, services.NAMES[at])
        if following:
            return following


async def _change(terminal, name):
    """One service: what is to become of it, whether that can be now, who wants it and why; then the host decides."""
    ui = terminal.ui
    actions = services.actions(terminal.parameters, name)
    if not actions:
        await terminal.tell("service_host_off")
        return None
    title = ui.t("pay_" + name)
    try:
        action = actions[await menu.choose(ui, title, [ui.t("action_" + action) for action in actions])]
    except Cancelled:
        return None  # back to the list
    await _need_settled(terminal, action)
    await steps.need_signed_on(terminal)
    approver = await terminal.enter("approval", "need", "services")
    if not await confirm.ask(ui, ui.t("ask_service_" + action, service=title)):
        raise Cancelled()
    codes = services.REASONS[action]
    chosen = await menu.choose(ui, ui.t("title_reason"), [ui.t("why_" + code) for code in codes])
    return ("service_change", name, action, codes[chosen], approver)


async def _need_settled(terminal, action):
    """Removing leaves nothing behind that would still need the service: the batch must be settled. What is pending goes
    to the host before the request, or keeps it from being sent. Raises Cancelled."""
    state = terminal.journal.state
    if state["settling"] or (action == "remove" and (state["count"] or state["totals"] or state["offline"])):
        await terminal.tell("service_settle")
        raise Cancelled()
