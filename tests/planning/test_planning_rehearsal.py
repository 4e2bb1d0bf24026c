"""A rehearsal plays what is there, all of it and once; its figures are those of people, aisles, walls and benches."""

from dataclasses import replace
from math import inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oms.planning import compiled, rehearsal_floor
from oms.planning.compare import Better, Happened, against, compare
from oms.planning.rehearsal import NO_LUCK, BadShift, Bench, Call, Crew, Luck, Shift, Tour, Truck, rehearse
from oms.planning.times import Times
from tools.bench_planning import rehearsal as bench

TIMES = Times(metre_s=1.0, bin_s=4.0, pick_s=3.0, unit_s=2.0, tote_s=30.0)
BENCH = Bench(sort_tote_s=10, sort_unit_s=5, parcel_s=40, line_s=4, unit_s=1)


def floor(tours=12, calls=5, seed=1, **words):
    """Tours of some calls, an order for every two or three of them."""
    rng = np.random.default_rng(seed)
    made, lines = [], {}
    for n in range(tours):
        mine = []
        for k in range(calls):
            order = f"{n}-{k // 2}"
            units = int(rng.integers(1, 4))
            aisle = int(rng.integers(4))
            mine.append(
                Call(f"{aisle}-{n}-{k}", float(rng.integers(2, 30)), units, order, f"aisle {aisle}", "AB"[aisle % 2])
            )
            lines.setdefault(order, []).append(units)
        made.append(Tour(tuple(mine), home=10.0, sorted=words.get("slots", 0) > 0))
    orders = tuple(Truck(order, words.pop("cut_off_s", 1200.0), len(of), sum(of)) for order, of in lines.items())
    given = {"crew": Crew({"": 3}, sorters=1, packers=2), "times": TIMES, "bench": BENCH, **words}
    return Shift(tuple(made), orders, **given)


def alone(shift):
    """Seconds of one person for all tours, by hand."""
    total = 0.0
    for tour in shift.tours:
        total += tour.totes * shift.times.tote_s + tour.home
        places = [call.place for call in tour.calls]
        bins = sum(n == 0 or places[n - 1] != place for n, place in enumerate(places))
        total += shift.times.seconds(
            sum(call.metres for call in tour.calls), bins, len(places), sum(call.units for call in tour.calls)
        )
    return total


def test_one_picker_without_luck_takes_the_sum_of_the_times():
    shift = replace(floor(), crew=Crew({"": 1}), luck=NO_LUCK)
    found = rehearse(shift, runs=3)
    assert found.picked_runs == pytest.approx([alone(shift)] * 3)
    assert found.picked.p10 == pytest.approx(found.picked.p90)
    assert found.busy["pickers"] == pytest.approx(1.0)


def test_an_order_is_packed_when_its_last_unit_is_there_and_a_packer_is_free():
    one = Tour((Call("a", 10, 2, "first"), Call("b", 5, 1, "second")), home=5)
    orders = (Truck("first", 1000, 1, 2), Truck("second", 100, 1, 1), Truck("third", None, 2, 4, waiting=True))
    found = rehearse(Shift((one,), orders, Crew({"": 1}, packers=1), TIMES, BENCH, NO_LUCK), runs=1)
    # 30 to begin, 10 + 4 + 3 + 4 and 5 + 4 + 3 + 2, 5 home; the third is packed meanwhile.
    assert found.picked_runs == pytest.approx([70.0])
    assert found.packed_runs == pytest.approx([70.0 + 46 + 45])
    assert [(risk.order, risk.share, risk.packed.p50) for risk in found.risks] == [
        ("second", 1.0, pytest.approx(161.0))
    ]
    assert found.late_runs == (1,)


def test_the_curve_ends_with_everything_picked_and_packed():
    found = rehearse(floor(), runs=20)
    ends = found.curve[-1]
    assert (ends.picked.p10, ends.packed.p10) == (found.units, found.units)
    assert found.curve[0].picked.p90 == 0
    picked = [moment.picked.p50 for moment in found.curve]
    assert picked == sorted(picked)
    assert all(moment.packed.p50 <= moment.picked.p50 for moment in found.curve)


def test_the_same_seed_gives_the_same_forecast_and_another_one_does_not():
    assert rehearse(floor(), 7, 10) == rehearse(floor(), 7, 10)
    assert rehearse(floor(), 7, 10).picked_runs != rehearse(floor(), 8, 10).picked_runs


def test_without_a_compiler_the_forecast_is_the_same():
    shift = floor(slots=4, aisle_room=1)
    quick = rehearse(shift, runs=4)
    with compiled.plain():
        assert rehearse(shift, runs=4) == quick


def test_more_people_end_earlier_on_average():
    means = [np.mean(rehearse(replace(floor(30), crew=Crew({"": n}, 1, 2))).picked_runs) for n in (1, 2, 4, 8)]
    assert means == sorted(means, reverse=True)
    assert means[3] < means[0] / 4


def test_a_small_put_wall_jams_and_a_large_one_does_not():
    few, enough = (rehearse(floor(20, slots=slots), runs=30) for slots in (3, 60))
    assert few.jam_minutes.p50 > 0
    assert enough.jam_minutes.p90 == 0
    assert few.units == enough.units
    assert compare(few, enough).figures[4].better is Better.SECOND


def test_narrow_aisles_make_people_stand_and_wait():
    crowd = Crew({"": 6})
    wide, narrow = (rehearse(floor(30, crew=crowd, aisle_room=room), runs=30) for room in (0, 1))
    assert wide.aisle_minutes.p90 == 0
    assert narrow.aisle_minutes.p10 > 0
    assert np.mean(narrow.picked_runs) > np.mean(wide.picked_runs)


def test_people_stay_in_their_zones_and_legs_wait_for_each_other():
    legs = (
        Tour((Call("b1", 1, 1, "x", zone="B"),), zone="B", after=(1,)),
        Tour((Call("a1", 1, 1, "x", zone="A"),), zone="A", home=2),
    )
    shift = Shift(legs, (Truck("x"),), Crew({"A": 1, "B": 1}), TIMES, BENCH, NO_LUCK)
    found = rehearse(shift, runs=1)
    # 30 + 1 + 4 + 3 + 2 and 2 to set down, then the other without.
    assert found.zones["A"].p50 == pytest.approx(40.0)
    assert found.zones["B"].p50 == pytest.approx(42.0 + 40.0)


def test_a_tour_that_somebody_holds_is_not_taken_by_who_has_nothing():
    long, short = (Tour((Call(f"b{metres}", metres, 1, "x"),)) for metres in (500.0, 10.0))
    shift = Shift((long, short, short), (Truck("x"),), Crew({"": 2}), TIMES, BENCH, NO_LUCK)
    # 39 s for each beside the metres: the one with the long way holds a short one until then.
    assert rehearse(shift, runs=1).picked_runs == pytest.approx([539.0])
    held = replace(shift, crew=Crew({"": 2}, ahead=1))
    assert rehearse(held, runs=1).picked_runs == pytest.approx([539.0 + 49.0])


def test_a_begun_tour_goes_first_and_fetches_no_totes():
    later = Tour((Call("a", 1, 1, "x"),))
    begun = Tour((Call("b", 1, 1, "y"),), begun=True)
    shift = Shift((later, begun), (Truck("x", 20.0), Truck("y", 20.0)), Crew({"": 1}), TIMES, BENCH, NO_LUCK)
    assert [risk.order for risk in rehearse(shift, runs=1).risks] == ["x"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"crew": Crew({})}, "nobody"),
        ({"orders": ()}, "unknown_order"),
        ({"tours": (Tour((), after=(1,)), Tour((), after=(0,)))}, "circle"),
        ({"tours": (Tour((), zone="Z"),), "crew": Crew({"A": 2})}, "nobody"),
    ],
    ids=["nobody", "unknown-order", "circle", "zone-without-people"],
)
def test_what_can_never_end_is_refused_with_a_code(changes, code):
    with pytest.raises(BadShift) as found:
        rehearse(replace(floor(2), **changes), runs=1)
    assert str(found.value) == code


def test_nothing_to_do_is_done_at_once():
    found = rehearse(Shift((), (), Crew({"": 2})), runs=2)
    assert (found.picked.p90, found.packed.p90, found.units, found.risks) == (0, 0, 0, ())


def test_the_better_of_two_plans_is_named_with_what_it_is_better_by():
    shift = floor(20)
    shorter = replace(shift, tours=tuple(replace(tour, home=0.0) for tour in shift.tours))
    told = compare(rehearse(shift), rehearse(shorter))
    metres = next(figure for figure in told.figures if figure.name == "metres")
    assert (metres.better, metres.gain) == (Better.SECOND, pytest.approx(200.0))
    assert told.better is Better.SECOND
    ends = next(figure for figure in told.figures if figure.name == "picked_s")
    assert ends.sure > 0.9
    assert compare(rehearse(shift), rehearse(shift)).better is Better.EVEN
    with pytest.raises(ValueError, match="same seed"):
        compare(rehearse(shift, 1), rehearse(shift, 2))


def test_a_forecast_beside_what_happened():
    found = rehearse(floor())
    (picked, late) = against(found, Happened(picked_s=found.picked.p50 * 1.5, late=int(found.late.p50)))
    assert (picked.name, picked.off, picked.inside) == ("picked_s", pytest.approx(0.5), False)
    assert (late.off, late.inside) == (0.0, True)


@st.composite
def shifts(draw):
    zones = ["A", "B"]
    count = draw(st.integers(1, 6))
    tours, names = [], [f"o{n}" for n in range(draw(st.integers(1, 5)))]
    for n in range(count):
        zone = draw(st.sampled_from(["", *zones]))
        calls = draw(
            st.lists(
                st.builds(
                    Call,
                    place=st.sampled_from("abcd"),
                    metres=st.floats(0, 50),
                    units=st.integers(1, 5),
                    order=st.sampled_from(names),
                    aisle=st.sampled_from(["", "x", "y"]),
                    zone=st.just(zone),
                ),
                max_size=5,
            )
        )
        after = draw(st.sets(st.integers(0, n - 1), max_size=2)) if n else ()
        tours.append(
            Tour(tuple(calls), draw(st.floats(0, 30)), zone, after=tuple(sorted(after)), sorted=draw(st.booleans()))
        )
    return Shift(
        tuple(tours),
        tuple(Truck(name, draw(st.one_of(st.none(), st.floats(0, 500)))) for name in names),
        Crew(
            {"": draw(st.integers(0, 2)), "A": 1, "B": draw(st.integers(1, 2))},
            draw(st.integers(0, 2)),
            draw(st.integers(0, 2)),
            ahead=draw(st.integers(0, 2)),
        ),
        TIMES,
        BENCH,
        draw(st.sampled_from([Luck(), NO_LUCK])),
        slots=draw(st.integers(0, 3)),
        aisle_room=draw(st.integers(0, 2)),
    )


@settings(max_examples=150, deadline=None)
@given(shifts())
def test_whatever_the_floor_everything_is_picked_once_and_packed(shift):
    found = rehearse(shift, runs=3)
    calls = [call for tour in shift.tours for call in tour.calls]
    assert found.units == sum(call.units for call in calls)
    assert found.curve[-1].picked.p10 == found.units
    packed = {call.order for call in calls}
    cuts = {truck.order: truck.cut_off_s for truck in shift.orders}
    assert {risk.order for risk in found.risks} <= {order for order in packed if cuts[order] is not None}
    assert all(0 <= late <= len(shift.orders) for late in found.late_runs)
    assert found.packed.p90 < inf
    for picked, done in zip(found.picked_runs, found.packed_runs, strict=True):
        # Nobody packs what is not picked; the walk home of a tour without calls may be the last that happens.
        assert done >= 0
        assert picked < rehearsal_floor.NEVER


def test_a_shift_is_foretold_by_the_pace_of_another_one():
    """The bench's own forecast, on people of plain arithmetic: their walks, and the shift that they have to play."""
    rng = np.random.default_rng(5)

    def trips(count):
        for n in range(count):
            calls = [[f"{n}-{k}", float(rng.integers(5, 60)), int(rng.integers(1, 4)), f"{n}"] for k in range(3)]
            yield {"home": float(rng.integers(5, 60)), "calls": calls}

    def seconds(metres, units, begins):
        return (0.7 * metres + 9.0 + 2.5 * units + 20.0 * begins) * rng.uniform(0.8, 1.2)

    gaps = [
        [call[1], 1.0, 1.0, call[2], float(n == 0), seconds(call[1], call[2], n == 0)]
        for trip in trips(60)
        for n, call in enumerate(trip["calls"])
    ]
    tours = list(trips(40))
    free = [0.0] * bench.PICKERS
    last = 0.0
    for trip in tours:
        now = free.pop(free.index(min(free)))
        for n, call in enumerate(trip["calls"]):
            now += seconds(call[1], call[2], n == 0)
        last = max(last, now)
        free.append(now + 0.7 * trip["home"])
    assert bench.foretold(tours, bench.pace_of(gaps)) == pytest.approx(last, rel=0.1)
