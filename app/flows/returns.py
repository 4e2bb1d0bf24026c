"""Goods that come back are taken out of their box, judged and put somewhere, one pure step at a time. Called by `services.returns`.

`TABLE` names the one function for each (step, event); what is not in it is refused.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from app.core.facts import Disposition, ReturnDone, ReturnReceive, ReturnUndo, ScanRefused, suggested
from app.core.messages import Code, Message, say
from app.core.views_returns import ReturnStep
from app.flows.returns_state import (
    MOST_KEPT,
    MOST_UNITS,
    TRANSITIONS,
    Empty,
    Event,
    Graded,
    Kept,
    NoLabel,
    PutAside,
    ReturnState,
    SawBin,
    SawItem,
    SawText,
    Undo,
    Way,
)
from app.flows.step import Record, Step

_SCANS = (SawItem, SawBin, SawText)
Done = Step[ReturnState]


def step(state: ReturnState, event: Event) -> Done:
    """What `event` does to a box that came back."""
    function: Callable[[Any, Any], Done] = TABLE.get((state.step, type(event)), _stray)
    done = function(state, event)
    assert done.state.step is state.step or done.state.step in TRANSITIONS[state.step]
    return done


def _no(state: ReturnState, event: Event, why: Message) -> Done:
    """Refused. A scan is written down, a button is not."""
    if not isinstance(event, _SCANS):
        return Step(state, say=why, refused=True)
    return Step(state, (Record(ScanRefused(job=None, text=event.text, code=why.code.value)),), why, refused=True)


def _stray(state: ReturnState, event: Event) -> Done:
    match state.step, event:
        case ReturnStep.ITEM, SawBin():
            return _no(state, event, say(Code.RETURN_ITEM_FIRST))
        case ReturnStep.GRADE, SawBin():
            return _no(state, event, say(Code.RETURN_GRADE_FIRST))
        case ReturnStep.PLACE, SawItem() | SawText():
            return _no(state, event, say(Code.RETURN_BIN_FIRST))
        case _, SawText():
            return _no(state, event, say(Code.RETURN_NOT_ITEM))
    return _no(state, event, say(Code.NOT_NOW))


# --- whose it is ---


def _whose(state: ReturnState, event: SawText) -> Done:
    return Step(replace(state, step=ReturnStep.ITEM, found=event.text), say=say(Code.RETURN_OPENED, text=event.text))


def _nobody(state: ReturnState, _: NoLabel) -> Done:
    return Step(replace(state, step=ReturnStep.ITEM))


# --- what is in it ---


def _item(state: ReturnState, event: SawItem) -> Done:
    """In the hand; of goods with a number of their own there is one."""
    if len(state.kept) >= MOST_KEPT or not 0 < event.qty <= MOST_UNITS:
        return _no(state, event, say(Code.RETURN_TOO_MANY))
    after = replace(
        state, step=ReturnStep.GRADE, sku=event.sku, name=event.name, qty=event.qty, lot=event.lot, serial=event.serial,
        scan=event.text,
    )  # fmt: skip
    return Step(after, say=_unit(after))


def _unit(state: ReturnState) -> Message:
    """What is in the hand; a person hears when that is more than was announced."""
    more = state.surplus(state.sku, state.qty)
    if more:
        return say(Code.RETURN_NOT_ANNOUNCED, n=more, name=state.name)
    return say(Code.RETURN_UNIT, n=state.qty)


def _one_more(state: ReturnState, event: SawItem) -> Done:
    """The same again in the same state; anything else is judged after this."""
    same = (event.sku, event.lot, event.serial) == (state.sku, state.lot, state.serial)
    if not same or event.serial:
        return _no(state, event, say(Code.RETURN_GRADE_FIRST))
    if state.qty + event.qty > MOST_UNITS:
        return _no(state, event, say(Code.RETURN_TOO_MANY))
    after = replace(state, qty=state.qty + event.qty)
    return Step(after, say=_unit(after))


def _graded(state: ReturnState, event: Graded) -> Done:
    way = suggested(event.grade, state.reason(state.sku))
    return Step(replace(state, step=ReturnStep.PLACE, grade=event.grade, way=way))


# --- where it goes ---


def _way(state: ReturnState, event: Way) -> Done:
    return Step(replace(state, way=event.way))


def _into(state: ReturnState, event: SawBin) -> Done:
    return _kept(state, event.bin)


def _aside(state: ReturnState, event: PutAside) -> Done:
    """What is sold again needs a place of its own."""
    if state.way is Disposition.RESTOCK:
        return _no(state, event, say(Code.RETURN_BIN_FIRST))
    return _kept(state, "")


def _kept(state: ReturnState, bin: str) -> Done:
    assert state.grade is not None
    assert state.way is not None
    receipt = state.next_receipt()
    fact = ReturnReceive(
        box=state.box, receipt=receipt, sku=state.sku, qty=state.qty, grade=state.grade, disposition=state.way,
        found=state.found, bin=bin, lot=state.lot, serial=state.serial, scan=state.scan,
    )  # fmt: skip
    kept = Kept(receipt, state.sku, state.qty, state.grade, state.way, bin)
    after = replace(_empty_hand(state), kept=(*state.kept, kept), told=state.told + 1)
    return Step(after, (Record(fact),), say(Code.RETURN_KEPT, n=state.qty))


def _empty_hand(state: ReturnState) -> ReturnState:
    return replace(
        state, step=ReturnStep.ITEM, sku="", name="", qty=0, lot="", serial="", scan="", grade=None, way=None
    )


# --- taken back, and over ---


def _undo_kept(state: ReturnState, event: Undo) -> Done:
    if not state.kept:
        return _no(state, event, say(Code.NOTHING_TO_UNDO))
    last = state.kept[-1]
    fact = ReturnUndo(box=state.box, receipt=last.receipt)
    return Step(replace(state, kept=state.kept[:-1]), (Record(fact),), say(Code.UNDONE, n=last.qty))


def _undo_hand(state: ReturnState, _: Undo) -> Done:
    return Step(_empty_hand(state), say=say(Code.UNDONE, n=state.qty))


def _undo_grade(state: ReturnState, _: Undo) -> Done:
    return Step(replace(state, step=ReturnStep.GRADE, grade=None, way=None))


def _over(state: ReturnState, event: Empty) -> Done:
    """Also of a box in which nothing was, when somebody knows whose it is."""
    if not state.kept and not state.found:
        return _no(state, event, say(Code.RETURN_ITEM_FIRST))
    fact = ReturnDone(box=state.box, found=state.found)
    return Step(replace(state, step=ReturnStep.OVER), (Record(fact),), say(Code.RETURN_DONE))


#: The function for each (step, event).
TABLE: dict[tuple[ReturnStep, type], Callable[[Any, Any], Done]] = {
    (ReturnStep.BOX, SawText): _whose,
    (ReturnStep.BOX, SawItem): _item,
    (ReturnStep.BOX, NoLabel): _nobody,
    (ReturnStep.ITEM, SawItem): _item,
    (ReturnStep.ITEM, Empty): _over,
    (ReturnStep.ITEM, Undo): _undo_kept,
    (ReturnStep.GRADE, SawItem): _one_more,
    (ReturnStep.GRADE, Graded): _graded,
    (ReturnStep.GRADE, Undo): _undo_hand,
    (ReturnStep.PLACE, Way): _way,
    (ReturnStep.PLACE, SawBin): _into,
    (ReturnStep.PLACE, PutAside): _aside,
    (ReturnStep.PLACE, Undo): _undo_grade,
}
