"""Forecasts: demand by day, what ordering is like, runs, what they foresee, and what became of it."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

_SHAPES = ("smooth", "erratic", "intermittent", "lumpy", "new", "none")
_METHODS = (
    "naive", "mean", "ses_slow", "ses", "ses_quick", "croston", "sba", "tsb", "imapa", "seasonal_naive", "pool", "mix", "like",
)  # fmt: skip


def _words(*values: str, name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _column(name: str, type_: sa.types.TypeEngine[Any], *, nullable: bool = False) -> "sa.Column[Any]":
    return sa.Column(name, type_, nullable=nullable)


def _site(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f(f"fk_{table}_site_id"))


def upgrade() -> None:
    """Additive."""
    when, money, whole, words = sa.TIMESTAMP(timezone=True), sa.Numeric(14, 4), sa.BigInteger(), sa.Text()
    op.create_table(
        "demand_day",
        _column("site_id", words), _column("sku", words), _column("day", sa.Date()), _column("ordered", whole),
        _column("shipped", whole), _column("empty", sa.Boolean()),
        sa.CheckConstraint("ordered >= 0 AND shipped >= 0", name=op.f("ck_demand_day_units")),
        _site("demand_day"),
        sa.PrimaryKeyConstraint("site_id", "sku", "day", name=op.f("pk_demand_day")),
    )  # fmt: skip
    op.create_table(
        "stock_terms",
        _column("site_id", words), _column("sku", words),
        *(_column(name, money, nullable=True) for name in ("lead_days", "lead_sd_days")),
        _column("review_days", whole, nullable=True),
        *(_column(name, money, nullable=True) for name in ("service", "unit_cost", "order_cost", "holding_rate")),
        *(_column(name, whole, nullable=True) for name in ("moq", "pack")),
        _column("like_sku", words, nullable=True),
        sa.CheckConstraint(
            "service IS NULL OR (service >= 0.5 AND service <= 0.995)", name=op.f("ck_stock_terms_service")
        ),
        sa.CheckConstraint(
            "least(lead_days, lead_sd_days, unit_cost, order_cost, holding_rate) >= 0", name=op.f("ck_stock_terms_not_negative")
        ),
        sa.CheckConstraint("least(review_days, moq, pack) >= 1", name=op.f("ck_stock_terms_at_least_one")),
        _site("stock_terms"),
        sa.PrimaryKeyConstraint("site_id", "sku", name=op.f("pk_stock_terms")),
    )  # fmt: skip
    op.create_table(
        "promotion",
        _column("id", words), _column("site_id", words), _column("sku", words), _column("first", sa.Date()),
        _column("last", sa.Date()),
        sa.CheckConstraint("first <= last", name=op.f("ck_promotion_days")),
        _site("promotion"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promotion")),
    )  # fmt: skip
    op.create_index(op.f("ix_promotion_site_id_sku"), "promotion", ["site_id", "sku"])
    op.create_table(
        "forecast_run",
        _column("id", words), _column("site_id", words), _column("day", sa.Date()), _column("started_at", when),
        _column("state", _words("running", "done", name="runstate")), _column("finished_at", when, nullable=True),
        _column("cursor", words), _column("items", whole), _column("learned", JSONB()), _column("source", words),
        _site("forecast_run"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forecast_run")),
    )  # fmt: skip
    op.create_index(
        "uq_forecast_run_running", "forecast_run", ["site_id"], unique=True, postgresql_where=sa.text("state = 'running'")
    )  # fmt: skip
    op.create_index(op.f("ix_forecast_run_site_id_started_at"), "forecast_run", ["site_id", "started_at"])
    op.create_table(
        "item_forecast",
        _column("site_id", words), _column("sku", words), _column("run_id", words), _column("day", sa.Date()),
        _column("shape", _words(*_SHAPES, name="shape")), _column("method", _words(*_METHODS, name="method")),
        _column("known_weeks", whole), _column("level", money), _column("weeks", JSONB()),
        *(_column(name, money) for name in ("cover_days", "cover_mean", "cover_sd")), _column("quantiles", JSONB()),
        _column("service", money), *(_column(name, whole) for name in ("reorder_point", "safety", "order_qty", "upto")),
        _column("money", money, nullable=True),
        _site("item_forecast"),
        sa.ForeignKeyConstraint(["run_id"], ["forecast_run.id"], name=op.f("fk_item_forecast_run_id")),
        sa.PrimaryKeyConstraint("site_id", "sku", name=op.f("pk_item_forecast")),
    )  # fmt: skip
    op.create_index(op.f("ix_item_forecast_site_id_money"), "item_forecast", ["site_id", "money"])
    op.create_table(
        "forecast_check",
        _column("site_id", words), _column("sku", words), _column("day", sa.Date()), _column("until", sa.Date()),
        _column("shape", _words(*_SHAPES, name="shape")), _column("said", money), _column("upper", whole),
        _column("service", money), _column("step", money), _column("came", whole, nullable=True),
        _site("forecast_check"),
        sa.PrimaryKeyConstraint("site_id", "sku", "day", name=op.f("pk_forecast_check")),
    )  # fmt: skip
    op.create_index(
        "ix_forecast_check_due", "forecast_check", ["site_id", "until"], postgresql_where=sa.text("came IS NULL")
    )


def downgrade() -> None:
    """Drops it."""
    for table in ("forecast_check", "item_forecast", "forecast_run", "promotion", "stock_terms", "demand_day"):
        op.drop_table(table)
