"""Batch upload: message type 0320 brings the terminal's own list of a batch whose sums differ, eight items at a time.

Field 48 is the number of items (2 digits), then per item the type of field 60 (2), the trace number (6), the account
number with leading zeros, all zeros when not known (20), and the amount (12). Items are kept by trace number, so that a
repeated message changes nothing.
"""

from sqlalchemy import bindparam, delete, insert

from tools.host.store.schema import settlement_items
from tools.host.switch import codes, settlement
from tools.host.switch.case import Answer, Reject
from tools.host.switch.conditions import must_be_this_batch
from tools.host.switch.kinds import OF_TYPE

ITEMS_MAX = 8
COUNT_DIGITS = 2
ITEM_DIGITS = 40

_KEY = (
    settlement_items.c.settlement_id == bindparam("v_settlement_id"),
    settlement_items.c.trace == bindparam("v_trace"),
)
_REMOVE = delete(settlement_items).where(*_KEY)
_ADD = insert(settlement_items).values({c.name: bindparam("v_" + c.name) for c in settlement_items.c})


def upload(case, _keystore):
    """Keeps the items until the upload's end; those of a batch that is closed already are taken as known."""
    items = read(case.fields[48])
    stored = settlement.find(case)
    if stored is None or stored["closed_ms"] is None:
        must_be_this_batch(case)
        _keep(case, settlement.must_have_begun(stored), items)
    return Answer(case.mti, case.answer_fields(codes.APPROVED, f37=case.management_reference()), case.mac)


def read(digits):
    """Field 48 -> list of {"type", "trace", "card", "amount_minor"}; Reject 30 when it is not exactly that."""
    count = int(digits[:COUNT_DIGITS] or "0")
    if not 1 <= count <= ITEMS_MAX or len(digits) != COUNT_DIGITS + count * ITEM_DIGITS:
        raise Reject(codes.FORMAT, f"field 48 has {len(digits)} digits for {count} items")
    return [_item(digits[at : at + ITEM_DIGITS]) for at in range(COUNT_DIGITS, len(digits), ITEM_DIGITS)]


def _item(digits):
    item = {
        "type": digits[:2],
        "trace": int(digits[2:8]),
        "card": digits[8:28].lstrip("0"),
        "amount_minor": int(digits[28:]),
    }
    if item["type"] not in OF_TYPE or not item["trace"]:
        raise Reject(codes.FORMAT, f"item of type {item['type']}, trace number {item['trace']}")
    return item


def _keep(case, stored, items):
    for item in items:
        case.unit.run(_REMOVE, v_settlement_id=stored["id"], v_trace=item["trace"])
        values = {"v_" + name: value for name, value in item.items()}
        case.unit.run(_ADD, v_settlement_id=stored["id"], **values)
