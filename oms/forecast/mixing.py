"""Which method, and what of each: learned from how wrong each would have been, from points in the history on (rolling origins).

Weights are learned for many items together, never for one: a weight below 1 in sum is the damped trend of the assortment, a weight on
`pool` draws items towards what all ask for. Arrays as in `known`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from oms.forecast.codes import Method, Shape
from oms.forecast.known import Bools, Floats, Ints, count, mean
from oms.forecast.methods import CHOSEN_FROM, MIXED, levels
from oms.forecast.shapes import FEW, shapes

#: Rows (items at origins) under which a class is not judged by itself.
_LEAST_ROWS: Final = 200
_MOST_ORIGINS: Final = 5
_ROUNDS: Final = 1500


@dataclass(frozen=True, slots=True)
class Past:
    """One origin: what each method said then of the mean period of the horizon, and what it came to; rows are items that were known for
    long enough and wholly known in the horizon. Classes are those of then: one that knew what came would be half the answer."""

    origin: int
    items: Ints
    shapes: tuple[Shape, ...]
    said: Mapping[Method, Floats]
    came: Floats
    #: One over the variance that a row's error has by itself.
    weight: Floats


@dataclass(frozen=True, slots=True)
class Choice:
    """What is used for a class: the weight of each method (one method with 1, or a mix), and each candidate's error: root of the mean
    weighted square, as a share of the historic mean's."""

    method: Method
    weights: Mapping[Method, float]
    errors: Mapping[Method, float]


def origins(periods: int, horizon: int) -> list[int]:
    """Points in the history, the latest first; none where it is too short for one."""
    last, first = periods - horizon, max(FEW, periods // 3)
    step = max(1, min(horizon // 4, (last - first) // _MOST_ORIGINS or 1))
    return list(range(last, first - 1, -step))[:_MOST_ORIGINS] if last >= first else []


def past(x: Floats, origin: int, horizon: int) -> Past:
    """What would have been said at an origin."""
    before, after = x[:, :origin], x[:, origin : origin + horizon]
    good = (count(before) >= FEW) & ~np.isnan(after).any(axis=1)
    said = {name: level[good] for name, level in levels(before).items()}
    typical = float(mean(before[good]).mean()) if good.any() else 1.0
    # Demand of a slow item varies as much as its mean; half a typical item keeps rows without demand from weighing everything.
    weight = 1 / (said[Method.SES] + max(typical / 2, 1e-9))
    return Past(origin, np.flatnonzero(good), tuple(shapes(before[good])), said, after[good].mean(axis=1), weight)


def choose(pasts: Sequence[Past], rows: Sequence[Bools]) -> Choice:
    """The best for the `rows` of each origin. A mix is judged at each origin by weights from the others."""
    parts = [part for part in (_part(one, mine) for one, mine in zip(pasts, rows, strict=True)) if len(part.came)]
    if not parts:
        return Choice(Method.SES, {Method.SES: 1.0}, {})
    squares: dict[Method, float] = {name: sum(_square(one, one.said[name]) for one in parts) for name in CHOSEN_FROM}
    if len(parts) > 1:
        held = [_mixed(one.said, _weights([other for other in parts if other is not one])) for one in parts]
        squares[Method.MIX] = sum(_square(one, said) for one, said in zip(parts, held, strict=True))
    base = squares[Method.MEAN] or 1.0
    errors = {name: float(np.sqrt(square / base)) for name, square in squares.items()}
    method: Method = min(squares, key=lambda name: (squares[name], name))
    weights: Mapping[Method, float] = _weights(parts) if method is Method.MIX else {method: 1.0}
    return Choice(method, weights, errors)


def choices(pasts: Sequence[Past]) -> dict[Shape, Choice]:
    """Per class that has enough items its own choice; `Shape.NEW` has that of all items, for classes without one."""
    everything = choose(pasts, [np.ones(len(one.came), dtype=bool) for one in pasts])
    found = {Shape.NEW: everything}
    for kind in (Shape.SMOOTH, Shape.ERRATIC, Shape.INTERMITTENT, Shape.LUMPY, Shape.NONE):
        rows = [np.array([one is kind for one in past.shapes], dtype=bool) for past in pasts]
        if sum(int(mine.sum()) for mine in rows) >= _LEAST_ROWS:
            found[kind] = choose(pasts, rows)
    return found


def level(said: Mapping[Method, Floats], choice: Choice) -> Floats:
    """What a choice makes of the methods' levels."""
    return _mixed(said, choice.weights)


def credible(x: Floats) -> float:
    """How many known periods of an item weigh as much as what is known of its like (Buehlmann): the variance within items beside that
    between them."""
    known = count(x) >= FEW
    if known.sum() < 2:
        return float(FEW)
    there, middles, periods = x[known], mean(x[known]), count(x[known])
    within = float((np.where(np.isnan(there), 0.0, (there - middles[:, None]) ** 2).sum(axis=1) / (periods - 1)).mean())
    between = float(middles.var(ddof=1)) - within / float(periods.mean())
    return float(np.clip(within / max(between, 1e-9), 1.0, 10 * FEW))


def _part(one: Past, mine: Bools) -> Past:
    kinds = tuple(kind for kind, good in zip(one.shapes, mine, strict=True) if good)
    return Past(
        one.origin,
        one.items[mine],
        kinds,
        {name: said[mine] for name, said in one.said.items()},
        one.came[mine],
        one.weight[mine],
    )


def _square(one: Past, said: Floats) -> float:
    return float((one.weight * (said - one.came) ** 2).sum())


def _mixed(said: Mapping[Method, Floats], weights: Mapping[Method, float]) -> Floats:
    return np.asarray(sum(weight * said[name] for name, weight in weights.items()))


def _weights(parts: Sequence[Past]) -> dict[Method, float]:
    """Weights of at least 0 with the least weighted square: by multiplying, which cannot leave what is allowed (Lee & Seung 2001)."""
    root = np.sqrt(np.concatenate([one.weight for one in parts]))
    told = np.column_stack([np.concatenate([one.said[name] for one in parts]) for name in MIXED]) * root[:, None]
    came = np.concatenate([one.came for one in parts]) * root
    square, towards = told.T @ told, told.T @ came
    # A little of each, or methods that say the same would fight over it.
    square += np.eye(len(MIXED)) * 1e-6 * (np.trace(square) / len(MIXED) or 1.0)
    weights = np.full(len(MIXED), 1 / len(MIXED))
    for _ in range(_ROUNDS):
        weights = weights * towards / np.maximum(square @ weights, 1e-12)
    return {name: round(float(one), 6) for name, one in zip(MIXED, weights, strict=True) if one > 1e-4}
