"""Which way waves may change, what templates take, and everything that is wrong with one: pure tables and rules."""

from datetime import UTC, datetime, timedelta

import pytest

from oms.transitions import NotAllowed, moved
from oms.waves.rules import (
    ACTS,
    OVER,
    WAVE,
    Candidate,
    fill,
    is_active,
    may,
    minutes,
    moves,
    problems,
    takes,
)
from sync.contract.codes import Method, WaveState
from sync.contract.waves import Lines, OrderFilter, ReleaseBy, ReleaseRule, Template, Thresholds, WaveAct

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ORDER = Candidate(
    "O1", 2, NOW, NOW + timedelta(hours=2), "DHL", "next", "c1", frozenset({"gift"}), (frozenset({"A", "B"}),)
)  # fmt: skip


@pytest.mark.parametrize("now", WaveState)
@pytest.mark.parametrize("then", WaveState)
def test_each_step_is_in_the_table_or_not_allowed(now, then):
    if now is then or then in WAVE[now]:
        assert moved(WAVE, now, then) is then
        assert moves(now, then)
    else:
        assert not moves(now, then)
        with pytest.raises(NotAllowed):
            moved(WAVE, now, then)


def test_every_state_is_reached_and_the_last_are_never_left():
    reached = {then for steps in WAVE.values() for then in steps} | {WaveState.DRAFT}
    assert reached == set(WaveState)
    assert {state for state in WaveState if not WAVE[state]} == OVER


@pytest.mark.parametrize("act", WaveAct)
def test_every_act_has_its_states_and_none_of_those_that_are_over(act):
    assert ACTS[act]
    assert not any(may(act, state) for state in OVER)


@pytest.mark.parametrize(
    ("wanted", "taken"),
    [
        (OrderFilter(), True),
        (OrderFilter(carriers=["DHL", "UPS"]), True),
        (OrderFilter(carriers=["UPS"]), False),
        (OrderFilter(services=["next"], priorities=[1, 2], customers=["c1"]), True),
        (OrderFilter(priorities=[1]), False),
        (OrderFilter(customers=["c2"]), False),
        (OrderFilter(flags=["gift"]), True),
        (OrderFilter(flags=["gift", "vip"]), False),
        (OrderFilter(without_flags=["gift"]), False),
        (OrderFilter(lines=Lines.SINGLE), True),
        (OrderFilter(lines=Lines.MULTI), False),
        (OrderFilter(zones=["B"]), True),
        (OrderFilter(zones=["C"]), False),
        (OrderFilter(cut_off_within_min=120), True),
        (OrderFilter(cut_off_within_min=119), False),
    ],
)
def test_what_a_template_takes(wanted, taken):
    assert takes(wanted, ORDER, NOW) is taken


def many(*units):
    return [Candidate(f"O{n}", 2, NOW, units=number, grams=1000 * number) for n, number in enumerate(units)]


@pytest.mark.parametrize(
    ("limits", "number"),
    [
        (Thresholds(), 4),
        (Thresholds(max_orders=2), 2),
        (Thresholds(max_units=6), 3),
        (Thresholds(max_lines=1), 1),
        (Thresholds(max_kg=3), 2),
        (Thresholds(max_litres=1), 4),
        (Thresholds(max_minutes=1), 1),
    ],
)
def test_a_wave_keeps_its_sequence_and_its_limits(limits, number):
    assert len(fill(limits, [], many(1, 2, 3, 4))) == number


def test_what_is_in_the_wave_already_counts():
    assert len(fill(Thresholds(max_orders=3), many(1, 1), many(1, 1, 1))) == 1


@pytest.mark.parametrize(
    ("start", "end", "active"),
    [("08:00", "16:00", True), ("12:01", "16:00", False), ("22:00", "12:00", True), ("22:00", "06:00", False)],
)
def test_the_window_may_go_over_midnight(start, end, active):
    assert is_active(Template(name="t", active_from=start, active_to=end), NOW) is active
    assert not is_active(Template(name="t", active=False), NOW)


def test_minutes_are_whole_and_rounded_up():
    assert minutes(0, 0, 0) == 0
    assert minutes(1, 1, 0) == 1
    assert minutes(10, 10, 1) == 5


def test_everything_that_is_wrong_is_said_at_once():
    bad = Template(
        name=" ",
        active_from="8:00",
        active_to="25:00",
        orders=OrderFilter(zones=["X"], carriers=["Y"], priorities=[0], flags=["gift"], without_flags=["gift"]),
        thresholds=Thresholds(min_orders=9, max_orders=3, max_kg=0),
        method=Method.WALL,
        slots=99,
        lanes=["L9"],
        auto_release=True,
        release=ReleaseRule(pack_min=-1),
    )
    found = [one.code for one in problems(bad, lanes={"L1"}, zones={"A"}, carriers={"DHL"}, walls=12)]
    assert found == [
        "name_missing", "not_a_time", "not_a_time", "not_positive", "min_above_max", "not_positive", "slots_out_of_range",
        "priority_out_of_range", "lane_unknown", "zone_unknown", "carrier_unknown", "flag_wanted_and_not", "wall_too_small",
        "auto_release_by_hand", "auto_release_without_plan",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("template", "code"),
    [
        (Template(name="t", active_from="10:00", active_to="10:00"), "window_empty"),
        (Template(name="t", method=Method.WALL), "no_wall"),
    ],
)
def test_a_window_of_no_time_and_a_wall_that_is_not_there(template, code):
    assert [one.code for one in problems(template, lanes=(), zones=(), carriers=(), walls=0)] == [code]


def test_nothing_is_wrong_with_a_sound_one():
    sound = Template(name="noon", auto_plan=True, auto_release=True, release=ReleaseRule(by=ReleaseBy.CUT_OFF))
    assert problems(sound, lanes=(), zones=(), carriers=(), walls=0) == []
