"""Single-order picking: each step and each way it can go wrong."""

from dataclasses import replace

import pytest

from app.core.facts import (
    JobDrop,
    PickAtBin,
    PickConfirm,
    PickShort,
    PickSkip,
    PickUndo,
    PickUnshort,
    Policy,
    ScanRefused,
    ShortReason,
    ToteBind,
)
from app.core.messages import Code
from app.core.views import PickStep
from app.flows import pick_events as ev
from app.flows.pick import step
from app.flows.pick_events import Rights, Scanned
from app.flows.pick_prompt import expect, prompt
from app.flows.pick_state import TRANSITIONS
from sync.contract.codes import Method


def run(state, *events, rights=None):
    """All events in turn; the last step."""
    done = None
    for event in events:
        done = step(state, event, rights or Rights())
        state = done.state
    return done


def refused_with(done, code, facts_of):
    assert done.refused
    assert done.say.code is code
    [fact] = facts_of(done)
    assert isinstance(fact, ScanRefused)
    assert fact.code == code.value


# --- the tote ---


def test_a_tote_is_bound_and_the_walk_begins(pick_state, scan, facts_of):
    done = step(pick_state(("A", "B-1", 1), tote=None), Scanned(scan("tote", "T-9")))
    assert (done.state.step, done.state.tote, done.say.code) == (PickStep.BIN, "T-9", Code.TOTE_BOUND)
    assert facts_of(done) == [ToteBind(job="j1", tote="T-9")]
    assert prompt(done.state).code is Code.SCAN_BIN


def test_a_tote_of_another_job_is_refused(pick_state, scan, facts_of):
    state = pick_state(("A", "B-1", 1), tote=None)
    done = step(state, Scanned(scan("tote", "T-9"), used_by="O7"))
    refused_with(done, Code.TOTE_IN_USE, facts_of)
    assert done.say.words == {"tote": "T-9", "job": "O7"}
    assert done.state.step is PickStep.TOTE


@pytest.mark.parametrize("kind", ["bin", "item", "carton", "parcel", "order", "unknown"])
def test_nothing_else_is_a_tote(pick_state, scan, facts_of, kind):
    done = step(pick_state(("A", "B-1", 1), tote=None), Scanned(scan(kind, "X")))
    refused_with(done, Code.NOT_A_TOTE, facts_of)


def test_a_badge_never_gets_into_the_log(pick_state, scan, facts_of):
    done = step(pick_state(("A", "B-1", 1), tote=None), Scanned(scan("badge", "B-SECRET")))
    [fact] = facts_of(done)
    assert "SECRET" not in repr(fact)
    assert "SECRET" not in repr(done.say)


def test_a_job_that_has_its_tote_starts_at_the_bin(pick_state):
    assert pick_state(("A", "B-1", 1)).step is PickStep.BIN


# --- bin ---


def test_right_bin(pick_state, scan, facts_of):
    done = step(pick_state(("A", "B-1", 2)), Scanned(scan("bin", "B-1")))
    assert (done.state.step, done.say.code, done.state.bin_confirmed) == (PickStep.ITEM, Code.BIN_RIGHT, True)
    assert facts_of(done) == [PickAtBin(job="j1", bin="B-1")]
    assert prompt(done.state).words == {"n": 2}
    again = step(done.state, Scanned(scan("bin", "B-1")))
    assert (again.say.code, facts_of(again)) == (Code.BIN_RIGHT, [])


@pytest.mark.parametrize("at_item", [False, True])
def test_wrong_bin_stays(pick_state, scan, facts_of, at_item):
    state = pick_state(("A", "B-1", 2))
    if at_item:
        state = step(state, Scanned(scan("bin", "B-1"))).state
    done = step(state, Scanned(scan("bin", "B-2")))
    refused_with(done, Code.WRONG_BIN, facts_of)
    assert done.say.words == {"scanned": "B-2", "needed": "B-1"}
    assert done.state.step is state.step


@pytest.mark.parametrize("kind", ["tote", "carton", "parcel", "order"])
def test_other_things_at_a_bin_are_a_wrong_bin(pick_state, scan, facts_of, kind):
    refused_with(step(pick_state(("A", "B-1", 2)), Scanned(scan(kind, "X"))), Code.WRONG_BIN, facts_of)


def test_item_before_bin_is_refused_and_shown(pick_state, scan, facts_of):
    done = step(pick_state(("A", "B-1", 2)), Scanned(scan("item", "A")))
    refused_with(done, Code.SCAN_BIN_FIRST, facts_of)
    assert done.state.scanned == "A"


def test_item_before_bin_counts_where_the_site_says_so(pick_state, scan, facts_of):
    done = step(pick_state(("A", "B-1", 2), bin_required=False), Scanned(scan("item", "A")))
    assert (done.say.code, done.state.step) == (Code.UNIT_COUNTED, PickStep.ITEM)
    assert facts_of(done)[0].from_bin == "B-1"


@pytest.mark.parametrize("kind", ["unknown", "badge", "command"])
def test_stray_scans_at_a_bin(pick_state, scan, kind):
    done = step(pick_state(("A", "B-1", 2)), Scanned(scan(kind, "X")))
    assert done.refused
    assert done.say.code is (Code.UNKNOWN_CODE if kind == "unknown" else Code.NOT_NOW)


# --- items ---


@pytest.fixture
def at_item(pick_state, scan):
    def make(*specs, **more):
        state = pick_state(*specs, **more)
        return step(state, Scanned(scan("bin", specs[0][1]))).state

    return make


def test_each_scan_counts_one_until_the_line_is_done(at_item, scan, facts_of):
    first = step(at_item(("A", "B-1", 2), ("C", "B-2", 1)), Scanned(scan("item", "A", text="400638")))
    assert (first.say.code, first.say.words) == (Code.UNIT_COUNTED, {"n": 1, "of": 2})
    assert facts_of(first) == [PickConfirm(job="j1", sku="A", qty=1, from_bin="B-1", tote="T-1", scan="400638")]
    assert prompt(first.state).code is Code.SCAN_MORE
    second = step(first.state, Scanned(scan("item", "A")))
    assert (second.say.code, second.state.step, second.state.line.sku) == (Code.LINE_DONE, PickStep.BIN, "C")


def test_the_last_line_leads_to_the_lane(at_item, scan):
    done = step(at_item(("A", "B-1", 1)), Scanned(scan("item", "A")))
    assert (done.state.step, prompt(done.state).code) == (PickStep.DROP, Code.SCAN_LANE)


def test_the_same_bin_is_not_scanned_twice_in_a_row(at_item, scan):
    done = step(at_item(("A", "B-1", 1), ("C", "B-1", 1)), Scanned(scan("item", "A")))
    assert (done.state.step, done.state.line.sku) == (PickStep.ITEM, "C")


def test_a_case_counts_its_quantity(at_item, scan, facts_of):
    done = step(at_item(("A", "B-1", 12)), Scanned(scan("item", "A", qty=6)))
    assert facts_of(done)[0].qty == 6
    assert done.state.line.done == 6


@pytest.mark.parametrize("qty", [3, 6])
def test_too_many_is_refused_whatever_was_scanned(at_item, scan, facts_of, qty):
    done = step(at_item(("A", "B-1", 2)), Scanned(scan("item", "A", qty=qty)))
    refused_with(done, Code.TOO_MANY, facts_of)
    assert done.say.words == {"n": 2}
    assert done.state.picked == 0


def test_wrong_item_shows_what_was_scanned(at_item, scan, facts_of):
    done = step(at_item(("A", "B-1", 2)), Scanned(scan("item", "Z")))
    refused_with(done, Code.WRONG_ITEM, facts_of)
    assert done.say.words == {"scanned": "Z", "needed": "A"}
    assert done.state.scanned == "Z"
    assert step(done.state, Scanned(scan("item", "A"))).state.scanned is None
    assert step(done.state, ev.Acknowledge()).state.scanned is None


@pytest.mark.parametrize(("kind", "code"), [("tote", Code.WRONG_ITEM), ("unknown", Code.UNKNOWN_CODE)])
def test_other_things_at_an_item(at_item, scan, facts_of, kind, code):
    refused_with(step(at_item(("A", "B-1", 2)), Scanned(scan(kind, "X"))), code, facts_of)


def test_an_ambiguous_scan_asks(at_item, scan, facts_of):
    done = step(at_item(("A", "B-1", 2)), Scanned(scan("item", "Y", also=(scan("item", "Z"),))))
    refused_with(done, Code.AMBIGUOUS_SCAN, facts_of)


# --- lots and serial numbers ---

LOT = {"lot": "L1", "lot_tracked": True}
SERIAL = {"serial_tracked": True}


def test_a_gs1_code_with_the_right_lot_counts(at_item, scan, facts_of):
    done = step(at_item(("A", "B-1", 2, LOT)), Scanned(scan("item", "A", lot="L1")))
    assert facts_of(done)[0].lot == "L1"


def test_another_lot_wants_to_be_scanned_twice(at_item, scan, facts_of):
    once = step(at_item(("A", "B-1", 2, LOT)), Scanned(scan("item", "A", lot="L2")))
    assert (once.say.code, once.say.words, facts_of(once)) == (
        Code.OTHER_LOT,
        {"scanned": "L2", "needed": "L1"},
        [],
    )
    twice = step(once.state, Scanned(scan("item", "A", lot="L2")))
    assert facts_of(twice)[0].lot == "L2"
    assert step(twice.state, Scanned(scan("item", "A"))).say.code is Code.LINE_DONE


def test_another_lot_is_refused_where_the_rule_is_kept(at_item, scan, facts_of):
    done = step(at_item(("A", "B-1", 2, LOT), fefo=Policy.FORCE), Scanned(scan("item", "A", lot="L2")))
    refused_with(done, Code.WRONG_LOT, facts_of)


def test_without_a_lot_in_the_code_the_lot_is_asked_for_once(at_item, scan, facts_of):
    asked = step(at_item(("A", "B-1", 2, LOT)), Scanned(scan("item", "A")))
    assert (asked.say.code, facts_of(asked), prompt(asked.state).words) == (Code.SCAN_LOT, [], {"lot": "L1"})
    given = step(asked.state, Scanned(scan("unknown", "L1")))
    assert facts_of(given)[0].lot == "L1"
    assert step(given.state, Scanned(scan("item", "A"))).say.code is Code.LINE_DONE


def test_the_asked_lot_may_read_like_anything(at_item, scan):
    state = step(at_item(("A", "B-1", 1, {"lot": "50201", "lot_tracked": True})), Scanned(scan("item", "A"))).state
    for meaning in (scan("order", "50201"), scan("item", "Q", text="50201", also=(scan("order", "50201"),))):
        assert step(state, Scanned(meaning)).say.code is Code.LINE_DONE


def test_a_wrong_asked_lot_is_refused_and_still_asked(at_item, scan, facts_of):
    state = step(at_item(("A", "B-1", 1, LOT), fefo=Policy.FORCE), Scanned(scan("item", "A"))).state
    done = step(state, Scanned(scan("unknown", "L9")))
    refused_with(done, Code.WRONG_LOT, facts_of)
    assert done.state.asks is not None


def test_any_lot_is_taken_where_none_was_chosen(at_item, scan, facts_of):
    state = at_item(("A", "B-1", 1, {"lot_tracked": True}))
    asked = step(state, Scanned(scan("item", "A")))
    assert prompt(asked.state).words == {"lot": ""}
    assert facts_of(step(asked.state, Scanned(scan("unknown", "L7"))))[0].lot == "L7"


def test_a_lost_separator_makes_lot_and_serial_worthless(at_item, scan):
    done = step(at_item(("A", "B-1", 1, LOT)), Scanned(scan("item", "A", lot="L121S1", separator_lost=True)))
    assert done.say.code is Code.SCAN_LOT


def test_serial_numbers_are_asked_for_and_unique_in_the_job(at_item, scan, facts_of):
    state = at_item(("A", "B-1", 2, SERIAL), ("A", "B-1", 1, SERIAL))
    asked = step(state, Scanned(scan("item", "A")))
    assert (asked.say.code, prompt(asked.state).code) == (Code.SCAN_SERIAL, Code.SCAN_SERIAL)
    first = step(asked.state, Scanned(scan("unknown", "S1")))
    assert facts_of(first)[0].serial == "S1"
    again = step(first.state, Scanned(scan("item", "A", serial="S1")))
    refused_with(again, Code.DUPLICATE_SERIAL, facts_of)
    second = step(first.state, Scanned(scan("item", "A", serial="S2")))
    assert (second.say.code, second.state.line.open) == (Code.UNIT_COUNTED, 1)
    refused_with(step(second.state, Scanned(scan("item", "A", serial="S1"))), Code.DUPLICATE_SERIAL, facts_of)
    assert step(second.state, Scanned(scan("item", "A", serial="S3"))).say.code is Code.LINE_DONE


def test_a_case_of_serial_tracked_items_has_to_be_opened(at_item, scan):
    done = step(at_item(("A", "B-1", 6, SERIAL)), Scanned(scan("item", "A", qty=6)))
    assert (done.refused, done.say.code) == (True, Code.SCAN_SERIAL)


def test_lot_then_serial(at_item, scan, facts_of):
    state = at_item(("A", "B-1", 1, {**LOT, **SERIAL}))
    lot = step(step(state, Scanned(scan("item", "A"))).state, Scanned(scan("unknown", "L1")))
    assert lot.say.code is Code.SCAN_SERIAL
    serial = step(lot.state, Scanned(scan("unknown", "x", serial="S5")))
    assert (facts_of(serial)[0].lot, facts_of(serial)[0].serial) == ("L1", "S5")


def test_scanning_the_item_again_while_a_lot_is_asked_starts_over(at_item, scan):
    state = step(at_item(("A", "B-1", 1, LOT)), Scanned(scan("item", "A"))).state
    assert step(state, Scanned(scan("item", "A", gtin="04006381333931", lot="L1"))).say.code is Code.LINE_DONE


# --- short ---


def test_short_asks_why_and_can_be_taken_back(at_item):
    asked = step(at_item(("A", "B-1", 3)), ev.AskShort())
    assert (asked.state.step, prompt(asked.state).words) == (PickStep.SHORT, {"n": 3})
    assert step(asked.state, ev.CancelShort()).state.step is PickStep.ITEM


def test_short_after_some_closes_the_line(at_item, scan, facts_of):
    done = run(
        at_item(("A", "B-1", 3), ("C", "B-2", 1)),
        Scanned(scan("item", "A")),
        ev.AskShort(),
        ev.GiveReason(ShortReason.DAMAGED),
    )
    assert facts_of(done) == [PickShort(job="j1", sku="A", missing=2, reason=ShortReason.DAMAGED, bin="B-1")]
    assert (done.say.code, done.state.line.sku, done.state.step) == (Code.SHORT_NOTED, "C", PickStep.BIN)


def test_a_line_given_up_can_be_taken_back(at_item, scan, facts_of):
    short = run(at_item(("A", "B-1", 3), ("C", "B-2", 1)), ev.AskShort(), ev.GiveReason(ShortReason.DAMAGED, damaged=5))
    assert facts_of(short)[0].damaged == 5
    done = step(short.state, ev.Undo())
    assert facts_of(done) == [PickUnshort(job="j1", sku="A", qty=3, bin="B-1")]
    assert (done.state.line.sku, done.state.line.open, done.state.step) == ("A", 3, PickStep.ITEM)


def test_a_line_for_later_is_somebody_elses(at_item):
    state = at_item(("A", "B-1", 3), ("C", "B-2", 1))
    done = run(state, ev.AskShort(), ev.GiveReason(ShortReason.PICK_LATER))
    assert not done.state.can_undo
    assert step(done.state, ev.Undo()).say.code is Code.NOTHING_TO_UNDO


def test_not_found_is_not_asked_twice(at_item, facts_of):
    state = at_item(("A", "B-1", 1), ("A", "B-1", 2), ("A", "B-2", 4), ("C", "B-1", 1))
    done = run(state, ev.AskShort(), ev.GiveReason(ShortReason.NOT_FOUND))
    assert [(fact.sku, fact.missing, fact.bin) for fact in facts_of(done)] == [("A", 1, "B-1"), ("A", 2, "B-1")]
    assert done.say.words == {"n": 3}
    assert done.state.line.place == "B-2"


def test_nothing_picked_at_all_needs_no_lane(at_item, facts_of):
    done = run(at_item(("A", "B-1", 3)), ev.AskShort(), ev.GiveReason(ShortReason.NOT_FOUND))
    assert done.state.step is PickStep.DONE
    assert facts_of(done)[-1] == JobDrop(job="j1", tote=None, lane="")
    assert prompt(done.state).code is Code.ALL_PICKED


@pytest.mark.parametrize(("part", "then"), [(1, PickStep.DONE), (2, PickStep.DROP)])
def test_a_tote_with_goods_of_an_earlier_zone_is_set_down_all_the_same(at_item, part, then):
    state = at_item(("A", "B-1", 3))
    state = replace(state, rules=replace(state.rules, method=Method.LEGS.value), part=part, legs=3)
    assert run(state, ev.AskShort(), ev.GiveReason(ShortReason.NOT_FOUND)).state.step is then


def test_short_of_the_last_line_goes_to_the_lane_when_something_was_picked(at_item, scan):
    done = run(at_item(("A", "B-1", 2)), Scanned(scan("item", "A")), ev.AskShort(), ev.GiveReason(ShortReason.OTHER))
    assert done.state.step is PickStep.DROP


def test_scans_wait_while_the_reason_is_asked(at_item, scan):
    state = step(at_item(("A", "B-1", 2)), ev.AskShort()).state
    assert step(state, Scanned(scan("item", "A"))).say.code is Code.NOT_NOW
    assert step(state, Scanned(scan("unknown", "x"))).say.code is Code.UNKNOWN_CODE
    assert step(state, ev.Skip()).refused


# --- skip ---


def test_skip_goes_to_the_end_and_must_still_be_done(at_item, scan, facts_of):
    state = at_item(("A", "B-1", 2, LOT), ("C", "B-2", 1))
    state = step(state, Scanned(scan("item", "A", lot="L1"))).state
    done = step(state, ev.Skip())
    assert facts_of(done) == [PickSkip(job="j1", bin="B-1")]
    assert (done.say.code, done.state.line.sku, done.state.bin_at) == (Code.SKIPPED, "C", None)
    last = run(done.state, Scanned(scan("bin", "B-2")), Scanned(scan("item", "C")))
    assert (last.state.line.sku, last.state.line.done, last.state.line.lot_seen) == ("A", 1, None)
    assert last.state.step is PickStep.BIN
    assert not last.state.can_skip
    assert step(last.state, ev.Skip()).say.code is Code.NOT_NOW


def test_skip_within_a_bin_stays_at_the_bin(at_item):
    assert step(at_item(("A", "B-1", 2), ("C", "B-1", 1)), ev.Skip()).state.step is PickStep.ITEM


# --- undo ---


def test_undo_takes_the_last_scan_back(at_item, scan, facts_of):
    state = run(at_item(("A", "B-1", 12)), Scanned(scan("item", "A", qty=6))).state
    done = step(state, ev.Undo())
    assert facts_of(done) == [PickUndo(job="j1", sku="A", qty=6, from_bin="B-1", tote="T-1")]
    assert (done.say.code, done.state.line.done, done.state.step) == (Code.UNDONE, 0, PickStep.ITEM)
    assert step(done.state, ev.Undo()).say.code is Code.NOTHING_TO_UNDO


def test_undo_of_a_finished_line_walks_back(at_item, scan, facts_of):
    state = run(
        at_item(("A", "B-1", 1, SERIAL), ("C", "B-2", 1)),
        Scanned(scan("item", "A", serial="S1")),
        Scanned(scan("bin", "B-2")),
    ).state
    done = step(state, ev.Undo())
    assert facts_of(done)[0].serial == "S1"
    assert (done.state.line.sku, done.state.line.serials, done.state.step) == ("A", (), PickStep.BIN)


def test_undo_at_the_lane(at_item, scan):
    state = run(at_item(("A", "B-1", 1)), Scanned(scan("item", "A"))).state
    assert state.can_undo
    assert step(state, ev.Undo()).state.step is PickStep.ITEM


# --- the lane ---


@pytest.fixture
def at_lane(at_item, scan):
    def make(lane=None):
        return step(at_item(("A", "B-1", 1), lane=lane), Scanned(scan("item", "A"))).state

    return make


@pytest.mark.parametrize("expected", [None, "PACK-1"])
def test_drop_ends_the_job(at_lane, scan, facts_of, expected):
    done = step(at_lane(expected), Scanned(scan("bin", "PACK-1"), lane=True))
    assert (done.state.step, done.say.code) == (PickStep.DONE, Code.ORDER_PICKED)
    assert facts_of(done) == [JobDrop(job="j1", tote="T-1", lane="PACK-1")]
    assert not done.state.can_undo
    assert step(done.state, ev.Undo()).refused


def test_another_lane_wants_to_be_scanned_twice(at_lane, scan, facts_of):
    once = step(at_lane("PACK-1"), Scanned(scan("bin", "PACK-2"), lane=True))
    assert (once.say.code, facts_of(once)) == (Code.CONFIRM_AGAIN, [])
    read = step(once.state, ev.Acknowledge())
    assert step(read.state, Scanned(scan("bin", "PACK-2"), lane=True)).state.step is PickStep.DONE
    assert step(once.state, Scanned(scan("bin", "PACK-2"), lane=True)).state.step is PickStep.DONE
    other = step(once.state, Scanned(scan("item", "A")))
    assert other.state.confirm is None


@pytest.mark.parametrize("kind", ["bin", "item", "tote", "unknown"])
def test_no_lane(at_lane, scan, facts_of, kind):
    refused_with(step(at_lane(), Scanned(scan(kind, "X"))), Code.NOT_A_LANE, facts_of)


# --- rights ---


def test_a_job_that_is_gone_takes_no_more(at_item, scan, facts_of):
    done = step(at_item(("A", "B-1", 2)), Scanned(scan("item", "A")), Rights(gone=True))
    refused_with(done, Code.JOB_GONE, facts_of)
    assert step(at_item(("A", "B-1", 2)), ev.Undo(), Rights(gone=True)).say.code is Code.JOB_GONE


def test_after_the_lease_the_line_in_hand_is_finished_and_nothing_new_begun(pick_state, at_item, scan):
    over = Rights(over=True)
    assert step(pick_state(("A", "B-1", 1)), Scanned(scan("bin", "B-1")), over).say.code is Code.LEASE_OVER
    done = step(at_item(("A", "B-1", 1), ("C", "B-2", 1)), Scanned(scan("item", "A")), over)
    assert done.say.code is Code.LINE_DONE
    assert step(done.state, Scanned(scan("bin", "B-2")), over).say.code is Code.LEASE_OVER


def test_the_tote_is_set_down_after_the_lease(at_lane, scan):
    assert step(at_lane(), Scanned(scan("bin", "P"), lane=True), Rights(over=True)).state.step is PickStep.DONE


def test_a_done_job_can_be_gone(at_lane, scan):
    done = step(at_lane(), Scanned(scan("bin", "P"), lane=True)).state
    assert step(done, Scanned(scan("item", "A")), Rights(gone=True)).say.code is Code.NOT_NOW


# --- tables ---


def test_what_is_expected_narrows_scans(pick_state, at_item, at_lane):
    assert expect(pick_state(("A", "B-1", 1), tote=None)).kinds == {"tote"}
    assert expect(pick_state(("A", "B-1", 1))).ids == {"B-1", "A"}
    assert expect(at_lane("PACK-1")).ids == {"PACK-1"}
    assert expect(at_lane()).ids == frozenset()
    assert expect(step(at_item(("A", "B-1", 1)), ev.AskShort()).state).kinds == frozenset()


def test_every_step_has_a_row_and_done_is_the_end():
    assert set(TRANSITIONS) == set(PickStep)
    assert TRANSITIONS[PickStep.DONE] == frozenset()


def test_buttons_where_they_do_nothing(pick_state):
    state = pick_state(("A", "B-1", 1), tote=None)
    for event in (ev.AskShort(), ev.Skip(), ev.Undo(), ev.CancelShort(), ev.GiveReason(ShortReason.OTHER)):
        done = step(state, event)
        assert (done.refused, done.say.code, done.effects) == (True, Code.NOT_NOW, ())
    assert not (state.can_short)
    assert not (state.can_skip)
    assert not (state.can_undo)


def test_a_job_with_every_line_closed_goes_straight_to_the_lane(pick_state, scan):
    state = pick_state(("A", "B-1", 1, {"done": 1}), tote=None)
    assert step(state, Scanned(scan("tote", "T-2"))).state.step is PickStep.DROP
    assert replace(state, tote="T-2").line is None
