"""Waves and their templates, counts of bins, what history says of bins and of look-alikes, who is in which zone; a slot set down by
itself, an item taken in place of another."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from oms.db.triggers import in_work

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_WAVE_STATES = "'draft', 'collecting', 'planned', 'held', 'released', 'in_progress', 'complete', 'failed', 'cancelled'"
_METHODS = "'single_order', 'cluster', 'put_wall', 'pass_pick', 'zones'"


def _site(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f(f"fk_{table}_site_id"))


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=op.f(f"pk_{table}"))


def _text(*names: str, nullable: bool = False) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=nullable) for name in names]


def _number(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger(), nullable=False) for name in names]


def _moment(*names: str, nullable: bool = False) -> list[sa.Column[datetime]]:
    return [sa.Column(name, sa.DateTime(timezone=True), nullable=nullable) for name in names]


def upgrade() -> None:
    """Additive."""
    op.add_column("job_slot", sa.Column("lane", sa.Text()))
    op.add_column("work_item", sa.Column("instead_of", sa.Text()))
    for table, column in (("work_item", "empties"), ("site", "product_first")):
        op.add_column(table, sa.Column(column, sa.Boolean(), nullable=False, server_default=sa.false()))
        op.alter_column(table, column, server_default=None)
    _floor()
    _waves()


def _floor() -> None:
    op.create_table(
        "bin_count",
        *_text("op_id", "site_id", "bin", "sku", "lot"),
        *_number("counted", "expected"),
        *_moment("at"),
        *_text("outcome"),
        *_text("device", "worker_id", nullable=True),
        _site("bin_count"),
        _key("bin_count", "op_id"),
    )
    op.create_index(op.f("ix_bin_count_site_id_bin_sku"), "bin_count", ["site_id", "bin", "sku"])
    op.create_table(
        "bin_history",
        *_text("site_id", "bin", "sku"),
        *_number("wrong", "short", "differ"),
        _site("bin_history"),
        _key("bin_history", "site_id", "bin", "sku"),
    )
    op.create_table(
        "mixed_up",
        *_text("site_id", "sku", "other"),
        *_number("times"),
        _site("mixed_up"),
        _key("mixed_up", "site_id", "sku", "other"),
    )
    op.create_table(
        "zone_presence",
        *_text("device_id", "site_id", "zone"),
        *_moment("since"),
        *_text("worker_id", nullable=True),
        _site("zone_presence"),
        _key("zone_presence", "device_id"),
    )


def _waves() -> None:
    op.create_table(
        "wave_template",
        *_text("id", "site_id", "name"),
        *_number("rank"),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("body", postgresql.JSONB(), nullable=False),
        _site("wave_template"),
        sa.UniqueConstraint("site_id", "name", name=op.f("uq_wave_template_site_id_name")),
        _key("wave_template", "id"),
    )
    op.create_table(
        "wave",
        *_text("id", "site_id", "name"),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("method", sa.String(40), nullable=False),
        *_moment("created_at"),
        sa.Column("body", postgresql.JSONB(), nullable=False),
        sa.Column("plan", postgresql.JSONB(), nullable=False),
        *_text("template_id", nullable=True),
        *_moment("cut_off", "planned_at", "released_at", "done_at", nullable=True),
        sa.CheckConstraint(f"state IN ({_WAVE_STATES})", name=op.f("ck_wave_wavestate")),
        sa.CheckConstraint(f"method IN ({_METHODS})", name=op.f("ck_wave_method")),
        _site("wave"),
        _key("wave", "id"),
    )
    op.create_index(op.f("ix_wave_site_id_state"), "wave", ["site_id", "state"])
    op.create_table(
        "wave_order",
        *_text("wave_id", "order_no", "site_id"),
        *_moment("added_at"),
        *_moment("left_at", nullable=True),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_wave_order_wave_id")),
        _site("wave_order"),
        _key("wave_order", "wave_id", "order_no"),
    )
    op.create_index(
        "uq_wave_order_in", "wave_order", ["site_id", "order_no"], unique=True,
        postgresql_where=sa.text("left_at IS NULL"),
    )  # fmt: skip
    for table in ("bin_history", "mixed_up"):
        for statement in in_work(table):
            op.execute(statement)
