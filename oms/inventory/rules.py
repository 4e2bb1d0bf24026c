"""From which bins an order line is taken, and what the ledger's accounts are called. Pure: release, the facts and the verifier ask it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

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


@dataclass(frozen=True, slots=True)
class Take:
    """So many units to take from a shelf; `qty` > 0."""

    shelf: Shelf
    qty: int


@dataclass(frozen=True, slots=True)
class Allocation:
    """Where an order line comes from. `missing` units are nowhere to be had."""

    takes: tuple[Take, ...]
    missing: int


def allocate(shelves: Iterable[Shelf], qty: int, today: date, *, fefo: bool, avoid: Collection[str] = ()) -> Allocation:
    """Takes `qty` units from the shelves: with `fefo` the earliest expiry first, then in walk order. Bins to `avoid` come last where the
    expiry lets them. Goods that expire `today` or have expired are never promised to anybody."""
    takes: list[Take] = []
    missing = qty

    def first(shelf: Shelf) -> tuple[date, bool, int, str, str]:
        expiry = shelf.expiry or date.max
        return (expiry if fefo else date.max, shelf.bin in avoid, *_walk_order(shelf))

    for shelf in sorted(shelves, key=first):
        if missing and shelf.free > 0 and not _expired(shelf, today):
            takes.append(Take(shelf, min(shelf.free, missing)))
            missing -= takes[-1].qty
    return Allocation(tuple(takes), missing)


def _expired(shelf: Shelf, today: date) -> bool:
    return shelf.expiry is not None and shelf.expiry <= today


def _walk_order(shelf: Shelf) -> tuple[int, str, str]:
    return shelf.seq, shelf.bin, shelf.lot


def earliest_first(shelf: Shelf) -> tuple[date, int, str, str]:
    """Sorts shelves so that what expires first goes first."""
    return (shelf.expiry or date.max, *_walk_order(shelf))
