"""The tables. SQLAlchemy Core; migrations/ makes them, and a test compares the two.

Money is a signed integer in minor units, time is milliseconds since 1970 UTC. Both are 64-bit on every database.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    true,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite numbers rows by itself only in a column whose type is exactly INTEGER.
Key = BigInteger().with_variant(Integer, "sqlite")


def _one_of(column, *values):
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


# "sale" is any sale; a pre-authorisation moves nothing and has no entry.
ENTRY_KINDS = ("opening", "sale", "reversal", "void", "refund", "completion", "completion_void", "fee", "settlement")

accounts = Table(
    "accounts",
    metadata,
    Column("id", Key, primary_key=True),
    Column("number", String(32), nullable=False, unique=True),
    Column("kind", String(16), nullable=False),
    Column("status", String(16), nullable=False, server_default="active"),
    Column("currency", String(3), nullable=False, server_default="156"),
    Column("expires", String(4)),  # YYMM, the last month it may be used in
    Column("sale_limit_minor", BigInteger),  # of one sale; none when null
    Column("card_type", String(8)),  # of a card: "debit" or "credit", what its payments cost; null is debit
    Column("balance_minor", BigInteger, nullable=False, server_default="0"),  # always the sum of its lines
    Column("held_minor", BigInteger, nullable=False, server_default="0"),  # always the sum of its open holds
    Column("opened_ms", BigInteger, nullable=False),
    _one_of("kind", "card", "merchant", "issuer", "receivable", "fees"),
    _one_of("status", "active", "frozen", "blocked", "referred", "closed"),
    CheckConstraint("held_minor >= 0 AND (kind <> 'card' OR balance_minor >= held_minor)", name="no_overdraft"),
)

entries = Table(
    "entries",
    metadata,
    Column("id", Key, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("transaction_id", ForeignKey("transactions.id")),
    Column("posted_ms", BigInteger, nullable=False),
    # Lines are added while it is 0; setting it to 1 proves the sum and closes the entry for good (triggers).
    Column("sealed", Integer, nullable=False, server_default="0"),
    _one_of("kind", *ENTRY_KINDS),
    Index(None, "transaction_id"),
)

lines = Table(
    "lines",
    metadata,
    Column("entry_id", ForeignKey("entries.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False),
    Column("amount_minor", BigInteger, nullable=False),  # positive: owed to the account's holder rises
    CheckConstraint("amount_minor <> 0", name="amount"),
    Index(None, "account_id", "entry_id"),
)

merchants = Table(
    "merchants",
    metadata,
    Column("id", Key, primary_key=True),
    Column("number", String(15), nullable=False, unique=True),
    Column("name", String(60), nullable=False),
    Column("status", String(16), nullable=False, server_default="open"),
    Column("account_id", ForeignKey("accounts.id"), nullable=False),
    _one_of("status", "open", "closed"),
)

merchant_parameters = Table(
    "merchant_parameters",
    metadata,
    Column("merchant_id", ForeignKey("merchants.id"), primary_key=True),
    Column("tag", String(2), primary_key=True),
    Column("value", String(200), nullable=False),
)

merchant_services = Table(
    "merchant_services",
    metadata,
    Column("merchant_id", ForeignKey("merchants.id"), primary_key=True),
    Column("service", String(16), primary_key=True),
    Column("enabled", Boolean, nullable=False, server_default=true()),
    Column("off_by", String(8)),  # "merchant" when the merchant itself switched it off; else the host did
    Column("removed", Boolean, nullable=False, server_default=false()),  # off, and gone from the terminals' menus
)

terminals = Table(
    "terminals",
    metadata,
    Column("id", Key, primary_key=True),
    Column("number", String(8), nullable=False, unique=True),
    Column("merchant_id", ForeignKey("merchants.id"), nullable=False),
    Column("status", String(16), nullable=False, server_default="enabled"),
    Column("batch", Integer, nullable=False, server_default="1"),
    Column("last_trace", Integer, nullable=False, server_default="0"),  # in this batch
    Column("operator", String(3)),
    Column("master_key", Text, nullable=False),  # this and the next two: TR-31 blocks under the host's storage key
    Column("mac_key", Text),
    Column("mac_key_offered", Text),  # given at sign-on, not used by the terminal yet
    Column("last_seen_ms", BigInteger),
    _one_of("status", "enabled", "disabled"),
)

transactions = Table(
    "transactions",
    metadata,
    Column("id", Key, primary_key=True),
    Column("terminal_id", ForeignKey("terminals.id"), nullable=False),
    Column("batch", Integer, nullable=False),
    Column("trace", Integer, nullable=False),
    Column("mti", String(4), nullable=False),
    Column("kind", String(16), nullable=False, server_default=""),  # sale, void, refund ...: switch/kinds.py
    Column("processing_code", String(6), nullable=False),
    Column("card", String(19), nullable=False),  # "" while a QR code has not told whose account it is
    Column("amount_minor", BigInteger, nullable=False, server_default="0"),
    Column("entry_mode", String(3)),
    Column("operator", String(3)),
    Column("approver", String(3)),  # who allowed it with a PIN, where that was asked
    Column("reason", String(2)),  # of a reversal: its field 39; else item 01 of field 63
    Column("order_number", String(20)),
    Column("pay_code", String(24)),  # of a customer's QR code: the first digits of its SHA-256
    Column("original_batch", Integer),  # field 61
    Column("original_trace", Integer),
    Column("original_reference", String(12)),  # field 37 of the request
    Column("original_id", ForeignKey("transactions.id")),  # what it voids, refunds, completes or reverses
    Column("code", String(2)),
    Column("reference", String(12), unique=True),
    Column("answer", Text),  # the first answer's fields as JSON, without its MAC
    Column("reversed_by", ForeignKey("transactions.id")),
    Column("voided_by", ForeignKey("transactions.id")),
    Column("refunded_minor", BigInteger, nullable=False, server_default="0"),  # sum of its approved refunds
    Column("received_ms", BigInteger, nullable=False),
    # One request, one row: what makes a repeated request harmless.
    UniqueConstraint("terminal_id", "batch", "trace", "mti"),
    CheckConstraint("refunded_minor BETWEEN 0 AND amount_minor", name="refunded"),
    Index(None, "terminal_id", "original_batch", "original_trace"),
    Index(None, "received_ms"),
    Index(None, "terminal_id", "received_ms"),
    Index(None, "original_id"),
    Index(None, "order_number"),
)

# Money that a pre-authorisation set aside: still on its account, but for nobody else.
holds = Table(
    "holds",
    metadata,
    Column("id", Key, primary_key=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False),
    Column("transaction_id", ForeignKey("transactions.id"), nullable=False, unique=True),
    Column("amount_minor", BigInteger, nullable=False),  # what it holds while open, held when it ended; perhaps 0
    Column("state", String(16), nullable=False, server_default="open"),
    Column("opened_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
    _one_of("state", "open", "completed", "released", "expired"),
    CheckConstraint("amount_minor >= 0", name="amount"),
    Index(None, "account_id", "state"),
    Index(None, "state", "expires_ms"),
)

# What somebody at the merchant or at the issuer should look at; shown on the platform.
alerts = Table(
    "alerts",
    metadata,
    Column("id", Key, primary_key=True),
    Column("kind", String(24), nullable=False),
    Column("merchant_id", ForeignKey("merchants.id"), nullable=False),
    Column("terminal_id", ForeignKey("terminals.id")),
    Column("at_ms", BigInteger, nullable=False),
    Column("details", Text, nullable=False, server_default="{}"),  # JSON, depends on the kind; account numbers masked
    Index(None, "merchant_id", "at_ms"),
    Index(None, "terminal_id", "kind", "at_ms"),
)

users = Table(
    "users",
    metadata,
    Column("id", Key, primary_key=True),
    Column("name", String(40), nullable=False, unique=True),
    Column("role", String(16), nullable=False),
    Column("password", String(200), nullable=False),
    _one_of("role", "owner", "reviewer", "service"),
)

# What being paid costs: dated rows, everybody's (merchant_id null) or a merchant's own; added, never changed.
fee_rates = Table(
    "fee_rates",
    metadata,
    Column("id", Key, primary_key=True),
    Column("merchant_id", ForeignKey("merchants.id")),
    Column("kind", String(16), nullable=False),
    Column("from_ms", BigInteger, nullable=False),
    Column("rate_ppm", Integer, nullable=False),  # millionths of the amount
    Column("cap_minor", BigInteger),  # of one transaction's fee; none when null
    _one_of("kind", "debit", "credit", "qr"),
    CheckConstraint("rate_ppm >= 0 AND (cap_minor IS NULL OR cap_minor >= 0)", name="not_negative"),
)

# One row a batch that a terminal asked to settle. Sums are the terminal's, then the host's own ("here").
settlements = Table(
    "settlements",
    metadata,
    Column("id", Key, primary_key=True),
    Column("terminal_id", ForeignKey("terminals.id"), nullable=False),
    Column("batch", Integer, nullable=False),
    Column("debit_minor", BigInteger, nullable=False),
    Column("debit_count", Integer, nullable=False),
    Column("credit_minor", BigInteger, nullable=False),
    Column("credit_count", Integer, nullable=False),
    Column("here_debit_minor", BigInteger, nullable=False),
    Column("here_debit_count", Integer, nullable=False),
    Column("here_credit_minor", BigInteger, nullable=False),
    Column("here_credit_count", Integer, nullable=False),
    Column("result", Integer, nullable=False),  # 1 equal, 2 not
    Column("operator", String(3)),
    Column("compared_ms", BigInteger, nullable=False),
    # From here on null until the batch is closed.
    Column("closed_ms", BigInteger),
    Column("said_items", Integer),  # how many items the terminal says that it uploaded
    Column("gross_minor", BigInteger),
    Column("fee_minor", BigInteger),
    Column("net_minor", BigInteger),
    Column("entry_id", ForeignKey("entries.id")),  # the fee's; none without a fee
    Column("answer", Text),  # field 62 of the answer to the upload's end
    UniqueConstraint("terminal_id", "batch"),
    Index(None, "closed_ms"),
)

settlement_rows = Table(
    "settlement_rows",
    metadata,
    Column("settlement_id", ForeignKey("settlements.id"), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("card_type", String(8), primary_key=True),
    Column("count", Integer, nullable=False),
    Column("gross_minor", BigInteger, nullable=False),
    Column("fee_minor", BigInteger, nullable=False),
)

settlement_items = Table(
    "settlement_items",
    metadata,
    Column("settlement_id", ForeignKey("settlements.id"), primary_key=True),
    Column("trace", Integer, primary_key=True),
    Column("type", String(2), nullable=False),  # field 60.1 of what is uploaded
    Column("card", String(20), nullable=False),  # "" when the terminal does not know it
    Column("amount_minor", BigInteger, nullable=False),
)

settlement_differences = Table(
    "settlement_differences",
    metadata,
    Column("settlement_id", ForeignKey("settlements.id"), primary_key=True),
    Column("trace", Integer, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("type_here", String(2)),
    Column("amount_here_minor", BigInteger),
    Column("type_there", String(2)),
    Column("amount_there_minor", BigInteger),
    _one_of("kind", "missing_here", "missing_there", "type", "card", "amount"),
)

# Who switched which payment service on or off, when and why. `enabled` beside the service says what holds now.
service_changes = Table(
    "service_changes",
    metadata,
    Column("id", Key, primary_key=True),
    Column("merchant_id", ForeignKey("merchants.id"), nullable=False),
    Column("service", String(16), nullable=False),
    Column("action", String(8), nullable=False),
    Column("terminal_id", ForeignKey("terminals.id")),  # null: the host's own people
    Column("operator", String(40)),
    Column("approver", String(3)),
    Column("reason", String(2)),
    Column("at_ms", BigInteger, nullable=False),
    _one_of("action", "on", "off", "remove"),
    Index(None, "merchant_id", "at_ms"),
)

# What the merchant is told: on the platform, and by webhook where an address is set.
notices = Table(
    "notices",
    metadata,
    Column("id", Key, primary_key=True),
    Column("merchant_id", ForeignKey("merchants.id"), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("data", Text, nullable=False),  # JSON object
    Column("at_ms", BigInteger, nullable=False),
    Column("delivery", String(8), nullable=False, server_default="none"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("next_ms", BigInteger),  # when the webhook is tried next, while it waits
    _one_of("delivery", "none", "waiting", "sent", "failed", "dropped"),
    Index(None, "merchant_id", "at_ms"),
    Index(None, "delivery", "next_ms"),
)

# A wallet's page is opened by a secret link, of which only the SHA-256 is kept.
wallets = Table(
    "wallets",
    metadata,
    Column("account_id", ForeignKey("accounts.id"), primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("made_ms", BigInteger, nullable=False),
)

# One-time codes that a wallet shows: a row is one that may still be used.
wallet_codes = Table(
    "wallet_codes",
    metadata,
    Column("digest", String(64), primary_key=True),  # SHA-256 of the code's digits
    Column("account_id", ForeignKey("accounts.id"), nullable=False),
    Column("made_ms", BigInteger, nullable=False),
    Index(None, "account_id"),
    Index(None, "made_ms"),
)

# The sale that a terminal waits to be paid for by the code that it shows.
wallet_offers = Table(
    "wallet_offers",
    metadata,
    Column("terminal_id", ForeignKey("terminals.id"), primary_key=True),
    Column("batch", Integer, nullable=False),
    Column("trace", Integer, nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("asked_ms", BigInteger, nullable=False),
)
