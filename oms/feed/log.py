"""Where a device's log stands and whether what it presents is a continuation of it. Used by open, push and refork.

Locking a log locks the whole family of identities that once shared a journal (a clone, a restored device): the same op may reach the
server under two of them at once, and only one of the two may make its effect.
"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from oms.db.work import Work
from oms.feed.models import Meta, Op, OpSeq
from oms.feed.refusals import Refusal
from oms.people.models import Device, DeviceStatus
from sync.contract.chain import chain_start
from sync.contract.codes import ErrorCode


@dataclass(frozen=True, slots=True)
class Log:
    """A locked log: its device row, the server's time line, and up to which version of the feed there are backups."""

    device: Device
    epoch: int
    covered: int

    def refuse(self, status: int, code: ErrorCode, detail: str = "") -> Refusal:
        """A refusal that tells the device where its log stands here."""
        at = self.device
        return Refusal(status, code, detail, last_seq=at.last_seq, chain=at.chain, epoch=self.epoch)


def lock_log(w: Work, device_id: str, epoch: int | None) -> Log:
    """Locks the log of a device until the end of the unit of work. Refuses a revoked or forked identity, and a device that lives in
    another time line than the server (`epoch` None: not asked)."""
    root = w.db.scalar(select(Device.forked_from).where(Device.id == device_id))
    if root is not None:
        w.db.execute(select(Device.id).where(Device.id == root).with_for_update())
    device = w.db.scalar(
        select(Device).where(Device.id == device_id).with_for_update().execution_options(populate_existing=True)
    )
    if device is None or device.status is DeviceStatus.REVOKED:
        raise Refusal(403, ErrorCode.REVOKED)
    log = log_of(w.db, device)
    if device.status is DeviceStatus.FORKED:
        raise log.refuse(409, ErrorCode.FORK)
    if epoch is not None and epoch != log.epoch:
        raise log.refuse(409, ErrorCode.EPOCH)
    return log


def log_of(db: Session, device: Device) -> Log:
    """The log of a device that is locked."""
    return Log(device, *db.execute(select(Meta.epoch, Meta.backup_covered_ver)).one())


def chain_at(db: Session, device: Device, seq: int) -> str | None:
    """The chain of this log after op `seq`; None when the server has no such op."""
    if seq == 0:
        return chain_start(device.id)
    if seq == device.last_seq:
        return device.chain
    return db.scalar(select(OpSeq.chain).where(OpSeq.device == device.id, OpSeq.seq == seq))


def find_op(db: Session, site: str, op_id: str) -> Op | None:
    """One op of a site; None when it was never seen."""
    return db.scalar(select(Op).where(Op.op_id == op_id, Op.site_id == site))
