"""Zone work through the service on a real store: signing in, the list, totes handed over, totes set down."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from app.core.messages import Code
from app.core.views import PickStep
from app.core.views_work import ZoneStep
from app.services.zone import ZoneService
from sync.contract.codes import BinKind, JobKind, JobState, Method, WorkState
from sync.contract.rows import BinRow, WorkRow

CUP, TEA = "4006381333931", "5000000000012"


class Zones:
    """Zones A and B beside the floor of a test."""

    def __init__(self, floor, reader):
        self.floor, self.reader = floor, reader
        self.told = []
        floor.pull(
            *(BinRow(id=f"A-{n}", zone="A", kind=BinKind.PICK, seq=10 + n) for n in (1, 2, 3)),
            BinRow(id="HAND-A", zone="A", kind=BinKind.HAND_OVER, seq=30),
            BinRow(id="HAND-B", zone="B", kind=BinKind.HAND_OVER, seq=31),
        )

    @property
    def service(self):
        if getattr(self, "_of", None) is not self.floor.store:
            self._of = self.floor.store
            self._service = ZoneService(
                self.floor.store, self.reader, self.floor.clock, self.floor.centre, self.floor.pick, self.told.append
            )
        return self._service

    def part(self, job, order, bin, zone="A", qty=1, sku="CUP", method=Method.ZONES.value, lease=False, **more):
        return self.floor.pick_job(job, order, ((sku, bin, qty),), lease, zone=zone, method=method, **more)

    def leg(self, job="l2", order="O1", at="HAND-A", minutes=1, **more):
        passed = (datetime.now(UTC) - timedelta(minutes=minutes)).isoformat()
        return self.part(job, order, "A-1", method=Method.LEGS.value, tote="T-7", trip="t", leg=2, legs=2, found_at=at,
                         passed_at=passed, **more)  # fmt: skip

    def claims(self):
        def give(job):
            works = [w.id for w in self.floor.look_works(job)]
            return self.floor.claim_reply(self.floor.lease(job, *works))

        self.floor.centre.answers["claim_job"] = give

    def scan(self, *texts):
        return self.floor.scans(*texts, service=self.service)


@pytest.fixture
def zones(floor, reader):
    def works(job):
        with floor.store.look() as u:
            return u.rows.find(WorkRow, "job", job)

    floor.look_works = works
    floor.person("picker")
    return Zones(floor, reader)


@pytest.mark.parametrize("label", ["A", "a", "A-2"])
def test_a_zone_is_entered_by_its_label_or_a_bin_in_it(zones, floor, label):
    done = zones.scan(label)
    assert (done.message.code, done.view.zone, done.state) == (Code.ZONE_ENTERED, "A", ZoneStep.WORK)
    assert floor.facts("zone.enter") == [{"zone": "A"}]
    assert zones.told == ["A"]
    assert zones.service.zone() == "A"


def test_the_stay_belongs_to_the_person_and_survives_a_restart(zones, floor):
    zones.service.enter("A")
    floor.restart()
    assert zones.service.zone() == "A"
    floor.person("picker", id="p2", session="session-2")
    assert zones.service.view().state == ZoneStep.CHOOSE
    floor.person("picker")
    left = zones.service.leave_zone()
    assert (left.view.zone, left.message.code, zones.told[-1]) == (None, Code.ZONE_LEFT, None)


def test_zones_are_counted_and_the_list_is_ordered(zones):
    zones.part("j1", "O1", "A-3", qty=2)
    zones.part("j2", "O2", "A-1", priority=1)
    zones.part("j3", "O3", "B-1", zone="B")
    zones.part("j4", "O4", "A-2", zone=None, sku="TEA")
    cards = {card.zone: card for card in zones.service.view().view.zones}
    assert (cards["A"].lines, cards["A"].orders, cards["A"].urgent_lines, cards["A"].urgent_orders) == (3, 3, 1, 1)
    assert cards["B"].lines == 1
    view = zones.service.enter("A").view
    assert [line.bin for line in view.lines] == ["A-1", "A-3", "A-2"]
    assert view.lines[0].urgent
    assert view.here == cards["A"]
    route = zones.service.sort_by("route").view
    assert (route.by, sorted(line.bin for line in route.lines)) == ("route", ["A-1", "A-2", "A-3"])
    assert zones.service.sort_by("colour").message.code is Code.NOT_NOW


def test_the_first_scan_claims_the_line(zones, floor):
    zones.part("j1", "O1", "A-1", tote="T-5")
    zones.claims()
    zones.service.enter("A")
    opened = zones.scan("A-1")
    assert opened.view.opened == "j1"
    assert floor.centre.asked[-1] == ("claim_job", "j1")
    assert floor.pick.view().view.step is PickStep.TOTE
    floor.scan("T-5")
    assert floor.scan("A-1").view.step is PickStep.ITEM
    floor.pick.leave()
    assert zones.scan("O1").view.opened == "j1"
    floor.pick.leave()
    assert zones.scan(CUP).view.opened == "j1"
    floor.pick.leave()
    assert zones.service.start("j1").view.opened == "j1"


def test_what_opens_nothing_says_why(zones, floor):
    zones.part("j1", "O1", "A-1")
    assert zones.scan("O1").message.code is Code.NOT_NOW
    zones.service.enter("A")
    assert zones.scan("A-1").message.code is Code.TASK_GONE
    floor.centre.answers["claim_job"] = floor.claim_reply([], reason="taken", holder="Bo")
    assert zones.scan("A-1").message.code is Code.TAKEN_BY
    assert zones.scan("A-3").message.code is Code.NO_WORK_AT
    said = zones.scan("B-1").message
    assert (said.code, said.words) == (Code.NOT_IN_ZONE, {"what": "B-1", "zone": "A"})
    assert zones.scan("T-0815").message.code is Code.TOTE_UNKNOWN_HERE
    assert zones.scan("4711").message.code is Code.UNKNOWN_CODE
    assert zones.service.acknowledge().state == ZoneStep.WORK


def test_a_line_of_somebody_else_is_seen_but_not_given(zones, floor):
    _, works = zones.part("j1", "O1", "A-1")
    floor.pull(msgspec.structs.replace(works[0], holder="dev-9"))
    view = zones.service.enter("A").view
    assert (view.lines[0].taken, view.lines[0].mine) == (True, False)
    assert zones.scan("A-1").message.code is Code.NO_WORK_AT


def test_a_passed_tote_is_received_by_its_label(zones, floor):
    zones.leg(missing=1, minutes=3)
    floor.pull(WorkRow(id="w-short", job="l1", kind=JobKind.PICK, order="O1", sku="TEA", qty_req=1, qty_done=0,
                       state=WorkState.SHORT, seq=1, from_bin="B-1"))  # fmt: skip
    zones.claims()
    view = zones.service.enter("A").view
    [card] = view.waiting
    assert (card.tote, card.at, card.leg, card.legs, card.minutes, card.lost, card.missing_units) == (
        "T-7", "HAND-A", 2, 2, 3, False, 1,
    )  # fmt: skip
    assert [(m.item.name, m.qty, m.place) for m in card.missing] == [("Tea", 1, "B-1")]
    assert view.lines == ()
    assert zones.service.start("l2").message.code is Code.LEG_ARRIVED
    assert zones.scan("A-1").message.code is Code.NO_WORK_AT
    received = zones.scan("T-7")
    assert (received.message.code, received.view.opened) == (Code.TOTE_RECEIVED, "l2")
    assert floor.facts("tote.bind") == [{"job": "l2", "tote": "T-7", "order": None, "slot": None}]
    assert received.view.waiting == ()
    assert [card.tote for card in received.view.mine] == ["T-7"]
    assert floor.pick.view().view.step is PickStep.BIN
    floor.pick.leave()
    assert zones.scan("T-7").view.opened == "l2"
    assert len(floor.facts("tote.bind")) == 1


def test_no_other_tote_will_do_for_a_leg(zones, floor):
    zones.leg(lease=True)
    assert floor.pick.start("l2").view.step is PickStep.TOTE
    wrong = floor.scan("T-8")
    assert (wrong.message.code, wrong.message.words) == (Code.WRONG_TOTE, {"scanned": "T-8", "needed": "T-7"})
    assert floor.scan("T-7").message.code is Code.TOTE_BOUND
    assert zones.service.enter("A").view.waiting == ()


def test_no_mans_land_is_shown(zones):
    zones.leg(minutes=25)
    [card] = zones.service.enter("A").view.waiting
    assert card.lost
    assert card.minutes in (24, 25)


def test_a_tote_rings_once_when_it_comes(zones):
    assert zones.service.arrived() is None
    zones.service.enter("A")
    assert zones.service.arrived() is None
    zones.leg()
    rung = zones.service.arrived()
    assert (rung.code, rung.words) == (Code.LEG_ARRIVED, {"tote": "T-7", "place": "HAND-A"})
    assert zones.service.arrived() is None


def test_totes_are_set_down_under_the_rules_of_their_pick(zones, floor):
    zones.part("j1", "O1", "A-1", lease=True)
    zones.part("j2", "O2", "A-2", lease=True)
    zones.service.enter("A")
    zones.service.start("j1")
    floor.scans("T-5", "A-1", CUP)
    floor.pick.leave()
    zones.service.start("j2")
    floor.scans("T-6", "A-2")
    floor.pick.leave()
    assert [(c.tote, c.lines, c.lines_done) for c in zones.service.view().view.mine] == [("T-5", 1, 1), ("T-6", 1, 0)]
    assert zones.service.unload().state == ZoneStep.UNLOAD
    assert zones.scan("T-6", "LANE-1").message.code is Code.LINES_OPEN
    assert zones.service.cancel().state == ZoneStep.UNLOAD
    assert zones.scan("T-5").state == ZoneStep.PLACE
    assert zones.service.cancel().state == ZoneStep.UNLOAD
    zones.scan("T-5")
    assert zones.scan(CUP).message.code is Code.NOT_NOW
    assert zones.scan("A-1").message.code is Code.NOT_A_LANE
    down = zones.scan("LANE-1")
    assert (down.state, down.message.code, down.message.words) == (
        ZoneStep.UNLOAD, Code.TOTE_SET_DOWN, {"tote": "T-5", "place": "LANE-1"},
    )  # fmt: skip
    assert floor.facts("job.drop") == [{"job": "j1", "tote": "T-5", "lane": "LANE-1"}]
    assert zones.scan("LANE-1").message.words == {"tote": "T-6", "n": 1}
    floor.pick.start("j2")
    floor.scans(CUP)
    floor.pick.leave()
    last = zones.scan("LANE-1")
    assert (last.state, last.view.mine) == (ZoneStep.WORK, ())


def test_a_tote_is_set_down_before_its_order_is_picked_to_the_end(zones, floor):
    zones.part("j1", "O1", "A-1", qty=3, lease=True)
    zones.service.enter("A")
    zones.service.start("j1")
    floor.scans("T-5", "A-1", CUP)
    floor.pick.leave()
    zones.service.unload()
    assert zones.scan("T-5", "A-1").message.code is Code.NOT_A_LANE
    down = zones.scan("LANE-1")
    assert (down.message.code, down.view.mine) == (Code.TOTE_SET_DOWN, ())
    assert floor.facts("tote.drop") == [{"job": "j1", "tote": "T-5", "lane": "LANE-1", "full": True}]
    floor.pick.start("j1")
    assert floor.scans("T-6", "A-1").view.in_hand == 1


def test_a_tote_that_travels_goes_on_when_its_zone_is_done(zones, floor):
    zones.leg(lease=True, qty=2)
    zones.service.enter("A")
    zones.scan("T-7")
    floor.scans("A-1", CUP)
    floor.pick.leave()
    zones.service.unload()
    assert zones.scan("T-7", "LANE-1").message.code is Code.LINES_OPEN


def test_unbegun_work_of_other_zones_goes_back(zones, floor):
    zones.part("j1", "O1", "B-1", zone="B", lease=True)
    zones.part("j2", "O2", "A-1", lease=True)
    zones.part("j3", "O3", "B-2", zone=None, lease=True)
    zones.service.enter("A")
    assert floor.centre.asked == [("let_go", ("j1-w1/1", "j3-w1/1"))]


def test_looking_at_the_zone_asks_the_centre_nothing(zones, floor):
    zones.service.enter("A")
    zones.part("j1", "O1", "B-1", zone="B", lease=True)
    for _ in range(3):
        floor.clock.ahead += 4
        zones.service.view()
    assert floor.centre.asked == []


def test_a_pick_that_is_not_live_is_not_in_the_list(zones):
    zones.part("j1", "O1", "A-1", state=JobState.WAITING)
    assert zones.service.enter("A").view.lines == ()
