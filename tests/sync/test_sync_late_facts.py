"""A pick made offline: sixteen ways it may find the world when it arrives, and what becomes of it and of the goods (`sync.md` F14)."""

import pytest
from sqlalchemy import select

from oms.feed import leases
from oms.feed.models import Lease
from oms.orders import actions as order_actions
from oms.picking.models import WorkItem
from sync.contract.codes import LeaseEnd
from sync.contract.facts import PickConfirm
from tools.soak._raw_log import RawLog

pytestmark = pytest.mark.postgres

APPLIED, LATE, DIVERTED = "applied", "applied_late", "diverted"
#: (the lease ran out, what happened meanwhile, the device opened again before it sent the pick) -> what the pick counts as.
TABLE = {
    (False, "nothing", False): APPLIED,
    (False, "nothing", True): APPLIED,
    (False, "given to another", False): DIVERTED,
    (False, "given to another", True): DIVERTED,
    (False, "done by another", False): DIVERTED,
    (False, "done by another", True): DIVERTED,
    (False, "cancelled", False): DIVERTED,
    (False, "cancelled", True): DIVERTED,
    (True, "nothing", False): LATE,
    # Any contact renews what was given to nobody else, and an open is one.
    (True, "nothing", True): APPLIED,
    (True, "given to another", False): DIVERTED,
    (True, "given to another", True): DIVERTED,
    (True, "done by another", False): DIVERTED,
    (True, "done by another", True): DIVERTED,
    (True, "cancelled", False): DIVERTED,
    (True, "cancelled", True): DIVERTED,
}


def picked(item):
    return PickConfirm(job=item.job_id, sku=item.sku, qty=item.qty_req, from_bin=item.from_bin, tote="T-1")


def pass_on(warehouse, job, ran_out, done):
    """Another device gets the job: because its time was over, or because a supervisor took it back."""
    if not ran_out:
        held = select(Lease).where(Lease.job == job, Lease.ended_at.is_(None))
        warehouse.act(lambda w: leases.give_back(w, list(w.db.scalars(held)), LeaseEnd.RECLAIMED))
    other = RawLog(warehouse).known()
    [lease] = other.claim(job)
    if done:
        [item] = warehouse.items_of(job)
        other.add(picked(item), item.id, lease.token)
        assert [result.outcome for result in other.push_all()] == [APPLIED]


@pytest.mark.parametrize(("ran_out", "meanwhile", "opened_first"), TABLE)
def test_what_becomes_of_a_pick_made_offline(warehouse, ran_out, meanwhile, opened_first):
    job = warehouse.order("O-1", ("TEA", 2))
    [item] = warehouse.items_of(job)
    log = RawLog(warehouse).known()
    [lease] = log.claim(job)
    log.add(picked(item), item.id, lease.token)

    if ran_out:
        warehouse.let_leases_run_out()
    if meanwhile in ("given to another", "done by another"):
        pass_on(warehouse, job, ran_out, meanwhile == "done by another")
    elif meanwhile == "cancelled":
        warehouse.act(lambda w: order_actions.cancel(w, "O-1"))
    if opened_first:
        still_held = [held.lease_id for held in log.open().leases]
        assert still_held == ([lease.lease_id] if meanwhile == "nothing" else [])

    [result] = log.push_all()
    expected = TABLE[ran_out, meanwhile, opened_first]
    assert result.outcome == expected
    by_other = 2 if meanwhile == "done by another" else 0
    credited = 0 if expected == DIVERTED else 2
    assert warehouse.balance(f"surplus:{log.id}") == 2 - credited
    assert warehouse.balance("tote:T-1") == by_other + credited
    assert warehouse.ask(select(WorkItem.qty_done).where(WorkItem.id == item.id)) == [by_other + credited]
    assert (result.notice is not None and result.notice.action == "put_back") == (expected == DIVERTED)
    warehouse.check()
