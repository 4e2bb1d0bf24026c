"""From which bins an order line is taken, and what the ledger's accounts are called. Pure: release, the facts and the verifier ask it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from math import inf
from types import MappingProxyType
from typing import Final

from oms.planning.allocating import PLAIN, Lying, Policy, chosen

#: How far bins are where nobody knows.
NOWHERE: Final[Mapping[str, float]] = MappingProxyType({})
SUPPLIER = "supplier"
SHIPPED = "shipped"
COUNT_ADJUST = "count_adjust"


def bin_account(code: str) -> str:
    """The goods that lie in a bin."""
    return f"bin:{code}"


def tote_account(code: str) -> str:
    """The goods that lie in a tote."""
    return f"tote:{code}"


def parcel_account(parcel: str) -> str:
    """The goods packed into a parcel."""
    return f"parcel:{parcel}"


def surplus_account(device: str) -> str:
    """Goods somebody took that count for nobody's order, until they are put back."""
    return f"surplus:{device}"


@dataclass(frozen=True, slots=True)
class Shelf:
    """One item and lot in one bin. `free` units are on hand and not reserved (may be negative); `seq` is the bin's place in the walk."""

    bin: str
    seq: int
    free: int
    lot: str = ""
    expiry: date | None = None
    #: Whether it is a reserve bin, which a site's rules may or may not let people pick from.
    reserve: bool = False


@dataclass(frozen=True, slots=True)
class Take:
    """So many units to take from a shelf; `qty` > 0."""

    shelf: Shelf
    qty: int


@dataclass(frozen=True, slots=True)
class Allocation:
    """Where an order line comes from. `missing` units are not to be had; `replenish` of them are in reserve shelves that were given."""

    takes: tuple[Take, ...]
    missing: int
    replenish: int = 0


def allocate(
    shelves: Iterable[Shelf],
    qty: int,
    today: date,
    *,
    fefo: bool,
    avoid: Collection[str] = (),
    policy: Policy = PLAIN,
    metres: Mapping[str, float] = NOWHERE,
) -> Allocation:
    """Takes `qty` units from the shelves: with `fefo` the earliest expiry first, then as the site's `policy` has it, else in walk order.
    Bins to `avoid` come last where the expiry lets them. Goods that expire `today` or have expired are never promised to anybody.
    `metres` says how far bins are, where that is known."""
    known = list(shelves)
    # Where distances are known, bins that no way leads to come last.
    unknown = inf if metres else 0.0
    rows = [
        Lying(one.free, _walk_order(one), one.expiry, one.reserve, one.bin in avoid, metres.get(one.bin, unknown))
        for one in known
    ]
    found = chosen(rows, qty, today, fefo=fefo, policy=policy)
    return Allocation(tuple(Take(known[n], units) for n, units in found.takes), found.missing, found.replenish)


def _walk_order(shelf: Shelf) -> tuple[int, str, str]:
    return shelf.seq, shelf.bin, shelf.lot


def earliest_first(shelf: Shelf) -> tuple[date, int, str, str]:
    """Sorts shelves so that what expires first goes first."""
    return (shelf.expiry or date.max, *_walk_order(shelf))
