"""Trace numbers: 1 to 999999, then 1 again; with their batch a transaction's mark."""

TRACE_MAX = 999999


def next_trace(trace):
    """The number after it: 999999 is followed by 1."""
    return trace % TRACE_MAX + 1


def ahead(trace, other):
    """Whether `other` was taken after `trace` (0: none yet): nearer going up (over the wrap) than going down."""
    if not trace:
        return other > 0
    return 0 < (other - trace) % TRACE_MAX <= TRACE_MAX // 2


def highest(state):
    """The highest trace number that may have been used, that of the pending request included. state: the journal's."""
    pending = state["pending"]
    if pending and ahead(state["trace"], pending["trace"]):
        return pending["trace"]
    return state["trace"]


def mark(batch, trace):
    """A small integer for a transaction: sorted by the trace number first, then by the batch's last digits."""
    return trace << 10 | batch % 1000
