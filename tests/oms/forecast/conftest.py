"""A shop with a past: orders and goods of days that are over."""

from datetime import timedelta

import pytest

from oms.sales.codes import SaleState
from oms.sales.models import CustomerOrder, CustomerOrderLine
from tests.oms.sales.shop import Shop


class OldShop(Shop):
    """As `Shop`, with ways to say what was days ago."""

    def ordered(self, number, sku, qty, days_ago, *, cancelled=0, state=SaleState.ACCEPTED, **words):
        """A customer's order of one line, placed so many days ago."""

        def do(w):
            at = w.now - timedelta(days=days_ago)
            w.db.add(CustomerOrder(
                number=number, state=state, placed_at=at, captured_at=at, ship_name="Ada", ship_country="NL", **words
            ))  # fmt: skip
            w.db.flush()
            w.db.add(CustomerOrderLine(order_no=number, line_no=1, sku=sku, qty=qty, cancelled=cancelled))

        self.act(do)

    def many_ordered(self, rows, name="H"):
        """`(sku, qty, days ago)`, one order each, in one unit of work."""

        def do(w):
            for n, (_, _, days_ago) in enumerate(rows):
                at = w.now - timedelta(days=days_ago)
                w.db.add(CustomerOrder(
                    number=f"{name}{n}", state=SaleState.ACCEPTED, placed_at=at, captured_at=at, ship_name="Ada", ship_country="NL"
                ))  # fmt: skip
            w.db.flush()
            for n, (sku, qty, _) in enumerate(rows):
                w.db.add(CustomerOrderLine(order_no=f"{name}{n}", line_no=1, sku=sku, qty=qty))

        self.act(do)

    def moved(self, sku, from_, to, qty, days_ago, site="W"):
        """Goods that were moved so many days ago."""

        def do(w):
            w.now -= timedelta(days=days_ago)
            w.move(f"old:{sku}:{days_ago}:{to}", 1, sku, "", from_, to, qty)

        self.act(do, site)


@pytest.fixture
def old_shop(database_url):
    made = OldShop.open(database_url)
    yield made
    made.close()
