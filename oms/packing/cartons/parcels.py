"""Which cartons, and what goes into each: as few as can be, then the cheapest. Called by `choosing`.

For each number of cartons the sets of that many are tried, the cheapest first, each by filling its cartons one after the other with
what is left. Where that would be too many sets, the carton that takes most goes first until few enough are left to find.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations_with_replacement
from itertools import count as count_up
from math import comb
from typing import NamedTuple

from oms.packing.cartons.bound import Scaled, overfull, scaled
from oms.packing.cartons.search import Budget, orders
from oms.packing.cartons.spaces import Laid, Run, Shape, fill

_MOST_SETS = 60
#: The part of what is left that may go into one number of cartons without any success.
_PATIENCE = 0.4


class Filled(NamedTuple):
    """One carton of a plan: its place in the list of cartons and what lies in it."""

    carton: int
    laid: Laid


Plan = list[Filled]
Tries = Iterator[Plan | None]


class Need:
    """What has to be packed, into what: the runs by kind, the shop's cartons as shapes, and what a carton with a weight of goods costs."""

    def __init__(
        self,
        runs: list[Run],
        shapes: Sequence[Shape],
        support_percent: int,
        cost: Callable[[int, int], int],
        budget: Budget,
    ) -> None:
        self.runs = runs
        self.shapes = shapes
        self.support_percent = support_percent
        self.cost = cost
        self.budget = budget
        self.kinds = shapes[0].kinds
        self.volume = sum(self.kinds[number].volume * count for number, count in runs)
        self.grams = sum(self.kinds[number].grams * count for number, count in runs)
        self._scaled: dict[int, Scaled] = {}

    def rest(self, runs: list[Run]) -> "Need":
        """The same for what is left."""
        return Need(runs, self.shapes, self.support_percent, self.cost, self.budget)

    def hopeless(self, chosen: Sequence[int]) -> bool:
        """Whether the goods are proven not to fit into this set of cartons."""
        for n in chosen:
            if n not in self._scaled:
                self._scaled[n] = scaled(self.shapes[n])
        return overfull({n: self._scaled[n] for n in chosen}, len(chosen), self.runs)


def plan(need: Need) -> Plan:
    """The cartons for all of `need`, every unit of which fits some carton."""
    count = _fewest(need)
    while need.budget.left > 0 and comb(count + len(need.shapes) - 1, count) <= _MOST_SETS:
        found = _cheapest(need, count)
        if found:
            return found
        count += 1
    first = _takes_most(need)
    return [first] + (plan(need.rest(first.laid.left)) if first.laid.left else [])


def _fewest(need: Need) -> int:
    """No fewer cartons than this can do, by volume and weight."""
    return max(
        -(-need.volume // max(shape.room_mm3 for shape in need.shapes)),
        -(-need.grams // max(shape.room_g for shape in need.shapes)),
        1,
    )


def _cheapest(need: Need, count: int) -> Plan | None:
    """The cheapest set of `count` cartons that holds everything: all get a try in turn, then those cheaper than the best so far."""
    sets = [(_tries(need, chosen), chosen) for chosen in _sets(need, count)]
    found: Plan | None = None
    enough = need.budget.left * (1 - _PATIENCE)
    while sets and need.budget.left > (0 if found else enough):
        for n, (one, _) in enumerate(sets):
            done = next(one, [])
            if done:
                found = done
                sets = sets[:n]
                break
            if done is not None:
                sets = sets[:n] + sets[n + 1 :]
                break
            if need.budget.left <= 0:
                break
    return found


def _sets(need: Need, count: int) -> list[tuple[int, ...]]:
    """The sets of `count` cartons that could hold everything by volume, weight and single sides, the cheapest first."""
    numbers = {number for number, _ in need.runs}
    fits = [{number for number in numbers if shape.kinds[number].sides} for shape in need.shapes]
    by_room = sorted(range(len(need.shapes)), key=lambda n: -need.shapes[n].room_mm3)
    found = []
    for chosen in combinations_with_replacement(by_room, count):
        room = sum(need.shapes[n].room_mm3 for n in chosen)
        if room < need.volume or sum(need.shapes[n].room_g for n in chosen) < need.grams:
            continue
        if set().union(*(fits[n] for n in chosen)) == numbers:
            found.append(
                (sum(need.cost(n, need.grams * need.shapes[n].room_mm3 // room) for n in chosen), room, chosen)
            )
    return [chosen for *_, chosen in sorted(found)]


def _tries(need: Need, chosen: tuple[int, ...]) -> Tries:
    """Tries to fill this set, for as long as it is asked: each gives the filled cartons or None. Ends when there is no hope."""
    manners = orders(need.kinds, need.runs)
    way, order = next(manners)
    for turn in count_up():
        rest, done = order, []
        for carton in chosen if turn % 2 == 0 else chosen[::-1]:
            laid = fill(need.shapes[carton], rest, way, need.support_percent, whole=len(chosen) == 1)
            need.budget.pay(laid, len(rest))
            done.append(Filled(carton, laid))
            rest = laid.left
            if not rest:
                break
        yield None if rest else done
        if turn == 0 and rest and need.hopeless(chosen):
            return
        way, order = manners.send(rest[0][0] if rest else None)


def _takes_most(need: Need) -> Filled:
    """The one carton that takes the largest share of the volume and weight."""
    best: tuple[float, Filled] | None = None
    way, order = next(orders(need.kinds, need.runs))
    for carton, shape in enumerate(need.shapes):
        laid = need.budget.pay(fill(shape, order, way, need.support_percent), len(order))
        left = need.rest(laid.left)
        share = (need.volume - left.volume) / need.volume + (need.grams - left.grams) / max(need.grams, 1)
        if best is None or share > best[0]:
            best = share, Filled(carton, laid)
    assert best is not None
    return best[1]
