"""Which cartons, and what goes into each: as few as can be, then the cheapest. Called by `choosing`.

For each number of cartons the sets of that many are tried, the cheapest first, each by filling its cartons one after the other with
what is left. Where that would be too many sets, the carton that takes most goes first until few enough are left to find.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations_with_replacement, islice
from itertools import count as count_up
from math import comb
from typing import NamedTuple

from oms.packing.cartons.bound import Scaled, overfull
from oms.packing.cartons.filling import Laid, Manner, Run, Shape, fill
from oms.packing.cartons.search import Budget, orders

_MOST_SETS = 100
#: The part of what is left that may go into one number of cartons without any success.
_PATIENCE = 0.7
#: What a proof costs for each run and kind of carton, in steps.
_PER_PROOF = 3
#: So many of the roomiest sets are tried before the cheap ones: a first success leaves only the cheaper ones to look at.
_ROOMIEST = 2
#: So many dearer sets are tried for a second choice.
_SECONDS = 3
#: How far a carton's weight may lie above its fair share, first narrowly.
_SLACKS = (1.03, 1.2)


class Filled(NamedTuple):
    """One carton of a plan: its place in the list of cartons and what lies in it."""

    carton: int
    laid: Laid


#: A set of cartons, by their places in the list of cartons.
Chosen = tuple[int, ...]
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

    def total(self, filled: Plan) -> int:
        """What a plan costs."""
        return sum(self.cost(carton, sum(self.kinds[unit[0]].grams for unit in laid.units)) for carton, laid in filled)

    def rest(self, runs: list[Run]) -> "Need":
        """The same for what is left."""
        return Need(runs, self.shapes, self.support_percent, self.cost, self.budget)

    def too_much(self, runs: Sequence[Run], chosen: Sequence[int]) -> bool:
        """Whether what is left weighs or measures more than these cartons hold."""
        volume = grams = 0
        for number, count in runs:
            volume += self.kinds[number].volume * count
            grams += self.kinds[number].grams * count
        rooms = [self.shapes[n] for n in chosen]
        return volume > sum([room.room_mm3 for room in rooms]) or grams > sum([room.room_g for room in rooms])

    def hopeless(self, chosen: Sequence[int]) -> bool:
        """Whether the goods are proven not to fit into this set of cartons, all of them or those that fit only one kind of carton."""
        for n in chosen:
            if n not in self._scaled:
                self._scaled[n] = Scaled(self.shapes[n])
        rooms = {n: self._scaled[n] for n in chosen}
        self.budget.left -= _PER_PROOF * len(self.runs) * len(rooms)
        if overfull(list(rooms.values()), len(chosen), self.runs):
            return True
        for carton in rooms if len(rooms) > 1 else ():
            others = [self.shapes[n].kinds for n in rooms if n != carton]
            own = [run for run in self.runs if not any(kinds[run[0]].sides for kinds in others)]
            of_it = [n for n in chosen if n == carton]
            if own and (self.too_much(own, of_it) or overfull([rooms[carton]], len(of_it), own)):
                return True
        return False


def plan(need: Need) -> tuple[Plan, Plan | None]:
    """The cartons for all of `need`, every unit of which fits some carton; and the next best way, if there is one of as many cartons."""
    lead: Plan = []
    while True:
        count = _fewest(need)
        while need.budget.left > 0 and (count == 1 or comb(count + len(need.shapes) - 1, count) <= _MOST_SETS):
            sets = _sets(need, count)
            found = _cheapest(need, sets)
            if found:
                return lead + _balanced(need, found), None if lead else _next_best(need, sets, found)
            count += 1
        lead.append(_takes_most(need))
        left = lead[-1].laid.left
        if not left:
            return lead, None
        need = need.rest(left)


def _fewest(need: Need) -> int:
    """No fewer cartons than this can do, by volume and weight."""
    return max(
        -(-need.volume // max(1, *(shape.room_mm3 for shape in need.shapes))),
        -(-need.grams // max(1, *(shape.room_g for shape in need.shapes))),
        1,
    )


def _cheapest(need: Need, sets: Sequence[Chosen]) -> Plan | None:
    """The cheapest of these sets that holds everything: all get a try in turn, then those cheaper than the best so far."""
    alive = [_tries(need, chosen) for chosen in sets]
    found: Plan | None = None
    enough = need.budget.left * (1 - _PATIENCE)
    roomy = sorted(range(len(sets)), key=lambda n: -sum(need.shapes[carton].room_mm3 for carton in sets[n]))[:_ROOMIEST]
    first = [alive[n] for n in roomy] if sets and len(sets[0]) > 1 else []
    while alive and need.budget.left > (0 if found else enough):
        for one in [*first, *alive]:
            done = next(one, [])
            if done:
                found, alive = done, alive[: alive.index(one)]
                break
            if done is not None and one in alive:
                alive.remove(one)
            if need.budget.left <= (0 if found else enough):
                break
        first = []
    return found


def _sets(need: Need, count: int) -> list[Chosen]:
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


def _tries(need: Need, chosen: Chosen) -> Tries:
    """Tries to fill this set, for as long as it is asked: each gives the filled cartons or None. Ends when there is no hope."""
    if len(chosen) > 1 and need.hopeless(chosen):
        return
    manners = orders(need.kinds, need.runs)
    manner = next(manners)
    for turn in count_up():
        for turned in (chosen, chosen[::-1])[: len(set(chosen))]:
            done, left = _in_turn(need, turned, manner, own_first=turn % 2 == 0)
            yield None if left else done
        if turn == 0 and len(chosen) == 1 and need.hopeless(chosen):
            return
        manner = manners.send(left[0][0] if left else None)


def _in_turn(need: Need, chosen: Sequence[int], manner: Manner, own_first: bool) -> tuple[Plan, list[Run]]:
    """Fills cartons one after the other, each with what the others left; on wish what fits none of those to come goes in first."""
    done: Plan = []
    order = manner.runs
    for n, carton in enumerate(chosen):
        later = set(chosen[n + 1 :])
        if own_first and later and carton not in later:
            order = sorted(order, key=lambda run: any(need.shapes[one].kinds[run[0]].sides for one in later))
        laid = fill(need.shapes[carton], manner._replace(runs=order), need.support_percent, whole=n == len(chosen) - 1)
        need.budget.pay(laid, len(order))
        done.append(Filled(carton, laid))
        order = laid.left
        if not order or need.too_much(order, chosen[n + 1 :]):
            break
    return done, order


def _next_best(need: Need, sets: Sequence[Chosen], found: Plan) -> Plan | None:
    """The next set after the one found that holds everything at the first go."""
    taken = sorted(filled.carton for filled in found)
    after = next((n for n, chosen in enumerate(sets, 1) if sorted(chosen) == taken), len(sets))
    return next(
        (done for chosen in sets[after : after + _SECONDS] for done in islice(_tries(need, chosen), 2) if done), None
    )


def _balanced(need: Need, found: Plan) -> Plan:
    """The same cartons with the weight shared out by their room, if that can be and costs no more."""
    room = sum(need.shapes[filled.carton].room_mm3 for filled in found)
    if len(found) < 2 or not need.grams:
        return found
    for slack in _SLACKS:
        shapes = [shape.lighter(int(need.grams * shape.room_mm3 / room * slack)) for shape in need.shapes]
        fair = Need(need.runs, shapes, need.support_percent, need.cost, need.budget)
        done = next((done for done in islice(_tries(fair, tuple(filled.carton for filled in found)), 3) if done), None)
        if done and need.total(done) <= need.total(found):
            return done
    return found


def _takes_most(need: Need) -> Filled:
    """The one carton that takes the largest share of the volume and weight."""
    best: tuple[float, Filled] | None = None
    manners = orders(need.kinds, need.runs)
    for manner in islice(manners, 2):
        for carton, shape in enumerate(need.shapes):
            laid = need.budget.pay(fill(shape, manner, need.support_percent), len(manner.runs))
            left = need.rest(laid.left)
            share = (need.volume - left.volume) / need.volume + (need.grams - left.grams) / max(need.grams, 1)
            if best is None or share > best[0]:
                best = share, Filled(carton, laid)
    assert best is not None
    return best[1]
