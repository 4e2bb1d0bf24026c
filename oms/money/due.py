"""What is due of an order: of everything that is kept, and of what was sent. Pure. The shares of a line always add up to the line.

A line's own money is that of all units once ordered; the order's is that of the units that are kept.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from oms.money.currencies import ZERO, part, rounded
from oms.sales.models import CustomerOrderLine

if TYPE_CHECKING:
    from oms.money.models import OrderMoney
    from oms.sales.scene import Sale


@dataclass(frozen=True, slots=True)
class Due:
    """Sums of the kept part of an order, as on the order."""

    goods: Decimal
    discount: Decimal
    shipping: Decimal
    tax: Decimal
    total: Decimal


def kept(line: CustomerOrderLine) -> int:
    """Units the customer has or will get."""
    return line.qty - line.cancelled - line.returned


def sent(line: CustomerOrderLine) -> int:
    """Units the customer has."""
    return line.shipped - line.returned


def worth(line: CustomerOrderLine, units: int, currency: str) -> Decimal:
    """What the customer would get back for so many units more of the line, when all of it is paid back."""
    return part(line.total, kept(line), line.qty, currency) - part(line.total, kept(line) - units, line.qty, currency)


def withheld_tax(line: CustomerOrderLine, currency: str) -> Decimal:
    """The tax in what is withheld: that of the line."""
    return rounded(line.withheld * line.tax / line.total, currency) if line.withheld and line.total else ZERO


def of_units(sale: "Sale", units: Callable[[CustomerOrderLine], int]) -> tuple[Decimal, Decimal]:
    """(total, tax) of so many units of each line, with what is withheld of those that came back."""
    currency = sale.order.currency
    pairs = [(line, units(line)) for line in sale.lines]
    return (
        sum((part(line.total, n, line.qty, currency) + line.withheld for line, n in pairs), ZERO),
        sum((part(line.tax, n, line.qty, currency) + withheld_tax(line, currency) for line, n in pairs), ZERO),
    )


def due(sale: "Sale", money: "OrderMoney | None") -> Due:
    """What is kept of the order. Sending stays due while anything is kept, and after that where it was said so."""
    order = sale.order
    total, tax = of_units(sale, kept)
    anything = any(kept(line) for line in sale.lines) or (money is not None and money.sending_kept)
    shipping = order.shipping if anything else ZERO
    shipping_tax = money.shipping_tax if money is not None and anything else ZERO
    discount = sum(
        (part(rounded(x.discount, order.currency), kept(x), x.qty, order.currency) for x in sale.lines), ZERO
    )
    amount = total if order.tax_included else total - tax
    whole = total + shipping + (ZERO if order.tax_included else shipping_tax)
    return Due(amount + discount, discount, shipping, tax + shipping_tax, whole)


def shipped_worth(sale: "Sale") -> Decimal:
    """What the customer has got: their units, and sending with the first of them."""
    total, _ = of_units(sale, sent)
    if not any(line.shipped for line in sale.lines):
        return ZERO
    kept_total, _ = of_units(sale, kept)
    return total + (sale.order.total - kept_total)
