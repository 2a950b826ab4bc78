"""Repeated or massive voiding (R27): from a limit on a supervisor must approve, and the platform is alerted.

Two limits of the merchant: so many voids of one terminal within some minutes, and the voids' share in the merchant's
sales of the day. The share counts from SHARE_VOIDS_MIN voids on: the first void of a slow morning is half of its sales.
"""

from sqlalchemy import bindparam, case, func, select

from tools.host.clock import epoch_ms
from tools.host.iso.parameters import VOID_SHARE_PERCENT, VOIDS_MAX, VOIDS_WINDOW_MIN
from tools.host.iso.private_items import APPROVER
from tools.host.store.database import is_one_of
from tools.host.store.schema import terminals, transactions
from tools.host.switch import alerts, codes, rules
from tools.host.switch.kinds import COMPLETION, OFFLINE, SALE, VOIDS

MINUTE_MS = 60_000
SHARE_VOIDS_MIN = 10


_STANDING = (transactions.c.code == codes.APPROVED, transactions.c.reversed_by.is_(None))
_RECENT = select(func.count().label("n")).where(
    transactions.c.terminal_id == bindparam("terminal"),
    transactions.c.received_ms > bindparam("since_ms"),
    is_one_of(transactions.c.kind, VOIDS),
    *_STANDING,
)


def _sum(kinds):
    return func.coalesce(func.sum(case((is_one_of(transactions.c.kind, kinds), 1), else_=0)), 0)


_DAY = (
    select(_sum(VOIDS).label("voids"), _sum((SALE, OFFLINE, COMPLETION)).label("sales"))
    .join(terminals, terminals.c.id == transactions.c.terminal_id)
    .where(terminals.c.merchant_id == bindparam("merchant"))
    .where(transactions.c.received_ms >= bindparam("since_ms"), *_STANDING)
)


def judge(request):
    """(code, reason) for a void that is right otherwise: 65 above a limit, unless somebody approved it. May alert."""
    exceeded = _too_many(request) or _too_large_a_share(request)
    if exceeded and APPROVER not in request.items:
        return codes.SUPERVISOR_NEEDED, exceeded
    return codes.APPROVED, ""


def _too_many(request):
    most, minutes = (rules.number_parameter(request, tag) for tag in (VOIDS_MAX, VOIDS_WINDOW_MIN))
    since_ms = request.now_ms - minutes * MINUTE_MS
    if not most or request.unit.one(_RECENT, terminal=request.terminal["id"], since_ms=since_ms)["n"] < most:
        return None
    alerts.add_unless_since(
        request, alerts.MANY_VOIDS, since_ms, voids=most, minutes=minutes, operator=request.operator.strip()
    )
    return "too many voids"


def _too_large_a_share(request):
    percent = rules.number_parameter(request, VOID_SHARE_PERCENT)
    if not percent:
        return None
    midnight_ms = epoch_ms(request.now.replace(hour=0, minute=0, second=0, microsecond=0))
    day = request.unit.one(_DAY, merchant=request.terminal["merchant_id"], since_ms=midnight_ms)
    voids = day["voids"] + 1
    if voids < SHARE_VOIDS_MIN or voids * 100 <= day["sales"] * percent:
        return None
    alerts.add_unless_since(request, alerts.MUCH_VOIDED, midnight_ms, voids=voids, sales=day["sales"], percent=percent)
    return "voids are too large a share of the day's sales"
