"""Which of more orders than a wave takes go into it: by its sequence, or those that are picked with least walking together. Called by the
collecting of waves."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np
from sqlalchemy import func, select

from oms.catalog.models import Bin
from oms.inventory.models import StockBalance
from oms.orders.models import OrderLine
from oms.planning import compiled
from oms.planning.compiled import Floats
from oms.planning.selecting import ENDLESS, Ground, Limits, Stocks, Tries, Wanted, ground_of
from oms.planning.selecting import select as selected
from oms.planning.waves import side_by_side
from oms.walks.floors import floor_of
from oms.walks.learning import times_of
from oms.waves import capacity
from oms.waves.rules import Candidate, fill
from sync.contract.codes import BinKind, Method
from sync.contract.waves import Sequence as Order
from sync.contract.waves import Template, Thresholds

if TYPE_CHECKING:
    from oms.db.work import Work

#: Orders whose truck leaves so soon go in any case, and those of this priority or a more urgent one.
_SOON: Final = timedelta(minutes=90)
_URGENT: Final = 1
#: More orders or bins than this are taken by cut-off: their rows are locked meanwhile.
_MOST_ORDERS: Final = 500
_MOST_BINS: Final = 800
#: Moves of the whole search: some tenths of a second.
_MOVES: Final = 60_000


@dataclass(frozen=True, slots=True)
class _Lies:
    """Units of an item in a pick bin."""

    sku: str
    bin: str
    seq: int
    units: int


def chosen(w: "Work", template: Template, before: list[Candidate], more: list[Candidate]) -> list[Candidate]:
    """Those of `more`, in their sequence, that go into a wave that has `before`."""
    times = times_of(w.db, w.site, template.method)
    limits = _with_wall(w, template)
    by_sequence = fill(limits, before, more, times)
    if len(by_sequence) == len(more):
        return by_sequence
    if template.sequence is Order.WALK:
        return fill(limits, before, _near(w, limits, before, more), times) or by_sequence
    if template.method is Method.ZONES and limits.max_orders is not None:
        return fill(limits, before, _balanced(w, limits, before, more), times) or by_sequence
    return by_sequence


def _with_wall(w: "Work", template: Template) -> Thresholds:
    """An order of a put wall takes a slot until it is whole: a wave has no more orders than the wall has slots."""
    slots = select(func.count()).select_from(Bin).where(Bin.site_id == w.site, Bin.kind == BinKind.WALL)
    limits = template.thresholds
    wall = w.db.scalars(slots).one() if template.method is Method.WALL else 0
    if not wall:
        return limits
    return msgspec.structs.replace(limits, max_orders=min(limits.max_orders or wall, wall))


def _balanced(w: "Work", limits: Thresholds, before: list[Candidate], more: list[Candidate]) -> list[Candidate]:
    """Zones that are picked side by side end together: of orders alike in urgency those that keep the slowest zone short."""
    names = sorted({zone for one in (*before, *more) for zones in one.places for zone in zones})
    if not names or limits.max_orders is None:
        return []
    people = capacity.hands(w).by_zone(dict.fromkeys(names, 1.0))
    parts = [_parts(one, names) for one in more[:_MOST_ORDERS]]
    found = side_by_side(parts, [people[zone] for zone in names], max(0, limits.max_orders - len(before)))
    return [more[n] for n in found.go]


def _parts(one: Candidate, names: Sequence[str]) -> list[float]:
    """Lines of each zone: those that are to be had in several count for the first."""
    own = [0.0] * len(names)
    for zones in one.places:
        if zones:
            own[names.index(min(zones))] += 1.0
    return own


def _near(w: "Work", limits: Thresholds, before: list[Candidate], more: list[Candidate]) -> list[Candidate]:
    """Those with least walking; none where there are too many to look at, or nothing was compiled yet."""
    if len(more) > _MOST_ORDERS or not compiled.is_warm():
        return []
    lines = _lines(w, [one.number for one in more])
    lying = _lying(w, {sku for own in lines.values() for sku, _ in own})
    bins = sorted({(one.seq, one.bin) for one in lying})
    if not bins or len(bins) > _MOST_BINS:
        return []
    place = {bin: n for n, (_, bin) in enumerate(bins)}
    item = {sku: n for n, sku in enumerate(sorted({sku for own in lines.values() for sku, _ in own}))}
    row = np.array([place[one.bin] for one in lying], np.int64)
    none = np.zeros(len(lying), np.int64)
    stocks = Stocks(
        np.array([item[one.sku] for one in lying], np.int64),
        none,
        none,
        row,
        np.array([one.units for one in lying], np.int64),
        (0, len(bins)),
    )
    wanted = [
        Wanted([(item[sku], units, 0) for sku, units in lines[one.number]], _sizes(one), _is_urgent(w, one))
        for one in more
    ]
    caps = _caps(limits, before)
    found = selected(
        _ground(w, bins), stocks, wanted, Limits(None, caps), Tries(moves=_MOVES // len(more), looked=len(more))
    )
    return [more[n] for group in found.groups for n in group.orders]


def _is_urgent(w: "Work", one: Candidate) -> bool:
    return one.priority <= _URGENT or (one.cut_off is not None and one.cut_off < w.now + _SOON)


def _sizes(one: Candidate) -> tuple[int, ...]:
    """What an order takes of a wave: in the order of `_caps`. Minutes are left to `fill`, for they are rounded for all orders together."""
    return 1, one.lines, one.units, one.grams, one.millilitres


def _caps(limits: Thresholds, before: Sequence[Candidate]) -> tuple[int, ...]:
    """What is left of a wave that has `before`."""
    most = (
        limits.max_orders,
        limits.max_lines,
        limits.max_units,
        None if limits.max_kg is None else 1000 * limits.max_kg,
        None if limits.max_litres is None else 1000 * limits.max_litres,
    )
    used = [sum(column) for column in zip(*map(_sizes, before), strict=True)] or [0] * len(most)
    return tuple(ENDLESS if one is None else max(0, one - has) for one, has in zip(most, used, strict=True))


def _lines(w: "Work", numbers: Collection[str]) -> dict[str, list[tuple[str, int]]]:
    """(item, units) of each line of the orders."""
    found: dict[str, list[tuple[str, int]]] = defaultdict(list)
    rows = select(OrderLine.order_no, OrderLine.sku, OrderLine.qty).where(
        OrderLine.site_id == w.site, OrderLine.order_no.in_(numbers), OrderLine.qty > 0
    )
    for number, sku, units in w.db.execute(rows.order_by(OrderLine.order_no, OrderLine.line_no)):
        found[number].append((sku, units))
    return found


def _lying(w: "Work", skus: Collection[str]) -> list[_Lies]:
    """What lies in pick bins, in walking order. What others have reserved counts too: it is looked at when the wave is planned."""
    rows = w.db.execute(
        select(StockBalance.sku, Bin.code, Bin.seq, func.sum(StockBalance.qty))
        .join(Bin, (Bin.site_id == StockBalance.site_id) & (StockBalance.account == "bin:" + Bin.code))
        .where(
            StockBalance.site_id == w.site,
            StockBalance.sku.in_(skus),
            StockBalance.qty > 0,
            Bin.kind == BinKind.PICK,
        )
        .group_by(StockBalance.sku, Bin.code, Bin.seq)
        .order_by(Bin.seq, Bin.code, StockBalance.sku)
    )
    return [_Lies(sku, bin, seq, int(units)) for sku, bin, seq, units in rows]


def _ground(w: "Work", bins: Sequence[tuple[int, str]]) -> Ground:
    """How far the bins are from each other and, last, from the depot: on the drawn floor, else by their places in the walk."""
    seqs = np.array([*(seq for seq, _ in bins), bins[0][0]], np.float64)
    apart: Floats = np.abs(seqs[:, None] - seqs)
    floor = floor_of(w.db, w.site, {bin for _, bin in bins})
    if floor is None or any(bin not in floor.layout.places for _, bin in bins):
        return ground_of(apart)
    ends = floor.depots[:1] or (bins[0][1],)
    walked = floor.layout.distances(floor.layout.numbers([*(bin for _, bin in bins), *ends]))
    return ground_of(walked if np.isfinite(walked).all() else apart)
