"""The auditor: terminal's journal, paper and host's ledger of a day, compared by somebody who trusts none of them."""

import re

from sqlalchemy import text

from tools.host.demo import TERMINAL
from tools.host.ledger.check import check

_STANDING = text(
    "SELECT t.* FROM transactions t JOIN terminals ON terminals.id = t.terminal_id WHERE terminals.number = :terminal"
    " AND t.code = '00' AND t.reversed_by IS NULL AND t.mti IN ('0200', '0220', '0100')"
    " AND t.processing_code <> '310000'"
)


def compare(counter, journal, slips):
    """AssertionError when the two ledgers, or the paper, do not tell the same. Returns what both agree upon:
    [(type, batch, trace, amount in minor units)], in the order of trace numbers."""
    report = check(counter.engine)
    assert report.balanced, report.problems
    state = journal.state
    assert state["pending"] is None and state["advices"] == [] and state["doubt"] == [], state
    at_host = _at_host(counter.engine)
    at_terminal = _at_terminal(journal)
    assert at_terminal == at_host, f"\nterminal {at_terminal}\nhost     {at_host}"
    _totals_agree(state, at_host)
    if slips is not None:
        _paper_agrees(counter, at_host, slips)
    return sorted(at_host)


def _at_host(engine):
    with engine.begin() as connection:
        rows = connection.execute(_STANDING, {"terminal": TERMINAL}).mappings().all()
    found = set()
    for row in rows:
        found.add((row["kind"], row["batch"], row["trace"], row["amount_minor"]))
    return found


def _at_terminal(journal):
    """From the records themselves, not from what the firmware makes of them."""
    found = set()
    undone = set()
    for record in journal.scan():
        if record["kind"] == "restored":
            record = dict(record["tx"], kind="result")
        if record["kind"] == "result" and record["state"] == "approved" and record["type"] != "balance":
            found.add((record["type"], record["batch"], record["trace"], record["amount_minor"]))
        elif record["kind"] == "reversed":
            undone.add(record["trace"])
    assert not undone & {trace for _type, _batch, trace, _amount in found}, "undone, and approved"
    return found


def _totals_agree(state, at_host):
    """The open batch: counted here from the host's rows, beside what the terminal has counted."""
    sums = {}
    for name, batch, _trace, amount_minor in at_host:
        if batch == state["batch"] and not name.startswith("preauth"):
            count, total_minor = sums.get(name, (0, 0))
            sums[name] = count + 1, total_minor + amount_minor
    counted = {}
    for kind, (count, total_minor) in state["totals"].items():
        name = "sale" if kind == "qr" else kind
        so_far = counted.get(name, (0, 0))
        counted[name] = so_far[0] + count, so_far[1] + total_minor
    assert counted == sums, (counted, sums)


def _paper_agrees(counter, at_host, slips):
    """Each transaction has its merchant's slip with voucher and amount; no slip is of anything else."""
    label = re.escape(counter.paper("slip_voucher"))
    batch_label = re.escape(counter.paper("slip_batch"))
    printed = set()
    for slip in slips:
        voucher = re.search(label + r"\s+(\d{6})", slip)
        batch = re.search(batch_label + r"\s+(\d{6})", slip)
        if voucher and batch:
            amount = re.search(r"CNY\s+-?(\d+)\.(\d\d)", slip)
            assert amount, slip
            printed.add((int(batch[1]), int(voucher[1]), int(amount[1]) * 100 + int(amount[2])))
    wanted = {(batch, trace, amount_minor) for _name, batch, trace, amount_minor in at_host}
    assert printed == wanted, f"\nprinted {sorted(printed)}\nwanted  {sorted(wanted)}"
