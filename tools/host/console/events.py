"""What somebody should look at: alerts, notices to the merchant, and the payment services with who switched them."""

import json

from sqlalchemy import select

from tools.host.console.queries import MERCHANT, ROWS_MAX
from tools.host.iso.parameters import SERVICE_NAMES
from tools.host.store.schema import alerts, merchant_services, merchants, notices, service_changes, terminals

_TERMINAL = terminals.c.number.label("terminal")  # None where no terminal had a part in it


def recent_alerts(engine, rows_max=ROWS_MAX):
    """Newest first; "details" is an object whose names depend on the kind."""
    names = ("id", "kind", "at_ms", "details")
    wanted = [alerts.c[name] for name in names]
    query = select(*wanted, *MERCHANT, _TERMINAL).outerjoin(terminals, terminals.c.id == alerts.c.terminal_id)
    return [row | {"details": json.loads(row["details"])} for row in _newest(engine, query, alerts, rows_max)]


def recent_notices(engine, rows_max=ROWS_MAX):
    """Newest first, with how the webhook took them; "data" is an object whose names depend on the kind."""
    names = ("id", "kind", "at_ms", "data", "delivery", "attempts")
    query = select(*[notices.c[name] for name in names], *MERCHANT)
    return [row | {"data": json.loads(row["data"])} for row in _newest(engine, query, notices, rows_max)]


def recent_service_changes(engine, rows_max=ROWS_MAX):
    """Newest first."""
    names = ("service", "action", "operator", "approver", "reason", "at_ms")
    wanted = [service_changes.c[name] for name in names]
    query = select(*wanted, *MERCHANT, _TERMINAL).outerjoin(terminals, terminals.c.id == service_changes.c.terminal_id)
    return _newest(engine, query, service_changes, rows_max)


def services(engine):
    """Every merchant's services: "state" on, off or removed, and "by" whom."""
    query = (
        select(merchant_services, *MERCHANT)
        .join(merchants, merchants.c.id == merchant_services.c.merchant_id)
        .order_by(merchants.c.number)
    )
    with engine.begin() as connection:
        rows = [_service(row) for row in connection.execute(query).mappings() if row["service"] in SERVICE_NAMES]
    return sorted(rows, key=lambda row: (row["merchant"], SERVICE_NAMES.index(row["service"])))


def _newest(engine, query, table, rows_max):
    """The latest rows of a table that names a merchant, as dicts."""
    query = query.join(merchants, merchants.c.id == table.c.merchant_id).order_by(table.c.id.desc()).limit(rows_max)
    with engine.begin() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]


def _service(row):
    named = {name: row[name] for name in ("merchant", "merchant_name", "service")}
    if row["enabled"]:
        return named | {"state": "on", "by": ""}
    return named | {"state": "removed" if row["removed"] else "off", "by": row["off_by"] or "host"}
