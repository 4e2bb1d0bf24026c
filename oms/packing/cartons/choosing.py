"""The choice itself: one carton for the order if one holds it, several if not, nothing left unsaid. Called by whoever plans parcels."""

from collections import Counter
from collections.abc import Sequence
from itertools import permutations
from math import prod
from typing import NamedTuple

from oms.packing.cartons.parcels import Need, plan
from oms.packing.cartons.search import Budget
from oms.packing.cartons.spaces import Kind, Laid, Run, Shape, Unit
from oms.packing.cartons.types import (
    Carton,
    Choice,
    Item,
    Packed,
    Placement,
    Refused,
    Rotation,
    Rules,
    Second,
    Size,
    Unfit,
    Why,
)

_NO_LIMIT = 1 << 40


class Alike(NamedTuple):
    """What makes units alike for packing."""

    size: Size
    grams: int
    rotation: Rotation
    bears_g: int | None


class Order:
    """One order while it is being planned: its units by kind, the codes they came from, and the cartons as rooms for them."""

    def __init__(self, items: Sequence[Item], cartons: Sequence[Carton], rules: Rules) -> None:
        self.cartons, self.rules = cartons, rules
        self.codes: dict[Alike, list[tuple[str, int]]] = {}
        self.loose: list[Item] = []
        for item in items:
            if item.size is None:
                self.loose.append(item)
            elif item.qty > 0:
                self.codes.setdefault(_alike(item, item.size), []).append((item.code, item.qty))
        self.alike = list(self.codes)
        self.loose_g = sum(item.qty * (item.grams or 0) for item in self.loose)
        self.shapes = [self._shape(carton) for carton in cartons]
        self.runs = [(n, sum(qty for _, qty in self.codes[alike])) for n, alike in enumerate(self.alike)]

    def _shape(self, carton: Carton) -> Shape:
        """The carton as a room: without its clearance, with the lower of its own limit and what a person lifts."""
        long, wide, high = (max(side - 2 * self.rules.clearance_mm, 0) for side in carton.inner)
        kinds = [
            Kind(one.size, _ways(one, (long, wide, high)), prod(one.size), one.grams, one.bears_g) for one in self.alike
        ]
        limits = [limit for limit in (carton.max_g, self.rules.lift_g) if limit is not None]
        room_g = max(min(limits) - carton.tare_g, 0) if limits else _NO_LIMIT
        return Shape((long, wide, high), kinds, room_g, carton.volume * self.rules.max_fill_percent // 100)

    def grams(self, runs: Sequence[Run]) -> int:
        """What the units weigh."""
        return sum(self.alike[number].grams * count for number, count in runs)

    def billed(self, carton: Carton, goods_g: int) -> tuple[int, int]:
        """Gross weight and billed weight of a parcel."""
        gross = goods_g + carton.tare_g
        by_size = -(-prod(carton.outer) // self.rules.mm3_per_g) if self.rules.mm3_per_g else 0
        return gross, max(gross, by_size)

    def cost(self, carton: int, goods_g: int) -> int:
        """What the parcel costs by the shop's rule."""
        return self.rules.cost(self.cartons[carton], self.billed(self.cartons[carton], goods_g)[1])


def choose(items: Sequence[Item], cartons: Sequence[Carton], rules: Rules | None = None) -> Choice:
    """The parcels for `items` out of the shop's `cartons`: as few as possible, then the cheapest by `rules.cost`."""
    order = Order(items, cartons, rules or Rules())
    unfit = _take_out_unfit(order)
    if not order.runs or not cartons:
        return Choice((), unfit=unfit)
    need = Need(order.runs, order.shapes, order.rules.support_percent, order.cost, Budget(order.rules.effort))
    found = plan(need)
    refused: list[Refused] = []
    return Choice(tuple(_packed(order, carton, laid) for carton, laid in found), tuple(refused), unfit=unfit)


def _packed(order: Order, carton: int, laid: Laid) -> Packed:
    box = order.cartons[carton]
    goods_g = sum(order.alike[unit[0]].grams for unit in laid.units)
    gross, billed = order.billed(box, goods_g)
    volume = sum(prod(unit[4:]) for unit in laid.units)
    return Packed(box, (), (), gross, billed, order.rules.cost(box, billed), volume * 100 // max(box.volume, 1))


def _obvious(order: Order, shape: Shape) -> Why | None:
    """What rules a carton out without any search."""
    if not all(shape.kinds[number].sides for number, _ in order.runs):
        return Why.TOO_LONG
    if order.grams(order.runs) > shape.room_g:
        return Why.TOO_HEAVY
    if sum(shape.kinds[number].volume * count for number, count in order.runs) > shape.room_mm3:
        return Why.TOO_LITTLE_ROOM
    return None


def _take_out_unfit(order: Order) -> tuple[Unfit, ...]:
    """Takes what goes into no carton out of the runs, and says so."""
    found = []
    for number, _ in list(order.runs):
        holding = [shape for shape in order.shapes if shape.kinds[number].sides]
        why = None
        if not holding:
            why = Why.TOO_LONG
        elif all(order.alike[number].grams > shape.room_g for shape in holding):
            why = Why.TOO_HEAVY
        if why:
            order.runs = [run for run in order.runs if run[0] != number]
            found += [Unfit(code, qty, why) for code, qty in order.codes[order.alike[number]]]
    return tuple(found)


def _alike(item: Item, size: Size) -> Alike:
    bears = 0 if item.fragile else item.bears_g
    if item.rotation is Rotation.FREE:
        a, b, c = sorted(size)
        size = (a, b, c)
    return Alike(size, item.grams or 0, item.rotation, bears)


def _ways(one: Alike, room: Size) -> tuple[Size, ...]:
    """How a unit may lie in the room."""
    length, width, height = one.size
    match one.rotation:
        case Rotation.FREE:
            turned = sorted(set(permutations(one.size)))
        case Rotation.FLAT:
            turned = sorted({(length, width, height), (width, length, height)})
        case Rotation.NEVER:
            turned = [one.size]
    return tuple((x, y, z) for x, y, z in turned if x <= room[0] and y <= room[1] and z <= room[2])
