"""Every single-echelon instance of a published collection, beside the answers of the library that publishes it."""

import json
from itertools import chain
from pathlib import Path
from statistics import NormalDist

import pytest

from oms.replenishment import horizon, lots, newsvendor, reorder, supply

_HERE = Path(__file__).parents[2]
_INSTANCES = _HERE.parent.parent / "shared/data/third-party/inventory-stockpyl/stockpyl_instances.json"
_ANSWERS = json.loads((_HERE / "data/replenishment/stockpyl-answers.json").read_text())["optima"]

_LOT = ("fixed_cost", "holding_cost", "demand_rate")
_COSTS = ("holding_cost", "stockout_cost")
_NORMAL = (*_COSTS, "demand_mean", "demand_sd")
_ORDER = (*_COSTS, "fixed_cost", "demand_mean")


@pytest.fixture(scope="module")
def instances():
    if not _INSTANCES.exists():
        pytest.skip("the published instances are not here")
    return {one["name"]: one["data"] for one in json.loads(_INSTANCES.read_text())["instances"]}


def _lot(found):
    return found.quantity, found.cost


def _level(found):
    return found.units, found.cost


def _backorders(*values):
    found, share = lots.with_backorders(*values)
    return found.quantity, share, found.cost


def _discount(*values):
    found = lots.discounted(*values)
    return found.quantity, list(values[3]).index(max(b for b in values[3] if b <= found.quantity)), found.cost


def _shared(*values):
    found = lots.shared(*values)
    return [*found.quantities, found.cycle, *found.every, found.cost]


def _chances(holding, stockout, chances):
    return _level(newsvendor.discrete(holding, stockout, {int(units): chance for units, chance in chances.items()}))


def _season(*values):
    found = horizon.best(horizon.Season(10, *values))
    return [*found.points, *found.levels, found.cost]


def _points(found):
    return found.point, found.upto, found.cost


#: What the library calls it: our function and the instance's numbers that it wants.
_ASKED = {
    "economic_order_quantity": (lambda *v: _lot(lots.economic(*v)), _LOT),
    "economic_order_quantity_with_backorders": (_backorders, ("fixed_cost", *_COSTS, "demand_rate")),
    "economic_production_quantity": (lambda *v: _lot(lots.produced(*v)), (*_LOT, "production_rate")),
    "economic_order_quantity_with_all_units_discounts": (
        _discount, ("fixed_cost", "holding_cost_rate", "demand_rate", "breakpoints", "unit_costs")),
    "joint_replenishment_problem_silver_heuristic": (
        _shared, ("shared_fixed_cost", "individual_fixed_costs", "holding_costs", "demand_rates")),
    "newsvendor_normal_explicit": (
        lambda *v: _level(newsvendor.normal_profit(*v)),
        ("revenue", "purchase_cost", "salvage_value", "demand_mean", "demand_sd")),
    "newsvendor_discrete": (_chances, (*_COSTS, "demand_pmf")),
    "newsvendor_poisson": (lambda *v: _level(newsvendor.poisson(*v)), (*_COSTS, "demand_mean")),
    "newsvendor_continuous": (lambda *v: _level(newsvendor.lognormal(*v)), (*_COSTS, "mu", "sigma")),
    "s_s_discrete_exact": (lambda *v: _points(reorder.rare_up_to(*v)), _ORDER),
    "s_s_power_approximation": (lambda *v: _points(reorder.power_lot(*v))[:2], (*_ORDER, "demand_sd")),
    "r_q_poisson_exact": (
        lambda *v: (lambda r: (r.point, r.quantity, r.cost))(reorder.Rare(*v).best()), (*_ORDER, "lead_time")),
    "eoq_with_disruptions": (
        lambda *v: _lot(supply.Failing(*v).best()),
        ("fixed_cost", *_COSTS, "demand_rate", "disruption_rate", "recovery_rate")),
    "newsvendor_with_disruptions": (
        lambda *v: _level(supply.through_failures(*v)), (*_COSTS, "demand", "disruption_prob", "recovery_prob")),
    "eoq_with_additive_yield_uncertainty": (
        lambda *v: _lot(supply.more_or_less(*v)), (*_LOT, "yield_mean", "yield_sd")),
    "eoq_with_multiplicative_yield_uncertainty": (
        lambda *v: _lot(supply.share_of(*v)), (*_LOT, "yield_mean", "yield_sd")),
    "newsvendor_with_additive_yield_uncertainty": (
        lambda *v: _level(supply.fill_up(*v)), (*_COSTS, "demand", "yield_lo", "yield_hi")),
    "finite_horizon_dp": (
        _season, (*_COSTS, "purchase_cost", "fixed_cost", "demand_mean", "demand_sd", "discount_factor")),
}  # fmt: skip
_CASES = [(name, what) for name, answers in _ANSWERS.items() for what in answers if what in _ASKED]


def _flat(values):
    return list(chain.from_iterable(_flat(one) if isinstance(one, list | tuple) else [one] for one in values))


@pytest.mark.parametrize(("name", "what"), _CASES, ids="-".join)
def test_answer_is_the_published_one(instances, name, what):
    ours, wanted = _ASKED[what]
    found = ours(*(instances[name][key] for key in wanted))
    assert _flat(found) == pytest.approx(_flat(_ANSWERS[name][what]), rel=1e-4)


@pytest.mark.parametrize("name", [name for name in _ANSWERS if "newsvendor_normal" in _ANSWERS[name]])
def test_level_for_normal_demand(instances, name):
    values = instances[name]
    found = newsvendor.normal(*(values[key] for key in _NORMAL), values.get("lead_time", 0))
    assert [found.units, found.cost] == pytest.approx(_ANSWERS[name]["newsvendor_normal"], rel=1e-4)


@pytest.mark.parametrize("name", [name for name in _ANSWERS if "wagner_whitin" in _ANSWERS[name]])
def test_orders_by_period(instances, name):
    values = instances[name]
    prices = values.get("purchase_cost")
    found = lots.by_period(values["fixed_cost"], values["holding_cost"], values["demand"], prices)
    quantities, cost = _ANSWERS[name]["wagner_whitin"]
    assert [list(found.quantities), found.cost] == [pytest.approx(quantities), pytest.approx(cost)]


@pytest.mark.parametrize("name", [name for name in _ANSWERS if "r_q_cost" in _ANSWERS[name]])
def test_reorder_points_for_normal_demand(instances, name):
    keys = (*_COSTS, "fixed_cost", "demand_mean", "demand_sd", "lead_time")
    review, answers = reorder.Review(*(instances[name][key] for key in keys)), _ANSWERS[name]
    per = review.per_stockout()
    assert (per.point, per.quantity, per.cost) == pytest.approx(answers["r_q_eil_approximation"], rel=1e-4)
    for found, what in ((review.backorder_lot(), "eoqb"), (review.economic_lot(), "eoqss")):
        assert (found.point, found.quantity) == pytest.approx(answers[f"r_q_{what}_approximation"], rel=1e-4)
    point, quantity, cost = answers["r_q_cost"]
    assert review.cost(point, quantity) == pytest.approx(cost, rel=1e-4)
    best = review.best()
    assert (best.point, best.quantity) == pytest.approx(answers["r_q_loss_function_approximation"], rel=1e-4)
    assert best.cost <= min(
        review.cost(one.point, one.quantity) for one in (review.backorder_lot(), review.economic_lot())
    )


def test_nothing_of_the_collection_is_left_out(instances):
    """All that is of one stocking point; networks of several are named, so that a new one would be seen."""
    several = {name for name, values in instances.items() if "_nodes" in values}
    assert set(instances) - several == set(_ANSWERS)


@pytest.mark.parametrize(("fixed", "mean", "sd"), [(2.5, 50, 8), (60, 190, 48), (3000, 20, 4)])
def test_a_small_lot_is_filled_up_less_high(fixed, mean, sd):
    """The best levels by the exact algorithm for whole units cost hardly less; the plain approximation up to half as much again."""
    demand = NormalDist(mean, sd)
    chances = {n: demand.cdf(n + 0.5) - demand.cdf(n - 0.5) for n in range(int(mean + 8 * sd))}
    search = reorder._UpTo(fixed, list(chances.values()), lambda level: newsvendor.cost_of(level, 1, 9, chances))
    best, good = search.best(mean), reorder.up_to(1, 9, fixed, mean, sd)
    low, high = round(good.point), round(good.upto)
    assert search.cost(min(low, high - 1), high) <= 1.02 * best.cost
