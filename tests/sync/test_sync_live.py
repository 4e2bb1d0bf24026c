"""A device and the OMS over TCP and TLS: the calm day, and the directed faults of `sync.md` b.10."""

import time

import pytest

from sync.client.status import AskFate, ClaimJob, ClaimPolicy, GiveBack, Refused, SignIn, Unreachable
from sync.contract.version import MAX_PULL_WAIT_S

pytestmark = pytest.mark.postgres
PICKER = ClaimPolicy(kinds=("pick",), capacity=1)


def test_claims_pulls_picks_and_pushes(until, warehouse, device):
    [job] = warehouse.orders(1)
    d = device(PICKER)
    until(lambda: d.synced and len(d.store.leases) == 2)
    items = d.work_of(job)
    assert [i.sku for i in items] == ["TEA", "CUP"]
    ops = [d.pick(item) for item in items]
    until(lambda: all(d.outcome(op) for op in ops))
    assert [d.outcome(op) for op in ops] == ["applied", "applied"]
    assert warehouse.balance("tote:T-1", "TEA") == 1
    assert warehouse.balance("tote:T-1", "CUP") == 2
    until(lambda: not d.store.overlay())
    assert [i.qty_done for i in d.work_of(job)] == [1, 2]
    warehouse.check()


def test_lost_answers_change_nothing(until, warehouse, device, link):
    [job] = warehouse.orders(1)
    d = device(PICKER)
    until(lambda: len(d.store.leases) == 2 and d.synced)
    link.swallow_answers = True
    op = d.pick(d.work_of(job)[0])
    until(lambda: warehouse.balance("tote:T-1") == 1)
    assert d.outcome(op) is None
    link.swallow_answers = False
    link.cut()
    until(lambda: d.outcome(op) and d.synced)
    assert d.outcome(op) == "applied"
    assert warehouse.balance("tote:T-1") == 1
    warehouse.check()


def test_server_restart_in_the_middle(until, warehouse, device, live):
    [job] = warehouse.orders(1)
    d = device(PICKER)
    until(lambda: len(d.store.leases) == 2 and d.synced)
    live.stop()
    until(lambda: not d.status.online)
    ops = [d.pick(item) for item in d.work_of(job)]
    until(lambda: d.status.waiting == 2)
    live.start()
    until(lambda: all(d.outcome(op) for op in ops))
    assert {d.outcome(op) for op in ops} == {"applied"}
    warehouse.check()


def test_client_restart_goes_on_from_its_disk(until, warehouse, device, link):
    [job] = warehouse.orders(1)
    d = device(PICKER)
    until(lambda: len(d.store.leases) == 2 and d.synced)
    link.swallow_answers = True
    first = d.pick(d.work_of(job)[0])
    until(lambda: warehouse.balance("tote:T-1") == 1)
    d.stop()
    second = d.pick(d.work_of(job)[1])
    link.swallow_answers = False
    d.start()
    until(lambda: d.outcome(first) and d.outcome(second))
    assert {d.outcome(first), d.outcome(second)} == {"applied"}
    warehouse.check()


def test_a_grant_whose_answer_was_lost_is_found_again(until, warehouse, device, link):
    """The claim was granted, the answer never arrived, and the device was switched off: the next open brings the leases."""
    d = device(start=False)
    warehouse.orders(1)
    link.swallow_answers = False
    d.policy = PICKER
    d.start()
    until(lambda: d.synced)
    until(lambda: len(d.store.leases) == 2)
    d.stop()
    lost = dict(d.store.leases)
    d.store.leases.clear()
    d.policy = ClaimPolicy()
    d.start()
    until(lambda: set(d.store.leases) == set(lost))
    warehouse.check()


def test_lease_ran_out_and_nobody_else_was_given_it(until, warehouse, device, link):
    [job] = warehouse.orders(1)
    d = device(PICKER)
    until(lambda: len(d.store.leases) == 2 and d.synced)
    link.closed = True
    link.cut()
    until(lambda: not d.status.online)
    warehouse.let_leases_run_out()
    op = d.pick(d.work_of(job)[0])
    d.stop()
    link.closed = False
    d.start()
    until(lambda: d.outcome(op))
    # Whoever comes back opens first, and that renewed what nobody else was given.
    assert d.outcome(op) == "applied"
    assert warehouse.balance("tote:T-1") == 1
    warehouse.check()


def test_lease_ran_out_and_another_was_given_it(until, warehouse, device, live):
    [job] = warehouse.orders(1)
    d = device(PICKER)
    until(lambda: len(d.store.leases) == 2 and d.synced)
    d.stop()
    # Nothing of this device is still under way in the server afterwards: any contact would renew.
    live.stop()
    live.start()
    warehouse.let_leases_run_out()
    other = device(PICKER)
    until(lambda: len(other.store.leases) == 2 and other.synced)
    late = d.pick(d.work_of(job)[0])
    good = other.pick(other.work_of(job)[0])
    until(lambda: other.outcome(good))
    d.start()
    until(lambda: d.outcome(late))
    assert (d.outcome(late), other.outcome(good)) == ("diverted", "applied")
    assert d.store.notices[late].action == "put_back"
    assert d.store.notices[late].params["bin"] == "A-01"
    assert warehouse.balance("tote:T-1") == 1
    assert warehouse.balance(f"surplus:{d.store.identity.device_id}") == 1
    assert [e.op_id for e in warehouse.exceptions()] == [late]
    until(lambda: not [le for le in d.store.ports().leases.held() if le.job == job])
    warehouse.check()


def test_people_ask_and_are_answered(until, warehouse, device, link):
    [job] = warehouse.orders(1)
    d = device()
    session = d.sync.request(SignIn(badge="B-1")).result(60)
    assert (session.name, session.number) == ("Ada", "17")
    with pytest.raises(Refused):
        d.sync.request(SignIn(number="17", pin="9999")).result(60)
    claim = d.sync.request(ClaimJob(job=job)).result(60)
    assert {le.lease_id for le in claim.leases} == set(d.store.leases)
    # The answer waits a little for the rows that show the grant, so that the screen can open at once.
    until(lambda: {i.holder for i in d.work_of(job)} == {d.store.identity.device_id})
    op = d.pick(d.work_of(job)[0])
    until(lambda: d.outcome(op))
    assert d.sync.request(AskFate(op)).result(60).outcome == "applied"
    released = d.sync.request(GiveBack(tuple(d.store.leases))).result(60)
    assert released.released
    assert not d.store.leases
    link.closed = True
    link.cut()
    with pytest.raises(Unreachable):
        d.sync.request(SignIn(badge="B-1")).result(60)
    warehouse.check()


def test_work_of_a_zone_that_was_left_goes_back_to_the_others(until, warehouse, device):
    """The policy changes before the answer to the claim is there, as when somebody signs in to a zone."""
    [job] = warehouse.orders(1)
    left, other = device(), device()
    until(lambda: left.synced and other.synced)
    left.sync.set_policy(PICKER)
    left.sync.set_policy(ClaimPolicy(kinds=("pick",), capacity=1, zone="NOWHERE"))
    left.sync.request(ClaimJob(job=job)).result(60)
    left.sync.let_go(left.store.leases)
    until(lambda: not left.store.leases)
    other.sync.set_policy(PICKER)
    until(lambda: other.store.leases)
    op = other.pick(other.work_of(job)[0])
    until(lambda: other.outcome(op))
    assert not left.store.leases
    warehouse.check()


def test_a_bench_is_never_given_the_pick_of_a_tote(until, warehouse, device):
    """Its picker is out of reach and the lease is over: the tote at the bench is still somebody's pick, not packing work."""
    [job] = warehouse.orders(1)
    picker, bench = device(), device()
    picker.sync.request(ClaimJob(job=job)).result(60)
    until(lambda: picker.work_of(job))
    op = picker.pick(picker.work_of(job)[0])
    until(lambda: picker.outcome(op))
    picker.sync.request(GiveBack(tuple(picker.store.leases))).result(60)
    assert bench.sync.request(ClaimJob(tote="T-1", kinds=("pack",))).result(60).leases == []
    assert bench.sync.request(ClaimJob(tote="T-1")).result(60).leases != []
    warehouse.check()


def test_news_reach_a_waiting_device_at_once(until, warehouse, device):
    d = device()
    until(lambda: d.synced)
    before = d.store.through
    [job] = warehouse.orders(1)
    until(lambda: d.store.through > before and d.work_of(job), 20)


def test_stop_ends_a_long_poll(until, warehouse, device):
    d = device()
    until(lambda: d.synced)
    started = time.monotonic()
    d.sync.stop()
    assert not d.sync._thread.is_alive()
    # Sooner than the poll would have ended by itself.
    assert time.monotonic() - started < MAX_PULL_WAIT_S / 2
