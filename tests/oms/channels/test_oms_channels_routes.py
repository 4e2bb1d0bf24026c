"""Orders over HTTP, by file and by webhook: idempotent, bound to a key's channel, signed."""

import asyncio
import base64
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from litestar.testing import TestClient
from sqlalchemy import func, select, text

from oms.api.app import make_app
from oms.channels.codes import Platform
from oms.channels.sealing import BadKey, Sealer
from oms.channels.signatures import HEADERS, signature, signed
from oms.db.work import Actor
from oms.people.keys import Scope, add_key, new_key
from oms.sales.models import CustomerOrder
from oms.sales.working import OrderDesk

pytestmark = pytest.mark.postgres

DATA = Path(__file__).parents[2] / "data" / "channels"
SECRET = "a secret of the shop"
HOME = {"name": "Ada", "street": "Kade 1", "postcode": "3511ab", "city": "Utrecht", "country": "NL"}
ORDER = {
    "channel": "web", "reference": "1001", "email": "ada@example.org", "ship_to": HOME, "total": "5.00",
    "lines": [{"sku": "TEA", "qty": 2, "price": "2.50"}],
}  # fmt: skip


class Web:
    """A server with a channel `web` and items TEA and CUP; asks as the administrator unless told otherwise."""

    def __init__(self, shop, client):
        self.shop, self.client = shop, client
        self.admin = self.key(Scope.ADMIN)
        self.channel("web", platform="shopify", prefix="W", secret=SECRET)

    def key(self, *scopes, channel=None):
        made = new_key()
        self.shop.oms.works.run("MAIN", Actor("test"), lambda w: add_key(w, made, "k", list(scopes), channel))
        return {"Authorization": f"Bearer {made}"}

    def channel(self, code, **said):
        return self.good("/v1/channels", {"code": code, "kind": "web", "name": code, **said})

    def post(self, path, body, headers=None, **more):
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.client.post(path, content=raw, headers={**self.admin, **(headers or {})}, **more)

    def good(self, path, body, headers=None):
        answer = self.post(path, body, headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def take(self, *orders, headers=None):
        return self.good("/v1/customer-orders", {"orders": list(orders)}, headers)["orders"]

    def count(self):
        return self.shop.ask(select(func.count()).select_from(CustomerOrder))[0]


@pytest.fixture
def web(shop):
    app = make_app(shop.oms, asyncio.Event(), ["h:1"], sealer=Sealer(b"k" * 32))
    with TestClient(app, raise_server_exceptions=False) as client:
        yield Web(shop, client)


def test_orders_are_taken_looked_at_and_listed(web):
    [one] = web.take(ORDER)
    assert (one["result"], one["holds"]) == ("created", [])
    # The server's own desk may be at it already: then this waits for it.
    OrderDesk(web.shop.oms.works, "MAIN").step()
    told = web.client.get(f"/v1/customer-orders/{one['number']}", headers=web.admin).json()
    assert (told["state"], told["total"], told["ship_to"]["postcode"]) == ("backordered", "5.0000", "3511 AB")
    assert [one["result"] for one in web.take(ORDER, {**ORDER, "note": "x"})] == ["unchanged", "conflict"]
    for n in range(5):
        web.take({**ORDER, "reference": f"r{n}", "email": f"{n}@example.org"})
    seen, after = [], ""
    while after is not None:
        page = web.client.get("/v1/customer-orders", params={"limit": 2, "before": after}, headers=web.admin).json()
        seen += [order["reference"] for order in page["orders"]]
        after = page["next"]
    assert sorted(seen) == ["1001", "r0", "r1", "r2", "r3", "r4"]
    held = web.client.get("/v1/customer-orders", params={"state": "held"}, headers=web.admin).json()["orders"]
    assert [order["reference"] for order in held] == ["1001"]


def test_an_idempotency_key_gives_the_same_answer_to_the_same_question_only(web):
    mine = {"Idempotency-Key": "k-1"}
    phone = {**ORDER, "channel": "", "reference": None}
    first = web.post("/v1/customer-orders", {"orders": [phone]}, mine)
    again = web.post("/v1/customer-orders", {"orders": [phone]}, mine)
    assert first.content == again.content
    assert web.count() == 1
    assert web.post("/v1/customer-orders", {"orders": [{**phone, "note": "x"}]}, mine).status_code == 422
    other = web.post("/v1/customer-orders", {"orders": [phone]}, {**mine, **web.key(Scope.ORDERS)})
    assert other.json()["orders"][0]["number"] != first.json()["orders"][0]["number"]


def test_a_key_of_one_channel_brings_and_sees_only_its_orders(web):
    web.channel("other")
    bound = web.key(Scope.ORDERS, channel="web")
    [one] = web.take({**ORDER, "channel": ""}, headers=bound)
    assert web.client.get(f"/v1/customer-orders/{one['number']}", headers=bound).json()["channel"] == "web"
    refused = web.post("/v1/customer-orders", {"orders": [{**ORDER, "channel": "other"}]}, bound)
    assert refused.status_code == 403
    [theirs] = web.take({**ORDER, "channel": "other"})
    assert web.client.get(f"/v1/customer-orders/{theirs['number']}", headers=bound).status_code == 404
    hold = {"note": "x"}
    assert web.post(f"/v1/customer-orders/{theirs['number']}/hold", hold, bound).status_code == 404
    listed = web.client.get("/v1/customer-orders", params={"channel": "other"}, headers=bound).json()["orders"]
    assert [order["number"] for order in listed] == [one["number"]]


def test_a_key_of_one_channel_changes_no_order_of_another_and_opens_nothing_that_knows_no_channels(web):
    web.channel("other")
    bound = web.key(*(scope for scope in Scope if scope is not Scope.ADMIN), channel="web")
    [mine], [theirs] = web.take({**ORDER, "channel": "web"}), web.take({**ORDER, "channel": "other"})
    for act, body in (
        ("change", {"note": "x"}), ("cancel", {}), ("substitute", {"line": 1, "accept": True}),
        ("return", {"line": 1, "qty": 1, "site": "MAIN", "bin": "A-01", "sku": "TEA"}),
    ):  # fmt: skip
        path = f"/v1/customer-orders/{theirs['number']}/{act}"
        assert web.post(path, {"revision": 1, **body}, bound).status_code == 404
    assert web.post(f"/v1/customer-orders/{mine['number']}/cancel", {"revision": 1}, bound).status_code in (200, 409)
    for path, params in (
        ("/v1/orders", {}), ("/v1/customers/1", {}), ("/v1/events", {}), ("/v1/events", {"channel": "other"}),
        ("/v1/items/TEA/atp", {"channel": "other"}), ("/v1/hooks", {}),
    ):  # fmt: skip
        refused = web.client.get(path, params=params, headers=bound)
        assert (refused.status_code, "channel web only" in refused.text) == (403, True), path
    for path, params in (
        ("/v1/events", {"channel": "web"}),
        ("/v1/items/TEA/atp", {"channel": "web"}),
        ("/v1/scopes", {}),
    ):
        assert web.client.get(path, params=params, headers=bound).status_code == 200, path


def test_holds_are_made_and_let_go_over_http(web):
    [one] = web.take({**ORDER, "lines": [{"foreign_sku": "MUG", "qty": 1, "price": "5.00"}]})
    assert [hold["code"] for hold in one["holds"]] == ["order_unknown_item"]
    path = f"/v1/customer-orders/{one['number']}"
    kept = web.good(f"{path}/hold", {"note": "ask first"})
    by_code = {hold["code"]: hold["id"] for hold in kept["holds"]}
    wrong = web.good(f"{path}/release-hold", {"hold": by_code["order_unknown_item"]})
    assert (wrong["done"], wrong["reason"], wrong["state"]) == (False, "order_unknown_item", "held")
    web.good(f"{path}/release-hold", {"hold": by_code["order_unknown_item"], "sku": "CUP"})
    done = web.good(f"{path}/release-hold", {"hold": by_code["order_held_by_hand"], "because": "fine"})
    assert (done["done"], done["state"], done["holds"]) == (True, "backordered", [])
    skus = web.client.get("/v1/channels/web/skus", headers=web.admin).json()
    assert skus == [{"foreign": "MUG", "sku": "CUP", "units": 1}]


def test_a_file_is_reported_line_by_line_and_a_dry_run_changes_nothing(web):
    body = (DATA / "shopify" / "broken_export.csv").read_bytes()
    path = "/v1/import/customer-orders?channel=web"
    plain = {"Content-Type": "text/csv"}
    dry = web.good(f"{path}&dry_run=true", body, plain)
    assert web.count() == 0
    report = web.good(path, body, plain)
    assert report["totals"] == dry["totals"]
    assert web.count() == report["totals"]["held"] + report["totals"]["created"] + report["totals"]["unchanged"]
    # The head, second lines of what a quoted street takes, and nothing else, are missing from the report.
    assert [line["line"] for line in report["lines"]] == [2, 4, 6, 7, 9, 11, 13, 14, 15]
    again = web.good(path, body, plain)
    assert again["totals"]["created"] == again["totals"]["held"] == 0
    unknown = web.good(f"{path}&format=fax", body, plain)
    assert unknown["lines"][0]["code"] == "unknown_format"


@pytest.mark.parametrize("platform", ["shopify", "woocommerce", "magento", "plain"])
def test_webhooks_are_believed_when_their_shop_signed_just_them(web, platform):
    web.channel("hook", platform=platform, secret=SECRET, rules={"check_totals": False})
    names = {"magento": "good_order.json", "plain": "good_orders.json"}
    body = (DATA / platform / names.get(platform, "good_webhook.json")).read_bytes()
    path, header = "/v1/channels/hook/webhook", HEADERS[Platform(platform)]
    good = {header: signature(Platform(platform), SECRET, body)}
    for bad in ({}, {header: ""}, {header: signature(Platform(platform), "other", body)}, {header: "é"}):
        raw = {name: value.encode() for name, value in bad.items()}
        assert web.client.post(path, content=body, headers=raw).status_code == 401
    assert web.client.post(path, content=body + b" ", headers=good).status_code == 401
    first = web.client.post(path, content=body, headers=good)
    assert (first.status_code, [one["result"] for one in first.json()["orders"]]) == (200, ["created"])
    again = web.client.post(path, content=body, headers=good)
    assert [one["result"] for one in again.json()["orders"]] == ["unchanged"]
    assert web.count() == 1
    nonsense = b"webhook_id=1"
    signed_nonsense = {header: signature(Platform(platform), SECRET, nonsense)}
    assert web.client.post(path, content=nonsense, headers=signed_nonsense).status_code == 400
    assert web.client.post("/v1/channels/nobody/webhook", content=body, headers=good).status_code == 401


def hook(web, *bodies):
    """What `web`'s shop is answered, one signed call after the other."""
    for body in bodies:
        head = {HEADERS[Platform.SHOPIFY]: signature(Platform.SHOPIFY, SECRET, body)}
        answer = web.client.post("/v1/channels/web/webhook", content=body, headers=head)
        assert answer.status_code == 200, answer.text
        yield answer.json()["orders"][0]


def test_calls_that_are_played_again_later_do_nothing_twice(web):
    raw = (DATA / "shopify" / "good_webhook.json").read_bytes()
    order = json.loads(raw)
    changed = json.dumps({**order, "note": "ring twice"}).encode()
    off = json.dumps({**order, "cancelled_at": "2026-05-02T10:00:00Z"}).encode()
    results = [one["result"] for one in hook(web, raw, changed, raw, changed, off, off, raw)]
    assert results == ["created", "conflict", "unchanged", "unchanged", "conflict", "conflict", "unchanged"]
    [held] = web.client.get("/v1/customer-orders", params={"state": "held"}, headers=web.admin).json()["orders"]
    told = web.client.get(f"/v1/customer-orders/{held['number']}", headers=web.admin).json()
    assert sorted(one["code"] for one in told["holds"]) == ["order_cancelled_by_channel", "order_differs"]
    assert (web.count(), told["note"]) == (1, json.loads(raw)["note"] or "")


def test_a_call_is_believed_by_its_own_channel_only_and_by_its_bytes(web):
    web.channel("other", platform="shopify", secret="another secret")
    raw = (DATA / "shopify" / "good_webhook.json").read_bytes()
    head = {HEADERS[Platform.SHOPIFY]: signature(Platform.SHOPIFY, SECRET, raw)}
    # The same order, written differently: what was signed are bytes.
    again = json.dumps(json.loads(raw)).encode()
    assert web.client.post("/v1/channels/other/webhook", content=raw, headers=head).status_code == 401
    assert web.client.post("/v1/channels/web/webhook", content=again, headers=head).status_code == 401
    assert web.client.post("/v1/channels/web/webhook", content=raw, headers=head).status_code == 200
    web.channel("web", secret="a newer secret")
    assert web.client.post("/v1/channels/web/webhook", content=raw, headers=head).status_code == 401


@pytest.mark.parametrize("platform", sorted(HEADERS))
def test_a_signature_is_compared_in_constant_time_whether_there_is_a_secret_or_not(monkeypatch, platform):
    compared = []

    def compare(one, other):
        compared.append((len(one), one == other))
        return one == other

    monkeypatch.setattr("oms.channels.signatures.hmac.compare_digest", compare)
    header, right = HEADERS[platform], signature(platform, SECRET, b"body")
    for secret, said, good in (
        (SECRET, right, True),
        (SECRET, right[:-1], False),
        (None, right, False),
        (SECRET, "", False),
    ):
        assert signed(platform, secret, {header: said}, b"body") is good
    assert [one for _, one in compared] == [True, False, False, False]
    assert {length for length, _ in compared} == {len(right)}


def test_a_channel_without_a_secret_believes_nobody(web):
    web.channel("open", platform="shopify")
    body = b"{}"
    empty = {HEADERS[Platform.SHOPIFY]: signature(Platform.SHOPIFY, "", body)}
    assert web.client.post("/v1/channels/open/webhook", content=body, headers=empty).status_code == 401


def test_adobe_commerce_signs_with_a_private_key():
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    body = b'{"a": 1}'
    said = base64.b64encode(key.sign(base64.b64encode(body), PKCS1v15(), SHA256())).decode()
    header = HEADERS[Platform.MAGENTO]
    assert signed(Platform.MAGENTO, pem, {header: said}, body)
    assert not signed(Platform.MAGENTO, pem, {header: said}, body + b" ")
    assert not signed(Platform.MAGENTO, pem, {header: signature(Platform.MAGENTO, pem, body)}, body)
    assert not signed(Platform.MAGENTO, pem, {header: "%"}, body)


def test_secrets_are_not_in_the_database_and_open_only_for_their_channel(web, tmp_path):
    with web.shop.oms.sessions() as db:
        kept = db.scalar(text("SELECT secret_sealed FROM channel WHERE code = 'web'"))
        whole = str(db.execute(text("SELECT channel::text FROM channel")).all()) + str(
            db.execute(text("SELECT words::text FROM audit")).all()
        )
    assert SECRET not in whole
    assert Sealer(b"k" * 32).open(kept, "web") == SECRET
    assert Sealer(b"k" * 32).open(kept, "other") is None
    assert Sealer(b"x" * 32).open(kept, "web") is None
    path = tmp_path / "secrets.key"
    sealed = Sealer.kept_in(path).seal("s", "a")
    assert path.stat().st_mode & 0o077 == 0
    assert Sealer.kept_in(path).open(sealed, "a") == "s"
    with pytest.raises(BadKey):
        Sealer.from_text("short")
    with pytest.raises(BadKey):
        Sealer(None).seal("s", "a")


@pytest.mark.parametrize(
    "said",
    [{"prefix": "=1"}, {"currency": "euro"}, {"language": "xx"}, {"rules": {"least": "-1"}}, {"rules": {"nobody": 1}}, {"secret": "x"}],
    ids=["prefix", "currency", "language", "amount", "rule", "secret"],
)  # fmt: skip
def test_what_cannot_be_kept_of_a_channel_is_refused(web, said):
    answer = web.post("/v1/channels", {"code": "web", **said})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid")


def test_goods_are_mapped_and_forgotten(web):
    rows = [
        {"foreign": "A", "sku": "TEA", "units": 6},
        {"foreign": "B", "sku": "NOBODY"},
        {"foreign": "", "sku": "TEA"},
    ]
    reply = web.good("/v1/channels/web/skus", {"skus": rows})
    assert reply == {"kept": 1, "refused": [["B", "unknown_item"], ["", "missing"]]}
    web.good("/v1/channels/web/skus", {"skus": [{"foreign": "A", "sku": ""}]})
    assert web.client.get("/v1/channels/web/skus", headers=web.admin).json() == []
    assert web.post("/v1/channels/nobody/skus", {"skus": []}).status_code == 404
