"""Which orders share a cart on a floor that is drawn: a quick search for those that are near each other, while their rows are locked.
Called where jobs are made without a plan that somebody asked for."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from oms.planning import compiled
from oms.planning.batching import Effort, Load, plan
from oms.planning.floor_walk import floor_walk
from oms.planning.rectangle import recognised
from oms.walks.floors import floor_of

if TYPE_CHECKING:
    from oms.db.work import Work

#: Moves of the whole search: some tenths of a second. By number, so that the same orders give the same carts.
_MOVES: Final = 100_000
#: More orders than this, in a single block and on any other floor, are left to a plan that somebody asks for.
_MOST_IN_BLOCK, _MOST = 400, 120


def near_together(
    w: "Work", bins: Sequence[Sequence[str]], loads: Sequence[Load], limits: Load, levels: Sequence[int]
) -> list[list[int]] | None:
    """The orders (each its bins, its load and its level: two levels never share a cart) by their numbers as they share carts; one that is
    too much for a cart goes alone. None where the floor is not drawn, nothing was compiled yet, or there are too many."""
    known = {bin for some in bins for bin in some}
    if not 1 < len(bins) <= _MOST_IN_BLOCK or not compiled.is_warm():
        return None
    floor = floor_of(w.db, w.site, known)
    if floor is None or (len(bins) > _MOST and recognised(floor.layout) is None):
        return None
    walk = floor_walk(floor.layout, bins, floor.depots).walk
    found = plan(walk, loads, limits, levels, Effort(seconds=0.0, moves=_MOVES // walk.orders))
    return [*(list(batch.orders) for batch in found.batches), *([order] for order in found.unfit)]
