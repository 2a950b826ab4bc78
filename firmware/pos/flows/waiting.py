"""What waits for the host goes to it now, because what is to be done next cannot go before it."""

from pos.flows import answers
from pos.ui.leave import Cancelled


async def send(terminal):
    """The reversal, then refunds and offline sales. Raises Cancelled when something still waits, which was said."""
    exchange, state = terminal.exchange, terminal.journal.state
    key = "pending_busy" if state["pending"] else "advice_busy"
    if await answers.wait_for(terminal, exchange.resolve_pending(), key):
        return
    state = terminal.journal.state
    if exchange.blocked:
        await terminal.tell("blocked")
    elif state["offline"] and not state["pending"]:
        await terminal.tell("offline_still", count=len(state["offline"]))
    else:
        await terminal.tell("pending_still")
    raise Cancelled()
