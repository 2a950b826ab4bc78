"""Movements as the auditor has them, (type, batch, trace, amount, card): their sums, and where else they stand."""

from copy import copy

from pos.journal import files
from pos.journal.journal import path
from pos.journal.record import read as read_line

DEBIT, CREDIT = ("sale", "offline", "completion"), ("void", "refund", "completion_void")


def records(journal, seen):
    """All records of a journal, behind what was kept of segments that made room: nobody may lose that before its own
    room is needed. seen: {bytes of a file: records in it}, of the time before; what has not changed is not read again,
    which is most of it."""
    found, before = [], dict(seen)
    seen.clear()
    for name, read in (*_kept(journal.folder), *_parts(journal)):
        data = files.read(name)
        seen[data] = before[data] if data in before else read()
        found += seen[data]
    newest = copy(journal)
    newest.segments = []
    return found + list(newest.scan())  # the small files


def _kept(folder):
    """(path, how it is read) of each file of lines that outlived their segments."""
    for name in files.names(folder):
        if name.startswith("audit-"):
            yield f"{folder}/{name}", lambda name=name: list(_lines(f"{folder}/{name}"))


def _lines(name):
    for raw in files.lines(name):
        line = read_line(raw)
        if line:  # else it could not be read before, and is kept as it was
            yield line.record


def _parts(journal):
    """The same of each segment."""
    for number in journal.segments:
        part = copy(journal)
        part.segments, part.tail = [number], []
        yield path(journal.folder, number), lambda part=part: list(part.scan())


def sold_offline(records):
    """{(trace, amount): (batch, trace, amount) as it was printed} of sales without the host. At the host it may
    be in another batch, when that closed the batch by itself."""
    sold = {}
    for record in records:
        if record["kind"] == "advice" and record["tx"]["type"] == "offline":
            tx = record["tx"]
            sold[tx["trace"], tx["amount_minor"]] = tx["batch"], tx["trace"], tx["amount_minor"]
    return sold


def sums(movements):
    """(debits, their sum, credits, their sum) of movements."""
    return _sides((kind, 1, amount) for kind, _batch, _trace, amount, _card in movements)


def by_side(totals):
    """The terminal's totals, {kind: [count, minor]}, as sums has them."""
    return _sides((kind, count, minor) for kind, (count, minor) in totals.items())


def _sides(rows):
    debit, credit = [0, 0], [0, 0]
    for kind, count, minor in rows:
        side = debit if kind in (*DEBIT, "qr") else credit if kind in CREDIT else [0, 0]
        side[0] += count
        side[1] += minor
    return (*debit, *credit)
