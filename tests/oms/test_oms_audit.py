"""The audit trail: every act has a row with who and where, nobody can change one unseen, and it can be searched."""

import asyncio
import threading
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest
from alembic import command
from litestar.testing import TestClient
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError

import oms as oms_room
from oms.api.app import make_app
from oms.db import schema
from oms.db.engine import make_engine
from oms.db.work import Actor
from oms.people import audit
from oms.people.actions import add_worker
from oms.people.keys import Scope, add_key, new_key
from oms.people.models import AccessToken, Audit, Device, PairingCode
from oms.people.trust import new_nonce, new_pairing_code
from oms.verify import verify
from sync.client.identity import public_hex
from sync.contract import facts, proof
from sync.contract.chain import chain_start
from sync.contract.codes import Role

pytestmark = pytest.mark.postgres

LAYOUT = "bin,zone,kind,seq\nA-01,A,pick,1\nL-1,P,lane,9\n"
ITEMS = "sku,name\nCUP,Cup\n"
STOCK = "sku,bin,qty\nCUP,A-01,10\n"
ORDERS = "order,name,street,postcode,city,country,sku,qty\n" + "".join(
    f"{n},Kim,Kade 1,1,Amsterdam,NL,CUP,1\n" for n in range(1, 9)
)


def note(oms, what="noted", **words):
    oms.works.run(oms.site, Actor("test"), lambda w: w.audit(what, **words))


def link(oms):
    """As the server does once a second."""
    with oms.sessions.begin() as db:
        while audit.link(db):
            pass


def breaks(oms):
    link(oms)
    with oms.engine.connect() as connection:
        assert audit.unlinked(connection) == 0
        return audit.breaks(connection)


def test_rows_are_numbered_and_chained(oms):
    note(oms, a=1)
    with pytest.raises(ZeroDivisionError):
        oms.works.run(oms.site, Actor("test"), lambda w: (w.audit("lost"), 1 / 0))
    note(oms, b='\x1f"]')
    link(oms)
    with oms.sessions() as db:
        rows = db.scalars(select(Audit).order_by(Audit.seq)).all()
    assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
    assert "lost" not in [row.what for row in rows]
    assert len({row.chain for row in rows}) == len(rows)
    assert breaks(oms) == []


def test_the_database_refuses_to_change_it(oms):
    note(oms)
    link(oms)
    note(oms)
    for act in (
        update(Audit).values(what="x"),
        delete(Audit),
        text("TRUNCATE audit"),
        text("UPDATE audit SET seq = seq + 100, chain = 'x' WHERE seq IS NULL OR seq > 0"),
        text("UPDATE audit SET seq = 99, chain = 'x', what = 'y' WHERE seq IS NULL"),
        text("UPDATE audit_head SET seq = 1, chain = ''"),
        text("DELETE FROM audit_head"),
    ):
        with pytest.raises(DBAPIError, match=r"never changed|only goes forward"), oms.engine.begin() as db:
            db.execute(act)
    assert breaks(oms) == []


@pytest.mark.parametrize(
    ("harm", "why"),
    [
        ("UPDATE audit SET words = '{\"order\": \"2\"}' WHERE what = 'second'", "it was changed"),
        ("UPDATE audit SET worker_id = 'somebody else' WHERE what = 'second'", "it was changed"),
        ("UPDATE audit SET at = at + interval '1 us' WHERE what = 'second'", "it was changed"),
        ("DELETE FROM audit WHERE what = 'first'", "rows before it are gone"),
        ("DELETE FROM audit WHERE what = 'second'", "the end is gone"),
    ],
    ids=["words", "person", "time", "middle-gone", "end-gone"],
)
def test_who_changes_it_behind_the_database_is_found_out(oms, harm, why):
    """A superuser can switch triggers off; the chain is for that."""
    note(oms, "first")
    note(oms, "second")
    assert breaks(oms) == []
    with oms.engine.begin() as db:
        db.execute(text("ALTER TABLE audit DISABLE TRIGGER append_only"))
        db.execute(text(harm))
        db.execute(text("ALTER TABLE audit ENABLE TRIGGER append_only"))
    (broken,) = breaks(oms)
    assert (broken.site, broken.why) == (oms.site, why)


def test_verify_looks_at_it_too(oms):
    assert verify(oms.engine).ok
    note(oms)
    assert verify(oms.engine).counts["acts_not_yet_linked"] >= 1
    link(oms)
    with oms.engine.begin() as db:
        db.execute(text("ALTER TABLE audit DISABLE TRIGGER append_only"))
        db.execute(text("UPDATE audit SET what = 'nothing' WHERE what = 'noted'"))
    assert "audit_is_whole" in {finding.rule for finding in verify(oms.engine).findings}


def test_many_writers_make_one_chain(oms):
    async def crowd():
        await asyncio.gather(*(asyncio.to_thread(note, oms, f"n{n}") for n in range(40)))

    asyncio.run(crowd())
    with oms.sessions() as db:
        assert len(db.scalars(select(Audit).where(Audit.what.like("n%"))).all()) >= 40
    assert breaks(oms) == []


def test_rows_from_before_the_chain_are_linked_by_the_migration(postgres, database_url):
    engine = make_engine(database_url, pool_size=1)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE; CREATE SCHEMA public"))
    with engine.begin() as connection:
        command.upgrade(schema.config(connection), "0003")
        old = "INSERT INTO audit (site_id, at, what, source, words) VALUES ('A', now(), 'old', 'test', '{\"n\": 1}')"
        for _ in range(3):
            connection.execute(text(old))
    schema.upgrade(engine)
    with engine.begin() as connection:
        assert audit.breaks(connection) == []
        connection.execute(text(old))
        connection.execute(text("SELECT floorhand_audit_extend('A', 10)"))
        assert connection.scalars(text("SELECT seq FROM audit ORDER BY id")).all() == [1, 2, 3, 4]
        assert audit.breaks(connection) == []
    engine.dispose()


def test_writers_do_not_wait_for_each_others_links_and_many_linkers_make_one_chain(oms):
    stop = threading.Event()

    def linker():
        while not stop.is_set():
            link(oms)

    linkers = [threading.Thread(target=linker) for _ in range(3)]
    for one in linkers:
        one.start()
    with oms.works.work(oms.site, Actor("test")) as slow:
        slow.audit("slow")
        slow.finish(lambda *_: {})
        slow._acts.clear()
        # Would wait for ever were the end of the chain held until the commit.
        for n in range(20):
            note(oms, f"quick{n}")
    stop.set()
    for one in linkers:
        one.join()
    assert breaks(oms) == []
    with oms.sessions() as db:
        order = db.scalars(select(Audit.what).order_by(Audit.seq)).all()
    assert order.index("slow") > order.index("quick0")
    assert sorted(one for one in order if one.startswith("quick")) == sorted(f"quick{n}" for n in range(20))


def test_the_trail_is_searched_by_what_an_act_is_about(house):
    _push(house)
    house.good("/v1/orders/8/cancel", {"session": house.sign_in()}, house.hand)
    assert {act.what for act in house.acts(thing="8")} >= {"order.cancelled"}
    assert {act.what for act in house.acts(thing="A-01")} == {"fact.pick.confirm"}
    assert house.acts(thing="nothing of ours") == []
    answer = house.client.get("/v1/admin/audit", params={"thing": "8", "what": "order."}, headers=house.key).json()
    assert [act["what"] for act in answer["acts"]] == ["order.cancelled"]


# --- every route that changes something leaves a row ---


class House:
    """A server with people, a device, keys and some stock; asks its routes and sees what the trail says of it."""

    def __init__(self, oms, client):
        self.oms, self.client = oms, client
        self.admin = new_key()
        oms.works.run(oms.site, Actor("test"), self._build)
        self.key = {"Authorization": f"Bearer {self.admin}"}
        self.hand = {"Authorization": "Bearer t"}
        self.made = 0
        for kind, body in (("layout", LAYOUT), ("items", ITEMS), ("stock", STOCK), ("orders", ORDERS)):
            assert self.good(f"/v1/import/{kind}", body, self.key)["totals"]["rejected"] == 0

    def _build(self, w):
        boss = add_worker(w, "1", "Bo", [Role.SUPERVISOR, Role.PICKER], badge="B-1", pin="1234")
        self.boss = boss.id
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        self.secret = Ed25519PrivateKey.generate()
        pubkey = public_hex(self.secret)
        for id in ("d1", "d2"):
            w.db.add(
                Device(id=id, site_id=w.site, label=id.upper(), pubkey=pubkey, created_at=w.now, chain=chain_start(id))
            )
        w.db.flush()
        until = w.now + timedelta(hours=1)
        w.db.add(AccessToken(token_hash=sha256(b"t").hexdigest(), device_id="d1", issued_at=w.now, expires_at=until))
        self.key_id = add_key(w, self.admin, "office", [Scope.ADMIN])

    def post(self, path, body=None, headers=None):
        raw = body if isinstance(body, str | bytes) else msgspec.json.encode(body if body is not None else {})
        kind = "text/csv" if isinstance(body, str) else "application/json"
        answer = self.client.post(path, content=raw, headers={"content-type": kind, **(headers or {})})
        assert answer.status_code < 500, (path, answer.text)
        return answer

    def good(self, *args):
        answer = self.post(*args)
        assert answer.status_code < 300, (args[0], answer.status_code, answer.text)
        return answer.json() if answer.content else None

    def fresh(self):
        """A number nobody has used here."""
        self.made += 1
        return self.made

    def sign_in(self):
        return self.good("/v1/sessions", {"badge": "B-1"}, self.hand)["session"]

    def acts(self, **wanted):
        with self.oms.sessions() as db:
            return audit.acts(db, self.oms.site, audit.Wanted(**wanted))


@pytest.fixture
def house(oms):
    with TestClient(make_app(oms, asyncio.Event(), ["h:1"]), raise_server_exceptions=False) as client:
        yield House(oms, client)


def _pair(house):
    code = house.oms.works.run(house.oms.site, Actor("test"), lambda w: new_pairing_code(w, "new"))
    pubkey = public_hex(house.secret)
    signature = house.secret.sign(proof.pairing(code, pubkey, "x")).hex()
    return house.good("/v1/pair", {"code": code, "pubkey": pubkey, "label": "x", "app": "a", "signature": signature})


def _refork(house):
    signature = house.secret.sign(proof.refork("d2", 1, "0")).hex()
    return house.good("/v1/devices/refork", {"old_device": "d2", "next_seq": 1, "chain": "0", "signature": signature})


def _release(house, session=None):
    body = {"orders": [str(house.fresh())], "session": session or house.sign_in()}
    (released,) = house.good("/v1/orders/release", body, house.hand)["results"]
    assert released["job"]


def _claim(house):
    _release(house)
    body = {"claim_id": f"{house.fresh():032x}", "want": 1, "kinds": ["pick"], "capacity": 3}
    return house.good("/v1/work/claim", body, house.hand)


def _give_back(house):
    refs = [{"lease_id": le["lease_id"], "token": le["token"]} for le in _claim(house)["leases"]]
    assert refs
    return house.good("/v1/work/release", {"claim_id": "d" * 32, "leases": refs}, house.hand)


def _push(house):
    session = house.sign_in()
    lease = _claim(house)["leases"][0]
    body = facts.PickConfirm(job=lease["job"], sku="CUP", qty=1, from_bin="A-01", tote="T-1")
    op = {
        "op_id": "a" * 32, "seq": 1, "kind": "pick.confirm", "v": 1, "body": msgspec.to_builtins(body), "item": lease["item"],
        "token": lease["token"], "session": session, "t": {"wall": 0, "mono": 0, "boot": "b"},
    }  # fmt: skip
    push = {"epoch": 1, "first_seq": 1, "prev_chain": chain_start("d1"), "ops": [op]}
    return house.good("/v1/sync/push", push, house.hand)


PERSON, DEVICE, KEY = "person", "device", "key"
#: (method, path) -> (how it is asked, the act that the trail must name, and by whom). None: it changes nothing that anybody did - what it
#: keeps is the machinery's own - and the reason is beside it.
WALK = {
    ("post", "/v1/pair"): (_pair, "device.paired", None),
    ("post", "/v1/devices/refork"): (_refork, "device.forked", DEVICE),
    ("post", "/v1/sessions"): (lambda h: h.sign_in(), "session.opened", PERSON),
    ("post", "/v1/orders/release"): (_release, "order.released", PERSON),
    ("post", "/v1/orders/{number}/cancel"): (
        lambda h: h.good("/v1/orders/8/cancel", {"session": h.sign_in()}, h.hand), "order.cancelled", PERSON,
    ),
    ("post", "/v1/work/claim"): (_claim, "work.claimed", PERSON),
    ("post", "/v1/work/release"): (_give_back, "work.released", PERSON),
    ("post", "/v1/sync/push"): (_push, "fact.pick.confirm", PERSON),
    ("post", "/v1/import/{kind}"): (lambda h: h.good("/v1/import/items", "sku,name\nX,X\n", h.key), "import", KEY),
    ("post", "/v1/admin/pairing-codes"): (
        lambda h: h.good("/v1/admin/pairing-codes", {"label": "x"}, h.key), "pairing_code.made", KEY,
    ),
    ("post", "/v1/admin/workers"): (
        lambda h: h.good("/v1/admin/workers", {"number": "9", "name": "N", "roles": ["picker"]}, h.key), "worker.added", KEY,
    ),
    ("post", "/v1/admin/keys"): (
        lambda h: h.good("/v1/admin/keys", {"name": "erp", "scopes": ["orders"]}, h.key), "key.added", KEY,
    ),
    ("post", "/v1/admin/keys/{id}/revoke"): (
        lambda h: h.good(f"/v1/admin/keys/{h.good('/v1/admin/keys', {'name': 'e', 'scopes': ['orders']}, h.key)['id']}/revoke",
                         None, h.key), "key.revoked", KEY,
    ),
    ("post", "/v1/admin/devices/{id}/revoke"): (
        lambda h: h.good("/v1/admin/devices/d2/revoke", None, h.key), "device.revoked", KEY,
    ),
    ("post", "/v1/admin/server-keys"): (
        lambda h: h.good("/v1/admin/server-keys", {"step": "announce", "spki": "a" * 64}, h.key), "server_key.announced", KEY,
    ),
    ("post", "/v1/admin/restored"): (lambda h: h.good("/v1/admin/restored", None, h.key), "server.restored", KEY),
    ("post", "/v1/admin/workers/{number}/change"): (
        lambda h: h.good("/v1/admin/workers/1/change", {"roles": ["picker"]}, h.key), "worker.changed", KEY,
    ),
    # A challenge, an answer to one, and a ten-minute ticket to speak: no act of anybody. Refusals of them are written down.
    ("post", "/v1/token/nonce"): None,
    ("post", "/v1/token"): None,
    ("post", "/v1/pair/proof"): None,
    # A comparison of logs, and the sign of life that keeps what was claimed.
    ("post", "/v1/sync/open"): None,
    ("post", "/v1/work/renew"): None,
}  # fmt: skip


#: Supervisors' rooms, whose own tests do these acts: the names under which they are written down, by who asked (`orders_routes.who`). None:
#: it only reads.
ELSEWHERE = {
    "/v1/orders/{number}/change": "order.line_changed",
    "/v1/customers/search": None,
    "/v1/customers/alike": None,
    "/v1/customers/{id}/look": None,
    "/v1/customers": "customer.made",
    "/v1/customers/{id}/change": "customer.changed",
    "/v1/customers/{id}/notes": "customer.noted",
    "/v1/customers/{id}/consents": "customer.consent",
    "/v1/customers/{id}/merge": "customer.merged",
    "/v1/customers/merges/{merge_id}/undo": "customer.unmerged",
    "/v1/customers/{id}/erase": "customer.erased",
    "/v1/hooks": "hook.made",
    "/v1/hooks/{id}/change": "hook.changed",
    "/v1/hooks/{id}/remove": "hook.removed",
    "/v1/hooks/{id}/rotate": "hook.rotated",
    "/v1/hooks/{id}/test": "hook.tested",
    "/v1/hooks/{id}/replay": "hook.replayed",
    "/v1/hooks/{id}/deliveries/{delivery}/again": "hook.sent_again",
    "/v1/admin/jobs/{id}/again": "job.again",
    "/v1/admin/jobs/tasks/{task}/run": "job.asked",
    "/v1/admin/retention": "retention.kept",
    "/v1/admin/retention/sweep": "retention.swept",
    "/v1/admin/workers/{number}/erase": "worker.erased",
    "/v1/mails/{id}/again": "mail.sent_again",
    "/v1/mails/preview": None,
    "/v1/mails/bounces": "mail.bounced",
    "/v1/mails/allow": "mail.allowed",
    "/v1/mails/staff": "mail.staff_kept",
    "/v1/mails/staff/{id}/remove": "mail.staff_removed",
    "/v1/mails/texts": "mail.text_kept",
    "/m/{token}": "mail.stopped",
    "/v1/customer-orders": "customer_order.captured",
    "/v1/customer-orders/{number}/hold": "customer_order.held",
    "/v1/customer-orders/{number}/release-hold": "customer_order.hold_released",
    "/v1/channels": "channel.changed",
    "/v1/channels/{code}/skus": "channel.skus_mapped",
    "/v1/channels/{code}/webhook": "channel.heard",
    "/v1/customer-orders/{number}/change": "sale.changed",
    "/v1/customer-orders/{number}/cancel": "sale.cancelled",
    "/v1/customer-orders/{number}/substitute": "sale.offer_answered",
    "/v1/customer-orders/{number}/return": "sale.returned",
    "/v1/offers/{code}/answer": "sale.offer_answered",
    "/v1/order-entry/customers": None,
    "/v1/order-entry/items": None,
    "/v1/order-entry/places": None,
    "/v1/order-entry/look": None,
    "/v1/order-entry/take": "order_entry.taken",
    "/v1/workbench/search": None,
    "/v1/workbench/counts": None,
    "/v1/workbench/filters": "search.kept",
    "/v1/workbench/sheet": None,
    "/v1/workbench/timeline": None,
    "/v1/workbench/note": "sale.noted",
    "/v1/workbench/hold": "sale.held",
    "/v1/workbench/release-hold": "sale.hold_released",
    "/v1/workbench/split": "sale.split",
    "/v1/workbench/merge": "sale.merged",
    "/v1/workbench/unmerge": "sale.merge_undone",
    "/v1/workbench/resource": "sale.resourced",
    "/v1/workbench/change": "sale.changed",
    "/v1/workbench/cancel": "sale.cancelled",
    "/v1/workbench/priority": "sale.prioritised",
    "/v1/workbench/bulk": "sale.cancelled",
    "/v1/floor/board": None,
    "/v1/floor/reclaim/preview": None,
    "/v1/floor/reclaim": "floor.reclaimed",
    "/v1/floor/acts": "floor.reassigned",
    "/v1/waves/list": None,
    "/v1/waves/make": "wave.made",
    "/v1/waves/act": "wave.planned",
    "/v1/waves/rescue": None,
    "/v1/waves/rescue/act": "rescue.drop",
    "/v1/waves/templates": "wave.template_kept",
    "/v1/plans": "plan.asked",
    "/v1/plans/look": None,
    "/v1/plans/list": None,
    "/v1/plans/cancel": "plan.cancelled",
    "/v1/plans/apply": "plan.applied",
    "/v1/plans/against": None,
    "/v1/plans/outcome": None,
    "/v1/floor/map": None,
    "/v1/availability": None,
    "/v1/promise": None,
    # What a basket keeps ends by itself, and is no act of a person's.
    "/v1/reservations": None,
    "/v1/receipts/arrived": "receipt.arrived",
    "/v1/tasks": "task.asked",
    "/v1/tasks/counts": "count.decided",
    "/v1/tasks/plan-counts": "counts.planned",
    "/v1/shipping/rates": "service.chosen",
    "/v1/shipping/label": None,
    "/v1/shipping/labels": None,
    "/v1/shipping/labels/act": "label.void",
    "/v1/shipping/manifests": None,
    "/v1/shipping/manifests/close": "manifest.closed",
    "/v1/shipping/deliveries": None,
    "/v1/customer-orders/{number}/invoice": "invoice.made",
    "/v1/customer-orders/{number}/repeat": "order.repeated",
    "/v1/invoices/{number}/pay": "invoice.paid",
    "/v1/accounts/{customer}": "account.kept",
    "/v1/promos/{code}": "promo.kept",
    "/v1/money/rules": "money.rule",
    "/v1/payments/{id}/done": "payment.by_hand",
    "/v1/books": "books.opened",
    "/v1/books/costs": "books.costs",
    "/v1/books/{code}/accounts": "books.account_added",
    "/v1/books/{code}/facts": "books.entered",
    "/v1/books/{code}/close": "books.closed",
    "/v1/reports/look": None,
    "/v1/reports/look/{file}": None,
    "/v1/reports/mine": None,
    "/v1/reports/ranking": "report.ranked",
    "/v1/reports/mails": "report.mail_kept",
    "/v1/reports/mails/{id}/remove": "report.mail_removed",
    "/v1/returns": "return.asked",
    "/v1/returns/look": None,
    "/v1/returns/desk": None,
    "/v1/returns/came": "return.came",
    "/v1/returns/{number}/decide": "return.approved",
    "/v1/returns/{number}/label": "return.label_asked",
    "/v1/returns/{number}/order": "return.order_named",
    "/v1/returns/{number}/receive": "return.received",
    "/v1/returns/{number}/undo": "return.undone",
    "/v1/returns/{number}/close": "return.closed",
    "/v1/return-rules": "return.rule_kept",
    "/v1/customer-orders/{number}/return-link": "return.link_made",
    "/v1/return-links/{token}": "return.asked",
    "/v1/return-links/{token}/photos": "return.photo",
    "/r/{token}": "return.asked",
    "/r/{token}/{number}/photo": "return.photo",
    "/v1/quotes": "quotation.made",
    "/v1/quotes/{number}/act": "quotation.accepted",
    # What a provider tells is kept as its payment, with who signed it.
    "/v1/payments/{provider}/events": None,
    # What a carrier tells is kept as its event, with who signed it.
    "/v1/carriers/{carrier}/events": None,
    "/v1/orders/{number}/reject": "order.rejected",
    "/v1/sourcing/look": None,
    "/v1/sourcing/act": "order.sourced",
    "/v1/sourcing/sites": None,
    "/v1/sourcing/sites/keep": "sourcing.site_kept",
    "/v1/sourcing/rules": None,
    "/v1/sourcing/rules/keep": "sourcing.rule_kept",
    "/v1/sourcing/places": "sourcing.places_kept",
    "/v1/forecast/run": "forecast.begun",
    "/v1/forecast/items": None,
    "/v1/forecast/accuracy": None,
    "/v1/forecast/terms": "forecast.terms_kept",
    "/v1/forecast/promotions": "forecast.promotions_kept",
    "/v1/purchasing/suppliers": None,
    "/v1/purchasing/suppliers/keep": "supplier.kept",
    "/v1/purchasing/items/keep": "supplier.item_kept",
    "/v1/purchasing/setting/keep": "purchasing.set",
    "/v1/purchasing/levels": None,
    "/v1/purchasing/levels/keep": "stock_rule.kept",
    "/v1/purchasing/alerts": None,
    "/v1/purchasing/desk": None,
    "/v1/purchasing/run": "purchasing.ran",
    "/v1/purchasing/receive": "goods.received",
    "/v1/purchasing/orders": None,
    "/v1/purchasing/orders/make": "purchase.made",
    "/v1/purchasing/orders/{number}/act": "purchase.approved",
    "/v1/transfers": None,
    "/v1/transfers/make": "transfer.made",
    "/v1/transfers/{number}/act": "transfer.closed",
    "/v1/admin/sites": "site.created",
    "/v1/parcels/reopen": "parcel.reopened",
    "/v1/photos": "photo.came",
    "/v1/pallets": "pallet.made",
    "/v1/orders/{number}/dossier": "dossier.made",
}
#: The same of routes that are asked otherwise than by POST.
OTHERWISE = {
    ("delete", "/v1/reservations/{basket}"): None,
    ("put", "/v1/stock"): "stock.said",
    ("put", "/v1/receipts"): "receipt.said",
    ("put", "/v1/sites/{site}/calendar"): "calendar.said",
}


def test_every_route_that_changes_something_is_walked(house):
    """A new route needs a line in `WALK`, or, where its own room shows it, in `ELSEWHERE`."""
    spec = house.client.get("/schema/openapi.json").json()
    changing = {(m, path) for path, methods in spec["paths"].items() for m in methods if m != "get"}
    assert changing == set(WALK) | {("post", path) for path in ELSEWHERE} | set(OTHERWISE)
    source = "".join(path.read_text() for path in Path(oms_room.__file__).parent.rglob("*.py"))
    assert [what for what in (*ELSEWHERE.values(), *OTHERWISE.values()) if what and f'"{what}"' not in source] == []


def test_every_act_leaves_who_where_and_when(house):
    for route, how in WALK.items():
        if how is None:
            continue
        ask, what, who = how
        before = len(house.acts(what=what))
        ask(house)
        found = house.acts(what=what)
        assert len(found) > before, (route, what)
        act = found[0]
        if who is PERSON:
            assert (act.name, act.label) == ("Bo", "D1"), route
        elif who is DEVICE:
            assert act.label == "D2", route
        elif who is KEY:
            assert act.source == "key:office", route
    assert breaks(house.oms) == []


def test_a_text_that_no_database_keeps_is_the_askers_mistake(house):
    body = {"claim_id": "c" * 32, "kinds": ["pick"], "want": 1, "capacity": 1, "job": "a\0b"}
    answer = house.post("/v1/work/claim", body, house.hand)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid")


def test_what_was_refused_is_written_down_too(house):
    pin = {"number": "1", "pin": "0000"}
    for _ in range(5):
        house.post("/v1/sessions", pin, house.hand)
    house.post("/v1/sessions", {"number": "1", "pin": "1234"}, house.hand)
    house.post("/v1/sessions", {"badge": "B-UNKNOWN"}, house.hand)
    pubkey = public_hex(house.secret)
    signature = house.secret.sign(proof.pairing("0" * 32, pubkey, "x")).hex()
    house.post("/v1/pair", {"code": "0" * 32, "pubkey": pubkey, "label": "x", "app": "", "signature": signature})
    house.good("/v1/admin/devices/d1/revoke", None, house.key)
    with house.oms.sessions.begin() as db:
        nonce = new_nonce(db, "d1")
    signed = house.secret.sign(proof.token(nonce, "d1", "")).hex()
    assert house.post("/v1/token", {"device_id": "d1", "nonce": nonce, "signature": signed}).status_code == 403
    said = [act.what for act in house.acts()]
    assert said.count("session.wrong_pin") == 5
    for what in (
        "session.locked",
        "session.refused_locked",
        "session.unknown",
        "pairing.refused",
        "device.revoked",
        "token.refused",
    ):
        assert what in said, what
    whole = str([dict(act.words) for act in house.acts(limit=1000)])
    assert "0000" not in whole.replace("0" * 32, "")
    assert "B-UNKNOWN" not in whole


def test_the_trail_is_searched_by_person_device_time_and_act(house):
    _push(house)
    note(house.oms, "by nobody")
    by_boss = house.acts(person="Bo")
    assert {act.what for act in by_boss} >= {"session.opened", "order.released", "work.claimed", "fact.pick.confirm"}
    assert by_boss == house.acts(person="1") == house.acts(person=house.boss)
    assert {act.label for act in house.acts(device="D1")} == {"D1"}
    assert house.acts(person="nobody") == house.acts(device="nothing") == []
    assert [act.what for act in house.acts(what="fact.")] == ["fact.pick.confirm"]
    newest = house.acts(limit=1)[0]
    assert newest.what == "by nobody"
    assert [act.what for act in house.acts(since=newest.at)] == ["by nobody"]
    assert "by nobody" not in [act.what for act in house.acts(until=newest.at)]


def test_the_route_lists_the_trail_for_the_administrator_only(house):
    house.sign_in()
    answer = house.client.get("/v1/admin/audit", params={"person": "Bo", "what": "session."}, headers=house.key).json()
    (act,) = answer["acts"]
    assert (act["what"], act["name"], act["label"], act["words"]["by"]) == ("session.opened", "Bo", "D1", "badge")
    assert house.client.get("/v1/admin/audit", headers=house.hand).status_code == 401
    assert house.client.get("/v1/admin/audit", params={"since": "yesterday"}, headers=house.key).status_code == 400


def test_codes_are_never_in_the_trail(house):
    made = house.good("/v1/admin/pairing-codes", {"label": "x"}, house.key)
    long = made["text"].rpartition("=")[2]
    with house.oms.sessions() as db:
        stored = str([(c.code_hash, c.short_hash) for c in db.scalars(select(PairingCode))])
        trail = str([dict(row.words) for row in db.scalars(select(Audit))])
    for secret in (long, made["typed"], made["typed"].replace("-", "")):
        assert secret not in stored + trail
