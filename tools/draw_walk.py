"""Draws `docs/planning-walk.svg`: the same stops in the order of their bins and as planned. `python -m tools.draw_walk [FILE]`."""

import random
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from oms.planning.layout import Layout, Point, laid_out
from oms.planning.layout import Path as Way
from oms.planning.routes import Stop, route

_AISLES, _LEVELS, _STOPS, _SEED = 12, (0.0, 18.0, 36.0, 54.0), 36, 7
_PITCH, _SCALE, _EDGE = 4.0, 8.0, 24.0


def hall() -> tuple[Layout, list[str]]:
    """Three blocks of twelve aisles, the third one walked upwards only, and where something is to be picked, in the order of the bins."""
    draw = random.Random(_SEED)
    columns = [n * _PITCH for n in range(_AISLES)]
    crossings = [Point(f"{x}/{y}", x, y) for x in columns for y in _LEVELS]
    ways = [Way(f"{x}/{a}", f"{x}/{b}", one_way=x == columns[2]) for x in columns for a, b in pairwise(_LEVELS)]
    ways += [Way(f"{a}/{y}", f"{b}/{y}") for y in _LEVELS for a, b in pairwise(columns)]
    spots = sorted((draw.randrange(_AISLES), round(draw.uniform(1, 53), 1)) for _ in range(_STOPS))
    bins = [Point(f"{n:02d}", aisle * _PITCH + draw.choice((-1, 1)), y) for n, (aisle, y) in enumerate(spots)]
    return laid_out(crossings, ways, bins), [bin.code for bin in bins]


def drawing() -> str:
    """Both walks side by side, with their metres."""
    layout, bins = hall()
    depot = f"0.0/{_LEVELS[0]}"
    found = route(layout, [Stop(code) for code in bins], [depot])
    walks = [("in the order of the bins", bins), ("as planned", [bins[n] for n in found.order])]
    wide = _EDGE * 2 + (_AISLES - 1) * _PITCH * _SCALE
    high = _EDGE * 2 + _LEVELS[-1] * _SCALE + 20
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{2 * wide:.0f}" height="{high:.0f}" font-family="sans-serif" font-size="13">',
        f'<rect width="{2 * wide:.0f}" height="{high:.0f}" fill="white"/>',
    ]
    for place, (name, order) in enumerate(walks):
        walk = layout.numbers([depot, *order, depot])
        parts.append(f'<g transform="translate({place * wide + _EDGE:.0f} {high - _EDGE:.0f}) scale(1 -1)">')
        parts += _floor(layout) + _walk(layout, [int(n) for n in walk])
        parts.append("</g>")
        parts.append(f'<text x="{place * wide + _EDGE:.0f}" y="18">{layout.legs(walk).sum():.0f} m {name}</text>')
    return "\n".join([*parts, "</svg>\n"])


def _line(points: Sequence[tuple[float, float]], style: str) -> str:
    at = " ".join(f"{x * _SCALE:.1f},{y * _SCALE:.1f}" for x, y in points)
    return f'<polyline points="{at}" fill="none" {style}/>'


def _floor(layout: Layout) -> list[str]:
    lines = []
    for start, end, one_way in zip(layout.starts, layout.ends, layout.one_way, strict=True):
        ends = [(layout.x[n], layout.y[n]) for n in (start, end)]
        lines.append(_line(ends, f'stroke="{"#f3c27a" if one_way else "#dfe4ea"}" stroke-width="9"'))
    return lines


def _walk(layout: Layout, walk: Sequence[int]) -> list[str]:
    points = [point for a, b in pairwise(walk) for point in layout.way(a, b)]
    dots = [
        f'<circle cx="{layout.x[n] * _SCALE:.1f}" cy="{layout.y[n] * _SCALE:.1f}" r="{7 if place == 0 else 3.5}" '
        f'fill="{"#1b2a41" if place == 0 else "#d1495b"}"/>'
        for place, n in enumerate(walk[:-1])
    ]
    return [_line(points, 'stroke="#0b7a75" stroke-width="2" stroke-linejoin="round"'), *dots]


if __name__ == "__main__":
    Path(sys.argv[1] if len(sys.argv) > 1 else "docs/planning-walk.svg").write_text(drawing(), encoding="utf-8")
