"""The auditor of a history: ledger, journal, paper, holds, settlements and what the operator was told, side by side."""

import re

from flows import desk as stage
from pos.journal import history
from proof import books

_OPEN_HOLDS = """SELECT t.batch, t.trace FROM holds h JOIN transactions t ON t.id = h.transaction_id
    WHERE h.state = 'open'"""
_CLOSED = "SELECT * FROM settlements WHERE closed_ms IS NOT NULL"
_DIFFERENCES = "SELECT * FROM settlement_differences WHERE settlement_id = :settlement"
_NOT_DONE = ("reversed", "declined")
_MISUSED = ("94", "30", "63", "64")


def audit(shop):
    """AssertionError when anything does not agree; how many transactions stand in the end."""
    report = shop.host.check()
    assert report.balanced, report.problems
    journal = shop.journal()
    state = journal.state
    for name in ("pending", "settling"):
        assert state[name] is None, (name, state[name])
    for name in ("advices", "offline", "untold", "doubt"):
        assert state[name] == [], (name, state[name])
    assert journal.unprinted() is None, state["last"]
    misused = [record for record in journal.scan() if record.get("code") in _MISUSED]
    assert misused == [], "a number was used twice, or a message cannot be read"
    at_host = {row for row in books._at_host(shop.host.database.engine) if row[1:] not in shop.of_another}
    at_terminal = {row for row in books._at_terminal(journal) if row[1:] not in shop.of_another}
    assert at_terminal == at_host, (
        f"only at the terminal {sorted(at_terminal - at_host)}, only at the host {sorted(at_host - at_terminal)}"
    )
    if state["batch"] not in shop.batches_of_two:
        books._totals_agree(state, at_host)
    _told_agrees(shop, at_host, journal)
    _paper_agrees(shop, at_host, journal)
    _settlements_agree(shop, journal)
    _holds_agree(shop, journal)
    return len(at_host)


def _refused_later(journal):
    """(0, trace, amount) of offline sales that the host declined when it heard of them: slips and all."""
    for record in journal.scan():
        if record["kind"] == "result" and record["type"] == "offline" and record["state"] == "declined":
            yield 0, record["trace"], record["amount_minor"]


def _as_sold(kind, batch, trace, amount_minor):
    """What was sold without the host is there in the next batch when the host has closed this one: 0 is either."""
    return 0 if kind == "offline" else batch, trace, amount_minor


def _told_agrees(shop, at_host, journal):
    refused = {number[:2] for number in _refused_later(journal)}
    standing = {_as_sold(*row)[:2] for row in at_host}
    for number, (result, cause) in shop.told.items():
        if result == "approved" and number not in refused:
            assert number in standing, f"{number} was approved and does not stand"
        elif result in _NOT_DONE:
            assert number not in standing, f"{number} was {result} ({cause}) and stands"


def _paper_agrees(shop, at_host, journal):
    printed = set()
    for slip in shop.printer.slips:
        text = stage.slip_text(slip)
        voucher = re.search(r"VOUCHER NO\.\s+(\d{6})", text)
        batch = re.search(r"BATCH NO\.\s+(\d{6})", text)
        if voucher and batch and "MERCHANT COPY" in text:
            amount = re.search(r"CNY\s+-?(\d+)\.(\d\d)", text)
            kind = "offline" if "OFFLINE SALE" in text else ""
            printed.add(_as_sold(kind, int(batch[1]), int(voucher[1]), int(amount[1]) * 100 + int(amount[2])))
    wanted = {_as_sold(*row) for row in at_host}
    lack = set() if shop.slips_may_lack else wanted - printed
    assert not lack, f"without slip {sorted(lack)}"
    printed -= shop.of_another | set(_refused_later(journal))
    assert printed <= wanted, f"only on paper {sorted(printed - wanted)}"


def _settlements_agree(shop, journal):
    """Each batch that the host has closed is closed here, equal, with the same net; and none besides."""
    here = {record["batch"]: record for record in journal.scan() if record["kind"] == "settled"}
    there = {row["batch"]: row for row in shop.host.execute(_CLOSED)}
    there = {batch: row for batch, row in there.items() if batch not in shop.batches_of_another}
    # A batch after which the host began another on its own is closed there, and here only "batch" tells of it.
    jumped = shop.closed_by_host | {batch - 1 for batch in shop.closed_by_host}
    assert set(here) - jumped == set(there) - jumped, (sorted(here), sorted(there), shop.closed_by_host)
    for batch, row in there.items():
        if batch not in here:
            continue
        totals = here[batch]["totals"]
        count = sum(count for count, _minor in totals.values())
        assert here[batch]["net_minor"] == row["net_minor"], (batch, here[batch], dict(row))
        assert here[batch]["result"] == row["result"], (batch, here[batch], dict(row))
        if batch in shop.batches_of_two and row["result"] == 2:
            _only_the_others_are_missing(shop, batch, row, count)
        else:
            assert row["result"] == 1 and count == row["here_debit_count"] + row["here_credit_count"], (
                totals,
                dict(row),
            )


def _only_the_others_are_missing(shop, batch, row, count):
    """Two terminals traded in the batch: all of the second one's was uploaded, and only the first one's is missing."""
    assert row["said_items"] == count, (batch, count, dict(row))
    for found in shop.host.execute(_DIFFERENCES, settlement=row["id"]):
        amount = found["amount_here_minor"]
        assert found["kind"] == "missing_there" and (batch, found["trace"], amount) in shop.of_another, dict(found)


def _holds_agree(shop, journal):
    of_another = {number[:2] for number in shop.of_another}
    held = {(row["batch"], row["trace"]) for row in shop.host.execute(_OPEN_HOLDS)} - of_another
    here = set()
    for tx in history.newest_first(journal):
        number = tx["batch"], tx["trace"]
        if tx["type"] == "preauth" and tx["state"] == "approved" and number not in of_another:
            whole = history.find(journal, tx["trace"], tx["batch"])
            if not whole["voided_by"] and not _completed(journal, whole):
                here.add(number)
    # What has expired by the host's clock is let go there; nothing else is.
    expired = {(row["batch"], row["trace"]) for row in shop.host.execute(_OPEN_HOLDS.replace("'open'", "'expired'"))}
    assert held <= here, (sorted(held), sorted(here))
    if not shop.deleted:  # a restored void does not say of which batch its hold was: the host knows
        assert here <= held | expired, (sorted(held), sorted(here), sorted(expired))


def _completed(journal, preauth):
    """Whether a completion of it stands."""
    for tx in history.newest_first(journal):
        if tx["type"] == "completion" and tx["state"] == "approved" and tx.get("original_trace") == preauth["trace"]:
            if not history.find(journal, tx["trace"], tx["batch"])["voided_by"]:
                return True
    return False
