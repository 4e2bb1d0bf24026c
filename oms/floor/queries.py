"""The supervisor's board: one list of it, whole or what changed. Called by the floor API; reads only.

The feed version is read first and the rows after it: a row may be newer than the version says and then simply comes again.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from oms.catalog.models import Site
from oms.feed.models import FloorException, Lease
from oms.floor import lists, zones
from oms.floor.held import now_of
from oms.floor.models import Contact
from oms.floor.people import device_lines, last_heard, person_lines, signed_in
from oms.floor.rules import DARK_AFTER
from oms.floor.waves import wave_lines
from oms.people.models import Device, DeviceStatus
from oms.picking.codes import OPEN
from oms.picking.models import Job
from oms.picking.rules import AHEAD
from oms.waves.models import Wave
from oms.waves.progress import wave_rows
from oms.waves.rules import OVER
from sync.contract.board import BoardCounts, BoardReply, BoardTab

_LONG: dict[BoardTab, tuple[Callable[..., list[str]], Callable[..., list[str]], Callable[..., list[Any]]]] = {
    BoardTab.JOBS: (lists.live_jobs, lists.changed_jobs, lists.job_lines),
    BoardTab.EXCEPTIONS: (lists.open_exceptions, lists.changed_exceptions, lists.exception_lines),
}


def board(db: Session, site: str, tab: BoardTab, since: int, after: str) -> BoardReply:
    """One list. Devices, people, trucks and waves always come whole: there are few, and their ages change all the time."""
    now = now_of(db)
    ver = db.scalars(select(Site.ver).where(Site.id == site)).one()
    if tab in _LONG:
        return _long(db, site, now, ver, tab, since, after)
    rows: dict[str, Any] = {}
    if tab is BoardTab.DEVICES:
        rows["devices"] = device_lines(db, site, now)
    elif tab is BoardTab.PEOPLE:
        rows["people"] = person_lines(db, site, now)
    elif tab is BoardTab.PLANNED:
        rows["planned"] = wave_rows(db, site, now)
    else:
        rows["waves"] = wave_lines(db, site, now)
    return BoardReply(ver=ver, full=True, counts=counts(db, site, now, tab), epoch=0, server_time="", **rows)


def _long(db: Session, site: str, now: datetime, ver: int, tab: BoardTab, since: int, after: str) -> BoardReply:
    page, changed, lines = _LONG[tab]
    reply: dict[str, Any] = {}
    full = since <= 0
    ids = page(db, site, after) if full else changed(db, site, since)
    restart = not full and len(ids) > lists.PAGE
    rows = reply[tab.value] = [] if restart else lines(db, site, ids)
    shown = {row.id for row in rows}
    following = ids[-1] if full and len(ids) == lists.PAGE else ""
    return BoardReply(
        ver=ver,
        full=full,
        restart=restart,
        next=following,
        gone=[] if full or restart else sorted(set(ids) - shown),
        counts=counts(db, site, now, tab),
        epoch=0,
        server_time="",
        **reply,
    )


def counts(db: Session, site: str, now: datetime, tab: BoardTab) -> BoardCounts:
    """How much there is on each list."""
    holds = select(Lease.device).where(Lease.site_id == site, Lease.ended_at.is_(None)).distinct()
    active = (
        select(func.count())
        .select_from(Device)
        .outerjoin(Contact, Contact.device_id == Device.id)
        .where(Device.site_id == site, Device.status == DeviceStatus.ACTIVE)
    )
    unheard = last_heard().is_(None) | (last_heard() < now - DARK_AFTER)
    live = select(func.count()).select_from(Job).where(Job.site_id == site, Job.state.in_(AHEAD))
    open_ = select(func.count()).where(FloorException.site_id == site, FloorException.state == OPEN)
    waves = select(func.count()).select_from(Wave).where(Wave.site_id == site, Wave.state.not_in(OVER))
    return BoardCounts(
        devices=db.scalar(active) or 0,
        dark=db.scalar(active.where(Device.id.in_(holds), unheard)) or 0,
        jobs=db.scalar(live) or 0,
        people=len(signed_in(db, site, now)),
        exceptions=db.scalar(open_) or 0,
        waves=len(wave_lines(db, site, now)),
        planned=db.scalar(waves) or 0,
        stopped=zones.stopped(db, site),
        zones=zones.zones(db, site) if tab is BoardTab.PEOPLE else [],
    )
