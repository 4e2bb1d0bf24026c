"""Orders that share a parcel, and pictures of parcels."""

import sqlalchemy as sa
from alembic import op

from oms.db.triggers import in_work

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Additive."""
    op.create_table(
        "parcel_join",
        sa.Column("op_id", sa.Text(), nullable=False),
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("parcel_id", sa.Text(), nullable=False),
        sa.Column("order_no", sa.Text(), nullable=False),
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("device", sa.Text(), nullable=True),
        sa.Column("worker_id", sa.Text(), nullable=True),
        sa.Column("parted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_parcel_join_site_id")),
        sa.ForeignKeyConstraint(["parcel_id"], ["parcel.id"], name=op.f("fk_parcel_join_parcel_id")),
        sa.ForeignKeyConstraint(
            ["site_id", "order_no"],
            ["sales_order.site_id", "sales_order.number"],
            name=op.f("fk_parcel_join_site_id_order_no"),
        ),
        sa.PrimaryKeyConstraint("op_id", name=op.f("pk_parcel_join")),
    )
    op.create_index(op.f("ix_parcel_join_site_id_order_no"), "parcel_join", ["site_id", "order_no"])
    op.create_index(
        "uq_parcel_join_live", "parcel_join", ["parcel_id", "order_no"], unique=True,
        postgresql_where=sa.text("parted_at IS NULL"),
    )  # fmt: skip
    for statement in in_work("parcel_join"):
        op.execute(statement)
    op.create_table(
        "photo",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("op_id", sa.Text(), nullable=False),
        sa.Column("parcel_id", sa.Text(), nullable=False),
        sa.Column("shows", sa.String(40), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("width", sa.BigInteger(), nullable=False),
        sa.Column("height", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("device", sa.Text(), nullable=True),
        sa.Column("worker_id", sa.Text(), nullable=True),
        sa.Column("came_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("shows IN ('parcel', 'damage')", name=op.f("ck_photo_photoof")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_photo_site_id")),
        sa.ForeignKeyConstraint(["parcel_id"], ["parcel.id"], name=op.f("fk_photo_parcel_id")),
        sa.PrimaryKeyConstraint("site_id", "sha256", name=op.f("pk_photo")),
    )
    op.create_index(op.f("ix_photo_parcel_id"), "photo", ["parcel_id"])
    op.create_index("ix_photo_kept", "photo", ["site_id", "came_at"], postgresql_where=sa.text("body IS NOT NULL"))


def downgrade() -> None:
    """Drops them."""
    op.drop_table("photo")
    op.drop_table("parcel_join")
