"""Tables of sourcing: what sites are and cost, the rules, where postcodes are, what was decided and why, and which site said no."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from oms.db.base import Base, words
from oms.sourcing.codes import Rest, SiteKind, Sort


class SourceSite(Base):
    """A site as sourcing sees it. A site without a row is a warehouse that ships, with no cost of its own. Costs are in one currency,
    the same for all sites."""

    __tablename__ = "source_site"
    __table_args__ = (CheckConstraint("capacity IS NULL OR capacity >= 0", name="capacity"),)

    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"), primary_key=True)
    kind: Mapped[SiteKind] = mapped_column(words(SiteKind), default=SiteKind.WAREHOUSE)
    #: Degrees; None: nobody said, and distances are 0.
    lat: Mapped[Decimal | None] = mapped_column(default=None)
    lon: Mapped[Decimal | None] = mapped_column(default=None)
    country: Mapped[str] = mapped_column(default="")
    postcode: Mapped[str] = mapped_column(default="")
    #: Orders a day that it can send; None: as many as come.
    capacity: Mapped[int | None] = mapped_column(default=None)
    #: Labour: of one order, one line, one unit.
    cost_order: Mapped[Decimal] = mapped_column(default=Decimal(0))
    cost_line: Mapped[Decimal] = mapped_column(default=Decimal(0))
    cost_unit: Mapped[Decimal] = mapped_column(default=Decimal(0))
    ships: Mapped[bool] = mapped_column(default=True)
    pick_up: Mapped[bool] = mapped_column(default=False)
    enabled: Mapped[bool] = mapped_column(default=True)
    #: 1 is asked first where all else is equal.
    priority: Mapped[int] = mapped_column(default=5)


class SourceRule(Base):
    """One rule; those that are on are tried in order of `rank`, the first whose scope fits an order is used. The unfilled rest goes the
    way of `rest`."""

    __tablename__ = "source_rule"
    __table_args__ = (Index(None, "rank"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    rank: Mapped[int]
    name: Mapped[str]
    enabled: Mapped[bool] = mapped_column(default=True)
    #: Scope: channels (empty: all), flags of which the order has one (empty: all), countries it goes to (empty: all).
    channels: Mapped[list[str]] = mapped_column(default_factory=list)
    flags: Mapped[list[str]] = mapped_column(default_factory=list)
    countries: Mapped[list[str]] = mapped_column(default_factory=list)
    #: Which sites: `sites`, `kinds` (lists), `max_km` (number), `same_country` (boolean), `max_parts` (number); a missing key is no filter.
    filter: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    sort: Mapped[Sort] = mapped_column(words(Sort), default=Sort.COST)
    #: Weights of `oms.sourcing.costs.Weights`; a missing key has its default.
    weights: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    rest: Mapped[Rest] = mapped_column(words(Rest), default=Rest.BACKORDER)


class PostalPlace(Base):
    """Where postcodes of a country that begin with `prefix` are; the longest that fits is taken, '' stands for the whole country."""

    __tablename__ = "postal_place"

    country: Mapped[str] = mapped_column(primary_key=True)
    prefix: Mapped[str] = mapped_column(primary_key=True)
    lat: Mapped[Decimal]
    lon: Mapped[Decimal]


class ScarcityPrice(Base):
    """What a unit of an item at a site is worth to the orders still to come, as last reckoned (`oms.sourcing.worth`). No row: nothing."""

    __tablename__ = "scarcity_price"

    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"), primary_key=True)
    sku: Mapped[str] = mapped_column(primary_key=True)
    price: Mapped[Decimal]


class SourceDecision(Base):
    """What was decided about an order and why. Rows are never changed but for `superseded_at`, when another one takes their place."""

    __tablename__ = "source_decision"
    __table_args__ = (
        Index(None, "order_no", "id"),
        Index("uq_source_decision_current", "order_no", unique=True, postgresql_where=text("superseded_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True, init=False)
    order_no: Mapped[str] = mapped_column(ForeignKey("customer_order.number"))
    at: Mapped[datetime]
    #: Parts made: `[{"site", "part", "lines": {line: qty}, "cost"}]`.
    chosen: Mapped[list[Any]] = mapped_column(JSONB, default_factory=list)
    #: Ways that were weighed, the best first: `[{"sites", "cost", "missing"}]`, and sites left out `[{"site", "out"}]`.
    candidates: Mapped[list[Any]] = mapped_column(JSONB, default_factory=list)
    #: `[{"code", "params"}]`, codes of `Why`.
    reasons: Mapped[list[Any]] = mapped_column(JSONB, default_factory=list)
    #: Units nobody sends, by line.
    unfilled: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    rest: Mapped[str] = mapped_column(default="")
    rule: Mapped[str] = mapped_column(default="")
    cost: Mapped[Decimal] = mapped_column(default=Decimal(0))
    source: Mapped[str] = mapped_column(default="")
    superseded_at: Mapped[datetime | None] = mapped_column(default=None)


class SiteRejection(Base):
    """A site said no to its part of an order: it is left out from then on."""

    __tablename__ = "site_rejection"

    order_no: Mapped[str] = mapped_column(ForeignKey("customer_order.number"), primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"), primary_key=True)
    at: Mapped[datetime]
    reason: Mapped[str]
    part: Mapped[str] = mapped_column(default="")
    worker_id: Mapped[str | None] = mapped_column(default=None)
