"""The journal in good weather: what is appended is there again, and adds up."""

import sys

import dual

sys.path.insert(0, __file__.rpartition("/")[0])

import power_cut
import records
from pos.domain import totals
from pos.journal import files, journal, state
from pos.journal.journal import Journal

# Of the ESP32's littlefs: what a segment is to fit, and a file that is kept in its folder's entry.
ERASE_BLOCK_BYTES = 4096
INLINE_BYTES = 128
SMALL = 1500  # bytes a segment, so that a day fills several


def filled(folder, segment_bytes=SMALL, slots=8):
    book = Journal(folder, segment_bytes, slots)
    book.recover()
    for step in records.DAY:
        book.append(*step)
    return book


def again(folder, segment_bytes=SMALL):
    book = Journal(folder, segment_bytes)
    return book, book.recover()


def test_a_new_journal_is_empty_and_reports_nothing():
    folder = dual.tmpdir() + "/journal"
    book, report = again(folder)
    assert report == {"records": 0, "bad_bytes": 0, "lost": 0, "kept": [], "problem": ""}
    assert book.state == state.fresh()
    assert book.free_trace() == 1
    assert book.unprinted() is None
    assert files.names(folder) == [], "nothing is written before there is something to write"


def test_a_day_adds_up():
    book = filled(dual.tmpdir())
    now = book.state
    assert (now["trace"], now["batch"], now["count"]) == (5, 7, 2)
    assert totals.sides(now["totals"])[1] == 1030 and totals.sides(now["totals"])[0] == 2
    assert now["pending"]["trace"] == 6 and now["pending"]["amount_minor"] == 400
    assert (now["attempts"], now["reason"]) == (1, "A0")
    assert now["last"]["trace"] == 5 and now["last"]["state"] == "approved" and now["last"]["card"] == records.CARD
    assert book.free_trace() == 7, "the pending request has taken 6"
    assert book.unprinted() is None
    assert now["doubt"] == []


def test_recovery_finds_the_same_state_in_the_last_segment_alone():
    for slots in (0, 1, 3):
        folder = dual.tmpdir()
        before = filled(folder, SMALL // 2, slots)
        segments = [name for name in files.names(folder) if name.endswith(".log")]
        assert len(segments) >= 3
        book, report = again(folder)
        assert book.state == before.state
        assert (report["bad_bytes"], report["lost"]) == (0, 0)
        assert report["records"] < len(list(book.scan())), "only the end was read"
        for name in segments[:-1]:
            files.remove(folder + "/" + name)
        assert again(folder)[0].state == before.state


def test_scan_yields_every_record_in_order():
    folder = dual.tmpdir()
    filled(folder)
    book, _ = again(folder)
    assert list(book.scan()) == [record for step in records.DAY for record in step]


def test_one_append_is_one_write():
    book = filled(dual.tmpdir())
    writes = []
    real, files._put = files._put, lambda path, mode, data: writes.append(data)
    try:
        book.append(*records.DAY[4])
    finally:
        files._put = real
    assert len(writes) == 1


def test_segments_stay_small_and_snapshots_short():
    folder = dual.tmpdir()
    filled(folder, journal.SEGMENT_BYTES)
    for name in files.names(folder):
        assert files.size(folder + "/" + name) <= (ERASE_BLOCK_BYTES if name.endswith(".log") else INLINE_BYTES)
    folder = dual.tmpdir()
    filled(folder, 1, 0)
    for name in files.names(folder):
        assert len(files.first_line(folder + "/" + name)) < 1000


def test_appending_goes_on_after_recovery():
    folder = dual.tmpdir()
    filled(folder)
    book, _ = again(folder)
    book.append({"kind": "reversed", "trace": 6, "code": "25"})
    book, report = again(folder)
    assert book.state["pending"] is None
    assert book.state["trace"] == 6
    assert (report["bad_bytes"], report["lost"]) == (0, 0)


def test_trace_never_goes_down_and_wraps():
    book, _ = again(dual.tmpdir())
    book.append({"kind": "trace", "trace": 999999})
    book.append({"kind": "trace", "trace": 999990})
    assert book.state["trace"] == 999999
    assert book.free_trace() == 1
    book.append(records.intent(1))
    assert book.free_trace() == 2
    book.append({"kind": "trace", "trace": 2})
    book.append(records.result(1))
    assert book.state["trace"] == 2, "a result is older than the sign-on that came between"
    assert book.free_trace() == 3


def test_a_cancelled_intent_gives_its_trace_number_back():
    book, _ = again(dual.tmpdir())
    book.append(records.intent(1))
    book.append({"kind": "cancel", "trace": 1})
    assert book.state["pending"] is None and book.free_trace() == 1


def test_a_new_batch_starts_new_totals():
    book = filled(dual.tmpdir())
    book.append({"kind": "batch", "batch": 7})
    assert book.state["count"] == 2
    book.append({"kind": "batch", "batch": 8})
    assert book.state["count"] == 0 and totals.sides(book.state["totals"])[1] == 0


def test_what_is_approved_and_not_printed_is_known_at_start():
    folder = dual.tmpdir()
    book, _ = again(folder)
    book.append(records.intent(1))
    book.append(records.result(1))
    for slips, left in ((None, True), (state.MERCHANT, True), (state.DONE, False)):
        if slips is not None:
            book.append(records.printed(1, slips))
        book, _ = again(folder)
        assert (book.unprinted() is not None) == left, slips
        if slips:
            assert book.state["slips"] == slips


def test_full():
    book = filled(dual.tmpdir())
    assert book.full(2) and book.full(1)
    assert not book.full(3)


def test_a_result_counts_once():
    book, _ = again(dual.tmpdir())
    book.append(records.intent(1))
    book.append(records.result(1))
    book.append(records.result(1))
    assert book.state["count"] == 1 and totals.sides(book.state["totals"])[1] == 100


def test_limits_of_a_step():
    book, _ = again(dual.tmpdir())
    dual.raises(ValueError, book.append)
    dual.raises(ValueError, book.append, *[{"kind": "audit"}] * 9)
    dual.raises(ValueError, book.append, {"kind": "audit", "what": "x" * 4000})
    assert list(book.scan()) == []


def test_a_kind_from_the_future_is_kept_and_changes_nothing():
    folder = dual.tmpdir()
    book = filled(folder)
    before = dict(book.state)
    book.append({"kind": "loyalty", "points": 3})
    book, _ = again(folder)
    assert book.state == before
    assert list(book.scan())[-1] == {"kind": "loyalty", "points": 3}


def test_storage_that_fails_is_an_error_and_changes_nothing():
    folder = dual.tmpdir()
    book = filled(folder)
    before = dict(book.state)

    def broken(path, mode, data):
        data = power_cut.joined(data)
        real(path, mode, data[: len(data) // 2])
        raise OSError(28)

    real, files._put = files._put, broken
    try:
        dual.raises(journal.JournalError, book.append, {"kind": "reversed", "trace": 6, "code": "00"})
        assert book.state == before
    finally:
        files._put = real
    book.append({"kind": "audit", "what": "mended"})
    assert book.state == before
    book, report = again(folder)
    assert book.state == before
    assert (report["bad_bytes"], report["lost"]) == (0, 0), "the torn piece lies in a segment of its own"
    kinds = [(item["kind"], item.get("what")) for item in book.scan()][-2:]
    assert kinds == [("audit", "recovered"), ("audit", "mended")]


def test_storage_that_cannot_be_read_is_reported():
    folder = dual.tmpdir()
    filled(folder)

    def broken(path):
        raise OSError(5)

    real, files.first_line = files.first_line, broken
    try:
        book, report = again(folder)
        assert report["problem"] == "storage"
        dual.raises(journal.JournalError, book.append, {"kind": "audit"})
    finally:
        files.first_line = real
    # Whoever appends has decided by a state that was not the flash's: once refused, then it is.
    dual.raises(journal.JournalError, book.append, {"kind": "trace", "trace": book.free_trace()})
    assert book.state["pending"]["trace"] == 6
    book.append({"kind": "audit", "what": "back"})
