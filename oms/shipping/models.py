"""Tables of shipping: carriers' services, shipments, what became of labels; and the sequences of SSCC and tracking serials."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, Sequence
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from oms.db.base import Base

#: A serial drawn is never drawn again, whether its transaction commits or not.
SSCC_SERIAL = Sequence("sscc_serial", metadata=Base.metadata)
TRACKING_SERIAL = Sequence("tracking_serial", metadata=Base.metadata)


class CarrierService(Base):
    """A service of a carrier, with the prefix of the tracking numbers it gave us."""

    __tablename__ = "carrier_service"

    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"), primary_key=True)
    carrier: Mapped[str] = mapped_column(primary_key=True)
    service: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(default="")
    tracking_prefix: Mapped[str] = mapped_column(default="")


class Shipment(Base):
    """What goes to one address of one order with one carrier, in one or more parcels."""

    __tablename__ = "shipment"
    __table_args__ = (
        ForeignKeyConstraint(["site_id", "order_no"], ["sales_order.site_id", "sales_order.number"]),
        Index(None, "site_id", "order_no"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    order_no: Mapped[str]
    carrier: Mapped[str]
    service: Mapped[str]
    created_at: Mapped[datetime]
    shipped_at: Mapped[datetime | None] = mapped_column(default=None)
    #: Why its service was chosen: a `sync.contract.packing.ServiceSaid`.
    why: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True), default=None)


class LabelFate(Base):
    """What a device knows became of one label; `op_id` is the fact. See `sync.contract.facts.LabelFate`."""

    __tablename__ = "label_fate"
    __table_args__ = (Index(None, "parcel_id"),)

    op_id: Mapped[str] = mapped_column(primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    parcel_id: Mapped[str] = mapped_column(ForeignKey("parcel.id"))
    sscc: Mapped[str]
    print_job: Mapped[str]
    fate: Mapped[str]
    level: Mapped[int]
    at: Mapped[datetime]
    printer: Mapped[str] = mapped_column(default="")
    detail: Mapped[str] = mapped_column(default="")
    device: Mapped[str | None] = mapped_column(default=None)
    worker_id: Mapped[str | None] = mapped_column(default=None)
