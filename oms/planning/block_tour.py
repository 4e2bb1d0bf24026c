"""The way of a shortest tour through one block: the stops in the order in which the picker comes by. Called once for each batch of a plan.

The same steps as `single_block._optimal`, with what led to each state kept, so that the edges can be walked afterwards.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from oms.planning.single_block import Block, Pick

#: The open ends of a part tour in an aisle, top and bottom: both odd; top only; bottom only; both even in one piece; in two; nothing yet.
ODD, TOP, BOTTOM, ONE, TWO, NONE = "odd", "top", "bottom", "one", "two", "none"

_SAME: Final = {state: state for state in (ODD, ONE, TWO)}
#: What walking an aisle in one way makes of each state: through once, through and back, from the top, from the bottom, from both ends.
_AISLE: Final = {
    "through": {TOP: ODD, BOTTOM: ODD, ONE: ODD, TWO: ODD, NONE: ODD, ODD: ONE},
    "twice": {TOP: ONE, BOTTOM: ONE, TWO: ONE, NONE: ONE},
    "top": {**_SAME, TOP: TOP, BOTTOM: TWO, NONE: TOP},
    "bottom": {**_SAME, TOP: TWO, BOTTOM: BOTTOM, NONE: BOTTOM},
    "both": {**_SAME, TOP: TWO, BOTTOM: TWO, NONE: TWO},
}
#: Edges along the top and the bottom to the next aisle, and what they make of each state.
_ACROSS: Final = {
    (1, 1): {ODD: ODD},
    (2, 0): {ONE: TOP, TOP: TOP},
    (0, 2): {ONE: BOTTOM, BOTTOM: BOTTOM, NONE: BOTTOM},
    (2, 2): {ONE: ONE, TWO: TWO, TOP: TWO, BOTTOM: TWO, NONE: TWO},
}

Node = tuple[int, int]
#: Metres of the best part tour in a state, the state before it, and the edges that were added.
_Step = tuple[float, str, list[tuple[Node, Node, int]]]


@dataclass(frozen=True, slots=True)
class BlockTour:
    """Metres from the depot and back, and every distinct pick once, in the order of the way."""

    metres: float
    stops: tuple[Pick, ...]


def block_tour(block: Block, picks: Sequence[Pick]) -> BlockTour:
    """A shortest tour over the picks. The same picks give the same way."""
    if not picks:
        return BlockTour(0.0, ())
    places: dict[int, list[float]] = defaultdict(list)
    for aisle, metres in sorted(set(picks)):
        places[aisle].append(metres)
    first, last = min(*places, block.depot), max(*places, block.depot)
    table: list[dict[str, _Step]] = [{NONE: (0.0, NONE, [])}]
    for aisle in range(first, last + 1):
        table.append(_walked(block, aisle, places.get(aisle, []), table[-1]))
        if aisle < last:
            table.append(_crossed(block, aisle, table[-1]))
    state = min((s for s in (TOP, BOTTOM, ONE) if _ends(s, block, last, table[-1])), key=lambda s: table[-1][s][0])
    metres, edges = table[-1][state][0], []
    for layer in reversed(table[1:]):
        _, state, added = layer[state]
        edges += added
    return BlockTour(metres, tuple(_seen(edges, places, (block.depot, 0))))


def _ends(state: str, block: Block, last: int, layer: dict[str, _Step]) -> bool:
    return state in layer and not (state == TOP and last == block.depot)


def _keep(layer: dict[str, _Step], state: str, step: _Step) -> None:
    if state not in layer or step[0] < layer[state][0]:
        layer[state] = step


def _walked(block: Block, aisle: int, places: Sequence[float], before: dict[str, _Step]) -> dict[str, _Step]:
    heights = [0.0, *places, block.long]
    after: dict[str, _Step] = {}
    if not places:
        after = {state: (step[0], state, []) for state, step in before.items()}
    for way, edges in _ways(aisle, heights):
        cost = sum(times * (heights[high] - heights[low]) for (_, low), (_, high), times in edges)
        for state, step in before.items():
            if state in _AISLE[way]:
                _keep(after, _AISLE[way][state], (step[0] + cost, state, edges))
    return after


def _ways(aisle: int, heights: Sequence[float]) -> Iterator[tuple[str, list[tuple[Node, Node, int]]]]:
    back = len(heights) - 1
    steps = [((aisle, place), (aisle, place + 1)) for place in range(back)]
    yield "through", [(low, high, 1) for low, high in steps]
    yield "twice", [(low, high, 2) for low, high in steps]
    if back == 1:
        return
    yield "top", [(low, high, 2) for low, high in steps[1:]]
    yield "bottom", [(low, high, 2) for low, high in steps[:-1]]
    if back > 2:
        gap = max(range(1, back - 1), key=lambda place: heights[place + 1] - heights[place])
        yield "both", [(low, high, 2) for place, (low, high) in enumerate(steps) if place != gap]


def _crossed(block: Block, aisle: int, before: dict[str, _Step]) -> dict[str, _Step]:
    after: dict[str, _Step] = {}
    for (top, bottom), becomes in _ACROSS.items():
        edges = [((aisle, end), (aisle + 1, end), times) for end, times in ((0, bottom), (-1, top)) if times]
        cost = (top + bottom) * block.steps[aisle]
        for state, step in before.items():
            # The depot lies at the bottom here: the tour may not leave it aside.
            if state not in becomes or (aisle == block.depot and bottom == 0 and state != ONE):
                continue
            _keep(after, becomes[state], (step[0] + cost, state, edges))
    return after


def _seen(edges: Sequence[tuple[Node, Node, int]], places: dict[int, list[float]], depot: Node) -> Iterator[Pick]:
    # The circle through all edges, by Hierholzer; a stop is where it is come by first.
    ways: dict[Node, list[Node]] = defaultdict(list)
    for one, other, times in edges:
        ends = [_node(node, places) for node in (one, other)]
        for _ in range(times):
            ways[ends[0]].append(ends[1])
            ways[ends[1]].append(ends[0])
    circle, path = [], [depot]
    while path:
        here = path[-1]
        if ways[here]:
            there = ways[here].pop()
            ways[there].remove(here)
            path.append(there)
        else:
            circle.append(path.pop())
    for aisle, place in dict.fromkeys(circle):
        if 0 < place <= len(places.get(aisle, [])):
            yield aisle, places[aisle][place - 1]


def _node(node: Node, places: dict[int, list[float]]) -> Node:
    # The back end of an aisle is the place behind its last pick.
    aisle, place = node
    return (aisle, len(places.get(aisle, [])) + 1) if place < 0 else node
