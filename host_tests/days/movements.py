"""Movements as the auditor has them, (type, batch, trace, amount, card): their sums, and where else they stand."""

from pos.journal import files
from pos.journal.record import read as read_line

DEBIT, CREDIT = ("sale", "offline", "completion"), ("void", "refund", "completion_void")


def dropped(folder):
    """What was kept of segments that made room: nobody may lose it before its own room is needed."""
    for name in files.names(folder):
        for raw in files.lines(f"{folder}/{name}") if name.startswith("audit-") else ():
            line = read_line(raw)
            if line:  # else it could not be read before, and is kept as it was
                yield line.record


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
