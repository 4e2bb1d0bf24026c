"""A shop that buys: suppliers, levels, orders, deliveries, by the acts that people and devices do."""

from decimal import Decimal
from itertools import count

from sqlalchemy import select

from oms.catalog.models import Bin, Zone
from oms.promise.models import ExpectedReceipt, ReceiptState
from oms.purchasing import actions, keeping, receiving
from oms.purchasing import run as runs
from oms.purchasing.keeping import PriceSaid, RuleSaid, SettingSaid, SupplierItemSaid, SupplierSaid
from oms.purchasing.models import PurchaseLine, PurchaseOrder
from oms.purchasing.receiving import Came
from sync.contract.codes import BinKind
from tests.oms.sales.shop import Shop

_IDS = count(1)


class Buyer(Shop):
    """As `Shop`, with a dock and a quarantine at site W."""

    def equip(self):
        """Bins of the dock, and the supplier TEACO that sells TEA (packs of 6) and CUP."""

        def do(w):
            w.db.merge(Zone(site_id=w.site, code="IN", name=""))
            w.db.flush()
            for code, kind in (("DOCK", BinKind.LANE), ("BAD", BinKind.QUARANTINE)):
                w.db.merge(Bin(site_id=w.site, code=code, zone="IN", kind=kind))
                w.touch("bin", code)

        self.act(do)
        self.supplier("TEACO", lead_days=Decimal(3), over_percent=10, under_percent=10)
        self.sells("TEACO", "TEA", pack=6, moq=12, prices=[(1, "2.00"), (48, "1.50")])
        self.sells("TEACO", "CUP", prices=[(1, "4.00")])
        return self

    def supplier(self, code, **words):
        said = SupplierSaid(code=code, name=f"{code} Ltd", email=f"orders@{code.lower()}.example", **words)
        self.act(lambda w: keeping.keep_suppliers(w, [said]))

    def sells(self, supplier, sku, *, prices=(), **words):
        told = [PriceSaid(units=units, price=Decimal(price)) for units, price in prices]
        self.act(lambda w: keeping.keep_items(w, [SupplierItemSaid(supplier=supplier, sku=sku, prices=told, **words)]))

    def level(self, sku, point=None, upto=None, **words):
        self.act(lambda w: keeping.keep_rules(w, [RuleSaid(sku=sku, reorder_point=point, upto=upto, **words)]))

    def setting(self, **words):
        self.act(lambda w: keeping.keep_setting(w, SettingSaid(**words)))

    def run(self):
        return self.act(runs.run)

    def make(self, *lines, supplier="TEACO"):
        return self.act(lambda w: actions.make(w, supplier, lines))

    def sent(self, *lines):
        """An order by hand that is on its way; its number."""
        number = self.make(*lines)
        self.act(lambda w: actions.send(w, number))
        return number

    def comes(self, sku, qty, order="", *, damaged=0, place="bin:DOCK", id=None, **words):
        came = Came(id or f"op{next(_IDS)}", sku, qty, place, damaged, order, **words)
        return self.act(lambda w: receiving.receive(w, came))

    def bought(self, number):
        """The order's row."""
        return self.ask(select(PurchaseOrder).where(PurchaseOrder.number == number))[0]

    def bought_lines(self, number):
        """Its lines."""
        return self.ask(select(PurchaseLine).where(PurchaseLine.order_no == number).order_by(PurchaseLine.line_no))

    def expected(self):
        """(receipt, units to come) of what is expected."""
        rows = self.ask(select(ExpectedReceipt).where(ExpectedReceipt.state == ReceiptState.EXPECTED))
        return {row.id: row.qty - row.received for row in rows if row.qty > row.received}
