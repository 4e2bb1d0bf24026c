"""What a parcel should weigh, and how far it may be off. Grams throughout. Called by `services.pack`."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal


@dataclass(frozen=True, slots=True)
class Check:
    """The weight that is expected and the tolerance around it. `expected` None: some item has never been weighed, so nothing can be
    said and any weight is taken."""

    expected: int | None
    tolerance: int

    def within(self, grams: int) -> bool:
        """Whether `grams` is as expected."""
        return self.expected is None or abs(grams - self.expected) <= self.tolerance


def check(units: Iterable[tuple[int, int | None]], tare_g: int, tolerance_g: int, permille: int) -> Check:
    """What (quantity, grams each) in a carton of `tare_g` should weigh; the tolerance is the larger of the fixed and the relative one."""
    expected = tare_g
    for qty, grams in units:
        if qty and grams is None:
            return Check(None, 0)
        expected += qty * (grams or 0)
    return Check(expected, max(tolerance_g, -(-expected * permille // 1000)))


def whole_grams(grams: Decimal) -> int:
    """A reading in whole grams, halves up."""
    return int(grams.to_integral_value(ROUND_HALF_UP))
