"""The words of carton choice: goods, cartons, rules, and the answer with every placement. Plain values; whoever plans parcels calls in.

Lengths are whole millimetres, weights whole grams, volumes cubic millimetres. A size is length, width, height; height is the side that
stands upright. x runs along the length, y along the width, z upwards from the carton's inner floor.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from math import prod

Size = tuple[int, int, int]


class Rotation(StrEnum):
    """How a unit may be turned: every way, on its own base only (this side up), or not at all."""

    FREE = "free"
    FLAT = "flat"
    NEVER = "never"


class Why(StrEnum):
    """Why goods did not go into a carton, or into any."""

    TOO_LONG = "too-long"
    TOO_HEAVY = "too-heavy"
    TOO_LITTLE_ROOM = "too-little-room"
    NO_ARRANGEMENT = "no-arrangement"
    COSTS_MORE = "costs-more"


@dataclass(frozen=True, slots=True)
class Item:
    """One line of goods: `qty` units alike. Without `size` (nobody measured it yet) the units take no room and have no placement;
    without `grams` they weigh nothing. `bears_g` is the most that may lie on one unit; a fragile unit bears nothing."""

    code: str
    qty: int
    size: Size | None
    grams: int | None = None
    rotation: Rotation = Rotation.FREE
    fragile: bool = False
    bears_g: int | None = None


@dataclass(frozen=True, slots=True)
class Carton:
    """A carton of the shop. Goods fit by `inner`, freight is paid by `outer`; `max_g` is the most it may weigh with its `tare_g`.
    `cost` is its own price in the smallest unit of money."""

    code: str
    inner: Size
    outer: Size
    tare_g: int = 0
    max_g: int | None = None
    cost: int = 0

    @property
    def volume(self) -> int:
        """Room inside, in cubic millimetres."""
        return prod(self.inner)


#: Cost of one parcel from its carton and the grams it is billed at; only compared, so any unit will do.
Cost = Callable[[Carton, int], int]


def smallest_volume(carton: Carton, billed_g: int) -> int:
    """The cost when no freight table is known: the room inside the carton."""
    return carton.volume


@dataclass(frozen=True, slots=True)
class Rules:
    """What the shop asks of a packed carton.

    `support_percent` of every base lies on the floor or on goods (0: goods may stand on nothing). `clearance_mm` stays free on each
    of the six sides, `max_fill_percent` bounds the goods' share of the room, `lift_g` is the most one person lifts. `mm3_per_g` makes
    a light parcel billed by its size (5 000 cm3 per kg is 5 000 mm3 per g). `effort` is the search's budget per order in steps of
    roughly a microsecond; steps, not time, so that the same order always gets the same answer.
    """

    support_percent: int = 75
    clearance_mm: int = 0
    max_fill_percent: int = 100
    lift_g: int | None = None
    mm3_per_g: int | None = None
    cost: Cost = smallest_volume
    effort: int = 11_000


@dataclass(frozen=True, slots=True)
class Placement:
    """One unit in its carton: corner nearest to the origin, sides as it lies, `step` in the order of laying (0 first) and `layer`
    (0 at the bottom: units whose bases are equally high share one)."""

    code: str
    at: Size
    sides: Size
    step: int
    layer: int


@dataclass(frozen=True, slots=True)
class Packed:
    """One parcel: its carton, every placement in the order of laying, and what it weighs, is billed at and costs."""

    carton: Carton
    placements: tuple[Placement, ...]
    unmeasured: tuple[str, ...]
    gross_g: int
    billed_g: int
    cost: int
    fill_percent: int

    @property
    def layers(self) -> int:
        """How many layers the packer lays."""
        return max((one.layer for one in self.placements), default=-1) + 1


@dataclass(frozen=True, slots=True)
class Refused:
    """A carton that was not taken for the whole order, and why."""

    carton: str
    why: Why


@dataclass(frozen=True, slots=True)
class Second:
    """The next best way: its cartons and what they cost together."""

    cartons: tuple[str, ...]
    cost: int


@dataclass(frozen=True, slots=True)
class Unfit:
    """Units that go into no carton of the shop: known before anybody stands at the bench."""

    code: str
    qty: int
    why: Why


@dataclass(frozen=True, slots=True)
class Choice:
    """The answer: the parcels, the cartons refused on the way, the second choice if there is one, and what fits nowhere."""

    parcels: tuple[Packed, ...]
    refused: tuple[Refused, ...] = ()
    second: Second | None = None
    unfit: tuple[Unfit, ...] = field(default=())

    @property
    def cost(self) -> int:
        """Of all parcels together."""
        return sum(one.cost for one in self.parcels)
