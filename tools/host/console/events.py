"""What somebody should look at: alerts, notices to the merchant, and the payment services with who switched them."""

import json

from sqlalchemy import select

from tools.host.iso.parameters import SERVICE_NAMES
from tools.host.store.schema import alerts, merchant_services, merchants, notices, service_changes, terminals

ROWS_MAX = 50
_SERVICE_STATES = {(True, False): "on", (False, True): "removed", (False, False): "off"}


def recent_alerts(engine, rows_max=ROWS_MAX):
    """Newest first; "details" is an object whose names depend on the kind."""
    query = (
        select(
            alerts.c.id,
            alerts.c.kind,
            alerts.c.at_ms,
            alerts.c.details,
            merchants.c.name.label("merchant"),
            terminals.c.number.label("terminal"),
        )
        .join(merchants, merchants.c.id == alerts.c.merchant_id)
        .outerjoin(terminals, terminals.c.id == alerts.c.terminal_id)
        .order_by(alerts.c.id.desc())
        .limit(rows_max)
    )
    with engine.begin() as connection:
        rows = connection.execute(query).mappings()
        return [dict(row) | {"details": json.loads(row["details"])} for row in rows]


def recent_notices(engine, rows_max=ROWS_MAX):
    """Newest first, with how the webhook took them."""
    query = (
        select(notices, merchants.c.name.label("merchant"))
        .join(merchants, merchants.c.id == notices.c.merchant_id)
        .order_by(notices.c.id.desc())
        .limit(rows_max)
    )
    names = ("id", "kind", "at_ms", "merchant", "delivery", "attempts")
    with engine.begin() as connection:
        rows = connection.execute(query).mappings()
        return [{name: row[name] for name in names} | {"data": json.loads(row["data"])} for row in rows]


def services(engine):
    """Every merchant's services: "state" on, off or removed, and "by" whom."""
    query = (
        select(merchant_services, merchants.c.number.label("merchant"))
        .join(merchants, merchants.c.id == merchant_services.c.merchant_id)
        .order_by(merchants.c.number)
    )
    with engine.begin() as connection:
        rows = [_service(row) for row in connection.execute(query).mappings() if row["service"] in SERVICE_NAMES]
    return sorted(rows, key=lambda row: (row["merchant"], SERVICE_NAMES.index(row["service"])))


def recent_service_changes(engine, rows_max=ROWS_MAX):
    """Newest first."""
    query = (
        select(
            service_changes.c.service,
            service_changes.c.action,
            service_changes.c.operator,
            service_changes.c.approver,
            service_changes.c.reason,
            service_changes.c.at_ms,
            merchants.c.number.label("merchant"),
            terminals.c.number.label("terminal"),
        )
        .join(merchants, merchants.c.id == service_changes.c.merchant_id)
        .outerjoin(terminals, terminals.c.id == service_changes.c.terminal_id)
        .order_by(service_changes.c.id.desc())
        .limit(rows_max)
    )
    with engine.begin() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]


def _service(row):
    enabled = bool(row["enabled"])
    state = _SERVICE_STATES[enabled, bool(row["removed"]) and not enabled]
    by = "" if enabled else row["off_by"] or "host"
    return {"merchant": row["merchant"], "service": row["service"], "state": state, "by": by}
