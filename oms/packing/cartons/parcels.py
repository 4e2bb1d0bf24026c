"""Several cartons for one order: as few as can be, then the cheapest, the weight shared out. Called by `choosing` when one is not enough.

For each number of cartons the sets of that many are tried from the cheapest on, each by filling its cartons one after the other with
what is left. A long list of sets is cut short: the carton that takes most goes first until three are left to find.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations_with_replacement
from itertools import count as count_up
from math import comb
from typing import NamedTuple

from oms.packing.cartons.search import Budget, orders
from oms.packing.cartons.spaces import LOW, Laid, Run, Shape, Way, fill

_MOST_SETS = 60
_SHARES = (1.1, 1.35)


class Filled(NamedTuple):
    """One carton of a plan: its place in the list of cartons and what lies in it."""

    carton: int
    laid: Laid


class Need(NamedTuple):
    """What several cartons have to hold: runs by kind, and the shop's cartons as shapes with their estimated cost for a share of it."""

    runs: list[Run]
    shapes: Sequence[Shape]
    support_percent: int
    cost: Callable[[int, int], int]

    def grams(self, runs: Sequence[Run]) -> int:
        """The goods' weight."""
        return sum(self.shapes[0].kinds[number].grams * count for number, count in runs)

    def volume(self, runs: Sequence[Run]) -> int:
        """The goods' volume."""
        return sum(self.shapes[0].kinds[number].volume * count for number, count in runs)


def split(need: Need, budget: Budget) -> list[Filled]:
    """The cartons for all of `need`, every unit of which fits some carton."""
    lead: list[Filled] = []
    while True:
        count = max(2 - len(lead), _fewest(need))
        while budget.left > 0 and comb(count + len(need.shapes) - 1, count) <= _MOST_SETS:
            found = _cheapest(need, count, budget)
            if found:
                return lead + found
            count += 1
        first = _takes_most(need, budget)
        lead.append(first)
        if not first.laid.left:
            return lead
        need = need._replace(runs=first.laid.left)


def _fewest(need: Need) -> int:
    """No fewer cartons than this can do, by volume and weight."""
    volume, grams = need.volume(need.runs), need.grams(need.runs)
    return max(
        -(-volume // max(shape.room_mm3 for shape in need.shapes)),
        -(-grams // max(shape.room_g for shape in need.shapes)),
        1,
    )


def _cheapest(need: Need, count: int, budget: Budget) -> list[Filled] | None:
    """The cheapest set of `count` cartons that holds everything: every set gets one try, then those below the first success more."""
    tries = [(chosen, _tries(need, chosen, budget)) for chosen in _sets(need, count)]
    found, upto = None, len(tries)
    while tries and budget.left > 0:
        for n, (_, one) in enumerate(tries[:upto]):
            done = next(one)
            if done:
                found, upto = done, n
                break
            if budget.left <= 0:
                break
        else:
            if not upto:
                break
    return found


def _sets(need: Need, count: int) -> list[tuple[int, ...]]:
    """The sets of `count` cartons that could hold everything by volume, weight and single sides, the cheapest first."""
    volume, grams = need.volume(need.runs), need.grams(need.runs)
    numbers = [number for number, _ in need.runs]
    fits = [{number for number in numbers if shape.kinds[number].sides} for shape in need.shapes]
    by_room = sorted(range(len(need.shapes)), key=lambda n: -need.shapes[n].room_mm3)
    found = []
    for chosen in combinations_with_replacement(by_room, count):
        room = sum(need.shapes[n].room_mm3 for n in chosen)
        if room < volume or sum(need.shapes[n].room_g for n in chosen) < grams:
            continue
        if set().union(*(fits[n] for n in chosen)) == set(numbers):
            found.append((sum(need.cost(n, grams * need.shapes[n].room_mm3 // room) for n in chosen), room, chosen))
    return [chosen for *_, chosen in sorted(found)]


def _tries(need: Need, chosen: tuple[int, ...], budget: Budget) -> Iterator[list[Filled] | None]:
    """Endlessly tries to fill this set; each gives the filled cartons, the weight shared out if that is possible, or None."""
    manners = orders(need.shapes[0].kinds, need.runs)
    way, order = next(manners)
    for turn in count_up():
        done, left = _in_turn(need, chosen if turn % 2 == 0 else chosen[::-1], way, order, budget)
        yield done if not left else None
        way, order = manners.send(left[0][0] if left else None)


def _in_turn(
    need: Need, chosen: Sequence[int], way: Way, order: Sequence[Run], budget: Budget, shares: Sequence[int] | None = None
) -> tuple[list[Filled], Sequence[Run]]:
    """Fills the cartons of a set one after the other, each with what the others left; what is left in the end."""
    done = []
    for n, carton in enumerate(chosen):
        if not order:
            break
        laid = budget.pay(
            fill(need.shapes[carton], order, way, need.support_percent, shares[n] if shares else None), len(order)
        )
        done.append(Filled(carton, laid))
        order = laid.left
    return done, order


def _takes_most(need: Need, budget: Budget) -> Filled:
    """The one carton that takes the largest share of the volume or weight."""
    volume, grams = need.volume(need.runs), max(need.grams(need.runs), 1)
    best: tuple[float, Filled] | None = None
    way, order = next(orders(need.shapes[0].kinds, need.runs))
    for carton, shape in enumerate(need.shapes):
        laid = budget.pay(fill(shape, order, way, need.support_percent), len(order))
        share = 1 - need.volume(laid.left) / volume + 1 - need.grams(laid.left) / grams
        if best is None or share > best[0]:
            best = share, Filled(carton, laid)
    assert best is not None
    return best[1]
