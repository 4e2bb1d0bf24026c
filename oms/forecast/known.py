"""Sums and means over what is known of series: arrays [items, periods] in which NaN stands for what nobody knows (an item that was not
there yet, a shelf that was empty so that nobody could ask)."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]


def count(x: Floats) -> Ints:
    """Known periods per item."""
    return np.asarray(np.sum(~np.isnan(x), axis=1, dtype=np.int64))


def total(x: Floats) -> Floats:
    """What is known, summed per item."""
    return np.asarray(np.where(np.isnan(x), 0.0, x).sum(axis=1))


def mean(x: Floats) -> Floats:
    """Per known period and item; 0 where nothing is known."""
    return np.asarray(total(x) / np.maximum(count(x), 1))
