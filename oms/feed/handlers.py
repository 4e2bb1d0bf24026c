"""Which domain handles which fact. The domains' modules are found at first use, for they import the feed's ports themselves."""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any

from oms.db.work import Work
from oms.feed.ports import Credit, FactContext

Handler = Callable[[Work, FactContext, Any], Credit]

_DOMAINS = (
    "oms.picking.facts",
    "oms.picking.shorts",
    "oms.picking.unshort",
    "oms.picking.substitutes",
    "oms.picking.totes",
    "oms.picking.drops",
    "oms.picking.puts",
    "oms.picking.tasks",
    "oms.inventory.counts",
    "oms.packing.facts",
    "oms.packing.holds",
    "oms.packing.hot",
    "oms.packing.joining",
    "oms.documents.photos",
    "oms.packing.pallets",
    "oms.sales.pickup",
    "oms.returns.facts",
    "oms.purchasing.facts",
    "oms.shipping.facts",
    "oms.feed.handover",
)


@cache
def _all() -> dict[type[Any], Handler]:
    found: dict[type[Any], Handler] = {}
    for name in _DOMAINS:
        mine: dict[type[Any], Handler] = import_module(name).HANDLERS
        twice = found.keys() & mine.keys()
        if twice:
            raise RuntimeError(f"two domains handle {sorted(t.__name__ for t in twice)}")
        found |= mine
    return found


def find(body: type[Any]) -> Handler | None:
    """The handler of a fact of this type, or None when no domain claims it."""
    return _all().get(body)
