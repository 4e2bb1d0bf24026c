"""What the feed's housekeeping needs: how old a version is, tombstones by an index, and which shape of rows was last written."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this step."""
    op.create_table(
        "feed_mark",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("ver", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_feed_mark_site_id")),
        sa.PrimaryKeyConstraint("site_id", "ver", name=op.f("pk_feed_mark")),
    )
    op.create_index("ix_change_gone", "change", ["site_id", "ver"], postgresql_where=sa.text("body IS NULL"))
    op.add_column("meta", sa.Column("upgrade_by", sa.DateTime(timezone=True), nullable=True))
    op.add_column("meta", sa.Column("feed_schema", sa.BigInteger(), server_default=sa.text("1"), nullable=False))
    op.add_column("meta", sa.Column("feed_checked_at", sa.DateTime(timezone=True), nullable=True))
