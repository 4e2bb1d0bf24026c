"""What a customer on terms has not paid is found without what they ever paid."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Additive."""
    op.create_index(
        "ix_customer_order_on_terms",
        "customer_order",
        ["customer_id"],
        postgresql_where=sa.text("payment = 'on_terms' AND state NOT IN ('returned', 'cancelled')"),
    )
    op.create_index(
        "ix_invoice_unpaid",
        "invoice",
        ["customer_id"],
        postgresql_where=sa.text("kind = 'invoice' AND paid < total"),
    )


def downgrade() -> None:
    """Drops it."""
    op.drop_index("ix_invoice_unpaid", table_name="invoice")
    op.drop_index("ix_customer_order_on_terms", table_name="customer_order")
