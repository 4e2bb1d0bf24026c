"""The search for an arrangement: several orders of laying and rules of place, then those that failed first. Called by `parcels`.

What does not go in moves forward in the best order so far and is tried again ("squeaky wheel", Joslin and Clements, 1999). The budget is
counted in steps, so the answer never depends on the machine.
"""

from collections.abc import Callable, Generator, Sequence
from random import Random

from oms.packing.cartons.spaces import BACK, BROAD, LEFT, LOW, Kind, Laid, Run, Way

#: How often an order is tried in another way, and how often two kinds in it change places.
_NEW_WAY, _SWAP = 0.3, 0.3
#: How often an order that was tried before is drawn anew.
_DRAWS = 8
#: What setting up one filling costs, and each run in it, in steps.
_START, _PER_RUN = 12, 4


def _volume(kind: Kind) -> int:
    return kind.volume


def _face(kind: Kind) -> int:
    _, middle, long = sorted(kind.size)
    return middle * long


def _longest(kind: Kind) -> int:
    return max(kind.size)


def _thickest(kind: Kind) -> int:
    return min(kind.size)


Measure = Callable[[Kind], int]
#: What did not go in (a kind), and the volume that did.
Outcome = tuple[int, int]
#: The first tries, the most successful first.
_FIRST: tuple[tuple[Way, Measure], ...] = (
    (LOW, _volume),
    (LOW, _face),
    (BACK, _volume),
    (LOW, _thickest),
    (LEFT, _volume),
    (BACK, _face),
    (LOW, _longest),
    (LEFT, _face),
)
_WAYS = (LOW, BACK, LEFT, BROAD)


class Budget:
    """The steps that are left for one order."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def pay(self, laid: Laid, runs: int) -> Laid:
        """Takes off what a filling cost."""
        self.left -= laid.steps + _START + _PER_RUN * runs
        return laid


def orders(kinds: Sequence[Kind], runs: Sequence[Run]) -> Generator[tuple[Way, list[Run]], Outcome | None, None]:
    """Endlessly ways and orders of laying. Send in how each did: the best so far is what the next is made from."""
    best = -1
    best_way, best_order, failed = LOW, list(runs), runs[0][0]
    for way, measure in _FIRST:
        order = _sorted(kinds, runs, measure)
        outcome = yield way, order
        if outcome and outcome[1] > best:
            failed, best = outcome
            best_way, best_order = way, order
    chance = Random(len(runs))
    seen: set[tuple[int, tuple[Run, ...]]] = set()
    while True:
        for _ in range(_DRAWS):
            way = chance.choice(_WAYS) if chance.random() < _NEW_WAY else best_way
            order = _strong_first(kinds, _moved(best_order, failed, chance))
            key = id(way), tuple(order)
            if key not in seen:
                break
            best_order = order
        seen.add(key)
        outcome = yield way, order
        if outcome and outcome[1] >= best:
            failed, best = outcome
            best_way, best_order = way, order


def _moved(order: list[Run], failed: int, chance: Random) -> list[Run]:
    """What did not go in goes in earlier; now and then two others change places as well."""
    order = list(order)
    at = next(n for n, (number, _) in enumerate(order) if number == failed)
    run = order.pop(at)
    order.insert(chance.randrange(at) if at else 0, run)
    if at == 0 or chance.random() < _SWAP:
        a, b = chance.randrange(len(order)), chance.randrange(len(order))
        order[a], order[b] = order[b], order[a]
    return order


def _sorted(kinds: Sequence[Kind], runs: Sequence[Run], measure: Measure) -> list[Run]:
    return _strong_first(kinds, sorted(runs, key=lambda run: (-measure(kinds[run[0]]), run[0])))


def _strong_first(kinds: Sequence[Kind], order: list[Run]) -> list[Run]:
    """What bears little goes in last; what bears anything keeps its place."""
    if all(kinds[number].bears_g is None for number, _ in order):
        return order
    bears = {number: kinds[number].bears_g for number, _ in order}
    return sorted(order, key=lambda run: (bears[run[0]] is not None, -(bears[run[0]] or 0)))
