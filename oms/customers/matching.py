"""Which customer an order is of: the one the channel names, else the one with this e-mail address, else a new one. Capture calls it.

Name and postcode alone never decide: neighbours and fathers have them too. They make a suggestion (`suggest`) for a person to look at.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Text, any_, column, func, literal, select, text, tuple_, values
from sqlalchemy.dialects.postgresql import ARRAY, insert

from oms.customers.codes import AddressUse, ContactKind, CustomerKind
from oms.customers.models import NUMBERS, Customer, CustomerAddress, CustomerContact, CustomerIdentity
from oms.customers.rules import MOST, address_digest, kept, likeness, plain_email, plain_phone
from oms.db.base import Base
from oms.db.bulk import insert_rows

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from oms.db.work import Work

_LOCKS = text("SELECT pg_advisory_xact_lock(k) FROM unnest(CAST(:keys AS bigint[])) AS k")
PLACE: Final = ("name", "street", "postcode", "city", "region", "country")
_TEXTS: Final = (
    "channel",
    "foreign_id",
    "name",
    "email",
    "phone",
    "vat_number",
    "street",
    "postcode",
    "city",
    "region",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer:
    """Who ordered, as the channel tells it; '' where it says nothing. The address is the one goods go to."""

    channel: str = ""
    #: The channel's own number of the customer; '' for a guest.
    foreign_id: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""
    language: str = ""
    kind: CustomerKind = CustomerKind.PERSON
    vat_number: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    region: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """The customer of an order. `flags` belong on the order too; `fresh`: nobody had heard of them."""

    id: str
    number: str
    language: str
    flags: tuple[str, ...]
    fresh: bool = False


def match(w: "Work", buyer: Buyer) -> Known | None:
    """One order's customer, made when nobody knows them; None when neither an identity nor an e-mail address
    says who it is: a name alone is nobody's."""
    return match_all(w, [buyer])[0]


def find(db: "Session", buyer: Buyer) -> Known | None:
    """Whom `match` would find, before anything is kept: nobody is made and nobody held."""
    tidy = _tidy(buyer)
    return _Found(db, [tidy], held=False).of(tidy) if _named(tidy) else None


def match_all(w: "Work", buyers: Sequence[Buyer]) -> list[Known | None]:
    """As `match`, for a batch in a handful of statements; results in the order of `buyers`. What an order brings that was not known of its
    customer (an address, a telephone number) is added to the record; what is there is never changed."""
    tidy = [_tidy(buyer) for buyer in buyers]
    found = _Found(w.db, tidy)
    strangers = [buyer for buyer in tidy if _named(buyer) and found.of(buyer) is None]
    if strangers:
        # Two orders of one new customer that come at the same moment: the second waits, and then finds the first's.
        w.db.execute(_LOCKS, {"keys": sorted({key for buyer in strangers for key in _lock_keys(buyer)})})
        found = _Found(w.db, tidy)
        _make(w, strangers, found)
    matched = [found.of(buyer) if _named(buyer) else None for buyer in tidy]
    pairs = [(buyer, known.id) for buyer, known in zip(tidy, matched, strict=True) if known]
    _add_what_is_new(w, pairs)
    return matched


def by_number(w: "Work", buyers: Sequence[Buyer], site: str) -> list[str]:
    """Ids of the customers whose numbers are the buyers' `foreign_id`, as orders imported for one site name them; who is missing is
    made. `NUMBER@SITE` is who had the number of somebody else's at this site when customers were each site's own."""
    tidy = [_tidy(buyer) for buyer in buyers]
    numbers = sorted({buyer.foreign_id for buyer in tidy})
    if not numbers:
        return []
    known = _numbers(w.db, numbers, site)
    missing = {buyer.foreign_id: buyer for buyer in reversed(tidy) if buyer.foreign_id not in known}
    if missing:
        w.db.execute(_LOCKS, {"keys": sorted(_key(f"number {number}") for number in missing)})
        known = _numbers(w.db, numbers, site)
        fresh = [(number, buyer) for number, buyer in sorted(missing.items()) if number not in known]
        ids = _insert(w, [(number, buyer) for number, buyer in fresh])
        known |= {number: id for (number, _), id in zip(fresh, ids, strict=True)}
        _add_what_is_new(w, [(replace(buyer, foreign_id=""), known[number]) for number, buyer in fresh])
    return [known[buyer.foreign_id] for buyer in tidy]


def suggest(db: "Session", buyer: Buyer, limit: int = 5) -> list[str]:
    """Ids of customers who may be the same: one of their addresses has this name and postcode, or a contact of theirs this telephone."""
    alike, phone = likeness(buyer.name, buyer.postcode), plain_phone(buyer.phone)
    if not alike and not phone:
        return []
    by_place = select(CustomerAddress.customer_id).where(CustomerAddress.likeness == (alike or None))
    by_phone = select(CustomerContact.customer_id).where(
        CustomerContact.plain == (phone or None), CustomerContact.kind == ContactKind.PHONE
    )
    both = by_place.union(by_phone).subquery()
    living = Customer.merged_into.is_(None) & Customer.erased_at.is_(None)
    mine = select(Customer.id).where(Customer.id.in_(select(both.c.customer_id)), living)
    return list(db.scalars(mine.order_by(Customer.number).limit(limit)))


class _Found:
    """Customers by what names them, read in two statements; grows by those that are made. They are held so that nobody merges or erases
    them before the order that is made for them is there."""

    def __init__(self, db: "Session", buyers: Sequence[Buyer], *, held: bool = True) -> None:
        self.by_identity: dict[tuple[str, str], Known] = {}
        self.by_email: dict[str, Known] = {}
        identities = sorted({(b.channel, b.foreign_id) for b in buyers if b.foreign_id})
        emails = sorted({b.email for b in buyers if b.email})
        mine = (Customer.id, Customer.number, Customer.language, Customer.flags)
        living = Customer.merged_into.is_(None) & Customer.erased_at.is_(None)
        if identities:
            asked = values(column("channel", Text), column("foreign_id", Text), name="asked").data(identities)
            rows = select(CustomerIdentity.channel, CustomerIdentity.foreign_id, *mine).join(Customer)
            rows = rows.with_for_update(read=True, key_share=True, of=Customer) if held else rows
            pair = tuple_(CustomerIdentity.channel, CustomerIdentity.foreign_id)
            for channel, foreign_id, *rest in db.execute(rows.where(living, pair.in_(select(asked)))):
                self.by_identity[channel, foreign_id] = _known(rest)
        if emails:
            contacts = select(CustomerContact.plain, *mine).join(Customer)
            contacts = contacts.with_for_update(read=True, key_share=True, of=Customer) if held else contacts
            wanted = CustomerContact.plain == any_(literal(emails, ARRAY(Text)))
            contacts = contacts.where(living, wanted, CustomerContact.kind == ContactKind.EMAIL)
            # An address that several customers have (an office's) is the oldest one's.
            for plain, *rest in db.execute(contacts.order_by(Customer.created_at.nulls_first(), Customer.number)):
                self.by_email.setdefault(plain, _known(rest))

    def of(self, buyer: Buyer) -> Known | None:
        """Who it is; the channel's own number counts more than an e-mail address."""
        by_id = self.by_identity.get((buyer.channel, buyer.foreign_id)) if buyer.foreign_id else None
        return by_id or (self.by_email.get(buyer.email) if buyer.email else None)

    def learn(self, buyer: Buyer, known: Known) -> None:
        """`buyer` is `known`."""
        if buyer.foreign_id:
            self.by_identity.setdefault((buyer.channel, buyer.foreign_id), known)
        if buyer.email:
            self.by_email.setdefault(buyer.email, known)


def _known(row: Sequence[Any]) -> Known:
    return Known(row[0], row[1], row[2], tuple(row[3]))


def _tidy(buyer: Buyer) -> Buyer:
    texts: dict[str, Any] = {name: kept(getattr(buyer, name)) for name in _TEXTS}
    texts["email"] = plain_email(texts["email"])
    texts["language"] = kept(buyer.language.lower(), 2)
    texts["country"] = kept(buyer.country.upper(), 2)
    return replace(buyer, **texts)


def _named(buyer: Buyer) -> bool:
    return bool(buyer.foreign_id or buyer.email)


def _key(words: str) -> int:
    return int.from_bytes(sha256(f"customer {words}".encode()).digest()[:8], signed=True)


def _lock_keys(buyer: Buyer) -> Iterable[int]:
    if buyer.foreign_id:
        yield _key(f"identity {buyer.channel}\0{buyer.foreign_id}")
    if buyer.email:
        yield _key(f"email {buyer.email}")


def _make(w: "Work", strangers: Sequence[Buyer], found: _Found) -> None:
    """Records for those who are still strangers; two orders of one new customer make one."""
    firsts = []
    for buyer in strangers:
        if found.of(buyer) is None:
            found.learn(buyer, Known("", "", "", ()))
            firsts.append(buyer)
    for index in (found.by_identity, found.by_email):
        _forget_unmade(index)
    rows = list(zip(_fresh_numbers(w, len(firsts)), firsts, strict=True))
    for (number, buyer), id in zip(rows, _insert(w, rows), strict=True):
        found.learn(buyer, Known(id, number, buyer.language or "en", (), fresh=True))
    for buyer in strangers:
        # The second order may know an identity that the first did not.
        known = found.of(buyer)
        if known is not None:
            found.learn(buyer, known)


def _forget_unmade(index: dict[Any, Known]) -> None:
    for key in [key for key, known in index.items() if not known.id]:
        del index[key]


def _insert(w: "Work", rows: Sequence[tuple[str, Buyer]]) -> list[str]:
    """Customers `(number, who)` as they are told; their ids."""
    made: list[dict[str, Any]] = [
        {
            "id": uuid.uuid4().hex, "number": number, "name": buyer.name or buyer.email or number, "email": buyer.email,
            "language": buyer.language or "en", "kind": buyer.kind, "vat_number": buyer.vat_number, "customer_group": "",
            "flags": [], "created_at": w.now, "merged_into": None, "erased_at": None, "revision": 1,
        }
        for number, buyer in rows
    ]  # fmt: skip
    insert_rows(w.db, Customer, made)
    return [str(row["id"]) for row in made]


def _fresh_numbers(w: "Work", count: int) -> list[str]:
    """Numbers nobody has. A shop may have used one of the same form."""
    numbers: list[str] = []
    while len(numbers) < count:
        drawn = select(NUMBERS.next_value()).select_from(func.generate_series(1, count - len(numbers)))
        fresh = [f"C{n}" for n in w.db.scalars(drawn)]
        taken = set(w.db.scalars(select(Customer.number).where(Customer.number.in_(fresh))))
        numbers += [number for number in fresh if number not in taken]
    return numbers


def _numbers(db: "Session", numbers: Sequence[str], site: str) -> dict[str, str]:
    """Number -> id of who has it now, or of who has everything of theirs."""
    here = {f"{number}@{site}": number for number in numbers}
    rows = db.execute(
        select(Customer.number, func.coalesce(Customer.merged_into, Customer.id)).where(
            Customer.number.in_([*numbers, *here])
        )
    ).all()
    known = {number: id for number, id in rows if number not in here}
    return known | {here[number]: id for number, id in rows if number in here}


def _add_what_is_new(w: "Work", pairs: Sequence[tuple[Buyer, str]]) -> None:
    """Contacts, addresses and identities that the records do not have yet."""
    contacts: dict[tuple[str, str, str], dict[str, Any]] = {}
    places: dict[tuple[str, str], dict[str, Any]] = {}
    identities: dict[tuple[str, str], dict[str, Any]] = {}
    for buyer, customer in pairs:
        for kind, value, plain in (
            (ContactKind.EMAIL, buyer.email, buyer.email),
            (ContactKind.PHONE, buyer.phone, plain_phone(buyer.phone)),
        ):
            if plain:
                contacts[customer, kind, plain] = contact_row(customer, kind, value, plain)
        if buyer.street or buyer.postcode:
            place = address_row(customer, AddressUse.SHIP, w.now, **{n: getattr(buyer, n) for n in PLACE})
            places[customer, place["digest"]] = place
        if buyer.foreign_id:
            identities[buyer.channel, buyer.foreign_id] = {
                "channel": buyer.channel, "foreign_id": buyer.foreign_id, "customer_id": customer
            }  # fmt: skip
    _add(w, CustomerContact, contacts)
    _add(w, CustomerAddress, places)
    _add(w, CustomerIdentity, identities)


def _add(w: "Work", table: type[Base], rows: Mapping[Any, dict[str, Any]]) -> None:
    if rows:
        w.db.execute(insert(table.__table__).on_conflict_do_nothing(), [rows[key] for key in sorted(rows)])  # type: ignore[arg-type]


def contact_row(customer: str, kind: ContactKind, value: str, plain: str, label: str = "") -> dict[str, Any]:
    """Columns of a contact."""
    return {
        "id": uuid.uuid4().hex, "customer_id": customer, "kind": kind, "value": value, "plain": plain, "label": label
    }  # fmt: skip


def address_row(customer: str, use: AddressUse, now: datetime, **place: str) -> dict[str, Any]:
    """Columns of an address; `place` has the names of `PLACE`."""
    return {
        "id": uuid.uuid4().hex, "customer_id": customer, "use": use, "used_at": now, **place,
        "digest": address_digest(*(place[name] for name in ("name", "street", "postcode", "city", "country"))),
        "likeness": likeness(place["name"], place["postcode"])[: 2 * MOST],
    }  # fmt: skip
