"""The plain rules of an order's money, for where no other room decides. `ports` offers them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Never

from oms.sales.models import CustomerOrder, CustomerOrderLine
from oms.sales.scene import Sale

if TYPE_CHECKING:
    from oms.db.work import Work


def reprice(w: "Work", sale: Sale) -> None:
    """What is due follows from the lines (`oms.sales.due`); nobody is told."""


def price(
    w: "Work", order: CustomerOrder, lines: Sequence[CustomerOrderLine], promo_codes: Sequence[str]
) -> Sequence[Never]:
    """What the channel told is believed: the capture has filled it in and looked whether it adds up."""
    return ()
