"""The service of an order, chosen at release: the cheapest that keeps the promise, and why. Called by the planning of parcels.

A release waits for no carrier: it has the tables. What carriers ask comes soon after, by `requoting`.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec

from oms.catalog.models import ServiceRule, Site
from oms.orders.models import Order
from oms.shipping.actions import open_shipment
from oms.shipping.carriers.costs import keep_options
from oms.shipping.carriers.port import Box
from oms.shipping.carriers.rating import Rater
from oms.shipping.carriers.shop import Live, shop_all
from sync.contract.packing import ServiceSaid, ServiceWhy
from sync.contract.shipping import RateOption, WhyNot

if TYPE_CHECKING:
    from oms.db.work import Work


def choose_service(w: "Work", order: Order, rater: Rater, boxes: Sequence[Box], lives: Sequence[Live] = ()) -> None:
    """The order's carrier and service, kept with what it was chosen from and on its shipment; `lives` are the carriers' own offers for each
    of `boxes`. Without tables or offers nothing is chosen."""
    rule = w.db.get_one(Site, w.site).service_rule
    given = rule is not ServiceRule.ALWAYS and all(rater.asked)
    open_ = [{one: offer for one, offer in live.items() if rater.may(*one)} for live in lives]
    free, late = shop_all(rater.allowed, open_, rater.to, boxes, rater.promised, rater.now)
    best = next((option for option in free if option.why_not is None), None)
    if best is not None and rule is not ServiceRule.NEVER and not given:
        order.carrier, order.service = best.carrier, best.service
        w.audit("service.chosen", order=order.number, carrier=best.carrier, service=best.service, price=best.price)
    if best is None or (best.carrier, best.service) != (order.carrier, order.service):
        return
    everything, _ = shop_all(rater.tables, lives, rater.to, boxes, rater.promised, rater.now)
    rest = [option for option in everything if (option.carrier, option.service) != (best.carrier, best.service)]
    keep_options(w, order.number, [best, *rest], rater.asked)
    shipment = open_shipment(w, order)
    shipment.carrier, shipment.service = order.carrier, order.service
    shipment.why = msgspec.to_builtins(
        said(best, rest, rater.promised.isoformat() if rater.promised else "", given, late)
    )


def said(best: RateOption, rest: Sequence[RateOption], promised: str, given: bool, late: bool) -> ServiceSaid:
    """Why `best`: pure. The next best is the cheapest of those that could have gone too."""
    could = [option for option in rest if option.price and option.currency == best.currency and _in_time(option)]
    other = min(could, key=lambda option: Decimal(option.price or 0), default=None)
    return ServiceSaid(
        why=ServiceWhy.GIVEN if given else ServiceWhy.EARLIEST if late else ServiceWhy.CHEAPEST,
        price=best.price or "",
        currency=best.currency,
        arrives_on=best.arrives_on or "",
        leaves_on=best.leaves_on or "",
        promised=promised,
        other=f"{other.carrier} {other.service}" if other else "",
        more=str(Decimal(other.price or 0) - Decimal(best.price or 0)) if other else "",
    )


def _in_time(option: RateOption) -> bool:
    return option.why_not in (None, WhyNot.DEARER)
