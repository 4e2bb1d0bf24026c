"""Working in one zone: signing in and out of it, and setting totes down, one pure step at a time; and how its list is ordered. Called by
`services.zone`. What a scan opens is picked by `flows.pick`.

`TABLE` names the one function for each (step, event); what is not in it is refused.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from app.core.facts import ZoneEnter
from app.core.messages import Code, Message, say
from app.core.views_work import ZoneStep
from app.flows.step import Record, Step

#: Up to this priority work is urgent.
URGENT = 2
#: The ways a zone's list can be ordered.
ORDERS = ("priority", "route")

#: Which step may follow which, besides staying.
TRANSITIONS: dict[ZoneStep, frozenset[ZoneStep]] = {
    ZoneStep.CHOOSE: frozenset({ZoneStep.WORK}),
    ZoneStep.WORK: frozenset({ZoneStep.CHOOSE, ZoneStep.UNLOAD}),
    ZoneStep.UNLOAD: frozenset({ZoneStep.WORK, ZoneStep.PLACE}),
    ZoneStep.PLACE: frozenset({ZoneStep.UNLOAD, ZoneStep.WORK}),
}


@dataclass(frozen=True, slots=True)
class ZoneState:
    """One person's stay in a zone: `person` and session that entered it, how the list is ordered, the tote that is being set down."""

    person: str = ""
    zone: str | None = None
    by: str = ORDERS[0]
    step: ZoneStep = ZoneStep.CHOOSE
    tote: str | None = None


@dataclass(frozen=True, slots=True)
class Enter:
    """The label of a zone, or of a bin in it, was scanned, or the zone was chosen."""

    zone: str


@dataclass(frozen=True, slots=True)
class Leave:
    """The person works in no zone any more."""


@dataclass(frozen=True, slots=True)
class SortBy:
    """The list is wanted in another order."""

    by: str


@dataclass(frozen=True, slots=True)
class Unload:
    """Totes are going to be set down."""


@dataclass(frozen=True, slots=True)
class TakeTote:
    """The tote that is set down next: one of this person's, picked to the end or not."""

    tote: str


@dataclass(frozen=True, slots=True)
class SetDown:
    """A tote stands at its place; `left` more are carried."""

    left: int


@dataclass(frozen=True, slots=True)
class Cancel:
    """Back from setting down."""


Event = Enter | Leave | SortBy | Unload | TakeTote | SetDown | Cancel


@dataclass(frozen=True, slots=True)
class Rank:
    """What a line or tote is ordered by. A lower priority is more urgent; `seq` is its place in the walk."""

    priority: int
    cut_off: str | None
    seq: int
    id: str


def order_key(by: str) -> Callable[[Rank], tuple[Any, ...]]:
    """The key a zone's list is sorted with: the most urgent first, or as one walks."""
    if by == "route":
        return lambda rank: (rank.seq, rank.priority, rank.cut_off or "9", rank.id)
    return lambda rank: (rank.priority, rank.cut_off or "9", rank.seq, rank.id)


def is_lost(minutes: int, most: int) -> bool:
    """Whether a tote that was passed on and not received is in no-man's land."""
    return minutes >= most


def step(state: ZoneState, event: Event) -> Step[ZoneState]:
    """What `event` does to `state`."""
    done = TABLE.get((state.step, type(event)), _not_now)(state, event)
    assert done.state.step is state.step or done.state.step in TRANSITIONS[state.step]
    return done


def _not_now(state: ZoneState, _: Event) -> Step[ZoneState]:
    return Step(state, say=say(Code.NOT_NOW), refused=True)


def _enter(state: ZoneState, event: Enter) -> Step[ZoneState]:
    after = replace(state, zone=event.zone, step=ZoneStep.WORK)
    facts = () if event.zone == state.zone else (Record(ZoneEnter(zone=event.zone)),)
    return Step(after, facts, say(Code.ZONE_ENTERED, zone=event.zone))


def _leave(state: ZoneState, _: Leave) -> Step[ZoneState]:
    after = replace(state, zone=None, step=ZoneStep.CHOOSE)
    return Step(after, (Record(ZoneEnter(zone=None)),), say(Code.ZONE_LEFT))


def _sort(state: ZoneState, event: SortBy) -> Step[ZoneState]:
    return Step(replace(state, by=event.by)) if event.by in ORDERS else _not_now(state, event)


def _unload(state: ZoneState, _: Unload) -> Step[ZoneState]:
    return Step(replace(state, step=ZoneStep.UNLOAD, tote=None))


def _take(state: ZoneState, event: TakeTote) -> Step[ZoneState]:
    return Step(replace(state, step=ZoneStep.PLACE, tote=event.tote))


def _set_down(state: ZoneState, event: SetDown) -> Step[ZoneState]:
    return Step(replace(state, step=ZoneStep.UNLOAD if event.left else ZoneStep.WORK, tote=None))


def _cancel(state: ZoneState, _: Cancel) -> Step[ZoneState]:
    return Step(replace(state, step=ZoneStep.WORK if state.step is ZoneStep.UNLOAD else ZoneStep.UNLOAD, tote=None))


#: The function for each (step, event).
TABLE: dict[tuple[ZoneStep, type], Callable[[ZoneState, Any], Step[ZoneState]]] = {
    (ZoneStep.CHOOSE, Enter): _enter,
    (ZoneStep.WORK, Enter): _enter,
    (ZoneStep.WORK, Leave): _leave,
    (ZoneStep.WORK, SortBy): _sort,
    (ZoneStep.WORK, Unload): _unload,
    (ZoneStep.UNLOAD, TakeTote): _take,
    (ZoneStep.UNLOAD, SetDown): _set_down,
    (ZoneStep.UNLOAD, Cancel): _cancel,
    (ZoneStep.PLACE, SetDown): _set_down,
    (ZoneStep.PLACE, Cancel): _cancel,
}


def prompt(state: ZoneState) -> Message:
    """What to do now."""
    match state.step:
        case ZoneStep.WORK:
            return say(Code.ZONE_WORK, zone=state.zone or "")
        case ZoneStep.UNLOAD:
            return say(Code.UNLOAD_TOTE)
        case ZoneStep.PLACE:
            return say(Code.SET_DOWN_AT, tote=state.tote or "")
    return say(Code.CHOOSE_ZONE)
