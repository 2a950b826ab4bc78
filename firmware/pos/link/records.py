"""Records back from the host (R44): page by page; what the journal does not have is appended as "restored"."""

from micropython import const

from pos import loading
from pos.domain.trace import TRACE_MAX
from pos.journal.errors import JournalError
from pos.link.exchange import outcome

_PAGES_MAX = const(500)
_STEP_RECORDS = const(4)  # of one durable step


async def recover(exchange, batch, show):
    """Fetches the closed batch. show(seen): called before each page. Outcome as that of a management request, with
    restored: how many were missing and are back; what came before a failure stays, and the next try goes on."""
    back = 0
    try:
        known = _known(exchange.journal, batch)
        after = seen = 0
        for _ in range(_PAGES_MAX):
            if exchange.journal.full(exchange.parameters["journal_limit"]):
                result = outcome("not_sent", None, None, "full")
                break
            show(seen)
            with loading.Scope():  # reading, asking and storing take turns with the room
                page, result = await _page(exchange, batch, after)
            if not page:
                break
            seen += len(page)
            after = page[-1]["trace"]
            back += _restore(exchange.journal, [tx for tx in page if tx["trace"] not in known])
        else:
            result = outcome("failed", None, "00", "garbage")
    except JournalError:
        result = outcome("failed", None, None, "storage")
    result["restored"] = back
    return result


async def _page(exchange, batch, after):
    """(transactions, outcome): none behind the last page, or when the outcome is not approved."""
    from pos.iso8583 import records as messages
    from pos.link.request import ask_host, follow

    journal = exchange.journal
    request = messages.request(exchange.identity, journal.free_trace(), journal.state["batch"], batch, after)
    answer, result = await ask_host(exchange, request)
    if answer is None or result["code"] != "00":
        if answer:
            await follow(exchange, result["code"])
        return [], result
    try:
        page = messages.read(answer.get(62, b""))
    except ValueError:
        return [], outcome("failed", None, "00", "garbage")
    last = after
    for tx in page:
        if tx["batch"] != batch or not last < tx["trace"] <= TRACE_MAX:
            return [], outcome("failed", None, "00", "garbage")
        last = tx["trace"]
    return page, result


def _known(journal, batch):
    """Trace numbers that the journal has of the batch."""
    with loading.Scope():
        return _read(journal, batch)


def _read(journal, batch):
    from pos.journal import history

    return {tx["trace"] for tx in history.newest_first(journal, batch)}


def _restore(journal, missing):
    with loading.Scope():
        for at in range(0, len(missing), _STEP_RECORDS):
            journal.append(*[{"kind": "restored", "tx": tx} for tx in missing[at : at + _STEP_RECORDS]])
    return len(missing)
