"""Webhooks: secrets are sealed, and an order's messages are found by its number. Mails have the code that their picture shows.

The key of secrets is the server's and not here: what was kept as it was is sealed by the first server that starts with it
(`oms.hooks.sealed.seal_all`).
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing is lost."""
    op.alter_column("hook", "secret", new_column_name="secret_sealed")
    op.alter_column("hook", "secret_before", new_column_name="before_sealed")
    op.add_column("mail", sa.Column("code", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.create_index(
        "ix_hook_delivery_order_no", "hook_delivery", ["order_no"], postgresql_where=sa.text("order_no <> ''")
    )


def downgrade() -> None:
    """What is sealed stays so: hooks need another secret then."""
    op.drop_column("mail", "code")
    op.drop_index("ix_hook_delivery_order_no", table_name="hook_delivery")
    op.alter_column("hook", "before_sealed", new_column_name="secret_before")
    op.alter_column("hook", "secret_sealed", new_column_name="secret")
