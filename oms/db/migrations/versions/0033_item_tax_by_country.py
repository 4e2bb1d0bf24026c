"""An item may be taxed otherwise in one country than in others."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What there is counts everywhere."""
    op.add_column("item_tax", sa.Column("country", sa.Text(), nullable=False, server_default=""))
    op.alter_column("item_tax", "country", server_default=None)
    op.drop_constraint(op.f("pk_item_tax"), "item_tax")
    op.create_primary_key(op.f("pk_item_tax"), "item_tax", ["sku", "country"])


def downgrade() -> None:
    """Drops what counts in one country only."""
    op.execute("DELETE FROM item_tax WHERE country <> ''")
    op.drop_constraint(op.f("pk_item_tax"), "item_tax")
    op.create_primary_key(op.f("pk_item_tax"), "item_tax", ["sku"])
    op.drop_column("item_tax", "country")
