"""Tables of the bench: orders that share a parcel, and pictures of parcels."""

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from oms.db.base import Base, words
from sync.contract.codes import PhotoOf


class ParcelJoin(Base):
    """Goods of `order_no`, packed by its job `job_id`, go into a parcel of another order; `op_id` is the fact. `parted_at`: they were
    taken apart again."""

    __tablename__ = "parcel_join"
    __table_args__ = (
        ForeignKeyConstraint(["site_id", "order_no"], ["sales_order.site_id", "sales_order.number"]),
        Index(None, "site_id", "order_no"),
        Index("uq_parcel_join_live", "parcel_id", "order_no", unique=True, postgresql_where=text("parted_at IS NULL")),
    )

    op_id: Mapped[str] = mapped_column(primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    parcel_id: Mapped[str] = mapped_column(ForeignKey("parcel.id"))
    order_no: Mapped[str]
    job_id: Mapped[str]
    at: Mapped[datetime]
    device: Mapped[str | None] = mapped_column(default=None)
    worker_id: Mapped[str | None] = mapped_column(default=None)
    parted_at: Mapped[datetime | None] = mapped_column(default=None)


class Photo(Base):
    """A picture of a parcel, known by the fact `op_id` before its bytes (`body`, a JPEG of `size` bytes) have come. `sha256` is over them;
    it stays when they are deleted."""

    __tablename__ = "photo"
    __table_args__ = (
        Index(None, "parcel_id"),
        Index("ix_photo_kept", "site_id", "came_at", postgresql_where=text("body IS NOT NULL")),
    )

    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(primary_key=True)
    op_id: Mapped[str]
    parcel_id: Mapped[str] = mapped_column(ForeignKey("parcel.id"))
    shows: Mapped[PhotoOf] = mapped_column(words(PhotoOf))
    size: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]
    at: Mapped[datetime]
    device: Mapped[str | None] = mapped_column(default=None)
    worker_id: Mapped[str | None] = mapped_column(default=None)
    came_at: Mapped[datetime | None] = mapped_column(default=None)
    body: Mapped[bytes | None] = mapped_column(LargeBinary, default=None, repr=False, deferred=True)
