"""Opening accounts and posting entries. Knows nothing of messages or terminals.

A line's amount is signed: positive raises what is owed to the account's holder, negative lowers it. The lines of an
entry sum to zero, so money only ever moves.
"""

from typing import NamedTuple

from sqlalchemy import bindparam, func, insert, or_, select, update

from tools.host.store.schema import accounts, entries, lines

LINES_MAX = 100
AMOUNT_MINOR_MAX = 10**15  # far above any account here, far below 2^63
RECEIVABLE_NUMBER = "9100000000000000"


class LedgerError(Exception):
    """A movement that the books refuse. Nothing of it is kept."""


class UnbalancedEntry(LedgerError):
    """The lines do not sum to zero, or there are fewer than two."""


class BadAmount(LedgerError):
    """A line that is zero, no integer, or out of range."""


class Overdraft(LedgerError):
    """A card account would fall below what it holds."""


class UnknownAccount(LedgerError):
    """No such account."""


class Line(NamedTuple):
    """One account's part of an entry."""

    account_id: int
    amount_minor: int


class Posted(NamedTuple):
    """An entry that was posted, and {account id: balance after it}."""

    entry_id: int
    balances: dict


_INSERT_ACCOUNT = (
    insert(accounts)
    .values({c: bindparam(c) for c in ("number", "kind", "status", "expires", "sale_limit_minor", "opened_ms")})
    .returning(accounts.c.id)
)
_INSERT_ENTRY = (
    insert(entries)
    .values(kind=bindparam("kind"), transaction_id=bindparam("transaction_id"), posted_ms=bindparam("posted_ms"))
    .returning(entries.c.id)
)
_INSERT_LINE = insert(lines).values({c.name: bindparam(c.name) for c in lines.c})
_SEAL = update(entries).where(entries.c.id == bindparam("entry_id")).values(sealed=1)
_MOVE = (
    update(accounts)
    .where(accounts.c.id == bindparam("account_id"))
    .where(
        or_(accounts.c.kind != "card", accounts.c.balance_minor + bindparam("amount_minor") >= accounts.c.held_minor)
    )
    .values(balance_minor=accounts.c.balance_minor + bindparam("amount_minor"))
    .returning(accounts.c.balance_minor)
)
# Locked until the transaction ends, where others write too: what is decided by the row stays true.
_ACCOUNT = select(accounts).where(accounts.c.number == bindparam("number")).with_for_update(key_share=True)
_ACCOUNT_BY_ID = select(accounts).where(accounts.c.id == bindparam("account_id")).with_for_update(key_share=True)
_CARDS = (
    select(accounts.c.id)
    .where(accounts.c.number == func.any(bindparam("numbers")), accounts.c.kind == "card")
    .order_by(accounts.c.id)
    .with_for_update(key_share=True)
)
_LINES_OF_TRANSACTION = (
    select(lines.c.account_id, lines.c.amount_minor)
    .join(entries, entries.c.id == lines.c.entry_id)
    .where(entries.c.transaction_id == bindparam("transaction_id"))
    .order_by(lines.c.entry_id, lines.c.position)
)


def open_account(unit, number, kind, at_ms, status="active", expires=None, sale_limit_minor=None):
    """Makes an account that holds nothing; its id. `expires` is YYMM."""
    values = {"number": number, "kind": kind, "status": status, "expires": expires}
    return unit.one(_INSERT_ACCOUNT, **values, sale_limit_minor=sale_limit_minor, opened_ms=at_ms)["id"]


def lock_cards(unit, numbers):
    """Locks these cards in the order of their ids; for a unit that is shared."""
    unit.run(_CARDS, numbers=numbers)


def find_account(unit, number):
    """The account's row, locked where others write too; or None."""
    return unit.one(_ACCOUNT, number=number)


def available_minor(account):
    """What may be spent: the balance without what is held."""
    return account["balance_minor"] - account["held_minor"]


def receivable(unit, at_ms):
    """Id of the account of what cards owe their issuer; it is opened when it is first needed."""
    account = find_account(unit, RECEIVABLE_NUMBER)
    return account["id"] if account else open_account(unit, RECEIVABLE_NUMBER, "receivable", at_ms)


def taken_back(unit, account_id, amount_minor, at_ms):
    """(lines, short) that take the amount from a card whatever it still has: the issuer lends what is short.

    Only for putting back what was undone by mistake. What is held stays held.
    """
    short_minor = max(0, amount_minor - available_minor(account_row(unit, account_id)))
    lines_ = [Line(account_id, short_minor - amount_minor)] if short_minor != amount_minor else []
    if short_minor:
        lines_.append(Line(receivable(unit, at_ms), -short_minor))
    return lines_, short_minor


def account_row(unit, account_id):
    """The account's row, locked where others write too; or None."""
    return unit.one(_ACCOUNT_BY_ID, account_id=account_id)


def post(unit, kind, entry_lines, at_ms, transaction_id=None):
    """Posts one entry inside the caller's transaction -> Posted.

    Raises UnbalancedEntry, BadAmount, Overdraft or UnknownAccount; the caller's transaction must then be left.
    """
    _prove(entry_lines)
    balances = {}
    # Always in the same order, so that two entries over the same accounts cannot wait for each other.
    for line in sorted(entry_lines):
        moved = unit.one(_MOVE, **line._asdict())
        if moved is None:
            raise _why_not(unit, line)
        balances[line.account_id] = moved["balance_minor"]
    entry_id = unit.one(_INSERT_ENTRY, kind=kind, transaction_id=transaction_id, posted_ms=at_ms)["id"]
    for position, line in enumerate(entry_lines):
        unit.run(_INSERT_LINE, entry_id=entry_id, position=position, **line._asdict())
    unit.run(_SEAL, entry_id=entry_id)
    return Posted(entry_id, balances)


def lines_of(unit, transaction_id):
    """The lines that the transaction's entry posted."""
    return [Line(*row) for row in unit.run(_LINES_OF_TRANSACTION, transaction_id=transaction_id)]


def _prove(entry_lines):
    if not 2 <= len(entry_lines) <= LINES_MAX:
        raise UnbalancedEntry(f"an entry has 2 to {LINES_MAX} lines, not {len(entry_lines)}")
    for line in entry_lines:
        if type(line.amount_minor) is not int or not 0 < abs(line.amount_minor) <= AMOUNT_MINOR_MAX:
            raise BadAmount(f"line of {line.amount_minor!r}")
    total = sum(line.amount_minor for line in entry_lines)
    if total:
        raise UnbalancedEntry(f"lines sum to {total}")


def _why_not(unit, line):
    if account_row(unit, line.account_id) is None:
        return UnknownAccount(f"account id {line.account_id}")
    return Overdraft(f"account id {line.account_id} would fall below what it holds")
