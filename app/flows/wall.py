"""Sorting a bulk tote into the put wall, one pure step at a time: a unit, its slot, a unit, its slot ..., then the sums. Called by
`services.wall`.

`TABLE` names the one function for each (step, event); what is not in it is refused.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from app.core.facts import JobDrop, PutConfirm, PutExtra, PutShort, PutUndo
from app.core.messages import Code, Message, say
from app.core.scan import ScanKind
from app.core.views_work import SlotState, WallStep
from app.flows.scanning import answers, completed, not_this, refuse, unit_of
from app.flows.step import Record, Step
from app.flows.units import Asks, Counted, Line, Unit, put_back, take
from app.flows.wall_events import (
    FREE,
    Acknowledge,
    AskMissing,
    Cancel,
    Close,
    Confirm,
    Event,
    ReallyMissing,
    Rights,
    Scanned,
    Undo,
)
from app.flows.wall_rule import Place, Sort, choose, choose_place, is_large
from app.flows.wall_state import TRANSITIONS, Put, WallState, arrive, asked, slot_state


def step(state: WallState, event: Event, rights: Rights = FREE) -> Step[WallState]:
    """What `event` does to `state`."""
    if isinstance(event, Acknowledge):
        return Step(replace(state, scanned=None))
    done = _stopped(state, event, rights) or _handler(state, event)(state, event)
    assert done.state.step is state.step or done.state.step in TRANSITIONS[state.step]
    return done


def _handler(state: WallState, event: Event) -> Callable[[WallState, Any], Step[WallState]]:
    if isinstance(event, Scanned):
        meaning = event.meaning
        if meaning.also and not answers(state.asks, meaning, state.sort.line.lot if state.sort else None):
            return _ambiguous
        return TABLE.get((state.step, meaning.kind), _stray)
    return TABLE.get((state.step, type(event)), _not_now)


def _stopped(state: WallState, event: Event, rights: Rights) -> Step[WallState] | None:
    """What is in the hand may still be put after the lease is over; nothing new is taken out of the tote."""
    if rights.gone and state.step is not WallStep.DONE:
        return _no(state, event, say(Code.TASK_GONE))
    if rights.over and state.step is WallStep.UNIT and isinstance(event, Scanned):
        return _no(state, event, say(Code.LEASE_OVER))
    return None


def _no(
    state: WallState, event: Event, why: Message, expected: str = "", scanned: str | None = None
) -> Step[WallState]:
    """Refused. A scan is written down, a button is not."""
    if not isinstance(event, Scanned):
        return Step(state, say=why, refused=True)
    item = state.sort.line.item if state.sort else None
    return refuse(replace(state, scanned=scanned), why, event.meaning, state.job, item, expected)


def _not_now(state: WallState, event: Event) -> Step[WallState]:
    return _no(state, event, say(Code.NOT_NOW))


def _stray(state: WallState, event: Scanned) -> Step[WallState]:
    return _no(state, event, not_this(event.meaning))


def _ambiguous(state: WallState, event: Scanned) -> Step[WallState]:
    return _no(state, event, say(Code.AMBIGUOUS_SCAN, text=event.meaning.fields.text))


# --- a unit out of the tote ---


def _unit(state: WallState, event: Scanned) -> Step[WallState]:
    if answers(state.asks, event.meaning, state.sort.line.lot if state.sort else None):
        return _proof(state, event)
    return _place(state, event, unit_of(event.meaning))


def _proof(state: WallState, event: Scanned) -> Step[WallState]:
    """Anything else scanned while a lot or serial number was asked for: the answer, or a code out of place."""
    if state.asks is None or not answers(state.asks, event.meaning, state.sort.line.lot if state.sort else None):
        return _stray(state, event)
    return _place(state, event, completed(state.asks, event.meaning))


def _place(state: WallState, event: Scanned, unit: Unit) -> Step[WallState]:
    """Finds the order for a unit, and its slot."""
    at = choose(state.sorts, state.seats, unit, bool(event.free))
    if isinstance(at, Message):
        return _no(state, event, at)
    if at is None:
        return _nowhere(state, event, unit)
    sort = state.sorts[at]
    taken = take(replace(sort.line, lot_seen=None), unit, _serials(state, unit.sku))
    if isinstance(taken, Message):
        return _no(state, event, taken)
    if isinstance(taken, Asks):
        after = replace(state, asks=taken, at=at, scanned=None)
        return Step(after, say=asked(after))
    after = _seated(replace(state, at=at, hand=(taken[1],), asks=None, scanned=None, step=WallStep.SLOT), event.free)
    seat = after.seat
    return Step(after, say=say(Code.UNIT_FOR_SLOT, slot=seat.place or "" if seat else ""))


def _nowhere(state: WallState, event: Scanned, unit: Unit) -> Step[WallState]:
    """No order can have it: the wall is full, or the unit is one too many."""
    if choose(state.sorts, state.seats, unit, room=True) is not None:
        return _no(state, event, say(Code.WALL_FULL))
    proof = _lacks(state, unit)
    if proof is not None:
        after = replace(state, asks=Asks(unit, proof), at=None, scanned=None)
        return Step(after, say=asked(after))
    after = replace(state, step=WallStep.EXTRA, spare=unit, asks=None, at=None, scanned=unit.sku)
    return Step(after, say=say(Code.UNIT_FOR_NOBODY))


def _lacks(state: WallState, unit: Unit) -> Code | None:
    """What has to be known of a unit before it is set aside: its lot or serial number, if its item has them."""
    line = next((sort.line for sort in state.sorts if sort.line.sku == unit.sku), None)
    if line is not None and line.lot_tracked and unit.lot is None:
        return Code.SCAN_LOT
    if line is not None and line.serial_tracked and unit.serial is None and unit.qty == 1:
        return Code.SCAN_SERIAL
    return None


def _serials(state: WallState, sku: str) -> frozenset[str]:
    put = {serial for sort in state.sorts if sort.line.sku == sku for serial in sort.line.serials}
    return frozenset(put | {unit.serial for unit in state.hand if unit.serial})


def _seated(state: WallState, free: tuple[Place, ...]) -> WallState:
    """The state with a slot for the order in the hand: the one it has, or the best free one."""
    seat = state.seat
    if seat is None or seat.place is not None:
        return state
    units = [sum(s.line.need for s in state.sorts if s.slot == other.n) for other in state.seats]
    own = sum(s.line.need for s in state.sorts if s.slot == seat.n)
    place = choose_place(free, state.near, is_large(own, units))
    seats = tuple(replace(s, place=place.code) if place and s.n == seat.n else s for s in state.seats)
    return replace(state, seats=seats, near=place or state.near)


# --- into the slot ---


def _more(state: WallState, event: Scanned) -> Step[WallState]:
    """Another unit of the same item for the same slot is taken along; anything else waits until this one lies in its slot."""
    sort, seat = _held(state), state.seat
    unit = unit_of(event.meaning)
    slot = seat.place or "" if seat else ""
    if unit.sku != sort.line.sku or unit.lot not in (None, state.hand[0].lot):
        return _no(state, event, say(Code.SLOT_FIRST, slot=slot), slot)
    serial = unit.serial if sort.line.serial_tracked else None
    lot = state.hand[0].lot
    held = replace(sort.line, done=sort.line.done + state.in_hand, lot_seen=lot)
    taken = take(held, replace(unit, lot=lot, serial=serial), _serials(state, unit.sku))
    if isinstance(taken, Asks):
        return _no(state, event, say(Code.SLOT_FIRST, slot=slot), slot)
    if isinstance(taken, Message):
        return _no(state, event, taken if taken.code is not Code.TOO_MANY else say(Code.SLOT_FIRST, slot=slot), slot)
    after = replace(state, hand=(*state.hand, taken[1]), scanned=None)
    return Step(after, say=say(Code.IN_HAND, n=after.in_hand))


def _slot(state: WallState, event: Scanned) -> Step[WallState]:
    needed = state.seat.place or "" if state.seat else ""
    if event.meaning.id != needed:
        return _no(state, event, say(Code.WRONG_SLOT, scanned=event.meaning.id, needed=needed), needed)
    return _put(state, event.meaning.fields.text)


def _confirm(state: WallState, _: Confirm) -> Step[WallState]:
    return _put(state, "")


def _put(state: WallState, scan: str) -> Step[WallState]:
    sort, seat = _held(state), state.seat
    assert seat is not None
    assert seat.place is not None
    line = sort.line
    for unit in state.hand:
        serials = (*line.serials, unit.serial) if unit.serial else line.serials
        line = replace(line, done=line.done + unit.qty, serials=serials)
    sorts = tuple(replace(sort, line=line) if n == state.at else other for n, other in enumerate(state.sorts))
    put = Put(line.item, seat.n, seat.place, _merged(state.hand))
    after = arrive(replace(state, sorts=sorts, puts=(*state.puts, put)))
    facts = tuple(
        Record(
            PutConfirm(
                job=state.job, sku=line.sku, qty=unit.qty, slot=seat.n, from_tote=state.tote, tote=seat.place,
                lot=unit.lot, serial=unit.serial, scan=scan,
            ),
            line.item,
        )
        for unit in put.units
    )  # fmt: skip
    complete = slot_state(after, seat) is SlotState.PACK
    told = say(Code.SLOT_COMPLETE, slot=seat.place, order=seat.order)
    return Step(after, facts, told if complete else say(Code.PUT_DONE, n=put.qty, slot=seat.place))


def _merged(hand: tuple[Counted, ...]) -> tuple[Counted, ...]:
    """What one fact each can say: units with a serial number alone, the others together."""
    loose = [unit for unit in hand if unit.serial is None]
    one = (replace(loose[0], qty=sum(unit.qty for unit in loose)),) if loose else ()
    return (*one, *(unit for unit in hand if unit.serial is not None))


def _held(state: WallState) -> Sort:
    sort = state.sort
    assert sort is not None, "at a slot without a line"
    return sort


# --- what fits nowhere, and what is missing ---


def _set_aside(state: WallState, event: Scanned) -> Step[WallState]:
    tote, unit = event.meaning.id, state.spare
    if tote == state.tote or event.used_by is not None:
        return _no(state, event, say(Code.TOTE_IN_USE, tote=tote, job=event.used_by or state.job))
    assert unit is not None, "nothing to set aside"
    after = arrive(replace(state, sorts=_credited(state.sorts, unit), extra=state.extra + unit.qty))
    fact = PutExtra(
        job=state.job, sku=unit.sku, qty=unit.qty, from_tote=state.tote, tote=tote, lot=unit.lot, serial=unit.serial
    )
    return Step(after, (Record(fact),), say(Code.EXTRA_NOTED, n=unit.qty, tote=tote))


def _credited(sorts: tuple[Sort, ...], unit: Unit) -> tuple[Sort, ...]:
    """A unit set aside accounts for one that a cancelled line had in the tote, if there is such a line."""
    left, after = unit.qty, []
    for sort in sorts:
        here = min(left, sort.open) if sort.gone and sort.line.sku == unit.sku else 0
        left -= here
        after.append(replace(sort, aside=sort.aside + here))
    return tuple(after)


def _no_tote(state: WallState, event: Scanned) -> Step[WallState]:
    return _no(state, event, say(Code.NOT_A_TOTE, text=event.meaning.fields.text))


def _ask_missing(state: WallState, _: AskMissing) -> Step[WallState]:
    return Step(replace(state, step=WallStep.MISSING, asks=None, at=None, scanned=None))


def _missing(state: WallState, _: ReallyMissing) -> Step[WallState]:
    lost = [(sort.line, sort.open) for sort in state.sorts if sort.open > 0]
    sorts = tuple(replace(s, line=replace(s.line, short=s.line.short + s.open)) if s.open else s for s in state.sorts)
    facts = tuple(
        Record(PutShort(job=state.job, sku=line.sku, missing=missing, from_tote=state.tote), line.item)
        for line, missing in lost
    )
    noted = say(Code.SHORT_NOTED, n=sum(missing for _, missing in lost))
    return Step(arrive(replace(state, sorts=sorts)), facts, noted)


def _cancel(state: WallState, _: Cancel) -> Step[WallState]:
    return Step(arrive(state))


# --- undo, and the end ---


def _undo(state: WallState, event: Undo) -> Step[WallState]:
    if state.hand:
        last = state.hand[-1]
        fewer = replace(state, hand=state.hand[:-1], scanned=None)
        return Step(fewer if fewer.hand else arrive(fewer), say=say(Code.UNDONE, n=last.qty))
    if not state.can_undo:
        return Step(state, say=say(Code.NOTHING_TO_UNDO), refused=True)
    put = state.puts[-1]
    sorts = tuple(replace(s, line=_without(s.line, put)) if s.line.item == put.item else s for s in state.sorts)
    sku = next(s.line.sku for s in state.sorts if s.line.item == put.item)
    facts = tuple(
        Record(
            PutUndo(
                job=state.job, sku=sku, qty=unit.qty, slot=put.slot, from_tote=state.tote, tote=put.place,
                lot=unit.lot, serial=unit.serial,
            ),
            put.item,
        )
        for unit in put.units
    )  # fmt: skip
    after = arrive(replace(state, sorts=sorts, puts=state.puts[:-1]))
    return Step(after, facts, say(Code.UNDONE, n=put.qty))


def _without(line: Line, put: Put) -> Line:
    for unit in put.units:
        line = put_back(line, unit)
    return line


def _empty_tote(state: WallState, event: Scanned) -> Step[WallState]:
    if event.meaning.id != state.tote:
        return _no(state, event, say(Code.WRONG_TOTE, scanned=event.meaning.id, needed=state.tote), state.tote)
    return _end(state)


def _close(state: WallState, _: Close) -> Step[WallState]:
    return _end(state)


def _unproved(state: WallState, event: Event) -> Step[WallState]:
    """The tote cannot be closed while the sums do not add up."""
    if isinstance(event, Scanned) and event.meaning.id != state.tote:
        return _stray(state, event)
    return _no(state, event, say(Code.SUMS_OPEN, n=state.left))


def _end(state: WallState) -> Step[WallState]:
    assert state.left == 0, "closed with open sums"
    fact = Record(JobDrop(job=state.job, tote=state.tote, lane=state.lane))
    return Step(replace(state, step=WallStep.DONE, scanned=None), (fact,), say(Code.SORT_CLOSED, tote=state.tote))


#: A command is a button; a badge is shown to a reader, never to a wall.
_SCANS = frozenset(ScanKind) - {ScanKind.COMMAND, ScanKind.BADGE}

#: The function for each (step, event); scans by their kind.
TABLE: dict[tuple[WallStep, ScanKind | type], Callable[[WallState, Any], Step[WallState]]] = {
    **{(WallStep.UNIT, kind): _proof for kind in _SCANS},
    (WallStep.UNIT, ScanKind.ITEM): _unit,
    (WallStep.UNIT, ScanKind.TOTE): _unproved,
    **{(WallStep.SLOT, kind): _slot for kind in _SCANS - {ScanKind.UNKNOWN}},
    (WallStep.SLOT, ScanKind.ITEM): _more,
    **{(WallStep.EXTRA, kind): _no_tote for kind in _SCANS},
    (WallStep.EXTRA, ScanKind.TOTE): _set_aside,
    (WallStep.CLOSE, ScanKind.ITEM): _unit,
    (WallStep.CLOSE, ScanKind.TOTE): _empty_tote,
    (WallStep.SLOT, Confirm): _confirm,
    (WallStep.UNIT, AskMissing): _ask_missing,
    (WallStep.MISSING, ReallyMissing): _missing,
    (WallStep.SLOT, Cancel): _cancel,
    (WallStep.EXTRA, Cancel): _cancel,
    (WallStep.MISSING, Cancel): _cancel,
    (WallStep.UNIT, Close): _unproved,
    (WallStep.CLOSE, Close): _close,
    (WallStep.UNIT, Undo): _undo,
    (WallStep.SLOT, Undo): _undo,
    (WallStep.CLOSE, Undo): _undo,
}
