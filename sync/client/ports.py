"""What the client half of sync asks of the device's store and clock. `app.store` implements these; the simulation and tests too.

All methods are called from the sync thread and must be safe there while the floor thread commits scans. Every method that
writes is one commit, durable when it returns (`synchronous=FULL`), and changes nothing when it raises.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from sync.contract.wire import DeviceCredential, Lease, Op, OpResult, PullReply, Token


class Clock(Protocol):
    """Time as the client sees it. Deadlines and leases use `mono`; `wall_ms` never decides anything."""

    def mono(self) -> float:
        """Seconds on a clock that never steps back and counts suspend, since boot or process start."""

    def wall_ms(self) -> int:
        """Milliseconds since 1970 by the device's own, untrusted clock."""

    def boot_id(self) -> str:
        """A name for this run of the monotonic clock; times of two runs cannot be compared."""


@dataclass(frozen=True, slots=True)
class JournalHead:
    """Where the log stands: the next op gets `next_seq`, its predecessor's link is `chain` (`chain_start(device_id)` when empty)."""

    next_seq: int
    chain: str


class Journal(Protocol):
    """The device's log of facts. Appending is the store's own business; nothing here ever deletes an op or makes a new op id."""

    def head(self) -> JournalHead:
        """Next seq and the chain after op `next_seq - 1`."""

    def pending(self, limit: int, max_bytes: int) -> list[Op]:
        """The oldest unacknowledged ops in dense seq order: at most `limit`, at most `max_bytes` of bodies, but at least one
        when any is pending."""

    def acked(self) -> int:
        """The highest seq that the server has acknowledged (and this device was told so); 0 when none was."""

    def chain_at(self, seq: int) -> str | None:
        """The chain after op `seq`; `chain_start(device_id)` for seq 0; None when that op is pruned or was never made here. The link
        of the newest pruned op is kept, so that the one before the oldest kept op always has an answer."""

    def record_results(self, results: Sequence[OpResult], last_seq: int, chain: str, durable_through: int) -> None:
        """Marks the ops acknowledged with outcome and `ver`, files their notices, and remembers `durable_through` (ops up to it
        may be pruned once old enough), all in one commit. Ops are found by `op_id`; an unknown one is ignored, one acknowledged
        before is not changed. `last_seq` and `chain` are the server's state of this log, for the record; an op without a result
        stays pending, for its outcome is not known."""

    def rewind(self, last_seq: int) -> None:
        """The server only knows ops up to `last_seq` (it was restored): those above become pending again, unchanged. The `ver` of
        those acknowledged at or below counts as reached, for versions of the lost time line mean nothing."""

    def resubmit_under(self, device_id: str) -> None:
        """This log has a new identity: every op still kept gets a new dense seq from 1, a chain from `chain_start(device_id)`, and is
        pending again, under its old op id. Stores `device_id` in the same commit."""

    def pending_count(self) -> int:
        """Number of ops not acknowledged."""

    def oldest_pending_ms(self) -> int | None:
        """Age of the oldest pending op in ms; None when nothing waits."""


class Rows(Protocol):
    """The device's copy of the server's rows: only ever written from pages, never edited here."""

    def cursor(self) -> str:
        """The cursor of the last page applied; the empty string before the first."""

    def apply_page(self, page: PullReply) -> frozenset[str] | None:
        """Writes all changes of the page, its cursor `to` and its version `through` in one commit; returns the entity names touched.
        Does nothing and returns None when `page.from_` is not the own cursor. Acknowledged ops whose `ver <= through` leave the
        overlay in the same commit. A change of an entity name this app does not know is skipped; one whose row cannot be read
        raises."""

    def reset(self) -> None:
        """Drops every server row and the cursor, never the journal."""

    def digest(self) -> str:
        """`contract.digest.of` over all live rows kept, as 16 hex digits."""

    def content(self) -> str:
        """`contract.digest.of_bodies` over all live rows as they lie on the disk now. Reads every row: in pieces, so that a scan never
        waits for it."""


@dataclass(frozen=True, slots=True)
class HeldLease:
    """A lease this device holds. It runs out `ttl_s` after `granted_mono`, which means something only while `boot_id` is the
    present one. `started` when any fact of the job has been recorded here, `opened` while somebody has it on the screen."""

    lease_id: str
    item: str
    job: str
    token: Token
    ttl_s: int
    granted_mono: float
    boot_id: str
    started: bool
    opened: bool = False

    @property
    def in_hand(self) -> bool:
        """Whether somebody here does this work, or is about to."""
        return self.started or self.opened


class Leases(Protocol):
    """The rights to work this device holds. A lease whose time is over is kept: the line in hand may be finished, and facts made
    under it still travel with its token."""

    def held(self) -> list[HeldLease]:
        """All leases of jobs that are not finished here (a job is finished by its own `job.drop` or `parcel.ship`)."""

    def unnamed(self) -> bool:
        """Whether a right came with a row and the server has not said yet under which name and for how long: an open tells."""

    def store(self, leases: Sequence[Lease], granted_mono: float, boot_id: str) -> None:
        """Adds leases, or renews those held already (same `lease_id`), counted from `granted_mono`."""

    def drop(self, lease_ids: Sequence[str], reason: str) -> None:
        """Forgets leases that have ended at the server; `reason` is a `codes.LeaseEnd` word, or `forked`. Unknown ids are ignored."""

    def let_go(self, lease_ids: Collection[str]) -> list[HeldLease]:
        """Forgets those of these leases whose work is in nobody's hand, in one step, so that nobody takes it up in between; gives what
        was forgotten."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who this device is and whom it talks to. `spki` pins the server's key (64 hex digits), `addresses` are `host:port` hints. `others`
    are keys the server has announced over the pinned link: it may change to one of them."""

    device_id: str
    site: str
    cluster_id: str
    epoch: int
    spki: str
    addresses: tuple[str, ...]
    others: tuple[str, ...] = ()

    @property
    def pins(self) -> tuple[str, ...]:
        """All keys that are trusted, the one in use first."""
        return (self.spki, *self.others)


class Meta(Protocol):
    """The few facts about the device itself."""

    def identity(self) -> Identity | None:
        """None until the device is paired."""

    def waiting_elsewhere(self, cluster_id: str) -> int:
        """Facts that wait for another centre than this one: before they are sent, the device must not leave for it."""

    def save_identity(self, identity: Identity) -> None:
        """Stores all of it. When the device id differs from the one before, this is a new pairing: in the same commit the journal is
        resubmitted under the new id (as `Journal.resubmit_under` does) and server rows, cursor and leases are dropped."""

    def save_epoch(self, epoch: int) -> None:
        """The server went back in time and says so."""

    def save_pins(self, pins: tuple[str, ...]) -> None:
        """The keys to trust from now on, the one in use first; never empty."""

    def save_addresses(self, addresses: tuple[str, ...]) -> None:
        """Addresses to try, best first."""

    def save_kinds(self, kinds: dict[str, list[int]]) -> None:
        """The facts the server handles (kind -> versions): what is recorded from now on is worded so that it can read it."""

    def device_key(self) -> bytes | None:
        """The 32 byte Ed25519 private key, or None when none was made yet."""

    def save_device_key(self, key: bytes) -> None:
        """Keeps the private key; called before it is used for the first time."""

    def save_trust(self, credential: DeviceCredential, revoked: Sequence[str]) -> None:
        """Keeps this device's own credential, and whom the server has shut out, for judging other devices while it is away."""


@dataclass(frozen=True, slots=True)
class Ports:
    """All ports of one device."""

    journal: Journal
    rows: Rows
    leases: Leases
    meta: Meta
    clock: Clock
