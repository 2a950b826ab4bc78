"""Payment services of a merchant: which are on, and who may change that. A change counts for all its terminals.

What the host switched off only the host switches on again. What the merchant switched off, or removed, it may take
back. Switching off loses no money: what was paid can still be reversed, voided, refunded by services of their own, and
settled; what is held stays so until pre-authorisation is on again, or the hold expires. Removing asks for more: nothing
of that service may wait for settlement on any terminal of the merchant, and for pre-authorisations no money be held.
"""

from typing import NamedTuple

from sqlalchemy import bindparam, insert, select, update

from tools.host import notices
from tools.host.iso import private_items
from tools.host.iso.parameters import SERVICE_NAMES
from tools.host.store.schema import holds, merchant_services, service_changes, terminals, transactions
from tools.host.switch import codes, kinds
from tools.host.switch.batch import IS_COUNTED
from tools.host.switch.case import Answer, Reject
from tools.host.switch.conditions import must_be_open, must_be_this_batch

ON, OFF, REMOVE = "on", "off", "remove"
MERCHANT, HOST = "merchant", "host"

_ROWS = select(merchant_services).where(merchant_services.c.merchant_id == bindparam("merchant"))
_KEY = (
    merchant_services.c.merchant_id == bindparam("v_merchant_id"),
    merchant_services.c.service == bindparam("v_service"),
)
_STATE = ("enabled", "off_by", "removed")
_SET = update(merchant_services).where(*_KEY).values({name: bindparam("v_" + name) for name in _STATE})
_NEW = insert(merchant_services).values({name: bindparam("v_" + name) for name in ("merchant_id", "service", *_STATE)})
_CHANGED = insert(service_changes).values(
    {c.name: bindparam("v_" + c.name) for c in service_changes.c if c.name != "id"}
)
_UNSETTLED = (
    select(transactions.c.kind, transactions.c.entry_mode)
    .join(terminals, terminals.c.id == transactions.c.terminal_id)
    .where(
        terminals.c.merchant_id == bindparam("merchant"),
        transactions.c.batch == terminals.c.batch,
        transactions.c.code == codes.APPROVED,
        transactions.c.reversed_by.is_(None),
        IS_COUNTED,
    )
    .distinct()
)
_OPEN_HOLD = (
    select(holds.c.id)
    .join(transactions, transactions.c.id == holds.c.transaction_id)
    .join(terminals, terminals.c.id == transactions.c.terminal_id)
    .where(terminals.c.merchant_id == bindparam("merchant"), holds.c.state == "open")
    .limit(1)
)


class Change(NamedTuple):
    """Who asks for what: `terminal` (row) None when the host's own people do; `operator` is their name then."""

    service: str
    action: str
    operator: str
    approver: str = ""
    reason: str = ""
    terminal: object = None

    @property
    def by(self):
        return MERCHANT if self.terminal else HOST


def change(case, _keystore):
    """0800/380: a terminal asks to switch a service. 40 not a service of this merchant, 57 the host's decision, 58 not
    before settlement."""
    must_be_open(case)
    must_be_this_batch(case)
    _apply(case.unit, case.terminal["merchant_id"], _asked(case), case.now_ms)
    return Answer(case.mti, case.answer_fields(codes.APPROVED, f37=case.management_reference()), case.mac)


def change_by_host(unit, merchant_id, service, action, who, at_ms):
    """The host's own people switch a service on, which the merchant may then use, or off, which only they take back."""
    _apply(unit, merchant_id, Change(service, action, who), at_ms)


def told(unit, merchant_id):
    """(parameter 23, parameter 25): services that are on, and the others with their letter."""
    found = states(unit, merchant_id)
    on = [name for name, letter in found.items() if not letter]
    off = [f"{name}:{letter}" for name, letter in found.items() if letter]
    return ",".join(on), ",".join(off)


def states(unit, merchant_id):
    """{service: letter}: "" on; off by the merchant m, off by the host h, removed by the merchant r."""
    rows = {row["service"]: row for row in unit.run(_ROWS, merchant=merchant_id)}
    return {name: _letter(rows.get(name)) for name in SERVICE_NAMES}


def _letter(row):
    if row is not None and row["enabled"]:
        return ""
    if row is None or row["off_by"] != MERCHANT:
        return "h"
    return "r" if row["removed"] else "m"


def _asked(case):
    items = case.items
    service, action = items.get(private_items.SERVICE, ""), items.get(private_items.ACTION, "")
    if not service or action not in (ON, OFF, REMOVE):
        raise Reject(codes.FORMAT, f"service {service!r}, action {action!r}")
    approver, reason = items.get(private_items.APPROVER, ""), items.get(private_items.REASON, "")
    return Change(service, action, case.operator.strip(), approver, reason, case.terminal)


def _apply(unit, merchant_id, asked, at_ms):
    """Stores the service's new state, who wanted it, and a notice; nothing when it is so already."""
    row = next((row for row in unit.run(_ROWS, merchant=merchant_id) if row["service"] == asked.service), None)
    if asked.service not in SERVICE_NAMES or (row is None and asked.by == MERCHANT):
        raise Reject(codes.NOT_SUPPORTED, f"no service {asked.service}")
    if asked.by == MERCHANT and _is_so(row, asked.action):
        return
    if asked.by == MERCHANT and asked.action != OFF and _off_by_host(row):
        raise Reject(codes.NOT_FOR_THIS_CARD, "switched off by the host")
    if asked.action == REMOVE and unsettled(unit, merchant_id, asked.service):
        raise Reject(codes.NOT_FOR_THIS_TERMINAL, "transactions of the service are not settled")
    _store(unit, merchant_id, asked, at_ms, row is None)


def _is_so(row, action):
    if action == ON:
        return bool(row["enabled"])
    return not row["enabled"] and (action == OFF or bool(row["removed"]))


def _off_by_host(row):
    return not row["enabled"] and row["off_by"] != MERCHANT


def unsettled(unit, merchant_id, service):
    """True while something of the service waits for settlement, or money is held by it."""
    if service == "preauth" and unit.one(_OPEN_HOLD, merchant=merchant_id):
        return True
    rows = unit.run(_UNSETTLED, merchant=merchant_id)
    return any(kinds.service_of(row["kind"], row["entry_mode"]) == service for row in rows)


def _store(unit, merchant_id, asked, at_ms, new):
    state = {
        "v_enabled": asked.action == ON,
        "v_off_by": None if asked.action == ON else asked.by,
        "v_removed": asked.action == REMOVE,
    }
    unit.run(_NEW if new else _SET, v_merchant_id=merchant_id, v_service=asked.service, **state)
    unit.run(
        _CHANGED,
        v_merchant_id=merchant_id,
        v_service=asked.service,
        v_action=asked.action,
        v_terminal_id=asked.terminal["id"] if asked.terminal else None,
        v_operator=asked.operator,
        v_approver=asked.approver or None,
        v_reason=asked.reason or None,
        v_at_ms=at_ms,
    )
    told_of = {"service": asked.service, "by": asked.by, "operator": asked.operator}
    if asked.terminal:
        told_of |= {"terminal": asked.terminal["number"], "approver": asked.approver, "reason": asked.reason}
    notices.add(unit, merchant_id, "service_" + asked.action, at_ms, **told_of)
