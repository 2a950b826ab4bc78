"""Trace numbers: 1 to 999999, then 1 again."""

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
