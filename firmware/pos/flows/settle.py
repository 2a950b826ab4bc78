"""Settlement (结算, R59): the totals on the screen, the host compares and closes the batch, the slip is printed.

Each of these is a flow of its own, so that what one needed is gone when the next begins."""


async def run(terminal, unasked=False):
    """Whether the batch is closed. unasked: nobody is asked anything, as nobody may be there: the settlement of the
    day, or one that has begun before. A slip that is left over is printed with the next start, or from the menu."""
    begun = terminal.journal.state["settling"] is not None
    if terminal.journal.full():  # corrections may have used up what was kept for it
        await terminal.enter("make_room")
    if not unasked and not begun and _waits(terminal.journal.state) and not await terminal.enter("waiting"):
        return False
    if not unasked and await terminal.enter("settle_ask", begun):
        return True
    if not await terminal.enter("settle_work", begun, unasked):
        return False
    await terminal.enter("settle_slip", unasked)
    await terminal.enter("make_room")
    return True


def _waits(state):
    """What still waits for the host changes the totals, so it goes before they are shown."""
    return bool(state["pending"] or state["advices"] or state["offline"])
