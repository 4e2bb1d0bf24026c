"""The floor as a map for people: crossings, paths, and bins with how often they were picked from. Asked by the API."""

from datetime import timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from oms.catalog.models import Bin
from oms.picking.models import Job, WorkItem
from oms.walks.models import Crossing, FloorPath
from sync.contract.codes import BinKind, JobKind
from sync.contract.plans import MapBin, MapCrossing, MapPath

#: How far back picks are counted.
SINCE: Final = timedelta(days=30)
#: More than any map shows.
_MOST: Final = 50_000

Map = tuple[list[MapCrossing], list[MapPath], list[MapBin]]


def floor_map(db: Session, site: str) -> Map:
    """Crossings, paths and pick bins; without paths the floor is not drawn. A path whose end is gone is left out."""
    crossings = db.scalars(select(Crossing).where(Crossing.site_id == site).order_by(Crossing.code).limit(_MOST)).all()
    bins = db.scalars(
        select(Bin)
        .where(Bin.site_id == site, Bin.kind.in_((BinKind.PICK, BinKind.RESERVE)))
        .order_by(Bin.seq, Bin.code)
        .limit(_MOST)
    ).all()
    at = {one.code: (one.x_mm, one.y_mm) for one in bins} | {one.code: (one.x_mm, one.y_mm) for one in crossings}
    paths = db.scalars(select(FloorPath).where(FloorPath.site_id == site).order_by(FloorPath.begins, FloorPath.ends))
    picks = _picks(db, site)
    return (
        [MapCrossing(one.code, one.x_mm, one.y_mm, one.depot) for one in crossings],
        [
            MapPath(*at[one.begins], *at[one.ends], one.one_way, one.blocked)
            for one in paths
            if one.begins in at and one.ends in at
        ],
        [MapBin(one.code, one.x_mm, one.y_mm, one.zone, picks.get(one.code, 0)) for one in bins],
    )


def _picks(db: Session, site: str) -> dict[str, int]:
    """How often each bin was picked from."""
    done = (
        select(WorkItem.from_bin, func.count())
        .join(Job, Job.id == WorkItem.job_id)
        .where(
            WorkItem.site_id == site,
            WorkItem.kind == JobKind.PICK,
            WorkItem.qty_done > 0,
            Job.created_at > func.clock_timestamp() - SINCE,
        )
        .group_by(WorkItem.from_bin)
    )
    return {bin: int(count) for bin, count in db.execute(done)}
