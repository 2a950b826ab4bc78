"""The upload of a batch whose totals differ: eight transactions a message, from the first that the host has not."""

from pos.domain import settling
from pos.domain.kinds import KINDS
from pos.iso8583 import upload as messages
from pos.journal import history
from pos.link.exchange import outcome
from pos.link.settlement import END, UPLOAD, ask_again, note


async def upload(exchange, show, total):
    """All transactions that moved money, oldest first, without those that the host has already."""
    journal = exchange.journal
    done = journal.state["settling"]["uploaded"]
    at = 0
    items = []
    for tx in history.oldest_first(journal, journal.state["batch"], True):
        if tx["state"] != "approved" or tx["type"] not in KINDS or not settling.is_counted(tx):
            continue
        at += 1
        if at > done:
            items.append(settling.item(tx))
        if len(items) == messages.ITEMS_MAX:
            answer, result = await _send_items(exchange, items, at)
            if answer is None:
                return result
            items = []
            show(UPLOAD, at, total)
    if items:
        answer, result = await _send_items(exchange, items, at)
        if answer is None:
            return result
    note(journal, END, settling.DIFFERENT, at)
    return outcome("approved")


async def _send_items(exchange, items, at):
    def request(trace):
        return messages.upload(exchange.identity, trace, exchange.journal.state["batch"], items, exchange.operator)

    answer, result = await ask_again(exchange, request)
    if answer is not None:
        note(exchange.journal, UPLOAD, settling.DIFFERENT, at)
    return answer, result
