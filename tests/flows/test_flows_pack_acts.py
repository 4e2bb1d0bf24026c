"""The bench beside packing: what is fetched, put aside, opened again."""

from dataclasses import replace

import pytest

from app.core.facts import (
    HoldReason,
    LabelFate,
    PackConfirm,
    PackHold,
    PackHot,
    PackResume,
    ParcelLeave,
    ScanRefused,
    ShortReason,
)
from app.core.messages import Code
from app.core.views import PackStep
from app.flows import pack_events as ev
from app.flows.pack import step
from app.flows.pack_state import expect, prompt, start
from app.flows.units import Line
from app.flows.weight import Check

EXPECT = Check(1000, 30)
FETCH = ev.FetchHot(ShortReason.NOT_FOUND)


def run(state, *events):
    for event in events:
        done = step(state, event)
        state = done.state
    return done


@pytest.fixture
def item(scan):
    return lambda sku, **more: ev.Scanned(scan("item", sku, **more))


# --- fetched ---


def test_what_is_missing_is_sent_for_and_the_parcel_waits(pack_state, item, facts_of):
    state = run(pack_state(("A", "T-1", 2)), item("A")).state
    sent = step(state, FETCH)
    assert facts_of(sent) == [PackHot(job="p1", sku="A", missing=1, tote="T-1", reason=ShortReason.NOT_FOUND)]
    assert (sent.say.code, sent.say.words, sent.state.step) == (Code.GOODS_SENT_FOR, {"n": 1}, PackStep.GOODS)
    assert (prompt(sent.state).code, prompt(sent.state).words) == (Code.WAIT_FOR_GOODS, {"n": 1})
    assert (sent.state.open, sent.state.awaited, sent.state.to_come) == (0, 1, 1)
    assert expect(sent.state).kinds == {"tote"}
    assert step(sent.state, item("A")).say.code is Code.GOODS_ON_THE_WAY
    assert step(sent.state, FETCH).say.code is Code.NOT_NOW
    new = Line("w9", "A", "T-9", 1)
    here = step(sent.state, ev.GoodsCame((replace(state.lines[0], need=1), new), 0))
    assert (here.state.step, here.say.code, here.say.words) == (
        PackStep.UNITS,
        Code.GOODS_HERE,
        {"n": 1, "tote": "T-9"},
    )
    assert (here.state.totes, here.effects) == (("T-1", "T-9"), ())
    packed = step(here.state, item("A"))
    assert [fact.tote for fact in facts_of(packed) if isinstance(fact, PackConfirm)] == ["T-9"]
    assert packed.state.step is PackStep.CARTON


def test_the_rest_is_packed_meanwhile(pack_state, item):
    sent = run(pack_state(("A", "T-1", 1), ("C", "T-1", 1)), ev.AskMissing(), FETCH)
    assert (sent.state.step, sent.state.missing, sent.state.line.sku) == (PackStep.UNITS, False, "C")
    assert run(sent.state, item("C")).state.step is PackStep.GOODS


def test_goods_not_found_go_with_their_like(pack_state, facts_of):
    lots = pack_state(("A", "T-1", 2), ("A", "T-1", 1))
    assert [fact.missing for fact in facts_of(step(lots, FETCH))] == [2, 1]
    assert [fact.missing for fact in facts_of(step(lots, ev.FetchHot(ShortReason.DAMAGED)))] == [2]


def test_other_goods_only_for_who_takes_them(pack_state, facts_of):
    state = pack_state(("A", "T-1", 2), ("A", "T-1", 1))
    never = step(state, ev.FetchHot(ShortReason.NOT_FOUND, "-", allowed=False))
    assert (never.refused, never.say.code) == (True, Code.SUBSTITUTE_FORBIDDEN)
    other = step(state, ev.FetchHot(ShortReason.NOT_FOUND, "B", "Mug"))
    assert [(fact.other, fact.missing) for fact in facts_of(other)] == [("B", 2)]
    assert (other.say.code, other.say.words) == (Code.OTHER_SENT_FOR, {"item": "Mug"})


def test_what_is_not_to_be_had_is_the_packers_again(pack_state, item):
    state = run(pack_state(("A", "T-1", 2)), item("A"), FETCH).state
    back = step(state, ev.GoodsCame((Line("w1", "A", "T-1", 2, done=1),), 0))
    assert (back.state.step, back.state.open, back.say.code) == (PackStep.UNITS, 1, Code.GOODS_NOT_HAD)
    gone = step(state, ev.GoodsCame((Line("w1", "A", "T-1", 1, done=1),), 0))
    assert (gone.state.step, gone.say.code) == (PackStep.CARTON, Code.GOODS_NOT_HAD)
    empty = run(pack_state(("A", "T-1", 1)), FETCH, ev.GoodsCame((Line("w1", "A", "T-1", 0),), 0))
    assert empty.state.step is PackStep.DONE
    still = step(state, ev.GoodsCame((), 1))
    assert (still.state.step, still.say, still.state.lines) == (PackStep.GOODS, None, state.lines)


def test_a_parcel_leaves_without_what_is_fetched(pack_state, item, scan, facts_of):
    state = run(pack_state(("A", "T-1", 2)), item("A"), FETCH, ev.CloseParcel(), ev.ChooseCarton("", True)).state
    left = run(
        state,
        ev.WeightSeen(1000, EXPECT),
        ev.LabelTold("parcel1.1", "printed", 3),
        ev.Scanned(scan("parcel", "parcel1")),
    )
    assert [type(fact) for fact in facts_of(left)] == [LabelFate, ParcelLeave]
    assert (left.say.words, left.state.step) == ({"n": 1}, PackStep.NEXT_PARCEL)
    assert step(left.state, ev.NextParcel("parcel2", "9" * 18)).state.step is PackStep.GOODS
    assert step(run(pack_state(("A", "T-1", 1)), FETCH).state, ev.CloseParcel()).say.code is Code.NOT_NOW


def test_the_tote_on_the_bench_is_told_while_goods_are_fetched(pack_state, scan):
    state = step(pack_state(("A", "T-1", 1)), FETCH).state
    assert step(state, ev.Scanned(scan("tote", "T-1"))).say.code is Code.TOTE_OPENED
    assert step(state, ev.Scanned(scan("tote", "T-2"))).say.code is Code.WRONG_TOTE


def test_a_unit_comes_out_while_goods_are_fetched(pack_state, item):
    out = run(pack_state(("A", "T-1", 2)), item("A"), FETCH, ev.Undo())
    assert (out.state.step, out.state.open, out.state.awaited) == (PackStep.UNITS, 1, 1)


def test_a_tote_that_was_fetched_for_elsewhere_waits_here_too():
    lines = (Line("w1", "A", "T-1", 1, done=1),)
    assert start("p1", "O1", "T-1", "parcel1", "9", lines, awaited=1).step is PackStep.GOODS
    assert start("p1", "O1", "T-1", "parcel1", "9", lines).step is PackStep.CARTON


# --- aside ---


@pytest.mark.parametrize("where", [PackStep.UNITS, PackStep.CARTON, PackStep.WEIGHT, PackStep.GOODS])
def test_a_tote_is_put_aside_and_goes_on(pack_state, item, scan, facts_of, where):
    state = run(pack_state(("A", "T-1", 2)), item("A")).state
    ways = {
        PackStep.UNITS: (),
        PackStep.CARTON: (item("A"),),
        PackStep.WEIGHT: (item("A"), ev.ChooseCarton("M1", True)),
        PackStep.GOODS: (FETCH,),
    }
    for event in ways[where]:
        state = step(state, event).state
    assert state.step is where
    asked = step(state, ev.AskHold())
    assert (asked.state.step, prompt(asked.state).code) == (PackStep.HOLD, Code.WHY_ASIDE)
    assert step(asked.state, ev.Scanned(scan("bin", "P-1"))).say.code is Code.NOT_NOW
    why = step(asked.state, ev.GiveHold(HoldReason.QUESTION))
    assert (prompt(why.state).code, expect(why.state).kinds) == (Code.SCAN_ASIDE_PLACE, {"bin"})
    wrong = step(why.state, ev.Scanned(scan("bin", "A-1"), fits=False))
    assert (wrong.refused, wrong.say.code) == (True, Code.NOT_AN_ASIDE_PLACE)
    assert isinstance(facts_of(wrong)[0], ScanRefused)
    aside = step(why.state, ev.Scanned(scan("bin", "P-1")))
    assert facts_of(aside) == [PackHold(job="p1", tote="T-1", reason=HoldReason.QUESTION, place="P-1")]
    assert (aside.state.step, aside.say.code, prompt(aside.state).code) == (
        PackStep.ASIDE, Code.TOTE_ASIDE, Code.SCAN_TOTE_TO_PACK,
    )  # fmt: skip
    again = step(aside.state, ev.Resume("BENCH-2"))
    assert facts_of(again) == [PackResume(job="p1", tote="T-1", station="BENCH-2")]
    onwards = {PackStep.WEIGHT: PackStep.CARTON}.get(where, where)
    assert (again.state.step, again.state.hold, again.state.packed) == (onwards, None, state.packed)
    assert step(why.state, ev.Undo()).state.step is onwards


def test_a_label_is_not_put_aside(pack_state, item):
    printing = run(
        pack_state(("A", "T-1", 1)), item("A"), ev.ChooseCarton("M1", True), ev.WeightSeen(1000, EXPECT)
    ).state
    assert step(printing, ev.AskHold()).say.code is Code.NOT_NOW


# --- opened again ---


def test_a_parcel_that_was_opened_again_is_no_more(pack_state, item):
    way = (item("A"), ev.CloseParcel(), ev.ChooseCarton("M1", True), ev.WeightSeen(1000, EXPECT))
    assert run(pack_state(("A", "T-1", 2)), *way, ev.Reopened()).state.step is PackStep.NEXT_PARCEL
    whole = run(pack_state(("A", "T-1", 1)), item("A"), *way[2:], ev.Reopened())
    assert (whole.state.step, whole.effects) == (PackStep.DONE, ())
