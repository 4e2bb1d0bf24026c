"""Customer orders: what was ordered, from capture to the last parcel, whichever sites send it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def _words(*values: str, name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    """Additive."""
    when = sa.TIMESTAMP(timezone=True)
    money = sa.Numeric(14, 4)
    op.create_table(
        "customer_order",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column(
            "state",
            _words(
                "held",
                "accepted",
                "backordered",
                "sourced",
                "in_work",
                "ready",
                "partly_shipped",
                "shipped",
                "returned",
                "cancelled",
                name="salestate",
            ),
            nullable=False,
        ),
        sa.Column("placed_at", when, nullable=False),
        sa.Column("captured_at", when, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("customer_id", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("ship_name", sa.Text(), nullable=False),
        sa.Column("ship_street", sa.Text(), nullable=False),
        sa.Column("ship_postcode", sa.Text(), nullable=False),
        sa.Column("ship_city", sa.Text(), nullable=False),
        sa.Column("ship_region", sa.Text(), nullable=False),
        sa.Column("ship_country", sa.Text(), nullable=False),
        sa.Column("bill_to", JSONB(), nullable=False),
        sa.Column("pick_up_site", sa.Text(), nullable=True),
        sa.Column("carrier", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("priority", sa.BigInteger(), nullable=False),
        sa.Column("wanted", sa.Date(), nullable=True),
        sa.Column("promised", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("flags", JSONB(), nullable=False),
        sa.Column("substitution", _words("never", "ask", "allowed", name="substitution"), nullable=False),
        sa.Column("splitting", _words("allowed", "one_site", "complete", name="splitting"), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("tax_included", sa.Boolean(), nullable=False),
        sa.Column("goods", money, nullable=False),
        sa.Column("discount", money, nullable=False),
        sa.Column("shipping", money, nullable=False),
        sa.Column("tax", money, nullable=False),
        sa.Column("total", money, nullable=False),
        sa.Column(
            "payment",
            _words(
                "none",
                "pending",
                "authorised",
                "captured",
                "on_terms",
                "partly_refunded",
                "refunded",
                "failed",
                name="paymentstate",
            ),
            nullable=False,
        ),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("conflict_hash", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_customer_order_customer_id")),
        sa.ForeignKeyConstraint(["pick_up_site"], ["site.id"], name=op.f("fk_customer_order_pick_up_site")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_customer_order")),
    )
    op.create_index(op.f("ix_customer_order_customer_id_placed_at"), "customer_order", ["customer_id", "placed_at"])
    op.create_index(
        "ix_customer_order_open",
        "customer_order",
        ["state", "placed_at"],
        postgresql_where=sa.text("state NOT IN ('shipped', 'returned', 'cancelled')"),
    )
    op.create_index(op.f("ix_customer_order_placed_at_number"), "customer_order", ["placed_at", "number"])
    op.create_index(
        "uq_customer_order_reference",
        "customer_order",
        ["channel", "reference"],
        unique=True,
        postgresql_where=sa.text("reference IS NOT NULL"),
    )
    op.create_table(
        "customer_order_line",
        sa.Column("order_no", sa.Text(), nullable=False),
        sa.Column("line_no", sa.BigInteger(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("foreign_sku", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("assigned", sa.BigInteger(), nullable=False),
        sa.Column("backordered", sa.BigInteger(), nullable=False),
        sa.Column("shipped", sa.BigInteger(), nullable=False),
        sa.Column("cancelled", sa.BigInteger(), nullable=False),
        sa.Column("returned", sa.BigInteger(), nullable=False),
        sa.Column("price", money, nullable=True),
        sa.Column("discount", money, nullable=False),
        sa.Column("tax_rate", money, nullable=True),
        sa.Column("tax", money, nullable=False),
        sa.Column("total", money, nullable=False),
        sa.Column("instead_of", sa.BigInteger(), nullable=True),
        sa.Column("flags", JSONB(), nullable=False),
        sa.Column("expected", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "assigned + backordered + shipped + cancelled <= qty", name=op.f("ck_customer_order_line_conserved")
        ),
        sa.CheckConstraint(
            "least(assigned, backordered, shipped, cancelled, returned) >= 0",
            name=op.f("ck_customer_order_line_counts"),
        ),
        sa.CheckConstraint("qty >= 0", name=op.f("ck_customer_order_line_qty")),
        sa.CheckConstraint("returned <= shipped", name=op.f("ck_customer_order_line_returned")),
        sa.ForeignKeyConstraint(["order_no"], ["customer_order.number"], name=op.f("fk_customer_order_line_order_no")),
        sa.PrimaryKeyConstraint("order_no", "line_no", name=op.f("pk_customer_order_line")),
    )
    op.create_index(op.f("ix_customer_order_line_sku"), "customer_order_line", ["sku"])
    op.create_table(
        "order_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("order_no", sa.Text(), nullable=False),
        sa.Column("at", when, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("words", JSONB(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("worker_id", sa.Text(), nullable=True),
        sa.Column("device", sa.Text(), nullable=True),
        sa.Column("site_id", sa.Text(), nullable=True),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column(
            "xid", sa.BigInteger(), server_default=sa.text("(pg_current_xact_id()::text)::bigint"), nullable=False
        ),
        sa.ForeignKeyConstraint(["order_no"], ["customer_order.number"], name=op.f("fk_order_event_order_no")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_event")),
        sa.UniqueConstraint("key", name=op.f("uq_order_event_key")),
    )
    op.create_index(op.f("ix_order_event_order_no_id"), "order_event", ["order_no", "id"])
    op.create_table(
        "order_hold",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("order_no", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("at", when, nullable=False),
        sa.Column("params", JSONB(), nullable=False),
        sa.Column("line_no", sa.BigInteger(), nullable=True),
        sa.Column("released_at", when, nullable=True),
        sa.Column("released_by", sa.Text(), nullable=True),
        sa.Column("because", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["order_no"], ["customer_order.number"], name=op.f("fk_order_hold_order_no")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_hold")),
    )
    op.create_index("ix_order_hold_open", "order_hold", ["order_no"], postgresql_where=sa.text("released_at IS NULL"))
    op.create_index(op.f("ix_order_hold_order_no"), "order_hold", ["order_no"])
    op.add_column("order_line", sa.Column("customer_line", sa.BigInteger(), nullable=True))
    op.add_column("sales_order", sa.Column("customer_order", sa.Text(), nullable=True))
    op.add_column("sales_order", sa.Column("pick_up", sa.Boolean(), nullable=False, server_default="false"))
    op.alter_column("sales_order", "pick_up", server_default=None)
    op.add_column("sales_order", sa.Column("ready_at", when, nullable=True))
    op.create_index(
        "ix_sales_order_customer_order",
        "sales_order",
        ["customer_order"],
        postgresql_where=sa.text("customer_order IS NOT NULL"),
    )
    op.create_foreign_key(
        op.f("fk_sales_order_customer_order"), "sales_order", "customer_order", ["customer_order"], ["number"]
    )


def downgrade() -> None:
    """Drops it."""
    op.drop_constraint(op.f("fk_sales_order_customer_order"), "sales_order", type_="foreignkey")
    op.drop_index(
        "ix_sales_order_customer_order",
        table_name="sales_order",
        postgresql_where=sa.text("customer_order IS NOT NULL"),
    )
    op.drop_column("sales_order", "ready_at")
    op.drop_column("sales_order", "pick_up")
    op.drop_column("sales_order", "customer_order")
    op.drop_column("order_line", "customer_line")
    op.drop_index(op.f("ix_order_hold_order_no"), table_name="order_hold")
    op.drop_index("ix_order_hold_open", table_name="order_hold", postgresql_where=sa.text("released_at IS NULL"))
    op.drop_table("order_hold")
    op.drop_index(op.f("ix_order_event_order_no_id"), table_name="order_event")
    op.drop_table("order_event")
    op.drop_index(op.f("ix_customer_order_line_sku"), table_name="customer_order_line")
    op.drop_table("customer_order_line")
    op.drop_index(
        "uq_customer_order_reference", table_name="customer_order", postgresql_where=sa.text("reference IS NOT NULL")
    )
    op.drop_index(op.f("ix_customer_order_placed_at_number"), table_name="customer_order")
    op.drop_index(
        "ix_customer_order_open",
        table_name="customer_order",
        postgresql_where=sa.text("state NOT IN ('shipped', 'returned', 'cancelled')"),
    )
    op.drop_index(op.f("ix_customer_order_customer_id_placed_at"), table_name="customer_order")
    op.drop_table("customer_order")
