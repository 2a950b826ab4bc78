"""Deleting records (R36 to R46): planned, noted as evidence, carried out segment by segment; a cut is gone on after.

What is deleted are the lines of transactions whose batch is settled. The state, audit lines and whatever is not
readable stay, byte for byte; a segment of which only its snapshot would be left goes as a whole. README.md tells the
order of the steps.
"""

from array import array
from binascii import crc32, hexlify
from hashlib import sha256

from micropython import const

from pos.domain.trace import mark
from pos.journal import appending, files, record, shape, tail
from pos.journal.errors import JournalError
from pos.journal.journal import DELETION_PLAN, path

# One deletion takes at most so many, the newest first: 4 bytes of memory each.
RECORDS_MAX = const(2000)
# The lines that a transaction leaves; others have no trace number of their own, or are evidence.
_OF_TRANSACTION = ("intent", "result", "advice", "attempt", "reversed", "cancel", "printed", "told", "restored")
# Of no use without the transactions; whatever else there is stays.
_DROPPED = _OF_TRANSACTION + ("head", "trace", "settling", "settlement_printed")
# More than 400 sales. A batch of 500 needs more than what is left of Journal.full: further ones go while it grows.
SEGMENTS_KEPT = const(150)
_PLAN_MARK = const("pos-deletion")


class Plan:
    """What a deletion would take. look() first; then count, amount_minor (their sum), unsettled (how many stay because
    their batch is not settled) and waiting (how many because the host has not acknowledged them)."""

    def __init__(self, journal, accept):
        self.count = self.amount_minor = self.unsettled = self.waiting = 0
        self.digest = ""
        self._journal = journal
        self._accept = accept
        self._marks = array("I")

    def look(self):
        """Looks at all transactions; a generator that yields after each that is accepted. Raises JournalError."""
        from pos.journal.history import Walk

        resume(self._journal)  # one that failed is finished first: there is room for one plan
        walk = Walk(self._journal, None, self._accept, settles=True)
        marks = []
        while len(marks) < RECORDS_MAX:
            tx = walk.older()
            if tx is None:
                break
            if tx["state"] in ("sent", "waiting"):
                self.waiting += 1
            elif tx.get("batch") in walk.settled or tx.get("restored"):
                marks.append(mark(tx.get("batch", 0), tx["trace"]))
                self.amount_minor += tx.get("amount_minor", 0)
            else:
                self.unsettled += 1
            yield tx
        self.count = len(marks)
        self._marks = array("I", sorted(marks))
        self._accept = None  # what chose them may go

    def carry_out(self, about):
        """Deletes; a generator that yields (segments done, of how many). about: dict for the evidence: who, why, when,
        the filter. Raises JournalError: nothing has happened, or it goes on at the next start (see resume)."""
        journal = self._journal
        journal.need_trusted()
        appending.flush(journal)
        last = journal.segments[-1]
        numbers = list(journal.segments)
        digest = sha256()
        for at, number in enumerate(numbers):
            for raw in _lines(journal, number):
                if _is_of(raw, self._marks):
                    digest.update(raw)
            yield at, 2 * len(numbers)
        self.digest = hexlify(digest.digest()).decode()
        _write_plan(journal, self._marks, last, self.digest)
        journal.closed = True  # the evidence begins a segment: all older ones may be written anew
        evidence = dict(about, kind="deleting", count=self.count, amount_minor=self.amount_minor, digest=self.digest)
        journal.append(evidence)
        if journal.segments[-1] <= last:  # read anew meanwhile: then the newest segment would be among them
            raise JournalError("the evidence does not begin a segment")
        for at, _ in enumerate(_rewrite(journal, self._marks, last)):
            yield len(numbers) + at, 2 * len(numbers)
        _finish(journal, self.count, self.digest)


def resume(journal):
    """Goes on after a cut; True when there was a deletion to finish. Raises JournalError, also when damage to the plan
    or to its evidence leaves it as far as it has come: that is on record then, and it is over."""
    name = _plan_path(journal)
    if not files.exists(name):
        return False
    plan = _read_plan(name)
    stage = _stage(journal, plan[1], plan[2]) if plan else ""
    if plan and stage == "deleting":
        marks, last, digest = plan
        for _ in _rewrite(journal, marks, last):
            pass
        _finish(journal, len(marks), digest)
        return True
    if not stage:
        from pos.journal import evidence

        if evidence.is_open(journal):
            _break_off(journal, plan[2] if plan else "", evidence.BROKEN_OFF)
    _remove(name)  # nothing was decided yet, or all is done
    return False


def _break_off(journal, digest, reason):
    """Notes that a deletion stays as far as it has come, and keeps what there is of its plan."""
    about = {"kind": "deleting", "operator": "", "reason": reason, "count": 0, "amount_minor": 0, "digest": digest}
    journal.append(about, {"kind": "deleted", "count": 0, "digest": digest})
    try:
        files.rename(_plan_path(journal), _plan_path(journal) + ".bad")
    except OSError:
        pass  # it says nothing any more: the next start removes it
    raise JournalError("the deletion cannot go on: its plan or its evidence is damaged")


def drop_oldest(journal, keep=SEGMENTS_KEPT):
    """Drops the oldest segments above `keep` that hold transactions of closed batches only; what is
    no line of a transaction is moved to the evidence first. How many were dropped. Raises JournalError."""
    if len(journal.segments) <= keep:
        return 0
    from pos.journal import evidence

    resume(journal)
    dropped = 0
    while len(journal.segments) > keep:
        number = journal.segments[0]
        if not _only_closed(journal, number):
            break
        evidence.keep(journal, _kept_lines(journal, number))
        _replace(journal, number, None)
        dropped += 1
    _clean(journal)
    return dropped


def _only_closed(journal, number):
    """Whether no transaction in the segment is of the open batch or undecided. A batch that the host has closed without
    this terminal can never be settled here: it must not keep its room for ever."""
    state = journal.state
    open_traces = state["advices"] + state["offline"]
    if state["pending"]:
        open_traces.append(state["pending"]["trace"])
    for raw in _lines(journal, number):
        line = record.read(raw)
        if line and line.record.get("kind") in ("intent", "advice", "result") and shape.fits(line.record):
            tx = line.record.get("tx") or line.record
            if tx.get("batch") == state["batch"] or tx["trace"] in open_traces:
                return False
    return True


def _kept_lines(journal, number):
    """The lines that nobody may lose, those that cannot be read among them."""
    for raw in _lines(journal, number):
        line = record.read(raw)
        if line is None or line.record.get("kind") not in _DROPPED:
            yield raw


def _rewrite(journal, marks, last):
    """Writes the segments up to number `last` without the lines of these transactions; yields after each."""
    for number in list(journal.segments):
        if number <= last:
            gone, stays = _gone_and_stays(journal, number, marks)
            if gone:
                _replace(journal, number, _Kept(journal, number, marks) if stays else None)
        yield number


def _gone_and_stays(journal, number, marks):
    """(whether the segment has lines of these transactions, whether it has others beside its snapshot)."""
    gone = stays = False
    for raw in _lines(journal, number):
        if gone and stays:
            continue  # to the end: so the file is closed
        if _is_of(raw, marks):
            gone = True
        elif b'"kind": "head"' not in raw:
            stays = True
    return gone, stays


class _Kept:
    """The lines of a segment without those of these transactions, as often as somebody iterates: never all of them in
    memory."""

    def __init__(self, journal, number, marks):
        self._segment = journal, number
        self._marks = marks

    def __iter__(self):
        before = None
        for raw in _lines(*self._segment):
            if _is_of(raw, self._marks):
                line = record.read(raw)
                if before and line and not line.more:
                    before = _ended(before)
            else:
                if before:
                    yield before
                before = raw
        if before:
            yield before


def _ended(raw):
    """The line, as the last of its step: what ended the step is deleted, and without an end it would never have
    happened. Another line's checksum does not follow it any more, for its next is gone."""
    line = record.read(raw)
    if line is None or not line.more:
        return raw
    text = raw.split(b" ", 4)[4][:-1]
    return record.line(text, line.sequence, line.previous, False)[0]


def _replace(journal, number, lines):
    """Puts these lines in the place of the segment's; None: it goes as a whole."""
    name = path(journal.folder, number)
    try:
        if lines:
            files.replace(path(journal.folder, number, "new"), lines)
            files.rename(path(journal.folder, number, "new"), name)
        else:
            files.remove(name)
            journal.segments.remove(number)
    except OSError:
        raise JournalError("the segment cannot be written")


def _finish(journal, count, digest):
    _clean(journal)
    journal.append({"kind": "deleted", "count": count, "digest": digest})
    _remove(_plan_path(journal))


def _clean(journal):
    """What is gone from the segments goes from the small files, too."""
    try:
        tail.clean(journal)
    except OSError:
        raise JournalError("a small file cannot be removed")


def _is_of(raw, marks):
    """Whether the line belongs to one of the transactions."""
    line = record.read(raw) if b'"trace": ' in raw else None
    if line is None or line.record.get("kind") not in _OF_TRANSACTION or not shape.fits(line.record):
        return False
    about = line.record.get("tx") or line.record
    trace, batch = about.get("trace", 0), about.get("batch")
    first = mark(batch or 0, trace)
    at = _place(marks, first)
    if at == len(marks):
        return False
    # A line without a batch (a slip, an attempt) belongs to the number alone.
    return marks[at] == first if batch is not None else marks[at] >> 10 == trace


def _place(marks, wanted):
    """Index of the first mark that is not below `wanted`."""
    low, high = 0, len(marks)
    while low < high:
        middle = (low + high) // 2
        if marks[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    return low


def _stage(journal, last, digest):
    """Kind of the newest record about this deletion, "" when there is none: it was never decided."""
    stage = ""
    for number in journal.segments:
        if number > last:
            for raw in _lines(journal, number):
                line = record.read(raw) if digest.encode() in raw else None
                if line and line.record.get("kind") in ("deleting", "deleted"):
                    stage = line.record["kind"]
    return stage


def _lines(journal, number):
    try:
        for raw in tail.lines(journal, number):
            yield raw
    except OSError:
        raise JournalError("a segment cannot be read")


def _remove(name):
    try:
        files.remove(name)
    except OSError:
        raise JournalError("the plan cannot be removed")


def _plan_path(journal):
    return journal.folder + DELETION_PLAN


def _write_plan(journal, marks, last, digest):
    """A head (mark, checksum, last segment, digest), then four bytes a transaction. Torn, it was never decided."""
    data = bytes(marks)
    text = "{} {}".format(last, digest)
    crc = crc32(data, crc32(text.encode())) & 0xFFFFFFFF
    head = "{} {:08x} {}\n".format(_PLAN_MARK, crc, text)
    try:
        files.replace(_plan_path(journal), head.encode() + data)
    except OSError:
        raise JournalError("the plan cannot be written")


def _read_plan(name):
    """(marks, last segment, digest), None when the plan is torn."""
    try:
        head, _, data = files.read(name).partition(b"\n")
    except OSError:
        raise JournalError("the plan cannot be read")
    parts = head.split(b" ")
    if len(parts) != 4 or parts[0] != _PLAN_MARK.encode():
        return None
    crc = crc32(data, crc32(parts[2] + b" " + parts[3])) & 0xFFFFFFFF
    if parts[1] != "{:08x}".format(crc).encode():
        return None
    return array("I", data), int(parts[2].decode()), parts[3].decode()
