"""Which orders share a cart on a floor that is drawn: a quick search for those that are near each other, while their rows are locked.
Called where jobs are made without a plan that somebody asked for."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from oms.planning import compiled
from oms.planning.batching import Effort, Load, plan
from oms.planning.floor_walk import floor_walk
from oms.planning.walks import MATRIX, Walk
from oms.walks.floors import floor_of

if TYPE_CHECKING:
    from oms.db.work import Work

#: Moves of the whole search: some tenths of a second. By number, so that the same orders give the same carts.
_BLOCK_MOVES: Final = 200_000
_MATRIX_MOVES: Final = 8_000
#: More orders or bins than this are left to a plan that somebody asks for.
_MOST_ORDERS: Final = 400
_MOST_BINS: Final = 800


def near_together(
    w: "Work", bins: Sequence[Sequence[str]], loads: Sequence[Load], limits: Load, levels: Sequence[int]
) -> list[list[int]] | None:
    """The orders (each its bins, its load and its level: two levels never share a cart) by their numbers as they share carts; one that is
    too much for a cart goes alone. None where the floor is not drawn, nothing was compiled yet, or there are too many."""
    known = {bin for some in bins for bin in some}
    if not 1 < len(bins) <= _MOST_ORDERS or len(known) > _MOST_BINS or not compiled.is_warm():
        return None
    floor = floor_of(w.db, w.site, known)
    if floor is None:
        return None
    walk = floor_walk(floor.layout, bins, floor.depots).walk
    found = plan(walk, loads, limits, levels, Effort(seconds=0.0, moves=_moves(walk)))
    return [*(list(batch.orders) for batch in found.batches), *([order] for order in found.unfit)]


def _moves(walk: Walk) -> int:
    """For each order."""
    return (_MATRIX_MOVES if walk.method == MATRIX else _BLOCK_MOVES) // walk.orders
