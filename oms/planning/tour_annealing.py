"""Annealing of batches whose tours go over a matrix of distances: every batch keeps its tour, and a move edits the two that it touches.
Stops are left out, and put in where they add least; only what may be accepted then is searched by 2-opt and Or-opt, which costs thirty
times as much. Called by `annealing` in place of its loop over a block."""

from typing import Final, NamedTuple

import numpy as np

from oms.planning.carried import Carts, Memory, Schedule, State, made
from oms.planning.compiled import Floats, Ints, kernel, roll
from oms.planning.tours import improve, near_places
from oms.planning.walks import Walk

#: The share of a tour that a search may gain, before it is known what searches gain here.
_GAIN: Final = 0.01


class Tours(NamedTuple):
    """The tour of each batch: `stops[b, :many[b]]`, without the depot. `edits[side, :length[side]]` are the two tours of a move, and
    `marks` of each stop the number of the edit that it was part of last; `counted` is that number. `gain` is what a search of a tour
    gains, as a share of it and on the average of late."""

    stops: Ints
    many: Ints
    edits: Ints
    length: Ints
    marks: Ints
    counted: Ints
    gain: Floats


def toured(walk: Walk, most: int, state: State) -> Tours:
    """The tours of the batches in `state`, whose metres become theirs. A batch has `most` orders at most."""
    counts = np.sort(walk.first_stop[1:] - walk.first_stop[:-1])
    wide = min(int(counts[-most:].sum()), len(walk.metres)) + 1
    rows = walk.orders + 1
    tours = Tours(
        np.zeros((rows, wide), np.int64),
        np.zeros(rows, np.int64),
        np.zeros((2, wide), np.int64),
        np.zeros(2, np.int64),
        np.zeros(len(walk.metres), np.int64),
        np.zeros(1, np.int64),
        np.full(1, _GAIN),
    )
    _begun(walk, state, tours)
    return tours


@kernel
def _begun(walk: Walk, state: State, tours: Tours) -> None:
    for batch in range(state.numbers[0]):
        for place in range(state.many[batch]):
            _edited(walk, tours, batch, state.members[batch], place, -1, state.members[batch, place], 0)
            _kept(tours, batch, 0)
        state.metres[batch] = _searched(walk, tours, 0, 0.0)
        _kept(tours, batch, 0)
    state.totals[:] = np.sum(state.metres)


@kernel
def annealed_tours(
    walk: Walk,
    carts: Carts,
    state: State,
    memory: Memory,
    tours: Tours,
    schedule: Schedule,
    moves: int,
    total: int,
) -> None:
    """Tries `moves` moves of the `total` that the schedule is spread over."""
    orders, measures = state.batch_of.shape[0], carts.cart.shape[0]
    drawn, done = state.numbers[1], state.numbers[2]
    for move in range(done, done + moves):
        temperature = schedule.temperatures[min(511, move * 512 // total)]
        drawn = roll(drawn)
        order = drawn % orders
        source = state.batch_of[order]
        drawn = roll(drawn)
        kind = drawn % 16
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
        fits = True
        for measure in range(measures):
            more = carts.sizes[order, measure]
            if back >= 0:
                more -= carts.sizes[back, measure]
            if state.load[to, measure] + more > carts.cart[measure]:
                fits = False
            if state.load[source, measure] - more > carts.cart[measure]:
                fits = False
        if not fits:
            continue
        drawn = roll(drawn)
        bound = state.metres[source] + state.metres[to] + temperature * schedule.draws[drawn & 4095]
        mark = memory.marks[order]
        if back >= 0:
            mark ^= memory.marks[back]
        # What is remembered of a tour may be a guess: it is good enough to leave the move, not to make it.
        one, other = state.key[source] ^ mark, state.key[to] ^ mark
        known = memory.keys[one & 65535] == one and memory.keys[other & 65535] == other
        if known and memory.metres[one & 65535] + memory.metres[other & 65535] > bound:
            continue
        here = _edited(walk, tours, source, state.members[source], state.many[source], order, back, 0)
        there = _edited(walk, tours, to, state.members[to], state.many[to], back, order, 1)
        gain = tours.gain[0]
        if (here + there) * (1 - 2 * gain) > bound:
            here, there = here * (1 - gain), there * (1 - gain)
        else:
            here = _searched(walk, tours, 0, here)
            there = _searched(walk, tours, 1, there)
            if here + there <= bound:
                _kept(tours, source, 0)
                _kept(tours, to, 1)
                made(carts, state, memory, order, to, back, here, there, 0)
                last = state.numbers[0]
                if state.many[last] == 0 and tours.many[source] == 0 and source < last:
                    tours.stops[source] = tours.stops[last]
                    tours.many[source] = tours.many[last]
        memory.keys[one & 65535], memory.metres[one & 65535] = one, here
        memory.keys[other & 65535], memory.metres[other & 65535] = other, there
    state.numbers[1], state.numbers[2] = drawn, done + moves


@kernel
def _edited(walk: Walk, tours: Tours, batch: int, members: Ints, count: int, less: int, more: int, side: int) -> float:
    """The batch's tour without order `less` and with order `more` (-1: none), as edit `side`; its metres."""
    counted = tours.counted[0] + 1
    tours.counted[0] = counted
    marks, edit = tours.marks, tours.edits[side]
    for place in range(count):
        order = members[place]
        if order != less:
            for index in range(walk.first_stop[order], walk.first_stop[order + 1]):
                marks[walk.stops[index]] = counted
    metres: float = 0.0
    last, length = 0, 0
    for place in range(tours.many[batch]):
        stop = tours.stops[batch, place]
        if marks[stop] == counted:
            edit[length] = stop
            length += 1
            metres += walk.metres[last, stop]
            last = stop
    metres += walk.metres[last, 0]
    if more >= 0:
        for index in range(walk.first_stop[more], walk.first_stop[more + 1]):
            stop = walk.stops[index]
            if marks[stop] == counted:
                continue
            marks[stop] = counted
            least, best, before = 1e18, 0, 0
            for place in range(length + 1):
                after = 0
                if place < length:
                    after = edit[place]
                added = walk.metres[before, stop] + walk.metres[stop, after] - walk.metres[before, after]
                if added < least:
                    least, best = added, place
                before = after
            for place in range(length, best, -1):
                edit[place] = edit[place - 1]
            edit[best] = stop
            length += 1
            metres += least
    tours.length[side] = length
    return metres


@kernel
def _searched(walk: Walk, tours: Tours, side: int, before: float) -> float:
    """Shortens the edit; its metres, which were `before` (0.0: that is not known, and what is gained does not count)."""
    length, edit = tours.length[side], tours.edits[side]
    between = np.zeros((length + 2, length + 2))
    for one in range(length):
        for other in range(length):
            between[one + 1, other + 1] = walk.metres[edit[one], edit[other]]
        between[0, one + 1] = between[length + 1, one + 1] = walk.metres[0, edit[one]]
        between[one + 1, 0] = between[one + 1, length + 1] = walk.metres[edit[one], 0]
    if length == 0:
        return 0.0
    order = np.arange(length + 2)
    metres: float = improve(between, near_places(between, 8), order, 0, 1, 0.0)
    stops = edit[:length].copy()
    for place in range(length):
        edit[place] = stops[order[place + 1] - 1]
    if before > 0.0:
        tours.gain[0] += 0.01 * ((before - metres) / before - tours.gain[0])
    return metres


@kernel
def _kept(tours: Tours, batch: int, side: int) -> None:
    """The edit becomes the batch's tour."""
    length = tours.length[side]
    tours.many[batch] = length
    for place in range(length):
        tours.stops[batch, place] = tours.edits[side, place]
