"""Setting an order aside for its customer and handing it over, one pure step at a time. Called by `services.pickup`.

`TABLE` names the one function for each (step, event); what is not in it is refused.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from app.core.facts import PickupHandOver, PickupReady, PickupRefuse, PickupUnready, ScanRefused
from app.core.messages import Code, Message, say
from app.core.views_pickup import PickupStep
from app.flows.pickup_state import (
    MOST_PIECES,
    MOST_STROKES,
    TRANSITIONS,
    AllHere,
    Because,
    Cancel,
    Event,
    NameRight,
    NotWanted,
    PickupState,
    SawCode,
    SawOther,
    SawPiece,
    SawShelf,
    Signed,
    Undo,
)
from app.flows.step import Record, Step

_SCANS = (SawPiece, SawShelf, SawCode, SawOther)
Done = Step[PickupState]


def step(state: PickupState, event: Event) -> Done:
    """What `event` does to an order that is fetched."""
    function: Callable[[Any, Any], Done] = TABLE.get((state.step, type(event)), _stray)
    done = function(state, event)
    assert done.state.step is state.step or done.state.step in TRANSITIONS[state.step]
    return done


def _no(state: PickupState, event: Event, why: Message) -> Done:
    """Refused. A scan is written down, a button is not; a customer's code never is."""
    if not isinstance(event, _SCANS):
        return Step(state, say=why, refused=True)
    text = event.order if isinstance(event, SawCode) else event.text
    return Step(state, (Record(ScanRefused(job=None, text=text, code=why.code.value)),), why, refused=True)


def _stray(state: PickupState, event: Event) -> Done:
    if isinstance(event, SawOther) and not event.known:
        return _no(state, event, say(Code.UNKNOWN_CODE, text=event.text))
    return _no(state, event, say(Code.NOT_NOW))


# --- set aside ---


def _piece(state: PickupState, event: SawPiece) -> Done:
    if event.order and event.order != state.order:
        return _no(state, event, say(Code.PICKUP_OTHERS, order=event.order))
    if event.piece in state.seen:
        return _no(state, event, say(Code.PICKUP_TWICE))
    seen = (*state.seen, event.piece)[:MOST_PIECES]
    return Step(replace(state, seen=seen), say=say(Code.PICKUP_PIECE, n=len(seen)))


def _aside_again(state: PickupState, event: SawPiece) -> Done:
    """More of it is put beside what stands there: the shelf is scanned once more."""
    done = _piece(state, event)
    return done if done.refused else replace(done, state=replace(done.state, step=PickupStep.ASIDE))


def _shelf(state: PickupState, event: SawShelf) -> Done:
    """It stands there; only now anybody hears of it."""
    fact = PickupReady(order=state.order, shelf=event.shelf, pieces=list(state.seen))
    after = replace(state, step=PickupStep.STANDS, shelf=event.shelf, wanted=state.seen)
    return Step(after, (Record(fact),), say(Code.PICKUP_READY, order=state.order, bin=event.shelf))


def _undo_piece(state: PickupState, event: Undo) -> Done:
    if not state.seen:
        return _no(state, event, say(Code.NOTHING_TO_UNDO))
    return Step(replace(state, seen=state.seen[:-1]), say=say(Code.UNDONE, n=1))


def _undo_shelf(state: PickupState, _: Undo) -> Done:
    fact = PickupUnready(order=state.order, shelf=state.shelf)
    after = replace(state, step=PickupStep.ASIDE, shelf="", wanted=())
    return Step(after, (Record(fact),), say(Code.UNDONE, n=1))


# --- handed over ---


def _code(state: PickupState, event: SawCode) -> Done:
    if not event.right or event.order != state.order:
        return _no(state, event, say(Code.PICKUP_WRONG_CODE))
    after = replace(state, code=event.code, step=PickupStep.PIECES)
    if state.wanted and not state.left:
        return _handed(after, "")
    return Step(after, say=say(Code.PICKUP_CODE_RIGHT, name=state.customer))


def _named(state: PickupState, _: NameRight) -> Done:
    return Step(replace(state, step=PickupStep.PIECES))


def _out(state: PickupState, event: SawPiece) -> Done:
    if event.order and event.order != state.order:
        return _no(state, event, say(Code.PICKUP_OTHERS, order=event.order))
    if event.piece in state.seen:
        return _no(state, event, say(Code.PICKUP_TWICE))
    if state.wanted and event.piece not in state.wanted:
        return _no(state, event, say(Code.PICKUP_NOT_OF_IT, order=state.order))
    after = replace(state, seen=(*state.seen, event.piece)[:MOST_PIECES])
    if after.left or not state.wanted:
        return Step(after, say=say(Code.PICKUP_PIECE, n=len(after.seen)))
    return _together(after, say(Code.PICKUP_PIECE, n=len(after.seen)))


def _all(state: PickupState, _: AllHere) -> Done:
    return _together(state, None)


def _together(state: PickupState, told: Message | None) -> Done:
    """All of it lies on the counter: who has shown the code may go, anybody else signs."""
    return _handed(state, "") if state.code else Step(replace(state, step=PickupStep.SIGN), say=told)


def _signed(state: PickupState, event: Signed) -> Done:
    if not event.strokes:
        return _no(state, event, say(Code.PICKUP_SIGN_FIRST))
    return _handed(state, event.strokes[:MOST_STROKES])


def _handed(state: PickupState, strokes: str) -> Done:
    fact = PickupHandOver(
        order=state.order, name=state.customer, code=state.code, signature=strokes, pieces=list(state.seen)
    )
    after = replace(state, step=PickupStep.GONE)
    return Step(after, (Record(fact),), say(Code.PICKUP_HANDED, name=state.customer))


def _undo_out(state: PickupState, event: Undo) -> Done:
    return _undo_piece(state, event)


def _back_to_pieces(state: PickupState, _: Cancel | Undo) -> Done:
    return Step(replace(state, step=PickupStep.PIECES, seen=state.seen[:-1]))


# --- not taken ---


def _why(state: PickupState, _: NotWanted) -> Done:
    return Step(replace(state, came=state.step, step=PickupStep.WHY))


def _because(state: PickupState, event: Because) -> Done:
    fact = PickupRefuse(order=state.order, reason=event.reason)
    return Step(replace(state, step=PickupStep.BACK), (Record(fact),), say(Code.PICKUP_GOES_BACK, order=state.order))


def _never_mind(state: PickupState, _: Cancel) -> Done:
    return Step(replace(state, step=state.came or PickupStep.NAME, came=None))


#: The function for each (step, event).
TABLE: dict[tuple[PickupStep, type], Callable[[Any, Any], Done]] = {
    (PickupStep.ASIDE, SawPiece): _piece,
    (PickupStep.ASIDE, SawShelf): _shelf,
    (PickupStep.ASIDE, Undo): _undo_piece,
    (PickupStep.STANDS, SawPiece): _aside_again,
    (PickupStep.STANDS, Undo): _undo_shelf,
    (PickupStep.NAME, SawCode): _code,
    (PickupStep.NAME, NameRight): _named,
    (PickupStep.NAME, NotWanted): _why,
    (PickupStep.PIECES, SawPiece): _out,
    (PickupStep.PIECES, SawCode): _code,
    (PickupStep.PIECES, AllHere): _all,
    (PickupStep.PIECES, Undo): _undo_out,
    (PickupStep.PIECES, NotWanted): _why,
    (PickupStep.SIGN, Signed): _signed,
    (PickupStep.SIGN, SawCode): _code,
    (PickupStep.SIGN, Undo): _back_to_pieces,
    (PickupStep.SIGN, Cancel): _back_to_pieces,
    (PickupStep.SIGN, NotWanted): _why,
    (PickupStep.WHY, Because): _because,
    (PickupStep.WHY, Cancel): _never_mind,
}
