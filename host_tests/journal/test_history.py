"""The journal's transactions, read to and fro: voids, what has no answer, damage, batches, numbers that wrap."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0])

import dual
import power_cut
import records
from books import CARD, again, answer, begin, book, settle, traces, trade, undone, void
from pos.journal import files, history
from pos.journal.journal import Journal, path


def test_newest_first_and_oldest_first_over_many_segments():
    journal = book()
    sold = [trade(journal, amount_minor=number) for number in range(1, 41)]
    assert len(journal.segments) > 20
    assert traces(history.newest_first(journal)) == sold[::-1]
    found = list(history.oldest_first(journal, 7))
    assert traces(found) == sold
    assert [tx["amount_minor"] for tx in found] == list(range(1, 41))
    assert "kind" not in found[0] and "kind" not in history.find(journal, 1)
    assert found[0]["card"] == CARD and found[0]["state"] == "approved" and found[0]["voided"] is False


def test_an_empty_journal_has_no_transactions():
    power_cut.forget()
    journal = Journal(power_cut.folder(), 1500)
    journal.recover()
    assert list(history.newest_first(journal)) == [] == list(history.oldest_first(journal, 0))
    assert history.find(journal, 1) is None


def test_a_voided_sale_is_marked_and_its_void_is_not():
    journal = book()
    first = trade(journal)
    second = trade(journal)
    trade(journal)
    taken_back = void(journal, second)
    marks = [(tx["trace"], tx["voided"]) for tx in history.newest_first(journal)]
    assert marks == [(taken_back, False), (3, False), (second, True), (first, False)]
    assert [tx["voided"] for tx in history.oldest_first(journal, 7)] == [False, True, False, False]


def test_a_declined_void_marks_nothing():
    journal = book()
    sold = trade(journal)
    trade(journal, "void", 100, "21", original_trace=sold, original_batch=7, original_date="20260304")
    found = list(history.newest_first(journal))
    assert [(tx["state"], tx["voided"]) for tx in found] == [("declined", False), ("approved", False)]
    assert history.find(journal, sold)["voided_by"] is None


def test_to_and_fro():
    journal = book()
    sold = [trade(journal) for _ in range(12)]
    void(journal, sold[3])
    walk = history.Walk(journal)
    down = [walk.older()["trace"] for _ in range(6)]
    assert down == [13, 12, 11, 10, 9, 8]
    assert [walk.newer()["trace"] for _ in range(3)] == [8, 9, 10]
    assert [walk.older()["trace"] for _ in range(2)] == [10, 9]
    rest = []
    while True:
        tx = walk.older()
        if tx is None:
            break
        rest.append((tx["trace"], tx["voided"]))
    assert [trace for trace, _ in rest] == [8, 7, 6, 5, 4, 3, 2, 1]
    assert walk.older() is None
    back = [walk.newer() for _ in range(13)]
    assert [(tx["trace"], tx["voided"]) for tx in back[:8]] == rest[::-1]
    assert walk.newer() is None


def test_what_has_no_answer_shows_how_it_ended():
    journal = book()
    trade(journal)
    undone(journal, 7)
    taken = begin(journal)
    journal.append({"kind": "cancel", "trace": taken["trace"]})
    newest = begin(journal, amount_minor=9)
    assert newest["trace"] == taken["trace"]
    expected = [(3, "sent"), (2, "reversed"), (1, "approved")]
    assert [(tx["trace"], tx["state"]) for tx in history.newest_first(journal)] == expected
    assert [(tx["trace"], tx["state"]) for tx in history.oldest_first(journal, 7)] == expected[::-1]
    assert history.find(journal, 2)["state"] == "reversed"
    assert history.find(journal, 3)["state"] == "sent" and history.find(journal, 3)["amount_minor"] == 9
    journal.append({"kind": "reversed", "trace": 3, "code": "00"})
    assert traces(history.newest_first(journal)) == [3, 2, 1]


def test_a_cancelled_number_counts_once():
    journal = book()
    first = begin(journal)
    journal.append({"kind": "cancel", "trace": first["trace"]})
    answer(journal, begin(journal))
    assert traces(history.newest_first(journal)) == [1]
    gone = begin(journal)
    journal.append({"kind": "cancel", "trace": gone["trace"]})
    assert traces(history.newest_first(journal)) == [1] and history.find(journal, gone["trace"]) is None


def test_a_queued_refund_is_undecided_and_counts_as_given_back():
    journal = book()
    sold = trade(journal)
    more = {"original_trace": sold, "original_batch": 7, "original_date": "20260304"}
    part = begin(journal, "refund", 30, advice=True, **more)
    assert [(tx["trace"], tx["state"]) for tx in history.newest_first(journal)] == [(2, "sent"), (1, "approved")]
    assert history.find(journal, sold)["refunded_minor"] == 30
    answer(journal, part)
    assert [(tx["trace"], tx["state"]) for tx in history.newest_first(journal)] == [(2, "approved"), (1, "approved")]
    trade(journal, "refund", 50, **more)
    trade(journal, "refund", 5, "61", **more)
    found = history.find(journal, sold)
    assert found["refunded_minor"] == 80 and found["voided_by"] is None
    assert history.find(journal, 2)["amount_minor"] == 30


def test_batches_and_where_one_begins():
    journal = book()
    for batch in (7, 8, 9):
        for _ in range(5):
            trade(journal)
        if batch < 9:
            settle(journal)
    assert traces(history.newest_first(journal)) == list(range(15, 0, -1))
    for batch, first in ((7, 1), (8, 6), (9, 11)):
        assert traces(history.oldest_first(journal, batch)) == list(range(first, first + 5)), batch
        assert traces(history.newest_first(journal, batch)) == list(range(first + 4, first - 1, -1)), batch


def test_the_number_wraps():
    journal = book()
    journal.append({"kind": "trace", "trace": 999996})
    sold = [trade(journal) for _ in range(6)]
    assert sold == [999997, 999998, 999999, 1, 2, 3]
    back = void(journal, 999998)
    assert traces(history.newest_first(journal)) == [back] + sold[::-1]
    assert history.find(journal, 999998)["voided_by"] == 4
    assert history.find(journal, 1)["batch"] == 7
    assert history.find(journal, 99999) is None


def test_find_gives_request_and_answer_in_one():
    journal = book()
    trade(journal, order="4711")
    for _ in range(9):
        trade(journal)
    tx = begin(journal, "preauth", 500, original_auth="only in the request")
    answer(journal, tx)
    done = trade(journal, "completion", 400, original_trace=tx["trace"], original_batch=7, original_date="20260304")
    found = history.find(journal, 11)
    assert found["type"] == "preauth" and found["rrn"] and found["completed_by"] == done
    assert found["original_auth"] == "only in the request"
    assert history.find(journal, 1)["order"] == "4711"
    assert history.find(journal, 1, 7)["trace"] == 1
    assert history.find(journal, 1, 8) is None


def test_find_gives_the_newest_of_a_number_or_that_of_the_batch():
    journal = book()
    trade(journal, amount_minor=1)
    settle(journal)
    journal.state["trace"] = 0  # as after the host began to count anew
    trade(journal, amount_minor=2)
    assert history.find(journal, 1)["amount_minor"] == 2
    assert history.find(journal, 1, 7)["amount_minor"] == 1
    void(journal, 1, 8)
    assert history.find(journal, 1)["voided_by"] == 2
    assert history.find(journal, 1, 7)["voided_by"] is None


def test_what_took_it_back_is_found_though_it_was_restored_later():
    """Deleted and restored, it stands behind the void or the refund of a later batch, which were never deleted."""
    journal = book()
    for kind, field, taken in (("preauth_void", "voided_by", 901), ("refund", "refunded_minor", 40)):
        original = "sale" if kind == "refund" else "preauth"
        tx = {"kind": "result", "trace": 900, "batch": 5, "type": original, "amount_minor": 100, "state": "approved"}
        tx.update({"card": CARD, "date": "20260301", "time": "101010", "entry": "nfc", "code": "00"})
        later = dict(tx, trace=901, batch=7, type=kind, amount_minor=40, original_trace=900, original_batch=5)
        journal.append(later)
        for _ in range(60):
            trade(journal)
        del tx["kind"]
        journal.append({"kind": "restored", "tx": tx})
        found = history.find(journal, 900, 5)
        assert found["restored"] and found[field] == taken, (kind, found)


def test_a_restored_record_is_a_transaction():
    journal = book()
    trade(journal)
    settle(journal)
    tx = records.sale(1, 100)
    tx.update({"trace": 900, "state": "approved"})
    journal.append({"kind": "restored", "tx": tx})
    journal.append({"kind": "restored", "tx": dict(tx, trace=901, type="void", original_trace=900)})
    found = list(history.newest_first(journal))
    assert [(tx["trace"], tx["voided"], tx.get("restored", False)) for tx in found] == [
        (901, False, True),
        (900, True, True),
        (1, False, False),
    ]
    assert traces(history.oldest_first(journal, 7)) == [1, 900, 901]
    assert history.find(journal, 900)["voided_by"] == 901


def test_a_damaged_answer_is_passed_over_and_a_slip_proves_it():
    journal = book(100000)
    trade(journal)
    lost = begin(journal, amount_minor=55)
    answer(journal, lost)
    trade(journal)
    name = path(journal.folder, journal.segments[-1])
    _damage(name, '"rrn": "031415092701"', '"rrn": "031415092702"', lost["trace"])
    assert traces(history.newest_first(journal)) == [3, 1]
    journal.append({"kind": "printed", "trace": lost["trace"], "slips": 2})
    found = list(history.newest_first(journal))
    assert [(tx["trace"], tx["state"]) for tx in found] == [(3, "approved"), (2, "approved"), (1, "approved")]
    assert history.find(journal, 2)["amount_minor"] == 55


def _damage(name, old, new, trace):
    lines = []
    for line in files.lines(name):
        if b'"kind": "result"' in line and (b'"trace": %d' % trace) in line:
            assert old.encode() in line
            line = line.replace(old.encode(), new.encode())
        lines.append(line)
    files.replace(name, b"".join(lines))


def test_a_step_that_was_cut_off_never_happened():
    journal = book(100000)
    trade(journal)
    name = path(journal.folder, journal.segments[-1])
    whole = files.read(name)
    tx = begin(journal)
    record = dict(tx, kind="result", code="00", state="approved")
    journal.append(record, {"kind": "audit", "what": "both or none"})
    longer = files.read(name)
    for size in range(len(whole), len(longer)):
        files.replace(name, longer[:size])
        started = again(journal)
        found = [(tx["trace"], tx["state"]) for tx in history.newest_first(started)]
        expected = [(2, "sent"), (1, "approved")] if started.state["pending"] else [(1, "approved")]
        assert found == expected, (size, found)
        walked = [(tx["trace"], tx["state"]) for tx in history.oldest_first(started, 7)]
        assert walked == expected[::-1], (size, walked)


def test_long_lines_and_lines_of_every_length_do_not_hide_any_other():
    for length in list(range(0, 1000, 53)) + list(range(620, 740)) + [1400, 1900]:
        journal = book(100000)
        trade(journal)
        journal.append({"kind": "audit", "what": "x" * length})
        trade(journal)
        journal.append({"kind": "audit", "what": "y" * length}, {"kind": "audit", "what": "z" * length})
        trade(journal)
        assert traces(history.newest_first(journal)) == [3, 2, 1], length
        assert traces(history.oldest_first(journal, 7)) == [1, 2, 3], length


def test_garbage_between_the_lines_hides_nothing_else():
    for garbage in (
        b"\n",
        b"\n\n\n",
        b"abc\n",
        b"x" * 3000 + b"\n",
        b"{}\n",
        b"00000000 00000000 1 . {}\n",
        b"\xff" * 40,
    ):
        journal = book(100000, limit=0)
        trade(journal)
        name = path(journal.folder, journal.segments[-1])
        files.append(name, garbage + (b"" if garbage.endswith(b"\n") else b"\n"))
        trade(journal)
        assert traces(history.newest_first(journal)) == [2, 1], garbage
        assert traces(history.oldest_first(journal, 7)) == [1, 2], garbage
        assert history.find(journal, 1)["trace"] == 1


def test_a_flash_that_cannot_be_read_is_a_journal_error():
    from pos.journal.errors import JournalError

    journal = book()
    for _ in range(20):
        trade(journal)
    files.remove(path(journal.folder, journal.segments[0]))
    dual.raises(JournalError, list, history.newest_first(journal))
    dual.raises(JournalError, history.find, journal, 1)
