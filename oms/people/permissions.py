"""Whether a person signed in on a device may do something. The orders API asks it."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session as Db

from oms.people.models import Session, Worker, WorkerRole
from sync.contract.codes import Role


def worker_with_role(db: Db, session: str, device: str, roles: Collection[Role]) -> str | None:
    """The worker of a living session of this very device who has one of `roles`; else None."""
    return db.scalars(
        select(Worker.id)
        .join(Session, Session.worker_id == Worker.id)
        .join(WorkerRole, WorkerRole.worker_id == Worker.id)
        .where(
            Session.id == session,
            Session.device_id == device,
            Session.revoked_at.is_(None),
            Worker.active.is_(True),
            WorkerRole.role.in_(roles),
        )
        .limit(1)
    ).one_or_none()
