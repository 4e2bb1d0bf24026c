"""What a rehearsal takes and gives: a shift of tours, orders and people, and the forecast of how it will go. Used by all that rehearse.

All times are seconds after the start, metres as walked.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from oms.planning.times import USUAL, Times

#: A zone's name for people and trips that belong to none: they go everywhere.
ANYWHERE: Final = ""
RUNS: Final = 200
#: Tours that a handheld fetches beside the one under way.
FETCHED_AHEAD: Final = 1


@dataclass(frozen=True, slots=True)
class Call:
    """One thing to do on a tour: `metres` to the place from the one before (the first: from where the tour begins), then `units` of one
    article for one order. Several in a row at one place are one stop. `aisle` lets a limited number of people in; '' as many as come."""

    place: str
    metres: float
    units: int
    order: str
    aisle: str = ""
    zone: str = ANYWHERE


@dataclass(frozen=True, slots=True)
class Tour:
    """What one person does in one go. `home` metres lead from the last call to where the goods are set down. It begins when the tours
    `after` (their places in the shift's list) are done, not before `from_s`, by somebody of `zone`. `begun` tours are in somebody's hands
    at the start: they come first, and fetching totes is behind them. `sorted` ones go through the put wall."""

    calls: tuple[Call, ...]
    home: float = 0.0
    zone: str = ANYWHERE
    totes: int = 1
    after: tuple[int, ...] = ()
    from_s: float = 0.0
    begun: bool = False
    sorted: bool = False


@dataclass(frozen=True, slots=True)
class Truck:
    """What an order needs besides its calls: it is late when packed after `cut_off_s` (None: never late). `lines` and `units` are what a
    packer handles. `waiting` orders are picked and wait for a packer at the start, as far as no call of a tour is theirs."""

    order: str
    cut_off_s: float | None = None
    lines: int = 1
    units: int = 1
    waiting: bool = False


@dataclass(frozen=True, slots=True)
class Crew:
    """People on shift. `pickers` by zone: those of `ANYWHERE` take any tour, the others those of their zone. Without sorters or packers
    that work takes no time. Everybody holds `ahead` tours beside the one under way, as handhelds fetch them: nobody else takes those, also
    when there is nothing else left."""

    pickers: Mapping[str, int]
    sorters: int = 0
    packers: int = 0
    ahead: int = 0


@dataclass(frozen=True, slots=True)
class Bench:
    """Seconds at the put wall for a tote and a unit, and at a packing bench for a parcel, a line and a unit."""

    sort_tote_s: float = 15.0
    sort_unit_s: float = 4.0
    parcel_s: float = 45.0
    line_s: float = 4.0
    unit_s: float = 2.0


@dataclass(frozen=True, slots=True)
class Luck:
    """How far things vary, as the share of their mean: from person to person, from walk to walk, from pick to pick, at the benches. And
    the share of calls at which something goes wrong, which takes `trouble_s` more."""

    people: float = 0.1
    walks: float = 0.15
    picks: float = 0.35
    benches: float = 0.3
    trouble: float = 0.02
    trouble_s: float = 45.0


#: Everything takes exactly as long as on average.
NO_LUCK: Final = Luck(people=0.0, walks=0.0, picks=0.0, benches=0.0, trouble=0.0)


@dataclass(frozen=True, slots=True)
class Shift:
    """What is rehearsed. Tours are taken in the order of the list. `slots` of the put wall (0: it has room for all); `aisle_room` people
    may be in an aisle at a time (0: all)."""

    tours: tuple[Tour, ...]
    orders: tuple[Truck, ...]
    crew: Crew
    times: Times = USUAL
    bench: Bench = field(default_factory=Bench)
    luck: Luck = field(default_factory=Luck)
    slots: int = 0
    aisle_room: int = 0


@dataclass(frozen=True, slots=True)
class Band:
    """A figure's spread over the runs: one in ten is below p10, half are below p50, nine in ten below p90."""

    p10: float
    p50: float
    p90: float


@dataclass(frozen=True, slots=True)
class Risk:
    """An order with a cut-off: the share of runs in which it is packed too late, and when it is packed."""

    order: str
    share: float
    cut_off_s: float
    packed: Band


@dataclass(frozen=True, slots=True)
class Moment:
    """A point of the curves: units picked and packed so many minutes after the start."""

    minute: float
    picked: Band
    packed: Band


@dataclass(frozen=True, slots=True)
class Forecast:
    """What came of all runs. `zones` says when the last unit of a zone is picked; `risks` are the orders that were late in any run, the
    likeliest first. `jam_minutes`: goods waited for a slot of the put wall; `aisle_minutes`: people stood before an aisle. `busy`: share of
    their time until the end of their work that pickers, sorters and packers worked. `picked_runs`, `packed_runs` and `late_runs` hold each
    run's own: run n had the same luck in every forecast of the same seed."""

    runs: int
    seed: int
    units: int
    metres: float
    picked: Band
    packed: Band
    zones: Mapping[str, Band]
    late: Band
    risks: tuple[Risk, ...]
    jam_minutes: Band
    aisle_minutes: Band
    busy: Mapping[str, float]
    curve: tuple[Moment, ...]
    picked_runs: tuple[float, ...]
    packed_runs: tuple[float, ...]
    late_runs: tuple[int, ...]


class BadShift(ValueError):
    """The shift cannot be rehearsed; its text is a code: `nobody` for tours of a zone without people, `circle` for tours that wait for
    each other, `unknown_order` for a call of no order of the list."""
