"""Flow states to bytes and back, and the rights under which a job is worked. Used by the pick and pack services."""

from typing import TypeVar

import msgspec

from app.core.clock import Clock
from app.services.ports import KeptFlow, UnitOfWork
from sync.contract.codes import JobState, LeaseEnd
from sync.contract.rows import JobRow
from sync.contract.version import LEASE_SAFETY

S = TypeVar("S")


def encode(state: object) -> bytes:
    """A flow state as JSON."""
    return msgspec.json.encode(state)


def decode(kept: KeptFlow, type: type[S], v: int) -> S | None:
    """The flow state, or None when another version of the app wrote it in another shape: it is built anew from rows and facts."""
    if kept.v != v:
        return None
    try:
        return msgspec.json.decode(kept.body, type=type)
    except msgspec.ValidationError:
        return None


def lease_over(u: UnitOfWork, item: str | None, clock: Clock) -> bool:
    """Whether the lease of a work item has run out by this device's own count, which stops 10 % early."""
    right = u.leases.right(item) if item else None
    if right is None:
        return False
    if right.boot_id != clock.boot_id():
        # Nobody counted while the device was off.
        return True
    return clock.mono() - right.granted_mono > right.ttl_s * (1 - LEASE_SAFETY)


def job_gone(u: UnitOfWork, job: str, item: str | None) -> bool:
    """Whether the job was cancelled, or the right to the work item in hand went to somebody else."""
    row = u.rows.get(JobRow, job)
    if row is not None and row.state is JobState.CANCELLED:
        return True
    right = u.leases.right(item) if item else None
    return right is not None and right.ended not in (None, LeaseEnd.DONE)
