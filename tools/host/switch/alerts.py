"""Alerts: what somebody at the merchant or the issuer should look at. The platform shows them."""

import json

from sqlalchemy import bindparam, insert, select

from tools.host.store.schema import alerts

MANY_VOIDS, MUCH_VOIDED, LENT = "many_voids", "much_voided", "lent_to_card"

_INSERT = insert(alerts).values(
    {name: bindparam("v_" + name) for name in ("kind", "merchant_id", "terminal_id", "at_ms", "details")}
)
_SINCE = (
    select(alerts.c.id)
    .where(
        alerts.c.terminal_id == bindparam("terminal"),
        alerts.c.kind == bindparam("of_kind"),
        alerts.c.at_ms > bindparam("since_ms"),
    )
    .limit(1)
)


def add(case, kind, **details):
    """One alert about this terminal. Account numbers in `details` must be masked."""
    case.unit.run(
        _INSERT,
        v_kind=kind,
        v_merchant_id=case.terminal["merchant_id"],
        v_terminal_id=case.terminal["id"],
        v_at_ms=case.now_ms,
        v_details=json.dumps(details, sort_keys=True),
    )


def add_unless_since(case, kind, since_ms, **details):
    """The same, but not a second time within a while: the first one calls somebody."""
    if case.unit.one(_SINCE, terminal=case.terminal["id"], of_kind=kind, since_ms=since_ms) is None:
        add(case, kind, **details)
