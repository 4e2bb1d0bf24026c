"""Receiving, step by step: what is in the hand is booked by the place it is put at, and only then."""

import string

from hypothesis import given
from hypothesis import strategies as st

from app.core.facts import GoodsDone, GoodsReceive, GoodsUndo, ScanRefused
from app.core.messages import Code
from app.core.scan import ScanFields, ScanKind, ScanMeaning
from app.core.views_receive import ReceiveStep
from app.flows import receive as flow
from app.flows.receive import (
    BLIND,
    MOST_LABELS,
    AskNumber,
    Broken,
    Cancel,
    Finish,
    Held,
    Labels,
    NoLabel,
    OneLabel,
    ReceiveState,
    Saw,
    Typed,
    Undo,
    UnitLabels,
)
from app.flows.step import PrintGoods, Record

ORDER = ReceiveState("PO-1", open=(("TEA", 3), ("JAM", 2)))


def saw(id, kind=ScanKind.ITEM, *, marks=0, lot=False, expiry=False, serial=False, **fields):
    meaning = ScanMeaning(kind, id, ScanFields(text=id, **fields))
    return Saw(meaning, lot, serial, expiry, tuple(f"{n:032x}" for n in range(marks)))


def place(state, id="DOCK", kind=ScanKind.BIN):
    return saw(id, kind, marks=len(state.hand))


def played(state, *events):
    """The state after the events, with all facts."""
    facts = []
    for event in events:
        done = flow.step(state, event(state) if callable(event) else event)
        facts += [effect.fact if isinstance(effect, Record) else effect for effect in done.effects]
        state, said = done.state, done.say
    return state, facts, said


def test_goods_are_booked_by_their_place_and_not_before():
    state, facts, _ = played(ORDER, saw("TEA"), saw("TEA"), saw("JAM"))
    assert (facts, state.in_hand) == ([], 3)
    state, facts, said = played(state, place)
    assert [(one.sku, one.qty, one.place, one.order) for one in facts] == [
        ("TEA", 2, "bin:DOCK", "PO-1"),
        ("JAM", 1, "bin:DOCK", "PO-1"),
    ]
    assert (said.code, state.hand, dict(state.open)) == (Code.RECEIVED_AT, (), {"TEA": 1, "JAM": 1})


def test_too_many_is_said_and_booked_all_the_same():
    state, _, said = played(ORDER, saw("TEA"), AskNumber(), Typed("5"))
    assert (said.code, dict(said.words)) == (Code.RECEIVE_OVER, {"n": 2})
    _, [fact], _ = played(state, lambda now: place(now, "T-1", ScanKind.TOTE))
    assert (fact.qty, fact.place) == (5, "tote:T-1")


def test_broken_units_are_told_apart():
    state, _, _ = played(ORDER, saw("TEA"), saw("TEA"), Broken())
    _, [fact], _ = played(state, place)
    assert (fact.qty, fact.damaged) == (1, 1)
    state, _, said = played(state, Broken(), Broken())
    assert (said.code, state.hand[0].damaged) == (Code.NOT_NOW, 2)


def test_an_item_of_another_order_is_refused_on_the_record():
    state, [fact], said = played(ORDER, saw("CUP"))
    assert (said.code, fact.code, state.hand) == (Code.RECEIVE_NOT_ON_IT, "receive_not_on_it", ())
    assert isinstance(fact, ScanRefused)
    assert played(ReceiveState(BLIND), saw("CUP"))[0].in_hand == 1


def test_lot_day_and_serial_number_are_asked_for_or_read():
    state, _, _ = played(ORDER, saw("JAM", lot=True, expiry=True))
    assert state.step is ReceiveStep.LOT
    state, _, _ = played(state, saw("L1", ScanKind.UNKNOWN, lot=True, expiry=True))
    assert state.step is ReceiveStep.DAY
    state, _, said = played(state, Typed("991331"))
    assert said.code is Code.RECEIVE_BAD_DAY
    state, _, _ = played(state, Typed("280200"))
    assert state.hand == (Held("JAM", 1, lot="L1", expiry="2028-02-29"),)
    # The lot's day is known by now; one code may say all of it.
    state, _, _ = played(state, saw("JAM", lot=True, expiry=True), Typed("L1", expiry=True))
    assert state.hand[0].qty == 2
    state, _, _ = played(ReceiveState(BLIND), saw("PHONE", serial=True))
    assert state.step is ReceiveStep.SERIAL
    state, _, _ = played(state, saw("S1", ScanKind.UNKNOWN, serial=True))
    _, _, said = played(state, saw("PHONE", ScanKind.ITEM, serial=True), Typed("S1", serial=True))
    assert said.code is Code.RECEIVE_TWICE
    _, [fact], _ = played(state, place)
    assert fact.serials == ["S1"]


def test_what_was_put_down_last_can_be_taken_back_once():
    state, facts, _ = played(ORDER, saw("TEA"), saw("JAM"), place, Undo())
    told, undone = [one.mark for one in facts[:2]], facts[2:]
    assert [one.receive for one in undone] == told
    assert all(isinstance(one, GoodsUndo) for one in undone)
    assert dict(state.open) == {"TEA": 3, "JAM": 2}
    assert played(state, Undo())[2].code is Code.NOTHING_TO_UNDO


def test_a_delivery_ends_with_empty_hands():
    state, _, said = played(ORDER, saw("TEA"), Finish())
    assert (state.step, said.code) == (ReceiveStep.GOODS, Code.FINISH_HAND_FIRST)
    state, facts, _ = played(state, Undo(), Finish())
    assert (state.step, facts) == (ReceiveStep.DONE, [GoodsDone(order="PO-1")])
    # Without an order there is nobody to tell.
    assert played(ReceiveState(BLIND), Finish())[1] == []


def test_labels_are_for_what_was_put_down_last_one_for_all_or_one_a_unit():
    state, _, said = played(ORDER, saw("TEA"), Labels())
    assert said.code is Code.FINISH_HAND_FIRST
    assert played(ORDER, Labels())[2].code is Code.RECEIVE_NO_LABEL
    state, [tea, jam], _ = played(ORDER, saw("TEA"), AskNumber(), Typed("5"), Broken(), saw("JAM"), place)
    state, _, _ = played(state, Labels())
    assert (state.step, dict(flow.prompt(state).words)) == (ReceiveStep.LABELS, {"n": 4, "sku": "TEA"})
    for odd in ("5", "0", "", "-1", "x", "1" * 30):
        state, made, said = played(state, UnitLabels(odd, "j0"))
        assert (made, said.code, said.words["n"]) == ([], Code.RECEIVE_LABELS_MOST, 4)
    # Broken units bear none; then comes the next item, and then the goods again.
    state, made, said = played(state, OneLabel("j1"))
    assert (made, said.words["n"]) == ([PrintGoods("j1", tea.mark, 4, 1)], 1)
    state, made, _ = played(state, UnitLabels("1", "j2"))
    assert made == [PrintGoods("j2", jam.mark, 1, 1)]
    assert (state.step, state.labels) == (ReceiveStep.GOODS, ((tea.mark, "j1"), (jam.mark, "j2")))
    # Once more is an act; a delivery that is over may still have its labels, and nothing else.
    state, _, _ = played(state, Finish(), Labels(), NoLabel())
    assert state.step is ReceiveStep.LABELS
    refused, _, said = played(state, saw("TEA"))
    assert (refused, said.code) == (state, Code.NOT_NOW)
    again, _, _ = played(state, UnitLabels("1", "j3"))
    assert (again.step, again.labels) == (ReceiveStep.DONE, ((tea.mark, "j1"), (jam.mark, "j3")))
    assert played(state, Cancel())[0].step is ReceiveStep.DONE


def test_who_scans_goods_is_through_with_labels():
    state, _, _ = played(ORDER, saw("TEA"), AskNumber(), Typed("1000"), place, Labels())
    assert played(state, UnitLabels(str(MOST_LABELS + 1), "j1"))[2].words["n"] == MOST_LABELS
    refused, _, said = played(state, saw("CUP"))
    assert (refused, said.code) == (state, Code.RECEIVE_NOT_ON_IT)
    asked, _, _ = played(state, saw("JAM", lot=True))
    assert asked.step is ReceiveStep.LOT
    state, _, _ = played(state, OneLabel("j1"), saw("TEA"), place)
    assert (state.step, state.labels) == (ReceiveStep.GOODS, ())
    # All broken: nothing to label. Taken back: neither.
    assert played(ORDER, saw("TEA"), Broken(), place, Labels())[2].code is Code.RECEIVE_NO_LABEL
    assert played(state, Undo(), Labels())[2].code is Code.RECEIVE_NO_LABEL


EVENTS = st.one_of(
    st.builds(saw, st.sampled_from(["TEA", "JAM", "CUP"]), lot=st.booleans(), expiry=st.booleans(), serial=st.booleans()),
    st.just(place), st.builds(saw, st.text(string.printable, max_size=5), st.sampled_from(list(ScanKind))),
    st.builds(Typed, st.text(string.printable, max_size=8), serial=st.booleans(), expiry=st.booleans()),
    st.sampled_from([AskNumber(), Broken(), Undo(), Cancel(), Finish(), Labels(), Labels(), OneLabel("j"), NoLabel()]),
    st.builds(UnitLabels, st.text("0123456789x", max_size=4), st.just("j")),
)  # fmt: skip


@given(st.lists(EVENTS, max_size=25), st.booleans())
def test_whatever_is_pressed_hand_and_facts_add_up(events, blind):
    state, net = ReceiveState(BLIND) if blind else ORDER, {}
    for event in events:
        made = event(state) if callable(event) else event
        if isinstance(made, Saw) and len(made.marks) != len(state.hand):
            made = Saw(
                made.meaning, made.lot, made.serial, made.expiry, tuple(f"{n:032x}" for n in range(len(state.hand)))
            )
        held = state.in_hand
        done = flow.step(state, made)
        booked = [effect.fact for effect in done.effects if isinstance(effect, Record)]
        for asked in done.effects:
            if isinstance(asked, PrintGoods):
                of = next(one for one in state.last if one.mark == asked.mark)
                assert 1 <= asked.n * asked.units <= of.good
        for fact in booked:
            if isinstance(fact, GoodsReceive):
                assert fact.qty >= 0
                assert fact.damaged >= 0
                net[fact.sku] = net.get(fact.sku, 0) + fact.qty + fact.damaged
        told = sum(fact.qty + fact.damaged for fact in booked if isinstance(fact, GoodsReceive))
        assert told in (0, held)
        assert done.state.in_hand == sum(one.qty for one in done.state.hand) >= 0
        assert all(0 <= one.damaged <= one.qty and one.qty > 0 for one in done.state.hand)
        assert not done.refused or done.state.hand == state.hand
        state = done.state
