"""What the records add up to: one small dict, folded record by record, and kept at the head of each segment.

trace     int, the highest trace number of a request that left
batch     int, the host's batch number; totals, count: of the approved transactions in it
pending   the transaction (dict) whose result is not known, or None; its reversal is what it needs
attempts  how many reversals of it have left; reason: the reversal's reason code, "" before the first
last      the last approved transaction, or None; slips: what of it is printed (NOTHING, MERCHANT, DONE)
doubt     trace numbers whose outcome damage to the journal has hidden (at most DOUBT_MAX)
"""

from micropython import const

from pos.domain import totals
from pos.domain.transaction import ahead, next_trace

NOTHING = const(0)
MERCHANT = const(1)
DONE = const(2)
DOUBT_MAX = const(8)


def fresh():
    """The state of a terminal that never sent anything."""
    return {
        "trace": 0,
        "batch": 0,
        "totals": totals.empty(),
        "count": 0,
        "pending": None,
        "attempts": 0,
        "reason": "",
        "last": None,
        "slips": DONE,
        "doubt": [],
    }


def highest_trace(state):
    """The highest trace number that may have been used, the pending one included."""
    pending = state["pending"]
    if pending and ahead(state["trace"], pending["trace"]):
        return pending["trace"]
    return state["trace"]


def free_trace(state):
    """The trace number that the next request takes."""
    return next_trace(highest_trace(state))


def skip(state, lost):
    """Passes over as many trace numbers as lost records can have taken."""
    trace = highest_trace(state)
    for _ in range(min(lost, 1000)):
        trace = next_trace(trace)
    state["trace"] = trace


def fold(state, record):
    """Changes the state in place by one record. A kind that is not known here changes nothing."""
    change = _CHANGES.get(record.get("kind"))
    if change:
        change(state, record)


def _raise_trace(state, trace):
    if ahead(state["trace"], trace):
        state["trace"] = trace


def _pending_is(state, record):
    return state["pending"] is not None and state["pending"]["trace"] == record["trace"]


def _doubt(state):
    """A pending transaction ended in records that are lost: keep its number for whoever asks the host."""
    trace = state["pending"]["trace"]
    _raise_trace(state, trace)
    state["doubt"] = (state["doubt"] + [trace])[-DOUBT_MAX:]
    state["pending"] = None


def _trace(state, record):
    _raise_trace(state, record["trace"])


def _batch(state, record):
    if record["batch"] != state["batch"]:
        state["batch"] = record["batch"]
        state["totals"] = totals.empty()
        state["count"] = 0


def _intent(state, record):
    if state["pending"]:
        _doubt(state)
    state["pending"] = dict(record["tx"])
    state["attempts"] = 0
    state["reason"] = ""


def _cancel(state, record):
    if _pending_is(state, record):
        state["pending"] = None


def _result(state, record):
    """The answer. Without its intent (lost) it still counts: it repeats what the totals need."""
    if _pending_is(state, record):
        tx = state["pending"]
    else:
        if state["last"] and state["last"]["trace"] == record["trace"]:
            return  # counted already
        if state["pending"]:
            _doubt(state)
        tx = {"type": "sale", "card": "", "operator": "", "entry": "keyed", "batch": state["batch"]}
    tx.update(record)
    del tx["kind"]
    state["pending"] = None
    _raise_trace(state, record["trace"])
    if tx["state"] == "approved":
        totals.add(state["totals"], tx["type"], tx["amount_minor"])
        state["count"] += 1
        state["last"] = tx
        state["slips"] = NOTHING


def _attempt(state, record):
    if _pending_is(state, record):
        state["attempts"] = record["attempts"]
        state["reason"] = record["reason"]


def _reversed(state, record):
    if _pending_is(state, record):
        _raise_trace(state, record["trace"])
        state["pending"] = None


def _printed(state, record):
    if _pending_is(state, record):
        # Only an approved transaction is printed: the slip proves the result that was lost.
        tx = state["pending"]
        _result(state, {"kind": "result", "trace": tx["trace"], "state": "approved", "code": "00"})
    if state["last"] and state["last"]["trace"] == record["trace"]:
        state["slips"] = record["slips"]


_CHANGES = {
    "trace": _trace,
    "batch": _batch,
    "intent": _intent,
    "cancel": _cancel,
    "result": _result,
    "attempt": _attempt,
    "reversed": _reversed,
    "printed": _printed,
}
