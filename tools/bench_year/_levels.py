"""How a shop says when its items are ordered: as Floorhand suggests, or as people do who look at last month's sales."""

from collections.abc import Callable
from datetime import date
from typing import Final

from sqlalchemy import text

from oms.bootstrap import Oms
from oms.forecast import running
from oms.purchasing.keeping import RuleSaid, keep_rules
from tools.bench_year._house import ACTOR
from tools.bench_year._world import World

_MONDAY: Final = 1
#: What left in the last thirty days.
_SOLD: Final = text("""
    SELECT l.sku, CAST(sum(l.packed) AS int) FROM sales_order o JOIN order_line l ON l.site_id = o.site_id AND l.order_no = o.number
    WHERE o.site_id = :site AND o.shipped_at >= CAST(:today AS date) - 30 AND o.shipped_at < :today GROUP BY l.sku
""")
#: Called every evening before what lacks is ordered.
Levels = Callable[[Oms, World, date, bool], None]


def suggested(oms: Oms, world: World, today: date, first: bool) -> None:
    """Every Monday all is foreseen anew, and levels follow."""
    if not first and today.isoweekday() != _MONDAY:
        return
    running.run(oms.works, oms.site, ACTOR)
    if first:
        oms.works.run(oms.site, ACTOR, lambda w: keep_rules(w, [RuleSaid(sku=sku, follow=True) for sku in world.skus]))


def by_hand(oms: Oms, world: World, today: date, first: bool) -> None:
    """On the first of a month somebody looks at what left in thirty days: there should be so much, and a month's more is ordered."""
    if not first and today.day != 1:
        return
    with oms.sessions() as db:
        rows = db.execute(_SOLD, {"site": oms.site, "today": today})
        sold: dict[str, int] = {row[0]: row[1] for row in rows}
    rules = [RuleSaid(sku=sku, reorder_point=sold.get(sku, 0), upto=2 * sold.get(sku, 0)) for sku in world.skus]
    # An item of which nothing was sold is ordered when the last one has gone.
    rules = [one if one.upto else RuleSaid(sku=one.sku, reorder_point=0, upto=1) for one in rules]
    oms.works.run(oms.site, ACTOR, lambda w: keep_rules(w, rules))


WAYS: Final[dict[str, Levels]] = {"floorhand": suggested, "by hand": by_hand}
