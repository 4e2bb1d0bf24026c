"""Exceptions at the bin: lots and dates, careful lines, numbers by keypad, other items, full totes, bins that should be empty."""

import pytest

from app.core.facts import (
    BinEmpty,
    JobDrop,
    PickConfirm,
    PickSkip,
    PickSubstitute,
    PickUndo,
    PickUnshort,
    Policy,
    ReplenishCall,
    ShortReason,
    SubstituteAsk,
    SubstituteUndo,
    ToteBind,
    ToteDrop,
)
from app.core.messages import Code
from app.core.views import PickStep
from app.flows import pick_events as ev
from app.flows.fefo import judge
from app.flows.pick import step
from app.flows.pick_events import Rights, Scanned
from app.flows.pick_prompt import expect, prompt
from app.flows.shorts import losers
from app.flows.units import Line, Unit

TODAY = "2026-11-22"


def run(state, *events):
    done = None
    for event in events:
        done = step(state, event)
        state = done.state
    return done


@pytest.fixture
def at_item(pick_state, scan):
    def make(*specs, **more):
        return step(pick_state(*specs, **more), Scanned(scan("bin", specs[0][1]))).state

    return make


# --- the rule of lots ---

ASKED = Line("w1", "A", "B-1", 3, lot="L1", expiry="2027-03-31", lot_tracked=True)


@pytest.mark.parametrize(
    ("policy", "lot", "expiry", "code", "confirm"),
    [
        (Policy.WARN, "L1", "2027-03-31", None, False),
        (Policy.FORCE, "L1", None, None, False),
        (Policy.WARN, None, None, None, False),
        (Policy.NONE, "L2", "2028-01-01", Code.OTHER_LOT, True),
        (Policy.WARN, "L2", "2028-01-01", Code.FEFO_EARLIER, True),
        (Policy.WARN, "L2", "2027-01-01", Code.OTHER_LOT, True),
        (Policy.WARN, "L2", None, Code.OTHER_LOT, True),
        (Policy.FORCE, "L2", "2028-01-01", Code.WRONG_LOT, False),
        (Policy.FORCE, "L2", None, Code.WRONG_LOT, False),
        (Policy.FORCE, "L2", "2027-01-01", Code.OTHER_LOT, True),
        (Policy.NONE, "L2", "2026-11-21", Code.OUT_OF_DATE, False),
        (Policy.NONE, "L1", "2026-11-21", Code.OUT_OF_DATE, False),
        (Policy.NONE, "L1", TODAY, None, False),
    ],
)
def test_which_lots_may_be_taken(policy, lot, expiry, code, confirm):
    judged = judge(ASKED, Unit("A", 1, "", lot, None, expiry), policy, TODAY, {})
    assert (judged.message.code if judged.message else None, judged.confirm) == (code, confirm)


def test_the_date_of_a_lot_may_be_known_from_another_line():
    unit = Unit("A", 1, "", "L2")
    assert judge(ASKED, unit, Policy.WARN, TODAY, {"L2": "2028-01-01"}).message.code is Code.FEFO_EARLIER
    assert judge(ASKED, unit, Policy.WARN, TODAY, {"L2": "2020-01-01"}).message.code is Code.OUT_OF_DATE
    assert judge(ASKED, unit, Policy.WARN, "", {"L2": "2020-01-01"}).message.code is Code.OTHER_LOT


def test_a_line_whose_own_lot_is_out_of_date_is_refused(at_item, scan):
    state = at_item(("A", "B-1", 1, {"lot": "L1", "expiry": "2026-01-01", "lot_tracked": True}))
    done = step(state, Scanned(scan("item", "A", lot="L1"), today=TODAY))
    assert (done.refused, done.say.words) == (True, {"date": "2026-01-01"})


def test_one_gs1_code_fills_lot_serial_and_date(at_item, scan, facts_of):
    both = {"lot": "L1", "lot_tracked": True, "serial_tracked": True, "expiry": "2027-01-01"}
    state = at_item(("A", "B-1", 2, both))
    done = step(state, Scanned(scan("item", "A", lot="L1", serial="S1", expiry="2027-01-01"), today=TODAY))
    assert (facts_of(done)[0].lot, facts_of(done)[0].serial) == ("L1", "S1")
    other = step(state, Scanned(scan("item", "A", lot="L2", serial="S1", expiry="2028-01-01"), today=TODAY))
    assert other.say.code is Code.FEFO_EARLIER


def test_a_warning_read_is_not_an_answer_but_the_same_code_is(at_item, scan, facts_of):
    state = at_item(("A", "B-1", 1, {"lot": "L1", "lot_tracked": True}))
    other = Scanned(scan("item", "A", text="GS2", lot="L2"))
    assert facts_of(run(state, other, ev.Acknowledge(), other))[0].lot == "L2"
    # Something else in between, and it has to be said again.
    assert run(state, other, Scanned(scan("item", "Z")), other).say.code is Code.OTHER_LOT


# --- numbers ---


def test_a_number_counts_after_one_scan_by_the_rule_of_scans(at_item, scan, facts_of):
    state = at_item(("A", "B-1", 7))
    assert step(state, ev.Typed(3)).say.code is Code.SCAN_FIRST
    state = step(state, Scanned(scan("item", "A"))).state
    assert step(state, ev.Typed(0)).say.code is Code.NOT_NOW
    over = step(state, ev.Typed(7))
    assert (over.say.code, over.say.words, over.refused, over.effects) == (Code.TOO_MANY, {"n": 6}, True, ())
    done = step(state, ev.Typed(6))
    assert facts_of(done) == [PickConfirm(job="j1", sku="A", qty=6, from_bin="B-1", tote="T-1")]
    assert done.say.code is Code.LINE_DONE


def test_what_lies_on_the_scale_counts_like_a_number(at_item, scan, facts_of):
    state = at_item(("A", "B-1", 7))
    assert step(state, ev.OnScale(3, 600)).say.code is Code.SCAN_FIRST
    state = step(state, Scanned(scan("item", "A"))).state
    unclear = step(state, ev.OnScale(None, 130))
    assert (unclear.say.code, unclear.say.words, unclear.refused) == (Code.SCALE_UNCLEAR, {"grams": 130}, True)
    assert step(state, ev.OnScale(7, 1400)).say.code is Code.TOO_MANY
    assert [fact.qty for fact in facts_of(step(state, ev.OnScale(6, 1200)))] == [6]


def test_a_number_is_not_taken_for_what_is_counted_one_by_one(at_item, scan):
    serial = step(at_item(("A", "B-1", 3, {"serial_tracked": True})), Scanned(scan("item", "A", serial="S1"))).state
    assert step(serial, ev.Typed(2)).say.code is Code.SCAN_SERIAL
    careful = at_item(("A", "B-1", 3, {"careful": True}))
    careful = run(careful, *[Scanned(scan("item", "A"))] * 2).state
    assert step(careful, ev.Typed(2)).say.code is Code.NOT_NOW


def test_a_typed_number_of_a_lot_keeps_the_lot(at_item, scan, facts_of):
    state = at_item(("A", "B-1", 3, {"lot": "L1", "lot_tracked": True}))
    done = run(state, Scanned(scan("item", "A", lot="L1")), ev.Typed(2))
    assert (facts_of(done)[0].lot, facts_of(done)[0].qty) == ("L1", 2)


def test_the_over_pick_rule_is_the_same_on_every_path(at_item, scan):
    """By product, case, GS1 quantity and keypad: five are not taken where four are wanted."""
    state = step(at_item(("A", "B-1", 5)), Scanned(scan("item", "A"))).state
    paths = (Scanned(scan("item", "A", qty=5)), Scanned(scan("item", "A", qty=6, gtin="1")), ev.Typed(5))
    assert {step(state, path).say.code for path in paths} == {Code.TOO_MANY}
    assert {step(state, path).say.words["n"] for path in paths} == {4}


# --- serial numbers out again ---


def test_a_serial_number_is_taken_out_by_scanning_it(at_item, scan, facts_of):
    state = at_item(("A", "B-1", 3, {"serial_tracked": True}))
    assert step(state, ev.AskRemove()).say.code is Code.NOT_NOW
    state = run(state, *(Scanned(scan("item", "A", serial=s)) for s in ("S1", "S2"))).state
    asked = step(state, ev.AskRemove())
    assert (asked.state.step, prompt(asked.state).code) == (PickStep.REMOVE, Code.SCAN_TO_REMOVE)
    assert step(asked.state, Scanned(scan("unknown", "S9"))).say.code is Code.SERIAL_NOT_HERE
    assert step(asked.state, ev.CancelShort()).state.step is PickStep.ITEM
    done = step(asked.state, Scanned(scan("unknown", "S1")))
    assert facts_of(done) == [PickUndo(job="j1", sku="A", qty=1, from_bin="B-1", tote="T-1", serial="S1")]
    assert (done.state.line.serials, done.state.line.open, done.state.step) == (("S2",), 2, PickStep.ITEM)
    assert facts_of(step(done.state, ev.Undo()))[0].serial == "S2"


# --- careful lines ---


@pytest.fixture
def careful(at_item):
    return at_item(("A", "B-1", 2, {"careful": True}), ("C", "B-1", 1, {"careful": True}), bin_required=False)


def test_each_unit_of_a_careful_line_is_looked_at_twice(careful, scan, facts_of):
    once = step(careful, Scanned(scan("item", "A", text="123")))
    assert (once.state.step, once.say.code, facts_of(once)) == (PickStep.CHECK, Code.CHECK_IT, [])
    assert prompt(once.state).code is Code.SCAN_ONCE_MORE
    wrong = step(once.state, Scanned(scan("item", "Z")))
    assert (wrong.say.code, wrong.state.step, wrong.state.scanned) == (Code.WRONG_ITEM, PickStep.CHECK, "Z")
    assert step(once.state, Scanned(scan("unknown", "x"))).say.code is Code.UNKNOWN_CODE
    assert step(once.state, ev.CancelShort()).state.step is PickStep.ITEM
    assert facts_of(step(once.state, Scanned(scan("item", "A", text="123"))))[0].qty == 1
    assert facts_of(step(wrong.state, Scanned(scan("item", "A", text="0123"))))[0].qty == 1


def test_a_careful_line_wants_its_bin_even_where_one_stands(careful, scan):
    done = run(careful, *[Scanned(scan("item", "A"))] * 4)
    assert (done.state.line.sku, done.state.step) == ("C", PickStep.BIN)
    assert step(done.state, Scanned(scan("item", "C"))).say.code is Code.SCAN_BIN_FIRST


def test_the_second_look_at_a_serial_number_is_the_number(at_item, scan, facts_of):
    state = at_item(("A", "B-1", 1, {"careful": True, "serial_tracked": True}))
    looked = run(state, Scanned(scan("item", "A")), Scanned(scan("unknown", "S1")))
    assert looked.state.step is PickStep.CHECK
    assert facts_of(step(looked.state, Scanned(scan("unknown", "S1"))))[0].serial == "S1"


# --- instead ---

OTHERS = (Line("", "Y", "", 0), Line("", "Z", "", 0, lot_tracked=True))


@pytest.fixture
def swapping(at_item):
    return step(at_item(("A", "B-1", 3), ("C", "B-2", 1)), ev.AskSubstitute(OTHERS, True)).state


def test_another_item_only_where_the_customer_allows_it(at_item):
    state = at_item(("A", "B-1", 3))
    assert step(state, ev.AskSubstitute((), True)).say.code is Code.NO_SUBSTITUTE
    assert step(state, ev.AskSubstitute(OTHERS, False)).say.code is Code.SUBSTITUTE_FORBIDDEN


def test_a_customer_who_wants_to_be_asked_is_asked_and_the_walk_goes_on(at_item, facts_of):
    state = at_item(("A", "B-1", 3), ("C", "B-2", 1))
    asked = step(state, ev.AskSubstitute(OTHERS, False, ask=True))
    assert facts_of(asked) == [SubstituteAsk(job="j1", sku="A", missing=3, bin="B-1")]
    assert (asked.say.code, asked.say.words, asked.state.step) == (Code.CUSTOMER_ASKED, {"n": 3}, PickStep.BIN)
    back = step(asked.state, ev.Undo())
    assert facts_of(back) == [PickUnshort(job="j1", sku="A", qty=3, bin="B-1")]
    assert (back.state.line.sku, back.state.line.open) == ("A", 3)


def test_with_nothing_else_to_do_the_trip_ends_until_the_customer_answers(at_item, facts_of):
    asked = step(at_item(("A", "B-1", 3)), ev.AskSubstitute(OTHERS, False, ask=True))
    assert [type(fact) for fact in facts_of(asked)] == [SubstituteAsk, JobDrop]
    assert asked.state.step is PickStep.DONE


def test_another_item_is_taken_from_its_own_bin(swapping, scan, facts_of):
    assert (swapping.step, prompt(swapping).words, expect(swapping).ids) == (PickStep.SUBSTITUTE, {"n": 3}, {"Y", "Z"})
    assert step(swapping, Scanned(scan("item", "Y"))).say.code is Code.SCAN_ITS_BIN_FIRST
    assert step(swapping, Scanned(scan("bin", "LANE"), lane=True)).refused
    state = step(swapping, Scanned(scan("bin", "B-9"))).state
    assert step(state, Scanned(scan("item", "A"))).say.code is Code.WRONG_ITEM
    assert step(state, Scanned(scan("unknown", "x"))).say.code is Code.UNKNOWN_CODE
    assert step(state, Scanned(scan("item", "Y", qty=4))).say.code is Code.TOO_MANY
    two = step(state, Scanned(scan("item", "Y", qty=2, text="yy")))
    assert facts_of(two) == [PickSubstitute(job="j1", sku="A", other="Y", qty=2, from_bin="B-9", tote="T-1", scan="yy")]
    assert (two.say.words, two.state.step, two.state.line.open) == ({"n": 2}, PickStep.SUBSTITUTE, 1)
    asked = step(two.state, Scanned(scan("item", "Z")))
    assert (asked.say.code, prompt(asked.state).code) == (Code.SCAN_LOT, Code.SCAN_LOT)
    done = step(asked.state, Scanned(scan("unknown", "L7")))
    assert (facts_of(done)[0].other, facts_of(done)[0].lot) == ("Z", "L7")
    assert (done.state.line.sku, done.state.step, done.state.swapped) == ("C", PickStep.BIN, 3)
    back = step(done.state, ev.Undo())
    assert facts_of(back) == [SubstituteUndo(job="j1", sku="A", other="Z", qty=1, from_bin="B-9", tote="T-1", lot="L7")]
    assert (back.say.words, back.state.step, back.state.line.sku, back.state.swapped) == (
        {"n": 1},
        PickStep.BIN,
        "A",
        2,
    )
    assert step(back.state, ev.Undo()).state.swapped == 0
    assert step(two.state, ev.Undo()).state.swapped == 0


def test_the_rest_may_still_be_given_up(swapping, scan, facts_of):
    state = run(swapping, Scanned(scan("bin", "B-9")), Scanned(scan("item", "Y"))).state
    assert step(state, ev.CancelShort()).state.step is PickStep.BIN
    done = run(state, ev.CancelShort(), ev.AskShort(), ev.GiveReason(ShortReason.EXPIRED))
    assert facts_of(done)[0].missing == 2


def test_an_order_of_nothing_but_substitutes_still_goes_to_the_lane(at_item, scan):
    state = step(at_item(("A", "B-1", 1)), ev.AskSubstitute(OTHERS, True)).state
    state = run(state, Scanned(scan("bin", "B-9")), Scanned(scan("item", "Y"))).state
    assert state.step is PickStep.DROP


# --- goods called, bins emptied ---


def test_goods_are_called_and_the_walk_goes_on(at_item, facts_of):
    state = at_item(("A", "B-1", 3), ("C", "B-2", 1))
    done = step(state, ev.CallGoods())
    assert facts_of(done) == [ReplenishCall(job="j1", bin="B-1", sku="A"), PickSkip(job="j1", bin="B-1")]
    assert (done.state.line.sku, done.say.code) == ("C", Code.GOODS_CALLED)
    alone = step(at_item(("A", "B-1", 3)), ev.CallGoods())
    assert (len(alone.effects), alone.state.step) == (1, PickStep.ITEM)


@pytest.mark.parametrize(("empty", "code"), [(True, Code.BIN_EMPTY_NOTED), (False, Code.BIN_NOT_EMPTY_NOTED)])
def test_a_bin_that_should_be_empty_is_asked_about(at_item, scan, facts_of, empty, code):
    state = step(at_item(("A", "B-1", 1, {"empties": True}), ("C", "B-2", 1)), Scanned(scan("item", "A"))).state
    assert (state.step, prompt(state).words) == (PickStep.EMPTY, {"bin": "B-1"})
    done = step(state, ev.Answer(empty))
    assert facts_of(done) == [BinEmpty(job="j1", bin="B-1", sku="A", empty=empty)]
    assert (done.say.code, done.state.step) == (code, PickStep.BIN)
    assert step(state, ev.Undo()).state.step is PickStep.ITEM


def test_who_goes_on_scanning_leaves_the_question_unanswered(at_item, scan, facts_of):
    state = step(at_item(("A", "B-1", 1, {"empties": True}), ("C", "B-2", 1)), Scanned(scan("item", "A"))).state
    done = step(state, Scanned(scan("bin", "B-2")))
    assert (done.say.code, done.state.step, len(facts_of(done))) == (Code.BIN_RIGHT, PickStep.ITEM, 1)
    wrong = step(state, Scanned(scan("bin", "B-7")))
    assert (wrong.say.code, wrong.state.step) == (Code.WRONG_BIN, PickStep.BIN)


def test_nobody_is_asked_where_the_site_does_not_or_after_a_short(at_item, scan):
    line = ("A", "B-1", 2, {"empties": True})
    assert run(at_item(line, ask_empty=False), Scanned(scan("item", "A", qty=2))).state.step is PickStep.DROP
    short = run(at_item(line), Scanned(scan("item", "A")), ev.AskShort(), ev.GiveReason(ShortReason.OTHER, "torn"))
    assert (short.state.step, short.effects[0].fact.note) == (PickStep.DROP, "torn")


def test_who_goes_without_is_known_before_the_answer(at_item):
    state = step(at_item(("A", "B-1", 3), ("A", "B-1", 2)), ev.AskShort()).state
    assert losers(state) == ((0, 3), (1, 2))


# --- full totes ---


@pytest.fixture
def full(at_item, scan):
    state = step(at_item(("A", "B-1", 2), ("C", "B-2", 1)), Scanned(scan("item", "A"))).state
    return step(state, ev.ToteFull()).state


def test_an_empty_tote_is_not_full(at_item):
    assert step(at_item(("A", "B-1", 2)), ev.ToteFull()).say.code is Code.NOT_NOW


def test_a_full_tote_stands_at_the_lane(full, scan, facts_of):
    assert (full.step, prompt(full).words) == (PickStep.FULL, {"tote": "T-1"})
    assert step(full, ev.CancelShort()).state.step is PickStep.ITEM
    assert step(full, Scanned(scan("bin", "B-2"))).say.code is Code.NOT_A_LANE
    assert step(full, Scanned(scan("item", "A"))).say.code is Code.NOT_A_TOTE
    down = step(full, Scanned(scan("bin", "P-1"), lane=True))
    assert facts_of(down) == [ToteDrop(job="j1", tote="T-1", lane="P-1", full=True)]
    assert (down.state.step, down.say.code) == (PickStep.TOTE, Code.TOTE_SET_DOWN)
    on = step(down.state, Scanned(scan("tote", "T-2")))
    assert (on.state.tote, on.state.step, on.state.line.open) == ("T-2", PickStep.ITEM, 1)
    assert not on.state.can_undo


def test_a_full_tote_may_stay_beside_a_new_one(full, scan, facts_of):
    assert step(full, Scanned(scan("tote", "T-2"), used_by="O9")).say.code is Code.TOTE_IN_USE
    done = step(full, Scanned(scan("tote", "T-2")))
    assert facts_of(done) == [
        ToteDrop(job="j1", tote="T-1", lane="", full=True),
        ToteBind(job="j1", tote="T-2"),
    ]
    assert (done.state.totes, done.state.tote, done.state.step) == (("T-1",), "T-2", PickStep.ITEM)
    assert facts_of(step(done.state, Scanned(scan("item", "A"))))[0].tote == "T-2"


# --- parts, rights ---


def test_the_first_part_fixes_the_lane(at_item, scan, facts_of):
    from dataclasses import replace

    state = step(at_item(("A", "B-1", 1), lane="P-1"), Scanned(scan("item", "A"))).state
    state = replace(state, legs=3, parts_here=2, fixed_lane=True)
    assert prompt(state).words == {"n": 2, "of": 3, "lane": "P-1"}
    other = step(state, Scanned(scan("bin", "P-2"), lane=True))
    assert (other.say.code, other.say.words) == (Code.LANE_FIXED, {"lane": "P-1", "n": 2, "of": 3})
    assert facts_of(step(state, Scanned(scan("bin", "P-1"), lane=True))) == [JobDrop(job="j1", tote="T-1", lane="P-1")]
    assert step(state, Scanned(scan("tote", "T-1"))).say.code is Code.NOT_A_LANE
    # The part that was first had nothing to set down anywhere.
    nowhere = step(replace(state, lane=""), Scanned(scan("bin", "P-2"), lane=True))
    assert facts_of(nowhere) == [JobDrop(job="j1", tote="T-1", lane="P-2")]


def test_work_taken_over_names_who_has_it(at_item, scan):
    done = step(at_item(("A", "B-1", 1)), Scanned(scan("item", "A")), Rights(gone=True, by="Bo"))
    assert (done.say.code, done.say.words) == (Code.TAKEN_OVER, {"name": "Bo"})


def test_only_the_tote_that_was_passed_on_opens_its_leg(pick_state, scan):
    state = pick_state(("A", "B-1", 1), tote=None)
    other = step(state, Scanned(scan("tote", "T-9"), only="T-1"))
    assert (other.say.code, other.say.words) == (Code.WRONG_TOTE, {"scanned": "T-9", "needed": "T-1"})
    assert step(state, Scanned(scan("tote", "T-1"), only="T-1")).say.code is Code.TOTE_BOUND
