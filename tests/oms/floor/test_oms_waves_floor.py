"""Waves on a real database: collected, planned, let go, watched and called off."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text, update

from oms.catalog.models import Bin
from oms.feed.models import FloorException
from oms.forecast.codes import Method as Method_
from oms.forecast.codes import RunState, Shape
from oms.forecast.models import ForecastRun, ItemForecast
from oms.inventory.models import StockBalance
from oms.orders.models import Order
from oms.people.models import Audit
from oms.picking.models import Job, WorkItem
from oms.waves import actions, desk, faces, keeper
from oms.waves.models import Wave
from oms.waves.progress import wave_row
from sync.contract.codes import BinKind, JobKind, JobState, Method, OrderState, ShortReason, WaveState
from sync.contract.waves import (
    MakeWaveRequest,
    OrderFilter,
    ReleaseBy,
    ReleaseRule,
    Template,
    TemplateRequest,
    Thresholds,
    WaveAct,
)


@pytest.fixture
def shop(floor):
    """Three orders on a floor with TEA and CUP: O1 and O2 can be had, O3 wants too much."""
    return floor.order("O1", ("TEA", 2)).order("O2", ("TEA", 3), ("CUP", 1)).order("O3", ("CUP", 99))


def keep(floor, **words):
    template = Template(**{"name": "noon", "method": Method.CLUSTER, **words})
    problems = floor.act(lambda w: desk.keep(w, TemplateRequest(template=template)))
    assert problems == []


def make(floor, *orders, method=Method.CLUSTER):
    done = floor.act(lambda w: desk.make(w, MakeWaveRequest(orders=list(orders), name="by hand", method=method)))
    assert done.reason is None
    return done.wave


def act(floor, wave, what, *orders):
    return floor.act(lambda w: actions.act(w, wave, what, list(orders)))


def row(floor, wave):
    with floor.oms.sessions() as db:
        now = db.scalars(select(Wave.created_at).where(Wave.id == wave)).one()
        return wave_row(db, floor.site, wave, now)


def look(floor):
    keeper.look(floor.oms.works, floor.site)


def waves(floor):
    return floor.ask(select(Wave).where(Wave.site_id == floor.site).order_by(Wave.created_at))


def test_a_plan_allocates_what_there_is_and_says_everything_that_is_wrong(shop):
    def reserve_bin(w):
        w.db.add(Bin(site_id=shop.site, code="R-1", zone="A", kind=BinKind.RESERVE, seq=500))

    shop.act(reserve_bin)
    shop.stock("R-1", "CUP", 200)
    wave = make(shop, "O1", "O2", "O3")
    assert act(shop, wave, WaveAct.PLAN).reason is None
    plan = row(shop, wave).plan
    assert (row(shop, wave).state, plan.orders, plan.units, plan.left_out) == (WaveState.PLANNED, 2, 6, ["O3"])
    assert [(one.code, one.words) for one in plan.problems] == [
        ("not_enough_stock", {"order": "O3", "sku": "CUP", "missing": 90}),
        ("replenish_first", {"sku": "CUP", "missing": 90, "reserve": 200}),
    ]
    assert [(zone.zone, zone.units) for zone in plan.zones] == [("A", 6)]
    # Allocated, but for nobody yet.
    assert shop.reserved() == 5
    [job] = shop.ask(select(Job).where(Job.wave_id == wave))
    assert job.state is JobState.WAITING
    assert shop.device().claim() == []
    assert shop.order_of("O1").state is OrderState.OPEN
    assert shop.release("O1").params["reason"] == "in_wave"
    shop.check()
    shop.check_feed()


def tasks(floor):
    """(item, units, from, to) of goods that are to be brought to pick faces."""
    mine = select(WorkItem).where(WorkItem.site_id == floor.site, WorkItem.kind == JobKind.REPLENISH)
    return [(one.sku, one.qty_req, one.from_bin, one.to_place) for one in floor.ask(mine.order_by(WorkItem.sku))]


def test_faces_are_filled_before_a_wave_is_let_go_and_while_it_runs(shop):
    def reserve_bins(w):
        for n in (1, 2):
            w.db.add(Bin(site_id=shop.site, code=f"R-{n}", zone="A", kind=BinKind.RESERVE, seq=500 + n))

    shop.act(reserve_bins)
    shop.stock("R-1", "CUP", 200)
    look(shop)
    # Nobody wants it: nobody carries it.
    assert tasks(shop) == []
    wave = make(shop, "O1", "O2", "O3")
    look(shop)
    look(shop)
    [(sku, units, reserve, face)] = tasks(shop)
    assert (sku, units, reserve) == ("CUP", 200, "R-1")
    assert face.startswith("A-")
    # It runs: what it takes of is kept full for a day, as the forecast sees it.
    assert act(shop, wave, WaveAct.PLAN).reason is None
    assert act(shop, wave, WaveAct.RELEASE).reason is None
    shop.stock("R-2", "TEA", 70)
    look(shop)
    assert len(tasks(shop)) == 1
    foresee(shop, "TEA", 7 * 1000)
    look(shop)
    look(shop)
    assert tasks(shop)[1][:3] == ("TEA", 70, "R-2")
    shop.check()
    shop.check_feed()


def test_who_looks_whether_faces_are_full_waits_for_nobody_who_picks(shop):
    make(shop, "O1", "O2")
    with shop.oms.sessions() as picker:
        picker.execute(select(StockBalance).where(StockBalance.site_id == shop.site).with_for_update()).all()

        def looks(w):
            w.db.execute(text("SET LOCAL lock_timeout = 1"))
            faces.fill_faces(w)

        shop.act(looks)
    assert tasks(shop) == []


def foresee(floor, sku, a_week):
    def do(w):
        w.db.add(ForecastRun(
            id="r", site_id=w.site, day=w.now.date(), started_at=w.now, learned={}, source="t", state=RunState.DONE
        ))  # fmt: skip
        w.db.flush()
        w.db.add(ItemForecast(
            site_id=w.site, sku=sku, run_id="r", day=w.now.date(), shape=Shape.SMOOTH, method=Method_.MEAN, known_weeks=9, level=a_week,
            weeks=[1.0], cover_days=7, cover_mean=1, cover_sd=1, quantiles={}, service=0.95, reorder_point=1, safety=1, order_qty=1,
            upto=2,
        ))  # fmt: skip

    floor.act(do)


def test_a_released_wave_is_picked_and_becomes_complete(shop):
    wave = make(shop, "O1", "O2", "O3")
    act(shop, wave, WaveAct.PLAN)
    assert act(shop, wave, WaveAct.RELEASE).reason is None
    assert [shop.order_of(number).state.value for number in ("O1", "O2", "O3")] == ["released", "released", "open"]
    picker = shop.device()
    [*leases] = picker.claim()
    [job] = shop.ask(select(Job).where(Job.wave_id == wave))
    assert len(leases) == 3
    for item in shop.items_of(job.id):
        picker.pick(item, item.qty_req, tote="CART")
    look(shop)
    assert row(shop, wave).state is WaveState.IN_PROGRESS
    assert row(shop, wave).progress.picked_percent == 100
    picker.drop(job.id, tote="CART")
    for number in ("O1", "O2"):
        shop.cancel(number)
    look(shop)
    assert row(shop, wave).state is WaveState.COMPLETE
    shop.check()


def test_hold_pause_and_resume(shop):
    wave = make(shop, "O1")
    act(shop, wave, WaveAct.PLAN)
    act(shop, wave, WaveAct.HOLD)
    assert act(shop, wave, WaveAct.RELEASE).reason == "not_in_this_state"
    act(shop, wave, WaveAct.RESUME)
    act(shop, wave, WaveAct.RELEASE)
    act(shop, wave, WaveAct.PAUSE)
    assert shop.device().claim() == []
    assert act(shop, wave, WaveAct.RESUME).reason is None
    assert shop.device().claim() != []


def test_a_release_is_taken_back_while_nobody_has_begun(shop):
    wave = make(shop, "O1", "O2")
    act(shop, wave, WaveAct.PLAN)
    act(shop, wave, WaveAct.RELEASE)
    assert act(shop, wave, WaveAct.UNDO).reason is None
    assert (shop.order_of("O1").state, row(shop, wave).state) == (OrderState.OPEN, WaveState.PLANNED)
    assert shop.parcel_of("O1").state.value == "void"
    act(shop, wave, WaveAct.RELEASE)
    shop.device().claim()
    assert act(shop, wave, WaveAct.UNDO).reason == "already_begun"
    shop.check()
    shop.check_feed()


def test_a_cancelled_plan_gives_its_stock_back(shop):
    wave = make(shop, "O1", "O2")
    act(shop, wave, WaveAct.PLAN)
    act(shop, wave, WaveAct.CANCEL)
    assert (shop.reserved(), row(shop, wave).state) == (0, WaveState.CANCELLED)
    assert shop.release("O1").reason is None
    shop.check()
    shop.check_feed()


def test_cancelling_a_running_wave_sends_goods_home_and_opens_its_orders_again(shop):
    wave = make(shop, "O1", "O2")
    act(shop, wave, WaveAct.PLAN)
    act(shop, wave, WaveAct.RELEASE)
    picker = shop.device()
    picker.claim()
    [job] = shop.ask(select(Job).where(Job.wave_id == wave))
    tea = next(item for item in shop.items_of(job.id) if item.order_no == "O2" and item.sku == "TEA")
    picker.pick(tea, 3, tote="CART")
    act(shop, wave, WaveAct.CANCEL)
    assert [shop.order_of(number).state.value for number in ("O1", "O2")] == ["open", "held"]
    [back] = shop.exceptions("put_back")
    look(shop)
    assert shop.order_of("O2").state is OrderState.HELD
    picker.acknowledge(back.id)
    look(shop)
    assert (shop.order_of("O2").state, shop.lines_of("O2")[0].picked) == (OrderState.OPEN, 0)
    assert shop.release("O2").reason is None
    shop.check()
    shop.check_feed()


def test_an_order_is_pulled_out_and_goes_first(shop):
    wave = make(shop, "O1", "O2")
    act(shop, wave, WaveAct.PLAN)
    act(shop, wave, WaveAct.RELEASE)
    assert act(shop, wave, WaveAct.PULL, "O9").reason == "orders_not_in_wave"
    assert act(shop, wave, WaveAct.PULL, "O2").reason is None
    hot = shop.ask(select(Job).where(Job.site_id == shop.site, Job.priority == 1))
    assert [(job.method, job.wave_id) for job in hot] == [(Method.SINGLE, None)]
    assert {item.order_no for item in shop.items_of(hot[0].id)} == {"O2"}
    assert row(shop, wave).progress.orders == 1
    shop.check()
    shop.check_feed()


def test_an_order_pulled_out_of_a_plan_is_released_alone(shop):
    wave = make(shop, "O1", "O2")
    act(shop, wave, WaveAct.PLAN)
    act(shop, wave, WaveAct.PULL, "O1")
    assert shop.order_of("O1").state is OrderState.RELEASED
    assert shop.order_of("O2").state is OrderState.OPEN
    act(shop, wave, WaveAct.RELEASE)
    assert shop.order_of("O2").state is OrderState.RELEASED
    shop.check()
    shop.check_feed()


def test_shorts_of_a_wave_are_fetched_when_there_is_more(shop):
    wave = make(shop, "O2")
    act(shop, wave, WaveAct.PLAN)
    act(shop, wave, WaveAct.RELEASE)
    picker = shop.device()
    picker.claim()
    [job] = shop.ask(select(Job).where(Job.wave_id == wave))
    cup = next(item for item in shop.items_of(job.id) if item.sku == "CUP")
    picker.short(cup, 1, ShortReason.NOT_FOUND)
    assert act(shop, wave, WaveAct.REPLAN_SHORTS).reason == "nothing_found"
    shop.stock("A-04", "CUP", 5)
    assert act(shop, wave, WaveAct.REPLAN_SHORTS).reason is None
    assert [line.short for line in shop.lines_of("O2")] == [0, 0]
    assert {job.state for job in shop.jobs_of("O2", JobKind.PICK)} == {JobState.ACTIVE, JobState.OPEN}
    shop.check()
    shop.check_feed()


def test_orders_are_added_to_a_plan_which_is_then_made_anew(shop):
    wave = make(shop, "O1")
    act(shop, wave, WaveAct.PLAN)
    assert act(shop, wave, WaveAct.ADD, "O1").reason == "orders_not_free"
    assert act(shop, wave, WaveAct.ADD, "O2").reason is None
    assert (row(shop, wave).state, shop.reserved()) == (WaveState.COLLECTING, 0)
    act(shop, wave, WaveAct.PLAN)
    assert row(shop, wave).plan.orders == 2
    shop.check()


def test_an_order_is_in_one_wave_at_a_time(shop):
    make(shop, "O1")
    done = shop.act(lambda w: desk.make(w, MakeWaveRequest(orders=["O1", "O2"])))
    assert (done.wave, done.reason, done.words) == (None, "orders_not_free", {"orders": "O1"})


def test_nothing_to_be_had_fails_the_plan(shop):
    wave = make(shop, "O3")
    act(shop, wave, WaveAct.PLAN)
    assert row(shop, wave).state is WaveState.FAILED
    shop.stock("A-04", "CUP", 200)
    act(shop, wave, WaveAct.PLAN)
    assert row(shop, wave).state is WaveState.PLANNED


def test_a_template_takes_what_it_is_for_up_to_its_limits(floor):
    for n in range(1, 6):
        floor.order(f"O{n}", ("TEA", 1), carrier="DHL" if n < 5 else "UPS", priority=2)
    template = Template(
        name="small", orders=OrderFilter(priorities=[2], lines="single"), thresholds=Thresholds(max_orders=3)
    )
    assert floor.act(lambda w: desk.keep(w, TemplateRequest(template=template))) == []
    done = floor.act(lambda w: desk.make(w, MakeWaveRequest(template="small")))
    assert row(floor, done.wave).progress.orders == 3
    done = floor.act(lambda w: desk.make(w, MakeWaveRequest(template="small")))
    assert row(floor, done.wave).progress.orders == 2
    assert floor.act(lambda w: desk.make(w, MakeWaveRequest(template="small"))).reason == "too_few_orders"
    assert floor.act(lambda w: desk.make(w, MakeWaveRequest(template="other"))).reason == "unknown_template"


def test_the_keeper_makes_plans_and_releases_by_constant_work(floor):
    for n in range(1, 4):
        floor.order(f"O{n}", ("TEA", 2))
    rule = ReleaseRule(by=ReleaseBy.CONSTANT_WORK, below_units=3)
    keep(
        floor, auto_create=True, auto_plan=True, auto_release=True, release=rule, thresholds=Thresholds(max_orders=1)
    )  # fmt: skip
    for _ in range(3):
        look(floor)
    # Each wave has two units: the second may go while two are out, the third may not.
    states = sorted(wave.state.value for wave in waves(floor))
    assert states == ["planned", "released", "released"]
    [first, *_] = [wave for wave in waves(floor) if wave.state is WaveState.RELEASED]
    [job] = floor.ask(select(Job).where(Job.wave_id == first.id))
    picker = floor.device()
    picker.claim(job.id)
    picker.pick(floor.items_of(job.id)[0], 2, tote="CART")
    look(floor)
    assert sorted(wave.state.value for wave in waves(floor)) == ["in_progress", "released", "released"]
    floor.check()


def test_the_keeper_lets_go_in_time_for_the_cut_off(floor):
    hours = floor.order("O1", ("TEA", 2)).order("O2", ("TEA", 2))

    def cut_offs(w):
        for number, away in (("O1", timedelta(minutes=30)), ("O2", timedelta(hours=20))):
            w.db.execute(
                update(Order).where(Order.site_id == w.site, Order.number == number).values(cut_off=w.now + away)
            )
            w.touch("order", number)

    hours.act(cut_offs)
    rule = ReleaseRule(by=ReleaseBy.CUT_OFF)
    keep(
        floor, auto_create=True, auto_plan=True, auto_release=True, release=rule, thresholds=Thresholds(max_orders=1)
    )  # fmt: skip
    look(floor)
    look(floor)
    assert (floor.order_of("O1").state, floor.order_of("O2").state) == (OrderState.RELEASED, OrderState.OPEN)


def test_everything_done_to_a_wave_is_in_the_trail(shop):
    wave = make(shop, "O1")
    for what in (WaveAct.PLAN, WaveAct.RELEASE, WaveAct.PAUSE, WaveAct.CANCEL):
        act(shop, wave, what)
    said = shop.ask(select(Audit.what).where(Audit.site_id == shop.site, Audit.what.startswith("wave.")))
    assert {"wave.made", "wave.planned", "wave.plan", "wave.release", "wave.pause", "wave.cancel"} <= set(said)


def test_a_tote_nobody_received_is_reported_once_and_settled_when_it_is(new_floor):
    floor = new_floor().build()
    floor.stock("A-01", "TEA", 5).order("O1", ("TEA", 1))
    job = floor.release("O1").job

    def passed(w):
        one = w.db.get_one(Job, job)
        one.passed_at, one.found_at, one.tote = w.now - timedelta(minutes=11), "HAND-1", "T1"
        w.touch("job", job)

    floor.act(passed)
    look(floor)
    look(floor)
    [lost] = floor.exceptions("no_mans_land")
    assert lost.params == {"tote": "T1", "bin": "HAND-1", "zone": ""}

    def received(w):
        w.db.get_one(Job, job).passed_at = None
        w.touch("job", job)

    floor.act(received)
    look(floor)
    assert floor.exceptions("no_mans_land") == []


def test_put_backs_that_nobody_was_told_become_tasks(floor):
    floor.order("O1", ("TEA", 2))
    job = floor.release("O1").job
    picker = floor.device()
    granted = picker.claim(job)
    picker.pick(floor.items_of(job)[0], 2)
    picker.release(granted)
    floor.cancel("O1")
    [back] = floor.exceptions("put_back")
    floor.act(lambda w: w.db.execute(update(FloorException).where(FloorException.id == back.id).values(device=None)))
    look(floor)
    [task] = floor.ask(select(Job).where(Job.site_id == floor.site, Job.kind == JobKind.PUT_BACK))
    assert task.state is JobState.OPEN
    floor.check()
