"""Who may do what: people by their roles, programs by their keys, devices. For auditors; the administrator's routes call it."""

import csv
from dataclasses import dataclass
from io import StringIO
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from oms.people.keys import OPENS, Scope
from oms.people.models import ApiKey, Device, Worker, WorkerRole
from sync.contract.codes import Role

#: What a role opens, beside what any signed-in person sees.
ROLE_OPENS: Final[dict[Role, tuple[str, ...]]] = {
    Role.PICKER: ("floor_work",),
    Role.PACKER: ("floor_work", "reopen_parcel"),
    Role.SUPERVISOR: (
        "floor_work", "reopen_parcel", "board", "orders", "waves", "plans", "customers", "order_entry", "workbench", "sourcing",
        "shipping", "counts",
    ),
    Role.ADMIN: ("floor_work", "orders", "waves", "plans", "customers", "order_entry", "workbench", "sourcing", "shipping", "counts"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Permission:
    """One right of somebody: `holder` is a `person`, `program` or `device`; `by` the role or scope that gives it, `opens` all it opens.
    Rights of who is not `active` hold no more."""

    holder: str
    id: str
    name: str
    site: str
    by: str
    opens: str
    channel: str
    active: bool
    since: str


def permissions(db: Session, site: str) -> list[Permission]:
    """Of a site, people first."""
    return [*_people(db, site), *_programs(db, site), *_devices(db, site)]


def as_csv(rows: list[Permission]) -> str:
    """With a head. What a spreadsheet would take for a formula is told to be a text."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(Permission.__slots__)
    for row in rows:
        writer.writerow([_plain(getattr(row, name)) for name in Permission.__slots__])
    return out.getvalue()


def _people(db: Session, site: str) -> list[Permission]:
    mine = select(Worker, WorkerRole.role).outerjoin(WorkerRole, WorkerRole.worker_id == Worker.id)
    return [
        Permission(
            "person",
            one.number,
            one.name,
            site,
            role or "",
            " ".join(ROLE_OPENS[role]) if role else "",
            "",
            one.active,
            "",
        )
        for one, role in db.execute(mine.where(Worker.site_id == site).order_by(Worker.number, WorkerRole.role))
    ]


def _programs(db: Session, site: str) -> list[Permission]:
    found = []
    for one in db.scalars(select(ApiKey).where(ApiKey.site_id == site).order_by(ApiKey.created_at, ApiKey.id)):
        for scope in one.scopes:
            opens = {scope, *(OPENS.get(Scope(scope), ()) if scope in set(Scope) else ())}
            found.append(Permission(
                "program", one.id, one.name, site, scope, " ".join(sorted(opens)), one.channel or "", one.revoked_at is None,
                one.created_at.isoformat(),
            ))  # fmt: skip
    return found


def _devices(db: Session, site: str) -> list[Permission]:
    mine = select(Device).where(Device.site_id == site).order_by(Device.created_at, Device.id)
    return [
        Permission(
            "device",
            one.id,
            one.label,
            site,
            one.status,
            "sync",
            "",
            one.status.value == "active",
            one.created_at.isoformat(),
        )
        for one in db.scalars(mine)
    ]


def _plain(value: object) -> str:
    text = str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
