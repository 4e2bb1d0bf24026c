"""Open: compares a device's log, cursor and leases with ours before anything else is said. Also the server's own time line.

A server restored from a backup has forgotten; it must say so by a new epoch. Whoever restores runs `floorhand server restored`; a device
that has seen more than this server remembers raises the alarm when nobody did.
"""

import logging
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from oms.catalog.models import Site
from oms.db.work import Work
from oms.feed import leases, shapes
from oms.feed.cursor import parse
from oms.feed.ingest import durable_through
from oms.feed.log import Log, lock_log
from oms.feed.models import Meta
from oms.feed.pull import check_floor
from oms.feed.refusals import Refusal
from oms.people.models import Device, DeviceStatus
from sync.contract.codes import ErrorCode
from sync.contract.wire import OpenReply, OpenRequest

_log = logging.getLogger(__name__)

#: After a restore, devices first bring back what they hold before work is given out again.
CLAIM_GRACE: Final = timedelta(minutes=10)


def open_log(w: Work, device_id: str, request: OpenRequest) -> OpenReply:
    """Where our copy of this log stands, and what the device holds. Raises `Refusal`: 409 epoch or fork, 410 floor or schema, 503 when
    this server has forgotten things and nobody has confirmed that. An outdated app is let in: its facts are taken."""
    log = lock_log(w, device_id, None)
    meta = w.db.scalars(select(Meta)).one()
    if request.epoch > log.epoch:
        raise _suspect(f"a device knows the later epoch {request.epoch}", log)
    if request.epoch < log.epoch:
        raise log.refuse(409, ErrorCode.EPOCH)
    _check_log(log, request)
    head, floor = w.db.execute(select(Site.ver, Site.floor_ver).where(Site.id == w.site)).one()
    cursor = parse(request.cursor, log.epoch)
    if cursor.epoch == log.epoch and cursor.ver > head:
        raise _suspect("a device has seen later changes", log)
    check_floor(cursor, floor)
    shapes.check_cursor(cursor, request.schema)
    device = log.device
    device.app, device.schema, device.last_seen = request.app.replace("\0", "")[:200], request.schema, w.now
    _count_in(w.db, meta, w.now)
    return OpenReply(
        last_seq=device.last_seq,
        chain_at_last=device.chain,
        head=head,
        floor=floor,
        durable_through=durable_through(w.db, device.id, meta.backup_covered_ver),
        epoch=log.epoch,
        server_time="",
        leases=leases.held(w, device_id),
        kinds=shapes.kinds(),
        upgrade_in_s=shapes.upgrade_in_s(request.schema, meta.min_pull_schema, meta.upgrade_by, w.now),
        claims_in_s=leases.closed_s(meta, w.now),
    )


class Forgotten(Refusal):
    """This server seems to have forgotten things: the caller raises the alarm with `suspect`, outside the failed unit of work."""


def _suspect(why: str, log: Log) -> Forgotten:
    return Forgotten(503, ErrorCode.BUSY, f"epoch not confirmed: {why} (device {log.device.id})", retry_after_s=10)


def _check_log(log: Log, request: OpenRequest) -> None:
    """A log that ends before ours, or at another link, is not ours: the device was cloned or set back."""
    last, here = request.next_seq - 1, log.device
    if last < here.last_seq or (last == here.last_seq and request.chain != here.chain):
        raise log.refuse(409, ErrorCode.FORK)
    if request.acked > here.last_seq:
        raise _suspect(f"a device was told that seq {request.acked} is kept, here its log ends at {here.last_seq}", log)


def suspect(db: Session, sign: str) -> None:
    """Raises the alarm: readiness fails until an operator has confirmed the time line. `sign` says what gave it away."""
    _log.critical(
        "this server has forgotten things that devices have seen (%s): was it restored? Run `floorhand server restored`",
        sign,
    )
    db.execute(update(Meta).values(epoch_confirmed=False))


def restored(w: Work, above: int = 0) -> int:
    """The operator says that this server came back from a backup: a new time line begins, later than ours and than `above`; claims
    wait until the devices are back (ten minutes at most). Returns the new epoch."""
    meta = w.db.scalars(select(Meta).with_for_update()).one()
    meta.epoch = max(meta.epoch, above) + 1
    meta.epoch_confirmed = True
    meta.claims_closed_until = w.now + CLAIM_GRACE
    # Everything counts as not seen since: the grace ends early once all active devices have opened again.
    w.db.execute(
        update(Device)
        .where(Device.status == DeviceStatus.ACTIVE)
        .values(last_seen=None)
        .execution_options(synchronize_session=False)
    )
    w.audit("server.restored", epoch=meta.epoch)
    return meta.epoch


def _count_in(db: Session, meta: Meta, now: datetime) -> None:
    """Ends the grace after a restore once nobody is missing any more."""
    if meta.claims_closed_until is None or meta.claims_closed_until <= now:
        return
    db.flush()
    missing = select(Device.id).where(Device.status == DeviceStatus.ACTIVE, Device.last_seen.is_(None)).limit(1)
    if db.scalar(missing) is None:
        meta.claims_closed_until = None
