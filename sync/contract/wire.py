"""Requests and answers of the sync API (`sync.md` b.4). JSON through msgspec; every answer carries `epoch` and `server_time`.

Ids are strings. `op_id` is 32 hex digits, `chain` 64, `spki` 64 (SHA-256 of the server's public key, DER SubjectPublicKeyInfo).
"""

from msgspec import Raw, Struct

from sync.contract.codes import ErrorCode, Method, Outcome, Role

Token = tuple[int, int]


class Times(Struct, frozen=True, kw_only=True):
    """When the device made an op, for audit only: wall clock (ms since 1970), monotonic ms and boot id."""

    wall: int
    mono: int
    boot: str


class Op(Struct, frozen=True, kw_only=True):
    """One entry of a device's log on its way up. `body` is the canonical JSON of a `facts` type."""

    op_id: str
    seq: int
    kind: str
    v: int
    body: Raw
    t: Times
    item: str | None = None
    token: Token | None = None
    session: str | None = None


class Hello(Struct, frozen=True, kw_only=True):
    """`GET /v1/hello`: who the server is. Never trusted without the pin."""

    cluster_id: str
    epoch: int
    api: tuple[int, int]
    spki: str
    server_time: str
    name: str = ""
    #: The facts this server handles: kind -> versions.
    kinds: dict[str, list[int]] = {}
    #: The oldest and the newest shape of rows it serves.
    pull: tuple[int, int] = (1, 1)


class PairRequest(Struct, frozen=True, kw_only=True):
    """`POST /v1/pair`. `signature` (hex, Ed25519) is over `code || 0x00 || pubkey || 0x00 || label` and proves the key is held."""

    code: str
    pubkey: str
    label: str
    app: str
    signature: str


class PairReply(Struct, frozen=True, kw_only=True):
    """The device's identity and the key that answers in future (`spki` must equal the pin)."""

    device_id: str
    site: str
    cluster_id: str
    epoch: int
    spki: str
    server_time: str


class ProofRequest(Struct, frozen=True, kw_only=True):
    """`POST /v1/pair/proof`: before a device tells a typed code, the server proves that it knows it. `code_id` says which code is meant
    without telling it (`proof.code_id`); `challenge` is 64 random hex digits."""

    code_id: str
    challenge: str


class ProofReply(Struct, frozen=True, kw_only=True):
    """`answer` is `proof.server_answer` over the challenge and the key of the server that answers; who does not know the code, or has
    another key, cannot make it."""

    answer: str
    cluster_id: str
    epoch: int
    server_time: str


class NonceReply(Struct, frozen=True, kw_only=True):
    """`POST /v1/token/nonce {device_id}`: 32 bytes hex, good once, 60 s."""

    nonce: str
    epoch: int
    server_time: str


class NonceRequest(Struct, frozen=True, kw_only=True):
    """Asks for a nonce to sign."""

    device_id: str


class TokenRequest(Struct, frozen=True, kw_only=True):
    """`POST /v1/token`: the nonce signed by the device key (`signature` over `nonce || device_id || spki pin`, hex). `pins` are the keys
    this device trusts: they tell whether the server may change its key."""

    device_id: str
    nonce: str
    signature: str
    pins: list[str] = []


class DeviceCredential(Struct, frozen=True, kw_only=True):
    """By this one device proves to another, with the server away, that the server let it in. `signature` (hex, Ed25519) is by the
    server's signing key `signer` (64 hex digits) over `handover.credential_words`. It never runs out: who is shut out is told apart."""

    cluster_id: str
    site: str
    device_id: str
    pubkey: str
    label: str
    signer: str
    signature: str


class TokenReply(Struct, frozen=True, kw_only=True):
    """A bearer token for `ttl_s` seconds; send as `Authorization: Bearer`. `pins` are all keys to trust from now on, the one that serves
    first, then the ones that will; empty: as before."""

    access: str
    ttl_s: int
    epoch: int
    server_time: str
    pins: list[str] = []
    credential: DeviceCredential | None = None
    #: Ids of devices that were shut out, the newest first.
    revoked: list[str] = []


class SessionRequest(Struct, frozen=True, kw_only=True):
    """`POST /v1/sessions`: sign-in by badge, or by worker number and PIN. Exactly one of the two."""

    badge: str | None = None
    number: str | None = None
    pin: str | None = None


class SessionReply(Struct, frozen=True, kw_only=True):
    """A person's session on this device. `offline_verifier` is an argon2id hash of what was presented, bound to this device,
    good until `offline_ttl_s` from now; it lets the same person sign in while the server is away, until their row says another
    `trust_n`."""

    session: str
    worker: str
    name: str
    number: str
    roles: list[Role]
    language: str
    offline_verifier: str
    offline_ttl_s: int
    trust_n: int = 0
    epoch: int
    server_time: str


class OpenRequest(Struct, frozen=True, kw_only=True):
    """`POST /v1/sync/open`: where this device's log and cache stand. `chain` is the chain after op `next_seq - 1`, `acked` the highest
    seq that this device was told is kept: a server that knows less than that was restored."""

    epoch: int
    next_seq: int
    chain: str
    cursor: str
    schema: int
    app: str
    acked: int = 0


class Lease(Struct, frozen=True, kw_only=True):
    """The right to do one work item for `ttl_s` seconds from the moment the answer was read."""

    lease_id: str
    item: str
    job: str
    token: Token
    ttl_s: int


class OpenReply(Struct, frozen=True, kw_only=True):
    """Where the server's copy stands. `durable_through` is the highest seq of this device that an off-machine backup holds.

    `leases` are all that this device holds at the server: what it has beyond them is lost, what it lacks (an answer that never came)
    it has from here. `kinds` are the facts this server handles (kind -> versions); `upgrade_in_s` is set when the app is outdated: after
    that many seconds it gets no rows and no work any more, while its facts are still taken in; `claims_in_s` is how long work is not
    given out after a restore."""

    last_seq: int
    chain_at_last: str
    head: int
    floor: int
    durable_through: int
    epoch: int
    server_time: str
    leases: list[Lease] = []
    kinds: dict[str, list[int]] = {}
    upgrade_in_s: int | None = None
    claims_in_s: int = 0


class PushRequest(Struct, frozen=True, kw_only=True):
    """`POST /v1/sync/push`: a run of ops with dense seq from `first_seq`; `prev_chain` is the chain before the first."""

    epoch: int
    first_seq: int
    prev_chain: str
    ops: list[Op]


class Notice(Struct, frozen=True, kw_only=True):
    """One calm physical instruction for the person: a message code and its words. `exception` is acknowledged by `exception.ack`."""

    action: str
    params: dict[str, str | int] = {}
    exception: str | None = None


class OpResult(Struct, frozen=True, kw_only=True):
    """What became of one op. `ver` is the feed version its effect carries; `duplicate` when it was known already."""

    seq: int
    op_id: str
    outcome: Outcome
    ver: int
    duplicate: bool = False
    notice: Notice | None = None


class PushReply(Struct, frozen=True, kw_only=True):
    """Results for a prefix of what was sent; `last_seq` and `chain` are the server's state of this log after it."""

    results: list[OpResult]
    last_seq: int
    chain: str
    head: int
    durable_through: int
    epoch: int
    server_time: str
    #: What this device holds has changed by its own facts: it must open again to learn its leases.
    reopen: bool = False


class Change(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The latest version of one entity: `e` entity name (`rows.ENTITIES`), `id`, `v` version, `d` its body. A deleted one has no `d`
    on the wire (a JSON null cannot be told from a body that is kept unread)."""

    e: str
    id: str
    v: int
    d: Raw = Raw()

    @property
    def deleted(self) -> bool:
        """Whether the entity is gone."""
        return not self.d


class PullReply(Struct, frozen=True, kw_only=True):
    """A page of changes from cursor `from_` to `to`. Apply only when `from_` equals the own cursor, rows and cursor in one commit.

    `through` is the feed version `to` stands for: an acknowledged op with `ver <= through` is contained in the rows."""

    from_: str
    to: str
    head: int
    more: bool
    changes: list[Change]
    epoch: int
    server_time: str
    #: `digest.of` the device's live rows; only where `more` is false and the device asked for it.
    digest: str | None = None
    through: int = 0
    #: `digest.of_bodies` over the same rows with what is in them, where the device asked for that.
    content: str | None = None


class ClaimRequest(Struct, frozen=True, kw_only=True):
    """`POST /v1/work/claim`: up to `want` jobs. The same `claim_id` gets the same answer. `job` or `tote` ask for one certain job;
    with `take_over` also from another device, which is told."""

    claim_id: str
    want: int
    kinds: list[str]
    capacity: int
    zone: str | None = None
    job: str | None = None
    tote: str | None = None
    lane: str | None = None
    take_over: bool = False


class ClaimReply(Struct, frozen=True, kw_only=True):
    """The leases granted; empty when there is no work. `reason` names why a certain job was not given (`taken`, `unknown`, `done`, or
    `closed` while a restored server waits for its devices, `wait_s` more at most) and `holder` who has it. The rows that show the grant
    come with feed version `ver`."""

    leases: list[Lease]
    epoch: int
    server_time: str
    reason: str | None = None
    holder: str | None = None
    ver: int = 0
    wait_s: int = 0


class LeaseRef(Struct, frozen=True, kw_only=True):
    """A lease by id, with the token it was granted with."""

    lease_id: str
    token: Token


class RenewRequest(Struct, frozen=True, kw_only=True):
    """`POST /v1/work/renew`. Push and pull renew all of a device's leases too."""

    leases: list[LeaseRef]


class RenewResult(Struct, frozen=True, kw_only=True):
    """`ttl_s` when still held, else None and the `lost` reason."""

    lease_id: str
    ttl_s: int | None = None
    lost: str | None = None


class RenewReply(Struct, frozen=True, kw_only=True):
    """One result per lease asked."""

    results: list[RenewResult]
    epoch: int
    server_time: str


class ReleaseRequest(Struct, frozen=True, kw_only=True):
    """`POST /v1/work/release`: gives leases back. Same `claim_id`, same answer."""

    claim_id: str
    leases: list[LeaseRef]


class ReleaseReply(Struct, frozen=True, kw_only=True):
    """Ids of the leases that have ended."""

    released: list[str]
    epoch: int
    server_time: str


class ReforkRequest(Struct, frozen=True, kw_only=True):
    """`POST /v1/devices/refork`: this log is not the one the server knows; asks for a new identity with the same key.

    `signature` (hex) is over `old_device || 0x00 || next_seq || 0x00 || chain`. `pubkey` lets a restored server find the device by another
    identity of the same key, when it has forgotten `old_device`."""

    old_device: str
    next_seq: int
    chain: str
    signature: str
    pubkey: str = ""


class ReforkReply(Struct, frozen=True, kw_only=True):
    """The new identity; the whole retained journal is sent again under it, with the same op ids."""

    device_id: str
    epoch: int
    server_time: str


class OpFate(Struct, frozen=True, kw_only=True):
    """`GET /v1/ops/{op_id}`: what became of one scan."""

    op_id: str
    kind: str
    outcome: Outcome
    device: str
    ver: int
    received_at: str
    epoch: int
    server_time: str


class ReleaseOrdersRequest(Struct, frozen=True, kw_only=True):
    """`POST /v1/orders/release`: a supervisor lets orders onto the floor. `session` is the supervisor's. `slots` is how many orders a trip
    takes, where a trip takes several; the site's usual when None."""

    orders: list[str]
    session: str
    method: Method = Method.SINGLE
    slots: int | None = None


class ReleaseOrderResult(Struct, frozen=True, kw_only=True):
    """`job` when released, else the `reason` (a message code) and its words."""

    order: str
    job: str | None = None
    reason: str | None = None
    params: dict[str, str | int] = {}


class ReleaseOrdersReply(Struct, frozen=True, kw_only=True):
    """One result per order asked, in the order asked."""

    results: list[ReleaseOrderResult]
    epoch: int
    server_time: str


class ErrorBody(Struct, frozen=True, kw_only=True):
    """Body of every non-2xx answer. `last_seq` and `chain_at_last` come with `gap`, `fork` and `epoch`."""

    error: ErrorCode
    detail: str = ""
    epoch: int = 0
    server_time: str = ""
    last_seq: int | None = None
    chain_at_last: str | None = None
    retry_after_s: int | None = None
