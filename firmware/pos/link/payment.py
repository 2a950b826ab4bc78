"""A transaction on the line that needs a reversal. The order of its steps is the point: a power cut leaves nothing
behind, or a pending reversal.

The session is opened, the intent (with all that its reversal needs) is made durable, then the request leaves; the
answer's record clears the intent in the same durable step.
"""

from micropython import const

from pos.domain.money import AmountError, check_amount
from pos.iso8583 import messages
from pos.journal.errors import JournalError
from pos.link.answer import record_of
from pos.link.errors import LinkError
from pos.link.exchange import outcome
from pos.link.request import ask, follow, pack

# While the customer waits: so many tries to open a session for the reversal, with a pause between them.
_OPENINGS_AT_ONCE = const(3)
# They begin something new, so they wait for the settlement when the journal is full; a correction never does.
_NEW = const(("sale", "preauth"))


def refused(exchange, tx):
    """Why this transaction is not even tried, None when it may be."""
    try:
        check_amount(tx["amount_minor"], exchange.parameters["maximum_amount_minor"])
    except AmountError:
        return "amount"
    if tx["type"] in _NEW and exchange.journal.full(exchange.parameters["journal_limit"]):
        return "full"
    return None


def number(exchange, tx):
    """Gives the transaction its trace number and batch."""
    tx["trace"] = exchange.journal.free_trace()
    tx["batch"] = exchange.journal.state["batch"]


async def authorise(exchange, tx):
    """See Exchange.authorise."""
    journal = exchange.journal
    number(exchange, tx)
    request = messages.request(tx, exchange.identity)
    data = pack(exchange, request)
    try:
        await exchange.channel.begin(data)
        # From here on a power cut leaves a pending reversal; before, nothing.
        journal.append({"kind": "intent", "tx": tx})
        answer = await ask(exchange, request, data)
    except JournalError:
        exchange.channel.close()
        return outcome("not_sent", tx, None, "storage")
    except LinkError as error:
        if not error.sent:
            return _take_back(journal, tx, error.kind)
        if tx["entry"] == "qr":
            from pos.link import code

            answer = await code.result(exchange, tx)
        else:
            answer = None
        if answer is None:
            return await give_up(exchange, tx, error.kind)
    return await finish(exchange, tx, answer)


async def finish(exchange, tx, answer):
    """The answer (fields) is stored, and with it the reversal cleared; the outcome."""
    if not _settle(exchange.journal, tx, record_of(tx, answer)):
        return outcome("pending", tx, None, "storage")
    await follow(exchange, tx["code"])
    return outcome(tx["state"], tx, tx["code"])


def _take_back(journal, tx, cause):
    """The request never left: its reversal is not needed."""
    if journal.state["pending"]:
        try:
            journal.append({"kind": "cancel", "trace": tx["trace"]})
        except JournalError:
            pass  # the reversal will go out instead: the host answers that it knows nothing of it
    return outcome("not_sent", tx, None, cause)


def _settle(journal, tx, record):
    """Makes the result durable, and clears the reversal with it. False: it could not be, the reversal stays."""
    tx.update(record)
    del tx["kind"]
    for _ in range(2):
        try:
            journal.append(record)
            return True
        except JournalError:
            # It may have been written all the same.
            if not journal.recover()["problem"] and not journal.state["pending"]:
                return True
    tx["state"] = "sent"
    return False


async def give_up(exchange, tx, cause):
    """No answer in time: reverse at once, so that the operator can be told something definite."""
    exchange.reason = messages.REASON_WRONG_MAC if exchange.wrong_mac else messages.REASON_NO_ANSWER
    if await exchange.resolve(_OPENINGS_AT_ONCE):
        tx["state"] = "reversed"
        return outcome("reversed", tx, None, cause)
    return outcome("pending", tx, None, cause)
