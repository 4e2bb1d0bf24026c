"""What the rest of the client may know about the link, and what it may ask of it. Plain values, safe to hand between threads."""

from dataclasses import dataclass, field
from enum import StrEnum

from msgspec import Struct

from sync.contract.codes import ErrorCode
from sync.contract.wire import (
    ClaimReply,
    OpFate,
    ReleaseOrdersReply,
    ReleaseReply,
    SessionReply,
)


class Trouble(StrEnum):
    """Why the link is not working, beyond simply being away. Each needs a person."""

    NOT_PAIRED = "not_paired"
    WRONG_KEY = "wrong_key"
    REVOKED = "revoked"
    UPGRADE = "upgrade"


@dataclass(frozen=True, slots=True)
class SyncStatus:
    """The link at one moment. Times are on the client's monotonic clock.

    `online` since / not online since `since`; `waiting` facts not acknowledged, the oldest `oldest_ms` old; `synced_at` is when the
    rows here were last known to be all there is (None: never; while online and not catching up they still are); `catching_up` while pages
    are still to come. `upgrade_by` is until when an outdated app still gets rows and work, `work_from` until when a restored server gives
    no work out at the latest; None: nothing of the kind is known. `stalls` counts how often nothing moved for a minute.
    """

    online: bool
    since: float
    waiting: int = 0
    oldest_ms: int | None = None
    synced_at: float | None = None
    catching_up: bool = False
    head: int = 0
    trouble: Trouble | None = None
    stalls: int = 0
    upgrade_by: float | None = None
    work_from: float | None = None


@dataclass(frozen=True, slots=True)
class ClaimPolicy:
    """Which work this device fetches by itself: kinds (`pick`, `pack`), up to `capacity` jobs, from a zone or lane. No kinds: none."""

    kinds: tuple[str, ...] = ()
    capacity: int = 0
    zone: str | None = None
    lane: str | None = None

    def asks_like(self, other: "ClaimPolicy") -> bool:
        """Whether what was granted under one is wanted under the other: how much of it is another matter."""
        return (self.kinds, self.zone, self.lane) == (other.kinds, other.zone, other.lane)


@dataclass(frozen=True, slots=True)
class SignIn:
    """Sign-in by `badge`, or by worker `number` and `pin`. Answer: `SessionReply`."""

    badge: str | None = None
    number: str | None = None
    pin: str | None = None

    def __repr__(self) -> str:
        """Without secrets: a PIN must not reach a log."""
        return "SignIn(...)"


@dataclass(frozen=True, slots=True)
class ClaimJob:
    """One certain job, by id or by the tote that is in the hand; with `take_over` also from whoever has it. The leases are stored before
    the answer: `ClaimReply`."""

    job: str | None = None
    tote: str | None = None
    take_over: bool = False
    #: Kinds of work a tote may stand for; empty for any.
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GiveBack:
    """Leases to give back (log-out, hand-over). They are forgotten here before the answer: `ReleaseReply`."""

    lease_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReleaseOrders:
    """A supervisor lets orders onto the floor under their own `session`. Answer: `ReleaseOrdersReply`."""

    orders: tuple[str, ...]
    session: str


@dataclass(frozen=True, slots=True)
class AskFate:
    """What became of one scan. Answer: `OpFate`."""

    op_id: str


@dataclass(frozen=True, slots=True)
class PostToDesk:
    """A question of a desk that needs nothing of this device's log or rows: `body` (JSON) to `path`. Answer: a `reads`. The server may
    think about it for `silence_s` before it says anything."""

    path: str
    body: bytes = field(repr=False)
    reads: type[Struct]
    silence_s: float = 5.0


@dataclass(frozen=True, slots=True)
class FetchPaper:
    """A document the server draws, at `path` (`/v1/documents/...`). Answer: `Paper`."""

    path: str


class Paper(Struct, frozen=True):
    """A document as it came."""

    body: bytes


Ask = SignIn | ClaimJob | GiveBack | ReleaseOrders | AskFate | PostToDesk | FetchPaper
Answer = SessionReply | ClaimReply | ReleaseReply | ReleaseOrdersReply | OpFate | Struct

__all__ = [
    "Answer",
    "Ask",
    "AskFate",
    "ClaimJob",
    "ClaimPolicy",
    "FetchPaper",
    "GiveBack",
    "Paper",
    "PostToDesk",
    "Refused",
    "ReleaseOrders",
    "SignIn",
    "SyncStatus",
    "Trouble",
    "Unreachable",
]


class Refused(Exception):
    """The server said no: `code` says why, `retry_after_s` when to ask again."""

    def __init__(self, code: ErrorCode, detail: str = "", retry_after_s: int | None = None) -> None:
        super().__init__(f"{code}: {detail}" if detail else str(code))
        self.code = code
        self.detail = detail
        self.retry_after_s = retry_after_s


class Unreachable(Exception):
    """The server did not answer in time; whether it acted is not known."""
