"""When a reading is a weight and when a weight is taken: the gate, the capture, and the words in between."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.model import Reading, WeightState
from devices.weighing import Capture, GateRule, StabilityGate, WeightWord, rule_for, word

STABLE, MOVING, ZERO, UNKNOWN = WeightState.STABLE, WeightState.UNSTABLE, WeightState.ZERO, WeightState.UNKNOWN
FLAGGED, UNFLAGGED = rule_for(True, 0.1), rule_for(False, 0.1)


def reading(value, at=0.0, state=STABLE, unit="kg", **more):
    return Reading(Decimal(value), unit, state, b"", at, **more)


def usable(gate, *readings):
    return [gate.judge(one).usable for one in readings]


def test_a_scale_that_tells_stability_must_say_the_very_figure_three_times():
    gate = StabilityGate(FLAGGED)
    assert usable(gate, *[reading("1.234", at / 50) for at in range(4)]) == [False, False, True, True]
    assert usable(gate, reading("1.235", 0.1), reading("1.234", 0.12)) == [False, False]
    assert gate.pending


def test_moving_begins_anew_and_passes_as_it_is():
    gate = StabilityGate(FLAGGED)
    assert (
        usable(gate, reading("1"), reading("1"), reading("1", state=MOVING), reading("1"), reading("1")) == [False] * 5
    )


@pytest.mark.parametrize(
    "state", [WeightState.OVER, WeightState.UNDER, WeightState.BUSY, WeightState.ERROR, WeightState.OFF]
)
def test_no_other_state_is_ever_made_usable(state):
    gate = StabilityGate(FLAGGED)
    assert {gate.judge(reading("0", at, state)).state for at in range(5)} == {state}


def test_a_stable_nothing_is_zero():
    gate = StabilityGate(FLAGGED)
    assert [gate.judge(reading("0.000")).state for _ in range(3)] == [MOVING, MOVING, ZERO]


def test_without_a_flag_the_figure_must_hold_for_400_ms():
    gate = StabilityGate(UNFLAGGED)
    times = [0.0, 0.1, 0.2, 0.3, 0.39, 0.4, 0.5]
    assert usable(gate, *[reading("1.234", at, UNKNOWN) for at in times]) == [False] * 5 + [True] * 2


def test_without_a_flag_one_division_of_flicker_is_borne_but_only_what_came_three_times_counts():
    gate = StabilityGate(UNFLAGGED)
    figures = ["1.234", "1.235", "1.234", "1.234", "1.235", "1.234", "1.233"]
    judged = [gate.judge(reading(figure, at / 10, UNKNOWN)) for at, figure in enumerate(figures)]
    assert [one.usable for one in judged] == [False, False, False, False, False, True, False]
    assert judged[5].value == Decimal("1.234")


def test_a_slow_drift_is_no_weight():
    gate = StabilityGate(UNFLAGGED)
    assert not any(usable(gate, *[reading(f"1.{at:03}", at / 10, UNKNOWN) for at in range(200)]))


def test_readings_far_apart_do_not_support_each_other():
    assert not any(usable(StabilityGate(FLAGGED), *[reading("1", 1.5 * at) for at in range(10)]))
    assert any(usable(StabilityGate(rule_for(True, 1.5)), *[reading("1", 1.5 * at) for at in range(10)]))


@pytest.mark.parametrize("other", [{"unit": "lb"}, {"net": True}, {"tare": Decimal("0.1")}])
def test_the_same_figure_of_another_kind_is_another_weight(other):
    gate = StabilityGate(FLAGGED)
    one = reading("1")
    assert usable(gate, one, one, replace(one, **other), one, one) == [False] * 5


def test_reset_forgets():
    gate = StabilityGate(FLAGGED)
    usable(gate, reading("1"), reading("1"))
    gate.reset()
    assert usable(gate, reading("1"), reading("1")) == [False, False]


@given(
    st.lists(st.tuples(st.integers(0, 4), st.sampled_from([STABLE, UNKNOWN, MOVING]), st.integers(1, 30)), max_size=60),
    st.sampled_from([FLAGGED, UNFLAGGED]),
)
def test_whatever_comes_a_usable_figure_has_been_heard_three_times_close_together(steps, rule):
    gate, now, heard = StabilityGate(rule), 0.0, []
    for figure, state, pause in steps:
        now += pause / 50
        heard.append(reading(figure, now, state))
        if gate.judge(heard[-1]).usable:
            near = [one for one in heard if now - one.at <= rule.window_s + 1e-9]
            assert sum(one.value == figure and one.state is not MOVING for one in near) >= 3
            assert state is not MOVING


def take(capture, *readings):
    return [None if (took := capture.offer(one, one.at)) is None else str(took.value) for one in readings]


def test_a_load_is_taken_once():
    assert take(Capture(), reading("1.234", 1), reading("1.234", 2), reading("1.236", 3)) == ["1.234", None, None]


def test_the_next_after_an_empty_scale_even_of_the_same_weight():
    capture = Capture()
    loads = [reading("1.234"), reading("0.000", state=ZERO), reading("1.234")]
    assert take(capture, *loads) == ["1.234", None, "1.234"]


def test_the_next_put_on_top_or_exchanged_without_a_pause():
    assert take(Capture(), reading("1.234"), reading("2.5", state=MOVING), reading("2.000")) == ["1.234", None, "2.000"]
    assert take(Capture(), reading("1.234"), reading("1.239"), reading("1.240")) == ["1.234", None, "1.240"]


def test_knocking_the_scale_takes_nothing():
    shaken = [reading(figure, state=MOVING) for figure in ("1.500", "0.900", "0.004", "1.300")]
    assert take(Capture(), reading("1.234"), *shaken, reading("1.235")) == ["1.234", None, None, None, None, None]


def test_two_empty_figures_in_a_row_are_an_empty_scale_though_it_never_stood_still():
    gone = [reading(figure, state=MOVING) for figure in ("0.500", "0.004", "-0.002", "0.700")]
    assert take(Capture(), reading("1.234"), *gone, reading("1.234"))[-1] == "1.234"


def test_lifting_the_load_below_zero_empties_the_scale():
    lifted = reading("0", state=WeightState.UNDER, unit="kg")
    assert take(Capture(), reading("1.234"), lifted, lifted, reading("1.234"))[-1] == "1.234"


def test_too_little_too_old_or_still_moving_is_not_taken():
    capture = Capture()
    assert take(capture, reading("0.009"), reading("1.234", state=MOVING)) == [None, None]
    assert capture.offer(reading("1.234", 1.0), 2.1) is None
    assert capture.offer(reading("0", 3.0, WeightState.OVER), 3.0) is None
    assert capture.offer(reading("12", 3.0, unit="pcs"), 3.0) is None
    assert capture.offer(reading("1.234", 1.0), 2.0).grams == 1234


def test_net_and_tare_are_kept_with_the_value():
    took = Capture().offer(reading("1.234", 5.0, net=True, tare=Decimal("0.250")), 5.0)
    assert (took.net, took.tare, took.at, took.unit) == (True, Decimal("0.250"), 5.0, "kg")


def test_taring_and_clearing_the_tare_is_no_new_load():
    tared = [reading("0.000", state=ZERO, net=True), reading("1.234")]
    assert take(Capture(), reading("1.234"), *tared) == ["1.234", None, None]
    capture = Capture()
    take(capture, reading("1.234"))
    capture.tared()
    assert take(capture, reading("0.000", state=ZERO), reading("0.500")) == [None, "0.500"]


def test_a_given_division_counts():
    assert take(Capture(Decimal(50)), reading("0.450"), reading("0.500"), reading("0.700"), reading("0.800")) == [
        None,
        "0.500",
        None,
        "0.800",
    ]


def test_there_is_a_word_for_every_state_and_for_none():
    assert word(None, 0.0) is WeightWord.STALE
    assert word(reading("1", 0.0), 1.1) is WeightWord.STALE
    assert {state: word(reading("1", 1.0, state), 1.0).value for state in WeightState} == {
        WeightState.STABLE: "weight-ready",
        WeightState.ZERO: "weight-empty",
        WeightState.UNSTABLE: "weight-moving",
        WeightState.UNKNOWN: "weight-moving",
        WeightState.OVER: "weight-over",
        WeightState.UNDER: "weight-under",
        WeightState.BUSY: "weight-busy",
        WeightState.OFF: "weight-off",
        WeightState.ERROR: "weight-fault",
    }


def test_the_rules_of_the_two_kinds_of_scale():
    assert (GateRule(), UNFLAGGED.hold_s) == (FLAGGED, 0.4)
