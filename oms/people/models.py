"""Tables of people and trust: workers and roles, devices and their keys, sessions, API keys, audit. Secrets are stored hashed only."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import FetchedValue, ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from oms.db.base import Base, words
from sync.contract.codes import Role


class DeviceStatus(StrEnum):
    """Whether a device's identity may still be used."""

    ACTIVE = "active"
    FORKED = "forked"
    REVOKED = "revoked"


class Worker(Base):
    """A person. `number` and `badge` are unique per site; the PIN is an argon2id hash."""

    __tablename__ = "worker"
    __table_args__ = (UniqueConstraint("site_id", "number"), UniqueConstraint("site_id", "badge"))

    id: Mapped[str] = mapped_column(primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    number: Mapped[str]
    name: Mapped[str]
    badge: Mapped[str | None] = mapped_column(default=None, repr=False)
    pin_hash: Mapped[str | None] = mapped_column(default=None, repr=False)
    language: Mapped[str] = mapped_column(default="en")
    active: Mapped[bool] = mapped_column(default=True)
    failed_pins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(default=None)
    #: Grows with every change of badge, PIN, roles or leave to work: offline sign-ins given before are void.
    trust_n: Mapped[int] = mapped_column(default=0)


class WorkerRole(Base):
    """A role a person has."""

    __tablename__ = "worker_role"

    worker_id: Mapped[str] = mapped_column(ForeignKey("worker.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[Role] = mapped_column(words(Role), primary_key=True)


class Device(Base):
    """An identity of a handheld or station: its public key (hex) and where its log stands. Its row is locked for each push."""

    __tablename__ = "device"

    id: Mapped[str] = mapped_column(primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    label: Mapped[str]
    pubkey: Mapped[str]
    created_at: Mapped[datetime]
    #: Chain after op `last_seq`; `chain.chain_start(id)` at first.
    chain: Mapped[str]
    last_seq: Mapped[int] = mapped_column(default=0)
    status: Mapped[DeviceStatus] = mapped_column(words(DeviceStatus), default=DeviceStatus.ACTIVE)
    app: Mapped[str] = mapped_column(default="")
    schema: Mapped[int] = mapped_column(default=0)
    last_seen: Mapped[datetime | None] = mapped_column(default=None)
    forked_from: Mapped[str | None] = mapped_column(default=None)
    #: The keys of the server that it trusts, as it said when it last asked for a token; separated by blanks.
    pins: Mapped[str] = mapped_column(default="")


class ServerKey(Base):
    """A TLS key of this server that devices are told to trust, by its SHA-256. The one with the lowest `rank` serves; later ones will."""

    __tablename__ = "server_key"

    spki: Mapped[str] = mapped_column(primary_key=True)
    rank: Mapped[int]
    since: Mapped[datetime]


class Session(Base):
    """A person signed in on a device."""

    __tablename__ = "session"
    __table_args__ = (Index(None, "device_id"), Index(None, "worker_id"))

    id: Mapped[str] = mapped_column(primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    worker_id: Mapped[str] = mapped_column(ForeignKey("worker.id"))
    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"))
    issued_at: Mapped[datetime]
    offline_until: Mapped[datetime]
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)


class PairingCode(Base):
    """A one-time code that lets one device in, long (scanned) and short (typed); only their SHA-256 are kept."""

    __tablename__ = "pairing_code"

    code_hash: Mapped[str] = mapped_column(primary_key=True, repr=False)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    label: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None] = mapped_column(default=None)
    used_by: Mapped[str | None] = mapped_column(default=None)
    short_hash: Mapped[str | None] = mapped_column(unique=True, default=None, repr=False)


class AccessToken(Base):
    """A bearer token of a device; only its SHA-256 is kept, so that revocation is immediate."""

    __tablename__ = "access_token"
    __table_args__ = (Index(None, "device_id"),)

    token_hash: Mapped[str] = mapped_column(primary_key=True, repr=False)
    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"))
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class Nonce(Base):
    """Something a device must sign, good once."""

    __tablename__ = "nonce"

    nonce: Mapped[str] = mapped_column(primary_key=True, repr=False)
    device_id: Mapped[str]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None] = mapped_column(default=None)


class ApiKey(Base):
    """A key of another program (shop, ERP, command line) with its scopes; only the SHA-256 of the key is kept."""

    __tablename__ = "api_key"

    id: Mapped[str] = mapped_column(primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    name: Mapped[str]
    key_hash: Mapped[str] = mapped_column(unique=True, repr=False)
    scopes: Mapped[list[str]]
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)
    #: The only channel whose orders it brings; None: any.
    channel: Mapped[str | None] = mapped_column(ForeignKey("channel.code"), default=None)


class Audit(Base):
    """One act by a person, a device or a command. Only grows; `seq` and `chain` come from the database (`oms.db.triggers.audit_behind`)."""

    __tablename__ = "audit"
    __table_args__ = (
        Index(None, "site_id", "at"),
        Index(None, "worker_id"),
        Index(None, "device"),
        Index("ix_audit_order", text("(words ->> 'order')"), postgresql_where=text("(words ->> 'order') IS NOT NULL")),
        Index(
            "ix_audit_parcel", text("(words ->> 'parcel')"), postgresql_where=text("(words ->> 'parcel') IS NOT NULL")
        ),
        UniqueConstraint("site_id", "seq"),
        Index("ix_audit_unlinked", "site_id", "id", postgresql_where=text("seq IS NULL")),
        Index("ix_audit_things", text("floorhand_things(words)"), postgresql_using="gin"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True, init=False)
    site_id: Mapped[str]
    at: Mapped[datetime]
    what: Mapped[str]
    source: Mapped[str]
    worker_id: Mapped[str | None] = mapped_column(default=None)
    device: Mapped[str | None] = mapped_column(default=None)
    words: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    #: Dense per site, from 1; None until it is linked, a moment after its commit.
    seq: Mapped[int | None] = mapped_column(FetchedValue(), init=False)
    #: SHA-256 over the link before and this row, 64 hex digits.
    chain: Mapped[str | None] = mapped_column(FetchedValue(), init=False)


class RetentionRule(Base):
    """How long a kind of record is kept here, in place of what `oms.people.retention` says."""

    __tablename__ = "retention_rule"

    kind: Mapped[str] = mapped_column(primary_key=True)
    days: Mapped[int]


class AuditHead(Base):
    """The last link of a site's audit trail. Written by the database alone."""

    __tablename__ = "audit_head"

    site_id: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int]
    chain: Mapped[str]
