"""Jobs on a floor that is drawn: walked the shortest way, and what they take learned from what devices report."""

from itertools import pairwise

import msgspec
import pytest
from sqlalchemy import select, update

from oms.catalog.models import Bin, Item, Site
from oms.orders.actions import release_all
from oms.picking.build import trips_of
from oms.planning.times import USUAL
from oms.walks.learning import learn, learn_when_due, times_of
from oms.walks.models import Crossing, FloorPath, WalkTimes
from oms.walks.order import seq_on_the_way
from sync.contract import facts, wire
from sync.contract.codes import Method, ShortReason

#: Two aisles of ten metres; their numbers run from the left to the right, the shortest walk up the one and down the other.
AT = {"A-01": (0, 9), "A-02": (4, 9), "A-03": (0, 1), "A-04": (4, 1), "A-05": (4, 5)}


def draw(floor, **site):
    """Puts the bins where they are and draws the aisles around them, the depot at the foot of the left one."""

    def do(w):
        for code, (x, y) in AT.items():
            w.db.execute(
                update(Bin).where(Bin.site_id == floor.site, Bin.code == code).values(x_mm=x * 1000, y_mm=y * 1000)
            )
        for code, x, y in (("a", 0, 0), ("b", 0, 10), ("c", 4, 10), ("d", 4, 0)):
            w.db.add(Crossing(site_id=floor.site, code=code, x_mm=x * 1000, y_mm=y * 1000, depot=code == "a"))
        for one, other in pairwise("abcda"):
            w.db.add(FloorPath(site_id=floor.site, begins=one, ends=other))
        for name, value in site.items():
            setattr(w.db.get_one(Site, floor.site), name, value)

    floor.act(do)


@pytest.fixture
def hall(new_floor):
    """Five bins with an item each; an order of four of them."""
    floor = new_floor().build(bins=5, skus=("TEA", "CUP", "JAR", "TIN", "POT"))
    for n, sku in enumerate(("TEA", "CUP", "JAR", "TIN", "POT"), 1):
        floor.stock(f"A-{n:02d}", sku, 40)
    return floor.order("1", ("TEA", 12), ("CUP", 12), ("JAR", 12), ("TIN", 12))


def walk(floor, job):
    return [item.from_bin for item in floor.items_of(job)]


def test_without_a_drawing_bins_are_walked_by_their_own_places(hall):
    job = hall.release("1").job
    assert walk(hall, job) == ["A-01", "A-02", "A-03", "A-04"]
    assert [item.seq for item in hall.items_of(job)] == [10, 20, 30, 40]


def test_on_a_drawn_floor_a_job_is_walked_the_shortest_way(hall):
    draw(hall)
    job = hall.release("1").job
    assert walk(hall, job) == ["A-03", "A-01", "A-02", "A-04"]
    hall.check()
    hall.check_feed()


def test_heavy_goods_first_and_fragile_ones_last_where_the_site_wants_it(hall):
    draw(hall, fragile_last=True, heavy_first_g=5000)

    def goods(w):
        w.db.get_one(Item, (hall.site, "JAR")).fragile = True
        w.db.get_one(Item, (hall.site, "CUP")).weight_g = 9000

    hall.act(goods)
    assert walk(hall, hall.release("1").job) == ["A-02", "A-01", "A-04", "A-03"]


def test_the_same_bins_for_several_orders_of_a_cart_are_one_stop(hall):
    draw(hall)
    hall.order("2", ("TEA", 1), ("TIN", 1))
    first, _ = hall.act(lambda w: release_all(w, ["1", "2"], trips_of(Method.CLUSTER)))
    assert walk(hall, first.job) == ["A-03", "A-01", "A-01", "A-02", "A-04", "A-04"]


def test_a_floor_that_cannot_be_walked_is_told_and_stops_nothing(hall, expected_log):
    draw(hall)
    hall.act(lambda w: w.db.add(FloorPath(site_id=hall.site, begins="a", ends="gone")))
    expected_log.append("cannot be walked")
    job = hall.release("1").job
    assert walk(hall, job) == ["A-01", "A-02", "A-03", "A-04"]


def test_a_bin_without_a_way_comes_last(hall):
    draw(hall)

    def away(w):
        w.db.get_one(Bin, (hall.site, "A-03")).x_mm = 900_000

    hall.act(away)
    assert walk(hall, hall.release("1").job) == ["A-01", "A-02", "A-04", "A-03"]


def test_goods_from_another_bin_are_fetched_where_they_are_on_the_way(hall):
    draw(hall)
    hall.stock("A-05", "JAR", 40)
    job = hall.release("1").job
    device = hall.device()
    device.claim(job)
    jar = hall.items_of(job)[0]
    assert jar.from_bin == "A-03"
    device.short(jar, 12, ShortReason.NOT_FOUND)
    assert walk(hall, job) == ["A-03", "A-01", "A-02", "A-05", "A-04"]
    hall.check()


def test_a_place_for_one_bin_more(hall):
    job = hall.release("1").job
    assert hall.act(lambda w: seq_on_the_way(w, job, "A-05", 77)) == 77
    draw(hall)
    # Between those of the right aisle, which it lies between.
    places = {item.from_bin: item.seq for item in hall.items_of(job)}
    assert places["A-02"] < hall.act(lambda w: seq_on_the_way(w, job, "A-05", 77)) < places["A-04"]
    assert hall.act(lambda w: seq_on_the_way(w, job, "NOWHERE", 77)) == 77


def pick_all(floor, seconds):
    """Every unit of the order on its own, the clock of the device going on by `seconds(metres walked, new item)`."""
    job = floor.release("1").job
    device = floor.device()
    device.claim(job)
    clock, before = 1000.0, None
    for item in floor.items_of(job):
        for _ in range(item.qty_req):
            prev = device.chain
            body = facts.PickConfirm(job=job, sku=item.sku, qty=1, from_bin=item.from_bin, tote="T1")
            clock += seconds(item.from_bin != before)
            before = item.from_bin
            op = msgspec.structs.replace(
                device.op(body, item.id), t=wire.Times(wall=0, mono=round(clock * 1000), boot="b")
            )
            device.push(op, prev=prev)


def test_times_are_learned_from_the_facts_once_a_day(hall):
    draw(hall)
    pick_all(hall, lambda new: 40.0 if new else 3.0)
    hall.act(learn_when_due)
    [row] = hall.ask(select(WalkTimes).where(WalkTimes.site_id == hall.site))
    assert (row.method, row.gaps) == (Method.SINGLE, 47)
    with hall.oms.sessions() as db:
        found = times_of(db, hall.site, Method.SINGLE)
        assert times_of(db, hall.site, Method.WALL) == USUAL
    assert USUAL.unit_s < found.unit_s <= 3.0
    assert found.bin_s > USUAL.bin_s
    hall.act(learn_when_due)
    [again] = hall.ask(select(WalkTimes).where(WalkTimes.site_id == hall.site))
    assert again.learned_at == row.learned_at
    assert hall.act(learn) == [Method.SINGLE]


def test_too_few_facts_teach_nothing(hall):
    assert hall.act(learn) == []
    assert hall.ask(select(WalkTimes).where(WalkTimes.site_id == hall.site)) == []
