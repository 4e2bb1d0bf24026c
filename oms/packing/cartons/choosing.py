"""The choice itself: one carton for the order if one holds it, several if not, nothing left unsaid. Called by whoever plans parcels."""

from collections.abc import Sequence

from oms.packing.cartons.types import Carton, Choice, Item, Rules


def choose(items: Sequence[Item], cartons: Sequence[Carton], rules: Rules | None = None) -> Choice:
    """The parcels for `items` out of the shop's `cartons`: as few as possible, then the cheapest by `rules.cost`."""
    raise NotImplementedError
