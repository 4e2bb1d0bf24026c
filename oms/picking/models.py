"""Tables of floor work, picking and packing alike: a job is what one person does in one go, a work item one step of it."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from oms.db.base import Base, words
from sync.contract.codes import JobKind, JobState, Method, WorkState


class Job(Base):
    """A trip, a sort, a packing session or a task. `holder` is a device id, `worker_id` who last took it.

    `trip` joins the legs of a passed tote, or the parts of an order picked in several zones; `leg` counts them from 1 to `legs`.
    `found_at` is where a tote that was passed on waits, `passed_at` since when.
    """

    __tablename__ = "job"
    __table_args__ = (
        Index(None, "site_id", "kind", "state", "priority", "cut_off", "turn", "id"),
        Index(None, "site_id", "tote"),
        Index(None, "trip"),
        Index(None, "wave_id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    kind: Mapped[JobKind] = mapped_column(words(JobKind))
    state: Mapped[JobState] = mapped_column(words(JobState))
    created_at: Mapped[datetime]
    method: Mapped[Method] = mapped_column(words(Method), default=Method.SINGLE)
    priority: Mapped[int] = mapped_column(default=3)
    cut_off: Mapped[datetime | None] = mapped_column(default=None)
    tote: Mapped[str | None] = mapped_column(default=None)
    lane: Mapped[str | None] = mapped_column(default=None)
    station: Mapped[str | None] = mapped_column(default=None)
    holder: Mapped[str | None] = mapped_column(default=None)
    worker_id: Mapped[str | None] = mapped_column(default=None)
    done_at: Mapped[datetime | None] = mapped_column(default=None)
    cart: Mapped[str | None] = mapped_column(default=None)
    wave_id: Mapped[str | None] = mapped_column(default=None)
    zone: Mapped[str | None] = mapped_column(default=None)
    trip: Mapped[str | None] = mapped_column(default=None)
    leg: Mapped[int] = mapped_column(default=1)
    legs: Mapped[int] = mapped_column(default=1)
    found_at: Mapped[str | None] = mapped_column(default=None)
    passed_at: Mapped[datetime | None] = mapped_column(default=None)
    #: Which of those alike goes first.
    turn: Mapped[int] = mapped_column(default=0)


class JobSlot(Base):
    """One order's place in a job of several orders: on the cart of a cluster (`tote` once bound), in the put wall of a sort (`place`, the
    wall slot's bin code, once chosen). `lane` is where its goods were set down while the job goes on."""

    __tablename__ = "job_slot"
    __table_args__ = (Index(None, "site_id", "order_no"),)

    job_id: Mapped[str] = mapped_column(ForeignKey("job.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    order_no: Mapped[str]
    tote: Mapped[str | None] = mapped_column(default=None)
    place: Mapped[str | None] = mapped_column(default=None)
    lane: Mapped[str | None] = mapped_column(default=None)


class WorkItem(Base):
    """So many of one item out of one bin, tote or account, for one order line; a task has `order_no` '' and no line.

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
    line_no: Mapped[int | None]
    sku: Mapped[str]
    qty_req: Mapped[int]
    #: Bin code (pick, count, replenish), tote code (sort, pack) or account (put back, put away).
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
    slot: Mapped[int | None] = mapped_column(default=None)
    to_place: Mapped[str | None] = mapped_column(default=None)
    careful: Mapped[bool] = mapped_column(default=False)
    #: The item in whose place this one was taken, as the customer allows.
    instead_of: Mapped[str | None] = mapped_column(default=None)
    #: When it was planned, nothing of the item was left free in the bin: after it the bin should be empty.
    empties: Mapped[bool] = mapped_column(default=False)


class ZonePresence(Base):
    """The zone somebody has signed in to on a device."""

    __tablename__ = "zone_presence"

    device_id: Mapped[str] = mapped_column(primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    zone: Mapped[str]
    since: Mapped[datetime]
    worker_id: Mapped[str | None] = mapped_column(default=None)
