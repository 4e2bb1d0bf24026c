"""The supervisor of a shift by method: lets the orders onto the floor, and decides about those that nobody could pick."""

import time

from app.demo.people import Seat, Shift, read_notices, sign_in
from app.demo.show import Show
from app.demo.stage import Acting, Until, elsewhere, pause
from sync.contract.codes import OrderState
from sync.contract.rows import OrderRow

_GONE = frozenset({OrderState.SHIPPED, OrderState.CANCELLED})
#: Nobody packs an order that was held because nothing of it was found; this long after it is taken off the floor.
_PATIENCE_S = 3.0


def everything_left(show: Show, shift: Shift) -> bool:
    """Every order of the shift has left the floor, one way or the other."""
    if not shift.numbers:
        return shift.world.tally("packed") >= shift.orders
    states = show.states(shift.numbers)
    return len(states) == len(shift.numbers) and all(state in _GONE for state in states.values())


def by_method(seat: Seat, badge: str, shift: Shift, show: Show) -> Acting:
    """Signs in, releases the first orders of the list, and takes those off the floor of which nothing could be found."""
    yield from sign_in(seat, badge, "orders")
    yield Until(lambda: len(_open(show)) >= shift.orders, "the imported orders")
    shift.numbers = _open(show)[: shift.orders]
    yield from elsewhere(lambda: show.release(shift.numbers), "the orders to be released")
    shift.on_progress(f"{shift.orders} orders released")
    held_since: dict[str, float] = {}
    while not everything_left(show, shift):
        yield from read_notices(seat, lambda _notice: None)
        now = time.monotonic()
        for number, state in show.states(shift.numbers).items():
            if state != OrderState.HELD:
                held_since.pop(number, None)
            elif now - held_since.setdefault(number, now) > _PATIENCE_S:
                yield from elsewhere(lambda number=number: show.cancel(number), "an order to be cancelled")  # type: ignore[misc]
                held_since[number] = time.monotonic()
        yield pause(0.3)


def _open(show: Show) -> list[str]:
    with show.desk.store.look() as u:
        return sorted(row.id for row in u.rows.all(OrderRow) if row.state is OrderState.OPEN)
