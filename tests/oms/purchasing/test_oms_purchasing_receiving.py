"""Goods that come in: booked where they are, kept for whom they were promised, and told to whoever has to decide."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from oms.finance.models import PurchaseCost
from oms.forecast.models import StockTerms
from oms.inventory.models import Lot
from oms.picking.models import WorkItem
from oms.promise.availability import available
from oms.promise.keeping import Take, keep
from oms.promise.models import ExpectedReceipt, Kept
from oms.purchasing import actions, receiving
from oms.purchasing.actions import Answer
from oms.purchasing.codes import BuyCode, BuyState, Refused
from oms.purchasing.models import PurchaseDelivery, PurchaseOrder, Supplier
from oms.sales.models import CustomerOrder
from sync.contract.codes import JobKind

pytestmark = pytest.mark.postgres


def state(buyer, number):
    return buyer.bought(number).state


def act(buyer, what, number, *words):
    buyer.act(lambda w: what(w, number, *words))


def tasks(buyer, kind=JobKind.PUT_AWAY):
    return [
        (one.sku, one.qty_req, one.from_bin, one.to_place)
        for one in buyer.ask(select(WorkItem).where(WorkItem.kind == kind))
    ]


def test_goods_are_expected_from_the_day_the_order_leaves(buyer):
    number = buyer.make(("TEA", 24))
    assert buyer.expected() == {}
    act(buyer, actions.send, number)
    assert buyer.expected() == {f"{number}/1": 24}
    with buyer.oms.sessions() as db:
        [coming] = available(db, ["TEA"])["TEA"]["W"].coming
        [row] = db.scalars(select(ExpectedReceipt)).all()
    assert (coming.units, row.spread_days, row.supplier, row.reference) == (24, 2, "TEACO", number)


def test_a_supplier_that_confirms_later_and_less_is_believed(buyer):
    number = buyer.sent(("TEA", 24), ("CUP", 5))
    later = buyer.bought_lines(number)[0].day + timedelta(days=9)
    act(buyer, actions.confirm, number, {1: Answer(12, later)}, "A-77")
    assert state(buyer, number) is BuyState.CONFIRMED
    assert buyer.expected() == {f"{number}/1": 12, f"{number}/2": 5}
    [row] = [row for row in buyer.ask(select(ExpectedReceipt)) if row.sku == "TEA"]
    assert (row.day, row.reference) == (later, "A-77")
    act(buyer, actions.confirm, number, {1: Answer(0), 2: Answer(0)})
    assert (state(buyer, number), buyer.expected()) == (BuyState.CANCELLED, {})


def test_customers_who_were_promised_what_does_not_come_are_looked_at_again(buyer):
    number = buyer.sent(("TEA", 24))
    buyer.order("W1", ("TEA", 10)).order("W2", ("TEA", 10))
    for order in ("W1", "W2"):
        assert buyer.act(lambda w, order=order: keep(w, order, [Take(1, "W", "TEA", 10, f"{number}/1")])) == []
    buyer.act(lambda w: w.db.execute(update(CustomerOrder).values(due_at=None)))
    act(buyer, actions.confirm, number, {1: Answer(12)})
    assert [(one.order_no, one.qty) for one in buyer.ask(select(Kept))] == [("W1", 10)]
    assert all(one.due_at for one in buyer.ask(select(CustomerOrder)))
    act(buyer, actions.call_off, number)
    assert buyer.ask(select(Kept)) == []


def test_what_came_is_on_the_books_and_kept_for_whom_it_was_promised(buyer):
    number = buyer.sent(("TEA", 24))
    buyer.order("W1", ("TEA", 10))
    buyer.act(lambda w: keep(w, "W1", [Take(1, "W", "TEA", 10, f"{number}/1")]))
    booked = buyer.comes("TEA", 20, number)
    assert (booked.order, booked.over, booked.promised) == (number, 0, ["W1"])
    assert (state(buyer, number), buyer.expected()) == (BuyState.PARTLY, {f"{number}/1": 4})
    assert buyer.warehouse.balances() == {("bin:DOCK", "TEA", ""): 20, ("supplier", "TEA", ""): -20}
    assert [(one.qty, one.receipt) for one in buyer.ask(select(Kept))] == [(10, None)]
    buyer.comes("TEA", 4, number)
    assert (state(buyer, number), buyer.expected()) == (BuyState.RECEIVED, {})
    act(buyer, actions.call_off, number)
    assert state(buyer, number) is BuyState.CLOSED
    # What it cost is known to the books.
    assert [(one.sku, one.cost, one.currency) for one in buyer.ask(select(PurchaseCost))] == [
        ("TEA", Decimal(2), "EUR")
    ]


def test_what_was_told_twice_came_once(buyer):
    number = buyer.sent(("TEA", 24))
    buyer.comes("TEA", 20, number, id="op_1%")
    assert buyer.comes("TEA", 20, number, id="op_1%").again
    assert not buyer.comes("TEA", 1, number, id="opX1%").again
    assert buyer.bought_lines(number)[0].received == 21


@pytest.mark.parametrize(("came", "over"), [(26, []), (27, [3])])
def test_too_much_is_booked_and_asked_about_beyond_the_tolerance(buyer, came, over):
    number = buyer.sent(("TEA", 24))
    booked = buyer.comes("TEA", came, number)
    assert (booked.over, state(buyer, number), buyer.expected()) == (came - 24, BuyState.RECEIVED, {})
    assert [one.params["n"] for one in buyer.warehouse.exceptions("delivery_over")] == over


@pytest.mark.parametrize(("came", "short", "then"), [(22, [], BuyState.RECEIVED), (20, [4], BuyState.PARTLY)])
def test_too_little_is_enough_within_the_tolerance(buyer, came, short, then):
    number = buyer.sent(("TEA", 24))
    buyer.comes("TEA", came, number)
    assert buyer.act(lambda w: receiving.enough(w, number)) is then
    assert [one.params["n"] for one in buyer.warehouse.exceptions("delivery_short")] == short
    assert sum(buyer.expected().values()) == sum(short)


def test_broken_goods_are_set_apart_and_promised_to_nobody(buyer):
    number = buyer.sent(("TEA", 24))
    buyer.comes("TEA", 10, number, damaged=4)
    assert buyer.warehouse.balances()["bin:BAD", "TEA", ""] == 4
    assert buyer.expected() == {f"{number}/1": 10}
    assert tasks(buyer) == [("TEA", 10, "bin:DOCK", "A-01")]


def test_goods_that_nobody_ordered_are_booked_and_somebody_looks(buyer):
    buyer.comes("CUP", 3, "PO-NONE", paper="DN-1")
    buyer.comes("CUP", 2)
    assert buyer.warehouse.balances()["bin:DOCK", "CUP", ""] == 5
    found = buyer.warehouse.exceptions("goods_not_ordered")
    assert [(one.params["order"], one.params["paper"], one.params["n"]) for one in found] == [
        ("PO-NONE", "DN-1", 3),
        ("", "", 2),
    ]


def test_goods_without_a_paper_go_on_the_only_order_that_waits_for_them(buyer):
    number = buyer.sent(("TEA", 24))
    assert buyer.comes("TEA", 4).order == number
    buyer.sent(("TEA", 24))
    # Two wait: nobody guesses.
    assert buyer.comes("TEA", 4).order == ""


def test_the_suggested_bin_is_the_items_own_or_an_empty_one(buyer):
    buyer.warehouse.stock("A-02", "TEA", 3)
    buyer.comes("TEA", 6)
    buyer.comes("CUP", 6)
    assert tasks(buyer) == [("TEA", 6, "bin:DOCK", "A-02"), ("CUP", 6, "bin:DOCK", "A-01")]
    # On a shelf already: nothing is left to do.
    buyer.comes("CUP", 1, place="bin:A-03")
    assert len(tasks(buyer)) == 2


def test_lots_and_their_days_are_known(buyer):
    number = buyer.sent(("TEA", 24))
    day = buyer.bought_lines(number)[0].day
    buyer.comes("TEA", 24, number, lot="L1", expiry=day)
    assert [(one.sku, one.lot, one.expiry) for one in buyer.ask(select(Lot))] == [("TEA", "L1", day)]


def test_a_supplier_is_learned_from_what_it_brought(buyer):
    for n in range(5):
        number = buyer.sent(("TEA", 12))
        ago = timedelta(days=4 + n)
        buyer.act(lambda w, number=number, ago=ago: w.db.execute(
            update(PurchaseOrder).where(PurchaseOrder.number == number).values(sent_at=w.now - ago)
        ))  # fmt: skip
        buyer.comes("TEA", 12, number)
    [supplier] = buyer.ask(select(Supplier))
    assert (round(supplier.learned_days, 1), round(supplier.learned_sd_days, 2)) == (Decimal("6.0"), Decimal("1.58"))
    told = {one.sku: one.lead_days for one in buyer.ask(select(StockTerms))}
    assert {sku: round(days, 1) for sku, days in told.items()} == {"TEA": Decimal("6.0"), "CUP": Decimal("6.0")}
    number = buyer.sent(("CUP", 1))
    line = buyer.bought_lines(number)[0]
    assert line.day >= buyer.bought(number).sent_at.date() + timedelta(days=6)


def test_what_is_over_is_over(buyer):
    number = buyer.sent(("TEA", 24))
    buyer.comes("TEA", 20, number)
    act(buyer, actions.call_off, number)
    assert (state(buyer, number), buyer.expected()) == (BuyState.CLOSED, {})
    for what, words in ((actions.call_off, ()), (actions.send, ()), (actions.confirm, ({},)), (actions.approve, ())):
        with pytest.raises(Refused) as refused:
            act(buyer, what, number, *words)
        assert refused.value.code is BuyCode.NOT_NOW
    # Goods that come all the same are here all the same.
    assert buyer.comes("TEA", 4, number).order == ""
    assert [one.order_no for one in buyer.ask(select(PurchaseDelivery))] == [number, None]
