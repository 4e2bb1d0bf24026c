"""Goods that come back: each step, each way it can go wrong, and that nothing is told twice or lost."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from app.core.facts import Disposition, Grade, ReturnDone, ReturnReason, ReturnReceive, ReturnUndo, ScanRefused
from app.core.messages import Code, say
from app.core.views_returns import ReturnStep as Step
from app.flows import returns
from app.flows import returns_state as rs
from app.flows.returns_state import ReturnState, prompt

BOX = "b" * 32


def box(step=Step.BOX, **more):
    return ReturnState(BOX, step, **more)


def tea(qty=1, **more):
    return rs.SawItem("8710", "TEA", "Tea", qty, **more)


def run(state, *events):
    done = None
    facts = []
    for event in events:
        done = returns.step(state, event)
        state = done.state
        facts += [effect.fact for effect in done.effects]
    return done, facts


def test_whose_what_how_and_where_and_only_then_anybody_hears():
    done, facts = run(
        box(), rs.SawText("FHR:RMA-000001"), tea(), tea(), rs.Graded(Grade.A), rs.SawBin("A-01", "A-01"), rs.Empty()
    )
    receipt = rs.ReturnState(BOX, Step.BOX).next_receipt()
    assert facts == [
        ReturnReceive(
            box=BOX, receipt=receipt, sku="TEA", qty=2, grade=Grade.A, disposition=Disposition.RESTOCK, found="FHR:RMA-000001",
            bin="A-01", scan="8710",
        ),
        ReturnDone(box=BOX, found="FHR:RMA-000001"),
    ]  # fmt: skip
    assert (done.state.step, done.say.code) == (Step.OVER, Code.RETURN_DONE)


def test_what_is_suggested_may_be_decided_otherwise():
    state = run(box(), rs.NoLabel(), tea(), rs.Graded(Grade.DAMAGED))[0].state
    assert state.way is Disposition.SCRAP
    _, facts = run(state, rs.Way(Disposition.REPAIR), rs.PutAside())
    assert (facts[0].disposition, facts[0].bin, facts[0].found) == (Disposition.REPAIR, "", "")


def test_what_was_announced_is_known_and_more_of_it_is_said():
    why = rs.Announced("TEA", 1, ReturnReason.DEFECTIVE)
    known = box(Step.ITEM, found="N1", known=True, to_come=(why,))
    done, _ = run(known, tea())
    assert done.say.code is Code.RETURN_UNIT
    done, facts = run(done.state, tea())
    assert (done.say, done.refused, facts) == (say(Code.RETURN_NOT_ANNOUNCED, n=1, name="Tea"), False, [])
    # It is suggested as the centre would: by why it comes back.
    assert run(done.state, rs.Graded(Grade.DAMAGED))[0].state.way is Disposition.TO_SUPPLIER
    other, _ = run(known, rs.SawItem("8711", "CUP", "Cup", 3))
    assert (other.say, other.state.step) == (say(Code.RETURN_NOT_ANNOUNCED, n=3, name="Cup"), Step.GRADE)
    # Where nothing is known of it nothing is said.
    assert run(box(Step.ITEM, found="N1"), tea(qty=9))[0].say.code is Code.RETURN_UNIT


def test_what_is_sold_again_needs_its_bin():
    state = run(box(), tea(), rs.Graded(Grade.A))[0].state
    done = returns.step(state, rs.PutAside())
    assert (done.refused, done.say.code, done.effects) == (True, Code.RETURN_BIN_FIRST, ())


def test_taken_back_step_by_step():
    state = run(box(), tea(), rs.Graded(Grade.B), rs.PutAside(), tea(3), rs.Graded(Grade.C))[0].state
    done, facts = run(state, rs.Undo(), rs.Undo(), rs.Undo())
    first = ReturnState(BOX, Step.BOX).next_receipt()
    assert facts == [ReturnUndo(box=BOX, receipt=first)]
    assert (done.state.step, done.state.kept, done.state.sku) == (Step.ITEM, (), "")
    assert returns.step(done.state, rs.Undo()).say.code is Code.NOTHING_TO_UNDO


@pytest.mark.parametrize(
    ("events", "code"),
    [
        ((rs.NoLabel(), rs.SawBin("A", "A")), Code.RETURN_ITEM_FIRST),
        ((rs.NoLabel(), rs.SawText("?")), Code.RETURN_NOT_ITEM),
        ((tea(), rs.SawBin("A", "A")), Code.RETURN_GRADE_FIRST),
        ((tea(), rs.SawItem("9", "CUP", "Cup")), Code.RETURN_GRADE_FIRST),
        ((tea(serial="S1"), tea(serial="S1")), Code.RETURN_GRADE_FIRST),
        ((tea(), rs.Graded(Grade.A), tea()), Code.RETURN_BIN_FIRST),
        ((tea(10_000),), Code.RETURN_TOO_MANY),
        ((tea(999), tea()), Code.RETURN_TOO_MANY),
    ],
)
def test_wrong_scans_count_for_nothing_and_are_written_down(events, code):
    before = run(box(), *events[:-1])[0].state if events[:-1] else box()
    done = returns.step(before, events[-1])
    assert (done.refused, done.say.code, done.state) == (True, code, before)
    assert [type(effect.fact) for effect in done.effects] == [ScanRefused]


def test_an_empty_box_is_told_of_when_somebody_knows_whose_it_is():
    assert run(box(), rs.SawText("N1"), rs.Empty())[1] == [ReturnDone(box=BOX, found="N1")]
    assert run(box(), rs.NoLabel(), rs.Empty())[0].refused


def test_every_step_has_a_prompt():
    assert {prompt(box(one, name="Tea", way=Disposition.SCRAP)).code for one in Step} == {
        Code.RETURN_SCAN_BOX, Code.RETURN_SCAN_ITEM, Code.RETURN_GRADE, Code.RETURN_PLACE_ANY, Code.RETURN_OVER,
    }  # fmt: skip


class AnyOrder(RuleBasedStateMachine):
    """Whatever is scanned and pressed: what was told, less what was taken back, is what the screen shows."""

    def __init__(self):
        super().__init__()
        self.state = box()
        self.told = {}
        self.ever = set()

    def do(self, event):
        done = returns.step(self.state, event)
        for effect in done.effects:
            fact = effect.fact
            if isinstance(fact, ReturnReceive):
                assert fact.receipt not in self.ever
                self.ever.add(fact.receipt)
                self.told[fact.receipt] = fact.qty
            elif isinstance(fact, ReturnUndo):
                del self.told[fact.receipt]
        self.state = done.state

    @rule(sku=st.sampled_from(["TEA", "CUP"]), qty=st.integers(1, 3), serial=st.sampled_from(["", "", "S1"]))
    def item(self, sku, qty, serial):
        self.do(rs.SawItem(sku, sku, sku, qty, serial=serial))

    @rule(event=st.sampled_from([
        rs.SawText("N1"), rs.SawBin("A", "A"), rs.NoLabel(), rs.PutAside(), rs.Empty(), rs.Undo(), *(rs.Graded(g) for g in Grade),
        *(rs.Way(w) for w in Disposition),
    ]))  # fmt: skip
    def anything(self, event):
        self.do(event)

    @invariant()
    def what_is_shown_is_what_was_told(self):
        assert {one.receipt: one.qty for one in self.state.kept} == self.told
        assert self.state.units == sum(self.told.values())


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=40, stateful_step_count=30)
