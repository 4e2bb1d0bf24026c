"""Tasks on stock: counts, put-backs, filling pick faces, putting away; and items taken in place of others."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from oms.catalog.models import Bin, Item
from oms.feed import leases
from oms.feed.models import Lease
from oms.floor import settling
from oms.floor.actions import GONE
from oms.floor.codes import BoardRefusal
from oms.floor.queries import board
from oms.inventory.models import BinCount
from oms.orders.models import Order
from oms.people.models import Session, Worker
from oms.picking import taskdesk
from oms.picking.models import Job, WorkItem, ZonePresence
from oms.picking.taskdesk import Wanted
from oms.picking.taskwork import free_lapsed
from sync.contract import facts, wire
from sync.contract.board import BoardAct, BoardTab
from sync.contract.codes import BinKind, JobKind, JobState, Outcome, ShortReason, Substitution, WorkState


def tasks(floor, kind, state=None):
    """Items of tasks of a kind, oldest first."""
    mine = select(WorkItem).join(Job, Job.id == WorkItem.job_id)
    mine = mine.where(WorkItem.site_id == floor.site, WorkItem.kind == kind)
    if state:
        mine = mine.where(Job.state == state)
    return floor.ask(mine.order_by(Job.created_at, Job.id))


def ask(floor, kind, place, qty=0, to=None, sku="TEA"):
    return floor.act(lambda w: taskdesk.ask(w, Wanted(kind, sku, place, qty, to, "")))


def count(device, item, qty):
    body = facts.CountObserved(job=item.job_id, bin=item.from_bin, sku=item.sku, qty=qty)
    return device.report(body, item.id)


@pytest.fixture
def counting(floor):
    """(floor, device, item): somebody counts TEA in A-01, where the books say 10."""
    job, _ = ask(floor, JobKind.COUNT, "A-01")
    device = floor.device()
    device.claim(job, kinds=["count"])
    [item] = floor.items_of(job)
    return floor, device, item


def test_a_count_is_blind_and_a_small_difference_is_believed(counting):
    floor, device, item = counting
    assert (item.qty_req, item.order_no, item.line_no) == (0, "", None)
    assert count(device, item, 9).outcome is Outcome.APPLIED
    assert floor.has("bin:A-01") == 9
    [job] = floor.ask(select(Job).where(Job.id == item.job_id))
    assert (job.state, floor.items_of(job.id)[0].state) == (JobState.DONE, WorkState.DONE)
    floor.check()
    floor.check_feed()


def test_a_large_difference_is_counted_again_by_another_who_settles_it(counting):
    floor, device, item = counting
    count(device, item, 3)
    assert floor.has("bin:A-01") == 10
    [again] = tasks(floor, JobKind.COUNT, JobState.OPEN)
    other = floor.device()
    other.claim(again.job_id, kinds=["count"])
    count(other, again, 3)
    assert floor.has("bin:A-01") == 3
    floor.check()


def test_who_counted_is_not_given_the_second_look(counting):
    floor, device, item = counting
    count(device, item, 3)
    [again] = tasks(floor, JobKind.COUNT, JobState.OPEN)
    request = wire.ClaimRequest(claim_id="c" * 32, want=1, kinds=["count"], capacity=3, job=again.job_id)
    reply = floor.act(lambda w: leases.claim(w, device.id, request))
    assert (reply.leases, reply.reason) == ([], "own_count")
    assert device.claim(kinds=["count"]) == []
    assert floor.device().claim(kinds=["count"]) != []


def test_the_second_look_is_for_another_person_not_another_device(counting):
    floor, device, item = counting
    count(device, item, 3)
    [again] = tasks(floor, JobKind.COUNT, JobState.OPEN)
    one, two = person(floor, "Ada"), person(floor, "Ben")
    floor.act(lambda w: w.db.execute(update(BinCount).values(worker_id=one)))
    here, there = floor.device(), device
    sign_in(floor, one, here)
    sign_in(floor, two, there)
    assert here.claim(again.job_id, kinds=["count"]) == []
    assert there.claim(again.job_id, kinds=["count"]) != []


def person(floor, name):
    floor.act(
        lambda w: w.db.add(
            Worker(id=f"{floor.site}-{name}", site_id=floor.site, name=name, number=f"{floor.site}{name}")
        )
    )
    return f"{floor.site}-{name}"


def sign_in(floor, worker, device):
    def do(w):
        w.db.add(
            Session(
                id=uuid4().hex,
                site_id=w.site,
                worker_id=worker,
                device_id=device.id,
                issued_at=w.now,
                offline_until=w.now,
            )
        )

    floor.act(do)


@pytest.mark.parametrize("believe", [True, False])
def test_two_who_saw_different_things_leave_it_to_a_supervisor(counting, believe):
    floor, device, item = counting
    count(device, item, 3)
    [again] = tasks(floor, JobKind.COUNT, JobState.OPEN)
    other = floor.device()
    other.claim(again.job_id, kinds=["count"])
    count(other, again, 5)
    [question] = floor.exceptions("recount_differs")
    assert floor.act(lambda w: taskdesk.decide(w, question.id, believe=believe)) is None
    assert floor.has("bin:A-01") == (5 if believe else 10)
    assert len(tasks(floor, JobKind.COUNT, JobState.OPEN)) == (0 if believe else 1)
    assert floor.act(lambda w: taskdesk.decide(w, question.id, believe=believe)) == "nothing_to_decide"
    floor.check()


def test_the_same_person_twice_proves_nothing(counting):
    floor, device, item = counting
    count(device, item, 3)
    [again] = tasks(floor, JobKind.COUNT, JobState.OPEN)
    # Given to the same hands all the same: as if somebody else had been at the device when it was asked for.
    floor.act(lambda w: w.db.execute(update(BinCount).values(device="another")))
    device.claim(again.job_id, kinds=["count"])
    floor.act(lambda w: w.db.execute(update(BinCount).values(device=device.id)))
    count(device, again, 3)
    assert floor.has("bin:A-01") == 10
    assert floor.exceptions("recount_differs")


def test_a_count_trusts_the_bin_again_and_says_when_more_is_promised_than_there_is(floor):
    floor.order("O1", ("TEA", 9)).order("O2", ("TEA", 1))
    job = floor.release("O1").job
    picker = floor.device()
    picker.claim(job)
    [item] = floor.items_of(job)
    picker.short(item, 9, ShortReason.WRONG_ITEM_IN_BIN)
    [task] = tasks(floor, JobKind.COUNT)
    counter = floor.device()
    counter.claim(task.job_id, kinds=["count"])
    count(counter, task, 9)
    assert [one.params.get("reason") for one in floor.exceptions("count_bin")] == []
    assert floor.release("O2").reason is None
    floor.check()


def test_what_somebody_saw_unasked_changes_nothing_but_is_counted(floor):
    device = floor.device()
    body = facts.CountObserved(job=None, bin="A-01", sku="TEA", qty=4)
    assert device.report(body).outcome is Outcome.APPLIED_LATE
    assert floor.has("bin:A-01") == 10
    assert len(tasks(floor, JobKind.COUNT)) == 1
    device.report(body)
    assert len(tasks(floor, JobKind.COUNT)) == 1


def move(device, item, qty, source, target):
    body = facts.MoveConfirm(job=item.job_id, sku=item.sku, qty=qty, from_account=source, to_account=target)
    return device.report(body, item.id)


@pytest.fixture
def put_back(floor):
    """(floor, device, item): 2 TEA of a cancelled order lie in T1 and are to go back to A-01."""
    floor.order("O1", ("TEA", 2))
    job = floor.release("O1").job
    picker = floor.device()
    granted = picker.claim(job)
    picker.pick(floor.items_of(job)[0], 2)
    picker.release(granted)
    floor.cancel("O1")
    [waiting] = floor.exceptions("put_back")
    made, _ = ask(floor, JobKind.PUT_BACK, "tote:T1", qty=2, to="A-01")
    device = floor.device()
    device.claim(made, kinds=["put_back"])
    assert waiting.params["from_account"] == "tote:T1"
    return floor, device, floor.items_of(made)[0]


@pytest.fixture
def dark(put_back):
    """(floor, device, item): the device that has the task was not heard of until its lease was over, and the keeper has been round."""
    floor, device, item = put_back

    def lapse(w):
        long_ago = w.now - timedelta(seconds=1)
        w.db.execute(update(WorkItem).where(WorkItem.id == item.id).values(lease_until=long_ago))
        w.db.execute(update(Lease).where(Lease.item == item.id).values(until=long_ago))

    floor.act(free_lapsed)
    [held] = floor.items_of(item.job_id)
    assert held.state is WorkState.LEASED
    floor.act(lapse)
    floor.act(free_lapsed)
    return floor, device, item


def test_a_task_of_a_device_that_went_dark_is_anybodys(dark):
    floor, device, item = dark
    [job] = floor.ask(select(Job).where(Job.id == item.job_id))
    assert (job.state, job.holder) == (JobState.OPEN, None)
    floor.check()
    floor.check_feed()
    other = floor.device()
    assert len(other.claim(item.job_id, kinds=["put_back"])) == 1
    assert move(device, item, 2, "tote:T1", "bin:A-01").outcome is Outcome.DIVERTED
    floor.check()


@pytest.mark.parametrize("units", [1, 2])
def test_what_a_dark_device_did_counts_while_nobody_else_has_the_task(dark, units):
    floor, device, item = dark
    assert move(device, item, units, "tote:T1", "bin:A-01").outcome is Outcome.APPLIED_LATE
    [job] = floor.ask(select(Job).where(Job.id == item.job_id))
    assert job.state is (JobState.DONE if units == 2 else JobState.ACTIVE)
    assert floor.has("bin:A-01") == 8 + units
    floor.check()
    floor.check_feed()


def test_goods_put_back_are_in_their_bin_and_their_instruction_is_settled(put_back):
    floor, device, item = put_back
    assert move(device, item, 2, "tote:T1", "bin:A-01").outcome is Outcome.APPLIED
    assert (floor.has("bin:A-01"), floor.has("tote:T1"), floor.exceptions("put_back")) == (10, 0, [])
    [job] = floor.ask(select(Job).where(Job.id == item.job_id))
    assert job.state is JobState.DONE
    floor.check()
    floor.check_feed()


def unmove(device, item, qty, source, target):
    body = facts.MoveUndo(job=item.job_id, sku=item.sku, qty=qty, from_account=source, to_account=target)
    return device.report(body, item.id)


@pytest.mark.parametrize("brought", [1, 2])
def test_goods_put_back_are_taken_back_and_somebody_is_asked_again(put_back, brought):
    floor, device, item = put_back
    move(device, item, brought, "tote:T1", "bin:A-01")
    assert unmove(device, item, brought, "tote:T1", "bin:A-01").outcome is Outcome.APPLIED
    assert (floor.has("bin:A-01"), floor.has("tote:T1")) == (8, 2)
    assert sum(one.params["qty"] for one in floor.exceptions("put_back")) == 2
    open_ = [one for one in tasks(floor, JobKind.PUT_BACK) if one.state in ("open", "leased")]
    assert sum(one.qty_req - one.qty_done for one in open_) == 2
    floor.check()
    floor.check_feed()
    # The words of who has it no more count for nobody, and the goods are where they were said to be.
    assert unmove(device, item, 1, "tote:T1", "bin:A-01").outcome is Outcome.DIVERTED
    floor.check()


def test_a_filled_pick_face_is_emptied_again(floor):
    floor.act(lambda w: w.db.add(Bin(site_id=w.site, code="R-1", zone="A", kind=BinKind.RESERVE, seq=99)))
    floor.stock("R-1", "TEA", 12)
    job, _ = ask(floor, JobKind.REPLENISH, "R-1", to="A-01")
    device = floor.device()
    device.claim(job, kinds=["replenish"])
    [item] = floor.items_of(job)
    move(device, item, 12, "bin:R-1", "bin:A-01")
    assert unmove(device, item, 12, "bin:R-1", "bin:A-01").outcome is Outcome.APPLIED
    assert (floor.has("bin:R-1"), floor.has("bin:A-01"), floor.reserved()) == (12, 10, 12)
    [again] = tasks(floor, JobKind.REPLENISH, JobState.OPEN)
    assert (again.qty_req, again.from_bin, again.to_place) == (12, "R-1", "A-01")
    # Of nobody's bring, and to no place at all.
    assert unmove(device, item, 1, "bin:R-1", "bin:A-01").outcome is Outcome.DIVERTED
    assert unmove(device, item, 1, "supplier", "bin:A-01").outcome is Outcome.DIVERTED
    floor.check()
    floor.check_feed()


def test_who_acknowledges_the_instruction_saves_the_task(put_back):
    floor, device, item = put_back
    [waiting] = floor.exceptions("put_back")
    device.acknowledge(waiting.id)
    assert [one.state for one in floor.items_of(item.job_id)] == [WorkState.CANCELLED]
    # Goods brought all the same are booked where they are, and the bin is counted.
    result = move(device, item, 1, "tote:T1", "bin:A-01")
    assert (result.outcome, result.notice.action) == (Outcome.DIVERTED, "count_bin")
    assert floor.has("bin:A-01") == 11
    floor.check()


def test_a_call_for_goods_brings_them_from_the_reserve(floor):
    def reserve_bin(w):
        w.db.add(Bin(site_id=floor.site, code="R-1", zone="A", kind=BinKind.RESERVE, seq=500))

    floor.act(reserve_bin)
    floor.stock("R-1", "TEA", 40).order("O1", ("TEA", 1))
    job = floor.release("O1").job
    picker = floor.device()
    picker.claim(job)
    [pick] = floor.items_of(job)
    call = facts.ReplenishCall(job=job, bin="A-01", sku="TEA")
    picker.report(call, pick.id)
    picker.report(call, pick.id)
    [task] = tasks(floor, JobKind.REPLENISH)
    assert (task.from_bin, task.to_place, task.qty_req) == ("R-1", "A-01", 40)
    runner = floor.device()
    runner.claim(task.job_id, kinds=["replenish"])
    move(runner, task, 15, "bin:R-1", "bin:A-01")
    assert floor.has("bin:A-01") == 25
    move(runner, task, 25, "bin:R-1", "bin:A-01")
    [job] = floor.ask(select(Job).where(Job.id == task.job_id))
    assert (job.state, floor.has("bin:R-1")) == (JobState.DONE, 0)
    floor.check()
    floor.check_feed()


def test_a_task_that_cannot_be_done_is_told(floor):
    job, _ = ask(floor, JobKind.PUT_AWAY, "bin:A-01", qty=4, to="A-04")
    device = floor.device()
    device.claim(job, kinds=["put_away"])
    [item] = floor.items_of(job)
    move(device, item, 3, "bin:A-01", "bin:A-04")
    body = facts.TaskShort(job=job, sku="TEA", missing=1, reason=ShortReason.OTHER, bin="A-04")
    assert device.report(body, item.id).outcome is Outcome.APPLIED
    assert [one.params["n"] for one in floor.exceptions("task_not_done")] == [1]
    [task] = floor.ask(select(Job).where(Job.id == job))
    assert task.state is JobState.DONE
    stranger = floor.device()
    assert stranger.report(body, item.id).outcome is Outcome.DIVERTED
    floor.check()


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        (Wanted(JobKind.PICK, "TEA", "A-01", 1, None, ""), "not_a_task"),
        (Wanted(JobKind.COUNT, "NONE", "A-01", 0, None, ""), "unknown_item"),
        (Wanted(JobKind.COUNT, "TEA", "Z-99", 0, None, ""), "unknown_bin"),
        (Wanted(JobKind.PUT_AWAY, "TEA", "supplier", 1, "A-02", ""), "unknown_place"),
        (Wanted(JobKind.PUT_AWAY, "TEA", "bin:A-01", 11, "A-02", ""), "not_enough_stock"),
        (Wanted(JobKind.REPLENISH, "TEA", "", 1, "A-01", ""), "no_reserve"),
        (Wanted(JobKind.COUNT, "T\0", "A-01", 0, None, ""), "not_text"),
    ],
)
def test_a_task_that_makes_no_sense_is_refused(floor, wanted, reason):
    assert floor.act(lambda w: taskdesk.ask(w, wanted)) == (None, reason)


@pytest.mark.parametrize(("empty", "counts"), [(True, 1), (False, 0)])
def test_the_answer_to_is_it_empty_is_compared_with_the_books(floor, empty, counts):
    device = floor.device()
    device.report(facts.BinEmpty(job="j", bin="A-01", sku="TEA", empty=empty))
    assert len(tasks(floor, JobKind.COUNT)) == counts


def test_a_bin_that_should_be_empty_and_is_not_is_counted(floor):
    device = floor.device()
    device.report(facts.BinEmpty(job="j", bin="A-04", sku="TEA", empty=False))
    [task] = tasks(floor, JobKind.COUNT)
    assert task.from_bin == "A-04"


def test_somebody_signs_in_to_a_zone_and_out_of_it(floor):
    device = floor.device()
    here = select(ZonePresence.zone).where(ZonePresence.site_id == floor.site)
    for zone, seen in (("A", ["A"]), ("B", ["B"]), (None, [])):
        assert device.report(facts.ZoneEnter(zone=zone)).outcome is Outcome.APPLIED
        assert floor.ask(here) == seen


@pytest.fixture
def substitution(floor):
    """(floor, device, item): O1 wants 3 TEA and takes CUP instead."""
    floor.order("O1", ("TEA", 3))
    allowed = update(Order).where(Order.site_id == floor.site).values(substitution=Substitution.ALLOWED)
    floor.act(lambda w: w.db.execute(allowed))
    job = floor.release("O1").job
    device = floor.device()
    device.claim(job)
    return floor, device, floor.items_of(job)[0]


def take_other(device, item, qty):
    body = facts.PickSubstitute(job=item.job_id, sku="TEA", other="CUP", qty=qty, from_bin="A-02", tote="T1", scan="x")
    return device.report(body, item.id)


def test_what_is_taken_instead_gets_a_line_and_is_packed(substitution):
    floor, device, item = substitution
    device.pick(item, 1)
    assert take_other(device, item, 2).outcome is Outcome.APPLIED
    lines = [(line.sku, line.qty, line.picked, line.short) for line in floor.lines_of("O1")]
    assert lines == [("TEA", 3, 1, 2), ("CUP", 2, 2, 0)]
    device.drop(item.job_id)
    [pack] = floor.jobs_of("O1", "pack")
    assert sorted((one.sku, one.qty_req) for one in floor.items_of(pack.id)) == [("CUP", 2), ("TEA", 1)]
    floor.check()
    floor.check_feed()


def test_what_was_taken_instead_can_go_back(substitution):
    floor, device, item = substitution
    result = take_other(device, item, 2)
    other = next(one for one in floor.items_of(item.job_id) if one.sku == "CUP")
    assert other.id == result.op_id
    undo = facts.PickUndo(job=item.job_id, sku="CUP", qty=2, from_bin="A-02", tote="T1")
    assert device.report(undo, result.op_id, token=device.tokens[item.id]).outcome is Outcome.APPLIED
    assert floor.has("bin:A-02", "CUP") == 10
    assert [(line.sku, line.qty, line.short) for line in floor.lines_of("O1")] == [("TEA", 3, 0), ("CUP", 0, 0)]
    assert device.pick(item, 3).outcome is Outcome.APPLIED
    floor.check()
    floor.check_feed()


def give_back_other(device, item, qty):
    body = facts.SubstituteUndo(job=item.job_id, sku="TEA", other="CUP", qty=qty, from_bin="A-02", tote="T1")
    return device.report(body, item.id)


def test_a_substitute_is_taken_back_by_a_word_about_its_line(substitution):
    floor, device, item = substitution
    take_other(device, item, 2)
    take_other(device, item, 1)
    assert give_back_other(device, item, 1).outcome is Outcome.APPLIED
    assert (floor.has("bin:A-02", "CUP"), floor.has("tote:T1", "CUP")) == (8, 2)
    assert [(line.sku, line.qty, line.short) for line in floor.lines_of("O1")] == [
        ("TEA", 3, 2),
        ("CUP", 2, 0),
        ("CUP", 0, 0),
    ]
    assert give_back_other(device, item, 2).outcome is Outcome.APPLIED
    assert device.pick(item, 3).outcome is Outcome.APPLIED
    assert give_back_other(device, item, 1).outcome is Outcome.DIVERTED
    floor.check()
    floor.check_feed()


def test_the_last_substitute_of_a_line_is_taken_back(substitution):
    floor, device, item = substitution
    device.pick(item, 2)
    take_other(device, item, 1)
    assert give_back_other(device, item, 1).outcome is Outcome.APPLIED
    assert device.pick(item, 1).outcome is Outcome.APPLIED
    floor.check()
    floor.check_feed()


def test_a_substitute_that_counted_for_nobody_goes_back_out_of_the_hands(substitution):
    floor, device, item = substitution
    floor.act(lambda w: w.db.execute(update(Order).where(Order.site_id == floor.site).values(substitution="never")))
    take_other(device, item, 1)
    assert give_back_other(device, item, 1).outcome is Outcome.DIVERTED
    assert (floor.has(f"surplus:{device.id}", "CUP"), floor.has("bin:A-02", "CUP")) == (0, 10)
    assert floor.exceptions("put_back") == []
    floor.check()


@pytest.fixture
def asking(substitution):
    """(floor, device, item): one TEA was picked of three, and the customer is to be asked about the rest."""
    floor, device, item = substitution
    floor.act(
        lambda w: w.db.execute(
            update(Item).where(Item.site_id == w.site, Item.sku == "TEA").values(substitutes=["CUP"])
        )
    )
    device.pick(item, 1)
    ask = facts.SubstituteAsk(job=item.job_id, sku="TEA", missing=2, bin="A-01")
    assert device.report(ask, item.id).outcome is Outcome.APPLIED
    return floor, device, item


def board_act(floor, act, exception, reason=""):
    return floor.act(lambda w: act(w, exception, "", reason))


def asked_line(floor):
    with floor.oms.sessions() as db:
        [line] = [
            one
            for one in board(db, floor.site, BoardTab.EXCEPTIONS, 0, "").exceptions
            if one.kind == "substitute_asked"
        ]
    return line


def test_a_customer_who_agrees_gets_something_else_in_the_same_trip(asking):
    floor, device, item = asking
    question = asked_line(floor)
    assert question.acts == [BoardAct.SUBSTITUTE, BoardAct.APPROVE]
    assert board_act(floor, settling.settle, question.id, "done").refused is BoardRefusal.NOT_HERE
    board_act(floor, settling.substitute, question.id)
    assert board_act(floor, settling.substitute, question.id) is GONE
    assert [(line.sku, line.qty, line.picked, line.short) for line in floor.lines_of("O1")] == [
        ("TEA", 3, 1, 2),
        ("CUP", 2, 0, 0),
    ]
    other = next(one for one in floor.items_of(item.job_id) if one.sku == "CUP")
    assert (other.qty_req, other.from_bin, other.holder, other.state) == (2, "A-02", device.id, WorkState.LEASED)
    device.tokens[other.id] = (other.tok_epoch, other.tok_n)
    assert device.pick(other, 2).outcome is Outcome.APPLIED
    device.drop(item.job_id)
    assert floor.jobs_of("O1", "pack")
    floor.check()
    floor.check_feed()


@pytest.mark.parametrize("agrees", [True, False])
def test_an_order_waits_for_its_customers_word(asking, agrees):
    floor, device, item = asking
    device.drop(item.job_id)
    assert floor.jobs_of("O1", "pack") == []
    question = asked_line(floor)
    board_act(floor, settling.substitute if agrees else settling.approve, question.id)
    assert floor.exceptions("substitute_asked") == []
    if agrees:
        hot = next(job for job in floor.jobs_of("O1", "pick") if job.id != item.job_id)
        device.claim(hot.id)
        device.pick(floor.items_of(hot.id)[0], 2)
        device.drop(hot.id)
    [pack] = floor.jobs_of("O1", "pack")
    packed = sorted((one.sku, one.qty_req) for one in floor.items_of(pack.id))
    assert packed == ([("CUP", 2), ("TEA", 1)] if agrees else [("TEA", 1)])
    assert board_act(floor, settling.reopen, question.id) is GONE
    floor.check()
    floor.check_feed()


def test_a_question_is_taken_back_or_cannot_be_met_or_is_asked_in_vain(asking):
    floor, device, item = asking
    question = asked_line(floor)
    floor.act(lambda w: w.move(uuid4().hex, 0, "CUP", "", "bin:A-02", "supplier", 10))
    assert board_act(floor, settling.substitute, question.id).refused is BoardRefusal.NOT_ENOUGH_STOCK
    back = facts.PickUnshort(job=item.job_id, sku="TEA", qty=2, bin="A-01")
    assert device.report(back, item.id).outcome is Outcome.APPLIED
    assert floor.exceptions("substitute_asked") == []
    assert [(line.picked, line.short) for line in floor.lines_of("O1")] == [(1, 0)]
    ask = facts.SubstituteAsk(job=item.job_id, sku="TEA", missing=2, bin="A-01")
    assert floor.device().report(ask, item.id, token=(1, 9)).outcome is Outcome.DIVERTED
    device.report(ask, item.id)
    floor.cancel("O1")
    assert floor.exceptions("substitute_asked") == []
    floor.check()
    floor.check_feed()


def test_a_customer_who_wants_nothing_else_gets_nothing_else(substitution):
    floor, device, item = substitution
    floor.act(lambda w: w.db.execute(update(Order).where(Order.site_id == floor.site).values(substitution="never")))
    result = take_other(device, item, 1)
    assert (result.outcome, result.notice.params["bin"]) == (Outcome.DIVERTED, "A-02")
    assert floor.has(f"surplus:{device.id}", "CUP") == 1
    floor.check()


@pytest.mark.parametrize(("lot", "looks"), [("L1", 0), ("L2", 1)])
def test_a_bin_out_of_which_another_lot_came_is_counted(floor, lot, looks):
    floor.stock("A-04", "MILK", 3, lot="L1", expiry=date(2030, 1, 1))
    floor.stock("A-04", "MILK", 3, lot="L2", expiry=date(2031, 1, 1))
    floor.order("O1", ("MILK", 2))
    floor.release("O1")
    device = floor.device()
    device.claim()
    [item] = floor.items_of(floor.jobs_of("O1", "pick")[0].id)
    assert item.lot == "L1"
    for _ in range(2):
        assert device.pick(item, 1, lot=lot).outcome is Outcome.APPLIED
    counts = tasks(floor, JobKind.COUNT, JobState.OPEN)
    assert [(task.from_bin, task.sku) for task in counts] == [("A-04", "MILK")] * looks
    floor.check()
