"""From the tables to what stands on papers. Each function answers (paper, language), or None when there is no such thing. Called by the
API."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from oms.catalog.models import Item, Site
from oms.customers.models import Customer
from oms.documents import data, load_money, load_returns
from oms.documents.formats import language_of
from oms.orders.models import Order, OrderLine
from oms.packing.content import scanned_for, scanned_into
from oms.packing.models import Parcel
from oms.packing.pallet_queries import load_of, pallet_of
from oms.packing.sharing import guests, orders_in
from oms.picking.models import Job, WorkItem
from oms.shipping.carriers.models import Label, Manifest

Found = tuple[data.Paper, str]

#: Flags of an order that its customer said; the papers know one of them.
_GIFT: Final = "gift"


def packing_slip(db: Session, site: str, key: str) -> Found | None:
    """The slip of a parcel, by its id or SSCC."""
    parcel = _parcel(db, site, key)
    order = db.get(Order, (site, parcel.order_no)) if parcel else None
    if parcel is None or order is None:
        return None
    parcels = db.scalars(select(func.count()).where(Parcel.site_id == site, Parcel.order_no == order.number)).one()
    slip = data.PackingSlip(
        shop=shop(db, site), ship_to=ship_to(order), order=order.number, placed=order.placed_at.date(),
        parcel=f"{parcel.number}/{parcels}", sscc=parcel.sscc, carrier=parcel.carrier, tracking=parcel.tracking,
        note=order.note, gift=_GIFT in order.flags, lines=_slip_lines(db, site, order.number, parcel),
        others=tuple(
            data.SlipOrder(one.number, one.placed_at.date(), _slip_lines(db, site, one.number, parcel))
            for one in (db.get_one(Order, (site, number)) for number in orders_in(db, parcel)[1:])
        ),
    )  # fmt: skip
    return slip, _language(db, order)


def _slip_lines(db: Session, site: str, number: str, parcel: Parcel) -> tuple[data.SlipLine, ...]:
    """The lines of an order, with what of it lies in the parcel."""
    lines, shared = _lines(db, site, number), len(orders_in(db, parcel)) > 1
    inside = scanned_for(db, site, [number], [parcel.id]) if shared else Counter(_inside(db, site, parcel.id))
    names = _names(db, site, {line.sku for line in lines})
    return tuple(data.SlipLine(line.sku, names.get(line.sku, line.sku), line.qty, inside[line.sku]) for line in lines)


def pick_list(db: Session, site: str, key: str) -> Found | None:
    """The trip of a pick job, by its id, in the language of the house: English."""
    job = db.get(Job, key)
    if job is None or job.site_id != site:
        return None
    items = db.scalars(select(WorkItem).where(WorkItem.job_id == job.id).order_by(WorkItem.seq, WorkItem.id)).all()
    names = _names(db, site, {item.sku for item in items})
    lines = tuple(
        data.PickLine(item.from_bin, item.sku, names.get(item.sku, item.sku), item.qty_req - item.qty_done, item.lot)
        for item in items
        if item.qty_req > item.qty_done
    )
    orders = tuple(sorted({item.order_no for item in items if item.order_no}))
    paper = data.PickList(shop(db, site), job.id, orders, _now(db), lines, job.tote or "", job.lane or "")
    return paper, "en"


def invoice(db: Session, site: str, key: str) -> Found | None:
    """The receipt of an order: what was packed of it, or all of it before anything was. None while a line has no price."""
    order = _order(db, site, key)
    lines = _lines(db, site, order.number) if order else ()
    if order is None or not lines or any(line.price is None for line in lines):
        return None
    names = _names(db, site, {line.sku for line in lines})
    packed = any(line.packed for line in lines)
    sold = [(line, line.packed if packed else line.qty) for line in lines]
    paper = data.Invoice(
        shop=shop(db, site), bill_to=ship_to(order), number=order.number, order=order.number,
        day=(order.shipped_at or _now(db)).date(), currency=order.currency,
        lines=tuple(
            data.PricedLine(line.sku, names.get(line.sku, line.sku), qty, line.price or Decimal(), line.tax_rate)
            for line, qty in sold
            if qty
        ),
    )  # fmt: skip
    return paper, _language(db, order)


def sales_invoice(db: Session, site: str, key: str) -> Found | None:
    """An invoice or credit note of a customer's order, by its number."""
    return load_money.sales_invoice(db, shop(db, site), key)


def return_slip(db: Session, site: str, key: str) -> Found | None:
    """The return slip of an order, with what was packed of it."""
    order = _order(db, site, key)
    if order is None:
        return None
    lines = _lines(db, site, order.number)
    names = _names(db, site, {line.sku for line in lines})
    packed = any(line.packed for line in lines)
    sender = shop(db, site)
    days = sender.words.get("return_days", "")
    paper = data.ReturnSlip(
        shop=sender, customer=ship_to(order), order=order.number, days=int(days) if days.isdigit() else 30,
        lines=tuple(
            data.SlipLine(line.sku, names.get(line.sku, line.sku), line.qty, line.packed if packed else line.qty)
            for line in lines
        ),
    )  # fmt: skip
    return paper, _language(db, order)


def return_paper(db: Session, _site: str, key: str) -> Found | None:
    """The paper of an announced return, by its number; it goes to the site that waits for it."""
    site = load_returns.site_of(db, key)
    return load_returns.return_paper(db, shop(db, site), key) if site is not None else None


def customs(db: Session, site: str, key: str) -> Found | None:
    """The declaration of a parcel, by its id or SSCC: what is in it, at the prices of the order."""
    parcel = _parcel(db, site, key)
    order = db.get(Order, (site, parcel.order_no)) if parcel else None
    if parcel is None or order is None:
        return None
    inside, numbers = _inside(db, site, parcel.id), orders_in(db, parcel)
    prices = {line.sku: line.price for number in numbers for line in _lines(db, site, number)}
    items = {item.sku: item for item in db.scalars(select(Item).where(Item.site_id == site, Item.sku.in_(inside)))}
    lines = tuple(_customs_line(sku, qty, items.get(sku), prices.get(sku)) for sku, qty in sorted(inside.items()))
    paper = data.Customs(
        shop=shop(db, site), addressee=ship_to(order), number=parcel.tracking or parcel.sscc, order=order.number,
        day=_now(db).date(), currency=order.currency, lines=lines, invoice=", ".join(numbers),
        grams=parcel.grams or sum(line.grams for line in lines), kind="gift" if _GIFT in order.flags else "sale",
    )  # fmt: skip
    return paper, "en"


def _customs_line(sku: str, qty: int, item: Item | None, price: Decimal | None) -> data.CustomsLine:
    grams = qty * (item.weight_g or 0) if item else 0
    name, code, origin = (item.name, item.hs_code, item.origin) if item else (sku, "", "")
    return data.CustomsLine(name, qty, grams, qty * (price or Decimal()), code, origin)


def pallet_list(db: Session, site: str, key: str) -> Found | None:
    """What stands on a pallet, by its SSCC."""
    found = pallet_of(db, site, key)
    if found is None:
        return None
    pallet, parcels = found
    at = pallet.closed_at or pallet.opened_at or pallet.made_at
    lines = _parcel_lines(db, site, parcels)
    return data.PalletList(shop(db, site), pallet.sscc, pallet.carrier, at, lines, pallet.grams), "en"


def hand_over(db: Session, site: str, key: str) -> Found | None:
    """What is in a truck, by the id of the load; signed, once it was handed over."""
    load = load_of(db, site, key)
    if load is None:
        return None
    paper = data.HandOver(
        shop=shop(db, site), carrier=load.carrier, number=load.load[:12].upper(), at=load.at or _now(db),
        pallets=tuple((sscc, _parcel_lines(db, site, parcels)) for sscc, parcels in load.pallets),
        parcels=_parcel_lines(db, site, load.parcels),
        driver=load.driver, plate=load.plate, signature=load.signature, digest=load.digest, seal=load.seal,
    )  # fmt: skip
    return paper, "en"


def manifest(db: Session, site: str, key: str) -> Found | None:
    """What a carrier takes along by a manifest, by its id: to be signed on paper where no truck is checked by scan."""
    made = db.get(Manifest, key)
    if made is None or made.site_id != site:
        return None
    inside = select(Parcel).join(Label, Label.parcel_id == Parcel.id).where(Label.manifest_id == key)
    parcels = db.scalars(inside.order_by(Parcel.order_no, Parcel.number)).all()
    number = f"{made.carrier}-{made.day:%Y%m%d}-{made.n}"
    return data.HandOver(shop(db, site), made.carrier, number, made.made_at, (), _parcel_lines(db, site, parcels)), "en"


#: kind in the address -> how it is found.
KINDS: Final[dict[str, Callable[[Session, str, str], Found | None]]] = {
    "packing-slip": packing_slip,
    "pick-list": pick_list,
    "invoice": invoice,
    "sales-invoice": sales_invoice,
    "return-slip": return_slip,
    "return-paper": return_paper,
    "customs": customs,
    "pallet-list": pallet_list,
    "hand-over": hand_over,
    "manifest": manifest,
}


def shop(db: Session, site: str) -> data.Shop:
    """Who sends, as the site says it."""
    found = db.get_one(Site, site)
    words = {name: str(word) for name, word in found.paper_words.items()}
    country = words.get("country", "")
    return data.Shop(data.Party(tuple(found.ship_from) or (found.name,), country), words)


def ship_to(order: Order) -> data.Party:
    """Where an order goes."""
    town = " ".join(part for part in (order.ship_postcode, order.ship_city) if part)
    return data.Party(tuple(part for part in (order.ship_name, order.ship_street, town) if part), order.ship_country)


def _language(db: Session, order: Order) -> str:
    customer = db.get(Customer, order.customer_id) if order.customer_id else None
    # English is what a customer has who never said anything.
    wanted = customer.language if customer is not None and customer.language != "en" else ""
    return language_of(wanted, order.ship_country)


def _parcel(db: Session, site: str, key: str) -> Parcel | None:
    return db.scalar(select(Parcel).where(Parcel.site_id == site, (Parcel.id == key) | (Parcel.sscc == key)))


def _order(db: Session, site: str, key: str) -> Order | None:
    """An order by its number, or by a parcel of it: numbers of channels may hold letters that no address takes."""
    found = db.get(Order, (site, key))
    parcel = _parcel(db, site, key) if found is None else None
    return db.get(Order, (site, parcel.order_no)) if parcel else found


def _lines(db: Session, site: str, order: str) -> Sequence[OrderLine]:
    mine = select(OrderLine).where(OrderLine.site_id == site, OrderLine.order_no == order)
    return db.scalars(mine.order_by(OrderLine.line_no)).all()


def _names(db: Session, site: str, skus: set[str]) -> dict[str, str]:
    rows = db.execute(select(Item.sku, Item.name).where(Item.site_id == site, Item.sku.in_(skus)))
    return dict(rows.all())


def _inside(db: Session, site: str, parcel: str) -> dict[str, int]:
    return scanned_into(db, site, [parcel]).get(parcel, {})


def _parcel_lines(db: Session, site: str, parcels: Sequence[Parcel]) -> tuple[data.ParcelLine, ...]:
    numbers = {parcel.order_no for parcel in parcels}
    towns = select(Order.number, Order.ship_city, Order.ship_country).where(
        Order.site_id == site, Order.number.in_(numbers)
    )
    shared = guests(db, [parcel.id for parcel in parcels])
    others = {parcel.id: [order for order, _ in shared.get(parcel.id, [])] for parcel in parcels}
    where = {number: ", ".join(part for part in (town, country) if part) for number, town, country in db.execute(towns)}
    return tuple(
        data.ParcelLine(
            one.sscc, one.tracking, ", ".join((one.order_no, *others[one.id])), where.get(one.order_no, ""), one.grams
        )
        for one in parcels
    )


def _now(db: Session) -> datetime:
    return db.scalars(select(func.now())).one()
