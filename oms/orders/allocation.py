"""Where the lines of an order come from, of what nobody has reserved. Called by release and by the plan of a wave."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from oms.catalog.models import Item, Site
from oms.inventory import history
from oms.inventory.queries import lock_shelves
from oms.inventory.rules import NOWHERE, Allocation, Shelf, Take, allocate
from oms.orders.models import Order, OrderLine
from oms.planning.allocating import PLAIN, Policy, Rule
from oms.promise import keeping
from oms.walks.floors import from_depot

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


def policy_of(w: "Work") -> Policy:
    """The site's rules; words that this release does not know are no rules."""
    site = w.db.get_one(Site, w.site)
    known = {rule.value for rule in Rule}
    return Policy(frozenset(Rule(word) for word in site.allocation if word in known), site.shelf_life_days)


@dataclass(slots=True)
class Stock:
    """The free stock of some items, locked, and less after each order it was asked for."""

    shelves: dict[str, list[Shelf]]
    fefo: set[str]
    #: Bins that go wrong easily, per item: an order that must leave soon does without them if it can.
    weak: dict[str, set[str]]
    #: Bins whose last count differed, per item, where the site trusts others first.
    doubted: dict[str, set[str]]
    policy: Policy = PLAIN
    #: How far bins are from where walks begin, where the floor is drawn and the site asks for it.
    metres: Mapping[str, float] = field(default_factory=lambda: NOWHERE)
    #: Of items of which something is kept for customers' orders: what any other order may have.
    unpromised: dict[str, int] = field(default_factory=dict)

    @classmethod
    def lock(cls, w: "Work", skus: set[str]) -> "Stock":
        """What is free now of `skus`, until the commit."""
        tracked = select(Item.sku).where(Item.site_id == w.site, Item.sku.in_(skus), Item.expiry_tracked)
        policy = policy_of(w)
        unpromised = keeping.unpromised(w, skus)
        shelves = lock_shelves(w.db, w.site, skus, reserve=policy.needs_reserve)
        weak = _by_sku(history.weak(w.db, w.site, skus))
        doubted: dict[str, set[str]] = {}
        if Rule.TRUSTED_FIRST in policy.rules:
            doubted = _by_sku(history.differing(w.db, w.site, skus))
        metres = NOWHERE
        if Rule.CLOSEST in policy.rules:
            metres = from_depot(w.db, w.site, {one.bin for some in shelves.values() for one in some if one.free > 0})
        return cls(shelves, set(w.db.scalars(tracked)), weak, doubted, policy, metres, unpromised)

    def take(self, w: "Work", order: Order, lines: list[OrderLine]) -> tuple[list[tuple[OrderLine, Take]], list[Lack]]:
        """Where these lines come from, all of them; or nothing is taken, and everything that is lacking."""
        before, spare = dict(self.shelves), dict(self.unpromised)
        mine = self._mine(w, order)
        takes: list[tuple[OrderLine, Take]] = []
        lacks: list[Lack] = []
        soon = order.cut_off is not None and order.cut_off < w.now + SOON
        for line in lines:
            found = self._from(w, line.sku, line.qty, soon=soon)
            missing = max(found.missing, self._promised(line.sku, line.qty, mine))
            if missing:
                lacks.append(Lack(line.line_no, line.sku, missing))
            takes += [(line, take) for take in found.takes]
        if lacks:
            self.shelves, self.unpromised = before, spare
            return [], lacks
        keeping.used(w, order, {line.customer_line or line.line_no: line.qty for line in lines})
        return takes, []

    def granted(self, w: "Work", order: Order, lines: list[OrderLine]) -> bool:
        """Whether an order may have these lines, whose bins are known already; then nobody else may have them."""
        spare, mine = dict(self.unpromised), self._mine(w, order)
        if any(self._promised(line.sku, line.qty, mine) for line in lines):
            self.unpromised = spare
            return False
        keeping.used(w, order, {line.customer_line or line.line_no: line.qty for line in lines})
        return True

    def _mine(self, w: "Work", order: Order) -> dict[str, int]:
        """What is kept for this very order here."""
        if order.customer_order is None or not self.unpromised:
            return {}
        return keeping.kept_here(w, order.customer_order)

    def _promised(self, sku: str, qty: int, mine: dict[str, int]) -> int:
        """Takes `qty` units of what is kept for the order, then of what is promised to nobody; how many units belong to others."""
        if sku not in self.unpromised:
            return 0
        own = min(qty, mine.get(sku, 0))
        if own:
            mine[sku] -= own
        others = max(0, qty - own - max(0, self.unpromised[sku]))
        self.unpromised[sku] -= qty - own - others
        return others

    def exactly(self, w: "Work", sku: str, bin: str, lot: str, qty: int) -> Take | None:
        """So many units out of this bin, while it has them and they may still go."""
        for shelf in self.shelves.get(sku, []):
            if (shelf.bin, shelf.lot) == (bin, lot) and shelf.free >= qty:
                if shelf.expiry is not None and shelf.expiry <= self.policy.last_day(w.now.date()):
                    return None
                take = Take(shelf, qty)
                self.shelves[sku] = _less(self.shelves[sku], (take,))
                return take
        return None

    def some(self, w: "Work", sku: str, qty: int) -> tuple[Take, ...]:
        """Up to `qty` units of an item, from where they should be taken."""
        qty -= self._promised(sku, qty, {})
        return self._from(w, sku, qty, soon=False).takes

    def _from(self, w: "Work", sku: str, qty: int, *, soon: bool) -> Allocation:
        avoid = self.doubted.get(sku, set()) | (self.weak.get(sku, set()) if soon else set())
        found = allocate(
            self.shelves.get(sku, []),
            qty,
            w.now.date(),
            fefo=sku in self.fefo,
            avoid=avoid,
            policy=self.policy,
            metres=self.metres,
        )
        self.shelves[sku] = _less(self.shelves.get(sku, []), found.takes)
        return found


def _by_sku(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for bin, sku in pairs:
        found[sku].add(bin)
    return found


def _less(shelves: list[Shelf], takes: tuple[Take, ...]) -> list[Shelf]:
    """The shelves after `takes`, for the next line of the same item."""
    taken = {(take.shelf.bin, take.shelf.lot): take.qty for take in takes}
    return [replace(one, free=one.free - taken.get((one.bin, one.lot), 0)) for one in shelves]


def lines_of(w: "Work", order_no: str) -> list[OrderLine]:
    """The lines of an order, in order."""
    mine = select(OrderLine).where(OrderLine.site_id == w.site, OrderLine.order_no == order_no)
    return list(w.db.scalars(mine.order_by(OrderLine.line_no)))
