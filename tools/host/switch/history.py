"""Records back: the host's copy of what a terminal did in a batch, for one that lost or deleted its own.

Field 61 is the batch (6 digits) and the trace number after which to go on (6). Field 62 of the answer holds items in
the order of their trace numbers, each a length (3 digits) and that many bytes; it is left out when there are no more.
Told is what was approved and not reversed.
"""

import json
from datetime import datetime

from sqlalchemy import bindparam, select

from tools.host.store.database import is_one_of
from tools.host.store.schema import transactions
from tools.host.switch import codes, kinds
from tools.host.switch.case import Answer, Reject
from tools.host.switch.conditions import must_be_open, must_be_this_batch

FIELD_BYTES_MAX = 900
ROWS_MAX = 20  # more than ever fit
REQUEST_DIGITS = 16
ENTRIES = {kinds.KEYED: "keyed", kinds.NFC: "nfc", kinds.QR: "qr", kinds.SHOWN: "shown"}
TOLD = tuple(kind for kind in kinds.ALL if kind != kinds.BALANCE)

_PAGE = (
    select(transactions)
    .where(
        transactions.c.terminal_id == bindparam("terminal"),
        transactions.c.batch == bindparam("in_batch"),
        transactions.c.trace > bindparam("after_trace"),
        transactions.c.code == codes.APPROVED,
        transactions.c.reversed_by.is_(None),
        is_one_of(transactions.c.kind, TOLD),
    )
    .order_by(transactions.c.trace)
    .limit(ROWS_MAX)
)


def records_back(case, _keystore):
    """0800/370: one page of a batch, as many items as fit."""
    must_be_open(case)
    must_be_this_batch(case)
    if len(case.fields[61]) != REQUEST_DIGITS:
        raise Reject(codes.FORMAT, f"field 61 has {len(case.fields[61])} digits")
    batch, after_trace = case.original_key
    rows = case.unit.run(_PAGE, terminal=case.terminal["id"], in_batch=batch, after_trace=after_trace)
    fields = case.answer_fields(codes.APPROVED, f37=case.management_reference())
    page = _page([_item(row, case.now.tzinfo) for row in rows])
    if page:
        fields[62] = page
    return Answer(case.mti, fields, case.mac)


def _page(items):
    field = ""
    for item in items:
        if len(field) + 3 + len(item) > FIELD_BYTES_MAX:
            break
        field += f"{len(item):03d}{item}"
    return field


def _item(row, zone):
    """Date and time are those that the terminal was told; only the year was not. An offline sale may be of the last."""
    told = json.loads(row["answer"])
    received = datetime.fromtimestamp(row["received_ms"] / 1000, zone)
    year = received.year - (row["kind"] == kinds.OFFLINE and told["13"] > received.strftime("%m%d"))
    values = (
        row["kind"],
        row["trace"],
        row["batch"],
        row["amount_minor"],
        row["card"],
        ENTRIES.get(row["entry_mode"], ""),
        (row["operator"] or "").strip(),
        f"{year}{told['13']}",
        told["12"],
        row["reference"] or "",
        told.get("38", ""),
        row["original_trace"] or "",
        row["order_number"] or "",
    )
    return ",".join(map(str, values))
