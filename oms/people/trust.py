"""Which devices are let in: one-time pairing codes, device keys, nonces, bearer tokens, new identities for forked logs, revocation.

Called by the trust routes and the command line. Codes and tokens are random and kept as SHA-256 only.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import uuid4

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from oms.db.work import Work
from oms.feed import leases
from oms.feed.models import Lease
from oms.feed.refusals import Refusal
from oms.people import server_keys
from oms.people.models import AccessToken, Device, DeviceStatus, Nonce, PairingCode
from oms.people.models import Session as FloorSession
from sync.contract import proof
from sync.contract.chain import chain_start
from sync.contract.codes import ErrorCode, LeaseEnd
from sync.contract.pairing import new_typed_code
from sync.contract.wire import PairRequest, ProofRequest, ReforkRequest, TokenRequest

CODE_TTL: Final = timedelta(minutes=10)
NONCE_TTL: Final = timedelta(seconds=60)
TOKEN_TTL: Final = timedelta(minutes=10)
_LABEL_MOST: Final = 80
_PINS_MOST: Final = 4


@dataclass(frozen=True, slots=True)
class DeviceAuth:
    """A device whose token is good."""

    id: str
    site: str
    label: str


def new_pairing_code(w: Work, label: str, ttl: timedelta = CODE_TTL) -> str:
    """A code (128 random bits) that lets one device in until it is used or too old. It is shown once and never stored."""
    return new_pairing_codes(w, label, ttl)[0]


def new_pairing_codes(w: Work, label: str, ttl: timedelta = CODE_TTL) -> tuple[str, str]:
    """The same with a second form that can be typed (80 random bits, see `sync.contract.proof`). Whichever is used first, the other is
    used too."""
    code, typed = secrets.token_hex(16), new_typed_code()
    w.db.add(
        PairingCode(
            code_hash=_hash(code),
            short_hash=_hash(typed),
            site_id=w.site,
            label=label,
            created_at=w.now,
            expires_at=w.now + ttl,
        )
    )
    w.audit("pairing_code.made", label=label)
    return code, typed


def prove(db: Session, request: ProofRequest, spki: str) -> str:
    """The server's answer to a device that holds a typed code: only who knows the code can make it. Raises `Refusal` 404; a code that is
    used or too old is unknown here."""
    now = _now(db)
    open_ = select(PairingCode.short_hash).where(PairingCode.expires_at > now, PairingCode.short_hash.is_not(None))
    for kept in db.scalars(open_):
        if kept is not None and proof.code_id_of(kept) == request.code_id:
            return proof.server_answer(kept, request.challenge, spki)
    raise Refusal(404, ErrorCode.CODE_UNKNOWN)


def pair(w: Work, request: PairRequest) -> str:
    """Lets a device in; its id. The same code and key again get the same identity: the first answer may have been lost. Raises `Refusal`
    401 (bad signature), 404 unknown, 409 used, 410 expired."""
    _verify(request.pubkey, request.signature, proof.pairing(request.code, request.pubkey, request.label))
    hashed = _hash(request.code)
    either = (PairingCode.code_hash == hashed) | (PairingCode.short_hash == hashed)
    row = w.db.scalar(select(PairingCode).where(either).with_for_update())
    if row is None or row.site_id != w.site:
        raise Refusal(404, ErrorCode.CODE_UNKNOWN)
    if row.used_by is not None:
        before = w.db.get_one(Device, row.used_by)
        if before.pubkey == request.pubkey and w.now < row.expires_at:
            return before.id
        raise Refusal(409, ErrorCode.CODE_USED)
    if w.now >= row.expires_at:
        raise Refusal(410, ErrorCode.CODE_EXPIRED)
    device = _new_device(w, request.pubkey, request.label or row.label, request.app)
    row.used_at, row.used_by = w.now, device.id
    w.audit("device.paired", device_id=device.id, label=device.label)
    return device.id


def _new_device(w: Work, pubkey: str, label: str, app: str, root: str | None = None) -> Device:
    id = uuid4().hex
    device = Device(
        id=id,
        site_id=w.site,
        label=_plain(label)[:_LABEL_MOST],
        pubkey=pubkey,
        created_at=w.now,
        chain=chain_start(id),
        app=_plain(app)[:200],
        forked_from=root,
        last_seen=w.now,
    )
    w.db.add(device)
    w.db.flush()
    return device


def new_nonce(db: Session, device_id: str) -> str:
    """32 random bytes (hex) to sign, good once, for a minute. Unknown devices get one too: who is known is nobody's business."""
    nonce = secrets.token_hex(32)
    now = _now(db)
    db.execute(delete(Nonce).where(Nonce.expires_at < now))
    db.add(Nonce(nonce=nonce, device_id=_plain(device_id)[:64], expires_at=now + NONCE_TTL))
    return nonce


def new_token(db: Session, request: TokenRequest, spki: str) -> str:
    """A bearer token for a device that signed a nonce of ours for the key `spki`, or another that we announced. Raises `Refusal`: 401,
    403 revoked. A forked identity gets one: it needs to be told so by `open`."""
    now = _now(db)
    used = (
        update(Nonce)
        .where(
            Nonce.nonce == _plain(request.nonce),
            Nonce.device_id == _plain(request.device_id),
            Nonce.used_at.is_(None),
            Nonce.expires_at > now,
        )
        .values(used_at=now)
        .returning(Nonce.nonce)
    )
    if db.scalar(used) is None:
        raise Refusal(401, ErrorCode.UNAUTHENTICATED, "nonce unknown, used or too old")
    device = db.get(Device, request.device_id)
    if device is None:
        raise Refusal(401, ErrorCode.DEVICE_UNKNOWN)
    _verify_any(device.pubkey, request, server_keys.announced(db, spki) or [spki])
    if device.status is DeviceStatus.REVOKED:
        raise Refusal(403, ErrorCode.REVOKED)
    device.pins = _plain(" ".join(request.pins[:_PINS_MOST]))[: _LABEL_MOST * _PINS_MOST]
    token = secrets.token_urlsafe(32)
    db.execute(delete(AccessToken).where(AccessToken.expires_at < now - TOKEN_TTL))
    db.add(AccessToken(token_hash=_hash(token), device_id=device.id, issued_at=now, expires_at=now + TOKEN_TTL))
    return token


def shut_out(db: Session, site: str) -> frozenset[str]:
    """The devices that were revoked."""
    return frozenset(db.scalars(select(Device.id).where(Device.site_id == site, Device.status == DeviceStatus.REVOKED)))


def authenticate(db: Session, token: str) -> DeviceAuth:
    """The device behind a bearer token. Raises `Refusal`: 401, 403 revoked."""
    found = db.execute(
        select(Device.id, Device.site_id, Device.label, Device.status)
        .join(AccessToken, AccessToken.device_id == Device.id)
        .where(AccessToken.token_hash == _hash(token), AccessToken.expires_at > func.clock_timestamp())
    ).one_or_none()
    if found is None:
        raise Refusal(401, ErrorCode.UNAUTHENTICATED)
    if found.status is DeviceStatus.REVOKED:
        raise Refusal(403, ErrorCode.REVOKED)
    return DeviceAuth(found.id, found.site_id, found.label)


def refork(w: Work, request: ReforkRequest) -> str:
    """The id of a new identity, same key, for a log that is not the one we know under the old one. The old identity is closed and its
    leases end: of two copies of a device, neither may go on under the shared name. Raises `Refusal` 401, 403."""
    old = w.db.scalar(select(Device).where(Device.id == _plain(request.old_device)).with_for_update())
    if old is None:
        return _refork_forgotten(w, request)
    _verify(old.pubkey, request.signature, proof.refork(request.old_device, request.next_seq, request.chain))
    if old.status is DeviceStatus.REVOKED:
        raise Refusal(403, ErrorCode.REVOKED)
    root = old.forked_from or old.id
    again = _unused_fork(w, old, root)
    if again is not None:
        return again.id
    device = _new_device(w, old.pubkey, old.label, old.app, root)
    if old.status is DeviceStatus.ACTIVE:
        old.status = DeviceStatus.FORKED
        _end_leases(w, old.id, LeaseEnd.FORKED)
    w.audit("device.forked", old=old.id, new=device.id)
    return device.id


def _refork_forgotten(w: Work, request: ReforkRequest) -> str:
    """This server was set back to before it gave the identity out. Who still knows the key under an older one lets the log go on; the
    older ones stay as they are, for another copy of the device may be using them."""
    asked = select(Device).where(Device.pubkey == _plain(request.pubkey), Device.pubkey != "")
    same_key = w.db.scalars(asked.order_by(Device.created_at, Device.id).with_for_update()).all()
    if not same_key:
        raise Refusal(401, ErrorCode.DEVICE_UNKNOWN)
    _verify(request.pubkey, request.signature, proof.refork(request.old_device, request.next_seq, request.chain))
    if any(device.status is DeviceStatus.REVOKED for device in same_key):
        raise Refusal(403, ErrorCode.REVOKED)
    known = same_key[0]
    device = _new_device(w, known.pubkey, known.label, known.app, known.forked_from or known.id)
    w.audit("device.forked", old=_plain(request.old_device)[:64], new=device.id)
    return device.id


def _unused_fork(w: Work, old: Device, root: str) -> Device | None:
    """The identity made a moment ago for the same question whose answer was lost: it has not said a word yet. Two clones may be given
    the same one; the second to speak is then told to fork again."""
    if old.status is not DeviceStatus.FORKED:
        return None
    fresh = (
        select(Device)
        .where(Device.forked_from == root, Device.pubkey == old.pubkey, Device.status == DeviceStatus.ACTIVE)
        .where(Device.last_seq == 0, Device.created_at > w.now - CODE_TTL)
        .order_by(Device.created_at.desc())
        .limit(1)
    )
    return w.db.scalar(fresh)


def revoke(w: Work, device_id: str) -> bool:
    """Shuts a device out at once; its leases end and its work returns to the pool. False when there is no such device."""
    device = w.db.scalar(select(Device).where(Device.id == device_id).with_for_update())
    if device is None:
        return False
    device.status = DeviceStatus.REVOKED
    w.db.execute(delete(AccessToken).where(AccessToken.device_id == device_id))
    w.db.execute(
        update(FloorSession)
        .where(FloorSession.device_id == device_id, FloorSession.revoked_at.is_(None))
        .values(revoked_at=w.now)
    )
    _end_leases(w, device_id, LeaseEnd.RECLAIMED)
    # News for everybody: the polls of this device wake too, on every server, and are told.
    w.touch("site", w.site)
    w.audit("device.revoked", device_id=device_id)
    return True


def _end_leases(w: Work, device_id: str, reason: LeaseEnd) -> None:
    open_ = w.db.scalars(select(Lease).where(Lease.device == device_id, Lease.ended_at.is_(None)).order_by(Lease.id))
    leases.give_back(w, open_.all(), reason)


def _verify_any(pubkey: str, request: TokenRequest, pins: list[str]) -> None:
    """A device behind a balancer may have met another server of ours, in the middle of a change of key."""
    signed = [proof.token(request.nonce, request.device_id, spki) for spki in pins]
    if not any(_signed(pubkey, request.signature, message) for message in signed):
        raise Refusal(401, ErrorCode.UNAUTHENTICATED, "signature")


def _verify(pubkey: str, signature: str, message: bytes) -> None:
    if not _signed(pubkey, signature, message):
        raise Refusal(401, ErrorCode.UNAUTHENTICATED, "signature")


def _signed(pubkey: str, signature: str, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(pubkey)).verify(bytes.fromhex(signature), message)
    except (ValueError, InvalidSignature):
        return False
    return True


def _now(db: Session) -> datetime:
    now: datetime = db.scalars(select(func.clock_timestamp())).one()
    return now


def _hash(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def _plain(text: str) -> str:
    """Without the one character PostgreSQL cannot store."""
    return text.replace("\0", "")
