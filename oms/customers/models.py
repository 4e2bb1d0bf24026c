"""Tables of customers: one record across channels, how they are reached, where they live, what they agreed to, and which records were one.

A customer is nobody's site's. The address an order goes to is a copy on the order; this is who asked for it.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Sequence, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from oms.customers.codes import AddressUse, ContactKind, CustomerKind
from oms.db.base import Base, words

#: Numbers of customers that no shop has given one.
NUMBERS = Sequence("customer_number", start=100001, metadata=Base.metadata)


class Customer(Base):
    """A customer across channels. `number` is unique and ours, or what the first shop called them; `email` is the one mails go to."""

    __tablename__ = "customer"
    __table_args__ = (
        UniqueConstraint("number"),
        Index("ix_customer_name_words", text("to_tsvector('simple', name)"), postgresql_using="gin"),
        Index(None, "merged_into"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[str]
    name: Mapped[str] = mapped_column(repr=False)
    email: Mapped[str] = mapped_column(default="", repr=False)
    language: Mapped[str] = mapped_column(default="en")
    kind: Mapped[CustomerKind] = mapped_column(words(CustomerKind), default=CustomerKind.PERSON)
    vat_number: Mapped[str] = mapped_column(default="", repr=False)
    #: A price group of the shop's own choosing (`oms.money`); '' for none.
    group: Mapped[str] = mapped_column("customer_group", default="")
    #: Of `oms.customers.codes.FLAGS`: go with each new order to the floor.
    flags: Mapped[list[str]] = mapped_column(default_factory=list)
    created_at: Mapped[datetime | None] = mapped_column(default=None)
    #: The record that has everything of this one now.
    merged_into: Mapped[str | None] = mapped_column(ForeignKey("customer.id"), default=None)
    #: Since when no personal data of theirs is kept.
    erased_at: Mapped[datetime | None] = mapped_column(default=None)
    #: Grows with each change.
    revision: Mapped[int] = mapped_column(default=1)


class CustomerContact(Base):
    """An e-mail address or telephone number of a customer. `plain` is what is compared: lower case, digits only."""

    __tablename__ = "customer_contact"
    __table_args__ = (
        UniqueConstraint("customer_id", "kind", "plain"),
        Index(None, "plain", postgresql_ops={"plain": "text_pattern_ops"}),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customer.id"))
    kind: Mapped[ContactKind] = mapped_column(words(ContactKind))
    value: Mapped[str] = mapped_column(repr=False)
    plain: Mapped[str] = mapped_column(repr=False)
    label: Mapped[str] = mapped_column(default="")


class CustomerAddress(Base):
    """An address of a customer. `likeness` is what says that two people are perhaps one: postcode and name, plain."""

    __tablename__ = "customer_address"
    __table_args__ = (
        UniqueConstraint("customer_id", "use", "digest"),
        Index(None, "likeness", postgresql_ops={"likeness": "text_pattern_ops"}),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customer.id"))
    use: Mapped[AddressUse] = mapped_column(words(AddressUse))
    #: SHA-256 of the plain address.
    digest: Mapped[str] = mapped_column(repr=False)
    likeness: Mapped[str] = mapped_column(repr=False)
    name: Mapped[str] = mapped_column(default="", repr=False)
    street: Mapped[str] = mapped_column(default="", repr=False)
    postcode: Mapped[str] = mapped_column(default="", repr=False)
    city: Mapped[str] = mapped_column(default="", repr=False)
    region: Mapped[str] = mapped_column(default="", repr=False)
    #: ISO 3166-1 alpha-2.
    country: Mapped[str] = mapped_column(default="")
    #: The newest is offered first.
    used_at: Mapped[datetime | None] = mapped_column(default=None)


class CustomerIdentity(Base):
    """What a channel calls a customer."""

    __tablename__ = "customer_identity"
    __table_args__ = (Index(None, "customer_id"),)

    channel: Mapped[str] = mapped_column(primary_key=True)
    foreign_id: Mapped[str] = mapped_column(primary_key=True, repr=False)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customer.id"))


class CustomerConsent(Base):
    """What a customer agreed to, or took back: never changed, the newest of a `what` counts."""

    __tablename__ = "customer_consent"
    __table_args__ = (Index(None, "customer_id", "what", "at"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customer.id"))
    #: The shop's own word, e.g. `newsletter`.
    what: Mapped[str]
    given: Mapped[bool]
    at: Mapped[datetime]
    #: Where they said so, e.g. `checkout`.
    said_in: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(default="")


class CustomerNote(Base):
    """What somebody wrote down about a customer."""

    __tablename__ = "customer_note"
    __table_args__ = (Index(None, "customer_id", "at"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customer.id"))
    at: Mapped[datetime]
    text: Mapped[str] = mapped_column(repr=False)
    source: Mapped[str] = mapped_column(default="")
    worker_id: Mapped[str | None] = mapped_column(default=None)


class CustomerMerge(Base):
    """Two records were found to be one customer: everything of `gone` is `kept`'s now. `moved` says what, so that it can go back."""

    __tablename__ = "customer_merge"
    __table_args__ = (Index(None, "kept"), Index(None, "gone"))

    id: Mapped[str] = mapped_column(primary_key=True)
    kept: Mapped[str] = mapped_column(ForeignKey("customer.id"))
    gone: Mapped[str] = mapped_column(ForeignKey("customer.id"))
    at: Mapped[datetime]
    #: Table -> keys of the rows that moved; `before`: fields of `kept` that the merge changed, and what they were.
    moved: Mapped[dict[str, Any]] = mapped_column(repr=False)
    source: Mapped[str] = mapped_column(default="")
    worker_id: Mapped[str | None] = mapped_column(default=None)
    undone_at: Mapped[datetime | None] = mapped_column(default=None)


class CustomerErasure(Base):
    """Personal data was erased: when, on whose word, and how much of what. Never the data."""

    __tablename__ = "customer_erasure"
    __table_args__ = (Index(None, "customer_id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customer.id"))
    at: Mapped[datetime]
    #: Why, as a word (`asked`, `retention`).
    because: Mapped[str]
    #: What -> how many rows.
    counts: Mapped[dict[str, Any]]
    source: Mapped[str] = mapped_column(default="")
    worker_id: Mapped[str | None] = mapped_column(default=None)
