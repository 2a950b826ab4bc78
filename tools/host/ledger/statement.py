"""An account as its holder would see it: balance and entries."""

from sqlalchemy import select

from tools.host.store.schema import accounts, entries, lines

ENTRIES_MAX = 100

_ACCOUNT = select(accounts)
_ENTRIES = (
    select(entries.c.id.label("entry"), entries.c.kind, entries.c.posted_ms, lines.c.amount_minor)
    .join(lines, lines.c.entry_id == entries.c.id)
    .order_by(entries.c.id.desc(), lines.c.position)
)


def of(engine, number, entries_max=ENTRIES_MAX):
    """{"number", "kind", "status", "balance_minor", "entries": newest first}, or None when there is no such account."""
    with engine.begin() as connection:
        row = connection.execute(_ACCOUNT.where(accounts.c.number == number)).mappings().one_or_none()
        if row is None:
            return None
        found = {key: row[key] for key in ("number", "kind", "status", "balance_minor")}
        wanted = _ENTRIES.where(lines.c.account_id == row["id"]).limit(entries_max)
        return found | {"entries": [dict(line) for line in connection.execute(wanted).mappings()]}


def money(amount_minor):
    """123456 -> "1 234.56"; thousands apart by a space, as the platform shows them."""
    sign = "-" if amount_minor < 0 else ""
    yuan, fen = divmod(abs(amount_minor), 100)
    return f"{sign}{yuan:,}".replace(",", " ") + f".{fen:02d}"
