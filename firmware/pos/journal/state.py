"""What the records add up to: one small dict, folded record by record, and kept at the head of each segment.

trace     int, the highest trace number of a request that left
batch     int, the host's batch number; totals (domain/totals.py), count: of the approved transactions in it
pending   the transaction (dict) whose result is not known, or None; its reversal is what it needs
attempts  how many reversals of it have left; reason: the reversal's reason code, "" before the first
advices   trace numbers of advices that wait for their answer, oldest first; each is in its own record
offline   trace numbers of sales made without the host that it has not answered yet, oldest first; advices, too.
          offline_minor: their sum; offline_since: "YYYYMMDDHHMMSS" of the oldest, "" when none waits
untold    trace numbers of advices answered later, or in doubt, until the operator knows: a slip, or why not
last      the last approved transaction, or None; slips: what of it is printed (NOTHING, MERCHANT, DONE)
doubt     trace numbers whose outcome damage to the journal has hidden (at most DOUBT_MAX)
settling  None, or how far a settlement that has begun has come: {"stage": "compare" | "upload" | "end", "result":
          0 not known | 1 equal | 2 different, "uploaded": how many transactions the host has}
removing  name of the payment service whose removal was asked for, "" for none: its self-check has still to come
settled   None, or the last settlement: {"batch", "totals", "fees", "net_minor", "result", "date", "time", "slips"}
"""

from micropython import const

from pos.domain import totals
from pos.domain.trace import ahead, highest, next_trace

NOTHING = const(0)
MERCHANT = const(1)
DONE = const(2)
DOUBT_MAX = const(8)
ADVICES_MAX = const(8)
_UNTOLD_MAX = const(48)  # of either queue, whose limits see to it that there are never more


def fresh():
    """The state of a terminal that never sent anything."""
    return {
        "trace": 0,
        "batch": 0,
        "totals": {},
        "count": 0,
        "pending": None,
        "attempts": 0,
        "reason": "",
        "advices": [],
        "offline": [],
        "offline_minor": 0,
        "offline_since": "",
        "untold": [],
        "last": None,
        "slips": DONE,
        "doubt": [],
        "settling": None,
        "settled": None,
        "removing": "",
    }


def snapshot(state):
    """What taken_over makes the state of again: only what is not as at first, because it is written often."""
    first = fresh()
    return {name: state[name] for name in state if name not in first or state[name] != first[name]}


def taken_over(snapshot):
    """The state of a snapshot, whole also where an earlier firmware wrote it: that one sold by card only and counted by
    side."""
    state = fresh()
    state.update(snapshot)
    old = state["totals"]
    if "debit_count" in old:
        state["totals"] = {"sale": [old["debit_count"], old["debit_minor"]]} if old["debit_count"] else {}
    return state


def skip(state, lost):
    """Passes over as many trace numbers as lost records can have taken."""
    trace = highest(state)
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
        _begin_batch(state, record["batch"])


def _begin_batch(state, batch):
    state["batch"] = batch
    state["totals"] = {}
    state["count"] = 0
    state["settling"] = None


def _intent(state, record):
    if state["pending"]:
        _doubt(state)
    state["pending"] = dict(record["tx"])
    state["attempts"] = 0
    state["reason"] = ""


def _cancel(state, record):
    if _pending_is(state, record):
        state["pending"] = None


def _advice(state, record):
    tx = record["tx"]
    trace = tx["trace"]
    _raise_trace(state, trace)
    if tx["type"] == "offline":
        _offline().sold(state, tx)
    elif trace not in state["advices"]:
        state["advices"].append(trace)


def _offline():
    from pos.journal import offline  # most days do without

    return offline


def _untold(state, trace):
    state["untold"] = (state["untold"] + [trace])[-_UNTOLD_MAX:]


def oldest_advice(state):
    """Trace number of what has waited longest for its answer, refund or offline sale; 0 when nothing waits."""
    refund = state["advices"][0] if state["advices"] else 0
    offline = state["offline"][0] if state["offline"] else 0
    if refund and offline:
        return refund if ahead(refund, offline) else offline
    return refund or offline


def _result(state, record):
    """The answer. Without its intent (lost) it still counts: it repeats what totals and slip need."""
    trace = record["trace"]
    tx = {"card": "", "operator": "", "entry": "keyed"}
    if _pending_is(state, record):
        tx = state["pending"]
        state["pending"] = None
    elif trace in state["advices"]:
        state["advices"].remove(trace)
        if record.get("later"):
            _untold(state, trace)
    elif trace in state["offline"]:
        _offline().answered(state, record)
        if record["state"] != "approved":
            _untold(state, trace)
        return
    elif state["last"] and state["last"]["trace"] == trace:
        return  # counted already
    elif state["pending"]:
        _doubt(state)
    tx.update(record)
    del tx["kind"]
    tx.setdefault("batch", state["batch"])
    _raise_trace(state, trace)
    if tx["state"] == "approved":
        if not record.get("later") or tx["batch"] == state["batch"]:  # else the host has closed the refund's batch
            totals.add(state["totals"], tx)
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
    if record["slips"] == DONE:
        _told(state, record)


def _lost_advice(state, record):
    """Its record is damaged: nothing is left to send, and the operator is to know."""
    trace = record["trace"]
    if trace in state["advices"]:
        state["advices"].remove(trace)
    elif trace in state["offline"]:
        _offline().off_the_queue(state, trace, 0, "")  # its amount is lost: the sum stays until none waits
    else:
        return
    state["doubt"] = (state["doubt"] + [trace])[-DOUBT_MAX:]
    _untold(state, trace)


def _told(state, record):
    if record["trace"] in state["untold"]:
        state["untold"].remove(record["trace"])


def _settling(state, record):
    """How far it has come; with the stage "" it is off: the host would not even compare."""
    begun = {name: record[name] for name in ("stage", "result", "uploaded")}
    state["settling"] = begun if record["stage"] else None


def _settled(state, record):
    """The host has closed the batch: its totals stay for the slip, and the next one begins."""
    if record["batch"] != state["batch"]:
        return  # counted already
    settled = dict(record)
    del settled["kind"]
    settled["slips"] = NOTHING
    state["settled"] = settled
    _begin_batch(state, record["next"])


def _settlement_printed(state, record):
    if state["settled"] and state["settled"]["batch"] == record["batch"]:
        state["settled"]["slips"] = record["slips"]


def _removing(state, record):
    state["removing"] = record["service"]


_CHANGES = {
    "trace": _trace,
    "batch": _batch,
    "intent": _intent,
    "advice": _advice,
    "cancel": _cancel,
    "result": _result,
    "attempt": _attempt,
    "reversed": _reversed,
    "printed": _printed,
    "told": _told,
    "doubt": _lost_advice,
    "settling": _settling,
    "settled": _settled,
    "settlement_printed": _settlement_printed,
    "removing": _removing,
}
