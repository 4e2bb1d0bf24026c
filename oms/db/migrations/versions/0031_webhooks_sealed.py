"""Webhooks: an order's messages are found by its number."""

from alembic import op
from sqlalchemy import text

revision = "0031"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Additive."""
    op.create_index("ix_hook_delivery_order_no", "hook_delivery", ["order_no"], postgresql_where=text("order_no <> ''"))


def downgrade() -> None:
    """Drops it."""
    op.drop_index("ix_hook_delivery_order_no", table_name="hook_delivery")
