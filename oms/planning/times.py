"""Minutes from metres, stops, picks and units, and what each of them takes here, learned from how long people took. Called by the plans,
and by the action that reads the facts.

Learning is a regression that one long break does not move: gaps far from what is expected weigh little, the usual values weigh as much as
some dozens of gaps, and no value leaves the bounds of what people can do.
"""

from collections.abc import Mapping
from dataclasses import astuple, dataclass
from types import MappingProxyType
from typing import Final

import numpy as np

from oms.planning.compiled import Floats


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds: for a metre walked, to begin at a bin, for a pick, for each unit of it, and to begin a tote or trip."""

    metre_s: float = 0.85
    bin_s: float = 4.0
    pick_s: float = 4.0
    unit_s: float = 1.2
    tote_s: float = 30.0

    def seconds(self, metres: float, bins: int = 0, picks: int = 0, units: int = 0, totes: int = 0) -> float:
        """How long that takes."""
        return (
            metres * self.metre_s + bins * self.bin_s + picks * self.pick_s + units * self.unit_s + totes * self.tote_s
        )


#: Columns of what is learned from, in the order of the fields of `Times`.
METRES, BINS, PICKS, UNITS, TOTES = range(5)
USUAL: Final = Times()
#: Nobody is quicker or slower than this.
BOUNDS: Final[Mapping[str, tuple[float, float]]] = MappingProxyType(
    {"metre_s": (0.4, 3.0), "bin_s": (0.0, 60.0), "pick_s": (0.5, 90.0), "unit_s": (0.0, 30.0), "tote_s": (0.0, 300.0)}
)
#: Longer gaps are breaks; fewer say nothing.
LONGEST_S: Final = 600.0
FEWEST: Final = 30
#: How many gaps the usual values weigh.
_WEIGHT: Final = 25.0
_ROUNDS: Final = 30


def learned(gaps: Floats, seconds: Floats, usual: Times = USUAL) -> Times:
    """The times that explain the gaps best: each row of `gaps` says how many metres, bins, picks, units and totes lay between two facts,
    `seconds` how long it took. `usual` where fewer than `FEWEST` gaps are sound; a column that was always 0 stays as usual. ValueError for
    arrays of other shapes."""
    if gaps.ndim != 2 or gaps.shape[1] != len(BOUNDS) or len(seconds) != len(gaps):
        raise ValueError("a row of five for each gap")
    with np.errstate(invalid="ignore"):
        sound = np.isfinite(gaps).all(axis=1) & (gaps >= 0).all(axis=1) & (seconds > 0) & (seconds <= LONGEST_S)
    gaps, seconds = gaps[sound], seconds[sound]
    if len(gaps) < FEWEST:
        return usual
    low, high = np.array(list(BOUNDS.values())).T
    first = np.clip(np.array(astuple(usual)), low, high)
    found = first.copy()
    weights = np.ones(len(gaps))
    pull = _WEIGHT * np.square(gaps).mean(axis=0) + 1e-9
    for _ in range(_ROUNDS):
        found = _bounded(gaps, seconds, weights, first, pull, low, high, found)
        # A gap twice as far off as most weighs half as much: Huber's weights.
        off = np.abs(seconds - gaps @ found)
        scale = 1.5 * max(float(np.median(off)), 0.5)
        weights = np.minimum(1.0, scale / np.maximum(off, 1e-9))
    return Times(*(round(float(one), 3) for one in found))


def _bounded(
    gaps: Floats,
    seconds: Floats,
    weights: Floats,
    first: Floats,
    pull: Floats,
    low: Floats,
    high: Floats,
    found: Floats,
) -> Floats:
    """Least squares within bounds, drawn to `first`: one value after the other until nothing moves."""
    square = (gaps * weights[:, None]).T @ gaps + np.diag(pull)
    target = gaps.T @ (weights * seconds) + pull * first
    found = found.copy()
    for _ in range(200):
        before = found.copy()
        for n in range(len(found)):
            rest = target[n] - square[n] @ found + square[n, n] * found[n]
            found[n] = min(max(rest / square[n, n], low[n]), high[n])
        if np.abs(found - before).max() < 1e-6:
            break
    return found
