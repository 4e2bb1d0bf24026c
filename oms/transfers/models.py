"""Tables of transfers: what goes from a site to another, its lines, and what came of it. Units are base units of the item."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from oms.db.base import Base, words
from oms.transfers.codes import TransferState


class Transfer(Base):
    """Goods that go from `site_id` to `to_site`. The sending site's order has the same number; `day` is when they are expected."""

    __tablename__ = "transfer"
    __table_args__ = (
        CheckConstraint("site_id <> to_site", name="sites_differ"),
        Index(None, "site_id", "state"),
        Index(None, "to_site", "state"),
    )

    number: Mapped[str] = mapped_column(primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    to_site: Mapped[str] = mapped_column(ForeignKey("site.id"))
    day: Mapped[date]
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(default="")
    state: Mapped[TransferState] = mapped_column(words(TransferState), default=TransferState.MADE)
    note: Mapped[str] = mapped_column(default="")
    sent_at: Mapped[datetime | None] = mapped_column(default=None)
    done_at: Mapped[datetime | None] = mapped_column(default=None)


class TransferLine(Base):
    """`qty` were asked for (0: nobody asked, it came all the same), `shipped` have left, `received` and `damaged` of them came."""

    __tablename__ = "transfer_line"
    __table_args__ = (
        Index(None, "sku"),
        CheckConstraint("qty >= 0 AND shipped >= 0 AND received >= 0 AND damaged >= 0", name="units"),
    )

    number: Mapped[str] = mapped_column(ForeignKey("transfer.number"), primary_key=True)
    line_no: Mapped[int] = mapped_column(primary_key=True)
    sku: Mapped[str]
    qty: Mapped[int]
    shipped: Mapped[int] = mapped_column(default=0)
    received: Mapped[int] = mapped_column(default=0)
    damaged: Mapped[int] = mapped_column(default=0)

    @property
    def receipt(self) -> str:
        """What it is called among expected receipts."""
        return f"{self.number}/{self.line_no}"


class TransferDelivery(Base):
    """Units that came in one go; `id` is the fact or the request that told it, with the line's number."""

    __tablename__ = "transfer_delivery"
    __table_args__ = (
        Index(None, "number", "line_no"),
        CheckConstraint("qty >= 0 AND damaged >= 0 AND qty + damaged > 0", name="units"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(ForeignKey("transfer.number"))
    line_no: Mapped[int]
    sku: Mapped[str]
    qty: Mapped[int]
    place: Mapped[str]
    at: Mapped[datetime]
    damaged: Mapped[int] = mapped_column(default=0)
    #: Units more than were on their way.
    over: Mapped[int] = mapped_column(default=0)
    lot: Mapped[str] = mapped_column(default="")
    worker_id: Mapped[str | None] = mapped_column(default=None)
    device: Mapped[str | None] = mapped_column(default=None)
