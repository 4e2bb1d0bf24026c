"""From a plan to its picture: which units are in, which goes in next, and what hides what. Pure. Called by `services.pack_carton`."""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache

Size = tuple[int, int, int]
#: A unit's corner nearest to the origin and its sides.
Cuboid = tuple[Size, Size]


@lru_cache(maxsize=32)
def back_to_front(cuboids: tuple[Cuboid, ...]) -> tuple[int, ...]:
    """The order in which cuboids that do not overlap are drawn, seen from where all three axes point: each after all it can hide.

    No such order exists where they hide each other in a ring; then the farthest of the ring goes first.
    """
    behind = [[n for n, other in enumerate(cuboids) if n != m and _hides(one, other)] for m, one in enumerate(cuboids)]
    waits = [len(some) for some in behind]
    hiders: list[list[int]] = [[] for _ in cuboids]
    for m, some in enumerate(behind):
        for n in some:
            hiders[n].append(m)
    left = set(range(len(cuboids)))
    drawn: list[int] = []
    while left:
        free = [n for n in left if not waits[n]]
        one = min(free or _ring(behind, left), key=lambda n: (_depth(cuboids[n]), n))
        left.remove(one)
        drawn.append(one)
        for hider in hiders[one]:
            waits[hider] -= 1
    return tuple(drawn)


def _ring(behind: Sequence[Sequence[int]], left: set[int]) -> list[int]:
    """Of units that all wait for another one, those of a ring that waits for nothing but itself."""
    reached = {n: _waited_for(n, behind, left) for n in left}
    least = min(map(len, reached.values()))
    return [n for n in left if len(reached[n]) == least]


def _waited_for(one: int, behind: Sequence[Sequence[int]], left: set[int]) -> set[int]:
    found: set[int] = set()
    ahead = [one]
    while ahead:
        news = {n for n in behind[ahead.pop()] if n in left} - found
        found |= news
        ahead += news
    return found


def _hides(front: Cuboid, back: Cuboid) -> bool:
    """Whether `front` lies wholly on the viewer's side of `back` along an axis, and not behind it along another."""
    before = any(front[0][axis] >= back[0][axis] + back[1][axis] for axis in range(3))
    after = any(back[0][axis] >= front[0][axis] + front[1][axis] for axis in range(3))
    return before and not after


def _depth(one: Cuboid) -> int:
    return sum(one[0]) * 2 + sum(one[1])


def inside(skus: Sequence[str], packed: Mapping[str, int]) -> frozenset[int]:
    """The places of units (their `skus` in the order of laying) that are in: of each item the first so many."""
    seen: Counter[str] = Counter()
    found = []
    for n, sku in enumerate(skus):
        seen[sku] += 1
        if seen[sku] <= packed.get(sku, 0):
            found.append(n)
    return frozenset(found)


def following(skus: Sequence[str], done: frozenset[int], in_hand: str | None) -> int | None:
    """The place of the next unit: the first one of the item in hand, else the first at all; None when all are in."""
    left = [n for n in range(len(skus)) if n not in done]
    return next((n for n in left if skus[n] == in_hand), left[0] if left else None)


def follows(planned: Mapping[str, int], packed: Mapping[str, int], *, whole: bool) -> bool:
    """Whether the parcel is being packed as planned: nothing in it that is not in the plan, and when `whole`, all of it."""
    if any(qty > planned.get(sku, 0) for sku, qty in packed.items()):
        return False
    return not whole or all(packed.get(sku, 0) == qty for sku, qty in planned.items())
