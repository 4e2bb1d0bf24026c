"""How a customer order moves through its states, and which state follows from its lines and its sites' orders. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Protocol

from oms.orders.rules import ON_FLOOR
from oms.sales.codes import SaleState
from oms.transitions import Transitions
from sync.contract.codes import OrderState

_S = SaleState

#: What a customer order may become. Drawn in `docs/orders.md`.
SALE: Transitions[SaleState] = {
    # In work: its site had let it onto the floor already when it was held, or does so all the same.
    _S.HELD: frozenset({_S.ACCEPTED, _S.BACKORDERED, _S.SOURCED, _S.IN_WORK, _S.CANCELLED}),
    _S.ACCEPTED: frozenset({_S.HELD, _S.BACKORDERED, _S.SOURCED, _S.IN_WORK, _S.CANCELLED}),
    _S.BACKORDERED: frozenset({_S.HELD, _S.ACCEPTED, _S.SOURCED, _S.CANCELLED}),
    # Accepted again: the site said no, or nobody had begun and a better site was found.
    _S.SOURCED: frozenset({_S.HELD, _S.ACCEPTED, _S.BACKORDERED, _S.IN_WORK, _S.CANCELLED}),
    # Back from the floor: everything was short, or its wave was called off.
    _S.IN_WORK: frozenset(
        {_S.HELD, _S.ACCEPTED, _S.BACKORDERED, _S.SOURCED, _S.READY, _S.PARTLY_SHIPPED, _S.SHIPPED, _S.CANCELLED}
    ),
    _S.READY: frozenset(
        {_S.IN_WORK, _S.PARTLY_SHIPPED, _S.SHIPPED, _S.HELD, _S.ACCEPTED, _S.BACKORDERED, _S.SOURCED, _S.CANCELLED}
    ),
    _S.PARTLY_SHIPPED: frozenset({_S.SHIPPED, _S.IN_WORK, _S.RETURNED}),
    # In work again: a parcel was opened before its truck left.
    _S.SHIPPED: frozenset({_S.IN_WORK, _S.PARTLY_SHIPPED, _S.RETURNED}),
    _S.RETURNED: frozenset(),
    # Its lines went up into another order, and that was undone.
    _S.CANCELLED: frozenset({_S.HELD, _S.ACCEPTED, _S.BACKORDERED}),
}


class Counted(Protocol):
    """The counts of a line (`oms.sales.models.CustomerOrderLine`)."""

    qty: int
    assigned: int
    backordered: int
    shipped: int
    cancelled: int
    returned: int


#: A site's order whose shorts are final: all its goods have been brought together, and no picker can take a short back.
TOGETHER = frozenset({OrderState.PICKED, OrderState.PACKING, OrderState.LABEL_PENDING})


@dataclass(frozen=True, slots=True)
class Part:
    """A site's order: how far it is, and whether it waits for the customer in the store."""

    state: OrderState
    ready: bool = False


def state_of(lines: Iterable[Counted], parts: Collection[Part], *, held: bool) -> SaleState:
    """The state that follows. A hold is a state only while nothing is on a floor or gone."""
    counted = list(lines)
    due = sum(line.qty - line.cancelled for line in counted)
    shipped = sum(line.shipped for line in counted)
    live = [part for part in parts if part.state not in (OrderState.SHIPPED, OrderState.CANCELLED)]
    if counted and due == 0 and not live:
        return _S.CANCELLED
    if shipped:
        if shipped < due:
            return _S.PARTLY_SHIPPED
        return _S.RETURNED if sum(line.returned for line in counted) == shipped else _S.SHIPPED
    if live and all(part.ready for part in live):
        return _S.READY
    if any(part.state in ON_FLOOR for part in live):
        return _S.IN_WORK
    if held:
        return _S.HELD
    if any(line.assigned for line in counted):
        return _S.SOURCED
    waiting = sum(line.backordered for line in counted)
    return _S.BACKORDERED if waiting and waiting == due else _S.ACCEPTED
