"""Channels that customer orders come from, what they call our goods, and answers kept for programs that ask again."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_KINDS = ("web", "marketplace", "store", "phone", "b2b")
_PLATFORMS = ("plain", "shopify", "woocommerce", "magento", "marketplace", "edifact")


def _words(*values: str, name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    """Additive."""
    when = sa.TIMESTAMP(timezone=True)
    op.execute(sa.schema.CreateSequence(sa.Sequence("customer_order_serial", start=100_001)))
    op.create_table(
        "channel",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("kind", _words(*_KINDS, name="channelkind"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", when, nullable=False),
        sa.Column("platform", _words(*_PLATFORMS, name="platform"), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("tax_included", sa.Boolean(), nullable=False),
        sa.Column("rules", JSONB(), nullable=False),
        sa.Column("secret_sealed", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_channel")),
    )
    op.create_table(
        "foreign_sku",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("foreign_sku", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("units > 0", name=op.f("ck_foreign_sku_units")),
        sa.ForeignKeyConstraint(["channel"], ["channel.code"], name=op.f("fk_foreign_sku_channel")),
        sa.PrimaryKeyConstraint("channel", "foreign_sku", name=op.f("pk_foreign_sku")),
    )
    op.create_index(op.f("ix_foreign_sku_sku"), "foreign_sku", ["sku"])
    op.create_table(
        "given_answer",
        sa.Column("asker", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at", when, nullable=False),
        sa.Column("asked_hash", sa.Text(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("asker", "key", name=op.f("pk_given_answer")),
    )
    op.create_index(op.f("ix_given_answer_at"), "given_answer", ["at"])
    op.add_column("api_key", sa.Column("channel", sa.Text(), nullable=True))
    op.create_foreign_key(op.f("fk_api_key_channel"), "api_key", "channel", ["channel"], ["code"])
    op.add_column("customer_order", sa.Column("likeness", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.create_index(
        "ix_customer_order_likeness",
        "customer_order",
        ["likeness", "placed_at"],
        postgresql_where=sa.text("likeness <> ''"),
    )


def downgrade() -> None:
    """Back."""
    op.drop_index("ix_customer_order_likeness", table_name="customer_order")
    op.drop_column("customer_order", "likeness")
    op.drop_constraint(op.f("fk_api_key_channel"), "api_key", type_="foreignkey")
    op.drop_column("api_key", "channel")
    op.drop_index(op.f("ix_given_answer_at"), table_name="given_answer")
    op.drop_table("given_answer")
    op.drop_index(op.f("ix_foreign_sku_sku"), table_name="foreign_sku")
    op.drop_table("foreign_sku")
    op.drop_table("channel")
    op.execute(sa.schema.DropSequence(sa.Sequence("customer_order_serial")))
