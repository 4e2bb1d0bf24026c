"""Customers as they are looked for and shown: search while typing, one record with its history and value. Reads by indexes only."""

from collections.abc import Iterable
from typing import Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import Select, Text, func, literal, select, text, union_all
from sqlalchemy.orm import Session

from oms.customers.models import (
    Customer,
    CustomerAddress,
    CustomerConsent,
    CustomerContact,
    CustomerIdentity,
    CustomerMerge,
    CustomerNote,
)
from oms.customers.rules import plain, plain_phone

MOST_FOUND: Final = 50
_MOST_HISTORY: Final = 100
#: Text after every other of the same beginning.
_END: Final = "\U0010ffff"


class CustomerFound(Struct, frozen=True, kw_only=True):
    """A customer in a list."""

    id: str
    number: str
    name: str
    email: str
    kind: str
    flags: list[str]
    city: str = ""


class CustomerValue(Struct, frozen=True, kw_only=True):
    """What they bought. `revenue`: currency -> sum of what their orders cost (exact decimal as text), without held and cancelled ones.
    `returned` are units. `last_order` is RFC 3339."""

    orders: int
    cancelled: int
    revenue: dict[str, str]
    shipped: int
    returned: int
    last_order: str | None


class CustomerOrderLine(Struct, frozen=True, kw_only=True):
    """An order in the history. `site` is empty for a customer order, and names the site where an order came to a site directly."""

    number: str
    site: str
    state: str
    placed_at: str
    channel: str
    total: str
    currency: str


class CustomerSheet(Struct, frozen=True, kw_only=True):
    """Everything about one customer. `merged_into`: this record is a part of that one now. `merges` can be undone."""

    id: str
    number: str
    name: str
    email: str
    language: str
    kind: str
    vat_number: str
    group: str
    flags: list[str]
    revision: int
    merged_into: str | None
    erased_at: str | None
    contacts: list[dict[str, str]]
    addresses: list[dict[str, str]]
    identities: list[dict[str, str]]
    consents: list[dict[str, Any]]
    notes: list[dict[str, Any]]
    merges: list[dict[str, Any]]
    value: CustomerValue
    orders: list[CustomerOrderLine]


_VALUE = text(
    """
    SELECT count(*) FILTER (WHERE state <> 'cancelled') AS orders, count(*) FILTER (WHERE state = 'cancelled') AS cancelled,
           max(placed_at) AS last_order
      FROM (SELECT state, placed_at FROM customer_order WHERE customer_id = :id
            UNION ALL
            SELECT state, placed_at FROM sales_order WHERE customer_id = :id AND customer_order IS NULL) AS all_orders
    """
)
_REVENUE = text(
    """
    SELECT currency, sum(total) FROM customer_order
     WHERE customer_id = :id AND state NOT IN ('held', 'cancelled') GROUP BY currency ORDER BY currency
    """
)
_UNITS = text(
    """
    SELECT coalesce(sum(l.shipped), 0), coalesce(sum(l.returned), 0)
      FROM customer_order o JOIN customer_order_line l ON l.order_no = o.number WHERE o.customer_id = :id
    """
)
_HISTORY = text(
    """
    (SELECT number, '' AS site, state, placed_at, channel, total, currency FROM customer_order
      WHERE customer_id = :id ORDER BY placed_at DESC LIMIT :most)
    UNION ALL
    (SELECT number, site_id, state, placed_at, channel, NULL, currency FROM sales_order
      WHERE customer_id = :id AND customer_order IS NULL ORDER BY placed_at DESC LIMIT :most)
    ORDER BY placed_at DESC, number LIMIT :most
    """
)


def search(db: Session, words: str, limit: int = 20) -> list[CustomerFound]:
    """Customers whose number is `words`, or whose name, e-mail address, telephone number or postcode begins so; the best first."""
    tidy = words.replace("\0", "").strip()[:100]
    most = max(1, min(limit, MOST_FOUND))
    asked = [_ranked(*one, most) for one in _ways(tidy)]
    if not asked:
        return []
    best = union_all(*asked).subquery()
    first = select(best.c.id, func.min(best.c.rank).label("rank")).group_by(best.c.id).subquery()
    mine = select(Customer).join(first, first.c.id == Customer.id)
    mine = mine.where(Customer.merged_into.is_(None), Customer.erased_at.is_(None))
    found = db.scalars(mine.order_by(first.c.rank, Customer.name, Customer.number).limit(most)).all()
    return [found_line(db, one) for one in found]


def found_line(db: Session, customer: Customer) -> CustomerFound:
    """A customer as a line of a list."""
    newest = select(CustomerAddress.city).where(CustomerAddress.customer_id == customer.id)
    city = db.scalars(newest.order_by(CustomerAddress.used_at.desc().nulls_last()).limit(1)).first()
    return CustomerFound(
        id=customer.id, number=customer.number, name=customer.name, email=customer.email, kind=customer.kind,
        flags=customer.flags, city=city or "",
    )  # fmt: skip


def sheet(db: Session, id: str) -> CustomerSheet | None:
    """One customer with everything; None when there is none."""
    one = db.get(Customer, id)
    if one is None:
        return None
    return CustomerSheet(
        id=one.id, number=one.number, name=one.name, email=one.email, language=one.language, kind=one.kind,
        vat_number=one.vat_number, group=one.group, flags=one.flags, revision=one.revision, merged_into=one.merged_into,
        erased_at=one.erased_at.isoformat() if one.erased_at else None,
        contacts=_rows(db, CustomerContact, id, "kind", "value", "label"),
        addresses=_rows(db, CustomerAddress, id, "use", "name", "street", "postcode", "city", "region", "country"),
        identities=_rows(db, CustomerIdentity, id, "channel", "foreign_id"),
        consents=_rows(db, CustomerConsent, id, "what", "given", "at", "said_in"),
        notes=_rows(db, CustomerNote, id, "id", "at", "text", "source", "worker_id"),
        merges=_merges(db, id), value=value(db, id), orders=history(db, id),
    )  # fmt: skip


def value(db: Session, id: str) -> CustomerValue:
    """What a customer bought."""
    counted = db.execute(_VALUE, {"id": id}).one()
    shipped, returned = db.execute(_UNITS, {"id": id}).one()
    return CustomerValue(
        orders=counted.orders, cancelled=counted.cancelled, shipped=int(shipped), returned=int(returned),
        revenue={currency: str(total) for currency, total in db.execute(_REVENUE, {"id": id})},
        last_order=counted.last_order.isoformat() if counted.last_order else None,
    )  # fmt: skip


def history(db: Session, id: str, most: int = _MOST_HISTORY) -> list[CustomerOrderLine]:
    """Their orders, newest first."""
    return [
        CustomerOrderLine(
            number=row.number, site=row.site, state=row.state, placed_at=row.placed_at.isoformat(), channel=row.channel,
            total="" if row.total is None else str(row.total), currency=row.currency,
        )
        for row in db.execute(_HISTORY, {"id": id, "most": most})
    ]  # fmt: skip


def _ways(tidy: str) -> Iterable[tuple[int, Select[Any]]]:
    """(rank, ids of who fits) for everything the words may be."""
    if not tidy:
        return
    yield 0, select(Customer.id).where(Customer.number.in_([tidy, tidy.upper()]))
    lower = tidy.lower()
    if "@" in tidy or "." in tidy:
        yield 1, _begins(CustomerContact.customer_id, CustomerContact.plain, lower)
    phone = plain_phone(tidy)
    if phone and not any(c.isalpha() for c in tidy):
        yield 2, _begins(CustomerContact.customer_id, CustomerContact.plain, phone)
    terms = [term for one in lower.split() if (term := "".join(c for c in one if c.isalnum()))]
    if terms:
        query = " & ".join(f"{term}:*" for term in terms)
        yield (
            3,
            select(Customer.id).where(
                text("to_tsvector('simple', name) @@ to_tsquery('simple', :query)").bindparams(query=query)
            ),
        )
    if any(c.isdigit() for c in tidy) and len(plain(tidy)) >= 4:
        yield 4, _begins(CustomerAddress.customer_id, CustomerAddress.likeness, plain(tidy))


def _begins(id: Any, column: Any, beginning: str) -> Select[Any]:
    # A range over the index by characters: LIKE with a parameter would not use it in a prepared statement.
    return select(id).where(
        column.op("~>=~", is_comparison=True)(literal(beginning, Text)),
        column.op("~<~", is_comparison=True)(literal(beginning + _END, Text)),
    )


def _ranked(rank: int, found: Select[Any], most: int) -> Select[Any]:
    few = found.limit(most * 4).subquery()
    return select(few.c[0].label("id"), literal(rank).label("rank"))


def _rows(db: Session, table: Any, id: str, *names: str) -> list[dict[str, Any]]:
    columns = [getattr(table, name) for name in names]
    order = table.at if hasattr(table, "at") else columns[0]
    rows = db.execute(select(*columns).where(table.customer_id == id).order_by(order, *columns)).all()
    return [msgspec.to_builtins(dict(zip(names, row, strict=True))) for row in rows]


def _merges(db: Session, id: str) -> list[dict[str, Any]]:
    mine = select(CustomerMerge.id, CustomerMerge.gone, CustomerMerge.at)
    rows = db.execute(
        mine.where(CustomerMerge.kept == id, CustomerMerge.undone_at.is_(None)).order_by(CustomerMerge.at)
    )
    return [{"id": row.id, "gone": row.gone, "at": row.at.isoformat()} for row in rows]
