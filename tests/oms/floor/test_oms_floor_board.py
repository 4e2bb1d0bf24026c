"""The supervisor's board on a real database: who is dark and holds what, what taking it back means, and that it happens as it was shown."""

from datetime import timedelta
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from oms.db.work import Actor
from oms.feed import ingest
from oms.feed.models import FloorException, Lease
from oms.floor import actions, settling
from oms.floor.contact import write as heard
from oms.floor.models import Contact
from oms.floor.queries import board
from oms.floor.reclaim import preview, reclaim
from oms.people.actions import add_worker
from oms.people.models import Audit, Device
from oms.people.models import Session as FloorSession
from oms.picking.models import Job, WorkItem
from sync.contract.board import BoardAct, BoardTab, DeviceState, ReclaimReason, SettleReason
from sync.contract.codes import Outcome, Role, WorkState

FLAT = ReclaimReason.BATTERY_FLAT


@pytest.fixture
def boss(floor):
    """Acts as a supervisor on a desk."""

    def do(what, *words):
        words = (*words, "", "", "")[:3] if len(words) < 4 else words
        return floor.oms.works.run(floor.site, Actor("floor", worker="boss"), lambda w: what(w, *words))

    return do


def shown(floor, tab, since=0, after=""):
    with floor.oms.sessions() as db:
        return board(db, floor.site, BoardTab(tab), since, after)


def ahead(floor, device, job=None):
    with floor.oms.sessions() as db:
        return preview(db, floor.site, device.id, job)


def taken(floor, device, seen, reason=FLAT, job=None):
    return floor.oms.works.run(
        floor.site, Actor("floor", device="desk", worker="boss"),
        lambda w: reclaim(w, device.id, seen.version, reason, job),
    )  # fmt: skip


def gone_dark(floor, device, minutes=9, lease_left=None):
    """The server has not heard of the device for so long; its claims have so many minutes left."""

    def do(w):
        ago = w.now - timedelta(minutes=minutes)
        w.db.execute(update(Device).where(Device.id == device.id).values(last_seen=ago))
        w.db.execute(update(Contact).where(Contact.device_id == device.id).values(seen_at=ago))
        if lease_left is not None:
            until = w.now + timedelta(minutes=lease_left)
            w.db.execute(update(Lease).where(Lease.device == device.id, Lease.ended_at.is_(None)).values(until=until))
            w.db.execute(update(WorkItem).where(WorkItem.holder == device.id).values(lease_until=until))

    floor.act(do)


def sign_in(floor, device, name, role=Role.PICKER):
    def do(w):
        person = add_worker(w, f"{name}-{uuid4().hex[:4]}", name, [role])
        w.db.add(
            FloorSession(
                id=uuid4().hex, site_id=w.site, worker_id=person.id, device_id=device.id, issued_at=w.now,
                offline_until=w.now + timedelta(hours=8),
            )
        )  # fmt: skip
        return person.id

    return floor.act(do)


@pytest.fixture
def dark(floor):
    """A device with two jobs in hand, one of them begun (2 of 3 TEA are in tote T1), dark for nine minutes."""
    floor.order("O1", ("TEA", 3), ("CUP", 2)).order("O2", ("TEA", 1))
    floor.release("O1")
    floor.release("O2")
    device = floor.device("H7")
    device.claim(want=2)
    [tea] = [item for item in floor.items_of(floor.jobs_of("O1", "pick")[0].id) if item.sku == "TEA"]
    assert device.pick(tea, 2).outcome is Outcome.APPLIED
    heard(floor.oms.sessions, device.id)
    gone_dark(floor, device, lease_left=6)
    return device


def test_a_dark_device_is_on_top_with_all_that_it_holds(floor, dark):
    fine = floor.device("A1")
    heard(floor.oms.sessions, fine.id)
    sign_in(floor, dark, "Amira")
    reply = shown(floor, "devices")
    first, second = reply.devices
    assert (first.label, first.state, first.person) == ("H7", DeviceState.DARK, "Amira")
    assert 9 * 60 <= first.seen_s < 10 * 60
    assert 5 * 60 < first.left_s <= 6 * 60
    assert (len(first.jobs), first.lines, first.units) == (2, 3, 4)
    begun = next(job for job in first.jobs if job.begun)
    assert (begun.orders, begun.tote, begun.lines, begun.units, begun.units_done) == (["O1"], "T1", 2, 5, 2)
    assert (second.label, second.state, second.jobs, second.left_s) == ("A1", DeviceState.LIVE, [], None)
    assert (reply.counts.devices, reply.counts.dark, reply.counts.jobs, reply.counts.people) == (2, 1, 2, 1)


def test_a_claim_that_ran_out_says_so_and_a_device_without_work_is_merely_away(floor, dark):
    empty = floor.device("E1")
    heard(floor.oms.sessions, empty.id)
    gone_dark(floor, empty)
    gone_dark(floor, dark, lease_left=-2)
    states = {line.label: line.state for line in shown(floor, "devices").devices}
    assert states == {"H7": DeviceState.OVERDUE, "E1": DeviceState.AWAY}


def test_a_device_nobody_has_heard_of_for_weeks_is_not_on_the_floor(floor):
    old = floor.device("OLD")
    heard(floor.oms.sessions, old.id)
    gone_dark(floor, old, minutes=60 * 24 * 15)
    assert shown(floor, "devices").devices == []


def test_scans_that_wait_are_those_the_device_said_it_has(floor):
    device = floor.device("H1")
    heard(floor.oms.sessions, device.id, said_seq=7)
    assert shown(floor, "devices").devices[0].waiting == 7
    # Being heard of again says nothing new about the log.
    heard(floor.oms.sessions, device.id)
    assert shown(floor, "devices").devices[0].waiting == 7


def test_the_preview_says_what_goes_back_and_what_has_to_be_searched(floor, dark):
    seen = ahead(floor, dark)
    assert (seen.lines_back, seen.lines_begun, seen.units_picked, seen.units_open) == (3, 1, 2, 4)
    [tote] = seen.totes
    assert (tote.tote, tote.units, tote.orders, tote.bin) == ("T1", 2, ["O1"], "A-01")
    assert seen.near == []


def test_a_truck_that_leaves_before_the_claim_ends_is_named(floor, dark):
    def soon(w):
        job = w.db.get_one(Job, floor.jobs_of("O2", "pick")[0].id)
        job.cut_off = w.now + timedelta(minutes=3)
        w.touch("job", job.id)

    floor.act(soon)
    [near] = ahead(floor, dark).near
    assert near.order == "O2"
    assert 2 * 60 < near.left_s <= 3 * 60


def test_it_is_taken_back_as_shown_and_the_late_picks_become_a_put_back(floor, dark):
    seen = ahead(floor, dark)
    done, again = taken(floor, dark, seen)
    assert done
    assert again.lines_back == 3
    held = floor.ask(select(Lease).where(Lease.device == dark.id, Lease.ended_at.is_(None)))
    assert held == []
    items = floor.ask(select(WorkItem).where(WorkItem.site_id == floor.site))
    assert {item.state for item in items} == {WorkState.OPEN}
    assert {item.tok_n for item in items} == {2}
    # The device comes back with a pick it made in the dark: the goods are nobody's, and it is told to put them back.
    cup = next(item for item in items if item.sku == "CUP")
    result = dark.pick(cup, 2)
    assert (result.outcome, result.notice.action) == (Outcome.DIVERTED, "put_back")
    assert floor.has(f"surplus:{dark.id}", "CUP") == 2
    # Somebody else goes on where it stopped, and nothing counts twice.
    other = floor.device("H8")
    assert len(other.claim(job=cup.job_id)) == 2
    assert other.pick(cup, 2).outcome is Outcome.APPLIED
    floor.check()
    floor.check_feed()


def test_what_is_in_the_tote_has_to_be_found(floor, dark):
    taken(floor, dark, ahead(floor, dark))
    [asked] = floor.exceptions("find_tote")
    assert (asked.params["tote"], asked.params["n"], asked.params["device"], asked.order_no) == ("T1", 2, "H7", "O1")


def test_nobody_looks_for_the_tote_any_more_once_it_stands_at_its_lane(floor, dark):
    taken(floor, dark, ahead(floor, dark))
    job = floor.jobs_of("O1", "pick")[0].id
    other = floor.device("H8")
    other.claim(job=job)
    for item in floor.items_of(job):
        other.pick(item, item.qty_req - item.qty_done)
    other.drop(job)
    assert floor.exceptions("find_tote") == []
    assert sum(item.qty_req for item in floor.items_of(floor.jobs_of("O1", "pack")[0].id)) == 5
    floor.check()
    floor.check_feed()


def test_it_is_written_down_who_took_what_from_which_device_and_why(floor, dark):
    taken(floor, dark, ahead(floor, dark), ReclaimReason.LOST_OR_BROKEN)
    [entry] = floor.ask(select(Audit).where(Audit.site_id == floor.site, Audit.what == "floor.reclaimed"))
    assert (entry.worker_id, entry.device) == ("boss", "desk")
    words = entry.words
    assert (words["from_device"], words["reason"], words["lines"], words["begun"]) == (
        dark.id, "lost_or_broken", 3, 1,
    )  # fmt: skip


def test_what_changed_since_the_preview_is_shown_anew_and_nothing_is_done(floor, dark):
    seen = ahead(floor, dark)
    cup = next(item for item in floor.items_of(floor.jobs_of("O1", "pick")[0].id) if item.sku == "CUP")
    assert dark.pick(cup).outcome is Outcome.APPLIED
    gone_dark(floor, dark)
    done, again = taken(floor, dark, seen)
    assert not done
    assert (again.units_picked, again.units_open) == (3, 3)
    assert again.version != seen.version
    assert floor.ask(select(Lease.id).where(Lease.device == dark.id, Lease.ended_at.is_(None)))
    done, _ = taken(floor, dark, again)
    assert done


def test_a_device_that_came_back_is_no_longer_what_the_preview_said(floor, dark):
    seen = ahead(floor, dark)
    floor.act(lambda w: w.db.execute(update(Contact).values(seen_at=w.now)))
    done, again = taken(floor, dark, seen)
    assert not done
    assert again.state is DeviceState.LIVE


def test_time_alone_changes_nothing(floor, dark):
    seen = ahead(floor, dark)
    gone_dark(floor, dark, minutes=11, lease_left=4)
    assert ahead(floor, dark).version == seen.version


def test_one_job_can_be_taken_back_alone(floor, dark):
    other = floor.jobs_of("O2", "pick")[0].id
    seen = ahead(floor, dark, other)
    assert (seen.lines_back, seen.units_picked, seen.totes) == (1, 0, [])
    assert taken(floor, dark, seen, job=other)[0]
    left = ahead(floor, dark)
    assert [job.orders for job in left.jobs] == [["O1"]]
    assert floor.exceptions("find_tote") == []


def test_taken_back_twice_is_taken_back_once(floor, dark):
    seen = ahead(floor, dark)
    assert taken(floor, dark, seen)[0]
    assert not taken(floor, dark, seen)[0]
    assert {item.tok_n for item in floor.ask(select(WorkItem).where(WorkItem.site_id == floor.site))} == {2}


def test_an_unknown_device_has_no_preview(floor):
    with floor.oms.sessions() as db:
        assert preview(db, floor.site, "nobody") is None


def test_jobs_come_whole_once_and_then_only_what_changed(floor, dark):
    whole = shown(floor, "jobs")
    assert whole.full
    assert {line.orders[0] for line in whole.jobs} == {"O1", "O2"}
    assert (shown(floor, "jobs", whole.ver).jobs, shown(floor, "jobs", whole.ver).gone) == ([], [])
    item = floor.items_of(floor.jobs_of("O2", "pick")[0].id)[0]
    dark.pick(item, tote="T2")
    after = shown(floor, "jobs", whole.ver)
    [line] = after.jobs
    assert (after.full, line.orders, line.units_done, line.device, line.tote) == (False, ["O2"], 1, "H7", "T2")
    dark.drop(item.job_id, tote="T2")
    last = shown(floor, "jobs", after.ver)
    assert last.gone == [item.job_id]
    assert [line.kind for line in last.jobs] == ["pack"]


def test_long_lists_come_in_pages(floor, monkeypatch):
    from oms.floor import lists

    monkeypatch.setattr(lists, "PAGE", 2)
    for n in range(5):
        floor.order(f"P{n}", ("TEA", 1))
        floor.release(f"P{n}")
    seen, after = [], ""
    while True:
        reply = shown(floor, "jobs", after=after)
        seen += [line.id for line in reply.jobs]
        after = reply.next
        if not after:
            break
    assert len(seen) == len(set(seen)) == 5
    assert shown(floor, "jobs", since=1).restart


def test_people_are_those_signed_in_with_what_they_did(floor, dark, monkeypatch):
    worker = sign_in(floor, dark, "Amira")
    [line] = shown(floor, "people").people
    assert (line.name, line.device, line.state, line.idle_s, line.lines_hour) == (
        "Amira", "H7", DeviceState.DARK, None, 0,
    )  # fmt: skip
    item = floor.items_of(floor.jobs_of("O2", "pick")[0].id)[0]
    monkeypatch.setattr(ingest, "_worker", lambda _this, _session: worker)
    assert dark.pick(item).outcome is Outcome.APPLIED
    [line] = shown(floor, "people").people
    assert (line.lines_hour, line.zone) == (1, "A")
    assert line.idle_s < 60


def test_waves_are_trucks_with_how_far_their_orders_are(floor):
    def truck(number, hours):
        floor.order(number, ("TEA", 1), carrier="DHL")
        floor.release(number)
        return number

    for number in ("W1", "W2"):
        truck(number, 2)
    [wave] = shown(floor, "waves").waves
    assert (wave.name, wave.orders, wave.to_pick, wave.left_s) == ("DHL", 2, 2, None)


def test_a_priority_is_given_and_taken_back(floor, boss):
    floor.order("O1", ("TEA", 1))
    floor.release("O1")
    job = floor.jobs_of("O1", "pick")[0].id
    done = boss(actions.prioritise, job, "1")
    assert floor.jobs_of("O1", "pick")[0].priority == 1
    undo = done.undo
    assert (undo.act, undo.id, undo.value) == (BoardAct.PRIORITISE, job, "3")
    boss(actions.prioritise, undo.id, undo.value)
    assert floor.jobs_of("O1", "pick")[0].priority == 3
    assert boss(actions.prioritise, job, "0").refused == "board_not_here"
    assert boss(actions.prioritise, "nobody", "1").refused == "board_gone"
    floor.check_feed()


def test_a_job_is_kept_for_one_device_and_passed_by_the_others(floor, boss):
    floor.order("O1", ("TEA", 1)).order("O2", ("TEA", 1))
    floor.release("O1")
    floor.release("O2")
    job = floor.jobs_of("O2", "pick")[0].id
    mine, other = floor.device("H1"), floor.device("H2")
    boss(actions.reassign, job, mine.id)
    assert {lease.job for lease in other.claim(want=3)} == {floor.jobs_of("O1", "pick")[0].id}
    [line] = [line for line in shown(floor, "jobs").jobs if line.id == job]
    assert (line.kept_for, line.device) == ("H1", "")
    assert [lease.job for lease in mine.claim()] == [job]


def test_a_job_somebody_holds_is_released_unless_they_have_begun(floor, boss):
    floor.order("O1", ("TEA", 2))
    floor.release("O1")
    job = floor.jobs_of("O1", "pick")[0].id
    first, second = floor.device("H1"), floor.device("H2")
    first.claim(job=job)
    done = boss(actions.reassign, job, second.id)
    assert (done.refused, done.undo.value) == (None, first.id)
    assert second.claim(job=job)
    item = floor.items_of(job)[0]
    assert first.pick(item).outcome is Outcome.DIVERTED
    assert second.pick(item).outcome is Outcome.APPLIED
    assert boss(actions.reassign, job, first.id).refused == "board_begun"
    floor.check()


def test_an_order_pulled_out_goes_first(floor, boss):
    floor.order("O1", ("TEA", 1))
    floor.release("O1")
    done = boss(actions.pull_out, "O1")
    assert floor.jobs_of("O1", "pick")[0].priority == 1
    assert (done.undo.act, done.undo.value) == (BoardAct.PRIORITISE, "3")
    assert boss(actions.pull_out, "nobody").refused == "board_gone"


def test_an_order_pulled_out_of_a_shared_trip_gets_a_trip_of_its_own(floor, boss):
    floor.order("O1", ("TEA", 1)).order("O2", ("CUP", 2))
    floor.release("O1")
    floor.release("O2")
    shared, lone = floor.jobs_of("O1", "pick")[0].id, floor.jobs_of("O2", "pick")[0].id

    def together(w):
        w.db.execute(update(WorkItem).where(WorkItem.job_id == lone).values(job_id=shared))
        w.touch("job", shared)

    floor.act(together)
    picker = floor.device("H1")
    picker.claim(job=shared)
    cup = next(item for item in floor.items_of(shared) if item.sku == "CUP")
    boss(actions.pull_out, "O2")
    hot = [job for job in floor.jobs_of("O2", "pick") if job.id not in (shared, lone)]
    assert [(job.priority, len(floor.items_of(job.id))) for job in hot] == [(1, 1)]
    assert picker.pick(cup).outcome is Outcome.DIVERTED
    tea = next(item for item in floor.items_of(shared) if item.sku == "TEA")
    assert picker.pick(tea).outcome is Outcome.APPLIED
    floor.check()


@pytest.fixture
def short(floor):
    """O1 lacks 2 of 3 CUP; its trip is still out."""
    floor.order("O1", ("CUP", 3))
    floor.release("O1")
    picker = floor.device("H1")
    picker.claim(want=1)
    [item] = floor.items_of(floor.jobs_of("O1", "pick")[0].id)
    picker.pick(item)
    picker.short(item, 2, "not_found")
    return picker, item


def the_short(floor):
    [line] = [line for line in shown(floor, "exceptions").exceptions if line.kind == "count_bin"]
    return line


def test_a_short_offers_what_settles_it(floor, short):
    line = the_short(floor)
    assert (line.order, line.missing, line.device) == ("O1", 2, "H1")
    assert line.acts == [BoardAct.APPROVE, BoardAct.REALLOCATE, BoardAct.RESOLVE]


def test_an_approved_short_leaves_the_count_to_be_done_and_can_be_withdrawn(floor, short, boss):
    line = the_short(floor)
    done = boss(settling.approve, line.id)
    assert done.undo.act is BoardAct.WITHDRAW
    approved = the_short(floor)
    assert (approved.decision, approved.acts) == ("approve", [BoardAct.WITHDRAW, BoardAct.RESOLVE])
    assert boss(settling.withdraw, line.id).refused is None
    assert the_short(floor).decision == ""
    assert boss(settling.withdraw, line.id).refused == "board_gone"


def test_missing_units_come_from_another_bin_by_an_urgent_trip(floor, short, boss):
    picker, item = short
    floor.stock("A-04", "CUP", 5)
    line = the_short(floor)
    assert boss(settling.reallocate, line.id).refused is None
    assert floor.lines_of("O1")[0].short == 0
    [hot] = [job for job in floor.jobs_of("O1", "pick") if job.id != item.job_id]
    assert [(one.from_bin, one.qty_req) for one in floor.items_of(hot.id)] == [("A-04", 2)]
    assert hot.priority == 1
    assert the_short(floor).acts == [BoardAct.RESOLVE]
    assert boss(settling.reallocate, line.id).refused == "board_gone"
    # The order waits for both trips.
    picker.drop(item.job_id)
    other = floor.device("H2")
    other.claim(job=hot.id)
    [rest] = floor.items_of(hot.id)
    other.pick(rest, 2, tote="T9")
    other.drop(hot.id, tote="T9")
    assert sum(one.qty_req for job in floor.jobs_of("O1", "pack") for one in floor.items_of(job.id)) == 3
    floor.check()


def test_what_is_nowhere_to_be_had_is_refused_and_nothing_is_half_done(floor, short, boss):
    line = the_short(floor)

    def empty(w):
        for (account, sku, lot), qty in floor.balances().items():
            if sku == "CUP" and account.startswith("bin:") and qty > 0:
                w.move(uuid4().hex, 0, sku, lot, account, "count_adjust", qty)

    floor.act(empty)
    done = boss(settling.reallocate, line.id)
    assert (done.refused, done.words) == ("not_enough_stock", {"sku": "CUP", "missing": 2})
    assert the_short(floor).acts == [BoardAct.APPROVE, BoardAct.REALLOCATE, BoardAct.RESOLVE]


def test_nothing_is_added_once_the_trip_is_home(floor, short, boss):
    picker, item = short
    picker.drop(item.job_id)
    line = the_short(floor)
    assert BoardAct.REALLOCATE not in line.acts
    assert boss(settling.reallocate, line.id).refused == "board_too_late"


def test_an_exception_is_settled_and_opened_again(floor, short, boss):
    line = the_short(floor)
    assert boss(settling.settle, line.id, "", "because").refused == "board_not_here"
    done = boss(settling.settle, line.id, "", SettleReason.DONE)
    assert done.undo.act is BoardAct.REOPEN
    assert shown(floor, "exceptions").exceptions == []
    assert boss(settling.settle, line.id, "", SettleReason.DONE).refused == "board_gone"
    counts = select(Job.state).where(Job.site_id == floor.site, Job.kind == "count", Job.state == "open")
    assert floor.ask(counts) == []
    boss(settling.reopen, line.id)
    assert the_short(floor).id == line.id
    assert floor.ask(counts) == ["open"]
    floor.check_feed()


def test_a_put_back_is_settled_by_being_done_which_books_the_goods(floor, boss):
    floor.order("O1", ("TEA", 1))
    floor.release("O1")
    picker = floor.device("H1")
    picker.claim(want=1)
    [item] = floor.items_of(floor.jobs_of("O1", "pick")[0].id)
    picker.pick(item)
    floor.cancel("O1")
    before = floor.has("bin:A-01")
    [line] = shown(floor, "exceptions").exceptions
    assert line.kind == "put_back"
    assert boss(settling.settle, line.id, "", SettleReason.MISTAKE).refused == "board_not_here"
    done = boss(settling.settle, line.id, "", SettleReason.DONE)
    assert (done.refused, done.undo) == (None, None)
    assert floor.has("bin:A-01") == before + 1
    assert floor.ask(select(FloorException.state).where(FloorException.id == line.id)) == ["resolved"]
    floor.check()


def test_every_act_is_written_down(floor, short, boss):
    line = the_short(floor)
    boss(settling.approve, line.id)
    boss(settling.withdraw, line.id)
    boss(settling.settle, line.id, "", SettleReason.NOT_NEEDED)
    boss(settling.reopen, line.id)
    floor.order("O2", ("TEA", 1))
    floor.release("O2")
    job = floor.jobs_of("O2", "pick")[0].id
    boss(actions.prioritise, job, "2")
    boss(actions.reassign, job, floor.device("H9").id)
    boss(actions.pull_out, "O2")
    # What was refused is no act.
    boss(actions.prioritise, "nobody", "2")
    acts = floor.ask(
        select(Audit.what).where(Audit.site_id == floor.site, Audit.what.startswith("floor.")).order_by(Audit.id)
    )
    assert acts == [
        "floor.short_approved", "floor.approval_withdrawn", "floor.settled", "floor.reopened", "floor.prioritised",
        "floor.reassigned", "floor.pulled_out",
    ]  # fmt: skip


def test_a_pick_and_a_reclaim_at_the_same_moment_never_count_twice(new_floor):
    """Whichever comes first: the pick counts and the preview is out of date, or the work is back and the pick is surplus."""
    for _ in range(8):
        floor = new_floor().build().stock("A-01", "TEA", 10)
        floor.order("O1", ("TEA", 3))
        floor.release("O1")
        device = floor.device("H7")
        device.claim()
        [item] = floor.items_of(floor.jobs_of("O1", "pick")[0].id)
        seen = ahead(floor, device)
        both, results = Barrier(2), {}

        def pick(both=both, results=results, device=device, item=item):
            both.wait()
            results["pick"] = device.pick(item).outcome

        def back(both=both, results=results, floor=floor, device=device, seen=seen):
            both.wait()
            results["done"] = taken(floor, device, seen)[0]

        threads = [Thread(target=pick), Thread(target=back)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        picked = floor.items_of(item.job_id)[0].qty_done
        assert (results["pick"], results["done"], picked) in (
            (Outcome.APPLIED, False, 1), (Outcome.DIVERTED, True, 0),
        ), results  # fmt: skip
        floor.check()
        floor.check_feed()


def test_work_that_was_handed_over_says_so(floor, dark):
    def give(w):
        w.db.execute(update(Lease).where(Lease.device == dark.id).values(handed_over="h1"))

    before = ahead(floor, dark)
    floor.act(give)
    after = ahead(floor, dark)
    assert [job.handed_over for job in after.jobs] == [True, True]
    assert after.version != before.version
