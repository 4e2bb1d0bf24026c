"""From a choice of cartons to the plans that parcels carry. Pure."""

import msgspec
import pytest

from oms.packing.cartons import Carton, Rules, choose
from oms.packing.plans import MOST_PARCELS, NO_PRICE, Goods, plans
from sync.contract.packing import MOST_LAID, MOST_REFUSED, MOST_SUPPLIES, ParcelPlan, PlanWhy

SMALL = Carton("S1", (200, 150, 100), (206, 156, 106), 100, 20_000, 30)
LARGE = Carton("L1", (600, 400, 400), (610, 410, 410), 300, 30_000, 90)
TEA = Goods("TEA", (100, 80, 60), 100)
CUP = Goods("CUP", (90, 90, 90), 300, fragile=True, inserts=("CARE",))


def planned(units, *goods, cartons=(SMALL, LARGE), cost=None, currency="", flags=()):
    known = {one.sku: one for one in goods}
    rules = Rules(**({"cost": cost} if cost else {}))
    choice = choose([known[sku].units(qty) for sku, qty in units.items()], cartons, rules)
    return plans(choice, known, units, currency, flags)


def test_the_plan_holds_all_units_and_why():
    [plan] = planned({"TEA": 5, "CUP": 1}, TEA, CUP, cost=lambda carton, g: carton.cost + 500, currency="EUR")
    assert (plan.carton, plan.cost, plan.second) == ("L1", "5.9", None)
    assert plan.goods == {"TEA": 5, "CUP": 1}
    assert [one.carton for one in plan.refused] == ["S1"]
    assert plan.why is PlanWhy.ONLY_ONE
    assert plan.gross_g == 1100


def test_a_carton_that_no_service_takes_has_no_price():
    [plan] = planned({"TEA": 1}, TEA, cost=lambda carton, g: NO_PRICE, currency="EUR")
    assert (plan.cost, plan.dearer) == ("", "")


def test_units_without_a_size_are_in_the_plan_and_not_in_the_picture():
    [plan] = planned({"TEA": 1, "NEW": 4}, TEA, Goods("NEW"))
    assert (plan.goods, plan.skus, len(plan.laid)) == ({"TEA": 1, "NEW": 4}, ["TEA"], 1)


@pytest.mark.parametrize("count", [MOST_LAID - 1, MOST_LAID, 250])
def test_the_picture_is_bounded_and_says_how_many_it_does_not_show(count):
    [plan] = planned({"DICE": count}, Goods("DICE", (20, 20, 20), 5))
    assert (len(plan.laid), plan.unseen) == (min(count, MOST_LAID), max(0, count - MOST_LAID))
    assert len(msgspec.json.encode(plan)) < 6_000


def test_the_lists_of_a_plan_are_bounded():
    many = [Carton(f"C{n:02}", (200 + n, 150, 100), (206 + n, 156, 106), 1, 20_000) for n in range(30)]
    goods = Goods("TEA", (100, 80, 60), 100, inserts=tuple(f"I{n}" for n in range(40)))
    [plan] = planned({"TEA": 1}, goods, cartons=many)
    assert len(plan.refused) == MOST_REFUSED
    assert len(plan.supplies) == MOST_SUPPLIES


def test_what_fits_nowhere_goes_unit_by_unit_and_never_in_more_parcels_than_there_may_be():
    pole = Goods("POLE", (2000, 20, 20), 500)
    made = planned({"TEA": 1, "POLE": 2}, TEA, pole)
    assert [(one.carton, one.goods, one.number, one.of) for one in made] == [
        ("S1", {"TEA": 1}, 1, 3), (None, {"POLE": 1}, 2, 3), (None, {"POLE": 1}, 3, 3),
    ]  # fmt: skip
    many = planned({"POLE": 200}, pole)
    assert len(many) == MOST_PARCELS
    assert sum(one.goods["POLE"] for one in many) == 200


def test_the_gift_goes_into_the_first_parcel_and_filling_only_where_there_is_room():
    tight = Goods("GLASS", (200, 150, 100), 300, fragile=True)
    first, second = planned({"GLASS": 2}, tight, cartons=[SMALL], flags=["gift"])
    assert [one.key for one in first.supplies] == ["fragile_label", "gift"]
    assert [one.key for one in second.supplies] == ["fragile_label"]


def test_a_plan_of_tomorrow_with_more_in_it_is_still_read():
    [plan] = planned({"TEA": 1}, TEA)
    body = {**msgspec.to_builtins(plan), "wrapping": "red"}
    assert msgspec.convert(body, ParcelPlan) == plan
