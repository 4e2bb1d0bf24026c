"""What shops are told of items: one and many, each unit where it belongs, in the order asked."""

import asyncio
from datetime import date

import pytest
from litestar.testing import TestClient

from oms.api.app import make_app
from oms.people.keys import Scope, add_key, new_key
from oms.promise import actions, keeping
from oms.promise.actions import ReceiptSaid, StockSaid
from oms.promise.keeping import Take
from tests.oms.sales.shop import Shop

pytestmark = pytest.mark.postgres


@pytest.fixture
def shop(database_url):
    made = Shop.open(database_url)
    yield made
    made.close()


@pytest.fixture
def ask(shop):
    """Asks as a shop's program does."""
    key = new_key()
    shop.act(lambda w: add_key(w, key, "shop", [Scope.STOCK_READ]))
    with TestClient(make_app(shop.oms, asyncio.Event(), [])) as client:
        client.headers["Authorization"] = f"Bearer {key}"
        yield lambda **body: client.post("/v1/availability", json=body)


def test_every_unit_is_told_where_it_belongs(shop, ask):
    shop.warehouse.stock("A-01", "TEA", 20)
    shop.store.stock("A-01", "TEA", 5)
    shop.store.stock("A-02", "CUP", 1)
    shop.act(lambda w: actions.say_stock(w, StockSaid(sku="TEA", site="W", safety=2, shares={"market": 4})))
    shop.act(lambda w: actions.say_receipt(w, ReceiptSaid(id="PO", sku="TEA", site="W", qty=10, day=date(2030, 1, 5))))
    shop.order("N1", ("TEA", 3), ("TEA", 4))
    takes = [Take(1, "W", "TEA", 3), Take(2, "W", "TEA", 4, "PO")]
    assert shop.act(lambda w: keeping.keep(w, "N1", takes)) == []
    later = [{"day": "2030-01-05", "units": 6}]
    cell = {"on_hand": 0, "reserved": 0, "kept": 0, "safety": 0, "expected": []}
    tea = {
        "sku": "TEA", "now": 16, "expected": later, "sites": [
            {**cell, "site": "S", "now": 5, "on_hand": 5},
            {**cell, "site": "W", "now": 11, "on_hand": 20, "kept": 3, "safety": 2, "expected": later},
        ],
    }  # fmt: skip
    none = {"sku": "NONE", "now": 0, "expected": [], "sites": []}
    cup = {"sku": "CUP", "now": 1, "expected": [], "sites": [{**cell, "site": "S", "now": 1, "on_hand": 1}]}
    assert ask(skus=["NONE", "TEA", "CUP", "TEA"], channel="shop").json()["items"] == [none, tea, cup, tea]
    # On its own channel the share is to be had; without sites there are only totals; what comes later than asked is left out.
    told = ask(skus=["TEA"], channel="market", sites=False, until="2030-01-04").json()["items"]
    assert told == [{"sku": "TEA", "now": 20, "expected": [], "sites": []}]


def test_ten_thousand_items_at_once_and_no_more(shop, ask):
    shop.warehouse.stock("A-01", "TEA", 20)
    skus = [f"I-{n}" for n in range(9_999)]
    items = ask(skus=[*skus, "TEA"]).json()["items"]
    assert [one["sku"] for one in items] == [*skus, "TEA"]
    assert [one["now"] for one in items if one["now"]] == [20]
    assert ask(skus=[*skus, "TEA", "CUP"]).status_code == 413
