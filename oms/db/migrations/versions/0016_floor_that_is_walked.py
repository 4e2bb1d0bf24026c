"""The floor's crossings and paths, in what order goods go onto a cart, and the times that were learned there."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_METHODS = "'single_order', 'cluster', 'put_wall', 'pass_pick', 'zones'"


def _table(name: str, *columns: "sa.Column[Any] | sa.CheckConstraint", key: tuple[str, ...]) -> None:
    op.create_table(
        name,
        sa.Column("site_id", sa.Text(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f(f"fk_{name}_site_id")),
        sa.PrimaryKeyConstraint("site_id", *key, name=op.f(f"pk_{name}")),
    )


def upgrade() -> None:
    """Additive."""
    _table(
        "floor_crossing",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("x_mm", sa.BigInteger(), nullable=False),
        sa.Column("y_mm", sa.BigInteger(), nullable=False),
        sa.Column("depot", sa.Boolean(), nullable=False),
        key=("code",),
    )
    _table(
        "floor_path",
        sa.Column("begins", sa.Text(), nullable=False),
        sa.Column("ends", sa.Text(), nullable=False),
        sa.Column("length_mm", sa.BigInteger(), nullable=True),
        sa.Column("one_way", sa.Boolean(), nullable=False),
        sa.Column("blocked", sa.Boolean(), nullable=False),
        sa.CheckConstraint("length_mm >= 0", name=op.f("ck_floor_path_length")),
        key=("begins", "ends"),
    )
    seconds = ("metre_s", "bin_s", "pick_s", "unit_s", "tote_s")
    _table(
        "walk_times",
        sa.Column("method", sa.String(40), nullable=False),
        *(sa.Column(name, sa.Float(), nullable=False) for name in seconds),
        sa.Column("gaps", sa.BigInteger(), nullable=False),
        sa.Column("learned_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint(f"method IN ({_METHODS})", name=op.f("ck_walk_times_method")),
        key=("method",),
    )
    op.add_column("site", sa.Column("fragile_last", sa.Boolean(), nullable=False, server_default="false"))
    op.add_column("site", sa.Column("heavy_first_g", sa.BigInteger(), nullable=True))
    op.alter_column("site", "fragile_last", server_default=None)


def downgrade() -> None:
    """Drops them."""
    op.drop_column("site", "heavy_first_g")
    op.drop_column("site", "fragile_last")
    for table in ("walk_times", "floor_path", "floor_crossing"):
        op.drop_table(table)
