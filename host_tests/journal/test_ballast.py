"""The flash is full: nothing is lost or doubled, and what must still go finds the room that was kept for it."""

import errno
import sys

sys.path.insert(0, __file__.rpartition("/")[0])

import dual
import records
from full_disk import Disk
from pos.flows import make_room
from pos.journal import condensing, evidence, files, record, recovery, store
from pos.journal.journal import Journal, JournalError

SEGMENT_BYTES = 1024
DATA = "data"
BALLAST = DATA + "/ballast"
BALLAST_BYTES = 32 * 4096
LIMIT = 500


def started(folder=DATA + "/journal"):
    journal = Journal(folder, SEGMENT_BYTES)
    journal.ballast = BALLAST
    report = journal.recover()
    assert report["problem"] == "" and report["lost"] == 0, report
    return journal


def durable(journal):
    return [item for item in journal.scan() if item.get("what") != "recovered"]


def work(journal, tries):
    """The day and a value stored beside it. tries: how often a step is tried, as the flows do. Records that were
    acknowledged."""
    done = []
    for number, step in enumerate(records.DAY):
        for at in range(tries):
            try:
                journal.append(*step)
                done.extend(step)
                break
            except JournalError:
                # None or all of it may be there: the flash is asked, and only what is not there is written again.
                journal.recover()
                there = durable(journal)
                assert there in (done, done + list(step)), (number, at)
                if len(there) > len(done):
                    done.extend(step)
                    break
        else:
            return done
        store.save(DATA + "/count.json", number)
    return done


def everything():
    return [item for step in records.DAY for item in step]


def bytes_of_the_day():
    with Disk() as disk:
        work(started(), 1)
        return sum([len(data) for data in disk.content.values()]), disk.steps


def test_the_day_goes_on_wherever_the_flash_gets_full():
    used, _ = bytes_of_the_day()
    for torn in (False, True):
        given_up = 0
        for room in range(0, used + 64, 37):
            with Disk(BALLAST_BYTES + room, torn) as disk:
                disk.content[BALLAST] = bytes(BALLAST_BYTES)
                journal = started()
                assert not journal.full(LIMIT)
                # Only an append of which a part is there is not tried again at once.
                assert work(journal, 2 if torn else 1) == everything(), (torn, room)
                assert (BALLAST in disk.content) == (disk.refused == 0)
                assert journal.full(LIMIT) == journal.full() == (disk.refused > 0)
                given_up += disk.refused
                again = started()
                assert durable(again) == everything() and again.state == journal.state
                assert store.load(DATA + "/count.json", 0) == (len(records.DAY) - 1, None)
        assert given_up > 50


def test_each_operation_in_turn_finds_the_flash_full():
    _, steps = bytes_of_the_day()
    assert steps > 3 * len(records.DAY)
    for full_at in range(1, steps + 1):
        with Disk(full_at=full_at) as disk:
            disk.content[BALLAST] = b"\xff"
            journal = started()
            assert work(journal, 1) == everything(), full_at
            assert journal.full() and disk.refused == 1
            assert durable(started()) == everything()


def test_without_ballast_it_is_an_error_and_nothing_is_lost():
    used, _ = bytes_of_the_day()
    stopped = 0
    for torn in (False, True):
        for room in range(0, used, 37):
            with Disk(room, torn) as disk:
                journal = started()
                done = []
                try:
                    done = work(journal, 1)
                except store.StoreError:
                    done = durable(journal)
                stopped += disk.refused > 0
                disk.room *= 2
                disk.room += 4096
                again = started()
                assert durable(again)[: len(done)] == done
                again.append(records.printed(9, 2))
                assert durable(again)[-1]["trace"] == 9
    assert stopped > 50


def test_it_is_made_once_and_only_where_room_is_left_besides():
    least = BALLAST_BYTES + 65536
    with Disk(least) as disk:
        disk.content[DATA + "/x"] = b"."
        assert not recovery.make(BALLAST) and list(disk.content) == [DATA + "/x"]
        disk.content[BALLAST + ".new"] = b"cut off"
        disk.room += 32
        assert recovery.make(BALLAST)
        assert len(disk.content[BALLAST]) == BALLAST_BYTES
        steps = disk.steps
        assert recovery.make(BALLAST) and disk.steps == steps
        assert sorted(disk.content) == [BALLAST, DATA + "/x"]


def test_a_flash_that_gets_full_meanwhile_has_no_half_of_it():
    with Disk(full_at=40) as disk:
        assert not recovery.make(BALLAST) and not disk.content
        assert recovery.make(BALLAST) and list(disk.content) == [BALLAST]


def test_what_is_practised_has_no_right_to_it():
    with Disk(BALLAST_BYTES + 600) as disk:
        disk.content[BALLAST] = bytes(BALLAST_BYTES)
        journal = Journal(DATA + "/training", SEGMENT_BYTES)
        journal.recover()
        try:
            for step in records.DAY:
                journal.append(*step)
            raise AssertionError("600 bytes took all of it")
        except JournalError:
            pass
        assert BALLAST in disk.content and not started().full()


class Terminal:
    """What make_room needs of one."""

    training = False

    def __init__(self, journal):
        self.journal = journal
        self.said = []

    def audit(self, what, **details):
        self.said.append((what, details))
        self.journal.append(dict(details, kind="audit", what=what))


def trade(journal, sales, first):
    for trace in range(first, first + sales):
        tx = dict(records.sale(trace), batch=journal.state["batch"])
        journal.append({"kind": "intent", "tx": tx})
        journal.append(dict(records.result(trace), batch=journal.state["batch"]))


def test_old_batches_make_room_for_another_and_sales_go_again():
    with Disk() as disk:
        disk.content[BALLAST] = b""
        journal = started()
        journal.append({"kind": "batch", "batch": 7})
        journal.append({"kind": "audit", "what": "stays"})
        trade(journal, 60, 2)
        journal.append(records.SETTLED)
        trade(journal, 20, 100)
        traded = journal.state
        del disk.content[BALLAST]
        disk.room -= disk.free() - (BALLAST_BYTES + 65536 - 4000)
        assert journal.full(LIMIT)
        terminal = Terminal(journal)
        first, count = journal.segments[0], len(journal.segments)
        dual.run(make_room.run(terminal))
        assert not journal.full(LIMIT) and len(disk.content[BALLAST]) == BALLAST_BYTES
        assert journal.segments[0] > first
        assert (
            terminal.said == [("segments_dropped", {"count": count - len(journal.segments)})] or len(terminal.said) == 1
        )
        assert b'"stays"' in disk.content[DATA + "/journal/audit-000001.log"]
        again = started()
        assert again.state == traded == journal.state
        assert [tx["trace"] for tx in again.scan() if tx["kind"] == "result" and tx["batch"] == 8] == list(
            range(100, 120)
        )


class Unwell(Disk):
    """Takes no ballast, though there is room for it. asked: nor does it tell how much room there is."""

    asked = True

    def open(self, path, mode):
        if path.startswith(BALLAST):
            raise OSError(errno.EIO, path)
        return Disk.open(self, path, mode)

    def statvfs(self, path):
        if not self.asked:
            raise OSError(errno.EIO, path)
        return Disk.statvfs(self, path)


def test_for_a_flash_that_is_unwell_nothing_goes():
    for asked in (True, False):
        with Unwell() as disk:
            disk.asked = asked
            journal = started()
            journal.append({"kind": "batch", "batch": 7})
            trade(journal, 60, 2)
            journal.append(records.SETTLED)
            trade(journal, 20, 100)
            segments, terminal = list(journal.segments), Terminal(journal)
            assert journal.full()
            dual.run(make_room.run(terminal))
            assert journal.full() and journal.segments == segments and not terminal.said


def test_an_open_batch_goes_for_nothing():
    with Disk() as disk:
        journal = started()
        journal.append({"kind": "batch", "batch": 7})
        trade(journal, 30, 2)
        disk.room -= disk.free() - BALLAST_BYTES
        segments = list(journal.segments)
        terminal = Terminal(journal)
        dual.run(make_room.run(terminal))
        assert journal.full(LIMIT) and journal.segments == segments and not terminal.said


# What lies beside the segments


def deletions(numbers):
    lines = []
    for number in numbers:
        about = {"kind": "deleting", "count": number, "amount_minor": 10 * number, "reason": "01", "operator": "99"}
        about.update(
            {"at": "2026-03-%02d 10:00:00" % (1 + number % 28), "digest": "ab" * 32, "filter": {"x": "." * 200}}
        )
        for at, item in enumerate((about, {"kind": "deleted", "count": number, "digest": "ab" * 32})):
            lines.append(record.write(item, 2 * number + at, record.START, False)[0])
    return lines


def test_the_list_of_deletions_is_summed_up_and_says_so():
    with Disk() as disk:
        journal = started()
        name = DATA + "/journal/deletions.log"
        for number in range(1, 301):
            evidence.keep(journal, deletions((number,)))
            assert len(disk.content[name]) <= evidence.DELETIONS_BYTES_MAX
            found = [item for item in evidence.deletions(journal) if item["kind"] == "deleting"]
            assert sum([item["count"] for item in found]) == number * (number + 1) // 2
            assert sum([item["amount_minor"] for item in found]) == 5 * number * (number + 1)
            assert sum([item.get("deletions", 1) for item in found]) == number
            evidence.keep(journal, deletions((number,)))  # of a try that was cut off: not twice
        assert found[0]["reason"] == condensing.SUMMED_UP and len(found[0]["digest"]) == 64
        assert len([item for item in found if item["reason"] == condensing.SUMMED_UP]) == 1
        assert found[0]["at"] and len(found) > 20
        assert name + ".new" not in disk.content


def test_the_digest_of_the_sum_is_that_of_the_lines():
    from binascii import hexlify
    from hashlib import sha256

    with Disk() as disk:
        lines = deletions(range(1, 60))
        disk.content["log"] = b"".join(lines)
        condensing.condense("log", 5000)
        kept = disk.content["log"].split(b"\n", 1)[1]
        gone = b"".join(lines)[: -len(kept)]
        assert b"".join(lines) == gone + kept and 4000 < len(kept) <= 5000
        total = record.read(next(iter(files.lines("log"))))
        assert total.record["digest"] == hexlify(sha256(gone).digest()).decode()
        assert total.sequence == record.read(gone.rpartition(b"\n")[0].rpartition(b"\n")[2] + b"\n").sequence


def test_what_another_firmware_says_of_a_deletion_counts_as_far_as_it_is_a_number():
    with Disk() as disk:
        lines = deletions(range(1, 60))
        lines[0] = record.write({"kind": "deleting", "count": "5", "amount_minor": None}, 1, record.START, False)[0]
        disk.content["log"] = b"".join(lines)
        condensing.condense("log", 5000)
        total = record.read(next(iter(files.lines("log")))).record
        assert total["deletions"] > 20 and total["count"] > 0 and isinstance(total["amount_minor"], int)


def test_a_cut_while_it_is_summed_up_leaves_the_list_as_it_was():
    lines = b"".join(deletions(range(1, 60)))
    full_at = 0
    while True:
        full_at += 1
        with Disk(full_at=full_at) as disk:
            disk.content["log"] = lines
            try:
                condensing.condense("log", 5000)
                break
            except OSError:
                assert disk.content["log"] == lines
    assert full_at > 10


def test_of_unreadable_parts_the_newest_are_kept():
    with Disk() as disk:
        journal = started()
        for _ in range(20):
            trade(journal, 4, 1 + journal.state["trace"])
            name = max([name for name in disk.content if name.endswith(".log")])
            disk.content[name] += b"torn"
            journal = Journal(DATA + "/journal", SEGMENT_BYTES)
            assert journal.recover()["problem"] == ""
        bad = sorted([name for name in disk.content if name.endswith(".bad")])
        assert len(bad) == 8 and bad[-1] == name.replace(".log", ".bad")
