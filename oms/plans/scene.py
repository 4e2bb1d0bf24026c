"""What a plan is thought out from: read from the database at one moment (`collecting`), and from then on only numbers and words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from oms.planning.times import Times
from oms.walks.floors import Floor
from oms.waves.capacity import Hands
from sync.contract.plans import Because, PlanAsked
from sync.contract.waves import ReleaseRule


@dataclass(frozen=True, slots=True)
class Taken:
    """So many units of an order line out of one bin; grams and millilitres of all of them."""

    line_no: int
    sku: str
    bin: str
    lot: str
    qty: int
    grams: int
    millilitres: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """An order that can be picked whole, and from where."""

    number: str
    priority: int
    placed_at: datetime
    cut_off: datetime | None
    carrier: str
    takes: tuple[Taken, ...]

    @property
    def units(self) -> int:
        """Units of all its lines."""
        return sum(take.qty for take in self.takes)


@dataclass(frozen=True, slots=True)
class Waits:
    """An order that waits, with a code of `Because` and its words."""

    number: str
    because: Because
    words: Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Place:
    """A bin: where it is on the map in millimetres, its zone, its place in the bins' own order."""

    x_mm: int
    y_mm: int
    zone: str
    seq: int


@dataclass(frozen=True, slots=True)
class Goods:
    """How the site wants its goods on the cart: the rank of each item that is not as any other, whether a product is finished first."""

    ranks: Mapping[str, int]
    product_first: bool


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything a plan needs. `orders` are the most urgent first. `walls`: slots of the put walls. `rule`: minutes for sorting, packing
    and to spare. `now` is when it was read."""

    asked: PlanAsked
    now: datetime
    orders: tuple[Wanted, ...]
    waits: tuple[Waits, ...]
    floor: Floor | None
    places: Mapping[str, Place]
    times: Times
    people: Hands
    goods: Goods
    walls: int
    rule: ReleaseRule
