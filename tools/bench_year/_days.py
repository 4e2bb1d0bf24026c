"""A day of the shop: goods come, customers order, parcels leave, what lacks is ordered. The acts are the server's own; what people on the
floor would do with devices between shelf and truck is one movement."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import count
from typing import Final, TypeVar

from sqlalchemy import select, update

from oms.bootstrap import Oms
from oms.db.work import Work
from oms.inventory.models import StockBalance
from oms.inventory.rules import SHIPPED, bin_account
from oms.orders.allocation import Stock, lines_of
from oms.orders.models import Order
from oms.orders.progress import advance
from oms.orders.rules import ORDER
from oms.picking.scene import lock_orders
from oms.purchasing import actions, receiving
from oms.purchasing import run as runs
from oms.purchasing.actions import lines_of as bought_lines
from oms.purchasing.codes import BuyState
from oms.purchasing.models import PurchaseOrder
from oms.purchasing.receiving import Came
from oms.sales.capture import Address, CaptureResult, SaleDraft, SaleDraftLine, capture
from oms.sales.codes import SaleState
from oms.sales.models import CustomerOrder, CustomerOrderLine
from oms.sales.working import OrderDesk
from oms.transitions import moved
from sync.contract.codes import OrderState
from tools.bench_year._clock import Clock
from tools.bench_year._house import ACTOR, CHANNEL, bin_of
from tools.bench_year._levels import Levels
from tools.bench_year._world import World

_T = TypeVar("_T")
#: Orders that are captured, and parts that leave, in one unit of work.
_TOGETHER: Final = 50
_PRICE: Final = Decimal("9.00")
_ON_FLOOR: Final = (OrderState.RELEASED, OrderState.PICKING, OrderState.PICKED)


@dataclass(frozen=True, slots=True)
class Evening:
    """What a day came to: units asked for and of them sent the same day, items with an empty shelf, what the shelves are worth at cost,
    what has left at cost since the first day, and units that customers wait for."""

    asked: int
    at_once: int
    empty: int
    worth: Decimal
    left: Decimal
    waiting: int


@dataclass
class Shop:
    """One shop, day by day. `orders` a day."""

    oms: Oms
    clock: Clock
    world: World
    levels: Levels
    orders: int
    #: Goods under way: order numbers by the day on which they come.
    coming: dict[date, list[str]] = field(default_factory=dict)
    bought: int = 0

    def __post_init__(self) -> None:
        self._desk = OrderDesk(self.oms.works, self.oms.site)
        self._ids = count(1)

    def open(self, today: date) -> None:
        """The levels of the first day."""
        self._at(today, 7)
        self.levels(self.oms, self.world, today, True)

    def play(self, today: date) -> None:
        """From the first delivery to the last order to a supplier."""
        self._at(today, 8)
        for number in self.coming.pop(today, []):
            self.oms.works.run(self.oms.site, ACTOR, lambda w, number=number: _receive(w, number))  # type: ignore[misc]
        self._at(today, 9)
        drafts = [self._draft(lines) for lines in self.world.orders(today, self.orders)]
        for some in _by(drafts, _TOGETHER):
            taken = self.oms.works.run(self.oms.site, ACTOR, lambda w, some=some: capture(w, some))  # type: ignore[misc]
            assert all(one.result is CaptureResult.CREATED for one in taken), taken
        while self._desk.step():
            pass
        self._at(today, 16)
        for numbers in _by(self._open_parts(), _TOGETHER):
            self.oms.works.run(self.oms.site, ACTOR, lambda w, numbers=numbers: _leave(w, numbers))  # type: ignore[misc]
        self._at(today, 18)
        self.levels(self.oms, self.world, today, False)
        if today.isoweekday() <= 5:
            self._buy(today)

    def evening(self, today: date) -> Evening:
        """Looked up in the books; not part of the day's work."""
        begin = datetime.combine(today, time(0), UTC)
        cost = dict(zip(self.world.skus, self.world.cost, strict=True))
        mine = (
            select(CustomerOrderLine.qty, CustomerOrderLine.shipped)
            .join(CustomerOrder, CustomerOrder.number == CustomerOrderLine.order_no)
            .where(CustomerOrder.captured_at >= begin)
        )
        shelf = select(StockBalance.sku, StockBalance.qty).where(StockBalance.account.startswith("bin:"))
        gone = select(StockBalance.sku, StockBalance.qty).where(StockBalance.account == SHIPPED)
        waiting = select(CustomerOrderLine.backordered).where(CustomerOrderLine.backordered > 0)
        with self.oms.sessions() as db:
            asked, at_once = (sum(some) for some in zip(*db.execute(mine).all(), strict=True))
            there = dict.fromkeys(self.world.skus, 0)
            for sku, qty in db.execute(shelf):
                there[sku] += qty
            left = sum((qty * cost[sku] for sku, qty in db.execute(gone)), Decimal(0))
            waits = sum(db.scalars(waiting))
        worth = sum((qty * cost[sku] for sku, qty in there.items()), Decimal(0))
        return Evening(int(asked), int(at_once), sum(not qty for qty in there.values()), worth, left, waits)

    def _at(self, today: date, hour: int) -> None:
        self.clock.set(datetime.combine(today, time(hour), UTC))

    def _draft(self, lines: Sequence[tuple[int, int]]) -> SaleDraft:
        n = next(self._ids)
        home = Address(f"Customer {n}", f"Kade {n}", "3511 AB", "Utrecht", "", "NL")
        sold = [SaleDraftLine(sku=self.world.skus[item], qty=qty, price=_PRICE) for item, qty in lines]
        return SaleDraft(channel=CHANNEL, reference=f"{n}", email=f"c{n}@example.org", ship=home, lines=sold)

    def _open_parts(self) -> list[str]:
        mine = select(Order.number).where(Order.site_id == self.oms.site, Order.state == OrderState.OPEN)
        with self.oms.sessions() as db:
            return list(db.scalars(mine.order_by(Order.placed_at, Order.number)))

    def _buy(self, today: date) -> None:
        self.oms.works.run(self.oms.site, ACTOR, runs.run)
        approved = select(PurchaseOrder).where(PurchaseOrder.state == BuyState.APPROVED).order_by(PurchaseOrder.number)
        with self.oms.sessions() as db:
            found = [(one.number, one.supplier) for one in db.scalars(approved)]
        sellers = {one.code: one for one in self.world.sellers}
        for number, supplier in found:
            self.oms.works.run(self.oms.site, ACTOR, lambda w, number=number: actions.send(w, number))  # type: ignore[misc]
            day = max(self.world.arrival(sellers[supplier], today), today + timedelta(days=1))
            self.coming.setdefault(day, []).append(number)
            self.bought += 1


def _receive(w: Work, number: str) -> None:
    for line in bought_lines(w, number):
        if line.open:
            place = bin_account(bin_of(line.sku))
            receiving.receive(w, Came(f"{number}/{line.line_no}", line.sku, line.open, place, order=number))
    receiving.enough(w, number)


def _leave(w: Work, numbers: Sequence[str]) -> None:
    """Parts whose goods are on the shelves leave the house; the others stay open."""
    orders = lock_orders(w, list(numbers))
    # Nobody is told of each step on the floor.
    begun = update(CustomerOrder).where(CustomerOrder.number.in_({order.customer_order for order in orders}))
    w.db.execute(begun.where(CustomerOrder.state == SaleState.SOURCED).values(state=SaleState.IN_WORK))
    lines = {order.number: lines_of(w, order.number) for order in orders}
    stock = Stock.lock(w, {line.sku for some in lines.values() for line in some})
    for order in orders:
        takes, lacks = stock.take(w, order, lines[order.number])
        if lacks:
            continue
        for n, (line, take) in enumerate(takes):
            w.move(f"left:{order.number}", n, line.sku, take.shelf.lot, bin_account(take.shelf.bin), SHIPPED, take.qty)
            line.picked, line.packed = line.picked + take.qty, line.packed + take.qty
        for state in _ON_FLOOR:
            order.state = moved(ORDER, order.state, state)
        order.released_at = order.shipped_at = w.now
        advance(w, order, OrderState.SHIPPED)


def _by(some: Sequence[_T], many: int) -> Iterator[Sequence[_T]]:
    for n in range(0, len(some), many):
        yield some[n : n + many]
