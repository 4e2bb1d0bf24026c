"""How long records are kept, who may do what, and data of people who work here."""

import asyncio
import csv
from datetime import timedelta
from io import StringIO

import pytest
from litestar.testing import TestClient
from sqlalchemy import func, select, text, update

from oms import records
from oms.api.app import make_app
from oms.customers.models import Customer, CustomerErasure
from oms.db.work import Actor
from oms.notify.models import Mail
from oms.people import report, retention, staff_data
from oms.people.actions import WorkerChange, add_worker, change_worker
from oms.people.keys import Scope, add_key, new_key
from oms.people.models import ApiKey, Device, Nonce, Session, Worker, WorkerRole
from oms.sales.models import CustomerOrder
from sync.contract.codes import Role
from tests.oms.sales.shop import Shop
from tests.oms.test_oms_roles import MATRIX

pytestmark = pytest.mark.postgres
TEST = Actor("test")


@pytest.fixture
def shop(database_url):
    made = Shop.open(database_url)
    yield made
    made.close()


def sweep(shop):
    return records.sweep(shop.oms.works, ["W"], TEST)


def count(shop, model):
    return shop.ask(select(func.count()).select_from(model))[0]


def _mail(w, id, days, state="waiting"):
    w.db.add(Mail(
        id=id, once=id, event_id=None, kind="low_stock", order_no="", language="en", to="a@b.example", subject="s", text="t", html="h",
        message_id=f"<{id}@b.example>", created_at=w.now - timedelta(days=days), next_at=w.now, state=state,
    ))  # fmt: skip


def test_each_kind_goes_when_its_time_is_over_and_not_before(shop):
    def build(w):
        for id, days in (("old", 3), ("young", 0)):
            w.db.add(Nonce(nonce=id, device_id="d", expires_at=w.now - timedelta(days=days)))
        _mail(w, "sent-long-ago", 400, "sent")
        _mail(w, "still-waiting", 400)
        _mail(w, "sent-lately", 300, "sent")

    shop.act(build)
    assert sweep(shop) == {"nonces": 1, "mails": 1}
    assert shop.ask(select(Nonce.nonce)) == ["young"]
    assert {one.id: one.subject for one in shop.ask(select(Mail))} == {
        "sent-long-ago": "",
        "still-waiting": "s",
        "sent-lately": "s",
    }
    assert sweep(shop) == {}
    shop.act(lambda w: retention.keep(w, "mails", 100))
    assert sweep(shop) == {"mails": 1}


def test_a_sweep_of_very_many_goes_in_batches(shop):
    fill = "INSERT INTO nonce (nonce, device_id, expires_at) SELECT n::text, 'd', now() - interval '9 days' FROM generate_series(1, 2500) n"
    shop.act(lambda w: w.db.execute(text(fill)))
    assert sweep(shop) == {"nonces": 2500}


@pytest.mark.parametrize(("kind", "days"), [("books", 1), ("mails", 1), ("mails", 99999), ("", 5), ("nonces", 0)])
def test_what_cannot_be_kept_for_so_long(shop, kind, days):
    with pytest.raises(retention.BadRule):
        shop.act(lambda w: retention.keep(w, kind, days))


def test_every_rule_is_about_rows_that_there_are(shop):
    with shop.oms.sessions() as db:
        found = retention.rules(db)
    assert {one.kind for one in found} >= {"mails", "customers", "people_who_left", "sign_ins"}
    assert all(one.least <= one.days <= one.most and one.why.endswith(".") for one in found)
    for one in found:
        shop.act(lambda w, one=one: retention.keep(w, one.kind, one.least))
    assert sweep(shop) == {}


def test_customers_who_have_not_ordered_for_long_are_erased_but_not_while_an_order_is_open(shop):
    def build(w):
        for id in ("long-ago", "lately", "open", "never"):
            w.db.add(Customer(id=id, number=id, name="Ada", created_at=w.now - timedelta(days=9000)))

    shop.act(build)
    for id, days, state in (("long-ago", 5000, "shipped"), ("lately", 10, "shipped"), ("open", 5000, "accepted")):
        shop.order(f"N{id}", ("TEA", 1), customer_id=id)
        shop.act(lambda w, id=id, d=days, s=state: w.db.execute(
            update(CustomerOrder).where(CustomerOrder.customer_id == id).values(placed_at=w.now - timedelta(days=d), state=s)
        ))  # fmt: skip
    sweep(shop)
    names = {one.id: one.name for one in shop.ask(select(Customer))}
    assert names == {"long-ago": "erased", "never": "erased", "lately": "Ada", "open": "Ada"}
    assert {one.because for one in shop.ask(select(CustomerErasure))} == {"retention"}


def test_a_person_who_left_long_ago_has_no_name_any_more(shop):
    def build(w):
        for number in ("71", "72", "73"):
            add_worker(w, number, f"Bo {number}", [Role.PICKER], badge=f"B{number}")
        for number in ("71", "72"):
            change_worker(w, number, WorkerChange(active=False))

    shop.act(build)
    assert sweep(shop) == {}
    # The trail cannot be made older than it is: `left_before` is asked as if nothing were kept.
    assert len(shop.act(lambda w: staff_data.left_before(w, timedelta(days=-1)))) == 2
    id = shop.ask(select(Worker.id).where(Worker.number == "71"))[0]
    shop.act(lambda w: staff_data.erase(w, id))
    gone = shop.ask(select(Worker).where(Worker.id == id))[0]
    assert (gone.name, gone.badge, gone.pin_hash) == ("erased", None, None)
    assert shop.ask(select(WorkerRole).where(WorkerRole.worker_id == id)) == []
    still = shop.ask(select(Worker.id).where(Worker.number == "73"))[0]
    with pytest.raises(staff_data.StillHere):
        shop.act(lambda w: staff_data.erase(w, still))


def test_all_that_is_known_of_a_person_is_handed_out_but_no_secret(shop):
    def build(w):
        worker = add_worker(w, "71", "Bo", [Role.PICKER, Role.PACKER], badge="B-71", pin="4711")
        w.db.add(Device(id="d9", site_id=w.site, label="H", pubkey="0", created_at=w.now, chain="0"))
        w.db.flush()
        w.db.add(
            Session(
                id="secret", site_id=w.site, worker_id=worker.id, device_id="d9", issued_at=w.now, offline_until=w.now
            )
        )
        return worker.id

    id = shop.act(build)
    shop.oms.works.run("W", Actor("device", worker=id), lambda w: w.audit("thing.done", order="N1"))
    found = shop.act(lambda w: staff_data.export(w, id))
    assert found["person"]["name"] == "Bo"
    assert [one["role"] for one in found["roles"]] == ["packer", "picker"]
    assert len(found["sign_ins"]) == 1
    assert {one["what"] for one in found["acts"]} == {"worker.added", "thing.done"}
    said = str(found)
    assert "argon2" not in said
    assert "secret" not in said


def test_who_may_do_what(shop):
    key = new_key()

    def build(w):
        add_worker(w, "71", "=cmd|' /C calc'!A0", [Role.SUPERVISOR])
        change_worker(w, "71", WorkerChange(active=False))
        add_key(w, key, "erp", [Scope.ORDERS_WRITE])
        w.db.add(Device(id="d9", site_id=w.site, label="Handheld 9", pubkey="0", created_at=w.now, chain="0"))

    shop.act(build)
    with shop.oms.sessions() as db:
        found = report.permissions(db, "W")
    program = next(one for one in found if one.name == "erp")
    assert (program.by, program.opens, program.active) == ("orders:write", "orders:read orders:write", True)
    assert [one.active for one in found if one.id == "71"] == [False]
    assert [one.name for one in found if one.holder == "device"] == ["Handheld 9"]
    rows = list(csv.DictReader(StringIO(report.as_csv(found))))
    assert len(rows) == len(found)
    assert next(row["name"] for row in rows if row["id"] == "71").startswith("'=")
    assert key not in report.as_csv(found)
    assert shop.ask(select(ApiKey.key_hash))[0] not in report.as_csv(found)


def test_what_is_said_of_roles_is_so():
    """Where a role is named with a room, one of the room's routes answers to it."""
    rooms = {"board": "/v1/floor/board", "orders": "/v1/orders/release", "waves": "/v1/waves/make", "plans": "/v1/plans",
             "customers": "/v1/customers", "order_entry": "/v1/order-entry/take", "workbench": "/v1/workbench/note",
             "sourcing": "/v1/sourcing/act", "shipping": "/v1/shipping/labels", "counts": "/v1/tasks/counts",
             "reopen_parcel": "/v1/parcels/reopen"}  # fmt: skip
    for role in (Role.PICKER, Role.PACKER, Role.SUPERVISOR):
        opens = {room for room, path in rooms.items() if role in MATRIX[("post", path)]}
        assert opens == set(report.ROLE_OPENS[role]) - {"floor_work"}, role
    assert set(report.ROLE_OPENS) == set(Role)


def test_over_http(shop):
    key = new_key()
    shop.oms.works.run("MAIN", TEST, lambda w: add_key(w, key, "k", [Scope.ADMIN]))
    shop.oms.works.run("MAIN", TEST, lambda w: add_worker(w, "71", "Bo", [Role.PICKER]))
    with TestClient(make_app(shop.oms, asyncio.Event(), ["h:1"]), raise_server_exceptions=False) as client:
        client.headers["Authorization"] = f"Bearer {key}"
        assert client.post("/v1/admin/retention", json={"kind": "mails", "days": 60}).status_code == 204
        assert client.post("/v1/admin/retention", json={"kind": "mails", "days": 10**12}).status_code == 400
        assert {"mails": 60}.items() <= {
            one["kind"]: one["days"] for one in client.get("/v1/admin/retention").json()
        }.items()
        assert client.post("/v1/admin/retention/sweep").json() == {"swept": {}}
        assert "program" in client.get("/v1/admin/permissions", params={"as_csv": True}).text
        assert {one["holder"] for one in client.get("/v1/admin/permissions").json()} >= {"person", "program"}
        assert client.get("/v1/admin/workers/71/export").json()["person"]["name"] == "Bo"
        assert client.get("/v1/admin/workers/99/export").status_code == 404
        assert client.post("/v1/admin/workers/71/erase").status_code == 409
        client.post("/v1/admin/workers/71/change", json={"active": False})
        assert client.post("/v1/admin/workers/71/erase").status_code == 204
        assert client.post("/v1/admin/workers/71/erase").status_code == 404
