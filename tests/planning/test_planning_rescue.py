"""What can be done for orders that will miss their truck: each move helps as it says, and is rehearsed, not guessed."""

from dataclasses import replace

import pytest

from oms.planning.rehearsal import rehearse
from oms.planning.rescue import Kind, Later, Running, likely_late, likely_since, rescue, shares
from oms.planning.shifts import NO_LUCK, Bench, Call, Crew, Luck, Shift, Tour, Truck
from oms.planning.times import Times

TIMES = Times(metre_s=1.0, bin_s=0.0, pick_s=10.0, unit_s=0.0, tote_s=30.0)
QUICK = Bench(parcel_s=10, line_s=0, unit_s=0)


def metres(one, other):
    return 0.0 if one == other else 20.0


def wave(*sizes, cut_offs, begun=(), **words):
    """A trip for each order, one after the other."""
    tours = tuple(
        Tour(tuple(Call(f"{n}-{k}", 20.0, 1, f"o{n}") for k in range(size)), home=20.0, begun=n in begun)
        for n, size in enumerate(sizes)
    )
    orders = tuple(Truck(f"o{n}", cut, size) for n, (size, cut) in enumerate(zip(sizes, cut_offs, strict=True)))
    crew = words.pop("crew", Crew({"": 1}, packers=1))
    return Running(Shift(tours, orders, crew, TIMES, QUICK, words.pop("luck", NO_LUCK)), metres, **words)


def moves(found, kind):
    return [move for move in found.moves if move.kind is kind]


def test_nothing_is_to_be_done_when_all_will_be_in_time():
    assert rescue(wave(2, 2, cut_offs=(5000, 5000)), runs=5).moves == ()


def test_a_small_order_behind_large_ones_is_saved_by_pulling_it_out():
    found = rescue(wave(10, 10, 1, cut_offs=(2000, 2000, 200), whole=True), runs=5)
    assert likely_late(found.forecast) == ("o2",)
    (pull,) = moves(found, Kind.PULL)
    assert (pull.orders, pull.saved, pull.endangered) == (("o2",), ("o2",), ())
    assert (pull.before, pull.after) == (1.0, 0.0)
    assert [(why.code, why.words) for why in pull.why] == [("stops_left", {"stops": 1})]
    assert found.moves[0] is pull


def test_several_small_orders_are_pulled_out_together_when_that_saves_them_all():
    found = rescue(wave(10, 10, 1, 1, cut_offs=(3000, 3000, 250, 250), whole=True), runs=5)
    assert (found.moves[0].kind, found.moves[0].orders) == (Kind.PULL, ("o2", "o3"))
    assert set(found.moves[0].saved) == {"o2", "o3"}
    assert found.moves[0].after == 0.0


def test_pulling_one_out_may_endanger_another_and_says_so():
    running = wave(3, 3, cut_offs=(170, 170), whole=True)
    first = rehearse(running.shift, runs=1)
    assert likely_late(first) == ("o1",)
    (pull,) = moves(rescue(running, runs=1), Kind.PULL) or (None,)
    # Then the other is late instead: it is no gain, and not offered.
    assert pull is None or pull.endangered == ("o0",)


def test_an_order_that_shares_trips_is_split_off_and_the_rest_is_still_walked():
    calls = tuple(Call(f"b{n}", 20.0, 1, "late" if n == 7 else "early") for n in range(8))
    shift = Shift(
        (Tour(calls, home=20.0),),
        (Truck("early", 5000.0), Truck("late", 120.0)),
        Crew({"": 1}, packers=1),
        TIMES,
        QUICK,
        NO_LUCK,
    )
    (pull,) = moves(rescue(Running(shift, metres), runs=1), Kind.PULL)
    assert (pull.saved, pull.endangered) == (("late",), ())


def test_more_people_save_what_one_cannot_and_the_fewest_that_do_come_first():
    found = rescue(wave(6, 6, 6, cut_offs=(300, 310, 320)), runs=5)
    borrow = moves(found, Kind.BORROW)
    assert {move.people for move in borrow} <= {1, 2, 3}
    best = min((move for move in borrow if len(move.saved) == 2), key=lambda move: move.people)
    assert best.people == 2
    assert next(move for move in found.moves if move.saved == best.saved).people == 2
    assert best.earlier_s > 0


def test_people_who_keep_to_zones_are_sent_to_the_one_that_ends_last():
    tours = tuple(
        Tour(tuple(Call(f"{zone}{k}", 20.0, 1, f"{zone}{n}", zone=zone) for k in range(5)), home=20.0, zone=zone)
        for n, zone in enumerate("ABBBB")
    )
    orders = tuple(Truck(f"{zone}{n}", 400.0) for n, zone in enumerate("ABBBB"))
    shift = Shift(tours, orders, Crew({"A": 1, "B": 1}), TIMES, QUICK, NO_LUCK)
    borrow = moves(rescue(Running(shift, metres), runs=1), Kind.BORROW)
    assert {move.zone for move in borrow} == {"B"}
    assert borrow[0].why[0].code == "zone_ends_last"


def test_a_later_service_is_offered_when_it_leaves_after_the_order_is_ready():
    later = {"o1": (Later("night", 900.0), Later("evening", 600.0), Later("soon", 250.0))}
    (move,) = moves(rescue(wave(4, 4, cut_offs=(200, 240), later=later), runs=5), Kind.SERVICE)
    assert (move.later.service, move.saved) == ("evening", ("o1",))
    assert move.why[0].words == {"service": "evening", "minutes": 6}


def test_leaving_one_behind_is_the_last_thing_and_counts_it_as_late():
    found = rescue(wave(12, 1, 1, cut_offs=(100, 200, 260), begun=(0,)), runs=3)
    drop = next(move for move in moves(found, Kind.DROP) if move.orders == ("o0",))
    assert set(drop.saved) == {"o1", "o2"}
    assert drop.after == pytest.approx(1.0)
    assert {why.code for why in drop.why} == {"late_anyway", "stops_freed"}


def test_the_same_seed_gives_the_same_moves():
    running = wave(5, 6, 7, 2, cut_offs=(300, 500, 600, 500), luck=Luck(), whole=True)
    assert rescue(running, 3, 20).moves == rescue(running, 3, 20).moves


def test_an_order_became_likely_late_when_half_of_the_rehearsals_first_said_so():
    seen = [(0.0, {"a": 0.2}), (60.0, {"a": 0.5, "b": 0.4}), (120.0, {"a": 0.3, "b": 0.9})]
    assert likely_since(seen) == {"a": 60.0, "b": 120.0}


def test_shares_are_those_of_the_forecast():
    shift = replace(wave(4, 4, cut_offs=(150, 200)).shift, luck=Luck())
    found = rehearse(shift, runs=40)
    assert shares(found) == {risk.order: risk.share for risk in found.risks}
