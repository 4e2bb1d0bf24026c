"""What is on which cart while batches are searched, and the kernels that move an order or exchange two. Used by both loops of annealing:
the one over a block and the one over tours of a matrix."""

from typing import NamedTuple

from oms.planning.compiled import Floats, Ints, kernel


class Carts(NamedTuple):
    """What each order takes of each measure (orders x measures) and the most of a cart."""

    sizes: Ints
    cart: Ints


class State(NamedTuple):
    """Where every order is. Batches are numbered without gaps: `members[b, :many[b]]`, what they carry, walk, and their key; `numbers` and
    `totals` are the counters and sums that a kernel cannot return; `best` is the batch of each order in the best plan so far."""

    batch_of: Ints
    place_of: Ints
    members: Ints
    many: Ints
    load: Ints
    metres: Floats
    key: Ints
    best: Ints
    numbers: Ints
    totals: Floats


class Memory(NamedTuple):
    """Tours that were walked already by the key of their batch (the orders' `marks` exclusive-ored); of each order those
    that share most of its way (`near`); and the batches that were part of a
    plan, `seen_orders[k, :seen_count[k]]`, which walks `seen_metres[k]`. What is remembered later takes the place of what was earlier."""

    marks: Ints
    near: Ints
    keys: Ints
    metres: Floats
    seen_keys: Ints
    seen_metres: Floats
    seen_count: Ints
    seen_orders: Ints


class Schedule(NamedTuple):
    """Temperatures in metres from the first to the last, and logarithms to draw from."""

    temperatures: Floats
    draws: Floats


@kernel
def made(
    carts: Carts,
    state: State,
    memory: Memory,
    order: int,
    to: int,
    back: int,
    here: float,
    there: float,
    beyond: int,
) -> None:
    """The order goes to batch `to`, and the order `back` comes from there in its place (-1: none does). The tours are `here` and `there`
    metres then, and the carts hold `beyond` more than before of what is more than they take."""
    source = state.batch_of[order]
    change = here + there - state.metres[source] - state.metres[to]
    _leave(carts, state, memory, order)
    if back >= 0:
        _leave(carts, state, memory, back)
        _join(carts, state, memory, back, source)
    _join(carts, state, memory, order, to)
    state.metres[source], state.metres[to] = here, there
    if to == state.numbers[0]:
        state.numbers[0] += 1
    state.numbers[3] += beyond
    _see(carts, state, memory, to)
    if state.many[source] == 0:
        _close(carts, state, source)
    else:
        _see(carts, state, memory, source)
    _counted(state, change)


@kernel
def _leave(carts: Carts, state: State, memory: Memory, order: int) -> None:
    batch = state.batch_of[order]
    last = state.many[batch] - 1
    moved = state.members[batch, last]
    state.members[batch, state.place_of[order]] = moved
    state.place_of[moved] = state.place_of[order]
    state.many[batch] = last
    state.key[batch] ^= memory.marks[order]
    for measure in range(carts.cart.shape[0]):
        state.load[batch, measure] -= carts.sizes[order, measure]


@kernel
def _join(carts: Carts, state: State, memory: Memory, order: int, batch: int) -> None:
    place = state.many[batch]
    state.members[batch, place] = order
    state.place_of[order] = place
    state.batch_of[order] = batch
    state.many[batch] = place + 1
    state.key[batch] ^= memory.marks[order]
    for measure in range(carts.cart.shape[0]):
        state.load[batch, measure] += carts.sizes[order, measure]


@kernel
def _close(carts: Carts, state: State, batch: int) -> None:
    # The last batch takes the number of the empty one.
    last = state.numbers[0] - 1
    state.numbers[0] = last
    if batch != last:
        for place in range(state.many[last]):
            order = state.members[last, place]
            state.members[batch, place] = order
            state.batch_of[order] = batch
        state.many[batch] = state.many[last]
        state.metres[batch] = state.metres[last]
        state.key[batch] = state.key[last]
        for measure in range(carts.cart.shape[0]):
            state.load[batch, measure] = state.load[last, measure]
    state.many[last] = 0
    state.metres[last] = 0.0
    state.key[last] = 0
    for measure in range(carts.cart.shape[0]):
        state.load[last, measure] = 0


@kernel
def _counted(state: State, change: float) -> None:
    state.totals[0] += change
    if state.numbers[3] == 0 and state.totals[0] < state.totals[1] - 1e-7:
        state.totals[1] = state.totals[0]
        for order in range(state.batch_of.shape[0]):
            state.best[order] = state.batch_of[order]


@kernel
def _see(carts: Carts, state: State, memory: Memory, batch: int) -> None:
    for measure in range(carts.cart.shape[0]):
        if state.load[batch, measure] > carts.cart[measure]:
            return
    key = state.key[batch]
    slot = key & 8191
    if memory.seen_keys[slot] == key:
        return
    memory.seen_keys[slot] = key
    memory.seen_metres[slot] = state.metres[batch]
    memory.seen_count[slot] = state.many[batch]
    for place in range(state.many[batch]):
        memory.seen_orders[slot, place] = state.members[batch, place]
