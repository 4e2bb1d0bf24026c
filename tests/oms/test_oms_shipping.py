"""The routes of shipping, with a carrier that is asked over HTTP: prices, labels for stations, manifests, events."""

import asyncio
import json
import time
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from litestar.testing import TestClient
from sqlalchemy import select

from oms.accounts import Account
from oms.api.app import make_app
from oms.db.work import Actor
from oms.feed.ports import FactContext
from oms.feed.rows import build
from oms.imports.run import Upload, run_import
from oms.orders.models import Order
from oms.packing.facts import weighed
from oms.packing.models import Parcel
from oms.people.keys import Scope, add_key, new_key
from oms.people.models import AccessToken, Device
from oms.shipping.actions import plan_parcel
from oms.shipping.carriers.desk import Desk
from oms.shipping.carriers.models import ParcelEvent
from oms.shipping.carriers.open import open_carriers
from oms.shipping.carriers.wire import sign
from sync.contract import facts
from sync.contract.chain import chain_start
from sync.contract.codes import OrderState, ParcelState
from sync.contract.shipping import CarrierLabel
from tools.carrier_server import CarrierServer

pytestmark = pytest.mark.postgres
SECRET = "webhook-secret"
TABLE = """what,carrier,service,country,zone,up_to_g,price,days
service,ACME,std,,,,,
zone,ACME,std,*,1,,,2
step,ACME,std,,1,5000,7.25,
service,OWN,eco,,,,,
zone,OWN,eco,*,1,,,5
step,OWN,eco,,1,5000,4.10,
"""


@pytest.fixture
def server():
    with CarrierServer() as made:
        yield made


@pytest.fixture
def client(oms, server):
    carriers = open_carriers({"ACME": Account("ACME", server.url, server.key, SECRET)})
    with TestClient(make_app(oms, asyncio.Event(), ["h:1"], carriers), raise_server_exceptions=False) as made:
        yield made


@pytest.fixture
def clerk(oms, client):
    """Headers of a program that may do orders."""
    key = new_key()
    act(oms, lambda w: add_key(w, key, "clerk", [Scope.ORDERS]))
    return {"Authorization": f"Bearer {key}"}


@pytest.fixture
def station(oms):
    """Headers of a paired device."""

    def do(w):
        w.db.add(Device(id="d1", site_id=w.site, label="x", pubkey="0", created_at=w.now, chain=chain_start("d1")))
        w.db.flush()
        token = sha256(b"t").hexdigest()
        until = w.now + timedelta(hours=1)
        w.db.add(AccessToken(token_hash=token, device_id="d1", issued_at=w.now, expires_at=until))

    act(oms, do)
    return {"Authorization": "Bearer t"}


def act(oms, do):
    return oms.works.run(oms.site, Actor("test"), do)


def planned(oms, number="H-1", carrier="ACME", service="std"):
    """A parcel of a new order, not weighed yet."""

    def do(w):
        w.db.add(
            Order(
                site_id=w.site, number=number, state=OrderState.PACKING, placed_at=w.now, ship_name="Ada",
                ship_postcode="1017 AB", ship_country="NL", carrier=carrier, service=service,
            )
        )  # fmt: skip
        w.db.flush()
        return plan_parcel(w, w.db.get(Order, (w.site, number))).id

    return act(oms, do)


def weigh(oms, parcel, op_id="0" * 32):
    body = facts.ParcelWeighed(
        job="j", parcel=parcel, carton="", grams=900, expected_g=900, tolerance_g=30, within=True
    )
    return act(oms, lambda w: weighed(w, fact(op_id), body))


def fact(op_id):
    wanted = {"op_id": op_id, "device": None, "worker": None, "item": None}
    names = (
        FactContext.__dataclass_fields__
        if hasattr(FactContext, "__dataclass_fields__")
        else FactContext.__struct_fields__
    )
    return FactContext(**{name: wanted.get(name) for name in names})


def row(oms, parcel):
    with oms.sessions() as db:
        return build(db, oms.site, "parcel", [parcel])[parcel]


def until(look):
    end = time.monotonic() + 20
    while not (found := look()):
        assert time.monotonic() < end
        time.sleep(0.02)
    return found


def bought(client, station, parcel):
    """The label once it is there."""

    def look():
        reply = client.post("/v1/shipping/label", headers=station, json={"parcel": parcel}).json()
        return reply if reply["state"] == "ready" else None

    return until(look)


def test_a_weight_buys_the_label_and_the_station_gets_the_same_bytes_again_and_again(oms, client, station, server):
    parcel = planned(oms)
    assert row(oms, parcel).label is CarrierLabel.PENDING
    weigh(oms, parcel)
    weigh(oms, parcel, "1" * 32)
    first = bought(client, station, parcel)
    again = client.post("/v1/shipping/label", headers=station, json={"parcel": parcel}).json()
    assert first["body"] == again["body"]
    assert again["format"] == "zpl"
    assert len(server.books.purchases) == 1
    told = row(oms, parcel)
    assert (told.label, told.tracking) == (CarrierLabel.READY, again["tracking"])


def test_parcels_of_the_house_need_no_bytes(oms, client, station):
    parcel = planned(oms, carrier="OWN", service="eco")
    weigh(oms, parcel)
    reply = client.post("/v1/shipping/label", headers=station, json={"parcel": parcel}).json()
    assert (reply["state"], reply["body"], row(oms, parcel).label) == ("own", "", CarrierLabel.OWN)
    assert client.post("/v1/shipping/label", headers=station, json={"parcel": "nobody"}).status_code == 404


def test_the_carrier_is_asked_for_its_price_and_the_table_speaks_when_it_is_away(oms, client, clerk, server):
    run_import(oms, Upload("rates", TABLE.encode(), False), Actor("test"))
    planned(oms, "K-1", "", "")
    soon = (datetime.now(UTC) + timedelta(days=5)).date().isoformat()
    ask = {"order": "K-1", "grams": 900, "promised": soon}
    live = client.post("/v1/shipping/rates", headers=clerk, json=ask).json()
    prices = {(o["carrier"], o["service"]): (o["price"], o["live"]) for o in live["options"]}
    assert prices[("ACME", "std")] == ("5.95", True)
    assert prices[("ACME", "express")] == ("11.50", True)
    server.misbehave("error")
    alone = client.post("/v1/shipping/rates", headers=clerk, json={**ask, "keep": True}).json()
    prices = {(o["carrier"], o["service"]): (o["price"], o["live"]) for o in alone["options"]}
    assert prices == {("ACME", "std"): ("7.25", False), ("OWN", "eco"): ("4.10", False)}
    best = alone["options"][0]
    assert alone["kept"]
    assert best["why_not"] is None
    with oms.sessions() as db:
        assert db.get(Order, (oms.site, "K-1")).carrier == best["carrier"]


def test_questions_about_prices_that_make_no_sense(client, clerk):
    for ask, status in (
        ({"grams": 0}, 400),
        ({"grams": 10**12}, 400),
        ({"grams": 1, "sides_mm": [0, 1, 1]}, 400),
        ({"grams": 1, "promised": "soon"}, 400),
        ({"grams": 1, "order": "nobody"}, 404),
        ({"grams": 1, "country": "\0", "postcode": "\0"}, 200),
    ):
        assert client.post("/v1/shipping/rates", headers=clerk, json=ask).status_code == status, ask


def test_from_a_label_to_the_hand_over_list(oms, client, clerk, station):
    parcels = [planned(oms, f"M-{n}") for n in range(3)]
    for n, parcel in enumerate(parcels):
        weigh(oms, parcel, f"{n:032x}")
        bought(client, station, parcel)
    empty = client.post("/v1/shipping/manifests/close", headers=clerk, json={"carrier": "ACME"}).json()
    assert (empty["manifests"], empty["reason"]) == ([], "nothing_to_hand_over")

    def ship(w):
        for parcel in parcels[:2]:
            w.db.get(Parcel, parcel).state = ParcelState.SHIPPED
            w.db.get(Parcel, parcel).shipped_at = w.now
            w.touch("parcel", parcel)

    act(oms, ship)
    [made] = client.post("/v1/shipping/manifests/close", headers=clerk, json={"carrier": "ACME"}).json()["manifests"]
    assert (made["parcels"], made["grams"], made["waiting"]) == (2, 1800, 1)
    assert {line["order"] for line in made["lines"]} == {"M-0", "M-1"}

    def closed():
        [now] = client.post("/v1/shipping/manifests", headers=clerk, json={"id": made["id"]}).json()["manifests"]
        return now["state"] == "closed" and now

    assert until(closed)["ref"] == "mf_1"
    refused = client.post("/v1/shipping/labels/act", headers=clerk, json={"parcel": parcels[0], "act": "void"}).json()
    assert (refused["done"], refused["reason"]) == (False, "manifested")
    done = client.post("/v1/shipping/labels/act", headers=clerk, json={"parcel": parcels[2], "act": "void"}).json()
    assert done["done"]
    until(lambda: row(oms, parcels[2]).label is CarrierLabel.VOID)
    days = client.post("/v1/shipping/manifests", headers=clerk, json={"day": made["day"]}).json()["manifests"]
    assert [day["id"] for day in days] == [made["id"]]
    assert client.post("/v1/shipping/manifests", headers=clerk, json={"day": "2020-01-01"}).json()["manifests"] == []


def test_a_label_that_is_not_there_is_in_the_list_with_its_reason(oms, client, clerk, server):
    server.misbehave(*["wrong_type"] * 50)
    parcel = planned(oms)
    weigh(oms, parcel)

    def asked():
        rows = client.post("/v1/shipping/labels", headers=clerk, json={}).json()["labels"]
        return rows if rows and rows[0]["problem"] else None

    [found] = until(asked)
    assert (found["order"], found["problem"], found["state"]) == ("H-1", "answer_type", "pending")


# --- what carriers tell by themselves ---


def hear(client, body, signature=None, at=None):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    signed = sign(SECRET, int(at or time.time()), raw) if signature is None else signature
    return client.post("/v1/carriers/ACME/events", content=raw, headers={"Webhook-Signature": signed})


def event(id, tracking, status, minutes=0, **more):
    at = (datetime.now(UTC) + timedelta(minutes=minutes - 10)).isoformat()
    return {"id": id, "tracking_number": tracking, "status": status, "at": at, **more}


def test_a_signed_event_counts_once(oms, client, clerk, station):
    parcel = planned(oms)
    weigh(oms, parcel)
    number = bought(client, station, parcel)["tracking"]
    body = {"events": [event("e1", number, "transit", place="Utrecht"), event("e2", "OTHER", "transit")]}
    first = hear(client, body).json()
    assert (first["taken"], first["known"], first["strange"]) == (1, 0, 1)
    assert hear(client, body).json()["known"] == 1
    more = {"events": [event("e3", number, "delivered", 1), event("e4", number, "sent to the moon", 2)]}
    assert hear(client, more).json()["strange"] == 1
    told = client.post("/v1/shipping/deliveries", headers=clerk, json={"order": "H-1"}).json()
    assert told["state"] == "delivered"
    assert [e["state"] for e in told["parcels"][0]["events"]] == ["delivered", "in_transit"]
    page = client.get(told["page"])
    assert page.status_code == 200
    assert "Utrecht" in page.text
    assert client.post("/v1/shipping/deliveries", headers=clerk, json={"order": "none"}).status_code == 404


def test_events_are_believed_from_who_signs_them_only(oms, client):
    body = json.dumps({"events": []}).encode()
    now = int(time.time())
    for wrong in (
        "",
        "nonsense",
        sign("other", now, body),
        sign(SECRET, now, body + b" "),
        sign(SECRET, now - 3600, body),
        sign(SECRET, now + 3600, body),
        sign(SECRET, now, body).upper(),
        "t=" + "9" * 400 + ",v1=" + "0" * 64,
    ):
        assert hear(client, body, wrong).status_code == 401, wrong
    assert hear(client, body).status_code == 200
    unknown = client.post("/v1/carriers/BETA/events", content=body, headers={"Webhook-Signature": sign("", now, body)})
    assert unknown.status_code == 401


def test_signed_nonsense_is_refused_and_a_flood_is_cut_off(client):
    for body in (b"", b"[]", b"{", b'{"events": 1}', b'{"events": [{"id": 1}]}', b"[" * 5000):
        assert hear(client, body).status_code == 400, body[:20]
    assert hear(client, b" " * 300_000).status_code == 413


def test_events_with_odd_values_are_counted_and_not_kept(oms, client, station):
    parcel = planned(oms)
    weigh(oms, parcel)
    number = bought(client, station, parcel)["tracking"]
    odd = [
        event("", number, "transit"),
        event("x" * 500, number, "transit"),
        event("a\0b", number, "transit"),
        event("n", number, "transit") | {"at": "2026-11-22T10:00:00"},
        event("f", number, "delivered", 60 * 24 * 30),
    ]
    assert hear(client, {"events": odd}).json()["strange"] == len(odd)
    hear(client, {"events": [event("ok", number, "transit", place="Ut\0recht\x1b" + "y" * 500)]})
    with oms.sessions() as db:
        [kept] = db.scalars(select(ParcelEvent)).all()
    assert kept.place.startswith("Utrechty")
    assert len(kept.place) == 120


def test_a_carrier_is_asked_how_far_parcels_are(oms, client, station, server, clerk):
    parcel = planned(oms)
    weigh(oms, parcel)
    number = bought(client, station, parcel)["tracking"]
    server.books.events.append(event("p1", number, "out_for_delivery"))

    def ship(w):
        w.db.get(Parcel, parcel).state, w.db.get(Parcel, parcel).shipped_at = ParcelState.SHIPPED, w.now
        w.touch("parcel", parcel)

    act(oms, ship)
    carriers = open_carriers({"ACME": Account("ACME", server.url, server.key)})
    Desk(oms.works, oms.site, carriers.by_code).chores()
    carriers.close()
    told = client.post("/v1/shipping/deliveries", headers=clerk, json={"order": "H-1"}).json()
    assert told["state"] == "out_for_delivery"
