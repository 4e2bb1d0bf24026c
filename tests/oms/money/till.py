"""What tests of money do with orders: priced, sent and changed as the rest of the OMS does it."""

import uuid
from datetime import date
from decimal import Decimal as D

from sqlalchemy import select

from oms.customers.models import Customer
from oms.money.business_models import BusinessAccount, Invoice, InvoiceLine
from oms.money.models import PriceList, PriceListItem, TaxRate
from oms.money.payment_models import Payment
from oms.money.pricing import price, reprice
from oms.orders.models import Order, OrderLine
from oms.sales.codes import EventKind, SaleState
from oms.sales.events import note
from oms.sales.follow import follow
from oms.sales.models import CustomerOrder, CustomerOrderLine, OrderHold
from oms.sales.scene import lock_sale, settle_state
from sync.contract.codes import OrderState


def priced(shop, number, *lines, codes=(), purchase_order="", **words):
    """An order of (sku, qty, price or None, rate or None) that was priced and written as capture does it; its problems' codes."""

    def do(w):
        order = CustomerOrder(
            number=number, state=SaleState.ACCEPTED, placed_at=w.now, captured_at=w.now,
            **{"ship_name": "Ada", "ship_country": "NL", **words},
        )  # fmt: skip
        rows = [
            CustomerOrderLine(
                order_no=number, line_no=n, sku=sku, qty=qty, price=None if cost is None else D(cost),
                tax_rate=None if rate is None else D(rate),
            )
            for n, (sku, qty, cost, rate) in enumerate(lines, 1)
        ]  # fmt: skip
        problems = price(w, order, rows, codes, purchase_order)
        if problems:
            order.state = SaleState.HELD
        w.db.add(order)
        w.db.flush()
        w.db.add_all(rows)
        w.db.flush()
        for one in problems:
            w.db.add(OrderHold(id=uuid.uuid4().hex, order_no=number, code=one.code, at=w.now, params=dict(one.params)))
        note(w, number, EventKind.CAPTURED)
        return [str(one.code) for one in problems]

    return shop.act(do)


def send(shop, number, site="W", **packed):
    """A part of the order goes out of the door: `L1=2` is two units of line 1."""
    name = f"{number}-{uuid.uuid4().hex[:6]}"

    def do(w):
        sale = lock_sale(w, number)
        there = w.beside(site)
        part = Order(
            site_id=site, number=name, state=OrderState.PICKING, placed_at=w.now, ship_name="Ada", shipped_at=w.now,
            customer_order=number,
        )  # fmt: skip
        w.db.add(part)
        w.db.flush()
        for key, qty in packed.items():
            line = sale.line(int(key[1:]))
            w.db.add(OrderLine(
                site_id=site, order_no=name, line_no=line.line_no, sku=line.sku, qty=qty, picked=qty, packed=qty,
                customer_line=line.line_no,
            ))  # fmt: skip
        there.touch("order", name)
        w.db.flush()
        follow(there, part)
        part.state = OrderState.SHIPPED
        w.db.flush()
        follow(there, part)

    shop.act(do)


def change(shop, number, **counts):
    """`cancelled=(line, n)`, `returned=(line, n)`, `qty=(line, n)`: then what is due."""

    def do(w):
        sale = lock_sale(w, number)
        for name, (line_no, n) in counts.items():
            line = sale.line(line_no)
            setattr(line, name, n if name == "qty" else getattr(line, name) + n)
        settle_state(w, sale)
        return reprice(w, sale)

    return shop.act(do)


def money(shop, number):
    """(goods, discount, shipping, tax, total) of the order."""
    order = shop.order_of(number)
    return order.goods, order.discount, order.shipping, order.tax, order.total


def payments(shop, number):
    """[(kind, state, amount)] in order."""
    rows = shop.ask(select(Payment).where(Payment.order_no == number).order_by(Payment.at, Payment.key))
    return [(str(one.kind), str(one.state), one.amount) for one in rows]


def invoices(shop, number):
    """The order's invoices and credit notes, each with its lines, by number within kind."""
    rows = shop.ask(select(Invoice).where(Invoice.order_no == number).order_by(Invoice.made_at, Invoice.number))
    lines = {one.number: shop.ask(select(InvoiceLine).where(InvoiceLine.number == one.number)) for one in rows}
    return [(one, lines[one.number]) for one in rows]


def rates(shop, *rows):
    """Tax rates `(country, region, category, rate)`, always valid."""
    shop.act(lambda w: w.db.add_all([
        TaxRate(country=c, region=r, category=k, valid_from=date(2000, 1, 1), rate=D(x)) for c, r, k, x in rows
    ]))  # fmt: skip


def price_list(shop, code, items, **words):
    """A list of `sku: price` or `(sku, from_qty): price`."""

    def do(w):
        w.db.add(PriceList(code=code, **{"currency": "EUR", **words}))
        w.db.flush()
        for key, cost in items.items():
            sku, least = key if isinstance(key, tuple) else (key, 1)
            w.db.add(PriceListItem(list_code=code, sku=sku, from_qty=least, price=D(cost)))

    shop.act(do)


def business(shop, id="C1", limit="1000", **words):
    """A business customer with an account."""

    def do(w):
        w.db.add(Customer(id=id, number=id, name=f"Firm {id}", email=f"{id.lower()}@firm.example"))
        w.db.flush()
        w.db.add(BusinessAccount(
            customer_id=id, **{"currency": "EUR", "credit_limit": D(limit), "terms_days": 30, **words}
        ))  # fmt: skip

    shop.act(do)
    return id
