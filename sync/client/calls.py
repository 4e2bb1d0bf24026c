"""The words between the machine and whoever carries its wishes out: calls, what became of them, events and effects. Values only."""

from dataclasses import dataclass
from typing import Final

from sync.client.ports import HeldLease
from sync.client.status import Answer, Ask, ClaimPolicy, Refused, SyncStatus, Unreachable
from sync.contract.codes import ErrorCode


@dataclass(frozen=True, slots=True)
class GetNonce:
    """Asks for a nonce to sign."""


@dataclass(frozen=True, slots=True)
class GetToken:
    """Trades the signed nonce for a bearer token."""

    nonce: str


@dataclass(frozen=True, slots=True)
class Open:
    """Compares log, cursor and leases with the server."""


@dataclass(frozen=True, slots=True)
class Push:
    """Sends the oldest pending ops, at most `limit`."""

    limit: int


@dataclass(frozen=True, slots=True)
class Refork:
    """Asks for a new identity for this log."""


@dataclass(frozen=True, slots=True)
class Pull:
    """Fetches the next page; the server may hold the answer for `wait_s`. `digest` asks for a check of all rows."""

    wait_s: int
    limit: int
    digest: bool


@dataclass(frozen=True, slots=True)
class Claim:
    """Fetches up to `want` jobs under `policy`. A repeat carries the same `claim_id`."""

    claim_id: str
    want: int
    policy: ClaimPolicy


@dataclass(frozen=True, slots=True)
class Renew:
    """Renews every lease held."""


@dataclass(frozen=True, slots=True)
class Release:
    """Gives leases back that nobody began: other work is wanted. A repeat carries a new `claim_id`, for it may speak of other leases."""

    claim_id: str
    lease_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Put:
    """Puts a person's question to the server. `claim_id` makes a repeated claim or release the same one."""

    ask: Ask
    claim_id: str


Call = GetNonce | GetToken | Open | Push | Refork | Pull | Claim | Renew | Release | Put


@dataclass(frozen=True, slots=True)
class NonceGiven:
    """A nonce to sign."""

    nonce: str


@dataclass(frozen=True, slots=True)
class TokenGiven:
    """The bearer token is in the exchange's hands for `ttl_s`."""

    ttl_s: int


@dataclass(frozen=True, slots=True)
class Opened:
    """Both ends agree on the log; leases here are now those of the server. `head` is the server's feed version, `gained` the
    leases this device had not heard of; see `wire.OpenReply` for the others."""

    head: int
    upgrade_in_s: int | None = None
    claims_in_s: int = 0
    gained: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Pushed:
    """`acked` ops were acknowledged and recorded; `reopen` when that changed what this device holds."""

    acked: int
    head: int
    reopen: bool = False


@dataclass(frozen=True, slots=True)
class Rewound:
    """The server knows less of this log than thought; the rest is pending again."""


@dataclass(frozen=True, slots=True)
class EpochChanged:
    """The server went back in time; log rewound and rows dropped accordingly."""


@dataclass(frozen=True, slots=True)
class ForkFound:
    """This log is not the one the server knows under this identity."""


@dataclass(frozen=True, slots=True)
class Reforked:
    """The log has a new identity and is pending from its start."""


@dataclass(frozen=True, slots=True)
class Pulled:
    """A page was applied (or was empty). `through` is the version the rows here now stand for."""

    changed: frozenset[str]
    more: bool
    through: int
    head: int
    digest_ok: bool | None = None


@dataclass(frozen=True, slots=True)
class NothingNew:
    """The long poll ended without news."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """A page that does not follow on the own cursor was thrown away."""


@dataclass(frozen=True, slots=True)
class Resync:
    """The rows here were dropped; pull from the start."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """`jobs` jobs were granted and their `leases` stored. `closed_s`: for so long no work is given out at all."""

    jobs: int
    closed_s: int = 0
    leases: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Renewed:
    """Every lease asked about was renewed or dropped."""


@dataclass(frozen=True, slots=True)
class Released:
    """The leases spoken of have ended and are forgotten here."""


@dataclass(frozen=True, slots=True)
class Told:
    """The answer to a person's question; rows that belong to it arrive with version `ver`."""

    answer: Answer
    ver: int = 0


@dataclass(frozen=True, slots=True)
class HttpRefused:
    """The server answered, but not with what was asked."""

    status: int
    code: ErrorCode | None
    retry_after_s: int | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Unusable:
    """There was an answer, but it could not be read (`foreign`: it says what this app does not understand) or kept here."""

    foreign: bool = False


Result = (
    NonceGiven
    | TokenGiven
    | Opened
    | Pushed
    | Rewound
    | EpochChanged
    | ForkFound
    | Reforked
    | Pulled
    | NothingNew
    | Dropped
    | Resync
    | Claimed
    | Renewed
    | Released
    | Told
    | HttpRefused
    | Unusable
)


@dataclass(frozen=True, slots=True)
class Local:
    """What the store says at this moment."""

    paired: bool
    waiting: int = 0
    oldest_ms: int | None = None
    held: tuple[HeldLease, ...] = ()
    boot_id: str = ""
    #: See `Leases.unnamed`.
    unnamed: bool = False

    @property
    def jobs(self) -> int:
        """Number of jobs held."""
        return len({lease.job for lease in self.held})


@dataclass(frozen=True, slots=True)
class Ticked:
    """Time passed, or something was committed."""


@dataclass(frozen=True, slots=True)
class LinkUp:
    """The operating system or a person says the network is there again."""


@dataclass(frozen=True, slots=True)
class PolicySet:
    """Other work is wanted from now on."""

    policy: ClaimPolicy


@dataclass(frozen=True, slots=True)
class LetGo:
    """These leases are not wanted any more: they go back when the server can be reached, unless the work was begun by then."""

    lease_ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class Asked:
    """A person waits for an answer, `timeout_s` at most."""

    ask_id: int
    ask: Ask
    timeout_s: float


@dataclass(frozen=True, slots=True)
class Answered:
    """Call `id` was answered and its consequences are in the store."""

    id: int
    result: Result


@dataclass(frozen=True, slots=True)
class Lost:
    """Call `id` got no answer: cut, refused or too slow. `wrong_key` when the other end was not our server."""

    id: int
    wrong_key: bool = False


Event = Ticked | LinkUp | PolicySet | LetGo | Asked | Answered | Lost


@dataclass(frozen=True, slots=True)
class Send:
    """Start this call; answer with `Answered` or `Lost` under the same `id`."""

    id: int
    call: Call


@dataclass(frozen=True, slots=True)
class Abort:
    """Stop call `id`; a late answer to it is not wanted and must not touch the store."""

    id: int


@dataclass(frozen=True, slots=True)
class DropPool:
    """Close every idle connection: the next call starts on a new one."""


@dataclass(frozen=True, slots=True)
class Reply:
    """Hand this to the person who asked."""

    ask_id: int
    answer: Answer | Refused | Unreachable


@dataclass(frozen=True, slots=True)
class Report:
    """The link's status changed."""

    status: SyncStatus


@dataclass(frozen=True, slots=True)
class Changed:
    """Rows or leases of these entity names changed on disk (`lease` for leases)."""

    entities: frozenset[str]


Effect = Send | Abort | DropPool | Reply | Report | Changed

LEASE_ENTITY: Final = "lease"
