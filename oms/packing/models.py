"""Tables of packing: parcels with the identity their labels carry, every weight that was taken, and what was learned from them. Weights
in grams."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from oms.db.base import Base, words
from sync.contract.codes import ParcelState


class Parcel(Base):
    """One box of a shipment. SSCC and tracking number are fixed before packing, so that a label can be printed offline."""

    __tablename__ = "parcel"
    __table_args__ = (
        ForeignKeyConstraint(["site_id", "order_no"], ["sales_order.site_id", "sales_order.number"]),
        UniqueConstraint("site_id", "order_no", "number"),
        Index(None, "shipment_id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    shipment_id: Mapped[str] = mapped_column(ForeignKey("shipment.id"))
    order_no: Mapped[str]
    number: Mapped[int]
    sscc: Mapped[str] = mapped_column(unique=True)
    carrier: Mapped[str]
    service: Mapped[str]
    tracking: Mapped[str]
    state: Mapped[ParcelState] = mapped_column(words(ParcelState))
    carton: Mapped[str | None] = mapped_column(default=None)
    grams: Mapped[int | None] = mapped_column(default=None)
    #: How it is meant to be packed: a `sync.contract.packing.ParcelPlan`.
    plan: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True), default=None)
    #: Highest rung of the confirmation ladder its label reached (`facts.LabelFate.level`).
    label_level: Mapped[int] = mapped_column(default=0)
    shipped_at: Mapped[datetime | None] = mapped_column(default=None)


class Weighing(Base):
    """A stable weight taken of a parcel; `op_id` is the fact. `released_by` is set when a person let a mismatch pass."""

    __tablename__ = "weighing"
    __table_args__ = (
        Index(None, "parcel_id"),
        Index("ix_weighing_to_learn", "site_id", "at", postgresql_where=text("NOT learned")),
    )

    op_id: Mapped[str] = mapped_column(primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    parcel_id: Mapped[str] = mapped_column(ForeignKey("parcel.id"))
    carton: Mapped[str]
    grams: Mapped[int]
    expected_g: Mapped[int]
    tolerance_g: Mapped[int]
    within: Mapped[bool]
    at: Mapped[datetime]
    scale: Mapped[str] = mapped_column(default="")
    device: Mapped[str | None] = mapped_column(default=None)
    worker_id: Mapped[str | None] = mapped_column(default=None)
    released_by: Mapped[str | None] = mapped_column(default=None)
    reason: Mapped[str] = mapped_column(default="")
    #: What of the checklist was confirmed (`sync.contract.packing.Supply.key`); None: nothing was asked.
    supplies: Mapped[list[str] | None] = mapped_column(JSONB(none_as_null=True), default=None)
    #: Whether the estimates have read it.
    learned: Mapped[bool] = mapped_column(default=False)


class WeightEstimate(Base):
    """What is known of the weight of one unit of an item, or of one carton with its filling (`oms.packing.weights.Estimate`). Devices are
    told `told_*`, which follow when they have become plainly different; None before it is known well enough."""

    __tablename__ = "weight_estimate"

    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"), primary_key=True)
    #: `item` or `carton`.
    kind: Mapped[str] = mapped_column(primary_key=True)
    #: SKU or carton code.
    key: Mapped[str] = mapped_column(primary_key=True)
    mean: Mapped[float]
    error: Mapped[float]
    spread: Mapped[float]
    weight: Mapped[float]
    parcels: Mapped[int] = mapped_column(default=0)
    lean: Mapped[float] = mapped_column(default=0.0)
    told_mean: Mapped[float | None] = mapped_column(default=None)
    told_error: Mapped[float | None] = mapped_column(default=None)
    told_spread: Mapped[float | None] = mapped_column(default=None)
    told_parcels: Mapped[int] = mapped_column(default=0)
