"""Zones a supervisor has stopped: no new work is given out there."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Creates the table."""
    op.create_table(
        "stopped_zone",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("since", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("worker_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_stopped_zone_site_id")),
        sa.PrimaryKeyConstraint("site_id", "zone", name=op.f("pk_stopped_zone")),
    )


def downgrade() -> None:
    """Drops it."""
    op.drop_table("stopped_zone")
