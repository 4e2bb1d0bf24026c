"""Carton choice on made-up goods: rules that hold for any order, and the answers a packer would expect."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oms.packing.cartons import Carton, Item, Placement, Refused, Rotation, Rules, Unfit, Why, choose
from tools.carton_check import broken

SMALL = Carton("S", (200, 150, 100), (206, 156, 106), 90, 5_000)
MIDDLE = Carton("M", (300, 200, 150), (306, 206, 156), 150, 10_000)
LARGE = Carton("L", (400, 300, 300), (408, 308, 308), 300, 20_000)
SHOP = (LARGE, SMALL, MIDDLE)

sides = st.integers(1, 320)
goods = st.builds(
    Item,
    code=st.just(""),
    qty=st.integers(1, 6),
    size=st.none() | st.tuples(sides, sides, sides) | st.tuples(st.just(100), st.just(75), st.just(50)),
    grams=st.none() | st.integers(0, 6_000),
    rotation=st.sampled_from(Rotation),
    fragile=st.booleans(),
    bears_g=st.none() | st.integers(0, 5_000),
)
rules_of_shops = st.builds(
    Rules,
    support_percent=st.sampled_from([0, 50, 75, 100]),
    clearance_mm=st.sampled_from([0, 0, 5]),
    max_fill_percent=st.sampled_from([100, 85]),
    lift_g=st.none() | st.just(8_000),
    mm3_per_g=st.none() | st.just(5_000),
    effort=st.just(1_500),
)


def named(lines):
    return [replace(item, code=f"i{n}") for n, item in enumerate(lines)]


@settings(max_examples=100)
@given(lines=st.lists(goods, max_size=9), rules=rules_of_shops)
def test_no_rule_is_ever_broken_and_no_unit_lost(lines, rules):
    items = named(lines)
    choice = choose(items, SHOP, rules)
    assert broken(items, choice, rules) == []
    assert choose(items, SHOP, rules) == choice


def brick(code="a", qty=1, size=(100, 75, 50), grams=500, **more):
    return Item(code, qty, size, grams, **more)


def test_the_smallest_carton_that_holds_it_all_is_taken_and_the_next_is_the_second_choice():
    choice = choose([brick(qty=16)], SHOP)
    assert [one.carton.code for one in choice.parcels] == ["M"]
    assert choice.refused == (Refused("S", Why.TOO_HEAVY), Refused("L", Why.COSTS_MORE))
    assert choice.second is not None
    assert choice.second.cartons == ("L",)
    (parcel,) = choice.parcels
    assert (parcel.gross_g, parcel.fill_percent, parcel.layers) == (8_150, 66, 2)


@pytest.mark.parametrize(
    ("item", "why"),
    [
        (brick(qty=8, grams=10), None),
        (brick(qty=9, grams=10), Why.TOO_LITTLE_ROOM),
        (brick(qty=1, size=(260, 10, 10)), Why.TOO_LONG),
        (brick(qty=1, size=(110, 110, 90), grams=5_000), Why.TOO_HEAVY),
        (brick(qty=2, size=(110, 110, 90), grams=10), Why.NO_ARRANGEMENT),
    ],
    ids=["fits", "room", "long", "heavy", "arrangement"],
)
def test_a_refused_carton_has_its_reason(item, why):
    choice = choose([item], SHOP)
    assert next((one.why for one in choice.refused if one.carton == "S"), None) is why


def test_what_fits_no_carton_is_said_and_the_rest_is_packed():
    choice = choose([brick("pole", size=(900, 20, 20)), brick("anvil", grams=40_000), brick("cup", qty=2)], SHOP)
    assert choice.unfit == (Unfit("pole", 1, Why.TOO_LONG), Unfit("anvil", 1, Why.TOO_HEAVY))
    assert [one.code for parcel in choice.parcels for one in parcel.placements] == ["cup", "cup"]


@pytest.mark.parametrize("shop", [(), (SMALL,)], ids=["no cartons", "one"])
def test_an_order_of_nothing_needs_no_parcel(shop):
    assert choose([], shop).parcels == ()
    assert choose([brick(qty=0)], shop).unfit == ()


def test_without_cartons_everything_is_unfit():
    assert choose([brick(qty=3), Item("b", 1, None)], ()).unfit == (
        Unfit("b", 1, Why.TOO_LONG),
        Unfit("a", 3, Why.TOO_LONG),
    )


def test_goods_nobody_measured_take_no_room_but_their_weight_counts():
    (parcel,) = choose([Item("x", 2, None, 2_000), brick(qty=2)], SHOP).parcels
    assert (parcel.carton.code, parcel.unmeasured, parcel.gross_g) == ("M", ("x",), 5_150)
    (parcel,) = choose([Item("x", 1, None)], SHOP).parcels
    assert (parcel.carton.code, parcel.placements, parcel.unmeasured) == ("S", (), ("x",))


def test_a_size_of_nothing_counts_as_not_measured():
    (parcel,) = choose([Item("x", 1, (0, 10, 10), 5)], SHOP).parcels
    assert (parcel.carton.code, parcel.unmeasured) == ("S", ("x",))


def test_goods_that_weigh_nothing_go_into_a_carton_that_may_weigh_nothing_more():
    (parcel,) = choose([brick(grams=None)], [replace(SMALL, max_g=SMALL.tare_g)]).parcels
    assert parcel.gross_g == SMALL.tare_g


def test_a_very_long_order_ends():
    choice = choose([brick(qty=1_500, size=(200, 150, 90), grams=100)], (SMALL,), Rules(effort=100))
    assert len(choice.parcels) == 1_500
    assert choice.unfit == ()


def test_a_shop_with_many_cartons_still_gets_one_that_fits():
    shop = [replace(SMALL, code=str(n), inner=(200 + n, 150, 100)) for n in range(120)]
    (parcel,) = choose([brick(size=(260, 150, 100))], shop).parcels
    assert parcel.carton.code == "60"


def test_goods_without_measures_are_not_lifted_above_the_limit_either():
    tough = replace(SMALL, code="tough", tare_g=50, inner=(210, 150, 100), max_g=5_000)
    (parcel,) = choose([Item("x", 1, None, 940)], (SMALL, tough), Rules(lift_g=1_000)).parcels
    assert parcel.carton.code == "tough"


def test_several_parcels_share_the_weight():
    choice = choose(
        [brick(qty=2, size=(300, 200, 140), grams=9_000), brick("b", 20, (50, 50, 50), 800)], (MIDDLE, LARGE)
    )
    weights = [parcel.gross_g for parcel in choice.parcels]
    assert len(weights) == 2
    assert max(weights) - min(weights) <= 1_000


def test_nobody_lifts_more_than_the_limit():
    choice = choose([brick(qty=30)], SHOP, Rules(lift_g=6_000))
    assert len(choice.parcels) == 3
    assert all(parcel.gross_g <= 6_000 for parcel in choice.parcels)


def test_freight_decides_not_volume():
    def by_weight_and_length(carton, billed_g):
        return billed_g + (5_000 if carton.code == "M" else 0)

    (parcel,) = choose([brick(qty=16, grams=10)], SHOP, Rules(cost=by_weight_and_length)).parcels
    assert parcel.carton.code == "L"


def test_a_light_parcel_is_billed_by_its_size():
    (parcel,) = choose([brick(grams=10)], SHOP, Rules(mm3_per_g=5_000)).parcels
    assert (parcel.gross_g, parcel.billed_g) == (100, 682)


def test_nothing_lies_on_fragile_goods():
    items = [brick("glass", 2, (200, 150, 30), fragile=True), brick("book", 2, (200, 150, 30))]
    choice = choose(items, [SMALL, replace(SMALL, code="T", inner=(200, 150, 120))])
    by_height = [sorted(parcel.placements, key=lambda one: one.at[2])[-1].code for parcel in choice.parcels]
    assert by_height == ["glass", "glass"]


def test_a_load_limit_holds_for_all_that_is_above():
    tower = Carton("tower", (100, 100, 400), (100, 100, 400))
    items = [brick("weak", 1, (100, 100, 90), 100, bears_g=1_000), brick("a", 2, (100, 100, 90), 600)]
    (parcel,) = choose(items, [tower]).parcels
    assert [one.code for one in parcel.placements] == ["a", "a", "weak"]


def test_this_side_up_and_never_turned():
    lying = Carton("lying", (300, 100, 100), (300, 100, 100))
    bottle = brick("bottle", 1, (90, 90, 250))
    assert choose([bottle], [lying]).unfit == ()
    assert choose([replace(bottle, rotation=Rotation.FLAT)], [lying]).unfit == (Unfit("bottle", 1, Why.TOO_LONG),)
    crate = brick("crate", 1, (90, 250, 90))
    assert choose([replace(crate, rotation=Rotation.FLAT)], [lying]).unfit == ()
    assert choose([replace(crate, rotation=Rotation.NEVER)], [lying]).unfit == (Unfit("crate", 1, Why.TOO_LONG),)


def test_support_can_be_asked_for():
    box = Carton("box", (100, 100, 100), (100, 100, 100))
    items = [brick("foot", 1, (40, 40, 50)), brick("plate", 1, (100, 100, 50), rotation=Rotation.NEVER)]
    assert choose([items[0], replace(items[1], fragile=True)], [box], Rules(support_percent=75)).parcels[1:] != ()
    assert len(choose(items, [box], Rules(support_percent=0)).parcels) == 1


def test_the_picture_has_steps_and_layers_from_the_bottom():
    (parcel,) = choose([brick(qty=2, size=(200, 150, 40))], [SMALL]).parcels
    assert parcel.placements == (
        Placement("a", (0, 0, 0), (200, 150, 40), 0, 0),
        Placement("a", (0, 0, 40), (200, 150, 40), 1, 1),
    )


class TestTheJudge:
    """The judge itself finds what is wrong."""

    items = (brick("a"), brick("b", bears_g=0), brick("c", fragile=True))

    def judged(self, *places, items=items):
        (parcel,) = choose(items, [SMALL]).parcels
        wrong = tuple(Placement(code, at, (100, 75, 50), n, 0) for n, (code, at) in enumerate(places))
        return broken(items, replace(choose(items, [SMALL]), parcels=(replace(parcel, placements=wrong),)), Rules())

    def test_right(self):
        assert self.judged(("a", (0, 0, 0)), ("b", (100, 0, 0)), ("c", (0, 0, 50))) == []

    @pytest.mark.parametrize(
        ("places", "word"),
        [
            ([("a", (0, 0, 0)), ("b", (50, 0, 0)), ("c", (0, 75, 0))], "same place"),
            ([("a", (0, 0, 0)), ("b", (101, 0, 0)), ("c", (0, 75, 0))], "reaches out"),
            ([("a", (0, 0, 0)), ("b", (100, 0, 0))], "wanted"),
            ([("a", (0, 0, 0)), ("b", (100, 0, 0)), ("c", (30, 0, 50))], "carries 500 g"),
            ([("c", (0, 0, 0)), ("b", (100, 0, 0)), ("a", (0, 0, 50))], "fragile"),
            ([("a", (0, 0, 0)), ("b", (100, 0, 0)), ("c", (0, 75, 50))], "too little"),
            ([("a", (0, 0, 50)), ("b", (100, 0, 0)), ("c", (0, 0, 0))], "under"),
        ],
        ids=["overlap", "outside", "lost", "load", "fragile", "floating", "order"],
    )
    def test_wrong(self, places, word):
        assert any(word in sentence for sentence in self.judged(*places))
