"""What happens on the other side of the counter and at the host while a terminal is tried: the host's own database."""

from tools.host.clock import SystemClock, epoch_ms
from tools.host.demo import MERCHANT, TERMINAL
from tools.host.ledger import book
from tools.host.store.database import Database
from tools.host.wallet import codes, emv, pay

WALLET = "6200000000000047"


class Merchant:
    """Beside the host's own process, on the same database."""

    def __init__(self, state):
        self._database = Database(state / "host.db")
        self._clock = SystemClock()

    def close(self):
        self._database.close()

    def now(self):
        """The host's time."""
        return self._clock.now()

    def wallet_code(self, number=WALLET):
        """A one-time code as the customer's wallet shows it."""
        now_ms = epoch_ms(self._clock.now())
        with self._database.transaction() as unit:
            return codes.issue(unit, book.find_account(unit, number)["id"], now_ms)

    def pay(self, amount_minor, number=WALLET):
        """Pays what the terminal shows, as the wallet does that has read it; False when nothing is waited for yet."""
        rows = self.sql("SELECT * FROM wallet_offers WHERE amount_minor = :amount_minor", amount_minor=amount_minor)
        if not rows:
            return False
        code = emv.MerchantCode(MERCHANT, TERMINAL, rows[0]["batch"], rows[0]["trace"], amount_minor, None)
        with self._database.transaction() as unit:
            pay.pay(unit, book.find_account(unit, number), code, self._clock.now())
        return True

    def parameter(self, tag, value):
        """Sets one of the merchant's parameters; the terminal fetches them when it signs on."""
        self.sql("DELETE FROM merchant_parameters WHERE tag = :tag", tag=tag)
        self.sql(
            "INSERT INTO merchant_parameters (merchant_id, tag, value) SELECT id, :tag, :value FROM merchants",
            tag=tag,
            value=value,
        )

    def sql(self, statement, **values):
        from sqlalchemy import text

        with self._database.engine.begin() as connection:
            result = connection.execute(text(statement), values)
            return [dict(row) for row in result.mappings()] if result.returns_rows else []
