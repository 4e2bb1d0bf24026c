"""What a dying device hands to another with the server away: its rights to work, where it stands, and its facts. Signed by its own key.

The giver seals a `HandOver` with what the taker needs beside it (`Beside`); the taker opens it, checks it with `fault`, and later
carries the signed part to the server inside its own fact `handover.received`. Nothing here signs or verifies: keys live elsewhere.

Time: no clock of one device means anything to another. The giver says how much of each lease was left when it signed, by its own
boot-monotonic clock; the taker counts exactly that from the moment it took over, on its own. What passed while the pictures were shown
is not counted by anybody: so a lease may be worked at most twice as long as the giver had left. Tokens decide what counts, never time.
"""

import base64
import binascii
import re
import zlib
from collections.abc import Callable
from enum import StrEnum
from hashlib import sha256
from typing import Final

import msgspec
from msgspec import Raw, Struct

from sync.contract.chain import canonical, chain_next, content_hash
from sync.contract.facts import LeaseHandedOver
from sync.contract.wire import DeviceCredential, Op, Token

#: The most a sealed hand-over may hold, in bytes, before and after it is unpacked.
MAX_SEALED: Final = 32 * 1024
MAX_OPEN: Final = 512 * 1024
MAX_OPS: Final = 600
_OP_ID: Final = re.compile("[0-9a-f]{32}")
_SIGNED: Final = b"floorhand hand-over 1\0"


class HandedLease(Struct, frozen=True, kw_only=True):
    """A lease of the giver with its token, and how many milliseconds of it were left when the giver signed."""

    lease_id: str
    item: str
    job: str
    token: Token
    left_ms: int


class HandOver(Struct, frozen=True, kw_only=True):
    """What the giver signs. `ops` are its facts that the server may not have, dense from `first_seq`; the last one is its
    `lease.handed_over`, `chain` the link after it. `beside` is the SHA-256 (hex) of what travels unsigned beside it."""

    id: str
    cluster_id: str
    site: str
    device: str
    epoch: int
    first_seq: int
    prev_chain: str
    chain: str
    ops: list[Op]
    leases: list[HandedLease]
    beside: str


class HandedRow(Struct, frozen=True, kw_only=True):
    """A row of the server as the giver has it (`wire.Change` that is never a deletion)."""

    e: str
    id: str
    v: int
    d: Raw


class HandedFlow(Struct, frozen=True, kw_only=True):
    """Where the giver's person stands in a job: the line in hand, the tote, what was counted. `d` is for the app, in its version `v`."""

    job: str
    kind: str
    v: int
    d: Raw


class Beside(Struct, frozen=True, kw_only=True):
    """What the taker needs to go on at once and the server does not: rows it may not have, and the standings."""

    rows: list[HandedRow] = []
    flows: list[HandedFlow] = []


class _Sealed(Struct, frozen=True, kw_only=True):
    """All that travels from screen to scanner, as it is packed."""

    core: bytes
    beside: bytes
    signature: str
    credential: DeviceCredential


class Opened(Struct, frozen=True, kw_only=True):
    """A hand-over as the taker reads it; nothing of it is proven yet. `core` is the signed part byte for byte."""

    over: HandOver
    beside: Beside
    core: bytes
    signature: str
    credential: DeviceCredential
    digest: str


class Fault(StrEnum):
    """Why a hand-over is not taken."""

    TORN = "torn"
    FORGED = "forged"
    OTHER_SITE = "other_site"
    OTHER_TIME = "other_time"
    REVOKED = "revoked"
    OWN = "own"


class NotAHandOver(ValueError):
    """These bytes are no hand-over, or too much of one."""


#: (public key hex, signature hex, message) -> whether they belong together.
Verifies = Callable[[str, str, bytes], bool]


class Trust(Struct, frozen=True, kw_only=True):
    """What a device knows for judging others offline: itself, the key the server signs with, and who is shut out."""

    device: str
    cluster_id: str
    site: str
    epoch: int
    signer: str
    revoked: list[str] = []


def beside_bytes(beside: Beside) -> bytes:
    """What travels unsigned, as bytes."""
    return canonical(beside)


def core_bytes(over: HandOver) -> bytes:
    """The part that is signed, as bytes."""
    return canonical(over)


def to_sign(core: bytes) -> bytes:
    """What the giver's key signs."""
    return _SIGNED + core


def credential_words(credential: DeviceCredential) -> bytes:
    """What the server's signing key signs in a credential."""
    parts = (
        "floorhand device 1",
        credential.cluster_id,
        credential.site,
        credential.device_id,
        credential.pubkey,
        credential.label,
    )
    return b"\0".join(part.encode() for part in parts)


def seal(core: bytes, beside: bytes, signature: str, credential: DeviceCredential) -> bytes:
    """Everything in one piece, packed. Raises `NotAHandOver` when it is more than may be handed over."""
    whole = _Sealed(core=core, beside=beside, signature=signature, credential=credential)
    packed = zlib.compress(msgspec.msgpack.encode(whole), 9)
    if len(packed) > MAX_SEALED:
        raise NotAHandOver(f"{len(packed)} bytes")
    return packed


def open_sealed(packed: bytes) -> Opened:
    """Reads what was sealed, without believing it. Raises `NotAHandOver`."""
    try:
        whole = msgspec.msgpack.decode(_unpacked(packed, MAX_SEALED), type=_Sealed)
        over, beside = _read_core(whole.core), msgspec.json.decode(whole.beside, type=Beside)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise NotAHandOver("not readable") from error
    return Opened(
        over=over,
        beside=beside,
        core=whole.core,
        signature=whole.signature,
        credential=whole.credential,
        digest=sha256(packed).hexdigest(),
    )


def pack_core(core: bytes) -> str:
    """The signed part as it travels in `handover.received`."""
    return base64.b64encode(zlib.compress(core, 9)).decode()


def unpack_core(text: str) -> tuple[HandOver, bytes]:
    """The signed part out of `handover.received`, and its bytes. Raises `NotAHandOver`."""
    try:
        core = _unpacked(base64.b64decode(text, validate=True), MAX_OPEN)
        return _read_core(core), core
    except (msgspec.MsgspecError, binascii.Error, ValueError, RecursionError) as error:
        raise NotAHandOver("not readable") from error


def _read_core(core: bytes) -> HandOver:
    over = msgspec.json.decode(core, type=HandOver)
    if len(over.ops) > MAX_OPS:
        raise NotAHandOver(f"{len(over.ops)} facts")
    return over


def _unpacked(packed: bytes, most: int) -> bytes:
    """Never more than `MAX_OPEN` bytes, whatever the sender put in."""
    if len(packed) > most:
        raise NotAHandOver(f"{len(packed)} bytes")
    unpack = zlib.decompressobj()
    try:
        plain = unpack.decompress(packed, MAX_OPEN)
    except zlib.error as error:
        raise NotAHandOver("not packed") from error
    if not unpack.eof or unpack.unused_data:
        raise NotAHandOver("not whole")
    return plain


def fault(opened: Opened, trust: Trust, verifies: Verifies) -> Fault | None:
    """What speaks against taking over, by what the taker knows offline; None when nothing does."""
    over, credential = opened.over, opened.credential
    if (over.cluster_id, over.site) != (trust.cluster_id, trust.site):
        return Fault.OTHER_SITE
    if (credential.cluster_id, credential.site, credential.device_id) != (over.cluster_id, over.site, over.device):
        return Fault.FORGED
    if not trust.signer or not verifies(trust.signer, credential.signature, credential_words(credential)):
        return Fault.FORGED
    if not verifies(credential.pubkey, opened.signature, to_sign(opened.core)):
        return Fault.FORGED
    if sha256(beside_bytes(opened.beside)).hexdigest() != over.beside or not coherent(over):
        return Fault.FORGED
    if over.device == trust.device:
        return Fault.OWN
    if over.device in trust.revoked:
        return Fault.REVOKED
    return Fault.OTHER_TIME if over.epoch != trust.epoch else None


def coherent(over: HandOver) -> bool:
    """Whether the facts are one piece of one log and its last one hands over these very leases."""
    if not over.ops or [op.seq for op in over.ops] != list(range(over.first_seq, over.first_seq + len(over.ops))):
        return False
    if not all(_OP_ID.fullmatch(op.op_id) for op in over.ops):
        return False
    try:
        link = links(over)[-1]
        given = msgspec.json.decode(over.ops[-1].body, type=LeaseHandedOver)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return False
    leases = sorted((lease.item, lease.token) for lease in over.leases)
    return (
        link == over.chain
        and over.ops[-1].kind == "lease.handed_over"
        and given.handover == over.id
        and sorted((one.item, one.token) for one in given.leases) == leases
    )


def links(over: HandOver) -> list[str]:
    """The chain after each of the facts. Raises what reading them raises."""
    made, link = [], over.prev_chain
    for op in over.ops:
        digest = content_hash(op.kind, op.v, op.item, op.token, op.session, bytes(op.body))
        link = chain_next(link, op.op_id, digest)
        made.append(link)
    return made


def delegated_id(handover: str, item: str) -> str:
    """The id of the taker's lease for an item: both the taker, offline, and the server come to the same one."""
    return sha256(f"{handover}\0{item}".encode()).hexdigest()[:32]


def confirmation(handover: str) -> str:
    """Six digits by which the giver learns that somebody has it all."""
    return f"{int.from_bytes(sha256(f'received {handover}'.encode()).digest()[:8], 'big') % 1_000_000:06d}"
