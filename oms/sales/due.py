"""What a customer owes for what they still get, from the lines alone. Pure: the life of an order and its tests ask it."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, Protocol

_CENT: Final = Decimal("0.01")


class Priced(Protocol):
    """The counts and the money of a line (`oms.sales.models.CustomerOrderLine`)."""

    qty: int
    cancelled: int
    returned: int
    total: Decimal
    withheld: Decimal


def share(amount: Decimal, units: int, of: int, unit: Decimal = _CENT) -> Decimal:
    """What `units` of `of` are of an amount, rounded half up to `unit`."""
    return (amount * units / of).quantize(unit, ROUND_HALF_UP) if of else Decimal(0)


def due(lines: Iterable[Priced], unit: Decimal = _CENT) -> Decimal:
    """For everything that is sent and kept or is still to be sent. What is called off and returned takes its share with it, but for what
    is withheld of it."""
    kept = ((one, one.qty - one.cancelled - one.returned) for one in lines)
    return sum((share(one.total, units, one.qty, unit) + one.withheld for one, units in kept), Decimal(0))
