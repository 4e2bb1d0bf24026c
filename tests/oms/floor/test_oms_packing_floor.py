"""What packers report, up to the parcel that left, on a real database, through the real ingest."""

import pytest
from sqlalchemy import select

from oms.packing.models import Parcel, Weighing
from oms.people.models import Audit
from oms.picking.models import WorkItem
from oms.shipping.models import LabelFate, Shipment
from sync.contract import facts
from sync.contract.codes import JobState, OrderState, Outcome, ParcelState, ShortReason, WorkState


@pytest.fixture
def bench(floor):
    """(floor, station, pack items, parcel): an order of 4 TEA and 2 CUP, picked into T1, its pack job claimed."""
    floor.order("O1", ("TEA", 4), ("CUP", 2))
    job = floor.release("O1").job
    picker = floor.device()
    picker.claim(job)
    for item in floor.items_of(job):
        picker.pick(item, item.qty_req)
    picker.drop(job)
    station = floor.device("station")
    [pack] = floor.jobs_of("O1", "pack")
    station.claim(pack.id)
    return floor, station, floor.items_of(pack.id), floor.parcel_of("O1")


def pack_all(station, items, parcel):
    """Every unit, one by one."""
    for item in items:
        for _ in range(item.qty_req):
            assert station.pack(item, parcel).outcome is Outcome.APPLIED


def test_from_tote_to_truck(bench):
    floor, station, items, parcel = bench
    job = items[0].job_id
    station.report(facts.PackOpen(job=job, tote="T1", station="S1"))
    assert floor.order_of("O1").state is OrderState.PACKING
    pack_all(station, items, parcel)
    assert floor.has("tote:T1") == 0
    assert floor.has(f"parcel:{parcel.id}") == 4
    assert [(line.picked, line.packed, line.short) for line in floor.lines_of("O1")] == [(4, 4, 0), (2, 2, 0)]
    station.weigh(parcel, job, 612)
    assert floor.order_of("O1").state is OrderState.LABEL_PENDING
    weighed = floor.parcel_of("O1")
    assert (weighed.grams, weighed.carton, weighed.state) == (612, "C1", ParcelState.LABEL_PENDING)
    station.label(parcel, job, "printed", 3)
    assert (floor.parcel_of("O1").state, floor.parcel_of("O1").label_level) == (ParcelState.LABEL_PRINTED, 3)
    assert floor.order_of("O1").state is OrderState.PACKING
    assert station.ship(parcel, job).outcome is Outcome.APPLIED
    assert floor.order_of("O1").state is OrderState.SHIPPED
    assert floor.parcel_of("O1").state is ParcelState.SHIPPED
    assert floor.jobs_of("O1", "pack")[0].state is JobState.DONE
    assert (floor.has("shipped"), floor.has("shipped", "CUP")) == (4, 2)
    assert floor.ask(select(Shipment).where(Shipment.order_no == "O1", Shipment.site_id == floor.site))[0].shipped_at
    assert floor.exceptions() == []
    floor.check()


@pytest.mark.parametrize(
    ("fate", "level", "parcel_state"),
    [
        ("unsure", 0, ParcelState.LABEL_UNSURE),
        ("printed", 1, ParcelState.LABEL_UNSURE),
        ("failed", 0, ParcelState.LABEL_PENDING),
        ("reprint_asked", 0, ParcelState.LABEL_PENDING),
    ],
)
def test_an_order_waits_until_a_label_is_known_to_be_printed(bench, fate, level, parcel_state):
    floor, station, items, parcel = bench
    job = items[0].job_id
    pack_all(station, items, parcel)
    station.label(parcel, job, fate, level)
    assert floor.parcel_of("O1").state is parcel_state
    assert floor.order_of("O1").state is OrderState.LABEL_PENDING
    station.label(parcel, job, "verified", 4)
    assert floor.parcel_of("O1").state is ParcelState.LABEL_PRINTED
    assert floor.order_of("O1").state is OrderState.PACKING
    station.ship(parcel, job)
    station.label(parcel, job, "unsure", 0)
    assert floor.parcel_of("O1").state is ParcelState.SHIPPED
    kept = floor.ask(select(LabelFate.fate).where(LabelFate.parcel_id == parcel.id))
    assert sorted(kept) == sorted([fate, "verified", "unsure"])


def test_a_weight_let_pass_is_in_the_audit(bench):
    floor, station, items, parcel = bench
    station.weigh(parcel, items[0].job_id, 900, within=False, released_by="W2", reason="wet carton")
    [weighing] = floor.ask(select(Weighing).where(Weighing.parcel_id == parcel.id))
    assert (weighing.released_by, weighing.reason, weighing.within) == ("W2", "wet carton", False)
    assert "weight.released" in floor.ask(select(Audit.what).where(Audit.site_id == floor.site))


def test_one_too_many_goes_back_into_the_tote(bench):
    floor, station, (tea, _), parcel = bench
    for _ in range(4):
        station.pack(tea, parcel)
    result = station.pack(tea, parcel)
    assert result.outcome is Outcome.DIVERTED
    assert (result.notice.action, result.notice.params["bin"]) == ("put_back", "T1")
    station.acknowledge(result.notice.exception)
    assert floor.has("tote:T1") == 0
    assert floor.has(f"surplus:{station.id}") == 0
    floor.check()


def test_a_unit_missing_in_the_tote_is_left_out_and_its_bin_counted(bench):
    floor, station, (tea, cup), parcel = bench
    station.pack(tea, parcel, 3)
    assert station.pack_short(tea, 1).outcome is Outcome.APPLIED
    station.pack(cup, parcel, 2)
    assert floor.has("tote:T1") == 0
    assert floor.has("count_adjust") == 1
    [count] = floor.exceptions("count_bin")
    assert count.params["bin"] == "A-01"
    station.ship(parcel, tea.job_id)
    assert floor.order_of("O1").state is OrderState.SHIPPED
    assert [(line.packed, line.short) for line in floor.lines_of("O1")] == [(3, 1), (2, 0)]
    floor.check()


def test_an_empty_tote_holds_the_order(bench):
    floor, station, (tea, cup), _ = bench
    station.pack_short(tea, 4)
    station.pack_short(cup, 2)
    assert floor.order_of("O1").state is OrderState.HELD
    assert floor.jobs_of("O1", "pack")[0].state is JobState.DONE
    assert len(floor.exceptions("order_not_picked")) == 1
    floor.check()


def test_facts_from_a_station_without_the_work(bench):
    floor, _, (tea, _), parcel = bench
    other = floor.device("other")
    assert other.report(facts.PackOpen(job=tea.job_id, tote="T1", station="S2")).outcome is Outcome.APPLIED_LATE
    assert other.report(facts.PackOpen(job="0" * 32, tote="T1", station="S2")).outcome is Outcome.APPLIED_LATE
    assert floor.jobs_of("O1", "pack")[0].station is None
    assert other.pack(tea, parcel).outcome is Outcome.DIVERTED
    assert other.pack_short(tea, 4).outcome is Outcome.DIVERTED
    assert floor.items_of(tea.job_id)[0].qty_done == 0
    floor.check()


def test_parcels_that_only_wait_for_their_labels_keep_no_tote_from_the_bench(floor):
    picker, station = floor.device(), floor.device("station")
    for n in range(5):
        floor.order(f"O{n}", ("TEA", 1))
        job = floor.release(f"O{n}").job
        picker.claim(job)
        [item] = floor.items_of(job)
        picker.pick(item, 1, f"T{n}")
        picker.drop(job, f"T{n}")
    given = station.claim(kinds=["pack"], want=5, capacity=10)
    assert len(given) == 3
    assert station.claim(kinds=["pack"], capacity=10) == []
    for lease in given[:2]:
        [item] = floor.items_of(lease.job)
        parcel = floor.parcel_of(item.order_no)
        pack_all(station, [item], parcel)
        station.weigh(parcel, lease.job, 102)
    assert len(station.claim(kinds=["pack"], want=5, capacity=4)) == 1
    assert len(station.claim(kinds=["pack"], want=5, capacity=10)) == 1


def test_packing_under_a_grant_that_a_restored_server_forgot(bench, restored):
    floor, _, (tea, cup), parcel = bench
    restored()
    other = floor.device()
    other.tokens |= {tea.id: (1, 9), cup.id: (1, 9)}
    assert other.pack(tea, parcel, 4).outcome is Outcome.APPLIED_LATE
    assert other.pack_short(cup, 2).outcome is Outcome.APPLIED_LATE
    assert other.ship(parcel, tea.job_id).outcome is Outcome.APPLIED
    assert floor.order_of("O1").state is OrderState.SHIPPED
    floor.check()


def test_a_half_packed_parcel_that_left_is_followed_by_another(bench):
    floor, station, (tea, cup), parcel = bench
    station.pack(tea, parcel, 4)
    assert station.ship(parcel, tea.job_id).outcome is Outcome.APPLIED
    assert floor.order_of("O1").state is OrderState.PACKING
    assert floor.items_of(cup.job_id)[1].state is WorkState.LEASED
    assert floor.cancel("O1").reason == "cancel_refused"
    assert station.pack(cup, parcel, 2).outcome is Outcome.DIVERTED
    second = floor.parcel_of("O1", 2)
    assert (second.number, second.shipment_id, second.state) == (2, parcel.shipment_id, ParcelState.PLANNED)
    assert second.sscc != parcel.sscc
    station.pack(cup, second, 2)
    station.ship(second, cup.job_id)
    assert floor.order_of("O1").state is OrderState.SHIPPED
    floor.check()


def test_a_bench_knows_its_next_parcel_beforehand_and_what_is_not_used_is_void(bench):
    floor, station, (tea, cup), parcel = bench
    for _ in range(2):
        # Said twice, planned once.
        station.report(facts.PackOpen(job=tea.job_id, tote="T1", station="S1"))
    second = floor.parcel_of("O1", 2)
    assert second.state is ParcelState.PLANNED
    station.pack(tea, parcel, 3)
    station.ship(parcel, tea.job_id)
    assert floor.parcel_of("O1", 3).state is ParcelState.PLANNED
    station.pack(tea, second, 1)
    station.pack(cup, second, 2)
    station.ship(second, tea.job_id)
    assert floor.order_of("O1").state is OrderState.SHIPPED
    assert [floor.parcel_of("O1", n).state for n in (1, 2, 3)] == ["shipped", "shipped", "void"]
    floor.check()


def test_one_unit_is_not_more_than_one_parcel(floor):
    floor.order("O1", ("TEA", 1))
    job = floor.release("O1").job
    picker, station = floor.device(), floor.device("station")
    picker.claim(job)
    picker.pick(floor.items_of(job)[0], 1)
    picker.drop(job)
    [pack] = floor.jobs_of("O1", "pack")
    station.claim(pack.id)
    station.report(facts.PackOpen(job=pack.id, tote="T1", station="S1"))
    assert floor.parcel_of("O1").state is ParcelState.PLANNED
    assert floor.ask(select(Parcel.number).where(Parcel.site_id == floor.site, Parcel.order_no == "O1")) == [1]


def take_out(station, item, parcel, qty=1):
    """`pack.undo` of a work item."""
    body = facts.PackUndo(job=item.job_id, sku=item.sku, qty=qty, tote=item.from_bin, parcel=parcel.id)
    return station.report(body, item.id)


def test_what_is_taken_out_of_a_parcel_lies_in_its_tote_again(bench):
    floor, station, (tea, _), parcel = bench
    station.pack(tea, parcel, 3)
    assert take_out(station, tea, parcel, 2).outcome is Outcome.APPLIED
    assert (floor.has("tote:T1"), floor.has(f"parcel:{parcel.id}")) == (3, 1)
    assert floor.lines_of("O1")[0].packed == 1
    assert floor.items_of(tea.job_id)[0].qty_done == 1
    floor.check()


def test_one_too_many_that_is_taken_out_again_leaves_nothing_in_the_hands(bench):
    floor, station, (tea, _), parcel = bench
    station.pack(tea, parcel, 4)
    assert station.pack(tea, parcel).outcome is Outcome.DIVERTED
    [card] = floor.exceptions("put_back")
    assert take_out(station, tea, parcel, 5).outcome is Outcome.DIVERTED
    assert card.id not in [one.id for one in floor.exceptions("put_back")]
    floor.check()


def test_goods_go_into_a_parcel_of_their_own_order(bench):
    floor, station, (tea, _), parcel = bench
    floor.order("O2", ("TEA", 1)).release("O2")
    assert station.pack(tea, floor.parcel_of("O2")).outcome is Outcome.DIVERTED
    parcel.id = "0" * 32
    assert station.pack(tea, parcel).outcome is Outcome.DIVERTED
    assert floor.items_of(tea.job_id)[0].qty_done == 0
    floor.check()


def test_a_parcel_leaves_once_and_under_its_own_label(bench):
    floor, station, items, parcel = bench
    pack_all(station, items, parcel)
    wrong = station.ship(parcel, items[0].job_id, sscc="3" * 18)
    assert (wrong.outcome, wrong.notice.action) == (Outcome.DIVERTED, "wrong_label")
    assert floor.has("shipped") == 0
    station.ship(parcel, items[0].job_id)
    assert station.ship(parcel, items[0].job_id).outcome is Outcome.APPLIED_LATE
    assert floor.has("shipped") == 4
    assert floor.cancel("O1").reason == "cancel_refused"
    floor.check()


def test_a_parcel_this_server_never_knew(bench):
    floor, station, (tea, _), parcel = bench
    parcel.id = "0" * 32
    for result in (
        station.weigh(parcel, tea.job_id),
        station.label(parcel, tea.job_id),
        station.ship(parcel, tea.job_id),
    ):
        assert (result.outcome, result.notice.action) == (Outcome.DIVERTED, "saved_support_informed")
    floor.check()


def test_a_parcel_with_nothing_in_it_does_not_leave(bench):
    floor, station, (tea, _), parcel = bench
    assert station.ship(parcel, tea.job_id).outcome is Outcome.DIVERTED
    assert floor.parcel_of("O1").state is ParcelState.PLANNED
    assert floor.order_of("O1").state is OrderState.PICKED
    floor.check()


def test_a_cancel_at_the_bench_brings_everything_back(bench):
    floor, station, (tea, cup), parcel = bench
    station.pack(tea, parcel, 3)
    floor.cancel("O1")
    assert {(e.params["sku"], e.params["qty"], e.params["from_account"]) for e in floor.exceptions("put_back")} == {
        ("TEA", 3, f"parcel:{parcel.id}"),
        ("TEA", 1, "tote:T1"),
        ("CUP", 2, "tote:T1"),
    }
    late = station.pack(cup, parcel, 1)
    assert late.outcome is Outcome.DIVERTED
    assert station.weigh(parcel, tea.job_id).outcome is Outcome.APPLIED_LATE
    assert station.label(parcel, tea.job_id).outcome is Outcome.APPLIED_LATE
    assert floor.parcel_of("O1").state is ParcelState.VOID
    for exception in floor.exceptions():
        station.acknowledge(exception.id)
    assert (floor.has("bin:A-01"), floor.has("bin:A-02", "CUP")) == (10, 10)
    assert not any(account.startswith(("tote:", "parcel:", "surplus:")) for account, *_ in floor.balances())
    floor.check()


def test_a_cancel_that_came_too_late_for_a_parcel_already_sent_away(bench):
    floor, station, items, parcel = bench
    pack_all(station, items, parcel)
    floor.cancel("O1")
    result = station.ship(parcel, items[0].job_id)
    assert (result.outcome, result.notice.action) == (Outcome.DIVERTED, "order_cancelled")
    assert floor.has("shipped") == 4
    assert floor.exceptions("put_back") == []
    assert floor.order_of("O1").state is OrderState.CANCELLED
    floor.check()


def test_a_short_pick_ships_what_there_is(floor):
    floor.order("O1", ("CUP", 4))
    job = floor.release("O1").job
    picker = floor.device()
    picker.claim(job)
    [item] = floor.items_of(job)
    picker.pick(item, 3)
    picker.short(item, 1, ShortReason.DAMAGED)
    picker.drop(job)
    [pack] = floor.jobs_of("O1", "pack")
    [line] = floor.items_of(pack.id)
    assert line.qty_req == 3
    picker.claim(pack.id)
    parcel = floor.parcel_of("O1")
    picker.pack(line, parcel, 3)
    picker.ship(parcel, pack.id)
    assert floor.order_of("O1").state is OrderState.SHIPPED
    floor.check()


def test_lots_travel_with_the_goods(new_floor):
    floor = new_floor().build(skus=("MILK",), lot_tracked=True)
    floor.stock("A-01", "MILK", 5, "L1").stock("A-01", "MILK", 5, "L2").order("O1", ("MILK", 7))
    job = floor.release("O1").job
    device = floor.device()
    device.claim(job)
    first, second = sorted(floor.items_of(job), key=lambda item: item.lot)
    device.pick(first, 5)
    device.pick(second, 2, lot="L2")
    device.drop(job)
    [pack] = floor.jobs_of("O1", "pack")
    device.claim(pack.id)
    items = floor.items_of(pack.id)
    assert {(i.lot, i.qty_req) for i in items} == {("L1", 5), ("L2", 2)}
    parcel = floor.parcel_of("O1")
    for item in items:
        device.pack(item, parcel, item.qty_req)
    device.ship(parcel, pack.id)
    assert (floor.has("shipped", "MILK", "L1"), floor.has("shipped", "MILK", "L2")) == (5, 2)
    floor.check()


def test_what_left_the_tote_another_way_is_found_short_at_the_bench(floor):
    """A stale undo took a unit out of the tote that still counts for the line: packing is asked for it and finds it missing."""
    floor.order("O1", ("TEA", 2))
    job = floor.release("O1").job
    device, other = floor.device(), floor.device()
    granted = device.claim(job)
    [item] = floor.items_of(job)
    device.pick(item, 1)
    device.release(granted)
    other.claim(job)
    assert device.undo(item, 1).outcome is Outcome.DIVERTED
    other.pick(item, 1)
    other.drop(job)
    [pack] = floor.jobs_of("O1", "pack")
    assert sum(i.qty_req for i in floor.items_of(pack.id)) == 2
    assert floor.has("tote:T1") == 1
    other.claim(pack.id)
    for line in floor.ask(select(WorkItem).where(WorkItem.job_id == pack.id)):
        other.pack(line, floor.parcel_of("O1"), 1)
        if line.qty_req == 2:
            other.pack_short(line, 1)
    floor.check()
