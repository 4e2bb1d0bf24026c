"""The best set of batches out of many. For a dozen orders: of all batches that there can be. Else the last polish of a plan: of all that
were part of a plan somewhere in the search, the set that covers every order and walks least, a set covering solved by HiGHS. Where carts
hold two or three orders that is what annealing misses. Called by `batching`."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from oms.planning.compiled import Floats, Ints, kernel
from oms.planning.walks import MATRIX, Walk, walks_of

#: Up to so many orders every batch that fits is walked.
FEW: Final = 12
#: Of their tours over a matrix, how many are searched well, with so many kicks a stop, and what no search gains.
_MOST_SEARCHED: Final = 800
_KICKS: Final = 10
_SURELY: Final = 1.06

#: The most columns that are priced and that are given to the integer search, and its most nodes: counts and not a clock, so that a seed
#: gives one plan.
_MOST_PROMISING: Final = 4000
_MOST_COLUMNS: Final = 600
_MOST_NODES: Final = 50


@dataclass(frozen=True, slots=True)
class Columns:
    """Batches to choose from: column c walks `metres[c]` for the orders `orders[first[c]:first[c + 1]]`."""

    metres: Floats
    first: Ints
    orders: Ints

    def of(self, column: int) -> Ints:
        """The orders of one column."""
        return self.orders[self.first[column] : self.first[column + 1]]

    def only(self, chosen: Ints) -> "Columns":
        """Some of the columns, in the order asked for."""
        counts = self.first[chosen + 1] - self.first[chosen]
        first = np.concatenate(([0], np.cumsum(counts)))
        parts = [self.of(column) for column in chosen]
        return Columns(self.metres[chosen], first, np.concatenate(parts) if parts else np.zeros(0, np.int64))


def exact(walk: Walk, sizes: Ints, cart: Ints) -> Ints:
    """The batch of each order in the best plan of all, for `FEW` orders at most; each of them fits on the cart alone."""
    chosen = np.arange(1 << walk.orders)
    has = (chosen[:, None] >> np.arange(walk.orders)) & 1
    fits = (has @ sizes <= cart).all(axis=1)
    metres = np.full(len(chosen), 1e18)
    metres[fits] = _walked(walk, has[fits])
    best, total = _best_of_all(metres)
    if walk.method == MATRIX:
        # Tours over a matrix are not the shortest at once: those are searched well that could be in the best plan.
        through = metres + total[::-1]
        able = np.argsort(through, kind="stable")[:_MOST_SEARCHED]
        able = able[through[able] <= total[-1] * _SURELY]
        metres[able] = np.minimum(metres[able], _walked(walk._replace(kicks=_KICKS), has[able]))
        best, _ = _best_of_all(metres)
    batch_of = np.zeros(walk.orders, np.int64)
    left, batch = (1 << walk.orders) - 1, 0
    while left:
        for order in range(walk.orders):
            if best[left] >> order & 1:
                batch_of[order] = batch
        left ^= int(best[left])
        batch += 1
    return batch_of


def _walked(walk: Walk, has: Ints) -> Floats:
    return walks_of(walk, np.argsort(1 - has, axis=1, kind="stable"), has.sum(axis=1))


@kernel
def _best_of_all(metres: Floats) -> tuple[Ints, Floats]:
    # For each set of orders, as bits: the batch that its first order is in when the set is picked with the least walking.
    sets = metres.shape[0]
    best = np.zeros(sets, np.int64)
    total = np.zeros(sets)
    for chosen in range(1, sets):
        first = chosen & -chosen
        rest = chosen ^ first
        total[chosen] = 1e18
        part = rest
        while True:
            batch = part | first
            if metres[batch] + total[chosen ^ batch] < total[chosen] - 1e-9:
                total[chosen] = metres[batch] + total[chosen ^ batch]
                best[chosen] = batch
            if part == 0:
                break
            part = (part - 1) & rest
    return best, total


def promising(columns: Columns, prices: Floats) -> Columns:
    """The columns that walk least beyond what their orders cost in the best plan (`prices`, metres an order); not too many of them."""
    beyond = columns.metres - np.add.reduceat(prices[columns.orders], columns.first[:-1])
    chosen = np.argsort(beyond, kind="stable")[:_MOST_PROMISING]
    return columns.only(np.sort(chosen))


def least(columns: Columns, orders: int, known: float, seconds: float) -> list[int] | None:
    """The columns of the cheapest cover of orders 0 to `orders` - 1 that was found below `known` metres, or None when there is none.
    An order may be in two of them. `seconds` only ends what takes far too long."""
    solver = _solver(columns, orders, seconds)
    solver.run()
    if str(solver.getModelStatus()) != "HighsModelStatus.kOptimal":
        return None
    bound = float(solver.getInfo().objective_function_value)
    if bound >= known - 1e-6:
        return None
    # A column that costs more than the whole gap above its worth by the duals is in no better plan.
    reduced = np.array(solver.getSolution().col_dual)
    able = np.flatnonzero(reduced < known - bound)
    able = able[np.argsort(reduced[able], kind="stable")][:_MOST_COLUMNS].astype(np.int64)
    chosen = _chosen(columns.only(able), orders, known, seconds)
    return None if chosen is None else [int(able[place]) for place in chosen]


def _chosen(columns: Columns, orders: int, known: float, seconds: float) -> list[int] | None:
    import highspy

    solver = _solver(columns, orders, seconds)
    many = len(columns.metres)
    solver.changeColsIntegrality(many, np.arange(many, dtype=np.int32), np.ones(many, np.uint8))
    solver.setOptionValue("mip_max_nodes", _MOST_NODES)
    solver.setOptionValue("objective_bound", known)
    solver.run()
    if solver.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return None
    values = np.array(solver.getSolution().col_value)
    found = [int(column) for column in np.flatnonzero(values > 0.5)]
    return found if columns.metres[found].sum() < known - 1e-6 else None


def _solver(columns: Columns, orders: int, seconds: float) -> Any:
    import highspy

    solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    for option, value in (("output_flag", False), ("threads", 1), ("random_seed", 1), ("time_limit", seconds)):
        solver.setOptionValue(option, value)
    many = len(columns.metres)
    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = many, orders
    program.col_cost_ = columns.metres
    program.col_lower_, program.col_upper_ = np.zeros(many), np.full(many, highspy.kHighsInf)
    program.row_lower_, program.row_upper_ = np.ones(orders), np.full(orders, highspy.kHighsInf)
    program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    program.a_matrix_.start_ = columns.first.astype(np.int32)
    program.a_matrix_.index_ = columns.orders.astype(np.int32)
    program.a_matrix_.value_ = np.ones(len(columns.orders))
    solver.passModel(program)
    return solver
