"""Hand-overs between devices, the key that vouches for devices, and leases that are on their way from one device to another."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_ENDS = "'done', 'released', 'reclaimed', 'regranted', 'cancelled', 'forked', 'handed_over'"


def upgrade() -> None:
    """To this step."""
    op.create_table(
        "hand_over",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("from_device", sa.Text(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted", postgresql.JSONB(), nullable=False),
        sa.Column("to_device", sa.Text(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_hand_over_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_over")),
    )
    op.create_index(op.f("ix_hand_over_to_device"), "hand_over", ["to_device"])
    op.create_table(
        "signing_key",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("private", sa.Text(), nullable=False),
        sa.Column("public", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_signing_key_site_id")),
        sa.PrimaryKeyConstraint("site_id", name=op.f("pk_signing_key")),
    )
    op.add_column("lease", sa.Column("handed_over", sa.Text(), nullable=True))
    op.drop_constraint("ck_lease_leaseend", "lease")
    op.create_check_constraint(op.f("ck_lease_leaseend"), "lease", f"end_reason IN ({_ENDS})")
