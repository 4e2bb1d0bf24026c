"""Moments of the put wall, of zones and of tasks on stock, for the pictures. Used by `tools.shots_data`."""

from __future__ import annotations

from dataclasses import replace

from app.core.messages import Code, say
from app.core.views import ItemCard, JobCard
from app.core.views_work import (
    MissingCard,
    SlotCard,
    SlotState,
    TallyCard,
    TaskCard,
    TaskStep,
    TaskView,
    ToteCard,
    WallStep,
    WallView,
    Whereabouts,
    ZoneCard,
    ZoneLine,
    ZoneStep,
    ZoneView,
)

OLIVE = ItemCard("FH1000", "Hand wash Olive, 500 ml refill", "9501101000008", "#5c8f2e", expiry="2027-03-31")
LEMON = ItemCard("FH1001", "Hand wash Lemon, 500 ml refill", "9501101000015", "#d9b310")
CUP = ItemCard("FH1030", "Ceramic cup, white", "9501101000305", "#d7dbe0", fragile=True)
TEA = ItemCard("FH1050", "Tea, Darjeeling first flush, 100 g", "9501101000503", "#7d5ba6", lot="L2209")

_TOTE = MissingCard(TEA, 1, Whereabouts.TOTE, "T-0912")
SLOTS = (
    SlotCard(1, "50231", "W1-03", SlotState.FILLING, 3, 6, (_TOTE,)),
    SlotCard(2, "50244", "W1-04", SlotState.PACK, 2, 2),
    SlotCard(3, "50198", "W1-07", SlotState.WAITING, 3, 4, (MissingCard(CUP, 1, Whereabouts.BIN, "B-02-07"),)),
    SlotCard(4, "50207", "W1-08", SlotState.FILLING, 1, 3, (_TOTE,)),
    SlotCard(5, "50251", None, SlotState.FREE, 0, 2),
    SlotCard(6, "50260", "W1-11", SlotState.CANCELLED, 1, 2),
    SlotCard(7, "50266", None, SlotState.FREE, 0, 3),
)
QUEUE = (
    JobCard("s1", "50231, 50244, 50198", 14, 22, True, "T-0912", (), "2026-11-22T16:00"),
    JobCard("s2", "50270, 50271", 6, 9, False, "T-0915", (), "2026-11-22T18:30"),
)
WALL = WallView(
    step=WallStep.UNIT, prompt=say(Code.SCAN_UNIT, n=12), queue=(), job="s1", tote="T-0912", slots=SLOTS, put=10, units=22,
    left=12, can_undo=True, missing=(MissingCard(OLIVE, 2, Whereabouts.TOTE, "T-0912"), _TOTE),
)  # fmt: skip
INTO = replace(
    WALL, step=WallStep.SLOT, prompt=say(Code.PUT_IN_SLOT, n=2, slot="W1-03"), slot=SLOTS[0], item=OLIVE, hand=2,
)  # fmt: skip
EXTRA = replace(WALL, step=WallStep.EXTRA, prompt=say(Code.SCAN_EXCEPTION_TOTE), item=LEMON, hand=1, extra=1)
MISSING = replace(WALL, step=WallStep.MISSING, prompt=say(Code.CONFIRM_MISSING, n=3))
CLOSE = replace(WALL, step=WallStep.CLOSE, prompt=say(Code.SCAN_EMPTY_TOTE, tote="T-0912"), left=0, missing=())
SORTED = replace(CLOSE, step=WallStep.DONE, prompt=say(Code.SORT_DONE, tote="T-0912"))
WALL_QUEUE = WallView(WallStep.WAITING, say(Code.SCAN_BULK_TOTE), QUEUE)

ZONES = (ZoneCard("A", 34, 12, 5, 2, 1), ZoneCard("B", 18, 9), ZoneCard("C", 41, 20, 1, 1))
PASSED = ToteCard("l2", "T-0417", "50231", at="HAND-A", leg=2, legs=3, lines=3, minutes=14, lost=True)
FLAGGED = ToteCard(
    "l5", "T-0433", "50198", at="HAND-A", leg=3, legs=3, lines=2, minutes=2, missing_units=2,
    missing=(MissingCard(CUP, 2, Whereabouts.LOST, "B-02-07"),),
)  # fmt: skip
MINE = (
    ToteCard("z1", "T-0502", "50244", lane="PACK-2", legs=3, parts_here=2, lines=4, lines_done=4),
    ToteCard("z2", "T-0511", "50251", lines=5, lines_done=2),
)
LINES = (
    ZoneLine("z2", "50251", "A-12-03", OLIVE, 5, mine=True),
    ZoneLine("z3", "50260", "A-12-07", CUP, 1, urgent=True),
    ZoneLine("z4", "50266", "A-13-01", TEA, 2, taken=True),
    ZoneLine("z5", "50270", "A-14-22", LEMON, 3),
    ZoneLine("z6", "50271", "A-15-02", OLIVE, 1),
    ZoneLine("z7", "50275", "A-15-09", CUP, 4),
    ZoneLine("z8", "50281", "A-16-01", TEA, 1),
)
ZONE = ZoneView(
    step=ZoneStep.WORK, prompt=say(Code.ZONE_WORK, zone="A"), zone="A", zones=ZONES, here=ZONES[0], lines=LINES,
    waiting=(PASSED, FLAGGED), mine=MINE,
)  # fmt: skip
CHOOSE = ZoneView(ZoneStep.CHOOSE, say(Code.CHOOSE_ZONE), zones=ZONES)
UNLOAD = replace(ZONE, step=ZoneStep.UNLOAD, prompt=say(Code.UNLOAD_TOTE))
SET_DOWN = replace(ZONE, step=ZoneStep.PLACE, prompt=say(Code.SET_DOWN_AT, tote="T-0502"), tote="T-0502")

TASKS = (
    TaskCard("t1", "replenish", "R-04-02", OLIVE.name, 48, 1, "A-12-03", urgent=True),
    TaskCard("t2", "count", "C-04-18", CUP.name, 0, 1, started=True),
    TaskCard("t3", "put_back", "T-0066", LEMON.name, 2, 1, "A-14-22"),
    TaskCard("t4", "put_away", "DOCK-1", TEA.name, 24, 1),
)
TASK_LIST = TaskView(TaskStep.LIST, say(Code.CHOOSE_TASK), TASKS)
FETCH = TaskView(
    TaskStep.FROM, say(Code.SCAN_BIN, bin="R-04-02"), job="t1", kind="replenish", place="R-04-02", to="A-12-03", item=OLIVE,
    need=48, can_short=True,
)  # fmt: skip
TAKE = replace(
    FETCH, step=TaskStep.ITEM, prompt=say(Code.SCAN_MORE, n=36), confirmed=True, hand=12, can_undo=True, can_short=False
)
BRING = replace(TAKE, step=TaskStep.TO, prompt=say(Code.BRING_TO, n=48, bin="A-12-03"), hand=48)
GIVE_UP = replace(FETCH, step=TaskStep.SHORT, prompt=say(Code.CHOOSE_SHORT_REASON, n=48))
COUNT_BIN = TaskView(TaskStep.BIN, say(Code.SCAN_BIN, bin="C-04-18"), job="t2", kind="count", place="C-04-18", item=CUP)
COUNT = TaskView(
    TaskStep.COUNT, say(Code.COUNT_GOODS), job="t2", kind="count", place="C-04-18", confirmed=True, item=CUP, done=19,
    tallies=(TallyCard(CUP, 17, True), TallyCard(TEA, 2)), round=2, can_undo=True, can_finish=True,
)  # fmt: skip
NUMBER = replace(COUNT, step=TaskStep.NUMBER, prompt=say(Code.TYPE_COUNT))
TASK_DONE = TaskView(TaskStep.DONE, say(Code.TASK_FINISHED), job="t2", kind="count")
