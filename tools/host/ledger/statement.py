"""An account as its holder would see it: balance and entries."""

from sqlalchemy import select

from tools.host.store.schema import accounts, entries, holds, lines

ENTRIES_MAX = 100

_ACCOUNT = select(accounts)
_ENTRIES = (
    select(entries.c.id.label("entry"), entries.c.kind, entries.c.posted_ms, lines.c.amount_minor)
    .join(lines, lines.c.entry_id == entries.c.id)
    .order_by(entries.c.id.desc(), lines.c.position)
)
_HOLDS = (
    select(holds.c.amount_minor, holds.c.opened_ms, holds.c.expires_ms)
    .where(holds.c.state == "open")
    .order_by(holds.c.id.desc())
)


def of(engine, number, entries_max=ENTRIES_MAX):
    """{"number", "kind", "status", "balance_minor", "held_minor", "holds", "entries"}, or None: no such account.

    What is held is part of the balance; holds are those that are open. Both lists begin with the newest.
    """
    with engine.begin() as connection:
        row = connection.execute(_ACCOUNT.where(accounts.c.number == number)).mappings().one_or_none()
        if row is None:
            return None
        found = {key: row[key] for key in ("number", "kind", "status", "balance_minor", "held_minor")}
        held = _HOLDS.where(holds.c.account_id == row["id"]).limit(entries_max)
        found["holds"] = [dict(hold) for hold in connection.execute(held).mappings()]
        wanted = _ENTRIES.where(lines.c.account_id == row["id"]).limit(entries_max)
        return found | {"entries": [dict(line) for line in connection.execute(wanted).mappings()]}


def money(amount_minor):
    """123456 -> "1 234.56"; thousands apart by a space, as the platform shows them."""
    sign = "-" if amount_minor < 0 else ""
    yuan, fen = divmod(abs(amount_minor), 100)
    return f"{sign}{yuan:,}".replace(",", " ") + f".{fen:02d}"
