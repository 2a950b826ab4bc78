"""After a payment service was removed (R51): is anything of it still open, or did anything of it fail?"""

from pos.domain import services


async def run(terminal, fresh=False):
    """Says what it found, once. fresh: the parameters have just come from the host, so a service that they do not call
    removed was not removed."""
    journal = terminal.journal
    name = journal.state["removing"]
    if services.state(terminal.parameters, name) != services.REMOVED:
        if fresh:
            journal.append({"kind": "removing", "service": ""})
        return
    terminal.ui.draw(terminal.ui.t("starting"))
    pending, failed = _count(journal, name)
    terminal.audit("service_check", service=name, pending=pending, failed=failed)
    key = "service_open" if pending or failed else "service_clean"
    await terminal.tell(key, service=terminal.ui.t("pay_" + name), count=pending, failed=failed)
    journal.append({"kind": "removing", "service": ""})


def _count(journal, name):
    """(how many of its transactions wait for the host, how many were undone for want of an answer)."""
    from pos.journal import history

    pending = failed = 0
    for tx in history.newest_first(journal):
        if services.concerns(name, tx):
            if tx["state"] in ("sent", "waiting"):
                pending += 1
            elif tx["state"] == "reversed":
                failed += 1
    return pending, failed
