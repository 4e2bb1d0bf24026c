"""Workers: who may sign in and what they may do. Called by the admin API, in one unit of work."""

from collections.abc import Collection
from typing import TYPE_CHECKING
from uuid import uuid4

from sqlalchemy import select

from oms.people.models import Worker, WorkerRole
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
