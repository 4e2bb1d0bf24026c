"""What the books, papers, payments and shelves say of a whole return: sold, invoiced, paid, brought back, and ended in each way."""

from decimal import Decimal as D

import pytest
from sqlalchemy import select

from oms.finance.codes import Method
from oms.money.codes import PayState
from oms.money.keeping import done_by_hand, invoice_order
from oms.money.payment_models import Payment
from tests.oms.finance.office import Office
from tests.oms.money.till import invoices, payments

pytestmark = pytest.mark.postgres

#: Three teas of 12.10 with 21 % tax in it, that cost 4.00 each to buy; two come back.
WAYS = {
    "all of it": ({"how": "refund"}, "a", "24.20", {"4090": 2000, "2200": 420, "1300": -2420}),
    "a part": ({"how": "refund", "amounts": {"1": "12.10"}}, "b", "12.10", {"4090": 1000, "2200": 210, "1300": -1210}),
    "less a fee": ({"how": "refund", "fee": "2.42"}, "a", "21.78", {"4090": 1800, "2200": 378, "1300": -2178}),
    "thrown away": ({"how": "refund"}, "damaged", "24.20", {"4090": 2000, "2200": 420, "1300": -2420}),
    "exchanged": ({"how": "exchange"}, "a", "0.00", None),
    "nothing": ({"how": "nothing"}, "a", "0.00", None),
    "sent back": ({"how": "send_back"}, "a", "0.00", None),
}  # fmt: skip


@pytest.fixture
def office(shop, counter):
    made = Office(shop)
    made.cost("TEA", "4.00")
    made.open_book(method=Method.FIFO)
    shop.warehouse.stock("A-01", "TEA", 40)
    made.sweep()
    return made


def test_each_way_a_return_ends_is_in_the_books(office, shop, counter):
    notes = []
    for n, (how, (wish, grade, refund, credited)) in enumerate(WAYS.items(), 1):
        number, before = f"N{n}", office.balances()
        sell(office, shop, counter, number)
        name = counter.ask(number, (1, 2, "damaged" if grade == "damaged" else "changed_mind"))["head"]["number"]
        counter.good(f"returns/{name}/decide", say="approve")
        way = {"disposition": "scrap"} if how == "thrown away" else {}
        lines = [{"sku": "TEA", "qty": 2, "grade": grade, **way}]
        counter.good(f"returns/{name}/receive", lines=lines, done=True)
        office.sweep()
        assert office.entries("return_to_stock")[-1][1] == {"1400": 800, "5000": -800}
        over = counter.good(f"returns/{name}/close", **wish)
        assert (over["head"]["state"], over["head"]["refund"]) == ("closed", refund), how
        office.sweep()
        # The paper: a credit note of what was paid back, its number the next one; none where nothing was.
        papers = invoices(shop, number)
        credits = [one for one, _ in papers if one.number.startswith("CRN")]
        notes += [("credit_note", credited)] if credited else []
        assert [(one.number, one.total, one.credits) for one in credits] == (
            [(f"CRN-{len(notes):06d}", D(refund), f"INV-{n:06d}")] if credited else []
        ), how
        assert office.entries("credit_note") == notes, how
        pay_back(shop, number, D(refund))
        # The money: what is due is what they keep, and what is withheld; all of it is paid, and nothing more.
        assert shop.order_of(number).total == D("36.30") - D(refund)
        assert [(kind, amount) for kind, _, amount in payments(shop, number)] == [
            ("capture", D("36.30")), *([("refund", D(refund))] if credited else []),
        ], how  # fmt: skip
        after = office.balances()
        change = {key: after.get(key, 0) - before.get(key, 0) for key in after.keys() | before.keys()}
        kept = 3 if how == "sent back" else 1
        lost = 800 if how == "thrown away" else 0
        assert {key: amount for key, amount in change.items() if amount} == {
            key: amount for key, amount in {
                "1150": 3630 - cents(refund), "4000": -3000, "4090": (credited or {}).get("4090", 0),
                "2200": -630 + (credited or {}).get("2200", 0), "5000": 400 * kept, "5200": lost,
                "1400": -400 * kept - lost,
            }.items() if amount
        }, how  # fmt: skip
    here = shop.warehouse.has("bin:A-01", "TEA") + shop.warehouse.has("bin:Q", "TEA")
    assert office.worth()[("W", "TEA")] == (here, 400 * here)
    assert shop.warehouse.has("scrap", "TEA") == 2
    # Brought to a store that never had any: worth what it was where it left.
    sell(office, shop, counter, "N9")
    asked = counter.ask("N9", (1, 1, "other"), site="S")["head"]["number"]
    counter.came(asked, ("TEA", 1, "a"), site="S")
    office.sweep()
    assert office.worth()[("S", "TEA")] == (1, 400)


def sell(office, shop, counter, number):
    """Sold, paid, sent and invoiced."""
    counter.sold(number, ("TEA", 3, "12.10"), out_of="A-01", rate="0.21", tax_included=True, currency="EUR")
    assert shop.act(lambda w: invoice_order(w, number))[0]
    office.sweep()


def pay_back(shop, number, amount):
    """What is due goes back in the shop: no more than was said."""
    due = shop.ask(select(Payment).where(Payment.order_no == number, Payment.state == PayState.DUE))
    assert sum((one.amount for one in due), D(0)) == amount
    for one in due:
        assert shop.act(lambda w, one=one: done_by_hand(w, one.id, "in the shop")) is None


def cents(amount):
    return int(D(amount) * 100)
