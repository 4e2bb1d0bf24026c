"""A customer order as an action needs it: locked, with its lines, holds and its sites' orders. Locks: sites' orders before customer orders,
as the floor's facts take them, each in order of number."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from oms.db.locks import lock_rows
from oms.orders.models import Order, OrderLine
from oms.sales.models import CustomerOrder, CustomerOrderLine, OrderHold
from oms.sales.rules import SALE, TOGETHER, Part, state_of
from oms.transitions import moved
from sync.contract.codes import OrderState

if TYPE_CHECKING:
    from oms.db.work import Work


@dataclass(slots=True)
class Sale:
    """One customer order, locked until the commit with its sites' orders: `parts`, the cancelled and shipped ones too."""

    order: CustomerOrder
    lines: list[CustomerOrderLine]
    holds: list[OrderHold]
    parts: list[Order]

    def line(self, line_no: int) -> CustomerOrderLine | None:
        """The line with this number."""
        return next((line for line in self.lines if line.line_no == line_no), None)

    @property
    def held(self) -> bool:
        """Whether somebody must release it first."""
        return any(hold.released_at is None for hold in self.holds)


def lock_sales(w: "Work", numbers: Iterable[str]) -> list[Sale]:
    """The customer orders with these numbers that exist, in order of number."""
    wanted = sorted(set(numbers))
    _lock_parts(w, wanted)
    orders = lock_rows(w.db, CustomerOrder, CustomerOrder.number, wanted)
    known = [order.number for order in orders]
    # Parts are made by whoever holds the customer's order only: those that came in between are locked now, and nobody else waits for them.
    parts = _lock_parts(w, known)
    lines = w.db.scalars(
        select(CustomerOrderLine)
        .where(CustomerOrderLine.order_no.in_(known))
        .order_by(CustomerOrderLine.order_no, CustomerOrderLine.line_no)
        .execution_options(populate_existing=True)
    ).all()
    holds = w.db.scalars(
        select(OrderHold).where(OrderHold.order_no.in_(known)).order_by(OrderHold.at, OrderHold.id)
    ).all()
    return [
        Sale(
            order,
            [line for line in lines if line.order_no == order.number],
            [hold for hold in holds if hold.order_no == order.number],
            [part for part in parts if part.customer_order == order.number],
        )
        for order in orders
    ]


def _lock_parts(w: "Work", numbers: Sequence[str]) -> Sequence[Order]:
    mine = select(Order).where(Order.customer_order.in_(numbers)).order_by(Order.number, Order.site_id)
    return w.db.scalars(mine.with_for_update().execution_options(populate_existing=True)).all()


def lock_sale(w: "Work", number: str) -> Sale | None:
    """One customer order; None when there is none."""
    return next(iter(lock_sales(w, [number])), None)


def settle_state(w: "Work", sale: Sale) -> None:
    """Counts what its sites' orders say of its lines, and gives it the state that follows; raises `NotAllowed` when the table knows no
    such step."""
    w.db.flush()
    count(w, sale)
    parts = [Part(part.state, part.ready_at is not None) for part in sale.parts]
    state = state_of(sale.lines, parts, held=sale.held)
    sale.order.state = moved(SALE, sale.order.state, state)
    sale.order.revision += 1


def count(w: "Work", sale: Sale) -> None:
    """Sets `assigned` and `shipped` of each line from the lines of its sites' orders. What a site found short is open again as soon as its
    pickers cannot take that back: when everything of its part has been brought together."""
    # Both are found first and set then: a query in between would write half of it.
    assigned, shipped = _counted(w, sale)
    for line in sale.lines:
        line.assigned, line.shipped = assigned[line.line_no], shipped[line.line_no]


def _counted(w: "Work", sale: Sale) -> tuple[Counter[int], Counter[int]]:
    """Units of each line that sites have, and that have left."""
    assigned, shipped = Counter[int](), Counter[int]()
    states = {(part.site_id, part.number): part.state for part in sale.parts}
    if not states:
        return assigned, shipped
    skus = {line.line_no: line.sku for line in sale.lines}
    site_lines = w.db.scalars(
        select(OrderLine)
        .join(Order, (Order.site_id == OrderLine.site_id) & (Order.number == OrderLine.order_no))
        .where(Order.customer_order == sale.order.number)
    )
    for one in site_lines:
        line_no, state = one.customer_line, states[one.site_id, one.order_no]
        if line_no is None or line_no not in skus or state is OrderState.CANCELLED:
            continue
        if state is OrderState.SHIPPED:
            shipped[line_no] += one.packed
        elif state in TOGETHER:
            assigned[line_no] += max(0, one.qty - one.short)
        elif one.sku == skus[line_no]:
            # What was taken instead of it is not counted twice.
            assigned[line_no] += one.qty
    return assigned, shipped
