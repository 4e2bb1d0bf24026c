"""The search for an arrangement: several orders of laying and rules of place, then those that failed first. Called by `parcels`.

What does not go in moves to the front of the order and is tried again ("squeaky wheel", Joslin and Clements, 1999). The budget is
counted in steps, so the answer never depends on the machine.
"""

from collections.abc import Callable, Generator, Sequence
from itertools import count
from random import Random

from oms.packing.cartons.filling import Laid, Manner, Run
from oms.packing.cartons.spaces import BACK, BROAD, LEFT, LOW, Kind, Way

#: How far a random order strays from the sorted one, and for how many tries it is kept.
_NOISE, _ROUNDS = 0.15, 2
#: What setting up one filling costs, and each run in it, in steps.
_START, _PER_RUN = 20, 5


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
_WAYS = (LOW, LOW, BACK, LEFT, BROAD)


class Budget:
    """The steps that are left for one order."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def pay(self, laid: Laid, runs: int) -> Laid:
        """Takes off what a filling cost."""
        self.left -= laid.steps + _START + _PER_RUN * runs
        return laid


def orders(kinds: Sequence[Kind], runs: Sequence[Run]) -> Generator[Manner, int | None, None]:
    """Endlessly ways and orders of laying. Send in the kind that did not go in: it comes first the next time."""
    failed: int | None = None
    for way, measure in _FIRST:
        order = _sorted(kinds, runs, measure)
        failed = yield Manner(way, order)
    chance = Random(len(runs))  # noqa: S311 - no secret: the same order gets the same answer
    for turn in count():
        if turn % _ROUNDS == 0:
            measure = chance.choice(_FIRST)[1]
            noisy = {number: measure(kinds[number]) * chance.lognormvariate(0, _NOISE) for number, _ in runs}
            order = sorted(runs, key=lambda run: -noisy[run[0]])
        else:
            order = sorted(order, key=lambda run: run[0] != failed)
        way, turned = chance.choice(_WAYS), chance.getrandbits(len(kinds))
        failed = yield Manner(way, _strong_first(kinds, order), turned)


def _sorted(kinds: Sequence[Kind], runs: Sequence[Run], measure: Measure) -> list[Run]:
    return _strong_first(kinds, sorted(runs, key=lambda run: (-measure(kinds[run[0]]), run[0])))


def _strong_first(kinds: Sequence[Kind], order: list[Run]) -> list[Run]:
    """What bears little goes in last; what bears anything keeps its place."""
    if all(kinds[number].bears_g is None for number, _ in order):
        return order
    bears = {number: kinds[number].bears_g for number, _ in order}
    return sorted(order, key=lambda run: (bears[run[0]] is not None, -(bears[run[0]] or 0)))
