"""How each job of a plan is walked, in what order, how far, and what it takes; and what other ways of walking it would. Plain functions
over a `Scene`. Called by `thinking`."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from oms.planning.layout import Layout
from oms.planning.routes import ANY, MOST, Stop, route
from oms.planning.tours import KICKS
from oms.plans.batches import Group, cart_of, load_of
from oms.plans.scene import Scene, Taken
from oms.walks.floors import Floor
from oms.waves.rules import METRES_A_STOP
from sync.contract.codes import Method
from sync.contract.plans import PlanBatch, PlanStop

#: A place on the map in millimetres.
Corner = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Walked:
    """A job as it is walked: its takes in that order (the order's number in the scene beside each), the metres, from which depot to which,
    and the bins that no way leads to."""

    takes: tuple[tuple[int, Taken], ...]
    metres: float
    start: str
    end: str
    lost: frozenset[str]


def walked(scene: Scene, group: Group) -> Walked:
    """The shortest walk that keeps to how the site wants its goods; in the bins' own order where the floor is not drawn."""
    goods = scene.goods
    takes = sorted(group.takes, key=lambda one: (scene.places[one[1].bin].seq, one[0], one[1].line_no, one[1].lot))
    if scene.floor is None or len(takes) > MOST:
        return Walked(tuple(takes), 0.0, "", "", frozenset())
    stops = [
        Stop(take.bin, goods.ranks.get(take.sku, ANY), take.sku if goods.product_first else "") for _, take in takes
    ]
    found = route(scene.floor.layout, stops, scene.floor.depots, kicks=KICKS, seed=scene.asked.seed)
    lost = frozenset(takes[n][1].bin for n in found.unreached)
    return Walked(tuple(takes[n] for n in found.order), found.metres, found.start, found.end, lost)


def bin_after_bin(scene: Scene, bins: Sequence[str]) -> float:
    """Metres when these bins are walked to in their own order, from the first depot and back to it."""
    floor = scene.floor
    if floor is None:
        return 0.0
    known = {bin for bin in bins if bin in floor.layout.places}
    walk = sorted(known, key=lambda bin: (scene.places[bin].seq, bin))
    depot = list(floor.depots[:1])
    legs = floor.layout.legs(floor.layout.numbers([*depot, *walk, *depot]))
    return float(legs[np.isfinite(legs)].sum())


def totes_of(scene: Scene, group: Group) -> int:
    """How many totes are fetched for a job."""
    return len(group.orders) if scene.asked.method is Method.CLUSTER else 1


def seconds_of(scene: Scene, group: Group, metres: float) -> float:
    """What a job takes one person."""
    takes = [take for _, take in group.takes]
    bins = len({take.bin for take in takes})
    return scene.times.seconds(
        metres if scene.floor is not None else METRES_A_STOP * bins,
        bins=bins,
        picks=len(takes),
        units=sum(take.qty for take in takes),
        totes=totes_of(scene, group),
    )


def told(scene: Scene, number: int, group: Group, walk: Walked) -> PlanBatch:
    """The job as it travels."""
    takes = [take for _, take in walk.takes]
    loads = [load_of(scene.orders[n]).measures() for n in group.orders]
    filled = [sum(own) / max(1, most) for *own, most in zip(*loads, cart_of(scene.asked).measures(), strict=True)]
    stops = _stops(scene, walk)
    return PlanBatch(
        number=number,
        orders=[scene.orders[n].number for n in group.orders],
        priority=scene.orders[group.orders[0]].priority,
        lines=len(takes),
        units=sum(take.qty for take in takes),
        grams=sum(take.grams for take in takes),
        millilitres=sum(take.millilitres for take in takes),
        metres=round(walk.metres, 1),
        minutes=round(seconds_of(scene, group, walk.metres) / 60, 2),
        full_percent=min(100, round(100 * max(filled))),
        stops=stops,
        way=_way(scene.floor, [walk.start, *(stop.bin for stop in stops if stop.reached), walk.end]),
        start=walk.start,
        end=walk.end,
        zone=group.zone,
    )


def _stops(scene: Scene, walk: Walked) -> list[PlanStop]:
    """Everything that is taken at one bin in one go is one stop."""
    bundles: list[list[tuple[int, Taken]]] = []
    for one in walk.takes:
        if bundles and bundles[-1][-1][1].bin == one[1].bin:
            bundles[-1].append(one)
        else:
            bundles.append([one])
    return [_stop(scene, bundle, walk) for bundle in bundles]


def _stop(scene: Scene, bundle: Sequence[tuple[int, Taken]], walk: Walked) -> PlanStop:
    bin = bundle[0][1].bin
    place = scene.places[bin]
    return PlanStop(
        bin=bin,
        x_mm=place.x_mm,
        y_mm=place.y_mm,
        zone=place.zone,
        units=sum(take.qty for _, take in bundle),
        lines=len(bundle),
        orders=list(dict.fromkeys(scene.orders[n].number for n, _ in bundle)),
        reached=bin not in walk.lost,
    )


def _way(floor: Floor | None, codes: Sequence[str]) -> list[Corner]:
    """The corners of the walk over these places."""
    if floor is None:
        return []
    places = [floor.layout.places[code] for code in codes if code in floor.layout.places]
    corners: list[Corner] = []
    for start, end in pairwise(places):
        corners += _leg(floor.layout, start, end)
    return [one for n, one in enumerate(corners) if n == 0 or one != corners[n - 1]]


def _leg(layout: Layout, start: int, end: int) -> list[Corner]:
    return [(round(1000 * x), round(1000 * y)) for x, y in layout.way(start, end)]
