"""The words an order is found by, read from its rows: numbers, who ordered, where it goes, items, tracking numbers. `searching` asks."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from oms.customers.models import Customer
from oms.orders.models import Order
from oms.packing.models import Parcel
from oms.sales import search_words as sw
from oms.sales.models import CustomerOrder, CustomerOrderLine
from oms.shipping.carriers.models import Label
from sync.contract.codes import ParcelState

#: Nobody types more; a line of a thousand items would be found by each.
_MOST = 400


def words_of(db: Session, numbers: Sequence[str]) -> dict[str, set[str]]:
    """Of each of these orders that exists."""
    orders = db.scalars(select(CustomerOrder).where(CustomerOrder.number.in_(numbers))).all()
    items, parcels = _items(db, numbers), _tracking(db, numbers)
    return _words(db, orders, {number: items[number] | parcels[number] for number in numbers})


def words_of_new(
    db: Session, orders: Sequence[tuple[CustomerOrder, Sequence[CustomerOrderLine]]]
) -> dict[str, set[str]]:
    """The same of orders with their lines that are not written yet."""
    items = {
        order.number: sw.of_kind(
            sw.SKU, [sku for line in lines if line.qty > 0 or line.problem for sku in (line.sku, line.foreign_sku)]
        )
        for order, lines in orders
    }
    return _words(db, [order for order, _ in orders], items)


def _words(db: Session, orders: Sequence[CustomerOrder], more: Mapping[str, set[str]]) -> dict[str, set[str]]:
    ids = {order.customer_id for order in orders if order.customer_id is not None}
    mine = select(Customer.id, Customer.name, Customer.email, Customer.number).where(Customer.id.in_(ids))
    people = {one.id: one for one in db.execute(mine)} if ids else {}
    found = {}
    for order in orders:
        words = _of_order(order) | more[order.number]
        if (person := people.get(order.customer_id or "")) is not None:
            words |= sw.of_person(person.name) | sw.of_email(person.email) | sw.of_number(person.number)
        found[order.number] = set(sorted(words)[:_MOST])
    return found


def _of_order(order: CustomerOrder) -> set[str]:
    bill = {key: str(value) for key, value in order.bill_to.items()}
    return {
        *sw.of_number(order.number),
        *sw.of_number(order.reference or ""),
        *sw.of_person(order.ship_name, order.ship_postcode, order.ship_city),
        *sw.of_person(bill.get("name", ""), bill.get("postcode", ""), bill.get("city", "")),
        *sw.of_email(order.email),
        *sw.of_phone(order.phone),
        *sw.of_kind(sw.CHANNEL, [order.channel]),
        *sw.of_kind(sw.COUNTRY, [order.ship_country]),
        *sw.of_kind(sw.FLAG, order.flags),
        *sw.of_day(sw.day_of(order.placed_at)),
    }


def _items(db: Session, numbers: Sequence[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    line = CustomerOrderLine
    # What was moved to another order is found there.
    mine = select(line.order_no, line.sku, line.foreign_sku).where(
        line.order_no.in_(numbers), (line.qty > 0) | (line.problem != "")
    )
    for number, *skus in db.execute(mine):
        found[number] |= sw.of_kind(sw.SKU, skus)
    return found


def _tracking(db: Session, numbers: Sequence[str]) -> dict[str, set[str]]:
    """Tracking numbers and SSCCs of parcels that are not void, a carrier's own number too."""
    found: dict[str, set[str]] = defaultdict(set)
    parcels = (
        select(Order.customer_order, Parcel.tracking, Parcel.sscc, Label.tracking)
        .join(Parcel, (Parcel.site_id == Order.site_id) & (Parcel.order_no == Order.number))
        .join(Label, Label.parcel_id == Parcel.id, isouter=True)
        .where(Order.customer_order.in_(numbers), Parcel.state != ParcelState.VOID)
    )
    for number, *texts in db.execute(parcels):
        found[number or ""] |= sw.of_kind(sw.TRACKING, [text or "" for text in texts])
    return found
