"""Tables of the server half of sync: ops that came in, leases, changes that go out, exceptions, and who this server is."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import ForeignKey, Identity, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from oms.db.base import Base, words
from sync.contract.codes import LeaseEnd, Outcome


class Meta(Base):
    """The one row (id 1) that says who this server is and which time line it lives in."""

    __tablename__ = "meta"

    id: Mapped[int] = mapped_column(primary_key=True)
    cluster_id: Mapped[str]
    epoch: Mapped[int] = mapped_column(default=1)
    #: False after signs of a restore until an operator confirmed the epoch; readiness fails meanwhile.
    epoch_confirmed: Mapped[bool] = mapped_column(default=True)
    claims_closed_until: Mapped[datetime | None] = mapped_column(default=None)
    backup_covered_ver: Mapped[int] = mapped_column(default=0)
    min_push_schema: Mapped[int] = mapped_column(default=1)
    #: Devices that read only an older shape of rows are outdated; they are served until `upgrade_by`.
    min_pull_schema: Mapped[int] = mapped_column(default=1)
    upgrade_by: Mapped[datetime | None] = mapped_column(default=None)
    #: The shape in which all of `change` was last written, and when it was last compared with what it is made from.
    feed_schema: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    feed_checked_at: Mapped[datetime | None] = mapped_column(default=None)


#: What a fact says it was done to: a parcel, else what stands on a pallet, else the pallet itself.
OP_UNIT: Final = "COALESCE(body ->> 'parcel', body ->> 'sscc', body ->> 'pallet')"


class Op(Base):
    """One fact, once, whatever device number it came under. Only grows; `ver` is filled by the same transaction's commit."""

    __tablename__ = "op"
    __table_args__ = (
        Index(None, "site_id", "kind"),
        Index(None, "item"),
        # Rows lie in the order of their time.
        Index(
            "ix_op_time",
            "received_at",
            postgresql_using="brin",
            postgresql_with={"pages_per_range": 16, "autosummarize": "on"},
        ),
        # What an order's timeline and dossier are read by, where a fact is about no item: its job, an order, a parcel or pallet.
        Index(
            "ix_op_job",
            text("(body ->> 'job')"),
            postgresql_where=text("item IS NULL AND (body ->> 'job') IS NOT NULL"),
        ),
        Index("ix_op_order", text("(body ->> 'order')"), postgresql_where=text("(body ->> 'order') IS NOT NULL")),
        Index("ix_op_unit", text(OP_UNIT), postgresql_where=text(f"{OP_UNIT} IS NOT NULL")),
    )

    op_id: Mapped[str] = mapped_column(primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    kind: Mapped[str]
    v: Mapped[int]
    #: Hex SHA-256 of the content (`sync.contract.chain.content_hash`).
    content_hash: Mapped[str]
    body: Mapped[dict[str, Any]]
    outcome: Mapped[Outcome] = mapped_column(words(Outcome))
    first_device: Mapped[str]
    received_at: Mapped[datetime]
    item: Mapped[str | None] = mapped_column(default=None)
    tok_epoch: Mapped[int | None] = mapped_column(default=None)
    tok_n: Mapped[int | None] = mapped_column(default=None)
    session: Mapped[str | None] = mapped_column(default=None)
    worker_id: Mapped[str | None] = mapped_column(default=None)
    #: The device's own clocks, for audit only.
    wall_ms: Mapped[int] = mapped_column(default=0)
    mono_ms: Mapped[int] = mapped_column(default=0)
    boot: Mapped[str] = mapped_column(default="")
    #: `wire.Notice` as JSON, or None when silent.
    notice: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True), default=None)
    ver: Mapped[int | None] = mapped_column(default=None)


class OpSeq(Base):
    """An op's place in one device's log. Apart from `op`, so that a re-forked device can present known ops under new numbers."""

    __tablename__ = "op_seq"
    __table_args__ = (Index(None, "op_id"),)

    device: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    op_id: Mapped[str] = mapped_column(ForeignKey("op.op_id"))
    chain: Mapped[str]


class Lease(Base):
    """The right of a device to do a work item. At most one open lease per item, by index."""

    __tablename__ = "lease"
    __table_args__ = (
        Index("uq_lease_open_item", "item", unique=True, postgresql_where=text("ended_at IS NULL")),
        Index("ix_lease_open_job", "job", postgresql_where=text("ended_at IS NULL")),
        Index("ix_lease_open_device", "device", postgresql_where=text("ended_at IS NULL")),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    item: Mapped[str] = mapped_column(ForeignKey("work_item.id"))
    job: Mapped[str]
    device: Mapped[str]
    tok_epoch: Mapped[int]
    tok_n: Mapped[int]
    claim_id: Mapped[str]
    granted_at: Mapped[datetime]
    until: Mapped[datetime]
    worker_id: Mapped[str | None] = mapped_column(default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    end_reason: Mapped[LeaseEnd | None] = mapped_column(words(LeaseEnd), default=None)
    #: The hand-over by which its device gave it away; the work is kept for whoever took it until the lease runs out, and not renewed.
    handed_over: Mapped[str | None] = mapped_column(default=None)


class Claim(Base):
    """What was answered to a claim or release request: the same `claim_id` gets the same answer (`body`, JSON as sent)."""

    __tablename__ = "claim"
    __table_args__ = (Index(None, "at"),)

    claim_id: Mapped[str] = mapped_column(primary_key=True)
    device: Mapped[str]
    body: Mapped[str]
    at: Mapped[datetime]


class Change(Base):
    """The latest version of each entity of a site: what pull serves. `body` is the JSON of a contract row; None = deleted."""

    __tablename__ = "change"
    __table_args__ = (
        Index(None, "site_id", "ver"),
        Index("ix_change_gone", "site_id", "ver", postgresql_where=text("body IS NULL")),
    )

    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"), primary_key=True)
    ent: Mapped[str] = mapped_column(primary_key=True)
    ent_id: Mapped[str] = mapped_column(primary_key=True)
    ver: Mapped[int]
    body: Mapped[str | None] = mapped_column(default=None)


class FeedMark(Base):
    """When a site's feed stood at which version: by it the age of a change is known. Written by the housekeeping, at most once an hour."""

    __tablename__ = "feed_mark"

    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"), primary_key=True)
    ver: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class DeadLetter(Base):
    """An op that could be read but not handled: kept raw, reported, and the device's log goes on."""

    __tablename__ = "dead_letter"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True, init=False)
    site_id: Mapped[str]
    op_id: Mapped[str]
    device: Mapped[str]
    seq: Mapped[int]
    kind: Mapped[str]
    v: Mapped[int]
    raw: Mapped[str]
    reason: Mapped[str]
    at: Mapped[datetime]
    resolved_at: Mapped[datetime | None] = mapped_column(default=None)


class FloorException(Base):
    """Something a person must do or settle. `action` is a message code, `params` its words; `state` is open or resolved."""

    __tablename__ = "floor_exception"
    __table_args__ = (Index(None, "site_id", "state"), Index(None, "op_id"), Index(None, "site_id", "order_no"))

    id: Mapped[str] = mapped_column(primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    kind: Mapped[str]
    action: Mapped[str]
    created_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="open")
    params: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    op_id: Mapped[str | None] = mapped_column(default=None)
    item: Mapped[str | None] = mapped_column(default=None)
    job: Mapped[str | None] = mapped_column(default=None)
    order_no: Mapped[str | None] = mapped_column(default=None)
    worker_id: Mapped[str | None] = mapped_column(default=None)
    device: Mapped[str | None] = mapped_column(default=None)
    resolved_at: Mapped[datetime | None] = mapped_column(default=None)
    resolved_by: Mapped[str | None] = mapped_column(default=None)


class Outbox(Base):
    """A message for another system, written with its cause and sent afterwards."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_waiting", "id", postgresql_where=text("published_at IS NULL")),)

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True, init=False)
    site_id: Mapped[str]
    topic: Mapped[str]
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None] = mapped_column(default=None)
