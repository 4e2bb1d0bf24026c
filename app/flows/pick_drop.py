"""Totes at both ends of a walk: the empty one that is bound, the full one that is replaced, and the lane where all is set down."""

from dataclasses import replace

from app.core.facts import JobDrop, ToteBind, ToteDrop
from app.core.messages import Code, say
from app.core.views import PickStep
from app.flows.pick_events import CancelShort, Scanned, ToteFull, Unload
from app.flows.pick_no import no, not_now
from app.flows.pick_state import PickState, arrive
from app.flows.step import Record, Step


def bind_tote(state: PickState, event: Scanned) -> Step[PickState]:
    """An empty tote for the job; or, on a later leg of a trip, the very tote that was passed on."""
    tote = event.meaning.id
    if event.only not in (None, tote):
        return no(state, event, say(Code.WRONG_TOTE, scanned=tote, needed=event.only or ""), expected=event.only or "")
    if event.used_by is not None:
        return no(state, event, say(Code.TOTE_IN_USE, tote=tote, job=event.used_by))
    fact = Record(ToteBind(job=state.job, tote=tote))
    return Step(arrive(replace(state, tote=tote)), (fact,), say(Code.TOTE_BOUND, tote=tote))


def no_tote(state: PickState, event: Scanned) -> Step[PickState]:
    """Anything else where a tote is needed."""
    return no(state, event, say(Code.NOT_A_TOTE, text=event.meaning.fields.text))


# --- full ---


def tote_full(state: PickState, event: ToteFull) -> Step[PickState]:
    """Nothing more goes in."""
    if not state.can_fill:
        return not_now(state, event)
    return Step(replace(state, step=PickStep.FULL, asks=None, scanned=None, confirm=None))


def full_at_lane(state: PickState, event: Scanned) -> Step[PickState]:
    """The full tote is set down at a lane; the walk goes on with a new one."""
    if not event.lane:
        return no_lane(state, event)
    lane = event.meaning.id
    fact = Record(ToteDrop(job=state.job, tote=state.tote or "", lane=lane, full=True))
    after = replace(_closed(state), step=PickStep.TOTE, tote=None, lane=lane, scanned=None)
    return Step(after, (fact,), say(Code.TOTE_SET_DOWN, tote=state.tote or "", place=lane))


def full_and_new(state: PickState, event: Scanned) -> Step[PickState]:
    """The full tote stays with the picker, beside a new one."""
    bound = bind_tote(state, event)
    if bound.refused:
        return bound
    old = state.tote or ""
    fact = Record(ToteDrop(job=state.job, tote=old, lane=state.lane or "", full=True))
    after = replace(_closed(state), tote=event.meaning.id, totes=(*state.totes, old))
    return Step(arrive(after), (fact, *bound.effects), bound.say)


def _closed(state: PickState) -> PickState:
    """What lies in a closed tote is no longer taken back by a button."""
    return replace(state, trail=tuple(replace(trace, fixed=True) for trace in state.trail))


# --- the lane ---


def unload(state: PickState, event: Unload) -> Step[PickState]:
    """The cart is full: to the lane, then on with the rest."""
    if not any(slot.tote for slot in state.slots) or state.hand:
        return not_now(state, event)
    return Step(replace(state, step=PickStep.DROP, asks=None, scanned=None, confirm=None))


def back_to_walk(state: PickState, event: CancelShort) -> Step[PickState]:
    """The tote in hand goes back onto the cart; or the cart goes on after all."""
    if state.dropping is not None:
        return Step(replace(state, dropping=None, confirm=None))
    return Step(arrive(state)) if state.line is not None else not_now(state, event)


def drop(state: PickState, event: Scanned) -> Step[PickState]:
    """The lane. One that was not planned is scanned twice; where a part of the order already stands, there is no other."""
    lane = event.meaning.id
    if not event.lane:
        return no_lane(state, event)
    if state.fixed_lane and state.lane and state.lane != lane:
        why = say(Code.LANE_FIXED, lane=state.lane, n=state.parts_here, of=state.legs)
        return no(state, event, why, expected=state.lane)
    if state.lane and state.lane != lane and state.confirm != lane:
        return Step(replace(state, confirm=lane), say=say(Code.CONFIRM_AGAIN, what=lane))
    if state.dropping is not None:
        return _drop_one(state, lane)
    return _drop_rest(state, lane) if state.line is not None else _drop_all(state, lane)


def drop_tote(state: PickState, event: Scanned) -> Step[PickState]:
    """One tote of the cart, to be set down by itself."""
    tote = event.meaning.id
    if not state.cluster:
        return no_lane(state, event)
    if tote not in {slot.tote for slot in state.slots}:
        return no(state, event, say(Code.NOT_ON_CART, tote=tote))
    return Step(replace(state, dropping=tote, scanned=None), say=say(Code.TOTE_IN_HAND, tote=tote))


def _drop_one(state: PickState, lane: str) -> Step[PickState]:
    tote = state.dropping or ""
    fact = Record(ToteDrop(job=state.job, tote=tote, lane=lane))
    after = _off_cart(replace(state, dropping=None, confirm=None), tote)
    said = say(Code.TOTE_SET_DOWN, tote=tote, place=lane)
    if any(slot.tote for slot in after.slots):
        return Step(after, (fact,), said)
    if after.line is not None:
        return Step(arrive(after), (fact,), said)
    done = _drop_all(after, lane)
    return Step(done.state, (fact, *done.effects), done.say)


def _drop_rest(state: PickState, lane: str) -> Step[PickState]:
    """All totes of a cart that is full, while there is more to pick."""
    totes = [slot.tote for slot in state.slots if slot.tote]
    facts = tuple(Record(ToteDrop(job=state.job, tote=tote, lane=lane)) for tote in totes)
    for tote in totes:
        state = _off_cart(state, tote)
    return Step(arrive(state), facts, say(Code.CART_UNLOADED, n=len(totes), lane=lane))


def _drop_all(state: PickState, lane: str) -> Step[PickState]:
    after = replace(state, step=PickStep.DONE, lane=lane, confirm=None)
    fact = Record(JobDrop(job=state.job, tote=None if state.cluster else state.tote, lane=lane))
    return Step(after, (fact,), say(Code.ORDER_PICKED, order=state.order, lane=lane))


def _off_cart(state: PickState, tote: str) -> PickState:
    """A tote leaves the cart: its slot is free for another, and what lies in it is out of reach."""
    slots = tuple(replace(slot, tote=None) if slot.tote == tote else slot for slot in state.slots)
    trail = tuple(replace(trace, fixed=trace.fixed or trace.tote == tote) for trace in state.trail)
    return replace(state, slots=slots, trail=trail)


def no_lane(state: PickState, event: Scanned) -> Step[PickState]:
    """Anything else where a lane is needed."""
    return no(state, event, say(Code.NOT_A_LANE, text=event.meaning.fields.text), expected=state.lane or "")
