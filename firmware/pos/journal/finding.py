"""Finding one transaction by its trace number: only lines that carry the number are read."""

from pos import loading
from pos.journal.history import VOIDS
from pos.journal.lines import Lines

_STATES = {"reversed": "reversed", "printed": "approved"}


def find(journal, trace, batch=None):
    """See history.find."""
    search = _Search(journal, trace, batch)
    search.run()
    loading.forget("pos.security.sealed")  # what goes on with the transaction needs the room
    return search.found()


class _Search:
    def __init__(self, journal, trace, batch):
        self._journal = journal
        self._trace = trace
        self._batch = batch
        self._tx = None
        self._end = ""  # kind of the record that says how it ended, without an answer
        self._later = []  # (type, trace, batch, amount) of what refers to this number

    def run(self):
        # "trace" and "original_trace", last in the record or not.
        lines = Lines(self._journal, (b'trace": %d,' % self._trace, b'trace": %d}' % self._trace))
        # A request may wait for days (an advice), so it may stand anywhere before its answer.
        while lines.older():
            record = lines.record()
            if record and self._take(record):
                return

    def found(self):
        tx = self._tx
        if not tx:
            return None
        tx.pop("kind", None)
        tx.update({"voided_by": None, "completed_by": None, "refunded_minor": 0})
        for kind, trace, batch, amount_minor in self._later:
            if batch != tx.get("batch"):
                continue
            if kind in VOIDS:
                tx["voided_by"] = trace
            elif kind == "completion" and not tx["completed_by"]:
                tx["completed_by"] = trace  # the newest: an earlier one was voided before it
            elif kind == "refund":
                tx["refunded_minor"] += amount_minor
        return tx

    def _take(self, record):
        """Whether the search is over."""
        kind = record.get("kind")
        if kind == "result":
            return self._answer(record)
        if kind == "restored":
            record["tx"]["restored"] = True
            return self._answer(record["tx"])
        if kind in ("intent", "advice"):
            return self._request(record["tx"])
        if kind in ("reversed", "printed", "cancel") and record["trace"] == self._trace and not self._end:
            self._end = kind
        return False

    def _answer(self, tx):
        if tx.get("original_trace") == self._trace and tx["state"] == "approved":
            self._refers(tx)
        if tx["trace"] == self._trace and not self._tx:
            self._end = ""
            if self._batch in (None, tx.get("batch")):
                self._tx = tx
        return False

    def _request(self, tx):
        state = self._journal.state
        offline = tx["trace"] in state["offline"]
        waits = offline or tx["trace"] in state["advices"]
        if waits and tx.get("original_trace") == self._trace:
            self._refers(tx)
        if tx["trace"] != self._trace or self._batch not in (None, tx["batch"]):
            return False
        if self._tx:
            if tx["batch"] != self._tx.get("batch", tx["batch"]):
                return False  # the number came round
            for name in tx:
                self._tx.setdefault(name, tx[name])
            return True
        end, self._end = self._end, ""
        pending = state["pending"]
        if offline:
            tx["state"] = "waiting"  # a slip of it proves no more than that
        elif end in _STATES:
            tx["state"] = _STATES[end]
        elif end or not (waits or (pending and pending["trace"] == self._trace)):
            return False
        self._tx = tx
        return True

    def _refers(self, tx):
        # A void is of its own batch; a record from the host's copy does not say so.
        batch = tx.get("original_batch") or tx.get("batch")
        self._later.append((tx["type"], tx["trace"], batch, tx["amount_minor"]))
