"""A tote that is put aside at the bench: why, where, and back again. Called by `pack.TABLE`."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from app.core.facts import PackHold, PackResume
from app.core.messages import Code, say
from app.core.scan import ScanKind
from app.core.views import PackStep
from app.flows.pack_events import AskHold, GiveHold, Resume, Scanned, Undo
from app.flows.pack_no import no, stray
from app.flows.pack_state import BEFORE_LABEL, PackState, onwards, opened_again
from app.flows.step import Record, Step


def ask(state: PackState, event: AskHold) -> Step[PackState]:
    """Why?"""
    if state.guests:
        return no(state, event, say(Code.PART_FIRST, order=state.guests[-1].order))
    return Step(replace(opened_again(state), step=PackStep.HOLD, hold=None))


def reason(state: PackState, event: GiveHold) -> Step[PackState]:
    """And where?"""
    return Step(replace(state, hold=event.reason))


def place(state: PackState, event: Scanned) -> Step[PackState]:
    """It stands there now, with all that is packed of it, until somebody scans it again."""
    if state.hold is None:
        return stray(state, event)
    if not event.fits:
        return no(state, event, say(Code.NOT_AN_ASIDE_PLACE, bin=event.meaning.id))
    fact = PackHold(job=state.job, tote=state.tote, reason=state.hold, place=event.meaning.id)
    after = replace(state, step=PackStep.ASIDE, scanned=None)
    return Step(after, (Record(fact),), say(Code.TOTE_ASIDE, tote=state.tote or "", bin=event.meaning.id))


def back(state: PackState, _: Undo) -> Step[PackState]:
    """Not aside after all."""
    return Step(onwards(replace(state, hold=None, scanned=None)))


def resume(state: PackState, event: Resume) -> Step[PackState]:
    """It is on a bench again and goes on where it was."""
    fact = PackResume(job=state.job, tote=state.tote, station=event.station)
    return Step(onwards(replace(state, hold=None)), (Record(fact),))


TABLE: dict[tuple[PackStep, ScanKind | type], Callable[[PackState, Any], Step[PackState]]] = {
    **{(step, AskHold): ask for step in BEFORE_LABEL},
    (PackStep.HOLD, GiveHold): reason,
    (PackStep.HOLD, ScanKind.BIN): place,
    (PackStep.HOLD, Undo): back,
    (PackStep.ASIDE, Resume): resume,
}
