"""Advices: what has happened at the counter and is told to the host until it answers (a refund). Never reversed.

An advice is durable before it is sent, and cleared by the record of its answer; its number does not rise when it is
repeated, and the host answers a repeat with its first answer.
"""

from micropython import const

from pos.iso8583 import messages
from pos.journal.errors import JournalError
from pos.journal.lines import Lines
from pos.journal.state import ADVICES_MAX
from pos.link.answer import record_of
from pos.link.errors import LinkError
from pos.link.exchange import outcome
from pos.link.payment import number
from pos.link.request import SIGN_ON_AGAIN, ask, follow, pack

# Given again to the same request: the host has it.
_ACCEPTED_BEFORE = const("94")
_WRONG_MAC = const("A0")
_ADVICE = const(b'"kind": "advice"')


def refused(exchange, _tx):
    """Why this advice is not taken, None when it may be."""
    return "advices" if len(exchange.journal.state["advices"]) >= ADVICES_MAX else None


async def advise(exchange, tx):
    """See Exchange.advise."""
    number(exchange, tx)
    request = messages.request(tx, exchange.identity)
    data = pack(exchange, request)
    try:
        await exchange.channel.begin(data)
        exchange.journal.append({"kind": "advice", "tx": tx})
    except JournalError:
        exchange.channel.close()
        # It may have been written all the same, and then it goes out with the next.
        exchange.journal.recover()
        kept = tx["trace"] in exchange.journal.state["advices"]
        return outcome("pending" if kept else "not_sent", tx, None, "storage")
    except LinkError as error:
        # Nothing is durable, so nothing will be sent later behind the operator's back.
        return outcome("not_sent", tx, None, error.kind)
    return await _send(exchange, tx, request, data)


async def send_waiting(exchange):
    """Sends the queued advices in their order; True when none waits any more."""
    for tx in _waiting(exchange.journal):
        if not exchange.signed_on or exchange.wrong_mac:
            if (await exchange.manage("sign_on", exchange.operator or tx["operator"]))["result"] != "approved":
                return False
        request = messages.request(tx, exchange.identity)
        try:
            data = pack(exchange, request)
            await exchange.channel.begin(data)
        except LinkError:
            return False
        if (await _send(exchange, tx, request, data, True))["result"] == "pending":
            return False
    return not exchange.journal.state["advices"]


def _waiting(journal):
    """The queued advices in their order: the state knows their numbers, their records the rest. The newest lines are
    looked at first, and no more of them than need be: this is done while a customer waits."""
    waiting = list(journal.state["advices"])
    found = {}
    lines = Lines(journal, (_ADVICE,))
    while len(found) < len(waiting) and lines.older():
        record = lines.record()
        if record and record.get("kind") == "advice" and record["tx"]["trace"] in waiting:
            found.setdefault(record["tx"]["trace"], record["tx"])
    for trace in waiting:
        if trace not in found:
            # Damage has taken its record: it cannot be sent, and whether the host has had it is for people to ask.
            journal.append({"kind": "doubt", "trace": trace})
    return [found[trace] for trace in waiting if trace in found]


async def _send(exchange, tx, request, data, later=False):
    """later: nobody waits for the outcome, so the operator is to be told of it."""
    try:
        answer = await ask(exchange, request, data)
        if answer[39] in SIGN_ON_AGAIN:
            # The host has not looked at it. Under a new key it goes out once more, with the number that it has.
            await follow(exchange, answer[39])
            if not exchange.signed_on:
                return outcome("pending", tx, answer[39])
            data = pack(exchange, request)
            await exchange.channel.begin(data)
            answer = await ask(exchange, request, data)
    except LinkError as error:
        return outcome("pending", tx, None, error.kind)
    if answer[39] == _WRONG_MAC:
        return outcome("pending", tx, _WRONG_MAC)
    if answer[39] == _ACCEPTED_BEFORE:
        answer[39] = "00"
    record = record_of(tx, answer)
    if later:
        record["later"] = True
    return await _store(exchange, tx, record)


async def _store(exchange, tx, record):
    try:
        exchange.journal.append(record)
    except JournalError:
        exchange.channel.close()
        return outcome("pending", tx, None, "storage")
    tx.update(record)
    del tx["kind"]
    if tx["code"] not in SIGN_ON_AGAIN:
        await follow(exchange, tx["code"])
    return outcome(tx["state"], tx, tx["code"])
