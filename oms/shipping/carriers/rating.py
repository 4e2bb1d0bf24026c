"""What a carton costs to send with one order: asked by the choice of cartons, from the tables of the services it may go with."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Final, Self

from oms.catalog.models import ServiceRule, Site
from oms.orders.models import Order
from oms.packing.cartons import Carton
from oms.shipping.carriers.costs import address_of, tables_of
from oms.shipping.carriers.models import ServiceChoice
from oms.shipping.carriers.port import Address, Box
from oms.shipping.carriers.tables import Table, quote

if TYPE_CHECKING:
    from oms.db.work import Work

#: What a carton costs that no service takes.
_NO_PRICE: Final = 10**12
#: Carrier and service.
Service = tuple[str, str]

_TABLES: Final = "rate tables of this unit of work"
#: The least parcel there is: says when a service arrives.
_LEAST: Final = Box(grams=1)


@dataclass(slots=True)
class Rater:
    """Owns the tables of one order while it is planned. `asked` is what the order came with, `tables` are all, `allowed` those it may go
    with, `quickly` those of them that keep its promise (all where none does)."""

    to: Address
    now: datetime
    promised: date | None
    asked: Service
    tables: list[Table]
    allowed: list[Table]
    quickly: list[Table]
    rule: ServiceRule = ServiceRule.MISSING
    _known: dict[tuple[str, int], int] = field(default_factory=dict)

    @classmethod
    def of(cls, w: "Work", order: Order) -> Self:
        """The tables of today."""
        # A wave releases many orders in one unit of work: the tables are read once.
        tables: list[Table] | None = w.db.info.get(_TABLES)
        if tables is None:
            tables = w.db.info[_TABLES] = tables_of(w.db, w.site, w.now.date())
        rule = w.db.get_one(Site, w.site).service_rule
        asked = _asked(w, order)
        allowed = [table for table in tables if _may(rule, asked, (table.carrier, table.service))]
        to = address_of(order)
        quickly = [table for table in allowed if _keeps(table, to, order.promised, w.now)]
        return cls(to, w.now, order.promised, asked, tables, allowed, quickly or allowed, rule)

    def may(self, carrier: str, service: str) -> bool:
        """Whether the order may go with this service; '' is one that is not known yet."""
        return _may(self.rule, self.asked, (carrier, service))

    @property
    def priced(self) -> bool:
        """Whether any table says a price."""
        return any(quote(table, self.to, _LEAST, self.now).price is not None for table in self.quickly)

    @property
    def currency(self) -> str:
        """Of the prices; the first table's, as prices of others are not compared."""
        return self.quickly[0].currency if self.quickly else ""

    def cost(self, carton: Carton, grams: int) -> int:
        """Cents for the carton and the cheapest way to send it at so many gross grams. A `Cost` of the choice of cartons."""
        known = self._known.get((carton.code, grams))
        if known is None:
            known = self._known[carton.code, grams] = carton.cost + self._freight(
                Box(grams=grams, sides_mm=carton.outer)
            )
        return known

    def _freight(self, box: Box) -> int:
        if not self.quickly:
            return 0
        prices = [
            said.price
            for said in (
                quote(table, self.to, box, self.now) for table in self.quickly if table.currency == self.currency
            )
            if said.price is not None
        ]
        return int(min(prices) * 100) if prices else _NO_PRICE


def _asked(w: "Work", order: Order) -> Service:
    """What shop or customer asked for: what we chose ourselves at an earlier release binds nobody."""
    kept = w.db.get(ServiceChoice, (w.site, order.number))
    if kept is not None and (kept.carrier, kept.service) == (order.carrier, order.service) and "asked" in kept.body:
        carrier, service = kept.body["asked"]
        return carrier, service
    return order.carrier, order.service


def _may(rule: ServiceRule, asked: Service, one: Service) -> bool:
    """Whether the order may go with this service: what it names is kept unless the site always chooses."""
    carrier, service = asked
    return rule is ServiceRule.ALWAYS or (carrier in ("", one[0]) and service in ("", one[1]))


def _keeps(table: Table, to: Address, promised: date | None, now: datetime) -> bool:
    said = quote(table, to, _LEAST, now)
    return said.price is not None and (promised is None or (said.arrives_on or date.max) <= promised)
