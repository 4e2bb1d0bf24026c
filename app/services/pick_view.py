"""The pick screen's picture of one moment, from the flow state and the rows. Used by `services.pick`."""

from app.core.views import PickStep, PickView
from app.flows.pick_state import PickState, prompt
from app.services.cards import item_card
from app.services.ports import UnitOfWork
from sync.contract.rows import ItemRow, OrderRow, WorkRow


def pick_view(u: UnitOfWork, state: PickState) -> PickView:
    """What the picker sees."""
    order = u.rows.get(OrderRow, state.order)
    line = state.line if state.step is not PickStep.TOTE else None
    closed = sum(other.closed for other in state.lines)
    return PickView(
        job=state.job,
        order=state.order,
        step=state.step,
        prompt=prompt(state),
        line=min(closed + 1, len(state.lines)),
        lines=len(state.lines),
        lines_done=closed,
        bin=line.place if line else None,
        bin_confirmed=state.bin_confirmed,
        next_bin=_next_bin(state),
        item=item_card(u, line.sku, u.rows.get(WorkRow, line.item)) if line else None,
        take=line.need - line.short if line else 0,
        in_hand=line.done if line else 0,
        tote=state.tote,
        lane=state.lane,
        scanned=item_card(u, state.scanned) if state.scanned and u.rows.get(ItemRow, state.scanned) else None,
        can_undo=state.can_undo,
        can_skip=state.can_skip,
        can_short=state.can_short,
        flags=tuple(order.flags) if order else (),
        note=order.note if order else "",
    )


def _next_bin(state: PickState) -> str | None:
    """The first other bin of the walk that is still to come: the first of all while there is no tote yet."""
    to_come = [state.lines[n].place for n in state.walk if not state.lines[n].closed]
    if state.step is PickStep.TOTE:
        return to_come[0] if to_come else None
    here = state.line.place if state.line else None
    return next((place for place in to_come if place != here), None)
