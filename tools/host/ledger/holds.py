"""Money set aside on an account: it stays there, and only its own completion may take it.

What an account holds in all is kept beside its balance, in the same transaction; a constraint keeps both in order. An
expired hold is let go when its account is next looked at, and by a sweep.
"""

from sqlalchemy import bindparam, insert, select, update

from tools.host.ledger.book import Overdraft, account_row
from tools.host.store.schema import accounts, holds

OPEN, COMPLETED, RELEASED, EXPIRED = "open", "completed", "released", "expired"
SWEEP_MAX = 200  # holds in one database transaction

_INSERT = insert(holds).values(
    {
        name: bindparam("v_" + name)
        for name in ("account_id", "transaction_id", "amount_minor", "opened_ms", "expires_ms")
    }
)
_CHANGE = (
    update(holds)
    .where(holds.c.id == bindparam("hold"), holds.c.state != bindparam("to"))
    .values(state=bindparam("to"), amount_minor=bindparam("to_minor"))
    .returning(holds.c.id)
)
_KEEP = (
    update(accounts)
    .where(accounts.c.id == bindparam("account"))
    .where(accounts.c.balance_minor - accounts.c.held_minor >= bindparam("more_minor"))
    .values(held_minor=accounts.c.held_minor + bindparam("more_minor"))
    .returning(accounts.c.held_minor)
)
_OF = select(holds).where(holds.c.transaction_id == bindparam("transaction"))
_IS_DUE = (holds.c.state == OPEN, holds.c.expires_ms <= bindparam("now_ms"))
_DUE_ANYWHERE = select(holds.c.id, holds.c.account_id).where(*_IS_DUE).order_by(holds.c.expires_ms).limit(SWEEP_MAX)
_DUE_HERE = select(holds).where(*_IS_DUE, holds.c.account_id == bindparam("account"))


def place(unit, account_id, transaction_id, amount_minor, now_ms, expires_ms):
    """Sets the amount aside for this pre-authorisation; Overdraft when it is not there."""
    _keep(unit, account_id, amount_minor)
    unit.run(
        _INSERT,
        v_account_id=account_id,
        v_transaction_id=transaction_id,
        v_amount_minor=amount_minor,
        v_opened_ms=now_ms,
        v_expires_ms=expires_ms,
    )


def of(unit, transaction_id):
    """Row of this pre-authorisation's hold, or None."""
    return unit.one(_OF, transaction=transaction_id)


def end(unit, hold, state):
    """Lets go of what it holds, if it still does, and says why."""
    if hold["state"] == OPEN:
        _keep(unit, hold["account_id"], -hold["amount_minor"])
    _change(unit, hold, state, hold["amount_minor"])


def again(unit, hold, amount_minor, now_ms):
    """Holds this much (perhaps 0) once more, until it expires as it would have."""
    if hold["expires_ms"] <= now_ms:
        _change(unit, hold, EXPIRED, hold["amount_minor"])
        return
    _keep(unit, hold["account_id"], amount_minor)
    _change(unit, hold, OPEN, amount_minor)


def refreshed(unit, account, now_ms):
    """The account's row after its expired holds were let go. `account` was read under its lock."""
    if not account["held_minor"]:
        return account
    _end_all(unit, unit.run(_DUE_HERE, now_ms=now_ms, account=account["id"]))
    return account_row(unit, account["id"])


def sweep(unit, now_ms):
    """Lets go of expired holds, the oldest first, of as many accounts as SWEEP_MAX of them have; how many holds.

    Another host may have let go of them since they were read: what counts is what is read under the account's lock.
    """
    found = {row["account_id"] for row in unit.run(_DUE_ANYWHERE, now_ms=now_ms)}
    for account_id in sorted(found):
        account_row(unit, account_id)
    return sum(_end_all(unit, unit.run(_DUE_HERE, now_ms=now_ms, account=account_id)) for account_id in found)


def _end_all(unit, rows):
    for hold in rows:
        end(unit, hold, EXPIRED)
    return len(rows)


def _keep(unit, account_id, more_minor):
    if unit.one(_KEEP, account=account_id, more_minor=more_minor) is None:
        raise Overdraft(f"account id {account_id} has not {more_minor} to hold")


def _change(unit, hold, state, amount_minor):
    unit.run(_CHANGE, hold=hold["id"], to=state, to_minor=amount_minor)
