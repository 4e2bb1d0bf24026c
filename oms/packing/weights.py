"""What weighed parcels teach about single items and cartons. Pure: estimates in, estimates out; grams throughout. Called by
`oms.packing.learning`, and by the bench of the weight check.

A parcel of known content is one equation: the sum of its units, its carton with the filling, and what the scale rounds away. A filter with
one mean per item and carton reads them one after the other. It trusts a reading the less the further it is from what was expected
(Student's t), so that a parcel with something wrong in it teaches little; but when the parcels with an item keep being off to one side,
the item is another one than it was taken for, and it is learned anew. How far single units stray is the share of each in the squared
surprise. Means are kept apart, without how they hang together: the fewer kinds of parcels there are, the longer single items keep what
belongs to others, while their sums are right.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import sqrt
from typing import Final

#: Degrees of freedom of the t distribution: a reading four sigma off counts a quarter.
_TAIL: Final = 4.0
#: Surprises are smoothed with this rate, one is clipped to so many sigma, and from so much lean on an estimate is unsure again: three
#: sigma of what the smoothed surprises of a right one would be.
_RATE: Final = 0.1
_CLIP: Final = 4.0
_LEANS: Final = 0.7
#: So many readings are remembered for the spread: an item that changes slowly is followed.
_MEMORY: Final = 300.0
#: What the first guess of a spread is worth, in readings.
_GUESS: Final = 4.0
#: A mean wanders by this share of its spread between two parcels.
_DRIFT: Final = 0.02
#: First guesses where master data say nothing, and where they do: mean and its error; shares of the weight.
_NOTHING_KNOWN: Final = (300.0, 600.0)
_MASTER_ERROR: Final = 0.06
_LEAST_ERROR: Final = 3.0
_SPREAD: Final = 0.015
_LEAST_SPREAD: Final = 0.3
#: Filling is not in the tare of a carton, and is never twice the same.
_FILLING: Final = 0.15
_CARTON_SPREAD: Final = 0.05
#: From so many parcels on an estimate decides anything.
KNOWN_FROM: Final = 5


@dataclass(frozen=True, slots=True)
class Estimate:
    """One unit of an item, or one carton with its filling. `mean` and its `error` (sigma), the `spread` of single units (sigma), how many
    readings the spread rests on, how many parcels were seen, and to which side their surprises lean (smoothed, in sigma)."""

    mean: float
    error: float
    spread: float
    weight: float = _GUESS
    parcels: int = 0
    lean: float = 0.0


@dataclass(frozen=True, slots=True)
class Part:
    """So many of one thing in a parcel."""

    qty: int
    known: Estimate


def first_item(master_g: int | None) -> Estimate:
    """An item nobody has weighed yet, by its master data."""
    if not master_g:
        return Estimate(*_NOTHING_KNOWN, spread=5.0)
    return Estimate(
        float(master_g), max(_LEAST_ERROR, _MASTER_ERROR * master_g), max(_LEAST_SPREAD, _SPREAD * master_g)
    )


def first_carton(tare_g: int) -> Estimate:
    """A carton nobody has weighed yet: filling makes it somewhat heavier than its tare."""
    return Estimate(tare_g * 1.05, max(8.0, _FILLING * tare_g), max(4.0, _CARTON_SPREAD * tare_g))


def learn(parts: Sequence[Part], grams: float, division: float = 1.0) -> list[Estimate]:
    """The estimates of `parts` after a parcel of them weighed `grams`, in their order. `division` is one step of the scale, in grams."""
    surprise = grams - sum(part.qty * part.known.mean for part in parts)
    unsure = sum((part.qty * part.known.error) ** 2 for part in parts)
    strays = sum(part.qty * part.known.spread**2 for part in parts) + division**2 / 12
    off = surprise / sqrt(unsure + strays)
    leaning = [_leaning(part, surprise, off) for part in parts]
    if any(now.error > part.known.error for now, part in zip(leaning, parts, strict=True)):
        unsure = sum((part.qty * now.error) ** 2 for now, part in zip(leaning, parts, strict=True))
        off = surprise / sqrt(unsure + strays)
    trusted = (_TAIL + 1) / (_TAIL + off**2)
    total = unsure + strays / trusted
    return [_after(part.qty, now, surprise, strays, trusted, total) for part, now in zip(parts, leaning, strict=True)]


def _leaning(part: Part, surprise: float, off: float) -> Estimate:
    """The estimate with this surprise in its lean; made unsure when it has leaned to one side for too long."""
    known = part.known
    lean = (1 - _RATE) * known.lean + _RATE * max(-_CLIP, min(_CLIP, off))
    if abs(lean) < _LEANS:
        return replace(known, lean=lean)
    unsure = min(1.0, abs(lean) / 2) * abs(surprise) / part.qty
    return replace(known, error=max(known.error, unsure), lean=lean / 2)


def _after(qty: int, known: Estimate, surprise: float, strays: float, trusted: float, total: float) -> Estimate:
    gain = qty * known.error**2 / total
    error2 = known.error**2 * (1 - gain * qty) + (_DRIFT * known.spread) ** 2
    # What the surprise tells beyond the errors of the means; the filter has taken those away by then.
    share = qty * known.spread**2 / (strays + (total - strays / trusted))
    own = (share * surprise) ** 2 * trusted / qty + known.spread**2 * (1 - share)
    step = 1 / (known.weight + 1)
    spread2 = known.spread**2 + step * (own - known.spread**2)
    return Estimate(
        mean=known.mean + gain * surprise,
        error=sqrt(error2),
        spread=max(_LEAST_SPREAD / 3, sqrt(spread2)),
        weight=min(_MEMORY, known.weight + 1),
        parcels=known.parcels + 1,
        lean=known.lean,
    )
