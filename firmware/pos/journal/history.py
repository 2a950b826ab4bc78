"""The transactions that the journal still has, read where they stand: to and fro, one at a time.

A light transaction is what a list needs: the answer's record, or the request where there was no answer, with
voided  bool, whether an approved void took it back; restored: True when it came back from the host's copy
state   "approved" | "declined" | "reversed" | "sent" (not decided yet)
"""

from micropython import const

from pos.journal.lines import Lines

VOIDS = ("void", "completion_void", "preauth_void")
# More voids and undecided transactions than fit into all segments together.
_MARKS_MAX = const(1024)
_KIND = const(b'"kind": "')
_TRACE = const(b'"trace": ')
_BATCH = const(b'"batch": ')
_NEXT = const(b'"next": ')


def newest_first(journal, batch=None):
    """Yields light transactions (of one batch). Raises JournalError when the flash cannot be read."""
    walk = Walk(journal, batch)
    while True:
        tx = walk.older()
        if tx is None:
            return
        yield tx


def oldest_first(journal, batch):
    """The same in the order in which they happened."""
    walk = Walk(journal, batch)
    while walk.older():
        pass
    while True:
        tx = walk.newer()
        if tx is None:
            return
        yield tx


def find(journal, trace, batch=None):
    """The whole transaction with this trace number (the newest, or that of the batch), None when there is none: request
    and answer in one, state and restored as above, and
    voided_by       trace number of the void that took it back, None when it stands
    completed_by    trace number of its completion, None without one
    refunded_minor  what was given back of it, advices that wait for their answer included
    Raises JournalError."""
    from pos.journal import finding

    return finding.find(journal, trace, batch)


class Walk:
    """A place between two transactions, at first behind the newest; only those of `batch`, unless that is None, and
    that `accept(light transaction)` is true of. settled: batches whose settlement was passed.

    Takes the memory of one window, of one transaction at a time, and a few bytes for each void passed over."""

    def __init__(self, journal, batch=None, accept=None):
        self._lines = Lines(journal)
        self._state = journal.state
        self._batch = batch
        self._accept = accept
        self.settled = set()
        self._voided = set()  # what the voids that were passed over took back
        self._ends = {}  # trace number: how a request without an answer ended
        self._open = {}  # place: state, of requests without an answer

    def older(self):
        """The next older light transaction, None at the beginning (of the batch)."""
        while self._lines.older():
            kind = _kind(self._lines)
            if kind == "settled" or kind == "batch":
                if self._begins_batch(kind):
                    self._lines.newer()  # so that older() goes on to find it
                    return None
            elif kind:
                tx = _TAKE[kind](self, True)
                if tx:
                    return tx
        return None

    def newer(self):
        """The next newer light transaction, among those that older() has passed; None behind the newest."""
        while self._lines.newer():
            take = _TAKE.get(_kind(self._lines))
            tx = take(self, False) if take else None
            if tx:
                return tx
        return None

    def _begins_batch(self, kind):
        """Whether the batch that is asked for began here. What was restored of it later has been passed already."""
        if not self._lines.whole():
            return False
        settles = kind == "settled"
        if settles:
            self.settled.add(self._lines.number(_BATCH))
        return self._batch is not None and self._lines.number(_NEXT if settles else _BATCH) == self._batch

    def _result(self, older):
        record = self._lines.record()
        if record is None or record.get("kind") != "result":
            return None
        if older:
            self._ends.pop(record["trace"], None)
        return self._light(record, record["state"], older)

    def _restored(self, older):
        record = self._lines.record()
        if record is None:
            return None
        record["tx"]["restored"] = True
        return self._light(record["tx"], "approved", older)

    def _end(self, older):
        """A record that says how a transaction without an answer ended."""
        if older and len(self._ends) < _MARKS_MAX and self._lines.whole():
            self._ends.setdefault(self._lines.number(_TRACE), _STATES[_kind(self._lines)])

    def _request(self, older):
        """A request; of interest only when its answer is not in the journal."""
        place = self._lines.place()
        if older and place not in self._open:
            self._note_open(place)
        state = self._open.get(place)
        if not state:
            return None
        record = self._lines.record()
        return self._light(record["tx"], state, older) if record else None

    def _note_open(self, place):
        trace = self._lines.number(_TRACE)
        pending = self._state["pending"]
        if trace in self._ends:
            state = self._ends.pop(trace)
        elif (pending and pending["trace"] == trace) or trace in self._state["advices"]:
            state = "sent"
        else:
            return
        if state != "cancelled" and len(self._open) < _MARKS_MAX:
            self._open[place] = state

    def _light(self, tx, state, older):
        tx.pop("kind", None)
        tx["state"] = state
        if older and tx.get("type") in VOIDS and state == "approved" and len(self._voided) < _MARKS_MAX:
            self._voided.add(mark(tx.get("original_batch") or tx.get("batch", 0), tx.get("original_trace", 0)))
        if self._batch is not None and tx.get("batch") != self._batch:
            return None
        tx["voided"] = mark(tx.get("batch", 0), tx["trace"]) in self._voided
        return tx if self._accept is None or self._accept(tx) else None


# How a transaction ended whose answer is not in the journal. A slip proves the approval whose record is damaged.
_STATES = {"reversed": "reversed", "cancel": "cancelled", "printed": "approved"}
_TAKE = {
    "result": Walk._result,
    "restored": Walk._restored,
    "intent": Walk._request,
    "advice": Walk._request,
    "reversed": Walk._end,
    "cancel": Walk._end,
    "printed": Walk._end,
}
_KINDS = tuple([(name, (name + '"').encode()) for name in list(_TAKE) + ["settled", "batch"]])


def _kind(lines):
    """Kind of the record in the line where it is of interest here, else ""; a guess until the record is read."""
    at = lines.find(_KIND)
    if at >= 0:
        at += len(_KIND)
        for name, letters in _KINDS:
            if lines.buffer.startswith(letters, at):
                return name
    return ""


def mark(batch, trace):
    """A small integer for a transaction: sorted by the trace number first, then by the batch's last digits."""
    return trace << 10 | batch % 1000
