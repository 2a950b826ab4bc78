"""The latest movements of an account, as its wallet shows them."""

from sqlalchemy import select

from tools.host.store.schema import entries, lines, merchants, terminals, transactions

ROWS_MAX = 10


def latest(engine, account_id):
    """[{kind, posted_ms, amount_minor, merchant}], newest first."""
    wanted = (
        select(entries.c.kind, entries.c.posted_ms, lines.c.amount_minor, merchants.c.name.label("merchant"))
        .join(lines, lines.c.entry_id == entries.c.id)
        .outerjoin(transactions, transactions.c.id == entries.c.transaction_id)
        .outerjoin(terminals, terminals.c.id == transactions.c.terminal_id)
        .outerjoin(merchants, merchants.c.id == terminals.c.merchant_id)
        .where(lines.c.account_id == account_id)
        .order_by(entries.c.id.desc(), lines.c.position)
        .limit(ROWS_MAX)
    )
    with engine.begin() as connection:
        return [dict(row) for row in connection.execute(wanted).mappings()]
