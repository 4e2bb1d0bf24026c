"""What lies on the shelves of an item is found without what lay in every parcel that has ever left."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Additive."""
    op.create_index(
        "ix_stock_balance_shelves",
        "stock_balance",
        ["sku", "site_id"],
        postgresql_where=sa.text("account LIKE 'bin:%'"),
    )


def downgrade() -> None:
    """Drops it."""
    op.drop_index("ix_stock_balance_shelves", table_name="stock_balance")
