"""Sourcing: what sites cost, the rules, where postcodes are, what was decided and why, and which site said no."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def _words(*values: str, name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    """Additive."""
    when = sa.TIMESTAMP(timezone=True)
    money = sa.Numeric(14, 4)
    op.create_table(
        "postal_place",
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("lat", money, nullable=False),
        sa.Column("lon", money, nullable=False),
        sa.PrimaryKeyConstraint("country", "prefix", name=op.f("pk_postal_place")),
    )
    op.create_table(
        "source_rule",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("channels", JSONB(), nullable=False),
        sa.Column("flags", JSONB(), nullable=False),
        sa.Column("countries", JSONB(), nullable=False),
        sa.Column("filter", JSONB(), nullable=False),
        sa.Column("sort", _words("cost", "nearest", "priority", name="sort"), nullable=False),
        sa.Column("weights", JSONB(), nullable=False),
        sa.Column("rest", _words("backorder", "other_sites", "cancel", "hold", name="rest"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_rule")),
    )
    op.create_index(op.f("ix_source_rule_rank"), "source_rule", ["rank"], unique=False)
    op.create_table(
        "source_site",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("kind", _words("warehouse", "store", "3pl", "supplier", name="sitekind"), nullable=False),
        sa.Column("lat", money, nullable=True),
        sa.Column("lon", money, nullable=True),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("postcode", sa.Text(), nullable=False),
        sa.Column("capacity", sa.BigInteger(), nullable=True),
        sa.Column("cost_order", money, nullable=False),
        sa.Column("cost_line", money, nullable=False),
        sa.Column("cost_unit", money, nullable=False),
        sa.Column("ships", sa.Boolean(), nullable=False),
        sa.Column("pick_up", sa.Boolean(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("priority", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("capacity IS NULL OR capacity >= 0", name=op.f("ck_source_site_capacity")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_source_site_site_id")),
        sa.PrimaryKeyConstraint("site_id", name=op.f("pk_source_site")),
    )
    op.create_table(
        "scarcity_price",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("price", money, nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_scarcity_price_site_id")),
        sa.PrimaryKeyConstraint("site_id", "sku", name=op.f("pk_scarcity_price")),
    )
    op.create_table(
        "site_rejection",
        sa.Column("order_no", sa.Text(), nullable=False),
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("at", when, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("worker_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["order_no"], ["customer_order.number"], name=op.f("fk_site_rejection_order_no")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_site_rejection_site_id")),
        sa.PrimaryKeyConstraint("order_no", "site_id", name=op.f("pk_site_rejection")),
    )
    op.create_table(
        "source_decision",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("order_no", sa.Text(), nullable=False),
        sa.Column("at", when, nullable=False),
        sa.Column("chosen", JSONB(), nullable=False),
        sa.Column("candidates", JSONB(), nullable=False),
        sa.Column("reasons", JSONB(), nullable=False),
        sa.Column("unfilled", JSONB(), nullable=False),
        sa.Column("rest", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("cost", money, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("superseded_at", when, nullable=True),
        sa.ForeignKeyConstraint(["order_no"], ["customer_order.number"], name=op.f("fk_source_decision_order_no")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_decision")),
    )
    op.create_index(op.f("ix_source_decision_order_no_id"), "source_decision", ["order_no", "id"], unique=False)
    op.create_index(
        "uq_source_decision_current",
        "source_decision",
        ["order_no"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
    )


def downgrade() -> None:
    """Drops it."""
    op.drop_index(
        "uq_source_decision_current", table_name="source_decision", postgresql_where=sa.text("superseded_at IS NULL")
    )
    op.drop_index(op.f("ix_source_decision_order_no_id"), table_name="source_decision")
    op.drop_table("source_decision")
    op.drop_table("site_rejection")
    op.drop_table("scarcity_price")
    op.drop_table("source_site")
    op.drop_index(op.f("ix_source_rule_rank"), table_name="source_rule")
    op.drop_table("source_rule")
    op.drop_table("postal_place")
