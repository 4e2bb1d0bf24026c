"""Annealing of batches: orders are moved and exchanged between carts, and only the two tours that change are walked again.

One `Annealer` is one search from one seed. It runs in pieces, so that its caller can show progress, stop it, or run a second one beside it
in another thread (kernels hold no lock). The same seed and number of moves give the same batches, on any machine.
"""

from typing import Final

import numpy as np

from oms.planning.carried import Carts, Memory, Schedule, State, made
from oms.planning.compiled import ROLLS, Floats, Ints, kernel, roll
from oms.planning.tour_annealing import annealed_tours, toured
from oms.planning.walks import MATRIX, Walk, room, walk_metres, walks_of

#: Tours remembered, and batches kept for the last polish: powers of two, for places are found by the low bits of a batch's key.
_REMEMBERED: Final = 1 << 16
_SEEN: Final = 1 << 13
#: Temperatures between the first and the last, and drawn logarithms.
_STEPS: Final = 512
_DRAWS: Final = 4096

#: Orders near each order, and among how many they are sought.
_NEAR: Final = 16
_LOOKED: Final = 400

_BATCHES, _STATE, _MOVES = 0, 1, 2
_NOW, _BEST = 0, 1


class Annealer:
    """One search: its state, its memory and its row of random numbers."""

    def __init__(self, walk: Walk, carts: Carts, start: Ints, near: Ints, seed: int, lenient: float = 0.0) -> None:
        """Begins at the batches `start`, the number of the batch of each order without gaps; `near` is of `near_orders`. On its way a
        `lenient` search goes through plans whose carts are too full (a cart beyond its limits costs so many mean tours at first, and ten
        times as many in the end); its best plan is none of those. Only over a block."""
        self.walk, self.carts = walk, carts
        self._row, self._lenient = room(walk), lenient
        most = most_orders(carts)
        self.memory = _memory(walk.orders, most, near)
        self._state = _state(walk.orders, most, len(carts.cart), start, seed)
        self._scratch = np.zeros(most + 1, np.int64)
        _enter(walk, carts, self._state, self.memory)
        self._tours = toured(walk, most, self._state) if walk.method == MATRIX else None

    @property
    def metres(self) -> float:
        """What the best plan walks."""
        return float(self._state.totals[_BEST])

    @property
    def best(self) -> Ints:
        """The batch of each order in the best plan."""
        return self._state.best

    @property
    def moves(self) -> int:
        """How many moves were tried."""
        return int(self._state.numbers[_MOVES])

    def seen(self) -> tuple[Ints, Floats, Ints, Ints]:
        """Batches that were part of a plan: keys (the same in every search for the same orders), metres, and the orders in rows of which
        the first so many count."""
        slots = np.flatnonzero(self.memory.seen_keys >= 0)
        found = self.memory
        return found.seen_keys[slots], found.seen_metres[slots], found.seen_count[slots], found.seen_orders[slots]

    def prices(self) -> Floats:
        """Each order's part of what the best plan walks: its batch's metres, shared by what each walks alone."""
        orders = len(self.best)
        alone = np.maximum(1e-9, walks_of(self.walk, np.arange(orders)[:, None], np.ones(orders, np.int64)))
        batches = int(self.best.max()) + 1
        rows = np.argsort(self.best, kind="stable")
        counts = np.bincount(self.best, minlength=batches)
        members = np.zeros((batches, int(counts.max())), np.int64)
        members[np.arange(members.shape[1]) < counts[:, None]] = rows
        metres = walks_of(self.walk, members, counts)
        return np.asarray((metres / np.bincount(self.best, alone, batches))[self.best] * alone, np.float64)

    def _beyond(self) -> float:
        return self._lenient * self.metres / (int(self.best.max()) + 1)

    def run(self, moves: int, total: int, schedule: Schedule) -> None:
        """Tries `moves` moves of the `total` that the schedule is spread over."""
        now = (self.walk, self.carts, self._state, self.memory)
        if self._tours is None:
            _annealed(*now, schedule, moves, total, self._row, self._scratch, self._beyond())
        else:
            annealed_tours(*now, self._tours, schedule, moves, total)


def schedule(first: float, last: float) -> Schedule:
    """Temperatures that fall evenly in proportion from `first` to `last` metres."""
    falling = np.array([first * (last / first) ** (step / (_STEPS - 1)) for step in range(_STEPS)])
    return Schedule(falling, -np.log((np.arange(_DRAWS) + 0.5) / _DRAWS))


def near_orders(walk: Walk) -> Ints:
    """For each order the others that share most of its way, the nearest first. Of very many orders only some are looked at."""
    orders = walk.orders
    looked = min(orders - 1, _LOOKED)
    if looked < 1:
        return np.zeros((orders, 1), np.int64)
    alone = walks_of(walk, np.arange(orders)[:, None], np.ones(orders, np.int64))
    others = (np.arange(orders)[:, None] + 1 + np.arange(looked) * (orders - 1) // looked) % orders
    near = np.zeros((orders, min(looked, _NEAR)), np.int64)
    for order, other in enumerate(others):
        pairs = np.stack((np.full(looked, order), other), axis=1)
        more = walks_of(walk, pairs, np.full(looked, 2)) - alone[order] - alone[other]
        shared = more / np.maximum(1e-9, np.minimum(alone[order], alone[other]))
        near[order] = other[np.argsort(shared, kind="stable")[: near.shape[1]]]
    return near


def most_orders(carts: Carts) -> int:
    """No cart holds more orders than this: as many of the smallest as fit by each measure."""
    most = len(carts.sizes)
    for measure, limit in enumerate(carts.cart):
        filled = np.cumsum(np.sort(carts.sizes[:, measure]))
        most = min(most, int(np.searchsorted(filled, limit, side="right")))
    return max(1, most)


def _memory(orders: int, most: int, near: Ints) -> Memory:
    marks = np.random.default_rng(orders).integers(1, 1 << 62, orders, np.int64)
    return Memory(
        marks,
        near,
        np.full(_REMEMBERED, -1, np.int64),
        np.zeros(_REMEMBERED),
        np.full(_SEEN, -1, np.int64),
        np.zeros(_SEEN),
        np.zeros(_SEEN, np.int64),
        np.zeros((_SEEN, most), np.int64),
    )


def _state(orders: int, most: int, measures: int, start: Ints, seed: int) -> State:
    state = State(
        start.astype(np.int64),
        np.zeros(orders, np.int64),
        np.zeros((orders + 1, most + 1), np.int64),
        np.zeros(orders + 1, np.int64),
        np.zeros((orders + 1, measures), np.int64),
        np.zeros(orders + 1),
        np.zeros(orders + 1, np.int64),
        start.astype(np.int64),
        np.zeros(4, np.int64),
        np.zeros(2),
    )
    state.numbers[_BATCHES] = start.max() + 1
    state.numbers[_STATE] = 1 + (seed * 7919 + 12345) % (ROLLS - 1)
    return state


def _enter(walk: Walk, carts: Carts, state: State, memory: Memory) -> None:
    for order, batch in enumerate(state.batch_of):
        state.place_of[order] = state.many[batch]
        state.members[batch, state.many[batch]] = order
        state.many[batch] += 1
        state.key[batch] ^= memory.marks[order]
        state.load[batch] += carts.sizes[order]
    batches = state.numbers[_BATCHES]
    state.metres[:batches] = walks_of(walk, state.members[:batches], state.many[:batches])
    state.totals[:] = state.metres.sum()


@kernel
def _annealed(
    walk: Walk,
    carts: Carts,
    state: State,
    memory: Memory,
    schedule: Schedule,
    moves: int,
    total: int,
    row: Ints,
    scratch: Ints,
    beyond_metres: float,
) -> None:
    # Written out as one loop: a call that hands all these arrays on costs as much as half a tour.
    orders, measures = state.batch_of.shape[0], carts.cart.shape[0]
    drawn, done = state.numbers[1], state.numbers[2]
    temperature, each, most = schedule.temperatures[0], 0.0, state.members.shape[1] - 1
    for move in range(done, done + moves):
        if move % 256 == 0 or move == done:
            each = beyond_metres * (1 + 9 * move / total)
            temperature = schedule.temperatures[min(511, move * 512 // total)]
        drawn = roll(drawn)
        order = drawn % orders
        source = state.batch_of[order]
        drawn = roll(drawn)
        kind = drawn % 16
        # Half of the time to where an order is that shares much of its way, half of the time anywhere; now and then to an empty cart.
        drawn = roll(drawn)
        friend = drawn % orders
        if kind >= 8:
            friend = memory.near[order, drawn % memory.near.shape[1]]
        to = state.batch_of[friend]
        if kind == 0:
            to = state.numbers[0]
        if to == source or (kind == 0 and state.many[source] == 1):
            continue
        back = -1
        if kind % 8 >= 3:
            drawn = roll(drawn)
            back = state.members[to, drawn % state.many[to]]
        fits, beyond, change = True, 0, 0.0
        for measure in range(measures):
            limit = carts.cart[measure]
            more = carts.sizes[order, measure]
            if back >= 0:
                more -= carts.sizes[back, measure]
            after = max(0, state.load[to, measure] + more - limit) + max(0, state.load[source, measure] - more - limit)
            if after > 0 and (each == 0.0 or state.many[to] >= most):
                fits = False
            if after > 0 or state.numbers[3] > 0:
                after -= max(0, state.load[to, measure] - limit) + max(0, state.load[source, measure] - limit)
                if after != 0:
                    beyond += after
                    change += each * after / limit
        if not fits:
            continue
        mark = memory.marks[order]
        if back >= 0:
            mark ^= memory.marks[back]
        key = state.key[source] ^ mark
        slot = key & 65535
        here = 0.0
        if key != 0:
            here = memory.metres[slot]
            if memory.keys[slot] != key:
                here = _walked(walk, state.members[source], state.many[source], order, back, row, scratch)
                memory.keys[slot] = key
                memory.metres[slot] = here
        key = state.key[to] ^ mark
        slot = key & 65535
        there = memory.metres[slot]
        if memory.keys[slot] != key:
            there = _walked(walk, state.members[to], state.many[to], back, order, row, scratch)
            memory.keys[slot] = key
            memory.metres[slot] = there
        change += here + there - state.metres[source] - state.metres[to]
        drawn = roll(drawn)
        if change <= temperature * schedule.draws[drawn & 4095]:
            made(carts, state, memory, order, to, back, here, there, beyond)
    state.numbers[1], state.numbers[2] = drawn, done + moves


@kernel
def _walked(walk: Walk, members: Ints, count: int, less: int, more: int, row: Ints, orders: Ints) -> float:
    many = 0
    for place in range(count):
        if members[place] != less:
            orders[many] = members[place]
            many += 1
    if more >= 0:
        orders[many] = more
        many += 1
    return walk_metres(walk, orders, many, row)
