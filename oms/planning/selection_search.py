"""The search for a selection of orders: a greedy start, then annealing over orders that come in, go out and change batches. Kernels of
`selecting`; the moves are in `selection_moves`.

An order comes in beside what its batch walks by already: candidates are the orders that want what lies nearest to a stock of it.
"""

import numpy as np

from oms.planning.compiled import Floats, Ints, kernel, roll
from oms.planning.selection_moves import Picked, Stockroom, back, gain, into, out, price

#: Orders of which the one that saves most goes out, and orders looked at for each step of the start.
LOOKED = 8


@kernel
def start(room: Stockroom, now: Picked, sampled: int, batches: int) -> float:
    """Forced orders first, then batch after batch always the order that adds least for each line, of `sampled` drawn ones and those near
    the last that came in; until the lines are reached, or nothing more fits. Says the metres."""
    total = 0.0
    orders = room.first_line.shape[0] - 1
    batch = 0
    for order in range(orders):
        if room.forced[order] == 1 and _fits(room, now, order) == 1:
            if now.orders_in[batch] >= room.most[2] and batch + 1 < batches:
                batch += 1
            if now.orders_in[batch] < room.most[2]:
                more = into(room, now, order, batch)
                if more < 1e18:
                    total += more
    last = -1
    drawn = now.numbers[2]
    while now.numbers[1] < room.most[4]:
        best, best_price = -1, 1e18
        for n in range(sampled):
            drawn = roll(drawn)
            order = drawn % orders
            if sampled >= orders:
                order = n % orders
            elif n % 2 == 1 and last >= 0:
                order = _beside(room, now, last, drawn)
            if order < 0 or _may(room, now, order, batch) == 0:
                continue
            adds = price(room, now, order, batch)
            each = adds / (room.first_line[order + 1] - room.first_line[order])
            if adds < 1e18 and each < best_price:
                best, best_price = order, each
        order = 0
        while best < 0 and sampled < orders and order < orders:
            if _may(room, now, order, batch) == 1 and price(room, now, order, batch) < 1e18:
                best = order
            order += 1
        if best < 0:
            batch += 1
            last = -1
            if batch >= batches:
                break
            _again_free(now)
            continue
        more = into(room, now, best, batch)
        if more >= 1e18:
            # Its lines do not fit together, at least not into this batch.
            now.batch[best] = -2
            continue
        total += more
        last = best
    _again_free(now)
    now.numbers[2] = drawn
    return total


@kernel
def _again_free(now: Picked) -> None:
    for order in range(now.batch.shape[0]):
        if now.batch[order] == -2:
            now.batch[order] = -1


@kernel
def _may(room: Stockroom, now: Picked, order: int, batch: int) -> int:
    if now.batch[order] != -1 or now.orders_in[batch] >= room.most[2]:
        return 0
    return _fits(room, now, order)


@kernel
def _fits(room: Stockroom, now: Picked, order: int) -> int:
    for measure in range(now.used.shape[0]):
        if now.used[measure] + room.sizes[order, measure] > now.caps[measure]:
            return 0
    return 1


@kernel
def _beside(room: Stockroom, now: Picked, order: int, drawn: int) -> int:
    # An order that wants what lies near a stock of this one; -1 where there is none.
    lines = room.first_line[order + 1] - room.first_line[order]
    line = room.first_line[order] + drawn % lines
    drawn //= 7
    stock = room.near[now.stock[line], drawn % room.near.shape[1]]
    if stock < 0:
        return -1
    item = room.of_item[stock]
    many = room.first_want[item + 1] - room.first_want[item]
    if many == 0:
        return -1
    other: int = room.wants[room.first_want[item] + (drawn // 64) % many]
    return other


@kernel
def anneal(room: Stockroom, now: Picked, temperature: float, draws: Floats, moves: int, worth: float) -> float:
    """`moves` moves at a temperature; says by how much the metres changed. A line beyond those to reach is worth `worth`, for another
    order can go for it later."""
    batches = now.orders_in.shape[0]
    total = 0.0
    drawn = now.numbers[2]
    for _ in range(moves):
        if now.numbers[0] == 0:
            break
        drawn = roll(drawn)
        one = now.listed[drawn % now.numbers[0]]
        batch = now.batch[one]
        drawn = roll(drawn)
        limit = temperature * draws[drawn & 4095]
        drawn = roll(drawn)
        other = _beside(room, now, one, drawn)
        drawn = roll(drawn)
        spare = now.numbers[1] - room.most[4]
        if spare >= room.first_line[one + 1] - room.first_line[one] and room.forced[one] == 0 and drawn % 8 == 0:
            total += _go_out(room, now, one, limit, worth)
            continue
        if other < 0:
            continue
        if now.batch[other] < 0:
            change = _come_in(room, now, other, batch, drawn, limit, worth)
        elif now.batch[other] == batch:
            change = _again(room, now, other, batch, limit)
        elif drawn % 2 == 0:
            change = _cross(room, now, other, batch, drawn, limit)
        else:
            change = _settle(room, now, other, batches, limit)
        total += change
    now.numbers[2] = drawn
    return total


@kernel
def _come_in(room: Stockroom, now: Picked, order: int, batch: int, drawn: int, limit: float, worth: float) -> float:
    # An order comes into a batch, and the drawn one that saves most goes out for it, if the lines allow one and the batch is not full.
    lines = room.first_line[order + 1] - room.first_line[order]
    spare = now.numbers[1] + lines - room.most[4]
    is_full = now.orders_in[batch] >= room.most[2] or drawn % 2 == 0
    goes, most = -1, -1e18
    for _ in range(8):
        drawn = roll(drawn)
        other = now.listed[drawn % now.numbers[0]]
        less = room.first_line[other + 1] - room.first_line[other]
        if less > spare or room.forced[other] == 1 or (is_full and now.batch[other] != batch):
            continue
        saves = gain(room, now, other) - worth * less
        if saves > most:
            goes, most = other, saves
    if goes < 0 and (now.orders_in[batch] >= room.most[2] or spare > 8):
        return 0.0
    change, scored, from_batch = 0.0, 0.0, -1
    if goes >= 0:
        from_batch = now.batch[goes]
        change = -out(room, now, goes, 1)
        scored = change + worth * (room.first_line[goes + 1] - room.first_line[goes])
    more = 1e18
    if _fits(room, now, order) == 1 and now.orders_in[batch] < room.most[2]:
        more = into(room, now, order, batch)
    if more < 1e18:
        if scored + more - worth * lines <= limit:
            return change + more
        out(room, now, order, 0)
    if goes >= 0:
        back(room, now, goes, from_batch)
    return 0.0


@kernel
def _go_out(room: Stockroom, now: Picked, order: int, limit: float, worth: float) -> float:
    # The lines are reached without this order.
    batch = now.batch[order]
    change = -out(room, now, order, 1)
    if change + worth * (room.first_line[order + 1] - room.first_line[order]) <= limit:
        return change
    back(room, now, order, batch)
    return 0.0


@kernel
def _again(room: Stockroom, now: Picked, order: int, batch: int, limit: float) -> float:
    # An order's lines are laid anew into its own batch.
    change = -out(room, now, order, 1)
    more = into(room, now, order, batch)
    if more < 1e18:
        if change + more <= limit:
            return change + more
        out(room, now, order, 0)
    back(room, now, order, batch)
    return 0.0


@kernel
def _settle(room: Stockroom, now: Picked, order: int, batches: int, limit: float) -> float:
    # An order goes to the batch with room where it adds least.
    source = now.batch[order]
    change = -out(room, now, order, 1)
    to, least = source, 1e18
    for batch in range(batches):
        if now.orders_in[batch] < room.most[2]:
            more = price(room, now, order, batch)
            if more < least:
                to, least = batch, more
    more = into(room, now, order, to)
    if more < 1e18:
        if change + more <= limit:
            return change + more
        out(room, now, order, 0)
    back(room, now, order, source)
    return 0.0


@kernel
def _cross(room: Stockroom, now: Picked, order: int, batch: int, drawn: int, limit: float) -> float:
    # An order goes to another batch, and the drawn one of that batch that saves most comes for it.
    source = now.batch[order]
    comes, most = -1, -1e18
    for _ in range(24):
        drawn = roll(drawn)
        other = now.listed[drawn % now.numbers[0]]
        if now.batch[other] == batch:
            saves = gain(room, now, other)
            if saves > most:
                comes, most = other, saves
    if comes < 0 and now.orders_in[batch] >= room.most[2]:
        return 0.0
    change = -out(room, now, order, 1)
    if comes >= 0:
        change -= out(room, now, comes, 1)
    more = into(room, now, order, batch)
    if more < 1e18:
        other_more = into(room, now, comes, source) if comes >= 0 else 0.0
        if other_more < 1e18:
            if change + more + other_more <= limit:
                return change + more + other_more
            if comes >= 0:
                out(room, now, comes, 0)
        out(room, now, order, 0)
    if comes >= 0:
        back(room, now, comes, batch)
    back(room, now, order, source)
    return 0.0


@kernel
def nearest_stocks(zone: Ints, aisle: Ints, row: Ints, across: Floats, rows: Floats, wanted: Ints, near: Ints) -> None:
    """Fills `near[s]` with the stocks nearest to each wanted stock in its zone; `wanted` is sorted by zone."""
    many = near.shape[1]
    metres = np.zeros(many)
    count = wanted.shape[0]
    first = 0
    for n in range(count):
        one = wanted[n]
        if zone[wanted[first]] != zone[one]:
            first = n
        found = 0
        at = first
        while at < count and zone[wanted[at]] == zone[one]:
            other = wanted[at]
            at += 1
            if other == one:
                continue
            same = 1 if aisle[one] == aisle[other] else 0
            far = across[aisle[one], aisle[other]] + rows[same, row[one], row[other]]
            if found == many and far >= metres[many - 1]:
                continue
            place = found if found < many else many - 1
            while place > 0 and metres[place - 1] > far:
                if place < many:
                    metres[place] = metres[place - 1]
                    near[one, place] = near[one, place - 1]
                place -= 1
            metres[place] = far
            near[one, place] = other
            if found < many:
                found += 1
