"""What a parcel should weigh, how far it may be off, and what is most likely wrong when it is. Grams throughout. Called by
`services.pack_weight`; `flows.pack` decides by it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from itertools import combinations
from math import ceil, exp, pi, sqrt
from typing import Final

#: A parcel of learned items is taken within so many sigma: one good parcel in three hundred is asked about.
SIGMAS: Final = 2.95
#: How often each kind of mistake is made, of all parcels that are off, before anything is weighed.
_MISSING: Final = 0.37
_EXTRA: Final = 0.27
_SWAPPED: Final = 0.06
_TWO: Final = 0.05
#: Cartons are scanned.
_CARTON: Final = 0.03
_FILLING: Final = 0.10
_ELSE: Final = 0.12
#: Of extra units, those that are a second one of what is in the parcel; the others are from what lies nearby.
_OWN_EXTRA: Final = 0.7
#: Filling that was forgotten or doubled strays so far (sigma).
_FILLING_G: Final = 25.0
#: What else may lie on the scale, or keep the parcel from lying on it: anything up to this.
_ELSE_G: Final = 4000.0
#: An explanation less likely than this is not told, and no more than so many are.
_LEAST: Final = 0.03
_MOST: Final = 3
#: Two mistakes at once are thought of in parcels of up to so many different items.
_PAIRS_UP_TO: Final = 24


class CauseKind(StrEnum):
    """What may be wrong with a parcel."""

    MISSING = "missing"
    EXTRA = "extra"
    #: One unit of `sku` is missing and one of `other` is there in its place.
    SWAPPED = "swapped"
    MISSING_TWO = "missing_two"
    EXTRA_TWO = "extra_two"
    CARTON = "carton"
    FILLING = "filling"
    ELSE = "else"


@dataclass(frozen=True, slots=True)
class Cause:
    """One explanation: what happened to `sku` (and `other`), or which `carton` it was, and how likely that is."""

    kind: CauseKind
    percent: int
    sku: str = ""
    other: str = ""
    carton: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What one unit weighs: `mean`, how far single units stray, and how far the mean may be off (sigma). `learned`: from parcels that
    were weighed, else by master data."""

    mean: float
    spread: float = 0.0
    error: float = 0.0
    learned: bool = False


def stated(grams: int, least_spread: float = 0.3) -> Known:
    """One unit as master data state it: what they are usually off by, and what single units usually stray."""
    return Known(float(grams), max(least_spread, 0.015 * grams), 0.02 * grams)


def units_on(grams: Decimal, each: Known, division: float) -> int | None:
    """How many units of one item lie on a scale that shows `grams`, read in steps of `division` grams; None where that cannot be told:
    the weight is no whole number of units, or so many units might as well be one more or one less."""
    if each.mean <= 0 or grams <= 0:
        return None
    n = int((grams / Decimal(each.mean)).to_integral_value(ROUND_HALF_UP))
    stray = SIGMAS * sqrt(n * each.spread**2 + (n * each.error) ** 2) + division
    off = abs(float(grams) - n * each.mean)
    return n if n and off <= stray and stray + off < each.mean / 2 else None


@dataclass(frozen=True, slots=True)
class Content:
    """So many units of one item in a parcel."""

    sku: str
    qty: int
    known: Known


@dataclass(frozen=True, slots=True)
class Parcel:
    """A parcel whose weight can be said: what is in it, its carton with the filling, `nearby` items that may have slipped in, and the
    other cartons at hand by code."""

    content: tuple[Content, ...]
    carton: Known
    division: float = 1.0
    nearby: tuple[Content, ...] = ()
    cartons: tuple[tuple[str, Known], ...] = ()

    @property
    def mean(self) -> float:
        """What it should weigh."""
        return self.carton.mean + sum(part.qty * part.known.mean for part in self.content)

    @property
    def variance(self) -> float:
        """How far it may stray, squared: units, means, carton, and the step of the scale."""
        units = sum(part.qty * part.known.spread**2 + (part.qty * part.known.error) ** 2 for part in self.content)
        return units + self.carton.spread**2 + self.carton.error**2 + self.division**2 / 12

    @property
    def learned(self) -> bool:
        """Whether everything in it has been weighed often enough."""
        return self.carton.learned and all(part.known.learned for part in self.content)


@dataclass(frozen=True, slots=True)
class Check:
    """The weight that is expected and the tolerance around it. `expected` None: some item has never been weighed, so nothing can be
    said and any weight is taken. `parcel` is what explains a weight that is off."""

    expected: int | None
    tolerance: int
    parcel: Parcel | None = None

    def within(self, grams: int) -> bool:
        """Whether `grams` is as expected."""
        return self.expected is None or abs(grams - self.expected) <= self.tolerance

    def causes(self, grams: int) -> tuple[Cause, ...]:
        """What most likely made it `grams`, the likeliest first; empty when nothing can be said."""
        return explain(self.parcel, grams) if self.parcel is not None and self.expected is not None else ()


def check(parcel: Parcel | None, tolerance_g: int, permille: int) -> Check:
    """What a parcel should weigh; None: some item of it has no weight. Where all of it has been learned, its own variance is the
    tolerance; by master data alone it is the larger of the site's fixed and relative one."""
    if parcel is None:
        return Check(None, 0)
    expected = int(parcel.mean + 0.5)
    own = max(ceil(SIGMAS * sqrt(parcel.variance)), ceil(parcel.division))
    if parcel.learned:
        return Check(expected, own, parcel)
    return Check(expected, max(tolerance_g, -(-expected * permille // 1000)), parcel)


def explain(parcel: Parcel, grams: int) -> tuple[Cause, ...]:
    """Why a parcel that is off weighs `grams`, by Bayes over single mistakes, pairs of them, cartons and filling."""
    found = [(cause, prior * _density(grams - mean, variance)) for cause, prior, mean, variance in _hypotheses(parcel)]
    found.append((Cause(CauseKind.ELSE, 0), _ELSE / (2 * _ELSE_G)))
    total = sum(weight for _, weight in found)
    ranked = sorted(((weight / total, cause) for cause, weight in found), key=lambda one: -one[0])[:_MOST]
    return tuple(
        Cause(cause.kind, max(1, min(99, round(100 * share))), cause.sku, cause.other, cause.carton)
        for n, (share, cause) in enumerate(ranked)
        if share >= _LEAST or n == 0
    )


def whole_grams(grams: Decimal) -> int:
    """A reading in whole grams, halves up."""
    return int(grams.to_integral_value(ROUND_HALF_UP))


#: An explanation, how often it happens, and what the parcel then weighs (mean, variance).
_Hypothesis = tuple[Cause, float, float, float]


def _hypotheses(parcel: Parcel) -> Iterable[_Hypothesis]:
    inside = [part for part in parcel.content if part.qty]
    units = sum(part.qty for part in inside) or 1
    lacks = [(part, _MISSING * part.qty / units) for part in inside]
    foreign = len(parcel.nearby)
    own = _OWN_EXTRA if foreign else 1.0
    more = [(part, _EXTRA * own / max(1, len(inside))) for part in inside]
    more += [(part, _EXTRA * (1 - own) / foreign) for part in parcel.nearby]
    yield from _single(parcel, lacks, more)
    yield from _double(parcel, inside)
    yield from _packing(parcel)


_Weighted = Sequence[tuple[Content, float]]


def _single(parcel: Parcel, lacks: _Weighted, more: _Weighted) -> Iterable[_Hypothesis]:
    mean, variance = parcel.mean, parcel.variance
    for part, prior in lacks:
        yield Cause(CauseKind.MISSING, 0, part.sku), prior, mean - part.known.mean, variance - part.known.spread**2
    for part, prior in more:
        known = part.known
        yield Cause(CauseKind.EXTRA, 0, part.sku), prior, mean + known.mean, variance + _unit(known)
    swaps = [(a, b) for a, _ in lacks for b, _ in more if a.sku != b.sku]
    for gone, there in swaps[: _PAIRS_UP_TO**2]:
        off = there.known.mean - gone.known.mean
        cause = Cause(CauseKind.SWAPPED, 0, gone.sku, there.sku)
        yield cause, _SWAPPED / len(swaps), mean + off, variance + _unit(there.known)


def _double(parcel: Parcel, inside: list[Content]) -> Iterable[_Hypothesis]:
    mean, variance = parcel.mean, parcel.variance
    few = inside[:_PAIRS_UP_TO]
    pairs = [*combinations(few, 2), *((part, part) for part in few if part.qty > 1)]
    for a, b in pairs:
        both, stray = a.known.mean + b.known.mean, _unit(a.known) + _unit(b.known)
        prior = _TWO / (2 * len(pairs))
        yield Cause(CauseKind.MISSING_TWO, 0, a.sku, b.sku), prior, mean - both, variance
        yield Cause(CauseKind.EXTRA_TWO, 0, a.sku, b.sku), prior, mean + both, variance + stray


def _packing(parcel: Parcel) -> Iterable[_Hypothesis]:
    mean, variance, carton = parcel.mean, parcel.variance, parcel.carton
    for code, known in parcel.cartons:
        off, stray = known.mean - carton.mean, _unit(known) - _unit(carton)
        yield Cause(CauseKind.CARTON, 0, carton=code), _CARTON / len(parcel.cartons), mean + off, variance + stray
    yield Cause(CauseKind.FILLING, 0), _FILLING, mean, variance + _FILLING_G**2


def _unit(known: Known) -> float:
    return known.spread**2 + known.error**2


def _density(off: float, variance: float) -> float:
    variance = max(variance, 0.25)
    return exp(-(off**2) / (2 * variance)) / sqrt(2 * pi * variance)
