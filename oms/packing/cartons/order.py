"""One order while it is planned: units by kind, the item codes they came from, the cartons as rooms. Owned by `choosing`."""

from collections.abc import Sequence
from itertools import permutations
from math import prod
from typing import NamedTuple

from oms.packing.cartons.filling import Laid, Run, Shape
from oms.packing.cartons.spaces import Kind
from oms.packing.cartons.types import Carton, Item, Packed, Placement, Rotation, Rules, Size, Unfit, Why

_NO_LIMIT = 1 << 40


class Alike(NamedTuple):
    """What makes units alike for packing."""

    size: Size
    grams: int
    rotation: Rotation
    bears_g: int | None


class Order:
    """Owns the runs of one order, by kind, and what they were made of. `unfit` is what goes into no carton; the runs are without it."""

    def __init__(self, items: Sequence[Item], cartons: Sequence[Carton], rules: Rules) -> None:
        self.cartons, self.rules = cartons, rules
        self._codes: dict[Alike, list[tuple[str, int]]] = {}
        self.unmeasured: list[Item] = []
        for item in items:
            if item.qty <= 0:
                continue
            if item.size is None or min(item.size) <= 0:
                self.unmeasured.append(item)
            else:
                self._codes.setdefault(_alike(item, item.size), []).append((item.code, item.qty))
        self.alike = list(self._codes)
        self.unfit: list[Unfit] = self._unfit_unmeasured()
        self._unmeasured_g = sum(item.qty * (item.grams or 0) for item in self.unmeasured)
        self.shapes = [self._shape(carton) for carton in cartons]
        self.runs: list[Run] = []
        for number, alike in enumerate(self.alike):
            why = self._nowhere(number)
            if why:
                self.unfit += [Unfit(code, qty, why) for code, qty in self._codes[alike]]
            else:
                self.runs.append((number, sum(qty for _, qty in self._codes[alike])))
        self.grams = sum(self.alike[number].grams * count for number, count in self.runs)

    def _shape(self, carton: Carton) -> Shape:
        """The carton as a room: without its clearance, with the lower of its own limit and what a person lifts."""
        long, wide, high = (max(side - 2 * self.rules.clearance_mm, 0) for side in carton.inner)
        kinds = [
            Kind(one.size, _ways(one, (long, wide, high)), prod(one.size), one.grams, one.bears_g) for one in self.alike
        ]
        room_g = max(self.limit(carton) - carton.tare_g - self._unmeasured_g, 0)
        return Shape((long, wide, high), kinds, room_g, carton.volume * self.rules.max_fill_percent // 100)

    def limit(self, carton: Carton) -> int:
        """The most grams a parcel in this carton may weigh."""
        return min(limit for limit in (carton.max_g, self.rules.lift_g, _NO_LIMIT) if limit is not None)

    def _unfit_unmeasured(self) -> list[Unfit]:
        """Goods without measures are trusted to fit, but not to weigh nothing."""
        most = max((self.limit(carton) - carton.tare_g for carton in self.cartons), default=0)
        if sum(item.qty * (item.grams or 0) for item in self.unmeasured) <= most and self.cartons:
            return []
        unfit = [
            Unfit(item.code, item.qty, Why.TOO_HEAVY if self.cartons else Why.TOO_LONG) for item in self.unmeasured
        ]
        self.unmeasured = []
        return unfit

    def _nowhere(self, number: int) -> Why | None:
        """Why a kind goes into no carton."""
        holding = [shape for shape in self.shapes if shape.kinds[number].sides]
        if not holding:
            return Why.TOO_LONG
        if all(self.alike[number].grams > shape.room_g for shape in holding):
            return Why.TOO_HEAVY
        if all(
            shape.kinds[number].volume > shape.room_mm3 or shape.kinds[number].grams > shape.room_g for shape in holding
        ):
            return Why.TOO_LITTLE_ROOM
        return None

    def obvious(self, carton: int) -> Why | None:
        """What rules a carton out for the whole order without any search."""
        shape = self.shapes[carton]
        if not all(shape.kinds[number].sides for number, _ in self.runs):
            return Why.TOO_LONG
        if self.grams > shape.room_g:
            return Why.TOO_HEAVY
        if sum(shape.kinds[number].volume * count for number, count in self.runs) > shape.room_mm3:
            return Why.TOO_LITTLE_ROOM
        return None

    def cost(self, carton: int, goods_g: int) -> int:
        """What a parcel costs by the shop's rule."""
        return self.rules.cost(self.cartons[carton], self._weights(carton, goods_g)[1])

    def _weights(self, carton: int, goods_g: int) -> tuple[int, int]:
        """Gross and billed grams of a parcel."""
        box = self.cartons[carton]
        gross = goods_g + box.tare_g
        by_size = -(-prod(box.outer) // self.rules.mm3_per_g) if self.rules.mm3_per_g else 0
        return gross, max(gross, by_size)

    def packed(self, plan: Sequence[tuple[int, Laid]]) -> tuple[Packed, ...]:
        """The parcels with item codes back on their units; goods without measures are in the first."""
        codes = {
            number: [code for code, qty in self._codes[alike] for _ in range(qty)]
            for number, alike in enumerate(self.alike)
        }
        return tuple(
            self._parcel(carton, laid, codes, self.unmeasured if n == 0 else [])
            for n, (carton, laid) in enumerate(plan)
        )

    def _parcel(self, carton: int, laid: Laid, codes: dict[int, list[str]], unmeasured: Sequence[Item]) -> Packed:
        box, gap = self.cartons[carton], self.rules.clearance_mm
        units = sorted(laid.units, key=lambda unit: (unit[3], unit[2], unit[1]))
        layers = {z: n for n, z in enumerate(sorted({unit[3] for unit in units}))}
        placements = tuple(
            Placement(codes[kind].pop(0), (x + gap, y + gap, z + gap), (length, width, height), step, layers[z])
            for step, (kind, x, y, z, length, width, height) in enumerate(units)
        )
        goods_g = sum(self.alike[unit[0]].grams for unit in units) + sum(
            item.qty * (item.grams or 0) for item in unmeasured
        )
        gross, billed = self._weights(carton, goods_g)
        fill = sum(prod(unit[4:]) for unit in units) * 100 // max(box.volume, 1)
        return Packed(
            box, placements, tuple(item.code for item in unmeasured), gross, billed, self.rules.cost(box, billed), fill
        )


def _alike(item: Item, size: Size) -> Alike:
    bears = 0 if item.fragile else item.bears_g
    if item.rotation is Rotation.FREE:
        a, b, c = sorted(size)
        size = (a, b, c)
    return Alike(size, max(item.grams or 0, 0), item.rotation, bears)


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
