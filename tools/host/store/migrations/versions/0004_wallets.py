"""Wallet links and the one-time codes that they show."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade():
    op.create_table(
        "wallets",
        sa.Column("account_id", KEY, sa.ForeignKey("accounts.id", name=op.f("fk_wallets_account_id"))),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("made_ms", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_wallets")),
        sa.UniqueConstraint("digest", name=op.f("uq_wallets_digest")),
    )
    op.create_table(
        "wallet_codes",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column(
            "account_id", KEY, sa.ForeignKey("accounts.id", name=op.f("fk_wallet_codes_account_id")), nullable=False
        ),
        sa.Column("made_ms", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_wallet_codes")),
    )
    op.create_index(op.f("ix_wallet_codes_account_id"), "wallet_codes", ["account_id"])
    op.create_index(op.f("ix_wallet_codes_made_ms"), "wallet_codes", ["made_ms"])


def downgrade():
    op.drop_table("wallet_codes")
    op.drop_table("wallets")
