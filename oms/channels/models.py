"""Tables of channels: a channel with its rules, what it calls our goods, and answers already given to a program that asks again."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, Sequence
from sqlalchemy.orm import Mapped, mapped_column

from oms.channels.codes import ChannelKind, Platform
from oms.db.base import Base, words

#: Numbers of customer orders that nobody numbered, behind the channel's prefix.
ORDER_SERIAL = Sequence("customer_order_serial", start=100_001, metadata=Base.metadata)


class Channel(Base):
    """Where orders come from. `code` is what orders name it by; `prefix` begins the numbers we give."""

    __tablename__ = "channel"

    code: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[ChannelKind] = mapped_column(words(ChannelKind))
    name: Mapped[str]
    created_at: Mapped[datetime]
    platform: Mapped[Platform] = mapped_column(words(Platform), default=Platform.PLAIN)
    prefix: Mapped[str] = mapped_column(default="")
    #: ISO 4217, and the language (en, nl, de, da) of customers who say none.
    currency: Mapped[str] = mapped_column(default="EUR")
    language: Mapped[str] = mapped_column(default="en")
    tax_included: Mapped[bool] = mapped_column(default=True)
    #: `oms.channels.rules.Rules` as JSON; what is absent is its default.
    rules: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    #: The secret its webhooks are signed with, sealed by a key that is not in the database (`oms.channels.sealing`); '': none.
    secret_sealed: Mapped[str] = mapped_column(default="", repr=False)
    active: Mapped[bool] = mapped_column(default=True)


class ForeignSku(Base):
    """What a channel calls one of our goods, and how many base units it means by one."""

    __tablename__ = "foreign_sku"
    __table_args__ = (Index(None, "sku"), CheckConstraint("units > 0", name="units"))

    channel: Mapped[str] = mapped_column(ForeignKey("channel.code"), primary_key=True)
    foreign_sku: Mapped[str] = mapped_column(primary_key=True)
    sku: Mapped[str]
    units: Mapped[int] = mapped_column(default=1)


class GivenAnswer(Base):
    """The answer a program got under an idempotency key, so that the same question gets it again."""

    __tablename__ = "given_answer"
    __table_args__ = (Index(None, "at"),)

    #: Whose key it is (an API key's or device's id), and what they called the request.
    asker: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    #: SHA-256 of what was asked.
    asked_hash: Mapped[str]
    answer: Mapped[bytes] = mapped_column(LargeBinary, repr=False)
