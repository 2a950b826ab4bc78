"""Voids, refunds, holds, alerts; and what a transaction must tell about them.

SQLite cannot change a constraint of a table that others refer to. Its documentation allows to edit the table's own
text where, as here, a constraint only becomes another one and no row has to change.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")

OLD_ENTRY_KINDS = "'opening', 'sale', 'reversal'"
ENTRY_KINDS = OLD_ENTRY_KINDS + ", 'void', 'refund', 'completion', 'completion_void', 'fee', 'settlement'"
OLD_ACCOUNT_KINDS = "'card', 'merchant', 'issuer'"
ACCOUNT_KINDS = OLD_ACCOUNT_KINDS + ", 'receivable', 'fees'"
OLD_NO_OVERDRAFT = "kind <> 'card' OR balance_minor >= 0"
NO_OVERDRAFT = "held_minor >= 0 AND (kind <> 'card' OR balance_minor >= held_minor)"
# table, constraint, its condition before and after
CONSTRAINTS = (
    ("accounts", "ck_accounts_kind", f"kind IN ({OLD_ACCOUNT_KINDS})", f"kind IN ({ACCOUNT_KINDS})"),
    ("accounts", "ck_accounts_no_overdraft", OLD_NO_OVERDRAFT, NO_OVERDRAFT),
    ("entries", "ck_entries_kind", f"kind IN ({OLD_ENTRY_KINDS})", f"kind IN ({ENTRY_KINDS})"),
)
_REFERENCE = " CONSTRAINT fk_transactions_{0} REFERENCES transactions (id)"
_REFUNDED = " CONSTRAINT ck_transactions_refunded CHECK (refunded_minor BETWEEN 0 AND amount_minor)"
# column, type, constraint
COLUMNS = (
    ("kind", "VARCHAR(16) DEFAULT '' NOT NULL", ""),
    ("approver", "VARCHAR(3)", ""),
    ("order_number", "VARCHAR(20)", ""),
    ("pay_code", "VARCHAR(24)", ""),
    ("original_reference", "VARCHAR(12)", ""),
    ("original_id", "BIGINT", _REFERENCE.format("original_id")),
    ("voided_by", "BIGINT", _REFERENCE.format("voided_by")),
    ("refunded_minor", "BIGINT DEFAULT '0' NOT NULL", _REFUNDED),
)
INDEXES = (["terminal_id", "received_ms"], ["original_id"], ["order_number"])
FILL = (
    "UPDATE transactions SET kind = CASE WHEN mti = '0400' THEN 'reversal'"
    " WHEN processing_code = '310000' THEN 'balance' ELSE 'sale' END",
    "UPDATE transactions SET original_id = (SELECT o.id FROM transactions o WHERE o.reversed_by = transactions.id)"
    " WHERE mti = '0400'",
)
# Who could sell can take back; what is read from a card was a card sale until now.
SERVICES = (
    "INSERT INTO merchant_services (merchant_id, service, enabled) SELECT merchant_id, '{0}', enabled"
    " FROM merchant_services s WHERE service = 'sale' AND NOT EXISTS (SELECT 1 FROM merchant_services o"
    " WHERE o.merchant_id = s.merchant_id AND o.service = '{0}')"
)
NEW_SERVICES = ("nfc", "qr", "void", "refund", "preauth")


def upgrade():
    op.add_column("accounts", sa.Column("held_minor", sa.BigInteger, nullable=False, server_default="0"))
    for table, name, before, after in CONSTRAINTS:
        _constraint(table, name, before, after)
    for name, kind, constraint in COLUMNS:
        # The type that each database gives a reference to a row's number.
        here = kind.replace("BIGINT", "INTEGER") if constraint.startswith(" CONSTRAINT fk") and _sqlite() else kind
        op.execute(f"ALTER TABLE transactions ADD COLUMN {name} {here}{constraint}")
    for columns in INDEXES:
        op.create_index(op.f(f"ix_transactions_{'_'.join(columns)}"), "transactions", columns)
    _holds()
    _alerts()
    for statement in (*FILL, *(SERVICES.format(name) for name in NEW_SERVICES)):
        op.execute(statement)


def downgrade():
    """Fails on books that hold what 0001 has no words for; entries are never deleted."""
    op.drop_table("alerts")
    op.drop_table("holds")
    for columns in INDEXES:
        op.drop_index(op.f(f"ix_transactions_{'_'.join(columns)}"), "transactions")
    for name, _, constraint in reversed(COLUMNS):
        if _sqlite():
            _edit("transactions", constraint, "")
        op.drop_column("transactions", name)
    for table, name, before, after in CONSTRAINTS:
        _constraint(table, name, after, before)
    op.drop_column("accounts", "held_minor")


def _sqlite():
    return op.get_bind().dialect.name == "sqlite"


def _constraint(table, name, before, after):
    if _sqlite():
        _edit(table, f"CHECK ({before})", f"CHECK ({after})")
    else:
        op.drop_constraint(name, table)
        op.create_check_constraint(op.f(name), table, after)


def _edit(table, before, after):
    """Replaces a part of the table's own text; fails when it is not there."""
    bind = op.get_bind()
    text = bind.exec_driver_sql(f"SELECT sql FROM sqlite_master WHERE type = 'table' AND name = '{table}'").scalar()
    if before not in text:
        raise ValueError(f"{table}: {before} not found")
    version = bind.exec_driver_sql("PRAGMA schema_version").scalar()
    bind.exec_driver_sql("PRAGMA writable_schema = ON")
    bind.exec_driver_sql(
        "UPDATE sqlite_master SET sql = ? WHERE type = 'table' AND name = ?", (text.replace(before, after), table)
    )
    bind.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    bind.exec_driver_sql("PRAGMA writable_schema = RESET")


def _refers(table, column, target, nullable=False):
    key = sa.ForeignKey(f"{target}.id", name=op.f(f"fk_{table}_{column}"))
    return sa.Column(column, KEY, key, nullable=nullable)


def _holds():
    op.create_table(
        "holds",
        sa.Column("id", KEY, nullable=False),
        _refers("holds", "account_id", "accounts"),
        _refers("holds", "transaction_id", "transactions"),
        sa.Column("amount_minor", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String(16), nullable=False, server_default="open"),
        sa.Column("opened_ms", sa.BigInteger, nullable=False),
        sa.Column("expires_ms", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
        sa.UniqueConstraint("transaction_id", name=op.f("uq_holds_transaction_id")),
        sa.CheckConstraint("state IN ('open', 'completed', 'released', 'expired')", name=op.f("ck_holds_state")),
        sa.CheckConstraint("amount_minor >= 0", name=op.f("ck_holds_amount")),
    )
    op.create_index(op.f("ix_holds_account_id_state"), "holds", ["account_id", "state"])
    op.create_index(op.f("ix_holds_state_expires_ms"), "holds", ["state", "expires_ms"])


def _alerts():
    op.create_table(
        "alerts",
        sa.Column("id", KEY, nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        _refers("alerts", "merchant_id", "merchants"),
        _refers("alerts", "terminal_id", "terminals", nullable=True),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
        sa.Column("details", sa.Text, nullable=False, server_default="{}"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
    )
    op.create_index(op.f("ix_alerts_merchant_id_at_ms"), "alerts", ["merchant_id", "at_ms"])
    op.create_index(op.f("ix_alerts_terminal_id_kind_at_ms"), "alerts", ["terminal_id", "kind", "at_ms"])
