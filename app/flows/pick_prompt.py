"""What a pick asks for at each step, and what a scan is most likely to be there."""

from collections.abc import Callable

from app.core.facts import SlotProof
from app.core.messages import Code, Message, say
from app.core.scan import ScanKind
from app.core.views import PickStep
from app.flows.pick_state import PickState, slot_of
from app.flows.resolve import Expect
from app.flows.units import Asks, Line


def item_prompt(line: Line, asks: Asks | None) -> Message:
    """What to scan of a line: its lot or serial number if the unit in hand lacks it, else the first or the next unit."""
    if asks is not None and asks.what is Code.SCAN_LOT:
        return say(Code.SCAN_LOT, lot=line.lot or "")
    if asks is not None:
        return say(Code.SCAN_SERIAL, n=line.open)
    return say(Code.SCAN_MORE if line.done else Code.SCAN_ITEM, n=line.open)


def prompt(state: PickState) -> Message:
    """What to do now."""
    return _PROMPTS[state.step](state)


def _line(state: PickState) -> Line:
    line = state.line
    assert line is not None, "a step at a line without a line"
    return line


def _slot(state: PickState) -> Message:
    return say(Code.SCAN_SLOT_TOTE, slot=state.slot or 0)


def _sort(state: PickState) -> Message:
    """ "2 into slot 3"; first a tote, where the slot has none."""
    slot = slot_of(state, state.slot)
    if slot is None or slot.tote is None:
        return _slot(state)
    n = sum(state.lines[at].hand for at in state.hand if state.lines[at].slot == slot.n)
    code = Code.PUT_INTO_TOTE if state.rules.proof is SlotProof.TOTE else Code.PUT_INTO_SLOT
    return say(code, n=n, slot=slot.n, tote=slot.tote)


def _substitute(state: PickState) -> Message:
    if state.asks is not None:
        return item_prompt(state.swap[0], state.asks)
    return say(Code.SCAN_SUBSTITUTE, n=_line(state).open)


def _drop(state: PickState) -> Message:
    if state.dropping is not None:
        return say(Code.SCAN_LANE_FOR_TOTE, tote=state.dropping)
    if state.cluster:
        return say(Code.UNLOAD_CART)
    if state.legs > 1 and state.fixed_lane and state.lane:
        return say(Code.PARTS_HERE, n=state.parts_here, of=state.legs, lane=state.lane)
    return say(Code.SCAN_LANE)


_PROMPTS: dict[PickStep, Callable[[PickState], Message]] = {
    PickStep.CART: lambda state: say(Code.SCAN_CART),
    PickStep.SLOTS: _slot,
    PickStep.TOTE: lambda state: say(Code.SCAN_TOTE),
    PickStep.BIN: lambda state: say(Code.SCAN_BIN, bin=_line(state).place),
    PickStep.ITEM: lambda state: item_prompt(_line(state), state.asks),
    PickStep.CHECK: lambda state: say(Code.SCAN_ONCE_MORE),
    PickStep.REMOVE: lambda state: say(Code.SCAN_TO_REMOVE),
    PickStep.SHORT: lambda state: say(Code.CHOOSE_SHORT_REASON, n=_line(state).open),
    PickStep.SUBSTITUTE: _substitute,
    PickStep.SORT: _sort,
    PickStep.EMPTY: lambda state: say(Code.IS_IT_EMPTY, bin=state.lines[state.emptied or 0].place),
    PickStep.FULL: lambda state: say(Code.WHERE_IS_FULL_TOTE, tote=state.tote or ""),
    PickStep.BACK_BIN: lambda state: say(Code.PUT_BACK_TO, n=_line(state).open, bin=_line(state).place),
    PickStep.BACK_ITEM: lambda state: say(Code.SCAN_BACK_UNITS, n=_line(state).open),
    PickStep.DROP: _drop,
    PickStep.DONE: lambda state: (
        say(Code.TAKE_NEXT_WORK) if state.cancelled else say(Code.ALL_PICKED, order=state.order)
    ),
}

_WANTED: dict[PickStep, tuple[ScanKind, ...]] = {
    PickStep.CART: (ScanKind.CART,),
    PickStep.SLOTS: (ScanKind.TOTE,),
    PickStep.TOTE: (ScanKind.TOTE,),
    PickStep.BIN: (ScanKind.BIN,),
    PickStep.ITEM: (ScanKind.ITEM,),
    PickStep.CHECK: (ScanKind.ITEM,),
    PickStep.SUBSTITUTE: (ScanKind.ITEM,),
    PickStep.SORT: (ScanKind.SLOT, ScanKind.TOTE),
    PickStep.FULL: (ScanKind.TOTE, ScanKind.BIN),
    PickStep.BACK_BIN: (ScanKind.BIN,),
    PickStep.BACK_ITEM: (ScanKind.ITEM,),
    PickStep.DROP: (ScanKind.BIN,),
}


def expect(state: PickState) -> Expect:
    """What a scan is most likely to be here: narrows down a code that could be two things."""
    return Expect(frozenset(_WANTED.get(state.step, ())), frozenset(id for id in _ids(state) if id))


def _ids(state: PickState) -> set[str | None]:
    line = state.line
    if state.step is PickStep.TOTE:
        return {state.tote}
    if state.step is PickStep.SUBSTITUTE:
        return {other.sku for other in state.swap}
    if state.step in (PickStep.SORT, PickStep.SLOTS):
        slot = slot_of(state, state.slot)
        return {slot.tote if slot else None}
    return {line.place, line.sku} if line else {state.lane}
