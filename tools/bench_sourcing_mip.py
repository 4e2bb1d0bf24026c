"""The optima that `bench_sourcing` compares with: mixed-integer programmes solved by HiGHS."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import highspy
import numpy as np

from oms.planning.compiled import Ints
from oms.sourcing.dual import Wanted

_FREE = highspy.kHighsInf


class Model:
    """Owns the columns and rows of a programme."""

    def __init__(self) -> None:
        self.cost: list[float] = []
        self.upper: list[float] = []
        self.whole: list[bool] = []
        self.rows: list[tuple[dict[int, float], float, float]] = []

    def column(self, cost: float, upper: float = 1.0, *, whole: bool = True) -> int:
        """A new variable from 0 to `upper`."""
        self.cost.append(cost)
        self.upper.append(upper)
        self.whole.append(whole)
        return len(self.cost) - 1

    def row(self, parts: dict[int, float], least: float, most: float) -> None:
        """The sum of `parts` lies between."""
        self.rows.append((parts, least, most))

    def solve(self, limit_s: float, gap: float = 1e-5) -> float:
        """The optimum; where time is over, what it cannot be below."""
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(self.cost), len(self.rows)
        lp.col_cost_, lp.col_lower_, lp.col_upper_ = np.array(self.cost), np.zeros(len(self.cost)), np.array(self.upper)
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        lp.integrality_ = [kinds[whole] for whole in self.whole]
        lp.row_lower_ = np.array([least for _, least, _ in self.rows], dtype=float)
        lp.row_upper_ = np.array([most for _, _, most in self.rows], dtype=float)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = np.cumsum([0, *(len(parts) for parts, _, _ in self.rows)])
        lp.a_matrix_.index_ = np.array([column for parts, _, _ in self.rows for column in parts])
        lp.a_matrix_.value_ = np.array([value for parts, _, _ in self.rows for value in parts.values()])
        highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        for name, value in (("output_flag", False), ("time_limit", float(limit_s)), ("mip_rel_gap", gap)):
            highs.setOptionValue(name, value)
        highs.passModel(lp)
        highs.run()
        done = highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
        info = highs.getInfo()
        return float(info.objective_function_value if done else info.mip_dual_bound)


def joint_optimum(orders: Sequence[Wanted], stock: Ints, limit_s: float) -> float:
    """All orders at once: parcels y[order, centre], lines x[order, line, centre] <= y, and the stock. Lines are of one unit."""
    model = Model()
    sites = stock.shape[0]
    taken: dict[tuple[int, int], dict[int, float]] = defaultdict(dict)
    for one in orders:
        need = one.need
        parcels = [model.column(float(cost)) for cost in (*need.ship, need.lack_ship)]
        for row, item in enumerate(one.items):
            line = [model.column(float(cost)) for cost in (*need.unit[row], need.lack_unit[row])]
            model.row(dict.fromkeys(line, 1.0), 1, 1)
            for column, parcel in zip(line, parcels, strict=True):
                model.row({column: 1.0, parcel: -1.0}, -_FREE, 0)
            for site in range(sites):
                taken[site, int(item)][line[site]] = 1.0
    for (site, item), parts in taken.items():
        model.row(parts, -_FREE, float(stock[site, item]))
    return model.solve(limit_s)


def one_order_optimum(shop: dict[str, Any]) -> float:
    """One order of several items from centres that each have several carriers: handling by carton (volume), delivery by the tier of the
    billed weight (the real one, or volume times the carrier's factor), every carrier of a centre at least at its first tier."""
    model = Model()
    size = shop["carton_volume"]
    billed: dict[tuple[str, str], tuple[dict[int, float], dict[int, float]]] = {}
    units: dict[str, dict[int, float]] = defaultdict(dict)
    stock: dict[tuple[str, str], dict[int, float]] = defaultdict(dict)
    for centre in shop["distribution_centers"]:
        name = centre["distribution_center_id"]
        for carrier, room in shop["carrier_capacities"][name].items():
            weight: dict[int, float] = {}
            volume: dict[int, float] = {}
            for item in shop["items"]:
                handling = centre["handling_cost"] * item["unit_volume"] / size
                column = model.column(handling, float(item["quantity"]))
                weight[column], volume[column] = item["unit_weight"], item["unit_volume"]
                units[item["item_id"]][column] = stock[name, item["item_id"]][column] = 1.0
            model.row(volume, -_FREE, room)
            billed[name, carrier] = weight, volume
        for item in shop["items"]:
            model.row(stock[name, item["item_id"]], 0, centre["inventory"][item["item_id"]])
    for item in shop["items"]:
        model.row(units[item["item_id"]], item["quantity"], item["quantity"])
    for (name, carrier), (weight, volume) in billed.items():
        table = shop["carrier_delivery_costs"][name][carrier]
        tiers = {
            model.column(rate): -float(top)
            for top, rate in zip(table["weight_tiers"], table["weight_rates"], strict=True)
        }
        model.row(dict.fromkeys(tiers, 1.0), 1, 1)
        factor = shop["carrier_dimensional_weight_factors"][carrier]
        model.row({**weight, **tiers}, -_FREE, 0)
        model.row({**{column: value * factor for column, value in volume.items()}, **tiers}, -_FREE, 0)
    return model.solve(60)
