"""Customer orders are given to sites, taken back, and given to others. Called by what moves an order on, by routes and by the optimiser.

All need no lock but the customer order's own (`lock_sale`, given as `sale`); stock is locked after it, in order of (sku, site).
"""

from typing import TYPE_CHECKING

from oms.orders.models import Order
from oms.sales.scene import Sale
from oms.sourcing.decisions import Decision

if TYPE_CHECKING:
    from oms.db.work import Work


def source(w: "Work", sale: Sale) -> Decision:
    """Gives the open units of a good order to sites: keeps the stock, makes the parts, settles the state, notes and keeps the decision.
    What no site has stays open; `rest` of the decision says what the caller should do with it."""
    raise NotImplementedError


def reject(w: "Work", sale: Sale, part: Order, reason: str) -> Decision | None:
    """The site says no to its part: it is left out from now on, and others are asked. None when somebody there began already."""
    raise NotImplementedError


def resource(w: "Work", sale: Sale) -> Decision:
    """Parts that nobody began are taken back and decided about again, together with what is open."""
    raise NotImplementedError
