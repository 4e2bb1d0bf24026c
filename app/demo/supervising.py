"""The supervisor of a shift by method: lets the orders onto the floor, decides about those that nobody could pick, and has the floor put in
order when they are out."""

import time

from app.demo.people import Seat, Shift, read_notices, sign_in
from app.demo.show import Show
from app.demo.stage import Acting, Until, elsewhere, pause
from app.demo.tasking import COUNT, PUT_BACK
from sync.contract.codes import TASKS, JobKind, JobState, OrderState
from sync.contract.rows import JobRow, OrderRow

_GONE = frozenset({OrderState.SHIPPED, OrderState.CANCELLED})
_OVER = frozenset({JobState.DONE, JobState.CANCELLED})
#: Nobody packs an order that was held because nothing of it was found; this long after it is taken off the floor.
_PATIENCE_S = 3.0
#: So long the desk is given to hear of what the centre has done.
_NEWS_S = 8.0
#: The floor is in order when nothing was left to do for so long.
_CALM_S = 2.0
#: How often the centre is asked whether anything is open before people go home all the same.
_ASKS = 20


def everything_left(show: Show, shift: Shift) -> bool:
    """Every order of the shift has left the floor, one way or the other, and the floor is in order."""
    if not shift.numbers:
        return shift.world.tally("packed") >= shift.orders
    return shift.world.tally("in_order") > 0


def by_method(seat: Seat, badge: str, shift: Shift, show: Show) -> Acting:
    """Signs in, releases the first orders of the list, takes those off the floor of which nothing could be found; then has goods put back
    and bins counted."""
    yield from sign_in(seat, badge)
    yield Until(lambda: len(_open(show)) >= shift.orders, "the imported orders")
    shift.numbers = _open(show)[: shift.orders]
    while waiting := [number for number in shift.numbers if number in _open(show)]:
        # The centre may go away in the middle of it: what is not released is released again.
        yield from elsewhere(lambda waiting=waiting: _release(show, waiting), "the orders to be released")  # type: ignore[misc]
        since = time.monotonic()
        while set(waiting) & set(_open(show)) and time.monotonic() - since < _NEWS_S:
            yield pause(0.3)
    shift.on_progress(f"{shift.orders} orders released")
    yield from _until_all_left(seat, shift, show)
    for call, kinds in ((PUT_BACK, TASKS - {JobKind.COUNT}), (COUNT, TASKS)):
        shift.world.add(call)
        shift.on_progress(f"{call}: {_tasks(show, kinds)} tasks")
        yield from _until_in_order(seat, show, kinds)
    yield from _until_settled(seat, show)
    shift.world.add("in_order")


def _release(show: Show, numbers: list[str]) -> None:
    """Releases what there is enough of; the other orders are taken off the list, or the shift would wait for goods that do not come."""
    for number in show.release(numbers):
        show.cancel(number)


def _until_all_left(seat: Seat, shift: Shift, show: Show) -> Acting:
    held_since: dict[str, float] = {}
    while not _all_left(show, shift):
        yield from read_notices(seat, lambda _notice: None)
        now = time.monotonic()
        for number, state in show.states(shift.numbers).items():
            if state != OrderState.HELD:
                held_since.pop(number, None)
            elif now - held_since.setdefault(number, now) > _PATIENCE_S:
                yield from elsewhere(lambda number=number: show.cancel(number), "an order to be cancelled")  # type: ignore[misc]
                held_since[number] = time.monotonic()
        yield pause(0.3)


def _until_in_order(seat: Seat, show: Show, kinds: frozenset[JobKind]) -> Acting:
    """Waits until the centre knows everything that was done, nobody is told anything, and none of these tasks is left."""
    calm_since = time.monotonic()
    while time.monotonic() - calm_since < _CALM_S:
        yield from read_notices(seat, lambda _notice: None)
        if _tasks(show, kinds) or not (show.drained() and show.nothing_to_read()):
            calm_since = time.monotonic()
        yield pause(0.2)


def _until_settled(seat: Seat, show: Show) -> Acting:
    """The desk may not have heard yet of a bin that is to be counted again: the centre itself is asked what is open."""
    for _ in range(_ASKS):
        found: list[int] = []
        yield from elsewhere(lambda found=found: found.append(show.unsettled()), "what the centre still wants settled")  # type: ignore[misc]
        if found == [0]:
            return
        yield from _until_in_order(seat, show, TASKS)


def _all_left(show: Show, shift: Shift) -> bool:
    states = show.states(shift.numbers)
    return len(states) == len(shift.numbers) and all(state in _GONE for state in states.values())


def _tasks(show: Show, kinds: frozenset[JobKind]) -> int:
    """How many tasks of these kinds are left."""
    with show.desk.store.look() as u:
        return sum(row.kind in kinds and row.state not in _OVER for row in u.rows.all(JobRow))


def _open(show: Show) -> list[str]:
    with show.desk.store.look() as u:
        return sorted(row.id for row in u.rows.all(OrderRow) if row.state is OrderState.OPEN)
