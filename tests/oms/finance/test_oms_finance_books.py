"""The books on a real PostgreSQL: posted with the fact, swept once, closed for ever."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal as D

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from oms.finance import actions, queries, sweep
from oms.finance.actions import Refused
from oms.finance.codes import BooksCode, Kind, Method
from oms.finance.models import Book
from oms.money.codes import CaptureWhen, PayState, PayWhen, Rounding
from oms.money.events import PaymentEvent, Told, take
from oms.money.keeping import done_by_hand, invoice_order, keep_rule, pay_invoice
from oms.money.models import ExchangeRate
from oms.money.payment_models import Payment
from oms.sales.codes import PaymentState
from tests.oms.money.till import business, change, invoices, priced, send

pytestmark = pytest.mark.postgres
TERMS = {"customer_id": "C1", "payment": PaymentState.ON_TERMS, "currency": "EUR", "tax_included": False}
PAID = {"payment": PaymentState.CAPTURED, "currency": "EUR", "tax_included": True}


def run(office, *statements, **words):
    with office.shop.oms.engine.begin() as db:
        for one in statements:
            db.execute(text(one), words)


def refused(code, act):
    with pytest.raises(Refused) as why:
        act()
    assert why.value.code is code, why.value


def told(office, base, rate, days_ago=500):
    day = office.today - timedelta(days=days_ago)
    office.act(lambda w: w.db.add(ExchangeRate(base=base, quote="EUR", day=day, rate=D(rate))))


# --- money: posted in the transaction of the fact ---


def test_an_invoice_its_payment_and_its_credit_note(office):
    business(office.shop)
    office.open_book()
    priced(office.shop, "N-1", ("TEA", 10, "7.00", "0.21"), **TERMS)
    send(office.shop, "N-1", L1=10)
    [(invoice, _)] = invoices(office.shop, "N-1")
    assert office.entries() == [("invoice", {"1300": 8470, "4000": -7000, "2200": -1470})]
    office.act(lambda w: pay_invoice(w, invoice.number, D("50.00"), "bank 1"))
    office.act(lambda w: pay_invoice(w, invoice.number, D("50.00"), "bank 1"))
    assert office.entries("payment") == [("payment", {"1150": 5000, "1300": -5000})]
    change(office.shop, "N-1", returned=(1, 3))
    assert office.entries("credit_note") == [("credit_note", {"4090": 2100, "2200": 441, "1300": -2541})]
    assert office.balances()["1300"] == 8470 - 5000 - 2541
    assert office.sweep() == type(office.sweep())(0, 0)


def test_what_was_paid_at_once_is_a_sale_when_it_has_left(office):
    office.open_book()
    office.act(lambda w: keep_rule(w, "", "", Rounding.LINE, PayWhen.ANY, CaptureWhen.SHIPMENT, "NL"))
    priced(office.shop, "N-1", ("TEA", 2, "12.10", "0.21"), shipping=D("4.84"), total=D("29.04"), **PAID)
    assert office.entries() == []
    send(office.shop, "N-1", L1=1)
    [(_, first)] = office.entries("sale")
    assert first["1300"] == 1694
    assert first["4000"] + first["2200"] == -1694
    send(office.shop, "N-1", L1=1)
    change(office.shop, "N-1", returned=(1, 2))
    # All of it came back: nothing was sold in the end, and what was paid is owed until it is paid back.
    assert office.balances() == {"1150": 2904, "1300": -2904}
    for one in office.shop.ask(select(Payment.id).where(Payment.state == PayState.DUE)):
        office.act(lambda w, one=one: done_by_hand(w, one, "in the shop"))
    assert office.balances() == {}


def test_an_invoice_afterwards_takes_the_place_of_the_sale(office):
    office.open_book()
    priced(office.shop, "N-1", ("TEA", 2, "12.10", "0.21"), **PAID)
    send(office.shop, "N-1", L1=2)
    before = office.balances()
    number, _ = office.act(lambda w: invoice_order(w, "N-1"))
    assert number == "INV-000001"
    assert office.balances() == before
    assert [event for event, _ in office.entries("sale", "invoice")] == ["sale", "invoice", "sale"]
    assert office.entries("sale")[1][1] == {"1300": -2420, "4000": 2000, "2200": 420}


def test_what_a_channel_told_as_paid_is_posted_once_and_put_right(office):
    """Money that was believed is swept; the provider's own amount corrects it."""
    office.open_book()
    priced(office.shop, "N-1", ("TEA", 2, "12.10", "0.21"), **PAID)
    assert office.entries() == []
    assert (office.sweep().posted, office.sweep().posted) == (1, 0)
    assert office.entries() == [("payment", {"1150": 2420, "1300": -2420})]
    event = PaymentEvent(id="e1", kind=Told.CAPTURED, amount=D("24.00"), currency="EUR", order="N-1", payment="p1")
    assert office.act(lambda w: take(w, "pay", [event]))[0].result == "taken"
    assert office.entries("payment")[1] == ("payment", {"1150": -20, "1300": 20})


def test_money_without_a_rate_waits_and_stops_nobody(office):
    business(office.shop, currency="EUR")
    office.open_book(days_ago=3)
    told(office, "USD", "0.9", days_ago=-1)
    priced(office.shop, "N-1", ("TEA", 1, "100.00", "0"), **{**TERMS, "currency": "USD", "customer_id": None})
    send(office.shop, "N-1", L1=1)
    assert len(invoices(office.shop, "N-1")) == 1
    assert office.entries() == []
    assert office.sweep().waiting == 1
    refused(BooksCode.WAITING, lambda: office.shut(office.today - timedelta(days=1)))
    told(office, "USD", "0.9137")
    assert office.sweep().posted == 1
    assert office.entries() == [("invoice", {"1300": 9137, "4000": -9137})]


def test_a_sale_without_a_rate_waits_too(office):
    office.open_book()
    told(office, "USD", "0.9", days_ago=-1)
    priced(office.shop, "N-1", ("TEA", 1, "100.00", "0"), currency="USD", tax_included=True)
    send(office.shop, "N-1", L1=1)
    assert (office.entries(), office.sweep().waiting) == ([], 1)
    told(office, "USD", "0.9137")
    assert (office.sweep().posted, office.sweep().posted, office.sweep().waiting) == (1, 0, 0)
    assert office.entries() == [("sale", {"1300": 9137, "4000": -9137})]


def test_what_customers_had_before_the_book_is_not_sold_again(office):
    priced(office.shop, "N-1", ("TEA", 2, "12.10", "0.21"), **PAID)
    send(office.shop, "N-1", L1=1)
    office.open_book()
    send(office.shop, "N-1", L1=1)
    assert office.entries() == [("sale", {"1300": 1210, "4000": -1000, "2200": -210})]


# --- goods: swept, each movement once ---


def test_goods_from_the_supplier_to_the_customer(office):
    office.cost("TEA", "3.50")
    office.open_book()
    for qty, account in ((10, "supplier"), (4, "bin:A-01"), (1, "shipped"), (2, "count_adjust")):
        ends = {"supplier": ("supplier", "bin:A-01"), "bin:A-01": ("bin:A-01", "shipped"), "shipped": ("shipped", "bin:A-01"),
                "count_adjust": ("bin:A-01", "count_adjust")}[account]  # fmt: skip
        office.act(lambda w, q=qty, e=ends: w.move(f"s{q}", 0, "TEA", "", *e, q))
    office.act(lambda w: w.move("inside", 0, "TEA", "", "bin:A-01", "tote:T", 1))
    assert (office.sweep().posted, office.sweep().posted) == (4, 0)
    assert office.entries() == [
        ("goods_received", {"1400": 3500, "2010": -3500}),
        ("shipment", {"5000": 1400, "1400": -1400}),
        ("return_to_stock", {"1400": 350, "5000": -350}),
        ("adjustment", {"1400": -700, "5100": 700}),
    ]
    assert office.worth() == {("W", "TEA"): (5, 1750)}
    assert office.shop.warehouse.has("bin:A-01") + office.shop.warehouse.has("tote:T") == 5


def test_two_sweepers_post_each_movement_once(office):
    office.open_book()
    for n in range(30):
        office.act(lambda w, n=n: w.move(f"s{n}", 0, "TEA", "", "supplier", "bin:A-01", 1))
    with ThreadPoolExecutor(4) as pool:
        posted = sum(one.posted for one in pool.map(lambda _: office.sweep(), range(4)))
    assert posted == len(office.entries()) == 30


def test_goods_that_wait_for_a_rate_hold_up_no_others(office):
    office.cost("TEA", "2", currency="USD")
    office.open_book()
    for n in range(4):
        office.act(lambda w, n=n: w.move(f"t{n}", 0, "TEA", "", "supplier", "bin:A-01", 1))
    office.act(lambda w: w.move("c", 0, "CUP", "", "supplier", "bin:A-01", 1))
    done, after = [], 0
    while after is not None:
        done.append(office.act(lambda w, after=after: sweep.sweep_goods(w, "ACME", after, limit=2)))
        after = done[-1].after
    assert [(one.posted, one.waiting) for one in done] == [(0, 2), (0, 2), (1, 0)]
    told(office, "USD", "0.5", days_ago=950)
    assert office.sweep().posted == 4
    assert office.worth() == {("W", "CUP"): (1, 0), ("W", "TEA"): (4, 400)}


def test_goods_on_their_way_between_sites_stay_ours(office):
    office.cost("TEA", "2")
    office.open_book()
    office.act(lambda w: w.move("in", 0, "TEA", "", "supplier", "bin:A-01", 10))
    office.act(lambda w: w.move("out", 0, "TEA", "", "bin:A-01", "transit:T1", 6))
    office.sweep()
    assert office.worth() == {("*", "TEA"): (6, 1200), ("W", "TEA"): (4, 800)}
    office.act(lambda w: w.beside("S").move("arrived", 0, "TEA", "", "transit:T1", "bin:A-01", 6))
    office.sweep()
    assert office.worth() == {("S", "TEA"): (6, 1200), ("W", "TEA"): (4, 800)}
    assert office.balances() == {"1400": 2000, "2010": -2000}


def test_the_opening_is_what_lies_there(office):
    office.cost("TEA", "1.25")
    office.shop.warehouse.stock("A-01", "TEA", 8)
    office.shop.store.stock("A-01", "CUP", 3)
    office.open_book()
    assert office.worth() == {("W", "TEA"): (8, 1000), ("S", "CUP"): (3, 0)}
    assert office.balances() == {"1400": 1000, "3900": -1000}
    assert office.sweep().posted == 0


@pytest.mark.parametrize(("method", "gone"), [(Method.FIFO, 2000), (Method.AVERAGE, 3000)])
def test_the_method_is_the_books_own(office, method, gone):
    office.open_book(method=method)
    for n, cost in enumerate(("2.00", "4.00")):
        office.cost("TEA", cost)
        office.act(lambda w, n=n: w.move(f"in{n}", 0, "TEA", "", "supplier", "bin:A-01", 10))
        office.sweep()
    office.act(lambda w: w.move("out", 0, "TEA", "", "bin:A-01", "shipped", 10))
    office.sweep()
    assert office.balances()["5000"] == gone


def test_books_of_two_companies(office):
    office.open_book("ONE", sites=["W"], channels=["web"])
    office.open_book("TWO")
    priced(office.shop, "N-1", ("TEA", 1, "10.00", "0"), channel="web", **PAID)
    priced(office.shop, "N-2", ("TEA", 1, "20.00", "0"), channel="desk", **PAID)
    for number in ("N-1", "N-2"):
        send(office.shop, number, L1=1)
    office.act(lambda w: w.move("w", 0, "TEA", "", "supplier", "bin:A-01", 1))
    office.act(lambda w: w.beside("S").move("s", 0, "TEA", "", "supplier", "bin:A-01", 2))
    office.sweep()
    assert [next(iter(lines.values())) for event, lines in office.entries("sale", code="ONE")] == [1000]
    assert [next(iter(lines.values())) for event, lines in office.entries("sale", code="TWO")] == [2000]
    assert (office.worth("ONE"), office.worth("TWO")) == ({("W", "TEA"): (1, 0)}, {("S", "TEA"): (2, 0)})


# --- what a bookkeeper enters ---


def received(office, qty=10, cost="1.00"):
    office.cost("TEA", cost)
    office.act(lambda w: w.move(f"in{qty}", 0, "TEA", "", "supplier", "bin:A-01", qty))
    office.sweep()


def test_a_supplier_invoice_says_what_goods_cost(office):
    office.open_book()
    received(office)
    bill = {"lines": [("TEA", 8, D("10.00"))], "tax": D("2.10")}
    assert office.enter("supplier_invoice", "R-7", **bill) == (2, True)
    assert office.enter("supplier_invoice", "R-7", **bill) == (2, False)
    assert office.worth() == {("W", "TEA"): (10, 1200)}
    assert office.balances() == {"1400": 1200, "2010": -200, "1500": 210, "2000": -1210}
    refused(BooksCode.MORE_THAN_RECEIVED, lambda: office.enter("supplier_invoice", "R-8", **bill))
    office.enter("supplier_payment", "P-1", net=D("12.10"))
    office.enter("fee", "F-1", net=D("1.00"), tax=D("0.21"))
    office.enter("payout", "O-1", net=D("100.00"))
    assert (office.balances()["1100"], office.balances()["6100"]) == (10000 - 1210, 100)


def test_freight_makes_goods_dearer(office):
    office.open_book()
    received(office)
    office.act(lambda w: w.move("out", 0, "TEA", "", "bin:A-01", "shipped", 4))
    office.sweep()
    source = office.shop.ask(text("SELECT source FROM goods_in"))[0]
    office.enter("late_cost", "L-1", receipt=source, net=D("5.00"))
    assert office.worth() == {("W", "TEA"): (6, 900)}
    assert office.balances()["5000"] == 400 + 200
    refused(BooksCode.UNKNOWN_GOODS, lambda: office.enter("late_cost", "L-2", receipt="none", net=D(1)))


def test_entries_by_hand(office):
    office.open_book()
    office.act(lambda w: actions.add_account(w, "ACME", "6200", "Rent", Kind.EXPENSE))
    office.manual("rent", ("6200", "900"), ("1100", "-900"))
    assert office.balances() == {"6200": 90000, "1100": -90000}
    for code, lines in (
        (BooksCode.NOT_BALANCED, [("6200", "9"), ("1100", "-8")]),
        (BooksCode.UNKNOWN_ACCOUNT, [("9999", "9"), ("1100", "-9")]),
        (BooksCode.BAD_AMOUNT, [("6200", "0.001"), ("1100", "-0.001")]),
        (BooksCode.BAD_AMOUNT, [("6200", "NaN"), ("1100", "NaN")]),
        (BooksCode.NOT_RIGHT, [("1400", "9"), ("1100", "-9")]),
    ):
        refused(code, lambda lines=lines: office.manual("wrong", *lines))
    refused(BooksCode.NOT_OVER, lambda: office.manual("x", ("6200", "1"), day=office.today + timedelta(days=1)))
    refused(BooksCode.BEFORE_OPENING, lambda: office.manual("x", ("6200", "1"), day=office.today - timedelta(days=1)))
    refused(BooksCode.UNKNOWN_BOOK, lambda: office.enter("fee", "1", code="NONE"))
    refused(BooksCode.NO_RATE, lambda: office.enter("fee", "1", net=D(1), currency="CHF"))


def test_books_that_cannot_be(office):
    for code, words in (
        (BooksCode.UNKNOWN_CHART, {"chart": "fr"}),
        (BooksCode.BAD_CURRENCY, {"currency": "XXX"}),
        (BooksCode.BAD_BOOK, {"code": "a b"}),
        (BooksCode.BAD_BOOK, {"year_starts": 13}),
        (BooksCode.BAD_BOOK, {"sites": ["NONE"]}),
        (BooksCode.UNKNOWN_ACCOUNT, {"accounts": {"stock": "2000"}}),
        (BooksCode.UNKNOWN_ACCOUNT, {"accounts": {"stock": "=1+1"}}),
        (BooksCode.UNKNOWN_ACCOUNT, {"accounts": {"nothing": "1234"}}),
    ):
        refused(code, lambda words=words: office.open_book(**words))
    office.open_book()
    refused(BooksCode.KNOWN_BOOK, office.open_book)


# --- periods ---


def test_a_closed_period_is_closed_for_ever(office):
    office.open_book(days_ago=40)
    day = office.today - timedelta(days=30)
    office.manual("early", ("1100", "5"), ("3000", "-5"), day=day - timedelta(days=5))
    office.shut(day)
    refused(BooksCode.CLOSED, lambda: office.shut(day))
    refused(BooksCode.NOT_OVER, lambda: office.shut(office.today))
    # Told late: on the first open day, with the day it happened.
    office.manual("late", ("1100", "7"), ("3000", "-7"), day=day - timedelta(days=3))
    [late] = office.shop.ask(text("SELECT day || ' ' || fact_day FROM journal_entry WHERE source = 'manual:late'"))
    assert late == f"{day + timedelta(days=1)} {day - timedelta(days=3)}"
    with office.shop.oms.sessions() as db:
        assert queries.trial_balance(db, db.get_one(Book, "ACME"), day).rows[0].debit == 500


HARM = [
    "INSERT INTO journal_entry (book, number, source, event, day, fact_day, made_at, text, made_in)"
    " VALUES ('ACME', 9, 'x', 'manual', :day, :day, now(), '', 0)",
    "UPDATE journal_line SET amount = amount + 1",
    "UPDATE journal_entry SET day = day + 1",
    "DELETE FROM journal_entry",
    "DELETE FROM journal_line",
    "TRUNCATE journal_line",
    "DELETE FROM book_close",
    "UPDATE book_close SET through = through - 1",
    "INSERT INTO book_close (book, through, at, entries) VALUES ('ACME', CAST(:day AS date) - 1, now(), 1)",
    "INSERT INTO journal_line (book, number, line_no, account, amount, site, sku, qty, currency, money)"
    " VALUES ('ACME', 1, 3, '1100', 5, '', '', 0, '', 0), ('ACME', 1, 4, '3000', -5, '', '', 0, '', 0)",
    "UPDATE book SET entries = 0",
    "UPDATE book SET method = 'average'",
    "DELETE FROM book",
]


def test_the_database_refuses_what_would_change_a_closed_period(office):
    office.open_book(days_ago=3)
    day = office.today - timedelta(days=2)
    office.manual("early", ("1100", "5"), ("3000", "-5"), day=day)
    office.shut(day)
    for harm in HARM:
        with pytest.raises(
            DBAPIError, match=r"never changed|closed through|only close forward|with their entry|keeps its"
        ):
            run(office, harm, day=day)


def test_the_database_refuses_an_entry_that_does_not_balance(office):
    office.open_book()
    entry = (
        "INSERT INTO journal_entry (book, number, source, event, day, fact_day, made_at, text, made_in)"
        " VALUES ('ACME', 0, 'x', 'manual', current_date, current_date, now(), '', 0)"
    )
    line = (
        "INSERT INTO journal_line (book, number, line_no, account, amount, site, sku, qty, currency, money)"
        " VALUES ('ACME', 1, {}, '1100', {}, '', '', 0, '', 0)"
    )
    for amounts in ((), (5,), (5, -4)):
        statements = [entry, *(line.format(n, amount) for n, amount in enumerate(amounts, 1))]
        with pytest.raises(DBAPIError, match="does not balance"):
            run(office, *statements)
    assert office.entries() == []


def test_the_year_ends_and_the_next_begins_with_what_stays(office):
    year = office.today.replace(month=1, day=1) - timedelta(days=1)
    first = year - timedelta(days=100)
    office.open_book(days_ago=(office.today - year).days + 200, year_starts=1)
    office.manual("a", ("1100", "100"), ("4000", "-100"), day=first)
    office.manual("b", ("6100", "30"), ("1100", "-30"), day=first)
    refused(BooksCode.YEAR_FIRST if office.today > year + timedelta(days=1) else BooksCode.NOT_OVER,
            lambda: office.shut(year + timedelta(days=1)))  # fmt: skip
    office.shut(year)
    assert office.balances() == {"1100": 7000, "3000": -7000}
    assert office.entries("year_end") == [("year_end", {"4000": 10000, "6100": -3000, "3000": -7000})]
    office.manual("c", ("1100", "1"), ("4000", "-1"), day=first)
    assert office.balances() == {"1100": 7100, "3000": -7000, "4000": -100}


def test_money_abroad_at_the_periods_last_rate(office):
    told(office, "USD", "0.90")
    office.open_book(days_ago=5)
    day = office.today - timedelta(days=4)
    office.enter("supplier_payment", "1", net=D("100.00"), currency="USD", day=day)
    told(office, "USD", "0.95", days_ago=3)
    through = office.today - timedelta(days=2)
    office.shut(through)
    # 100 dollars less in the bank, 100 less owed: both moved alike.
    assert office.entries("exchange") == [("exchange", {"1100": -500, "2000": 500, "7100": 0})]
    office.shut(office.today - timedelta(days=1))
    assert len(office.entries("exchange")) == 1


def test_closing_and_posting_at_once(office):
    """Whoever comes second sees what the first did: nothing is ever posted into what was being closed."""
    office.open_book(days_ago=10)
    day = office.today - timedelta(days=3)

    def post(n):
        return office.manual(f"m{n}", ("1100", "1"), ("3000", "-1"), day=day)

    with ThreadPoolExecutor(4) as pool:
        posts = [pool.submit(post, n) for n in range(12)]
        shut = pool.submit(office.shut, day)
        assert shut.result() <= 12
        assert sorted(one.result()[0] for one in posts) == list(range(1, 13))
