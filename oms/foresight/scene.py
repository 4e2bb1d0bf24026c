"""A running wave as it stood at a moment, as a shift that can be rehearsed. Pure: made from what `reading` found, asked by `foreseeing`.

What was done after the moment is still to do then; who has a trip in hand now has it then, if it was begun.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from oms.planning.rescue import Later, Metres, Running
from oms.planning.shifts import Call, Crew, Shift, Tour, Truck
from oms.planning.times import Times

#: Where walks begin and end.
DEPOT: Final = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A line to pick: `units` in all, `left` of them now; `done_at` when nothing was left of it (None: not yet)."""

    order: str
    bin: str
    zone: str
    units: int
    left: int
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Trip:
    """A job's steps in the order of the walk. `worker` has it in hand now. `after` is the trip whose tote it takes over."""

    id: str
    steps: tuple[Step, ...]
    zone: str = ""
    worker: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Going:
    """An order of the wave that has not left."""

    number: str
    lines: int
    units: int
    cut_off: datetime | None = None
    carrier: str = ""
    service: str = ""


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that was read. `trips` are in the order in which they are taken; `services` has by carrier the services that still leave
    today, each with its cut-off."""

    wave: str
    now: datetime
    released_at: datetime
    trips: Sequence[Trip]
    orders: Sequence[Going]
    crew: Crew
    times: Times
    metres: Metres
    is_wall: bool = False
    is_alone: bool = False
    slots: int = 0
    services: Mapping[str, Sequence[tuple[str, datetime]]] = field(default_factory=dict)


def running(scene: Scene, at: datetime) -> Running:
    """The wave as it stood."""
    tours: list[Tour] = []
    places: dict[str, int] = {}
    for trip in scene.trips:
        calls, begun = _calls(scene, trip, at)
        if calls:
            places[trip.id] = len(tours)
            home = scene.metres(calls[-1].place, DEPOT)
            after = (places[trip.after],) if trip.after in places else ()
            tours.append(Tour(calls, home, trip.zone, after=after, begun=begun, sorted=scene.is_wall))
    shift = Shift(
        tuple(tours),
        tuple(_truck(order, at) for order in scene.orders),
        scene.crew,
        scene.times,
        slots=scene.slots,
    )
    return Running(shift, scene.metres, scene.is_alone, _later(scene, at))


def _calls(scene: Scene, trip: Trip, at: datetime) -> tuple[tuple[Call, ...], bool]:
    """What was left of a trip, and whether somebody was at it."""
    done = [step for step in trip.steps if step.done_at is not None and step.done_at <= at]
    is_now = at >= scene.now
    begun = bool(trip.worker) and (bool(done) or is_now)
    calls, here = [], done[-1].bin if done and begun else DEPOT
    for step in trip.steps:
        if step in done:
            continue
        units = step.left if is_now else step.units
        calls.append(Call(step.bin, scene.metres(here, step.bin), units, step.order, zone=step.zone))
        here = step.bin
    return tuple(calls), begun


def _truck(order: Going, at: datetime) -> Truck:
    cut_off_s = (order.cut_off - at).total_seconds() if order.cut_off else None
    return Truck(order.number, cut_off_s, order.lines, order.units, waiting=True)


def _later(scene: Scene, at: datetime) -> dict[str, list[Later]]:
    """Services of an order's own carrier that leave later than the order was to."""
    return {
        order.number: [
            Later(service, (cut_off - at).total_seconds())
            for service, cut_off in scene.services.get(order.carrier, ())
            if service != order.service and order.cut_off is not None and cut_off > order.cut_off
        ]
        for order in scene.orders
    }
