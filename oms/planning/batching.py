"""Which orders are picked together: batches for a cart, never of two priorities, no order in two of them, as short a walk as can be found.

Savings, then annealing from two seeds side by side, then the best cover from all batches seen. Plain functions over numbers: the actions of
waves call `plan` in their worker, with a place to report progress to and a way to be stopped.

A budget is a number of moves. Where seconds are given instead, a few thousand moves are timed first and thrown away: the same moves with the
same seed give the same plan, and a plan says how many it took.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import perf_counter
from typing import Final

import numpy as np

from oms.planning.annealing import Annealer, Carts, schedule
from oms.planning.compiled import Ints
from oms.planning.partition import Columns, least
from oms.planning.savings import by_savings
from oms.planning.walks import Walk, part_of, room, walk_metres

#: No limit of a measure.
ENDLESS: Final = 1 << 40


@dataclass(frozen=True, slots=True)
class Load:
    """What an order takes of a cart, or the most that a cart takes: places for totes, grams, millilitres, lines."""

    slots: int = 1
    grams: int = 0
    millilitres: int = 0
    lines: int = 0

    def measures(self) -> tuple[int, int, int, int]:
        """All of them, in one order."""
        return self.slots, self.grams, self.millilitres, self.lines


def cart(slots: int = ENDLESS, grams: int = ENDLESS, millilitres: int = ENDLESS, lines: int = ENDLESS) -> Load:
    """A cart by those of its limits that are known."""
    return Load(slots, grams, millilitres, lines)


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is tried: `moves` of each search, or about `seconds` on the clock when moves are not given. Two searches use two cores."""

    seconds: float = 1.0
    moves: int | None = None
    seed: int = 1
    searches: int = 2


@dataclass(frozen=True, slots=True)
class Batch:
    """Orders by number that go on one cart; what the cart walks; how full it is by its fullest measure (1.0: nothing more goes on)."""

    orders: tuple[int, ...]
    metres: float
    priority: int
    full: float


@dataclass(frozen=True, slots=True)
class Plan:
    """Batches, the highest priority (lowest number) first; the orders that fit on no cart alone; the moves that were tried by each search,
    which as a budget give this plan again; whether it was stopped before its end."""

    batches: tuple[Batch, ...]
    unfit: tuple[int, ...]
    metres: float
    moves: int
    stopped: bool = False


#: Told how far the plan is (0 to 1); asked whether to stop.
Progress = Callable[[float], None]
Stopped = Callable[[], bool]

#: Annealing begins at this share of a tour's mean length and ends at that one; short runs and small orders begin cooler.
_HOT, _COLD = 0.07, 0.0015
#: The pieces that a search is run in, and the moves that are timed.
_PIECES: Final = 50
_TIMED: Final = 2000
#: The share of the time that the last polish may take.
_POLISH: Final = 0.2


def plan(
    walk: Walk,
    loads: Sequence[Load],
    limits: Load,
    priorities: Sequence[int] = (),
    effort: Effort = Effort(),  # noqa: B008
    progress: Progress = lambda share: None,
    stopped: Stopped = lambda: False,
) -> Plan:
    """The best batches that were found. `loads` are the orders' by number, `priorities` too (none: all the same). Stopped, it gives what
    it has. ValueError when the numbers of orders differ or a load is negative."""
    sizes = _measured(walk, loads)
    most = np.array(limits.measures(), np.int64)
    levels = np.array(priorities if len(priorities) else [0] * walk.orders, np.int64)
    if len(levels) != walk.orders:
        raise ValueError("a priority for every order, or none at all")
    fits = (sizes <= most).all(axis=1)
    groups = [np.flatnonzero(fits & (levels == level)) for level in np.unique(levels)]
    groups = [group for group in groups if len(group)]
    done, batches, moves, halted = 0, [], 0, False
    for group in groups:
        share = len(group) / int(fits.sum())
        job = _Job(part_of(walk, group), Carts(np.ascontiguousarray(sizes[group]), most), effort, share)
        batch_of = job.run(lambda part, done=done, share=share: progress(done / walk.orders + part * share), stopped)
        batches += _batches(job, group, batch_of, int(levels[group[0]]))
        done, moves, halted = done + len(group), moves + job.moves, halted or job.halted
    metres = sum(batch.metres for batch in batches)
    return Plan(tuple(batches), tuple(int(order) for order in np.flatnonzero(~fits)), metres, moves, halted)


def _measured(walk: Walk, loads: Sequence[Load]) -> Ints:
    sizes = np.array([load.measures() for load in loads], np.int64).reshape(-1, 4)
    if len(sizes) != walk.orders or (sizes < 0).any():
        raise ValueError("a load for every order, and none below nothing")
    return sizes


def _batches(job: "_Job", group: Ints, batch_of: Ints, priority: int) -> list[Batch]:
    row = room(job.walk)
    found = []
    for number in range(int(batch_of.max()) + 1):
        own = np.flatnonzero(batch_of == number)
        filled = job.carts.sizes[own].sum(axis=0) / np.maximum(job.carts.cart, 1)
        orders = tuple(int(order) for order in group[own])
        found.append(Batch(orders, walk_metres(job.walk, own, len(own), row), priority, float(filled.max())))
    return sorted(found, key=lambda batch: batch.orders)


class _Job:
    """The search over the orders of one priority, and what it took."""

    def __init__(self, walk: Walk, carts: Carts, effort: Effort, share: float) -> None:
        """`share` of the effort goes to these orders."""
        self.walk, self.carts = walk, carts
        self.moves, self.halted = 0, False
        self._effort, self._share = effort, share
        self._until = perf_counter() + effort.seconds * share

    def run(self, progress: Progress, stopped: Stopped) -> Ints:
        """The number of the batch of each order, without gaps."""
        start = by_savings(self.walk, self.carts.sizes, self.carts.cart)
        if self._effort.moves == 0 or self.walk.orders == 1:
            return start
        searches = [Annealer(self.walk, self.carts, start, self._effort.seed + n) for n in range(self._effort.searches)]
        mean = searches[0].metres / (start.max() + 1)
        self._falling = schedule(max(1e-6, mean * _HOT), max(1e-7, mean * _COLD))
        self.moves = self._budget(start)
        with ThreadPoolExecutor(len(searches)) as pool:
            for piece in range(_PIECES):
                self.halted = stopped()
                if self.halted:
                    break
                moves = self.moves * (piece + 1) // _PIECES - self.moves * piece // _PIECES
                list(pool.map(lambda one, moves=moves: one.run(moves, self.moves, self._falling), searches))
                progress((piece + 1) / _PIECES)
        best = min(searches, key=lambda one: one.metres)
        polished = None if self.halted else self._polished(searches, best.metres)
        return _numbered(best.best if polished is None else polished)

    def _budget(self, start: Ints) -> int:
        """Moves for the time that is left, from the time that a few of them take on a search that is then forgotten."""
        if self._effort.moves is not None:
            return max(1, round(self._effort.moves * self._share))
        trial = Annealer(self.walk, self.carts, start, self._effort.seed)
        before = perf_counter()
        trial.run(_TIMED, 2 * _TIMED, self._falling)
        each = (perf_counter() - before) / _TIMED
        return max(_TIMED, int((self._until - perf_counter()) * (1 - _POLISH) / each))

    def _polished(self, searches: Sequence[Annealer], known: float) -> Ints | None:
        columns = _columns(searches)
        chosen = least(columns, self.walk.orders, known, max(0.05, self._effort.seconds))
        if chosen is None:
            return None
        batch_of = np.full(self.walk.orders, -1, np.int64)
        for number, column in enumerate(chosen):
            for order in columns.of(column):
                if batch_of[order] < 0:
                    batch_of[order] = number
        return batch_of


def _columns(searches: Sequence[Annealer]) -> Columns:
    keys, metres, counts, rows = (np.concatenate(part) for part in zip(*(one.seen() for one in searches), strict=True))
    chosen = np.unique(keys, return_index=True)[1]
    counts, rows = counts[chosen], rows[chosen]
    first = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
    return Columns(metres[chosen], first, rows[np.arange(rows.shape[1]) < counts[:, None]])


def _numbered(batch_of: Ints) -> Ints:
    return np.unique(batch_of, return_inverse=True)[1].astype(np.int64)
