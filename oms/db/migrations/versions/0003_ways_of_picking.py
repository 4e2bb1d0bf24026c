"""Ways of picking: slots of carts and walls, legs and parts of a trip, waves, tasks that belong to no order, and the site's policies."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from oms.db.triggers import in_work

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_JOB_KINDS = "'pick', 'sort', 'pack', 'count', 'put_back', 'replenish', 'put_away'"
_WORDS = (
    ("job", "kind", "jobkind", _JOB_KINDS),
    ("work_item", "kind", "jobkind", _JOB_KINDS),
    ("job", "state", "jobstate", "'waiting', 'open', 'active', 'done', 'cancelled'"),
    ("bin", "kind", "binkind", "'pick', 'reserve', 'lane', 'quarantine', 'wall', 'hand_over', 'problem'"),
)
_NEW_WORDS = (
    ("job", "method", "method", "'single_order', 'cluster', 'put_wall', 'pass_pick', 'zones'"),
    ("site", "fefo", "policy", "'none', 'warn', 'force'"),
    ("site", "slot_proof", "slotproof", "'none', 'slot', 'tote'"),
    ("sales_order", "substitution", "substitution", "'never', 'ask', 'allowed'"),
)


def _add(table: str, name: str, type_: sa.types.TypeEngine[Any], start: str | None = None) -> None:
    """A new column; rows that are there get `start` (SQL), later ones what the program says."""
    op.add_column(
        table, sa.Column(name, type_, nullable=start is None, server_default=sa.text(start) if start else None)
    )
    if start is not None:
        op.alter_column(table, name, server_default=None)


def upgrade() -> None:
    """Additive, but for the words that columns may hold."""
    for table, column, name, allowed in _WORDS:
        op.drop_constraint(f"ck_{table}_{name}", table)
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, f"{column} IN ({allowed})")
    _add("site", "fefo", sa.String(40), "'warn'")
    _add("site", "slot_proof", sa.String(40), "'slot'")
    _add("site", "ask_empty", sa.Boolean(), "true")
    _add("site", "no_mans_land_min", sa.BigInteger(), "10")
    _add("item", "substitutes", postgresql.JSONB(), "'[]'::jsonb")
    _add("sales_order", "substitution", sa.String(40), "'never'")
    op.alter_column("job", "method", type_=sa.String(40))
    for name, type_, start in (
        ("cart", sa.Text(), None),
        ("wave_id", sa.Text(), None),
        ("zone", sa.Text(), None),
        ("trip", sa.Text(), None),
        ("leg", sa.BigInteger(), "1"),
        ("legs", sa.BigInteger(), "1"),
        ("found_at", sa.Text(), None),
        ("passed_at", sa.DateTime(timezone=True), None),
    ):
        _add("job", name, type_, start)
    op.create_index(op.f("ix_job_trip"), "job", ["trip"])
    op.create_index(op.f("ix_job_wave_id"), "job", ["wave_id"])
    _add("work_item", "slot", sa.BigInteger())
    _add("work_item", "to_place", sa.Text())
    _add("work_item", "careful", sa.Boolean(), "false")
    op.alter_column("work_item", "line_no", nullable=True)
    op.alter_column("reservation", "line_no", nullable=True)
    for table, column, name, allowed in _NEW_WORDS:
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, f"{column} IN ({allowed})")
    op.create_table(
        "job_slot",
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("order_no", sa.Text(), nullable=False),
        sa.Column("tote", sa.Text()),
        sa.Column("place", sa.Text()),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_job_slot_job_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_job_slot_site_id")),
        sa.PrimaryKeyConstraint("job_id", "n", name=op.f("pk_job_slot")),
    )
    op.create_index(op.f("ix_job_slot_site_id_order_no"), "job_slot", ["site_id", "order_no"])
    for statement in in_work("job_slot"):
        op.execute(statement)
