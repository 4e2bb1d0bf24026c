"""What stock would have done: orders up to a level, period by period, against demand that is known by now. For measuring, and for showing
what a suggestion would have meant."""

from dataclasses import dataclass

import numpy as np

from oms.forecast.known import Floats


@dataclass(frozen=True, slots=True)
class Outcome:
    """`cycle`: share of item-periods that ended with nobody waiting; `fill`: share of units that were there at once; `held`: units on the
    shelves at the end of a period, in the mean over periods, of all items together; `orders`: how many were given."""

    cycle: float
    fill: float
    held: float
    orders: int


def simulate(levels: Floats, demand: Floats, lead: int) -> Outcome:
    """`levels` and `demand` [items, periods]: at the beginning of each period so much is ordered that what is there and under way makes the
    level; it comes `lead` periods later, in time for that period's demand. It begins with the first level on the shelves. Whoever finds
    nothing waits. Periods before the first order has come are not counted."""
    items, periods = demand.shape
    under_way = np.zeros((items, periods + lead + 1))
    there = levels[:, 0].copy()
    good = met = asked = held = 0.0
    orders = counted = 0
    for t in range(periods):
        there += under_way[:, t]
        missing = np.maximum(levels[:, t] - there - under_way[:, t + 1 :].sum(axis=1), 0.0)
        orders += int((missing > 0).sum())
        if lead == 0:
            there += missing
        else:
            under_way[:, t + lead] += missing
        met_now = np.minimum(np.maximum(there, 0.0), demand[:, t])
        there -= demand[:, t]
        if t >= lead:
            counted += 1
            good += float((there >= 0).mean())
            met, asked = met + float(met_now.sum()), asked + float(demand[:, t].sum())
            held += float(np.maximum(there, 0.0).sum())
    return Outcome(good / max(counted, 1), met / asked if asked else 1.0, held / max(counted, 1), orders)
