"""Draws the benchmarks' ratios as an SVG: for each the instances from best to worst, so that the tail is seen. Called by the command."""

from collections.abc import Sequence
from html import escape

from tools.bench_planning._measure import Result

_WIDE, _HIGH, _LEFT, _TOP = 640, 96, 150, 24


def drawing(results: Sequence[Result]) -> str:
    """One strip a benchmark, all on the scale of its own worst ratio."""
    high = _TOP + _HIGH * len(results)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_LEFT + _WIDE + 90}" height="{high}" font-family="sans-serif" font-size="11">',
        '<rect width="100%" height="100%" fill="white"/>',
        f'<text x="{_LEFT}" y="14">ratio to the best known value, instances from best to worst</text>',
    ]
    for place, result in enumerate(results):
        parts += _strip(result, _TOP + place * _HIGH)
    return "\n".join([*parts, "</svg>\n"])


def _strip(result: Result, top: float) -> list[str]:
    ratios = sorted(result.ratios)
    low, high = min(1.0, ratios[0]), max(ratios[-1], 1.001)
    base, room = top + _HIGH - 20, _HIGH - 30

    def height(ratio: float) -> float:
        return base - room * (ratio - low) / (high - low)

    step = _WIDE / max(1, len(ratios) - 1)
    points = " ".join(f"{_LEFT + step * n:.1f},{height(ratio):.1f}" for n, ratio in enumerate(ratios))
    even = height(1.0)
    return [
        f'<text x="8" y="{base:.1f}">{escape(result.name)}</text>',
        f'<line x1="{_LEFT}" y1="{even:.1f}" x2="{_LEFT + _WIDE}" y2="{even:.1f}" stroke="#bbb"/>',
        f'<polyline points="{points}" fill="none" stroke="#0a6" stroke-width="1.5"/>',
        f'<text x="{_LEFT + _WIDE + 6}" y="{base - room + 4:.1f}">{high:.4f}</text>',
        f'<text x="{_LEFT + _WIDE + 6}" y="{base + 4:.1f}">{low:.4f}</text>',
    ]
