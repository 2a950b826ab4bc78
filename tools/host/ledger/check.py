"""The proof that the books are right: every entry, every balance, and every answer that moved money."""

from typing import NamedTuple

from sqlalchemy import and_, case, func, or_, select

from tools.host.store.schema import accounts, entries, lines, transactions

PROBLEMS_MAX = 100


class Report(NamedTuple):
    """Counts of what was looked at, and one line per problem (at most PROBLEMS_MAX of each kind)."""

    accounts: int
    entries: int
    transactions: int
    problems: list

    @property
    def balanced(self):
        return not self.problems


_line_sum = func.coalesce(func.sum(lines.c.amount_minor), 0)
_UNBALANCED = (
    select(entries.c.id, _line_sum.label("total"), func.count(lines.c.position).label("count"), entries.c.sealed)
    .outerjoin(lines, lines.c.entry_id == entries.c.id)
    .group_by(entries.c.id, entries.c.sealed)
    .having(or_(_line_sum != 0, func.count(lines.c.position) < 2, entries.c.sealed != 1))
    .limit(PROBLEMS_MAX)
)
_WRONG_BALANCE = (
    select(accounts.c.id, accounts.c.balance_minor, _line_sum.label("total"))
    .outerjoin(lines, lines.c.account_id == accounts.c.id)
    .group_by(accounts.c.id, accounts.c.balance_minor)
    .having(accounts.c.balance_minor != _line_sum)
    .limit(PROBLEMS_MAX)
)
_OVERDRAWN = select(accounts.c.id).where(accounts.c.kind == "card", accounts.c.balance_minor < 0).limit(PROBLEMS_MAX)
_TOTAL = select(func.coalesce(func.sum(accounts.c.balance_minor), 0))

# What a transaction must have added to its card: the amount when it is an approved reversal, minus it as a sale.
_approved_payment = and_(transactions.c.code == "00", transactions.c.processing_code == "000000")
_due = case(
    (and_(_approved_payment, transactions.c.mti == "0200"), -transactions.c.amount_minor),
    (and_(_approved_payment, transactions.c.mti == "0400"), transactions.c.amount_minor),
    else_=0,
)
_moved = func.coalesce(func.sum(case((accounts.c.number == transactions.c.card, lines.c.amount_minor), else_=0)), 0)
_WRONG_MOVEMENT = (
    select(transactions.c.id, transactions.c.code, _due.label("due"), _moved.label("moved"))
    .outerjoin(entries, entries.c.transaction_id == transactions.c.id)
    .outerjoin(lines, lines.c.entry_id == entries.c.id)
    .outerjoin(accounts, accounts.c.id == lines.c.account_id)
    .group_by(transactions.c.id, transactions.c.code, transactions.c.mti, transactions.c.processing_code)
    .group_by(transactions.c.amount_minor)
    .having(or_(_moved != _due, func.count(entries.c.id.distinct()) != case((_due != 0, 1), else_=0)))
    .limit(PROBLEMS_MAX)
)
_UNANSWERED = select(transactions.c.id).where(transactions.c.code.is_(None)).limit(PROBLEMS_MAX)

_TESTS = (
    (_UNBALANCED, "entry {id}: {count} lines sum to {total}, sealed {sealed}"),
    (_WRONG_BALANCE, "account id {id}: balance {balance_minor}, its lines sum to {total}"),
    (_OVERDRAWN, "account id {id}: card overdrawn"),
    (_WRONG_MOVEMENT, "transaction {id}, code {code}: should move {due}, moved {moved}"),
    (_UNANSWERED, "transaction {id}: no answer stored"),
)


def check(engine):
    """Reads all books in one snapshot -> Report."""
    problems = []
    with engine.begin() as connection:
        for statement, text in _TESTS:
            problems += [text.format(**row) for row in connection.execute(statement).mappings()]
        total = connection.execute(_TOTAL).scalar_one()
        if total:
            problems.append(f"all accounts together hold {total}, zero expected")
        counts = [
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (accounts, entries, transactions)
        ]
    return Report(*counts, problems)
