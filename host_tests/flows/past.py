"""What has happened before a test begins: transactions straight into a desk's journal; and the way to the records."""

from pos.domain import transaction

CARD = "6200000000000013"


def stored(desk, kind="sale", amount_minor=100, code="00", entry="keyed", now=(2026, 3, 14, 15, 9, 26), **more):
    """A transaction straight into the journal, as the exchange would have stored it; its trace number."""
    journal = desk.terminal.journal
    tx = transaction.make(kind, amount_minor, CARD, entry, "01", now, **more)
    tx["trace"], tx["batch"] = journal.free_trace(), journal.state["batch"]
    journal.append({"kind": "intent", "tx": tx})
    record = dict(tx, kind="result", code=code, rrn="031415092701", state="approved" if code == "00" else "declined")
    journal.append(record)
    journal.append({"kind": "printed", "trace": tx["trace"], "slips": 2})
    return tx["trace"]


def settle(desk):
    journal = desk.terminal.journal
    batch = journal.state["batch"]
    record = {"kind": "settled", "batch": batch, "next": batch + 1, "totals": journal.state["totals"], "fees": []}
    record.update({"net_minor": 0, "result": 1, "date": "20260314", "time": "235959"})
    journal.append(record, {"kind": "settlement_printed", "batch": batch, "slips": 2})


async def pick(desk, entry):
    """From the idle screen to an entry of the records' menu."""
    await desk.press("MENU")
    await desk.see("/")
    await desk.choose("Records")
    await desk.see("Details")
    await desk.choose(entry)
