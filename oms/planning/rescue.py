"""Orders of a running wave that will miss their truck, and what can still be done about it, each thing with its predicted effect. Called by
`oms.foresight`, which builds the shift that is left from what is on the floor.

Everything is told in codes and words. The same shift and seed give the same moves; all are rehearsed with the same luck.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from oms.planning.rehearsal import RUNS, rehearse
from oms.planning.shifts import ANYWHERE, Call, Forecast, Risk, Shift, Tour, Truck

#: Late in so many of the rehearsals is doomed.
LIKELY: Final = 0.5
#: So many orders are looked at one by one, those with the least to do first; pulling them out is tried together too.
MOST_ORDERS: Final = 8
MOST_BORROWED: Final = 3
#: Fewer orders saved on average, and a move is not worth a word.
_WORTH: Final = 0.2

#: Metres between two places; '' is where walks begin and end.
Metres = Callable[[str, str], float]


class Kind(StrEnum):
    """What can be done with an order, or for the wave; what troubles people least first."""

    PULL = "pull"
    BORROW = "borrow"
    SERVICE = "service"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class Later:
    """A service by which an order can go too, and its cut-off in seconds from now."""

    service: str
    cut_off_s: float


@dataclass(frozen=True, slots=True)
class Running:
    """What is left of a wave. `whole`: an order that is pulled out takes its whole trip along (it has it for itself); else only what
    nobody has begun is split off. `later` has for orders the services they can change to."""

    shift: Shift
    metres: Metres
    whole: bool = False
    later: Mapping[str, Sequence[Later]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Why:
    """A reason: a code and its words."""

    code: str
    words: Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Move:
    """One thing to do and what it is worth. `saved` orders are likely late without it and not with it, `endangered` the other way round;
    `before` and `after`: late orders on average; `earlier_s`: by how much sooner everything is packed."""

    kind: Kind
    orders: tuple[str, ...]
    people: int
    zone: str
    later: Later | None
    saved: tuple[str, ...]
    endangered: tuple[str, ...]
    before: float
    after: float
    earlier_s: float
    why: tuple[Why, ...]


@dataclass(frozen=True, slots=True)
class Rescue:
    """How it ends if nothing is done, and the moves, the best first."""

    forecast: Forecast
    moves: tuple[Move, ...]


@dataclass(frozen=True, slots=True)
class _Try:
    """A move to be rehearsed: the shift as it would be."""

    kind: Kind
    shift: Shift
    orders: tuple[str, ...] = ()
    people: int = 0
    zone: str = ANYWHERE
    later: Later | None = None
    why: tuple[Why, ...] = ()


def rescue(running: Running, seed: int = 1, runs: int = RUNS) -> Rescue:
    """Rehearses what is left, and what is left after each move. BadShift as `rehearse`."""
    forecast = rehearse(running.shift, seed, runs)
    doomed = likely_late(forecast)
    if not doomed:
        return Rescue(forecast, ())
    moves = [_move(forecast, one, rehearse(one.shift, seed, runs)) for one in _tries(running, forecast, doomed)]
    worth = [move for move in moves if move.saved or move.before - move.after >= _WORTH]
    return Rescue(forecast, tuple(sorted(worth, key=_rank)))


def likely_late(forecast: Forecast) -> tuple[str, ...]:
    """The orders that are late in half of the runs or more, the likeliest first."""
    return tuple(risk.order for risk in forecast.risks if risk.share >= LIKELY)


def likely_since(seen: Iterable[tuple[float, Mapping[str, float]]]) -> dict[str, float]:
    """When it first was likely that each order is late: `seen` has moments in their order, each with the share of rehearsals in which an
    order was late as things stood then."""
    found: dict[str, float] = {}
    for moment, shares in seen:
        for order, share in shares.items():
            if share >= LIKELY:
                found.setdefault(order, moment)
    return found


def shares(forecast: Forecast) -> dict[str, float]:
    """The share of runs in which each order is late, for those that are in any."""
    return {risk.order: risk.share for risk in forecast.risks}


def _tries(running: Running, forecast: Forecast, doomed: Sequence[str]) -> Iterator[_Try]:
    left = _calls_left(running.shift)
    by_work = sorted(doomed, key=lambda order: (left.get(order, 0), order))[:MOST_ORDERS]
    risks = {risk.order: risk for risk in forecast.risks}
    pulled = [one for order in by_work if (one := _pull(running, [order])) is not None]
    yield from pulled
    together = [order for one in pulled for order in one.orders]
    if len(together) > 1 and (one := _pull(running, together)) is not None:
        yield one
    yield from _borrowed(running.shift, forecast)
    for order in by_work:
        yield from _services(running, risks[order])
    hopeless = sorted(doomed, key=lambda order: (-left.get(order, 0), order))[:MOST_ORDERS]
    for order in hopeless:
        why = Why("late_anyway", {"order": order, "percent": round(100 * risks[order].share)})
        stops = Why("stops_freed", {"stops": left.get(order, 0)})
        yield _Try(Kind.DROP, _without(running, order), (order,), why=(why, stops))


def _calls_left(shift: Shift) -> dict[str, int]:
    left: dict[str, int] = {}
    for tour in shift.tours:
        for call in tour.calls:
            left[call.order] = left.get(call.order, 0) + 1
    return left


def _pull(running: Running, orders: Sequence[str]) -> _Try | None:
    """The orders on trips of their own before everything else, the first of them first; None when nothing of them is free."""
    shift, stops = running.shift, 0
    for order in reversed(orders):
        shift, freed = _pulled(replace(running, shift=shift), order)
        stops += freed
    if not stops:
        return None
    return _Try(Kind.PULL, shift, tuple(orders), why=(Why("stops_left", {"stops": stops}),))


def _pulled(running: Running, order: str) -> tuple[Shift, int]:
    """The shift with one order pulled out, and how many stops that trip has; 0 when it is in hand or waits for a packer."""
    shift = running.shift
    mine = [n for n, tour in enumerate(shift.tours) if any(call.order == order for call in tour.calls)]
    free = [n for n in mine if not shift.tours[n].begun] if running.whole else mine
    if not free:
        return shift, 0
    if running.whole:
        others = [n for n in range(len(shift.tours)) if n not in free]
        tours = _reordered(shift.tours, [*free, *others])
        return replace(shift, tours=tours), sum(len(shift.tours[n].calls) for n in free)
    calls = [call for n in mine for call in shift.tours[n].calls if call.order == order]
    alone = _joined([], calls, running.metres)
    rest = _without(running, order).tours
    tours = (alone, *(replace(tour, after=tuple(n + 1 for n in tour.after)) for tour in rest))
    return replace(shift, tours=tours), len(calls)


def _reordered(tours: Sequence[Tour], order: Sequence[int]) -> tuple[Tour, ...]:
    place = {old: new for new, old in enumerate(order)}
    return tuple(replace(tours[old], after=tuple(place[n] for n in tours[old].after)) for old in order)


def _borrowed(shift: Shift, forecast: Forecast) -> Iterator[_Try]:
    """More people, in the zone that ends last where people keep to zones."""
    zone = ANYWHERE
    if ANYWHERE not in shift.crew.pickers and forecast.zones:
        zone = max(sorted(forecast.zones), key=lambda one: forecast.zones[one].p50)
        zone = zone if zone in shift.crew.pickers else ANYWHERE
    now = shift.crew.pickers.get(zone, 0)
    for more in range(1, MOST_BORROWED + 1):
        crew = replace(shift.crew, pickers={**shift.crew.pickers, zone: now + more})
        why = (Why("zone_ends_last", {"zone": zone}),) if zone else (Why("people_now", {"people": now}),)
        yield _Try(Kind.BORROW, replace(shift, crew=crew), people=more, zone=zone, why=why)


def _services(running: Running, risk: Risk) -> Iterator[_Try]:
    """The next service that leaves after the order is ready."""
    offered = running.later.get(risk.order, ())
    fits = [one for one in offered if one.cut_off_s > max(risk.cut_off_s, risk.packed.p50)]
    if not fits:
        return
    later = min(fits, key=lambda one: (one.cut_off_s, one.service))
    orders = tuple(_sent_later(truck, risk.order, later) for truck in running.shift.orders)
    minutes = round((later.cut_off_s - risk.cut_off_s) / 60)
    why = Why("leaves_later", {"service": later.service, "minutes": minutes})
    yield _Try(Kind.SERVICE, replace(running.shift, orders=orders), (risk.order,), later=later, why=(why,))


def _sent_later(truck: Truck, order: str, later: Later) -> Truck:
    return replace(truck, cut_off_s=later.cut_off_s) if truck.order == order else truck


def _without(running: Running, order: str) -> Shift:
    """The shift without an order; tours that had it are walked without its calls."""
    tours = tuple(
        tour if all(call.order != order for call in tour.calls) else _rest(tour, order, running.metres)
        for tour in running.shift.tours
    )
    orders = tuple(replace(truck, waiting=False) if truck.order == order else truck for truck in running.shift.orders)
    return replace(running.shift, tours=tours, orders=orders)


def _rest(tour: Tour, order: str, metres: Metres) -> Tour:
    stay = [call for call in tour.calls if call.order != order]
    if not stay:
        return replace(tour, calls=(), home=tour.home if tour.begun else 0.0, totes=0)
    first = tour.calls[0]
    joined = _joined([first.place] if tour.begun else [], stay, metres)
    calls = list(joined.calls)
    if tour.begun:
        # From where somebody stands now, by the first call that was to be.
        detour = 0.0 if stay[0] is first else calls[0].metres
        calls[0] = replace(calls[0], metres=first.metres + detour)
    return replace(tour, calls=tuple(calls), home=joined.home)


def _joined(start: Sequence[str], calls: Sequence[Call], metres: Metres) -> Tour:
    """A tour of these calls in their order."""
    here, walked = (start[0] if start else ""), []
    for call in calls:
        walked.append(replace(call, metres=metres(here, call.place)))
        here = call.place
    return Tour(tuple(walked), home=metres(here, ""))


def _move(before: Forecast, one: _Try, after: Forecast) -> Move:
    was, then = shares(before), shares(after)
    mine = set(one.orders) if one.kind is Kind.DROP else set()
    saved = tuple(order for order, share in was.items() if share >= LIKELY > then.get(order, 0.0) and order not in mine)
    endangered = tuple(order for order, share in then.items() if share >= LIKELY > was.get(order, 0.0))
    # An order that is left behind is late, whatever its truck.
    late = sum(share for order, share in then.items() if order not in mine) + len(mine)
    return Move(
        one.kind, one.orders, one.people, one.zone, one.later, saved, endangered, sum(was.values()), late,
        max(0.0, before.packed.p50 - after.packed.p50), one.why,
    )  # fmt: skip


def _rank(move: Move) -> tuple[float, ...]:
    return (
        len(move.endangered) - len(move.saved),
        round(move.after - move.before, 2),
        list(Kind).index(move.kind),
        move.people,
    )
