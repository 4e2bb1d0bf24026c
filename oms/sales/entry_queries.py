"""What a clerk looks up while typing an order: customers with their newest address, items by any word or code, places to fetch at."""

from typing import Final

from sqlalchemy import func, literal, select, text, union_all
from sqlalchemy.orm import Session

from oms.catalog.models import Item, ItemCode, Site
from oms.customers import queries as customers
from oms.customers.codes import ContactKind
from oms.customers.models import CustomerAddress, CustomerContact
from oms.sourcing.models import SourceSite
from sync.contract.customer_orders import AddressIn
from sync.contract.order_entry import MOST_FOUND, EntryCustomer, EntryItem, EntryPlace

#: Text after every other of the same beginning.
_END: Final = "\U0010ffff"
_MOST_WORDS: Final = 8


def find_customers(db: Session, words: str) -> list[EntryCustomer]:
    """Customers who fit what was typed, the best first."""
    found = customers.search(db, words, MOST_FOUND)
    ids = [one.id for one in found]
    # The newest of each comes last, and stays.
    newest = select(CustomerAddress).where(CustomerAddress.customer_id.in_(ids))
    newest = newest.order_by(CustomerAddress.used_at.asc().nulls_first(), CustomerAddress.id)
    homes = {one.customer_id: one for one in db.scalars(newest)} if ids else {}
    mine = select(CustomerContact.customer_id, func.min(CustomerContact.value)).where(
        CustomerContact.customer_id.in_(ids), CustomerContact.kind == ContactKind.PHONE
    )
    phones = dict(db.execute(mine.group_by(CustomerContact.customer_id)).all()) if ids else {}
    return [
        EntryCustomer(
            number=one.number, name=one.name, email=one.email, phone=phones.get(one.id, ""),
            address=_address(homes.get(one.id)), flags=one.flags,
        )
        for one in found
    ]  # fmt: skip


def _address(home: CustomerAddress | None) -> AddressIn:
    if home is None:
        return AddressIn()
    return AddressIn(
        name=home.name, street=home.street, postcode=home.postcode, city=home.city, region=home.region,
        country=home.country,
    )  # fmt: skip


def find_items(db: Session, words: str) -> list[EntryItem]:
    """Items whose SKU or code is `words`, whose SKU begins so, or whose name has a word that begins with each of them."""
    tidy = words.replace("\0", "").strip()[:100]
    if not tidy:
        return []
    code = tidy.zfill(14) if tidy.isascii() and tidy.isdigit() else tidy
    asked = [
        select(Item.sku, Item.name, literal(0).label("rank"), literal(1).label("units")).where(Item.sku == tidy),
        select(Item.sku, Item.name, literal(0), ItemCode.qty)
        .join(ItemCode, (ItemCode.site_id == Item.site_id) & (ItemCode.sku == Item.sku))
        .where(ItemCode.code == code),
        select(Item.sku, Item.name, literal(1), literal(1)).where(
            func.upper(Item.sku) >= tidy.upper(), func.upper(Item.sku) < tidy.upper() + _END
        ),
    ]
    terms = [term for one in tidy.lower().split() if (term := "".join(c for c in one if c.isalnum()))][:_MOST_WORDS]
    if terms:
        named = text("to_tsvector('simple', item.name) @@ to_tsquery('simple', :query)")
        query = " & ".join(f"{term}:*" for term in terms)
        asked.append(select(Item.sku, Item.name, literal(2), literal(1)).where(named.bindparams(query=query)))
    every = union_all(*asked).subquery()
    best = select(every.c.sku, func.min(every.c.name), func.min(every.c.rank), func.max(every.c.units))
    rows = db.execute(
        best.group_by(every.c.sku)
        .order_by(func.min(every.c.rank), func.min(every.c.name), every.c.sku)
        .limit(MOST_FOUND)
    ).all()
    return [EntryItem(sku=sku, name=name, exact=rank == 0, units=units) for sku, name, rank, units in rows]


def places(db: Session) -> list[EntryPlace]:
    """Sites where customers fetch."""
    mine = select(Site.id, Site.name).join(SourceSite, SourceSite.site_id == Site.id)
    mine = mine.where(SourceSite.pick_up, SourceSite.enabled).order_by(Site.name, Site.id)
    return [EntryPlace(site=id, name=name) for id, name in db.execute(mine)]
