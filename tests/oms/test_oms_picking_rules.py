"""How a fact counts, cell by cell and over random histories of grants, cancels and facts."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms.picking.rules import JOB, WORK, ItemState, Why, counted, credit, holds
from oms.transitions import NotAllowed, can, moved
from sync.contract.codes import JobState, Outcome, WorkState

ITEM = ItemState(WorkState.LEASED, (1, 3), "A", qty_req=5, qty_done=2, epoch=1)


@pytest.mark.parametrize(
    ("change", "token", "device", "qty", "outcome", "why"),
    [
        ({}, (1, 3), "A", 3, Outcome.APPLIED, Why.FITS),
        ({"lease_over": True}, (1, 3), "A", 3, Outcome.APPLIED_LATE, Why.LATE),
        ({"state": WorkState.OPEN}, (1, 3), "A", 3, Outcome.APPLIED_LATE, Why.LATE),
        ({}, (1, 3), "A", 4, Outcome.DIVERTED, Why.TOO_MANY),
        ({}, (1, 3), "A", -2, Outcome.APPLIED, Why.FITS),
        ({}, (1, 3), "A", -3, Outcome.DIVERTED, Why.TOO_MANY),
        ({}, (1, 3), "A", 0, Outcome.APPLIED, Why.FITS),
        ({}, (1, 2), "A", 1, Outcome.DIVERTED, Why.STALE),
        ({}, None, "A", 1, Outcome.DIVERTED, Why.STALE),
        ({}, (1, 3), "B", 1, Outcome.DIVERTED, Why.NOT_HOLDER),
        ({"holder": None}, (1, 3), "A", 1, Outcome.DIVERTED, Why.NOT_HOLDER),
        ({"epoch": 2}, (1, 4), "B", 1, Outcome.APPLIED_LATE, Why.ADOPTED),
        ({"epoch": 2, "state": WorkState.OPEN, "holder": None}, (1, 4), "B", 1, Outcome.APPLIED_LATE, Why.ADOPTED),
        ({"epoch": 2}, (1, 4), "B", 4, Outcome.DIVERTED, Why.TOO_MANY),
        ({"epoch": 2, "token": (2, 1)}, (1, 9), "B", 1, Outcome.DIVERTED, Why.STALE),
        ({}, (1, 4), "B", 1, Outcome.DIVERTED, Why.FORGED),
        ({"epoch": 2}, (2, 1), "B", 1, Outcome.DIVERTED, Why.FORGED),
        ({"state": WorkState.CANCELLED}, (1, 3), "A", 1, Outcome.DIVERTED, Why.CLOSED),
        ({"state": WorkState.CANCELLED, "epoch": 2}, (1, 4), "A", 1, Outcome.DIVERTED, Why.CLOSED),
        ({"state": WorkState.SHORT}, (1, 3), "A", 1, Outcome.DIVERTED, Why.CLOSED),
        ({"state": WorkState.SHORT}, (1, 3), "A", -1, Outcome.DIVERTED, Why.CLOSED),
        ({"state": WorkState.DONE, "qty_done": 5}, (1, 3), "A", -1, Outcome.APPLIED, Why.FITS),
        ({"state": WorkState.DONE, "qty_done": 5}, (1, 3), "A", 1, Outcome.DIVERTED, Why.TOO_MANY),
        ({"state": WorkState.DONE, "qty_done": 5}, (1, 3), "A", 0, Outcome.DIVERTED, Why.CLOSED),
        ({"state": WorkState.DONE, "job_live": False}, (1, 3), "A", -1, Outcome.DIVERTED, Why.CLOSED),
    ],
)
def test_each_cell_of_the_credit_table(change, token, device, qty, outcome, why):
    verdict = credit(replace(ITEM, **change), token, device, qty)
    assert (verdict.outcome, verdict.why) == (outcome, why)
    assert verdict.adopt is (why is Why.ADOPTED or (why is Why.LATE and change.get("state") is WorkState.OPEN))


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("grant"), st.sampled_from("ABC")),
            st.tuples(st.just("fact"), st.sampled_from("ABC"), st.integers(-3, 3).filter(bool)),
            st.tuples(st.just("cancel")),
        ),
        max_size=30,
    )
)
def test_never_over_credit_and_never_below_the_newest_grant(history):
    item = ItemState(WorkState.OPEN, (1, 0), None, qty_req=5, qty_done=0, epoch=1)
    known: dict[str, tuple[int, int]] = {}
    for act, *rest in history:
        if act == "cancel":
            item = replace(item, state=WorkState.CANCELLED, token=(1, item.token[1] + 1), holder=None)
        elif act == "grant" and item.state in (WorkState.OPEN, WorkState.LEASED):
            item = replace(item, state=WorkState.LEASED, token=(1, item.token[1] + 1), holder=rest[0])
            known[rest[0]] = item.token
        elif act == "fact":
            device, qty = rest
            verdict = credit(item, known.get(device), device, qty)
            if verdict.credited:
                assert known[device] == item.token
                assert item.holder == device
                done = item.qty_done + qty
                item = replace(item, qty_done=done, state=counted(item.state, 5, done))
        assert 0 <= item.qty_done <= item.qty_req
        assert (item.qty_done == item.qty_req) == (item.state is WorkState.DONE) or item.state is WorkState.CANCELLED


@pytest.mark.parametrize(
    ("state", "holder", "outcome"),
    [
        (JobState.ACTIVE, "A", Outcome.APPLIED),
        (JobState.OPEN, None, Outcome.APPLIED_LATE),
        (JobState.ACTIVE, "B", Outcome.DIVERTED),
        (JobState.DONE, "A", Outcome.DIVERTED),
        (JobState.CANCELLED, None, Outcome.DIVERTED),
    ],
)
def test_a_fact_about_a_job_counts_for_its_holder(state, holder, outcome):
    assert holds(state, holder, "A").outcome is outcome


def test_closed_states_are_final():
    assert not WORK[WorkState.CANCELLED]
    assert not JOB[JobState.DONE]
    assert can(WORK, WorkState.DONE, WorkState.LEASED)
    with pytest.raises(NotAllowed):
        moved(WORK, WorkState.CANCELLED, WorkState.OPEN)
    assert moved(JOB, JobState.ACTIVE, JobState.ACTIVE) is JobState.ACTIVE
