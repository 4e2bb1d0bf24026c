"""How long work stays with a device that is out of reach is a policy of the site."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A quarter of an hour, as before."""
    op.add_column("site", sa.Column("lease_s", sa.BigInteger(), nullable=False, server_default="900"))
    op.alter_column("site", "lease_s", server_default=None)
