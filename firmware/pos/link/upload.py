"""The upload of a batch whose totals differ: eight transactions a message, from the first that the host has not.

Reading the journal and talking to the host each need much code: they take turns with the room.
"""

from pos import loading
from pos.domain import settling
from pos.iso8583 import upload as messages
from pos.link.exchange import outcome
from pos.link.settlement import END, UPLOAD, ask_again, note


async def upload(exchange, show, total):
    """All transactions that moved money, oldest first, without those that the host has already."""
    journal = exchange.journal
    items, at, bookmark = _gather(journal, 0, None)
    while items:
        answer, result = await _send_items(exchange, items)
        if answer is None:
            return result
        note(journal, UPLOAD, settling.DIFFERENT, at)
        uploaded = at
        items, at, bookmark = _gather(journal, uploaded, bookmark)
        if items:
            show(UPLOAD, uploaded, total)
    note(journal, END, settling.DIFFERENT, at)
    return outcome("approved")


async def _send_items(exchange, items):
    def request(trace):
        return messages.upload(exchange.identity, trace, exchange.journal.state["batch"], items, exchange.operator)

    return await ask_again(exchange, request)


def _gather(journal, at, bookmark):
    """(the items of the next message, how many the host will have with them, bookmark). at: how many came before the
    bookmark, None at the batch's beginning."""
    with loading.Scope():
        return _read(journal, at, bookmark)


def _read(journal, at, bookmark):
    from pos.domain.kinds import KINDS
    from pos.journal import history

    state = journal.state
    walk = history.Walk(journal, state["batch"], cards=True)
    if bookmark:
        walk.go_on(bookmark)
    else:
        while walk.older():
            pass
    items = []
    while len(items) < messages.ITEMS_MAX:
        tx = walk.newer()
        if tx is None:
            break
        if tx["state"] == "approved" and tx["type"] in KINDS and settling.is_counted(tx):
            at += 1
            if at > state["settling"]["uploaded"]:
                items.append(settling.item(tx))
    return items, at, walk.bookmark()
