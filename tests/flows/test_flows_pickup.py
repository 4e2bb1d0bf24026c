"""Orders that customers fetch: each step, and each way it can go wrong."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from app.core.facts import NotTaken, PickupHandOver, PickupReady, PickupRefuse, PickupUnready, ScanRefused
from app.core.messages import Code
from app.core.views_pickup import PickupStep as Step
from app.flows import pickup
from app.flows import pickup_state as ps
from app.flows.pickup_state import TRANSITIONS, PickupState, prompt


def aside(*seen, step=Step.ASIDE, **more):
    return PickupState("O1", step, "Eva", seen=seen, **more)


def ready(*wanted, step=Step.NAME, **more):
    return PickupState("O1", step, "Eva", shelf="S-1", wanted=wanted, **more)


def bag(name="T1", order="O1"):
    return ps.SawPiece(name, name, order)


def code(*, right=True, order="O1"):
    return ps.SawCode(order, order, "SECRET", right)


def run(state, *events):
    done = None
    facts = []
    for event in events:
        done = pickup.step(state, event)
        state = done.state
        facts += [effect.fact for effect in done.effects]
    return done, facts


def test_bags_then_the_shelf_and_only_then_anybody_hears():
    done, facts = run(aside(), bag("T1"), bag("T2"), ps.SawShelf("S-1", "S-1"))
    assert facts == [PickupReady(order="O1", shelf="S-1", pieces=["T1", "T2"])]
    assert (done.state.step, done.say.code) == (Step.STANDS, Code.PICKUP_READY)


def test_what_stands_there_is_taken_back():
    done, facts = run(aside("T1", step=Step.STANDS, shelf="S-1"), ps.Undo())
    assert facts == [PickupUnready(order="O1", shelf="S-1")]
    assert done.state.step is Step.ASIDE
    assert done.state.seen == ("T1",)


def test_with_the_code_the_last_bag_is_the_hand_over():
    done, facts = run(ready("T1", "T2"), code(), bag("T1"), bag("T2"))
    assert facts == [PickupHandOver(order="O1", name="Eva", code="SECRET", pieces=["T1", "T2"])]
    assert done.state.step is Step.GONE


def test_without_the_code_a_signature_is_wanted():
    done, facts = run(ready("T1"), ps.NameRight(), bag("T1"))
    assert (done.state.step, facts) == (Step.SIGN, [])
    done, facts = run(done.state, ps.Signed(""))
    assert (done.refused, done.say.code) == (True, Code.PICKUP_SIGN_FIRST)
    done, facts = run(done.state, ps.Signed("1,1 2,2"))
    assert facts == [PickupHandOver(order="O1", name="Eva", signature="1,1 2,2", pieces=["T1"])]


def test_a_code_that_is_shown_late_needs_no_signature():
    done, facts = run(ready("T1"), ps.NameRight(), bag("T1"), code())
    assert done.state.step is Step.GONE
    assert facts[0].code == "SECRET"


@pytest.mark.parametrize(("state", "event", "why"), [
    (ready("T1"), code(right=False), Code.PICKUP_WRONG_CODE),
    (ready("T1"), code(order="O2"), Code.PICKUP_WRONG_CODE),
    (ready("T1", step=Step.PIECES), bag("T9", "O2"), Code.PICKUP_OTHERS),
    (ready("T1", step=Step.PIECES), bag("T9"), Code.PICKUP_NOT_OF_IT),
    (ready("T1", "T2", step=Step.PIECES, seen=("T1",)), bag("T1"), Code.PICKUP_TWICE),
    (aside("T1"), bag("T1"), Code.PICKUP_TWICE),
    (aside(), bag("T9", "O2"), Code.PICKUP_OTHERS),
    (aside(), ps.SawOther("?"), Code.UNKNOWN_CODE),
    (aside(), ps.SawOther("?", known=True), Code.NOT_NOW),
    (ready("T1"), bag("T1"), Code.NOT_NOW),
    (ready("T1", step=Step.PIECES), ps.SawShelf("S-1", "S-1"), Code.NOT_NOW),
], ids=lambda one: getattr(one, "value", type(one).__name__))  # fmt: skip
def test_what_is_wrong_is_refused_and_changes_nothing(state, event, why):
    done, [fact] = run(state, event)
    assert (done.refused, done.say.code, done.state) == (True, why, state)
    assert isinstance(fact, ScanRefused)
    assert "SECRET" not in fact.text


def test_a_button_at_the_wrong_moment_leaves_no_trace():
    done, facts = run(aside(), ps.Signed("1,1"))
    assert (done.refused, facts) == (True, [])


@pytest.mark.parametrize("came", [Step.NAME, Step.PIECES, Step.SIGN], ids=lambda one: one.value)
def test_not_taken_asks_why_and_may_be_thought_over(came):
    state = ready("T1", step=came)
    done, _ = run(state, ps.NotWanted(), ps.Cancel())
    assert done.state == state
    done, facts = run(state, ps.NotWanted(), ps.Because(NotTaken.NOT_COME))
    assert facts == [PickupRefuse(order="O1", reason=NotTaken.NOT_COME)]
    assert done.state.step is Step.BACK


EVENTS = st.sampled_from((
    bag("T1"), bag("T2"), bag("T3", "O2"), code(), code(right=False), ps.SawShelf("S-1", "S-1"), ps.SawOther("?"), ps.NameRight(),
    ps.AllHere(), ps.Signed("1,1 2,2"), ps.Signed(""), ps.NotWanted(), ps.Because(NotTaken.REFUSED), ps.Undo(), ps.Cancel(),
))  # fmt: skip


class AnyOrder(RuleBasedStateMachine):
    """Whatever happens: an order is handed over or goes back at most once, never both, and only with a code or a signature."""

    def __init__(self):
        super().__init__()
        self.state = ready("T1", "T2")
        self.ends = []

    @rule(event=EVENTS)
    def happens(self, event):
        before = self.state.step
        done = pickup.step(self.state, event)
        self.state = done.state
        self.ends += [e.fact for e in done.effects if isinstance(e.fact, PickupHandOver | PickupRefuse)]
        assert done.state.step is before or done.state.step in TRANSITIONS[before]

    @invariant()
    def sound(self):
        assert prompt(self.state)
        assert len(self.ends) <= 1
        for fact in self.ends:
            if isinstance(fact, PickupHandOver):
                assert fact.code or fact.signature


AnyOrder.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
TestAnyOrder = AnyOrder.TestCase
