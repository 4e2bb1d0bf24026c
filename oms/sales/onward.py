"""What happens by itself to a good order: its open units go to sites, what no site has waits for goods, is replaced or called off.

Called by changes, by answers of customers, and for orders that are due (`due_at`): just captured or released from their last hold, a part
came back short, or goods came. Those are worked off apart from the floor's facts, which are booked whatever comes of it.
"""

from collections.abc import Collection, Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from oms.orders import actions as orders
from oms.orders.codes import HeldReason
from oms.sales.codes import EventKind, SaleState
from oms.sales.drafts import HoldCode
from oms.sales.events import Words, note
from oms.sales.holding import hold
from oms.sales.models import CustomerOrder, CustomerOrderLine, OrderHold
from oms.sales.ports import PORTS
from oms.sales.scene import Sale, lock_sales, settle_state
from oms.sales.searching import index
from oms.sales.substitutes import instead
from oms.sourcing.codes import Rest
from sync.contract.codes import OrderState

if TYPE_CHECKING:
    from oms.db.work import Work
    from oms.sourcing.scene import World

#: Nothing happens to these by itself any more.
OVER: Final = frozenset({SaleState.CANCELLED, SaleState.RETURNED})
_AT_ONCE: Final = 100


def go_on(w: "Work", sale: Sale, world: "World | None" = None) -> None:
    """Decides about every unit of the locked order that is open or waits for goods. Asked again without news, it changes nothing. `world`
    is read once for several orders."""
    order = sale.order
    order.due_at = None
    if sale.held or order.state in OVER:
        return
    _call_back(w, sale)
    settled = False
    before = {line.line_no: (line.backordered, line.expected) for line in sale.lines}
    for line in sale.lines:
        line.backordered = 0
    if any(line.open for line in sale.lines):
        decision = PORTS.source(w, sale, world)
        if instead(w, sale):
            decision = PORTS.source(w, sale, world)
        # What was decided is counted already; only a rest may change it.
        settled = decision.refused is None and not any(line.open for line in sale.lines)
        _rest(w, sale, decision.rest)
    if not settled:
        settle_state(w, sale)
    if _tell(w, sale, before) or order.promised is None:
        _promise(w, sale)


def _call_back(w: "Work", sale: Sale) -> None:
    """Parts of which a floor found nothing are over there: their units are open again."""
    for part in sale.parts:
        if part.state is OrderState.HELD and part.held_reason == HeldReason.ORDER_NOT_PICKED:
            orders.cancel(w.beside(part.site_id), part.number)
            note(w, sale.order.number, EventKind.SHORT, site=part.site_id, part=part.number)
    sale.order.due_at = None


def _rest(w: "Work", sale: Sale, rest: Rest) -> None:
    """What no site has: it waits for goods, or where the rule says so is called off or waits for a person."""
    for line in [line for line in sale.lines if line.open]:
        units = line.open
        if rest is Rest.HOLD and not _let_wait(sale.holds, line.line_no, units):
            hold(w, sale, HoldCode.REST_MISSING, line.line_no, sku=line.sku, missing=units)
        elif rest is Rest.CANCEL:
            line.cancelled += units
            note(
                w, sale.order.number, EventKind.CANCELLED, line=line.line_no, sku=line.sku, qty=units, reason="no_stock"
            )
        else:
            line.backordered += units
            line.expected = PORTS.expected(w, line.sku, units)
    if rest is Rest.CANCEL:
        PORTS.reprice(w, sale)


def _let_wait(holds: Collection[OrderHold], line_no: int, units: int) -> bool:
    """Whether a person has said that so many units of the line may wait for goods: they let go the hold about no fewer."""
    mine = [one for one in holds if (one.code, one.line_no) == (HoldCode.REST_MISSING, line_no)]
    return any(one.released_at is not None and int(one.params["missing"]) >= units for one in mine)


def _tell(w: "Work", sale: Sale, before: dict[int, tuple[int, date | None]]) -> bool:
    """The customer hears once of each line that waits now, and again when its day slips. Whether a line waits otherwise than before."""
    for line in sale.lines:
        if not line.backordered:
            line.expected = None
        elif before.get(line.line_no) != (line.backordered, line.expected):
            day = line.expected.isoformat() if line.expected else None
            words: Words = {"line": line.line_no, "sku": line.sku, "qty": line.backordered, "expected": day}
            note(w, sale.order.number, EventKind.BACKORDERED, **words)
    return before != {line.line_no: (line.backordered, line.expected) for line in sale.lines}


def _promise(w: "Work", sale: Sale) -> None:
    """The day for which it is promised is told when it is known, and when it has become a later one. It never becomes an earlier one: who
    was told a day, by us or by their shop, arranged to be there then. What comes sooner is told of when it leaves."""
    day, was = PORTS.day_of(w, sale), sale.order.promised
    if day is None or (was is not None and day <= was):
        return
    sale.order.promised = day
    for part in sale.parts:
        if part.state is OrderState.OPEN:
            part.promised = day
            w.beside(part.site_id).touch("order", part.number)
    note(w, sale.order.number, EventKind.PROMISED, day=day.isoformat())


def look_again(w: "Work", skus: Collection[str]) -> int:
    """Goods of these items came, or are expected on another day: orders that wait for them are due. How many."""
    waiting = select(CustomerOrderLine.order_no).where(
        CustomerOrderLine.sku.in_(skus), CustomerOrderLine.backordered > 0
    )
    due = update(CustomerOrder).where(CustomerOrder.number.in_(waiting), CustomerOrder.due_at.is_(None))
    found = w.db.scalars(due.values(due_at=w.now).returning(CustomerOrder.number))
    return len(found.all())


def due_orders(db: Session, limit: int = _AT_ONCE) -> list[str]:
    """Orders to be looked at, in the order in which they get goods: by the day they were promised for, urgency and age."""
    due = select(CustomerOrder.number).where(CustomerOrder.due_at.is_not(None))
    first = (CustomerOrder.promised.asc().nulls_last(), CustomerOrder.priority, CustomerOrder.placed_at)
    return list(db.scalars(due.order_by(*first, CustomerOrder.number).limit(limit)))


def settle(w: "Work", numbers: Sequence[str]) -> int:
    """Looks at those of the orders that are still due, in this order; how many. All of them or, when one cannot go on, none."""
    sales = {sale.order.number: sale for sale in lock_sales(w, numbers) if sale.order.due_at is not None}
    mine = [sales[number] for number in numbers if number in sales]
    if len(mine) > 1:
        # In one order for everybody, before any of them takes of it.
        PORTS.lock_items(w, {line.sku for sale in mine for line in sale.lines if line.open or line.backordered})
    world = PORTS.world(w.db) if mine else None
    for sale in mine:
        lines = len(sale.lines)
        go_on(w, sale, world)
        if len(sale.lines) > lines:
            # It is found by what came in the place of something too.
            index(w, [sale.order.number])
    return len(mine)
