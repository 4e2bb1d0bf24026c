"""Signing in on a device: by badge, or by worker number and PIN. Called by the trust routes.

The argon2 work (tens of milliseconds) is done outside the transaction that counts wrong tries.
"""

from dataclasses import dataclass
from datetime import timedelta
from threading import Lock
from typing import Final
from uuid import uuid4

from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.orm import Session

from oms.bootstrap import Oms
from oms.db.work import Actor, Work
from oms.feed.refusals import Refusal
from oms.people.models import Session as FloorSession
from oms.people.models import Worker, WorkerRole
from oms.people.rules import LOCK_FOR, Tries, pin_matches
from oms.people.trust import DeviceAuth
from sync.contract import proof
from sync.contract.codes import ErrorCode, Role
from sync.contract.wire import SessionReply, SessionRequest

#: One shift: how long the same person may sign in on the same device while the server is away.
OFFLINE_TTL: Final = timedelta(hours=12)

_hasher = PasswordHasher()
#: One person after the other: each hash takes 64 MiB and all cores for a moment. Side by side, the people at the start of a shift would all
#: wait longer than their devices do, and ask again.
_one_at_a_time = Lock()
#: Compared against when nobody has that number, so that the time taken tells nothing.
_NOBODY = _hasher.hash("0000")


@dataclass(frozen=True, slots=True)
class _Found:
    """A person as read before the PIN was checked."""

    id: str
    name: str
    number: str
    language: str
    roles: tuple[Role, ...]
    pin_hash: str | None
    tries: Tries
    trust_n: int


def sign_in(oms: Oms, device: DeviceAuth, request: SessionRequest, epoch: int) -> SessionReply:
    """A new session. Raises `Refusal`: 400 neither badge nor number and PIN, 401 unknown or wrong, 423 locked."""
    by_badge = request.badge is not None
    if by_badge == (request.number is not None and request.pin is not None):
        raise Refusal(400, ErrorCode.INVALID, "badge, or number and pin")
    with oms.sessions() as db:
        person = _find(db, device.site, request)
    if not by_badge:
        _check_pin(oms, device, request, person)
    if person is None:
        _nobody_came(oms, device, "badge")
        raise Refusal(401, ErrorCode.WRONG_PIN, "unknown")
    what = proof.presented(device.id, badge=request.badge, number=request.number, pin=request.pin)
    with _one_at_a_time:
        verifier = _hasher.hash(what)
    actor = Actor("device", device=device.id, worker=person.id)
    session = oms.works.run(device.site, actor, lambda w: _open(w, device, person, by_badge))
    return SessionReply(
        session=session,
        worker=person.id,
        name=person.name,
        number=person.number,
        roles=list(person.roles),
        language=person.language,
        offline_verifier=verifier,
        offline_ttl_s=int(OFFLINE_TTL.total_seconds()),
        trust_n=person.trust_n,
        epoch=epoch,
        server_time="",
    )


def _find(db: Session, site: str, request: SessionRequest) -> _Found | None:
    wanted = select(Worker).where(Worker.site_id == site, Worker.active.is_(True))
    if request.badge is not None:
        wanted = wanted.where(Worker.badge == request.badge.replace("\0", ""))
    else:
        wanted = wanted.where(Worker.number == (request.number or "").replace("\0", ""))
    worker = db.scalar(wanted)
    if worker is None:
        return None
    roles = db.scalars(select(WorkerRole.role).where(WorkerRole.worker_id == worker.id).order_by(WorkerRole.role))
    return _Found(
        worker.id,
        worker.name,
        worker.number,
        worker.language,
        tuple(roles),
        worker.pin_hash,
        Tries(worker.failed_pins, worker.locked_until),
        worker.trust_n,
    )


def _check_pin(oms: Oms, device: DeviceAuth, request: SessionRequest, person: _Found | None) -> None:
    hashed = person.pin_hash if person else None
    with _one_at_a_time:
        right = pin_matches(hashed or _NOBODY, request.pin or "") and hashed is not None
    if person is None:
        _nobody_came(oms, device, "number")
        raise Refusal(401, ErrorCode.WRONG_PIN)
    actor = Actor("device", device=device.id, worker=person.id)
    tries = oms.works.run(device.site, actor, lambda w: _count_try(w, person.id, right))
    if tries is None:
        raise Refusal(423, ErrorCode.LOCKED, retry_after_s=int(LOCK_FOR.total_seconds()))
    if not right:
        raise Refusal(401, ErrorCode.WRONG_PIN, f"{tries.left()} left")


def _nobody_came(oms: Oms, device: DeviceAuth, by: str) -> None:
    """What was presented is not written down: it may be a mistyped PIN, or somebody's badge of elsewhere."""
    oms.works.run(device.site, Actor("device", device=device.id), lambda w: w.audit("session.unknown", by=by))


def _count_try(w: Work, worker_id: str, right: bool) -> Tries | None:
    """Counts under the worker's lock, so that tries side by side all count; None while locked, when even the right PIN is refused."""
    worker = w.db.scalars(select(Worker).where(Worker.id == worker_id).with_for_update()).one()
    tries = Tries(worker.failed_pins, worker.locked_until)
    if tries.locked(w.now):
        w.audit("session.refused_locked", worker_id=worker_id)
        return None
    after = Tries() if right else tries.after_wrong(w.now)
    worker.failed_pins, worker.locked_until = after.wrong, after.locked_until
    if not right:
        w.audit("session.wrong_pin", worker_id=worker_id)
    if after.locked(w.now):
        w.audit("session.locked", worker_id=worker_id)
    return None if after.locked(w.now) else after


def _open(w: Work, device: DeviceAuth, person: _Found, by_badge: bool) -> str:
    id = uuid4().hex
    w.db.add(
        FloorSession(
            id=id,
            site_id=device.site,
            worker_id=person.id,
            device_id=device.id,
            issued_at=w.now,
            offline_until=w.now + OFFLINE_TTL,
        )
    )
    w.audit("session.opened", session=id, by="badge" if by_badge else "pin")
    return id
