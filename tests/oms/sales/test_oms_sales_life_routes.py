"""The life of customer orders over HTTP: by a program with a key, by a customer with their code."""

import asyncio

import pytest
from litestar.testing import TestClient
from sqlalchemy import select, update

from oms.api.app import make_app
from oms.catalog.models import Item
from oms.people.keys import Scope, add_key, new_key
from oms.sales.codes import SaleState
from oms.sales.models import SubstituteOffer
from oms.sales.onward import go_on
from oms.sales.scene import lock_sale
from sync.contract.codes import Substitution
from tools.bench_oms._plans import heard

pytestmark = pytest.mark.postgres


@pytest.fixture
def web(shop):
    key = new_key()
    shop.act(lambda w: add_key(w, key, "erp", [Scope.ORDERS]))
    with TestClient(make_app(shop.oms, asyncio.Event(), ["h:1"]), raise_server_exceptions=False) as client:
        client.headers = {"Authorization": f"Bearer {key}"}
        yield client


def onward(shop, number):
    shop.act(lambda w: go_on(w, lock_sale(w, number)))


def say(web, number, what, **words):
    answer = web.post(f"/v1/customer-orders/{number}/{what}", json=words)
    assert answer.status_code in (200, 409), answer.text
    return answer.status_code, answer.json()


def test_changed_by_one_and_too_late_for_the_other(web, shop):
    shop.store.stock("A-01", "TEA", 9)
    shop.order("N1", ("TEA", 4))
    onward(shop, "N1")
    seen = shop.order_of("N1").revision
    status, one = say(web, "N1", "change", revision=seen, lines=[{"line": 1, "qty": 2}], note="ring twice")
    assert (status, one["done"], one["state"]) == (200, True, "sourced")
    status, other = say(web, "N1", "change", revision=seen, lines=[{"line": 1, "qty": 3}])
    assert (status, other["done"], other["reason"]) == (409, False, "order_changed_meanwhile")
    assert "order.changed" in [one["kind"] for one in other["happened"]]
    assert other["revision"] == one["revision"]


def test_a_key_is_looked_up_once_for_each_request(web, shop):
    shop.store.stock("A-01", "TEA", 9)
    shop.order("N1", ("TEA", 4))
    onward(shop, "N1")
    # Of which site a key is, is asked once for ever.
    assert web.get("/v1/customer-orders/N1").status_code == 200
    for what, words in (("change", {"note": "ring twice"}), ("hold", {"note": "x"}), ("cancel", {"because": "rang"})):
        with heard(shop.oms.engine) as said:
            assert web.post(f"/v1/customer-orders/N1/{what}", json=words).status_code == 200
        assert len([one for one, _ in said if "FROM api_key" in one]) == 1, what


def test_refused_with_a_reason_and_its_words(web, shop):
    shop.order("N1", ("TEA", 4))
    cases = [
        ("change", {"lines": [{"line": 9, "qty": 2}]}, "order_unknown_line"),
        ("change", {"lines": [{"line": 1, "qty": -1}]}, "order_bad_quantity"),
        ("change", {"more": [{"sku": "X", "qty": 1}]}, "order_unknown_item"),
        ("change", {"ship": {"city": " "}}, "order_no_address"),
        ("change", {}, "nothing_to_do"),
        ("substitute", {"line": 1, "accept": True}, "order_no_offer"),
        ("return", {"line": 1, "qty": 1, "site": "W"}, "order_bad_quantity"),
    ]
    for what, words, reason in cases:
        status, got = say(web, "N1", what, **words)
        assert (status, got["done"], got["reason"]) == (200, False, reason), (what, words)
    assert shop.order_of("N1").revision == 1
    assert web.post("/v1/customer-orders/NO/cancel", json={}).status_code == 404
    bad = {"more": [{"sku": "TEA", "qty": 1, "price": "NaN"}]}
    assert web.post("/v1/customer-orders/N1/change", json=bad).status_code == 400


def test_cancelled_and_told_what_is_put_back(web, shop):
    shop.store.stock("A-01", "TEA", 9)
    shop.order("N1", ("TEA", 4))
    onward(shop, "N1")
    job = shop.store.release("N1").job
    hand = shop.store.device()
    hand.claim(job)
    hand.pick(shop.store.items_of(job)[0], 3)
    _, got = say(web, "N1", "cancel", because="changed my mind")
    assert (got["done"], got["state"], len(got["put_backs"])) == (True, "cancelled", 1)


def test_a_customer_answers_once_with_the_code_of_their_mail(web, shop):
    shop.act(lambda w: w.db.execute(update(Item).where(Item.sku == "TEA").values(substitutes=["CUP"])))
    shop.store.stock("A-01", "CUP", 5)
    shop.order("N1", ("TEA", 2), substitution=Substitution.ASK)
    onward(shop, "N1")
    [offer] = shop.ask(select(SubstituteOffer))
    web.headers = {}
    url = "/v1/offers/{}/answer"
    assert web.post(url.format("guess"), json={"accept": True}).status_code == 404
    assert web.post(url.format(offer.code), json={"accept": True}).json()["done"] is True
    assert web.post(url.format(offer.code), json={"accept": False}).status_code == 404
    assert shop.order_of("N1").state is SaleState.SOURCED
    told = str(shop.ask(select(SubstituteOffer.sku))) + str(shop.told("N1"))
    assert offer.code not in told


def test_the_server_itself_moves_on_what_is_due(web, shop):
    """Goods come: the thread beside the application gives them to who waits."""
    shop.order("N1", ("TEA", 2))
    onward(shop, "N1")
    assert shop.order_of("N1").state is SaleState.BACKORDERED
    shop.store.stock("A-01", "TEA", 2)
    for _ in range(200):
        if shop.order_of("N1").state is SaleState.SOURCED:
            break
        web.get("/healthz")
        asyncio.run(asyncio.sleep(0.1))
    assert shop.order_of("N1").state is SaleState.SOURCED
