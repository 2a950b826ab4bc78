"""Settlement: message type 0500 compares a batch, the end of its upload (0320) closes it.

A closed merchant, a disabled terminal: none of it stops a settlement, for what was traded has to be settled. Until the
batch is closed nothing is promised: the terminal may sell again, and a new 0500 compares anew. Closing computes the
fees, moves them, raises the batch number, and stores the answer, which every repeat gets.
"""

from sqlalchemy import bindparam, delete, insert, select, update

from tools.host import fees, notices
from tools.host.ledger import book
from tools.host.ledger.book import Line
from tools.host.store.schema import (
    settlement_differences,
    settlement_items,
    settlement_rows,
    settlements,
    terminals,
)
from tools.host.switch import batch, codes, rules
from tools.host.switch.batch import Sums
from tools.host.switch.case import Answer, Reject
from tools.host.switch.compare import differences
from tools.host.switch.conditions import must_be_this_batch

EQUAL, DIFFERENT = 1, 2
FEES_ACCOUNT = "9200000000000000"
BATCH_MAX = 999_999
# A count has three digits on the wire; a batch may hold more transactions than that.
COUNT_MODULUS = 1000
END_EQUAL = "207"
_SIDE = (12, 3, 12, 3)  # digits of field 48 before the result
F48_DIGITS = sum(_SIDE) + 1
END_DIGITS = 4

_FIND = select(settlements).where(
    settlements.c.terminal_id == bindparam("terminal"), settlements.c.batch == bindparam("in_batch")
)
_COMPARED = (*Sums._fields, *("here_" + name for name in Sums._fields), "result", "operator", "compared_ms")
_BEGIN = insert(settlements).values({name: bindparam("v_" + name) for name in ("terminal_id", "batch", *_COMPARED)})
_AGAIN = (
    update(settlements)
    .where(settlements.c.id == bindparam("settlement"))
    .values({name: bindparam("v_" + name) for name in _COMPARED})
)
_CLOSED = (
    *("here_" + name for name in Sums._fields),
    *("result", "closed_ms", "said_items", "gross_minor", "fee_minor", "net_minor", "entry_id", "answer"),
)
_CLOSE = (
    update(settlements)
    .where(settlements.c.id == bindparam("settlement"))
    .values({name: bindparam("v_" + name) for name in _CLOSED})
)
_ITEMS = select(settlement_items).where(settlement_items.c.settlement_id == bindparam("settlement"))
_FORGET_ITEMS = delete(settlement_items).where(settlement_items.c.settlement_id == bindparam("settlement"))
_ROW = insert(settlement_rows).values({c.name: bindparam("v_" + c.name) for c in settlement_rows.c})
_DIFFERENCE = insert(settlement_differences).values(
    {c.name: bindparam("v_" + c.name) for c in settlement_differences.c}
)
_NEXT_BATCH = update(terminals).where(terminals.c.id == bindparam("terminal")).values(batch=bindparam("next_batch"))


def settle(case, _keystore):
    """Compares the terminal's sums with the host's own; field 48 comes back with 1 (equal) or 2 (not) at its end."""
    said = _sums_of(case.fields[48])
    if case.fields[49] != rules.CURRENCY:
        raise Reject(codes.INVALID, "currency")
    stored = find(case)
    if stored is None or stored["closed_ms"] is None:
        must_be_this_batch(case)
        result = _compare(case, stored, said)
    else:
        said, result = Sums(*(stored[name] for name in Sums._fields)), stored["result"]
    fields = case.answer_fields(codes.APPROVED, f37=case.management_reference(), f48=_field_48(said, result))
    return Answer(case.mti, fields, case.mac)


def end(case, _keystore):
    """Closes the batch; field 62 tells the fees by kind, and what is left of the batch after them."""
    digits = case.fields[48]
    if len(digits) != END_DIGITS:
        raise Reject(codes.FORMAT, f"field 48 has {len(digits)} digits")
    stored = find(case)
    if stored is None or stored["closed_ms"] is None:
        must_be_this_batch(case)
        answer = _close(case, must_have_begun(stored), int(digits))
    else:
        answer = stored["answer"]
    fields = case.answer_fields(codes.APPROVED, f37=case.management_reference(), f62=answer)
    return Answer(case.mti, fields, case.mac)


def find(case):
    """The settlement of the request's batch, or None."""
    return case.unit.one(_FIND, terminal=case.terminal["id"], in_batch=case.batch)


def must_have_begun(stored):
    """`stored` itself; Reject 12 for an upload without a comparison before it."""
    if stored is None:
        raise Reject(codes.INVALID, "no settlement has begun")
    return stored


def _sums_of(digits):
    if len(digits) != F48_DIGITS:
        raise Reject(codes.FORMAT, f"field 48 has {len(digits)} digits, {F48_DIGITS} expected")
    found, at = [], 0
    for width in _SIDE:
        found.append(int(digits[at : at + width]))
        at += width
    return Sums(*found)


def _field_48(said, result):
    return "".join(f"{value:0{width}d}" for value, width in zip(said, _SIDE, strict=True)) + str(result)


def _equal(said, here):
    amounts = (said.debit_minor, said.credit_minor) == (here.debit_minor, here.credit_minor)
    counts = (here.debit_count % COUNT_MODULUS, here.credit_count % COUNT_MODULUS)
    return amounts and (said.debit_count, said.credit_count) == counts


def _compare(case, stored, said):
    here = batch.sums(batch.counted(case.unit, case.terminal["id"], case.batch))
    result = EQUAL if _equal(said, here) else DIFFERENT
    values = said._asdict() | {"here_" + name: value for name, value in here._asdict().items()}
    values |= {"result": result, "operator": case.operator, "compared_ms": case.now_ms}
    bound = {"v_" + name: value for name, value in values.items()}
    if stored is None:
        case.unit.run(_BEGIN, v_terminal_id=case.terminal["id"], v_batch=case.batch, **bound)
        return result
    if said != Sums(*(stored[name] for name in Sums._fields)):
        # It traded on: what it uploaded before is not what it settles now.
        case.unit.run(_FORGET_ITEMS, settlement=stored["id"])
    case.unit.run(_AGAIN, settlement=stored["id"], **bound)
    return result


def _close(case, stored, said_items):
    terminal, settlement = case.terminal, stored["id"]
    rows = batch.counted(case.unit, terminal["id"], case.batch)
    found = _differences(case, stored, rows)
    for difference in found:
        case.unit.run(_DIFFERENCE, v_settlement_id=settlement, **{"v_" + n: v for n, v in difference._asdict().items()})
    of_batch = fees.rows(batch.for_fees(rows), fees.rates(case.unit, terminal["merchant_id"], case.now_ms))
    for row in of_batch:
        case.unit.run(_ROW, v_settlement_id=settlement, **{"v_" + name: value for name, value in row._asdict().items()})
    fee_minor, net_minor = sum(row.fee_minor for row in of_batch), fees.net_minor(of_batch)
    answer = _field_62(of_batch, net_minor)
    case.unit.run(
        _CLOSE,
        settlement=settlement,
        **{"v_here_" + name: value for name, value in batch.sums(rows)._asdict().items()},
        v_closed_ms=case.now_ms,
        v_result=EQUAL if case.management_code == END_EQUAL else DIFFERENT,
        v_said_items=said_items,
        v_gross_minor=net_minor + fee_minor,
        v_fee_minor=fee_minor,
        v_net_minor=net_minor,
        v_entry_id=_charge(case, fee_minor),
        v_answer=answer,
    )
    case.unit.run(_NEXT_BATCH, terminal=terminal["id"], next_batch=case.batch % BATCH_MAX + 1)
    if found:
        notices.add(
            case.unit,
            terminal["merchant_id"],
            "settlement_differs",
            case.now_ms,
            terminal=terminal["number"],
            batch=case.batch,
            differences=len(found),
        )
    return answer


def _differences(case, stored, rows):
    """What is not the same on both sides. Equal sums need no upload: Reject 95 when they are not equal any more."""
    if case.management_code != END_EQUAL:
        return differences(rows, case.unit.run(_ITEMS, settlement=stored["id"]))
    if not _equal(Sums(*(stored[name] for name in Sums._fields)), batch.sums(rows)):
        raise Reject(codes.TOTALS_DIFFER, "totals differ: upload")
    return []


def _charge(case, fee_minor):
    """Moves the batch's fees from the merchant's account; id of the entry, None without fees."""
    if not fee_minor:
        return None
    account = book.find_account(case.unit, FEES_ACCOUNT)
    account_id = account["id"] if account else book.open_account(case.unit, FEES_ACCOUNT, "fees", case.now_ms)
    moved = [Line(case.terminal["merchant_account_id"], -fee_minor), Line(account_id, fee_minor)]
    return book.post(case.unit, "fee", moved, case.now_ms).entry_id


def _field_62(of_batch, net_minor):
    items = [",".join(map(str, row)) for row in fees.by_kind(of_batch)] + [f"net,{net_minor}"]
    return "".join(f"{len(item):03d}{item}" for item in items)
