"""Wallet links, the one-time codes that they show, and the codes of merchants that can be paid."""

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
    op.create_table(
        "wallet_offers",
        sa.Column("terminal_id", KEY, sa.ForeignKey("terminals.id", name=op.f("fk_wallet_offers_terminal_id"))),
        sa.Column("batch", sa.Integer, nullable=False),
        sa.Column("trace", sa.Integer, nullable=False),
        sa.Column("amount_minor", sa.BigInteger, nullable=False),
        sa.Column("asked_ms", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("terminal_id", name=op.f("pk_wallet_offers")),
    )


def downgrade():
    op.drop_table("wallet_offers")
    op.drop_table("wallet_codes")
    op.drop_table("wallets")
