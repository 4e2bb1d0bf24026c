"""Tables of the supervisor's floor: when a device was last heard of, for whom a job is kept, what was decided about an exception.

None of them is sent to devices."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from oms.db.base import Base
from oms.feed.models import Op


class Contact(Base):
    """When a device was last heard of, whatever it wanted, and the last entry its log had when it opened: what it has not delivered."""

    __tablename__ = "device_contact"

    device_id: Mapped[str] = mapped_column(ForeignKey("device.id", ondelete="CASCADE"), primary_key=True)
    seen_at: Mapped[datetime]
    said_seq: Mapped[int] = mapped_column(default=0)


class KeptJob(Base):
    """A job a supervisor keeps for one device until `until`; claims of others pass it by. It goes with the next grant."""

    __tablename__ = "job_kept"
    __table_args__ = (Index(None, "device_id"),)

    job_id: Mapped[str] = mapped_column(ForeignKey("job.id", ondelete="CASCADE"), primary_key=True)
    device_id: Mapped[str] = mapped_column(ForeignKey("device.id", ondelete="CASCADE"))
    until: Mapped[datetime]


class StoppedZone(Base):
    """A zone in which no new work is given out, until a supervisor starts it again."""

    __tablename__ = "stopped_zone"

    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"), primary_key=True)
    zone: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime]
    worker_id: Mapped[str | None]


class Decision(Base):
    """What a supervisor decided about an open exception that stays open, for something else is still to be done about it."""

    __tablename__ = "exception_decision"

    exception_id: Mapped[str] = mapped_column(ForeignKey("floor_exception.id", ondelete="CASCADE"), primary_key=True)
    what: Mapped[str]
    worker_id: Mapped[str | None]
    at: Mapped[datetime]


#: What a person did last, and how much in the last hour, without reading all that was ever done.
BY_WORKER = Index(None, Op.worker_id, Op.received_at)
