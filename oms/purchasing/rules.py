"""What an order to a supplier may become, how much is ordered, what it costs, and what deliveries say of a supplier. Pure."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from math import ceil
from statistics import fmean, stdev
from typing import Final, Protocol

from oms.promise.dates import Calendar
from oms.purchasing.codes import BuyState
from oms.transitions import Transitions

_S = BuyState

#: What an order may become. Drawn in `docs/purchasing.md`.
BUY: Transitions[BuyState] = {
    _S.DRAFT: frozenset({_S.AWAITING, _S.APPROVED, _S.CANCELLED}),
    _S.AWAITING: frozenset({_S.APPROVED, _S.CANCELLED}),
    # It waits again: a run put more on it.
    _S.APPROVED: frozenset({_S.AWAITING, _S.SENT, _S.CANCELLED}),
    _S.SENT: frozenset({_S.CONFIRMED, _S.PARTLY, _S.RECEIVED, _S.CANCELLED}),
    _S.CONFIRMED: frozenset({_S.PARTLY, _S.RECEIVED, _S.CANCELLED}),
    # Back again: a delivery was told by mistake.
    _S.PARTLY: frozenset({_S.SENT, _S.CONFIRMED, _S.RECEIVED, _S.CLOSED}),
    _S.RECEIVED: frozenset({_S.SENT, _S.CONFIRMED, _S.PARTLY, _S.CLOSED}),
    _S.CLOSED: frozenset(),
    _S.CANCELLED: frozenset(),
}

#: With fewer deliveries a supplier's word counts more than what was seen.
LEARN_FROM: Final = 5
#: Later deliveries count, older ones do not.
LEARN_FROM_LAST: Final = 50


class Counted(Protocol):
    """The counts of a line (`oms.purchasing.models.PurchaseLine`)."""

    received: int
    damaged: int

    @property
    def open(self) -> int:
        """Units that are still to come."""
        ...


def state_of(state: BuyState, lines: Collection[Counted]) -> BuyState:
    """The state of an order that is under way, by what came of it."""
    if not any(line.received or line.damaged for line in lines):
        return state
    return _S.PARTLY if any(line.open for line in lines) else _S.RECEIVED


@dataclass(frozen=True, slots=True)
class Terms:
    """How a supplier sells an item. `prices`: (from so many units, price of one), rising in units; the first counts for fewer, too."""

    moq: int = 1
    pack: int = 1
    prices: tuple[tuple[int, Decimal], ...] = ()

    def price(self, units: int) -> Decimal:
        """Of one, when so many are ordered; 0 where nobody said."""
        fitting = [price for least, price in self.prices if least <= units]
        return fitting[-1] if fitting else self.prices[0][1] if self.prices else Decimal(0)


def to_order(need: int, terms: Terms) -> int:
    """Units to order so that `need` (> 0) are there: at least the least, whole packs, and as many more as make all of it cheaper."""
    units = _in_packs(max(need, terms.moq), terms.pack)
    more = (_in_packs(max(least, terms.moq), terms.pack) for least, _ in terms.prices if least > units)
    return min((units, *more), key=lambda some: (some * terms.price(some), some))


def _in_packs(units: int, pack: int) -> int:
    return -(-units // pack) * pack


def needed(projected: int, reorder_point: int, upto: int) -> int:
    """Units that are lacking: none as long as there are more than `reorder_point` on the shelves and to come."""
    return max(0, upto - projected) if projected <= reorder_point else 0


def expected_day(calendar: Calendar, ordered: date, lead_days: Decimal) -> date:
    """When goods that are ordered today come: the supplier begins on its next working day and brings them on one."""
    return calendar.working(calendar.working(ordered) + timedelta(days=ceil(lead_days)))


def learned(days: Sequence[float]) -> tuple[Decimal, Decimal] | None:
    """Mean and standard deviation of days from order to delivery, the latest last; None: too few to tell."""
    seen = days[-LEARN_FROM_LAST:]
    if len(seen) < LEARN_FROM:
        return None
    return Decimal(str(round(fmean(seen), 2))), Decimal(str(round(stdev(seen), 2)))


def tolerated_over(ordered: int, came: int, percent: int) -> bool:
    """Whether so many units of a line may come."""
    return came * 100 <= ordered * (100 + percent)


def tolerated_under(ordered: int, came: int, percent: int) -> bool:
    """Whether a line of which so many came needs no more."""
    return came * 100 >= ordered * (100 - percent)


def merged(lines: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Units by item, in order of first mention."""
    found: dict[str, int] = {}
    for sku, units in lines:
        found[sku] = found.get(sku, 0) + units
    return found
