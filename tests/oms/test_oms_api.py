"""The HTTP application on a real database: who may do what, one way to fail, health, metrics, OpenAPI."""

import asyncio
import json

import psycopg
import pytest
from litestar.testing import TestClient
from sqlalchemy import text, update

from oms.api.app import make_app
from oms.db.work import Actor
from oms.feed.models import Meta
from oms.people.actions import add_worker
from oms.people.keys import Scope, add_key, new_key
from oms.people.models import ApiKey, Audit, Device, Session
from oms.people.trust import new_nonce, new_pairing_code
from sync.contract.chain import chain_start
from sync.contract.codes import Role

pytestmark = pytest.mark.postgres
OPEN = {
    "/healthz",
    "/readyz",
    "/metrics",
    "/v1/hello",
    "/v1/pair",
    "/v1/pair/proof",
    "/v1/token",
    "/v1/token/nonce",
    "/v1/devices/refork",
    # The customer's page and the carriers' hook have keys of their own in address and signature.
    "/t/{token}",
    "/m/{token}",
    "/v1/carriers/{carrier}/events",
    "/v1/channels/{code}/webhook",
    "/v1/payments/{provider}/events",
    # The code in the customer's mail is the credential.
    "/v1/offers/{code}/answer",
    # So is the link to send something back.
    "/v1/return-links/{token}",
    "/v1/return-links/{token}/photos",
    "/r/{token}",
    "/r/{token}/{number}/photo",
    "/r/{token}/{number}/paper",
    "/r/{token}/{number}/label",
}
#: Where the route reads the body itself, so that the description does not say what is in it.
_BODIES = {"/v1/sync/push": {"epoch": 1, "first_seq": 1, "prev_chain": "", "ops": []}}
ORDER = (
    "order,name,street,postcode,city,country,sku,qty\n"
    "1,Kim,Kade 1,1000 AA,Amsterdam,NL,TEA,2\n2,Kim,Kade 1,1000 AA,Amsterdam,NL,TEA,3\n3,Kim,Kade 1,1000 AA,Amsterdam,NL,TEA,99"
)


@pytest.fixture
def client(oms):
    with TestClient(make_app(oms, asyncio.Event(), ["10.0.0.1:8443"]), raise_server_exceptions=False) as made:
        yield made


def key(oms, *scopes):
    made = new_key()
    oms.works.run(oms.site, Actor("test"), lambda w: add_key(w, made, "test", list(scopes)))
    return {"Authorization": f"Bearer {made}"}


@pytest.fixture
def admin(oms):
    return key(oms, Scope.ADMIN)


def send(client, auth, kind, content, **query):
    answer = client.post(
        f"/v1/import/{kind}", content=content, params=query, headers={**auth, "content-type": "text/csv"}
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture
def stocked(client, admin):
    """TEA, ten of it, and three orders of which two can be filled."""
    send(client, admin, "layout", "zone,bin,kind,seq\nA,A-01,pick,1\nP,PACK-1,lane,9")
    send(client, admin, "items", "sku,name\nTEA,Tea")
    send(client, admin, "stock", "bin,sku,qty\nA-01,TEA,10")
    send(client, admin, "orders", ORDER)
    return client


def test_nothing_but_the_listed_is_open(client, smallest_body):
    spec = client.get("/schema/openapi.json").json()
    asked = 0
    for path, methods in spec["paths"].items():
        for method in methods:
            if path in OPEN or path.startswith("/schema"):
                continue
            url = path.replace("{op_id}", "0" * 32).replace("{delivery}", "1").replace("{", "").replace("}", "")
            body = (
                {"json": _BODIES.get(path) or smallest_body(spec, methods[method])} if method in ("post", "put") else {}
            )
            answer = client.request(method, url, **body)
            assert (answer.status_code, answer.json()["error"]) == (401, "unauthenticated"), (method, path, answer.text)
            asked += 1
    assert asked >= 15


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer ", "Basic YTpi", "Bearer fhk_wrong", "Bearer nonsense", "fhk_wrong", "Bearer \u00e9"],
)
def test_wrong_keys_are_401(client, authorization):
    answer = client.get("/v1/orders", headers={"Authorization": authorization.encode()})
    assert (answer.status_code, answer.json()["error"]) == (401, "unauthenticated")


def test_scopes_open_what_they_say_and_revoked_keys_nothing(oms, client):
    imports, orders = key(oms, Scope.IMPORT), key(oms, Scope.ORDERS)
    assert client.get("/v1/orders", headers=orders).status_code == 200
    assert client.get("/v1/orders", headers=imports).status_code == 403
    assert client.post("/v1/import/items", headers=orders, content="sku\nA").status_code == 403
    assert client.get("/v1/admin/devices", headers=orders).json()["error"] == "forbidden"
    looks = key(oms, Scope.WORKBENCH_READ, Scope.SOURCING_READ)
    for path, needed in (("/v1/workbench/note", "workbench:write"), ("/v1/sourcing/act", "sourcing:write")):
        refused = client.post(path, headers=looks, json={"order": "1", "text": "x", "act": "preview"})
        assert (refused.status_code, refused.json()["error"]) == (403, "forbidden")
        assert needed in refused.json()["detail"]
    with oms.sessions.begin() as db:
        db.execute(update(ApiKey).values(revoked_at=text("now()")))
    assert client.get("/v1/orders", headers=orders).status_code == 401


def test_no_key_is_stored_or_audited_in_the_clear(oms, client, admin):
    made = client.post("/v1/admin/keys", headers=admin, json={"name": "shop", "scopes": ["import"]}).json()["key"]
    pin = {"number": "7", "name": "Ann", "roles": ["picker"], "pin": "13579"}
    assert client.post("/v1/admin/workers", headers=admin, json=pin).status_code == 201
    with oms.engine.connect() as db:
        tables = db.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
        dump = "\n".join(str(row) for table in tables for row in db.execute(text(f"SELECT * FROM {table}")))
    assert made not in dump
    assert "13579" not in dump


def test_errors_have_one_shape(client, admin):
    for answer, status, word in (
        (client.get("/nosuch"), 404, "not_found"),
        (client.delete("/v1/orders", headers=admin), 405, "invalid"),
        (client.get("/v1/orders?limit=0", headers=admin), 400, "invalid"),
        (client.get("/v1/orders?state=lost", headers=admin), 400, "invalid"),
        (client.get("/v1/orders/none", headers=admin), 404, "not_found"),
        (client.get("/v1/orders/%00", headers=admin), 404, "not_found"),
        (client.post("/v1/orders/release", headers=admin, json={"orders": 5}), 400, "invalid"),
        (client.post("/v1/orders/release", headers=admin, content=b"{"), 400, "invalid"),
        (client.post("/v1/orders/x/cancel", headers=admin, json={}), 404, "not_found"),
        (client.post("/v1/import/people", headers=admin, content="x"), 404, "not_found"),
        (client.post("/v1/import/items", headers={**admin, "content-type": "image/png"}, content="x"), 415, "invalid"),
        (client.post("/v1/import/items?set=x", headers=admin, content="x"), 400, "invalid"),
        (client.post("/v1/orders/release", headers=admin, content=b" " * 2_000_000), 413, "too_large"),
        (
            client.post("/v1/orders/release", headers=admin, json={"orders": ["x"] * 501, "session": ""}),
            413,
            "too_large",
        ),
    ):
        body = answer.json()
        assert (answer.status_code, body["error"]) == (status, word), answer.text
        assert body["epoch"] == 1
        assert body["server_time"].endswith("+00:00")


def test_an_unexpected_error_is_calm_outside_and_loud_inside(oms, client, admin, monkeypatch, expected_log):
    expected_log.append("unexpected error in GET /v1/orders")
    monkeypatch.setattr("oms.api.orders_routes.order_numbers", lambda *_: 1 / 0)
    answer = client.get("/v1/orders", headers=admin)
    assert answer.status_code == 500
    assert "division" not in answer.text


def test_a_database_that_is_away_is_503_with_a_time_to_come_back(postgres, oms, client, admin, expected_log):
    expected_log += ["database busy or away", "feed-listen", "feed-notify"]
    assert client.get("/readyz").json() == {"status": "ready"}
    name = oms.engine.url.database
    host = postgres.url("postgres").query["host"]
    with psycopg.connect(host=host, user="postgres", dbname="postgres", autocommit=True) as db:
        db.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        db.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
        try:
            answer = client.get("/v1/orders", headers=admin)
            assert (answer.status_code, answer.json()["error"], answer.headers["retry-after"]) == (503, "busy", "2")
            assert client.get("/readyz").status_code == 503
            assert client.get("/healthz").status_code == 200
            assert "floorhand_database_up 0.0" in client.get("/metrics").text
        finally:
            db.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    assert client.get("/v1/orders", headers=admin).status_code == 200


def test_an_unconfirmed_epoch_is_not_ready_until_the_operator_says_so(oms, client, admin):
    with oms.sessions.begin() as db:
        db.execute(update(Meta).values(epoch_confirmed=False))
        serial = db.scalar(text("SELECT nextval('sscc_serial')"))
    assert client.get("/readyz").json() == {"status": "epoch not confirmed"}
    assert client.post("/v1/admin/restored", headers=admin).json()["epoch"] == 2
    assert client.get("/readyz").status_code == 200
    assert client.get("/v1/hello").json()["epoch"] == 2
    assert client.get("/nosuch").json()["epoch"] == 2
    with oms.sessions.begin() as db:
        assert db.scalar(text("SELECT nextval('sscc_serial')")) > serial + 10_000


def test_metrics_count_requests_by_route_and_not_by_path(stocked):
    stocked.get("/v1/orders/1")
    stocked.get("/v1/orders/2")
    told = stocked.get("/metrics").text
    assert 'floorhand_http_seconds_count{method="GET",route="/v1/orders/{number}",status="401"} 2.0' in told
    assert 'floorhand_import_lines_total{kind="orders",result="created"} 3.0' in told
    assert "floorhand_database_up 1.0" in told
    assert "/v1/orders/1" not in told


def test_orders_are_listed_page_by_page_and_by_state(stocked, admin):
    page = stocked.get("/v1/orders?limit=2", headers=admin).json()
    assert ([order["id"] for order in page["orders"]], page["next"]) == (["1", "2"], "2")
    rest = stocked.get("/v1/orders?limit=2&after=2", headers=admin).json()
    assert ([order["id"] for order in rest["orders"]], rest["next"]) == (["3"], None)
    both = stocked.get("/v1/orders?state=open&state=held", headers=admin).json()
    assert len(both["orders"]) == 3
    assert stocked.get("/v1/orders?state=held", headers=admin).json()["orders"] == []
    one = stocked.get("/v1/orders/1", headers=admin).json()
    assert (one["state"], one["lines"][0]["sku"], one["ship_to"][0]) == ("open", "TEA", "Kim")


def test_release_answers_for_each_order_by_itself(stocked, admin):
    answer = stocked.post("/v1/orders/release", headers=admin, json={"orders": ["1", "3", "none", "1"], "session": ""})
    results = answer.json()["results"]
    assert [(r["order"], r["reason"]) for r in results] == [
        ("1", None), ("3", "not_enough_stock"), ("none", "unknown_order"), ("1", "release_refused"),
    ]  # fmt: skip
    assert results[0]["job"]
    assert stocked.get("/v1/orders/1", headers=admin).json()["state"] == "released"
    assert stocked.post("/v1/orders/1/cancel", headers=admin, json={}).json()["cancelled"]
    assert stocked.get("/v1/orders/1", headers=admin).json()["state"] == "cancelled"


@pytest.fixture
def floor(oms):
    """A paired device with sessions of a picker and of a supervisor, and a good token."""
    people = {}

    def act(w):
        w.db.add(Device(id="d1", site_id=oms.site, label="HH", pubkey="0", created_at=w.now, chain=chain_start("d1")))
        w.db.flush()
        for role in (Role.PICKER, Role.SUPERVISOR):
            person = add_worker(w, role, role, [role])
            people[role] = f"s-{role}"
            w.db.add(
                Session(
                    id=people[role],
                    site_id=oms.site,
                    worker_id=person.id,
                    device_id="d1",
                    issued_at=w.now,
                    offline_until=w.now,
                )
            )

    oms.works.run(oms.site, Actor("test"), act)
    with oms.sessions.begin() as db:
        db.execute(
            text(
                "INSERT INTO access_token VALUES (encode(sha256('t'), 'hex'), 'd1', now(), now() + interval '1 minute'),"
                " (encode(sha256('old'), 'hex'), 'd1', now(), now() - interval '1 minute')"
            )
        )
    return people


def test_a_supervisor_releases_from_a_device_and_a_picker_does_not(oms, stocked, floor):
    def ask(session, token="t"):
        body = {"orders": ["1"], "session": session}
        return stocked.post("/v1/orders/release", headers={"Authorization": f"Bearer {token}"}, json=body)

    assert ask(floor[Role.PICKER]).status_code == 403
    assert ask("").status_code == 403
    assert ask("\0").status_code == 403
    assert ask(floor[Role.SUPERVISOR], "old").status_code == 401
    assert ask(floor[Role.SUPERVISOR], "x").status_code == 401
    assert ask(floor[Role.SUPERVISOR]).json()["results"][0]["job"]
    with oms.sessions() as db:
        row = db.query(Audit).filter_by(what="order.released").one()
    assert (row.device, row.worker_id is not None) == ("d1", True)
    with oms.sessions.begin() as db:
        db.execute(update(Session).values(revoked_at=text("now()")))
    assert ask(floor[Role.SUPERVISOR]).status_code == 403


def test_a_device_sees_no_admin_and_no_import(client, floor):
    auth = {"Authorization": "Bearer t"}
    assert client.get("/v1/admin/devices", headers=auth).status_code == 401
    assert client.post("/v1/import/items", headers=auth, content="sku\nA").status_code == 401


def test_the_administrator_lets_devices_and_people_in_and_out(oms, client, admin, floor):
    text_ = client.post("/v1/admin/pairing-codes", headers=admin, json={"label": "HH-1"}).json()["text"]
    assert text_.startswith("floorhand://pair?a=10.0.0.1:8443&c=" + oms.cluster_id)
    other = client.post("/v1/admin/pairing-codes", headers=admin, json={"label": "x", "addresses": ["h:1"]}).json()[
        "text"
    ]
    assert "a=h:1&" in other
    bad = client.post("/v1/admin/pairing-codes", headers=admin, json={"label": "x", "addresses": ["nonsense"]})
    assert bad.status_code == 400
    ann = {"number": "9", "name": "Ann", "roles": ["packer"], "badge": "B9", "pin": "2468"}
    for change, status in (({}, 201), ({}, 409), ({"number": "10"}, 409), ({"number": "11", "badge": "B", "pin": "12"}, 400),
                           ({"number": " ", "badge": "C"}, 400), ({"number": "1\0", "badge": "D"}, 400),
                           ({"number": "12", "badge": "E", "roles": []}, 400), ({"number": "12", "roles": ["boss"]}, 400)):  # fmt: skip
        assert client.post("/v1/admin/workers", headers=admin, json={**ann, **change}).status_code == status, change
    listed = client.get("/v1/admin/devices", headers=admin).json()
    assert [(d["id"], d["label"], d["status"]) for d in listed] == [("d1", "HH", "active")]
    assert client.post("/v1/admin/devices/d1/revoke", headers=admin).status_code == 204
    assert client.post("/v1/admin/devices/none/revoke", headers=admin).status_code == 404
    assert client.get("/v1/admin/devices", headers=admin).json()[0]["status"] == "revoked"


def test_import_takes_json_columns_and_fixed_values(client, admin):
    headers = {**admin, "content-type": "application/json; charset=utf-8"}
    answer = client.post("/v1/import/items", content=json.dumps([{"sku": "A"}]), headers=headers)
    assert answer.json()["totals"]["created"] == 1
    report = send(client, admin, "items", "B;Tea\nC;Cup", columns="sku,-", set=["name=Thing", "fragile=1"])
    assert [line["key"] for line in report["lines"]] == ["B", "C"]
    dry = send(client, admin, "items", "sku\nD", dry_run="true")
    assert dry["dry_run"]
    assert send(client, admin, "items", "sku\nD")["totals"]["created"] == 1


def test_openapi_describes_every_route_with_the_contracts_types(client):
    spec = client.get("/schema/openapi.json").json()
    assert {
        "/v1/orders",
        "/v1/orders/release",
        "/v1/import/{kind}",
        "/v1/sync/push",
        "/v1/sync/pull",
        "/v1/pair",
    } <= set(spec["paths"])
    names = {name.rpartition("_")[2] for name in spec["components"]["schemas"]}
    assert {"OrderRow", "ReleaseOrdersReply", "Report"} <= names


def test_codes_and_nonces_are_never_stored_in_the_clear(oms):
    with oms.works.work(oms.site, Actor("test")) as w:
        code = new_pairing_code(w, "x")
    with oms.sessions.begin() as db:
        new_nonce(db, "d")
        stored = db.scalars(text("SELECT code_hash FROM pairing_code")).all()
    assert code not in stored
