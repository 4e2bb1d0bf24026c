"""The pick screen's picture of one moment, from the flow state and the rows. Used by `services.pick`."""

from app.core.facts import SlotProof
from app.core.views import CartSlotCard, ItemCard, PickStep, PickView
from app.flows.pick_prompt import prompt
from app.flows.pick_state import PickState, slot_of
from app.flows.route import key
from app.flows.shorts import losers
from app.flows.units import Line
from app.services.cards import item_card
from app.services.pack_weight import unit_weight
from app.services.ports import UnitOfWork
from sync.contract.rows import ItemRow, OrderRow, WorkRow

#: Steps that show no line.
_BEFORE = (PickStep.CART, PickStep.SLOTS, PickStep.TOTE)


def pick_view(u: UnitOfWork, state: PickState) -> PickView:
    """What the picker sees."""
    order = u.rows.get(OrderRow, state.order)
    line, item = _on_screen(u, state)
    stops = {key(line) for line in state.lines if not line.gone}
    closed = len(stops) - len({key(line) for line in state.lines if not line.closed})
    slot = slot_of(state, state.slot)
    return PickView(
        job=state.job, order=state.order, step=state.step, prompt=prompt(state),
        line=min(closed + 1, len(stops)), lines=len(stops), lines_done=closed,
        bin=line.place if line else None, bin_confirmed=bool(line) and state.bin_at == (line.place if line else None),
        next_bin=_next_bin(state), item=item, take=line.need - line.short - line.swapped if line else 0,
        in_hand=line.done if line else 0, tote=state.tote, lane=state.lane,
        scanned=item_card(u, state.scanned) if state.scanned and u.rows.get(ItemRow, state.scanned) else None,
        can_undo=state.can_undo, can_skip=state.can_skip, can_short=state.can_short,
        flags=tuple(order.flags) if order else (), note=order.note if order else "",
        method=state.rules.method, orders=len({line.order for line in state.lines}), cart=state.cart,
        slots=_slots(state), slot=state.slot, slot_tote=slot.tote if slot else None,
        hand=sum(state.lines[n].hand for n in state.hand if state.lines[n].slot == state.slot),
        back=bool(line and line.back), others=_others(u, state, line), losers=_losers(state),
        serials=line.serials if line else (), banner=state.banner, totes=state.totes, part=state.part, legs=state.legs,
        parts_here=state.parts_here, **_can(u, state),
    )  # fmt: skip


def _on_screen(u: UnitOfWork, state: PickState) -> tuple[Line | None, ItemCard | None]:
    """The line that is shown: the one in hand; while units are sorted, the one they are of."""
    line = state.line if state.step not in _BEFORE else None
    if state.step is PickStep.SORT:
        line = state.lines[state.hand[0]]
    elif state.step is PickStep.EMPTY:
        line = state.lines[state.emptied or 0]
    return line, item_card(u, line.sku, u.rows.get(WorkRow, line.item)) if line else None


def _can(u: UnitOfWork, state: PickState) -> dict[str, bool]:
    """Which buttons do something now."""
    line, at = state.line, state.step in (PickStep.BIN, PickStep.ITEM)
    item = u.rows.get(ItemRow, line.sku) if line else None
    tracked = line is not None and (line.careful or line.serial_tracked)
    return {
        "can_type": state.step is PickStep.ITEM and state.proven and not tracked,
        "can_weigh": state.step is PickStep.ITEM and state.proven and not tracked and _weighable(u, line),
        "can_take_out": state.step is PickStep.ITEM and line is not None and bool(line.serials),
        "can_substitute": (at or state.step is PickStep.SHORT) and item is not None and bool(item.substitutes),
        "can_call": at and line is not None,
        "can_fill": state.can_fill or (state.step is PickStep.SORT and _bound(state)),
        "can_unload": at and any(slot.tote for slot in state.slots) and not state.hand,
        "can_put": state.step is PickStep.SORT and state.rules.proof is SlotProof.NONE and _bound(state),
    }


def _weighable(u: UnitOfWork, line: Line | None) -> bool:
    return line is not None and unit_weight(u, line.sku) is not None


def _bound(state: PickState) -> bool:
    slot = slot_of(state, state.slot)
    return slot is not None and slot.tote is not None


def _slots(state: PickState) -> tuple[CartSlotCard, ...]:
    """The cart's slots; what is to be taken, or is in hand, for each."""
    cards, stop = [], state.stop if state.slots else ()
    for slot in state.slots:
        lines = [line for line in state.lines if line.slot == slot.n and not line.back and not line.gone]
        if state.step is PickStep.SORT:
            units = sum(line.hand for line in lines)
        else:
            units = sum(line.open + line.hand for line in (state.lines[n] for n in stop) if line.slot == slot.n)
        done = bool(lines) and not any(line.open or line.hand for line in lines)
        word = "cancelled" if slot.gone else "done" if done else "filling" if slot.tote else "empty"
        cards.append(CartSlotCard(slot.n, slot.order, slot.tote, word, units, slot.n == state.slot))
    return tuple(cards)


def _others(u: UnitOfWork, state: PickState, line: Line | None) -> tuple[ItemCard, ...]:
    """Items to compare with: what a careful line was mistaken for, or what may be taken instead."""
    if state.step is PickStep.SUBSTITUTE:
        return tuple(item_card(u, other.sku) for other in state.swap)
    item = u.rows.get(ItemRow, line.sku) if line is not None and line.careful else None
    return tuple(item_card(u, sku) for sku in (item.look_alikes if item else ()) if u.rows.get(ItemRow, sku))


def _losers(state: PickState) -> tuple[tuple[str, int], ...]:
    if state.step is not PickStep.SHORT:
        return ()
    short: dict[str, int] = {}
    for n, units in losers(state):
        short[state.lines[n].order] = short.get(state.lines[n].order, 0) + units
    return tuple(short.items())


def _next_bin(state: PickState) -> str | None:
    """The first other bin of the walk that is still to come: the first of all while there is no tote yet."""
    to_come = [state.lines[n].place for n in state.walk if not state.lines[n].closed]
    if state.step in _BEFORE:
        return to_come[0] if to_come else None
    here = state.line.place if state.line else None
    return next((place for place in to_come if place != here), None)
