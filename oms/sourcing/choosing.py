"""One way for each order, of those that were remembered, within the stock: a small mixed-integer programme. Pure; asked by `batch`."""

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from oms.planning.compiled import Floats, Ints

if TYPE_CHECKING:
    from highspy import HighsLp, HighsSolution

    from oms.sourcing.dual import Group, Wanted

#: Nodes of the search: it ends at the same one everywhere.
_NODES: Final = 1
_GAP: Final = 5e-4
#: So near to what nobody can be below is good enough.
_NEAR: Final = 2.5e-3
_NO_LIMIT: Final = 1e30


def choose(
    orders: "Sequence[Wanted]", groups: "Sequence[Group]", stock: Ints, bound: float, takes: list[Ints]
) -> list[Ints]:
    """Units [n, m] for each order; `takes` is a way to do it, and stays where nothing better is found. Near `bound` nobody looks on."""
    columns = [
        (int(group.rows[row]), way, cost)
        for group in groups
        for row in range(len(group.rows))
        for way, cost in sorted(group.kept[row].items())
    ]
    if not columns:
        return takes
    highs = _solver(bound * (1 + _NEAR))
    highs.passModel(_model(orders, columns, stock))
    highs.setSolution(_start(columns, takes))
    highs.run()
    found = np.array(highs.getSolution().col_value)
    if len(found) != len(columns):
        return takes
    made = list(takes)
    for (row, way, _), on in zip(columns, found, strict=True):
        if on > 0.5:
            made[row] = _taken(orders[row], way)
    return made


def _solver(target: float) -> Any:
    import highspy

    highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    for name, value in (
        ("output_flag", False), ("threads", 1), ("mip_max_nodes", _NODES), ("mip_rel_gap", _GAP), ("random_seed", 1),
        ("objective_target", target),
    ):  # fmt: skip
        highs.setOptionValue(name, value)
    return highs


def _model(orders: "Sequence[Wanted]", columns: Sequence[tuple[int, tuple[int, ...], float]], stock: Ints) -> "HighsLp":
    """One way per order; what is taken of an item at a site is not more than lies there."""
    of_order: dict[int, list[tuple[int, float]]] = defaultdict(list)
    of_stock: dict[tuple[int, int], list[tuple[int, float]]] = defaultdict(list)
    for column, (row, way, _) in enumerate(columns):
        of_order[row].append((column, 1.0))
        one = orders[row]
        for item, qty, site in zip(one.items, one.need.qty, way, strict=True):
            if site < stock.shape[0]:
                of_stock[site, int(item)].append((column, float(qty)))
    rows = [(some, 1.0, 1.0) for some in of_order.values()]
    for (site, item), some in of_stock.items():
        has = float(stock[site, item])
        if _most(columns, some) > has:
            rows.append((some, -_NO_LIMIT, has))
    return _linear(np.array([cost for _, _, cost in columns]), rows)


def _most(columns: Sequence[tuple[int, tuple[int, ...], float]], some: Sequence[tuple[int, float]]) -> float:
    """What would be taken if everybody who may did: rows that hold anyway are left out."""
    each: dict[int, float] = {}
    for column, qty in some:
        each[columns[column][0]] = qty
    return sum(each.values())


def _linear(cost: Floats, rows: Sequence[tuple[Sequence[tuple[int, float]], float, float]]) -> "HighsLp":
    import highspy

    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(cost), len(rows)
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = cost, np.zeros(len(cost)), np.ones(len(cost))
    lp.integrality_ = [highspy.HighsVarType.kInteger] * len(cost)
    lp.row_lower_ = np.array([low for _, low, _ in rows])
    lp.row_upper_ = np.array([high for _, _, high in rows])
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.cumsum([0, *(len(some) for some, _, _ in rows)])
    lp.a_matrix_.index_ = np.array([column for some, _, _ in rows for column, _ in some])
    lp.a_matrix_.value_ = np.array([value for some, _, _ in rows for _, value in some])
    return lp


def _start(columns: Sequence[tuple[int, tuple[int, ...], float]], takes: Sequence[Ints]) -> "HighsSolution":
    import highspy

    solution = highspy.HighsSolution()
    solution.col_value = [float(_is(takes[row], way)) for row, way, _ in columns]
    return solution


def _is(takes: Ints, way: tuple[int, ...]) -> bool:
    lack = takes.shape[1]
    where = np.where(takes.any(axis=1), takes.argmax(axis=1), lack)
    return tuple(int(site) for site in where) == way and int((takes > 0).sum()) == sum(site < lack for site in way)


def _taken(one: "Wanted", way: tuple[int, ...]) -> Ints:
    sites = len(one.need.ship)
    takes = np.zeros((len(way), sites), dtype=np.int64)
    for item, site in enumerate(way):
        if site < sites:
            takes[item, site] = one.need.qty[item]
    return takes
