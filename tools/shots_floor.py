"""Moments of the supervisor's floor, for the pictures: a board, and what taking work back would mean. Used by `tools.shots_data`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import replace

from app.core.messages import Message
from app.core.outcome import Outcome
from app.services.floor_port import FloorPage, Row
from sync.contract.board import (
    ActReply,
    BoardAct,
    BoardCounts,
    BoardTab,
    DeviceLine,
    DeviceState,
    ExceptionLine,
    HeldJob,
    JobLine,
    NearCutOff,
    PersonLine,
    ReclaimPreview,
    ReclaimReason,
    ReclaimReply,
    ReclaimTote,
    WaitsFor,
    WaveLine,
)
from sync.contract.codes import Method, WaveState
from sync.contract.waves import Plan, Problem, WaveAct, WaveProgress, WaveReply, WaveRow, ZoneLoad

COUNTS = BoardCounts(devices=19, dark=2, jobs=214, people=14, exceptions=6, waves=3, planned=3)
STOPPED = replace(COUNTS, zones=["A", "B", "C"], stopped=["C"])
_NAMES = ("Amira Haddad", "Jonas Brandt", "Birk Sørensen", "Dilara Yılmaz", "Farah Idris", "Gus Petersen", "Ada Nowak")
_T16, _T18 = "2026-11-22T16:00:00Z", "2026-11-22T18:30:00Z"


def held(order: str, units: int, done: int, left_s: int, tote: str | None, due_s: int = 5400) -> HeldJob:
    """A job in somebody's hands."""
    return HeldJob(
        job=f"j-{order}", kind="pick", orders=[order], lines=4, lines_done=1, units=units, units_done=done, left_s=left_s,
        begun=done > 0, tote=tote, cut_off=_T16, due_s=due_s,
    )  # fmt: skip


DARK = DeviceLine(
    id="d7", label="Handheld 7", state=DeviceState.DARK, seen_s=9 * 60, person="Amira Haddad", left_s=6 * 60,
    jobs=[held("50231", 11, 4, 360, "T-0417"), held("50244", 3, 0, 400, None)], lines=7, units=10, waiting=12,
)  # fmt: skip
OVERDUE = DeviceLine(
    id="d3", label="Handheld 3", state=DeviceState.OVERDUE, seen_s=31 * 60, person="Jonas Brandt", left_s=-16 * 60,
    jobs=[held("50198", 9, 0, -960, "T-0433")], lines=3, units=9,
)  # fmt: skip
DEVICES: tuple[Row, ...] = (
    OVERDUE,
    DARK,
    *(
        DeviceLine(
            id=f"d{20 + i}", label=f"Handheld {20 + i}", state=DeviceState.LIVE, seen_s=i, person=_NAMES[i % 7],
            left_s=800 - i, jobs=[held(f"{50300 + i}", 6, i % 5, 800 - i, f"T-05{i:02}")], lines=3, units=6 - i % 5,
        )
        for i in range(12)
    ),
    DeviceLine(id="d40", label="Pack bench 2", state=DeviceState.LIVE, seen_s=3, person="Gus Petersen"),
    DeviceLine(id="d41", label="Spare handheld", state=DeviceState.AWAY, seen_s=3 * 3600),
)  # fmt: skip
_TAKEN = tuple(
    JobLine(
        id=f"job{i}", kind=("pick", "pack", "pick", "count")[i % 4], method="single_order", state="active" if i % 3 else "open",
        priority=1 + i % 3, orders=[str(50198 + 7 * i)] if i % 5 else ["50198", "50205", "50212"],
        order_count=1 if i % 5 else 5, lines=4, lines_done=i % 4, units=8, units_done=2 * (i % 4), short=i % 7 == 3,
        cut_off=_T16 if i % 3 else _T18, tote=f"T-04{i:02}" if i % 3 else None, device=f"Handheld {i}" if i % 3 else "",
        device_id=f"d{i}" if i % 3 else "", person=_NAMES[i % 7] if i % 3 else "",
        kept_for="Handheld 7" if i % 6 == 0 else "",
    )
    for i in range(24)
)  # fmt: skip
JOBS: tuple[Row, ...] = (
    *_TAKEN,
    JobLine(
        id="job90", kind="pick", method="pass_pick", state="waiting", priority=3, orders=["50388"], order_count=1, lines=2,
        lines_done=0, units=3, units_done=0, cut_off=_T18, waits_for=WaitsFor.TOTE,
    ),
    JobLine(
        id="job91", kind="pick", method="cluster", state="waiting", priority=3, orders=["50311"], order_count=6, lines=18,
        lines_done=0, units=36, units_done=0, cut_off=_T18, waits_for=WaitsFor.WAVE,
    ),
)  # fmt: skip
PEOPLE: tuple[Row, ...] = tuple(
    PersonLine(
        id=f"w{i}@d{i}", name=name, number=str(1001 + i), roles=["picker"], device=f"Handheld {3 + i}", device_id=f"d{i}",
        zone="ABC"[i % 3], idle_s=20 + 90 * i, lines_hour=96 - 7 * i, since_s=3600 * (1 + i % 4),
        state=DeviceState.DARK if i == 1 else DeviceState.LIVE,
    )
    for i, name in enumerate(_NAMES)
)  # fmt: skip
SHORT = ExceptionLine(
    id="e1", kind="count_bin", action="count_bin", params={"bin": "C-04-18", "sku": "FH1030", "reason": "not_found"},
    created_at="2026-11-22T13:52:10Z", acts=[BoardAct.APPROVE, BoardAct.REALLOCATE, BoardAct.RESOLVE], order="50198",
    cut_off=_T16, missing=4, person="Amira Haddad", device="Handheld 7",
)  # fmt: skip
EXCEPTIONS: tuple[Row, ...] = (
    SHORT,
    ExceptionLine(
        id="e2", kind="put_back", action="put_back", params={"qty": 2, "sku": "FH1000", "bin": "A-12-03"},
        created_at="2026-11-22T14:01:00Z", acts=[BoardAct.RESOLVE], order="50199", device="Handheld 3",
    ),
    ExceptionLine(
        id="e3", kind="find_tote", action="find_tote", acts=[BoardAct.RESOLVE], order="50231", cut_off=_T16,
        params={"tote": "T-0417", "n": 4, "device": "Handheld 7", "bin": "B-02-07"}, created_at="2026-11-22T14:05:00Z",
    ),
    ExceptionLine(
        id="e5", kind="recount_differs", action="recount_differs", params={"bin": "B-03-11", "sku": "FH1012", "n": -7},
        created_at="2026-11-22T14:10:00Z", acts=[BoardAct.RESOLVE], person="Dilara Yılmaz", device="Handheld 2",
    ),
    ExceptionLine(
        id="e4", kind="count_bin", action="count_bin", params={"bin": "A-02-01", "sku": "FH1000", "reason": "damaged"},
        created_at="2026-11-22T12:40:00Z", acts=[BoardAct.WITHDRAW, BoardAct.RESOLVE], order="50177", missing=1,
        person="Birk Sørensen", decision="approve",
    ),
)  # fmt: skip
WAVES: tuple[Row, ...] = (
    WaveLine(
        id="a", name="PostNord", orders=201, to_pick=90, picked=49, packed=12, shipped=50, cut_off="2026-11-22T15:30:00Z", left_s=1300
    ),
    WaveLine(id="b", name="DHL Paket", orders=224, to_pick=10, picked=28, packed=6, shipped=180, held=1, cut_off=_T16, left_s=3100),
    WaveLine(id="c", name="DPD Classic", orders=148, to_pick=148, picked=0, packed=0, shipped=0, cut_off=_T18, left_s=12100),
)  # fmt: skip
PLANNED: tuple[Row, ...] = (
    WaveRow(
        id="w1", name="Noon parcels", state=WaveState.IN_PROGRESS, method=Method.WALL, template="Noon parcels",
        cut_off="2026-11-22T15:30:00Z", created_at=_T16, released_at=_T16,
        plan=Plan(orders=48, units=310, minutes=96, zones=[ZoneLoad(zone="A", stops=80, units=210, minutes=61)]),
        progress=WaveProgress(
            orders=48, shipped=3, units=310, picked_percent=72, sorted_percent=58, packed_percent=21, short_units=4, jobs=9,
            jobs_done=5, people=3, late=2, minutes_left=27, slots_free=6,
        ),
        acts=["pause", "cancel", "pull", "replan_shorts"], orders=["50231", "50244", "50198"],
    ),
    WaveRow(
        id="w2", name="Evening express", state=WaveState.PLANNED, method=Method.CLUSTER, template="Evening express",
        cut_off=_T18, created_at=_T16, released_at=None,
        plan=Plan(
            orders=22, lines=70, units=140, jobs=4, minutes=52, release_at="2026-11-22T17:05:00Z", left_out=["50311", "50312"],
            zones=[ZoneLoad(zone="A", stops=40, units=90, minutes=30), ZoneLoad(zone="C", stops=30, units=50, minutes=22)],
            problems=[
                Problem(code="not_enough_stock", words={"order": "50311", "sku": "FH1030", "missing": 4}),
                Problem(code="not_enough_stock", words={"order": "50312", "sku": "FH1030", "missing": 2}),
                Problem(code="replenish_first", words={"sku": "FH1030", "missing": 6, "reserve": 48}),
            ],
        ),
        progress=WaveProgress(orders=24, units=146), acts=["plan", "hold", "release", "cancel", "add", "pull"],
        orders=["50311", "50312", "50313"],
    ),
    WaveRow(
        id="w3", name="50401 +5", state=WaveState.COLLECTING, method=Method.LEGS, template=None, cut_off=None, created_at=_T18,
        released_at=None, plan=Plan(), progress=WaveProgress(orders=6, units=19), acts=["plan", "cancel", "add", "pull"],
        orders=["50401"],
    ),
)  # fmt: skip
PREVIEW = ReclaimPreview(
    device="d7", label="Handheld 7", person="Amira Haddad", state=DeviceState.DARK, seen_s=9 * 60, left_s=6 * 60,
    jobs=list(DARK.jobs), lines_back=7, lines_begun=2, units_picked=4, units_open=10, waiting=12,
    totes=[ReclaimTote(tote="T-0417", units=4, orders=["50231"], bin="B-02-07")],
    near=[NearCutOff(order="50244", cut_off=_T16, left_s=240)], version="v1",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FloorMoment:
    """What the board has to say at one moment."""

    lists: dict[BoardTab, tuple[Row, ...]] = field(
        default_factory=lambda: {
            BoardTab.DEVICES: DEVICES,
            BoardTab.JOBS: JOBS,
            BoardTab.PEOPLE: PEOPLE,
            BoardTab.EXCEPTIONS: EXCEPTIONS,
            BoardTab.WAVES: WAVES,
            BoardTab.PLANNED: PLANNED,
        }
    )
    preview: ReclaimPreview = PREVIEW
    counts: BoardCounts = COUNTS


class CannedFloor:
    """A board that stands as the moment in front says, whatever is done to it."""

    def __init__(self, canned: Any) -> None:
        self._canned = canned
        self._number = 0

    @property
    def _now(self) -> FloorMoment:
        view = self._canned.moment.view
        return view if isinstance(view, FloorMoment) else FloorMoment(dict.fromkeys(BoardTab, ()))

    def online(self) -> bool:
        """See the port."""
        return True

    def fetch(self, tab: BoardTab) -> Outcome[None]:
        """See the port."""
        return Outcome(tab, None)

    def page(self, tab: BoardTab, search: str, current: str) -> Outcome[FloorPage]:
        """See the port."""
        rows = self._now.lists[tab]
        self._number += 1
        found = next((row for row in rows if row.id == current), None)
        page = FloorPage(
            tab=tab,
            rows=rows,
            number=self._number,
            base=0,
            edits=None,
            of=len(rows),
            counts=self._now.counts,
            current=found,
        )
        return Outcome(tab, page)

    def preview(self, _device: str, _job: str | None) -> Outcome[ReclaimPreview | None]:
        """See the port."""
        return Outcome("preview", self._now.preview)

    def reclaim(
        self, _device: str, _job: str | None, _version: str, _reason: ReclaimReason
    ) -> Outcome[ReclaimReply | None]:
        """See the port."""
        return Outcome("done", ReclaimReply(done=True, preview=self._now.preview, epoch=1, server_time=""))

    def act(
        self, _act: BoardAct, _id: str, _value: str = "", _reason: str = "", message: Message | None = None
    ) -> Outcome[ActReply | None]:
        """See the port."""
        return Outcome("done", ActReply(done=True, epoch=1, server_time=""), message)

    def decide_count(self, _exception: str, *, believe: bool) -> Outcome[None]:
        """See the port."""
        return Outcome("done", None)

    def templates(self) -> Outcome[tuple[str, ...]]:
        """See the port."""
        return Outcome("templates", ("Noon parcels", "Evening express"))

    def new_wave(
        self,
        *,
        template: str | None = None,
        orders: tuple[str, ...] = (),
        method: Method = Method.CLUSTER,
    ) -> Outcome[WaveReply | None]:
        """See the port."""
        return Outcome("done", None)

    def wave_act(self, _wave: str, _act: WaveAct, _orders: tuple[str, ...] = ()) -> Outcome[WaveReply | None]:
        """See the port."""
        return Outcome("done", None)
