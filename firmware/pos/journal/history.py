"""The transactions that the journal still has, read where they stand: to and fro, one at a time.

A transaction is the answer's record, or the request where there was no answer; a light one has of it only what a row of
a list needs (trace, batch, type, amount_minor, entry) and a filter (date, time, order). Both have
voided  bool, whether an approved void took it back; restored: True when it came back from the host's copy
state   "approved" | "declined" | "reversed" | "sent" (not decided yet) | "waiting" (approved without the host)
"""

from micropython import const

from pos.domain.trace import mark
from pos.journal.lines import Lines

VOIDS = ("void", "completion_void", "preauth_void")
# More voids and undecided transactions than fit into all segments together.
_MARKS_MAX = const(1024)
_KIND = const(b'"kind": "')
_ANSWERS = const(b'"kind": "res')  # result, restored
_INTENT = const(b'"kind": "intent"')
_ADVICE = const(b'"kind": "advice"')
_SETTLED = const(b'"kind": "settled"')
_BEGINS = const(b'"kind": "batch"')
_TRACE = const(b'"trace": ')
_BATCH = const(b'"batch": ')
_NEXT = const(b'"next": ')
_AMOUNT = const(b'"amount_minor": ')
_TYPE = const(b'"type": "')
_ENTRY = const(b'"entry": "')
_STATE = const(b'"state": "')
# For a filter alone.
_TEXTS = (("date", b'"date": "'), ("time", b'"time": "'), ("order", b'"order": "'))
# The words that are met most.
_TYPES = ((b'sale"', "sale"), (b'void"', "void"))
_ENTRIES = ((b'nfc"', "nfc"), (b'keyed"', "keyed"), (b'qr"', "qr"))
_STATES = ((b'approved"', "approved"), (b'declined"', "declined"))
_ORIGINAL_BATCH = const(b'"original_batch": ')
_ORIGINAL_TRACE = const(b'"original_trace": ')
_KINDS = ("intent", "advice", "result", "restored")
# How a transaction ended whose answer is not in the journal. A slip proves the approval whose record is damaged.
_ENDS = {"reversed": "reversed", "printed": "approved"}


def newest_first(journal, batch=None):
    """Yields transactions (of one batch). Raises JournalError when the flash cannot be read."""
    walk = Walk(journal, batch, light=False)
    while True:
        tx = walk.older()
        if tx is None:
            return
        yield tx


def oldest_first(journal, batch):
    """The same in the order in which they happened."""
    walk = Walk(journal, batch, light=False)
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
    that `accept(transaction)` is true of. light: see above. settled: batches whose settlement was passed, where `light`
    and `accept` are a deletion's (settles).

    Takes the memory of one window, of one transaction at a time, and a few bytes for each void passed."""

    def __init__(self, journal, batch=None, accept=None, light=True, settles=False, cards=False):
        marks = [_ANSWERS, _INTENT]
        if journal.state["advices"] or journal.state["offline"]:
            marks.append(_ADVICE)
        if settles or batch is not None:
            marks.append(_SETTLED)
        if batch is not None:
            marks.append(_BEGINS)
        self._lines = Lines(journal, marks)
        self._journal = journal
        self._batch = batch
        self._accept = accept
        self._light = light
        self._cards = cards
        self._voided = set()  # what the voids that were passed took back
        self._open = {}  # place: state, of requests without an answer
        self._last = 0  # trace number of the one that was passed last
        self.settled = set()

    def older(self):
        """The next older transaction, None at the beginning (of the batch)."""
        lines = self._lines
        while lines.older():
            if lines.find(_ANSWERS) >= 0:
                tx = self._answer(True)
            elif lines.find(_INTENT) >= 0:
                tx = self._intent(True)
            elif lines.find(_ADVICE) >= 0:
                tx = self._advice(True)
            elif self._begins_batch():
                lines.newer()  # so that older() goes on to find it
                return None
            else:
                continue
            if tx:
                return tx
        return None

    def newer(self):
        """The next newer transaction, among those that older() has passed; None behind the newest."""
        lines = self._lines
        while lines.newer():
            if lines.find(_ANSWERS) >= 0:
                tx = self._answer(False)
            elif lines.find(_INTENT) >= 0:
                tx = self._intent(False)
            else:
                tx = self._advice(False) if lines.find(_ADVICE) >= 0 else None
            if tx:
                return tx
        return None

    def bookmark(self):
        """What another Walk of the same goes on with: plain values, so that this code may go meanwhile."""
        return self._lines.here(), self._voided, self._open, self._last

    def go_on(self, bookmark):
        """Takes the place of the Walk that gave the bookmark."""
        here, self._voided, self._open, self._last = bookmark
        self._lines.go(here)

    def _begins_batch(self):
        """Whether the batch that is asked for began here. What was restored of it later has been passed already."""
        lines = self._lines
        if not lines.whole():
            return False
        settles = lines.find(_SETTLED) >= 0
        if settles:
            self.settled.add(lines.number(_BATCH))
        return self._batch is not None and lines.number(_NEXT if settles else _BATCH) == self._batch

    def _answer(self, older):
        restored = self._lines.find(b'"kind": "restored"') >= 0
        tx = self._read("")
        if tx and restored:
            tx["restored"] = True
        elif tx and older:
            self._last = tx["trace"]
        return self._marked(tx, older)

    def _intent(self, older):
        """A request; of interest only when its answer is not in the journal."""
        place = self._lines.place()
        if older and place not in self._open:
            trace = self._lines.number(_TRACE)
            if trace == self._last:
                return None  # as a rule: the one before this line is its answer
            self._last = trace
            state = self._ended(trace)
            if state and len(self._open) < _MARKS_MAX:
                self._open[place] = state
        state = self._open.get(place)
        return self._marked(self._read(state), older) if state else None

    def _ended(self, trace):
        """State of a transaction whose answer does not follow its request; "" when it never left, or is in doubt."""
        pending = self._journal.state["pending"]
        if pending and pending["trace"] == trace:
            return "sent"
        lines = Lines(self._journal, (b'"trace": %d,' % trace, b'"trace": %d}' % trace))
        lines.go(self._lines.here())
        lines.newer()  # the request itself
        while lines.newer():
            kind = lines.text(_KIND)
            if lines.number(_TRACE) == trace and kind in ("result", "reversed", "cancel", "printed") and lines.whole():
                return _ENDS.get(kind, "")
        return ""

    def _advice(self, older):
        trace, state = self._lines.number(_TRACE), self._journal.state
        if trace in state["offline"]:
            return self._marked(self._read("waiting"), older)
        return self._marked(self._read("sent"), older) if trace in state["advices"] else None

    def _read(self, state):
        """The transaction in the line, None when the line is damaged. state: what is known of it already."""
        lines = self._lines
        if not self._light:
            record = lines.record()
            if record is None or record.get("kind") not in _KINDS:
                return None
            tx = record.get("tx") or record
            tx.pop("kind", None)
            tx["state"] = state or tx["state"]
            return tx
        if not lines.whole():
            return None
        tx: dict = {
            "trace": lines.number(_TRACE),
            "batch": lines.number(_BATCH),
            "amount_minor": lines.number(_AMOUNT),
            "type": lines.word(_TYPE, _TYPES),
            "entry": lines.word(_ENTRY, _ENTRIES),
            "state": state or lines.word(_STATE, _STATES),
        }
        if self._accept:
            for name, key in _TEXTS:
                tx[name] = lines.text(key)
        if self._cards:
            tx["card"] = lines.card()
        if tx["type"] in VOIDS or tx["type"] == "completion":
            tx["original_batch"] = max(0, lines.number(_ORIGINAL_BATCH))
            tx["original_trace"] = max(0, lines.number(_ORIGINAL_TRACE))
        return tx

    def _marked(self, tx, older):
        """The transaction with its mark, None when it is not asked for."""
        if tx is None:
            return None
        batch = tx.get("batch", 0)
        if older and tx["type"] in VOIDS and tx["state"] == "approved" and len(self._voided) < _MARKS_MAX:
            self._voided.add(mark(tx.get("original_batch") or batch, tx.get("original_trace", 0)))
        if self._batch is not None and batch != self._batch:
            return None
        tx["voided"] = mark(batch, tx["trace"]) in self._voided
        return tx if self._accept is None or self._accept(tx) else None
