"""Tables of returns: the return and its lines, what was received, boxes, pictures, labels, rules, and links for customers. Amounts are
exact, in the order's currency."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from oms.db.base import Base, words
from oms.returns.codes import CameBy, Decision, Resolution, ReturnState
from oms.shipping.carriers.models import Purchase
from sync.contract.returns import Disposition, Grade, ReturnReason

_OPEN = "state NOT IN ('refused', 'closed', 'cancelled')"


class CustomerReturn(Base):
    """What a customer sends back of one order. `number` stands on its paper and in its barcode."""

    __tablename__ = "customer_return"
    __table_args__ = (
        Index(None, "order_no"),
        Index(None, "asked_at", "number"),
        Index("ix_customer_return_open", "state", "asked_at", postgresql_where=text(_OPEN)),
        Index(None, "tracking", postgresql_where=text("tracking <> ''")),
    )

    number: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[ReturnState] = mapped_column(words(ReturnState))
    decision: Mapped[Decision] = mapped_column(words(Decision))
    came_by: Mapped[CameBy] = mapped_column(words(CameBy))
    asked_at: Mapped[datetime]
    #: The site where it is expected, or where it came in.
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    #: None: goods came, and nobody knows of which order.
    order_no: Mapped[str | None] = mapped_column(ForeignKey("customer_order.number"), default=None)
    #: What was scanned on it when nobody had announced it.
    found: Mapped[str] = mapped_column(default="", repr=False)
    channel: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="en")
    note: Mapped[str] = mapped_column(default="", repr=False)
    #: What the customer is told with a refusal.
    because: Mapped[str] = mapped_column(default="", repr=False)
    #: The carrier's number on the label that was sent.
    tracking: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None] = mapped_column(default=None)
    #: When everything that came was looked at.
    graded_at: Mapped[datetime | None] = mapped_column(default=None)
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    resolution: Mapped[Resolution | None] = mapped_column(words(Resolution), default=None)
    currency: Mapped[str] = mapped_column(default="EUR")
    #: What the customer pays for sending it back, taken off what they get.
    fee: Mapped[Decimal] = mapped_column(default=Decimal(0))
    #: What became less of what is due for the order.
    refund: Mapped[Decimal] = mapped_column(default=Decimal(0))
    exchange_order: Mapped[str | None] = mapped_column(ForeignKey("customer_order.number"), default=None)
    #: What a person should look at: `{"sign": code, ...words}`.
    signs: Mapped[list[Any]] = mapped_column(JSONB, default_factory=list)
    revision: Mapped[int] = mapped_column(default=1)


class ReturnLine(Base):
    """One item of a return. `qty` units were announced (0: they came without), `taken` units have been settled."""

    __tablename__ = "return_line"
    __table_args__ = (
        CheckConstraint("least(qty, taken) >= 0 AND refund >= 0", name="counts"),
        Index(None, "sku"),
    )

    return_no: Mapped[str] = mapped_column(ForeignKey("customer_return.number"), primary_key=True)
    line_no: Mapped[int] = mapped_column(primary_key=True)
    sku: Mapped[str]
    qty: Mapped[int]
    #: The order's line; None: it is on none.
    order_line: Mapped[int | None] = mapped_column(default=None)
    reason: Mapped[ReturnReason] = mapped_column(words(ReturnReason), default=ReturnReason.OTHER)
    note: Mapped[str] = mapped_column(default="", repr=False)
    taken: Mapped[int] = mapped_column(default=0)
    refund: Mapped[Decimal] = mapped_column(default=Decimal(0))


class ReturnReceipt(Base):
    """Units that came and were judged, where they were put. A receipt that was taken back has `undone_at`."""

    __tablename__ = "return_receipt"
    __table_args__ = (
        ForeignKeyConstraint(["return_no", "line_no"], ["return_line.return_no", "return_line.line_no"]),
        Index(None, "return_no", "line_no"),
        Index(None, "at"),
        CheckConstraint("qty > 0", name="qty"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    return_no: Mapped[str]
    line_no: Mapped[int]
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    sku: Mapped[str]
    qty: Mapped[int]
    grade: Mapped[Grade] = mapped_column(words(Grade))
    disposition: Mapped[Disposition] = mapped_column(words(Disposition))
    #: The account of the stock ledger into which they went.
    account: Mapped[str]
    at: Mapped[datetime]
    #: The disposition that was suggested; a person may have chosen otherwise.
    suggested: Mapped[str]
    lot: Mapped[str] = mapped_column(default="")
    serial: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    box: Mapped[str] = mapped_column(default="")
    device: Mapped[str | None] = mapped_column(default=None)
    worker_id: Mapped[str | None] = mapped_column(default=None)
    undone_at: Mapped[datetime | None] = mapped_column(default=None)


class ReturnBox(Base):
    """A box that was opened on somebody's table. Of one return there may be several."""

    __tablename__ = "return_box"
    __table_args__ = (Index(None, "return_no"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    return_no: Mapped[str] = mapped_column(ForeignKey("customer_return.number"))
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    opened_at: Mapped[datetime]
    done_at: Mapped[datetime | None] = mapped_column(default=None)
    grams: Mapped[int | None] = mapped_column(default=None)


class ReturnPhoto(Base):
    """A picture the customer sent of a line, as a plain JPEG made here."""

    __tablename__ = "return_photo"
    __table_args__ = (ForeignKeyConstraint(["return_no", "line_no"], ["return_line.return_no", "return_line.line_no"]),)

    return_no: Mapped[str] = mapped_column(primary_key=True)
    line_no: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    body: Mapped[bytes] = mapped_column(LargeBinary, repr=False)


class ReturnLabel(Purchase, Base):
    """A label with which a customer sends a return, made by a carrier."""

    __tablename__ = "return_label"
    __table_args__ = (
        Index("uq_return_label_live", "return_no", unique=True, postgresql_where=text("state <> 'void'")),
        Index(
            "uq_return_label_tracking", "site_id", "carrier", "tracking", unique=True,
            postgresql_where=text("state = 'bought' AND tracking <> ''"),
        ),
        Index("ix_return_label_due", "due_at", postgresql_where=text("state IN ('wanted', 'asked', 'voiding')")),
    )  # fmt: skip

    return_no: Mapped[str] = mapped_column(ForeignKey("customer_return.number"))


class ReturnRule(Base):
    """What is taken back, by channel and site of arrival ('' any); the most exact one counts, the channel before the site."""

    __tablename__ = "return_rule"
    __table_args__ = (CheckConstraint("window_days >= 0 AND fee >= 0", name="values"),)

    channel: Mapped[str] = mapped_column(primary_key=True)
    site_id: Mapped[str] = mapped_column(primary_key=True)
    #: Days from delivery.
    window_days: Mapped[int] = mapped_column(default=30)
    #: Reasons that are taken; empty: all.
    reasons: Mapped[list[str]] = mapped_column(default_factory=list)
    photo_reasons: Mapped[list[str]] = mapped_column(default_factory=list)
    #: Reasons for which the customer pays `fee` once a return.
    customer_pays: Mapped[list[str]] = mapped_column(default_factory=list)
    fee: Mapped[Decimal] = mapped_column(default=Decimal(0))
    #: Items that are not taken back.
    kept_skus: Mapped[list[str]] = mapped_column(default_factory=list)
    #: Returns up to this worth are approved by themselves, and paid back by themselves; None: a person does it.
    approve_up_to: Mapped[Decimal | None] = mapped_column(default=None)
    refund_up_to: Mapped[Decimal | None] = mapped_column(default=None)
    #: Grade -> percent that is paid back; what is not named is 100, a wrong item 0.
    percent: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    #: Whether sending is paid back with the last unit of an order.
    sending_back: Mapped[bool] = mapped_column(default=True)
    #: Who makes labels for what comes back, and under which service; '': nobody, people send them by other ways.
    label_carrier: Mapped[str] = mapped_column(default="")
    label_service: Mapped[str] = mapped_column(default="")
    #: From this share (percent) of a customer's units of a year on a person looks at their returns.
    rate_sign: Mapped[int] = mapped_column(default=50)


class ReturnLink(Base):
    """A customer's link to send things of an order back: 192 random bits, for a while."""

    __tablename__ = "return_link"

    token: Mapped[str] = mapped_column(primary_key=True, repr=False)
    order_no: Mapped[str] = mapped_column(ForeignKey("customer_order.number"), unique=True)
    made_at: Mapped[datetime]
    ends_at: Mapped[datetime]
