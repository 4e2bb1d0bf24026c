"""How a parcel is meant to be packed, as it travels: the carton chosen at release, why, how the goods lie in it, and what else goes in.

Weights are grams, lengths millimetres, money an exact decimal as text. Everything is bounded: a plan is a few kilobytes at most.
"""

from enum import StrEnum
from typing import Final

from msgspec import Struct

#: A picture shows no more units than this, a plan says no of no more cartons than that.
MOST_LAID: Final = 120
MOST_REFUSED: Final = 6
MOST_SUPPLIES: Final = 12


class PlanWhy(StrEnum):
    """Why this carton."""

    #: Carton and freight together cost least.
    CHEAPEST = "cheapest"
    #: No price is known: the smallest that holds it.
    SMALLEST = "smallest"
    #: No other carton of the shop holds it.
    ONLY_ONE = "only_one"
    #: No single carton holds the order: this is one of several.
    ONE_OF_SEVERAL = "one_of_several"
    #: These goods go into no carton of the shop.
    NONE_FITS = "none_fits"


class SupplyKind(StrEnum):
    """What goes in or on beside the goods. `Supply.word` says which where there are several."""

    FILLING = "filling"
    FRAGILE_LABEL = "fragile_label"
    HAZARD_LABEL = "hazard_label"  # word: the UN number or class
    INSERT = "insert"  # word: the shop's own code, which may be its barcode
    GIFT = "gift"


class Supply(Struct, frozen=True, kw_only=True):
    """One line of the checklist."""

    kind: SupplyKind
    word: str = ""

    @property
    def key(self) -> str:
        """Its name in facts."""
        return f"{self.kind.value}:{self.word}" if self.word else self.kind.value

    @property
    def needed(self) -> bool:
        """Whether the parcel waits for it: what the law or the shop wants inside. The rest is a reminder."""
        return self.kind in (SupplyKind.INSERT, SupplyKind.HAZARD_LABEL)


class NotTaken(Struct, frozen=True, kw_only=True):
    """A carton that was not the one, and why: `too-long`, `too-heavy`, `too-little-room`, `no-arrangement`, `costs-more`."""

    carton: str
    why: str


class Laid(Struct, frozen=True, array_like=True):
    """One unit in the picture: which of the plan's `skus`, its corner nearest to the origin, its sides as it lies, and its layer."""

    sku: int
    x: int
    y: int
    z: int
    length: int
    width: int
    height: int
    layer: int


class ParcelPlan(Struct, frozen=True, kw_only=True):
    """How one parcel is meant to be packed. `carton` None: these goods go into no carton of the shop.

    `cost` is carton and freight, and `dearer` what the second choice costs more; both empty where no price is known. `goods` are units
    per SKU, `laid` the units in the order of laying, and `unseen` how many more there are than the picture shows.
    """

    carton: str | None
    why: PlanWhy
    goods: dict[str, int]
    cost: str = ""
    currency: str = ""
    second: str | None = None
    dearer: str = ""
    refused: list[NotTaken] = []
    skus: list[str] = []
    laid: list[Laid] = []
    unseen: int = 0
    fill_percent: int = 0
    gross_g: int = 0
    billed_g: int = 0
    supplies: list[Supply] = []
    #: This one of so many.
    number: int = 1
    of: int = 1


class ServiceWhy(StrEnum):
    """Why an order goes with its service."""

    #: The cheapest that arrives as promised, or of all where nothing was promised.
    CHEAPEST = "cheapest"
    #: No service keeps the promise: the earliest.
    EARLIEST = "earliest"
    #: The shop or the customer said so.
    GIVEN = "given"


class ServiceSaid(Struct, frozen=True, kw_only=True):
    """Why an order goes with its service, in words a client can say. `other` is the next best service and `more` what it costs more
    (negative: it is cheaper, but was not allowed)."""

    why: ServiceWhy
    price: str = ""
    currency: str = ""
    arrives_on: str = ""
    promised: str = ""
    leaves_on: str = ""
    other: str = ""
    more: str = ""
