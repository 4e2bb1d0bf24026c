"""The API's description is complete: each body of the orders' rooms has an example that its schema allows and that the server can read."""

import asyncio
import re

import jsonschema_rs
import pytest
from litestar.testing import TestClient

from oms.api.app import make_app
from oms.api.examples import NoWord, filled
from oms.db.work import Actor
from oms.people.keys import Scope, add_key, new_key

pytestmark = pytest.mark.postgres
#: The rooms of orders; devices' routes speak what `docs/sync.md` says.
ROOMS = (
    "/v1/orders", "/v1/customer-orders", "/v1/customers", "/v1/events", "/v1/event-kinds", "/v1/hooks", "/v1/scopes", "/v1/offers",
    "/v1/invoices", "/v1/accounts", "/v1/promos", "/v1/money", "/v1/payments", "/v1/quotes", "/v1/workbench", "/v1/sourcing",
    "/v1/availability", "/v1/promise", "/v1/items", "/v1/reservations", "/v1/stock", "/v1/receipts", "/v1/sites", "/v1/channels",
    "/v1/return",
)  # fmt: skip
#: The handler reads these itself, because they are signed: `docs/integrate.md` and the route's own words say what is in them.
SIGNED = {"/v1/channels/{code}/webhook", "/v1/payments/{provider}/events"}


@pytest.fixture
def described(oms):
    """(the description as it is served, as the framework makes it)."""
    app = make_app(oms, asyncio.Event())
    with TestClient(app) as client:
        return client.get("/schema/openapi.json").json(), app.openapi_schema.to_schema()


def bodies(spec):
    """(what it is, its media object) of every JSON body."""
    for path, methods in spec["paths"].items():
        for method, one in methods.items():
            asked = one.get("requestBody", {}).get("content", {})
            parts = [(f"{method} {path}", asked)]
            parts += [(f"{method} {path} {code}", part.get("content", {})) for code, part in one["responses"].items()]
            yield from ((path, where, part["application/json"]) for where, part in parts if "application/json" in part)


def test_every_body_has_an_example_that_its_schema_allows(described):
    spec, _ = described
    wrong, seen = [], 0
    for _, where, media in bodies(spec):
        for example in media.get("examples", {"none": {}}).values():
            seen += 1
            if "value" not in example:
                wrong.append(f"{where}: no example")
                continue
            schema = {**media["schema"], "components": spec["components"]}
            wrong += [
                f"{where}: {error.message}"
                for error in jsonschema_rs.validator_for(schema).iter_errors(example["value"])
            ]
    assert wrong == []
    assert seen > 300


def test_every_route_of_orders_says_what_is_asked_and_answered(described):
    spec, _ = described
    for path, methods in spec["paths"].items():
        for method, one in methods.items() if path.startswith(ROOMS) else ():
            assert {"400", "401", "403"} <= set(one["responses"]), (method, path)
            good = [code for code in one["responses"] if code.startswith("2")]
            assert good, (method, path)
            file = path.endswith(("/dossier", "/photos/{digest}")) or (method, path) == (
                "get",
                "/v1/returns/{number}/label",
            )
            if good != ["204"] and not file:
                assert "application/json" in one["responses"][good[0]]["content"], (method, path)
            reads = re.search("remove|/test$|/again$|/return-link$|/photos$", path) or path in SIGNED
            if method in ("post", "put") and not reads:
                assert "application/json" in one["requestBody"]["content"], (method, path)


def test_each_field_of_orders_has_words_of_its_own(described):
    """A field of a new route fails here until somebody has said what it looks like."""
    _, raw = described
    rooms = {**raw, "paths": {path: one for path, one in raw["paths"].items() if path.startswith(ROOMS)}}
    filled(rooms, strict=True)
    field = {"type": "object", "properties": {"nobody_knows": {"type": "string"}}}
    rooms["paths"] = {"/v1/x": {"get": {"responses": {"200": {"content": {"application/json": {"schema": field}}}}}}}
    with pytest.raises(NoWord, match="nobody_knows"):
        filled(rooms, strict=True)


def test_an_example_of_another_kind_than_its_schema_is_found(described):
    spec, _ = described
    schema = {"$ref": "#/components/schemas/HookIn", "components": spec["components"]}
    assert not jsonschema_rs.is_valid(schema, {"patterns": 7})


def test_the_examples_are_read_as_they_stand(oms, described):
    """Sent by an administrator's program: whatever becomes of them, none is unreadable."""
    spec, _ = described
    key = new_key()
    oms.works.run(oms.site, Actor("test"), lambda w: add_key(w, key, "test", [Scope.ADMIN]))
    unread, sent = [], 0
    with TestClient(make_app(oms, asyncio.Event()), raise_server_exceptions=False) as client:
        for path, where, media in bodies(spec):
            method, _, rest = where.partition(" ")
            if method == "get" or rest != path or not path.startswith(ROOMS):
                continue
            body = media["examples"]["example"]["value"]
            url = re.sub(r"\{[a-z_]+\}", "1", path)
            answer = client.request(method, url, json=body, headers={"Authorization": f"Bearer {key}"})
            sent += 1
            if answer.status_code == 400 or answer.status_code >= 500:
                unread.append((where, answer.text[:200], body))
    assert unread == []
    assert sent > 50
