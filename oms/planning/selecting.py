"""Which orders go in a wave, which stock serves each line, and in which batches: as little walking as can be found for the lines that are
to go, or as many orders as a wave takes.

A greedy start, then orders are taken out and others put in where they add least (`selection_search`), then every walk is put in order
(`tours`). Plain functions over arrays; the same input, effort and seed give the same selection.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from oms.planning.compiled import ROLLS, Floats, Ints
from oms.planning.selection_moves import GOAL, Picked, Stockroom
from oms.planning.selection_search import anneal, nearest_stocks, start
from oms.planning.tours import shortest

#: No limit.
ENDLESS: Final = 1 << 40
#: Stocks near each stock, and walks that a zone of a batch may have.
_NEAR: Final = 16
_WALKS: Final = 4
#: Stops of a walk at most: one that has more is better begun anew.
_LONGEST: Final = 96
_PIECES: Final = 100
#: Temperatures, as shares of the metres that a line takes.
_HOT, _COLD = 1.0, 0.03
_DRAWS: Final = 4096
_KICKS: Final = 20


@dataclass(frozen=True, slots=True)
class Ground:
    """How far places are from each other, each an aisle and a row: `across[aisle, aisle]` and, added to it, `rows[row, row]` from aisle to
    aisle, or `along[row, row]` within one."""

    across: Floats
    rows: Floats
    along: Floats


def ground_of(metres: Floats) -> Ground:
    """Any floor by its matrix of distances: one aisle, whose rows are the places. ValueError for one that is not square or not finite."""
    if metres.ndim != 2 or metres.shape[0] != metres.shape[1] or not np.isfinite(metres).all():
        raise ValueError("the matrix is not square, or a place cannot be reached")
    return Ground(np.zeros((1, 1)), metres, metres)


@dataclass(frozen=True, slots=True)
class Stocks:
    """Where goods lie, by number: item, zone, aisle and row of each, and its free units. Walks begin and end at `depot` (aisle, row) and
    keep to one zone: all 0 where they go everywhere."""

    item: Ints
    zone: Ints
    aisle: Ints
    row: Ints
    free: Ints
    depot: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Wanted:
    """An order: (item, units, volume) of each line, what it takes of the wave's measures, and whether it goes in any case."""

    lines: Sequence[tuple[int, int, int]]
    sizes: tuple[int, ...] = ()
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """`lines`: to be reached with as little walking as can be; None: as many as the wave takes. `caps` the wave's measures at most
    (units, minutes, wall slots: as `Wanted.sizes` has them); batches and orders in each; volume of a container."""

    lines: int | None = None
    caps: tuple[int, ...] = ()
    batches: int = 1
    orders: int = ENDLESS
    volume: int = ENDLESS


@dataclass(frozen=True, slots=True)
class Tries:
    """How much is tried: `moves` for each order that goes, and how many orders are looked at for each step of the start."""

    moves: int = 3000
    looked: int = 100
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Walked:
    """One walk through a zone with one container: the stocks in their order."""

    zone: int
    stocks: tuple[int, ...]
    metres: float


@dataclass(frozen=True, slots=True)
class Group:
    """Orders that go together, their walks, and which stock serves each line of each order."""

    orders: tuple[int, ...]
    walks: tuple[Walked, ...]
    served: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Selection:
    """Groups that go; the orders that wait; lines and metres of what goes; whether the lines that were asked for are there."""

    groups: tuple[Group, ...]
    waiting: tuple[int, ...]
    lines: int
    metres: float
    reached: bool


def select(
    ground: Ground,
    stocks: Stocks,
    orders: Sequence[Wanted],
    limits: Limits,
    tries: Tries = Tries(),
    progress: Callable[[float], None] = lambda share: None,
    stopped: Callable[[], bool] = lambda: False,
) -> Selection:
    """The best selection that was found; stopped, what it has. ValueError for a line without units, an order without lines, or measures
    that do not match."""
    if any(not order.lines or len(order.sizes) != len(limits.caps) for order in orders):
        raise ValueError("lines for every order, and the wave's measures")
    if any(units < 1 or volume < 0 for order in orders for _, units, volume in order.lines):
        raise ValueError("units for every line")
    if not orders or limits.lines == 0 or limits.batches < 1:
        return Selection((), tuple(range(len(orders))), 0, 0.0, not limits.lines)
    room = _room(ground, stocks, orders, limits)
    now = _nothing(room, stocks, limits, tries.seed)
    metres = start(room, now, min(len(orders), tries.looked), limits.batches)
    is_reached = limits.lines is None or int(now.numbers[1]) >= limits.lines
    # The lines there are now must stay, or as many as were asked for.
    room.most[GOAL] = min(room.most[GOAL], now.numbers[1])
    now = _annealed(room, now, metres, tries, progress, stopped)
    return _told(room, now, orders, limits, is_reached)


def _annealed(
    room: Stockroom,
    now: Picked,
    metres: float,
    tries: Tries,
    progress: Callable[[float], None],
    stopped: Callable[[], bool],
) -> Picked:
    chosen, lines = int(now.numbers[0]), int(now.numbers[1])
    if not chosen or not tries.moves or metres <= 0:
        return now
    each = metres / lines
    hot, cold = _HOT * each, _COLD * each
    draws = -np.log((np.random.default_rng(tries.seed).permutation(_DRAWS) + 0.5) / _DRAWS)
    best, least = _copy(now), metres
    for piece in range(_PIECES):
        if stopped():
            break
        temperature = hot * (cold / hot) ** (piece / (_PIECES - 1))
        moves = (piece + 1) * chosen * tries.moves // _PIECES - piece * chosen * tries.moves // _PIECES
        metres += anneal(room, now, temperature, draws, moves, each * (1 - piece / (_PIECES - 1)))
        if metres < least:
            best, least = _copy(now), metres
        progress((piece + 1) / _PIECES)
    return best


def _copy(now: Picked) -> Picked:
    return Picked(*(one.copy() for one in now))


def _ints(values: object) -> Ints:
    return np.ascontiguousarray(values, np.int64)


def _grouped(keys: Ints, values: Ints, count: int) -> tuple[Ints, Ints]:
    """`values` by their `keys` (0 to `count` - 1), and where each key's begin."""
    order = np.argsort(keys, kind="stable")
    return np.searchsorted(keys[order], np.arange(count + 1)).astype(np.int64), _ints(values[order])


def _room(ground: Ground, stocks: Stocks, orders: Sequence[Wanted], limits: Limits) -> Stockroom:
    many = _ints([len(order.lines) for order in orders])
    first_line = np.concatenate(([0], np.cumsum(many)))
    lines = _ints([line for order in orders for line in order.lines])
    items = int(max(lines[:, 0].max(), stocks.item.max(initial=0))) + 1
    first_stock, lies = _grouped(stocks.item, np.arange(len(stocks.item)), items)
    first_want, wants = _grouped(lines[:, 0], np.repeat(np.arange(len(orders)), many), items)
    zone, aisle, row = (
        _ints([*column, end])
        for column, end in zip((stocks.zone, stocks.aisle, stocks.row), (0, *stocks.depot), strict=True)
    )
    across, rows = (np.ascontiguousarray(one, np.float64) for one in (ground.across, [ground.rows, ground.along]))
    wanted = np.flatnonzero(np.isin(stocks.item, lines[:, 0]))
    near = np.full((len(zone), _NEAR), -1, np.int64)
    nearest_stocks(zone, aisle, row, across, rows, _ints(wanted[np.argsort(zone[wanted], kind="stable")]), near)
    zones = int(zone.max()) + 1
    goal = ENDLESS if limits.lines is None else limits.lines
    return Stockroom(
        zone,
        aisle,
        row,
        _ints([*stocks.item, -1]),
        across,
        rows,
        _ints(first_line),
        _ints(lines[:, 0]),
        _ints(lines[:, 1]),
        _ints(lines[:, 2]),
        first_stock,
        lies,
        near,
        first_want,
        wants,
        _ints([order.sizes for order in orders]).reshape(len(orders), len(limits.caps)),
        _ints([order.urgent for order in orders]),
        _ints([zones, _WALKS, limits.orders, limits.volume, goal]),
    )


def _nothing(room: Stockroom, stocks: Stocks, limits: Limits, seed: int) -> Picked:
    walks = limits.batches * int(room.most[0]) * _WALKS
    lines, orders = len(room.item), len(room.forced)
    return Picked(
        tour=np.zeros((walks, min(_LONGEST, lines)), np.int64),
        many=np.zeros(walks, np.int64),
        filled=np.zeros(walks, np.int64),
        batch=np.full(orders, -1, np.int64),
        orders_in=np.zeros(limits.batches, np.int64),
        stock=np.full(lines, -1, np.int64),
        walk=np.full(lines, -1, np.int64),
        was=np.zeros((lines, 3), np.int64),
        free=_ints([*stocks.free, 0]),
        used=np.zeros(len(limits.caps), np.int64),
        caps=_ints(limits.caps),
        listed=np.zeros(orders, np.int64),
        place=np.zeros(orders, np.int64),
        numbers=_ints([0, 0, 1 + seed % (ROLLS - 1)]),
    )


def _told(room: Stockroom, now: Picked, orders: Sequence[Wanted], limits: Limits, is_reached: bool) -> Selection:
    groups = []
    a_batch = int(room.most[0]) * _WALKS
    for batch in range(limits.batches):
        inside = [int(order) for order in np.flatnonzero(now.batch == batch)]
        if inside:
            walks = [
                _walked(room, now, walk) for walk in range(batch * a_batch, (batch + 1) * a_batch) if now.many[walk]
            ]
            served = tuple(
                tuple(int(one) for one in now.stock[room.first_line[order] : room.first_line[order + 1]])
                for order in inside
            )
            groups.append(Group(tuple(inside), tuple(walks), served))
    waiting = tuple(int(order) for order in np.flatnonzero(now.batch < 0))
    metres = sum(walk.metres for group in groups for walk in group.walks)
    return Selection(tuple(groups), waiting, int(now.numbers[1]), metres, is_reached)


def _walked(room: Stockroom, now: Picked, walk: int) -> Walked:
    stops = _ints(now.tour[walk, : now.many[walk]])
    depot = len(room.zone) - 1
    path = _ints([depot, *stops, depot])
    aisle, row = room.aisle[path], room.row[path]
    same = (aisle[:, None] == aisle).astype(np.int64)
    between = np.ascontiguousarray(room.across[aisle[:, None], aisle] + room.rows[same, row[:, None], row])
    order, metres = shortest(between, kicks=_KICKS, start=np.arange(len(path)))
    return Walked(int(room.zone[stops[0]]), tuple(int(path[place]) for place in order[1:-1]), metres)


def warm() -> None:
    """Compiles the kernels."""
    line = np.arange(4, dtype=np.float64)
    none = np.zeros(3, np.int64)
    stocks = Stocks(np.arange(3), none, none, np.arange(1, 4), none + 1, (0, 0))
    orders = [Wanted([(item, 1, 1)]) for item in range(3)]
    select(ground_of(np.abs(line[:, None] - line)), stocks, orders, Limits(2), Tries(1))
