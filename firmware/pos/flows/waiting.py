"""What waits for the host goes to it now, because what is to be done next cannot go before it: a settlement, or taking
back a sale that the host does not have yet. A flow of its own: sending needs the room that what comes next takes."""

from pos.flows import answers


async def run(terminal, *following):
    """The reversal, then refunds and offline sales. Returns `following`, the next flow, or True; None when something
    still waits, which was said."""
    exchange, state = terminal.exchange, terminal.journal.state
    key = "pending_busy" if state["pending"] else "advice_busy"
    if await answers.wait_for(terminal, exchange.resolve_pending(), key):
        return following or True
    state = terminal.journal.state
    if exchange.blocked:
        await terminal.tell("blocked")
    elif state["offline"] and not state["pending"]:
        await terminal.tell("offline_still", count=len(state["offline"]))
    else:
        await terminal.tell("pending_still")
    return None
