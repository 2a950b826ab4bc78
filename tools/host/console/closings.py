"""Settlements as the platform shows them: both sides' sums, fees, what differed; and the rates of fees."""

from sqlalchemy import func, select

from tools.host.console.queries import MERCHANT, ROWS_MAX
from tools.host.fees import SIGNS
from tools.host.store.schema import (
    fee_rates,
    merchants,
    settlement_differences,
    settlement_items,
    settlement_rows,
    settlements,
    terminals,
)

DIFFERENCES_MAX = 500

_different = (
    select(func.count())
    .select_from(settlement_differences)
    .where(settlement_differences.c.settlement_id == settlements.c.id)
    .scalar_subquery()
)
_uploaded = (
    select(func.count())
    .select_from(settlement_items)
    .where(settlement_items.c.settlement_id == settlements.c.id)
    .scalar_subquery()
)
_SELECT = (
    select(
        *[column for column in settlements.c if column.name not in ("terminal_id", "answer")],
        terminals.c.number.label("terminal"),
        *MERCHANT,
        _different.label("differences"),
        _uploaded.label("uploaded"),
    )
    .join(terminals, terminals.c.id == settlements.c.terminal_id)
    .join(merchants, merchants.c.id == terminals.c.merchant_id)
    .order_by(settlements.c.id.desc())
)
_order = list(SIGNS)


def recent(engine, rows_max=ROWS_MAX):
    """Settlements, newest first; "closed_ms" and the money are None while one is not finished."""
    with engine.begin() as connection:
        return [_settlement(row) for row in connection.execute(_SELECT.limit(rows_max)).mappings()]


def details(engine, settlement_id):
    """One settlement with its "rows" (by kind and type of card) and "list" of differences, or None."""
    with engine.begin() as connection:
        row = connection.execute(_SELECT.where(settlements.c.id == settlement_id)).mappings().one_or_none()
        if row is None:
            return None
        rows = select(*settlement_rows.c[1:]).where(settlement_rows.c.settlement_id == settlement_id)
        different = (
            select(*settlement_differences.c[1:])
            .where(settlement_differences.c.settlement_id == settlement_id)
            .order_by(settlement_differences.c.trace)
            .limit(DIFFERENCES_MAX)
        )
        found = [dict(one) for one in connection.execute(rows).mappings()]
        found.sort(key=lambda one: (_order.index(one["kind"]), one["card_type"] != "debit"))
        return _settlement(row) | {
            "rows": found,
            "list": [dict(one) for one in connection.execute(different).mappings()],
        }


def rates(engine):
    """The schedule of fees, everybody's rows and merchants' own, in the order of their days."""
    query = (
        select(
            fee_rates.c.kind,
            fee_rates.c.from_ms,
            fee_rates.c.rate_ppm,
            fee_rates.c.cap_minor,
            *MERCHANT,
        )
        .outerjoin(merchants, merchants.c.id == fee_rates.c.merchant_id)
        .order_by(fee_rates.c.kind, fee_rates.c.from_ms, fee_rates.c.id)
    )
    with engine.begin() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]


def _settlement(row):
    state = "open" if row["closed_ms"] is None else "equal" if row["result"] == 1 else "different"
    return dict(row) | {"state": state}
