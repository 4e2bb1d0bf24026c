"""Tables of packing: parcels with the identity their labels carry, and every weight that was taken. Weights in grams."""

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
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
    #: Highest rung of the confirmation ladder its label reached (`facts.LabelFate.level`).
    label_level: Mapped[int] = mapped_column(default=0)
    shipped_at: Mapped[datetime | None] = mapped_column(default=None)


class Weighing(Base):
    """A stable weight taken of a parcel; `op_id` is the fact. `released_by` is set when a person let a mismatch pass."""

    __tablename__ = "weighing"
    __table_args__ = (Index(None, "parcel_id"),)

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
