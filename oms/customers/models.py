"""Table of customers. The address an order goes to is a copy on the order; this is who asked for it."""

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from oms.db.base import Base


class Customer(Base):
    """A customer across channels; `number` is what the shop calls them."""

    __tablename__ = "customer"
    __table_args__ = (UniqueConstraint("site_id", "number"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    number: Mapped[str]
    name: Mapped[str]
    email: Mapped[str] = mapped_column(default="", repr=False)
    language: Mapped[str] = mapped_column(default="en")
