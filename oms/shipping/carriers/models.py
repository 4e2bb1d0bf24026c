"""Tables of carriers: rate tables, labels bought, manifests, events on the way, and the links of customers' pages."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, MappedAsDataclass, mapped_column

from oms.db.base import Base, words
from sync.contract.shipping import Delivery, LabelFormat, ManifestState


class Adapter(StrEnum):
    """Who answers for a carrier: our own tables, or its own service."""

    TABLES = "tables"
    HTTP = "http"


class LabelState(StrEnum):
    """A purchase of a label. It is written as `WANTED` before anybody is asked."""

    WANTED = "wanted"
    #: Somebody is asking, or has asked and has not heard: only the carrier knows.
    ASKED = "asked"
    BOUGHT = "bought"
    #: It is paid for and of no use, or not wanted any more: it is being given back.
    VOIDING = "voiding"
    VOID = "void"
    #: Nothing was bought, and nothing will be by itself.
    FAILED = "failed"


#: A parcel has at most one of these.
LIVE_LABEL = (LabelState.WANTED, LabelState.ASKED, LabelState.BOUGHT, LabelState.VOIDING, LabelState.FAILED)


class CarrierAccount(Base):
    """How a carrier is worked with. Without a row it has our own tables and labels."""

    __tablename__ = "carrier_account"

    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"), primary_key=True)
    carrier: Mapped[str] = mapped_column(primary_key=True)
    adapter: Mapped[Adapter] = mapped_column(words(Adapter))
    label_format: Mapped[LabelFormat] = mapped_column(words(LabelFormat), default=LabelFormat.ZPL)


class RateTable(Base):
    """What a service costs from a day on; `body` is a `oms.shipping.carriers.tables.Table`. Replaced as a whole, never in part."""

    __tablename__ = "rate_table"

    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"), primary_key=True)
    carrier: Mapped[str] = mapped_column(primary_key=True)
    service: Mapped[str] = mapped_column(primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    body: Mapped[dict[str, Any]]


class Purchase(MappedAsDataclass, kw_only=True, eq=False):
    """One purchase of a label; `id` is the key under which the carrier knows it. `ask` is sent word for word each time."""

    id: Mapped[str] = mapped_column(primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    carrier: Mapped[str]
    service: Mapped[str]
    state: Mapped[LabelState] = mapped_column(words(LabelState))
    ask: Mapped[dict[str, Any]] = mapped_column(repr=False)
    wanted_at: Mapped[datetime]
    #: When it is asked (again); moved ahead by whoever asks, so that no two do.
    due_at: Mapped[datetime]
    #: Which one for the same parcel: labels that were of no use are given back and bought anew a few times.
    attempt: Mapped[int] = mapped_column(default=1)
    tries: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(default="")
    #: Whether another is bought once this one has been given back.
    again: Mapped[bool] = mapped_column(default=False)
    ref: Mapped[str] = mapped_column(default="")
    tracking: Mapped[str] = mapped_column(default="")
    charge: Mapped[Decimal | None] = mapped_column(default=None)
    currency: Mapped[str] = mapped_column(default="")
    format: Mapped[LabelFormat | None] = mapped_column(words(LabelFormat), default=None)
    body: Mapped[bytes | None] = mapped_column(LargeBinary, default=None, repr=False, deferred=True)
    sha256: Mapped[str] = mapped_column(default="")
    bought_at: Mapped[datetime | None] = mapped_column(default=None)
    void_at: Mapped[datetime | None] = mapped_column(default=None)


class Label(Purchase, Base):
    """A label of a parcel."""

    __tablename__ = "carrier_label"
    __table_args__ = (
        Index(
            "uq_carrier_label_live", "parcel_id", unique=True, postgresql_where=text("state <> 'void'")
        ),
        Index(
            "uq_carrier_label_tracking", "site_id", "carrier", "tracking", unique=True,
            postgresql_where=text("state = 'bought' AND tracking <> ''"),
        ),
        Index("ix_carrier_label_due", "due_at", postgresql_where=text("state IN ('wanted', 'asked', 'voiding')")),
        Index(None, "manifest_id"),
    )  # fmt: skip

    parcel_id: Mapped[str] = mapped_column(ForeignKey("parcel.id"))
    manifest_id: Mapped[str | None] = mapped_column(ForeignKey("manifest.id"), default=None)


class Manifest(Base):
    """What one carrier takes with it, the n-th time on a day; `id` is its key at the carrier."""

    __tablename__ = "manifest"
    __table_args__ = (UniqueConstraint("site_id", "carrier", "day", "n"), Index(None, "site_id", "day"))

    id: Mapped[str] = mapped_column(primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    carrier: Mapped[str]
    day: Mapped[date]
    n: Mapped[int]
    state: Mapped[ManifestState] = mapped_column(words(ManifestState))
    made_at: Mapped[datetime]
    due_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    ref: Mapped[str] = mapped_column(default="")
    problem: Mapped[str] = mapped_column(default="")
    closed_at: Mapped[datetime | None] = mapped_column(default=None)


class TrackingRange(Base):
    """Numbers a carrier gave us for one of its services: `next_serial` is the next one to give out, `last_serial` the last there is."""

    __tablename__ = "tracking_range"

    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"), primary_key=True)
    carrier: Mapped[str] = mapped_column(primary_key=True)
    service: Mapped[str] = mapped_column(primary_key=True)
    prefix: Mapped[str]
    digits: Mapped[int]
    next_serial: Mapped[int]
    last_serial: Mapped[int]


class ParcelEvent(Base):
    """Something a carrier said of a parcel; once, however often it says so."""

    __tablename__ = "parcel_event"
    __table_args__ = (UniqueConstraint("site_id", "carrier", "event_id"), Index(None, "parcel_id", "at"))

    id: Mapped[str] = mapped_column(primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    parcel_id: Mapped[str] = mapped_column(ForeignKey("parcel.id"))
    carrier: Mapped[str]
    event_id: Mapped[str]
    state: Mapped[Delivery] = mapped_column(words(Delivery))
    at: Mapped[datetime]
    #: The carrier's clock against UTC, where it happened.
    offset_min: Mapped[int]
    received_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(default="")


class ParcelDelivery(Base):
    """How far a parcel is. `state` is what its newest event says; what has arrived stays so."""

    __tablename__ = "parcel_delivery"

    parcel_id: Mapped[str] = mapped_column(ForeignKey("parcel.id"), primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    state: Mapped[Delivery] = mapped_column(words(Delivery))
    at: Mapped[datetime]
    polled_at: Mapped[datetime | None] = mapped_column(default=None)


class TrackingLink(Base):
    """The customer's way to see an order without an account: whoever has the token may look, until `ends_at`."""

    __tablename__ = "tracking_link"
    __table_args__ = (
        ForeignKeyConstraint(["site_id", "order_no"], ["sales_order.site_id", "sales_order.number"]),
        UniqueConstraint("site_id", "order_no"),
    )

    token: Mapped[str] = mapped_column(primary_key=True, repr=False)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    order_no: Mapped[str]
    made_at: Mapped[datetime]
    ends_at: Mapped[datetime]


class ServiceChoice(Base):
    """Why an order goes with its service: `body` has the `options` it was chosen from."""

    __tablename__ = "service_choice"
    __table_args__ = (ForeignKeyConstraint(["site_id", "order_no"], ["sales_order.site_id", "sales_order.number"]),)

    site_id: Mapped[str] = mapped_column(primary_key=True)
    order_no: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    carrier: Mapped[str]
    service: Mapped[str]
    body: Mapped[dict[str, Any]]
