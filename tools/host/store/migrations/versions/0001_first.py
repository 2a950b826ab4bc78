"""Accounts, entries, merchants, terminals, transactions, users."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade():
    _accounts()
    _merchants()
    _terminals()
    _transactions()
    _ledger()
    _users()
    for statement in SQLITE_TRIGGERS if op.get_bind().dialect.name == "sqlite" else POSTGRESQL_TRIGGERS:
        op.execute(statement)


def downgrade():
    for table in (
        "users",
        "lines",
        "entries",
        "transactions",
        "terminals",
        "merchant_services",
        "merchant_parameters",
        "merchants",
        "accounts",
    ):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION ledger_guard() CASCADE")


def _one_of(table, column, *values):
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=op.f(f"ck_{table}_{column}"))


def _refers(table, column, target, nullable=False, **options):
    key = sa.ForeignKey(f"{target}.id", name=op.f(f"fk_{table}_{column}"))
    return sa.Column(column, KEY, key, nullable=nullable, **options)


def _accounts():
    op.create_table(
        "accounts",
        sa.Column("id", KEY, nullable=False),
        sa.Column("number", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("status", sa.String(16), nullable=False, server_default="active"),
        sa.Column("currency", sa.String(3), nullable=False, server_default="156"),
        sa.Column("expires", sa.String(4)),
        sa.Column("sale_limit_minor", sa.BigInteger),
        sa.Column("balance_minor", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("opened_ms", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("number", name=op.f("uq_accounts_number")),
        _one_of("accounts", "kind", "card", "merchant", "issuer"),
        _one_of("accounts", "status", "active", "frozen", "blocked", "referred", "closed"),
        sa.CheckConstraint("kind <> 'card' OR balance_minor >= 0", name=op.f("ck_accounts_no_overdraft")),
    )


def _merchants():
    op.create_table(
        "merchants",
        sa.Column("id", KEY, nullable=False),
        sa.Column("number", sa.String(15), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("status", sa.String(16), nullable=False, server_default="open"),
        _refers("merchants", "account_id", "accounts"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merchants")),
        sa.UniqueConstraint("number", name=op.f("uq_merchants_number")),
        _one_of("merchants", "status", "open", "closed"),
    )
    op.create_table(
        "merchant_parameters",
        _refers("merchant_parameters", "merchant_id", "merchants"),
        sa.Column("tag", sa.String(2), nullable=False),
        sa.Column("value", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("merchant_id", "tag", name=op.f("pk_merchant_parameters")),
    )
    op.create_table(
        "merchant_services",
        _refers("merchant_services", "merchant_id", "merchants"),
        sa.Column("service", sa.String(16), nullable=False),
        sa.Column("enabled", sa.Boolean, nullable=False, server_default=sa.true()),
        sa.PrimaryKeyConstraint("merchant_id", "service", name=op.f("pk_merchant_services")),
    )


def _terminals():
    op.create_table(
        "terminals",
        sa.Column("id", KEY, nullable=False),
        sa.Column("number", sa.String(8), nullable=False),
        _refers("terminals", "merchant_id", "merchants"),
        sa.Column("status", sa.String(16), nullable=False, server_default="enabled"),
        sa.Column("batch", sa.Integer, nullable=False, server_default="1"),
        sa.Column("last_trace", sa.Integer, nullable=False, server_default="0"),
        sa.Column("operator", sa.String(3)),
        sa.Column("master_key", sa.Text, nullable=False),
        sa.Column("mac_key", sa.Text),
        sa.Column("mac_key_offered", sa.Text),
        sa.Column("last_seen_ms", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terminals")),
        sa.UniqueConstraint("number", name=op.f("uq_terminals_number")),
        _one_of("terminals", "status", "enabled", "disabled"),
    )


def _transactions():
    op.create_table(
        "transactions",
        sa.Column("id", KEY, nullable=False),
        _refers("transactions", "terminal_id", "terminals"),
        sa.Column("batch", sa.Integer, nullable=False),
        sa.Column("trace", sa.Integer, nullable=False),
        sa.Column("mti", sa.String(4), nullable=False),
        sa.Column("processing_code", sa.String(6), nullable=False),
        sa.Column("card", sa.String(19), nullable=False),
        sa.Column("amount_minor", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("entry_mode", sa.String(3)),
        sa.Column("operator", sa.String(3)),
        sa.Column("reason", sa.String(2)),
        sa.Column("original_batch", sa.Integer),
        sa.Column("original_trace", sa.Integer),
        sa.Column("code", sa.String(2)),
        sa.Column("reference", sa.String(12)),
        sa.Column("answer", sa.Text),
        _refers("transactions", "reversed_by", "transactions", nullable=True),
        sa.Column("received_ms", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transactions")),
        sa.UniqueConstraint(
            "terminal_id", "batch", "trace", "mti", name=op.f("uq_transactions_terminal_id_batch_trace_mti")
        ),
        sa.UniqueConstraint("reference", name=op.f("uq_transactions_reference")),
    )
    for columns in (["terminal_id", "original_batch", "original_trace"], ["received_ms"]):
        op.create_index(op.f(f"ix_transactions_{'_'.join(columns)}"), "transactions", columns)


def _ledger():
    op.create_table(
        "entries",
        sa.Column("id", KEY, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        _refers("entries", "transaction_id", "transactions", nullable=True),
        sa.Column("posted_ms", sa.BigInteger, nullable=False),
        sa.Column("sealed", sa.Integer, nullable=False, server_default="0"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entries")),
        _one_of("entries", "kind", "opening", "sale", "reversal"),
    )
    op.create_index(op.f("ix_entries_transaction_id"), "entries", ["transaction_id"])
    op.create_table(
        "lines",
        _refers("lines", "entry_id", "entries"),
        sa.Column("position", sa.Integer, nullable=False),
        _refers("lines", "account_id", "accounts"),
        sa.Column("amount_minor", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("entry_id", "position", name=op.f("pk_lines")),
        sa.CheckConstraint("amount_minor <> 0", name=op.f("ck_lines_amount")),
    )
    op.create_index(op.f("ix_lines_account_id_entry_id"), "lines", ["account_id", "entry_id"])


def _users():
    op.create_table(
        "users",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("password", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("name", name=op.f("uq_users_name")),
        _one_of("users", "role", "owner", "reviewer", "service"),
    )


# The ledger guards itself: a sealed entry sums to zero and neither it nor its lines ever change.
def _sqlite_guard(name, when, condition, message):
    return f"CREATE TRIGGER {name} BEFORE {when} WHEN {condition} BEGIN SELECT RAISE(ABORT, '{message}'); END"


_SEALED = "(SELECT sealed FROM entries WHERE id = {row}.entry_id) = 1"
_SUM = "(SELECT COALESCE(SUM(amount_minor), 1) FROM lines WHERE entry_id = NEW.id)"
SQLITE_TRIGGERS = (
    _sqlite_guard("entries_born_open", "INSERT ON entries", "NEW.sealed <> 0", "an entry is sealed after its lines"),
    _sqlite_guard("entries_balanced", "UPDATE ON entries", f"NEW.sealed = 1 AND {_SUM} <> 0", "unbalanced entry"),
    _sqlite_guard("entries_fixed", "UPDATE ON entries", "OLD.sealed = 1", "a sealed entry never changes"),
    _sqlite_guard("entries_kept", "DELETE ON entries", "1", "entries are never deleted"),
    _sqlite_guard("lines_closed", "INSERT ON lines", _SEALED.format(row="NEW"), "a sealed entry never changes"),
    _sqlite_guard("lines_fixed", "UPDATE ON lines", "1", "lines never change"),
    _sqlite_guard("lines_kept", "DELETE ON lines", "1", "lines are never deleted"),
)
POSTGRESQL_TRIGGERS = (
    """
    CREATE FUNCTION ledger_guard() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' THEN
            RAISE EXCEPTION '% are never deleted', TG_TABLE_NAME;
        ELSIF TG_TABLE_NAME = 'lines' THEN
            IF TG_OP = 'UPDATE' THEN
                RAISE EXCEPTION 'lines never change';
            ELSIF (SELECT sealed FROM entries WHERE id = NEW.entry_id) = 1 THEN
                RAISE EXCEPTION 'a sealed entry never changes';
            END IF;
        ELSIF TG_OP = 'INSERT' THEN
            IF NEW.sealed <> 0 THEN
                RAISE EXCEPTION 'an entry is sealed after its lines';
            END IF;
        ELSIF OLD.sealed = 1 THEN
            RAISE EXCEPTION 'a sealed entry never changes';
        ELSIF NEW.sealed = 1 AND (SELECT COALESCE(SUM(amount_minor), 1) FROM lines WHERE entry_id = NEW.id) <> 0 THEN
            RAISE EXCEPTION 'unbalanced entry';
        END IF;
        RETURN NEW;
    END $$
    """,
    "CREATE TRIGGER entries_guard BEFORE INSERT OR UPDATE OR DELETE ON entries"
    " FOR EACH ROW EXECUTE FUNCTION ledger_guard()",
    "CREATE TRIGGER lines_guard BEFORE INSERT OR UPDATE OR DELETE ON lines"
    " FOR EACH ROW EXECUTE FUNCTION ledger_guard()",
)
