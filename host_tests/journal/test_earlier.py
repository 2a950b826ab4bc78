"""A journal that the first version wrote: its snapshot knows neither kinds nor advices nor settlements."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0])

import power_cut
import records
from pos.journal import files, record, state
from pos.journal.journal import Journal, path

FIRST = {
    "trace": 5,
    "batch": 7,
    "totals": {"debit_count": 2, "debit_minor": 1030, "credit_count": 0, "credit_minor": 0},
    "count": 2,
    "pending": None,
    "attempts": 0,
    "reason": "",
    "last": records.sale(5, 30),
    "slips": 2,
    "doubt": [],
}


def opened(snapshot):
    power_cut.forget()
    folder = power_cut.folder()
    line, _crc = record.write({"kind": "head", "state": snapshot}, 41, record.START, False)
    files.append(path(folder, 1), line)
    book = Journal(folder)
    assert book.recover()["problem"] == ""
    return book


def test_its_totals_are_those_of_the_sales():
    book = opened(FIRST)
    assert book.state["totals"] == {"sale": [2, 1030]} and book.state["count"] == 2
    assert (book.state["trace"], book.state["batch"]) == (5, 7) and book.state["last"] == FIRST["last"]
    for name in state.fresh():
        assert name in book.state, name
    book.append(records.intent(6, 5))
    book.append(records.result(6, "approved", 5))
    assert book.state["totals"] == {"sale": [3, 1035]}


def test_an_empty_batch_stays_empty():
    empty = dict(FIRST, totals={"debit_count": 0, "debit_minor": 0, "credit_count": 0, "credit_minor": 0}, count=0)
    assert opened(empty).state["totals"] == {}


def test_a_snapshot_of_today_is_taken_as_it_is():
    book = opened(FIRST)
    today = dict(book.state, advices=[4], removing="qr")
    assert opened(today).state == today
