"""Which way waves may change, which orders a template takes, what is wrong with a template, and when a wave must go. Pure: actions, the
keeper and the verifier of templates ask it."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from oms.planning.times import USUAL, Times
from oms.transitions import Transitions, can
from sync.contract.codes import Method, WaveState
from sync.contract.waves import Lines, OrderFilter, Problem, ReleaseBy, Template, Thresholds, WaveAct

_S = WaveState

WAVE: Transitions[WaveState] = {
    _S.DRAFT: frozenset({_S.COLLECTING, _S.CANCELLED}),
    _S.COLLECTING: frozenset({_S.PLANNED, _S.FAILED, _S.CANCELLED}),
    # Orders added, or a plan called off, lead back to collecting.
    _S.PLANNED: frozenset({_S.COLLECTING, _S.HELD, _S.RELEASED, _S.FAILED, _S.CANCELLED}),
    # Held before the release, or paused after it.
    _S.HELD: frozenset({_S.PLANNED, _S.RELEASED, _S.IN_PROGRESS, _S.COMPLETE, _S.CANCELLED}),
    # A release can be taken back while nobody has begun.
    _S.RELEASED: frozenset({_S.PLANNED, _S.HELD, _S.IN_PROGRESS, _S.COMPLETE, _S.CANCELLED}),
    _S.IN_PROGRESS: frozenset({_S.HELD, _S.COMPLETE, _S.CANCELLED}),
    # Nothing could be allocated: more goods, or other orders, may mend it.
    _S.FAILED: frozenset({_S.COLLECTING, _S.PLANNED, _S.CANCELLED}),
    _S.COMPLETE: frozenset(),
    _S.CANCELLED: frozenset(),
}

#: Before its release a wave's orders and plan can still be changed.
BEFORE: Final = frozenset({_S.DRAFT, _S.COLLECTING, _S.PLANNED, _S.HELD, _S.FAILED})
RUNNING: Final = frozenset({_S.RELEASED, _S.IN_PROGRESS})
OVER: Final = frozenset({_S.COMPLETE, _S.CANCELLED})

#: Which acts a supervisor has in which state. HELD is both before and after the release; the actions tell them apart.
ACTS: Final[dict[WaveAct, frozenset[WaveState]]] = {
    WaveAct.PLAN: frozenset({_S.DRAFT, _S.COLLECTING, _S.PLANNED, _S.FAILED}),
    WaveAct.HOLD: frozenset({_S.PLANNED}),
    WaveAct.RESUME: frozenset({_S.HELD}),
    WaveAct.RELEASE: frozenset({_S.PLANNED}),
    WaveAct.PAUSE: RUNNING,
    WaveAct.CANCEL: frozenset(_S) - OVER,
    WaveAct.UNDO: frozenset({_S.RELEASED}),
    WaveAct.ADD: frozenset({_S.DRAFT, _S.COLLECTING, _S.PLANNED, _S.FAILED}),
    WaveAct.PULL: frozenset(_S) - OVER,
    WaveAct.REPLAN_SHORTS: RUNNING,
}

#: Metres from one stop to the next where the floor is not drawn.
METRES_A_STOP: Final = 15.0
MAX_SLOTS: Final = 60


def minutes(stops: int, units: int, jobs: int, times: Times = USUAL) -> int:
    """Person minutes that so much picking takes by these times, rounded up. For orders whose walk is not planned yet."""
    return -int(-times.seconds(METRES_A_STOP * stops, bins=stops, picks=stops, units=units, totes=jobs) // 60)


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a template looks at of an order. `places` has, per item of it, the zones in which it is to be had; `grams` and `millilitres`
    are 0 where unknown."""

    number: str
    priority: int
    placed_at: datetime
    cut_off: datetime | None = None
    carrier: str = ""
    service: str = ""
    customer: str = ""
    flags: frozenset[str] = frozenset()
    places: tuple[frozenset[str], ...] = ()
    lines: int = 1
    units: int = 1
    grams: int = 0
    millilitres: int = 0


def takes(wanted: OrderFilter, order: Candidate, now: datetime) -> bool:
    """Whether a template wants the order."""
    lists: tuple[tuple[Collection[str | int], str | int], ...] = (
        (wanted.carriers, order.carrier),
        (wanted.services, order.service),
        (wanted.priorities, order.priority),
        (wanted.customers, order.customer),
    )
    soon = wanted.cut_off_within_min
    return (
        all(not allowed or word in allowed for allowed, word in lists)
        and (wanted.lines is Lines.ANY or (wanted.lines is Lines.SINGLE) == (order.lines == 1))
        and order.flags.issuperset(wanted.flags)
        and order.flags.isdisjoint(wanted.without_flags)
        and (not wanted.zones or all(zones.intersection(wanted.zones) for zones in order.places))
        and (soon is None or (order.cut_off is not None and order.cut_off <= now + timedelta(minutes=soon)))
    )


def fill(limits: Thresholds, before: list[Candidate], more: list[Candidate], times: Times = USUAL) -> list[Candidate]:
    """Those of `more`, in their order, that still fit to `before`. The first that does not fit ends it: a wave keeps its sequence."""
    taken: list[Candidate] = []
    for one in more:
        if _too_much(limits, [*before, *taken, one], times):
            break
        taken.append(one)
    return taken


def _too_much(limits: Thresholds, orders: list[Candidate], times: Times) -> bool:
    lines, units = sum(one.lines for one in orders), sum(one.units for one in orders)
    sums: tuple[tuple[int | None, float], ...] = (
        (limits.max_orders, len(orders)),
        (limits.max_lines, lines),
        (limits.max_units, units),
        (limits.max_kg, sum(one.grams for one in orders) / 1000),
        (limits.max_litres, sum(one.millilitres for one in orders) / 1000),
        (limits.max_minutes, minutes(lines, units, 1, times)),
    )
    return any(most is not None and amount > most for most, amount in sums)


def is_active(template: Template, now: datetime) -> bool:
    """Whether the template makes waves at this time of day."""
    start, end, here = _time(template.active_from), _time(template.active_to), now.time()
    if not template.active or start is None or end is None:
        return False
    return start <= here <= end if start <= end else here >= start or here <= end


def may(act: WaveAct, state: WaveState) -> bool:
    """Whether a supervisor has this act in this state."""
    return state in ACTS[act]


def moves(now: WaveState, then: WaveState) -> bool:
    """Whether a wave may become so."""
    return now is then or can(WAVE, now, then)


def problems(
    template: Template, *, lanes: Collection[str], zones: Collection[str], carriers: Collection[str], walls: int
) -> list[Problem]:
    """Everything that is wrong with a template, on a site that has these lanes, zones, carriers and so many wall slots."""
    return [
        *_of_times(template),
        *_of_numbers(template),
        *_unknown("lane_unknown", "lane", template.lanes, lanes),
        *_unknown("zone_unknown", "zone", template.orders.zones, zones),
        *_unknown("carrier_unknown", "carrier", template.orders.carriers, carriers),
        *_of_method(template, walls),
    ]


def _of_times(template: Template) -> Iterator[Problem]:
    if not template.name.strip():
        yield Problem(code="name_missing")
    for field, word in (("active_from", template.active_from), ("active_to", template.active_to)):
        if _time(word) is None:
            yield Problem(code="not_a_time", words={"field": field, "text": word[:20]})
    if template.active_from == template.active_to:
        yield Problem(code="window_empty")


def _of_numbers(template: Template) -> Iterator[Problem]:
    limits = template.thresholds
    for field in limits.__struct_fields__:
        number = getattr(limits, field)
        if number is not None and number < 1:
            yield Problem(code="not_positive", words={"field": field, "number": number})
    if limits.max_orders is not None and limits.min_orders > limits.max_orders:
        yield Problem(code="min_above_max", words={"min": limits.min_orders, "max": limits.max_orders})
    for field in ("sort_min", "pack_min", "buffer_min", "below_units", "below_min"):
        if getattr(template.release, field) < 0:
            yield Problem(code="not_positive", words={"field": field, "number": getattr(template.release, field)})
    if not 1 <= template.slots <= MAX_SLOTS:
        yield Problem(code="slots_out_of_range", words={"number": template.slots, "max": MAX_SLOTS})
    for priority in template.orders.priorities:
        if not 1 <= priority <= 9:
            yield Problem(code="priority_out_of_range", words={"number": priority})


def _unknown(code: str, word: str, named: Collection[str], known: Collection[str]) -> Iterator[Problem]:
    for one in named:
        if one not in known:
            yield Problem(code=code, words={word: one[:60]})


def _of_method(template: Template, walls: int) -> Iterator[Problem]:
    both = set(template.orders.flags) & set(template.orders.without_flags)
    for flag in sorted(both):
        yield Problem(code="flag_wanted_and_not", words={"flag": flag[:60]})
    if template.method is Method.WALL and not walls:
        yield Problem(code="no_wall")
    if template.method is Method.WALL and template.slots > walls > 0:
        yield Problem(code="wall_too_small", words={"slots": template.slots, "wall": walls})
    if template.auto_release and template.release.by is ReleaseBy.HAND:
        yield Problem(code="auto_release_by_hand")
    if template.auto_release and not template.auto_plan:
        yield Problem(code="auto_release_without_plan")


def _time(word: str) -> time | None:
    try:
        return time.fromisoformat(word) if len(word) == 5 else None
    except ValueError:
        return None
