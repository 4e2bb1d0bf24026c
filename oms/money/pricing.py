"""What an order costs, and what is due of it after a change. Capture, changes, cancellations and returns call it.

`price` fills the money of an order and its lines that are not written yet (or are written again); `reprice` follows a change of a locked
order: what is due now, what is paid back, what need not be taken any more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from oms.money.codes import MoneyCode
from oms.sales.models import CustomerOrder, CustomerOrderLine

if TYPE_CHECKING:
    from decimal import Decimal

    from oms.db.work import Work
    from oms.sales.scene import Sale


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that keeps an order back: a message code, the line it is about (None: the whole order) and the words of its sentence."""

    code: MoneyCode
    line: int | None = None
    params: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Repriced:
    """What a change came to. `due` is what the customer owes for what is kept (the order's `total` now), `refund` what was asked to be paid
    back, `voided` what of an authorisation was let go, `credited` the total of credit notes made."""

    due: "Decimal"
    refund: "Decimal"
    voided: "Decimal"
    credited: "Decimal"


def price(
    w: "Work",
    order: CustomerOrder,
    lines: Sequence[CustomerOrderLine],
    promo_codes: Sequence[str] = (),
    purchase_order: str = "",
) -> list[Problem]:
    """Fills goods, discount, tax and total of the order and of each line. Lines with a price are believed (and must add up to `order.total`
    and `order.tax` where those were told, i.e. are not 0); lines without one get theirs from price lists. Each problem is a hold."""
    raise NotImplementedError


def reprice(w: "Work", sale: "Sale") -> Repriced:
    """After quantities, lines, cancellations or returns of a locked order changed: the order's sums are what is due now, and payments,
    credit notes and promo uses follow. Call it before or after `settle_state`; again changes nothing."""
    raise NotImplementedError
