"""The choice itself: one carton for the order if one holds it, several if not, nothing left unsaid. Called by whoever plans parcels."""

from collections.abc import Sequence

from oms.packing.cartons.filling import Laid
from oms.packing.cartons.order import Order
from oms.packing.cartons.parcels import Filled, Need, Plan, plan
from oms.packing.cartons.search import Budget
from oms.packing.cartons.types import Carton, Choice, Item, Refused, Rules, Second, Why


def choose(items: Sequence[Item], cartons: Sequence[Carton], rules: Rules | None = None) -> Choice:
    """The parcels for `items` out of the shop's `cartons`: as few as possible, then the cheapest by `rules.cost`.

    Never raises for goods: what fits no carton is in `unfit`, the rest is packed all the same.
    """
    order = Order(items, cartons, rules or Rules())
    found, second = _plan(order)
    return Choice(
        order.packed(found),
        _refused(order, found),
        Second(tuple(cartons[one.carton].code for one in second), sum(_cost(order, one) for one in second))
        if second
        else None,
        tuple(order.unfit),
    )


def _plan(order: Order) -> tuple[Plan, Plan | None]:
    if order.runs:
        need = Need(order.runs, order.shapes, order.rules.support_percent, order.cost, Budget(order.rules.effort))
        return plan(need)
    if not order.unmeasured:
        return [], None
    grams = sum(item.qty * (item.grams or 0) for item in order.unmeasured)
    strong = [n for n, carton in enumerate(order.cartons) if grams + carton.tare_g <= order.limit(carton)]
    first = min(strong, key=lambda n: (order.cost(n, grams), order.cartons[n].volume, order.cartons[n].code))
    return [Filled(first, Laid([], [], 0))], None


def _cost(order: Order, filled: Filled) -> int:
    return order.cost(filled.carton, sum(order.alike[unit[0]].grams for unit in filled.laid.units))


def _refused(order: Order, found: Plan) -> tuple[Refused, ...]:
    """Why each other carton was not taken for the whole order, the cheapest first."""
    if not found:
        return ()
    taken = found[0].carton if len(found) == 1 else None
    costs = {n: order.cost(n, order.grams) for n in range(len(order.cartons)) if n != taken}
    refused = []
    for carton in sorted(costs, key=lambda n: (costs[n], order.cartons[n].volume)):
        dearer = taken is not None and costs[carton] >= order.cost(taken, order.grams)
        why = order.obvious(carton) or (Why.COSTS_MORE if dearer else Why.NO_ARRANGEMENT)
        refused.append(Refused(order.cartons[carton].code, why))
    return tuple(refused)
