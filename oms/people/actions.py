"""Workers: who may sign in and what they may do. Called by the admin API, in one unit of work."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from sqlalchemy import delete, select, update

from oms.people.models import Session, Worker, WorkerRole
from oms.people.rules import hash_pin
from sync.contract.codes import Role

if TYPE_CHECKING:
    from oms.db.work import Work


class NumberTaken(ValueError):
    """Somebody else has this number or badge."""


def add_worker(
    w: "Work",
    number: str,
    name: str,
    roles: Collection[Role],
    *,
    badge: str | None = None,
    pin: str | None = None,
    language: str = "en",
) -> Worker:
    """A new person of this site; raises `NumberTaken`, or `BadPin` (a PIN has 4 to 8 digits)."""
    same = Worker.number == number
    if badge is not None:
        same |= Worker.badge == badge
    if w.db.scalar(select(Worker.id).where(Worker.site_id == w.site, same)) is not None:
        raise NumberTaken(number)
    worker = Worker(
        id=uuid4().hex,
        site_id=w.site,
        number=number,
        name=name,
        badge=badge,
        pin_hash=hash_pin(pin) if pin is not None else None,
        language=language,
    )
    w.db.add(worker)
    w.db.flush()
    w.db.add_all(WorkerRole(worker_id=worker.id, role=role) for role in sorted(set(roles)))
    w.touch("worker", worker.id)
    w.audit("worker.added", worker=worker.id, number=number, roles=" ".join(sorted(set(roles))))
    return worker


@dataclass(frozen=True, slots=True)
class WorkerChange:
    """What is to be different about a person; None: as it was. An empty `badge` or `pin` takes it away."""

    roles: Collection[Role] | None = None
    active: bool | None = None
    badge: str | None = None
    pin: str | None = None
    unlock: bool = False


def change_worker(w: "Work", number: str, change: WorkerChange) -> Worker | None:
    """Changes a person, and ends every sign-in that rests on what was changed: on all devices at once where the OMS can be reached, and
    as soon as they hear of it elsewhere. None when nobody has this number. Raises `NumberTaken` (the badge) or `BadPin`."""
    wanted = select(Worker).where(Worker.site_id == w.site, Worker.number == number).with_for_update()
    worker = w.db.scalars(wanted).one_or_none()
    if worker is None:
        return None
    told: dict[str, str | bool] = {}
    if change.badge is not None:
        _give_badge(w, worker, change.badge)
        told["badge"] = bool(change.badge)
    if change.pin is not None:
        worker.pin_hash = hash_pin(change.pin) if change.pin else None
        told["pin"] = bool(change.pin)
    if change.active is not None:
        told["active"] = worker.active = change.active
    if change.roles is not None:
        _give_roles(w, worker.id, change.roles)
        told["roles"] = " ".join(sorted(set(change.roles)))
    if change.unlock:
        worker.failed_pins, worker.locked_until = 0, None
        told["unlocked"] = True
    if set(told) - {"unlocked"}:
        # A device compares this number with the one its offline sign-in was given under.
        worker.trust_n += 1
        living = (Session.worker_id == worker.id, Session.revoked_at.is_(None))
        w.db.execute(update(Session).where(*living).values(revoked_at=w.now))
    w.touch("worker", worker.id)
    w.audit("worker.changed", number=number, **told)
    return worker


def _give_badge(w: "Work", worker: Worker, badge: str) -> None:
    other = select(Worker.id).where(Worker.site_id == w.site, Worker.badge == badge, Worker.id != worker.id)
    if badge and w.db.scalar(other) is not None:
        raise NumberTaken(badge)
    worker.badge = badge or None


def _give_roles(w: "Work", worker_id: str, roles: Collection[Role]) -> None:
    w.db.execute(delete(WorkerRole).where(WorkerRole.worker_id == worker_id))
    w.db.add_all(WorkerRole(worker_id=worker_id, role=role) for role in sorted(set(roles)))
