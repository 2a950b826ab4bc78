"""Journals with trade in them, for the tests of history and deletion."""

import power_cut
from pos.domain import transaction
from pos.journal.journal import Journal

CARD = "6200000000000013"
NOW = (2026, 3, 4, 5, 6, 7)


def book(segment_bytes=700, folder=None, limit=2):
    """A new journal in memory (or in a folder), in batch 7; small parts, so that a little trade fills many."""
    if folder is None:
        power_cut.forget()
        folder = power_cut.folder()
    made = Journal(folder, segment_bytes, limit)
    made.recover()
    made.append({"kind": "batch", "batch": 7})
    return made


def again(journal):
    """The same after a restart."""
    made = Journal(journal.folder, journal.segment_bytes, journal.limit)
    made.recover()
    return made


def begin(journal, kind="sale", amount_minor=100, advice=False, entry="keyed", now=NOW, **more):
    """The request: its trace number is the next."""
    tx = transaction.make(kind, amount_minor, CARD, entry, "01", now, **more)
    tx["trace"], tx["batch"] = journal.free_trace(), journal.state["batch"]
    journal.append({"kind": "advice" if advice else "intent", "tx": tx})
    return tx


def answer(journal, tx, code="00"):
    record = dict(tx, kind="result", code=code, rrn="031415092701")
    record["state"] = "approved" if code == "00" else "declined"
    record.pop("original_auth", None)
    journal.append(record)


def trade(journal, kind="sale", amount_minor=100, code="00", **more):
    """Answered, with both slips when it is approved; its trace number."""
    tx = begin(journal, kind, amount_minor, **more)
    answer(journal, tx, code)
    if code == "00":
        journal.append({"kind": "printed", "trace": tx["trace"], "slips": 1})
        journal.append({"kind": "printed", "trace": tx["trace"], "slips": 2})
    return tx["trace"]


def void(journal, trace, batch=7, kind="void", amount_minor=100):
    return trade(journal, kind, amount_minor, original_trace=trace, original_batch=batch, original_date="20260304")


def undone(journal, amount_minor=100):
    """Without an answer, reversed; its trace number."""
    trace = begin(journal, "sale", amount_minor)["trace"]
    journal.append({"kind": "attempt", "trace": trace, "attempts": 1, "reason": "98"})
    journal.append({"kind": "reversed", "trace": trace, "code": "00"})
    return trace


def settle(journal):
    batch = journal.state["batch"]
    record = {"kind": "settled", "batch": batch, "next": batch + 1, "totals": journal.state["totals"], "fees": []}
    record.update({"net_minor": 0, "result": 1, "date": "20260304", "time": "235959"})
    journal.append(record)


def traces(found):
    return [tx["trace"] for tx in found]
