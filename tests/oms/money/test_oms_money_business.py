"""Business customers: a quotation becomes an order, the order invoices on terms, and what comes back makes a credit note."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from litestar.testing import TestClient
from sqlalchemy import select, text, update

from oms.api.app import make_app
from oms.money import invoices as invoicing
from oms.money import quotes
from oms.money.business_models import BusinessAccount, Invoice, Quotation
from oms.money.codes import Money, MoneyCode, QuoteState
from oms.money.credit import exposure
from oms.money.keeping import pay_invoice
from oms.money.models import PriceListItem
from oms.money.payments import record
from oms.people.keys import Scope, add_key, new_key
from oms.sales.codes import PaymentState, SaleState
from oms.sales.scene import lock_sale
from oms.sales.working import OrderDesk
from tests.oms.money.till import business, change, invoices, money, payments, price_list, priced, rates, send
from tools.bench_oms._plans import heard

pytestmark = pytest.mark.postgres
TERMS = {"customer_id": "C1", "payment": PaymentState.ON_TERMS}
SHIP = {"name": "Firm", "street": "Kade 2", "postcode": "3511 AB", "city": "Utrecht", "country": "NL"}


def draft(*lines, **words):
    made = [(sku, qty, None if price is None else D(price), D(0)) for sku, qty, price in lines]
    return quotes.QuoteDraft("C1", made, "EUR", ship_to=SHIP, **words)


def test_from_quotation_to_paid_invoice(shop):
    business(shop, purchase_order=True)
    rates(shop, ("NL", "", "standard", "0.21"))
    price_list(shop, "TRADE", {"TEA": "8.00", ("TEA", 10): "7.50"}, tax_included=False)
    made = shop.act(lambda w: quotes.make(w, draft(("TEA", 10, None), ("CUP", 4, "2.25"), shipping=D("12.50"))))
    assert (made.number, made.version, made.code) == ("QUO-000001", 1, None)
    better = shop.act(lambda w: quotes.make(w, draft(("TEA", 10, "7.00"), shipping=D("12.50")), made.number))
    assert (better.number, better.version) == ("QUO-000001", 2)
    assert shop.act(lambda w: quotes.accept(w, made.number, "PO 7")).code is MoneyCode.NOT_NOW
    shop.act(lambda w: quotes.send(w, made.number))
    # Prices have changed since; the quotation's stand.
    with shop.oms.sessions.begin() as db:
        db.execute(update(PriceListItem).values(price=D("99")))
    done = shop.act(lambda w: quotes.accept(w, made.number, "PO 7"))
    assert (done.order, done.problems) == ("SO-000001", [])
    assert shop.act(lambda w: quotes.accept(w, made.number, "PO 7")).order == "SO-000001"
    assert money(shop, done.order)[3:] == (D("17.33"), D("99.83"))
    assert shop.order_of(done.order).state is SaleState.ACCEPTED
    send(shop, done.order, L1=10)
    [(invoice, lines)] = invoices(shop, done.order)
    assert (invoice.number, invoice.total, invoice.tax, invoice.purchase_order) == (
        "INV-000001",
        D("99.83"),
        D("17.33"),
        "PO 7",
    )
    assert (invoice.due - invoice.day, [line.sku for line in lines]) == (timedelta(days=30), ["TEA", "shipping"])
    assert shop.act(lambda w: pay_invoice(w, invoice.number, D("99.84"), "b1")) is MoneyCode.MORE_THAN_PAID
    assert shop.act(lambda w: pay_invoice(w, invoice.number, D("50.00"), "b1")) is None
    assert shop.act(lambda w: pay_invoice(w, invoice.number, D("50.00"), "b1")) is None
    assert shop.order_of(done.order).payment is PaymentState.ON_TERMS
    assert shop.act(lambda w: pay_invoice(w, invoice.number, D("49.83"), "b2")) is None
    assert shop.order_of(done.order).payment is PaymentState.CAPTURED
    states = shop.ask(select(Quotation.state).order_by(Quotation.version))
    assert states == [QuoteState.REPLACED, QuoteState.ACCEPTED]


def test_a_quotation_ends_with_its_last_day(shop):
    business(shop)
    made = shop.act(lambda w: quotes.make(w, draft(("TEA", 1, "5"), days=3)))
    shop.act(lambda w: quotes.send(w, made.number))
    other = shop.act(lambda w: quotes.make(w, draft(("TEA", 1, "5"), days=3)))
    shop.act(lambda w: quotes.send(w, other.number))
    with shop.oms.sessions.begin() as db:
        db.execute(update(Quotation).values(valid_until=date(2020, 1, 1)))
    assert shop.act(lambda w: quotes.accept(w, made.number, "")).code is MoneyCode.NOT_NOW
    OrderDesk(shop.oms.works, "W").step()
    assert set(shop.ask(select(Quotation.state))) == {QuoteState.EXPIRED}
    assert shop.act(lambda w: quotes.decline(w, "QUO-9")).code is MoneyCode.UNKNOWN


def test_goods_without_a_price_make_no_quotation(shop):
    business(shop)
    price_list(shop, "ALL", {"TEA": "8.00"})
    made = shop.act(lambda w: quotes.make(w, draft(("JAR", 1, None))))
    assert [one.code for one in made.problems] == ["order_no_price"]
    assert shop.ask(select(Quotation.number)) == []


def test_the_same_again_at_todays_prices(shop):
    business(shop, limit="100")
    price_list(shop, "ALL", {"TEA": "10.00"}, tax_included=True)
    assert priced(shop, "N1", ("TEA", 4, None, None), **TERMS) == []
    change(shop, "N1", cancelled=(1, 1))
    with shop.oms.sessions.begin() as db:
        db.execute(update(PriceListItem).values(price=D("12")))
    again = shop.act(lambda w: quotes.repeat(w, "N1"))
    assert [(line.qty, line.price) for line in shop.lines_of(again.order)] == [(3, 12)]
    third = shop.act(lambda w: quotes.repeat(w, "N1"))
    assert [one.code for one in third.problems] == ["over_credit_limit"]
    assert shop.order_of(third.order).state is SaleState.HELD


#: Orders paid long ago, as this one: table -> (which row, what is otherwise).
PAID_ONCE = {
    "customer_order": ("t.number = 'N0'", "'number', 'P' || n, 'payment', 'captured'"),
    "invoice": ("t.order_no = 'N0'", "'number', 'P' || n, 'order_no', 'P' || n, 'paid', t.total"),
}


def read(shop):
    """Pages that are read to count what is open."""
    with heard(shop.oms.engine) as said:
        taken(shop)
    with shop.oms.engine.connect() as db:
        raw = db.connection.driver_connection
        asked = [(one, values) for one, values in said if one.lstrip().startswith("SELECT")]
        plans = [
            raw.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {one}", values or None).fetchone()
            for one, values in asked
        ]
    assert plans
    return sum(plan[0]["Plan"]["Shared Hit Blocks"] + plan[0]["Plan"]["Shared Read Blocks"] for (plan,) in plans)


def taken(shop):
    """(by invoices, by orders) of the customer's limit."""
    with shop.oms.sessions() as db:
        found = exposure(db, db.get_one(BusinessAccount, "C1"))
    return found.invoices, found.orders


def test_a_limit_is_taken_by_what_is_not_paid_yet(shop):
    business(shop, limit="100")
    assert priced(shop, "N1", ("TEA", 4, "10.00", "0"), **TERMS) == []
    assert taken(shop) == (0, 40)
    # Paid ahead, a part of it is not open any more; nor is it when an invoice names all of it.
    ahead = {"provider": "PSP", "token": "t", "reference": "r"}
    assert shop.act(lambda w: record(w, lock_sale(w, "N1"), Money.CAPTURE, D(15), "event:PSP:1", **ahead)) is None
    assert taken(shop) == (0, 25)
    send(shop, "N1", L1=3)
    assert taken(shop) == (15, 10)
    send(shop, "N1", L1=1)
    assert taken(shop) == (25, 0)
    assert priced(shop, "N2", ("TEA", 8, "10.00", "0"), **TERMS) == ["over_credit_limit"]
    [(first, _), (second, _)] = invoices(shop, "N1")
    assert (first.paid, second.paid) == (15, 0)
    assert shop.act(lambda w: pay_invoice(w, first.number, D(15), "bank")) is None
    assert taken(shop) == (10, 0)
    assert shop.act(lambda w: pay_invoice(w, second.number, D(10), "bank")) is None
    assert (taken(shop), shop.order_of("N1").payment) == ((0, 0), PaymentState.CAPTURED)
    assert priced(shop, "N3", ("TEA", 10, "10.00", "0"), **TERMS) == []


def test_what_was_paid_long_ago_costs_nothing_to_count(shop):
    business(shop, limit="100000")
    for n in range(3):
        assert priced(shop, f"N{n}", ("TEA", 4, "10.00", "0"), **TERMS) == []
        send(shop, f"N{n}", L1=4)
    few = read(shop)
    with shop.oms.sessions.begin() as db:
        for table, (was, said) in PAID_ONCE.items():
            again = f"SELECT (jsonb_populate_record(t, jsonb_build_object({said}))).* FROM {table} t, generate_series(1, 5000) n"
            db.execute(text(f"INSERT INTO {table} {again} WHERE {was}"))
    with shop.oms.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
        db.execute(text("VACUUM ANALYZE customer_order, invoice, payment, order_hold"))
    assert taken(shop) == (120, 0)
    # Pages, whichever plan it is.
    assert read(shop) <= 2 * few + 20


def test_several_parcels_several_invoices_and_a_credit_note(shop):
    business(shop)
    assert priced(shop, "N1", ("TEA", 3, "3.33", "0.21"), ("CUP", 2, "0.99", "0.09"), shipping=D("4.95"), **TERMS) == []
    send(shop, "N1", L1=1)
    send(shop, "N1", L1=2, L2=1)
    change(shop, "N1", returned=(1, 2))
    change(shop, "N1", cancelled=(2, 1))
    found = invoices(shop, "N1")
    assert [one.number for one, _ in found] == ["INV-000001", "INV-000002", "CRN-000001"]
    assert found[2][0].credits == "INV-000002"
    assert sum((1 if one.kind == "invoice" else -1) * one.total for one, _ in found) == money(shop, "N1")[4]
    for one, lines in found:
        assert (one.net + one.tax, sum(line.total for line in lines), sum(line.tax for line in lines)) == (
            one.total, one.total, one.tax,
        )  # fmt: skip
    open_ = sum(one.total - one.paid for one, _ in found if one.kind == "invoice")
    assert open_ == money(shop, "N1")[4]


def test_an_invoice_that_was_paid_is_paid_back(shop):
    business(shop)
    priced(shop, "N1", ("TEA", 2, "10.00", "0"), shipping=D("5.00"), **TERMS)
    send(shop, "N1", L1=2)
    shop.act(lambda w: pay_invoice(w, "INV-000001", D("25.00"), "b1"))
    done = change(shop, "N1", returned=(1, 1))
    assert (done.credited, done.refund) == (10, 10)
    # With the last of it sending is paid back too.
    done = change(shop, "N1", returned=(1, 1))
    assert (done.due, done.credited, done.refund) == (0, 15, 15)
    assert [row[:2] for row in payments(shop, "N1")] == [("capture", "done"), ("refund", "due"), ("refund", "due")]


def test_numbers_have_no_gaps_however_many_ask_and_fail(shop):
    def ask(n):
        def do(w):
            number = invoicing.next_number(w, "INV")
            if n % 3 == 0:
                raise ZeroDivisionError
            return number

        try:
            return shop.act(do)
        except ZeroDivisionError:
            return None

    with ThreadPoolExecutor(8) as pool:
        got = sorted(one for one in pool.map(ask, range(24)) if one)
    assert got == [f"INV-{n:06d}" for n in range(1, 17)]


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_sent_cancelled_and_sent_back_it_adds_up(shop, data):
    """Invoices less credit notes are what the customer has, and the order's total is what is kept, to the coin."""
    _Life.count += 1
    number = f"P{_Life.count}"
    if _Life.count == 1:
        business(shop, limit="9999999")
    cost = data.draw(st.decimals("0.01", 99, places=2))
    included = data.draw(st.booleans())
    qty = data.draw(st.integers(1, 7))
    words = {"shipping": data.draw(st.sampled_from([D(0), D("4.95")])), "tax_included": included}
    assert priced(shop, number, ("TEA", qty, str(cost), "0.21"), ("CUP", 3, "1.99", "0.09"), **TERMS, **words) == []
    whole = money(shop, number)[4]
    for _ in range(data.draw(st.integers(1, 5))):
        line = data.draw(st.sampled_from(shop.lines_of(number)))
        what = data.draw(st.sampled_from(["send", "cancel", "return"]))
        room = line.shipped - line.returned if what == "return" else line.open
        if not room:
            continue
        n = data.draw(st.integers(1, room))
        if what == "send":
            send(shop, number, **{f"L{line.line_no}": n})
        else:
            done = change(shop, number, **{"cancelled" if what == "cancel" else "returned": (line.line_no, n)})
            assert done.refund == 0
        goods, discount, shipping, tax, total = money(shop, number)
        assert total == goods - discount + shipping + (0 if included else tax)
        assert 0 <= total <= whole
        made = [one for one, _ in invoices(shop, number)]
        invoiced = sum((1 if one.kind == "invoice" else -1) * one.total for one in made)
        assert 0 <= invoiced <= total
        if not any(line.open for line in shop.lines_of(number)):
            assert invoiced == total
        assert sum(one.total - one.paid for one in made if one.kind == "invoice") == invoiced


class _Life:
    """How many orders the property has made."""

    count = 0


def test_the_routes(shop):
    """A firm is made a business customer, gets a quotation, orders, and has its invoice as paper in its language."""
    business(shop)
    key = new_key()
    shop.act(lambda w: add_key(w, key, "erp", [Scope.ORDERS]))
    with TestClient(make_app(shop.oms, asyncio.Event())) as client:

        def post(path, **body):
            answer = client.post(path, json=body, headers={"Authorization": f"Bearer {key}"})
            assert answer.status_code == 200, answer.text
            return answer.json()

        def get(path):
            return client.get(path, headers={"Authorization": f"Bearer {key}"})

        assert post("/v1/accounts/C1", credit_limit="500", vat_number="nope")["reason"] == "order_bad_vat_number"
        assert post("/v1/accounts/C1", credit_limit="500", terms_days=14)["done"]
        lines = [{"sku": "TEA", "qty": 10, "price": "10.00"}]
        quote = post("/v1/quotes", customer="C1", lines=lines, ship_to=SHIP)["quote"]
        assert (quote["state"], D(quote["total"])) == ("draft", 100)
        number = quote["number"]
        assert post(f"/v1/quotes/{number}/act", act="send")["quote"]["state"] == "sent"
        order = post(f"/v1/quotes/{number}/act", act="accept", purchase_order="PO 9")["order"]
        assert D(get("/v1/accounts/C1").json()["free"]) == 400
        send(shop, order, L1=10)
        [invoice] = get(f"/v1/customer-orders/{order}/money").json()["invoices"]
        assert D(get(f"/v1/invoices/{invoice['number']}").json()["lines"][0]["total"]) == 100
        assert post(f"/v1/customer-orders/{order}/invoice")["reason"] == "nothing_to_do"
        assert post(f"/v1/invoices/{invoice['number']}/pay", amount="100", reference="b")["done"]
        assert post(f"/v1/customer-orders/{order}/repeat")["order"] != order
        promo = post("/v1/promos/ten", kind="percent", value="0.1", most_uses=3)
        assert promo["done"]
        assert post("/v1/promos/ten", kind="percent", value="10")["reason"] == "nothing_to_do"
        assert post("/v1/money/rules", country="us", rounding="order")["done"]
        assert get("/v1/quotes/none").status_code == 404
        assert (
            client.post(
                "/v1/quotes", json={"lines": [{"sku": "A", "qty": 0}]}, headers={"Authorization": f"Bearer {key}"}
            ).status_code
            == 400
        )
    assert shop.ask(select(Invoice.paid)) == [100]
