"""The number of the seal on a truck's doors is kept with its hand-over."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the column."""
    op.add_column("truck_load", sa.Column("seal", sa.Text(), nullable=False, server_default=""))
    op.alter_column("truck_load", "seal", server_default=None)


def downgrade() -> None:
    """Drops it."""
    op.drop_column("truck_load", "seal")
