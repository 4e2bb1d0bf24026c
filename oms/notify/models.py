"""Tables of mails: the outbox (one row for each event and kind of mail, and what became of it), addresses that get none any more, who of
the staff is told what, and sentences in the shop's own words."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy import text as sql_text
from sqlalchemy.orm import Mapped, mapped_column

from oms.db.base import Base, words
from oms.notify.codes import MailKind, MailState, StopWhy


class Mail(Base):
    """A mail, written when its event was read: what is tried again is the same mail, with the same `message_id`."""

    __tablename__ = "mail"
    __table_args__ = (
        UniqueConstraint("once"),
        UniqueConstraint("message_id"),
        Index(None, "order_no"),
        Index(None, "created_at"),
        Index("ix_mail_waiting", "next_at", postgresql_where=sql_text("state = 'waiting'")),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    #: What it tells of, once: an event and a kind; to the staff, what happened and whom it tells.
    once: Mapped[str]
    #: None: to the staff.
    event_id: Mapped[int | None] = mapped_column(ForeignKey("order_event.id"))
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
    #: When it is not to be sent, as `oms.notify.quiet.Quiet.text`; '': at any time.
    quiet: Mapped[str] = mapped_column(default="", server_default=sql_text("''"))
    #: What is attached, a PDF of this name; None: nothing.
    file: Mapped[bytes | None] = mapped_column(LargeBinary, default=None, repr=False)
    file_name: Mapped[str] = mapped_column(default="", server_default=sql_text("''"))
    #: The page where the receiver says that they want no more such mails; '': they need this one.
    unsubscribe: Mapped[str] = mapped_column(default="", server_default=sql_text("''"), repr=False)


class MailStop(Base):
    """An address that gets no mails (any more). Kept as a digest: it must hold when the person's data was erased."""

    __tablename__ = "mail_stop"

    #: See `oms.notify.stops.digest_of`.
    digest: Mapped[str] = mapped_column(primary_key=True)
    why: Mapped[StopWhy] = mapped_column(words(StopWhy), primary_key=True)
    at: Mapped[datetime]
    #: What the mail server said (a status code); '' for who did not want it.
    said: Mapped[str] = mapped_column(default="")


class StaffMail(Base):
    """Somebody of the staff who is told `kinds` of a site by mail, but not in their quiet hours (`21:00-07:00`, in the site's time)."""

    __tablename__ = "staff_mail"
    __table_args__ = (UniqueConstraint("site_id", "address"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    address: Mapped[str] = mapped_column(repr=False)
    language: Mapped[str]
    kinds: Mapped[list[str]]
    quiet: Mapped[str] = mapped_column(default="")


class MailText(Base):
    """A sentence of mails in the shop's own words: on one channel, or ('') on all that have none of their own."""

    __tablename__ = "mail_text"

    channel: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    #: Of `mail_texts.toml`.
    sentence: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]


class StockAlert(Base):
    """An item somebody should look at (`oms.purchasing.alerts`), since when; it is told once, until it is well again."""

    __tablename__ = "stock_alert"

    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"), primary_key=True)
    kind: Mapped[MailKind] = mapped_column(words(MailKind), primary_key=True)
    sku: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime]
