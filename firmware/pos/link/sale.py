"""A sale on the line. The order of its steps is the point: a power cut leaves nothing behind, or a pending reversal.

The session is opened, the intent (with all that its reversal needs) is made durable, then the request leaves; the
answer's record clears the intent in the same durable step.
"""

from micropython import const

from pos.domain.money import AmountError, check_amount
from pos.domain.transaction import dated
from pos.iso8583 import messages
from pos.journal.errors import JournalError
from pos.link.errors import LinkError
from pos.link.exchange import outcome
from pos.link.request import ask, follow, pack

# While the customer waits: so many tries to open a session for the reversal, with a pause between them.
_OPENINGS_AT_ONCE = const(3)


def refused(exchange, tx):
    """Why this sale is not even tried, None when it may be."""
    try:
        check_amount(tx["amount_minor"], exchange.parameters["maximum_amount_minor"])
    except AmountError:
        return "amount"
    return "full" if exchange.journal.full(exchange.parameters["journal_limit"]) else None


async def authorise(exchange, tx):
    """See Exchange.authorise."""
    journal = exchange.journal
    tx["trace"] = journal.free_trace()
    tx["batch"] = journal.state["batch"]
    request = messages.sale(tx, exchange.identity)
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
        if error.sent:
            return await _give_up(exchange, tx, error.kind)
        return _take_back(journal, tx, error.kind)
    if not _settle(journal, tx, _result(tx, answer)):
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


async def _give_up(exchange, tx, cause):
    """No answer in time: reverse at once, so that the operator can be told something definite."""
    exchange.reason = messages.REASON_WRONG_MAC if exchange.wrong_mac else messages.REASON_NO_ANSWER
    if await exchange.resolve(_OPENINGS_AT_ONCE):
        tx["state"] = "reversed"
        return outcome("reversed", tx, None, cause)
    return outcome("pending", tx, None, cause)


def _result(tx, answer):
    """The journal's record of an answer."""
    code = answer[39]
    record = {"kind": "result", "trace": tx["trace"], "type": tx["type"], "amount_minor": tx["amount_minor"]}
    record["code"] = code
    record["state"] = "approved" if code == "00" else "declined"
    for number, name in ((37, "rrn"), (38, "auth"), (12, "time")):
        if number in answer:
            record[name] = answer[number]
    if 13 in answer:
        record["date"] = dated(tx["date"], answer[13])
    if 54 in answer:
        try:
            record["balance_minor"] = messages.read_balance(answer[54])
        except ValueError:
            pass  # a nicety on the slip; the sale stands without it
    return record
