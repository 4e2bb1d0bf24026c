"""Plans of picking as they travel: what a supervisor asks of the planner, how far it is, what it found and why; and the floor as a map.

A plan is thought out beside the server and changes nothing until it is applied. Times are RFC 3339 UTC, lengths on the map millimetres,
walks metres, weights grams, volumes millilitres.
"""

from enum import StrEnum

from msgspec import Struct, field

from sync.contract.codes import Method
from sync.contract.waves import Problem


class PlanState(StrEnum):
    """How far a plan is. A failed one says why (`PlanRow.reason`)."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Because(StrEnum):
    """Why an order is where it is in a plan. The first three: on a cart. With the others it waits."""

    #: It saves most together with `partner`.
    TOGETHER = "TOGETHER"
    #: It goes alone: no other order makes its walk shorter, or none of its priority has room beside it.
    ALONE = "ALONE"
    #: The way of picking takes one order at a time, or the floor is not drawn: the most urgent go first.
    IN_TURN = "IN_TURN"
    #: No cart takes it: `words` `measure` (slots, grams, millilitres, lines), `has`, `most`.
    TOO_BIG = "TOO_BIG"
    #: Words `sku`, `missing`; with `reserve` so many lie in the reserve.
    NO_STOCK = "NO_STOCK"
    #: Words `state`.
    NOT_OPEN = "NOT_OPEN"


class PlanAsked(Struct, frozen=True, kw_only=True):
    """What a plan is to keep to. None: no limit of that kind. `seconds` (0.1 to 60) is how long it may think, `moves` (for each order) in
    its place where a plan is to be the same on every machine. `people` pick it: per zone, or '' for anywhere; none given: those signed in.
    """

    method: Method = Method.CLUSTER
    slots: int = 8
    lines: int | None = 40
    grams: int | None = 150_000
    millilitres: int | None = None
    people: dict[str, int] = {}
    seed: int = 1
    seconds: float = 2.0
    moves: int | None = None


class Spread(Struct, frozen=True, kw_only=True):
    """A figure that is not certain: one of ten is below `p10`, half below `p50`, nine of ten below `p90`."""

    p10: float
    p50: float
    p90: float


class PlanStop(Struct, frozen=True, kw_only=True):
    """One bin on a walk. `reached` False: no way leads there as the floor is drawn, it comes last."""

    bin: str
    x_mm: int
    y_mm: int
    zone: str
    units: int
    lines: int
    orders: list[str]
    reached: bool = True


class PlanBatch(Struct, frozen=True, kw_only=True):
    """What one person picks in one go: its orders, its stops in walking order, and the corners of the way on the map (empty where the floor
    is not drawn). `full_percent` by the measure of the cart that is fullest. `zone` where the job is one zone's."""

    number: int
    orders: list[str]
    priority: int
    lines: int
    units: int
    grams: int
    millilitres: int
    metres: float
    minutes: float
    full_percent: int
    stops: list[PlanStop] = []
    way: list[tuple[int, int]] = []
    start: str = ""
    end: str = ""
    zone: str = ""


class PlanWhy(Struct, frozen=True, kw_only=True):
    """Why an order is where it is. Alone it walks `alone_m`; in its batch it adds `added_m`; with `partner`, of all in it, it shares most:
    `shared_m`."""

    order: str
    because: Because
    batch: int | None = None
    alone_m: float = 0.0
    added_m: float = 0.0
    partner: str | None = None
    shared_m: float = 0.0
    words: dict[str, str | int] = {}


class PlanTotals(Struct, frozen=True, kw_only=True):
    """A plan, or another way of picking the same orders, in sums."""

    orders: int = 0
    lines: int = 0
    units: int = 0
    batches: int = 0
    metres: float = 0.0
    minutes: float = 0.0


class PlanRelease(Struct, frozen=True, kw_only=True):
    """The latest moment to let a carrier's orders go: on a usual day, and to be in time on 19 of 20 (`safe_at`). `late`: it has passed."""

    carrier: str
    cut_off: str
    release_at: str
    safe_at: str = ""
    orders: int
    late: bool = False


class PlanZone(Struct, frozen=True, kw_only=True):
    """A zone's part: `people` as asked or signed in, `advised` how many would make the busiest zone end soonest."""

    zone: str
    stops: int
    units: int
    minutes: float
    people: int = 0
    advised: int = 0


class CurvePoint(Struct, frozen=True, kw_only=True):
    """Units done so many minutes after the release."""

    minute: float
    p10: float
    p50: float
    p90: float


class ZoneFinish(Struct, frozen=True, kw_only=True):
    """When a zone is done, in minutes after the release; `busy_percent` of the time its people work and do not wait."""

    zone: str
    minutes: Spread
    busy_percent: int = 0


class LateOrder(Struct, frozen=True, kw_only=True):
    """An order that misses its truck in so many of a hundred rehearsals."""

    order: str
    carrier: str
    cut_off: str
    percent: int


class PlanForecast(Struct, frozen=True, kw_only=True):
    """What the rehearsal of the plan says, in minutes after the release: picking done, everything packed, by zone, and as curves. `jam`:
    minutes in which the put wall was full and somebody waited for it; `waits`: minutes people stood behind others in an aisle."""

    runs: int
    picked: Spread
    packed: Spread
    zones: list[ZoneFinish] = []
    picked_curve: list[CurvePoint] = []
    packed_curve: list[CurvePoint] = []
    late: list[LateOrder] = []
    jam: Spread = field(default_factory=lambda: Spread(p10=0.0, p50=0.0, p90=0.0))
    waits: Spread = field(default_factory=lambda: Spread(p10=0.0, p50=0.0, p90=0.0))
    #: How many orders miss their truck.
    late_orders: Spread = field(default_factory=lambda: Spread(p10=0.0, p50=0.0, p90=0.0))


class PlanResult(Struct, frozen=True, kw_only=True):
    """What planning found. `drawn` False: the floor is not drawn, so nothing is known of metres. `in_turn`: the same orders in the order
    they came in, on the same cart; `s_shape`: the same batches walked bin after bin. `moves` for each order, as an effort, give this plan
    again."""

    totals: PlanTotals
    drawn: bool
    in_turn: PlanTotals | None = None
    s_shape: PlanTotals | None = None
    batches: list[PlanBatch] = []
    #: Each order once, those that wait too.
    why: list[PlanWhy] = []
    problems: list[Problem] = []
    releases: list[PlanRelease] = []
    zones: list[PlanZone] = []
    forecast: PlanForecast | None = None
    moves: int = 0
    #: Seconds that it thought.
    seconds: float = 0.0


class PlanApplied(Struct, frozen=True, kw_only=True):
    """What became of a plan when it was used: its jobs; `left_out` orders with why (code `order_not_open`, `order_changed`,
    `order_not_in_wave`, `not_enough_stock`); `moved`: orders whose goods now come from other bins."""

    at: str
    wave: str
    jobs: int
    orders: int
    left_out: list[Problem] = []
    moved: list[str] = []


class PlanRow(Struct, frozen=True, kw_only=True):
    """A plan as a supervisor sees it. `percent` 0 to 100; `metres` the best walk so far. `reason` is a code where it failed: `no_orders`,
    `nothing_allocated`, `too_many`, `planner_died`, `planner_error`. `result` only where one plan is asked about."""

    id: str
    name: str
    state: PlanState
    asked: PlanAsked
    wave: str | None
    asked_at: str
    percent: int = 0
    metres: float | None = None
    begun_at: str | None = None
    done_at: str | None = None
    reason: str | None = None
    words: dict[str, str | int] = {}
    totals: PlanTotals | None = None
    result: PlanResult | None = None
    applied: PlanApplied | None = None


class MakePlanRequest(Struct, frozen=True, kw_only=True):
    """`POST /v1/plans`: asks for a plan of a wave, or of these free orders."""

    session: str = ""
    wave: str | None = None
    orders: list[str] = []
    name: str = ""
    asked: PlanAsked = field(default_factory=PlanAsked)


class PlanRequest(Struct, frozen=True, kw_only=True):
    """`POST /v1/plans/look`, `/cancel`, `/apply` and `/outcome`: one plan."""

    session: str = ""
    plan: str


class PlanReply(Struct, frozen=True, kw_only=True):
    """The plan as it is now; `reason` (a code) when nothing was done, with its words."""

    plan: PlanRow | None
    reason: str | None
    words: dict[str, str | int]
    epoch: int
    server_time: str


class PlansRequest(Struct, frozen=True, kw_only=True):
    """`POST /v1/plans/list`: the newest plans, of one wave or of all, without their results."""

    session: str = ""
    wave: str | None = None


class PlansReply(Struct, frozen=True, kw_only=True):
    """Plans, the newest on top."""

    plans: list[PlanRow]
    epoch: int
    server_time: str


class PlansAgainstRequest(Struct, frozen=True, kw_only=True):
    """`POST /v1/plans/against`: two plans side by side."""

    session: str = ""
    one: str
    other: str


class Compared(Struct, frozen=True, kw_only=True):
    """One figure of two plans; None where a plan does not know it. `better`: 1 the one, 2 the other, 0 neither. `what` is one of `orders`,
    `batches`, `metres`, `minutes`, `release_at` (the first truck's, minutes from now), `finish` (minutes until packed), `late` (orders),
    `jam` (minutes)."""

    what: str
    one: float | None
    other: float | None
    better: int = 0


class PlansAgainstReply(Struct, frozen=True, kw_only=True):
    """Two plans, figure by figure, and the orders that only one of them picks."""

    figures: list[Compared]
    only_one: list[str]
    only_other: list[str]
    #: Of a hundred rehearsals, in how many the one is done first; None where one was not rehearsed.
    one_wins_percent: int | None
    epoch: int
    server_time: str


class Happened(Struct, frozen=True, kw_only=True):
    """One forecast figure beside what happened; None while it has not. `what` is `picked` or `packed` (minutes after the release) or
    `late` (orders)."""

    what: str
    forecast: Spread
    happened: float | None
    #: Percent by which it was more than forecast.
    off_percent: float | None = None
    inside: bool | None = None


class PlanOutcomeReply(Struct, frozen=True, kw_only=True):
    """What a plan foresaw against what happened once it was used. `reason` `not_applied` or `not_released` while there is nothing."""

    figures: list[Happened]
    reason: str | None
    #: Units picked so many minutes after the release, as they were.
    picked: list[tuple[float, int]]
    epoch: int
    server_time: str


class FloorMapRequest(Struct, frozen=True, kw_only=True):
    """`POST /v1/floor/map`."""

    session: str = ""


class MapCrossing(Struct, frozen=True, array_like=True):
    """A crossing on the map."""

    code: str
    x_mm: int
    y_mm: int
    depot: bool


class MapPath(Struct, frozen=True, array_like=True):
    """A straight path on the map, walked from its first end to its second where it is one-way."""

    x1_mm: int
    y1_mm: int
    x2_mm: int
    y2_mm: int
    one_way: bool
    blocked: bool


class MapBin(Struct, frozen=True, array_like=True):
    """A bin on the map, and how often it was picked from in the last thirty days."""

    code: str
    x_mm: int
    y_mm: int
    zone: str
    picks: int


class FloorMapReply(Struct, frozen=True, kw_only=True):
    """The floor as it is drawn; `drawn` False: there are no paths. Crossings, paths and bins travel as arrays of their members."""

    drawn: bool
    crossings: list[MapCrossing]
    paths: list[MapPath]
    bins: list[MapBin]
    epoch: int
    server_time: str
