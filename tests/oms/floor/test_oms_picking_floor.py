"""What pickers report, on a real database, through the real ingest."""

import pytest
from sqlalchemy import select, update

from oms.feed.models import Lease
from oms.inventory.models import StockMove
from oms.picking.models import WorkItem
from sync.contract import facts
from sync.contract.codes import JobState, LeaseEnd, OrderState, Outcome, ParcelState, ShortReason, WorkState


@pytest.fixture
def trip(floor):
    """(floor, handheld, work items): an order of 12 TEA and 3 CUP, released and claimed."""
    floor.order("O1", ("TEA", 12), ("CUP", 3))
    job = floor.release("O1").job
    device = floor.device()
    device.claim(job)
    return floor, device, floor.items_of(job)


def again(floor, item):
    """The item as it is now."""
    return floor.ask(select(WorkItem).where(WorkItem.id == item.id))[0]


def run_out(floor):
    """All leases of the site are over."""

    def do(w):
        past = w.now.replace(year=2000)
        w.db.execute(update(Lease).where(Lease.site_id == floor.site).values(until=past))
        w.db.execute(update(WorkItem).where(WorkItem.site_id == floor.site).values(lease_until=past))

    floor.act(do)


def test_a_pick_moves_stock_credits_the_line_and_uses_its_reservation(trip):
    floor, device, (tea, cup, _) = trip
    result = device.pick(tea, 4)
    assert (result.outcome, result.notice) == (Outcome.APPLIED, None)
    assert (floor.has("bin:A-01"), floor.has("tote:T1")) == (6, 4)
    assert floor.reserved() == 8
    assert again(floor, tea).qty_done == 4
    assert floor.lines_of("O1")[0].picked == 4
    assert floor.order_of("O1").state is OrderState.PICKING
    device.pick(cup, 3)
    assert again(floor, cup).state is WorkState.DONE
    floor.check()


def test_the_tote_belongs_to_the_job(trip):
    floor, device, (tea, *_) = trip
    device.report(facts.ToteBind(job=tea.job_id, tote="T7"))
    [job] = floor.jobs_of("O1", "pick")
    assert (job.tote, job.state) == ("T7", JobState.ACTIVE)
    assert floor.order_of("O1").state is OrderState.PICKING


def test_more_than_asked_goes_into_the_hands_to_be_put_back(trip):
    floor, device, (_, cup, _) = trip
    device.pick(cup, 2)
    result = device.pick(cup, 2)
    assert result.outcome is Outcome.DIVERTED
    assert result.notice.action == "put_back"
    assert result.notice.params == {"qty": 2, "sku": "CUP", "bin": "A-02", "lot": "", "tote": "T1"}
    assert floor.has(f"surplus:{device.id}", "CUP") == 2
    assert again(floor, cup).qty_done == 2
    device.acknowledge(result.notice.exception)
    assert floor.has("bin:A-02", "CUP") == 8
    assert floor.has(f"surplus:{device.id}", "CUP") == 0
    device.acknowledge(result.notice.exception)
    assert floor.has("bin:A-02", "CUP") == 8
    assert floor.exceptions() == []
    floor.check()


@pytest.mark.parametrize("sku", ["CUP", "NEVER-HEARD-OF"])
def test_another_item_than_asked_counts_for_nobody(trip, sku):
    floor, device, (tea, *_) = trip
    result = device.pick(tea, 1, sku=sku)
    assert result.outcome is Outcome.DIVERTED
    assert again(floor, tea).qty_done == 0
    assert floor.has(f"surplus:{device.id}", sku) == 1
    floor.check()


def test_an_item_this_server_never_knew_is_put_back(trip):
    floor, device, (tea, *_) = trip
    tea.id = "f" * 32
    result = device.pick(tea, 1)
    assert result.outcome is Outcome.DIVERTED
    device.acknowledge(result.notice.exception)
    assert floor.has("bin:A-01") == 10
    floor.check()


def test_work_given_to_somebody_else_is_theirs(trip):
    floor, device, (tea, *_) = trip
    device.pick(tea, 1)
    run_out(floor)
    other = floor.device()
    assert other.claim(tea.job_id)
    late = device.pick(tea, 2, tote="T1")
    assert late.outcome is Outcome.DIVERTED
    assert other.pick(tea, 9, tote="T2").outcome is Outcome.APPLIED
    assert again(floor, tea).state is WorkState.DONE
    assert floor.has(f"surplus:{device.id}") == 2
    floor.check()


def test_a_lease_that_ran_out_still_counts_while_nobody_else_has_it(trip):
    floor, device, (tea, *_) = trip
    run_out(floor)
    prev = device.chain
    first = device.push(device.op(facts.PickAtBin(job=tea.job_id, bin="A-01"), tea.id), prev=prev)
    assert first[0].outcome is Outcome.APPLIED
    run_out(floor)
    result = device.pick(tea, 2)
    assert (result.outcome, result.notice.action) == (Outcome.APPLIED_LATE, "applied_late")
    assert again(floor, tea).qty_done == 2


def test_a_grant_that_a_restored_server_forgot_is_adopted(trip, restored):
    floor, device, (tea, cup, _) = trip
    restored()
    stranger = floor.device()
    stranger.tokens[tea.id] = (1, tea.tok_n + 5)
    assert stranger.pick(tea, 3).outcome is Outcome.APPLIED_LATE
    now = again(floor, tea)
    assert (now.holder, now.tok_epoch, now.tok_n, now.qty_done) == (stranger.id, 1, tea.tok_n + 5, 3)
    [lease] = floor.ask(select(Lease).where(Lease.item == tea.id, Lease.ended_at.is_(None)))
    assert lease.device == stranger.id
    assert stranger.pick(tea, 1).outcome is Outcome.APPLIED
    assert device.pick(tea, 1).outcome is Outcome.DIVERTED
    stranger.tokens[cup.id] = (2, 99)
    assert stranger.pick(cup, 1).outcome is Outcome.DIVERTED
    floor.check()


def test_undo_and_short_under_a_forgotten_grant_count_too(trip, restored):
    floor, device, (tea, cup, _) = trip
    device.pick(cup, 2)
    restored()
    stranger = floor.device()
    stranger.tokens |= {tea.id: (1, 9), cup.id: (1, 9)}
    assert stranger.undo(cup, 1).outcome is Outcome.APPLIED_LATE
    assert stranger.short(tea, 10, ShortReason.DAMAGED).outcome is Outcome.APPLIED_LATE
    assert again(floor, cup).qty_done == 1
    assert again(floor, tea).state is WorkState.SHORT
    floor.check()


def test_an_empty_bin_in_the_books_refuses_nothing(trip):
    floor, device, (tea, *_) = trip
    floor.act(lambda w: w.move("a" * 32, 0, "TEA", "", "bin:A-01", "count_adjust", 9))
    assert device.pick(tea, 3).outcome is Outcome.APPLIED
    assert floor.has("bin:A-01") == -2
    device.pick(tea, 1)
    [count] = floor.exceptions("count_bin")
    assert (count.params["bin"], count.params["sku"], count.op_id) == ("A-01", "TEA", None)
    floor.check()


def test_undo_is_the_way_back_also_of_a_finished_line(trip):
    floor, device, (_, cup, _) = trip
    device.pick(cup, 3)
    assert device.undo(cup, 1).outcome is Outcome.APPLIED
    now = again(floor, cup)
    assert (now.qty_done, now.state) == (2, WorkState.LEASED)
    assert (floor.has("bin:A-02", "CUP"), floor.has("tote:T1", "CUP"), floor.reserved("CUP")) == (8, 2, 1)
    floor.check()


def test_undo_of_goods_that_counted_for_nobody_takes_the_instruction_back(trip):
    floor, device, (_, cup, _) = trip
    device.pick(cup, 3)
    device.pick(cup, 2)
    assert floor.has(f"surplus:{device.id}", "CUP") == 2
    floor.cancel("O1")
    assert device.undo(cup, 1).outcome is Outcome.DIVERTED
    assert (floor.has(f"surplus:{device.id}", "CUP"), floor.has("tote:T1", "CUP")) == (1, 3)
    assert device.undo(cup, 1).outcome is Outcome.DIVERTED
    assert device.undo(cup, 1).outcome is Outcome.DIVERTED
    assert (floor.has(f"surplus:{device.id}", "CUP"), floor.has("tote:T1", "CUP")) == (0, 2)
    [put_back] = floor.exceptions("put_back")
    assert (put_back.params["qty"], put_back.params["from_account"]) == (2, "tote:T1")
    floor.check()


@pytest.mark.parametrize("reason", [ShortReason.NOT_FOUND, ShortReason.DAMAGED])
def test_a_short_closes_the_line_and_asks_for_a_count(trip, reason):
    floor, device, (tea, *_) = trip
    device.pick(tea, 4)
    assert device.short(tea, 6, reason).outcome is Outcome.APPLIED
    assert again(floor, tea).state is WorkState.SHORT
    # Three of the six are in another bin and come into the same trip.
    assert floor.lines_of("O1")[0].short == 3
    assert floor.reserved() == 2 + 3
    [count] = floor.exceptions("count_bin")
    assert count.params == {"bin": "A-01", "sku": "TEA", "reason": reason.value}
    floor.order("O2", ("TEA", 5))
    doubted = reason is ShortReason.NOT_FOUND
    assert (floor.release("O2").reason == "not_enough_stock") is doubted
    device.acknowledge(count.id)
    floor.stock("A-01", "TEA", 1).order("O3", ("TEA", 1))
    assert floor.release("O3").reason is None
    floor.check()


def test_a_line_for_later_goes_back_to_the_pool_with_its_stock(trip):
    floor, device, (tea, cup, more) = trip
    device.pick(tea, 4)
    assert device.short(tea, 6, ShortReason.PICK_LATER).outcome is Outcome.APPLIED
    first, later = floor.jobs_of("O1", "pick")
    [rest] = floor.items_of(later.id)
    assert (rest.qty_req, rest.from_bin, rest.state, later.state) == (6, "A-01", WorkState.OPEN, JobState.OPEN)
    assert floor.reserved() == 8
    assert floor.lines_of("O1")[0].short == 0
    assert floor.exceptions() == []
    device.pick(cup, 3)
    device.pick(more, 2)
    device.drop(first.id)
    assert floor.order_of("O1").state is OrderState.PICKING
    other = floor.device()
    other.claim(later.id)
    other.pick(rest, 6, tote="T2")
    other.drop(later.id, tote="T2")
    assert floor.order_of("O1").state is OrderState.PICKED
    [pack] = floor.jobs_of("O1", "pack")
    assert {(i.sku, i.from_bin, i.qty_req) for i in floor.items_of(pack.id)} == {
        ("TEA", "T1", 6),
        ("TEA", "T2", 6),
        ("CUP", "T1", 3),
    }
    floor.check()


def test_a_short_from_somebody_without_the_work_changes_nothing_but_is_looked_into(trip):
    floor, _, (tea, *_) = trip
    stranger = floor.device()
    assert stranger.short(tea, 10, ShortReason.NOT_FOUND).outcome is Outcome.DIVERTED
    assert stranger.short(tea, 10, ShortReason.PICK_LATER).outcome is Outcome.DIVERTED
    assert again(floor, tea).state is WorkState.LEASED
    assert len(floor.exceptions("count_bin")) == 1
    floor.check()


def test_a_finished_trip_makes_the_packing_work(trip):
    floor, device, (tea, cup, more) = trip
    prev = device.chain
    ops = [
        device.op(facts.PickConfirm(job=i.job_id, sku=i.sku, qty=i.qty_req, from_bin=i.from_bin, tote="T1"), i.id)
        for i in (tea, cup, more)
    ]
    ops.append(device.op(facts.JobDrop(job=tea.job_id, tote="T1", lane="LANE-2")))
    assert {r.outcome for r in device.push(*ops, prev=prev)} == {Outcome.APPLIED}
    [trip_done] = floor.jobs_of("O1", "pick")
    assert trip_done.state is JobState.DONE
    [pack] = floor.jobs_of("O1", "pack")
    assert (pack.state, pack.tote, pack.lane, pack.holder) == (JobState.OPEN, "T1", "LANE-2", None)
    assert [(i.line_no, i.sku, i.qty_req, i.from_bin) for i in floor.items_of(pack.id)] == [
        (1, "TEA", 12, "T1"),
        (2, "CUP", 3, "T1"),
    ]
    assert floor.order_of("O1").state is OrderState.PICKED
    ends = floor.ask(select(Lease.end_reason).where(Lease.job == tea.job_id))
    assert set(ends) == {LeaseEnd.DONE}
    assert floor.reserved() == 0
    floor.check()


def test_what_was_not_picked_at_the_drop_is_anybodys_work(trip):
    floor, device, (tea, cup, _) = trip
    device.pick(tea, 10)
    device.drop(tea.job_id)
    _, rest = floor.jobs_of("O1", "pick")
    assert [(i.sku, i.qty_req) for i in floor.items_of(rest.id)] == [("CUP", 3), ("TEA", 2)]
    assert floor.reserved("CUP") == 3
    assert floor.order_of("O1").state is OrderState.PICKING
    assert again(floor, cup).state is WorkState.SHORT
    floor.check()


def test_nothing_picked_at_all_holds_the_order(trip):
    floor, device, items = trip
    for item in items:
        device.short(item, item.qty_req, ShortReason.NOT_FOUND)
    more = [item for item in floor.items_of(items[0].job_id) if item.state is WorkState.LEASED]
    device.tokens |= {item.id: (item.tok_epoch, item.tok_n) for item in more}
    for item in more:
        device.short(item, item.qty_req, ShortReason.NOT_FOUND)
    device.drop(items[0].job_id, tote=None)
    order = floor.order_of("O1")
    assert (order.state, order.held_reason) == (OrderState.HELD, "order_not_picked")
    assert floor.jobs_of("O1", "pack") == []
    assert floor.parcel_of("O1").state is ParcelState.VOID
    [question] = floor.exceptions("order_not_picked")
    assert question.params == {"order": "O1"}
    floor.cancel("O1")
    assert floor.exceptions("order_not_picked") == []
    floor.check()


def test_a_tote_set_down_by_somebody_without_the_work_needs_a_person(trip):
    floor, device, (tea, *_) = trip
    stranger = floor.device()
    result = stranger.drop(tea.job_id)
    assert (result.outcome, result.notice.action) == (Outcome.DIVERTED, "job_gone")
    assert stranger.drop("0" * 32).outcome is Outcome.DIVERTED
    assert floor.jobs_of("O1", "pick")[0].state is JobState.ACTIVE
    device.pick(tea, 10)
    device.drop(tea.job_id)
    assert device.drop(tea.job_id).outcome is Outcome.APPLIED_LATE
    floor.check()


def test_a_cancel_in_mid_pick_tells_the_picker_what_to_put_back(trip):
    floor, device, (tea, cup, _) = trip
    device.pick(tea, 4)
    device.pick(cup, 3)
    answer = floor.cancel("O1")
    waiting = floor.exceptions("put_back")
    assert {e.id for e in waiting} == set(answer.put_backs)
    assert {(e.params["sku"], e.params["qty"], e.params["bin"], e.device) for e in waiting} == {
        ("TEA", 4, "A-01", device.id),
        ("CUP", 3, "A-02", device.id),
    }
    assert device.pick(tea, 1).outcome is Outcome.DIVERTED
    assert device.drop(tea.job_id).notice.action == "order_cancelled"
    for exception in floor.exceptions("put_back"):
        device.acknowledge(exception.id)
    assert (floor.has("bin:A-01"), floor.has("bin:A-02", "CUP"), floor.has("tote:T1")) == (10, 10, 0)
    assert floor.reserved() == floor.reserved("CUP") == 0
    assert floor.ask(select(Lease).where(Lease.site_id == floor.site, Lease.ended_at.is_(None))) == []
    floor.check()


def test_each_lot_goes_back_to_the_bin_it_came_from(new_floor):
    floor = new_floor().build(skus=("MILK",), lot_tracked=True)
    floor.stock("A-01", "MILK", 2, "L9").stock("A-02", "MILK", 5, "L1").order("O1", ("MILK", 4))
    job = floor.release("O1").job
    device = floor.device()
    device.claim(job)
    first, second = floor.items_of(job)
    device.pick(first, 2)
    device.pick(second, 2)
    floor.cancel("O1")
    waiting = {(e.params["lot"], e.params["bin"], e.params["qty"]) for e in floor.exceptions("put_back")}
    assert waiting == {("L9", "A-01", 2), ("L1", "A-02", 2)}
    for exception in floor.exceptions("put_back"):
        device.acknowledge(exception.id)
    assert (floor.has("bin:A-01", "MILK", "L9"), floor.has("bin:A-02", "MILK", "L1")) == (2, 5)
    floor.check()


def test_a_line_from_two_bins_goes_back_to_both(trip):
    floor, device, (tea, _, more) = trip
    device.pick(more, 2)
    device.pick(tea, 3)
    floor.cancel("O1")
    waiting = {(e.params["bin"], e.params["qty"]) for e in floor.exceptions("put_back")}
    assert waiting == {("A-01", 3), ("A-03", 2)}


def test_two_totes_of_one_line_are_packed_from_both(trip):
    floor, device, (tea, cup, more) = trip
    device.pick(tea, 4, tote="T1")
    run_out(floor)
    other = floor.device()
    other.claim(tea.job_id)
    other.pick(tea, 6, tote="T2")
    other.pick(cup, 3, tote="T2")
    other.pick(more, 2, tote="T2")
    other.drop(tea.job_id, tote="T2")
    [pack] = floor.jobs_of("O1", "pack")
    assert {(i.sku, i.from_bin, i.qty_req) for i in floor.items_of(pack.id)} == {
        ("TEA", "T1", 4),
        ("TEA", "T2", 8),
        ("CUP", "T2", 3),
    }


@pytest.mark.parametrize("qty", [0, -3])
def test_a_fact_that_contradicts_itself_is_parked(trip, expected_log, qty):
    floor, device, (tea, *_) = trip
    expected_log.append("parked op")
    assert device.pick(tea, qty).outcome is Outcome.PARKED
    assert device.undo(tea, qty).outcome is Outcome.PARKED
    assert floor.ask(select(StockMove).where(StockMove.site_id == floor.site, StockMove.work_item == tea.id)) == []
    assert device.pick(tea, 1).outcome is Outcome.APPLIED
    floor.check()


def test_what_has_no_effect_is_kept(trip):
    floor, device, (tea, *_) = trip
    before = floor.balances()
    bodies = [
        facts.PickAtBin(job=tea.job_id, bin="A-01"),
        facts.PickSkip(job=tea.job_id, bin="A-01"),
        facts.ScanRefused(job=tea.job_id, text="x", code="wrong_item"),
        facts.ExceptionAck(exception="nobody"),
    ]
    assert {device.report(body, tea.id).outcome for body in bodies} == {Outcome.APPLIED}
    assert device.report(facts.ToteBind(job="0" * 32, tote="T1")).outcome is Outcome.APPLIED_LATE
    assert floor.device().report(facts.ToteBind(job=tea.job_id, tote="T9")).outcome is Outcome.APPLIED_LATE
    assert floor.jobs_of("O1", "pick")[0].tote is None
    assert floor.balances() == before
