"""Which orders are picked together: batches for a cart, never of two priorities, no order in two of them, as short a walk as can be found.

Savings, then annealing from two seeds side by side, then the best cover from all batches seen. Plain functions over numbers: the actions of
waves call `plan` in their worker, with a place to report progress to and a way to be stopped.

An effort is a number of moves. Where seconds are given instead, a few thousand moves are timed first and thrown away: the same moves with
the same seed give the same plan, and a plan says how many it took.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import perf_counter
from typing import Final

import numpy as np

from oms.planning.annealing import Annealer, near_orders, schedule
from oms.planning.carried import Carts, Schedule
from oms.planning.compiled import Ints
from oms.planning.partition import FEW, Columns, exact, least, promising
from oms.planning.savings import by_savings
from oms.planning.single_block import Block
from oms.planning.tours import KICKS
from oms.planning.walks import MATRIX, Walk, block_walk, matrix_walk, metres_of, part_of

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
    """How much is tried: `moves` for each order by each search, or about `seconds` on the clock when moves are not given. Two searches use
    two cores. `clock` is read in the thread that works: `time.thread_time` does not count what a busy machine gives to others."""

    seconds: float = 1.0
    moves: int | None = None
    seed: int = 1
    searches: int = 2
    clock: Callable[[], float] = perf_counter


@dataclass(frozen=True, slots=True)
class Batch:
    """Orders by number that go on one cart; what the cart walks; how full it is by its fullest measure (1.0: nothing more goes on)."""

    orders: tuple[int, ...]
    metres: float
    priority: int
    full: float


@dataclass(frozen=True, slots=True)
class Plan:
    """Batches, the highest priority (lowest number) first; the orders that fit on no cart alone; the moves for each order,
    which as an effort give this plan again; whether it was stopped before its end."""

    batches: tuple[Batch, ...]
    unfit: tuple[int, ...]
    metres: float
    moves: int
    stopped: bool = False


#: Told how far the plan is (0 to 1); asked whether to stop.
Progress = Callable[[float], None]
Stopped = Callable[[], bool]

#: Annealing begins at this share of a tour's mean length and ends at that one; short runs and small orders begin cooler.
_HOT, _HOT_TOURS, _COLD = 0.05, 0.02, 0.0015
#: Up to so many orders on a floor that is no single block, twice as many shorter searches find more than a few long ones.
_SMALL: Final = 40
#: The mean tours that a second search pays for a cart that is twice too full.
_LENIENT: Final = 1.0
#: From so full carts on.
_TIGHT: Final = 0.985
#: The pieces that a search is run in; the fewest and the most moves that are timed, and the share of the time that is enough of that;
#: the fewest and the most moves for each order where seconds are given.
_PIECES: Final = 50
_TIMED: Final = 400
_TIMED_MOST: Final = 25_600
#: Over a block, where a move takes a fraction of a millionth of a second.
_TIMED_BLOCK: Final = 5000
_TRIAL: Final = 0.02
#: A longer search over a matrix knows more of its tours: what its moves take beside those that were timed.
_REMEMBERS: Final = 0.75
_FEWEST: Final = 50
_MOST: Final = 400_000
#: Moves for each order from which a search begins as hot as it can: what has fewer keeps more of its start.
_LONG: Final = 20_000
#: More orders than this are mostly small ones: what is hot for an order of many lines throws their batches by savings away.
_MANY, _HOT_MANY, _LONG_MANY = 200, 0.015, 5000
#: The share of the time that the last polish may take.
_POLISH: Final = 0.2
#: Seconds after which the polish ends even where moves are counted.
_FAR_TOO_LONG: Final = 10.0


def plan(
    walk: Walk,
    loads: Sequence[Load],
    limits: Load,
    priorities: Sequence[int] = (),
    effort: Effort = Effort(),
    progress: Progress = lambda share: None,
    stopped: Stopped = lambda: False,
) -> Plan:
    """The best batches that were found. `loads` are the orders' by number, `priorities` too (none: all the same). Stopped, it gives what
    it has. ValueError when the numbers of orders differ or a load is negative."""
    until = effort.clock() + effort.seconds
    sizes = _measured(walk, loads)
    most = np.array(limits.measures(), np.int64)
    levels = np.array(priorities if len(priorities) else [0] * walk.orders, np.int64)
    if len(levels) != walk.orders:
        raise ValueError("a priority for every order, or none at all")
    fits = (sizes <= most).all(axis=1)
    jobs = []
    for level in np.unique(levels[fits]):
        group = np.flatnonzero(fits & (levels == level))
        carts = Carts(np.ascontiguousarray(sizes[group]), most)
        jobs.append(_Job(part_of(walk, group), carts, group, int(level), effort))
    moves = _budget(jobs, effort, until)
    batches, done, halted = [], 0, False
    for job in jobs:
        share, before = len(job.group) / walk.orders, done / walk.orders
        halted |= not job.run(moves, _part_of(progress, before, share), stopped)
        batches += job.batches()
        done += len(job.group)
    unfit = tuple(int(order) for order in np.flatnonzero(~fits))
    return Plan(tuple(batches), unfit, sum(batch.metres for batch in batches), moves, halted)


def _part_of(progress: Progress, before: float, share: float) -> Progress:
    return lambda part: progress(before + part * share)


def _budget(jobs: "Sequence[_Job]", effort: Effort, until: float) -> int:
    """Moves for each order of a search: as many as are asked for, or those for the time that is left once the jobs are begun."""
    if effort.moves is not None:
        return effort.moves
    each = sum(job.timed() * len(job.group) for job in jobs)
    left = (until - effort.clock()) * (1 - _POLISH)
    return min(_MOST, max(_FEWEST, int(left / each))) if each else 0


def _measured(walk: Walk, loads: Sequence[Load]) -> Ints:
    sizes = np.array([load.measures() for load in loads], np.int64).reshape(-1, 4)
    if len(sizes) != walk.orders or (sizes < 0).any():
        raise ValueError("a load for every order, and none below nothing")
    return sizes


class _Job:
    """The searches over the orders of one priority. Begun, it has the batches by savings."""

    def __init__(self, walk: Walk, carts: Carts, group: Ints, priority: int, effort: Effort) -> None:
        """`group` are the orders' numbers in the whole plan."""
        self.walk, self.carts, self.group, self.priority = walk, carts, group, priority
        self._effort = effort
        self._start = self._found = by_savings(walk, carts.sizes, carts.cart)
        self._searches: list[Annealer] = []
        if effort.moves != 0 and len(group) <= FEW:
            self._found = exact(walk, carts.sizes, carts.cart)
        elif effort.moves != 0:
            near = near_orders(walk)
            self._rounds = 2 if walk.method == MATRIX and len(group) <= _SMALL and effort.searches > 1 else 1
            seeds = range(effort.seed, effort.seed + max(1, effort.searches) * self._rounds)
            # The first search keeps to the carts; where they must be all but full, others find by a detour what it cannot reach.
            self._lenient = _LENIENT if _is_tight(carts) else 0.0
            self._searches = [
                Annealer(walk, carts, self._start, near, seed, self._lenient if seed > effort.seed else 0.0)
                for seed in seeds
            ]
            self._falling = self._cooling(_FEWEST)

    def _cooling(self, moves_each: int) -> Schedule:
        mean = self._searches[0].metres / (self._start.max() + 1)
        if self.walk.method == MATRIX:
            hot = _HOT_TOURS * min(1.5, max(0.1, moves_each / _LONG))
        elif len(self.group) > _MANY:
            hot = _HOT_MANY * min(1.0, max(0.4, moves_each / _LONG_MANY))
        else:
            hot = _HOT * min(1.0, max(0.1, moves_each / _LONG))
        return schedule(max(1e-6, mean * hot), max(1e-7, mean * _COLD))

    def timed(self) -> float:
        """Seconds of a move, from a small search that is then forgotten: nothing of the clock is in the plan but the number of moves."""
        if not self._searches:
            return 0.0
        clock, moves, seconds = self._effort.clock, _TIMED, self._effort.seconds
        near, likely = self._searches[0].memory.near, _LONG
        if self.walk.method != MATRIX:
            trial = Annealer(self.walk, self.carts, self._start, near, self._effort.seed, self._lenient)
            trial.run(_TIMED_BLOCK, 2 * _TIMED_BLOCK, self._falling)
            before = clock()
            trial.run(_TIMED_BLOCK, 2 * _TIMED_BLOCK, self._falling)
            return (clock() - before) / _TIMED_BLOCK
        while True:
            trial = Annealer(self.walk, self.carts, self._start, near, self._effort.seed)
            before = clock()
            trial.run(moves, moves, self._cooling(likely))
            took = clock() - before
            if took > _TRIAL * seconds or moves >= _TIMED_MOST:
                return took / moves * self._rounds * _REMEMBERS
            likely = int(seconds * moves / max(took, 1e-9) / len(self.group))
            moves *= 4

    def run(self, moves_each: int, progress: Progress, stopped: Stopped) -> bool:
        """Searches, with `moves_each` moves for each order; False when it was stopped."""
        total = moves_each * len(self.group)
        if not self._searches:
            return True
        self._falling = self._cooling(moves_each)
        with ThreadPoolExecutor(len(self._searches)) as pool:
            for piece in range(_PIECES):
                if stopped():
                    self._found = min(self._searches, key=lambda one: one.metres).best
                    return False
                moves = total * (piece + 1) // _PIECES - total * piece // _PIECES
                list(pool.map(lambda one, moves=moves: one.run(moves, total, self._falling), self._searches))
                progress((piece + 1) / _PIECES)
        best = min(self._searches, key=lambda one: one.metres)
        covered = self._covered(best)
        self._found = best.best if covered is None else covered
        return True

    def _covered(self, best: Annealer) -> Ints | None:
        columns = promising(_columns(self._searches), best.prices())
        seconds = _FAR_TOO_LONG if self._effort.moves is not None else max(0.02, self._effort.seconds * _POLISH / 2)
        chosen = least(columns, len(self.group), best.metres, seconds)
        if chosen is None:
            return None
        batch_of = np.full(len(self.group), -1, np.int64)
        for number, column in enumerate(chosen):
            for order in columns.of(column):
                if batch_of[order] < 0:
                    batch_of[order] = number
        return batch_of

    def batches(self) -> list[Batch]:
        """What was found, as the plan tells it."""
        walk, found = self.walk._replace(kicks=KICKS), []
        for number in np.unique(self._found):
            own = np.flatnonzero(self._found == number)
            filled = self.carts.sizes[own].sum(axis=0) / np.maximum(self.carts.cart, 1)
            metres = metres_of(walk, [int(order) for order in own])
            orders = tuple(int(order) for order in self.group[own])
            found.append(Batch(orders, metres, self.priority, float(filled.max())))
        return sorted(found, key=lambda batch: batch.orders)


def _is_tight(carts: Carts) -> bool:
    # Of each measure: the fewest carts that could do, and how full those would be.
    full = carts.sizes.sum(axis=0) / np.maximum(carts.cart, 1)
    return bool((full / np.ceil(np.maximum(full, 1)) >= _TIGHT).any())


def _columns(searches: Sequence[Annealer]) -> Columns:
    keys, metres, counts, rows = (np.concatenate(part) for part in zip(*(one.seen() for one in searches), strict=True))
    chosen = np.unique(keys, return_index=True)[1]
    counts, rows = counts[chosen], rows[chosen]
    first = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
    return Columns(metres[chosen], first, rows[np.arange(rows.shape[1]) < counts[:, None]])


def warm() -> None:
    """Compiles what is called here, once for a process and kept for the next."""
    walk = block_walk(Block.even(2, 10.0, 3.0), [[(order % 2, 1.0 + order % 7)] for order in range(FEW + 1)])
    far = matrix_walk(1.0 - np.eye(8), [[1 + order % 7] for order in range(FEW + 1)])
    for orders in (walk, far, part_of(walk, np.arange(2))):
        plan(orders, [Load()] * orders.orders, cart(slots=3), effort=Effort(moves=1))
