"""Advices: what has happened at the counter and is told to the host until it answers: a refund, a sale that was made
without the host (offline.py). Never reversed.

An advice is durable before it is sent, and cleared by the record of its answer; its number does not rise when it is
repeated, and the host answers a repeat with its first answer.
"""

from micropython import const

from pos import loading
from pos.domain.settling import LATER
from pos.iso8583 import messages
from pos.journal.errors import JournalError
from pos.journal.state import ADVICES_MAX, oldest_advice
from pos.link.answer import record_of
from pos.link.errors import LinkError
from pos.link.exchange import outcome
from pos.link.payment import number
from pos.link.request import SIGN_ON_AGAIN, ask, follow, pack

# Given again to the same request: the host has it.
_ACCEPTED_BEFORE = const("94")
_WRONG_MAC = const("A0")
_WRONG_BATCH = const("77")
_UNKNOWN = const("97")
# The goods of an offline sale are gone: what the host does not judge by it is no answer to it.
_NO_ANSWER = LATER + (_WRONG_BATCH, _UNKNOWN)


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
        unread = exchange.journal.recover()["problem"] == "storage"
        kept = unread or tx["trace"] in exchange.journal.state["advices"]
        return outcome("pending" if kept else "not_sent", tx, None, "storage")
    except LinkError as error:
        # Nothing is durable, so nothing will be sent later behind the operator's back.
        return outcome("not_sent", tx, None, error.kind)
    return await _send(exchange, tx, request, data)


async def send_waiting(exchange):
    """Sends what is queued, the oldest first, one in memory at a time; True when nothing waits any more."""
    journal = exchange.journal
    while True:
        trace = oldest_advice(journal.state)
        if not trace:
            return True
        tx = _read(journal, trace)
        if tx is None:
            # Damage has taken its record: it cannot be sent, and whether the host has had it is for people to ask.
            journal.append({"kind": "doubt", "trace": trace})
            continue
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


def _read(journal, trace):
    """The queued advice with this trace number, None when its record is damaged. The newest lines are looked at first,
    and only those that hold the number: this is done while a customer waits."""
    with loading.Scope():  # sending takes the room of what reads
        from pos.journal.lines import Lines

        lines = Lines(journal, (b'"trace": %d,' % trace, b'"trace": %d}' % trace))
        while lines.older():
            record = lines.record()
            if record and record.get("kind") == "advice" and record["tx"]["trace"] == trace:
                return record["tx"]
    return None


def _since_next(journal):
    """When the offline sale behind the oldest one was made; "" when there is none, or its record is damaged."""
    waiting = journal.state["offline"]
    tx = _read(journal, waiting[1]) if len(waiting) > 1 else None
    return tx["date"] + tx["time"] if tx else ""


async def _send(exchange, tx, request, data, later=False):
    """later: nobody waits for the outcome, so the operator is to be told of it."""
    offline = tx["type"] == "offline"
    try:
        answer = await ask(exchange, request, data)
        if answer[39] in SIGN_ON_AGAIN:
            # The host has not looked at it. Under a new key it goes out once more, with the number that it has.
            await follow(exchange, answer[39])
            if not exchange.signed_on:
                return outcome("pending", tx, answer[39])
            if offline and answer[39] == _WRONG_BATCH:
                # The host has closed its batch and has never had it, or would have answered as before. So it can only
                # be had in the batch that is open now; a cut here, and the same is found out again.
                tx["batch"] = exchange.journal.state["batch"]
                request = messages.request(tx, exchange.identity)
            data = pack(exchange, request)
            await exchange.channel.begin(data)
            answer = await ask(exchange, request, data)
    except LinkError as error:
        return outcome("pending", tx, None, error.kind)
    if answer[39] == _WRONG_MAC or (offline and answer[39] in _NO_ANSWER):
        if answer[39] == _UNKNOWN:
            await follow(exchange, _UNKNOWN)
        return outcome("pending", tx, answer[39])
    if answer[39] == _ACCEPTED_BEFORE:
        answer[39] = "00"
    record = record_of(tx, answer)
    if later:
        record["later"] = True
    if offline:
        record["since"] = _since_next(exchange.journal)
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
