"""Customers, hooks and the feed over HTTP: shapes, refusals, scopes; every request body of ours has an example in the OpenAPI document."""

import asyncio

import pytest
from litestar.testing import TestClient

from oms.api.app import make_app
from oms.channels.sealing import Sealer
from oms.db.work import Actor
from oms.people.keys import OPENS, KeyHolder, Scope, add_key, new_key
from oms.telling import Telling

pytestmark = pytest.mark.postgres
#: Rooms whose bodies have no example yet.


class Web:
    """Asks with a key of all scopes unless told otherwise."""

    def __init__(self, shop, client):
        self.shop, self.client = shop, client
        self.all = self.key(Scope.ADMIN)

    def key(self, *scopes):
        made = new_key()
        self.shop.oms.works.run("MAIN", Actor("test"), lambda w: add_key(w, made, "k", list(scopes)))
        return {"Authorization": f"Bearer {made}"}

    def post(self, path, body=None, headers=None):
        return self.client.post(path, json=body if body is not None else {}, headers=headers or self.all)

    def get(self, path, headers=None, **params):
        return self.client.get(path, params=params, headers=headers or self.all)


@pytest.fixture
def web(shop):
    app = make_app(shop.oms, asyncio.Event(), ["h:1"], telling=Telling(), sealer=Sealer(b"k" * 32))
    with TestClient(app, raise_server_exceptions=False) as client:
        yield Web(shop, client)


def test_a_customers_life_over_http(web):
    made = web.post("/v1/customers", {"number": "K1", "record": {"name": "Ada Byron", "email": "ada@example.com"}})
    assert made.status_code == 201, made.text
    id, revision = made.json()["id"], made.json()["revision"]
    assert web.post("/v1/customers", {"number": "K1", "record": {"name": "X"}}).status_code == 409
    changed = web.post(f"/v1/customers/{id}/change", {"revision": revision, "record": {"flags": ["vip"]}})
    assert changed.json()["flags"] == ["vip"]
    assert changed.json()["email"] == "ada@example.com"
    assert web.post(f"/v1/customers/{id}/change", {"revision": revision, "record": {}}).status_code == 409
    assert web.post(f"/v1/customers/{id}/change", {"record": {"flags": ["odd"]}}).status_code == 400
    assert web.post(f"/v1/customers/{id}/notes", {"text": "Rings twice"}).status_code == 204
    assert web.post(f"/v1/customers/{id}/consents", {"what": "newsletter", "given": True}).status_code == 204
    found = web.post("/v1/customers/search", {"text": "byr"}).json()["customers"]
    assert [one["number"] for one in found] == ["K1"]
    other = web.post("/v1/customers", {"number": "K2", "record": {"name": "Ada B."}}).json()["id"]
    merge = web.post(f"/v1/customers/{id}/merge", {"gone": other}).json()["merge"]
    assert web.get(f"/v1/customers/{other}").json()["merged_into"] == id
    assert web.post(f"/v1/customers/merges/{merge}/undo").status_code == 204
    assert web.post(f"/v1/customers/merges/{merge}/undo").status_code == 409
    exported = web.get(f"/v1/customers/{id}/export")
    assert exported.json()["customer"]["notes"][0]["text"] == "Rings twice"
    assert "Rings twice" in web.get(f"/v1/customers/{id}/export", as_text="true").text
    web.shop.order("N1", ("TEA", 1), customer_id=id)
    refused = web.post(f"/v1/customers/{id}/erase", {"because": "asked"})
    assert (refused.status_code, "open_orders" in refused.json()["detail"]) == (409, True)
    assert web.post(f"/v1/customers/{other}/erase").status_code == 200
    assert web.get("/v1/customers/nobody").status_code == 404


def test_hooks_over_http(web):
    asked = {"url": "https://shop.example.com/x", "patterns": ["order.*"]}
    made = web.post("/v1/hooks", asked).json()
    assert made["secret"].startswith("whsec_")
    id = made["hook"]["id"]
    for bad in ({"url": "http://shop.example.com/", "patterns": ["*"]}, {"url": asked["url"], "patterns": ["x"]}, {}):
        assert web.post("/v1/hooks", bad).status_code == 400
    assert made["secret"] not in web.get("/v1/hooks").text
    assert web.post(f"/v1/hooks/{id}/change", {"active": False}).json()["active"] is False
    assert web.post(f"/v1/hooks/{id}/rotate", {"overlap_h": 1}).json()["secret"] != made["secret"]
    assert web.post(f"/v1/hooks/{id}/replay", {}).status_code == 400
    assert web.post(f"/v1/hooks/{id}/replay", {"since": "2026-01-01T00:00:00Z"}).json() == {"count": 0}
    assert web.post(f"/v1/hooks/{id}/test").json() == {"count": 1}
    [seen] = web.get(f"/v1/hooks/{id}/deliveries").json()
    assert (seen["kind"], seen["state"]) == ("hook.test", "waiting")
    assert web.post(f"/v1/hooks/{id}/deliveries/{seen['id']}/again").status_code == 200
    assert web.post(f"/v1/hooks/{id}/remove").status_code == 204
    assert web.get(f"/v1/hooks/{id}/deliveries").status_code == 404


def test_the_feed_is_there_at_once(web):
    web.shop.order("N1", ("TEA", 1), channel="web")
    page = web.get("/v1/events", kind="order.*").json()
    assert [one["data"]["order"] for one in page["events"]] == ["N1"]
    assert web.get("/v1/events", after=page["next"]).json()["events"] == []
    assert web.get("/v1/events", kind="nothing").status_code == 400
    assert {one["kind"] for one in web.get("/v1/event-kinds").json()} >= {"order.captured", "order.shipped"}


def test_wider_scopes_open_narrower_ones():
    def opens(*scopes):
        holder = KeyHolder("i", "n", "s", frozenset(scopes))
        return {one for one in Scope if holder.opens(one)}

    assert opens(Scope.ADMIN) == set(Scope)
    about_orders = {"orders", "money", "sourcing", "workbench", "promise", "returns"}
    assert opens(Scope.ORDERS) == {one for one in Scope if one.split(":")[0] in about_orders}
    assert opens(Scope.ORDERS_WRITE) == {Scope.ORDERS_READ, Scope.ORDERS_WRITE}
    assert opens("no longer known") == set()
    # Nothing opens more than what its name begins with, but the few that say so.
    for scope, also in OPENS.items():
        if scope not in (Scope.ADMIN, Scope.ORDERS, Scope.HOOKS_WRITE):
            assert {one.split(":")[0] for one in also} == {scope.split(":")[0]}


def test_every_route_has_a_summary_and_its_body_an_example(web):
    spec = web.client.get("/schema/openapi.json").json()
    bare, silent = set(), set()
    for path, methods in spec["paths"].items():
        for method, operation in methods.items():
            if not operation.get("summary"):
                silent.add((method, path))
            for kind, media in operation.get("requestBody", {}).get("content", {}).items():
                if kind == "application/json" and not media.get("examples"):
                    bare.add((method, path))
    assert silent == set()
    assert bare == set()
