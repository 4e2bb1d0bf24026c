"""What a claim asks many times a second, by an index: open leases by job (those that ended are never deleted), and free jobs in the order
in which they are given out."""

from alembic import op
from sqlalchemy import text

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The indexes."""
    op.create_index("ix_lease_open_job", "lease", ["job"], postgresql_where=text("ended_at IS NULL"))
    op.drop_index("ix_job_site_id_kind_state_priority_cut_off", "job")
    columns = ["site_id", "kind", "state", "priority", "cut_off", "id"]
    op.create_index("ix_job_site_id_kind_state_priority_cut_off_id", "job", columns)
