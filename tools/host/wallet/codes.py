"""The customer's one-time codes: 16 digits, "91" + 13 random ones + check digit, valid for a minute, used once.

Only digests are stored. All 10^13 codes could be hashed by somebody with a copy of the database, but not within the
minute that a code lives.
"""

import hashlib
import secrets

from sqlalchemy import bindparam, delete, insert, select

from tools.host.ledger import book
from tools.host.store.schema import wallet_codes
from tools.host.switch.rules import luhn_ok

PREFIX = "91"
RANDOM_DIGITS = 13
DIGITS = len(PREFIX) + RANDOM_DIGITS + 1
VALID_MS = 60_000
LIVE_MAX = 6  # of one account: its page shows a new one every 30 s, in a few tabs perhaps

_INSERT = insert(wallet_codes).values({c.name: bindparam("v_" + c.name) for c in wallet_codes.c})
_EXPIRED = delete(wallet_codes).where(wallet_codes.c.made_ms <= bindparam("before_ms"))
_LIVE = (
    select(wallet_codes.c.digest)
    .where(wallet_codes.c.account_id == bindparam("account"))
    .order_by(wallet_codes.c.made_ms.desc())
)
_DELETE = delete(wallet_codes).where(wallet_codes.c.digest == bindparam("with_digest"))
_WHOSE = select(wallet_codes.c.account_id).where(wallet_codes.c.digest == bindparam("with_digest"))
_USE = _DELETE.returning(wallet_codes.c.account_id, wallet_codes.c.made_ms)


def issue(unit, account_id, now_ms):
    """A new code of this account; its digits. The oldest gives way when there are too many.

    The account's row was read under its lock.
    """
    unit.run(_EXPIRED, before_ms=now_ms - VALID_MS)
    for row in unit.run(_LIVE, account=account_id)[LIVE_MAX - 1 :]:
        unit.run(_DELETE, with_digest=row["digest"])
    code = _new()
    unit.run(_INSERT, v_digest=_digest(code), v_account_id=account_id, v_made_ms=now_ms)
    return code


def redeem(unit, code, now_ms):
    """The row of the account that shows `code`, and the code is used up; None when it is not (or no more) valid."""
    if not is_code(code):
        return None
    whose = unit.one(_WHOSE, with_digest=_digest(code))
    # Always the account before its codes, as where a code is made.
    account = whose and book.account_row(unit, whose["account_id"])
    row = account and unit.one(_USE, with_digest=_digest(code))
    if row is None or not 0 <= now_ms - row["made_ms"] < VALID_MS:
        return None
    return account


def is_code(code):
    """True for digits that one of our codes could have."""
    return len(code) == DIGITS and code.isascii() and code.isdigit() and code.startswith(PREFIX) and luhn_ok(code)


def _new():
    body = PREFIX + f"{secrets.randbelow(10**RANDOM_DIGITS):0{RANDOM_DIGITS}d}"
    return next(body + digit for digit in "0123456789" if luhn_ok(body + digit))


def _digest(code):
    return hashlib.sha256(code.encode("ascii")).hexdigest()
