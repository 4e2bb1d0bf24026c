"""Tables of the order workbench: what orders are found by, notes, searches that people keep, and which orders were merged and split."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Sequence, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from oms.db.base import Base

#: Orders in the order in which they became searchable; newest first is by it.
SEARCH_SERIAL = Sequence("order_search_serial", metadata=Base.metadata)


class OrderSearch(Base):
    """The words an order is found by (`oms.sales.searching`): each once for all orders, and once for the block of orders it is in."""

    __tablename__ = "order_search"
    __table_args__ = (
        # Entries that wait in a list would be read by every search.
        Index("ix_order_search_words", "words", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
    )

    order_no: Mapped[str] = mapped_column(ForeignKey("customer_order.number"), primary_key=True)
    n: Mapped[int] = mapped_column(unique=True)
    words: Mapped[str] = mapped_column(TSVECTOR, repr=False)


class OrderNote(Base):
    """What a person wrote about an order. The text is never changed; pinning is."""

    __tablename__ = "order_note"
    __table_args__ = (Index(None, "order_no", "at"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    order_no: Mapped[str] = mapped_column(ForeignKey("customer_order.number"))
    at: Mapped[datetime]
    text: Mapped[str] = mapped_column(repr=False)
    source: Mapped[str] = mapped_column(default="")
    worker_id: Mapped[str | None] = mapped_column(default=None)
    device: Mapped[str | None] = mapped_column(default=None)
    pinned: Mapped[bool] = mapped_column(default=False)


class SavedSearch(Base):
    """A search kept under a name by a person (their id) or a program (`key:NAME`)."""

    __tablename__ = "saved_search"

    owner: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]


class OrderMerge(Base):
    """The lines of `other` went up into `order_no`. `kept` says how, and what both were before: so it can be
    undone."""

    __tablename__ = "order_merge"
    __table_args__ = (
        Index(None, "order_no"),
        Index("uq_order_merge_other", "other", unique=True, postgresql_where=text("undone_at IS NULL")),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    order_no: Mapped[str] = mapped_column(ForeignKey("customer_order.number"))
    other: Mapped[str] = mapped_column(ForeignKey("customer_order.number"))
    at: Mapped[datetime]
    kept: Mapped[dict[str, Any]]
    undone_at: Mapped[datetime | None] = mapped_column(default=None)


class OrderSplit(Base):
    """`made` was split off `order_no`."""

    __tablename__ = "order_split"
    __table_args__ = (Index(None, "order_no"),)

    made: Mapped[str] = mapped_column(ForeignKey("customer_order.number"), primary_key=True)
    order_no: Mapped[str] = mapped_column(ForeignKey("customer_order.number"))
    at: Mapped[datetime]
