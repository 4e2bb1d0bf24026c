"""Changes of one customer's record: made, changed, noted about, asked for consent. Routes and the command line call them."""

import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import UNSET, Struct, UnsetType
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from oms.customers.codes import FLAGS, AddressUse, ContactKind, CustomerKind, CustomerRefusal
from oms.customers.matching import address_row, contact_row
from oms.customers.models import Customer, CustomerAddress, CustomerConsent, CustomerContact, CustomerNote
from oms.customers.rules import MOST_NOTE, kept, plain_email, plain_phone
from oms.orders.models import Order

if TYPE_CHECKING:
    from oms.db.work import Work

_SHORT = 40


class Refused(Exception):
    """`code` says why; nothing changed. `words` are what its sentence needs."""

    def __init__(self, code: CustomerRefusal, **words: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.words = words


class ContactIn(Struct, frozen=True, kw_only=True):
    """An e-mail address or telephone number. `label` is the shop's word for it."""

    kind: ContactKind
    value: str
    label: str = ""


class AddressIn(Struct, frozen=True, kw_only=True):
    """A postal address; `country` is ISO 3166-1 alpha-2."""

    use: AddressUse = AddressUse.SHIP
    name: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    region: str = ""
    country: str = ""


class CustomerIn(Struct, frozen=True, kw_only=True):
    """What is to be different; what is left out stays. Lists are whole: contacts and addresses that are not in them go."""

    name: str | UnsetType = UNSET
    email: str | UnsetType = UNSET
    language: str | UnsetType = UNSET
    kind: CustomerKind | UnsetType = UNSET
    vat_number: str | UnsetType = UNSET
    group: str | UnsetType = UNSET
    flags: list[str] | UnsetType = UNSET
    contacts: list[ContactIn] | UnsetType = UNSET
    addresses: list[AddressIn] | UnsetType = UNSET


def make(w: "Work", number: str, change: CustomerIn) -> Customer:
    """A new customer. Raises `Refused` when the number is taken or a value cannot be kept."""
    wanted = kept(number, _SHORT)
    if not wanted or change.name is UNSET or not kept(change.name):
        raise Refused(CustomerRefusal.BAD_VALUE, field="name" if wanted else "number")
    customer = Customer(id=uuid.uuid4().hex, number=wanted, name=kept(change.name), created_at=w.now)
    try:
        with w.savepoint():
            w.db.add(customer)
            w.db.flush()
    except IntegrityError:
        raise Refused(CustomerRefusal.NUMBER_TAKEN) from None
    _apply(w, customer, change)
    w.audit("customer.made", customer=customer.id)
    return customer


def change_record(w: "Work", id: str, revision: int | None, change: CustomerIn) -> Customer:
    """As `change` says, when nobody else changed it since `revision` (None: whoever did). Raises `Refused`."""
    customer = living(w, id)
    if revision is not None and revision != customer.revision:
        raise Refused(CustomerRefusal.CHANGED_MEANWHILE, revision=customer.revision)
    name = customer.name
    _apply(w, customer, change)
    customer.revision += 1
    fields = ",".join(one for one in change.__struct_fields__ if getattr(change, one) is not UNSET)
    w.audit("customer.changed", customer=id, fields=fields)
    if customer.name != name:
        touch_orders(w, id)
    return customer


def note_about(w: "Work", id: str, text: str) -> str:
    """Writes something down; the note's id."""
    customer = living(w, id)
    words = kept(text, MOST_NOTE)
    if not words:
        raise Refused(CustomerRefusal.BAD_VALUE, field="text")
    note = CustomerNote(
        id=uuid.uuid4().hex,
        customer_id=customer.id,
        at=w.now,
        text=words,
        source=w.actor.source,
        worker_id=w.actor.worker,
    )
    w.db.add(note)
    w.audit("customer.noted", customer=id)
    return note.id


def consent(w: "Work", id: str, what: str, given: bool, said_in: str) -> None:
    """They agreed to `what`, or took it back."""
    customer, word = living(w, id), kept(what, _SHORT)
    if not word:
        raise Refused(CustomerRefusal.BAD_VALUE, field="what")
    w.db.add(
        CustomerConsent(
            id=uuid.uuid4().hex, customer_id=customer.id, what=word, given=given, at=w.now,
            said_in=kept(said_in), source=w.actor.source,
        )
    )  # fmt: skip
    w.audit("customer.consent", customer=id, consent=word, given=given)


def living(w: "Work", id: str) -> Customer:
    """The record, locked, when it is still one of its own. Raises `Refused`."""
    customer = w.db.get(Customer, id, with_for_update=True, populate_existing=True)
    if customer is None:
        raise Refused(CustomerRefusal.UNKNOWN_CUSTOMER)
    if customer.merged_into is not None or customer.erased_at is not None:
        raise Refused(CustomerRefusal.GONE, into=customer.merged_into or "")
    return customer


def touch_orders(w: "Work", id: str) -> None:
    """Devices are told who ordered: the customer's orders at sites go into the feeds again."""
    for site, number in w.db.execute(select(Order.site_id, Order.number).where(Order.customer_id == id)).all():
        w.beside(site).touch("order", number)


def _apply(w: "Work", customer: Customer, change: CustomerIn) -> None:
    if change.name is not UNSET:
        if not kept(change.name):
            raise Refused(CustomerRefusal.BAD_VALUE, field="name")
        customer.name = kept(change.name)
    if change.email is not UNSET:
        customer.email = _email(change.email)
        if customer.email and change.contacts is UNSET:
            _contacts(w, customer, [ContactIn(kind=ContactKind.EMAIL, value=customer.email)], whole=False)
    if change.language is not UNSET:
        customer.language = kept(change.language.lower(), 2) or "en"
    if change.kind is not UNSET:
        customer.kind = change.kind
    if change.vat_number is not UNSET:
        customer.vat_number = kept(change.vat_number.replace(" ", "").upper(), _SHORT)
    if change.group is not UNSET:
        customer.group = kept(change.group, _SHORT)
    if change.flags is not UNSET:
        if not set(change.flags) <= FLAGS:
            raise Refused(CustomerRefusal.BAD_VALUE, field="flags")
        customer.flags = sorted(set(change.flags))
    if change.contacts is not UNSET:
        _contacts(w, customer, change.contacts, whole=True)
    if change.addresses is not UNSET:
        _addresses(w, customer, change.addresses)


def _email(text: str) -> str:
    tidy = plain_email(text)
    if text.strip() and not tidy:
        raise Refused(CustomerRefusal.BAD_VALUE, field="email")
    return tidy


def _contacts(w: "Work", customer: Customer, wanted: Sequence[ContactIn], *, whole: bool) -> None:
    rows = []
    for one in wanted:
        plain = plain_email(one.value) if one.kind is ContactKind.EMAIL else plain_phone(one.value)
        if not plain:
            raise Refused(CustomerRefusal.BAD_VALUE, field="contacts")
        rows.append(contact_row(customer.id, one.kind, kept(one.value), plain, kept(one.label, _SHORT)))
    if whole:
        w.db.execute(delete(CustomerContact).where(CustomerContact.customer_id == customer.id))
    if rows:
        w.db.execute(insert(CustomerContact.__table__).on_conflict_do_nothing(), rows)  # type: ignore[arg-type]


def _addresses(w: "Work", customer: Customer, wanted: Sequence[AddressIn]) -> None:
    rows = [
        address_row(
            customer.id, one.use, w.now, name=kept(one.name), street=kept(one.street), postcode=kept(one.postcode),
            city=kept(one.city), region=kept(one.region), country=kept(one.country.upper(), 2),
        )
        for one in wanted
    ]  # fmt: skip
    w.db.execute(delete(CustomerAddress).where(CustomerAddress.customer_id == customer.id))
    if rows:
        w.db.execute(insert(CustomerAddress.__table__).on_conflict_do_nothing(), rows)  # type: ignore[arg-type]
