"""The proof that the books are right: every entry, every balance, and every answer that moved money."""

from typing import NamedTuple

from sqlalchemy import and_, case, exists, func, not_, or_, select

from tools.host.ledger import check_fees
from tools.host.store.schema import accounts, entries, holds, lines, merchants, terminals, transactions

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
_OVERDRAWN = (
    select(accounts.c.id)
    .where(accounts.c.kind == "card", accounts.c.balance_minor < accounts.c.held_minor)
    .limit(PROBLEMS_MAX)
)
_TOTAL = select(func.coalesce(func.sum(accounts.c.balance_minor), 0))

# What a transaction must have added to its card, or to what cards owe their issuer: see README.md.
_original = transactions.alias("original")
_approved = transactions.c.code == "00"
_due_by_kind = case(
    (transactions.c.kind.in_(("sale", "offline", "completion")), -transactions.c.amount_minor),
    (transactions.c.kind.in_(("void", "completion_void", "refund")), transactions.c.amount_minor),
    (transactions.c.kind != "reversal", 0),
    # A reversal: the opposite of its original, less what was refunded of that before.
    (_original.c.kind.in_(("sale", "completion")), _original.c.amount_minor - _original.c.refunded_minor),
    (_original.c.kind.in_(("void", "completion_void")), -_original.c.amount_minor),
    else_=0,
)
_due = case((_approved, _due_by_kind), else_=0)


def _sum_if(condition):
    return func.sum(case((condition, lines.c.amount_minor), else_=0))


# Summed in one pass over the lines: as a question asked for each transaction it would be answered by reading all of an
# account's lines each time.
_moved = (
    select(
        entries.c.transaction_id,
        _sum_if(or_(accounts.c.number == transactions.c.card, accounts.c.kind == "receivable")).label("customers"),
        _sum_if(accounts.c.id == merchants.c.account_id).label("merchants"),
        func.count(entries.c.id.distinct()).label("entries"),
    )
    .join(lines, lines.c.entry_id == entries.c.id)
    .join(accounts, accounts.c.id == lines.c.account_id)
    .join(transactions, transactions.c.id == entries.c.transaction_id)
    .join(terminals, terminals.c.id == transactions.c.terminal_id)
    .join(merchants, merchants.c.id == terminals.c.merchant_id)
    .group_by(entries.c.transaction_id)
    .subquery("moved")
)
_customers = func.coalesce(_moved.c.customers, 0)
_merchants = func.coalesce(_moved.c.merchants, 0)
_entries = func.coalesce(_moved.c.entries, 0)
_WRONG_MOVEMENT = (
    select(transactions.c.id, transactions.c.code, _due.label("due"), _customers.label("moved"))
    .outerjoin(_original, _original.c.id == transactions.c.original_id)
    .outerjoin(_moved, _moved.c.transaction_id == transactions.c.id)
    .where(
        or_(
            _customers != _due,
            _merchants != -_due,
            _entries > 1,
            and_(_due != 0, _entries != 1),
            # A reversal that moves nothing may still lend what a restored hold needs.
            and_(_due == 0, transactions.c.kind != "reversal", _entries != 0),
        )
    )
    .limit(PROBLEMS_MAX)
)
_UNANSWERED = select(transactions.c.id).where(transactions.c.code.is_(None)).limit(PROBLEMS_MAX)


# Marks on a transaction, and the transactions that made them.
_by = transactions.alias("by")
_VOIDS = {"void": ("sale", "offline"), "completion_void": ("completion",), "preauth_void": ("preauth",)}
_right_void = or_(*[and_(_by.c.kind == kind, transactions.c.kind.in_(of)) for kind, of in _VOIDS.items()])


def _wrong_mark(column, right):
    """Transactions marked by something that is not an approved, standing transaction about them."""
    stands = (_by.c.code == "00", _by.c.reversed_by.is_(None), _by.c.original_id == transactions.c.id)
    good = and_(_approved, *stands, _by.c.amount_minor == transactions.c.amount_minor, right)
    return select(transactions.c.id).join(_by, _by.c.id == column).where(not_(good)).limit(PROBLEMS_MAX)


def _unmarked(column, kinds):
    """Approved, standing transactions of these kinds whose original is not marked with them."""
    return (
        select(_by.c.id)
        .outerjoin(transactions, and_(transactions.c.id == _by.c.original_id, column == _by.c.id))
        .where(_by.c.kind.in_(kinds), _by.c.code == "00", _by.c.reversed_by.is_(None), transactions.c.id.is_(None))
        .limit(PROBLEMS_MAX)
    )


_BACK_TWICE = (
    select(transactions.c.id)
    .where(transactions.c.voided_by.is_not(None))
    .where(or_(transactions.c.reversed_by.is_not(None), transactions.c.refunded_minor != 0))
    .limit(PROBLEMS_MAX)
)
_refunds = (
    select(func.coalesce(func.sum(_by.c.amount_minor), 0))
    .where(_by.c.original_id == transactions.c.id, _by.c.kind == "refund", _by.c.code == "00")
    .scalar_subquery()
)
_WRONG_REFUNDS = (
    select(transactions.c.id, transactions.c.refunded_minor, _refunds.label("total"))
    .where(or_(transactions.c.refunded_minor != _refunds, transactions.c.refunded_minor > transactions.c.amount_minor))
    .limit(PROBLEMS_MAX)
)

# Holds: what an account keeps is the sum of its open ones, and each is in the state that its transactions say.
_held = (
    select(func.coalesce(func.sum(holds.c.amount_minor), 0))
    .where(holds.c.account_id == accounts.c.id, holds.c.state == "open")
    .scalar_subquery()
)
_WRONG_HELD = (
    select(accounts.c.id, accounts.c.held_minor, _held.label("total"))
    .where(accounts.c.held_minor != _held)
    .limit(PROBLEMS_MAX)
)
_HOLD_MISSING = (
    select(transactions.c.id)
    .outerjoin(holds, holds.c.transaction_id == transactions.c.id)
    .where(holds.c.id.is_(None), transactions.c.kind == "preauth", _approved)
    .limit(PROBLEMS_MAX)
)
_completed = exists().where(
    _by.c.original_id == transactions.c.id,
    _by.c.kind == "completion",
    _by.c.code == "00",
    _by.c.reversed_by.is_(None),
    _by.c.voided_by.is_(None),
)
_preauth_stands = and_(_approved, transactions.c.reversed_by.is_(None), transactions.c.voided_by.is_(None))
_WRONG_HOLD = (
    select(holds.c.id, holds.c.state)
    .join(transactions, transactions.c.id == holds.c.transaction_id)
    .join(accounts, accounts.c.id == holds.c.account_id)
    .where(
        or_(
            transactions.c.kind != "preauth",
            accounts.c.number != transactions.c.card,
            holds.c.amount_minor > transactions.c.amount_minor,
            and_(holds.c.state == "completed", not_(_completed)),
            and_(holds.c.state != "completed", _completed),
            and_(holds.c.state == "released", _preauth_stands),
            and_(holds.c.state.in_(("open", "expired")), not_(_preauth_stands)),
        )
    )
    .limit(PROBLEMS_MAX)
)

_TESTS = (
    (_UNBALANCED, "entry {id}: {count} lines sum to {total}, sealed {sealed}"),
    (_WRONG_BALANCE, "account id {id}: balance {balance_minor}, its lines sum to {total}"),
    (_OVERDRAWN, "account id {id}: card overdrawn, or below what it holds"),
    (_WRONG_MOVEMENT, "transaction {id}, code {code}: should move {due}, moved {moved}"),
    (_UNANSWERED, "transaction {id}: no answer stored"),
    (_wrong_mark(transactions.c.voided_by, _right_void), "transaction {id}: marked as voided by what is no void of it"),
    (_wrong_mark(transactions.c.reversed_by, _by.c.kind == "reversal"), "transaction {id}: marked as reversed wrongly"),
    (_unmarked(transactions.c.voided_by, tuple(_VOIDS)), "void {id}: its original is not marked"),
    (_unmarked(transactions.c.reversed_by, ("reversal",)), "reversal {id}: its original is not marked"),
    (_BACK_TWICE, "transaction {id}: its money went back twice"),
    (_WRONG_REFUNDS, "transaction {id}: {refunded_minor} refunded, its refunds sum to {total}"),
    (_WRONG_HELD, "account id {id}: {held_minor} held, its holds sum to {total}"),
    (_HOLD_MISSING, "pre-authorisation {id}: no hold"),
    (_WRONG_HOLD, "hold {id}: {state}, which its transactions contradict"),
    *check_fees.TESTS,
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
