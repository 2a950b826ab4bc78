"""The records of a settlement: what each step leaves, cut at every file operation, and read back by another start."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0])

import power_cut
import records
from pos.journal.journal import Journal

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
    for step in records.CLOSING[:11]:
        book.append(*step)
    seen = copy(book.state)
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


def test_every_cut_leaves_the_state_before_or_after_a_step():
    after = states()
    cut_at = 1
    while True:
        power_cut.forget()
        folder = power_cut.folder()
        book = opened(folder)
        supply = power_cut.Supply(cut_at).install()
        done = 0
        try:
            for step in records.CLOSING:
                book.append(*step)
                done += 1
            break
        except power_cut.PowerCut:
            pass
        finally:
            supply.remove()
        found = opened(folder).state
        assert found in (after[done], after[done + 1]), (cut_at, done)
        book = opened(folder)
        for step in records.CLOSING[done if found == after[done] else done + 1 :]:
            book.append(*step)
        assert opened(folder).state == after[-1], cut_at
        cut_at += 1
    assert cut_at > 4 * len(records.CLOSING)
