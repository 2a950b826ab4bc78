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
    Column("balance_minor", BigInteger, nullable=False, server_default="0"),  # always the sum of its lines
    Column("opened_ms", BigInteger, nullable=False),
    _one_of("kind", "card", "merchant", "issuer"),
    _one_of("status", "active", "frozen", "blocked", "referred", "closed"),
    CheckConstraint("kind <> 'card' OR balance_minor >= 0", name="no_overdraft"),
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
    _one_of("kind", "opening", "sale", "reversal"),
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
    Column("processing_code", String(6), nullable=False),
    Column("card", String(19), nullable=False),
    Column("amount_minor", BigInteger, nullable=False, server_default="0"),
    Column("entry_mode", String(3)),
    Column("operator", String(3)),
    Column("reason", String(2)),  # of a reversal: its field 39
    Column("original_batch", Integer),  # of a reversal: its field 61
    Column("original_trace", Integer),
    Column("code", String(2)),
    Column("reference", String(12), unique=True),
    Column("answer", Text),  # the first answer's fields as JSON, without its MAC
    Column("reversed_by", ForeignKey("transactions.id")),
    Column("received_ms", BigInteger, nullable=False),
    # One request, one row: what makes a repeated request harmless.
    UniqueConstraint("terminal_id", "batch", "trace", "mti"),
    Index(None, "terminal_id", "original_batch", "original_trace"),
    Index(None, "received_ms"),
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
