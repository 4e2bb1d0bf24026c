"""All orders that nobody began are looked at jointly every few minutes: some go to other sites when that saves enough, and what scarce
goods are worth is reckoned anew for the orders still to come. Called by `keeper`.

Looked at are open parts of customer orders that are sent, that no planned wave counts on. What is on a floor is never touched."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

import numpy as np
from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from oms.db.bulk import insert_rows
from oms.db.work import Actor, Works
from oms.orders.models import Order, Reservation
from oms.planning.compiled import Floats, Ints
from oms.sales.codes import Splitting
from oms.sales.models import CustomerOrder, CustomerOrderLine, OrderHold
from oms.sales.scene import Sale
from oms.sourcing import actions
from oms.sourcing.batch import solve
from oms.sourcing.costs import Weights, price_site
from oms.sourcing.deciding import rules_of
from oms.sourcing.dual import Wanted
from oms.sourcing.models import ScarcityPrice
from oms.sourcing.rules import left_out
from oms.sourcing.scene import Scene, World, scene_of
from oms.sourcing.solving import Need, cost_of
from oms.sourcing.stock import available
from sync.contract.codes import OrderState

if TYPE_CHECKING:
    from oms.db.work import Work

_ACTOR: Final = Actor("sourcing")
#: Orders looked at in one go, the oldest first.
MOST: Final = 1000
#: An order is moved when that saves so much, and all moves together so large a share: floors are not kept busy for cents.
LEAST_SAVED: Final = 0.5
LEAST_SHARE: Final = 0.002
_DEAR: Final = 1e4
#: No unit is worth more than a few parcels to others.
_MOST_WORTH: Final = 20.0
_CENT: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class _Now:
    """An order as it is: what its units need, and where they go now [n, m]."""

    number: str
    wanted: Wanted
    #: Lines by item: (line, units).
    lines: tuple[tuple[tuple[int, int], ...], ...]
    takes: Ints


@dataclass(frozen=True, slots=True)
class Round:
    """What came of one look: orders, and how many moved for how much less."""

    orders: int
    moved: int
    saved: Decimal


def look(works: Works, site: str) -> Round:
    """One round. Reads in one unit of work, thinks in none, and moves each order in one of its own."""
    sites, items, some, stock = works.run(site, _ACTOR, _read)
    if not some:
        return Round(0, 0, Decimal(0))
    solved = solve([one.wanted for one in some], stock)
    works.run(site, _ACTOR, lambda w: _keep_worth(w, sites, items, solved.prices))
    gains = [_gain(one, takes) for one, takes in zip(some, solved.takes, strict=True)]
    whole = sum(cost_of(one.wanted.need, one.takes, one.wanted.need.unit) for one in some)
    moved, saved = 0, Decimal(0)
    if sum(gains) < LEAST_SHARE * whole:
        return Round(len(some), moved, saved)
    for rows in together([one.takes for one in some], [one.wanted.items for one in some], solved.takes):
        gain = sum(gains[row] for row in rows)
        if gain < LEAST_SAVED * len(rows):
            continue
        moves = [
            actions.Move(some[row].number, _by_site(some[row], solved.takes[row], sites), _money(gains[row]))
            for row in rows
        ]
        if works.run(site, _ACTOR, lambda w, moves=moves: actions.move(w, moves)):  # type: ignore[misc]
            moved, saved = moved + len(rows), saved + _money(gain)
    return Round(len(some), moved, saved)


def _gain(one: _Now, takes: Ints) -> float:
    need = one.wanted.need
    return cost_of(need, one.takes, need.unit) - cost_of(need, takes, need.unit)


def _money(value: float) -> Decimal:
    return Decimal(repr(round(value, 6))).quantize(_CENT)


def together(before: Sequence[Ints], items: Sequence[Ints], after: Sequence[Ints]) -> list[list[int]]:
    """Orders that change, in groups that change units with each other: (site, item) cells that one gives and another takes bind them."""
    bound: dict[int, int] = {}
    by_cell: dict[tuple[int, int], int] = {}

    def root(row: int) -> int:
        while bound[row] != row:
            row = bound[row]
        return row

    for row, (old, mine, new) in enumerate(zip(before, items, after, strict=True)):
        for item, site in np.argwhere(old != new).tolist():
            bound.setdefault(row, row)
            other = by_cell.setdefault((site, int(mine[item])), row)
            bound[root(row)] = root(other)
    groups: dict[int, list[int]] = defaultdict(list)
    for row in bound:
        groups[root(row)].append(row)
    return list(groups.values())


def _by_site(one: _Now, takes: Ints, sites: list[str]) -> Mapping[str, Mapping[int, int]]:
    """Units by site and line."""
    to: dict[str, dict[int, int]] = defaultdict(dict)
    for lines, row in zip(one.lines, takes, strict=True):
        left = [list(line) for line in lines]
        for column in np.flatnonzero(row):
            units = int(row[column])
            for line in left:
                fewer = min(units, line[1])
                if fewer:
                    mine = to[sites[column]]
                    mine[line[0]] = mine.get(line[0], 0) + fewer
                    line[1] -= fewer
                    units -= fewer
    return to


def movable(db: Session) -> list[str]:
    """Orders with a part that nobody began and no hold, the oldest first."""
    planned = exists().where(Reservation.site_id == Order.site_id, Reservation.order_no == Order.number)
    held = exists().where(OrderHold.order_no == Order.customer_order, OrderHold.released_at.is_(None))
    open_ = select(Order.customer_order).where(
        Order.state == OrderState.OPEN, Order.customer_order.is_not(None), Order.pick_up.is_(False), ~planned, ~held
    )
    mine = select(CustomerOrder.number).where(
        CustomerOrder.number.in_(open_),
        CustomerOrder.pick_up_site.is_(None),
        CustomerOrder.splitting == Splitting.ALLOWED,
    )
    return list(db.scalars(mine.order_by(CustomerOrder.placed_at, CustomerOrder.number).limit(MOST)))


def _read(w: "Work") -> tuple[list[str], list[str], list[_Now], Ints]:
    """The orders, sites, items, each order as it is, and the stock they share: what is free and what they have."""
    numbers = movable(w.db)
    world = World.read(w.db)
    sites = sorted(world.sites)
    found: list[tuple[Sale, Scene, dict[tuple[str, int], int]]] = []
    for number in numbers:
        sale = _unlocked(w, number)
        has = actions.droppable(w, sale)
        backs: dict[int, int] = defaultdict(int)
        for (_, line), units in has.items():
            backs[line] += units
        opened = {line.line_no: line.open for line in sale.lines}
        # What is open or waits for goods is for others to decide: only what sites have is moved.
        scene = scene_of(w, sale, world, backs={line: backs[line] - open_ for line, open_ in opened.items()})
        if scene.items:
            found.append((sale, scene, has))
    items = sorted({one.sku for _, scene, _ in found for one in scene.items})
    stock = np.zeros((len(sites), len(items)), dtype=np.int64)
    for (site, sku), units in available(w.db, items).items():
        stock[sites.index(site), items.index(sku)] = units
    some = [_now(sale, scene, has, sites, items) for sale, scene, has in found]
    for one in some:
        stock[:, one.wanted.items] += one.takes.T
    return sites, items, some, stock


def _unlocked(w: "Work", number: str) -> Sale:
    """As it is now: it is looked at again, locked, before anything is moved."""
    lines = select(CustomerOrderLine).where(CustomerOrderLine.order_no == number).order_by(CustomerOrderLine.line_no)
    parts = select(Order).where(Order.customer_order == number).order_by(Order.number)
    order = w.db.get_one(CustomerOrder, number)
    return Sale(order, list(w.db.scalars(lines)), [], list(w.db.scalars(parts)))


def _now(sale: Sale, scene: Scene, has: Mapping[tuple[str, int], int], sites: list[str], items: list[str]) -> _Now:
    rule = rules_of(scene)[0]
    qty = np.array([one.qty for one in scene.items])
    takes = np.zeros((len(qty), len(sites)), dtype=np.int64)
    for row, one in enumerate(scene.items):
        for line, _ in one.lines:
            for column, site in enumerate(sites):
                takes[row, column] += has.get((site, line), 0)
    ship, unit = _prices(scene, rule.weights, [(one.qty, one.grams) for one in scene.items])
    for column, site_scene in enumerate(scene.sites):
        out = left_out(rule, site_scene.facts, scene.asked.country, pick_up=False)
        # Where it is already it may stay, full or not.
        if out is not None and not takes[:, column].any():
            ship[column] += _DEAR
    need = Need(qty, ship, unit, np.full(len(qty), _DEAR), _DEAR, rule.max_parts)
    at = np.array([items.index(one.sku) for one in scene.items])
    return _Now(sale.order.number, Wanted(at, need), tuple(one.lines for one in scene.items), takes)


def _prices(scene: Scene, weights: Weights, items: list[tuple[int, int]]) -> tuple[Floats, Floats]:
    priced = [price_site(weights, one.labour, one.facts.km or 0.0, one.freight, items) for one in scene.sites]
    return np.array([one.ship for one in priced]), np.array([one.unit for one in priced]).T


def _keep_worth(w: "Work", sites: list[str], items: list[str], prices: Floats) -> None:
    """Prices of today in place of those before; nothing is kept of what is not scarce."""
    w.db.execute(delete(ScarcityPrice))
    rows = [
        {
            "site_id": sites[site],
            "sku": items[item],
            "price": str(round(min(_MOST_WORTH, float(prices[site, item])), 4)),
        }
        for site, item in zip(*np.nonzero(prices > 0.005), strict=True)
    ]
    insert_rows(w.db, ScarcityPrice, rows)
