"""The purchase run on a real database: what lacks is ordered once, by supplier and day; orders above a limit wait for a person."""

import threading
from decimal import Decimal

import pytest
from sqlalchemy import select

from oms.db.work import Actor
from oms.forecast.codes import Method, RunState, Shape
from oms.forecast.models import ForecastRun, ItemForecast
from oms.money.models import ExchangeRate
from oms.people.models import Audit
from oms.purchasing import actions, queries
from oms.purchasing import run as runs
from oms.purchasing.codes import BuyCode, BuyState, Refused
from oms.purchasing.models import PurchaseLine, PurchaseOrder, StockRule
from oms.sales.models import CustomerOrderLine

pytestmark = pytest.mark.postgres


def units(buyer):
    return {(line.sku, line.qty) for line in buyer.ask(select(PurchaseLine))}


def test_what_lacks_is_ordered_once(buyer):
    buyer.warehouse.stock("A-01", "TEA", 8)
    buyer.level("TEA", 10, 30)
    buyer.level("CUP", 5, 9)
    ran = buyer.run()
    assert len(ran.orders) == 1
    # 22 TEA in packs of 6, 9 CUP: one order of one supplier.
    assert units(buyer) == {("TEA", 24), ("CUP", 9)}
    order = buyer.bought(ran.orders[0])
    assert (order.state, order.total, order.currency) == (BuyState.APPROVED, Decimal(84), "EUR")
    assert buyer.run().orders == ()
    assert units(buyer) == {("TEA", 24), ("CUP", 9)}


def test_runs_at_the_same_time_order_nothing_twice(buyer):
    buyer.level("TEA", 10, 30)
    gate = threading.Barrier(4)
    made = []

    def one():
        gate.wait()
        made.append(buyer.run().orders)

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(len(orders) for orders in made) == [0, 0, 0, 1]
    assert units(buyer) == {("TEA", 30)}


def test_what_lacks_later_that_day_goes_on_the_same_order_until_it_has_left(buyer):
    buyer.level("TEA", 10, 30)
    [number] = buyer.run().orders
    buyer.level("CUP", 5, 9)
    assert buyer.run().orders == (number,)
    buyer.level("TEA", 40, 60)
    assert buyer.run().orders == (number,)
    assert units(buyer) == {("TEA", 60), ("CUP", 9)}
    assert buyer.bought_lines(number)[0].price == Decimal("1.5")
    buyer.act(lambda w: actions.send(w, number))
    buyer.level("CUP", 20, 40)
    ran = buyer.run()
    assert (ran.orders, ran.tomorrow) == ((), (number,))


def test_each_supplier_and_each_site_has_an_order_of_its_own(buyer):
    buyer.supplier("CUPCO")
    buyer.sells("CUPCO", "CUP", rank=0)
    buyer.level("TEA", 10, 30)
    buyer.level("CUP", 5, 9)
    buyer.act(lambda w: w.db.add(StockRule(site_id="S", sku="TEA", reorder_point=1, upto=6, said_at=w.now)))
    assert len(buyer.run().orders) == 2
    buyer.act(runs.run, "S")
    found = {(one.site_id, one.supplier) for one in buyer.ask(select(PurchaseOrder))}
    assert found == {("W", "TEACO"), ("W", "CUPCO"), ("S", "TEACO")}
    assert units(buyer) == {("TEA", 30), ("CUP", 9), ("TEA", 12)}


def test_a_level_that_nobody_can_mean_stops_nobody_else(buyer):
    buyer.supplier("CUPCO")
    buyer.sells("CUPCO", "CUP", rank=0, prices=[(1, "900000000")])
    buyer.level("CUP", 90_000_000, 90_000_000)
    buyer.level("TEA", 10, 30)
    ran = buyer.run()
    assert (len(ran.orders), ran.too_large) == (1, ("CUPCO",))
    assert units(buyer) == {("TEA", 30)}
    with pytest.raises(Refused) as refused:
        buyer.make(("CUP", 90_000_000), supplier="CUPCO")
    assert refused.value.code is BuyCode.TOO_LARGE


def test_what_nobody_sells_is_said(buyer):
    buyer.supplier("TEACO", active=False)
    buyer.level("TEA", 10, 30)
    ran = buyer.run()
    assert (ran.orders, ran.nobody_sells) == ((), ("TEA",))


def test_an_order_above_the_limit_waits_for_a_person(buyer):
    buyer.setting(approve_above=Decimal(50))
    buyer.level("TEA", 10, 24)
    [number] = buyer.run().orders
    assert buyer.bought(number).state is BuyState.APPROVED
    # It grows above the limit.
    buyer.level("CUP", 5, 9)
    buyer.run()
    assert buyer.bought(number).state is BuyState.AWAITING
    with pytest.raises(Refused) as refused:
        buyer.act(lambda w: actions.send(w, number))
    assert refused.value.code is BuyCode.NOT_NOW
    buyer.act(lambda w: actions.approve(w, number))
    assert buyer.bought(number).approved_by == "test"
    buyer.act(lambda w: actions.send(w, number))
    assert buyer.expected() == {f"{number}/1": 24, f"{number}/2": 9}


def test_money_that_nobody_can_compare_waits_too(buyer):
    buyer.supplier("TEACO", currency="USD")
    buyer.setting(approve_above=Decimal(1000))
    number = buyer.make(("TEA", 12))
    assert buyer.bought(number).state is BuyState.AWAITING
    buyer.act(lambda w: w.db.add(ExchangeRate(base="EUR", quote="USD", day=w.now.date(), rate=Decimal("1.25"))))
    assert buyer.bought(buyer.make(("TEA", 12))).state is BuyState.APPROVED


def test_orders_of_a_run_leave_by_themselves_where_the_site_says_so(buyer):
    buyer.setting(auto_send=True, approve_above=Decimal(50))
    buyer.level("TEA", 10, 24)
    [number] = buyer.run().orders
    assert buyer.bought(number).state is BuyState.SENT
    with buyer.oms.sessions() as db:
        row = queries.order(db, "W", number)
    assert (row.mail, row.lines[0].open) == ("waiting", 24)


def foreseen(buyer, sku, point, upto, safety=2):
    def do(w):
        run = w.db.get(ForecastRun, "r") or ForecastRun(
            id="r", site_id=w.site, day=w.now.date(), started_at=w.now, state=RunState.DONE
        )
        w.db.add(run)
        w.db.flush()
        w.db.merge(ItemForecast(
            site_id=w.site, sku=sku, run_id="r", day=w.now.date(), shape=Shape.SMOOTH, method=Method.MEAN, known_weeks=9,
            level=Decimal(5), weeks=[5.0], cover_days=Decimal(14), cover_mean=Decimal(10), cover_sd=Decimal(3), quantiles={},
            service=Decimal("0.95"), reorder_point=point, safety=safety, order_qty=upto - point, upto=upto, money=Decimal(33),
        ))  # fmt: skip

    buyer.act(do)


def test_levels_are_taken_from_the_forecast_once_or_always(buyer):
    foreseen(buyer, "TEA", 10, 24)
    with buyer.oms.sessions() as db:
        [row] = queries.levels(db, "W", [], "", 10)
    assert (row.reorder_point, row.suggested_point, row.suggested_upto, row.money) == (None, 10, 24, "33.0000")
    buyer.level("TEA")
    foreseen(buyer, "TEA", 20, 48)
    [number] = buyer.run().orders
    assert buyer.bought_lines(number)[0].qty == 24
    buyer.level("TEA", follow=True)
    foreseen(buyer, "TEA", 30, 60)
    buyer.run()
    # 24 are on the order; 36 lack, which are 6 packs.
    assert buyer.bought_lines(number)[0].qty == 60
    with buyer.oms.sessions() as db:
        [row] = queries.levels(db, "W", ["TEA"], "", 10)
    assert (row.reorder_point, row.source, row.on_order, row.projected) == (30, "forecast", 60, 60)
    with pytest.raises(Refused) as refused:
        buyer.level("CUP")
    assert refused.value.code is BuyCode.NOT_FORESEEN


def test_new_items_follow_the_forecast_where_the_site_says_so(buyer):
    foreseen(buyer, "TEA", 10, 24)
    assert buyer.run().orders == ()
    buyer.setting(auto_follow=True)
    assert len(buyer.run().orders) == 1


def test_what_customers_wait_for_is_ordered_too(buyer):
    buyer.level("TEA", 0, 12)
    buyer.order("W1", ("TEA", 30))

    def wait(w):
        line = w.db.scalars(select(CustomerOrderLine)).one()
        line.backordered = 30

    buyer.act(wait)
    buyer.run()
    assert units(buyer) == {("TEA", 48)}


def test_acts_are_in_the_trail(buyer):
    buyer.level("TEA", 10, 30)
    buyer.oms.works.run("W", Actor("key:office"), runs.run)
    found = {act.what: act.source for act in buyer.ask(select(Audit)) if act.source == "key:office"}
    assert set(found) == {"purchasing.ran", "purchase.made"}
