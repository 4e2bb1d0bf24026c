"""Moments of the screen of plans, for the pictures: a floor, a plan of a wave, its rehearsal, and a wave that needs rescue. Used by
`tools.shots_data` and `tools.shots`."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace as changed
from typing import Any

from msgspec.structs import replace

from app.core.outcome import Outcome
from app.services.floor_drawing import FloorDrawing, prepared
from app.services.plans_port import (
    Because,
    Compared,
    CurvePoint,
    Doomed,
    Happened,
    LateOrder,
    Move,
    MoveKind,
    PlanApplied,
    PlanAsked,
    PlanBatch,
    PlanForecast,
    PlanOutcomeReply,
    PlanResult,
    PlanRow,
    PlansAgainstReply,
    PlanState,
    PlanStop,
    PlanWhy,
    Rescue,
)
from sync.contract.plans import (
    FloorMapReply,
    MapBin,
    MapCrossing,
    MapPath,
    PlanRelease,
    PlanTotals,
    PlanZone,
    Spread,
    ZoneFinish,
)
from sync.contract.waves import Problem, WaveRow
from tools.shots_floor import PLANNED

_T14, _T16, _T18 = "2026-11-22T14:08:00Z", "2026-11-22T16:00:00Z", "2026-11-22T18:30:00Z"
_DAY = "2026-11-22T"
AISLES, DEEP = 14, 18
_AISLE_MM, _BIN_MM = 3600, 1200


def _aisle_x(aisle: int) -> int:
    return 2000 + aisle * _AISLE_MM


def _bins() -> list[MapBin]:
    """Two rows along each aisle; what sells lies near the front and in the first aisles."""
    found = []
    for aisle in range(AISLES):
        for side in (0, 1):
            for deep in range(DEEP):
                x = _aisle_x(aisle) + (900 if side else -900)
                hash_ = (aisle * 37 + deep * 17 + side * 7) % 11
                picks = max(0, 90 - aisle * 9 - deep * 4 + hash_ * 6 - 30) if hash_ > 2 else 0
                code = f"{chr(65 + aisle)}-{deep + 1:02}-{side + 1}"
                found.append(MapBin(code, x, 2400 + deep * _BIN_MM, "ABC"[aisle * 3 // AISLES], picks))
    return found


def _reply(bins: list[MapBin]) -> FloorMapReply:
    back = 2400 + DEEP * _BIN_MM
    front = 1200
    ends = [(_aisle_x(aisle), y) for aisle in range(AISLES) for y in (front, back)]
    paths = [
        MapPath(_aisle_x(aisle), front, _aisle_x(aisle), back, aisle % 5 == 4, aisle == 11) for aisle in range(AISLES)
    ]
    paths += [
        MapPath(_aisle_x(aisle), y, _aisle_x(aisle + 1), y, False, False)
        for aisle in range(AISLES - 1)
        for y in (front, back)
    ]
    crossings = [MapCrossing(f"X{i}", x, y, False) for i, (x, y) in enumerate(ends)]
    depots = [MapCrossing("PACK-1", _aisle_x(0), front, True), MapCrossing("PACK-2", _aisle_x(9), front, True)]
    return FloorMapReply(drawn=True, crossings=[*crossings, *depots], paths=paths, bins=bins, epoch=1, server_time="")


BINS = _bins()
DRAWING = prepared(_reply(BINS))
UNDRAWN = FloorDrawing()


def walk(number: int, aisles: tuple[int, ...], orders: tuple[str, ...], metres: float) -> PlanBatch:
    """A walk up one aisle and down the next, three stops in each."""
    front, back = 1200, 2400 + DEEP * _BIN_MM
    way = [(_aisle_x(0), front)]
    stops = []
    for turn, aisle in enumerate(aisles):
        up = turn % 2 == 0
        depths = [(5 * k + 3 * aisle + number) % DEEP for k in range(3)]
        way += [(_aisle_x(aisle), front if up else back), (_aisle_x(aisle), back if up else front)]
        for k, deep in enumerate(sorted(depths, reverse=not up)):
            side = (k + aisle) % 2
            code = f"{chr(65 + aisle)}-{deep + 1:02}-{side + 1}"
            stops.append(
                PlanStop(
                    bin=code, x_mm=_aisle_x(aisle), y_mm=2400 + deep * _BIN_MM, zone="A", units=1 + k, lines=1,
                    orders=[orders[(turn + k) % len(orders)]],
                )
            )  # fmt: skip
    way += [(_aisle_x(aisles[-1]), front), (_aisle_x(0), front)]
    return PlanBatch(
        number=number, orders=list(orders), priority=3, lines=len(stops), units=sum(stop.units for stop in stops),
        grams=11_400, millilitres=38_000, metres=metres, minutes=metres / 55 + len(stops) * 0.4, full_percent=96 - 9 * number,
        stops=stops, way=way, start="PACK-1", end="PACK-1",
    )  # fmt: skip


BATCHES = [
    walk(1, (0, 1, 2, 5), ("50231", "50244", "50198", "50260", "50267", "50270"), 238.0),
    walk(2, (0, 3, 4, 6), ("50205", "50212", "50219", "50226", "50233"), 262.0),
    walk(3, (1, 2), ("50240", "50247", "50254", "50261", "50268", "50275"), 131.0),
    walk(4, (7, 8, 9, 10), ("50282", "50289", "50296"), 344.0),
    walk(5, (12, 13), ("50303", "50304"), 251.0),
]


def _curve(end: float, top: int, late: float) -> list[CurvePoint]:
    def done(minute: float, pace: float) -> float:
        share = min(1.0, max(0.0, (minute - late) / (end * pace)))
        return round(top * share * (1.6 - 0.6 * share), 1)

    return [
        CurvePoint(minute=float(m), p10=done(m, 1.16), p50=done(m, 1.0), p90=done(m, 0.88))
        for m in range(0, round(end * 1.3 + late) + 2, 2)
    ]


FORECAST = PlanForecast(
    runs=200,
    picked=Spread(p10=38.0, p50=43.0, p90=50.0),
    packed=Spread(p10=51.0, p50=57.0, p90=66.0),
    zones=[
        ZoneFinish(zone="A", minutes=Spread(p10=36.0, p50=41.0, p90=48.0), busy_percent=88),
        ZoneFinish(zone="B", minutes=Spread(p10=30.0, p50=34.0, p90=39.0), busy_percent=74),
    ],
    picked_curve=_curve(43, 146, 0),
    packed_curve=_curve(48, 146, 9),
    late=[
        LateOrder(order="50303", carrier="PostNord", cut_off=_DAY + "15:00:00Z", percent=62),
        LateOrder(order="50304", carrier="PostNord", cut_off=_DAY + "15:00:00Z", percent=18),
    ],
    jam=Spread(p10=0.0, p50=3.0, p90=8.0),
    waits=Spread(p10=1.0, p50=2.4, p90=5.0),
)
_WHY = [
    PlanWhy(
        order=order, because=Because.TOGETHER, batch=batch.number, alone_m=96.0 + 7 * i, added_m=18.0 + 5 * i,
        partner=batch.orders[(i + 1) % len(batch.orders)], shared_m=61.0 - 4 * i,
    )
    for batch in BATCHES
    for i, order in enumerate(batch.orders)
]  # fmt: skip
_WAIT = [
    PlanWhy(order="50311", because=Because.NO_STOCK, words={"sku": "FH1030", "missing": 4, "reserve": 48}),
    PlanWhy(order="50312", because=Because.TOO_BIG, words={"measure": "grams", "has": 212_000, "most": 150_000}),
]
RESULT = PlanResult(
    totals=PlanTotals(orders=22, lines=70, units=146, batches=5, metres=1226.0, minutes=52.0),
    drawn=True,
    in_turn=PlanTotals(orders=22, lines=70, units=146, batches=6, metres=1894.0, minutes=66.0),
    s_shape=PlanTotals(orders=22, lines=70, units=146, batches=5, metres=1391.0, minutes=56.0),
    batches=BATCHES,
    why=[*_WHY, *_WAIT],
    problems=[Problem(code="replenish_first", words={"sku": "FH1030", "missing": 6, "reserve": 48})],
    releases=[
        PlanRelease(carrier="PostNord", cut_off=_DAY + "15:00:00Z", release_at=_DAY + "14:11:00Z", orders=9),
        PlanRelease(carrier="DHL Paket", cut_off=_T16, release_at=_DAY + "15:05:00Z", orders=13),
    ],
    zones=[PlanZone(zone="A", stops=40, units=90, minutes=30.0, people=2, advised=2)],
    forecast=FORECAST,
    moves=4000,
    seconds=2.0,
)
PLAN = PlanRow(
    id="p2", name="", state=PlanState.DONE, asked=PlanAsked(), wave="w2", asked_at=_T14, percent=100, metres=1226.0,
    begun_at=_T14, done_at=_DAY + "14:09:00Z", totals=RESULT.totals, result=RESULT,
)  # fmt: skip
FIRST = replace(PLAN, id="p1", asked=PlanAsked(slots=4), asked_at=_DAY + "14:02:00Z")
THINKING = replace(PLAN, state=PlanState.RUNNING, percent=46, metres=1312.0, done_at=None, totals=None, result=None)
FAILED = replace(THINKING, state=PlanState.FAILED, reason="nothing_allocated", metres=None)
APPLIED = PlanApplied(
    at=_DAY + "14:12:00Z", wave="w2", jobs=5, orders=21, moved=["50240"],
    left_out=[Problem(code="order_changed", words={"order": "50304"})],
)  # fmt: skip
USED = replace(PLAN, applied=APPLIED)
BLIND = replace(
    PLAN,
    result=replace(
        RESULT, drawn=False, in_turn=None, s_shape=None, forecast=None, totals=replace(RESULT.totals, metres=0.0),
        batches=[replace(batch, metres=0.0, way=[]) for batch in BATCHES],
        why=[replace(why, because=Because.IN_TURN, alone_m=0.0, added_m=0.0) if why.batch else why for why in RESULT.why],
    ),
)  # fmt: skip
AGAINST = PlansAgainstReply(
    figures=[
        Compared(what="orders", one=22, other=22),
        Compared(what="batches", one=5, other=8, better=1),
        Compared(what="metres", one=1226.0, other=1672.0, better=1),
        Compared(what="minutes", one=52.0, other=61.5, better=1),
        Compared(what="release_at", one=-1.0, other=4.0, better=2),
        Compared(what="finish", one=57.0, other=54.0, better=2),
        Compared(what="late", one=1.0, other=1.0),
        Compared(what="jam", one=3.0, other=None),
    ],
    only_one=["50303"], only_other=[], one_wins_percent=41, epoch=1, server_time="",
)  # fmt: skip
OUTCOME = PlanOutcomeReply(
    figures=[
        Happened(what="picked", forecast=FORECAST.picked, happened=46.0, off_percent=7.0, inside=True),
        Happened(what="packed", forecast=FORECAST.packed, happened=69.0, off_percent=21.1, inside=False),
        Happened(what="metres", forecast=Spread(p10=1226.0, p50=1226.0, p90=1226.0), happened=None),
        Happened(what="late", forecast=Spread(p10=0.0, p50=1.0, p90=2.0), happened=1.0, off_percent=0.0, inside=True),
    ],
    reason=None, picked=[(4.0 * i, round(146 * min(1.0, i / 12) * (1.5 - 0.5 * min(1.0, i / 12)))) for i in range(13)],
    epoch=1, server_time="",
)  # fmt: skip
RESCUE = Rescue(
    wave="w1", at=_T14, runs=200, people=3, picked=_DAY + "15:12:00Z", packed=_DAY + "15:34:00Z",
    late=[
        Doomed(
            order="50231", cut_off=_DAY + "15:30:00Z", percent=84, ready_early=_DAY + "15:29:00Z", ready=_DAY + "15:38:00Z",
            ready_late=_DAY + "15:46:00Z", carrier="PostNord", service="Express", stops_left=6, units_left=11,
            with_people=["Amira Haddad"], likely_since=_DAY + "13:52:00Z",
        ),
        Doomed(
            order="50244", cut_off=_DAY + "15:30:00Z", percent=61, ready_early=_DAY + "15:24:00Z", ready=_DAY + "15:32:00Z",
            ready_late=_DAY + "15:41:00Z", carrier="PostNord", service="Express", stops_left=3, units_left=3,
            likely_since=_DAY + "14:05:00Z",
        ),
        Doomed(
            order="50198", cut_off=_DAY + "15:30:00Z", percent=22, ready_early=_DAY + "15:16:00Z", ready=_DAY + "15:25:00Z",
            ready_late=_DAY + "15:33:00Z", carrier="PostNord", stops_left=2, units_left=9, with_people=["Jonas Brandt"],
        ),
    ],
    moves=[
        Move(kind=MoveKind.PULL, orders=["50231"], saved=["50231"], endangered=["50198"], late_before=17, late_after=9),
        Move(
            kind=MoveKind.BORROW, people=2, zone="B", saved=["50231", "50244"], late_before=17, late_after=3,
            minutes_earlier=9,
        ),
        Move(kind=MoveKind.SERVICE, orders=["50244"], to_service="DHL Paket", saved=["50244"], late_before=17, late_after=11),
        Move(kind=MoveKind.DROP, orders=["50231", "50244"], late_before=17, late_after=2),
    ],
)  # fmt: skip
_WAVES: list[WaveRow] = [row for row in PLANNED if isinstance(row, WaveRow)]
RUNNING, WAVE = _WAVES[0], _WAVES[1]


@dataclass(frozen=True, slots=True)
class PlansMoment:
    """What the centre has to say about the plans of a wave at one moment; the newest plan first."""

    wave: WaveRow = WAVE
    plans: tuple[PlanRow, ...] = (PLAN, FIRST)
    drawing: FloorDrawing = DRAWING
    rescue: Rescue | None = None


READY = PlansMoment()
EMPTY = changed(READY, plans=())
BLIND_MOMENT = changed(READY, plans=(BLIND,), drawing=UNDRAWN)
SAVING = PlansMoment(wave=RUNNING, plans=(USED,), rescue=RESCUE)


class CannedPlans:
    """Plans that stand as the moment in front says, whatever is done to them."""

    def __init__(self, canned: Any) -> None:
        self._canned = canned

    @property
    def _now(self) -> PlansMoment:
        view = self._canned.moment.view
        return view if isinstance(view, PlansMoment) else PlansMoment()

    def online(self) -> bool:
        """See the port."""
        return True

    def plans(self, _wave: str) -> Outcome[tuple[PlanRow, ...]]:
        """See the port."""
        return Outcome("plans", tuple(replace(plan, result=None) for plan in self._now.plans))

    def make(self, _wave: str, _asked: PlanAsked) -> Outcome[PlanRow | None]:
        """See the port."""
        return Outcome("done", THINKING)

    def look(self, plan: str) -> Outcome[PlanRow | None]:
        """See the port."""
        return Outcome("done", next((one for one in self._now.plans if one.id == plan), None))

    def cancel(self, plan: str) -> Outcome[PlanRow | None]:
        """See the port."""
        return self.look(plan)

    def apply(self, plan: str) -> Outcome[PlanRow | None]:
        """See the port."""
        return self.look(plan)

    def against(self, _one: str, _other: str) -> Outcome[PlansAgainstReply | None]:
        """See the port."""
        return Outcome("against", AGAINST)

    def outcome(self, _plan: str) -> Outcome[PlanOutcomeReply | None]:
        """See the port."""
        return Outcome("outcome", OUTCOME)

    def floor(self) -> Outcome[FloorDrawing]:
        """See the port."""
        return Outcome("floor", self._now.drawing)

    def rescue(self, _wave: str) -> Outcome[Rescue | None]:
        """See the port."""
        return Outcome("rescue", self._now.rescue)

    def move(self, _wave: str, _move: Move) -> Outcome[None]:
        """See the port."""
        return Outcome("done", None)
