"""Where the lines of an order come from, of what nobody has reserved. Called by release and by the plan of a wave."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from oms.catalog.models import Item
from oms.inventory import history
from oms.inventory.queries import lock_shelves
from oms.inventory.rules import Shelf, Take, allocate
from oms.orders.models import Order, OrderLine

if TYPE_CHECKING:
    from oms.db.work import Work


#: Orders whose truck leaves so soon have no time for a second walk.
SOON: Final = timedelta(minutes=90)


@dataclass(frozen=True, slots=True)
class Lack:
    """So many units of an item that one line cannot have."""

    line_no: int
    sku: str
    units: int


@dataclass(slots=True)
class Stock:
    """The free stock of some items, locked, and less after each order it was asked for."""

    shelves: dict[str, list[Shelf]]
    fefo: set[str]
    #: Bins that go wrong easily, per item: an order that must leave soon does without them if it can.
    weak: dict[str, set[str]]

    @classmethod
    def lock(cls, w: "Work", skus: set[str]) -> "Stock":
        """What is free now of `skus`, until the commit."""
        tracked = select(Item.sku).where(Item.site_id == w.site, Item.sku.in_(skus), Item.expiry_tracked)
        weak: dict[str, set[str]] = defaultdict(set)
        for bin, sku in history.weak(w.db, w.site, skus):
            weak[sku].add(bin)
        return cls(lock_shelves(w.db, w.site, skus), set(w.db.scalars(tracked)), weak)

    def take(self, w: "Work", order: Order, lines: list[OrderLine]) -> tuple[list[tuple[OrderLine, Take]], list[Lack]]:
        """Where these lines come from, all of them; or nothing is taken, and everything that is lacking."""
        before = dict(self.shelves)
        takes: list[tuple[OrderLine, Take]] = []
        lacks: list[Lack] = []
        soon = order.cut_off is not None and order.cut_off < w.now + SOON
        for line in lines:
            shelves, fefo = self.shelves.get(line.sku, []), line.sku in self.fefo
            avoid = self.weak.get(line.sku, set()) if soon else ()
            found = allocate(shelves, line.qty, w.now.date(), fefo=fefo, avoid=avoid)
            if found.missing:
                lacks.append(Lack(line.line_no, line.sku, found.missing))
            takes += [(line, take) for take in found.takes]
            self.shelves[line.sku] = _less(self.shelves.get(line.sku, []), found.takes)
        if lacks:
            self.shelves = before
            return [], lacks
        return takes, []

    def exactly(self, w: "Work", sku: str, bin: str, lot: str, qty: int) -> Take | None:
        """So many units out of this bin, while it has them and they have not expired."""
        for shelf in self.shelves.get(sku, []):
            if (shelf.bin, shelf.lot) == (bin, lot) and shelf.free >= qty:
                if shelf.expiry is not None and shelf.expiry < w.now.date():
                    return None
                take = Take(shelf, qty)
                self.shelves[sku] = _less(self.shelves[sku], (take,))
                return take
        return None

    def some(self, w: "Work", sku: str, qty: int) -> tuple[Take, ...]:
        """Up to `qty` units of an item, from where they should be taken."""
        found = allocate(self.shelves.get(sku, []), qty, w.now.date(), fefo=sku in self.fefo)
        self.shelves[sku] = _less(self.shelves.get(sku, []), found.takes)
        return found.takes


def _less(shelves: list[Shelf], takes: tuple[Take, ...]) -> list[Shelf]:
    """The shelves after `takes`, for the next line of the same item."""
    taken = {(take.shelf.bin, take.shelf.lot): take.qty for take in takes}
    return [
        Shelf(one.bin, one.seq, one.free - taken.get((one.bin, one.lot), 0), one.lot, one.expiry) for one in shelves
    ]


def lines_of(w: "Work", order_no: str) -> list[OrderLine]:
    """The lines of an order, in order."""
    mine = select(OrderLine).where(OrderLine.site_id == w.site, OrderLine.order_no == order_no)
    return list(w.db.scalars(mine.order_by(OrderLine.line_no)))
