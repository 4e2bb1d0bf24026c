"""The supervisor's board on the wire: what stands on it, and what a supervisor does to it. Asked for by a desk, never synced to devices.

Moments are RFC 3339, `..._s` are seconds by the server's clock (so that a desk's own clock decides nothing). Every request carries the
supervisor's `session`; every answer `epoch` and `server_time`.
"""

from enum import StrEnum

from msgspec import Struct

from sync.contract.waves import WaveRow


class BoardTab(StrEnum):
    """One list of the board."""

    DEVICES = "devices"
    JOBS = "jobs"
    PEOPLE = "people"
    EXCEPTIONS = "exceptions"
    #: Trucks: what leaves together.
    WAVES = "waves"
    #: Waves that are collected, planned and let go.
    PLANNED = "planned"


class DeviceState(StrEnum):
    """How a device stands: in contact; away with nothing in its hands; dark with work in them; dark and its claim has run out."""

    LIVE = "live"
    AWAY = "away"
    DARK = "dark"
    OVERDUE = "overdue"


class ReclaimReason(StrEnum):
    """Why work was taken back from a device."""

    NO_CONTACT = "no_contact"
    BATTERY_FLAT = "battery_flat"
    LOST_OR_BROKEN = "lost_or_broken"
    PERSON_GONE = "person_gone"
    NEEDED_ELSEWHERE = "needed_elsewhere"


class SettleReason(StrEnum):
    """Why an exception is settled."""

    DONE = "done"
    NOT_NEEDED = "not_needed"
    MISTAKE = "mistake"


class BoardAct(StrEnum):
    """What a supervisor does to one row; the comment says what `id` names and what `value` holds."""

    PRIORITISE = "prioritise"  # job; the priority, 1 most urgent
    REASSIGN = "reassign"  # job; the device it is kept for, or '' for anybody
    PULL_OUT = "pull_out"  # order
    APPROVE = "approve"  # exception: the order goes without the missing units
    WITHDRAW = "withdraw"  # exception: takes an approval back
    REALLOCATE = "reallocate"  # exception: the missing units from another bin
    SUBSTITUTE = "substitute"  # exception: the customer was asked and takes another item
    RESOLVE = "resolve"  # exception; a `SettleReason` as the reason
    REOPEN = "reopen"  # exception
    STOP_ZONE = "stop_zone"  # zone: no new work is given out there
    START_ZONE = "start_zone"  # zone


class WaitsFor(StrEnum):
    """What a job waits for: its wave to be let go, its tote to come from the zone before, its goods to be picked."""

    WAVE = "wave"
    TOTE = "tote"
    GOODS = "goods"


class HeldJob(Struct, frozen=True, kw_only=True):
    """A job in a device's hands. `left_s` of its claim (negative: run out so long ago), `due_s` until its cut-off; `begun`: something of
    it was picked; `handed_over`: its device gave it away to another, which has not been heard of yet."""

    job: str
    kind: str
    orders: list[str]
    lines: int
    lines_done: int
    units: int
    units_done: int
    left_s: int
    begun: bool
    tote: str | None = None
    cut_off: str | None = None
    due_s: int | None = None
    handed_over: bool = False


class DeviceLine(Struct, frozen=True, kw_only=True):
    """A device on the board. `seen_s` since it was last heard of (None: never); `left_s` of the claim that ends first (None: holds
    nothing); `lines` and `units` are still to do; `waiting` scans it said it had and has not delivered."""

    id: str
    label: str
    state: DeviceState
    seen_s: int | None
    person: str = ""
    left_s: int | None = None
    jobs: list[HeldJob] = []
    lines: int = 0
    units: int = 0
    waiting: int = 0
    app: str = ""


class JobLine(Struct, frozen=True, kw_only=True):
    """A live job. `orders` are the first few of `order_count`; `device` and `person` hold it, `kept_for` may take it next (labels).
    `waits_for` while nobody can take it."""

    id: str
    kind: str
    method: str
    state: str
    priority: int
    orders: list[str]
    order_count: int
    lines: int
    lines_done: int
    units: int
    units_done: int
    short: int = 0
    cut_off: str | None = None
    tote: str | None = None
    device: str = ""
    device_id: str = ""
    person: str = ""
    kept_for: str = ""
    kept_for_id: str = ""
    waits_for: WaitsFor | None = None


class PersonLine(Struct, frozen=True, kw_only=True):
    """Who is signed in. `idle_s` since their last fact (None: none yet); `lines_hour` lines done in the last hour."""

    id: str
    name: str
    number: str
    roles: list[str]
    device: str
    device_id: str
    zone: str = ""
    idle_s: int | None = None
    lines_hour: int = 0
    since_s: int = 0
    state: DeviceState = DeviceState.LIVE


class ExceptionLine(Struct, frozen=True, kw_only=True):
    """Something open that needs a person: a message code (`action`) with its words. `acts` are those that settle it now; `decision` is
    `approve` once a short was approved while its count is still to be done."""

    id: str
    kind: str
    action: str
    params: dict[str, str | int]
    created_at: str
    acts: list[BoardAct]
    order: str = ""
    cut_off: str | None = None
    missing: int = 0
    person: str = ""
    device: str = ""
    decision: str = ""


class WaveLine(Struct, frozen=True, kw_only=True):
    """What leaves together: orders by how far they are. `left_s` until the truck (negative: gone)."""

    id: str
    name: str
    orders: int
    to_pick: int
    picked: int
    packed: int
    shipped: int
    held: int = 0
    short: int = 0
    cut_off: str | None = None
    left_s: int | None = None


class BoardCounts(Struct, frozen=True, kw_only=True):
    """How many rows each list has; `dark` devices hold work and are not in contact. `stopped` names the zones without new work; `zones`
    all zones, beside the list of people only."""

    devices: int = 0
    dark: int = 0
    jobs: int = 0
    people: int = 0
    exceptions: int = 0
    waves: int = 0
    planned: int = 0
    stopped: list[str] = []
    zones: list[str] = []


class BoardRequest(Struct, frozen=True, kw_only=True):
    """`POST /v1/floor/board`: one list. `since` a feed version already known asks for what changed after it (0: everything, in pages
    that follow on `after`)."""

    session: str
    tab: BoardTab
    since: int = 0
    after: str = ""


class BoardReply(Struct, frozen=True, kw_only=True):
    """Rows of the list asked for. `full`: they are all there is from `after` on (else only what changed, with what is `gone`). `next` is
    the `after` of the next page, '' at the end. `restart`: too much has changed, ask for everything. Ask next time with `since=ver` (of
    the first page)."""

    ver: int
    full: bool
    counts: BoardCounts
    epoch: int
    server_time: str
    next: str = ""
    restart: bool = False
    gone: list[str] = []
    devices: list[DeviceLine] = []
    jobs: list[JobLine] = []
    people: list[PersonLine] = []
    exceptions: list[ExceptionLine] = []
    waves: list[WaveLine] = []
    planned: list[WaveRow] = []


class ReclaimTote(Struct, frozen=True, kw_only=True):
    """A tote somebody will have to look for: `units` known to be in it; `bin` where the last one was picked."""

    tote: str
    units: int
    orders: list[str]
    bin: str = ""


class NearCutOff(Struct, frozen=True, kw_only=True):
    """An order whose truck leaves before the claim on it would end by itself."""

    order: str
    cut_off: str
    left_s: int


class ReclaimPreview(Struct, frozen=True, kw_only=True):
    """What taking work back from a device means. `lines_back` return to the pool, `lines_begun` of them were begun; `units_picked` are
    known to be picked already, `units_open` would be surplus if the device picked them unheard. `version` names exactly this state."""

    device: str
    label: str
    person: str
    state: DeviceState
    seen_s: int | None
    left_s: int | None
    jobs: list[HeldJob]
    lines_back: int
    lines_begun: int
    units_picked: int
    units_open: int
    waiting: int
    totes: list[ReclaimTote]
    near: list[NearCutOff]
    version: str


class PreviewRequest(Struct, frozen=True, kw_only=True):
    """`POST /v1/floor/reclaim/preview`: the consequences of taking back all that `device` holds, or one `job`."""

    session: str
    device: str
    job: str | None = None


class PreviewReply(Struct, frozen=True, kw_only=True):
    """The consequences now."""

    preview: ReclaimPreview
    epoch: int
    server_time: str


class ReclaimRequest(Struct, frozen=True, kw_only=True):
    """`POST /v1/floor/reclaim`: takes it back, if it still stands as the preview of `version` said."""

    session: str
    device: str
    version: str
    reason: ReclaimReason
    job: str | None = None


class ReclaimReply(Struct, frozen=True, kw_only=True):
    """`done`, with what was taken back; else it has changed meanwhile, and `preview` says how it stands now."""

    done: bool
    preview: ReclaimPreview
    epoch: int
    server_time: str


class ActRequest(Struct, frozen=True, kw_only=True):
    """`POST /v1/floor/acts`: see `BoardAct`."""

    session: str
    act: BoardAct
    id: str
    value: str = ""
    reason: str = ""


class UndoAct(Struct, frozen=True, kw_only=True):
    """The act that takes the one before back."""

    act: BoardAct
    id: str
    value: str = ""


class ActReply(Struct, frozen=True, kw_only=True):
    """`done`, with the act that undoes it where there is one; else `refused` is a message code with its words."""

    done: bool
    epoch: int
    server_time: str
    refused: str | None = None
    params: dict[str, str | int] = {}
    undo: UndoAct | None = None


class DecideCountRequest(Struct, frozen=True, kw_only=True):
    """`POST /v1/tasks/counts`: whether a count that differs much is believed; otherwise it is done once more."""

    exception: str
    believe: bool
    session: str = ""


class TaskReply(Struct, frozen=True, kw_only=True):
    """The job that was made; `reason` (a code) when none was, or when there was nothing to decide."""

    job: str | None
    reason: str | None
    epoch: int
    server_time: str
