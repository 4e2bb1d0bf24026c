"""Who is signed in where, and which devices are on the floor. Asked by the board."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from oms.catalog.models import Bin
from oms.feed.models import Op
from oms.floor.held import held_jobs, seconds
from oms.floor.models import Contact
from oms.floor.rules import FORGOTTEN_AFTER, standing
from oms.people.models import Device, DeviceStatus, Worker, WorkerRole
from oms.people.models import Session as FloorSession
from oms.picking.models import WorkItem
from oms.picking.rules import UNFINISHED
from sync.contract.board import DeviceLine, HeldJob, PersonLine

_HOUR = timedelta(hours=1)
#: Facts that finish a piece of work; one line may take several, so lines are counted, not facts.
_WORK_KINDS = ("pick.confirm", "pick.short", "pack.confirm", "pack.short", "sort.put", "count.observed")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A person at a device."""

    worker: str
    name: str
    number: str
    device: str
    since: datetime


def last_heard() -> ColumnElement[datetime]:
    """When a device was last heard of: an open or push, or any other contact. To be selected beside `Device` and an outer `Contact`."""
    return func.greatest(Device.last_seen, Contact.seen_at)


def signed_in(db: Session, site: str, now: datetime) -> dict[str, SignedIn]:
    """The newest living session of each device, by device id."""
    newest = (
        select(FloorSession.device_id, FloorSession.issued_at, Worker.id, Worker.name, Worker.number)
        .join(Worker, Worker.id == FloorSession.worker_id)
        .where(FloorSession.site_id == site, FloorSession.revoked_at.is_(None), FloorSession.offline_until > now)
        .ext(distinct_on(FloorSession.device_id))
        .order_by(FloorSession.device_id, FloorSession.issued_at.desc())
    )
    return {
        device: SignedIn(worker, name, number, device, since)
        for device, since, worker, name, number in db.execute(newest)
    }


def device_lines(db: Session, site: str, now: datetime) -> list[DeviceLine]:
    """All devices of the floor: dark ones first, then by name."""
    held = held_jobs(db, site, now)
    people = signed_in(db, site, now)
    lines = [_device_line(row, now, held.get(row.id, []), people.get(row.id)) for row in _devices(db, site)]
    rank = {"overdue": 0, "dark": 1, "live": 2, "away": 3}
    kept = [line for line in lines if line.jobs or _remembered(line)]
    return sorted(kept, key=lambda line: (rank[line.state], line.label.casefold(), line.id))


def _devices(db: Session, site: str) -> Sequence[Row[Any]]:
    rows: Sequence[Row[Any]] = db.execute(
        select(Device.id, Device.label, Device.app, Device.last_seq, Contact.said_seq, last_heard().label("heard"))
        .outerjoin(Contact, Contact.device_id == Device.id)
        .where(Device.site_id == site, Device.status == DeviceStatus.ACTIVE)
    ).all()  # type: ignore[assignment]
    return rows


def _remembered(line: DeviceLine) -> bool:
    return line.seen_s is not None and line.seen_s < FORGOTTEN_AFTER.total_seconds()


def _device_line(row: Row[Any], now: datetime, jobs: list[HeldJob], person: SignedIn | None) -> DeviceLine:
    seen = seconds(row.heard, now) if row.heard is not None else None
    left = min((job.left_s for job in jobs), default=None)
    return DeviceLine(
        id=row.id,
        label=row.label,
        state=standing(seen, left),
        seen_s=seen,
        person=person.name if person else "",
        left_s=left,
        jobs=jobs,
        lines=sum(job.lines - job.lines_done for job in jobs),
        units=sum(job.units - job.units_done for job in jobs),
        waiting=max(0, (row.said_seq or 0) - row.last_seq),
        app=row.app,
    )


def device_line(db: Session, site: str, now: datetime, device: str, job: str | None = None) -> DeviceLine | None:
    """One device with all that it holds (or one job of it); None when there is no such device."""
    found = next((row for row in _devices(db, site) if row.id == device), None)
    if found is None:
        return None
    jobs = held_jobs(db, site, now, device, job).get(device, [])
    return _device_line(found, now, jobs, signed_in(db, site, now).get(device))


def person_lines(db: Session, site: str, now: datetime) -> list[PersonLine]:
    """Who is signed in, by name; one line per device a person is signed in on."""
    people = signed_in(db, site, now)
    ids = {one.worker for one in people.values()}
    roles = _roles(db, ids)
    figures = {worker: _figures(db, site, worker, now) for worker in ids}
    devices = {line.id: line for line in device_lines(db, site, now)}
    lines = []
    for one in people.values():
        device = devices.get(one.device)
        if device is None:
            continue
        zone, last, hour = figures[one.worker]
        lines.append(
            PersonLine(
                id=f"{one.worker}@{one.device}",
                name=one.name,
                number=one.number,
                roles=roles.get(one.worker, []),
                device=device.label,
                device_id=device.id,
                zone=zone,
                idle_s=seconds(last, now) if last else None,
                lines_hour=hour,
                since_s=seconds(one.since, now),
                state=device.state,
            )
        )
    return sorted(lines, key=lambda line: (line.name.casefold(), line.id))


def _roles(db: Session, workers: set[str]) -> dict[str, list[str]]:
    asked = select(WorkerRole.worker_id, WorkerRole.role).where(WorkerRole.worker_id.in_(workers))
    found: dict[str, list[str]] = {}
    for worker, role in db.execute(asked.order_by(WorkerRole.role)):
        found.setdefault(worker, []).append(role.value)
    return found


def _figures(db: Session, site: str, worker: str, now: datetime) -> tuple[str, datetime | None, int]:
    """(zone of the last bin, moment of the last fact, lines done in the last hour) of a person."""
    mine = (Op.worker_id == worker, Op.site_id == site)
    last = db.execute(
        select(Op.received_at, Op.item).where(*mine).order_by(Op.received_at.desc()).limit(1)
    ).one_or_none()
    hour = db.scalar(
        select(func.count(func.distinct(Op.item)))
        .join(WorkItem, WorkItem.id == Op.item)
        .where(*mine, Op.received_at > now - _HOUR, Op.kind.in_(_WORK_KINDS), WorkItem.state.not_in(UNFINISHED))
    )
    if last is None:
        return "", None, hour or 0
    zone = db.scalar(
        select(Bin.zone)
        .join(WorkItem, WorkItem.from_bin == Bin.code)
        .where(WorkItem.id == last.item, Bin.site_id == site)
    )
    return zone or "", last.received_at, hour or 0
