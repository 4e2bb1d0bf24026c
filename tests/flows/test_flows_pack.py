"""Packing: each step and each way it can go wrong."""

from dataclasses import replace

import pytest

from app.core.facts import (
    LabelFate,
    PackConfirm,
    PackShort,
    PackUndo,
    ParcelLeave,
    ParcelShip,
    ParcelWeighed,
    ScanRefused,
    ShortReason,
)
from app.core.messages import Code
from app.core.views import PackStep
from app.flows import pack_events as ev
from app.flows.pack import step
from app.flows.pack_state import FAILED, PRINTING, TRANSITIONS, expect, prompt
from app.flows.step import PrintLabel
from app.flows.weight import Check

EXPECT = Check(1000, 30)


def run(state, *events):
    done = None
    for event in events:
        done = step(state, event)
        state = done.state
    return done


def refused_with(done, code, facts_of):
    assert (done.refused, done.say.code) == (True, code)
    [fact] = facts_of(done)
    assert isinstance(fact, ScanRefused)


@pytest.fixture
def at(pack_state, scan):
    """A state that has come as far as `where`."""

    def make(where, *specs):
        state = pack_state(*(specs or (("A", "T-1", 1),)))
        way = [
            (PackStep.CARTON, ev.Scanned(scan("item", "A"))),
            (PackStep.WEIGHT, ev.ChooseCarton("M1", True)),
            (PackStep.LABEL, ev.WeightSeen(1000, EXPECT)),
            (PackStep.SCAN_BACK, ev.LabelTold("parcel1.1", "printed", 3)),
        ]
        for reached, event in way:
            if state.step is where:
                break
            state = step(state, event).state
            assert state.step is reached
        return state

    return make


# --- units ---


def test_units_are_packed_one_by_one(pack_state, scan, facts_of):
    state = pack_state(("A", "T-1", 2), ("C", "T-1", 1))
    assert prompt(state).words == {"n": 3}
    first = step(state, ev.Scanned(scan("item", "A", text="4006")))
    assert facts_of(first) == [PackConfirm(job="p1", sku="A", qty=1, tote="T-1", parcel="parcel1", scan="4006")]
    assert (first.say.code, first.say.words) == (Code.UNIT_PACKED, {"n": 1, "of": 2})
    second = step(first.state, ev.Scanned(scan("item", "A")))
    assert (second.say.code, second.state.step) == (Code.PACK_LINE_DONE, PackStep.UNITS)
    third = step(second.state, ev.Scanned(scan("item", "C")))
    assert (third.state.step, third.state.packed, third.state.line) == (PackStep.CARTON, 3, None)


def test_wrong_and_too_many_units(pack_state, scan, facts_of):
    state = pack_state(("A", "T-1", 1), ("C", "T-1", 1))
    wrong = step(state, ev.Scanned(scan("item", "Z")))
    refused_with(wrong, Code.NOT_IN_ORDER, facts_of)
    assert wrong.state.scanned == "Z"
    one = step(wrong.state, ev.Scanned(scan("item", "A")))
    assert one.state.scanned is None
    refused_with(step(one.state, ev.Scanned(scan("item", "A"))), Code.TOO_MANY, facts_of)
    refused_with(step(state, ev.Scanned(scan("item", "A", qty=2))), Code.TOO_MANY, facts_of)


def test_two_lines_of_one_item_fill_one_after_the_other(pack_state, scan, facts_of):
    state = pack_state(("A", "T-1", 1), ("A", "T-1", 1))
    done = run(state, ev.Scanned(scan("item", "A")), ev.Scanned(scan("item", "A")))
    assert done.state.step is PackStep.CARTON
    assert [line.done for line in done.state.lines] == [1, 1]


def test_lots_go_to_their_line_and_others_are_refused(pack_state, scan, facts_of):
    lots = [{"lot": lot, "lot_tracked": True} for lot in ("L1", "L2")]
    state = pack_state(("A", "T-1", 1, lots[0]), ("A", "T-1", 1, lots[1]))
    done = step(state, ev.Scanned(scan("item", "A", lot="L2")))
    assert [line.done for line in done.state.lines] == [0, 1]
    refused_with(step(state, ev.Scanned(scan("item", "A", lot="L3"))), Code.WRONG_LOT, facts_of)
    asked = step(state, ev.Scanned(scan("item", "A")))
    assert (asked.say.code, prompt(asked.state).code) == (Code.SCAN_LOT, Code.SCAN_LOT)
    assert step(asked.state, ev.Scanned(scan("unknown", "L1"))).state.lines[0].done == 1
    reads_like_an_item = scan("item", "Q", text="L1", also=(scan("order", "L1"),))
    assert step(asked.state, ev.Scanned(scan("item", "Q", text="L1"))).state.lines[0].done == 1
    assert step(asked.state, ev.Scanned(reads_like_an_item)).refused


def test_serials_are_asked_for(pack_state, scan, facts_of):
    asked = step(pack_state(("A", "T-1", 1, {"serial_tracked": True})), ev.Scanned(scan("item", "A")))
    assert asked.say.code is Code.SCAN_SERIAL
    assert facts_of(step(asked.state, ev.Scanned(scan("unknown", "S1"))))[0].serial == "S1"


@pytest.mark.parametrize(
    ("kind", "code"),
    [("unknown", Code.UNKNOWN_CODE), ("bin", Code.NOT_NOW), ("badge", Code.NOT_NOW), ("parcel", Code.NOT_NOW)],
)
def test_stray_scans_among_units(pack_state, scan, kind, code):
    done = step(pack_state(("A", "T-1", 1)), ev.Scanned(scan(kind, "X")))
    assert (done.refused, done.say.code) == (True, code)


@pytest.mark.parametrize("where", [PackStep.UNITS, PackStep.CARTON, PackStep.WEIGHT])
def test_the_unit_that_went_in_last_comes_out_again(pack_state, scan, facts_of, where):
    lots = {"lot": "L1", "lot_tracked": True, "serial_tracked": True}
    state = pack_state(("C", "T-1", 1), ("A", "T-2", 1, lots), ("D", "T-1", 1 if where is PackStep.UNITS else 0))
    state = run(state, ev.Scanned(scan("item", "C")), ev.Scanned(scan("item", "A", lot="L1", serial="S1"))).state
    if where is PackStep.WEIGHT:
        state = run(state, ev.ChooseCarton("M1", True), ev.WeightSeen(500, EXPECT)).state
    assert (state.step, state.can_undo) == (where, True)
    out = step(state, ev.Undo())
    assert facts_of(out) == [PackUndo(job="p1", sku="A", qty=1, tote="T-2", parcel="parcel1", lot="L1", serial="S1")]
    assert (out.say.code, out.state.step, out.state.packed, out.state.carton) == (Code.UNDONE, PackStep.UNITS, 1, None)
    assert out.state.line.serials == ()
    again = step(out.state, ev.Scanned(scan("item", "A", lot="L1", serial="S1")))
    assert not again.refused
    both = run(state, ev.Undo(), ev.Undo(), ev.Undo())
    assert (both.refused, both.say.code, both.state.packed) == (True, Code.NOTHING_TO_UNDO, 0)


def test_what_was_packed_before_this_bench_had_it_stays(pack_state, scan):
    state = pack_state(("A", "T-1", 3, {"done": 1}))
    assert (state.in_parcel, step(state, ev.Undo()).say.code) == (1, Code.NOTHING_TO_UNDO)
    assert run(state, ev.Scanned(scan("item", "A")), ev.Undo()).state.packed == 1


def test_what_is_taken_out_of_a_cancelled_order_is_told(at, scan):
    state = step(at(PackStep.UNITS, ("A", "T-1", 2)), ev.Scanned(scan("item", "A"))).state
    assert not step(state, ev.Undo(), gone=True).refused


# --- several parcels ---


def test_a_full_parcel_leaves_and_the_rest_goes_into_the_next(pack_state, scan, facts_of):
    state = pack_state(("A", "T-1", 3))
    assert step(state, ev.CloseParcel()).say.code is Code.NOT_NOW
    closed = run(state, ev.Scanned(scan("item", "A")), ev.CloseParcel())
    assert (closed.state.step, closed.say.code, closed.say.words) == (PackStep.CARTON, Code.PARCEL_CLOSED, {"n": 2})
    labelled = run(
        closed.state, ev.ChooseCarton("M1", True), ev.WeightSeen(1000, EXPECT), ev.LabelTold("parcel1.1", "printed", 3)
    )
    left = step(labelled.state, ev.Scanned(scan("parcel", "parcel1")))
    assert (left.state.step, left.say.code) == (PackStep.NEXT_PARCEL, Code.PART_SHIPPED)
    assert prompt(left.state).code is Code.WAIT_FOR_PARCEL
    assert [type(fact) for fact in facts_of(left)] == [LabelFate, ParcelLeave]
    assert step(left.state, ev.Scanned(scan("item", "A"))).say.code is Code.NOT_NOW
    begun = step(left.state, ev.NextParcel("parcel2", "9" * 18))
    assert (begun.state.step, begun.state.in_parcel, begun.state.packed) == (PackStep.UNITS, 0, 1)
    assert step(begun.state, ev.Undo()).say.code is Code.NOTHING_TO_UNDO
    packed = run(begun.state, ev.Scanned(scan("item", "A")), ev.Scanned(scan("item", "A")))
    assert {fact.parcel for fact in facts_of(packed)} == {"parcel2"}
    end = run(
        packed.state, ev.ChooseCarton("", True), ev.WeightSeen(1000, EXPECT), ev.LabelTold("parcel2.1", "printed", 3),
        ev.Scanned(scan("parcel", "parcel2")),
    )  # fmt: skip
    assert (end.state.step, end.say.code) == (PackStep.DONE, Code.PARCEL_SHIPPED)


def test_a_closed_parcel_can_still_be_filled(pack_state, scan, facts_of):
    closed = run(pack_state(("A", "T-1", 2), ("C", "T-1", 1)), ev.Scanned(scan("item", "A")), ev.CloseParcel()).state
    more = step(closed, ev.Scanned(scan("item", "A")))
    assert (more.state.step, more.say.code) == (PackStep.UNITS, Code.PACK_LINE_DONE)
    refused_with(step(closed, ev.Scanned(scan("item", "A", qty=2))), Code.TOO_MANY, facts_of)
    assert step(closed, ev.Scanned(scan("item", "A", qty=2))).state.step is PackStep.CARTON
    refused_with(step(closed, ev.Scanned(scan("item", "Z"))), Code.NOT_IN_ORDER, facts_of)


def test_goods_without_a_box(at, facts_of):
    bare = step(at(PackStep.CARTON), ev.ChooseCarton("", True))
    assert (bare.state.step, bare.say.code) == (PackStep.WEIGHT, Code.NO_CARTON)
    [weighed, *_] = facts_of(step(bare.state, ev.WeightSeen(1000, EXPECT)))
    assert weighed.carton == ""


def test_ambiguous_scans_ask(pack_state, scan, facts_of):
    done = step(pack_state(("A", "T-1", 1)), ev.Scanned(scan("item", "A", also=(scan("item", "C"),))))
    refused_with(done, Code.AMBIGUOUS_SCAN, facts_of)


def test_totes_among_units(pack_state, scan, facts_of):
    state = pack_state(("A", "T-1", 1))
    assert step(state, ev.Scanned(scan("tote", "T-1"))).say.code is Code.TOTE_OPENED
    refused_with(step(state, ev.Scanned(scan("tote", "T-2"))), Code.WRONG_TOTE, facts_of)


# --- missing units ---


def test_missing_units_need_somebody_who_may(pack_state, scan, facts_of):
    state = pack_state(("A", "T-1", 3), ("C", "T-1", 1))
    state = step(state, ev.Scanned(scan("item", "C"))).state
    asked = step(state, ev.AskMissing())
    assert (prompt(asked.state).code, prompt(asked.state).words) == (Code.CHOOSE_SHORT_REASON, {"n": 3})
    assert not step(asked.state, ev.Acknowledge()).state.missing
    done = step(asked.state, ev.GiveMissing("boss", ShortReason.NOT_FOUND))
    assert facts_of(done) == [
        PackShort(job="p1", sku="A", missing=3, tote="T-1", reason=ShortReason.NOT_FOUND, released_by="boss")
    ]
    assert (done.say.code, done.state.step) == (Code.SHORT_NOTED, PackStep.CARTON)


def test_an_empty_tote_makes_no_parcel(pack_state, facts_of):
    done = step(pack_state(("A", "T-1", 3)), ev.GiveMissing("boss", ShortReason.NOT_FOUND))
    assert done.state.step is PackStep.DONE
    assert [type(fact) for fact in facts_of(done)] == [PackShort]


def test_a_unit_that_turns_up_ends_the_question(pack_state, scan):
    state = step(pack_state(("A", "T-1", 2)), ev.AskMissing()).state
    assert not step(state, ev.Scanned(scan("item", "A"))).state.missing


# --- carton ---


@pytest.mark.parametrize("by_scan", [True, False])
def test_a_carton_is_chosen(at, scan, by_scan):
    event = ev.Scanned(scan("carton", "M1")) if by_scan else ev.ChooseCarton("M1", True)
    done = step(at(PackStep.CARTON), event)
    assert (done.state.step, done.state.carton, done.say.code) == (PackStep.WEIGHT, "M1", Code.CARTON_CHOSEN)
    assert prompt(done.state).code is Code.PUT_ON_SCALE


def test_a_carton_that_looks_too_small_is_taken_the_second_time(at, scan):
    once = step(at(PackStep.CARTON), ev.Scanned(scan("carton", "S1"), fits=False))
    assert (once.refused, once.say.code, once.state.step) == (True, Code.CARTON_TOO_SMALL, PackStep.CARTON)
    assert step(once.state, ev.ChooseCarton("S2", False)).refused
    assert step(once.state, ev.ChooseCarton("S1", False)).state.step is PackStep.WEIGHT
    button = step(at(PackStep.CARTON), ev.ChooseCarton("S1", False))
    assert (button.effects, button.state.confirm) == ((), "S1")


def test_another_carton_before_weighing(at):
    state = step(at(PackStep.WEIGHT), ev.WeightSeen(5000, EXPECT)).state
    done = step(state, ev.ChooseCarton("L1", True))
    assert (done.state.carton, done.state.weighed, done.state.step) == ("L1", None, PackStep.WEIGHT)


@pytest.mark.parametrize("where", [PackStep.CARTON, PackStep.WEIGHT])
def test_an_extra_unit_after_the_last(at, scan, facts_of, where):
    refused_with(step(at(where), ev.Scanned(scan("item", "A"))), Code.TOO_MANY, facts_of)
    refused_with(step(at(where), ev.Scanned(scan("item", "Z"))), Code.NOT_IN_ORDER, facts_of)


# --- weight ---


def test_the_right_weight_prints_the_label_by_itself(at, facts_of):
    done = step(at(PackStep.WEIGHT), ev.WeightSeen(1020, EXPECT, "scale"))
    [fact] = facts_of(done)
    assert fact == ParcelWeighed(
        job="p1", parcel="parcel1", carton="M1", grams=1020, expected_g=1000, tolerance_g=30, within=True, scale="scale"
    )
    assert done.effects[-1] == PrintLabel("parcel1.1", "parcel1")
    assert (done.state.step, done.state.label, done.say.code) == (PackStep.LABEL, PRINTING, Code.WEIGHT_RIGHT)


def test_the_wrong_weight_blocks_and_a_supervisor_lets_it_pass(at, facts_of):
    out = step(at(PackStep.WEIGHT), ev.WeightSeen(1031, EXPECT))
    refused_with(out, Code.WEIGHT_OUT, facts_of)
    assert out.say.words == {"grams": 1031, "expected": 1000, "tolerance": 30, "diff": 31}
    assert out.state.blocked
    same = step(out.state, ev.WeightSeen(1032, EXPECT))
    assert (same.say, same.effects) == (None, ())
    released = step(out.state, ev.ReleaseWeight("boss", "new packaging"))
    [fact] = facts_of(released)
    assert (fact.within, fact.released_by, fact.reason, fact.grams) == (False, "boss", "new packaging", 1031)
    assert released.state.step is PackStep.LABEL


def test_the_weight_can_be_put_right(at):
    out = step(at(PackStep.WEIGHT), ev.WeightSeen(2000, EXPECT)).state
    assert step(out, ev.WeightSeen(900, EXPECT)).say.code is Code.WEIGHT_OUT
    assert step(out, ev.WeightSeen(1000, EXPECT)).state.step is PackStep.LABEL


def test_an_empty_scale_says_nothing_and_unblocks(at):
    state = step(at(PackStep.WEIGHT), ev.WeightSeen(2000, EXPECT)).state
    empty = step(state, ev.WeightSeen(0, EXPECT))
    assert (empty.say, empty.state.blocked, empty.state.step) == (None, False, PackStep.WEIGHT)
    assert step(empty.state, ev.ReleaseWeight("boss", "x")).say.code is Code.NOT_NOW


def test_without_known_weights_anything_goes(at, facts_of):
    done = step(at(PackStep.WEIGHT), ev.WeightSeen(777, Check(None, 0)))
    assert (facts_of(done)[0].within, facts_of(done)[0].expected_g) == (True, 0)


# --- label ---


def test_printed_wants_the_label_back(at, facts_of):
    done = step(at(PackStep.LABEL), ev.LabelTold("parcel1.1", "printed", 3, "ZD421"))
    [fact] = facts_of(done)
    assert fact == LabelFate(
        job="p1", parcel="parcel1", sscc="340123450000000018", print_job="parcel1.1", fate="printed", level=3,
        printer="ZD421",
    )  # fmt: skip
    assert (done.state.step, done.say.code, prompt(done.state).code) == (
        PackStep.SCAN_BACK,
        Code.LABEL_PRINTED,
        Code.SCAN_LABEL,
    )


@pytest.mark.parametrize("word", ["queued", "sending"])
def test_on_its_way_changes_nothing(at, word):
    state = at(PackStep.LABEL)
    assert prompt(state).code is Code.WAIT_FOR_LABEL
    assert step(state, ev.LabelTold("parcel1.1", word, 0)).state == state


def test_the_word_on_another_print_job_changes_nothing(at):
    state = at(PackStep.LABEL)
    assert step(state, ev.LabelTold("parcel1.0", "printed", 3)).state == state


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("media-empty", Code.PRINTER_OUT_OF_LABELS),
        ("marker-supply-empty", Code.PRINTER_OUT_OF_RIBBON),
        ("cover-open", Code.PRINTER_OPEN),
        ("paused", Code.PRINTER_PAUSED),
        ("no-reply", Code.LABEL_FAILED),
    ],
)
def test_failed_is_tried_again_by_a_person(at, facts_of, reason, code):
    failed = step(at(PackStep.LABEL), ev.LabelTold("parcel1.1", "failed", 0, reason=reason))
    assert (failed.say.code, failed.state.label, failed.state.step) == (code, FAILED, PackStep.LABEL)
    assert prompt(failed.state).words == {"reason": reason}
    assert step(failed.state, ev.LabelTold("parcel1.1", "failed", 0)).say is None
    again = step(failed.state, ev.Reprint("again"))
    assert again.effects == (PrintLabel("parcel1.2", "parcel1"),)
    assert again.state.label == PRINTING


def test_no_second_label_while_one_is_on_its_way(at):
    done = step(at(PackStep.LABEL), ev.Reprint("impatient"))
    assert (done.refused, done.say.code, done.effects) == (True, Code.NOT_NOW, ())


@pytest.fixture
def unsure(at):
    return step(at(PackStep.LABEL), ev.LabelTold("parcel1.1", "unsure", 1, reason="lost")).state


def test_unsure_asks(unsure):
    assert (unsure.step, prompt(unsure).code) == (PackStep.LABEL_UNSURE, Code.LABEL_UNSURE_ASK)
    assert step(unsure, ev.LabelTold("parcel1.1", "unsure", 1)).say is None
    assert step(unsure, ev.LabelTold("parcel1.1", "printed", 3)).state.step is PackStep.SCAN_BACK


def test_unsure_and_the_label_lies_there(unsure, scan, facts_of):
    looked = step(unsure, ev.CameOut(True))
    assert (looked.state.step, looked.effects) == (PackStep.SCAN_BACK, ())
    proven = step(unsure, ev.Scanned(scan("parcel", "parcel1")))
    assert [getattr(fact, "fate", None) for fact in facts_of(proven)] == ["verified", None]
    assert proven.state.step is PackStep.DONE


def test_unsure_and_it_did_not_come_out(unsure, facts_of):
    again = step(unsure, ev.CameOut(False))
    [fact] = facts_of(again)
    assert (fact.fate, fact.print_job, fact.sscc) == ("reprint_asked", "parcel1.1", "340123450000000018")
    assert again.effects[-1] == PrintLabel("parcel1.2", "parcel1")
    assert again.state.step is PackStep.LABEL


def test_a_spoilt_label_is_printed_again_on_the_record(at, facts_of):
    again = step(at(PackStep.SCAN_BACK), ev.Reprint("torn"))
    assert (facts_of(again)[0].fate, facts_of(again)[0].detail) == ("reprint_asked", "torn")


@pytest.mark.parametrize("where", [PackStep.LABEL, PackStep.SCAN_BACK])
def test_the_label_scanned_back_ships(at, scan, facts_of, where):
    done = step(at(where), ev.Scanned(scan("parcel", "parcel1")))
    assert facts_of(done)[-1] == ParcelShip(job="p1", parcel="parcel1", sscc="340123450000000018")
    assert facts_of(done)[0].level == 4
    assert (done.state.step, done.say.code, prompt(done.state).code) == (
        PackStep.DONE,
        Code.PARCEL_SHIPPED,
        Code.PARCEL_DONE,
    )


@pytest.mark.parametrize("fields", [{"sscc": "340123450000000025"}, {}])
def test_a_label_of_another_parcel_is_refused(at, scan, facts_of, fields):
    done = step(at(PackStep.SCAN_BACK), ev.Scanned(scan("parcel", "other", **fields)))
    refused_with(done, Code.WRONG_LABEL, facts_of)
    assert done.say.words["needed"] == "340123450000000018"
    assert done.state.step is PackStep.SCAN_BACK


def test_other_scans_at_the_label(at, scan):
    assert step(at(PackStep.SCAN_BACK), ev.Scanned(scan("item", "A"))).say.code is Code.NOT_NOW
    assert step(at(PackStep.SCAN_BACK), ev.CameOut(True)).say.code is Code.NOT_NOW


# --- around ---


def test_devices_go_on_talking_without_effect(at, pack_state):
    for state in (pack_state(("A", "T-1", 1)), at(PackStep.SCAN_BACK)):
        assert step(state, ev.WeightSeen(5, EXPECT)).state == state
        assert step(state, ev.LabelTold("parcel1.1", "printed", 3)).say is None


def test_gone_before_the_label_takes_no_more(at, scan, facts_of):
    gone = step(at(PackStep.UNITS), ev.Scanned(scan("item", "A")), gone=True)
    refused_with(gone, Code.JOB_GONE, facts_of)
    assert step(at(PackStep.CARTON), ev.ChooseCarton("M1", True), gone=True).refused
    assert step(at(PackStep.WEIGHT), ev.WeightSeen(1000, EXPECT), gone=True).state.step is PackStep.LABEL
    assert step(at(PackStep.SCAN_BACK), ev.Scanned(scan("parcel", "parcel1")), gone=True).state.step is PackStep.DONE


def test_a_tote_packed_before_goes_on_at_the_carton(pack_state):
    assert pack_state(("A", "T-1", 1, {"done": 1})).step is PackStep.CARTON


def test_what_is_expected_narrows_scans(at):
    assert expect(at(PackStep.UNITS)).ids == {"A"}
    assert expect(at(PackStep.WEIGHT)).kinds == {"carton"}
    assert expect(at(PackStep.LABEL)).ids == {"parcel1"}


def test_the_line_in_hand(pack_state):
    state = pack_state(("A", "T-1", 1), ("C", "T-1", 1))
    assert replace(state, at=1).line.sku == "C"
    assert replace(state, at=0).line.sku == "A"


def test_every_step_has_a_row():
    assert set(TRANSITIONS) == set(PackStep) - {PackStep.WAITING}
