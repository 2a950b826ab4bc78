"""The secret link of an account's wallet page. Who has the link has the wallet; only its digest is stored."""

import hashlib
import secrets

from sqlalchemy import bindparam, delete, insert, select

from tools.host.ledger import book
from tools.host.store.schema import accounts, wallets

TOKEN_BYTES = 18

_DELETE = delete(wallets).where(wallets.c.account_id == bindparam("account"))
_INSERT = insert(wallets).values({c.name: bindparam("v_" + c.name) for c in wallets.c})
_ACCOUNT = select(accounts).join(wallets, wallets.c.account_id == accounts.c.id)


def make(unit, account_id, now_ms):
    """A new link's token; the link before it leads nowhere from then on."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    book.account_row(unit, account_id)  # locked: of two that are made at once the later one stays
    unit.run(_DELETE, account=account_id)
    unit.run(_INSERT, v_account_id=account_id, v_digest=_digest(token), v_made_ms=now_ms)
    return token


def account_of(engine, token):
    """The account's row, or None. Read apart from the writer, which strangers must not keep waiting."""
    with engine.begin() as connection:
        found = connection.execute(_ACCOUNT.where(wallets.c.digest == _digest(token)))
        return found.mappings().one_or_none()


def _digest(token):
    return hashlib.sha256(token.encode("utf-8")).hexdigest()
