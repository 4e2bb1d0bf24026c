"""Single-order picking, one pure step at a time: tote, then bin, item, bin, item ..., then the lane. Called by `services.pick`.

`TABLE` names the one function for each (step, event); what is not in it is refused.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from app.core.facts import JobDrop, PickAtBin, PickConfirm, PickShort, PickSkip, PickUndo, ShortReason, ToteBind
from app.core.messages import Code, Message, say
from app.core.scan import ScanKind, ScanMeaning
from app.core.views import PickStep
from app.flows.pick_state import TRANSITIONS, PickState, arrive, item_prompt
from app.flows.scanning import answers, completed, not_this, refuse, unit_of
from app.flows.step import Record, Step
from app.flows.units import Asks, Line, Unit, put_back, shorten, take


@dataclass(frozen=True, slots=True)
class Scanned:
    """A scan with its meaning. For a tote `used_by` is the other job it belongs to; for a bin `lane` says that it is a drop-off."""

    meaning: ScanMeaning
    used_by: str | None = None
    lane: bool = False


@dataclass(frozen=True, slots=True)
class AskShort:
    """The picker wants to give up the line."""


@dataclass(frozen=True, slots=True)
class GiveReason:
    """The picker says why."""

    reason: ShortReason


@dataclass(frozen=True, slots=True)
class CancelShort:
    """The picker goes on with the line after all."""


@dataclass(frozen=True, slots=True)
class Skip:
    """The line goes to the end of the walk."""


@dataclass(frozen=True, slots=True)
class Undo:
    """The last counted scan is taken back."""


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """The picker has read the refusal."""


Event = Scanned | AskShort | GiveReason | CancelShort | Skip | Undo | Acknowledge


@dataclass(frozen=True, slots=True)
class Rights:
    """Whether the job may still be worked: `over` when the lease ran out with the centre away, `gone` when it was cancelled or given
    to somebody else."""

    over: bool = False
    gone: bool = False


def step(state: PickState, event: Event, rights: Rights = Rights()) -> Step[PickState]:
    """What `event` does to `state`."""
    if isinstance(event, Acknowledge):
        # What has to be scanned again to confirm stays: reading a warning is not an answer to it.
        return Step(replace(state, scanned=None))
    done = _stopped(state, event, rights) or _ambiguous(state, event) or _handler(state, event)(state, event)
    assert done.state.step is state.step or done.state.step in TRANSITIONS[state.step]
    return done


def _handler(state: PickState, event: Event) -> Callable[[PickState, Any], Step[PickState]]:
    trigger = event.meaning.kind if isinstance(event, Scanned) else type(event)
    otherwise = _stray_scan if isinstance(event, Scanned) else _not_now
    return TABLE.get((state.step, trigger), otherwise)


def _stopped(state: PickState, event: Event, rights: Rights) -> Step[PickState] | None:
    """The line in hand may be finished and the tote set down after the lease is over; nothing new is begun. A job that is gone takes
    no more units."""
    if rights.gone and state.step is not PickStep.DONE:
        return _no(state, event, say(Code.JOB_GONE, order=state.order))
    line = state.line
    begun = line is not None and (line.done > 0 or state.bin_confirmed)
    if rights.over and not begun and state.step in (PickStep.TOTE, PickStep.BIN, PickStep.ITEM):
        return _no(state, event, say(Code.LEASE_OVER))
    return None


def _ambiguous(state: PickState, event: Event) -> Step[PickState] | None:
    if isinstance(event, Scanned) and event.meaning.also and not answers(state.asks, event.meaning, _lot(state)):
        return _no(state, event, say(Code.AMBIGUOUS_SCAN, text=event.meaning.fields.text))
    return None


def _no(
    state: PickState, event: Event, why: Message, scanned: str | None = None, expected: str = ""
) -> Step[PickState]:
    """Refused. A scan is written down, a button is not."""
    if not isinstance(event, Scanned):
        return Step(state, say=why, refused=True)
    line = state.line
    shown = replace(state, scanned=scanned, confirm=None)
    return refuse(shown, why, event.meaning, state.job, line.item if line else None, expected)


def _not_now(state: PickState, event: Event) -> Step[PickState]:
    return _no(state, event, say(Code.NOT_NOW))


def _lot(state: PickState) -> str | None:
    return state.line.lot if state.line else None


# --- the tote ---


def _bind_tote(state: PickState, event: Scanned) -> Step[PickState]:
    tote = event.meaning.id
    if event.used_by is not None:
        return _no(state, event, say(Code.TOTE_IN_USE, tote=tote, job=event.used_by))
    after = arrive(replace(state, tote=tote))
    return Step(after, (Record(ToteBind(job=state.job, tote=tote)),), say(Code.TOTE_BOUND, tote=tote))


def _no_tote(state: PickState, event: Scanned) -> Step[PickState]:
    return _no(state, event, say(Code.NOT_A_TOTE, text=event.meaning.fields.text))


# --- bin and item ---


def _at_bin(state: PickState, event: Scanned) -> Step[PickState]:
    line = _line(state)
    if event.meaning.id != line.place:
        return _wrong_bin(state, event)
    after = replace(state, step=PickStep.ITEM, bin_at=line.place, scanned=None)
    fact = PickAtBin(job=state.job, bin=line.place)
    effects = () if state.bin_confirmed else (Record(fact, line.item),)
    return Step(after, effects, say(Code.BIN_RIGHT, bin=line.place))


def _wrong_bin(state: PickState, event: Scanned) -> Step[PickState]:
    needed = _line(state).place
    return _no(state, event, say(Code.WRONG_BIN, scanned=event.meaning.id, needed=needed), expected=needed)


def _item_before_bin(state: PickState, event: Scanned) -> Step[PickState]:
    if state.bin_required:
        line = _line(state)
        return _no(state, event, say(Code.SCAN_BIN_FIRST, bin=line.place), event.meaning.id, line.place)
    return _item(state, event)


def _item(state: PickState, event: Scanned) -> Step[PickState]:
    line = _line(state)
    if answers(state.asks, event.meaning, line.lot):
        return _asked(state, event)
    if event.meaning.id != line.sku:
        why = say(Code.WRONG_ITEM, scanned=event.meaning.id, needed=line.sku)
        return _no(state, event, why, event.meaning.id, line.sku)
    return _count(state, event, unit_of(event.meaning))


def _asked(state: PickState, event: Scanned) -> Step[PickState]:
    """Anything else scanned at the item: the lot or serial number that was asked for, or a code out of place."""
    line = _line(state)
    if state.asks is not None and answers(state.asks, event.meaning, line.lot):
        return _count(state, event, completed(state.asks, event.meaning))
    if event.meaning.kind is ScanKind.BIN:
        return _at_bin(state, event)
    if event.meaning.kind is ScanKind.UNKNOWN:
        return _no(state, event, not_this(event.meaning), expected=line.sku)
    return _no(state, event, say(Code.WRONG_ITEM, scanned=event.meaning.id, needed=line.sku), expected=line.sku)


def _count(state: PickState, event: Scanned, unit: Unit) -> Step[PickState]:
    line, at = _line(state), state.at
    serials = frozenset(s for other in state.lines if other.sku == line.sku for s in other.serials)
    taken = take(line, unit, serials)
    if isinstance(taken, Message):
        return _no(state, event, taken, expected=line.sku)
    if isinstance(taken, Asks):
        after = replace(state, step=PickStep.ITEM, asks=taken, scanned=None)
        return Step(after, say=item_prompt(line, taken))
    fuller, counted = taken
    lines = tuple(fuller if n == at else other for n, other in enumerate(state.lines))
    # Whoever takes an item without scanning the bin stands at it all the same.
    after = replace(
        state,
        lines=lines,
        trail=(*state.trail, counted),
        asks=None,
        scanned=None,
        step=PickStep.ITEM,
        bin_at=line.place,
    )
    fact = PickConfirm(
        job=state.job, sku=line.sku, qty=counted.qty, from_bin=line.place, tote=state.tote or "",
        lot=counted.lot, serial=counted.serial, scan=event.meaning.fields.text,
    )  # fmt: skip
    if fuller.closed:
        return Step(arrive(after), (Record(fact, line.item),), say(Code.LINE_DONE, sku=line.sku))
    return Step(after, (Record(fact, line.item),), say(Code.UNIT_COUNTED, n=fuller.done, of=line.need))


# --- short, skip, undo ---


def _ask_short(state: PickState, _: AskShort) -> Step[PickState]:
    return Step(replace(state, step=PickStep.SHORT, asks=None, scanned=None, confirm=None))


def _cancel_short(state: PickState, _: CancelShort) -> Step[PickState]:
    return Step(arrive(state))


def _short(state: PickState, event: GiveReason) -> Step[PickState]:
    given_up = dict(shorten(state.lines, state.at or 0, event.reason))
    lines = tuple(replace(line, short=line.short + given_up.get(n, 0)) for n, line in enumerate(state.lines))
    facts = tuple(
        Record(
            PickShort(
                job=state.job, sku=line.sku, missing=given_up[n], reason=event.reason, bin=line.place
            ),
            line.item,
        )
        for n, line in enumerate(state.lines)
        if n in given_up
    )  # fmt: skip
    after = arrive(replace(state, lines=lines))
    noted = say(Code.SHORT_NOTED, n=sum(given_up.values()))
    if after.line is None and after.picked == 0:
        # Nothing to set down: an empty tote needs no lane.
        gone = Record(JobDrop(job=state.job, tote=None, lane=state.lane or ""))
        return Step(replace(after, step=PickStep.DONE, tote=None), (*facts, gone), noted)
    return Step(after, facts, noted)


def _skip(state: PickState, event: Skip) -> Step[PickState]:
    line, at = _line(state), state.at
    if not state.can_skip:
        return _not_now(state, event)
    # What was proven of the line is forgotten: whoever comes back has to prove it again.
    lines = tuple(replace(line, lot_seen=None) if n == at else other for n, other in enumerate(state.lines))
    walk = (*(n for n in state.walk if n != at), *(n for n in state.walk if n == at))
    after = replace(state, lines=lines, walk=walk)
    if after.line is not None and after.line.place != line.place:
        after = replace(after, bin_at=None)
    fact = Record(PickSkip(job=state.job, bin=line.place), line.item)
    return Step(arrive(after), (fact,), say(Code.SKIPPED, bin=line.place))


def _undo(state: PickState, _: Undo) -> Step[PickState]:
    if not state.can_undo:
        return Step(state, say=say(Code.NOTHING_TO_UNDO), refused=True)
    last = state.trail[-1]
    at, line = next((n, line) for n, line in enumerate(state.lines) if line.item == last.item)
    lines = tuple(put_back(line, last) if n == at else other for n, other in enumerate(state.lines))
    walk = (at, *(n for n in state.walk if n != at))
    after = arrive(replace(state, lines=lines, walk=walk, trail=state.trail[:-1]))
    fact = PickUndo(
        job=state.job, sku=line.sku, qty=last.qty, from_bin=line.place, tote=state.tote or "",
        lot=last.lot, serial=last.serial,
    )  # fmt: skip
    return Step(after, (Record(fact, line.item),), say(Code.UNDONE, n=last.qty))


# --- the lane ---


def _drop(state: PickState, event: Scanned) -> Step[PickState]:
    lane = event.meaning.id
    if not event.lane:
        return _no_lane(state, event)
    if state.lane not in (None, lane) and state.confirm != lane:
        return Step(replace(state, confirm=lane), say=say(Code.CONFIRM_AGAIN, what=lane))
    after = replace(state, step=PickStep.DONE, lane=lane, confirm=None)
    fact = Record(JobDrop(job=state.job, tote=state.tote, lane=lane))
    return Step(after, (fact,), say(Code.ORDER_PICKED, order=state.order, lane=lane))


def _no_lane(state: PickState, event: Scanned) -> Step[PickState]:
    return _no(state, event, say(Code.NOT_A_LANE, text=event.meaning.fields.text), expected=state.lane or "")


def _stray_scan(state: PickState, event: Scanned) -> Step[PickState]:
    return _no(state, event, not_this(event.meaning))


def _line(state: PickState) -> Line:
    line = state.line
    assert line is not None, "a step at a line without a line"
    return line


#: A command is a button; a badge is shown to a reader, never to a bin.
_SCANS = frozenset(ScanKind) - {ScanKind.COMMAND, ScanKind.BADGE}

#: The function for each (step, event); scans by their kind.
TABLE: dict[tuple[PickStep, ScanKind | type], Callable[[PickState, Any], Step[PickState]]] = {
    **{(PickStep.TOTE, kind): _no_tote for kind in _SCANS},
    (PickStep.TOTE, ScanKind.TOTE): _bind_tote,
    **{(PickStep.BIN, kind): _wrong_bin for kind in _SCANS - {ScanKind.UNKNOWN}},
    (PickStep.BIN, ScanKind.BIN): _at_bin,
    (PickStep.BIN, ScanKind.ITEM): _item_before_bin,
    **{(PickStep.ITEM, kind): _asked for kind in _SCANS},
    (PickStep.ITEM, ScanKind.ITEM): _item,
    **{(PickStep.DROP, kind): _no_lane for kind in _SCANS},
    (PickStep.DROP, ScanKind.BIN): _drop,
    (PickStep.BIN, AskShort): _ask_short,
    (PickStep.ITEM, AskShort): _ask_short,
    (PickStep.SHORT, GiveReason): _short,
    (PickStep.SHORT, CancelShort): _cancel_short,
    (PickStep.BIN, Skip): _skip,
    (PickStep.ITEM, Skip): _skip,
    (PickStep.BIN, Undo): _undo,
    (PickStep.ITEM, Undo): _undo,
    (PickStep.DROP, Undo): _undo,
}
