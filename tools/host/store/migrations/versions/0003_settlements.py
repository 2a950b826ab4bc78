"""Fee rates, settlements with what was compared, changes of services, notices; a card's type."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")
TABLES = (
    "notices",
    "service_changes",
    "settlement_differences",
    "settlement_items",
    "settlement_rows",
    "settlements",
    "fee_rates",
)


def upgrade():
    _services()
    _fee_rates()
    _settlements()
    _settlement_details()
    _service_changes()
    _notices()


def downgrade():
    for table in TABLES:
        op.drop_table(table)
    op.drop_column("merchant_services", "removed")
    op.drop_column("merchant_services", "off_by")
    op.drop_column("accounts", "card_type")


def _one_of(table, column, *values):
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=op.f(f"ck_{table}_{column}"))


def _refers(table, column, target, nullable=False):
    key = sa.ForeignKey(f"{target}.id", name=op.f(f"fk_{table}_{column}"))
    return sa.Column(column, KEY, key, nullable=nullable)


def _money(name, nullable=False):
    return sa.Column(name, sa.BigInteger, nullable=nullable)


def _number(name, nullable=False):
    return sa.Column(name, sa.Integer, nullable=nullable)


def _index(table, *columns):
    op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, columns)


def _services():
    op.add_column("accounts", sa.Column("card_type", sa.String(8)))
    op.add_column("merchant_services", sa.Column("off_by", sa.String(8)))
    op.add_column("merchant_services", sa.Column("removed", sa.Boolean, nullable=False, server_default=sa.false()))


def _fee_rates():
    op.create_table(
        "fee_rates",
        sa.Column("id", KEY, nullable=False),
        _refers("fee_rates", "merchant_id", "merchants", nullable=True),
        sa.Column("kind", sa.String(16), nullable=False),
        _money("from_ms"),
        _number("rate_ppm"),
        _money("cap_minor", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fee_rates")),
        _one_of("fee_rates", "kind", "debit", "credit", "qr"),
        sa.CheckConstraint(
            "rate_ppm >= 0 AND (cap_minor IS NULL OR cap_minor >= 0)", name=op.f("ck_fee_rates_not_negative")
        ),
    )


def _settlements():
    sums = [
        make(f"{prefix}{side}_{unit}")
        for prefix in ("", "here_")
        for side in ("debit", "credit")
        for make, unit in ((_money, "minor"), (_number, "count"))
    ]
    op.create_table(
        "settlements",
        sa.Column("id", KEY, nullable=False),
        _refers("settlements", "terminal_id", "terminals"),
        _number("batch"),
        *sums,
        _number("result"),
        sa.Column("operator", sa.String(3)),
        _money("compared_ms"),
        _money("closed_ms", nullable=True),
        _number("said_items", nullable=True),
        _money("gross_minor", nullable=True),
        _money("fee_minor", nullable=True),
        _money("net_minor", nullable=True),
        _refers("settlements", "entry_id", "entries", nullable=True),
        sa.Column("answer", sa.Text),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlements")),
        sa.UniqueConstraint("terminal_id", "batch", name=op.f("uq_settlements_terminal_id_batch")),
    )
    _index("settlements", "closed_ms")


def _settlement_details():
    op.create_table(
        "settlement_rows",
        _refers("settlement_rows", "settlement_id", "settlements"),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("card_type", sa.String(8), nullable=False),
        _number("count"),
        _money("gross_minor"),
        _money("fee_minor"),
        sa.PrimaryKeyConstraint("settlement_id", "kind", "card_type", name=op.f("pk_settlement_rows")),
    )
    op.create_table(
        "settlement_items",
        _refers("settlement_items", "settlement_id", "settlements"),
        _number("trace"),
        sa.Column("type", sa.String(2), nullable=False),
        sa.Column("card", sa.String(20), nullable=False),
        _money("amount_minor"),
        sa.PrimaryKeyConstraint("settlement_id", "trace", name=op.f("pk_settlement_items")),
    )
    op.create_table(
        "settlement_differences",
        _refers("settlement_differences", "settlement_id", "settlements"),
        _number("trace"),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("type_here", sa.String(2)),
        _money("amount_here_minor", nullable=True),
        sa.Column("type_there", sa.String(2)),
        _money("amount_there_minor", nullable=True),
        sa.PrimaryKeyConstraint("settlement_id", "trace", name=op.f("pk_settlement_differences")),
        _one_of("settlement_differences", "kind", "missing_here", "missing_there", "type", "card", "amount"),
    )


def _service_changes():
    op.create_table(
        "service_changes",
        sa.Column("id", KEY, nullable=False),
        _refers("service_changes", "merchant_id", "merchants"),
        sa.Column("service", sa.String(16), nullable=False),
        sa.Column("action", sa.String(8), nullable=False),
        _refers("service_changes", "terminal_id", "terminals", nullable=True),
        sa.Column("operator", sa.String(40)),
        sa.Column("approver", sa.String(3)),
        sa.Column("reason", sa.String(2)),
        _money("at_ms"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_changes")),
        _one_of("service_changes", "action", "on", "off", "remove"),
    )
    _index("service_changes", "merchant_id", "at_ms")


def _notices():
    op.create_table(
        "notices",
        sa.Column("id", KEY, nullable=False),
        _refers("notices", "merchant_id", "merchants"),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        _money("at_ms"),
        sa.Column("delivery", sa.String(8), nullable=False, server_default="none"),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        _money("next_ms", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        _one_of("notices", "delivery", "none", "waiting", "sent", "failed", "dropped"),
    )
    _index("notices", "merchant_id", "at_ms")
    _index("notices", "delivery", "next_ms")
