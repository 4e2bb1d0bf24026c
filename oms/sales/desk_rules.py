"""What may be done to a customer order at the workbench, and which orders are alike. Pure; the sheet and the acts ask it."""

from collections.abc import Iterable, Sequence
from typing import Final, Protocol

from oms.sales.codes import PaymentState, SaleState
from sync.contract.codes import OrderState, Substitution
from sync.contract.workbench import SheetAct, WorkbenchAct, WorkbenchRefusal

_A = WorkbenchAct
_R = WorkbenchRefusal
#: Nothing of it is on a floor: lines may be moved to another order, and others taken in.
MOVABLE: Final = frozenset({SaleState.HELD, SaleState.ACCEPTED, SaleState.BACKORDERED, SaleState.SOURCED})
_QUIET: Final = frozenset({OrderState.HELD, OrderState.OPEN, OrderState.CANCELLED})
OVER: Final = frozenset({SaleState.SHIPPED, SaleState.RETURNED, SaleState.CANCELLED})
#: No money has moved, and none is promised by somebody else.
MONEYLESS: Final = frozenset({PaymentState.NONE, PaymentState.PENDING, PaymentState.ON_TERMS, PaymentState.FAILED})
PRIORITIES: Final = range(1, 10)


class Line(Protocol):
    """A line as far as it matters here (`oms.sales.models.CustomerOrderLine`)."""

    line_no: int

    qty: int
    cancelled: int
    shipped: int


class Part(Protocol):
    """A site's order (`oms.orders.models.Order`)."""

    state: OrderState


class Placed(Protocol):
    """An order as far as another can be like it (`oms.sales.models.CustomerOrder`)."""

    state: SaleState
    payment: PaymentState
    customer_id: str | None
    email: str
    channel: str
    currency: str
    tax_included: bool
    language: str
    pick_up_site: str | None
    ship_name: str
    ship_street: str
    ship_postcode: str
    ship_city: str
    ship_region: str
    ship_country: str
    substitution: Substitution


def acts_of(order: Placed, lines: Iterable[Line], parts: Sequence[Part], *, held: bool, undo: bool) -> list[SheetAct]:
    """What may be done to it now, and why what may not."""
    over = _R.NOT_NOW if order.state in OVER else None
    moving = not_movable(order, parts)
    to_come = sum(line.qty - line.cancelled - line.shipped for line in lines)
    why: dict[WorkbenchAct, WorkbenchRefusal | None] = {
        _A.NOTE: None,
        _A.HOLD: over,
        _A.RELEASE_HOLD: None if held else _R.NOTHING_TO_DO,
        _A.SPLIT: moving or (None if to_come > 1 else _R.NOTHING_TO_DO),
        _A.MERGE: moving,
        _A.UNMERGE: None if undo else _R.NOT_MERGED,
        _A.RESOURCE: over or (None if order.state is not SaleState.HELD else _R.NOT_NOW),
        _A.CHANGE: over,
        _A.CANCEL: over,
        _A.PRIORITY: over,
    }
    return [SheetAct(act=act, why_not=reason.value if reason else "") for act, reason in why.items()]


def not_movable(order: Placed, parts: Sequence[Part]) -> WorkbenchRefusal | None:
    """Why lines cannot be moved out of it or into it; None: they can."""
    if order.state not in MOVABLE or any(part.state not in _QUIET for part in parts):
        return _R.NOT_NOW
    return None if order.payment in MONEYLESS else _R.MONEY_MOVED


def same_place(one: Placed, other: Placed) -> str:
    """In what they differ so that they cannot be one order: `customer`, `address`, `channel`, `currency`, `payment`; '': in nothing."""
    if (one.customer_id, one.email.casefold() if one.customer_id is None else "") != (
        other.customer_id,
        other.email.casefold() if other.customer_id is None else "",
    ):
        return "customer"
    if _address(one) != _address(other):
        return "address"
    if one.channel != other.channel:
        return "channel"
    if (one.currency, one.tax_included) != (other.currency, other.tax_included):
        return "currency"
    return "payment" if one.payment is not other.payment else ""


def _address(order: Placed) -> tuple[str, ...]:
    parts = (
        order.ship_name, order.ship_street, order.ship_postcode, order.ship_city, order.ship_region, order.ship_country,
        order.pick_up_site or "",
    )  # fmt: skip
    return tuple(" ".join(part.casefold().split()) for part in parts)
