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


def share(amount: Decimal, units: int, of: int, unit: Decimal = _CENT) -> Decimal:
    """What `units` of `of` are of an amount, rounded half up to `unit`."""
    return (amount * units / of).quantize(unit, ROUND_HALF_UP) if of else Decimal(0)


def due(lines: Iterable[Priced], unit: Decimal = _CENT) -> Decimal:
    """For everything that is sent and kept or is still to be sent. What is called off and returned takes its share with it."""
    return sum((share(one.total, one.qty - one.cancelled - one.returned, one.qty, unit) for one in lines), Decimal(0))
