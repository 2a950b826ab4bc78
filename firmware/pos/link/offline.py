"""A sale without the host (R64): approved here and now, and queued as an advice, which advice.py sends.

Its record is durable before anybody is told that it was approved. There is nothing to reverse: no request has left.
"""

from pos.domain import offline
from pos.journal.errors import JournalError
from pos.link.exchange import outcome
from pos.link.payment import number


def refused(exchange, tx):
    """Why this sale is not made, None when it may be: a word of domain.offline.why_not, "blocked", "full"."""
    journal, parameters = exchange.journal, exchange.parameters
    if exchange.blocked:
        return "blocked"
    # What waits will be counted in this batch, too.
    if journal.full(parameters["journal_limit"] - len(journal.state["offline"])):
        return "full"
    return offline.why_not(parameters, journal.state, tx["amount_minor"], exchange.clock.now())


async def sell(exchange, tx):
    """tx: of type "offline". Outcome: approved (the host will have it), not_sent (cause: see refused, or "storage"),
    pending: the flash does not say whether it is kept; the next start knows."""
    cause = refused(exchange, tx)
    if cause:
        return outcome("not_sent", tx, None, cause)
    journal = exchange.journal
    number(exchange, tx)
    try:
        journal.append({"kind": "advice", "tx": tx})
    except JournalError:
        # It may have been written all the same, and then it goes out to the host.
        if journal.recover()["problem"] == "storage":
            return outcome("pending", tx, None, "storage")
        if tx["trace"] not in journal.state["offline"]:
            return outcome("not_sent", tx, None, "storage")
    tx["state"] = "waiting"
    return outcome("approved", tx)
