"""What the pages and the API read. Account numbers leave here masked."""

from datetime import datetime

from sqlalchemy import case, func, select

from tools.host.clock import epoch_ms
from tools.host.iso.message import masked
from tools.host.store.schema import accounts, entries, holds, lines, merchants, terminals, transactions, users
from tools.host.switch import codes, kinds

ROWS_MAX = 50  # of a list on a page
ACCOUNTS_MAX = 200

# How every list names whose it is: the number tells merchants apart, the name is what people read.
MERCHANT = (merchants.c.number.label("merchant"), merchants.c.name.label("merchant_name"))

_PAYMENTS = transactions.c.kind.in_((kinds.SALE, kinds.OFFLINE, kinds.COMPLETION))
_REFUNDS = transactions.c.kind == kinds.REFUND


def _count(condition):
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _sum(condition):
    return func.coalesce(func.sum(case((condition, transactions.c.amount_minor), else_=0)), 0)


_APPROVED = (transactions.c.code == codes.APPROVED) & transactions.c.reversed_by.is_(None)
_STANDING = _APPROVED & transactions.c.voided_by.is_(None) & _PAYMENTS
_TODAY = select(
    _count(_STANDING).label("sales"),
    (_sum(_STANDING) - _sum(_APPROVED & _REFUNDS)).label("turnover_minor"),
    _count(_APPROVED & transactions.c.kind.in_((*kinds.VOIDS, kinds.REFUND))).label("taken_back"),
    _count((transactions.c.code != codes.APPROVED) & _PAYMENTS).label("declined"),
    _count(transactions.c.reversed_by.is_not(None)).label("reversed"),
)


def start_of_day_ms(now):
    """Midnight of the host's own day."""
    return epoch_ms(now.replace(hour=0, minute=0, second=0, microsecond=0))


def today(engine, now):
    """{"sales", "turnover_minor", "taken_back", "declined", "reversed"} since midnight.

    The first two are without what was reversed or voided, the turnover also without refunds.
    """
    with engine.begin() as connection:
        found = connection.execute(_TODAY.where(transactions.c.received_ms >= start_of_day_ms(now)))
        return dict(found.mappings().one())


def all_accounts(engine):
    """Merchants and cards, by number; the first ACCOUNTS_MAX."""
    with engine.begin() as connection:
        rows = connection.execute(select(accounts).order_by(accounts.c.id).limit(ACCOUNTS_MAX)).mappings()
        return [dict(row) | {"shown": masked(row["number"])} for row in rows]


def account(engine, account_id):
    """One account with its latest lines and holds (open ones first), or None."""
    with engine.begin() as connection:
        row = connection.execute(select(accounts).where(accounts.c.id == account_id)).mappings().one_or_none()
        if row is None:
            return None
        wanted = (
            select(entries.c.id, entries.c.kind, entries.c.posted_ms, lines.c.amount_minor)
            .join(lines, lines.c.entry_id == entries.c.id)
            .where(lines.c.account_id == account_id)
            .order_by(entries.c.id.desc(), lines.c.position)
            .limit(ROWS_MAX)
        )
        found = [dict(line) for line in connection.execute(wanted).mappings()]
        held = (
            select(holds.c.id, holds.c.transaction_id, holds.c.amount_minor, holds.c.state)
            .add_columns(holds.c.opened_ms, holds.c.expires_ms)
            .where(holds.c.account_id == account_id)
            .order_by(holds.c.state != "open", holds.c.id.desc())
            .limit(ROWS_MAX)
        )
        holds_ = [dict(hold) for hold in connection.execute(held).mappings()]
        return dict(row) | {"shown": masked(row["number"]), "lines": found, "holds": holds_}


def recent_entries(engine):
    """The latest entries, each with its lines."""
    newest = select(entries.c.id).order_by(entries.c.id.desc()).limit(ROWS_MAX // 2).scalar_subquery()
    wanted = (
        select(
            entries.c.id,
            entries.c.kind,
            entries.c.posted_ms,
            accounts.c.number,
            lines.c.account_id,
            lines.c.amount_minor,
        )
        .join(lines, lines.c.entry_id == entries.c.id)
        .join(accounts, accounts.c.id == lines.c.account_id)
        .where(entries.c.id.in_(newest))
        .order_by(entries.c.id.desc(), lines.c.position)
    )
    found = {}
    with engine.begin() as connection:
        for row in connection.execute(wanted).mappings():
            entry = found.setdefault(row["id"], {key: row[key] for key in ("id", "kind", "posted_ms")} | {"lines": []})
            entry["lines"].append(
                {"account_id": row["account_id"], "shown": masked(row["number"]), "amount_minor": row["amount_minor"]}
            )
    return list(found.values())


def all_terminals(engine):
    """Terminals with their merchants."""
    wanted = (
        select(
            terminals.c.number,
            terminals.c.status,
            terminals.c.batch,
            terminals.c.last_trace,
            terminals.c.operator,
            terminals.c.last_seen_ms,
            *MERCHANT,
        )
        .join(merchants, merchants.c.id == terminals.c.merchant_id)
        .order_by(terminals.c.number)
        .limit(ACCOUNTS_MAX)
    )
    with engine.begin() as connection:
        return [dict(row) for row in connection.execute(wanted).mappings()]


def user(engine, name):
    """Row of a platform user, or None."""
    with engine.begin() as connection:
        return connection.execute(select(users).where(users.c.name == name)).mappings().one_or_none()


def alive(engine):
    """True when the database answers."""
    with engine.begin() as connection:
        return connection.execute(select(func.count()).select_from(terminals)).scalar_one() >= 0


def local(at_ms):
    """Milliseconds since 1970 -> aware local datetime."""
    return datetime.fromtimestamp(at_ms / 1000).astimezone()
