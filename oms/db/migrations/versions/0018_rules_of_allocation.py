"""Where order lines come from, as a site wants it; and which of the jobs alike goes first."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_ALIKE = ["site_id", "kind", "state", "priority", "cut_off"]


def upgrade() -> None:
    """Additive."""
    for table, column in (
        ("site", sa.Column("allocation", JSONB(), nullable=False, server_default="[]")),
        ("site", sa.Column("shelf_life_days", sa.BigInteger(), nullable=False, server_default="0")),
        ("job", sa.Column("turn", sa.BigInteger(), nullable=False, server_default="0")),
    ):
        op.add_column(table, column)
        op.alter_column(table, column.name, server_default=None)
    op.create_index(op.f("ix_job_site_id_kind_state_priority_cut_off_turn_id"), "job", [*_ALIKE, "turn", "id"])
    op.drop_index(op.f("ix_job_site_id_kind_state_priority_cut_off_id"), "job")


def downgrade() -> None:
    """Drops it."""
    op.create_index(op.f("ix_job_site_id_kind_state_priority_cut_off_id"), "job", [*_ALIKE, "id"])
    op.drop_index(op.f("ix_job_site_id_kind_state_priority_cut_off_turn_id"), "job")
    op.drop_column("job", "turn")
    op.drop_column("site", "shelf_life_days")
    op.drop_column("site", "allocation")
