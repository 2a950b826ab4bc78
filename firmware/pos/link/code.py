"""Sales by QR code: what became of one is asked, not guessed; then it is cancelled for certain."""

import asyncio

from micropython import const

from pos.iso8583 import messages
from pos.journal.errors import JournalError
from pos.link.errors import LinkError
from pos.link.exchange import outcome
from pos.link.payment import finish, give_up, number
from pos.link.payment import refused as refused  # an offer is refused as any other sale is
from pos.link.request import ask, pack

# protocol.md: unknown result: query every 5 s, then cancel.
_QUERY_EVERY_MS = const(5000)
_QUERIES_MAX = const(6)
# A question moves nothing, so a silent host is asked again soon: the customer stands there.
_ANSWER_MS = const(10000)
# The host does not have it (yet); it, or the way to it, is out of order: neither says anything about the money.
_UNKNOWN = const(("25", "A0", "77", "90", "91", "92", "96", "30", "40", "03", "63", "97"))


async def result(exchange, tx):
    """The answer (fields) that the sale would have had, None when the host has none: then it is to be reversed."""
    if exchange.checking:
        exchange.checking()
    for _ in range(_QUERIES_MAX):
        answer = await _query(exchange, tx)
        if answer is not None:
            if answer[39] not in _UNKNOWN:
                return answer
            if answer[39] == "25":
                return None  # it never arrived; the reversal that follows keeps it from arriving late
        await asyncio.sleep_ms(_QUERY_EVERY_MS)
    return None


async def offer(exchange, tx):
    """See Exchange.offer."""
    number(exchange, tx)
    try:
        # Whoever scans the code can pay from now on, so its reversal is durable before it is shown.
        exchange.journal.append({"kind": "intent", "tx": tx})
    except JournalError:
        return outcome("not_sent", tx, None, "storage")
    return outcome("offered", tx)


async def poll(exchange, tx):
    """See Exchange.poll."""
    answer = await _query(exchange, tx)
    if answer is None:
        return outcome("failed", tx)
    if answer[39] in _UNKNOWN:
        return outcome("waiting", tx, answer[39])
    return await finish(exchange, tx, answer)


async def withdraw(exchange, tx):
    """See Exchange.withdraw."""
    answer = await _query(exchange, tx)
    if answer is not None and answer[39] not in _UNKNOWN:
        return await finish(exchange, tx, answer)
    return await give_up(exchange, tx, None)


async def _query(exchange, tx):
    """The answer's fields, None without one. Takes no number and writes nothing: it may be asked often."""
    if not exchange.signed_on:
        return None
    request = messages.query(tx, exchange.identity)
    data = pack(exchange, request)
    try:
        await exchange.channel.begin(data)
        return await ask(exchange, request, data, _ANSWER_MS)
    except LinkError:
        return None
