"""Who is let in, how often they may ask, and how they are shut out: people, keys, server keys and rates, through the API."""

import asyncio
from datetime import timedelta
from hashlib import sha256

import pytest
from litestar.testing import TestClient
from sqlalchemy import select

from oms.api.app import make_app
from oms.api.rate import Rate, Rates
from oms.db.work import Actor
from oms.feed.models import Change
from oms.feed.refusals import Refusal
from oms.people import trust
from oms.people.actions import add_worker
from oms.people.keys import Scope, add_key, new_key
from oms.people.models import AccessToken, Device, Session
from sync.contract.chain import chain_start
from sync.contract.codes import Role

pytestmark = pytest.mark.postgres


class Door:
    """A server with Ada the picker, Bo the supervisor, two devices and a key; and who stands before it."""

    def __init__(self, oms, client):
        self.oms, self.client, self.key = oms, client, new_key()
        oms.works.run(oms.site, Actor("test"), self._build)

    def _build(self, w):
        add_worker(w, "1", "Ada", [Role.PICKER], badge="B-1", pin="1234")
        add_worker(w, "2", "Bo", [Role.SUPERVISOR], badge="B-2", pin="4321")
        for id in ("d1", "d2"):
            w.db.add(Device(id=id, site_id=w.site, label=id, pubkey="0", created_at=w.now, chain=chain_start(id)))
            w.db.flush()
            until = w.now + timedelta(hours=1)
            hashed = sha256(f"t-{id}".encode()).hexdigest()
            w.db.add(AccessToken(token_hash=hashed, device_id=id, issued_at=w.now, expires_at=until))
        add_key(w, self.key, "office", [Scope.ADMIN])

    def post(self, path, body, token=None):
        return self.client.post(path, json=body, headers={"Authorization": f"Bearer {token or self.key}"})

    def get(self, path, token=None, **params):
        return self.client.get(path, params=params, headers={"Authorization": f"Bearer {token or self.key}"})

    def sign_in(self, device="d1", **by):
        return self.post("/v1/sessions", by, f"t-{device}")

    def change(self, number, **what):
        return self.post(f"/v1/admin/workers/{number}/change", what).status_code

    def may_release(self, session, device="d1"):
        return self.post("/v1/orders/release", {"orders": [], "session": session}, f"t-{device}").status_code == 200


@pytest.fixture
def door(oms):
    with TestClient(make_app(oms, asyncio.Event(), ["h:1"]), raise_server_exceptions=False) as client:
        yield Door(oms, client)


# --- people ---


def test_a_change_of_a_person_ends_their_sign_ins_at_once(door):
    other = door.sign_in(badge="B-1").json()["session"]
    badge = "B-2"
    for n, change in enumerate(({"roles": ["supervisor"]}, {"badge": "B-NEW"}, {"pin": "9999"}, {"active": False}), 1):
        session = door.sign_in(badge=badge).json()["session"]
        assert door.may_release(session)
        assert door.change("2", **change) == 204
        badge = change.get("badge", badge)
        assert not door.may_release(session), change
        with door.oms.sessions() as db:
            assert db.get(Session, session).revoked_at is not None
            assert db.get(Session, other).revoked_at is None
            row = db.scalars(
                select(Change.body).where(Change.ent == "worker", Change.body.like('%"number":"2"%'))
            ).all()
        # Devices hear of it with the feed: a new number, or that the person is gone.
        assert row == [] if "active" in change else f'"trust_n":{n}' in row[0]


def test_who_is_dismissed_cannot_sign_in_and_who_is_back_can(door):
    assert door.change("1", active=False) == 204
    assert door.sign_in(badge="B-1").status_code == 401
    assert door.sign_in(number="1", pin="1234").status_code == 401
    assert door.change("1", active=True) == 204
    came = door.sign_in(badge="B-1").json()
    assert (came["name"], came["trust_n"]) == ("Ada", 2)


def test_badge_and_pin_are_changed_and_taken_away(door):
    assert door.change("1", badge="B-9", pin="5678") == 204
    assert door.sign_in(badge="B-1").status_code == 401
    assert door.sign_in(badge="B-9").status_code == 201
    assert door.sign_in(number="1", pin="5678").status_code == 201
    assert door.change("1", badge="", pin="") == 204
    assert door.sign_in(badge="B-9").status_code == 401
    assert door.sign_in(number="1", pin="5678").status_code == 401


def test_a_change_that_cannot_be_leaves_all_as_it_was(door):
    for number, change, status in (
        ("1", {"badge": "B-2"}, 409),
        ("1", {"pin": "12"}, 400),
        ("1", {"roles": []}, 400),
        ("9", {"active": True}, 404),
        ("1", {"roles": ["king"]}, 400),
    ):
        assert door.change(number, **change) == status, change
    assert door.sign_in(badge="B-1").json()["trust_n"] == 0


def test_five_wrong_pins_lock_and_the_office_unlocks(door):
    said = [door.sign_in(number="1", pin="0000").status_code for _ in range(5)]
    assert said == [401] * 4 + [423]
    locked = door.sign_in("d2", number="1", pin="1234")
    assert (locked.status_code, locked.json()["error"]) == (423, "locked")
    assert int(locked.headers["retry-after"]) == 900
    session = door.sign_in(badge="B-1").json()["session"]
    assert door.change("1", unlock=True) == 204
    assert door.sign_in("d2", number="1", pin="1234").status_code == 201
    with door.oms.sessions() as db:
        assert db.get(Session, session).revoked_at is None


# --- keys and devices ---


def test_a_revoked_key_opens_nothing(door):
    made = door.post("/v1/admin/keys", {"name": "erp", "scopes": ["orders"]}).json()
    assert door.get("/v1/orders", made["key"]).status_code == 200
    listed = door.get("/v1/admin/keys")
    assert made["id"] in {key["id"] for key in listed.json()}
    assert made["key"] not in listed.text
    assert door.post(f"/v1/admin/keys/{made['id']}/revoke", {}).status_code == 204
    assert door.get("/v1/orders", made["key"]).status_code == 401
    assert door.post(f"/v1/admin/keys/{made['id']}/revoke", {}).status_code == 404


def test_a_revoked_device_takes_its_sign_ins_with_it(door):
    session = door.sign_in("d2", badge="B-2").json()["session"]
    assert door.may_release(session, "d2")
    assert door.post("/v1/admin/devices/d2/revoke", {}).status_code == 204
    assert door.get("/v1/sync/pull", "t-d2").status_code == 401
    with door.oms.sessions() as db:
        assert db.get(Session, session).revoked_at is not None
        assert trust.shut_out(db, door.oms.site) == {"d2"}


def test_the_key_of_the_server_is_changed_step_by_step(door):
    def step(step, spki="", force=False):
        answer = door.post("/v1/admin/server-keys", {"step": step, "spki": spki, "force": force})
        return answer.status_code, answer.json().get("keys")

    new = "a" * 64
    assert step("activate", new) == (409, None)
    assert step("announce", "short") == (400, None)
    assert step("announce", new) == (200, {new: "next"})
    assert step("announce", new) == (200, {new: "next"})
    assert door.get("/v1/admin/server-keys").json()["keys"] == {new: "next"}
    assert step("activate", new) == (200, {new: "serving"})
    assert step("activate", new) == (200, {new: "serving"})
    assert step("finish") == (200, {new: "serving"})


# --- rates ---


class Ticking:
    now = 0.0

    def __call__(self):
        return self.now


def test_too_many_of_one_kind_are_turned_away_with_a_time_to_wait(door):
    rates = door.client.app.state.rates
    rates._kinds = (("/v1/admin", Rate(burst=3, every_s=60.0)), *rates._kinds)
    said = [door.get("/v1/admin/devices") for _ in range(5)]
    assert [one.status_code for one in said] == [200, 200, 200, 429, 429]
    assert said[-1].json()["error"] == "rate_limited"
    assert int(said[-1].headers["retry-after"]) == said[-1].json()["retry_after_s"] >= 1
    # Another kind of route, and another asker, are not touched by it.
    assert door.get("/v1/orders").status_code == 200
    other = door.post("/v1/admin/keys", {"name": "x", "scopes": ["admin"]})
    assert other.status_code == 429
    assert door.sign_in(badge="B-1").status_code == 201


def test_strangers_are_slowed_down_per_device(door):
    said = [door.sign_in(badge=f"X-{n}").status_code for n in range(13)]
    assert (said[:10], set(said[10:])) == ([401] * 10, {429})
    assert door.sign_in("d2", badge="B-1").status_code == 201


def test_bad_tokens_from_one_address_do_not_shut_out_the_good_ones(door):
    rates = door.client.app.state.rates
    rates.bad = Rate(burst=3, every_s=60.0)
    assert door.get("/v1/sync/pull", "t-d1").status_code in (200, 204)
    said = [door.get("/v1/sync/pull", f"made-up-{n}").status_code for n in range(6)]
    assert said == [401] * 3 + [429] * 3
    assert door.get("/v1/sync/pull", "t-d1").status_code in (200, 204)
    rates.good("t-d2")
    assert door.get("/v1/sync/pull", "t-d2").status_code in (200, 204)


def test_pairing_is_slow_by_address_and_health_never_is(door):
    body = {"code": "0" * 32, "pubkey": "0" * 64, "label": "x", "app": "x", "signature": "0" * 128}
    said = [door.client.post("/v1/pair", json=body).status_code for _ in range(12)]
    assert said == [401] * 10 + [429] * 2
    proof = {"code_id": "0" * 32, "challenge": "0" * 64}
    assert door.client.post("/v1/pair/proof", json=proof).status_code == 429
    assert {door.client.get("/healthz").status_code for _ in range(50)} == {200}


def test_one_device_cannot_use_up_the_tokens_of_all(door):
    said = [door.client.post("/v1/token/nonce", json={"device_id": "d1"}).status_code for _ in range(40)]
    assert (said[:30], set(said[30:])) == ([200] * 30, {429})
    assert door.client.post("/v1/token/nonce", json={"device_id": "d2"}).status_code == 200


def test_a_bucket_tells_when_it_is_full_without_filling_it():
    clock = Ticking()
    rate = Rate(burst=2, every_s=10.0, clock=clock)
    assert rate.full("a") == 0
    rate.spend("a")
    rate.spend("a")
    assert rate.full("a") == 10.0
    assert rate.full("a") == 10.0
    clock.now = 10.0
    assert rate.full("a") == 0
    rate.spend("a")
    with pytest.raises(Refusal):
        rate.spend("a")


def test_what_is_remembered_of_askers_is_bounded():
    rates = Rates()
    for n in range(25_000):
        rates.good(f"t{n}")
        rates.left(f"x{n}", f"10.0.{n % 250}.{n // 250 % 250}", 401)
    assert len(rates._good) <= 10_000
    assert len(rates.bad._empty_at) <= 10_000
    clock = Ticking()
    rate = Rate(burst=1, every_s=0.001, clock=clock)
    for n in range(25_000):
        clock.now += 0.01
        rate.spend(f"k{n}")
    assert len(rate._empty_at) <= 10_000
