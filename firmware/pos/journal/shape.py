"""Whether a record says what its kind must say. A right checksum does not: another firmware may have written it.

Asked where records are taken in (recovery.py, lines.py, deletion.py), so that nothing behind that need ask again. Its
names are those that others have already: each new one would take room for ever.
"""

from micropython import const

from pos.domain.kinds import KINDS
from pos.domain.trace import TRACE_MAX

_ANSWER = const(("trace", "type", "amount_minor", "state"))
_REQUEST = const(("trace", "type", "amount_minor", "state", "batch"))
_TRACE = const(("trace",))
_STAGE = const(("stage", "result", "uploaded"))
_CLOSED = const(("batch", "totals", "fees", "net_minor", "result", "date", "time"))
_WITH_TX = const(("intent", "advice", "restored"))
_QUEUES = const(("advices", "offline", "untold", "doubt"))
# What a record must have, with a transaction in it that one. Of a kind that is not here nothing is taken.
_FIELDS = {
    "intent": _REQUEST,
    "advice": _REQUEST,
    "restored": _ANSWER,
    "result": _ANSWER,
    "cancel": _TRACE,
    "reversed": _TRACE,
    "trace": _TRACE,
    "doubt": _TRACE,
    "told": _TRACE,
    "printed": ("trace", "slips"),
    "attempt": ("trace", "attempts", "reason"),
    "batch": ("batch",),
    "settling": _STAGE,
    "settled": ("next", "batch", "totals", "fees", "net_minor", "result", "date", "time"),
    "settlement_printed": ("batch", "slips"),
    "removing": ("service",),
}
# Never below 0.
_NUMBERS = const((
    "trace", "batch", "amount_minor", "original_batch", "original_trace", "slips", "attempts", "next", "result",
    "uploaded", "offline_minor",
))  # fmt: skip
_TEXTS = const((
    "state", "card", "operator", "entry", "date", "time", "reason", "stage", "service", "since", "order", "rrn",
    "offline_since", "removing",
))  # fmt: skip


def fits(record):
    """See above."""
    kind = record.get("kind")
    if kind == "head":
        return snapshot(record.get("state"))
    return kind not in _FIELDS or _has(record.get("tx") if kind in _WITH_TX else record, _FIELDS[kind])


def _has(values, needed):
    """Whether it is a dict with all of these, and whatever is known of it is of its type."""
    if not isinstance(values, dict):
        return False
    for name in needed:
        if name not in values:
            return False
    for name in values:
        value = values[name]
        if name in _NUMBERS:
            right = isinstance(value, int) and value >= 0
        elif name in _TEXTS:
            right = isinstance(value, str)
        elif name in ("balance_minor", "net_minor"):
            right = isinstance(value, int)
        elif name == "type":
            right = isinstance(value, str) and value in KINDS
        else:
            right = _batch(value) if name == "totals" else name != "fees" or isinstance(value, list)
        if not right:
            return False
    return values.get("trace", 0) <= TRACE_MAX


def _batch(totals):
    """Whether these are totals; the first firmware's are four numbers."""
    if not isinstance(totals, dict):
        return False
    old = "debit_count" in totals
    for kind in totals:
        pair = (totals[kind], 0) if old else totals[kind]
        if not isinstance(pair, (list, tuple)) or len(pair) != 2:
            return False
        if not isinstance(pair[0], int) or not isinstance(pair[1], int):
            return False
        if not old and kind != "qr" and kind not in KINDS:
            return False
    return not old or "debit_minor" in totals


def snapshot(state):
    """Whether this is a state, whole or what was not as at first."""
    if not _has(state, ()):
        return False
    for name in _QUEUES:
        queue = state.get(name, ())
        if not isinstance(queue, (list, tuple)):
            return False
        for trace in queue:
            if not isinstance(trace, int):
                return False
    for name, needed in (("pending", _REQUEST), ("last", _ANSWER), ("settling", _STAGE), ("settled", _CLOSED)):
        if state.get(name) is not None and not _has(state[name], needed):
            return False
    return True
