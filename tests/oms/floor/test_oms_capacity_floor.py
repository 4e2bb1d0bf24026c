"""What waves need and who is there, and where lines come from by the rules of a site, on a real database."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from oms.catalog.models import Bin, Site, Zone
from oms.inventory import history
from oms.orders.allocation import Stock, lines_of, policy_of
from oms.picking.models import Job
from oms.planning import compiled
from oms.planning.allocating import Policy, Rule
from oms.walks.models import Crossing, FloorPath
from oms.waves import actions, capacity, desk, keeper
from oms.waves.models import Wave
from oms.waves.progress import wave_row
from sync.contract.codes import BinKind, JobState, Method, WaveState
from sync.contract.waves import (
    MakeWaveRequest,
    ReleaseBy,
    ReleaseRule,
    Sequence,
    Template,
    TemplateRequest,
    Thresholds,
    WaveAct,
)


@pytest.fixture
def hall(new_floor):
    """TEA and CUP in four pick bins, more of both in reserve, two zones."""
    floor = new_floor()
    floor.build(bins=4)

    def do(w):
        w.db.add(Zone(site_id=floor.site, code="B"))
        w.db.flush()
        w.db.execute(update(Bin).where(Bin.site_id == floor.site, Bin.code.in_(("A-03", "A-04"))).values(zone="B"))
        w.db.add(Bin(site_id=floor.site, code="R-1", zone="B", kind=BinKind.RESERVE, seq=500))

    floor.act(do)
    return floor


def rules(floor, *words, days=0):
    def do(w):
        site = w.db.get_one(Site, floor.site)
        site.allocation, site.shelf_life_days = [str(word) for word in words], days

    floor.act(do)


def taken(floor, number):
    """(bin, units) of each take as the order would be allocated now; nothing is kept."""

    def do(w):
        lines = lines_of(w, number)
        takes, _ = Stock.lock(w, {line.sku for line in lines}).take(w, floor.order_of(number), lines)
        return [(take.shelf.bin, take.qty) for _, take in takes]

    return floor.act(do)


def test_without_rules_lines_come_from_the_pick_bins_by_the_walk(hall):
    hall.stock("A-01", "TEA", 2).stock("A-02", "TEA", 9).stock("R-1", "TEA", 50).order("1", ("TEA", 6))
    assert taken(hall, "1") == [("A-01", 2), ("A-02", 4)]
    assert hall.act(policy_of) == Policy()


def test_each_rule_of_a_site_says_where_lines_come_from(hall):
    hall.stock("A-01", "TEA", 2).stock("A-02", "TEA", 9).stock("R-1", "TEA", 5).order("1", ("TEA", 7))
    rules(hall, Rule.FEWEST_STOPS)
    assert taken(hall, "1") == [("A-02", 7)]
    rules(hall, Rule.WHOLE_PLATES, "of_a_later_release")
    assert taken(hall, "1") == [("R-1", 5), ("A-01", 2)]
    rules(hall, Rule.TRUSTED_FIRST)
    hall.act(lambda w: history.counted(w, "A-01", "TEA", differs=True))
    assert taken(hall, "1") == [("A-02", 7)]


def test_the_reserve_is_picked_from_only_where_the_site_says_so(hall):
    hall.stock("A-01", "TEA", 2).stock("R-1", "TEA", 50).order("1", ("TEA", 6))
    assert taken(hall, "1") == []
    rules(hall, Rule.RESERVE_TOO)
    assert taken(hall, "1") == [("A-01", 2), ("R-1", 4)]
    assert hall.release("1").reason is None
    assert hall.reserved() == 6
    hall.check()


def test_on_a_drawn_floor_the_closest_bin_comes_first(hall):
    def draw(w):
        for code, x in (("A-01", 9), ("A-02", 2)):
            w.db.execute(update(Bin).where(Bin.site_id == hall.site, Bin.code == code).values(x_mm=1000 * x, y_mm=1000))
        for code, x in (("door", 0), ("end", 10)):
            w.db.add(Crossing(site_id=hall.site, code=code, x_mm=1000 * x, y_mm=0, depot=code == "door"))
        w.db.add(FloorPath(site_id=hall.site, begins="door", ends="end"))

    hall.stock("A-01", "TEA", 9).stock("A-02", "TEA", 9).order("1", ("TEA", 6))
    hall.act(draw)
    assert taken(hall, "1") == [("A-01", 6)]
    rules(hall, Rule.CLOSEST)
    assert taken(hall, "1") == [("A-02", 6)]


def keep(floor, **words):
    template = Template(**{"name": "noon", "method": Method.CLUSTER, **words})
    assert floor.act(lambda w: desk.keep(w, TemplateRequest(template=template))) == []


def planned(floor, *orders, method=Method.CLUSTER):
    wave = floor.act(lambda w: desk.make(w, MakeWaveRequest(orders=list(orders), name="w", method=method))).wave
    floor.act(lambda w: actions.act(w, wave, WaveAct.PLAN, []))
    with floor.oms.sessions() as db:
        return wave_row(db, floor.site, wave, datetime.now(UTC))


def test_a_plan_says_what_the_wave_needs_and_until_when_it_can_wait(hall):
    cut_off = datetime.now(UTC) + timedelta(hours=5)
    hall.stock("A-01", "TEA", 90).stock("A-03", "CUP", 90)
    hall.order("1", ("TEA", 30), ("CUP", 20), cut_off=cut_off)
    plan = planned(hall, "1").plan
    by_hand = hall.act(lambda w: capacity.hands(w))
    assert plan.people == by_hand.picking
    assert plan.minutes == -int(-(30 + 2 * (15 * 0.85 + 8) + 50 * 1.2) // 60)
    assert [(one.zone, one.units) for one in plan.zones] == [("A", 30), ("B", 20)]
    assert sum(one.advised for one in plan.zones) == plan.people
    safe, usual = (datetime.fromisoformat(one) for one in (plan.release_safe_at, plan.release_at))
    assert safe < usual < cut_off - timedelta(minutes=45)


def test_a_wave_goes_when_somebody_will_have_too_little_to_do(hall):
    hall.stock("A-01", "TEA", 900)
    for number in "123":
        hall.order(number, ("TEA", 20))
    rule = ReleaseRule(by=ReleaseBy.CONSTANT_WORK, below_min=1)
    keep(
        hall,
        auto_create=True,
        auto_plan=True,
        auto_release=True,
        release=rule,
        thresholds=Thresholds(max_orders=1),
    )
    for _ in range(3):
        keeper.look(hall.oms.works, hall.site)
    states = [wave.state for wave in hall.ask(select(Wave).where(Wave.site_id == hall.site))]
    gone = [state for state in states if state is not WaveState.PLANNED]
    jobs = hall.ask(select(Job).where(Job.site_id == hall.site, Job.state == JobState.OPEN))
    needs = hall.act(lambda w: capacity.needs_of(w, [job.id for job in jobs]))
    people = hall.act(lambda w: capacity.hands(w)).picking
    # Enough for a minute for everybody, and without the last of them it was not.
    assert 0 < len(gone) < 3
    assert needs.seconds >= 60 * people > needs.seconds - needs.longest


def test_totes_that_pass_zones_start_by_their_work(hall):
    hall.stock("A-01", "TEA", 900).stock("A-03", "CUP", 900)
    hall.order("1", ("TEA", 1), ("CUP", 1)).order("2", ("TEA", 90), ("CUP", 90)).order("3", ("TEA", 20), ("CUP", 9))
    planned(hall, "1", "2", "3", method=Method.LEGS)
    jobs = hall.ask(select(Job).where(Job.site_id == hall.site))
    turns = {(hall.items_of(job.id)[0].order_no, job.turn) for job in jobs}
    assert turns == {("2", 1), ("3", 2), ("1", 3)}


def test_a_wave_of_little_walking_has_the_orders_that_lie_together(hall, monkeypatch):
    # The search runs only where it is compiled; here it runs as written.
    monkeypatch.setattr("oms.planning.compiled.is_warm", lambda: True)
    monkeypatch.setattr("oms.waves.choosing._MOVES", 200)
    hall.stock("A-01", "TEA", 90).stock("A-04", "CUP", 90)
    for number, sku in (("1", "CUP"), ("2", "TEA"), ("3", "CUP"), ("4", "TEA")):
        hall.order(number, (sku, 1))
    keep(hall, sequence=Sequence.WALK, thresholds=Thresholds(max_orders=2))
    with compiled.plain():
        wave = hall.act(lambda w: desk.make(w, MakeWaveRequest(template="noon"))).wave
    with hall.oms.sessions() as db:
        inside = wave_row(db, hall.site, wave, datetime.now(UTC)).orders
    assert inside in (["1", "3"], ["2", "4"])


def test_a_wave_of_the_put_wall_has_no_more_orders_than_slots(hall):
    def do(w):
        for n in range(2):
            w.db.add(Bin(site_id=hall.site, code=f"W-{n}", zone="A", kind=BinKind.WALL, seq=900 + n))

    hall.act(do)
    hall.stock("A-01", "TEA", 90)
    for number in "123":
        hall.order(number, ("TEA", 1))
    keep(hall, method=Method.WALL, slots=2)
    wave = hall.act(lambda w: desk.make(w, MakeWaveRequest(template="noon"))).wave
    with hall.oms.sessions() as db:
        assert len(wave_row(db, hall.site, wave, datetime.now(UTC)).orders) == 2
