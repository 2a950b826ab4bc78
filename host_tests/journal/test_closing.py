"""The records of a settlement: what each step leaves, cut at every file operation, and read back by another start."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0])

import power_cut
import records
from pos.domain import settling
from pos.journal import state
from pos.journal.journal import Journal
from pos.link import answer

SEGMENT_BYTES = 1024


def opened(folder):
    book = Journal(folder, SEGMENT_BYTES)
    assert book.recover()["problem"] == ""
    return book


def states():
    """The state after each step of CLOSING, the state before the first in front."""
    power_cut.forget()
    book = opened(power_cut.folder())
    found = [copy(book.state)]
    for step in records.CLOSING:
        book.append(*step)
        found.append(copy(book.state))
    return found


def copy(state):
    import json

    return json.loads(json.dumps(state))


def test_a_batch_is_settled_in_one_step():
    after = states()
    before, closed = after[10], after[11]
    assert before["settling"] == {"stage": "end", "result": 2, "uploaded": 2} and before["settled"] is None
    assert before["totals"] == {"sale": [2, 1030]} and before["count"] == 2 and before["batch"] == 7
    assert closed["settling"] is None and closed["totals"] == {} and closed["count"] == 0 and closed["batch"] == 8
    assert closed["settled"] == dict({n: records.SETTLED[n] for n in records.SETTLED if n != "kind"}, slips=0)
    assert closed["trace"] == before["trace"] and closed["last"] == before["last"]
    assert after[12]["settled"]["slips"] == 2
    assert after[13]["removing"] == "qr" and after[14]["removing"] == ""


def test_a_settlement_counts_once_and_a_slip_of_another_batch_does_not():
    power_cut.forget()
    book = opened(power_cut.folder())
    for step in records.CLOSING[:12]:  # its slip is printed
        book.append(*step)
    book.append(records.intent(4, 70))
    book.append(records.result(4, "approved", 70))
    seen = copy(book.state)
    assert seen["totals"] == {"sale": [1, 70]} and seen["settled"]["slips"] == 2
    book.append(records.SETTLED)
    book.append({"kind": "settlement_printed", "batch": 6, "slips": 2})
    assert book.state == seen


def test_a_settlement_that_never_compared_leaves_nothing():
    power_cut.forget()
    book = opened(power_cut.folder())
    for step in records.CLOSING[:6]:
        book.append(*step)
    seen = copy(book.state)
    book.append(records.settling("compare"))
    book.append(records.settling(""))
    assert book.state == seen


def append_all(book, steps, appended):
    """`appended` gets each step that is over, as the power may go in between."""
    for step in steps:
        book.append(*step)
        appended.append(step)


def test_every_cut_leaves_the_state_before_or_after_a_step():
    after = states()
    cut_at = 1
    while True:
        power_cut.forget()
        folder = power_cut.folder()
        book = opened(folder)
        appended = []
        if not power_cut.Supply(cut_at).cuts(append_all, book, records.CLOSING, appended):
            break
        done = len(appended)
        found = opened(folder).state
        assert found in (after[done], after[done + 1]), (cut_at, done)
        book = opened(folder)
        for step in records.CLOSING[done if found == after[done] else done + 1 :]:
            book.append(*step)
        assert opened(folder).state == after[-1], cut_at
        cut_at += 1
    assert cut_at > 4 * len(records.CLOSING)


def largest():
    """The state with everything in it that can be, at its widest."""
    tx = dict.fromkeys(answer._OF_REQUEST, "9" * 12)
    tx.update(trace=999999, batch=999999, original_trace=999999, original_batch=999999)
    tx.update(type="completion_void", card="9" * 19, entry="shown", operator="98", date="20261231", time="235959")
    tx.update(order="9" * 20, qr="9" * 24, approver="00", reason="10", original_date="20261231", original_auth="9" * 6)
    tx.update(state="approved", code="00", rrn="9" * 12, auth="9" * 6, amount_minor=10**9, balance_minor=-(10**12))
    counts = [9999, 10**12]
    settled = dict(records.SETTLED, totals=dict.fromkeys(settling.KINDS_COUNTED, counts), net_minor=-(10**12))
    settled["fees"] = [["completion_void"] + counts + [10**12]] * 8
    full = state.fresh()
    full.update(pending=dict(tx), last=dict(tx), settled=settled, totals=settled["totals"], removing="balance")
    full.update(settling={"stage": "compare", "result": 2, "uploaded": 9999}, trace=999999, batch=999999, count=9999)
    full.update(advices=[999999] * 8, untold=[999999] * 8, doubt=[999999] * 8)
    return full


def test_the_largest_snapshot_is_a_record():
    power_cut.forget()
    folder = power_cut.folder()
    book = opened(folder)
    book.append({"kind": "trace", "trace": 1})
    book.state = largest()
    book.bytes = SEGMENT_BYTES  # the next record begins a segment, with the snapshot
    book.append({"kind": "audit", "what": "x"})
    assert opened(folder).state == largest()
