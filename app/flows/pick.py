"""Picking, one pure step at a time, for every method: the walk from bin to bin and into tote, slot or bulk tote. Called by `services.pick`.

`TABLE` names the one function for each (step, event); what is not in it is refused. What the functions do stands beside: `pick_units` (at
the bin), `shorts` (giving up), `pick_backs` (changes by the centre), `cluster` (cart and slots), `pick_drop` (totes and lanes).
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from app.core.facts import BinEmpty
from app.core.messages import Code, say
from app.core.scan import ScanKind
from app.core.views import PickStep
from app.flows import cluster, pick_backs, pick_drop, pick_units, shorts
from app.flows.pick_events import (
    Acknowledge,
    Answer,
    AskRemove,
    AskShort,
    AskSubstitute,
    CallGoods,
    CancelShort,
    Event,
    GiveReason,
    OnScale,
    Put,
    RestLater,
    Rights,
    Scanned,
    Skip,
    ToteFull,
    Typed,
    Undo,
    Unload,
    Walk,
)
from app.flows.pick_no import no, not_now, stray
from app.flows.pick_state import TRANSITIONS, PickState, arrive
from app.flows.pick_undo import undo
from app.flows.scanning import answers
from app.flows.step import Record, Step

_HELD = Rights()
#: Steps that finish something begun: they go on whoever has the job by now.
_BACK = (PickStep.BACK_BIN, PickStep.BACK_ITEM)
_BEGINS = (PickStep.CART, PickStep.SLOTS, PickStep.TOTE, PickStep.BIN, PickStep.ITEM)


def step(state: PickState, event: Event, rights: Rights = _HELD) -> Step[PickState]:
    """What `event` does to `state`."""
    if isinstance(event, Acknowledge):
        # What has to be scanned again to confirm stays: reading a warning is not an answer to it.
        return Step(replace(state, scanned=None, banner=None))
    stopped = _stopped(state, event, rights) or _ambiguous(state, event)
    done = stopped or _handler(state, event)(state, event)
    assert done.state.step is state.step or done.state.step in TRANSITIONS[state.step], (state.step, done.state.step)
    return done


def _handler(state: PickState, event: Event) -> Callable[[PickState, Any], Step[PickState]]:
    trigger = event.meaning.kind if isinstance(event, Scanned) else type(event)
    otherwise = stray if isinstance(event, Scanned) else not_now
    return TABLE.get((state.step, trigger), otherwise)


def _stopped(state: PickState, event: Event, rights: Rights) -> Step[PickState] | None:
    """The line in hand may be finished and the tote set down after the lease is over; nothing new is begun. A job that is gone takes
    no more units; those of cancelled lines still go back."""
    if state.step in (*_BACK, PickStep.DONE):
        return None
    if rights.gone:
        why = say(Code.TAKEN_OVER, name=rights.by) if rights.by else say(Code.JOB_GONE, order=state.order)
        return no(state, event, why)
    line = state.line
    begun = line is not None and (line.done > 0 or state.bin_confirmed)
    if rights.over and not begun and state.step in _BEGINS:
        return no(state, event, say(Code.LEASE_OVER))
    return None


def _ambiguous(state: PickState, event: Event) -> Step[PickState] | None:
    lot = state.line.lot if state.line else None
    if isinstance(event, Scanned) and event.meaning.also and not answers(state.asks, event.meaning, lot):
        return no(state, event, say(Code.AMBIGUOUS_SCAN, text=event.meaning.fields.text))
    return None


# --- is the bin empty? ---


def _answer(state: PickState, event: Answer) -> Step[PickState]:
    """Yes or no; "no" makes the centre ask for a count."""
    line = state.lines[state.emptied or 0]
    fact = BinEmpty(job=state.job, bin=line.place, sku=line.sku, empty=event.empty, lot=line.lot_seen or line.lot)
    after = arrive(replace(state, emptied=None))
    said = say(Code.BIN_EMPTY_NOTED if event.empty else Code.BIN_NOT_EMPTY_NOTED, bin=line.place)
    return Step(after, (Record(fact, line.item),), said)


def _past_question(state: PickState, event: Scanned) -> Step[PickState]:
    """A scan while the question stands is work that goes on: the question was not worth an answer."""
    after = arrive(replace(state, emptied=None))
    return _handler(after, event)(after, event)


#: A command is a button; a badge is shown to a reader, never to a bin.
_SCANS = frozenset(ScanKind) - {ScanKind.COMMAND, ScanKind.BADGE}
_KNOWN = _SCANS - {ScanKind.UNKNOWN}

#: The function for each (step, event); scans by their kind.
TABLE: dict[tuple[PickStep, ScanKind | type], Callable[[PickState, Any], Step[PickState]]] = {
    **{(PickStep.CART, kind): cluster.no_cart for kind in _SCANS},
    (PickStep.CART, ScanKind.CART): cluster.bind_cart,
    **{(PickStep.SLOTS, kind): pick_drop.no_tote for kind in _SCANS},
    (PickStep.SLOTS, ScanKind.TOTE): cluster.bind_slot,
    (PickStep.SLOTS, ScanKind.SLOT): cluster.choose_slot,
    (PickStep.SLOTS, Walk): cluster.walk,
    **{(PickStep.TOTE, kind): pick_drop.no_tote for kind in _SCANS},
    (PickStep.TOTE, ScanKind.TOTE): pick_drop.bind_tote,
    **{(PickStep.BIN, kind): pick_units.wrong_bin for kind in _KNOWN},
    (PickStep.BIN, ScanKind.BIN): pick_units.at_bin,
    (PickStep.BIN, ScanKind.ITEM): pick_units.item_before_bin,
    **{(PickStep.ITEM, kind): pick_units.asked for kind in _SCANS},
    (PickStep.ITEM, ScanKind.ITEM): pick_units.item,
    (PickStep.ITEM, Typed): pick_units.typed,
    (PickStep.ITEM, OnScale): pick_units.on_scale,
    (PickStep.ITEM, AskRemove): pick_units.ask_remove,
    **{(PickStep.CHECK, kind): pick_units.check for kind in _SCANS},
    **{(PickStep.REMOVE, kind): pick_units.remove for kind in _SCANS},
    (PickStep.SHORT, GiveReason): shorts.give_reason,
    (PickStep.SUBSTITUTE, ScanKind.BIN): shorts.substitute_bin,
    **{(PickStep.SUBSTITUTE, kind): shorts.substitute for kind in _SCANS - {ScanKind.BIN}},
    (PickStep.SORT, ScanKind.TOTE): cluster.put_tote,
    (PickStep.SORT, ScanKind.SLOT): cluster.put_slot,
    (PickStep.SORT, Put): cluster.put_unproven,
    (PickStep.SORT, ToteFull): cluster.slot_full,
    (PickStep.SORT, RestLater): cluster.rest_later,
    (PickStep.SORT, Undo): undo,
    **{(PickStep.EMPTY, kind): _past_question for kind in _SCANS},
    (PickStep.EMPTY, Answer): _answer,
    (PickStep.EMPTY, Undo): undo,
    **{(PickStep.FULL, kind): pick_drop.no_tote for kind in _SCANS},
    (PickStep.FULL, ScanKind.TOTE): pick_drop.full_and_new,
    (PickStep.FULL, ScanKind.BIN): pick_drop.full_at_lane,
    **{(PickStep.BACK_BIN, kind): pick_units.wrong_bin for kind in _KNOWN},
    (PickStep.BACK_BIN, ScanKind.BIN): pick_backs.back_bin,
    **{(PickStep.BACK_ITEM, kind): pick_backs.back_serial for kind in _SCANS},
    (PickStep.BACK_ITEM, ScanKind.ITEM): pick_backs.back_item,
    (PickStep.BACK_ITEM, ScanKind.BIN): pick_backs.back_bin,
    **{(PickStep.DROP, kind): pick_drop.no_lane for kind in _SCANS},
    (PickStep.DROP, ScanKind.BIN): pick_drop.drop,
    (PickStep.DROP, ScanKind.TOTE): pick_drop.drop_tote,
    (PickStep.DROP, Undo): undo,
    **{(where, Undo): undo for where in (PickStep.BIN, PickStep.ITEM, PickStep.SUBSTITUTE, *_BACK)},
    **{(where, Skip): shorts.skip for where in (PickStep.BIN, PickStep.ITEM, *_BACK)},
    **{(where, AskShort): shorts.ask_short for where in (PickStep.BIN, PickStep.ITEM)},
    **{(where, AskSubstitute): shorts.ask_substitute for where in (PickStep.BIN, PickStep.ITEM, PickStep.SHORT)},
    **{(where, CallGoods): shorts.call_goods for where in (PickStep.BIN, PickStep.ITEM)},
    **{(where, ToteFull): pick_drop.tote_full for where in (PickStep.BIN, PickStep.ITEM)},
    **{(where, Unload): pick_drop.unload for where in (PickStep.BIN, PickStep.ITEM)},
    **{
        (where, CancelShort): pick_units.close_question
        for where in (PickStep.SHORT, PickStep.CHECK, PickStep.REMOVE, PickStep.SUBSTITUTE, PickStep.FULL)
    },
    (PickStep.DROP, CancelShort): pick_drop.back_to_walk,
}
