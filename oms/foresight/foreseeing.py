"""How a running wave will end, since when that is likely, and what to do about it, as it travels. Called by the waves API.

The wave is read in one go; it is thought about without the database.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from oms.feed.rows import stamp
from oms.foresight.reading import scene_of
from oms.foresight.scene import Going, Scene, running
from oms.planning import rescue as moves
from oms.planning.rehearsal import BadShift, rehearse
from oms.planning.shifts import Forecast, Risk
from oms.waves.models import Wave
from oms.waves.rules import RUNNING
from sync.contract.rescue import Doomed, Move, MoveKind, Rescue
from sync.contract.waves import Problem

#: Rehearsals of what is left and of each move, and of each moment that is looked back at.
RUNS: Final = 100
_BACK_RUNS: Final = 40
_MOMENTS: Final = 6
#: Orders late in fewer of a hundred rehearsals are not spoken of.
_SPOKEN_OF: Final = 0.1


def foresee(sessions: sessionmaker[Session], site: str, wave_id: str, runs: int = RUNS) -> tuple[Rescue | None, str]:
    """What is foreseen, or a code that says why nothing is: `unknown_wave`, `not_in_this_state`, or one of `BadShift`."""
    with sessions() as db:
        now = db.scalars(select(func.clock_timestamp())).one()
        wave = db.scalar(select(Wave).where(Wave.site_id == site, Wave.id == wave_id))
        if wave is None:
            return None, "unknown_wave"
        if wave.state not in RUNNING:
            return None, "not_in_this_state"
        scene = scene_of(db, site, wave, now)
    try:
        return foreseen(scene, runs), ""
    except BadShift as why:
        return None, str(why)


def foreseen(scene: Scene, runs: int) -> Rescue:
    """What is foreseen of a wave as it was read. BadShift where it can never end."""
    found = moves.rescue(running(scene, scene.now), runs=runs)
    since = moves.likely_since(_looking_back(scene)) if moves.likely_late(found.forecast) else {}
    forecast = found.forecast
    return Rescue(
        wave=scene.wave,
        at=stamp(scene.now),
        runs=forecast.runs,
        people=sum(scene.crew.pickers.values()),
        picked=_then(scene, forecast.picked.p50),
        packed=_then(scene, forecast.packed.p50),
        late=list(_doomed(scene, forecast, since)),
        moves=[_move(scene, move) for move in found.moves],
    )


def _looking_back(scene: Scene) -> Iterator[tuple[float, Mapping[str, float]]]:
    """What rehearsals would have said at some moments since the release, and what they say now."""
    lasted = (scene.now - scene.released_at).total_seconds()
    for n in range(_MOMENTS + 1):
        ago = lasted * (1 - n / _MOMENTS)
        shift = running(scene, scene.now - timedelta(seconds=ago)).shift
        yield -ago, moves.shares(rehearse(shift, runs=_BACK_RUNS))


def _doomed(scene: Scene, forecast: Forecast, since: Mapping[str, float]) -> Iterator[Doomed]:
    orders = {order.number: order for order in scene.orders}
    for risk in forecast.risks:
        if risk.share >= _SPOKEN_OF:
            yield _one(scene, orders[risk.order], risk, since)


def _one(scene: Scene, order: Going, risk: Risk, since: Mapping[str, float]) -> Doomed:
    mine = [(trip, step) for trip in scene.trips for step in trip.steps if step.order == order.number and step.left]
    # The rehearsals of now are more than those looking back: what they say is likely is so now at the latest.
    likely = since.get(order.number, 0.0) if risk.share >= moves.LIKELY else None
    return Doomed(
        order=order.number,
        cut_off=_stamp(order.cut_off),
        percent=round(100 * risk.share),
        ready_early=_then(scene, risk.packed.p10),
        ready=_then(scene, risk.packed.p50),
        ready_late=_then(scene, risk.packed.p90),
        carrier=order.carrier,
        service=order.service,
        stops_left=len(mine),
        units_left=sum(step.left for _, step in mine),
        with_people=sorted({trip.worker for trip, _ in mine if trip.worker}),
        likely_since=None if likely is None else _then(scene, likely),
    )


def _move(scene: Scene, move: moves.Move) -> Move:
    return Move(
        kind=MoveKind(move.kind.value),
        orders=list(move.orders),
        people=move.people,
        zone=move.zone,
        to_service=move.later.service if move.later else "",
        to_cut_off=_then(scene, move.later.cut_off_s) if move.later else None,
        saved=list(move.saved),
        endangered=list(move.endangered),
        late_before=round(10 * move.before),
        late_after=round(10 * move.after),
        minutes_earlier=round(move.earlier_s / 60),
        why=[Problem(code=why.code, words=dict(why.words)) for why in move.why],
    )


def _then(scene: Scene, seconds: float) -> str:
    return stamp(scene.now + timedelta(seconds=seconds))


def _stamp(moment: datetime | None) -> str:
    return stamp(moment) if moment else ""
