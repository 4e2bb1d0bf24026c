"""The ways of picking at the server: what jobs they make, and where goods, totes and work go when they are dropped."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from oms.catalog.models import Bin, Zone
from oms.feed import leases
from oms.feed.rows import build
from oms.orders.actions import release_all
from oms.picking.build import trips_of
from oms.picking.models import Job, JobSlot, WorkItem
from sync.contract import facts, wire
from sync.contract.codes import BinKind, JobKind, JobState, Method, OrderState, Outcome, ShortReason, WorkState


@pytest.fixture
def hall(new_floor):
    """Zone A with TEA in A-01 and CUP in A-02, zone B with JAR in B-01; a wall of two slots."""
    floor = new_floor().build(bins=3, skus=("TEA", "CUP", "JAR"))

    def more(w):
        for zone in ("B", "W"):
            w.db.add(Zone(site_id=floor.site, code=zone))
        w.db.flush()
        w.db.add(Bin(site_id=floor.site, code="B-01", zone="B", kind=BinKind.PICK, seq=100))
        w.db.add(Bin(site_id=floor.site, code="B-02", zone="B", kind=BinKind.PICK, seq=110))
        for n in (1, 2):
            w.db.add(Bin(site_id=floor.site, code=f"W-{n}", zone="W", kind=BinKind.WALL, seq=200 + n))

    floor.act(more)
    return floor.stock("A-01", "TEA", 20).stock("A-02", "CUP", 20).stock("B-01", "JAR", 20)


def let_go(floor, method, *numbers, slots=None):
    """Releases orders by a method; the results."""
    return floor.act(lambda w: release_all(w, numbers, trips_of(method, slots)))


def jobs(floor, kind=JobKind.PICK):
    """All jobs of a kind, in the order of their legs."""
    return floor.ask(select(Job).where(Job.site_id == floor.site, Job.kind == kind).order_by(Job.leg, Job.created_at))


def slots(floor, job):
    return floor.ask(select(JobSlot).where(JobSlot.job_id == job).order_by(JobSlot.n))


def put(device, item, qty, slot, source, tote):
    body = facts.PutConfirm(job=item.job_id, sku=item.sku, qty=qty, slot=slot, from_tote=source, tote=tote)
    return device.report(body, item.id)


def held_by(device, floor, job):
    """The job's open items with the tokens a device knows from the feed."""
    items = floor.items_of(job)
    device.tokens |= {item.id: (item.tok_epoch, item.tok_n) for item in items if item.holder == device.id}
    return items


@pytest.fixture
def cluster(hall):
    """(floor, picker, job, items): O1 wants 2 TEA, O2 3 TEA and 1 CUP, on one cart."""
    hall.order("O1", ("TEA", 2), priority=1).order("O2", ("TEA", 3), ("CUP", 1), priority=1)
    results = let_go(hall, Method.CLUSTER, "O1", "O2")
    assert len({result.job for result in results}) == 1
    picker = hall.device()
    picker.claim(results[0].job)
    return hall, picker, results[0].job, hall.items_of(results[0].job)


def test_orders_of_one_priority_share_a_cart_as_long_as_there_are_slots(hall):
    for number, priority in (("O1", 2), ("O2", 1), ("O3", 1), ("O4", 1)):
        hall.order(number, ("TEA", 2), priority=priority)
    results = let_go(hall, Method.CLUSTER, "O1", "O2", "O3", "O4", slots=2)
    by_order = {result.order: result.job for result in results}
    assert by_order["O2"] == by_order["O3"]
    assert len(set(by_order.values())) == 3
    assert [(slot.n, slot.order_no) for slot in slots(hall, by_order["O2"])] == [(1, "O2"), (2, "O3")]
    assert {item.slot for item in hall.items_of(by_order["O2"])} == {1, 2}
    hall.check()


def test_an_order_without_stock_is_left_out_of_the_cart_with_its_reason(hall):
    hall.order("O1", ("TEA", 2)).order("O2", ("TEA", 99))
    first, second = let_go(hall, Method.CLUSTER, "O1", "O2")
    assert (first.reason, second.reason) == (None, "not_enough_stock")
    assert (hall.order_of("O1").state, hall.order_of("O2").state) == (OrderState.RELEASED, OrderState.OPEN)
    hall.check()


def test_a_cluster_goes_through_the_hand_into_its_totes_and_each_order_is_packed_from_its_own(cluster):
    floor, picker, job, items = cluster
    picker.report(facts.CartBind(job=job, cart="CART-1"))
    picker.report(facts.ToteBind(job=job, tote="T1", order="O1", slot=1))
    for item in items:
        assert picker.pick(item, item.qty_req, tote="CART-1").outcome is Outcome.APPLIED
    for item in items:
        tote = {"O1": "T1", "O2": "T2"}[item.order_no]
        assert put(picker, item, item.qty_req, item.slot, "CART-1", tote).outcome is Outcome.APPLIED
    # The second tote was bound by the first put into its slot.
    assert [slot.tote for slot in slots(floor, job)] == ["T1", "T2"]
    assert (floor.has("tote:CART-1"), floor.has("tote:T1"), floor.has("tote:T2")) == (0, 2, 3)
    picker.drop(job, tote=None, lane="L1")
    for number, tote in (("O1", "T1"), ("O2", "T2")):
        [pack] = floor.jobs_of(number, "pack")
        assert (pack.tote, pack.lane, floor.order_of(number).state) == (tote, "L1", OrderState.PICKED)
    floor.check()
    floor.check_feed()


def test_an_order_set_down_alone_is_packed_while_the_cart_goes_on(cluster):
    floor, picker, job, items = cluster
    for item in items:
        if item.order_no == "O1":
            picker.pick(item, item.qty_req, tote="CART-1")
            put(picker, item, item.qty_req, 1, "CART-1", "T1")
    picker.report(facts.ToteDrop(job=job, tote="T1", lane="L2"))
    [pack] = floor.jobs_of("O1", "pack")
    assert (pack.tote, pack.lane) == ("T1", "L2")
    assert floor.jobs_of("O2", "pack") == []
    floor.check()
    floor.check_feed()


def test_a_full_tote_is_followed_by_another_of_the_same_order(cluster):
    floor, picker, job, items = cluster
    tea = next(item for item in items if item.order_no == "O2" and item.sku == "TEA")
    picker.pick(tea, 3, tote="CART-1")
    put(picker, tea, 2, 2, "CART-1", "T2")
    picker.report(facts.ToteDrop(job=job, tote="T2", lane="L1", full=True))
    assert floor.jobs_of("O2", "pack") == []
    put(picker, tea, 1, 2, "CART-1", "T3")
    picker.drop(job, tote=None, lane="L1")
    # What was not picked is fetched by others; then everything is packed from all its totes.
    [_, rest] = floor.jobs_of("O2", "pick")
    other = floor.device()
    other.claim(rest.id)
    [cup] = floor.items_of(rest.id)
    other.pick(cup, tote="T9")
    other.drop(rest.id, tote="T9")
    [pack] = floor.jobs_of("O2", "pack")
    assert {item.from_bin for item in floor.items_of(pack.id)} == {"T2", "T3", "T9"}
    assert other.claim(kinds=["pack"])
    floor.check()
    floor.check_feed()


def test_cancelling_one_order_of_a_cart_leaves_the_others(cluster):
    floor, picker, job, items = cluster
    mine = [item for item in items if item.order_no == "O1"]
    theirs = [item for item in items if item.order_no == "O2"]
    for item in items:
        picker.pick(item, item.qty_req, tote="CART-1")
    floor.cancel("O1")
    assert next(iter(jobs(floor))).state is JobState.ACTIVE
    [back] = floor.exceptions("put_back")
    assert (back.params["from_account"], back.device) == ("tote:CART-1", picker.id)
    # What was put after the cancel, unheard, goes back to the bin; the instruction for the cart is taken over by the new one.
    result = put(picker, mine[0], 2, 1, "CART-1", "T1")
    assert (result.outcome, result.notice.params["bin"]) == (Outcome.DIVERTED, "A-01")
    [back] = floor.exceptions("put_back")
    assert back.params["from_account"] == f"surplus:{picker.id}"
    for item in theirs:
        put(picker, item, item.qty_req, 2, "CART-1", "T2")
    picker.drop(job, tote=None)
    assert floor.order_of("O2").state is OrderState.PICKED
    assert floor.order_of("O1").state is OrderState.CANCELLED
    picker.acknowledge(back.id)
    assert floor.has("bin:A-01") == 20 - 3
    floor.check()


def test_who_takes_a_cart_over_may_sort_what_is_on_it(cluster):
    floor, picker, job, items = cluster
    picker.pick(items[0], items[0].qty_req, tote="CART-1")
    other = floor.device()
    assert other.claim(job) == []
    request = wire.ClaimRequest(claim_id=uuid4().hex, want=1, kinds=["pick"], capacity=3, job=job, take_over=True)
    reply = floor.act(lambda w: leases.claim(w, other.id, request))
    other.tokens |= {lease.item: lease.token for lease in reply.leases}
    assert len(reply.leases) == 3
    assert [told.device for told in floor.exceptions("job_gone")] == [picker.id]
    assert picker.pick(items[1]).outcome is Outcome.DIVERTED
    assert put(other, items[0], items[0].qty_req, items[0].slot, "CART-1", "T1").outcome is Outcome.APPLIED
    floor.check()


@pytest.fixture
def sort(hall):
    """(floor, sorter, job, items): O1's 2 TEA and O2's 3 TEA and 1 CUP in one bulk tote."""
    hall.order("O1", ("TEA", 2)).order("O2", ("TEA", 3), ("CUP", 1))
    job = let_go(hall, Method.WALL, "O1", "O2")[0].job
    picker = hall.device()
    picker.claim(job)
    for item in hall.items_of(job):
        picker.pick(item, item.qty_req, tote="BULK")
    picker.drop(job, tote="BULK", lane="L1")
    [made] = jobs(hall, JobKind.SORT)
    sorter = hall.device()
    sorter.claim(made.id)
    return hall, sorter, made, hall.items_of(made.id)


def test_a_bulk_tote_is_sorted_and_a_complete_order_is_packed_at_its_slot(sort):
    floor, sorter, job, items = sort
    assert (job.tote, job.lane, job.method) == ("BULK", "L1", Method.WALL)
    assert sum(item.qty_req for item in items) == 6
    assert floor.jobs_of("O1", "pack") == []
    first = next(item for item in items if item.order_no == "O1")
    put(sorter, first, 1, first.slot, "BULK", "W-1")
    assert [slot.place for slot in slots(floor, job.id)] == ["W-1", None]
    assert floor.jobs_of("O1", "pack") == []
    put(sorter, first, 1, first.slot, "BULK", "W-1")
    [pack] = floor.jobs_of("O1", "pack")
    assert (pack.tote, floor.order_of("O1").state, floor.order_of("O2").state) == (
        "W-1", OrderState.PICKED, OrderState.PICKING
    )  # fmt: skip
    for item in items:
        if item.order_no == "O2":
            put(sorter, item, item.qty_req, item.slot, "BULK", "W-2")
    sorter.drop(job.id, tote=None)
    assert [pack.tote for pack in floor.jobs_of("O2", "pack")] == ["W-2"]
    assert floor.has("tote:BULK") == 0
    floor.check()
    floor.check_feed()


def test_a_put_taken_back_calls_off_the_packing_nobody_began(sort):
    floor, sorter, _, items = sort
    mine = next(item for item in items if item.order_no == "O1")
    put(sorter, mine, 2, mine.slot, "BULK", "W-1")
    undo = facts.PutUndo(job=mine.job_id, sku="TEA", qty=1, slot=mine.slot, from_tote="BULK", tote="W-1")
    assert sorter.report(undo, mine.id).outcome is Outcome.APPLIED
    assert [job.state for job in floor.jobs_of("O1", "pack")] == [JobState.CANCELLED]
    put(sorter, mine, 1, mine.slot, "BULK", "W-1")
    assert sorted(job.state for job in floor.jobs_of("O1", "pack")) == [JobState.CANCELLED, JobState.OPEN]
    floor.check()


def test_a_unit_missing_at_the_wall_is_fetched_hot_and_packed_with_the_rest(sort):
    floor, sorter, _, items = sort
    mine = next(item for item in items if item.order_no == "O1")
    put(sorter, mine, 1, mine.slot, "BULK", "W-1")
    sorter.report(facts.PutShort(job=mine.job_id, sku="TEA", missing=1, from_tote="BULK"), mine.id)
    hot = next(job for job in floor.jobs_of("O1", "pick") if job.state is JobState.OPEN)
    assert (hot.priority, [item.from_bin for item in floor.items_of(hot.id)]) == (1, ["A-01"])
    assert floor.jobs_of("O1", "pack") == []
    picker = floor.device()
    picker.claim(hot.id)
    picker.pick(floor.items_of(hot.id)[0], tote="HOT")
    picker.drop(hot.id, tote="HOT")
    [pack] = floor.jobs_of("O1", "pack")
    assert sorted(item.from_bin for item in floor.items_of(pack.id)) == ["HOT", "W-1"]
    assert [line.short for line in floor.lines_of("O1")] == [0]
    floor.check()
    floor.check_feed()


def test_a_unit_missing_everywhere_is_short(sort):
    floor, sorter, _, items = sort
    mine = next(item for item in items if item.sku == "CUP")
    floor.act(lambda w: w.move(uuid4().hex, 0, "CUP", "", "bin:A-02", "count_adjust", 19))
    sorter.report(facts.PutShort(job=mine.job_id, sku="CUP", missing=1, from_tote="BULK"), mine.id)
    assert [line.short for line in floor.lines_of("O2")] == [0, 1]
    assert floor.exceptions("count_bin")
    floor.check()


def test_an_extra_unit_goes_aside_and_home(sort):
    floor, sorter, job, items = sort
    for item in items:
        put(sorter, item, item.qty_req, item.slot, "BULK", f"W-{item.slot}")
    extra = facts.PutExtra(job=job.id, sku="CUP", qty=1, from_tote="BULK", tote="ODD")
    assert sorter.report(extra).outcome is Outcome.APPLIED
    assert (floor.has("tote:ODD", "CUP"), floor.has("tote:BULK", "CUP")) == (1, 0)
    [back] = floor.exceptions("put_back")
    assert (back.params["from_account"], back.params["bin"]) == ("tote:ODD", "A-02")
    floor.check()


def test_a_sort_given_up_leaves_the_rest_with_its_places(sort):
    floor, sorter, job, items = sort
    theirs = next(item for item in items if item.order_no == "O2" and item.sku == "TEA")
    put(sorter, theirs, 1, theirs.slot, "BULK", "W-2")
    sorter.drop(job.id, tote=None)
    again = next(one for one in jobs(floor, JobKind.SORT) if one.state is JobState.OPEN)
    assert again.tote == "BULK"
    assert {slot.order_no: slot.place for slot in slots(floor, again.id)} == {"O1": None, "O2": "W-2"}
    assert sum(item.qty_req for item in floor.items_of(again.id)) == 5
    floor.check()


@pytest.fixture
def legs(hall):
    """(floor, legs): O1 wants TEA in zone A and JAR in zone B, one tote."""
    hall.order("O1", ("TEA", 2), ("JAR", 1))
    let_go(hall, Method.LEGS, "O1")
    return hall, jobs(hall)


def test_a_tote_is_passed_from_zone_to_zone(legs):
    floor, (first, second) = legs
    assert [(job.zone, job.leg, job.legs, job.state) for job in (first, second)] == [
        ("A", 1, 2, JobState.OPEN), ("B", 2, 2, JobState.WAITING)
    ]  # fmt: skip
    picker, other = floor.device(), floor.device()
    assert other.claim(second.id) == []
    picker.claim(first.id)
    picker.pick(floor.items_of(first.id)[0], 2, tote="T1")
    picker.drop(first.id, tote="T1", lane="HAND-1")
    _, second = jobs(floor)
    assert (second.state, second.tote, second.found_at) == (JobState.OPEN, "T1", "HAND-1")
    assert floor.jobs_of("O1", "pack") == []
    other.claim(second.id)
    other.report(facts.ToteBind(job=second.id, tote="T1"))
    _, second = jobs(floor)
    assert (second.found_at, second.passed_at) == (None, None)
    other.pick(floor.items_of(second.id)[0], 1, tote="T1")
    other.drop(second.id, tote="T1", lane="L1")
    [pack] = floor.jobs_of("O1", "pack")
    assert (pack.tote, pack.lane) == ("T1", "L1")
    floor.check()
    floor.check_feed()


def test_a_zone_with_nothing_left_is_skipped_and_what_is_missing_travels(legs):
    floor, (first, second) = legs
    floor.act(lambda w: w.move(uuid4().hex, 0, "TEA", "", "bin:A-01", "count_adjust", 18))
    picker = floor.device()
    picker.claim(first.id)
    tea = floor.items_of(first.id)[0]
    picker.pick(tea, 1, tote="T1")
    picker.short(tea, 1, ShortReason.NOT_FOUND)
    picker.drop(first.id, tote="T1", lane="HAND-1")
    with floor.oms.sessions() as db:
        assert build(db, floor.site, "job", [second.id])[second.id].missing == 1
    other = floor.device()
    other.claim(second.id)
    other.drop(second.id, tote="T1", lane="L1")
    # The jar nobody took is somebody's work, so the order waits.
    assert floor.jobs_of("O1", "pack") == []
    assert [job.method for job in floor.jobs_of("O1", "pick")][-1] is Method.SINGLE
    floor.check()
    floor.check_feed()


def test_a_part_of_which_nothing_was_found_fixes_no_lane(hall):
    hall.order("O1", ("TEA", 2), ("JAR", 1), priority=3)
    let_go(hall, Method.ZONES, "O1")
    first, second = jobs(hall)
    picker, other = hall.device(), hall.device()
    assert picker.claim(first.id)
    assert other.claim(second.id)
    other.short(hall.items_of(second.id)[0], 1, "not_found")
    other.drop(second.id, tote=None, lane="")
    first, second = jobs(hall)[:2]
    assert (first.lane, second.lane, second.state) == (None, None, JobState.DONE)
    picker.pick(hall.items_of(first.id)[0], 2, tote="T1")
    picker.drop(first.id, tote="T1", lane="L7")
    assert jobs(hall)[0].lane == "L7"
    hall.check()
    hall.check_feed()


def test_parts_meet_at_the_lane_of_the_first(hall):
    hall.order("O1", ("TEA", 2), ("JAR", 1), priority=3)
    let_go(hall, Method.ZONES, "O1")
    first, second = jobs(hall)
    picker, other = hall.device(), hall.device()
    assert picker.claim(first.id)
    assert other.claim(second.id)
    other.pick(hall.items_of(second.id)[0], 1, tote="T2")
    other.drop(second.id, tote="T2", lane="L7")
    first, _ = jobs(hall)
    assert (first.lane, first.priority) == ("L7", 1)
    assert hall.jobs_of("O1", "pack") == []
    picker.pick(hall.items_of(first.id)[0], 2, tote="T1")
    picker.drop(first.id, tote="T1", lane="L7")
    [pack] = hall.jobs_of("O1", "pack")
    with hall.oms.sessions() as db:
        row = build(db, hall.site, "job", [pack.id])[pack.id]
        part = build(db, hall.site, "job", [first.id])[first.id]
    assert (row.tote, row.more_totes, row.lane) == ("T1", ["T2"], "L7")
    assert (part.parts_here, part.legs) == (2, 2)
    # Either tote opens the packing.
    station = hall.device()
    request = wire.ClaimRequest(claim_id=uuid4().hex, want=1, kinds=["pack"], capacity=3, tote="T2")
    assert hall.act(lambda w: leases.claim(w, station.id, request)).leases
    hall.check()
    hall.check_feed()


def test_what_is_not_found_comes_from_another_bin_in_the_same_trip(hall):
    hall.order("O1", ("TEA", 4)).stock("A-03", "TEA", 3)
    job = hall.release("O1").job
    picker = hall.device()
    picker.claim(job)
    [tea] = hall.items_of(job)
    picker.pick(tea, 1)
    picker.short(tea, 3, ShortReason.NOT_FOUND)
    tea, more = held_by(picker, hall, job)
    assert (tea.state, tea.qty_req, more.from_bin, more.qty_req, more.holder) == (
        WorkState.SHORT, 1, "A-03", 3, picker.id
    )  # fmt: skip
    # The books believe the picker, and somebody counts.
    assert hall.has("bin:A-01") == 0
    [count] = hall.ask(select(WorkItem).where(WorkItem.site_id == hall.site, WorkItem.kind == JobKind.COUNT))
    assert (count.from_bin, count.sku, count.qty_req) == ("A-01", "TEA", 0)
    assert picker.pick(more, 3).outcome is Outcome.APPLIED
    picker.drop(job)
    assert [line.short for line in hall.lines_of("O1")] == [0]
    hall.check()
    hall.check_feed()


def test_a_correction_leaves_what_others_have_reserved(hall):
    hall.order("O1", ("TEA", 4)).order("O2", ("TEA", 5))
    job = hall.release("O1").job
    hall.release("O2")
    picker = hall.device()
    picker.claim(job)
    picker.short(hall.items_of(job)[0], 4, ShortReason.NOT_FOUND)
    assert (hall.has("bin:A-01"), hall.reserved()) == (5, 5)
    hall.check()


def test_a_short_taken_back_wants_its_units_from_its_bin_again(hall):
    hall.order("O1", ("TEA", 6)).stock("A-03", "TEA", 2)
    job = hall.release("O1").job
    picker = hall.device()
    picker.claim(job)
    [tea] = hall.items_of(job)
    picker.short(tea, 6, ShortReason.NOT_FOUND)
    assert hall.lines_of("O1")[0].short == 4
    body = facts.PickUnshort(job=job, sku="TEA", qty=6, bin="A-01")
    assert picker.report(body, tea.id).outcome is Outcome.APPLIED
    tea, more = held_by(picker, hall, job)
    assert (tea.state, tea.qty_req, more.state) == (WorkState.LEASED, 6, WorkState.CANCELLED)
    assert (hall.lines_of("O1")[0].short, hall.has("bin:A-01"), hall.exceptions("count_bin")) == (0, 20, [])
    assert picker.pick(tea, 6).outcome is Outcome.APPLIED
    hall.check()
    hall.check_feed()


def test_broken_goods_go_to_quarantine(hall):
    def quarantine(w):
        w.db.add(Bin(site_id=hall.site, code="Q-1", zone="A", kind=BinKind.QUARANTINE, seq=900))

    hall.act(quarantine)
    hall.order("O1", ("TEA", 4))
    job = hall.release("O1").job
    picker = hall.device()
    picker.claim(job)
    picker.short(hall.items_of(job)[0], 4, ShortReason.DAMAGED)
    assert (hall.has("bin:A-01"), hall.has("bin:Q-1")) == (16, 4)
    assert hall.exceptions("count_bin") == []
    hall.check()
