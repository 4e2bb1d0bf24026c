"""What a wave needs and who is there for it: seconds of picking from planned metres and learned times, the people who are signed in, the
latest moment to let it go, and whether the floor needs more work now. Called by the planning of waves and by the keeper."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from math import isfinite
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from oms.catalog.models import Bin
from oms.floor.people import signed_in
from oms.people.models import WorkerRole
from oms.picking.models import Job, WorkItem, ZonePresence
from oms.picking.rules import LIVE, UNFINISHED
from oms.planning.times import Times
from oms.planning.waves import Latest, Step, latest_release, let_go, spread_people
from oms.planning.zones import passed
from oms.walks.floors import Floor, floor_of
from oms.walks.learning import times_of
from oms.waves.rules import METRES_A_STOP
from sync.contract.codes import JobKind, Method, Role
from sync.contract.waves import ReleaseRule, ZoneLoad

if TYPE_CHECKING:
    from oms.db.work import Work

#: People who are reckoned with where nobody is signed in.
NOBODY: Final = 2
#: Of no zone: people who go anywhere, and work of bins that are gone.
ANYWHERE: Final = ""


@dataclass(frozen=True, slots=True)
class Hands:
    """Pickers by the zone they signed in to (`ANYWHERE` for none), and packers. Nobody at all counts as `NOBODY` pickers."""

    pickers: Mapping[str, int]
    packers: int

    @property
    def picking(self) -> int:
        """All pickers, one at least."""
        return max(1, sum(self.pickers.values()))

    def by_zone(self, work: Mapping[str, float]) -> dict[str, int]:
        """Pickers of each zone that has work: those of no zone, and of zones without work, stand where there is most to do for each."""
        there = {zone: self.pickers.get(zone, 0) for zone in work}
        for _ in range(self.picking - sum(there.values()) if there else 0):
            busiest = max(sorted(there), key=lambda zone: work[zone] / (there[zone] + 1))
            there[busiest] += 1
        return there


@dataclass(frozen=True, slots=True)
class Needs:
    """Person seconds of picking by job and by zone; metres where the floor is drawn, else 0."""

    jobs: Mapping[str, float]
    zones: Mapping[str, float]
    metres: float

    @property
    def seconds(self) -> float:
        """All of them."""
        return sum(self.jobs.values())

    @property
    def longest(self) -> float:
        """Those of the longest job, which one person does."""
        return max(self.jobs.values(), default=0.0)

    @property
    def minutes(self) -> int:
        """Person minutes, rounded up."""
        return -int(-self.seconds // 60)


@dataclass(frozen=True, slots=True)
class _Stop:
    """A work item of a job that is still to be done."""

    job: str
    method: Method
    bin: str
    zone: str
    units: int


def hands(w: "Work") -> Hands:
    """Who is signed in now, by what they may do and the zone they chose."""
    there = signed_in(w.db, w.site, w.now)
    zones = select(ZonePresence.device_id, ZonePresence.zone).where(ZonePresence.site_id == w.site)
    in_zone = dict(w.db.execute(zones).all())
    workers = {one.worker for one in there.values()}
    known = w.db.execute(select(WorkerRole.worker_id, WorkerRole.role).where(WorkerRole.worker_id.in_(workers))).all()
    picking, packing = ({worker for worker, has in known if has == role} for role in (Role.PICKER, Role.PACKER))
    pickers = Counter(in_zone.get(device, ANYWHERE) for device, one in there.items() if one.worker in picking)
    packers = sum(one.worker in packing - picking for one in there.values())
    return Hands(dict(pickers) or {ANYWHERE: NOBODY}, max(1, packers))


def needs_of(w: "Work", jobs: Collection[str]) -> Needs:
    """What these pick jobs still need."""
    rows = w.db.execute(
        select(WorkItem.job_id, Job.method, WorkItem.from_bin, Bin.zone, WorkItem.qty_req - WorkItem.qty_done)
        .join(Job, Job.id == WorkItem.job_id)
        .outerjoin(Bin, (Bin.site_id == WorkItem.site_id) & (Bin.code == WorkItem.from_bin))
        .where(WorkItem.job_id.in_(jobs), WorkItem.kind == JobKind.PICK, WorkItem.state.in_(UNFINISHED))
        .order_by(WorkItem.job_id, WorkItem.seq, WorkItem.id)
    )
    return _needs(w, [_Stop(job, method, bin, zone or ANYWHERE, int(units)) for job, method, bin, zone, units in rows])


def _needs(w: "Work", stops: Sequence[_Stop]) -> Needs:
    floor = floor_of(w.db, w.site, {stop.bin for stop in stops})
    times = {method: times_of(w.db, w.site, method) for method in {stop.method for stop in stops}}
    zones: dict[str, float] = defaultdict(float)
    jobs: dict[str, float] = {}
    far = 0.0
    for number, some in groupby(stops, key=lambda stop: stop.job):
        job = list(some)
        metres = _metres(floor, [stop.bin for stop in job])
        jobs[number] = _seconds(job, times[job[0].method], metres)
        far += metres or 0.0
        for stop in job:
            zones[stop.zone] += jobs[number] / len(job)
    return Needs(jobs, dict(zones), far)


def _seconds(job: Sequence[_Stop], times: Times, metres: float | None) -> float:
    bins = len(list(groupby(job, key=lambda stop: stop.bin)))
    far = METRES_A_STOP * bins if metres is None else metres
    return times.seconds(far, bins=bins, picks=len(job), units=sum(stop.units for stop in job), totes=1)


def _metres(floor: Floor | None, bins: Sequence[str]) -> float | None:
    """From the depot over the bins and back, in their order; None where nobody knows."""
    if floor is None:
        return None
    known = [bin for bin in bins if bin in floor.layout.places]
    if not known:
        return None
    path = floor.layout.numbers([*floor.depots[:1], *known, *floor.depots[:1]])
    far = float(floor.layout.legs(path).sum())
    return far if isfinite(far) else None


def latest(needs: Needs, people: Hands, rule: ReleaseRule, method: Method) -> Latest:
    """How long before the cut-off the wave must go: picking by those who are there, then the rule's minutes for what follows."""
    steps = [
        Step("pick", needs.seconds, people.picking, needs.longest),
        *([Step("sort", 0.0, fixed=60.0 * rule.sort_min)] if method is Method.WALL else []),
        Step("pack", 0.0, fixed=60.0 * rule.pack_min),
        Step("buffer", 0.0, fixed=60.0 * rule.buffer_min),
    ]
    return latest_release(steps)


def release_between(
    needs: Needs, people: Hands, rule: ReleaseRule, method: Method, cut_off: datetime | None
) -> tuple[datetime, datetime] | None:
    """The latest moments at which the wave is still in time on 19 of 20 days, and on a usual day; None without a cut-off."""
    if cut_off is None:
        return None
    found = latest(needs, people, rule, method)
    return cut_off - timedelta(seconds=found.safe), cut_off - timedelta(seconds=found.usual)


def zone_loads(needs: Needs, people: Hands, loads: Sequence[ZoneLoad]) -> list[ZoneLoad]:
    """The loads with minutes as learned, who is there, and who should be there for the last zone to be ready as early as can be."""
    there = people.by_zone({load.zone: needs.zones.get(load.zone, 0.0) for load in loads})
    seconds = [needs.zones.get(load.zone, 0.0) for load in loads]
    advised = spread_people(seconds, [there[load.zone] for load in loads]).people
    return [
        ZoneLoad(
            zone=load.zone,
            stops=load.stops,
            units=load.units,
            minutes=-int(-seconds[n] // 60),
            people=people.pickers.get(load.zone, 0),
            advised=advised[n],
        )
        for n, load in enumerate(loads)
    ]


def is_wanted(w: "Work", jobs: Collection[str], minutes: int) -> bool:
    """Constant work: whether somebody will have less than so many minutes to do, and these jobs bring them more."""
    floor = select(Job.id).where(Job.site_id == w.site, Job.kind == JobKind.PICK, Job.state.in_(LIVE))
    now = needs_of(w, w.db.scalars(floor).all()).zones
    more = needs_of(w, jobs).zones
    people = hands(w).by_zone({zone: now.get(zone, 0.0) + more.get(zone, 0.0) for zone in {*now, *more}})
    zones = sorted(people)
    found = let_go(
        [now.get(zone, 0.0) for zone in zones],
        [[more.get(zone, 0.0) for zone in zones]],
        [people[zone] for zone in zones],
        60.0 * minutes,
    )
    return found.count > 0


def take_turns(w: "Work", jobs: Sequence[Job]) -> None:
    """Pass and pick: totes with most work start first, so that the last of them is not alone on the floor at the end."""
    trips = sorted({job.trip for job in jobs if job.method is Method.LEGS and job.trip is not None})
    zones = sorted({job.zone for job in jobs if job.zone is not None})
    if len(trips) < 2 or not zones:
        return
    seconds = needs_of(w, [job.id for job in jobs]).jobs
    work = [[0.0] * len(zones) for _ in trips]
    for job in jobs:
        if job.trip in trips and job.zone is not None:
            work[trips.index(job.trip)][zones.index(job.zone)] += seconds.get(job.id, 0.0)
    turn_of = {trips[trip]: turn for turn, trip in enumerate(passed(work, hands(w).picking).order, 1)}
    for job in jobs:
        if job.trip is not None:
            job.turn = turn_of.get(job.trip, 0)
    w.db.flush()
