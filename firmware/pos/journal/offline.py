"""What records of sales that were made without the host change in the journal's state, see state.py."""

from pos.domain import totals

_NOTHING, _DONE = 0, 2  # state.NOTHING, state.DONE


def sold(state, tx):
    """Approved here and now, slip and all; what the host says later is another matter."""
    if tx["trace"] in state["offline"]:
        return
    state["offline"].append(tx["trace"])
    state["offline_minor"] += tx["amount_minor"]
    if len(state["offline"]) == 1:
        state["offline_since"] = tx["date"] + tx["time"]
    state["last"] = dict(tx, state="waiting")
    state["slips"] = _NOTHING


def off_the_queue(state, trace, amount_minor, since):
    """It waits no more. since: of the next one, "" when that is not known: then it is as old as this."""
    state["offline"].remove(trace)
    if state["offline"]:
        state["offline_minor"] = max(0, state["offline_minor"] - amount_minor)
        state["offline_since"] = since or state["offline_since"]
    else:
        state["offline_minor"] = 0
        state["offline_since"] = ""


def answered(state, record):
    """Counted once the host has it. Its slip was printed when it was sold; only that the host refused it is news."""
    trace = record["trace"]
    off_the_queue(state, trace, record["amount_minor"], record.get("since"))
    last = state["last"]
    if last and last["trace"] == trace:
        last.update(record)
        del last["kind"]
    if record["state"] != "approved":
        if last and last["trace"] == trace:
            state["slips"] = _DONE
    elif record["batch"] == state["batch"]:
        totals.add(state["totals"], record)
        state["count"] += 1
