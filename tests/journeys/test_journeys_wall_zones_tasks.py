"""The put wall, pass-and-pick and tasks on stock, from real screens to the real books and back over TCP."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from app.core.messages import Code
from app.core.views import PickStep
from app.core.views_work import SlotState, TaskStep, WallStep, Whereabouts, ZoneStep
from oms.catalog.models import Bin, Item, ItemCode, Zone
from oms.orders.actions import release_all
from oms.orders.models import Order, OrderLine
from oms.people.models import Audit
from oms.picking.build import trips_of
from oms.picking.models import Job, WorkItem
from oms.picking.tasks import replenish
from oms.picking.taskwork import ask_count
from sync.contract.codes import BinKind, JobKind, JobState, Method, OrderState

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.timeout(150)]
CODES = {"TEA": "4006381333931", "CUP": "4006381333948", "JAR": "4006381333955"}
TEA, CUP, JAR = CODES.values()


@pytest.fixture
def hall(served):
    """Zone A with TEA in A-01 and CUP in A-02, zone B with JAR, a wall of three slots, hand-over points, a lane and a reserve bin."""
    house, _ = served

    def more(w):
        w.db.add(Item(site_id=w.site, sku="JAR", name="Jar", weight_g=100))
        for zone in ("B", "W", "P"):
            w.db.add(Zone(site_id=w.site, code=zone))
        w.db.flush()
        for sku, code in CODES.items():
            w.db.add(ItemCode(site_id=w.site, sku=sku, code=code, qty=1))
            w.touch("item", sku)
        places = [("B-01", "B", BinKind.PICK, 100), ("HAND-A", "A", BinKind.HAND_OVER, 150), ("HAND-B", "B", BinKind.HAND_OVER, 151),
                  ("LANE-1", "P", BinKind.LANE, 900), ("R-01", "A", BinKind.RESERVE, 300),
                  *((f"W-{n}", "W", BinKind.WALL, 200 + n) for n in (1, 2, 3))]  # fmt: skip
        for code, zone, kind, seq in places:
            w.db.add(Bin(site_id=w.site, code=code, zone=zone, kind=kind, seq=seq))
            w.touch("bin", code)
        w.move(uuid4().hex, 0, "JAR", "", "supplier", "bin:B-01", 100)
        w.move(uuid4().hex, 0, "TEA", "", "supplier", "bin:R-01", 24)

    house.act(more)
    return house


def released(house, method, **orders):
    """Orders let onto the floor by a method: `O1=(("TEA", 2),)`."""

    def do(w):
        for number, lines in orders.items():
            w.db.add(Order(site_id=w.site, number=number, state=OrderState.OPEN, placed_at=w.now, ship_name="Ada"))
            w.db.flush()
            for line_no, (sku, qty) in enumerate(lines, 1):
                w.db.add(OrderLine(site_id=w.site, order_no=number, line_no=line_no, sku=sku, qty=qty))
            w.touch("order", number)
        w.db.flush()
        return release_all(w, tuple(orders), trips_of(method, 8))

    return house.act(do)


def jobs(house, kind):
    return house.ask(select(Job).where(Job.kind == kind).order_by(Job.leg, Job.created_at, Job.id))


def pick(hand, *texts):
    """Takes the next pick, once it has come, and scans its way through."""
    hand.go("home")
    hand.until(lambda view: getattr(view, "jobs", ()))
    hand.press("next")
    hand._until(lambda: hand.shell.screen_name() == "pick" and hand.view is not None)
    return hand.scan(*texts)


def sort_all(hand, *codes):
    """Scans units and the slots the screen names until the tote is sorted; the slots that orders went to."""
    slots = {}
    for code in codes:
        shown = hand.scan(code)
        assert shown.step is WallStep.SLOT, (code, hand.refusal)
        slots.setdefault(shown.slot.order, shown.slot.place)
        hand.scan(shown.slot.place)
    return slots


@pytest.mark.parametrize("link", ["online", "offline"])
def test_a_bulk_tote_is_sorted_and_each_slot_becomes_an_order_to_pack(hall, hands, link):
    released(hall, Method.WALL, O1=(("TEA", 2), ("CUP", 1)), O2=(("TEA", 1), ("CUP", 1)))
    handheld = hands("Handheld").sign_in()
    dropped = pick(handheld, "T-9", "A-01", TEA, TEA, TEA, "A-02", CUP, CUP, "LANE-1")
    assert dropped.step is PickStep.DONE
    handheld.quiet()

    wall = hands("Wall", desk=True).sign_in()
    wall.go("wall")
    wall.until(lambda view: [card.tote for card in view.queue] == ["T-9"])
    wall.open("T-9", lambda view: view.step is WallStep.UNIT)
    if link == "offline":
        wall.link.cut()
    wrong = wall.scan(TEA).slot.place
    other = next(code for code in ("W-1", "W-2", "W-3") if code != wrong)
    assert wall.scan(other).step is WallStep.SLOT
    assert wall.refusal.code is Code.WRONG_SLOT
    wall.scan(wrong)
    slots = sort_all(wall, CUP, TEA, CUP, TEA)
    assert wall.view.step is WallStep.CLOSE
    assert {slot.state for slot in wall.view.slots} == {SlotState.PACK}
    assert wall.scan("T-9").step is WallStep.DONE
    if link == "offline":
        assert (hall.balance("tote:T-9"), hall.balance("tote:T-9", "CUP")) == (3, 2)
        wall.link.mend()
    wall.quiet()
    wall._until(lambda: len(jobs(hall, JobKind.PACK)) == 2)
    assert {job.tote for job in jobs(hall, JobKind.PACK)} == set(slots.values()) | {wrong}
    [sort] = jobs(hall, JobKind.SORT)
    assert (sort.state, sort.lane) == (JobState.DONE, "LANE-1")
    assert (hall.balance("tote:T-9"), hall.balance("tote:T-9", "CUP")) == (0, 0)
    assert not hall.exceptions()
    hall.check()


def test_what_is_missing_is_fetched_again_and_what_is_too_much_set_aside(hall, hands):
    released(hall, Method.WALL, O1=(("TEA", 2), ("CUP", 1)))
    handheld = hands("Handheld").sign_in()
    pick(handheld, "T-9", "A-01", TEA, TEA, "A-02", CUP, "LANE-1")
    handheld.quiet()

    wall = hands("Wall", desk=True).sign_in()
    wall.go("wall")
    wall.until(lambda view: view.queue)
    wall.open("T-9", lambda view: view.step is WallStep.UNIT)
    assert wall.scan(JAR).step is WallStep.EXTRA
    assert wall.scan("T-66").extra == 1
    shown = wall.scan(CUP)
    wall.scan(shown.slot.place)
    shown = wall.scan(TEA)
    wall.scan(shown.slot.place)
    wall.press("undo")
    wall.until(lambda view: view.left == 2)
    shown = wall.scan(TEA)
    wall.scan(shown.slot.place)
    assert wall.scan("T-9").step is WallStep.UNIT
    assert wall.refusal.code is Code.SUMS_OPEN
    wall.press("missing")
    wall.until(lambda view: view.step is WallStep.MISSING)
    wall.press("really_missing")
    wall.until(lambda view: view.step is WallStep.CLOSE)
    wall.quiet()

    def fetched(view):
        waits = [card for slot in view.slots for card in slot.missing]
        return [(card.where, card.place) for card in waits] == [(Whereabouts.BIN, "A-01")]

    wall.until(fetched)
    wall.press("close")
    wall.until(lambda view: view.step is WallStep.DONE)
    wall.quiet()
    assert hall.balance("tote:T-66", "JAR") == 1
    assert hall.balance("tote:T-9") == 0
    hall.check()


def test_a_tote_walks_from_zone_to_zone_with_two_scans_each_time(hall, hands):
    released(hall, Method.LEGS, O1=(("TEA", 1), ("JAR", 1)))
    first, second = hands("H-A").sign_in(), hands("H-B").sign_in()
    for hand, zone in ((first, "A"), (second, "B")):
        hand.go("zone")
        assert hand.scan(zone).zone == zone
    rung = []
    second.shell.feedback.say = rung.append

    first.until(lambda view: view.lines)
    first.open("A-01", lambda _: first.shell.screen_name() == "pick")
    first._until(lambda: first.view is not None)
    first.scan("T-7", "A-01", TEA)
    assert first.view.step is PickStep.DROP
    assert first.scan("LANE-1").step is PickStep.DROP
    assert first.refusal.code is Code.NOT_A_LANE
    assert first.scan("HAND-A").step is PickStep.DONE
    first.quiet()

    second.until(lambda view: [card.tote for card in view.waiting] == ["T-7"])
    assert [message.code for message in rung] == [Code.LEG_ARRIVED]
    [leg] = [job for job in jobs(hall, JobKind.PICK) if job.leg == 2]
    assert (leg.found_at, leg.passed_at is not None) == ("HAND-A", True)
    second.open("T-7", lambda _: second.shell.screen_name() == "pick")
    second._until(lambda: second.view is not None)
    second.quiet()
    second._until(lambda: hall.ask(select(Job.passed_at).where(Job.id == leg.id)) == [None])
    assert second.scan("B-01", JAR, "LANE-1").step is PickStep.DONE
    second.quiet()
    second._until(lambda: jobs(hall, JobKind.PACK))
    [packing] = jobs(hall, JobKind.PACK)
    assert (packing.tote, packing.lane) == ("T-7", "LANE-1")
    hall.check()


def test_two_zones_fill_their_own_totes_and_the_first_fixes_the_lane(hall, hands):
    released(hall, Method.ZONES, O1=(("TEA", 1), ("JAR", 1)))
    first, second = hands("H-A").sign_in(), hands("H-B").sign_in()
    for hand, zone, texts in ((first, "A", ("T-1", "A-01", TEA)), (second, "B", ("T-2", "B-01", JAR))):
        hand.go("zone")
        hand.scan(zone)
        hand.until(lambda view: view.lines)
        hand.open(texts[1], lambda _, hand=hand: hand.shell.screen_name() == "pick")
        hand._until(lambda hand=hand: hand.view is not None)
        hand.scan(*texts)
    first.scan("LANE-1")
    first.quiet()
    second.go("zone")
    second.until(lambda view: view.mine and (view.mine[0].parts_here, view.mine[0].lane) == (1, "LANE-1"))
    second.press("unload")
    second.until(lambda view: view.step is ZoneStep.UNLOAD)
    second.scan("T-2", "LANE-1")
    second.until(lambda view: view.step is ZoneStep.WORK and not view.mine)
    second.quiet()
    second._until(lambda: jobs(hall, JobKind.PACK))
    assert len(jobs(hall, JobKind.PACK)) == 1
    hall.check()


def test_a_pick_face_is_filled_and_a_bin_counted_offline(hall, hands):
    hall.act(lambda w: replenish(w, "A-01", "TEA"))
    hall.act(lambda w: ask_count(w, "A-02", "CUP"))
    hand = hands("Handheld").sign_in()
    hand.go("tasks")
    hand.until(lambda view: len(view.tasks) == 2)
    assert {task.kind: task.qty for task in hand.view.tasks} == {"replenish": 24, "count": 0}
    hand.open("R-01", lambda view: view.step is TaskStep.ITEM)
    assert hand.scan(TEA).hand == 1
    hand.press("number")
    hand.until(lambda view: view.step is TaskStep.NUMBER)
    hand.press("typed:24")
    hand.until(lambda view: view.step is TaskStep.TO)
    hand.scan("A-02")
    assert hand.refusal.code is Code.WRONG_BIN
    assert hand.scan("A-01").step is TaskStep.DONE
    hand.quiet()
    hand._until(lambda: (hall.balance("bin:R-01"), hall.balance("bin:A-01")) == (0, 10_024))

    hand.open("A-02", lambda view: view.step is TaskStep.COUNT)
    hand.link.cut()
    hand.scan(CUP)
    hand.press("number")
    hand.until(lambda view: view.step is TaskStep.NUMBER)
    hand.press("typed:9998", "finish")
    hand.until(lambda view: view.step is TaskStep.DONE)
    hand.link.mend()
    hand.quiet()
    hand._until(lambda: hall.balance("bin:A-02", "CUP") == 9_998)
    [counted] = hall.ask(select(Audit).where(Audit.what == "bin.counted"))
    assert counted.words["difference"] == -2
    assert {item.state for item in hall.ask(select(WorkItem))} == {"done"}
    hall.check()
