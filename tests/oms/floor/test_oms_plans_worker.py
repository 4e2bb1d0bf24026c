"""Plans of picking: thought out by a real process, on a real database, and used."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field, replace
from itertools import pairwise

import msgspec
import psycopg
import pytest
from litestar.testing import TestClient
from sqlalchemy import select, update

from oms.api.app import make_app
from oms.catalog.models import Bin
from oms.orders.models import Order, OrderLine
from oms.people.keys import Scope, add_key, new_key
from oms.picking.models import Job
from oms.planning import compiled
from oms.plans import applying, comparing, desk
from oms.plans.models import PickPlan
from oms.plans.worker import Job as Asked
from oms.plans.worker import Planner
from oms.walks.map import floor_map
from oms.walks.models import Crossing, FloorPath
from oms.waves import actions
from oms.waves.desk import make as make_wave
from sync.contract.codes import JobState, Method
from sync.contract.plans import Because, MakePlanRequest, PlanAsked, PlanState
from sync.contract.waves import MakeWaveRequest, WaveAct

#: The first of them compiles the kernels, which takes minutes on a busy machine.
pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("planning")]

SKUS = [f"S{n}" for n in range(12)]


def draw(floor, bins):
    """Three aisles between three cross-aisles; bins along the aisles, in the order of their numbers up and down."""

    def do(w):
        for n in range(bins):
            x, y = 4 * (n % 3), 2 + 3 * (n // 3)
            w.db.execute(
                update(Bin)
                .where(Bin.site_id == floor.site, Bin.code == f"A-{n + 1:02d}")
                .values(x_mm=1000 * x, y_mm=1000 * y)
            )
        for column in range(3):
            for row in range(3):
                w.db.add(
                    Crossing(
                        site_id=floor.site,
                        code=f"{column}{row}",
                        x_mm=4000 * column,
                        y_mm=8000 * row,
                        depot=(column, row) == (0, 0),
                    )
                )
        for one, other in [*pairwise(["00", "01", "02"]), *pairwise(["10", "11", "12"]), *pairwise(["20", "21", "22"])]:
            w.db.add(FloorPath(site_id=floor.site, begins=one, ends=other))
        for row in "012":
            w.db.add(FloorPath(site_id=floor.site, begins=f"0{row}", ends=f"1{row}"))
            w.db.add(FloorPath(site_id=floor.site, begins=f"1{row}", ends=f"2{row}", one_way=row == "1"))

    floor.act(do)


@pytest.fixture
def hall(new_floor):
    """Twelve bins with an item each on a drawn floor; twelve orders of two lines, one that cannot be had, one urgent."""
    floor = new_floor().build(bins=12, skus=SKUS)
    draw(floor, 12)
    for n, sku in enumerate(SKUS, 1):
        floor.stock(f"A-{n:02d}", sku, 60)
    for n in range(12):
        floor.order(f"O{n:02d}", (SKUS[n], 1), (SKUS[(n * 5 + 3) % 12], 2), priority=1 if n == 7 else 3)
    return floor.order("BIG", ("S0", 999))


ALL = [*(f"O{n:02d}" for n in range(12)), "BIG"]


def ask(floor, orders=ALL, wave=None, **words):
    asked = PlanAsked(**{"method": Method.CLUSTER, "slots": 4, "moves": 50, **words})
    request = MakePlanRequest(orders=[] if wave else list(orders), wave=wave, name="plan", asked=asked)
    done = floor.act(lambda w: desk.make(w, request))
    assert done.refused is None
    return done.plan


def row(floor, plan):
    with floor.oms.sessions() as db:
        return desk.look(db, floor.site, plan)


def thought(floor, plan):
    """The plan, thought out here."""
    while Planner(floor.oms.engine, floor.site).next():
        pass
    return row(floor, plan)


def apply(floor, plan):
    return floor.act(lambda w: applying.apply(w, plan))


def until(is_so, seconds=300):
    """Asks until it is so; what it was then. A planner whose kernels were never compiled here does that first: a minute alone on a core."""
    end = time.monotonic() + seconds
    while not (found := is_so()):
        assert time.monotonic() < end
        threading.Event().wait(0.05)
    return found


@dataclass
class Processes:
    """Planners as real processes."""

    floor: object
    started: list = field(default_factory=list)

    def begin(self):
        made = subprocess.Popen([sys.executable, "-m", "oms.plans.worker"], stdin=subprocess.PIPE)
        url = self.floor.oms.engine.url.render_as_string(hide_password=False)
        made.stdin.write(msgspec.json.encode(Asked(url=url, site=self.floor.site)) + b"\n")
        made.stdin.flush()
        self.started.append(made)
        return made

    def stay(self):
        """Begins another where one has ended, as the server does: one that thinks on for too long after it was stopped ends itself."""
        if self.started[-1].poll() is not None:
            self.begin()

    def end(self):
        for one in self.started:
            one.stdin.close()
            one.wait(30)


@pytest.fixture
def processes(hall):
    made = Processes(hall)
    yield made
    made.end()


def test_a_plan_has_every_order_once_and_says_why(hall):
    done = thought(hall, ask(hall))
    assert (done.state, done.percent, done.reason) == (PlanState.DONE, 100, None)
    result = done.result
    assert sorted(why.order for why in result.why) == sorted(ALL)
    assert sorted(order for batch in result.batches for order in batch.orders) == ALL[:-1]
    for batch in result.batches:
        assert len(batch.orders) <= 4
        assert {"O07"} == set(batch.orders) or "O07" not in batch.orders
        assert sum(stop.units for stop in batch.stops) == batch.units == 3 * len(batch.orders)
        assert batch.way[0] == batch.way[-1] == (0, 0)
        assert batch.metres > 0
    by_order = {why.order: why for why in result.why}
    assert by_order["BIG"].because is Because.NO_STOCK
    assert by_order["BIG"].words == {"sku": "S0", "missing": 939}
    assert by_order["O07"].because is Because.ALONE
    for why in result.why:
        if why.because is Because.TOGETHER:
            assert why.partner in result.batches[why.batch - 1].orders
            assert 0 <= why.added_m <= why.alone_m
    assert result.totals.metres == pytest.approx(sum(batch.metres for batch in result.batches), abs=0.1)
    assert result.totals.metres < result.in_turn.metres
    assert result.totals.metres <= result.s_shape.metres
    assert result.totals.units == result.in_turn.units == 36
    assert [zone.units for zone in result.zones] == [36]
    assert result.forecast.packed.p50 >= result.forecast.picked.p10 > 0
    assert result.forecast.packed_curve[-1].p50 == 36
    # Nothing was kept and nothing locked.
    assert all(hall.reserved(sku) == 0 for sku in SKUS)
    hall.check()
    hall.check_feed()


def test_the_same_input_and_seed_give_the_same_plan(hall):
    one, same, other = (
        msgspec.structs.replace(thought(hall, ask(hall, seed=seed)).result, seconds=0) for seed in (1, 1, 2)
    )
    assert one == same
    assert other.moves == one.moves


def test_a_plan_that_is_used_makes_its_jobs_in_its_order(hall):
    plan = ask(hall)
    result = thought(hall, plan).result
    assert apply(hall, plan).refused is None
    applied = row(hall, plan).applied
    assert (applied.jobs, applied.orders, applied.left_out, applied.moved) == (len(result.batches), 12, [], [])
    jobs = hall.ask(select(Job).where(Job.wave_id == applied.wave))
    assert {job.state for job in jobs} == {JobState.WAITING}
    walks = {
        frozenset(item.order_no for item in hall.items_of(job.id)): [item.from_bin for item in hall.items_of(job.id)]
        for job in jobs
    }
    for batch in result.batches:
        walked = walks[frozenset(batch.orders)]
        assert list(dict.fromkeys(walked)) == [stop.bin for stop in batch.stops]
    assert sum(hall.reserved(sku) for sku in SKUS) == 36
    hall.check()
    hall.check_feed()
    # Once more is the same again, and then it goes.
    assert apply(hall, plan).refused is None
    assert sum(hall.reserved(sku) for sku in SKUS) == 36
    assert hall.act(lambda w: actions.act(w, applied.wave, WaveAct.RELEASE, [])).reason is None
    assert apply(hall, plan).refused.code == "not_in_this_state"
    # Pickers get them in the plan's order.
    for batch in result.batches:
        [job] = {lease.job for lease in hall.device().claim()}
        assert {item.order_no for item in hall.items_of(job)} == set(batch.orders)
    hall.check()


def test_what_changed_meanwhile_is_left_out_and_said(hall):
    made = MakeWaveRequest(orders=ALL[:-1], name="noon", slots=8)
    wave = hall.act(lambda w: make_wave(w, made)).wave
    plan = ask(hall, wave=wave)
    assert thought(hall, plan).state is PlanState.DONE
    hall.act(lambda w: actions.act(w, wave, WaveAct.PULL, ["O03"]))
    hall.cancel("O04")

    def change(w):
        line = (OrderLine.site_id == hall.site, OrderLine.order_no == "O05", OrderLine.line_no == 1)
        w.db.execute(update(OrderLine).where(*line).values(qty=5))
        # Goods of O06 and O09 are gone from their bin; those of O09 lie in another.
        w.move("lost", 0, "S6", "", "bin:A-07", "count_adjust", 60)
        w.move("laid", 0, "S9", "", "bin:A-10", "bin:A-01", 60)
        w.touch("order", "O05")

    hall.act(change)
    hall.order("NEW", ("S1", 1))
    hall.act(lambda w: actions.act(w, wave, WaveAct.ADD, ["NEW"]))
    assert apply(hall, plan).refused is None
    applied = row(hall, plan).applied
    left = {problem.words["order"]: problem.code for problem in applied.left_out}
    lacking_s6 = {order for order in ALL[:-1] if any(line.sku == "S6" for line in hall.lines_of(order))}
    assert left["O03"] == "order_not_in_wave"
    assert left["O04"] in ("order_not_in_wave", "order_not_open")
    assert left["O05"] == "order_changed"
    assert left["NEW"] == "not_in_plan"
    assert {order for order, code in left.items() if code == "not_enough_stock"} == lacking_s6 - {"O03"}
    assert "O09" in applied.moved
    assert applied.orders + len(left) == 13
    hall.check()
    hall.check_feed()


def test_orders_of_another_priority_never_share_a_cart_though_planned_so(hall):
    plan = ask(hall)
    thought(hall, plan)

    def hurry(w):
        w.db.execute(update(Order).where(Order.site_id == hall.site, Order.number == "O01").values(priority=1))
        w.touch("order", "O01")

    hall.act(hurry)
    apply(hall, plan)
    wave = row(hall, plan).applied.wave
    for job in hall.ask(select(Job).where(Job.wave_id == wave)):
        assert {hall.order_of(item.order_no).priority for item in hall.items_of(job.id)} == {job.priority}


@pytest.mark.parametrize("method", list(Method), ids=str)
def test_every_way_of_picking_can_be_planned_and_used(hall, method):
    hall.act(lambda w: w.db.add(Bin(site_id=hall.site, code="W-1", zone="A", kind="wall", seq=900)))
    plan = ask(hall, method=method)
    result = thought(hall, plan).result
    assert sorted({order for batch in result.batches for order in batch.orders}) == ALL[:-1]
    assert result.forecast is not None
    assert apply(hall, plan).refused is None
    assert {job.method for job in hall.ask(select(Job).where(Job.site_id == hall.site))} == {method}
    hall.check()


def test_without_a_drawing_orders_go_in_turn(new_floor):
    floor = new_floor().build(bins=2)
    floor.stock("A-01", "TEA", 50).order("O1", ("TEA", 2)).order("O2", ("TEA", 3)).order("O3", ("TEA", 4))
    result = thought(floor, ask(floor, ["O1", "O2", "O3"], slots=2)).result
    assert (result.drawn, result.in_turn, result.totals.metres) == (False, None, 0)
    assert [batch.orders for batch in result.batches] == [["O1", "O2"], ["O3"]]
    assert {why.because for why in result.why} == {Because.IN_TURN}
    assert [problem.code for problem in result.problems] == ["floor_not_drawn"]


def test_nothing_that_can_be_picked_is_no_plan(hall):
    done = thought(hall, ask(hall, ["BIG"]))
    assert (done.state, done.reason) == (PlanState.FAILED, "nothing_allocated")
    assert apply(hall, done.id).refused.code == "not_in_this_state"


def test_what_cannot_be_planned_is_refused(hall):
    def refused(**words):
        return hall.act(lambda w: desk.make(w, MakePlanRequest(**words))).refused.code

    assert refused() == "orders_not_free"
    assert refused(orders=["O01", "nobody"]) == "orders_not_free"
    assert refused(wave="nobody") == "unknown_wave"
    hall.release("O01")
    assert refused(orders=["O01"]) == "orders_not_free"


def test_two_plans_side_by_side(hall):
    few, many = (thought(hall, ask(hall, ALL[:6], slots=slots)).id for slots in (1, 4))
    with hall.oms.sessions() as db:
        reply = comparing.against(db, hall.site, few, many)(1, "now")
        back = comparing.against(db, hall.site, many, few)(1, "now")
        same = comparing.against(db, hall.site, few, few)(1, "now")
        assert comparing.against(db, hall.site, few, "nobody") is None
    figures = {one.what: one for one in reply.figures}
    assert (figures["batches"].one, figures["batches"].other, figures["batches"].better) == (6, 2, 2)
    assert figures["metres"].one > figures["metres"].other
    assert reply.only_one == reply.only_other == []
    assert reply.one_wins_percent + back.one_wins_percent == 100
    assert (same.one_wins_percent, {one.better for one in same.figures}) == (50, {0})


def test_the_floor_as_a_map(hall):
    with hall.oms.sessions() as db:
        crossings, paths, bins = floor_map(db, hall.site)
    assert [one.code for one in crossings if one.depot] == ["00"]
    assert (len(crossings), len(paths), sum(path.one_way for path in paths)) == (9, 12, 1)
    assert {one.code for one in bins} == {f"A-{n:02d}" for n in range(1, 13)}
    assert {one.picks for one in bins} == {0}
    job = hall.release("O00").job
    picker = hall.device()
    picker.claim(job)
    picker.pick(hall.items_of(job)[0], 1)
    with hall.oms.sessions() as db:
        assert sum(one.picks for one in floor_map(db, hall.site)[2]) == 1


def crowd(floor):
    """So many orders more that a search over them can be made to take for ever."""
    more = [f"P{n:02d}" for n in range(20)]
    for n, number in enumerate(more):
        floor.order(number, (SKUS[n % 12], 1), (SKUS[(n * 7 + 1) % 12], 1))
    return [*ALL[:-1], *more]


def test_a_plan_is_thought_out_by_a_process_and_stopped_at_once(hall, processes):
    processes.begin()
    plan = ask(hall)
    assert until(lambda: row(hall, plan).state is PlanState.DONE)
    here = thought(hall, ask(hall))
    assert msgspec.structs.replace(row(hall, plan).result, seconds=0) == msgspec.structs.replace(here.result, seconds=0)
    endless = ask(hall, orders=crowd(hall), moves=1_000_000)
    assert until(lambda: row(hall, endless).percent > 0)
    # While it thinks, whoever wants the stock and the orders has them.
    url = hall.oms.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url) as other:
        for table in ("stock_balance", "sales_order"):
            other.execute(f"SELECT 1 FROM {table} WHERE site_id = %s FOR UPDATE NOWAIT", [hall.site])
    assert row(hall, endless).state is PlanState.RUNNING
    assert hall.act(lambda w: desk.cancel(w, endless)).refused is None
    assert until(lambda: row(hall, endless).state is PlanState.CANCELLED)
    assert row(hall, endless).result is None
    # It takes the next one.
    following = ask(hall)
    assert until(lambda: processes.stay() or row(hall, following).state is PlanState.DONE)


@pytest.fixture
def client(hall):
    """The application of this site, and a key that may plan."""
    key = new_key()
    hall.act(lambda w: add_key(w, key, "office", [Scope.ORDERS]))
    app = make_app(replace(hall.oms, site=hall.site), asyncio.Event(), ["h:1"])
    with TestClient(app) as made:
        made.headers["Authorization"] = f"Bearer {key}"
        yield made


def test_over_the_wire_a_plan_whose_planner_was_killed_is_taken_up_again_and_used(hall, client):
    def post(path, **body):
        answer = client.post(f"/v1/plans{path}", json=body)
        assert answer.status_code in (200, 202), answer.text
        return answer.json()

    asked = post("", orders=crowd(hall), name="noon", asked={"slots": 4, "moves": 1_000_000})
    assert (asked["plan"]["state"], asked["reason"]) == ("queued", None)
    plan = asked["plan"]["id"]
    assert until(lambda: post("/look", plan=plan)["plan"]["state"] == "running")
    assert post("/apply", plan=plan)["reason"] == "not_in_this_state"
    planners = client.app.state.planners
    killed = planners.pid
    os.kill(killed, signal.SIGKILL)
    assert until(lambda: planners.pid is None)

    def forgotten(w):
        changed = {"beat_at": w.now.replace(year=2020), "body": msgspec.to_builtins(PlanAsked(moves=1, slots=4))}
        w.db.execute(update(PickPlan).where(PickPlan.id == plan).values(**changed))

    hall.act(forgotten)
    second = post("", orders=["O01"], asked={"moves": 1})["plan"]["id"]
    assert until(lambda: post("/look", plan=second)["plan"]["state"] == "done")
    assert post("/look", plan=plan)["plan"]["state"] == "done"
    assert planners.pid not in (None, killed)
    assert hall.ask(select(PickPlan.tries).where(PickPlan.id == plan)) == [2]
    used = post("/apply", plan=plan)["plan"]["applied"]
    assert (used["orders"], used["left_out"]) == (32, [])
    assert post("/apply", plan=second)["reason"] == "orders_not_free"
    assert [one["id"] for one in post("/list", wave=used["wave"])["plans"]] == [plan]
    assert post("/outcome", plan=plan)["reason"] == "not_released"
    assert post("/against", one=plan, other=second)["only_other"] == []
    assert client.post("/v1/plans/look", json={"plan": "none"}).status_code == 404
    assert len(client.post("/v1/floor/map", json={}).json()["bins"]) == 12
    hall.check()
    hall.check_feed()


def test_what_was_foreseen_against_what_happened(hall):
    plan = ask(hall, ["O00", "O02"])
    thought(hall, plan)
    apply(hall, plan)
    wave = row(hall, plan).applied.wave
    hall.act(lambda w: actions.act(w, wave, WaveAct.RELEASE, []))
    picker = hall.device()
    [job] = hall.ask(select(Job.id).where(Job.wave_id == wave))
    picker.claim(job)
    for n, item in enumerate(hall.items_of(job)):
        picker.pick(item, item.qty_req, tote="CART")
        with hall.oms.sessions() as db:
            reply = comparing.outcome(db, hall.site, plan)(1, "now")
        assert reply.reason is None
        assert len(reply.picked) == n + 1
        assert {one.what: one.happened for one in reply.figures} == {"picked": None, "packed": None, "late": None}
    picker.drop(job, tote="CART")
    with hall.oms.sessions() as db:
        picked, packed, _ = comparing.outcome(db, hall.site, plan)(1, "now").figures
    assert reply.picked[-1][1] == 6
    assert (picked.happened >= 0, picked.inside, packed.happened) == (True, False, None)
    assert picked.off_percent < 0
    hall.check()


def test_a_plan_that_kills_its_planners_fails(hall):
    plan = ask(hall)

    def died(w):
        dead = {"state": PlanState.RUNNING, "tries": 3, "beat_at": w.now.replace(year=2020)}
        w.db.execute(update(PickPlan).where(PickPlan.id == plan).values(**dead))

    hall.act(died)
    done = thought(hall, plan)
    assert (done.state, done.reason) == (PlanState.FAILED, "planner_died")


def test_two_planners_never_take_the_same_plan(hall):
    plans = [ask(hall, ALL[:3]) for _ in range(6)]
    planners = [Planner(hall.oms.engine, hall.site) for _ in range(2)]
    threads = [threading.Thread(target=lambda one=one: [one.next() for _ in range(6)]) for one in planners]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {row(hall, plan).state for plan in plans} == {PlanState.DONE}
    assert set(hall.ask(select(PickPlan.tries).where(PickPlan.id.in_(plans)))) == {1}


def test_a_wave_planned_without_a_plan_puts_near_orders_together(hall):
    compiled.warm()
    made = MakeWaveRequest(orders=ALL[:-1], name="noon", slots=4)
    wave = hall.act(lambda w: make_wave(w, made)).wave
    hall.act(lambda w: actions.act(w, wave, WaveAct.PLAN, []))
    asked = thought(hall, ask(hall, wave=wave)).result
    carts = {
        frozenset(item.order_no for item in hall.items_of(job.id))
        for job in hall.ask(select(Job).where(Job.wave_id == wave, Job.state == JobState.WAITING))
    }
    assert carts == {frozenset(batch.orders) for batch in asked.batches}
    hall.check()
