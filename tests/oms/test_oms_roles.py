"""Who may do what: every route against every kind of asker. A route without an entry here fails."""

import asyncio
from datetime import timedelta
from functools import cache
from hashlib import sha256

import pytest
from litestar.testing import TestClient

from oms.api.app import make_app
from oms.api.rate import Rate
from oms.db.work import Actor
from oms.people.actions import add_worker
from oms.people.keys import Scope, add_key, new_key
from oms.people.models import AccessToken, Device, DeviceStatus, Session
from sync.contract.chain import chain_start
from sync.contract.codes import Role

pytestmark = pytest.mark.postgres

DEVICES = {"device", "picker", "packer", "supervisor"}
KEYS = {f"{scope} key" for scope in Scope}
EVERYBODY = {"nobody", "revoked device", "late device", *KEYS, *DEVICES}
ORDERS = {"supervisor", "orders key", "admin key"}
READS_ORDERS = {"orders key", "orders:read key", "orders:write key", "admin key"}
WRITES_ORDERS = {*ORDERS, "orders:write key"}
READS_MONEY = {"orders key", "money:read key", "money:write key", "admin key"}
WRITES_MONEY = {*ORDERS, "money:write key"}
READS_SOURCING = {*ORDERS, "sourcing:read key", "sourcing:write key"}
WRITES_SOURCING = {*ORDERS, "sourcing:write key"}
READS_BENCH = {*ORDERS, "workbench:read key", "workbench:write key"}
WRITES_BENCH = {*ORDERS, "workbench:write key"}
READS_CUSTOMERS = {"customers:read key", "customers:write key", "admin key"}
WRITES_CUSTOMERS = {"customers:write key", "admin key"}
READS_HOOKS = {"hooks:read key", "hooks:write key", "admin key"}
WRITES_HOOKS = {"hooks:write key", "admin key"}
READS_PROMISES = {"promise:read key", "promise:write key"}
READS_STOCK = {"stock:read key", "stock:write key", *READS_ORDERS, *READS_PROMISES}
WRITES_BASKETS = {"orders key", "orders:write key", "promise:write key", "admin key"}
WRITES_STOCK = {"stock:write key", "admin key"}
READS_BOOKS = {"books:read key", "books:write key", "admin key"}
WRITES_BOOKS = {"books:write key", "admin key"}
READS_MAILS = {"mails:read key", "mails:write key", "admin key"}
WRITES_MAILS = {"mails:write key", "admin key"}
READS_REPORTS = {"reports:read key", "reports:write key", "admin key"}
WRITES_REPORTS = {"reports:write key", "admin key"}
READS_RETURNS = {"orders key", "returns:read key", "returns:write key", "admin key"}
WRITES_RETURNS = {*ORDERS, "returns:write key"}
READS_PURCHASING = {"purchasing:read key", "purchasing:write key", "admin key"}
BUYERS = {*READS_PURCHASING, "supervisor"}
WRITES_PURCHASING = {"purchasing:write key", "admin key", "supervisor"}
READS_EVENTS = {"events:read key", "hooks:write key", "admin key"}

#: (method, path) -> who is answered. What a device route does for whom is decided by the person's session, not here.
MATRIX = {
    ("get", "/healthz"): EVERYBODY,
    ("get", "/readyz"): EVERYBODY,
    ("get", "/metrics"): EVERYBODY,
    ("get", "/v1/hello"): EVERYBODY,
    # Open by nature: the code, the signature or the nonce is the credential.
    ("post", "/v1/pair"): EVERYBODY,
    ("post", "/v1/pair/proof"): EVERYBODY,
    ("post", "/v1/token/nonce"): EVERYBODY,
    ("post", "/v1/token"): EVERYBODY,
    ("post", "/v1/devices/refork"): EVERYBODY,
    ("post", "/v1/sessions"): DEVICES,
    ("post", "/v1/sync/open"): DEVICES,
    ("post", "/v1/sync/push"): DEVICES,
    ("get", "/v1/sync/pull"): DEVICES,
    ("post", "/v1/work/claim"): DEVICES,
    ("post", "/v1/work/renew"): DEVICES,
    ("post", "/v1/work/release"): DEVICES,
    ("get", "/v1/ops/{op_id}"): DEVICES,
    ("get", "/v1/orders"): READS_ORDERS,
    ("get", "/v1/orders/{number}"): READS_ORDERS,
    ("post", "/v1/orders/release"): WRITES_ORDERS,
    ("post", "/v1/orders/{number}/cancel"): WRITES_ORDERS,
    ("post", "/v1/orders/{number}/change"): WRITES_ORDERS,
    ("post", "/v1/customers/search"): {*READS_CUSTOMERS, "supervisor"},
    ("post", "/v1/customers/alike"): {*READS_CUSTOMERS, "supervisor"},
    ("get", "/v1/customers/{id}"): READS_CUSTOMERS,
    ("post", "/v1/customers/{id}/look"): {*READS_CUSTOMERS, "supervisor"},
    ("post", "/v1/customers"): {*WRITES_CUSTOMERS, "supervisor"},
    ("post", "/v1/customers/{id}/change"): {*WRITES_CUSTOMERS, "supervisor"},
    ("post", "/v1/customers/{id}/notes"): {*WRITES_CUSTOMERS, "supervisor"},
    ("post", "/v1/customers/{id}/consents"): {*WRITES_CUSTOMERS, "supervisor"},
    ("post", "/v1/customers/{id}/merge"): {*WRITES_CUSTOMERS, "supervisor"},
    ("post", "/v1/customers/merges/{merge_id}/undo"): {*WRITES_CUSTOMERS, "supervisor"},
    ("get", "/v1/customers/{id}/export"): {"privacy key", "admin key"},
    ("post", "/v1/customers/{id}/erase"): {"privacy key", "admin key"},
    ("get", "/v1/events"): READS_EVENTS,
    ("get", "/v1/event-kinds"): READS_EVENTS,
    ("get", "/v1/scopes"): KEYS,
    ("get", "/v1/hooks"): READS_HOOKS,
    ("post", "/v1/hooks"): WRITES_HOOKS,
    ("post", "/v1/hooks/{id}/change"): WRITES_HOOKS,
    ("post", "/v1/hooks/{id}/remove"): WRITES_HOOKS,
    ("post", "/v1/hooks/{id}/rotate"): WRITES_HOOKS,
    ("post", "/v1/hooks/{id}/test"): WRITES_HOOKS,
    ("post", "/v1/hooks/{id}/replay"): WRITES_HOOKS,
    ("get", "/v1/hooks/{id}/deliveries"): READS_HOOKS,
    ("post", "/v1/hooks/{id}/deliveries/{delivery}/again"): WRITES_HOOKS,
    ("get", "/v1/mails"): READS_MAILS,
    ("post", "/v1/mails/{id}/again"): WRITES_MAILS,
    ("post", "/v1/mails/preview"): READS_MAILS,
    ("post", "/v1/mails/bounces"): WRITES_MAILS,
    ("post", "/v1/mails/allow"): WRITES_MAILS,
    ("get", "/v1/mails/staff"): READS_MAILS,
    ("post", "/v1/mails/staff"): WRITES_MAILS,
    ("post", "/v1/mails/staff/{id}/remove"): WRITES_MAILS,
    ("get", "/v1/mails/texts"): READS_MAILS,
    ("post", "/v1/mails/texts"): WRITES_MAILS,
    ("post", "/v1/orders/{number}/dossier"): ORDERS,
    ("get", "/v1/documents/{kind}/{key}"): {*DEVICES, *READS_ORDERS},
    ("get", "/v1/loads/{carrier}/{load}"): {*DEVICES, *READS_ORDERS},
    ("post", "/v1/customer-orders"): WRITES_ORDERS,
    ("get", "/v1/customer-orders"): READS_ORDERS,
    ("get", "/v1/customer-orders/{number}"): READS_ORDERS,
    ("post", "/v1/customer-orders/{number}/hold"): WRITES_ORDERS,
    ("post", "/v1/customer-orders/{number}/release-hold"): WRITES_ORDERS,
    ("get", "/v1/channels"): {"admin key"},
    ("post", "/v1/channels"): {"admin key"},
    ("get", "/v1/channels/{code}/skus"): {"admin key"},
    ("post", "/v1/channels/{code}/skus"): {"admin key"},
    # The signature is the credential.
    ("post", "/v1/channels/{code}/webhook"): EVERYBODY,
    ("post", "/v1/customer-orders/{number}/change"): WRITES_ORDERS,
    ("post", "/v1/customer-orders/{number}/cancel"): WRITES_ORDERS,
    ("post", "/v1/customer-orders/{number}/substitute"): WRITES_ORDERS,
    ("post", "/v1/customer-orders/{number}/return"): WRITES_ORDERS,
    # The code is the credential.
    ("post", "/v1/offers/{code}/answer"): EVERYBODY,
    ("post", "/v1/pallets"): DEVICES,
    ("post", "/v1/waves/list"): ORDERS,
    ("post", "/v1/waves/make"): ORDERS,
    ("post", "/v1/waves/act"): ORDERS,
    ("post", "/v1/waves/rescue"): ORDERS,
    ("post", "/v1/waves/rescue/act"): ORDERS,
    ("post", "/v1/waves/templates"): ORDERS,
    ("post", "/v1/plans"): ORDERS,
    ("post", "/v1/plans/look"): ORDERS,
    ("post", "/v1/plans/list"): ORDERS,
    ("post", "/v1/plans/cancel"): ORDERS,
    ("post", "/v1/plans/apply"): ORDERS,
    ("post", "/v1/plans/against"): ORDERS,
    ("post", "/v1/plans/outcome"): ORDERS,
    ("post", "/v1/floor/map"): ORDERS,
    ("post", "/v1/availability"): {*READS_STOCK, "supervisor"},
    ("post", "/v1/promise"): {*READS_STOCK, "supervisor"},
    ("get", "/v1/items/{sku}/atp"): READS_STOCK,
    ("post", "/v1/reservations"): WRITES_BASKETS,
    ("delete", "/v1/reservations/{basket}"): WRITES_BASKETS,
    ("put", "/v1/stock"): WRITES_STOCK,
    ("put", "/v1/receipts"): WRITES_STOCK,
    ("post", "/v1/receipts/arrived"): WRITES_STOCK,
    ("put", "/v1/sites/{site}/calendar"): WRITES_STOCK,
    ("post", "/v1/forecast/run"): {"stock:write key", "admin key", "supervisor"},
    ("post", "/v1/forecast/items"): {"stock:read key", "stock:write key", "admin key", "supervisor"},
    ("post", "/v1/forecast/accuracy"): {"stock:read key", "stock:write key", "admin key", "supervisor"},
    ("post", "/v1/forecast/terms"): {"stock:write key", "admin key", "supervisor"},
    ("post", "/v1/forecast/promotions"): {"stock:write key", "admin key", "supervisor"},
    ("post", "/v1/order-entry/customers"): WRITES_BENCH,
    ("post", "/v1/order-entry/items"): WRITES_BENCH,
    ("post", "/v1/order-entry/places"): WRITES_BENCH,
    ("post", "/v1/order-entry/look"): WRITES_BENCH,
    ("post", "/v1/order-entry/take"): WRITES_BENCH,
    ("post", "/v1/workbench/search"): READS_BENCH,
    ("post", "/v1/workbench/counts"): READS_BENCH,
    ("post", "/v1/workbench/filters"): WRITES_BENCH,
    ("post", "/v1/workbench/sheet"): READS_BENCH,
    ("post", "/v1/workbench/timeline"): READS_BENCH,
    ("post", "/v1/workbench/note"): WRITES_BENCH,
    ("post", "/v1/workbench/hold"): WRITES_BENCH,
    ("post", "/v1/workbench/release-hold"): WRITES_BENCH,
    ("post", "/v1/workbench/split"): WRITES_BENCH,
    ("post", "/v1/workbench/merge"): WRITES_BENCH,
    ("post", "/v1/workbench/unmerge"): WRITES_BENCH,
    ("post", "/v1/workbench/resource"): WRITES_BENCH,
    ("post", "/v1/workbench/change"): WRITES_BENCH,
    ("post", "/v1/workbench/cancel"): WRITES_BENCH,
    ("post", "/v1/workbench/priority"): WRITES_BENCH,
    ("post", "/v1/workbench/bulk"): WRITES_BENCH,
    ("post", "/v1/tasks"): ORDERS,
    ("post", "/v1/tasks/counts"): ORDERS,
    ("post", "/v1/tasks/plan-counts"): ORDERS,
    ("post", "/v1/orders/{number}/reject"): WRITES_SOURCING,
    ("post", "/v1/sourcing/look"): READS_SOURCING,
    ("post", "/v1/sourcing/act"): WRITES_SOURCING,
    ("post", "/v1/sourcing/sites"): READS_SOURCING,
    ("post", "/v1/sourcing/sites/keep"): WRITES_SOURCING,
    ("post", "/v1/sourcing/rules"): READS_SOURCING,
    ("post", "/v1/sourcing/rules/keep"): WRITES_SOURCING,
    ("post", "/v1/sourcing/places"): WRITES_SOURCING,
    ("post", "/v1/parcels/reopen"): {"packer", "supervisor"},
    ("post", "/v1/photos"): DEVICES,
    ("post", "/v1/floor/board"): {"supervisor"},
    ("post", "/v1/floor/reclaim/preview"): {"supervisor"},
    ("post", "/v1/floor/reclaim"): {"supervisor"},
    ("post", "/v1/floor/acts"): {"supervisor"},
    ("post", "/v1/shipping/rates"): ORDERS,
    ("post", "/v1/shipping/label"): DEVICES,
    ("post", "/v1/shipping/labels"): ORDERS,
    ("post", "/v1/shipping/labels/act"): ORDERS,
    ("post", "/v1/shipping/manifests"): ORDERS,
    ("post", "/v1/shipping/manifests/close"): ORDERS,
    ("post", "/v1/shipping/deliveries"): ORDERS,
    ("get", "/v1/customer-orders/{number}/money"): READS_MONEY,
    ("post", "/v1/customer-orders/{number}/invoice"): WRITES_MONEY,
    ("post", "/v1/customer-orders/{number}/repeat"): WRITES_ORDERS,
    ("get", "/v1/invoices/{number}"): READS_MONEY,
    ("post", "/v1/invoices/{number}/pay"): WRITES_MONEY,
    ("get", "/v1/accounts/{customer}"): READS_MONEY,
    ("post", "/v1/accounts/{customer}"): WRITES_MONEY,
    ("post", "/v1/promos/{code}"): WRITES_MONEY,
    ("post", "/v1/money/rules"): WRITES_MONEY,
    ("post", "/v1/payments/{id}/done"): WRITES_MONEY,
    ("post", "/v1/quotes"): WRITES_MONEY,
    ("post", "/v1/quotes/{number}/act"): WRITES_MONEY,
    ("get", "/v1/quotes/{number}"): READS_MONEY,
    ("post", "/v1/purchasing/suppliers"): BUYERS,
    ("post", "/v1/purchasing/suppliers/keep"): WRITES_PURCHASING,
    ("post", "/v1/purchasing/items/keep"): WRITES_PURCHASING,
    ("post", "/v1/purchasing/setting/keep"): WRITES_PURCHASING,
    ("post", "/v1/purchasing/levels"): BUYERS,
    ("post", "/v1/purchasing/levels/keep"): WRITES_PURCHASING,
    ("post", "/v1/purchasing/alerts"): BUYERS,
    ("post", "/v1/purchasing/desk"): BUYERS,
    ("post", "/v1/purchasing/run"): WRITES_PURCHASING,
    ("post", "/v1/purchasing/receive"): WRITES_PURCHASING,
    ("post", "/v1/purchasing/orders"): BUYERS,
    ("post", "/v1/purchasing/orders/make"): WRITES_PURCHASING,
    ("post", "/v1/purchasing/orders/{number}/act"): WRITES_PURCHASING,
    ("post", "/v1/transfers"): BUYERS,
    ("post", "/v1/transfers/make"): WRITES_PURCHASING,
    ("post", "/v1/transfers/{number}/act"): WRITES_PURCHASING,
    ("get", "/v1/transfers/{number}"): READS_PURCHASING,
    ("get", "/v1/purchasing/orders/{number}"): READS_PURCHASING,
    ("get", "/v1/purchasing/orders/{number}/files/{file}"): READS_PURCHASING,
    ("get", "/v1/books"): READS_BOOKS,
    ("post", "/v1/books"): WRITES_BOOKS,
    ("post", "/v1/books/costs"): WRITES_BOOKS,
    ("get", "/v1/books/{code}/accounts"): READS_BOOKS,
    ("post", "/v1/books/{code}/accounts"): WRITES_BOOKS,
    ("get", "/v1/books/{code}/journal"): READS_BOOKS,
    ("get", "/v1/books/{code}/trial-balance"): READS_BOOKS,
    ("get", "/v1/books/{code}/valuation"): READS_BOOKS,
    ("get", "/v1/books/{code}/files/{file}"): READS_BOOKS,
    ("post", "/v1/books/{code}/facts"): WRITES_BOOKS,
    ("post", "/v1/books/{code}/close"): WRITES_BOOKS,
    ("get", "/v1/returns"): READS_RETURNS,
    ("post", "/v1/returns"): WRITES_RETURNS,
    ("get", "/v1/returns/{number}"): READS_RETURNS,
    ("get", "/v1/returns/{number}/photos/{digest}"): READS_RETURNS,
    ("post", "/v1/returns/look"): {*READS_RETURNS, "supervisor"},
    ("post", "/v1/returns/desk"): {*READS_RETURNS, "supervisor"},
    ("post", "/v1/returns/came"): WRITES_RETURNS,
    ("post", "/v1/returns/{number}/decide"): WRITES_RETURNS,
    ("post", "/v1/returns/{number}/label"): WRITES_RETURNS,
    ("get", "/v1/returns/{number}/label"): READS_RETURNS,
    ("post", "/v1/returns/{number}/order"): WRITES_RETURNS,
    ("post", "/v1/returns/{number}/receive"): WRITES_RETURNS,
    ("post", "/v1/returns/{number}/undo"): WRITES_RETURNS,
    ("post", "/v1/returns/{number}/close"): WRITES_RETURNS,
    ("get", "/v1/return-stats"): READS_RETURNS,
    ("get", "/v1/reports"): READS_REPORTS,
    ("get", "/v1/reports/figures"): READS_REPORTS,
    ("get", "/v1/reports/files/{file}"): READS_REPORTS,
    ("post", "/v1/reports/look"): {*READS_REPORTS, "supervisor"},
    ("post", "/v1/reports/look/{file}"): {*READS_REPORTS, "supervisor"},
    # Whoever is signed in.
    ("post", "/v1/reports/mine"): {"picker", "packer", "supervisor"},
    ("post", "/v1/reports/ranking"): {"picker", "packer", "supervisor"},
    ("get", "/v1/reports/mails"): READS_REPORTS,
    ("post", "/v1/reports/mails"): {*WRITES_REPORTS, "supervisor"},
    ("post", "/v1/reports/mails/{id}/remove"): WRITES_REPORTS,
    ("get", "/v1/return-rules"): READS_RETURNS,
    ("post", "/v1/return-rules"): WRITES_RETURNS,
    ("post", "/v1/customer-orders/{number}/return-link"): WRITES_RETURNS - {"supervisor"},
    # The link in the customer's mail is the credential.
    ("get", "/v1/return-links/{token}"): EVERYBODY,
    ("post", "/v1/return-links/{token}"): EVERYBODY,
    ("post", "/v1/return-links/{token}/photos"): EVERYBODY,
    # The signature is the credential.
    ("post", "/v1/payments/{provider}/events"): EVERYBODY,
    ("post", "/v1/carriers/{carrier}/events"): EVERYBODY,
    # The token is the credential; who has none gets a page that says so.
    ("get", "/t/{token}"): EVERYBODY,
    ("get", "/r/{token}"): EVERYBODY,
    ("post", "/r/{token}"): EVERYBODY,
    ("post", "/r/{token}/{number}/photo"): EVERYBODY,
    ("get", "/r/{token}/{number}/paper"): EVERYBODY,
    ("get", "/r/{token}/{number}/label"): EVERYBODY,
    ("get", "/m/{token}"): EVERYBODY,
    ("post", "/m/{token}"): EVERYBODY,
    ("post", "/v1/import/{kind}"): {"import key", "catalog:write key", "admin key"},
    ("post", "/v1/admin/pairing-codes"): {"admin key"},
    ("post", "/v1/admin/workers"): {"admin key"},
    ("post", "/v1/admin/sites"): {"admin key"},
    ("post", "/v1/admin/keys"): {"admin key"},
    ("get", "/v1/admin/devices"): {"admin key"},
    ("post", "/v1/admin/devices/{id}/revoke"): {"admin key"},
    ("post", "/v1/admin/restored"): {"admin key"},
    ("get", "/v1/admin/audit"): {"admin key"},
    ("get", "/v1/admin/jobs"): {"admin key"},
    ("post", "/v1/admin/jobs/{id}/again"): {"admin key"},
    ("post", "/v1/admin/jobs/tasks/{task}/run"): {"admin key"},
    ("get", "/v1/admin/retention"): {"admin key"},
    ("post", "/v1/admin/retention"): {"admin key"},
    ("post", "/v1/admin/retention/sweep"): {"admin key"},
    ("get", "/v1/admin/permissions"): {"admin key"},
    ("get", "/v1/admin/workers/{number}/export"): {"privacy key", "admin key"},
    ("post", "/v1/admin/workers/{number}/erase"): {"privacy key", "admin key"},
    ("post", "/v1/admin/workers/{number}/change"): {"admin key"},
    ("get", "/v1/admin/keys"): {"admin key"},
    ("post", "/v1/admin/keys/{id}/revoke"): {"admin key"},
    ("get", "/v1/admin/server-keys"): {"admin key"},
    ("post", "/v1/admin/server-keys"): {"admin key"},
}
#: Said for want of a right signature or code, not for want of a role.
_OWN_WORDS = {
    "/v1/pair",
    "/v1/token",
    "/v1/token/nonce",
    "/v1/devices/refork",
    "/v1/sessions",
    "/v1/carriers/{carrier}/events",
    "/v1/channels/{code}/webhook",
    "/v1/payments/{provider}/events",
}
_PUSH = {"epoch": 1, "first_seq": 1, "prev_chain": "", "ops": []}


@pytest.fixture
def askers(oms):
    """Kind of asker -> (Authorization header, session of the person or '')."""
    made = {"nobody": ({}, "")}

    def act(w):
        for name, status, lasts in (
            ("device", DeviceStatus.ACTIVE, 1),
            ("revoked device", DeviceStatus.REVOKED, 1),
            ("late device", DeviceStatus.ACTIVE, -1),
        ):
            id = name.replace(" ", "-")
            w.db.add(
                Device(
                    id=id, site_id=w.site, label=id, pubkey="0", created_at=w.now, chain=chain_start(id), status=status
                )
            )
            w.db.flush()
            until = w.now + timedelta(hours=lasts)
            w.db.add(
                AccessToken(token_hash=sha256(id.encode()).hexdigest(), device_id=id, issued_at=w.now, expires_at=until)
            )
            made[name] = ({"Authorization": f"Bearer {id}"}, "")
        for role in (Role.PICKER, Role.PACKER, Role.SUPERVISOR):
            person = add_worker(w, role, role, [role])
            w.db.add(
                Session(
                    id=f"s-{role}", site_id=w.site, worker_id=person.id, device_id="device", issued_at=w.now,
                    offline_until=w.now,
                )
            )  # fmt: skip
            made[role.value] = ({"Authorization": "Bearer device"}, f"s-{role}")
        for scope in Scope:
            key = new_key()
            add_key(w, key, scope, [scope])
            made[f"{scope} key"] = ({"Authorization": f"Bearer {key}"}, "")

    oms.works.run(oms.site, Actor("test"), act)

    @cache
    def make(scopes):
        key = new_key()
        oms.works.run(oms.site, Actor("test"), lambda w: add_key(w, key, "others", sorted(scopes)))
        return {"Authorization": f"Bearer {key}"}, ""

    made["make"] = make
    return made


@pytest.mark.timeout(600)
def test_every_route_answers_those_it_is_for_and_nobody_else(oms, askers, smallest_body):
    assert set(askers) == {*EVERYBODY, "make"}
    with TestClient(make_app(oms, asyncio.Event(), ["h:1"]), raise_server_exceptions=False) as client:
        # More questions in a breath than anybody is let ask: how many one may is another test's.
        rates = client.app.state.rates
        rates._kinds, rates.bad = (), Rate(burst=1_000_000, every_s=0.001)
        spec = client.get("/schema/openapi.json").json()
        routes = {(method, path) for path, methods in spec["paths"].items() for method in methods}
        assert routes == set(MATRIX), "every route has an entry in the matrix, and every entry a route"
        wrong = [
            words
            for route in sorted(routes, key=lambda r: (r == ("post", "/v1/admin/restored"), r))
            for who in sorted(_worth_asking(MATRIX[route]))
            if (words := _unlike(client, spec, route, who, _asker(askers, route, who), smallest_body))
        ]
    assert wrong == []


def _worth_asking(answered):
    others = set() if answered >= EVERYBODY else {"other keys"}
    return EVERYBODY - KEYS | KEYS & answered | others


def _asker(askers, route, who):
    """`other keys` are one key with everything that does not open the route: were any of it too much, it would be let in."""
    if who != "other keys":
        return askers[who]
    return askers["make"](frozenset(scope for scope in Scope if f"{scope} key" not in MATRIX[route]))


def _unlike(client, spec, route, who, asker, smallest_body):
    method, path = route
    headers, session = asker
    body = _PUSH if path == "/v1/sync/push" else smallest_body(spec, spec["paths"][path][method])
    rooms = (
        "/v1/orders", "/v1/floor", "/v1/parcels", "/v1/waves", "/v1/tasks", "/v1/shipping", "/v1/plans",
        "/v1/customer-orders", "/v1/invoices", "/v1/accounts", "/v1/promos", "/v1/money", "/v1/payments", "/v1/quotes",
        "/v1/customers", "/v1/availability", "/v1/promise", "/v1/workbench", "/v1/sourcing", "/v1/order-entry",
        "/v1/forecast", "/v1/return", "/v1/purchasing", "/v1/reports",
        "/v1/transfers",
    )  # fmt: skip
    if isinstance(body, dict) and path.startswith(rooms):
        body = {**body, "session": session}
    url = (
        path.replace("{op_id}", "0" * 32)
        .replace("{kind}", "items")
        .replace("{number}", "1")
        .replace("{id}", "nobody")
        .replace("{carrier}", "ACME")
        .replace("{token}", "0" * 32)
        .replace("{merge_id}", "nobody")
        .replace("{delivery}", "1")
        .replace("{sku}", "TEA")
        .replace("{basket}", "nobody")
        .replace("{site}", "nowhere")
        .replace("{code}", "0" * 32)
    )
    sent = {"content": "sku,name\nA,A\n"} if "import" in path else {"json": body} if method in ("post", "put") else {}
    answer = client.request(method, url, headers=headers, **sent)
    assert answer.status_code < 500, (route, who, answer.text)
    turned_away = answer.status_code in (401, 403) and not (path in _OWN_WORDS and who in MATRIX[route])
    if turned_away == (who in MATRIX[route]):
        return f"{method} {path} as {who}: {answer.status_code}"
    return None
