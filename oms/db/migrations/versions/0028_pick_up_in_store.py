"""Pick-up in store: where an order waits for its customer, and who took it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Additive."""
    when = sa.TIMESTAMP(timezone=True)
    reasons = sa.Enum(
        "refused", "not_come", "damaged", name="nottaken", native_enum=False, create_constraint=True, length=40
    )
    op.create_table(
        "pick_up",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("order_no", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("shelf", sa.Text(), nullable=False),
        sa.Column("pieces", JSONB(), nullable=False),
        sa.Column("handed_at", when, nullable=True),
        sa.Column("handed_to", sa.Text(), nullable=False),
        sa.Column("by_code", sa.Boolean(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("not_taken", reasons, nullable=True),
        sa.Column("not_taken_at", when, nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=True),
        sa.Column("worker_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["site_id", "order_no"],
            ["sales_order.site_id", "sales_order.number"],
            name=op.f("fk_pick_up_site_id_order_no"),
        ),
        sa.PrimaryKeyConstraint("site_id", "order_no", name=op.f("pk_pick_up")),
    )


def downgrade() -> None:
    """Drops it."""
    op.drop_table("pick_up")
