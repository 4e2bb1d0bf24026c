"""Table of orders that wait in a store for their customers, and what became of them."""

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from oms.db.base import Base, words
from sync.contract.codes import NotTaken


class PickUp(Base):
    """A site's order that stands ready, or stood: where, in which pieces, and the code by which its customer is known. The row is made when
    it stands ready for the first time; the code stays the same."""

    __tablename__ = "pick_up"
    __table_args__ = (ForeignKeyConstraint(["site_id", "order_no"], ["sales_order.site_id", "sales_order.number"]),)

    site_id: Mapped[str] = mapped_column(primary_key=True)
    order_no: Mapped[str] = mapped_column(primary_key=True)
    #: One-time; in the customer's mail, never in events or on devices.
    code: Mapped[str] = mapped_column(repr=False)
    shelf: Mapped[str] = mapped_column(default="")
    pieces: Mapped[list[str]] = mapped_column(default_factory=list)
    handed_at: Mapped[datetime | None] = mapped_column(default=None)
    #: The name that was checked, whether the code was shown, and what was signed.
    handed_to: Mapped[str] = mapped_column(default="", repr=False)
    by_code: Mapped[bool] = mapped_column(default=False)
    signature: Mapped[str] = mapped_column(default="", repr=False)
    not_taken: Mapped[NotTaken | None] = mapped_column(words(NotTaken), default=None)
    not_taken_at: Mapped[datetime | None] = mapped_column(default=None)
    note: Mapped[str] = mapped_column(default="")
    device: Mapped[str | None] = mapped_column(default=None)
    worker_id: Mapped[str | None] = mapped_column(default=None)
