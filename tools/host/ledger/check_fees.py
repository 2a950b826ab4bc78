"""The part of the proof that is about settlements: what each charged is what its rows say and what its entry moved."""

from sqlalchemy import and_, case, func, literal_column, or_, select

from tools.host.store.schema import accounts, entries, lines, merchants, settlement_rows, settlements, terminals

PROBLEMS_MAX = 100
GIVEN_BACK = ("void", "refund", "completion_void")

_amount = settlement_rows.c.gross_minor
_gross = func.coalesce(func.sum(case((settlement_rows.c.kind.in_(GIVEN_BACK), -_amount), else_=_amount)), 0)
_fees = func.coalesce(func.sum(settlement_rows.c.fee_minor), 0)
_WRONG_SUMS = (
    select(settlements.c.id, settlements.c.net_minor, (_gross - _fees).label("due"))
    .outerjoin(settlement_rows, settlement_rows.c.settlement_id == settlements.c.id)
    .where(settlements.c.closed_ms.is_not(None))
    .group_by(settlements.c.id, settlements.c.gross_minor, settlements.c.fee_minor, settlements.c.net_minor)
    .having(
        or_(
            _gross != settlements.c.gross_minor,
            _fees != settlements.c.fee_minor,
            _gross - _fees != settlements.c.net_minor,
        )
    )
    .limit(PROBLEMS_MAX)
)

# What a fee's entry took from the merchant's account and what it gave to the fees', by the entry.
_moved = (
    select(
        lines.c.entry_id,
        func.sum(case((accounts.c.kind == "fees", lines.c.amount_minor), else_=0)).label("charged"),
        func.min(case((accounts.c.kind == "merchant", lines.c.account_id), else_=None)).label("payer"),
    )
    .join(accounts, accounts.c.id == lines.c.account_id)
    .join(entries, entries.c.id == lines.c.entry_id)
    .where(entries.c.kind == "fee")
    .group_by(lines.c.entry_id)
    .subquery("moved")
)
_charged = func.coalesce(_moved.c.charged, 0)
_WRONG_CHARGE = (
    select(settlements.c.id, settlements.c.fee_minor, _charged.label("charged"))
    .join(terminals, terminals.c.id == settlements.c.terminal_id)
    .join(merchants, merchants.c.id == terminals.c.merchant_id)
    .outerjoin(_moved, _moved.c.entry_id == settlements.c.entry_id)
    .where(settlements.c.closed_ms.is_not(None))
    .where(
        or_(
            _charged != settlements.c.fee_minor,
            and_(settlements.c.fee_minor != 0, _moved.c.payer.is_distinct_from(merchants.c.account_id)),
        )
    )
    .limit(PROBLEMS_MAX)
)
_OF_NO_SETTLEMENT = (
    select(entries.c.id, func.count(settlements.c.id).label("count"))
    .outerjoin(settlements, settlements.c.entry_id == entries.c.id)
    .where(entries.c.kind == "fee")
    .group_by(entries.c.id)
    .having(func.count(settlements.c.id) != literal_column("1"))
    .limit(PROBLEMS_MAX)
)

TESTS = (
    (_WRONG_SUMS, "settlement {id}: net {net_minor}, its rows sum to {due}"),
    (_WRONG_CHARGE, "settlement {id}: fees of {fee_minor}, its entry moved {charged}"),
    (_OF_NO_SETTLEMENT, "fee entry {id}: belongs to {count} settlements"),
)
