"""A step that comes up on the way, such as goods to put back, goes to where it lengthens the rest of the walk least. Called by whoever
holds a walk that has begun."""

import numpy as np

from oms.planning.compiled import Floats, Ints, kernel


def inserted(distances: Floats, walk: Ints, extra: Ints) -> tuple[Ints, Floats]:
    """`walk` (places of the matrix, from where the picker is to where it ends; its order stays) with every place of `extra` in it, and
    what each of them adds, in their order, in the matrix's unit. Of several the one that adds least goes first; of equal spots the last,
    for what can wait may be taken along. ValueError for a walk that has no end, KeyError never: places are numbers of the matrix."""
    if len(walk) < 2:
        raise ValueError("a walk leads from somewhere to somewhere")
    return _inserted(distances, walk.astype(np.int64), extra.astype(np.int64))


@kernel
def _inserted(distances: Floats, walk: Ints, extra: Ints) -> tuple[Ints, Floats]:
    count = len(walk)
    made = np.empty(count + len(extra), dtype=np.int64)
    made[:count] = walk
    added = np.full(len(extra), -1.0)
    for _ in range(len(extra)):
        best, one, spot = np.inf, -1, count - 2
        for n in range(len(extra)):
            if added[n] >= 0:
                continue
            if one < 0:
                one = n
            for at in range(count - 1):
                more = (
                    distances[made[at], extra[n]]
                    + distances[extra[n], made[at + 1]]
                    - distances[made[at], made[at + 1]]
                )
                if more < best or (more == best and one == n):
                    best, one, spot = more, n, at
        for at in range(count - 1, spot, -1):
            made[at + 1] = made[at]
        made[spot + 1] = extra[one]
        added[one] = max(best, 0.0)
        count += 1
    return made, added


def warm() -> None:
    """Compiles what is here."""
    inserted(np.zeros((3, 3)), np.array([0, 1]), np.array([2]))
