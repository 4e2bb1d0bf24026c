"""How demand of an item comes: how often, and how different the amounts are."""

import numpy as np

from oms.forecast.codes import Shape
from oms.forecast.known import Floats, count, total

#: Syntetos, Boylan & Croston (2005): above, demand is rare; above, amounts differ.
RARE, UNLIKE = 1.32, 0.49
#: Known periods under which an item is new.
FEW = 8


def intervals(x: Floats) -> Floats:
    """Known periods per period with demand (ADI), per item; infinite without demand."""
    asked = np.sum(x > 0, axis=1)
    return np.asarray(np.where(asked > 0, count(x) / np.maximum(asked, 1), np.inf))


def unlikeness(x: Floats) -> Floats:
    """The squared coefficient of variation of amounts that are not zero (CV2), per item; 0 for fewer than two of them."""
    asked = np.maximum(np.sum(x > 0, axis=1), 1)
    middle = total(x) / asked
    squares = total(np.where(x > 0, (x - middle[:, None]) ** 2, 0.0)) / asked
    return np.asarray(np.where(middle > 0, squares / np.where(middle > 0, middle, 1.0) ** 2, 0.0))


def shapes(x: Floats, few: int = FEW) -> list[Shape]:
    """The class of each item."""
    rare, unlike = intervals(x) > RARE, unlikeness(x) > UNLIKE
    known, asked = count(x), np.sum(x > 0, axis=1)
    return [
        Shape.NEW
        if known[n] < few
        else Shape.NONE
        if asked[n] == 0
        else (Shape.LUMPY if unlike[n] else Shape.INTERMITTENT)
        if rare[n]
        else (Shape.ERRATIC if unlike[n] else Shape.SMOOTH)
        for n in range(len(x))
    ]


def sizes(x: Floats, prior: float = 3.0, typical: float | None = None) -> Floats:
    """How much variance a unit of demand brings because units come together: E[amount^2] / E[amount], per item, drawn towards all items' by
    as much as `prior` demands would, or towards `typical`. 1 where every demand is for one unit."""
    amounts = np.where(x > 0, x, 0.0)
    squares, units = (amounts**2).sum(axis=1), amounts.sum(axis=1)
    middle = typical_size(x) if typical is None else typical
    return np.asarray((squares + prior * middle) / (units + prior))


def typical_size(x: Floats) -> float:
    """Of all items the median, or one that sells by the pallet would speak for everybody; 1 without demand."""
    amounts = np.where(x > 0, x, 0.0)
    squares, units = (amounts**2).sum(axis=1), amounts.sum(axis=1)
    return float(np.median(squares[units > 0] / units[units > 0])) if np.any(units > 0) else 1.0
