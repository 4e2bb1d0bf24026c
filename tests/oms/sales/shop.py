"""A shop with two sites, as tests of customer orders need it: what is on the shelves, orders by hand, and the books in the end."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select

from oms.bootstrap import Oms, open_oms
from oms.orders.models import Order, OrderLine
from oms.sales.codes import EventKind, SaleState
from oms.sales.events import note
from oms.sales.models import CustomerOrder, CustomerOrderLine, OrderEvent
from oms.sales.scene import lock_sale, settle_state
from oms.verify import verify
from sync.contract.codes import OrderState
from tests.oms.floors import CLERK, Floor


@dataclass
class Shop:
    """`warehouse` is site W, `store` is site S; each is a `Floor` with bins A-01 to A-04."""

    oms: Oms
    warehouse: Floor
    store: Floor

    @classmethod
    def open(cls, url):
        """On an empty database."""
        oms = open_oms(url)
        return cls(oms, Floor(oms, "W").build(), Floor(oms, "S").build())

    def close(self):
        """The books must be right."""
        findings = verify(self.oms.engine).findings
        self.oms.close()
        assert findings == [], findings

    def act(self, what, site="W"):
        """Runs `what(w)` in one unit of work."""
        return self.oms.works.run(site, CLERK, what)

    def ask(self, query):
        """All rows of a query, as scalars."""
        with self.oms.sessions() as db:
            return list(db.scalars(query))

    def order(self, number, *lines, **words):
        """A customer order with lines `("TEA", 2)`, captured by hand and accepted."""

        def do(w):
            w.db.add(
                CustomerOrder(
                    number=number, state=SaleState.ACCEPTED, placed_at=w.now, captured_at=w.now,
                    **{"ship_name": "Ada", "ship_street": "Kade 1", "ship_postcode": "3511 AB", "ship_city": "Utrecht",
                       "ship_country": "NL", **words},
                )
            )  # fmt: skip
            w.db.flush()
            for line_no, (sku, qty) in enumerate(lines, 1):
                w.db.add(CustomerOrderLine(order_no=number, line_no=line_no, sku=sku, qty=qty, price=Decimal("2.50")))
            w.db.flush()
            note(w, number, EventKind.CAPTURED)

        self.act(do, self.warehouse.site)
        return self

    def part(self, number, site, *lines):
        """The site's part `(line_no, qty)` of an order, made by hand as sourcing does."""

        def do(w):
            sale = lock_sale(w, number)
            there = w.beside(site)
            there.db.add(Order(
                site_id=site, number=number, state=OrderState.OPEN, placed_at=w.now, ship_name="Ada", customer_order=number
            ))  # fmt: skip
            there.db.flush()
            for line_no, qty in lines:
                sku = sale.line(line_no).sku
                there.db.add(OrderLine(
                    site_id=site, order_no=number, line_no=line_no, sku=sku, qty=qty, customer_line=line_no
                ))  # fmt: skip
            there.touch("order", number)
            w.db.flush()
            settle_state(w, lock_sale(w, number))

        self.act(do, site)
        return self

    def order_of(self, number):
        """The customer order's row."""
        return self.ask(select(CustomerOrder).where(CustomerOrder.number == number))[0]

    def lines_of(self, number):
        """Its lines."""
        mine = select(CustomerOrderLine).where(CustomerOrderLine.order_no == number)
        return self.ask(mine.order_by(CustomerOrderLine.line_no))

    def told(self, number):
        """The kinds of what happened to it, in order."""
        return self.ask(select(OrderEvent.kind).where(OrderEvent.order_no == number).order_by(OrderEvent.id))
