"""Deleting settled records, with a cut at every step of every write; what stays as evidence; dropping old segments."""

import sys
from hashlib import sha256

sys.path.insert(0, __file__.rpartition("/")[0])

import power_cut
from books import again, answer, begin, book, settle, traces, trade, undone, void
from pos.journal import appending, deletion, evidence, files, history, record
from pos.journal.errors import JournalError
from pos.journal.journal import path

SLOW = True
KEPT = (["audit"], ["settled"], ["batch"])
ABOUT = {"operator": "99", "reason": "01", "at": "2026-03-05 10:00:00", "filter": {"kind": "all"}}


def everything(_tx):
    return True


def three_batches():
    """Batches 7 and 8 are settled, 9 is open; with audit lines and what was voided, undone and declined."""
    journal = book()
    for batch in (7, 8, 9):
        trade(journal, amount_minor=batch)
        journal.append({"kind": "audit", "what": "log_in", "operator": "01", "trace": 1})
        sold = trade(journal, amount_minor=100)
        void(journal, sold, batch)
        undone(journal)
        trade(journal, "sale", 200, "51")
        if batch < 9:
            settle(journal)
    return journal


def delete(journal, accept=everything):
    plan = deletion.Plan(journal, accept)
    for _ in plan.look():
        pass
    for _ in plan.carry_out(ABOUT):
        pass
    return plan


def all_lines(journal):
    """Every line of the journal's segments, as bytes."""
    return [raw for number in journal.segments for raw in files.lines(path(journal.folder, number))]


def said(raw):
    """A line without its checksum and mark."""
    parts = raw.split(b" ", 4)
    return parts[1], parts[2], parts[4]


def kinds(lines):
    read = [record.read(raw) for raw in lines]
    return [line.record["kind"] for line in read if line]


def test_what_is_settled_goes_and_the_rest_stays_byte_for_byte():
    journal = three_batches()
    state, before = dict(journal.state), all_lines(journal)
    plan = delete(journal)
    assert (plan.count, plan.unsettled, plan.waiting) == (10, 5, 0)
    assert journal.state == state, "deleting changes no total"
    assert traces(history.newest_first(journal)) == [15, 14, 13, 12, 11]
    assert history.find(journal, 7) is None and history.find(journal, 12)["voided_by"] == 13
    after = all_lines(journal)
    stayed = [said(raw) for raw in after]
    gone = [raw for raw in before if said(raw) not in stayed]
    assert [said(raw) for raw in before if said(raw) in stayed] == stayed[: len(before) - len(gone)]
    ended = [raw for raw in after if raw not in before and said(raw) in [said(raw) for raw in before]]
    assert {raw.split(b" ", 4)[3] for raw in ended} <= {b"."}, "only the end of a step is put elsewhere"
    gone = [raw for raw in gone if kinds([raw]) != ["head"]]  # of a segment that held nothing else
    assert plan.digest == "".join(["%02x" % byte for byte in sha256(b"".join(gone)).digest()])
    assert "audit" not in kinds(gone) and "settled" not in kinds(gone)
    assert kinds(after).count("audit") == 3
    assert [(r["kind"], r["count"]) for r in evidence.deletions(journal)] == [("deleting", 10), ("deleted", 10)]
    assert next(iter(evidence.deletions(journal)))["operator"] == "99"


def test_what_stood_in_one_step_with_a_deleted_record_stays():
    """Steps that were in small files come into a segment as one; the last of them is deleted."""
    journal = book()
    journal.append({"kind": "audit", "what": "log_in", "operator": "01"})
    trade(journal)
    appending.flush(journal)
    journal.closed = True
    settle(journal)
    delete(journal)
    for kept in (journal, again(journal)):
        kept = list(kept.scan())
        assert [item["what"] for item in kept if item["kind"] == "audit"] == ["log_in"]
        assert [item["kind"] for item in kept if item["kind"] in ("intent", "result")] == []
    assert again(journal).recover()["lost"] == 0


def test_after_a_restart_all_is_as_it_was():
    journal = three_batches()
    delete(journal)
    started = again(journal)
    assert started.state == journal.state and started.trusted
    assert started.recover()["lost"] == 0
    assert not deletion.resume(started)
    assert traces(history.newest_first(started)) == [15, 14, 13, 12, 11]
    assert trade(started) == 16


def test_a_filter_takes_only_what_it_accepts():
    journal = three_batches()
    plan = delete(journal, lambda tx: tx["amount_minor"] < 50)
    assert plan.count == 2 and plan.amount_minor == 15 and plan.unsettled == 1
    assert traces(history.oldest_first(journal, 7)) == [2, 3, 4, 5]
    assert history.find(journal, 2)["voided_by"] == 3


def test_nothing_settled_nothing_deleted():
    journal = book()
    trade(journal)
    begin(journal, "refund", 30, advice=True)
    plan = deletion.Plan(journal, everything)
    assert len(list(plan.look())) == 2
    assert (plan.count, plan.unsettled, plan.waiting) == (0, 1, 1)


def test_a_batch_that_the_host_changed_without_settling_is_not_settled():
    journal = book()
    trade(journal)
    journal.append({"kind": "batch", "batch": 20})
    plan = deletion.Plan(journal, everything)
    list(plan.look())
    assert (plan.count, plan.unsettled) == (0, 1)


def test_a_refund_that_waits_is_not_deleted_with_its_settled_original():
    journal = book()
    sold = trade(journal)
    settle(journal)
    tx = begin(journal, "refund", 30, advice=True, original_trace=sold, original_batch=7, original_date="20260304")
    assert delete(journal).count == 1
    assert [(tx["trace"], tx["state"]) for tx in history.newest_first(journal)] == [(2, "sent")]
    answer(journal, tx)
    assert history.find(journal, 2)["state"] == "approved"


def test_a_cut_at_every_step_ends_as_before_or_deleted():
    untouched = traces(history.newest_first(three_batches()))
    reference = three_batches()
    digest = delete(reference).digest
    expected = traces(history.newest_first(reference))
    seen = set()
    cut_at = 0
    while True:
        cut_at += 1
        journal = three_batches()
        state, audits = dict(journal.state), kinds(all_lines(journal)).count("audit")
        if not power_cut.Supply(cut_at).cuts(delete, journal):
            break
        started = again(journal)
        found = traces(history.newest_first(started))
        resumed = deletion.resume(started)
        found = traces(history.newest_first(started))
        seen.add((resumed, found == expected))
        assert found == (expected if _decided(started) else untouched), (cut_at, found)
        assert started.state == state, cut_at
        assert kinds(all_lines(started)).count("audit") >= audits
        records = list(evidence.deletions(started))
        assert [r["digest"] for r in records] in ([], [digest, digest]), (cut_at, records)
        assert not deletion.resume(started), "once is enough"
        assert not [name for name in files.names(started.folder) if name.endswith((".new", ".plan"))]
        assert again(started).recover()["problem"] == ""
    assert cut_at > 40 and seen == {(False, False), (True, True), (False, True)}


def _decided(journal):
    return bool(list(evidence.deletions(journal)))


def start(journal):
    """The next start on this flash: what was begun is finished."""
    deletion.resume(again(journal))


def test_a_cut_during_the_resumption_of_a_cut():
    most = 0
    for first in range(11, 40, 4):
        second, cut = 0, True
        while cut:
            second += 1
            journal = three_batches()
            assert power_cut.Supply(first).cuts(delete, journal)
            cut = power_cut.Supply(second).cuts(start, journal)
            started = again(journal)
            deletion.resume(started)
            kept = [15, 14, 13, 12, 11] if _decided(started) else list(range(15, 0, -1))
            assert traces(history.newest_first(started)) == kept, (first, second)
            assert not files.exists(journal.folder + "/deletion.plan")
        most = max(most, second)
    assert most > 11, "resuming is cut at more steps than the first of those that deleting was cut at"


def test_a_flash_that_fails_is_a_journal_error_and_goes_on_later():
    fail_at = 0
    while True:
        fail_at += 1
        journal = three_batches()
        plan = deletion.Plan(journal, everything)
        list(plan.look())
        real = files.replace
        files.replace = _failing(real, fail_at)
        try:
            list(plan.carry_out(ABOUT))
        except JournalError:
            pass
        else:
            break
        finally:
            files.replace = real
        started = again(journal)
        assert deletion.resume(started) == (fail_at > 1)
        assert len(traces(history.newest_first(started))) == (5 if fail_at > 1 else 15)
    assert fail_at > 3


def test_a_deletion_that_failed_is_finished_before_the_next():
    journal = three_batches()
    first = deletion.Plan(journal, lambda tx: tx["batch"] == 7)
    list(first.look())
    real = files.replace
    files.replace = _failing(real, 2)
    try:
        list(first.carry_out(ABOUT))
    except JournalError:
        pass
    finally:
        files.replace = real
    assert kinds(all_lines(journal)).count("deleted") == 0
    second = delete(journal, lambda tx: tx["trace"] == 6)
    assert second.count == 1
    assert traces(history.oldest_first(journal, 7)) == [] and traces(history.oldest_first(journal, 8)) == [7, 8, 9, 10]
    assert [record["kind"] for record in evidence.deletions(journal)] == ["deleting", "deleted"] * 2


def _failing(real, fail_at):
    calls = []

    def replace(name, data):
        calls.append(name)
        if len(calls) == fail_at:
            raise OSError(5)
        real(name, data)

    return replace


def test_old_segments_are_dropped_and_their_audit_lines_kept():
    journal = three_batches()
    state, before = dict(journal.state), all_lines(journal)
    audits = [raw for raw in before if kinds([raw])[:1] in KEPT]
    segments = list(journal.segments)
    dropped = deletion.drop_oldest(journal, 5)
    assert dropped and len(journal.segments) == len(segments) - dropped
    assert journal.state == state
    left = [raw for raw in audits if raw in all_lines(journal)]
    assert list(files.lines(journal.folder + "/audit-000001.log")) + left == audits
    started = again(journal)
    assert started.state == state
    assert [trace for trace in traces(history.newest_first(started)) if trace > 10] == [15, 14, 13, 12, 11]


def test_segments_with_an_open_batch_are_never_dropped():
    journal = three_batches()
    deletion.drop_oldest(journal, 1)
    assert traces(history.oldest_first(journal, 9)) == [11, 12, 13, 14, 15]
    unsettled = book()
    for _ in range(20):
        trade(unsettled)
    assert len(unsettled.segments) > 10 and deletion.drop_oldest(unsettled, 1) == 0


def test_a_batch_that_the_host_closed_on_its_own_makes_room_too():
    journal = book()
    for _ in range(20):
        trade(journal)
    journal.append({"kind": "batch", "batch": 8, "closed": 7, "totals": journal.state["totals"]})
    waits = begin(journal, amount_minor=5)
    assert deletion.drop_oldest(journal, 5) and len(journal.segments) == 5
    kept = b"".join(files.lines(journal.folder + "/audit-000001.log"))
    assert journal.state["pending"] == waits and b'"intent"' not in kept


def test_a_waiting_advice_keeps_its_segment():
    journal = book()
    begin(journal, "refund", 30, advice=True)
    for _ in range(5):
        trade(journal)
    settle(journal)
    for _ in range(5):
        trade(journal)
    first = journal.segments[0]
    deletion.drop_oldest(journal, 1)
    assert journal.segments[0] == first and history.find(journal, 1)["state"] == "sent"


def test_a_cut_at_every_step_of_dropping_loses_no_audit_line():
    cut_at = 0
    while True:
        cut_at += 1
        journal = three_batches()
        audits = [raw for raw in all_lines(journal) if kinds([raw])[:1] in KEPT]
        if not power_cut.Supply(cut_at).cuts(deletion.drop_oldest, journal, 4):
            break
        started = again(journal)
        deletion.drop_oldest(started, 4)
        name = started.folder + "/audit-000001.log"
        kept = [raw for raw in files.lines(name) if record.read(raw)] + all_lines(started)
        assert [raw for raw in kept if raw in audits] == audits, cut_at
        assert started.state == journal.state
    assert cut_at > 10


def test_evidence_of_deletions_outlives_its_segment():
    journal = three_batches()
    delete(journal)
    settle(journal)
    for _ in range(8):
        trade(journal)
    settle(journal)
    trade(journal)
    deletion.drop_oldest(journal, 2)
    assert "deleting" not in kinds(all_lines(journal))
    assert [r["kind"] for r in evidence.deletions(journal)] == ["deleting", "deleted"]
    assert next(iter(evidence.deletions(again(journal))))["reason"] == "01"


def test_the_oldest_audit_file_makes_room():
    saved = evidence.FILE_BYTES_MAX, evidence.FILES_MAX
    journal = three_batches()
    name = journal.folder + "/audit-{:06d}.log"
    files.append(journal.folder + "/audit-mine.log", b"somebody's notes\n")
    for number in range(1, 12):
        line, _ = record.write({"kind": "audit", "what": "x" * 1500}, number, record.START, False)
        if number >= 9:
            evidence.keep(journal, [line])
            continue
        for _ in range(22):
            files.append(name.format(number), line)
    assert saved == (32768, 4)
    assert files.exists(journal.folder + "/audit-mine.log")
    files.remove(journal.folder + "/audit-mine.log")
    names = [file for file in files.names(journal.folder) if file.startswith("audit-")]
    assert names == ["audit-%06d.log" % number for number in range(6, 10)], "an earlier firmware kept more of them"
    assert len(list(files.lines(name.format(9)))) == 3
