"""Work is given to one device at a time: claims side by side, repeats, capacity, renewals, giving back, and tokens that only grow."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from oms.feed import leases, opening
from oms.feed.models import Claim, Lease
from oms.feed.refusals import Refusal
from oms.people.models import Device
from oms.picking.models import Job, WorkItem
from sync.contract import wire
from sync.contract.chain import chain_start

pytestmark = pytest.mark.postgres


@pytest.fixture
def new_device(warehouse):
    """A function that makes a device known to the server."""

    def make(label="h"):
        id = uuid4().hex

        def do(w):
            w.db.add(Device(id=id, site_id=w.site, label=label, pubkey="", created_at=w.now, chain=chain_start(id)))

        warehouse.act(do)
        return id

    return make


def request(want=1, kinds=("pick",), capacity=3, claim_id=None, **words):
    return wire.ClaimRequest(claim_id=claim_id or uuid4().hex, want=want, kinds=list(kinds), capacity=capacity, **words)


@pytest.fixture
def claim(warehouse):
    """A function that asks for work."""
    return lambda device, **words: warehouse.act(lambda w: leases.claim(w, device, request(**words)))


def jobs_of(reply):
    return {lease.job for lease in reply.leases}


def test_sixteen_ask_at_once_and_nothing_is_given_twice(warehouse, new_device, claim):
    jobs = warehouse.orders(20)
    devices = [new_device() for _ in range(16)]
    with ThreadPoolExecutor(16) as pool:
        replies = list(pool.map(lambda device: claim(device, want=2), devices))
    given = [job for reply in replies for job in jobs_of(reply)]
    assert len(given) == len(set(given))
    assert set(given) <= set(jobs)
    assert len(given) == 20
    warehouse.check()


def test_the_same_claim_gets_the_same_answer(warehouse, new_device, claim):
    warehouse.orders(3)
    device = new_device()
    first = claim(device, claim_id="c")
    again = claim(device, claim_id="c")
    assert [le.lease_id for le in again.leases] == [le.lease_id for le in first.leases]
    assert again.ver > 0
    assert len(warehouse.ask(select(Claim))) == 1
    # A refusal is not an answer for ever.
    other = new_device()
    warehouse.ask(text("SELECT 1"))
    claim(other, want=3, claim_id="d")
    assert not claim(device, claim_id="e", want=3).leases
    warehouse.orders(1)
    assert claim(device, claim_id="e").leases


def test_an_id_is_for_one_request_of_one_device(warehouse, new_device, claim):
    warehouse.orders(2)
    device, other = new_device(), new_device()
    held = claim(device, claim_id="c").leases
    refs = [wire.LeaseRef(lease_id=le.lease_id, token=le.token) for le in held]
    release = wire.ReleaseRequest(claim_id="c", leases=refs)
    with pytest.raises(Refusal, match="422 id_reuse"):
        warehouse.act(lambda w: leases.release(w, device, release))
    with pytest.raises(Refusal, match="422 id_reuse"):
        claim(other, claim_id="c")
    warehouse.check()


def test_capacity_counts_jobs_whatever_is_asked(warehouse, new_device, claim):
    warehouse.orders(6)
    device = new_device()
    assert len(jobs_of(claim(device, want=9, capacity=2))) == 2
    assert not claim(device, want=9, capacity=2).leases
    assert len(jobs_of(claim(device, want=9, capacity=99))) == 1


def test_the_urgent_first_and_what_ran_out_last(warehouse, new_device, claim):
    jobs = warehouse.orders(3)
    one, two = new_device(), new_device()
    warehouse.act(lambda w: setattr(w.db.get(Job, jobs[2]), "priority", 1))
    assert jobs_of(claim(one)) == {jobs[2]}
    warehouse.let_leases_run_out()
    rest = [next(iter(jobs_of(claim(two)))) for _ in range(3)]
    assert rest[2] == jobs[2]
    tokens = {le.tok_n for le in warehouse.ask(select(Lease).where(Lease.job == jobs[2], Lease.ended_at.is_(None)))}
    assert tokens == {2}
    warehouse.check()


def test_what_another_holds_is_not_in_the_way(warehouse, new_device, claim):
    jobs = warehouse.orders(2)
    one, two = new_device(), new_device()
    warehouse.act(lambda w: setattr(w.db.get(Job, jobs[1]), "priority", 1))
    assert jobs_of(claim(two, job=jobs[0])) == {jobs[0]}
    warehouse.let_leases_run_out()
    assert jobs_of(claim(one, job=jobs[1])) == {jobs[1]}
    assert jobs_of(claim(one)) == {jobs[0]}


def test_a_zone_is_a_limit(warehouse, new_device, claim):
    warehouse.orders(1)
    device = new_device()
    assert not claim(device, zone="B").leases
    assert not claim(device, kinds=("pack",)).leases
    assert claim(device, zone="A").leases


def test_a_certain_job(warehouse, new_device, claim):
    [job] = warehouse.orders(1)
    one, two = new_device("one"), new_device("two")
    assert claim(one, job="nonsense").reason == "unknown"
    first = claim(one, job=job)
    assert jobs_of(first) == {job}
    assert jobs_of(claim(one, job=job)) == {job}
    taken = claim(two, job=job)
    assert (taken.leases, taken.reason, taken.holder) == ([], "taken", "one")
    warehouse.act(lambda w: setattr(w.db.get(Job, job), "tote", "T-9"))
    assert claim(two, tote="T-9").reason == "taken"
    warehouse.let_leases_run_out()
    assert jobs_of(claim(two, tote="T-9")) == {job}
    warehouse.check()


def test_who_asks_again_for_work_it_has_keeps_its_token_and_what_was_done_under_it_counts(warehouse, new_device, claim):
    [job] = warehouse.orders(1)
    one, two = new_device("one"), new_device("two")
    first, again = claim(one, job=job).leases, claim(one, job=job).leases
    assert [le.token for le in again] == [le.token for le in first]
    assert not {le.lease_id for le in again} & {le.lease_id for le in first}
    # A word from before, that the first grant is not wanted any more, takes nothing from the second.
    refs = [wire.LeaseRef(lease_id=le.lease_id, token=le.token) for le in first]
    gone = warehouse.act(lambda w: leases.release(w, one, wire.ReleaseRequest(claim_id=uuid4().hex, leases=refs)))
    assert gone.released == []
    assert claim(two, job=job).reason == "taken"
    # Nor does it matter that its time had run out, while nobody else had it meanwhile.
    warehouse.let_leases_run_out()
    assert [le.token for le in claim(one, job=job).leases] == [le.token for le in first]
    warehouse.let_leases_run_out()
    assert all(new.token > old.token for new, old in zip(claim(two, job=job).leases, first, strict=True))
    warehouse.let_leases_run_out()
    assert all(new.token[1] == old.token[1] + 2 for new, old in zip(claim(one, job=job).leases, first, strict=True))
    warehouse.check()


def test_renewing(warehouse, new_device, claim):
    warehouse.orders(1)
    one, two = new_device(), new_device()
    held = claim(one).leases
    refs = [wire.LeaseRef(lease_id=le.lease_id, token=le.token) for le in held]

    def renew(device):
        reply = warehouse.act(lambda w: leases.renew(w, device, wire.RenewRequest(leases=refs)))
        return {(r.ttl_s, r.lost) for r in reply.results}

    warehouse.let_leases_run_out()
    assert renew(one) == {(900, None)}
    assert not claim(two).leases
    assert renew(two) == {(None, "reclaimed")}
    warehouse.let_leases_run_out()
    assert claim(two).leases
    assert renew(one) == {(None, "regranted")}


def test_any_contact_renews_only_what_is_old(warehouse, new_device, claim):
    warehouse.orders(1)
    device = new_device()
    claim(device)
    assert not leases.any_due(warehouse.oms.sessions, device)
    warehouse.let_leases_run_out()
    assert leases.any_due(warehouse.oms.sessions, device)
    warehouse.act(lambda w: leases.renew_all(w, device))
    assert not leases.any_due(warehouse.oms.sessions, device)
    [item, _] = warehouse.ask(select(WorkItem.lease_until))
    assert item is not None


def test_giving_back(warehouse, new_device, claim):
    [job] = warehouse.orders(1)
    one, two = new_device(), new_device()
    held = claim(one).leases
    refs = [wire.LeaseRef(lease_id=le.lease_id, token=le.token) for le in held]
    release = wire.ReleaseRequest(claim_id="r", leases=refs)
    assert not warehouse.act(lambda w: leases.release(w, two, wire.ReleaseRequest(claim_id="x", leases=refs))).released
    first = warehouse.act(lambda w: leases.release(w, one, release))
    assert set(first.released) == {le.lease_id for le in held}
    assert warehouse.act(lambda w: leases.release(w, one, release)).released == first.released
    [state] = warehouse.ask(select(Job.state).where(Job.id == job))
    assert state == "open"
    again = claim(two).leases
    assert {le.token[1] for le in again} == {2}
    warehouse.check()


def test_after_a_restore_claims_wait_for_the_devices(warehouse, new_device, claim):
    warehouse.orders(2)
    one, two = new_device(), new_device()
    epoch = warehouse.act(opening.restored)
    assert epoch == 2

    def open_(device):
        ask = wire.OpenRequest(epoch=2, next_seq=1, chain=chain_start(device), cursor="", schema=1, app="t")
        return warehouse.act(lambda w: opening.open_log(w, device, ask))

    open_(one)
    assert not claim(one).leases
    open_(two)
    assert claim(one).leases
    assert {le.token for le in open_(one).leases} == {(2, 1)}


def test_an_open_lists_what_is_held(warehouse, new_device, claim):
    warehouse.orders(1)
    device = new_device()
    held = {le.lease_id for le in claim(device).leases}
    ask = wire.OpenRequest(epoch=1, next_seq=1, chain=chain_start(device), cursor="", schema=1, app="t")
    reply = warehouse.act(lambda w: opening.open_log(w, device, ask))
    assert {le.lease_id for le in reply.leases} == held
    assert all(0 < le.ttl_s <= 900 for le in reply.leases)
