"""Recognises a floor that is one block of parallel aisles between two cross-aisles, for which the shortest tour is known exactly. Called
once a floor; whatever does not fit is a floor like any other."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from oms.planning.compiled import Floats
from oms.planning.layout import Layout

#: Less than this many metres is no difference.
_SLIGHT = 0.001


@dataclass(frozen=True, slots=True)
class Rectangle:
    """One block: `long` metres of aisle, `steps[a]` metres from aisle a to the next one (one fewer than aisles). Of every place the aisle
    it lies in, and the metres from the front."""

    long: float
    steps: tuple[float, ...]
    aisles: tuple[int, ...]
    deep: tuple[float, ...]


def recognised(layout: Layout) -> Rectangle | None:
    """The block that the floor is; None when it is none: then its aisles are crossed, closed, one-way, of unlike length or not parallel."""
    if layout.one_way.any() or layout.blocked.any() or layout.lost:
        return None
    for across, up in ((layout.x, layout.y), (layout.y, layout.x)):
        found = _upright(layout, across, up)
        if found is not None:
            return found
    return None


def _upright(layout: Layout, across: Floats, up: Floats) -> Rectangle | None:
    """Of aisles that run along `up`."""
    starts, ends = layout.starts, layout.ends
    wide, high = np.abs(across[ends] - across[starts]), np.abs(up[ends] - up[starts])
    if (np.minimum(wide, high) > _SLIGHT).any() or (np.abs(wide + high - layout.lengths) > _SLIGHT).any():
        return None
    crossings = len(layout.first) - 1
    low, top = float(up[:crossings].min()), float(up[:crossings].max())
    columns = _distinct(across[:crossings])
    level = high <= _SLIGHT
    at = np.minimum(up[starts], up[ends])
    if (level & (np.abs(at - low) > _SLIGHT) & (np.abs(at - top) > _SLIGHT)).any() or top - low <= _SLIGHT:
        return None
    left = np.minimum(across[starts], across[ends])
    for edge in (low, top):
        on_edge = level & (np.abs(at - edge) <= _SLIGHT)
        if not _joined(left[on_edge], wide[on_edge], columns[0], columns[-1]):
            return None
    for column in columns:
        in_aisle = ~level & (np.abs(left - column) <= _SLIGHT)
        if not _joined(at[in_aisle], high[in_aisle], low, top):
            return None
    foot_across, foot_up = (_feet(layout, axis) for axis in (across, up))
    away = np.abs(foot_across[:, None] - np.array(columns)[None, :])
    if (away.min(axis=1) > _SLIGHT).any():
        return None
    aisles, deep = away.argmin(axis=1), foot_up - low
    steps = tuple(float(b - a) for a, b in pairwise(columns))
    return Rectangle(top - low, steps, tuple(map(int, aisles)), tuple(float(one) for one in deep))


def _feet(layout: Layout, axis: Floats) -> Floats:
    """Where each place lies along an axis, seen from its path."""
    on = np.maximum(layout.on, 0)
    ends = axis[layout.ends[on]] - axis[layout.starts[on]]
    share = layout.along / np.maximum(layout.lengths[on], _SLIGHT)
    return np.where(layout.on < 0, axis, axis[layout.starts[on]] + share * ends)


def _distinct(values: Floats) -> list[float]:
    found: list[float] = []
    for value in np.sort(values):
        if not found or value - found[-1] > _SLIGHT:
            found.append(float(value))
    return found


def _joined(begins: Floats, lengths: Floats, low: float, high: float) -> bool:
    """Whether pieces cover [low, high] end to end, none twice."""
    at = low
    for n in np.argsort(begins, kind="stable"):
        if abs(begins[n] - at) > _SLIGHT:
            return False
        at += lengths[n]
    return abs(at - high) <= _SLIGHT
