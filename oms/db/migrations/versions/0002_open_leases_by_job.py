"""Open leases by job: a claim asks for them many times a second, and leases that ended are never deleted."""

from alembic import op
from sqlalchemy import text

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The index."""
    op.create_index("ix_lease_open_job", "lease", ["job"], postgresql_where=text("ended_at IS NULL"))
