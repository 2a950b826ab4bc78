"""Torn and damaged journals: every readable record is kept, nothing is deleted, and money stays on the safe side."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0])

import damaged_day
import power_cut
import records
from damaged_day import SMALL, write_day
from pos.domain import totals
from pos.journal import files, state
from pos.journal.journal import Journal

SLOW = True


def states():
    """The state after each number of steps of the day."""
    now = state.fresh()
    found = [dict(now)]
    for step in records.DAY:
        for record in step:
            state.fold(now, record)
        found.append(_copy(now))
    return found


def last_segment(folder):
    """Path of the newest segment."""
    return folder + "/" + [name for name in files.names(folder) if name.endswith(".log")][-1]


def steps_in(read):
    """How many whole steps of the day these records are."""
    read = [record for record in read if record.get("what") != "recovered"]
    steps = 0
    while read:
        step = list(records.DAY[steps])
        assert read[: len(step)] == step, read
        read = read[len(step) :]
        steps += 1
    return steps


def _copy(value):
    if isinstance(value, dict):
        return {key: _copy(item) for key, item in value.items()}
    return list(value) if isinstance(value, list) else value


def live_day(folder, slots, appended):
    """A start and the day; `appended` gets each step that is over, as the power may go in between."""
    book = Journal(folder, SMALL, slots)
    book.recover()
    for step in records.DAY:
        book.append(*step)
        appended.append(step)


def test_power_cut_at_every_step_of_every_write():
    for slots in (0, 1, 3, 8):
        cut_at = 1
        while cut_day(cut_at, slots):
            cut_at += 1
        assert cut_at > 4 * len(records.DAY), "every write was cut in four places"


def cut_day(cut_at, slots):
    """A day with a cut, and the rest of it after the next start; False when it was over before."""
    expected = states()
    power_cut.forget()
    folder = power_cut.folder()
    appended = []
    if not power_cut.Supply(cut_at).cuts(live_day, folder, slots, appended):
        return False
    done = len(appended)
    book = Journal(folder, SMALL, slots)
    report = book.recover()
    assert report["lost"] == 0 and report["problem"] == "", (cut_at, report)
    at = steps_in(list(book.scan()))
    assert at in (done, done + 1) and book.state == expected[at], (cut_at, done)
    for step in records.DAY[at:]:
        book.append(*step)
    book = Journal(folder, SMALL, slots)
    report = book.recover()
    assert book.state == expected[-1], cut_at
    assert (report["bad_bytes"], report["lost"]) == (0, 0)
    read = [record for record in book.scan() if record.get("what") != "recovered"]
    assert read == [record for step in records.DAY for record in step], cut_at
    return True


def test_power_cut_during_the_repair_of_a_power_cut():
    expected = states()
    for slots in (0, 2, 8):
        cut_at = 0
        while True:
            cut_at += 1
            power_cut.forget()
            folder = power_cut.folder()
            write_day(folder, 8, slots)
            files.append(last_segment(folder), b'12345678 00000000 99 . {"kind":"res')
            if not power_cut.Supply(cut_at).cuts(Journal(folder, SMALL).recover):
                break
            book = Journal(folder, SMALL)
            assert book.recover()["lost"] == 0
            assert book.state == expected[8], cut_at
            assert steps_in(list(book.scan())) == 8, cut_at
        assert cut_at > 4


def test_a_torn_tail_is_kept_and_reported_once():
    folder = power_cut.folder()
    before = write_day(folder)
    name = last_segment(folder)
    torn = b'0badc0de 00000000 77 . {"kind":"int'
    files.append(name, torn)
    book = Journal(folder, SMALL)
    report = book.recover()
    assert (report["bad_bytes"], report["lost"], report["problem"]) == (len(torn), 0, "")
    assert [files.read(kept) for kept in report["kept"]] == [torn]
    assert book.state == before.state
    assert files.read(name)[-len(torn) :] == torn, "the segment itself is left as it is"
    report = Journal(folder, SMALL).recover()
    assert (report["bad_bytes"], report["kept"]) == (0, [])


def test_an_unfinished_step_never_happened():
    folder = power_cut.folder()
    write_day(folder, 4, 0)
    name = last_segment(folder)
    before = files.read(name)
    write_day_more(folder, records.DAY[4])
    whole = files.read(name)
    first_end = whole.index(b"\n", len(before)) + 1
    files.replace(name, whole[:first_end])
    book = Journal(folder, SMALL)
    report = book.recover()
    assert book.state["pending"]["trace"] == 2, "the result without its second record is no result"
    assert report["lost"] == 0
    assert [files.read(kept) for kept in report["kept"]] == [whole[len(before) : first_end]]


def test_an_unfinished_small_file_never_happened_and_a_damaged_one_is_lost():
    for end, lost in ((5, 0), (-1, 0), (None, 1)):
        folder = power_cut.folder()
        write_day(folder, 4)
        name = folder + "/000002.tail"
        whole = files.read(name)
        files.replace(name, whole[:end] if end else whole[:20] + b"#" + whole[21:])
        book = Journal(folder, SMALL)
        report = book.recover()
        assert book.state["pending"] is None and report["lost"] == lost, "the intent is not readable"
        assert book.free_trace() == 2 + lost, "the number may have been used"
        assert report["kept"] == [name + ".bad"] and report["bad_bytes"] == files.size(name + ".bad")
        assert not files.exists(name)


def write_day_more(folder, *steps):
    book = Journal(folder, SMALL, 0)
    book.recover()
    for step in steps:
        book.append(*step)


def test_bits_of_a_days_journal_turn_over():
    """Each 23rd; all of them: `python -m host_tests.secrets flips`."""
    swept = damaged_day.Sweep(23).run()
    assert swept.bits > 1000 and not swept.problems, swept.problems[:5]


def big(*steps, slots=0):
    folder = power_cut.folder()
    book = Journal(folder, 20000, slots)
    book.recover()
    for step in steps:
        book.append(*step)
    return folder


def test_a_lost_result_is_proved_by_its_slip():
    for slots in (0, 8):
        folder = big(
            (records.intent(1, 500),),
            (records.result(1, "approved", 500),),
            (records.printed(1, 1),),
            (records.printed(1, 2),),
            slots=slots,
        )
        power_cut.damage(folder, b'"result"')
        book = Journal(folder)
        assert book.recover()["lost"] == 1
        assert book.state["pending"] is None, "what was printed is not reversed"
        assert book.state["last"]["trace"] == 1
        assert totals.sides(book.state["totals"])[1] == 500
        assert book.unprinted() is None


def test_a_lost_result_before_a_later_sale_is_left_in_doubt_not_reversed():
    for slots in (0, 8):
        folder = big(
            (records.intent(1, 500),), (records.result(1, "approved", 500),), (records.intent(2, 9),), slots=slots
        )
        power_cut.damage(folder, b'"result"')
        book = Journal(folder)
        book.recover()
        assert book.state["pending"]["trace"] == 2
        assert book.state["doubt"] == [1]


def test_a_lost_result_at_the_very_end_leaves_the_reversal():
    for slots in (0, 8):
        folder = big((records.intent(1, 500),), (records.result(1, "approved", 500),), slots=slots)
        power_cut.damage(folder, b'"result"')
        book = Journal(folder)
        assert book.recover()["lost"] == 1
        assert book.state["pending"]["trace"] == 1
        assert book.free_trace() == 3, "the lost record may have taken a number"


def test_a_lost_intent_does_not_hide_its_result():
    for slots in (0, 8):
        folder = big(
            (records.intent(1, 500),), (records.result(1, "approved", 500),), (records.printed(1, 2),), slots=slots
        )
        power_cut.damage(folder, b'"intent"')
        book = Journal(folder)
        book.recover()
        assert totals.sides(book.state["totals"])[1] == 500
        assert book.state["trace"] >= 1


def test_a_journal_of_noise_alone():
    folder = power_cut.folder()
    files.replace(folder + "/000001.log", b"\x00\xff\n" * 500)
    files.replace(folder + "/000002.log", b"")
    files.replace(folder + "/notes.txt", b"somebody else's")
    book = Journal(folder)
    report = book.recover()
    assert report["lost"] == 500 and len(report["kept"]) == 1
    assert book.free_trace() == 501
    book.append(records.intent(501))
    assert Journal(folder).recover()["lost"] == 0


def test_a_line_from_another_journal_is_not_believed():
    elsewhere = big(({"kind": "audit", "what": "elsewhere"},), *records.DAY[1:3])
    stray = list(files.lines(elsewhere + "/000001.log"))[-1]
    folder = big(*records.DAY[:2])
    files.append(folder + "/000001.log", stray)
    book = Journal(folder)
    assert book.recover()["bad_bytes"], "it is the next in number, and chained to other records"
    assert [item["kind"] for item in book.scan()][-1] == "audit"
    assert book.state["batch"] == 7 and book.state["trace"] == 1
