"""Deleting records and bringing them back, at the terminal: each precondition missing, then done, then recovered."""

import asyncio
import sys

sys.path.insert(0, __file__.rpartition("/")[0])

import desk as stage
from model_records import item
from past import pick, settle, stored
from pos.journal import deletion, evidence, files, history


async def ready(desk, number="99", pin="97531024"):
    desk.power()
    await desk.log_in(number, pin)
    await desk.see("Operator " + number)


async def may_delete(desk, pin="97531024"):
    """From the idle screen to the question of which kind."""
    await pick(desk, "Delete")
    await desk.see("DELETE")
    await desk.press("1")
    await desk.pin(pin)
    await desk.see("KIND")


async def choose_all(desk):
    """To the question why, with all kinds, any time, any amount."""
    await may_delete(desk)
    await desk.press("4")
    await desk.see("Any time")
    await desk.press("1")
    await desk.see("Any amount")
    await desk.press("1")


def traces(desk):
    return [tx["trace"] for tx in history.newest_first(desk.terminal.journal)]


@stage.on_desk()
async def test_nothing_matches(desk):
    await ready(desk)
    await choose_all(desk)
    await desk.see("CAN'T DELETE")
    await desk.see("Nothing matches")
    assert "delete_refused" in desk.audits()


@stage.on_desk()
async def test_a_batch_that_is_not_settled(desk):
    await ready(desk)
    stored(desk)
    await choose_all(desk)
    await desk.see("CAN'T DELETE")
    await desk.see("settled")
    assert len(traces(desk)) == 1


@stage.on_desk()
async def test_what_the_host_has_not_acknowledged(desk):
    await ready(desk)
    sold = stored(desk)
    settle(desk)
    journal = desk.terminal.journal
    tx = dict(history.find(journal, sold), type="refund", trace=sold + 1, batch=journal.state["batch"])
    journal.append({"kind": "advice", "tx": tx})
    await may_delete(desk)
    await desk.press("4", "2", "ENTER", "ENTER", "2", "1", "0", "0", "ENTER", "1", "0", "0", "ENTER")
    await desk.see("OTHERS STAY")
    await desk.press("ENTER", "CANCEL")
    settled = [tx for tx in history.newest_first(journal) if tx["trace"] == sold]
    assert settled and not evidence_of(desk)
    for _ in deleted(journal, lambda tx: tx["trace"] == sold):
        pass
    await desk.see("Operator 99")
    await choose_all(desk)
    await desk.see("CAN'T DELETE")
    await desk.see("confirmed")


def deleted(journal, accept):
    plan = deletion.Plan(journal, accept)
    for _ in plan.look():
        pass
    return plan.carry_out({})


def evidence_of(desk):
    return list(evidence.deletions(desk.terminal.journal))


@stage.on_desk()
async def test_no_right_no_entry_and_the_wrong_pin(desk):
    await desk.ready()
    stored(desk)
    settle(desk)
    await desk.press("MENU")
    await desk.see("/")
    await desk.choose("Records")
    await desk.see("Details")
    await desk.press("DOWN", "DOWN", "DOWN")
    assert not [row for row in desk.rows() if "Delete" in row], desk.rows()
    await desk.press("CANCEL", "CANCEL")
    await ready(desk)
    await pick(desk, "Delete")
    await desk.press("1")
    await desk.press(*"1111", "ENTER")
    await desk.see("WRONG PIN")
    await desk.press("ENTER")
    await desk.see("Operator 99")
    assert len(traces(desk)) == 1


@stage.on_desk()
async def test_done_with_reason_evidence_and_the_main_menu_after_it(desk):
    await ready(desk)
    first = stored(desk, amount_minor=500)
    stored(desk, amount_minor=700, code="51")
    settle(desk)
    kept = stored(desk, amount_minor=900)
    before = dict(desk.state)
    await choose_all(desk)
    await desk.see("1 OTHERS STAY")
    await desk.press("ENTER")
    await desk.see("REASON?")
    await desk.press("2")
    await desk.see("Delete 2")
    await desk.press("ENTER")
    await desk.see("DELETED: 2")
    await desk.press("ENTER")
    await desk.see("MENU         1/")
    assert traces(desk) == [kept]
    assert dict(desk.state) == before, "no total has changed"
    begun, done = evidence_of(desk)
    assert (begun["operator"], begun["approver"], begun["reason"], begun["count"]) == ("99", "99", "02", 2)
    assert begun["at"].startswith("2026-03-14 15:") and begun["amount_minor"] == 1200 and len(begun["digest"]) == 64
    assert done["digest"] == begun["digest"]
    assert history.find(desk.terminal.journal, first) is None


@stage.on_desk()
async def test_no_is_no(desk):
    await ready(desk)
    stored(desk)
    settle(desk)
    await choose_all(desk)
    await desk.see("REASON?")
    await desk.press("1")
    await desk.see("Delete 1")
    await desk.press("CANCEL")
    await desk.see("NOT DELETED")
    assert len(traces(desk)) == 1 and not evidence_of(desk) and "cancelled" in desk.audits()


@stage.on_desk()
async def test_a_filter_by_kind_time_and_amount(desk):
    await ready(desk)
    for kind, day, amount_minor in (("keyed", 1, 100), ("nfc", 1, 200), ("nfc", 2, 300), ("nfc", 3, 400)):
        stored(desk, amount_minor=amount_minor, entry=kind, now=(2026, 3, day, 12, 0, 0))
    settle(desk)
    await may_delete(desk)
    await desk.press("2", "2", *"0302", "ENTER", *"03031200", "ENTER", "2", *"300", "ENTER", *"399", "ENTER")
    await desk.see("REASON?")
    await desk.press("1")
    await desk.see("Delete 1")
    await desk.press("ENTER")
    await desk.see("DELETED: 1")
    assert [tx["amount_minor"] for tx in history.newest_first(desk.terminal.journal)] == [400, 200, 100]
    wanted = evidence_of(desk)[0]["filter"]
    assert wanted["kind"] == "nfc" and wanted["since"] == "202603020000" and wanted["until"] == "202603031200"
    assert wanted["min_minor"] == 300 and wanted["max_minor"] == 399


@stage.on_desk()
async def test_a_memory_fault_is_told_apart(desk):
    await ready(desk)
    stored(desk)
    settle(desk)
    await choose_all(desk)
    await desk.see("REASON?")
    await desk.press("1")
    await desk.see("Delete 1")
    real = files.replace

    def broken(name, data):
        raise OSError(5)

    files.replace = broken
    try:
        await desk.press("ENTER")
        await desk.see("SYSTEM ABNORMAL")
    finally:
        files.replace = real
    assert len(traces(desk)) == 1 and not evidence_of(desk)


@stage.on_desk()
async def test_a_deletion_that_was_cut_off_is_finished_at_the_next_start(desk):
    await ready(desk)
    for _ in range(12):
        stored(desk)
    settle(desk)
    journal = desk.terminal.journal
    work = deleted(journal, lambda tx: True)
    while not evidence_of(desk):
        next(work)
    assert len(evidence_of(desk)) == 1
    del work
    desk.power()
    await desk.see("LOG IN")
    assert traces(desk) == [] and len(evidence_of(desk)) == 2


@stage.on_desk()
async def test_the_evidence_is_listed_and_printed(desk):
    await ready(desk)
    await pick(desk, "Delete")
    await desk.press("2")
    await desk.see("DELETED HERE YET")
    await desk.press("ENTER")
    stored(desk, amount_minor=500)
    settle(desk)
    await choose_all(desk)
    await desk.see("REASON?")
    await desk.press("1")
    await desk.see("Delete 1")
    await desk.press("ENTER")
    await desk.see("DELETED: 1")
    await desk.press("ENTER")
    await desk.see("MENU         1/")
    await desk.press("CANCEL")
    await pick(desk, "Delete")
    await desk.press("2")
    await desk.see("2026-03-14 15:")
    await desk.see("Time is over")
    await desk.press("DOWN")
    await desk.see("1 records")
    digest = evidence_of(desk)[0]["digest"]
    await desk.press("DOWN", "DOWN")
    await desk.see(digest[48:])
    await desk.press("ENTER")
    await desk.see("Print this list?")
    await desk.press("ENTER")
    await desk.see("DELETED ")
    slip = stage.slip_text(desk.printer.slips[-1])
    assert digest[:32] in slip and digest[32:] in slip and "5.00" in slip and "Time is over" in slip


@stage.on_desk()
async def test_of_many_deletions_the_screen_shows_the_newest_and_the_paper_all(desk):
    await ready(desk)
    for count in range(1, 31):
        about = {"at": "2026-03-14 15:09:26", "operator": "99", "approver": "99", "reason": "01", "amount_minor": 100}
        desk.terminal.journal.append(dict(about, kind="deleting", count=count, digest="0123456789abcdef" * 4))
    desk.go("deletions")
    await desk.see("DELETED")
    shown = []
    for _ in range(40):
        shown += [int(row.split()[0]) for row in desk.rows() if "records" in row]
        await desk.press("DOWN")
        await asyncio.sleep_ms(50)
    await desk.see("Older")
    assert sorted(set(shown)) == list(range(21, 31)) and shown[0] == 30, shown
    await desk.press("ENTER")
    await desk.see("Print this list?")
    await desk.press("ENTER")
    for _ in range(200):
        await asyncio.sleep_ms(100)
        if desk.printer.slips:
            break
    slip = stage.slip_text(desk.printer.slips[-1])
    assert [count for count in range(1, 31) if "RECORDS" + " " * 23 + "%2d" % count not in slip] == []


@stage.on_desk()
async def test_deleted_records_come_back_from_the_host(desk):
    await ready(desk)
    batch = desk.state["batch"]
    first, second = stored(desk, amount_minor=500), stored(desk, amount_minor=700)
    settle(desk)
    desk.host.batch = desk.state["batch"]
    desk.host.copies[batch] = [
        (
            trace,
            item("sale", trace, batch, minor, "6200000000000013", "keyed", "01", "20260314", "150926", "", "", "", ""),
        )
        for trace, minor in ((first, 500), (second, 700))
    ]
    totals = desk.state["totals"]
    for _ in deleted(desk.terminal.journal, lambda tx: tx["trace"] == first):
        pass
    assert traces(desk) == [second]
    await pick(desk, "Get back")
    await desk.see("%06d" % batch)
    await desk.press("ENTER")
    await desk.see("1 ARE BACK")
    await desk.press("ENTER")
    assert traces(desk) == [first, second] and desk.state["totals"] == totals
    await pick(desk, "Get back")
    await desk.press("ENTER")
    await desk.see("NONE MISSING")
    assert traces(desk) == [first, second]
    await desk.press("ENTER")
    await pick(desk, "Get back")
    await desk.press(*str(desk.state["batch"]), "ENTER")
    await desk.see("BATCH STILL OPEN")
    await desk.press("ENTER")
    await pick(desk, "Get back")
    await desk.press(*"975310", "ENTER")
    await desk.see("NO SUCH BATCH")


@stage.on_desk()
async def test_a_host_that_declines_is_said(desk):
    await ready(desk)
    stored(desk)
    settle(desk)
    desk.host.batch = desk.state["batch"]
    desk.host.decide = lambda request, answer: "58"
    await pick(desk, "Get back")
    await desk.press("ENTER")
    await desk.see("DECLINED 58")
    assert "recovered_from_host" in desk.audits()


@stage.on_desk()
async def test_old_segments_go_after_a_settlement(desk):
    await desk.ready()
    for _ in range(6):
        stored(desk)
    settle(desk)
    desk.host.batch = desk.state["batch"]
    await desk.sell()
    kept, real, asked = desk.state["trace"], deletion.drop_oldest, []

    def soon(journal):
        asked.append(real(journal, 1))
        return asked[0]

    deletion.drop_oldest = soon
    try:
        desk.go("settle", True)
        await desk.until(lambda: asked)
    finally:
        deletion.drop_oldest = real
    await asyncio.sleep_ms(1000)
    assert asked[0] > 0 and desk.state["settled"]["batch"] == desk.host.batch - 1
    assert "segments_dropped" in desk.audits() and len(traces(desk)) < 7
    assert desk.state["last"]["trace"] == kept


@stage.on_desk()
async def test_old_segments_make_room_for_a_sale_without_a_settlement(desk):
    await desk.ready()
    while not desk.terminal.journal.full(1000):
        stored(desk)
        desk.terminal.journal.closed = True  # a segment each
        if len(desk.terminal.journal.segments) % 10 == 0:
            settle(desk)
    settle(desk)
    desk.host.batch = desk.state["batch"]
    before = len(desk.terminal.journal.segments)
    await desk.sell()
    assert "segments_dropped" in desk.audits() and len(desk.terminal.journal.segments) < before
    assert desk.state["count"] == 1 and desk.state["settling"] is None
