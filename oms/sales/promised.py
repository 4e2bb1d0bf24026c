"""What the life of an order asks of availability: what anybody may have now, and by which day more will have come. `ports` offers it."""

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING

from oms.promise.availability import available

if TYPE_CHECKING:
    from oms.db.work import Work


def free(w: "Work", skus: Collection[str]) -> dict[str, int]:
    """Units of each item that anybody may have now, of all sites together."""
    found = available(w.db, skus)
    return {sku: sum(max(0, one.now) for one in found.get(sku, {}).values()) for sku in skus}


def expected(w: "Work", sku: str, units: int) -> date | None:
    """The day by which so many units of an item that nobody is promised will have come; None when that is not known."""
    coming = sorted(
        (one.day, one.units) for there in available(w.db, [sku]).get(sku, {}).values() for one in there.coming
    )
    rest = units
    for day, some in coming:
        rest -= some
        if rest <= 0:
            return day
    return None
