"""A slice of `tools.bench.packers_order`: what an order of three items costs does not grow with the orders before it."""

from statistics import median

from tools.bench.packers_order import packed

ORDERS = 10


def test_the_last_order_costs_the_processor_no_more_than_the_first():
    spent = list(packed(ORDERS, print_s=0.01))
    assert len(spent) == ORDERS
    assert {"tote", "item 1", "item 2", "item 3", "box", "weight to the label's report"} <= set(spent[0].steps)
    # However busy the machine is: five scans, a weight and the scan of the label are eight commits, the print queue's own are six.
    assert max(one.written for one in spent[1:]) <= 14
    assert max(one.asked for one in spent[1:]) <= 280
    # The first ones also load what is loaded once.
    early, late = (median(one.cpu for one in some) for some in (spent[2:5], spent[-3:]))
    assert late < 3 * early
