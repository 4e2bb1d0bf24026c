"""Plans of picking that a supervisor asked for."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_STATES = "'queued', 'running', 'done', 'failed', 'cancelled'"


def upgrade() -> None:
    """Additive."""
    when = sa.TIMESTAMP(timezone=True)
    op.create_table(
        "pick_plan",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("asked_at", when, nullable=False),
        sa.Column("body", JSONB(), nullable=False),
        sa.Column("orders", JSONB(), nullable=False),
        sa.Column("wave_id", sa.Text(), nullable=True),
        sa.Column("percent", sa.BigInteger(), nullable=False),
        sa.Column("metres", sa.Float(), nullable=True),
        sa.Column("begun_at", when, nullable=True),
        sa.Column("done_at", when, nullable=True),
        sa.Column("planner", sa.Text(), nullable=True),
        sa.Column("beat_at", when, nullable=True),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("stopping", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("words", JSONB(), nullable=False),
        sa.Column("result", JSONB(), nullable=False),
        sa.Column("steps", JSONB(), nullable=False),
        sa.Column("applied", JSONB(), nullable=False),
        sa.CheckConstraint(f"state IN ({_STATES})", name=op.f("ck_pick_plan_planstate")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_pick_plan_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pick_plan")),
    )
    op.create_index(op.f("ix_pick_plan_site_id_state_asked_at"), "pick_plan", ["site_id", "state", "asked_at"])
    op.create_index(op.f("ix_pick_plan_wave_id"), "pick_plan", ["wave_id"])


def downgrade() -> None:
    """Drops it."""
    op.drop_table("pick_plan")
