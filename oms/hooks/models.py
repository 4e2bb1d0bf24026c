"""Tables of hooks: the one sequence of all events, who follows it how far, who is told by HTTP, and every message with its attempts."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from oms.db.base import Base, words


class DeliveryState(StrEnum):
    """How far a message is."""

    WAITING = "waiting"
    DONE = "done"
    #: Given up; it can be sent again by hand.
    DEAD = "dead"


class Happening(Base):
    """An event's place in the one sequence everybody reads: given when all older transactions are through, so nothing comes in between.
    Events of one order stand in the order in which they happened."""

    __tablename__ = "happening"
    __table_args__ = (UniqueConstraint("event_id"), Index(None, "at"))

    seq: Mapped[int] = mapped_column(Identity(always=True), primary_key=True, init=False)
    event_id: Mapped[int] = mapped_column(ForeignKey("order_event.id"))
    order_no: Mapped[str]
    kind: Mapped[str]
    channel: Mapped[str]
    at: Mapped[datetime]


class HappeningMark(Base):
    """How far the events of `order_event` are in the sequence (one row): all transactions below `below` are; of those from there up to
    `upto`, events up to number `last_id` are."""

    __tablename__ = "happening_mark"

    id: Mapped[int] = mapped_column(primary_key=True)
    below: Mapped[int] = mapped_column(default=0)
    upto: Mapped[int] = mapped_column(default=0)
    last_id: Mapped[int] = mapped_column(default=0)


class HappeningReader(Base):
    """A part of this system that follows the sequence (`hooks`, `mail`), and the last event it has seen to."""

    __tablename__ = "happening_reader"

    name: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(default=0)


class Hook(Base):
    """Another program that is told. `patterns` are kinds with `*` for a part (`order.*`), `channels` empty for all. The secret must be
    known to sign with: it is sealed by a key that is not in the database (`oms.hooks.sealed`), and shown once, when it is made."""

    __tablename__ = "hook"
    __table_args__ = (Index("ix_hook_due", "served_at", postgresql_where=text("active")),)

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    url: Mapped[str]
    patterns: Mapped[list[str]]
    channels: Mapped[list[str]]
    secret_sealed: Mapped[str] = mapped_column(repr=False)
    created_at: Mapped[datetime]
    #: The secret before, and until when messages carry its signature too.
    before_sealed: Mapped[str | None] = mapped_column(default=None, repr=False)
    before_until: Mapped[datetime | None] = mapped_column(default=None)
    active: Mapped[bool] = mapped_column(default=True)
    #: Failures in a row, and when it may be asked again because of them.
    failures: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime | None] = mapped_column(default=None)
    #: Its answers take long: it has to share.
    slow: Mapped[bool] = mapped_column(default=False)
    served_at: Mapped[datetime | None] = mapped_column(default=None)
    #: Who serves it now, and until when that is believed.
    leased_by: Mapped[str | None] = mapped_column(default=None)
    leased_until: Mapped[datetime | None] = mapped_column(default=None)


class HookDelivery(Base):
    """One message to one hook. `message_id` is the same however often it is sent, so that the receiver knows it again."""

    __tablename__ = "hook_delivery"
    __table_args__ = (
        Index("ix_hook_delivery_waiting", "hook_id", "id", postgresql_where=text("state = 'waiting'")),
        Index("ix_hook_delivery_order", "hook_id", "order_no", "id", postgresql_where=text("state = 'waiting'")),
        Index(None, "hook_id", "id"),
        # What an order's timeline is read by; tests of a hook are of no order.
        Index("ix_hook_delivery_order_no", "order_no", postgresql_where=text("order_no <> ''")),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True, init=False)
    hook_id: Mapped[str] = mapped_column(ForeignKey("hook.id", ondelete="CASCADE"))
    message_id: Mapped[str]
    #: Of the event; None: a test.
    seq: Mapped[int | None]
    order_no: Mapped[str]
    kind: Mapped[str]
    created_at: Mapped[datetime]
    next_at: Mapped[datetime]
    state: Mapped[DeliveryState] = mapped_column(words(DeliveryState), default=DeliveryState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    #: Why it was given up (a code).
    reason: Mapped[str] = mapped_column(default="")
    done_at: Mapped[datetime | None] = mapped_column(default=None)


class HookAttempt(Base):
    """One try to deliver a message: what the receiver answered (`status` 0: nothing), or what went wrong (a code), and how long it took."""

    __tablename__ = "hook_attempt"
    __table_args__ = (Index(None, "delivery_id", "id"),)

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True, init=False)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("hook_delivery.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    status: Mapped[int]
    problem: Mapped[str]
    took_ms: Mapped[int]
    words: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
