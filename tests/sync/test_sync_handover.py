"""Work handed from device to device, heard of by the server in every order: the stock is exact, and one of the two is credited."""

from uuid import uuid4

import msgspec
import pytest
from sqlalchemy import select, update

from oms.feed.handover_models import HandOver as HandOverRow
from oms.feed.models import Lease
from oms.orders import actions as order_actions
from oms.people import trust
from oms.people.models import Device
from oms.picking.models import Job
from sync.contract.codes import LeaseEnd, Outcome
from sync.contract.facts import JobDrop, PickUndo, ToteBind
from tools.soak._giving import GivingLog

pytestmark = pytest.mark.postgres

APPLIED, LATE, DIVERTED = Outcome.APPLIED, Outcome.APPLIED_LATE, Outcome.DIVERTED


@pytest.fixture
def floor(warehouse):
    """A job of two lines (4 TEA, 3 CUP), a giver that has picked one of each offline, and two who may take over."""

    class Floor:
        house = warehouse
        job = warehouse.order("O-1", ("TEA", 4), ("CUP", 3))
        tea, cup = sorted(warehouse.items_of(job), key=lambda item: item.sku, reverse=True)
        giver, taker, second = (GivingLog(warehouse).join() for _ in range(3))

        def begin(self):
            self.giver.take(self.job)
            self.giver.add(ToteBind(job=self.job, tote="T-1"))
            self.giver.pick(self.tea, 1)
            self.giver.pick(self.cup, 1)
            return self.giver.give(self.tea, self.cup)

        def goes_on(self, device, tote="T-1"):
            device.pick(self.tea, 3, tote)
            device.pick(self.cup, 2, tote)

        def counts(self):
            return {item.sku: item.qty_done for item in warehouse.items_of(self.job)}

        def exact(self, tote=(4, 3), surplus=0):
            """Units of tea and cups in the tote; what is in hands for nobody; all rules of the books."""
            assert (warehouse.balance("tote:T-1"), warehouse.balance("tote:T-1", "CUP")) == tote
            hands = [self.giver.id, self.taker.id, self.second.id]
            found = sum(warehouse.balance(f"surplus:{id}", sku) for id in hands for sku in ("TEA", "CUP"))
            assert found == surplus
            warehouse.check()

        def holder(self):
            return warehouse.ask(select(Job.holder).where(Job.id == self.job))[0]

    return Floor()


def outcomes(results):
    return [result.outcome for result in results]


ALL = [APPLIED] * 3


def test_the_taker_alone_brings_everything(floor):
    floor.taker.receive(floor.begin(), floor.giver)
    floor.goes_on(floor.taker)
    floor.taker.add(JobDrop(job=floor.job, tote="T-1", lane="LANE-1"))

    assert outcomes(floor.taker.push_all()) == [APPLIED] * 4

    assert floor.counts() == {"TEA": 4, "CUP": 3}
    floor.exact()


def test_the_giver_comes_later_and_nothing_counts_twice(floor):
    floor.taker.receive(floor.begin(), floor.giver)
    floor.goes_on(floor.taker)
    floor.taker.push_all()

    results = floor.giver.push_all()

    assert all(result.duplicate for result in results)
    assert floor.giver.open().leases == []
    floor.exact()
    assert floor.holder() == floor.taker.id


def test_the_giver_comes_first_and_the_work_is_kept_for_the_taker(floor):
    fact = floor.begin()
    assert outcomes(floor.giver.push_all()) == [APPLIED] * 4
    assert floor.giver.open().leases == []
    assert floor.second.claim(want=1) == []

    floor.taker.receive(fact, floor.giver)
    floor.goes_on(floor.taker)

    assert outcomes(floor.taker.push_all()) == ALL
    assert floor.counts() == {"TEA": 4, "CUP": 3}
    floor.exact()


def test_the_giver_came_in_the_middle_of_its_log(floor):
    """The server has half of the giver's facts already; the taker brings all of them."""
    fact = floor.begin()
    floor.giver.push(floor.giver.request(1, 2))
    floor.taker.receive(fact, floor.giver)
    floor.goes_on(floor.taker)
    assert outcomes(floor.taker.push_all()) == ALL
    assert all(result.duplicate for result in floor.giver.push_all())
    floor.exact()


def test_a_giver_that_picks_on_is_fenced_off_before_and_after(floor):
    fact = floor.begin()
    floor.giver.pick(floor.tea, 1)
    floor.giver.add(JobDrop(job=floor.job, tote="T-1", lane="LANE-1"))
    assert outcomes(floor.giver.push_all()) == [APPLIED] * 4 + [DIVERTED] * 2

    floor.taker.receive(fact, floor.giver)
    floor.goes_on(floor.taker)
    assert outcomes(floor.taker.push_all()) == ALL

    floor.giver.pick(floor.tea, 1)
    assert outcomes(floor.giver.push_all()) == [DIVERTED]
    floor.exact(surplus=2)


@pytest.mark.parametrize("giver_first", [True, False], ids=["giver first", "giver later"])
def test_shown_to_two_and_only_the_first_is_credited(floor, giver_first):
    fact = floor.begin()
    if giver_first:
        floor.giver.push_all()
    for device in (floor.taker, floor.second):
        device.receive(fact, floor.giver)
        floor.goes_on(device)

    assert outcomes(floor.second.push_all()) == ALL
    assert outcomes(floor.taker.push_all()) == [DIVERTED] * 3

    told = {exception.kind for exception in floor.house.exceptions() if exception.device == floor.taker.id}
    assert told == {"hand_over_void", "put_back"}
    assert floor.holder() == floor.second.id
    floor.exact(surplus=5)


def test_given_to_another_meanwhile_the_taker_is_too_late(floor):
    fact = floor.begin()
    floor.house.let_leases_run_out()
    floor.second.take(floor.job)
    floor.taker.receive(fact, floor.giver)
    floor.goes_on(floor.taker)

    assert outcomes(floor.taker.push_all()) == [DIVERTED] * 3
    floor.second.pick(floor.tea, 4)
    assert outcomes(floor.second.push_all()) == [APPLIED]
    assert all(result.duplicate for result in floor.giver.push_all())
    floor.exact(tote=(4, 0), surplus=7)


def test_kept_until_the_lease_runs_out_and_credited_while_nobody_else_has_it(floor):
    fact = floor.begin()
    floor.giver.push_all()
    floor.house.let_leases_run_out()
    floor.taker.receive(fact, floor.giver)
    floor.goes_on(floor.taker)
    assert outcomes(floor.taker.push_all()) == ALL
    floor.exact()


def test_given_away_after_it_ran_out_although_the_giver_was_here(floor):
    fact = floor.begin()
    floor.giver.push_all()
    floor.house.let_leases_run_out()
    floor.giver.open()
    assert len(floor.second.claim(floor.job)) == 2
    floor.taker.receive(fact, floor.giver)
    floor.goes_on(floor.taker)
    assert outcomes(floor.taker.push_all()) == [DIVERTED] * 3
    floor.exact(tote=(1, 1), surplus=5)


def test_cancelled_meanwhile_everything_goes_back(floor):
    fact = floor.begin()
    floor.house.act(lambda w: order_actions.cancel(w, "O-1"))
    floor.taker.receive(fact, floor.giver)
    floor.goes_on(floor.taker)
    assert outcomes(floor.taker.push_all()) == [DIVERTED] * 3
    assert floor.counts() == {"TEA": 0, "CUP": 0}
    floor.exact(tote=(0, 0), surplus=7)


def test_a_giver_that_was_shut_out_hands_nothing_on(floor):
    fact = floor.begin()
    floor.house.act(lambda w: trust.revoke(w, floor.giver.id))
    floor.taker.receive(fact, floor.giver)
    floor.goes_on(floor.taker)

    assert outcomes(floor.taker.push_all()) == [DIVERTED] * 3

    assert floor.counts() == {"TEA": 0, "CUP": 0}
    apart = floor.house.ask(select(Device.id).where(Device.forked_from == floor.giver.id))
    assert [floor.house.balance(f"surplus:{id}") for id in apart] == [1]
    floor.exact(tote=(0, 0), surplus=5)


def test_a_clone_went_on_before_the_taker_came(floor):
    """The giver's log went another way: what was handed over is nobody's work, and every unit is accounted for."""
    clone = GivingLog(floor.house, id=floor.giver.id)
    fact = floor.begin()
    clone.chains, clone.tokens = floor.giver.chains[:1], dict(floor.giver.tokens)
    clone.pick(floor.tea, 4)
    assert outcomes(clone.push_all()) == [APPLIED]

    floor.taker.receive(fact, floor.giver)
    floor.goes_on(floor.taker)
    assert outcomes(floor.taker.push_all()) == [DIVERTED] * 3
    floor.exact(tote=(4, 0), surplus=5)


def test_what_the_server_lacks_of_the_givers_log_does_not_cost_the_work(floor):
    """The facts before are known to the giver as kept, and a restored server has lost them; it may still bring them itself."""
    floor.giver.take(floor.job)
    floor.giver.add(ToteBind(job=floor.job, tote="T-1"))
    floor.giver.pick(floor.tea, 1)
    floor.giver.pick(floor.cup, 1)
    fact = floor.giver.give(floor.tea, floor.cup, since=1)
    floor.taker.receive(fact, floor.giver)
    floor.goes_on(floor.taker)
    assert outcomes(floor.taker.push_all()) == ALL
    results = floor.giver.push_all()
    assert [result.duplicate for result in results] == [False, True, True, True]
    floor.exact()


def test_passed_on_twice_the_last_one_has_it(floor):
    floor.taker.receive(floor.begin(), floor.giver)
    floor.taker.pick(floor.tea, 3)
    floor.second.receive(floor.taker.give(floor.tea, floor.cup), floor.taker)
    floor.second.pick(floor.cup, 2)

    assert outcomes(floor.second.push_all()) == [APPLIED] * 2
    assert all(result.duplicate for result in floor.taker.push_all())
    assert all(result.duplicate for result in floor.giver.push_all())
    assert floor.holder() == floor.second.id
    floor.exact()


def test_a_line_the_giver_finished_can_be_undone_by_the_taker(floor):
    floor.giver.take(floor.job)
    floor.giver.pick(floor.tea, 4)
    floor.taker.receive(floor.giver.give(floor.tea, floor.cup), floor.giver)
    back = PickUndo(job=floor.job, sku="TEA", qty=1, from_bin=floor.tea.from_bin, tote="T-1")
    floor.taker.add(back, floor.tea.id, floor.taker.tokens[floor.tea.id].token)
    assert outcomes(floor.taker.push_all()) == [APPLIED] * 2
    floor.exact(tote=(3, 0))


def test_only_scans_are_carried_where_no_work_is_left(floor):
    floor.giver.take(floor.job)
    floor.giver.pick(floor.tea, 1)
    floor.taker.receive(floor.giver.give(), floor.giver)
    assert outcomes(floor.taker.push_all()) == [APPLIED]
    assert floor.counts() == {"TEA": 1, "CUP": 0}
    floor.exact(tote=(1, 0))


def test_sent_again_it_is_the_same(floor):
    floor.taker.receive(floor.begin(), floor.giver)
    floor.goes_on(floor.taker)
    request = floor.taker.request()
    first, again = floor.taker.push(request), floor.taker.push(request)
    assert first.reopen
    assert outcomes(again.results) == outcomes(first.results)
    floor.exact()


def test_the_takers_leases_bear_the_names_it_gave_them(floor):
    fact = floor.begin()
    floor.taker.receive(fact, floor.giver)
    floor.taker.push_all()
    held = floor.taker.open().leases
    rows = floor.house.ask(select(Lease).where(Lease.device == floor.giver.id))
    assert {row.end_reason for row in rows} == {LeaseEnd.HANDED_OVER}
    assert {lease.item for lease in held} == {floor.tea.id, floor.cup.id}
    assert all(lease.token > floor.giver.tokens[lease.item].token for lease in held)
    [row] = floor.house.ask(select(HandOverRow))
    assert (row.from_device, row.to_device) == (floor.giver.id, floor.taker.id)


@pytest.mark.parametrize("spoiled", ["signature", "giver", "facts", "id", "zeros"])
def test_what_is_not_proven_counts_for_nobody(floor, spoiled):
    fact = floor.begin()
    if spoiled == "signature":
        fact = msgspec.structs.replace(fact, signature="00" * 64)
    elif spoiled == "giver":
        floor.house.act(
            lambda w: w.db.execute(update(Device).where(Device.id == floor.giver.id).values(pubkey="11" * 32))
        )
    elif spoiled == "zeros":
        fact = msgspec.structs.replace(fact, handover="\0" * 32, device="\0")
    elif spoiled == "id":
        fact = msgspec.structs.replace(fact, handover=uuid4().hex)
    else:
        fact = msgspec.structs.replace(fact, core=fact.core[:-8])
    floor.taker.receive(fact, floor.giver)
    floor.goes_on(floor.taker)
    assert outcomes(floor.taker.push_all()) == [DIVERTED] * 3
    assert floor.counts() == {"TEA": 0, "CUP": 0}
    floor.exact(tote=(0, 0), surplus=5)
