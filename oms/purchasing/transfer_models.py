"""Tables of goods that go from one of our sites to another."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from oms.db.base import Base, words


class MoveState(StrEnum):
    """How far a transfer is. `CLOSED`: less came than was sent, and somebody said why."""

    ASKED = "asked"
    IN_TRANSIT = "in_transit"
    PARTLY = "partly_received"
    RECEIVED = "received"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Transfer(Base):
    """Goods from one site for another."""

    __tablename__ = "transfer"
    __table_args__ = (
        CheckConstraint("from_site <> to_site", name="sites"),
        Index(None, "to_site", "state"),
        Index(None, "from_site", "state"),
    )

    number: Mapped[str] = mapped_column(primary_key=True)
    from_site: Mapped[str] = mapped_column(ForeignKey("site.id"))
    to_site: Mapped[str] = mapped_column(ForeignKey("site.id"))
    #: When it is expected.
    day: Mapped[date]
    made_at: Mapped[datetime]
    state: Mapped[MoveState] = mapped_column(words(MoveState), default=MoveState.ASKED)
    made_by: Mapped[str] = mapped_column(default="")
    shipped_at: Mapped[datetime | None] = mapped_column(default=None)
    done_at: Mapped[datetime | None] = mapped_column(default=None)
    #: Why less came than was sent.
    why: Mapped[str] = mapped_column(default="")


class TransferLine(Base):
    """Units of an item and lot ('' none). `qty` is asked for, `shipped` left, `received` and `damaged` came, `lost` never will."""

    __tablename__ = "transfer_line"
    __table_args__ = (
        Index(None, "sku"),
        CheckConstraint("qty >= 0 AND shipped >= 0 AND received >= 0 AND damaged >= 0 AND lost >= 0", name="units"),
    )

    transfer: Mapped[str] = mapped_column(ForeignKey("transfer.number"), primary_key=True)
    line_no: Mapped[int] = mapped_column(primary_key=True)
    sku: Mapped[str]
    qty: Mapped[int]
    lot: Mapped[str] = mapped_column(default="")
    shipped: Mapped[int] = mapped_column(default=0)
    received: Mapped[int] = mapped_column(default=0)
    damaged: Mapped[int] = mapped_column(default=0)
    lost: Mapped[int] = mapped_column(default=0)

    @property
    def open(self) -> int:
        """Units that are still to come."""
        return max(0, self.shipped - self.received - self.damaged - self.lost)

    @property
    def receipt(self) -> str:
        """What it is called among expected receipts."""
        return f"{self.transfer}/{self.line_no}"
