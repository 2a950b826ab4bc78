"""With a key no account number stands in the journal's files, whatever happens; and every record is as without one."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0])

import power_cut
import records
from books import CARD, begin, trade, undone, void
from pos.journal import deletion, files, finding, history, pack
from pos.journal.journal import Journal
from pos.security import sealed

KEY = sealed.make(bytes(range(16)))
PACKED = bytes.fromhex(CARD)


def journal(key=KEY, folder=None, segment_bytes=1500):
    if folder is None:
        power_cut.forget()
        folder = power_cut.folder()
    made = Journal(folder, segment_bytes, key=key)
    made.recover()
    if not made.state["batch"]:
        made.append({"kind": "batch", "batch": 7})
    return made


def again(book, key=KEY):
    return journal(key, book.folder, book.segment_bytes)


def holds_number(folder):
    """Names of the folder's files in which the number can be read."""
    found = []
    for name in files.names(folder):
        data = bytes(files.read(folder + "/" + name))
        if CARD.encode() in data or PACKED in data:
            found.append(name)
    return found


def a_day(book):
    sold = trade(book)
    trade(book, amount_minor=250, entry="nfc")
    void(book, sold)
    undone(book)
    trade(book, code="51")
    for _ in range(20):
        trade(book, amount_minor=70)
    book.append({"kind": "restored", "tx": dict(records.sale(900), state="approved", batch=3)})
    return sold


def test_no_file_holds_a_number_and_every_record_comes_back():
    plain, book = journal(b"", power_cut.folder()), journal(KEY, power_cut.folder())
    for one in (plain, book):
        a_day(one)
        begin(one)  # what is pending at the end needs its card for the reversal
    assert holds_number(plain.folder) and not holds_number(book.folder)
    assert len(book.segments) > 3
    for one in (book, again(book)):
        assert one.state == plain.state and one.state["pending"]["card"] == CARD
        assert list(one.scan()) == list(plain.scan())
        assert list(history.newest_first(one)) == list(history.newest_first(plain))
        for tx in history.newest_first(plain):
            assert finding.find(one, tx["trace"], tx.get("batch")) == finding.find(plain, tx["trace"], tx.get("batch"))


def test_no_number_is_left_by_deletion_or_in_its_evidence():
    book = journal()
    a_day(book)
    closing = {"kind": "settled", "batch": 7, "next": 8, "totals": book.state["totals"], "fees": [], "net_minor": 0}
    book.append(dict(closing, result=1, date="20260304", time="050607"))
    trade(book)
    plan = deletion.Plan(book, lambda tx: True)
    for _ in plan.look():
        pass
    assert plan.count > 10
    for _ in plan.carry_out({"operator": "99"}):
        pass
    assert not holds_number(book.folder)
    for _ in range(30):
        trade(book)
    deletion.drop_oldest(book, 2)
    assert not holds_number(book.folder)


def test_a_journal_of_an_earlier_firmware_goes_on_sealed():
    old = journal(b"")
    a_day(old)
    begin(old)
    state, listed = old.state, list(history.newest_first(old))
    book = again(old)
    assert book.state == state and list(history.newest_first(book)) == listed
    assert book.state["pending"]["card"] == CARD
    clear = holds_number(book.folder)
    for _ in range(20):
        trade(book)
    assert set(holds_number(book.folder)) <= set(clear), "only what was there before"


def test_under_another_key_numbers_are_empty_and_not_lost():
    book = journal()
    trade(book)
    begin(book)
    other = again(book, sealed.make(bytes(16)))
    assert other.trusted and other.state["pending"]["card"] == "" and other.state["last"]["card"] == ""
    assert {tx["card"] for tx in history.newest_first(other)} == {""}
    for number in range(30):
        other.append({"kind": "audit", "what": "seen", "number": number})
    back = again(other)
    assert back.state["pending"]["card"] == CARD, "through every snapshot in between"


def test_without_a_key_too():
    """Whoever reads a copy of the folder: nothing raises, and what is written is no number."""
    book = journal()
    sold = trade(book)
    begin(book)
    other = again(book, b"")
    assert other.state["pending"]["card"] == "" and finding.find(other, sold)["card"] == ""
    assert [item.get("card", "") for item in other.scan()] == [""] * len(list(other.scan()))
    other.append({"kind": "audit", "what": "x" * 700})
    assert not holds_number(book.folder) and again(book).state["pending"]["card"] == CARD


def test_what_seals_is_gone_after_an_append_and_a_look_up():
    sys.modules.pop("pos.security.sealed", None)
    book = journal()
    book.append({"kind": "audit", "what": "seen"})
    sold = trade(book)
    assert "pos.security.sealed" not in sys.modules
    assert finding.find(book, sold)["card"] == CARD
    assert "pos.security.sealed" not in sys.modules


def test_the_longest_number_in_a_small_file():
    tx = dict(records.sale(999_999), card="9" * 19, order="1" * 12, approver="07", batch=999_999)
    for item in ({"kind": "intent", "tx": tx}, dict(tx, kind="result", code="00", rrn="0" * 12, auth="A1B2C3")):
        data = pack.write([sealed.write(item, KEY)], 10**6, "89abcdef")[0]
        assert len(data) <= 128


def test_copies_of_what_is_damaged_hold_no_number():
    book = journal(segment_bytes=100_000)
    for _ in range(12):
        trade(book)
    for name in files.names(book.folder):
        path = book.folder + "/" + name
        data = bytearray(files.read(path))
        data[len(data) - 9] ^= 1
        files.replace(path, data)
    assert again(book).state["batch"] == 7
    assert [name for name in files.names(book.folder) if name.endswith(".bad")]
    assert not holds_number(book.folder)


def test_a_record_of_anybodys_making_raises_nothing():
    """Whole by its checksum, and no firmware of ours wrote it."""
    digits, deep = "1" * 20, {"sealed": "2" * 20}
    for _ in range(20):
        deep = {"tx": deep}
    for odd in ({"trace": "x"}, {"trace": None}, {"trace": -1}, {"trace": 10**12}, {"tx": deep}):
        book = journal()
        book.append(dict(odd, kind="loyalty", sealed=digits))
        assert list(again(book).scan())[-1]["kind"] == "loyalty"


def test_a_cut_at_every_step_leaves_no_number():
    cut_at = 0
    while True:
        cut_at += 1
        power_cut.forget()
        book = journal(folder=power_cut.folder(), segment_bytes=900)
        if not power_cut.Supply(cut_at).cuts(_short_day, book):
            break
        assert not holds_number(book.folder), cut_at
        again(book)
        assert not holds_number(book.folder), cut_at
    assert cut_at > 50


def _short_day(book):
    for _ in range(5):
        trade(book)
