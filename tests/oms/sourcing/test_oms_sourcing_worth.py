"""Unreleased orders are looked at jointly; what is on a floor, held, planned or fetched is never touched."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from oms.db.engine import connect_beside
from oms.orders.models import Order
from oms.sales.codes import SaleState
from oms.sales.scene import lock_sale
from oms.sourcing import actions
from oms.sourcing.codes import Why
from oms.sourcing.decisions import decisions_of
from oms.sourcing.keeper import LOCK, look_once
from oms.sourcing.models import SourceSite
from oms.sourcing.worth import look, movable

pytestmark = pytest.mark.postgres


@pytest.fixture
def trap(shop):
    """N1 took the cups of W because W is a little cheaper; N2 then needs two parcels. Jointly N1 goes from S, and N2 whole from W."""
    shop.warehouse.stock("A-01", "CUP", 1).stock("A-02", "TEA", 1)
    shop.store.stock("A-01", "CUP", 1)
    shop.act(lambda w: w.db.add(SourceSite(site_id="S", cost_order=Decimal("0.5"))))
    shop.order("N1", ("CUP", 1)).order("N2", ("CUP", 1), ("TEA", 1))
    for number in ("N1", "N2"):
        shop.act(lambda w, number=number: actions.source(w, lock_sale(w, number)))
    return shop


def where(shop):
    """{order: sites of its living parts}."""
    living = select(Order.customer_order + " " + Order.site_id).where(Order.state != "cancelled")
    return sorted(shop.ask(living))


def test_two_orders_change_places_when_that_saves_a_parcel(trap):
    assert where(trap) == ["N1 W", "N2 S", "N2 W"]
    done = look(trap.oms.works, "W")
    assert (done.orders, done.moved) == (2, 2)
    assert where(trap) == ["N1 S", "N2 W"]
    assert [trap.order_of(number).state for number in ("N1", "N2")] == [SaleState.SOURCED] * 2
    with trap.oms.sessions() as db:
        assert decisions_of(db, "N2")[0].reasons[0]["code"] == Why.MOVED
    trap.warehouse.check_feed()
    trap.store.check_feed()
    assert look(trap.oms.works, "W").moved == 0


@pytest.mark.parametrize("number", ["N1", "N2"])
def test_what_is_on_a_floor_stays(trap, number):
    for floor in (trap.warehouse, trap.store):
        for one in trap.ask(select(Order.number).where(Order.site_id == floor.site, Order.customer_order == number)):
            assert floor.release(one).job
    look(trap.oms.works, "W")
    assert where(trap) == ["N1 W", "N2 S", "N2 W"]


def test_what_a_customer_fetches_is_not_moved(shop):
    shop.store.stock("A-01", "CUP", 2)
    shop.act(lambda w: w.db.add(SourceSite(site_id="S", pick_up=True, cost_order=Decimal(9))))
    shop.order("N1", ("CUP", 1), pick_up_site="S").order("N2", ("CUP", 1))
    for number in ("N1", "N2"):
        shop.act(lambda w, number=number: actions.source(w, lock_sale(w, number)))
    shop.warehouse.stock("A-01", "CUP", 9)
    with shop.oms.sessions() as db:
        assert movable(db) == ["N2"]
    assert look(shop.oms.works, "W").moved == 1
    assert where(shop) == ["N1 S", "N2 W"]


def test_of_several_servers_one_does_it(trap):
    with connect_beside(trap.oms.engine) as other:
        other.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
        assert not look_once(trap.oms.engine, trap.oms.works, "W")
    assert where(trap) == ["N1 W", "N2 S", "N2 W"]
    assert look_once(trap.oms.engine, trap.oms.works, "W")
    assert where(trap) == ["N1 S", "N2 W"]
