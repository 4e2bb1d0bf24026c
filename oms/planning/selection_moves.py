"""What can be done to a selection: an order's lines put into walks where they add least, taken out, and put back. Kernels of the search in
`selection_search`.

A walk belongs to a batch and a zone; a zone of a batch has several when one container is not enough. Walk `w` of zone z in batch b has the
number `(b * zones + z) * walks + w`, and begins and ends at the depot.
"""

from typing import NamedTuple

from oms.planning.compiled import Floats, Ints, kernel


class Stockroom(NamedTuple):
    """What does not change. Stock s lies in `zone[s]` at `aisle[s]`, `row[s]`; the last stock is the depot. Between two places lie
    `across[aisle, aisle] + rows[0, row, row]` metres, in one aisle `rows[1, row, row]`. Line l of order o (`first_line[o]` to before
    `first_line[o + 1]`) wants `units[l]` of `item[l]` that fill `volume[l]`; item i lies at `lies[first_stock[i]:first_stock[i + 1]]`.
    `near[s]` are the stocks nearest to s in its zone that somebody wants (-1: no more), `wants[first_want[i]:first_want[i + 1]]` the
    orders for item i. `sizes` is what an order takes of each measure of the wave. `most`: zones, walks a zone, orders a batch, volume
    of a container, the lines to reach."""

    zone: Ints
    aisle: Ints
    row: Ints
    of_item: Ints
    across: Floats
    rows: Floats
    first_line: Ints
    item: Ints
    units: Ints
    volume: Ints
    first_stock: Ints
    lies: Ints
    near: Ints
    first_want: Ints
    wants: Ints
    sizes: Ints
    forced: Ints
    most: Ints


class Picked(NamedTuple):
    """What changes: the stocks of each walk in order, how many, their volume; the batch of each order (-1: waits), how many orders a batch
    has; the stock and walk of each line; where it was before it was last taken out (stock, walk, place); free units; what the wave has
    of each measure and may have; the chosen orders as a list (`listed[:numbers[0]]`, `place[o]` in it); `numbers` further counts the
    lines chosen and holds the row of random numbers."""

    tour: Ints
    many: Ints
    filled: Ints
    batch: Ints
    orders_in: Ints
    stock: Ints
    walk: Ints
    was: Ints
    free: Ints
    used: Ints
    caps: Ints
    listed: Ints
    place: Ints
    numbers: Ints


ZONES, WALKS, ORDERS, VOLUME, GOAL = range(5)
#: No way, and no place.
FAR = 1e18


@kernel
def price(room: Stockroom, now: Picked, order: int, batch: int) -> float:
    """About what an order adds to a batch, each line by itself; `FAR` where a line can be had nowhere."""
    total = 0.0
    for line in range(room.first_line[order], room.first_line[order + 1]):
        more, _, _, _ = _seek(room, now, line, batch)
        if more >= 1e18:
            return 1e18
        total += more
    return total


@kernel
def into(room: Stockroom, now: Picked, order: int, batch: int) -> float:
    """Puts an order into a batch, line by line where it adds least, and says how much; `FAR` and nothing done where a line has no place."""
    total = 0.0
    for line in range(room.first_line[order], room.first_line[order + 1]):
        more, stock, walk, place = _seek(room, now, line, batch)
        if stock < 0:
            for done in range(line - 1, room.first_line[order] - 1, -1):
                _line_out(room, now, done)
            return 1e18
        _line_in(room, now, line, stock, walk, place)
        total += more
    _counted(room, now, order, batch)
    return total


@kernel
def _seek(room: Stockroom, now: Picked, line: int, batch: int) -> tuple[float, int, int, int]:
    # Where a line adds least to a batch: metres, stock, walk, place in it; no stock where it can be had nowhere.
    depot = room.zone.shape[0] - 1
    longest = now.tour.shape[1]
    best = 1e18
    best_stock, best_walk, best_place = -1, -1, -1
    for at in range(room.first_stock[room.item[line]], room.first_stock[room.item[line] + 1]):
        stock = room.lies[at]
        if now.free[stock] < room.units[line]:
            continue
        aisle, row = room.aisle[stock], room.row[stock]
        first = (batch * room.most[0] + room.zone[stock]) * room.most[1]
        for walk in range(first, first + room.most[1]):
            count = now.many[walk]
            if count >= longest or now.filled[walk] + room.volume[line] > room.most[3]:
                continue
            left = depot
            same = 1 if aisle == room.aisle[left] else 0
            to_left = room.across[room.aisle[left], aisle] + room.rows[same, room.row[left], row]
            for place in range(count + 1):
                right = now.tour[walk, place] if place < count else depot
                same = 1 if aisle == room.aisle[right] else 0
                to_right = room.across[aisle, room.aisle[right]] + room.rows[same, row, room.row[right]]
                from_right = room.across[room.aisle[right], aisle] + room.rows[same, room.row[right], row]
                same = 1 if room.aisle[left] == room.aisle[right] else 0
                more = (
                    to_left
                    + to_right
                    - room.across[room.aisle[left], room.aisle[right]]
                    - room.rows[same, room.row[left], room.row[right]]
                )
                if more < best:
                    best = more
                    best_stock, best_walk, best_place = stock, walk, place
                left = right
                to_left = from_right
            if count == 0:
                break
    return best, best_stock, best_walk, best_place


@kernel
def out(room: Stockroom, now: Picked, order: int, keep: int) -> float:
    """Takes an order out, and says how much shorter the walks are. With `keep` it is remembered where its lines were."""
    before = 0.0
    for line in range(room.first_line[order + 1] - 1, room.first_line[order] - 1, -1):
        stock, walk = now.stock[line], now.walk[line]
        place, less = _line_out(room, now, line)
        before += less
        if keep == 1:
            now.was[line, 0], now.was[line, 1], now.was[line, 2] = stock, walk, place
    now.orders_in[now.batch[order]] -= 1
    now.batch[order] = -1
    last = now.listed[now.numbers[0] - 1]
    now.listed[now.place[order]] = last
    now.place[last] = now.place[order]
    now.numbers[0] -= 1
    now.numbers[1] -= room.first_line[order + 1] - room.first_line[order]
    for measure in range(now.used.shape[0]):
        now.used[measure] -= room.sizes[order, measure]
    return before


@kernel
def back(room: Stockroom, now: Picked, order: int, batch: int) -> None:
    """Puts an order back to where it was when it was taken out: the last one that was taken out first."""
    for line in range(room.first_line[order], room.first_line[order + 1]):
        _line_in(room, now, line, now.was[line, 0], now.was[line, 1], now.was[line, 2])
    _counted(room, now, order, batch)


@kernel
def _counted(room: Stockroom, now: Picked, order: int, batch: int) -> None:
    now.batch[order] = batch
    now.orders_in[batch] += 1
    now.listed[now.numbers[0]] = order
    now.place[order] = now.numbers[0]
    now.numbers[0] += 1
    now.numbers[1] += room.first_line[order + 1] - room.first_line[order]
    for measure in range(now.used.shape[0]):
        now.used[measure] += room.sizes[order, measure]


@kernel
def _line_in(room: Stockroom, now: Picked, line: int, stock: int, walk: int, place: int) -> None:
    for at in range(now.many[walk], place, -1):
        now.tour[walk, at] = now.tour[walk, at - 1]
    now.tour[walk, place] = stock
    now.many[walk] += 1
    now.filled[walk] += room.volume[line]
    now.free[stock] -= room.units[line]
    now.stock[line], now.walk[line] = stock, walk


@kernel
def _line_out(room: Stockroom, now: Picked, line: int) -> tuple[int, float]:
    stock, walk = now.stock[line], now.walk[line]
    count = now.many[walk]
    place = 0
    while now.tour[walk, place] != stock:
        place += 1
    depot = room.zone.shape[0] - 1
    left = now.tour[walk, place - 1] if place > 0 else depot
    right = now.tour[walk, place + 1] if place + 1 < count else depot
    less = apart(room, left, stock) + apart(room, stock, right) - apart(room, left, right)
    for at in range(place, count - 1):
        now.tour[walk, at] = now.tour[walk, at + 1]
    now.many[walk] = count - 1
    now.filled[walk] -= room.volume[line]
    now.free[stock] += room.units[line]
    return place, less


@kernel
def apart(room: Stockroom, one: int, other: int) -> float:
    """Metres between two stocks of a zone."""
    same = 1 if room.aisle[one] == room.aisle[other] else 0
    apart_: float = room.across[room.aisle[one], room.aisle[other]] + room.rows[same, room.row[one], room.row[other]]
    return apart_


@kernel
def gain(room: Stockroom, now: Picked, order: int) -> float:
    """About how much shorter the walks would be without an order."""
    depot = room.zone.shape[0] - 1
    total = 0.0
    for line in range(room.first_line[order], room.first_line[order + 1]):
        stock, walk = now.stock[line], now.walk[line]
        count = now.many[walk]
        place = 0
        while now.tour[walk, place] != stock:
            place += 1
        left = now.tour[walk, place - 1] if place > 0 else depot
        right = now.tour[walk, place + 1] if place + 1 < count else depot
        total += apart(room, left, stock) + apart(room, stock, right) - apart(room, left, right)
    return total
