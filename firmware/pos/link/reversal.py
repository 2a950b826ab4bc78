"""Undoing a sale whose result is not known: the pending reversal goes out until the host has answered it."""

import asyncio

from micropython import const

from pos.iso8583 import messages
from pos.journal.errors import JournalError
from pos.link.errors import LinkError
from pos.link.request import SIGN_ON_AGAIN, ask, pack

_PAUSE_MS = const(2000)  # between two tries to open a session
# Reversed now, or the host never had the sale.
_DONE = const(("00", "12", "25"))


async def resolve(exchange, openings, forced):
    """See Exchange.resolve. The reversal is sent once; once more when the host asks for a new key."""
    again = True
    while exchange.journal.state["pending"]:
        if exchange.blocked and not forced:
            return False
        if not exchange.signed_on or exchange.wrong_mac:
            if not await _sign_on(exchange, openings):
                return False
        code = await _reverse(exchange, openings)
        if code in _DONE:
            return True
        if code not in SIGN_ON_AGAIN or not again:
            return False
        again = False
        exchange.working_key = None
    return True


async def _sign_on(exchange, openings):
    operator = exchange.operator or exchange.journal.state["pending"]["operator"]
    for _ in range(openings):
        result = await exchange.manage("sign_on", operator)
        if result["result"] != "not_sent":
            return result["result"] == "approved"
        await asyncio.sleep_ms(_PAUSE_MS)
    return False


async def _reverse(exchange, openings):
    """One reversal message. Returns the response code, None without an answer."""
    journal = exchange.journal
    tx = journal.state["pending"]
    attempts = journal.state["attempts"]
    reason = journal.state["reason"] or exchange.reason or messages.REASON_NO_ANSWER
    request = messages.reversal(tx, exchange.identity, reason)
    data = pack(exchange, request)
    attempt = {"kind": "attempt", "trace": tx["trace"], "attempts": attempts + 1, "reason": reason}
    try:
        await _begin(exchange.channel, data, openings)
        journal.append(attempt)
        answer = await ask(exchange, request, data)
        if answer[39] in _DONE:
            journal.append({"kind": "reversed", "trace": tx["trace"], "code": answer[39]})
        return answer[39]
    except JournalError:
        exchange.channel.close()
    except LinkError:
        pass  # it stays pending; the next transaction, or the start, tries again
    return None


async def _begin(channel, data, openings):
    while True:
        try:
            return await channel.begin(data)
        except LinkError:
            openings -= 1
            if openings <= 0:
                raise
        await asyncio.sleep_ms(_PAUSE_MS)
