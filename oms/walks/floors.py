"""The floor that was imported, as the layout that planning walks. Read for the bins of the work at hand, so that a large warehouse costs no
more than its crossings. Called by the ordering of jobs and by the learning of times."""

import logging
from collections.abc import Collection
from dataclasses import dataclass
from math import isfinite

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from oms.catalog.models import Bin
from oms.planning.layout import BadLayout, Layout, Path, Point, laid_out
from oms.walks.models import Crossing, FloorPath

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Floor:
    """A layout and the crossings where walks begin and end (none: anywhere)."""

    layout: Layout
    depots: tuple[str, ...]


def is_drawn(sessions: sessionmaker[Session], site: str) -> bool:
    """Whether a floor was imported."""
    with sessions() as db:
        return db.scalar(select(FloorPath.begins).where(FloorPath.site_id == site).limit(1)) is not None


def floor_of(db: Session, site: str, bins: Collection[str]) -> Floor | None:
    """The floor with these bins on it; None where none was imported, or where it cannot be drawn: then work goes in the bins' own order."""
    paths = db.scalars(
        select(FloorPath).where(FloorPath.site_id == site).order_by(FloorPath.begins, FloorPath.ends)
    ).all()
    if not paths:
        return None
    crossings = db.scalars(select(Crossing).where(Crossing.site_id == site).order_by(Crossing.code)).all()
    wanted = {*bins, *(code for path in paths for code in (path.begins, path.ends))} - {one.code for one in crossings}
    lying = db.scalars(select(Bin).where(Bin.site_id == site, Bin.code.in_(wanted)).order_by(Bin.code)).all()
    try:
        layout = laid_out(
            [_point(one) for one in crossings],
            [
                Path(one.begins, one.ends, _metres(one.length_mm), one_way=one.one_way, blocked=one.blocked)
                for one in paths
            ],
            [_point(one) for one in lying],
        )
    except BadLayout as error:
        _log.warning("the floor cannot be walked as drawn: %s", error)
        return None
    return Floor(layout, tuple(one.code for one in crossings if one.depot))


def from_depot(db: Session, site: str, bins: Collection[str]) -> dict[str, float]:
    """Metres to each bin from the nearest crossing where walks begin; bins that no way leads to, and floors without such, are left out."""
    floor = floor_of(db, site, bins)
    if floor is None or not floor.depots:
        return {}
    known = [bin for bin in sorted(bins) if bin in floor.layout.places]
    starts = len(floor.depots)
    near = floor.layout.distances(floor.layout.numbers([*floor.depots, *known]))[:starts, starts:].min(axis=0)
    return {bin: float(far) for bin, far in zip(known, near, strict=True) if isfinite(far)}


def _point(one: Crossing | Bin) -> Point:
    return Point(one.code, one.x_mm / 1000, one.y_mm / 1000)


def _metres(length_mm: int | None) -> float | None:
    return None if length_mm is None else length_mm / 1000
