"""Every contact of a device is known to the board, and what its log holds that has not been delivered."""

import asyncio
from datetime import timedelta
from hashlib import sha256

import msgspec
import pytest
from litestar.testing import TestClient
from sqlalchemy import select, update

from oms.api.app import make_app
from oms.db.work import Actor
from oms.floor.models import Contact
from oms.floor.queries import board
from oms.people.actions import add_worker
from oms.people.models import AccessToken, Device, Session
from sync.contract.board import BoardReply, BoardTab, DeviceState
from sync.contract.chain import chain_start
from sync.contract.codes import Role
from sync.contract.version import PULL_SCHEMA

pytestmark = pytest.mark.postgres
HEADERS = {"Authorization": "Bearer h7"}


@pytest.fixture
def device(oms):
    """A paired device that was last heard of an hour ago, with a supervisor signed in on it (session `s`)."""

    def act(w):
        ago = w.now - timedelta(hours=1)
        w.db.add(
            Device(
                id="h7",
                site_id=w.site,
                label="Handheld 7",
                pubkey="0",
                created_at=ago,
                chain=chain_start("h7"),
                last_seen=ago,
            )
        )
        w.db.flush()
        until = w.now + timedelta(hours=1)
        w.db.add(AccessToken(token_hash=sha256(b"h7").hexdigest(), device_id="h7", issued_at=w.now, expires_at=until))
        boss = add_worker(w, "1", "Lieke", [Role.SUPERVISOR])
        w.db.add(
            Session(id="s", site_id=w.site, worker_id=boss.id, device_id="h7", issued_at=w.now, offline_until=until)
        )

    oms.works.run(oms.site, Actor("test"), act)


@pytest.fixture
def client(oms, device):
    with TestClient(make_app(oms, asyncio.Event(), ["h:1"])) as made:
        yield made


def line(oms):
    with oms.sessions() as db:
        [only] = board(db, oms.site, BoardTab.DEVICES, 0, "").devices
    return only


def test_a_pull_is_a_contact(oms, client):
    assert line(oms).state is DeviceState.AWAY
    assert client.get("/v1/sync/pull", headers=HEADERS, params={"schema": PULL_SCHEMA}).status_code in (200, 204)
    seen = line(oms)
    assert seen.state is DeviceState.LIVE
    assert seen.seen_s < 60


def test_many_pulls_are_written_down_once(oms, client):
    client.get("/v1/sync/pull", headers=HEADERS, params={"schema": PULL_SCHEMA})
    with oms.sessions.begin() as db:
        db.execute(update(Contact).values(seen_at=Contact.seen_at - timedelta(minutes=5)))
        before = db.scalars(select(Contact.seen_at)).one()
    client.get("/v1/sync/pull", headers=HEADERS, params={"schema": PULL_SCHEMA})
    with oms.sessions() as db:
        assert db.scalars(select(Contact.seen_at)).one() == before


def test_opening_says_how_many_scans_are_still_in_the_device(oms, client):
    body = {
        "epoch": oms.epoch(), "next_seq": 8, "chain": "0" * 64, "cursor": "", "schema": PULL_SCHEMA, "app": "test",
    }  # fmt: skip
    assert client.post("/v1/sync/open", headers=HEADERS, json=body).status_code == 200
    assert line(oms).waiting == 7


def test_the_board_answers_a_supervisor_over_http(client):
    asked = {"session": "s", "tab": "devices"}
    answer = client.post("/v1/floor/board", headers=HEADERS, json=asked)
    reply = msgspec.json.decode(answer.content, type=BoardReply)
    assert [one.label for one in reply.devices] == ["Handheld 7"]
    assert reply.devices[0].person == "Lieke"
    assert reply.epoch == 1
    assert reply.server_time


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/v1/floor/reclaim/preview", {"device": "nobody"}, 404),
        ("/v1/floor/reclaim", {"device": "nobody", "version": "v", "reason": "no_contact"}, 404),
        ("/v1/floor/reclaim", {"device": "h7", "version": "v", "reason": "because"}, 400),
        ("/v1/floor/acts", {"act": "explode", "id": "x"}, 400),
        ("/v1/floor/acts", {"act": "prioritise", "id": "x\0", "value": "1"}, 200),
    ],
    ids=["unknown-preview", "unknown-device", "unknown-reason", "unknown-act", "zero-character"],
)
def test_what_makes_no_sense_is_refused_calmly(client, path, body, status):
    answer = client.post(path, headers=HEADERS, json={"session": "s", **body})
    assert answer.status_code == status, answer.text


def test_a_reclaim_of_nothing_does_nothing(client):
    asked = {"session": "s", "device": "h7", "version": "v", "reason": "no_contact"}
    answer = client.post("/v1/floor/reclaim", headers=HEADERS, json=asked).json()
    assert answer["done"] is False
    assert answer["preview"]["jobs"] == []
