"""What is kept for somebody is promised to nobody else, and a release uses what was kept for its order."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from oms.promise import keeping
from oms.promise.availability import available
from oms.promise.keeping import Take
from oms.promise.models import ChannelShare, ExpectedReceipt, Kept, ReportedStock, StockCell
from tests.oms.sales.shop import Shop

pytestmark = pytest.mark.postgres


@pytest.fixture
def shop(database_url):
    made = Shop.open(database_url)
    yield made
    made.close()


def free(shop, sku="TEA", site="W", **words):
    with shop.oms.sessions() as db:
        return available(db, [sku], **words).get(sku, {}).get(site)


def keep(shop, number, *takes):
    return shop.act(lambda w: keeping.keep(w, number, [Take(*take) for take in takes]))


def kept(shop):
    return shop.ask(select(func.coalesce(func.sum(Kept.qty), 0)))[0]


def test_the_last_units_go_to_one_only(shop):
    shop.warehouse.stock("A-01", "TEA", 3)
    shop.order("N1", ("TEA", 2)).order("N2", ("TEA", 2))
    assert keep(shop, "N1", (1, "W", "TEA", 2)) == []
    [lack] = keep(shop, "N2", (1, "W", "TEA", 2))
    assert lack.could == 1
    assert free(shop).now == 1


def test_what_is_let_go_may_be_had_again(shop):
    shop.warehouse.stock("A-01", "TEA", 3)
    shop.order("N1", ("TEA", 3))
    keep(shop, "N1", (1, "W", "TEA", 3))
    assert shop.act(lambda w: keeping.let_go(w, "N1", 1, qty=2)) == 2
    assert free(shop).now == 2
    assert shop.act(lambda w: keeping.let_go(w, "N1")) == 1
    assert free(shop).now == 3


def test_safety_stock_other_channels_and_other_sites_count(shop):
    shop.warehouse.stock("A-01", "TEA", 10)

    def do(w):
        w.db.add(StockCell(sku="TEA", site_id="W", safety=2))
        w.db.add(ChannelShare(sku="TEA", site_id="W", channel="shop", units=3))
        w.db.add(ReportedStock(sku="TEA", site_id="S", qty=4, at=w.now))

    shop.act(do)
    assert free(shop).now == 5
    assert free(shop, channel="shop").now == 8
    assert free(shop, site="S").now == 4
    shop.order("N1", ("TEA", 2), channel="shop")
    keep(shop, "N1", (1, "W", "TEA", 2))
    assert (free(shop).now, free(shop, channel="shop").now) == (5, 6)


def test_goods_that_come_are_promised_once(shop):
    day = date(2026, 12, 1)

    def do(w):
        w.db.add(ExpectedReceipt(id="R1", site_id="W", sku="TEA", qty=5, day=day, spread_days=2))

    shop.act(do)
    late = day + timedelta(days=2)
    assert free(shop).by(day) == 0
    assert free(shop).by(late) == 5
    assert free(shop, until=day) is None
    shop.order("N1", ("TEA", 4)).order("N2", ("TEA", 4))
    assert keep(shop, "N1", (1, "W", "TEA", 4, "R1")) == []
    [lack] = keep(shop, "N2", (1, "W", "TEA", 4, "R1"))
    assert lack.could == 1
    assert free(shop).now == 0


def test_a_basket_keeps_for_a_while(shop):
    shop.warehouse.stock("A-01", "TEA", 3)
    soon, past = timedelta(minutes=5), timedelta(minutes=-5)
    take = [Take(1, "W", "TEA", 2)]
    shop.act(lambda w: keeping.keep_basket(w, "B1", take, "", w.now + soon))
    shop.act(lambda w: keeping.keep_basket(w, "B2", [Take(1, "W", "TEA", 1)], "", w.now + past))
    assert free(shop).now == 1
    assert shop.act(keeping.forget_expired) == 1
    shop.act(lambda w: keeping.let_basket_go(w, "B1"))
    assert free(shop).now == 3


def test_a_release_uses_what_was_kept_and_a_direct_order_does_not_get_it(shop):
    shop.warehouse.stock("A-01", "TEA", 3)
    shop.order("N1", ("TEA", 2))
    keep(shop, "N1", (1, "W", "TEA", 2))
    shop.part("N1", "W", (1, 2))
    shop.warehouse.order("DIRECT", ("TEA", 2))
    refused = shop.warehouse.release("DIRECT")
    assert (refused.job, refused.params["missing"]) == (None, 1)
    assert shop.warehouse.release("N1").job
    assert kept(shop) == 0
    assert free(shop).now == 1
    assert shop.warehouse.release("DIRECT").job is None


def test_two_of_ones_own_lines_and_a_direct_order_share_what_is_left(shop):
    shop.warehouse.stock("A-01", "TEA", 5)
    shop.order("N1", ("TEA", 1), ("TEA", 1))
    keep(shop, "N1", (1, "W", "TEA", 1), (2, "W", "TEA", 1))
    shop.part("N1", "W", (1, 1), (2, 1))
    shop.warehouse.order("DIRECT", ("TEA", 3))
    assert shop.warehouse.release("DIRECT").job
    assert shop.warehouse.release("N1").job
    assert free(shop).now == 0


def test_a_cancelled_part_gives_back_what_was_kept(shop):
    shop.warehouse.stock("A-01", "TEA", 3)
    shop.order("N1", ("TEA", 2))
    keep(shop, "N1", (1, "W", "TEA", 2))
    shop.part("N1", "W", (1, 2))
    shop.warehouse.cancel("N1")
    assert kept(shop) == 0


def test_what_is_asked_of_an_item_nobody_has(shop):
    assert free(shop, "NOTHING") is None
    shop.order("N1", ("NOTHING", 1))
    [lack] = keep(shop, "N1", (1, "W", "NOTHING", 1))
    assert lack.could == 0
