"""Records with a right checksum that do not say what their kind must: passed over, told as damage, nothing raised."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0])

import power_cut
import records
from pos.domain import totals
from pos.journal import deletion, files, history, pack, record
from pos.journal.journal import Journal, path

TX = {"trace": 9, "batch": 7, "type": "sale", "amount_minor": 5, "state": "approved"}
STATE = {"trace": 9, "batch": 7, "totals": {"sale": [1, 5]}, "count": 1}


def changed(values, **more):
    """A copy with other values; None: without it."""
    values = dict(values, **more)
    return {name: values[name] for name in values if values[name] is not None}


WILD = [
    {"kind": "intent"},
    {"kind": "intent", "tx": 5},
    {"kind": "advice", "tx": []},
    {"kind": "restored", "tx": changed(TX, state=None)},
    {"kind": "result", "trace": 9},
    {"kind": "cancel"},
    {"kind": "printed", "trace": 9},
    {"kind": "attempt", "trace": 9, "attempts": "many", "reason": "98"},
    {"kind": "trace", "trace": 10**9},
    {"kind": "batch", "batch": "7"},
    {"kind": "settling", "stage": "compare"},
    {"kind": "settled", "batch": 7, "next": 8},
    {"kind": "removing", "service": 1},
]
for name, value in (
    ("trace", "27"),
    ("trace", -1),
    ("batch", []),
    ("type", "gift"),
    ("amount_minor", 1.5),
    ("type", []),
):
    WILD.append({"kind": "intent", "tx": changed(TX, **{name: value})})
    WILD.append(changed(TX, kind="result", **{name: value}))
SNAPSHOTS = [
    changed(STATE, trace="9"),
    changed(STATE, totals={"gift": [1, 5]}),
    changed(STATE, totals={"sale": [1]}),
    changed(STATE, totals={"debit_count": 1}),
    changed(STATE, pending={"trace": 3}),
    changed(STATE, last=changed(TX, amount_minor="5")),
    changed(STATE, advices=["4"]),
    changed(STATE, settling={"stage": 1}),
    [],
]


def traded(limit):
    """A folder with one sale of 500, all of it printed."""
    power_cut.forget()
    book = Journal(power_cut.folder(), 20000, limit)
    book.recover()
    book.append({"kind": "batch", "batch": 7})
    for step in (records.intent(1, 500), records.result(1, "approved", 500), records.printed(1, 2)):
        book.append(step)
    return book


def test_a_wild_record_in_a_segment_is_passed_over_and_told():
    for wild in WILD:
        book = traded(0)
        raw, _ = record.write(wild, book.sequence + 1, book.crc, False)
        files.append(path(book.folder, book.segments[-1]), raw)
        goes_on(book.folder, wild)


def test_a_wild_record_in_a_small_file_is_passed_over_and_told():
    for wild in [wild for wild in WILD if isinstance(wild.get("tx", {}), dict)]:
        book = traded(8)
        data = pack.write([wild], book.sequence + 1, book.crc)[0]
        files.replace(path(book.folder, len(book.tail), "tail"), data)
        goes_on(book.folder, wild)


def goes_on(folder, wild):
    book = Journal(folder, 20000)
    report = book.recover()
    assert report["problem"] == "" and report["lost"] == 1 and report["bad_bytes"] and report["kept"], (wild, report)
    assert totals.sides(book.state["totals"])[1] == 500 and book.state["pending"] is None, wild
    assert book.free_trace() == 3, ("it may have taken a number", wild)
    assert [tx["amount_minor"] for tx in history.newest_first(book)] == [500], wild
    assert history.find(book, 1)["amount_minor"] == 500 and history.find(book, 9) is None, wild
    assert list(deletion.Plan(book, lambda tx: True).look()), wild
    book.append(records.intent(book.free_trace(), 5))
    again = Journal(folder, 20000)
    assert again.recover()["lost"] == 0 and again.state == book.state, wild


def test_a_wild_snapshot_is_passed_over_and_told():
    for wild in SNAPSHOTS:
        book = traded(0)
        raw, _ = record.write({"kind": "head", "state": wild}, book.sequence + 1, book.crc, False)
        files.append(path(book.folder, book.segments[-1] + 1), raw)
        again = Journal(book.folder, 20000)
        report = again.recover()
        assert report["bad_bytes"] and report["lost"], (wild, report)
        assert again.free_trace() > 2, wild
        assert again.state["batch"] == 7 and totals.sides(again.state["totals"])[1] == 500, "the snapshot before counts"
        again.append(records.intent(again.free_trace(), 5))
        assert Journal(book.folder, 20000).recover()["lost"] == 0


def test_small_files_whose_segments_are_gone_are_told_and_no_number_is_used_twice():
    book = traded(8)
    files.remove(path(book.folder, book.segments[-1]))
    again = Journal(book.folder, 20000)
    report = again.recover()
    assert report["bad_bytes"] and report["lost"] >= 1, report
    assert again.free_trace() > 1
    again.append(records.intent(again.free_trace(), 5))
    assert Journal(book.folder, 20000).recover()["lost"] == 0


def test_a_damaged_small_file_stays_until_there_is_a_copy_of_it():
    book = traded(8)
    name = path(book.folder, 0, "tail")
    data = bytearray(files.read(name))
    data[20] ^= 1
    files.replace(name, bytes(data))
    real = files.replace

    def full(to, *rest):
        if to.endswith(".bad"):
            raise OSError(28)
        real(to, *rest)

    files.replace = full
    try:
        assert Journal(book.folder, 20000).recover()["problem"] == "unkept"
    finally:
        files.replace = real
    assert files.read(name) == bytes(data)
    assert Journal(book.folder, 20000).recover()["problem"] == ""
    assert files.read(name + ".bad") == bytes(data) and not files.exists(name)


def test_a_small_file_newer_than_those_that_do_not_count_is_told():
    book = traded(2)
    data = pack.write([records.printed(1, 2)], book.sequence + 5, book.crc)[0]
    files.replace(path(book.folder, 0, "tail"), pack.write([records.printed(1, 2)], 1, book.crc)[0])
    files.replace(path(book.folder, 1, "tail"), data)
    again = Journal(book.folder, 20000, 2)
    assert again.recover()["kept"], "it was put there by nobody of ours"
    again.append(records.intent(again.free_trace(), 5))
    assert Journal(book.folder, 20000, 2).recover()["lost"] == 0
