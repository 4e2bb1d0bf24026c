"""Waves as they travel: templates, what a plan found, how far a wave is, and what a supervisor asks for.

Times are RFC 3339 UTC, times of day `HH:MM` in UTC, weights grams.
"""

from enum import StrEnum

from msgspec import Struct, field

from sync.contract.codes import Method, WaveState


class Lines(StrEnum):
    """Which orders by the number of their lines."""

    ANY = "any"
    SINGLE = "single"
    MULTI = "multi"


class Sequence(StrEnum):
    """Which orders are taken first. WALK: of more orders than a wave takes, those that are picked with least walking together; the most
    urgent and those whose truck leaves soon go in any case."""

    CUT_OFF = "cut_off"
    PRIORITY = "priority"
    PLACED = "placed"
    WALK = "walk"


class ReleaseBy(StrEnum):
    """What lets a planned wave go: a person, its cut-off coming near, or the floor running out of work."""

    HAND = "hand"
    CUT_OFF = "cut_off"
    CONSTANT_WORK = "constant_work"


class OrderFilter(Struct, frozen=True, kw_only=True):
    """Which orders a template takes. An empty list allows all; `flags` must all be there, `without_flags` none. `zones`: everything of the
    order is to be had in these. `cut_off_within_min`: its truck leaves so soon."""

    carriers: list[str] = []
    services: list[str] = []
    priorities: list[int] = []
    customers: list[str] = []
    zones: list[str] = []
    flags: list[str] = []
    without_flags: list[str] = []
    lines: Lines = Lines.ANY
    cut_off_within_min: int | None = None


class Thresholds(Struct, frozen=True, kw_only=True):
    """How small and how large a wave may be. None: no limit. `max_litres` by the items' outer measures."""

    min_orders: int = 1
    max_orders: int | None = None
    max_lines: int | None = None
    max_units: int | None = None
    max_kg: int | None = None
    max_litres: int | None = None
    max_minutes: int | None = None


class ReleaseRule(Struct, frozen=True, kw_only=True):
    """When a planned wave is let go. By cut-off: at the latest so early that picking (estimated), sorting, packing and the buffer fit in
    before it, on 19 of 20 days. Constant work: when fewer than `below_units` units are still to be picked on the floor; or, with
    `below_min`, when somebody would have less than so many minutes of work, and the wave brings them more."""

    by: ReleaseBy = ReleaseBy.HAND
    sort_min: int = 15
    pack_min: int = 30
    buffer_min: int = 15
    below_units: int = 200
    below_min: int = 0


class Template(Struct, frozen=True, kw_only=True):
    """How waves of a kind are made. Active between two times of day (UTC; over midnight when `active_to` is earlier). Of several that fit
    an order, the one with the lowest `rank` takes it."""

    name: str
    rank: int = 100
    active: bool = True
    active_from: str = "00:00"
    active_to: str = "23:59"
    orders: OrderFilter = field(default_factory=OrderFilter)
    sequence: Sequence = Sequence.CUT_OFF
    thresholds: Thresholds = field(default_factory=Thresholds)
    method: Method = Method.CLUSTER
    slots: int = 8
    lanes: list[str] = []
    auto_create: bool = False
    auto_plan: bool = False
    auto_release: bool = False
    assign_to_open: bool = False
    release: ReleaseRule = field(default_factory=ReleaseRule)


class Problem(Struct, frozen=True, kw_only=True):
    """Something wrong with a template or a plan: a code and its words."""

    code: str
    words: dict[str, str | int] = {}


class ZoneLoad(Struct, frozen=True, kw_only=True):
    """What a wave means for one zone. `people` are signed in to it; with `advised` people there the wave ends soonest."""

    zone: str
    stops: int
    units: int
    minutes: int
    people: int = 0
    advised: int = 0


class Plan(Struct, frozen=True, kw_only=True):
    """What planning found. `left_out` orders have no stock; everything else is allocated and its jobs are made, for nobody yet."""

    orders: int = 0
    lines: int = 0
    units: int = 0
    grams: int = 0
    jobs: int = 0
    minutes: int = 0
    zones: list[ZoneLoad] = []
    left_out: list[str] = []
    problems: list[Problem] = []
    #: The latest moment at which it can be let go and still be in time, on a usual day; and on 19 of 20.
    release_at: str | None = None
    release_safe_at: str | None = None
    #: Metres of all jobs, 0 where the floor is not drawn; how many pickers are reckoned with.
    metres: int = 0
    people: int = 0


class WaveProgress(Struct, frozen=True, kw_only=True):
    """How far a wave is. Percent are of units; `people` have a job of it now; `late` orders will not be ready at their cut-off at the
    present estimate."""

    orders: int = 0
    shipped: int = 0
    units: int = 0
    picked_percent: int = 0
    sorted_percent: int = 0
    packed_percent: int = 0
    short_units: int = 0
    jobs: int = 0
    jobs_done: int = 0
    people: int = 0
    late: int = 0
    minutes_left: int = 0
    slots_free: int | None = None


class WaveRow(Struct, frozen=True, kw_only=True):
    """A wave as a supervisor sees it."""

    id: str
    name: str
    state: WaveState
    method: Method
    template: str | None
    cut_off: str | None
    created_at: str
    released_at: str | None
    plan: Plan
    progress: WaveProgress
    #: What can be done to it now.
    acts: list[str]
    #: The orders that are in it.
    orders: list[str] = []
    #: Orders on one cart, as its template says.
    slots: int = 8


class WaveAct(StrEnum):
    """What a supervisor does to a wave."""

    PLAN = "plan"
    HOLD = "hold"
    RESUME = "resume"
    RELEASE = "release"
    PAUSE = "pause"
    CANCEL = "cancel"
    UNDO = "undo"
    ADD = "add"
    PULL = "pull"
    REPLAN_SHORTS = "replan_shorts"


class WavesRequest(Struct, frozen=True, kw_only=True):
    """`POST /v1/waves/list`: those that are not over, and, with `over`, the newest that are."""

    session: str = ""
    over: bool = False


class WavesReply(Struct, frozen=True, kw_only=True):
    """Waves by state and cut-off, and all templates."""

    waves: list[WaveRow]
    templates: list[Template]
    epoch: int
    server_time: str


class MakeWaveRequest(Struct, frozen=True, kw_only=True):
    """`POST /v1/waves/make`: by a template's name, or of these orders by hand."""

    session: str = ""
    template: str | None = None
    orders: list[str] = []
    name: str = ""
    method: Method = Method.CLUSTER
    slots: int = 8


class WaveActRequest(Struct, frozen=True, kw_only=True):
    """`POST /v1/waves/act`. `orders` for ADD and PULL."""

    session: str = ""
    wave: str
    act: WaveAct
    orders: list[str] = []


class WaveReply(Struct, frozen=True, kw_only=True):
    """The wave as it is now; `reason` (a code) when nothing was done, with its words."""

    wave: WaveRow | None
    reason: str | None
    words: dict[str, str | int]
    epoch: int
    server_time: str


class TemplateRequest(Struct, frozen=True, kw_only=True):
    """`POST /v1/waves/templates`: keeps a template under its name, when nothing is wrong with it; `dry_run` only says what is."""

    session: str = ""
    template: Template
    dry_run: bool = False


class TemplateReply(Struct, frozen=True, kw_only=True):
    """`kept`, or everything that is wrong."""

    kept: bool
    problems: list[Problem]
    epoch: int
    server_time: str
