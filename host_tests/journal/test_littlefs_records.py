"""Deleting, dropping and restoring on a real littlefs (MicroPython): the power goes at every block write."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0])

import test_littlefs as flash
from books import again, book, settle, traces, trade, undone, void
from pos.journal import deletion, evidence, history

SLOW = True
PLACE = flash.PLACE + "/journal"


def before(journal):
    """Two settled batches and an open one."""
    for batch in (7, 8, 9):
        sold = trade(journal)
        void(journal, sold, batch)
        undone(journal)
        journal.append({"kind": "audit", "what": "seen", "batch": batch})
        if batch < 9:
            settle(journal)


def delete(journal):
    plan = deletion.Plan(journal, lambda tx: True)
    for _ in plan.look():
        pass
    for _ in plan.carry_out({"operator": "99"}):
        pass


def drop(journal):
    deletion.drop_oldest(journal, 3)


def restore(journal):
    for trace in range(800, 806):
        tx = {"type": "sale", "trace": trace, "batch": 7, "amount_minor": 5, "state": "approved", "entry": "nfc"}
        journal.append({"kind": "restored", "tx": dict(tx, date="20260301", time="101010")})


def on_flash(image, work, alive=1000000):
    """The disk after the work on a journal that is on it."""
    disk = flash.RamDisk(image, alive)
    flash.mount(disk)
    try:
        journal = again(book_at(PLACE))
        work(journal)
    finally:
        flash.vfs.umount(flash.PLACE)
    return disk


def book_at(folder):
    from pos.journal.journal import Journal

    return Journal(folder, flash.SEGMENT_BYTES)


def prepared():
    disk = flash.RamDisk(flash.formatted())
    flash.mount(disk)
    try:
        before(book(flash.SEGMENT_BYTES, PLACE))
    finally:
        flash.vfs.umount(flash.PLACE)
    return disk.image


def look(image):
    """(transactions, state, audit lines, kinds of evidence) that a start with this flash finds."""
    found = []

    def read(journal):
        assert journal.trusted
        deletion.resume(journal)
        kept = [name for name in evidence.files.names(PLACE) if name.startswith("audit-")]
        audits = [r for r in journal.scan() if r.get("what") == "seen"]
        for name in kept:
            for raw in evidence.files.lines(PLACE + "/" + name):
                line = evidence.record.read(raw)
                if line and line.record.get("what") == "seen":
                    audits.append(line.record)
        seen = {record["batch"] for record in audits}
        kinds = [record["kind"] for record in evidence.deletions(journal)]
        found.append((traces(history.newest_first(journal)), dict(journal.state), seen, kinds))

    on_flash(image, read)
    return found[0]


def check(work, step):
    """The work, cut before and in the middle of every `step`th write and erase."""
    start = bytes(prepared())
    had = look(start)
    whole = on_flash(start, work)
    wanted = look(whole.image)
    image = bytearray(start)
    for number, operation in enumerate(whole.log):
        if not number % step:
            torn = bytearray(image)
            flash.applied(torn, operation, len(operation[1] or b"") // 2)
            for cut in (image, torn):
                traces_found, state, seen, kinds = look(cut)
                assert state == had[1] and seen == had[2] == {7, 8, 9}, number
                assert traces_found in possible(had[0], wanted[0]), (number, traces_found)
                assert kinds in ([], wanted[3]), (number, kinds)
        flash.applied(image, operation)
    assert look(image)[0] == wanted[0]
    return whole.log


def possible(had, wanted):
    """Before and after, and for what is done one by one everything between."""
    found = [had]
    if len(wanted) > len(had):
        return [wanted[at:] for at in range(len(wanted) - len(had) + 1)]
    return found + [wanted] if had[: len(wanted)] != wanted else [had[:end] for end in range(len(wanted), len(had) + 1)]


def test_a_deletion_cut_at_every_block_write():
    if sys.implementation.name != "micropython":
        return  # littlefs is part of MicroPython
    assert len(check(delete, 1)) > 30


def test_dropping_segments_cut_at_every_block_write():
    if sys.implementation.name != "micropython":
        return
    assert len(check(drop, 1)) > 10


def test_restoring_cut_at_every_block_write():
    if sys.implementation.name != "micropython":
        return
    assert len(check(restore, 1)) > 10


def test_a_flash_that_dies_during_a_deletion_is_an_error_and_no_more():
    if sys.implementation.name != "micropython":
        return
    from pos.journal.errors import JournalError

    start = bytes(prepared())
    had = look(start)
    whole = on_flash(start, delete)
    for alive in range(0, len(whole.log), 3):
        disk = flash.RamDisk(start, alive)
        flash.mount(disk)
        try:
            journal = again(book_at(PLACE))
            delete(journal)
        except JournalError:
            pass
        finally:
            flash.vfs.umount(flash.PLACE)
        assert look(disk.image)[1] == had[1]
