"""The life of customer orders: which of them are to be looked at, who waits for goods, and other items offered to customers."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Additive."""
    when = sa.TIMESTAMP(timezone=True)
    op.add_column("customer_order", sa.Column("due_at", when, nullable=True))
    op.create_index(
        "ix_customer_order_onward", "customer_order", ["due_at"], postgresql_where=sa.text("due_at IS NOT NULL")
    )
    op.create_index(
        "ix_customer_order_line_waiting", "customer_order_line", ["sku"], postgresql_where=sa.text("backordered > 0")
    )
    op.create_table(
        "substitute_offer",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("order_no", sa.Text(), nullable=False),
        sa.Column("line_no", sa.BigInteger(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("at", when, nullable=False),
        sa.Column("until", when, nullable=False),
        sa.Column("answered_at", when, nullable=True),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.CheckConstraint("qty > 0", name=op.f("ck_substitute_offer_qty")),
        sa.ForeignKeyConstraint(
            ["order_no", "line_no"],
            ["customer_order_line.order_no", "customer_order_line.line_no"],
            name=op.f("fk_substitute_offer_order_no_line_no"),
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_substitute_offer")),
    )
    op.create_index(
        "uq_substitute_offer_open",
        "substitute_offer",
        ["order_no", "line_no"],
        unique=True,
        postgresql_where=sa.text("answered_at IS NULL"),
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("substitute_offer")
    op.drop_index("ix_customer_order_line_waiting", table_name="customer_order_line")
    op.drop_index("ix_customer_order_onward", table_name="customer_order")
    op.drop_column("customer_order", "due_at")
