"""Orders as the workbench lists them: one row each, in few statements however many. Reads only; the list and the sheet call it."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from oms.customers.models import Customer
from oms.orders.models import Order
from oms.sales.models import CustomerOrder, CustomerOrderLine, OrderHold
from oms.sales.search_words import OPEN_STATES
from sync.contract.codes import OrderState
from sync.contract.workbench import OrderFound


def heads(db: Session, numbers: Sequence[str], today: date) -> list[OrderFound]:
    """The rows of those that exist, in the order asked for."""
    if not numbers:
        return []
    orders = {one.number: one for one in db.scalars(select(CustomerOrder).where(CustomerOrder.number.in_(numbers)))}
    holds, sites, lines = _holds(db, numbers), _sites(db, numbers), _lines(db, numbers)
    names = _names(db, [one for one in orders.values() if not one.ship_name])
    return [
        _head(order, holds[number], sites[number], lines.get(number, 0), names.get(order.customer_id or "", ""), today)
        for number in numbers
        if (order := orders.get(number)) is not None
    ]


def _head(
    order: CustomerOrder, holds: list[str], sites: list[str], lines: int, customer: str, today: date
) -> OrderFound:
    return OrderFound(
        number=order.number,
        state=order.state.value,
        placed_at=moment(order.placed_at),
        revision=order.revision,
        reference=order.reference,
        channel=order.channel,
        customer=order.ship_name or customer,
        city=order.ship_city,
        country=order.ship_country,
        promised=order.promised.isoformat() if order.promised else None,
        total=money(order.total),
        currency=order.currency,
        payment=order.payment.value,
        priority=order.priority,
        flags=list(order.flags),
        holds=len(holds),
        hold_codes=sorted(set(holds)),
        sites=sites,
        lines=lines,
        late=order.state in OPEN_STATES and order.promised is not None and order.promised < today,
    )


def _holds(db: Session, numbers: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    live = select(OrderHold.order_no, OrderHold.code).where(
        OrderHold.order_no.in_(numbers), OrderHold.released_at.is_(None)
    )
    for number, code in db.execute(live):
        found[number].append(code)
    return found


def _sites(db: Session, numbers: Sequence[str]) -> dict[str, list[str]]:
    """Who sends something of each, in order of id."""
    found: dict[str, list[str]] = defaultdict(list)
    parts = select(Order.customer_order, Order.site_id).where(
        Order.customer_order.in_(numbers), Order.state != OrderState.CANCELLED
    )
    for number, site in sorted(set(db.execute(parts))):
        found[number or ""].append(site)
    return found


def _lines(db: Session, numbers: Sequence[str]) -> dict[str, int]:
    counted = select(CustomerOrderLine.order_no, func.count()).where(CustomerOrderLine.order_no.in_(numbers))
    return dict(db.execute(counted.group_by(CustomerOrderLine.order_no)).all())


def _names(db: Session, orders: Sequence[CustomerOrder]) -> dict[str, str]:
    ids = {order.customer_id for order in orders if order.customer_id is not None}
    return dict(db.execute(select(Customer.id, Customer.name).where(Customer.id.in_(ids))).all()) if ids else {}


def moment(at: datetime) -> str:
    """RFC 3339 in UTC, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def money(amount: Decimal) -> str:
    """Exact, without zeros that say nothing beyond two places."""
    text = f"{amount:.4f}"
    return text[:-2] if text.endswith("00") else text
