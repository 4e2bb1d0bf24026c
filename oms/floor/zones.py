"""Zones a supervisor stops and starts. A stopped zone gives out no new work: what is in hand is finished, and its people are told.

Acts are called by the floor API; `stopped` by the board and by claims.
"""

from typing import TYPE_CHECKING

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from oms.catalog.models import Zone
from oms.feed.models import FloorException
from oms.floor.actions import GONE, Done
from oms.floor.models import StoppedZone
from oms.picking.codes import OPEN, ExceptionKind
from oms.picking.exceptions import need, resolve
from oms.picking.models import ZonePresence
from sync.contract.board import BoardAct, UndoAct

if TYPE_CHECKING:
    from oms.db.work import Work


def stopped(db: Session, site: str) -> list[str]:
    """Names of the zones that are stopped, sorted."""
    return list(db.scalars(select(StoppedZone.zone).where(StoppedZone.site_id == site).order_by(StoppedZone.zone)))


def zones(db: Session, site: str) -> list[str]:
    """Names of all zones, sorted."""
    return list(db.scalars(select(Zone.code).where(Zone.site_id == site).order_by(Zone.code)))


def stop(w: "Work", zone: str, _value: str, _reason: str) -> Done:
    """No new work in this zone; who is signed in to it is told. Twice is as good as once."""
    if zone not in zones(w.db, w.site):
        return GONE
    row = {"site_id": w.site, "zone": zone, "since": w.now, "worker_id": w.actor.worker}
    made = w.db.execute(insert(StoppedZone).values(**row).on_conflict_do_nothing().returning(StoppedZone.zone))
    if made.scalar() is not None:
        people = _people(w, zone)
        for device, worker in people:
            told = need(w, ExceptionKind.ZONE_STOPPED, {"zone": zone})
            told.device, told.worker_id = device, worker
        w.audit("floor.zone_stopped", zone=zone, told=len(people))
    return Done(undo=UndoAct(act=BoardAct.START_ZONE, id=zone))


def start(w: "Work", zone: str, _value: str, _reason: str) -> Done:
    """Work is given out again; what its people have not read of the stop they need not read any more."""
    gone = delete(StoppedZone).where(StoppedZone.site_id == w.site, StoppedZone.zone == zone)
    if w.db.execute(gone.returning(StoppedZone.zone)).scalar() is None:
        return GONE
    unread = select(FloorException).where(
        FloorException.site_id == w.site,
        FloorException.kind == ExceptionKind.ZONE_STOPPED,
        FloorException.state == OPEN,
    )
    for told in w.db.scalars(unread.order_by(FloorException.id).with_for_update()):
        if told.params.get("zone") == zone:
            resolve(w, told)
    w.audit("floor.zone_started", zone=zone)
    return Done(undo=UndoAct(act=BoardAct.STOP_ZONE, id=zone))


def _people(w: "Work", zone: str) -> list[tuple[str, str | None]]:
    here = select(ZonePresence.device_id, ZonePresence.worker_id).where(
        ZonePresence.site_id == w.site, ZonePresence.zone == zone
    )
    return [(device, worker) for device, worker in w.db.execute(here.order_by(ZonePresence.device_id))]
