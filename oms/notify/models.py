"""Table of mails: the outbox, one row for each event and kind of mail, and what became of it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy import text as sql_text
from sqlalchemy.orm import Mapped, mapped_column

from oms.db.base import Base, words


class MailKind(StrEnum):
    """What a customer is told."""

    CONFIRMED = "confirmed"
    BACKORDERED = "backordered"
    SUBSTITUTE = "substitute_offered"
    READY = "ready_for_pick_up"
    SHIPPED = "shipped"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"
    RETURN_ASKED = "return_asked"
    RETURN_APPROVED = "return_approved"
    RETURN_REFUSED = "return_refused"
    RETURN_RECEIVED = "return_received"


class MailState(StrEnum):
    """How far a mail is."""

    WAITING = "waiting"
    SENT = "sent"
    #: The server of the receiver does not want it, or nobody took it for days.
    DEAD = "dead"


class Mail(Base):
    """A mail to a customer, written when its event was read: what is tried again is the same mail, with the same `message_id`."""

    __tablename__ = "mail"
    __table_args__ = (
        UniqueConstraint("event_id", "kind"),
        Index(None, "order_no"),
        Index("ix_mail_waiting", "next_at", postgresql_where=sql_text("state = 'waiting'")),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("order_event.id"))
    kind: Mapped[MailKind] = mapped_column(words(MailKind))
    order_no: Mapped[str]
    language: Mapped[str]
    to: Mapped[str] = mapped_column("receiver", repr=False)
    subject: Mapped[str] = mapped_column(repr=False)
    text: Mapped[str] = mapped_column("body", repr=False)
    html: Mapped[str] = mapped_column(repr=False)
    message_id: Mapped[str]
    created_at: Mapped[datetime]
    #: When it is tried (again); of a dead one, when it was given up.
    next_at: Mapped[datetime]
    state: Mapped[MailState] = mapped_column(words(MailState), default=MailState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    #: What went wrong last (a code, with the mail server's number).
    problem: Mapped[str] = mapped_column(default="")
    sent_at: Mapped[datetime | None] = mapped_column(default=None)
    #: What the picture in it says, for the store's scanner (`sync.contract.pickup.code_text`); '': there is none.
    code: Mapped[str] = mapped_column(default="", server_default=sql_text("''"), repr=False)
