"""Tables of forecasts: demand by day, what ordering an item is like, runs, what each foresees, and what became of it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from oms.db.base import Base, words
from oms.forecast.codes import Method, RunState, Shape


class DemandDay(Base):
    """Units of an item that were asked of a site on a day of its own, and that left it. Days without either, and with something on the
    shelves, have no row. `empty`: nothing was there all day, so that nobody could ask where only what is there is offered."""

    __tablename__ = "demand_day"
    __table_args__ = (CheckConstraint("ordered >= 0 AND shipped >= 0", name="units"),)

    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"), primary_key=True)
    sku: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    ordered: Mapped[int] = mapped_column(default=0)
    shipped: Mapped[int] = mapped_column(default=0)
    empty: Mapped[bool] = mapped_column(default=False)


class StockTerms(Base):
    """What ordering an item for a site is like; the row with `sku` '' is for all items of the site that say nothing themselves. None:
    nobody said."""

    __tablename__ = "stock_terms"
    __table_args__ = (
        CheckConstraint("service IS NULL OR (service >= 0.5 AND service <= 0.995)", name="service"),
        CheckConstraint("least(lead_days, lead_sd_days, unit_cost, order_cost, holding_rate) >= 0", name="not_negative"),
        CheckConstraint("least(review_days, moq, pack) >= 1", name="at_least_one"),
    )  # fmt: skip

    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"), primary_key=True)
    sku: Mapped[str] = mapped_column(primary_key=True, default="")
    #: From the order to the shelf, and its standard deviation.
    lead_days: Mapped[Decimal | None] = mapped_column(default=None)
    lead_sd_days: Mapped[Decimal | None] = mapped_column(default=None)
    #: Days from one look at the stock to the next.
    review_days: Mapped[int | None] = mapped_column(default=None)
    #: The share of times for which the shelf is to last.
    service: Mapped[Decimal | None] = mapped_column(default=None)
    #: Of a unit, of an order, and what a year on the shelf costs as a share of the unit's.
    unit_cost: Mapped[Decimal | None] = mapped_column(default=None)
    order_cost: Mapped[Decimal | None] = mapped_column(default=None)
    holding_rate: Mapped[Decimal | None] = mapped_column(default=None)
    moq: Mapped[int | None] = mapped_column(default=None)
    pack: Mapped[int | None] = mapped_column(default=None)
    #: The item that this one, while it is new, is taken to sell as.
    like_sku: Mapped[str | None] = mapped_column(default=None)


class Promotion(Base):
    """Days on which an item (`sku` '': all items) is or was sold by something out of the ordinary."""

    __tablename__ = "promotion"
    __table_args__ = (Index(None, "site_id", "sku"), CheckConstraint("first <= last", name="days"))

    id: Mapped[str] = mapped_column(primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    sku: Mapped[str]
    first: Mapped[date]
    last: Mapped[date]


class ForecastRun(Base):
    """One run over the items of a site in order of SKU; `cursor` is the last one done. A run that was broken off goes on after it."""

    __tablename__ = "forecast_run"
    __table_args__ = (
        Index("uq_forecast_run_running", "site_id", unique=True, postgresql_where=text("state = 'running'")),
        Index(None, "site_id", "started_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    #: The first day that is foreseen.
    day: Mapped[date]
    started_at: Mapped[datetime]
    state: Mapped[RunState] = mapped_column(words(RunState), default=RunState.RUNNING)
    finished_at: Mapped[datetime | None] = mapped_column(default=None)
    cursor: Mapped[str] = mapped_column(default="")
    items: Mapped[int] = mapped_column(default=0)
    #: `oms.forecast.learned.Kept` as JSON.
    learned: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    source: Mapped[str] = mapped_column(default="")


class ItemForecast(Base):
    """The last forecast of an item at a site, and the stock it suggests. Units are per week, or over `cover_days`: lead time and review."""

    __tablename__ = "item_forecast"
    __table_args__ = (Index(None, "site_id", "money"),)

    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"), primary_key=True)
    sku: Mapped[str] = mapped_column(primary_key=True)
    run_id: Mapped[str] = mapped_column(ForeignKey("forecast_run.id"))
    day: Mapped[date]
    shape: Mapped[Shape] = mapped_column(words(Shape))
    method: Mapped[Method] = mapped_column(words(Method))
    #: Weeks of history that are known.
    known_weeks: Mapped[int]
    level: Mapped[Decimal]
    #: Means of the weeks to come.
    weeks: Mapped[list[Any]] = mapped_column(JSONB)
    cover_days: Mapped[Decimal]
    cover_mean: Mapped[Decimal]
    cover_sd: Mapped[Decimal]
    #: Units that are enough over `cover_days`, by share of times as text.
    quantiles: Mapped[dict[str, Any]]
    service: Mapped[Decimal]
    reorder_point: Mapped[int]
    safety: Mapped[int]
    order_qty: Mapped[int]
    upto: Mapped[int]
    #: What the suggested stock ties up in the mean; None: nobody said what a unit costs.
    money: Mapped[Decimal | None] = mapped_column(default=None)


class ForecastCheck(Base):
    """What a run said of an item for so many weeks, and, when they are over, what was asked for."""

    __tablename__ = "forecast_check"
    __table_args__ = (Index("ix_forecast_check_due", "site_id", "until", postgresql_where=text("came IS NULL")),)

    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"), primary_key=True)
    sku: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    #: The first day that is not of it.
    until: Mapped[date]
    shape: Mapped[Shape] = mapped_column(words(Shape))
    said: Mapped[Decimal]
    #: Units that were to be enough with a chance of `service`.
    upper: Mapped[int]
    service: Mapped[Decimal]
    #: The mean step from week to week in the history, times the weeks.
    step: Mapped[Decimal]
    came: Mapped[int | None] = mapped_column(default=None)
