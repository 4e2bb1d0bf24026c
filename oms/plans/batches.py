"""Which orders a plan puts together: searched over a drawn floor, in turn where there is no drawing, apart where the way of picking wants
it. Plain functions over a `Scene`; `oms.picking.build` makes jobs by the same rules. Called by `thinking`."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from oms.planning.batching import ENDLESS, Effort, Load, Plan, cart, plan
from oms.planning.floor_walk import floor_walk
from oms.planning.walks import Walk
from oms.plans.scene import Place, Scene, Taken, Wanted
from sync.contract.codes import Method
from sync.contract.plans import PlanAsked

#: Ways of picking that put orders together.
TOGETHER: Final = frozenset({Method.CLUSTER, Method.WALL})
#: The most moves for each order that a search makes, and seconds of a move on a usual machine: by numbers and not by a clock, so that the
#: same plan is found however busy the machine is.
_FEWEST_MOVES, _MOST_MOVES = 50, 200_000
_MOVE_S: Final = 1.5e-6


@dataclass(frozen=True, slots=True)
class Group:
    """Orders that are picked in one go, by their numbers in the scene, with what is taken for each. Where the job is one `zone`'s, parts of
    one order name the same `trip`."""

    orders: tuple[int, ...]
    takes: tuple[tuple[int, Taken], ...]
    zone: str = ""
    trip: int | None = None


@dataclass(frozen=True, slots=True)
class Grouped:
    """The groups, the search that found them (None where none was needed), and the orders that no cart takes."""

    groups: tuple[Group, ...]
    walk: Walk | None
    found: Plan | None
    unfit: tuple[int, ...]


def load_of(order: Wanted) -> Load:
    """What an order takes of a cart."""
    grams, millilitres = sum(take.grams for take in order.takes), sum(take.millilitres for take in order.takes)
    return Load(slots=1, grams=grams, millilitres=millilitres, lines=len(order.takes))


def cart_of(asked: PlanAsked) -> Load:
    """The most that a cart takes."""
    return cart(
        slots=asked.slots,
        grams=asked.grams or ENDLESS,
        millilitres=asked.millilitres or ENDLESS,
        lines=asked.lines or ENDLESS,
    )


def level_of(order: Wanted) -> int:
    """Orders of another level never share a cart: another priority, or a single unit, which needs no sorting."""
    return 2 * order.priority + (order.units == 1)


def grouped(scene: Scene, progress: Callable[[float], None], stopped: Callable[[], bool]) -> Grouped:
    """The orders of the scene as they are picked, the most urgent group first."""
    if scene.asked.method not in TOGETHER:
        return Grouped(tuple(_apart(scene)), None, None, ())
    limits, loads = cart_of(scene.asked), [load_of(order) for order in scene.orders]
    fits = [all(has <= most for has, most in zip(load.measures(), limits.measures(), strict=True)) for load in loads]
    unfit = tuple(n for n, fit in enumerate(fits) if not fit)
    walk = _walk(scene)
    if walk is None:
        numbers = sorted((n for n, fit in enumerate(fits) if fit), key=lambda n: (level_of(scene.orders[n]), n))
        groups = sorted(in_turn(scene, numbers), key=min)
        return Grouped(tuple(together(scene, group) for group in groups), None, None, unfit)
    effort = Effort(seconds=0.0, moves=moves_for(scene.asked, walk.orders), seed=scene.asked.seed)
    found = plan(walk, loads, limits, [level_of(order) for order in scene.orders], effort, progress, stopped)
    # As they are given out: the one with the most urgent order first.
    batches = sorted(sorted(batch.orders) for batch in found.batches)
    return Grouped(tuple(together(scene, batch) for batch in batches), walk, found, found.unfit)


def _walk(scene: Scene) -> Walk | None:
    """The walk of the orders, where the floor is drawn and they can be walked to."""
    if scene.floor is None or not scene.orders:
        return None
    bins = [[take.bin for take in order.takes] for order in scene.orders]
    try:
        return floor_walk(scene.floor.layout, bins, scene.floor.depots).walk
    except ValueError:
        return None


def moves_for(asked: PlanAsked, orders: int) -> int:
    """Moves for each of so many orders in the seconds that a plan may think."""
    if asked.moves is not None:
        return asked.moves
    return int(min(_MOST_MOVES, max(_FEWEST_MOVES, asked.seconds / _MOVE_S / max(1, orders))))


def in_turn(scene: Scene, numbers: Sequence[int]) -> Iterator[list[int]]:
    """The orders as they are given, as many together as a cart takes, never of two levels."""
    limits = cart_of(scene.asked).measures()
    group: list[int] = []
    filled = [0, 0, 0, 0]
    for number in numbers:
        load = load_of(scene.orders[number]).measures()
        then = [has + more for has, more in zip(filled, load, strict=True)]
        is_full = any(has > most for has, most in zip(then, limits, strict=True))
        if group and (is_full or level_of(scene.orders[group[-1]]) != level_of(scene.orders[number])):
            yield group
            group, then = [], list(load)
        group.append(number)
        filled = then
    if group:
        yield group


def together(scene: Scene, orders: Sequence[int]) -> Group:
    """One job of these orders."""
    return Group(tuple(orders), tuple((n, take) for n in orders for take in scene.orders[n].takes))


def _apart(scene: Scene) -> Iterator[Group]:
    """Each order alone, whole or a part for each zone."""
    for number, order in enumerate(scene.orders):
        if scene.asked.method is Method.SINGLE:
            yield together(scene, [number])
            continue
        zones: dict[str, list[tuple[int, Taken]]] = defaultdict(list)
        for take in sorted(order.takes, key=lambda take: _place(scene, take.bin).seq):
            zones[_place(scene, take.bin).zone].append((number, take))
        for zone, takes in zones.items():
            yield Group((number,), tuple(takes), zone, number)


def _place(scene: Scene, bin: str) -> Place:
    return scene.places[bin]
