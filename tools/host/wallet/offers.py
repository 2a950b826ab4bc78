"""What a terminal waits to be paid for by its code: known from the queries by which it asks.

The text of a merchant's code is signed by nobody, and its amount and numbers can be changed by whoever pays. So a
wallet pays only what a terminal has just asked for in a message that proves itself. A code that is no longer waited
for, on a slip for example, cannot be paid either.
"""

from sqlalchemy import bindparam, insert, select, update

from tools.host.store.schema import wallet_offers

FRESH_MS = 30_000  # a terminal asks every 5 s

_VALUES = {name: bindparam("v_" + name) for name in ("batch", "trace", "amount_minor", "asked_ms")}
_UPDATE = (
    update(wallet_offers)
    .where(wallet_offers.c.terminal_id == bindparam("terminal"))
    .values(_VALUES)
    .returning(wallet_offers.c.terminal_id)
)
_INSERT = insert(wallet_offers).values({"terminal_id": bindparam("terminal")} | _VALUES)
_OFFER = select(wallet_offers).where(wallet_offers.c.terminal_id == bindparam("terminal"))


def asked(unit, terminal_id, batch, trace, amount_minor, now_ms):
    """A terminal asked what became of this sale, and it is not here yet. One a terminal is remembered."""
    values = {"v_batch": batch, "v_trace": trace, "v_amount_minor": amount_minor, "v_asked_ms": now_ms}
    if unit.one(_UPDATE, terminal=terminal_id, **values) is None:
        unit.run(_INSERT, terminal=terminal_id, **values)


def waiting(unit, terminal_id, batch, trace, amount_minor, now_ms):
    """True when the terminal waits for just this."""
    row = unit.one(_OFFER, terminal=terminal_id)
    if row is None or not 0 <= now_ms - row["asked_ms"] < FRESH_MS:
        return False
    return (row["batch"], row["trace"], row["amount_minor"]) == (batch, trace, amount_minor)
