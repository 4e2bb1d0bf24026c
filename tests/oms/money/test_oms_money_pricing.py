"""Orders are priced: what channels told is believed and must add up, the rest comes from price lists, codes, and tax tables."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal as D

import pytest
from sqlalchemy import select

from oms.money.models import ExchangeRate, MoneyRule, Promo, PromoUse
from oms.money.tables import exchange_rate
from oms.money.taxes import vat_number
from oms.sales.codes import PaymentState
from tests.oms.money.till import business, change, money, price_list, priced, rates

pytestmark = pytest.mark.postgres


def rule(shop, channel="", country="", **words):
    shop.act(lambda w: w.db.add(MoneyRule(channel=channel, country=country, **words)))


def promo(shop, code, kind, **words):
    shop.act(lambda w: w.db.add(Promo(code=code, kind=kind, **words)))


def test_what_a_channel_told_is_believed(shop):
    assert priced(shop, "N1", ("TEA", 3, "12.99", "0.21"), ("CUP", 2, "4.49", "0.09"), shipping=D("4.95")) == []
    # Sending has the rate of most of the goods' money: 4.95 with 21 % in it is 0.86.
    assert money(shop, "N1") == (D("47.95"), 0, D("4.95"), D("8.36"), D("52.90"))
    assert [(line.tax, line.total) for line in shop.lines_of("N1")] == [(D("6.76"), D("38.97")), (D("0.74"), D("8.98"))]


def test_a_total_that_is_something_else_holds_the_order(shop):
    assert priced(shop, "N1", ("TEA", 3, "12.99", "0.21"), total=D("40.00")) == ["order_total_differs"]


def test_a_channel_that_rounds_tax_once_is_understood(shop):
    """Three lines of 0.50 with 21 % on top: 0.11 each is 1.83, 0.32 on the sum is 1.82."""
    lines = [("TEA", 1, "0.50", "0.21")] * 3
    assert priced(shop, "N1", *lines, tax_included=False, total=D("1.82"), tax=D("0.32")) == []
    assert money(shop, "N1")[3:] == (D("0.32"), D("1.82"))
    assert sorted(line.tax for line in shop.lines_of("N1")) == [D("0.10"), D("0.11"), D("0.11")]


def test_tax_told_without_rates_is_laid_on_the_lines(shop):
    told = {"tax_included": False, "tax": D("3.00"), "total": D("33.00")}
    assert priced(shop, "N1", ("TEA", 1, "10", None), ("CUP", 1, "20", None), **told) == []
    assert [(line.tax, line.total) for line in shop.lines_of("N1")] == [
        (D("1.00"), D("11.00")),
        (D("2.00"), D("22.00")),
    ]


def test_yen_and_dinar(shop):
    assert priced(shop, "J", ("TEA", 3, "333", "0.10"), currency="JPY") == []
    assert money(shop, "J")[3:] == (91, 999)
    assert priced(shop, "K", ("TEA", 3, "1.2345", "0"), currency="KWD") == []
    assert money(shop, "K")[4] == D("3.704")
    assert priced(shop, "X", ("TEA", 1, "1", "0"), currency="XXX") == ["order_bad_currency"]


def test_new_york_is_taxed_on_top(shop):
    rates(shop, ("US", "NY", "standard", "0.08875"), ("US", "", "standard", "0"))
    lines = [("TEA", 1, "19.99", None), ("CUP", 2, "5.25", None)]
    words = {"ship_country": "US", "currency": "USD", "tax_included": False}
    assert priced(shop, "NY", *lines, ship_region="NY", **words) == []
    assert money(shop, "NY")[3:] == (D("2.70"), D("33.19"))
    assert priced(shop, "OR", *lines, ship_region="OR", **words) == []
    assert money(shop, "OR")[3:] == (0, D("30.49"))


def test_the_buyer_pays_the_tax_in_the_other_country(shop):
    """Reverse charge: from the Netherlands to a German firm, not to a Dutch one and not with a number that is none."""
    rates(shop, ("NL", "", "standard", "0.21"), ("DE", "", "standard", "0.19"))
    rule(shop, seller_country="NL")
    price_list(shop, "ALL", {"TEA": "10.00"}, tax_included=False)
    line = ("TEA", 10, None, None)
    words = {"tax_included": False, "ship_country": "DE"}
    assert priced(shop, "DE", line, bill_to={"vat_number": "DE 136695976"}, **words) == []
    assert money(shop, "DE")[3:] == (0, D("100.00"))
    assert priced(shop, "DE2", line, **words) == []
    assert money(shop, "DE2")[3:] == (D("19.00"), D("119.00"))
    assert priced(shop, "BAD", line, bill_to={"vat_number": "DE136695970"}, **words) == ["order_bad_vat_number"]
    assert priced(shop, "NL", line, tax_included=False, bill_to={"vat_number": "NL123456782B12"}) == []
    assert money(shop, "NL")[3:] == (D("21.00"), D("121.00"))
    assert vat_number("x" * 500) is None


def test_a_rate_that_should_be_known_is_asked_for(shop):
    rates(shop, ("NL", "", "standard", "0.21"))
    price_list(shop, "ALL", {"TEA": "10.00"})
    assert priced(shop, "DE", ("TEA", 1, None, None), ship_country="DE") == ["order_no_tax_rate"]
    # Outside of the Union it is sold without tax.
    assert priced(shop, "CH", ("TEA", 1, None, None), ship_country="CH") == []


def test_the_nearest_price_list_counts(shop):
    business(shop, price_group="trade")
    price_list(shop, "ALL", {"TEA": "10", ("TEA", 5): "9", "CUP": "3"})
    price_list(shop, "WEB", {"TEA": "9.50"}, channel="web")
    price_list(shop, "TRADE", {"TEA": "8"}, group="trade")
    price_list(shop, "MINE", {("TEA", 10): "7"}, customer_id="C1")
    price_list(shop, "OLD", {"TEA": "1"}, valid_to=date(2001, 1, 1))
    price_list(shop, "USD", {"TEA": "2"}, currency="USD")

    def one(number, qty, **words):
        assert priced(shop, number, ("TEA", qty, None, None), **words) == []
        return shop.lines_of(number)[0].price

    assert [one("A", 4), one("B", 5), one("C", 1, channel="web")] == [10, 9, D("9.50")]
    assert [one("D", 9, customer_id="C1"), one("E", 10, customer_id="C1", channel="web")] == [8, 7]
    assert priced(shop, "F", ("TEA", 1, None, None), ("JAR", 1, None, None)) == ["order_no_price"]


def test_a_list_without_tax_serves_an_order_with_it(shop):
    rates(shop, ("NL", "", "standard", "0.21"))
    price_list(shop, "NET", {"TEA": "10.00"}, tax_included=False)
    assert priced(shop, "N1", ("TEA", 2, None, None)) == []
    assert money(shop, "N1")[3:] == (D("4.20"), D("24.20"))


def test_rates_as_of_a_day(shop):
    def do(w):
        for base, quote, day, rate in (
            ("EUR", "USD", date(2026, 1, 1), "1.10"), ("EUR", "USD", date(2026, 2, 1), "1.20"), ("GBP", "EUR", date(2026, 1, 1), "1.25"),
        ):  # fmt: skip
            w.db.add(ExchangeRate(base=base, quote=quote, day=day, rate=D(rate)))
        w.db.flush()
        ask = [("EUR", "USD", 31), ("USD", "EUR", 31), ("GBP", "USD", 31), ("EUR", "EUR", 1), ("EUR", "DKK", 31)]
        found = [exchange_rate(w.db, a, b, date(2026, 1, day)) for a, b, day in ask]
        assert exchange_rate(w.db, "EUR", "USD", date(2026, 2, 1)) == D("1.2")
        assert exchange_rate(w.db, "EUR", "USD", date(2025, 12, 31)) is None
        return found

    direct, back, over, same, none = shop.act(do)
    assert (direct, over, same, none) == (D("1.1"), D("1.375"), 1, None)
    assert abs(back * D("1.1") - 1) < D("1e-20")


# --- promo codes ---


def test_codes_take_off_what_they_say(shop):
    price_list(shop, "ALL", {"TEA": "10.00", "CUP": "3.33"})
    promo(shop, "TEN", "percent", value=D("0.10"), stacks=True)
    promo(shop, "FIVE", "amount", value=D("5"), currency="EUR", stacks=True)
    promo(shop, "THREE", "buy_x_get_y", buy=2, get=1, skus=["CUP"])
    promo(shop, "SHIP", "free_shipping", stacks=True)
    lines = [("TEA", 2, None, None), ("CUP", 3, None, None)]
    # 29.99 - 10 % = 27.00 (a discount of 2.999 is 3.00), - 5 = 21.99; sending is free.
    assert priced(shop, "N1", *lines, codes=["ten", "FIVE", "SHIP"], shipping=D("4.95"), email="a@b.example") == []
    assert money(shop, "N1")[0:3] == (D("29.99"), D("8.00"), 0)
    assert money(shop, "N1")[4] == D("21.99") == sum(line.total for line in shop.lines_of("N1"))
    assert priced(shop, "N2", *lines, codes=["THREE"]) == []
    assert money(shop, "N2")[4] == D("26.66")
    assert priced(shop, "N3", *lines, codes=["THREE", "TEN", "NONE"]) == ["promo_alone", "promo_unknown"]
    assert money(shop, "N3")[4] == D("26.66")


def test_a_code_never_costs_more_than_the_goods(shop):
    price_list(shop, "ALL", {"TEA": "3.00"})
    promo(shop, "BIG", "amount", value=D("50"), currency="EUR")
    assert priced(shop, "N1", ("TEA", 1, None, None), codes=["BIG"]) == []
    assert money(shop, "N1")[4] == 0


def test_sixteen_at_once_never_use_a_code_too_often(shop):
    price_list(shop, "ALL", {"TEA": "10.00"})
    promo(shop, "FEW", "percent", value=D("0.5"), most_uses=5)
    promo(shop, "ONCE", "percent", value=D("0.5"), most_per_customer=1)

    def buy(n):
        few = priced(shop, f"F{n}", ("TEA", 1, None, None), codes=["FEW"])
        once = priced(shop, f"O{n}", ("TEA", 1, None, None), codes=["ONCE"], email=f"{n % 4}@b.example")
        return few, once

    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(buy, range(16)))
    assert [few for few, _ in found].count([]) == 5
    assert [once for _, once in found].count([]) == 4
    assert shop.ask(select(Promo.uses).where(Promo.code == "FEW")) == [5]
    assert len(shop.ask(select(PromoUse.order_no).where(PromoUse.code == "FEW"))) == 5


def test_a_cancelled_order_gives_its_code_back(shop):
    price_list(shop, "ALL", {"TEA": "10.00"})
    promo(shop, "ONE", "percent", value=D("0.5"), most_uses=1)
    assert priced(shop, "N1", ("TEA", 2, None, None), codes=["ONE"]) == []
    change(shop, "N1", cancelled=(1, 1))
    assert priced(shop, "N2", ("TEA", 1, None, None), codes=["ONE"]) == ["promo_used_up"]
    change(shop, "N1", cancelled=(1, 1))
    assert priced(shop, "N3", ("TEA", 1, None, None), codes=["ONE"]) == []


# --- terms and credit ---


def test_on_terms_within_the_limit(shop):
    business(shop, limit="100")
    words = {"customer_id": "C1", "payment": PaymentState.ON_TERMS}
    assert priced(shop, "N1", ("TEA", 6, "10", "0"), **words) == []
    assert priced(shop, "N2", ("TEA", 5, "10", "0"), **words) == ["over_credit_limit"]
    # What is held takes nothing.
    assert priced(shop, "N3", ("TEA", 4, "10", "0"), **words) == []
    change(shop, "N1", cancelled=(1, 6))
    assert priced(shop, "N4", ("TEA", 6, "10", "0"), **words) == []
    assert priced(shop, "N5", ("TEA", 1, "10", "0"), payment=PaymentState.ON_TERMS) == ["no_terms"]


def test_sixteen_at_once_never_get_over_the_limit(shop):
    business(shop, limit="100")
    words = {"customer_id": "C1", "payment": PaymentState.ON_TERMS}
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda n: priced(shop, f"N{n}", ("TEA", 3, "10", "0"), **words), range(16)))
    assert found.count([]) == 3
    assert found.count(["over_credit_limit"]) == 13


def test_a_limit_counts_other_money_by_its_rate(shop):
    business(shop, limit="100", purchase_order=True)
    words = {"customer_id": "C1", "payment": PaymentState.ON_TERMS, "currency": "USD"}
    assert priced(shop, "N1", ("TEA", 1, "100", "0"), purchase_order="PO 7", **words) == ["no_exchange_rate"]
    shop.act(lambda w: w.db.add(ExchangeRate(base="EUR", quote="USD", day=date(2020, 1, 1), rate=D("1.25"))))
    assert priced(shop, "N2", ("TEA", 1, "25", "0"), **words) == ["purchase_order_missing"]
    # The first one, held for its rate, counts: 80; the second 20.
    assert priced(shop, "N3", ("TEA", 1, "1", "0"), purchase_order="PO 8", **words) == ["over_credit_limit"]
