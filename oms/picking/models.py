"""Tables of floor work, picking and packing alike: a job is what one person does in one go, a work item one step of it."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from oms.db.base import Base, words
from sync.contract.codes import JobKind, JobState, WorkState


class Job(Base):
    """A trip (pick) or a packing session (pack). `holder` is a device id, `worker_id` who last took it."""

    __tablename__ = "job"
    __table_args__ = (
        Index(None, "site_id", "kind", "state", "priority", "cut_off", "id"),
        Index(None, "site_id", "tote"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    kind: Mapped[JobKind] = mapped_column(words(JobKind))
    state: Mapped[JobState] = mapped_column(words(JobState))
    created_at: Mapped[datetime]
    method: Mapped[str] = mapped_column(default="single_order")
    priority: Mapped[int] = mapped_column(default=3)
    cut_off: Mapped[datetime | None] = mapped_column(default=None)
    tote: Mapped[str | None] = mapped_column(default=None)
    lane: Mapped[str | None] = mapped_column(default=None)
    station: Mapped[str | None] = mapped_column(default=None)
    holder: Mapped[str | None] = mapped_column(default=None)
    worker_id: Mapped[str | None] = mapped_column(default=None)
    done_at: Mapped[datetime | None] = mapped_column(default=None)


class WorkItem(Base):
    """So many of one item out of one bin (pick) or tote (pack), for one order line.

    `(tok_epoch, tok_n)` is the fencing token of the newest grant; it grows on grant, reassignment and cancel, never on expiry.
    """

    __tablename__ = "work_item"
    __table_args__ = (
        ForeignKeyConstraint(
            ["site_id", "order_no", "line_no"],
            ["order_line.site_id", "order_line.order_no", "order_line.line_no"],
        ),
        Index(None, "site_id", "kind", "state", "priority", "id"),
        Index(None, "job_id"),
        Index(None, "site_id", "order_no"),
        Index(None, "holder"),
        CheckConstraint("qty_done >= 0 AND qty_done <= qty_req", name="qty_done"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    job_id: Mapped[str] = mapped_column(ForeignKey("job.id"))
    kind: Mapped[JobKind] = mapped_column(words(JobKind))
    state: Mapped[WorkState] = mapped_column(words(WorkState))
    order_no: Mapped[str]
    line_no: Mapped[int]
    sku: Mapped[str]
    qty_req: Mapped[int]
    #: Bin code (pick) or tote code (pack).
    from_bin: Mapped[str]
    seq: Mapped[int]
    qty_done: Mapped[int] = mapped_column(default=0)
    lot: Mapped[str] = mapped_column(default="")
    expiry: Mapped[date | None] = mapped_column(default=None)
    priority: Mapped[int] = mapped_column(default=3)
    holder: Mapped[str | None] = mapped_column(default=None)
    tok_epoch: Mapped[int] = mapped_column(default=0)
    tok_n: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None] = mapped_column(default=None)
