"""What may be promised: cells, kept units, expected goods, other sites' stock, calendars."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Additive."""
    op.create_table(
        "channel_share",
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("units >= 0", name=op.f("ck_channel_share_units")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_channel_share_site_id")),
        sa.PrimaryKeyConstraint("sku", "site_id", "channel", name=op.f("pk_channel_share")),
    )
    op.create_table(
        "expected_receipt",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("spread_days", sa.BigInteger(), nullable=False),
        sa.Column("supplier", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "expected",
                "received",
                "cancelled",
                name="receiptstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.CheckConstraint("qty >= 0 AND received >= 0", name=op.f("ck_expected_receipt_qty")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_expected_receipt_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expected_receipt")),
    )
    op.create_index(
        "ix_expected_receipt_sku",
        "expected_receipt",
        ["sku", "site_id", "day"],
        postgresql_where=sa.text("state = 'expected'"),
    )
    op.create_table(
        "reported_stock",
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint("qty >= 0", name=op.f("ck_reported_stock_qty")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_reported_stock_site_id")),
        sa.PrimaryKeyConstraint("sku", "site_id", name=op.f("pk_reported_stock")),
    )
    op.create_table(
        "site_calendar",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("weekdays", sa.Text(), nullable=False),
        sa.Column("holidays", sa.Text(), nullable=False),
        sa.Column("days_off", JSONB(), nullable=False),
        sa.Column("cut_off", sa.Text(), nullable=False),
        sa.Column("handling_days", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_site_calendar_site_id")),
        sa.PrimaryKeyConstraint("site_id", name=op.f("pk_site_calendar")),
    )
    op.create_table(
        "stock_cell",
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("safety", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("safety >= 0", name=op.f("ck_stock_cell_safety")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_stock_cell_site_id")),
        sa.PrimaryKeyConstraint("sku", "site_id", name=op.f("pk_stock_cell")),
    )
    op.create_table(
        "kept",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("order_no", sa.Text(), nullable=True),
        sa.Column("line_no", sa.BigInteger(), nullable=True),
        sa.Column("basket", sa.Text(), nullable=True),
        sa.Column("until", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("receipt", sa.Text(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.CheckConstraint("(order_no IS NULL) <> (basket IS NULL)", name=op.f("ck_kept_one_holder")),
        sa.CheckConstraint("qty > 0", name=op.f("ck_kept_qty")),
        sa.ForeignKeyConstraint(["order_no"], ["customer_order.number"], name=op.f("fk_kept_order_no")),
        sa.ForeignKeyConstraint(["receipt"], ["expected_receipt.id"], name=op.f("fk_kept_receipt")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_kept_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept")),
    )
    op.create_index("ix_kept_basket", "kept", ["basket"], postgresql_where=sa.text("basket IS NOT NULL"))
    op.create_index("ix_kept_order", "kept", ["order_no"], postgresql_where=sa.text("order_no IS NOT NULL"))
    op.create_index("ix_kept_receipt", "kept", ["receipt"], postgresql_where=sa.text("receipt IS NOT NULL"))
    op.create_index(op.f("ix_kept_sku_site_id"), "kept", ["sku", "site_id"])
    op.create_index("ix_kept_until", "kept", ["until"], postgresql_where=sa.text("until IS NOT NULL"))


def downgrade() -> None:
    """Drops it."""
    op.drop_index("ix_kept_until", table_name="kept", postgresql_where=sa.text("until IS NOT NULL"))
    op.drop_index(op.f("ix_kept_sku_site_id"), table_name="kept")
    op.drop_index("ix_kept_receipt", table_name="kept", postgresql_where=sa.text("receipt IS NOT NULL"))
    op.drop_index("ix_kept_order", table_name="kept", postgresql_where=sa.text("order_no IS NOT NULL"))
    op.drop_index("ix_kept_basket", table_name="kept", postgresql_where=sa.text("basket IS NOT NULL"))
    op.drop_table("kept")
    op.drop_table("stock_cell")
    op.drop_table("site_calendar")
    op.drop_table("reported_stock")
    op.drop_index(
        "ix_expected_receipt_sku", table_name="expected_receipt", postgresql_where=sa.text("state = 'expected'")
    )
    op.drop_table("expected_receipt")
    op.drop_table("channel_share")
