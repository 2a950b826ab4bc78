"""What a power cut or a silent host left over, brought to its end: the pending reversal, refunds and offline sales that
wait for their answer, a settlement, a deletion; and slips that were never printed."""

from pos import loading
from pos.flows import answers
from pos.journal.errors import JournalError

_ALL_PRINTED = 2  # slips of the last settlement


async def run(terminal, at_start):
    """Quiet when there is nothing to do. Slips are only made up for at start: later they were put off on purpose. What
    one step needs goes before the next: all of it together has no room."""
    begun = list(terminal.journal.state["untold"]) if at_start else ()
    with loading.Scope():
        await _settle_pending(terminal)
    await _tell_answered(terminal, begun)
    if terminal.settles_by_itself():
        await terminal.enter("settle", True)
    if at_start:
        await _finish_deletion(terminal)
        await _print_unprinted(terminal)
        await _after_services(terminal)


async def _settle_pending(terminal):
    """The reversal first, then the advices, as ever."""
    state = terminal.journal.state
    pending = state["pending"]
    if not pending and not state["advices"] and not state["offline"]:
        return
    exchange = terminal.exchange
    if exchange.blocked:
        await terminal.tell("blocked")
        return
    done = await answers.wait_for(terminal, exchange.resolve_pending(), "pending_busy" if pending else "advice_busy")
    if pending:
        undone = not terminal.journal.state["pending"]
        await answers.tell(
            terminal, pending, "pending_done" if undone else "blocked" if exchange.blocked else "pending_still"
        )
    elif not done and state["advices"]:
        await terminal.tell("advice_waits")


async def _tell_answered(terminal, begun):
    """What became of refunds while nobody waited for it: a slip, or why the host declined. begun: trace numbers of
    those whose slip a power cut may have ended."""
    for trace in list(terminal.journal.state["untold"]):
        with loading.Scope():
            tx = _found(terminal.journal, trace)
        if tx and tx["state"] == "approved":
            answers.draw_approved(terminal, tx)
            await terminal.enter("slips", tx, True, trace in begun)
        else:
            key = "offline_declined" if tx and tx["type"] == "offline" else "advice_declined" if tx else "advice_doubt"
            await terminal.tell(key, trace="{:06d}".format(trace), code=tx["code"] if tx else "")
        terminal.journal.append({"kind": "told", "trace": trace})


def _found(journal, trace):
    from pos.journal import history  # a name in the function above would keep it beyond the scope

    return history.find(journal, trace)


async def _finish_deletion(terminal):
    with loading.Scope():
        from pos.journal import files
        from pos.journal.journal import DELETION_PLAN

        if not files.exists(terminal.journal.folder + DELETION_PLAN):
            return  # as a rule: what would finish it is large, and its names stay for ever
        from pos.journal import deletion

        try:
            deletion.resume(terminal.journal)
        except JournalError:
            await terminal.tell("delete_abnormal")  # what else is to be done does not wait for it


async def _print_unprinted(terminal):
    tx = terminal.journal.unprinted()
    if tx:
        await terminal.tell("reprint_wait")
        answers.draw_approved(terminal, tx)
        await terminal.enter("slips", tx, True, True)  # again: the power may have gone in the middle of it


async def _after_services(terminal):
    """The slip of a settlement that was left over, and the self-check after a service was removed."""
    state = terminal.journal.state
    if state["settled"] and state["settled"]["slips"] != _ALL_PRINTED:
        await terminal.enter("settle_slip", True, False, True)
    if state["removing"]:
        await terminal.enter("service_check")
