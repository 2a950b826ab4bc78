"""The notices' rows: added where something happens, taken by the webhook's task. The queue outlives a restart."""

import json

from sqlalchemy import and_, bindparam, func, insert, select, update

from tools.host.iso.parameters import WEBHOOK_KEY, WEBHOOK_URL
from tools.host.store.schema import merchant_parameters, merchants, notices

ATTEMPTS_MAX = 6
WAITING_MAX = 1000  # of one merchant; what comes on top is on the platform only
TAKEN_MAX = 20
RETRY_FIRST_MS = 10_000
RETRY_FACTOR = 6  # 10 s, 1 min, 6 min, 36 min, 3.6 h
CLAIM_MS = 30_000  # longer than an attempt takes; a host that died with it leaves it to the next attempt after that

_url, _key = merchant_parameters.alias("url"), merchant_parameters.alias("key")
_TARGET = select(
    func.max(merchant_parameters.c.value).label("url"),
    select(func.count())
    .select_from(notices)
    .where(notices.c.merchant_id == bindparam("merchant"), notices.c.delivery == "waiting")
    .scalar_subquery()
    .label("waiting"),
).where(merchant_parameters.c.merchant_id == bindparam("merchant"), merchant_parameters.c.tag == WEBHOOK_URL)
_ADD = insert(notices).values(
    {name: bindparam("v_" + name) for name in ("merchant_id", "kind", "data", "at_ms", "delivery", "next_ms")}
)
# Each merchant's oldest first, then each one's second: many for a dead address leave room for the others'.
_turn = func.row_number().over(partition_by=notices.c.merchant_id, order_by=(notices.c.next_ms, notices.c.id))
_DUE = (
    select(
        notices.c.id,
        notices.c.kind,
        notices.c.data,
        notices.c.at_ms,
        notices.c.attempts,
        notices.c.next_ms,
        merchants.c.number.label("merchant"),
        _url.c.value.label("url"),
        _key.c.value.label("key"),
    )
    .join(merchants, merchants.c.id == notices.c.merchant_id)
    .outerjoin(_url, and_(_url.c.merchant_id == merchants.c.id, _url.c.tag == WEBHOOK_URL))
    .outerjoin(_key, and_(_key.c.merchant_id == merchants.c.id, _key.c.tag == WEBHOOK_KEY))
    .where(notices.c.delivery == "waiting", notices.c.next_ms <= bindparam("now_ms"))
    .order_by(_turn, notices.c.next_ms, notices.c.id)
    .limit(TAKEN_MAX)
)
_CLAIM = (
    update(notices)
    .where(notices.c.id == bindparam("notice"))
    .where(notices.c.delivery == "waiting", notices.c.next_ms == bindparam("read_ms"))
    .values(next_ms=bindparam("until_ms"))
    .returning(notices.c.id)
)
_SET = (
    update(notices)
    .where(notices.c.id == bindparam("notice"))
    .values({name: bindparam("v_" + name) for name in ("delivery", "attempts", "next_ms")})
)


def add(unit, merchant_id, kind, at_ms, **data):
    """Stores a notice in the caller's transaction; it waits for the webhook when the merchant has one."""
    target = unit.one(_TARGET, merchant=merchant_id)
    delivery = "none"
    if target["url"]:
        delivery = "waiting" if target["waiting"] < WAITING_MAX else "dropped"
    unit.run(
        _ADD,
        v_merchant_id=merchant_id,
        v_kind=kind,
        v_data=json.dumps(data, ensure_ascii=False, sort_keys=True),
        v_at_ms=at_ms,
        v_delivery=delivery,
        v_next_ms=at_ms if delivery == "waiting" else None,
    )


def due(engine, now_ms):
    """Notices whose webhook is to be tried now, the merchants in turn, at most TAKEN_MAX; keeps no writer off."""
    with engine.begin() as connection:
        return connection.execute(_DUE, {"now_ms": now_ms}).mappings().all()


def claim(unit, found, now_ms):
    """Those of the notices that no other host took since they were read; nobody else tries them for CLAIM_MS."""
    until_ms = now_ms + CLAIM_MS
    # In one order, so that two hosts do not wait for each other.
    return [
        notice
        for notice in sorted(found, key=lambda notice: notice["id"])
        if unit.one(_CLAIM, notice=notice["id"], read_ms=notice["next_ms"], until_ms=until_ms)
    ]


def delivered(unit, notice):
    """The webhook took it."""
    unit.run(_SET, notice=notice["id"], v_delivery="sent", v_attempts=notice["attempts"] + 1, v_next_ms=None)


def not_delivered(unit, notice, now_ms):
    """It waits longer each time; after ATTEMPTS_MAX it has failed for good, and the platform says so."""
    attempts = notice["attempts"] + 1
    waits = attempts < ATTEMPTS_MAX
    next_ms = now_ms + RETRY_FIRST_MS * RETRY_FACTOR ** (attempts - 1) if waits else None
    unit.run(
        _SET,
        notice=notice["id"],
        v_delivery="waiting" if waits else "failed",
        v_attempts=attempts,
        v_next_ms=next_ms,
    )
