"""Working in a zone: signing in and out, setting totes down, and the order of its list."""

import pytest

from app.core.facts import ZoneEnter
from app.core.messages import Code
from app.core.views_work import ZoneStep
from app.flows import zone
from app.flows.zone import TRANSITIONS, Rank, ZoneState, is_lost, order_key, prompt

WORK = ZoneState("p1", "A", step=ZoneStep.WORK)
UNLOAD = ZoneState("p1", "A", step=ZoneStep.UNLOAD)
PLACE = ZoneState("p1", "A", step=ZoneStep.PLACE, tote="T-1")


def test_signing_in_is_written_down_once(facts_of):
    done = zone.step(ZoneState("p1"), zone.Enter("A"))
    assert (done.state.zone, done.state.step, done.say.code) == ("A", ZoneStep.WORK, Code.ZONE_ENTERED)
    assert facts_of(done) == [ZoneEnter(zone="A")]
    assert facts_of(zone.step(done.state, zone.Enter("A"))) == []
    assert facts_of(zone.step(done.state, zone.Enter("B"))) == [ZoneEnter(zone="B")]


def test_signing_out(facts_of):
    done = zone.step(WORK, zone.Leave())
    assert (done.state.zone, done.state.step, done.say.code) == (None, ZoneStep.CHOOSE, Code.ZONE_LEFT)
    assert facts_of(done) == [ZoneEnter(zone=None)]


def test_the_list_has_two_orders():
    assert zone.step(WORK, zone.SortBy("route")).state.by == "route"
    assert zone.step(WORK, zone.SortBy("colour")).refused
    ranks = [Rank(3, None, 1, "a"), Rank(1, None, 9, "b"), Rank(3, "2026-11-22T16:00", 5, "c")]
    assert [r.id for r in sorted(ranks, key=order_key("priority"))] == ["b", "c", "a"]
    assert [r.id for r in sorted(ranks, key=order_key("route"))] == ["a", "c", "b"]


def test_totes_are_set_down_one_by_one_or_all_at_once():
    asked = zone.step(WORK, zone.Unload())
    assert (asked.state.step, prompt(asked.state).code) == (ZoneStep.UNLOAD, Code.UNLOAD_TOTE)
    taken = zone.step(asked.state, zone.TakeTote("T-1"))
    assert (taken.state.step, prompt(taken.state).words) == (ZoneStep.PLACE, {"tote": "T-1"})
    assert zone.step(taken.state, zone.SetDown(1)).state == UNLOAD
    assert zone.step(taken.state, zone.SetDown(0)).state == WORK
    assert zone.step(asked.state, zone.SetDown(0)).state == WORK


def test_going_back():
    assert zone.step(PLACE, zone.Cancel()).state == UNLOAD
    assert zone.step(UNLOAD, zone.Cancel()).state == WORK


@pytest.mark.parametrize("state", [ZoneState("p1"), WORK, UNLOAD, PLACE], ids=lambda s: s.step.value)
@pytest.mark.parametrize(
    "event",
    [
        zone.Enter("B"),
        zone.Leave(),
        zone.SortBy("route"),
        zone.Unload(),
        zone.TakeTote("T-1"),
        zone.SetDown(0),
        zone.Cancel(),
    ],
    ids=lambda e: type(e).__name__,
)
def test_what_is_not_in_the_table_is_not_for_now(state, event):
    done = zone.step(state, event)
    known = (state.step, type(event)) in zone.TABLE
    assert known or (done.refused and done.say.code is Code.NOT_NOW and done.state == state)
    assert done.state.step is state.step or done.state.step in TRANSITIONS[state.step]
    assert prompt(done.state)


def test_no_mans_land_begins_at_the_limit():
    assert [is_lost(minutes, 10) for minutes in (0, 9, 10, 11)] == [False, False, True, True]
