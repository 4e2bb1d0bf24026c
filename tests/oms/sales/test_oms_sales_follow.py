"""A customer order over two sites follows what their floors do."""

import pytest

from oms.sales.codes import SaleState
from oms.sales.rules import SALE

pytestmark = pytest.mark.postgres


def test_an_order_of_two_sites_follows_both_floors(shop):
    shop.warehouse.stock("A-01", "TEA", 5)
    shop.store.stock("A-02", "CUP", 5)
    shop.order("N1", ("TEA", 2), ("CUP", 1))
    shop.part("N1", "W", (1, 2))
    assert shop.order_of("N1").state is SaleState.SOURCED
    shop.part("N1", "S", (2, 1))
    for floor in (shop.warehouse, shop.store):
        job = floor.release("N1").job
        assert job
        picker = floor.device()
        picker.claim(job)
        [item] = floor.items_of(job)
        picker.pick(item, item.qty_req)
        picker.drop(job)
    assert shop.order_of("N1").state is SaleState.IN_WORK
    assert [(line.qty, line.assigned, line.shipped) for line in shop.lines_of("N1")] == [(2, 2, 0), (1, 1, 0)]
    assert shop.told("N1").count("order.released") == 2
    assert shop.told("N1").count("order.picking") == 2


def test_each_site_hears_of_its_part_only(shop):
    """Two sites, one transaction: each feed grows by its own order."""
    before = {site.site: site.ask_ver() for site in (shop.warehouse, shop.store)}
    shop.order("N2", ("TEA", 1), ("CUP", 1))
    shop.part("N2", "S", (2, 1))
    assert shop.warehouse.ask_ver() == before["W"]
    assert shop.store.ask_ver() == before["S"] + 1
    shop.store.check_feed()


def test_a_cancelled_part_opens_its_lines_again(shop):
    shop.order("N3", ("TEA", 2))
    shop.part("N3", "W", (1, 2))
    shop.warehouse.cancel("N3")
    assert shop.order_of("N3").state is SaleState.ACCEPTED
    assert [line.open for line in shop.lines_of("N3")] == [2]


def test_every_state_can_be_left_or_is_an_end():
    ends = {state for state, then in SALE.items() if not then}
    assert ends == {SaleState.RETURNED}
    assert set(SALE) == set(SaleState)
    assert {state for then in SALE.values() for state in then} == set(SaleState)
