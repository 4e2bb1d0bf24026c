"""The order of a job's stops where the floor is drawn: the shortest walk, as the site wants its goods on the cart. Without a floor, and for
bins that no path leads to, the bins' own places in the walk stay. Called where jobs are made and where work is added to one."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
from sqlalchemy import select

from oms.catalog.models import Item, Site
from oms.picking.models import WorkItem
from oms.planning.insertion import inserted
from oms.planning.routes import ANY, FRAGILE, HEAVY, MOST, Stop, route
from oms.walks.floors import Floor, floor_of
from sync.contract.codes import WorkState

if TYPE_CHECKING:
    from oms.db.work import Work

#: Between the places of two stops, so that others fit in later.
STEP: Final = 1000
#: Tried for each stop: some milliseconds a job, for orders are locked meanwhile.
_KICKS: Final = 10
_AHEAD: Final = (WorkState.OPEN, WorkState.LEASED)


def order_jobs(w: "Work", job_ids: Collection[str]) -> None:
    """Gives the items of these jobs, which nobody has begun, their places in the shortest walk."""
    items = w.db.scalars(
        select(WorkItem).where(WorkItem.job_id.in_(set(job_ids))).order_by(WorkItem.seq, WorkItem.id)
    ).all()
    floor = floor_of(w.db, w.site, {item.from_bin for item in items})
    if floor is None:
        return
    site = w.db.get_one(Site, w.site)
    ranks = ranks_of(w, site, {item.sku for item in items})
    jobs: dict[str, list[WorkItem]] = defaultdict(list)
    for item in items:
        jobs[item.job_id].append(item)
    for steps in jobs.values():
        _order(floor, steps, ranks, product_first=site.product_first)
    w.db.flush()


def _order(floor: Floor, items: Sequence[WorkItem], ranks: dict[str, int], *, product_first: bool) -> None:
    if len(items) > MOST:
        return
    together = {item.sku: item.sku if product_first else "" for item in items}
    stops = [Stop(item.from_bin, ranks.get(item.sku, ANY), together[item.sku]) for item in items]
    found = route(floor.layout, stops, floor.depots, kicks=_KICKS)
    for place, n in enumerate(found.order, 1):
        items[n].seq = place * STEP


def ranks_of(w: "Work", site: Site, skus: Collection[str]) -> dict[str, int]:
    """When goods go onto the cart, as the site wants it."""
    if not site.fragile_last and site.heavy_first_g is None:
        return {}
    known = w.db.execute(
        select(Item.sku, Item.fragile, Item.weight_g).where(Item.site_id == w.site, Item.sku.in_(set(skus)))
    )
    ranks = {}
    for sku, fragile, grams in known:
        if site.fragile_last and fragile:
            ranks[sku] = FRAGILE
        elif site.heavy_first_g is not None and (grams or 0) >= site.heavy_first_g:
            ranks[sku] = HEAVY
    return ranks


def seq_on_the_way(w: "Work", job_id: str, bin: str, otherwise: int) -> int:
    """The place in a job's walk at which going to a bin too adds least to the rest of it; `otherwise` where the floor is not drawn, or no
    way leads there."""
    items = w.db.scalars(select(WorkItem).where(WorkItem.job_id == job_id).order_by(WorkItem.seq, WorkItem.id)).all()
    floor = floor_of(w.db, w.site, {bin, *(item.from_bin for item in items)})
    if floor is None or bin not in floor.layout.places:
        return otherwise
    done = [item for item in items if item.state not in _AHEAD]
    rest = [item for item in items if item.state in _AHEAD and item.from_bin in floor.layout.places]
    here = next((item for item in reversed(done) if item.from_bin in floor.layout.places), None)
    if not rest:
        return max((item.seq for item in items), default=0) + STEP
    at = _place(floor, here.from_bin if here else None, [item.from_bin for item in rest], bin)
    before = rest[at - 1].seq if at else (here.seq if here and here.seq < rest[0].seq else rest[0].seq - STEP)
    after = rest[at].seq if at < len(rest) else before + 2 * STEP
    return (before + after) // 2


def _place(floor: Floor, here: str | None, rest: Sequence[str], bin: str) -> int:
    """Before which of `rest` the bin is visited; their number: after all of them."""
    start = [here] if here else list(floor.depots[:1])
    end = list(floor.depots[:1])
    between = floor.layout.distances(floor.layout.numbers([*start, *rest, *end, bin]))
    # Where it begins or ends anywhere, that is a place as near to all others.
    count = len(rest)
    matrix = np.zeros((count + 3, count + 3))
    rows = [*([0] if start else []), *range(1, count + 1), *([count + 1] if end else []), count + 2]
    matrix[np.ix_(rows, rows)] = np.where(np.isfinite(between), between, 1e9)
    walk, _ = inserted(matrix, np.arange(count + 2), np.array([count + 2]))
    return next(n for n, (_, other) in enumerate(pairwise(walk)) if other == count + 2)
