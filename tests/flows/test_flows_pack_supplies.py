"""What goes in beside the goods: confirmed before the parcel is weighed, and told with its weight."""

import pytest

from app.core.facts import ParcelWeighed
from app.core.messages import Code
from app.core.views import PackStep
from app.flows import pack_events as ev
from app.flows.pack import step
from app.flows.weight import Check

EXPECT = Check(1000, 30)
LIST = ("filling", "insert:CARD")


@pytest.fixture
def weighing(pack_state, scan):
    state = step(pack_state(("A", "T-1", 1)), ev.Scanned(scan("item", "A"))).state
    return step(state, ev.ChooseCarton("M1", True)).state


def test_a_parcel_is_not_weighed_before_its_list_is_confirmed(weighing, facts_of):
    early = step(weighing, ev.WeightSeen(1000, EXPECT, "scale", LIST))
    assert (early.refused, early.say.code, early.state.step) == (True, Code.CHECK_SUPPLIES, PackStep.WEIGHT)
    assert facts_of(early) == []
    half = step(early.state, ev.ConfirmSupplies(("insert:CARD",)))
    assert half.say.code is Code.SUPPLIES_IN
    assert step(half.state, ev.WeightSeen(1000, EXPECT, "scale", ("filling",))).refused
    done = step(step(half.state, ev.ConfirmSupplies(("filling",))).state, ev.WeightSeen(1000, EXPECT, "scale"))
    [weighed] = facts_of(done)
    assert (done.state.step, weighed.supplies) == (PackStep.LABEL, ["insert:CARD", "filling"])


def test_without_a_list_nothing_is_said_of_it(weighing, facts_of):
    [weighed] = facts_of(step(weighing, ev.WeightSeen(1000, EXPECT)))
    assert isinstance(weighed, ParcelWeighed)
    assert weighed.supplies is None


def test_confirming_nothing_or_twice_changes_nothing(weighing):
    once = step(weighing, ev.ConfirmSupplies(LIST)).state
    assert step(once, ev.ConfirmSupplies(LIST)).state.confirmed == LIST
    nothing = step(weighing, ev.ConfirmSupplies(()))
    assert (nothing.state, nothing.say) == (weighing, None)


def test_the_next_parcel_has_a_list_of_its_own(pack_state, scan):
    state = step(pack_state(("A", "T-1", 2)), ev.Scanned(scan("item", "A"))).state
    for event in (
        ev.ConfirmSupplies(LIST), ev.CloseParcel(), ev.ChooseCarton("M1", True), ev.WeightSeen(1000, EXPECT),
        ev.LabelTold("parcel1.1", "printed", 3), ev.Scanned(scan("parcel", "parcel1")), ev.NextParcel("parcel2", "002"),
    ):  # fmt: skip
        state = step(state, event).state
    assert (state.step, state.parcel, state.confirmed) == (PackStep.UNITS, "parcel2", ())
