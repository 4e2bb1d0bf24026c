"""What walking and picking take here, learned from what devices reported. Plans ask for it; the housekeeping has it learned once a day."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise
from math import inf
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from oms.feed.models import Op
from oms.picking.models import Job
from oms.planning.times import FEWEST, USUAL, Times, learned
from oms.walks.floors import Floor, floor_of
from oms.walks.models import WalkTimes
from sync.contract.codes import Method, Outcome

if TYPE_CHECKING:
    from oms.db.work import Work

#: Facts further back, or more of them for a method, say no more.
_SINCE: Final = timedelta(days=30)
_MOST: Final = 20_000
_EVERY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Picked:
    """One confirmed pick: by whom on which run of a device, when on its clock, and what."""

    run: tuple[str, str, str | None]
    at_ms: int
    job: str
    item: str | None
    bin: str
    units: int


def times_of(db: Session, site: str, method: Method) -> Times:
    """The times of a method as learned, or the usual ones."""
    row = db.get(WalkTimes, (site, method))
    if row is None:
        return USUAL
    return Times(metre_s=row.metre_s, bin_s=row.bin_s, pick_s=row.pick_s, unit_s=row.unit_s, tote_s=row.tote_s)


def learn_when_due(w: "Work") -> None:
    """Learns the times of every method anew, once a day."""
    last = w.db.scalar(select(func.max(WalkTimes.learned_at)).where(WalkTimes.site_id == w.site))
    if last is None or last < w.now - _EVERY:
        learn(w)


def learn(w: "Work") -> list[Method]:
    """Learns from the facts of the last weeks; the methods that had enough of them."""
    found = []
    for method in Method:
        picks = picks_of(w.db, w.site, method, w.now)
        floor = floor_of(w.db, w.site, {pick.bin for pick in picks})
        rows = [row for row in gaps(picks, floor) if row[1] > 0]
        if len(rows) < FEWEST:
            continue
        times = learned(np.array([row[0] for row in rows], dtype=np.float64), np.array([row[1] for row in rows]))
        _keep(w, method, times, len(rows))
        found.append(method)
    return found


def picks_of(db: Session, site: str, method: Method, now: datetime) -> list[Picked]:
    """The confirmed picks of the last weeks by a method, the newest first."""
    asked = (
        select(Op.first_device, Op.boot, Op.worker_id, Op.mono_ms, Op.item, Op.body)
        .join(Job, Job.id == Op.body["job"].astext)
        .where(
            Op.site_id == site,
            Op.kind == "pick.confirm",
            Op.outcome != Outcome.PARKED,
            Op.received_at > now - _SINCE,
            Job.method == method,
        )
    )
    rows = db.execute(asked.order_by(Op.received_at.desc(), Op.op_id).limit(_MOST)).all()
    return [_pick((device, boot, worker), at, item, body) for device, boot, worker, at, item, body in rows]


def _pick(run: tuple[str, str, str | None], at_ms: int, item: str | None, body: dict[str, Any]) -> Picked:
    return Picked(run, at_ms, str(body["job"]), item, str(body["from_bin"]), int(body["qty"]))


def gaps(picks: Sequence[Picked], floor: Floor | None) -> Iterator[tuple[tuple[float, int, int, int, int], float]]:
    """What lay between one pick and the next of the same person, as `oms.planning.times` counts it, and the seconds it took. Without a
    floor the metres are 0; where no way is known the gap is left out."""

    @cache
    def metres(*bins: str) -> float:
        if floor is None:
            return 0.0
        if not all(one in floor.layout.places for one in bins):
            return inf
        return float(floor.layout.legs(floor.layout.numbers(bins)).sum())

    for one, then in pairwise(sorted(picks, key=lambda pick: (str(pick.run), pick.at_ms))):
        if one.run != then.run:
            continue
        is_new_trip = one.job != then.job
        by_depot = floor.depots[:1] if floor is not None and is_new_trip else ()
        far = metres(one.bin, *by_depot, then.bin)
        if far < inf:
            steps = (
                far,
                int(one.bin != then.bin or is_new_trip),
                int(one.item != then.item),
                then.units,
                int(is_new_trip),
            )
            yield steps, (then.at_ms - one.at_ms) / 1000


def _keep(w: "Work", method: Method, times: Times, count: int) -> None:
    row = w.db.get(WalkTimes, (w.site, method))
    if row is None:
        w.db.add(WalkTimes(site_id=w.site, method=method, **asdict(times), gaps=count, learned_at=w.now))
    else:
        for name, value in asdict(times).items():
            setattr(row, name, value)
        row.gaps, row.learned_at = count, w.now
    w.db.flush()
    w.audit("times.learned", method=method.value, gaps=count, **asdict(times))
