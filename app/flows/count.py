"""Counting a bin blind, one pure step at a time: the bin, then all that lies in it, scanned or typed. Called through `flows.task`.

`TABLE` names the one function for each (step, event); what is not in it is refused.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from app.core.facts import CountObserved
from app.core.messages import Code, Message, say
from app.core.scan import ScanKind
from app.core.views_work import TaskStep
from app.flows.scanning import answers, completed, not_this, refuse, unit_of
from app.flows.step import Record, Step
from app.flows.task_events import (
    FREE,
    Acknowledge,
    AskNumber,
    Cancel,
    Empty,
    Event,
    Finish,
    Number,
    Rights,
    Scanned,
    Undo,
)
from app.flows.task_state import TRANSITIONS, CountState, Tally, Wanted, prompt
from app.flows.units import Asks, Unit

#: More units than this are a typing mistake.
MOST = 99_999


def step(state: CountState, event: Event, rights: Rights = FREE) -> Step[CountState]:
    """What `event` does to a count."""
    if isinstance(event, Acknowledge):
        return Step(replace(state, scanned=None))
    done = _stopped(state, event, rights) or _handler(state, event)(state, event)
    assert done.state.step is state.step or done.state.step in TRANSITIONS[state.step]
    return done


def _handler(state: CountState, event: Event) -> Callable[[CountState, Any], Step[CountState]]:
    if isinstance(event, Scanned):
        if event.meaning.also and not answers(state.asks, event.meaning, None):
            return _ambiguous
        return TABLE.get((state.step, event.meaning.kind), _stray)
    return TABLE.get((state.step, type(event)), _not_now)


def _stopped(state: CountState, event: Event, rights: Rights) -> Step[CountState] | None:
    """A count that was begun may be ended after the lease is over: what was seen was seen."""
    if rights.gone and state.step is not TaskStep.DONE:
        return _no(state, event, say(Code.TASK_GONE))
    if rights.over and state.step is TaskStep.BIN:
        return _no(state, event, say(Code.LEASE_OVER))
    return None


def _no(state: CountState, event: Event, why: Message, expected: str = "") -> Step[CountState]:
    """Refused. A scan is written down, a button is not."""
    if not isinstance(event, Scanned):
        return Step(state, say=why, refused=True)
    return refuse(state, why, event.meaning, state.job, state.wanted[0].item, expected)


def _not_now(state: CountState, event: Event) -> Step[CountState]:
    return _no(state, event, say(Code.NOT_NOW))


def _stray(state: CountState, event: Scanned) -> Step[CountState]:
    return _no(state, event, not_this(event.meaning))


def _ambiguous(state: CountState, event: Scanned) -> Step[CountState]:
    return _no(state, event, say(Code.AMBIGUOUS_SCAN, text=event.meaning.fields.text))


def _bin(state: CountState, event: Scanned) -> Step[CountState]:
    if event.meaning.id != state.bin:
        return _no(state, event, say(Code.WRONG_BIN, scanned=event.meaning.id, needed=state.bin), state.bin)
    return Step(replace(state, step=TaskStep.COUNT, scanned=None), say=say(Code.BIN_RIGHT, bin=state.bin))


def _too_soon(state: CountState, event: Scanned) -> Step[CountState]:
    return _no(state, event, say(Code.SCAN_BIN_FIRST, bin=state.bin), state.bin)


# --- what lies there ---


def _item(state: CountState, event: Scanned) -> Step[CountState]:
    if answers(state.asks, event.meaning, None):
        return _proof(state, event)
    return _count(state, event, unit_of(event.meaning), event.lot, event.serial)


def _proof(state: CountState, event: Scanned) -> Step[CountState]:
    """The lot or serial number that was asked for, or a code out of place."""
    if state.asks is None or not answers(state.asks, event.meaning, None):
        return _stray(state, event)
    serial = state.asks.what is Code.SCAN_SERIAL
    return _count(state, event, completed(state.asks, event.meaning), lot=not serial, serial=serial)


def _count(state: CountState, event: Scanned, unit: Unit, lot: bool, serial: bool) -> Step[CountState]:
    """Adds a unit or pack. The lot is scanned once; it holds for what follows of the same item until another one is scanned."""
    known = state.now[1] if state.now and state.now[0] == unit.sku else None
    of_lot = unit.lot or known
    if lot and of_lot is None:
        return _ask(state, Asks(unit, Code.SCAN_LOT))
    if serial and unit.serial is None:
        if unit.qty != 1:
            return _no(state, event, say(Code.SCAN_SERIAL, n=unit.qty))
        return _ask(state, Asks(replace(unit, lot=of_lot), Code.SCAN_SERIAL))
    tally = _tally(state, unit.sku, of_lot)
    if serial and any(unit.serial in other.serials for other in state.tallies if other.sku == unit.sku):
        return _no(state, event, say(Code.DUPLICATE_SERIAL, serial=unit.serial or ""))
    if tally.qty + unit.qty > MOST:
        return _no(state, event, say(Code.COUNT_TOO_LARGE))
    serials = (*tally.serials, unit.serial) if serial and unit.serial else tally.serials
    after = _with(state, replace(tally, qty=tally.qty + unit.qty, serials=serials))
    return Step(after, say=say(Code.GOODS_COUNTED, n=tally.qty + unit.qty))


def _ask(state: CountState, asks: Asks) -> Step[CountState]:
    after = replace(state, asks=asks, scanned=None)
    return Step(after, say=prompt(after))


def _tally(state: CountState, sku: str, lot: str | None) -> Tally:
    return next((t for t in state.tallies if (t.sku, t.lot) == (sku, lot)), Tally(sku, lot))


def _with(state: CountState, tally: Tally) -> CountState:
    """The state with this tally, which is now in hand."""
    key = (tally.sku, tally.lot)
    others = tuple(t for t in state.tallies if (t.sku, t.lot) != key)
    trail = (*state.trail, state.tallies)
    return replace(state, tallies=(*others, tally), now=key, asks=None, scanned=None, trail=trail, step=TaskStep.COUNT)


def in_hand(state: CountState) -> tuple[str, str | None] | None:
    """The item and lot that a typed number is about: the last scanned, or the only one asked for."""
    if state.now is not None:
        return state.now
    if len(state.wanted) != 1 or (state.wanted[0].lot_tracked and state.wanted[0].lot is None):
        return None
    return state.wanted[0].sku, state.wanted[0].lot


def _ask_number(state: CountState, event: AskNumber) -> Step[CountState]:
    about = in_hand(state)
    if about is None:
        return _no(state, event, say(Code.SCAN_FIRST))
    tracked = any(w.sku == about[0] and w.serial_tracked for w in state.wanted) or _tally(state, *about).serials
    if tracked:
        return _not_now(state, event)
    return Step(replace(state, step=TaskStep.NUMBER, asks=None, scanned=None))


def _number(state: CountState, event: Number) -> Step[CountState]:
    about = in_hand(state)
    assert about is not None, "a number about nothing"
    if not 0 <= event.count <= MOST:
        return _no(state, event, say(Code.COUNT_TOO_LARGE))
    return Step(_with(state, Tally(*about, event.count)), say=say(Code.GOODS_COUNTED, n=event.count))


def _cancel(state: CountState, _: Cancel) -> Step[CountState]:
    return Step(replace(state, step=TaskStep.COUNT))


def _undo(state: CountState, _: Undo) -> Step[CountState]:
    if state.asks is not None:
        return Step(replace(state, asks=None))
    if not state.trail:
        return Step(state, say=say(Code.NOTHING_TO_UNDO), refused=True)
    before, now = sum(t.qty for t in state.trail[-1]), sum(t.qty for t in state.tallies)
    after = replace(state, tallies=state.trail[-1], trail=state.trail[:-1], scanned=None)
    return Step(after, say=say(Code.UNDONE, n=abs(now - before)))


# --- the end ---


def _empty(state: CountState, event: Empty) -> Step[CountState]:
    return _not_now(state, event) if state.tallies else _counted(state)


def _finish(state: CountState, event: Finish) -> Step[CountState]:
    # Nothing scanned may be a bin that is empty or a button touched by mistake: the person says which.
    return _counted(state) if state.tallies else _no(state, event, say(Code.SCAN_FIRST))


def _counted(state: CountState) -> Step[CountState]:
    """Writes the count down; where history wants it, only after two rounds have shown the same."""
    if any(wanted.careful for wanted in state.wanted) and not _same(state.tallies, state.before):
        first = state.before is None
        again = replace(
            state, tallies=(), now=None, asks=None, trail=(), before=state.tallies, round=state.round + 1, scanned=None
        )
        return Step(again, say=say(Code.COUNT_AGAIN if first else Code.COUNTS_DIFFER))
    after = replace(state, step=TaskStep.DONE, asks=None, scanned=None)
    return Step(after, tuple(_facts(state)), say(Code.COUNT_SAVED, bin=state.bin))


def _same(now: tuple[Tally, ...], before: tuple[Tally, ...] | None) -> bool:
    if before is None:
        return False
    return {(t.sku, t.lot): t.qty for t in now if t.qty} == {(t.sku, t.lot): t.qty for t in before if t.qty}


def _facts(state: CountState) -> Iterator[Record]:
    """What was asked about first, none of it included; then what nobody asked about and lay there all the same."""
    told: set[tuple[str, str | None]] = set()
    for wanted in state.wanted:
        tally = _answer(state, wanted)
        told.add((tally.sku, tally.lot))
        yield Record(_observed(state, tally), wanted.item)
    for tally in state.tallies:
        if (tally.sku, tally.lot) not in told:
            yield Record(_observed(state, tally))


def _answer(state: CountState, wanted: Wanted) -> Tally:
    """The tally that answers a question; a question about any lot is answered by the first that was counted."""
    alike = [t for t in state.tallies if t.sku == wanted.sku and wanted.lot in (None, t.lot)]
    return alike[0] if alike else Tally(wanted.sku, wanted.lot)


def _observed(state: CountState, tally: Tally) -> CountObserved:
    return CountObserved(job=state.job, bin=state.bin, sku=tally.sku, qty=tally.qty, lot=tally.lot)


_SCANS = frozenset(ScanKind) - {ScanKind.COMMAND, ScanKind.BADGE}

#: The function for each (step, event); scans by their kind.
TABLE: dict[tuple[TaskStep, ScanKind | type], Callable[[CountState, Any], Step[CountState]]] = {
    **{(TaskStep.BIN, kind): _bin for kind in _SCANS - {ScanKind.UNKNOWN}},
    (TaskStep.BIN, ScanKind.ITEM): _too_soon,
    **{(TaskStep.COUNT, kind): _proof for kind in _SCANS},
    (TaskStep.COUNT, ScanKind.ITEM): _item,
    (TaskStep.COUNT, AskNumber): _ask_number,
    (TaskStep.COUNT, Empty): _empty,
    (TaskStep.COUNT, Finish): _finish,
    (TaskStep.COUNT, Undo): _undo,
    (TaskStep.NUMBER, Number): _number,
    (TaskStep.NUMBER, Cancel): _cancel,
}
