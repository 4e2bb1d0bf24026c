"""Papers, pallet numbers, truck checks and dossiers over HTTP, from a real database."""

import asyncio
from datetime import timedelta
from decimal import Decimal
from hashlib import sha256
from uuid import uuid4

import pypdfium2
import pytest
from litestar.testing import TestClient

from oms.api.app import make_app
from oms.catalog.models import Item, Site
from oms.customers.models import Customer
from oms.db.work import Actor
from oms.documents.dossier_record import verify
from oms.orders.models import Order, OrderLine
from oms.packing.pallet_models import Load, LoadUnit, Pallet, PalletParcel
from oms.people.keys import Scope, add_key, new_key
from oms.people.models import AccessToken, Device, DeviceStatus
from oms.server_tls import server_identity
from oms.shipping.actions import plan_parcel
from oms.shipping.rules import sscc_valid
from sync.contract.chain import chain_start
from sync.contract.codes import ParcelState

pytestmark = pytest.mark.postgres

SSCC = "087193330000000010"


def text_of(answer):
    assert answer.headers["content-type"] == "application/pdf"
    document = pypdfium2.PdfDocument(answer.content)
    text = ""
    for page in document:
        words = page.get_textpage()
        text += words.get_text_range()
        words.close()
        page.close()
    document.close()
    return text


def small_shop(w):
    """A Dutch shop, an order of a Danish customer with a shipped parcel of it on a pallet in a truck; the parcel's id."""
    site = w.db.get_one(Site, w.site)
    site.ship_from, site.paper_words = ["Huis & Haard", "Kade 12", "Rotterdam"], {"country": "NL", "return_days": "14"}
    w.touch("site", w.site)
    w.db.add(Item(site_id=w.site, sku="CUP", name="Kop, blå", weight_g=300, hs_code="6911.10", origin="PT"))
    w.db.add(Customer(id="c1", number="1", name="Søren", language="da"))
    w.db.flush()
    order = Order(
        site_id=w.site, number="O-1", state="packing", placed_at=w.now, customer_id="c1", ship_name="Søren Åkesson",
        ship_street="Søgade 1", ship_postcode="8000", ship_city="Århus", ship_country="DK", carrier="DHL", service="P",
        currency="DKK",
    )  # fmt: skip
    w.db.add(order)
    w.db.flush()
    w.db.add(
        OrderLine(
            site_id=w.site,
            order_no="O-1",
            line_no=1,
            sku="CUP",
            qty=3,
            packed=2,
            price=Decimal("1249.50"),
            tax_rate=Decimal("0.25"),
        )
    )
    w.touch("order", "O-1")
    parcel = plan_parcel(w, order)
    w.db.flush()
    w.move(uuid4().hex, 0, "CUP", "", "supplier", f"parcel:{parcel.id}", 2)
    parcel.state, parcel.grams = ParcelState.SHIPPED, 812
    w.db.add(Pallet(sscc=SSCC, site_id=w.site, state="loaded", made_at=w.now, carrier="DHL"))
    w.db.add(Load(id="a" * 32, site_id=w.site, carrier="DHL", opened_at=w.now))
    w.db.flush()
    w.db.add(PalletParcel(parcel_id=parcel.id, pallet=SSCC, site_id=w.site, at=w.now))
    w.db.add(LoadUnit(sscc=SSCC, load_id="a" * 32, site_id=w.site, at=w.now))
    return parcel.id


@pytest.fixture
def shop(oms, tmp_path):
    """(client of a station, client of a program, id of the parcel)."""
    keys = {}

    def act(w):
        id = "bench"
        w.db.add(
            Device(
                id=id,
                site_id=w.site,
                label=id,
                pubkey="0",
                created_at=w.now,
                chain=chain_start(id),
                status=DeviceStatus.ACTIVE,
            )
        )
        w.db.flush()
        until = w.now + timedelta(hours=1)
        w.db.add(
            AccessToken(token_hash=sha256(id.encode()).hexdigest(), device_id=id, issued_at=w.now, expires_at=until)
        )
        keys["program"] = new_key()
        add_key(w, keys["program"], "shop", [Scope.ORDERS])
        return small_shop(w)

    parcel = oms.works.run(oms.site, Actor("test"), act)
    identity = server_identity(tmp_path / "tls")
    oms.serving.spki, oms.serving.key = identity.spki, identity.key
    with TestClient(make_app(oms, asyncio.Event(), ["h:1"])) as client:

        def ask(method, path, who="device", **words):
            secret = "bench" if who == "device" else keys["program"]
            return client.request(method, path, headers={"Authorization": f"Bearer {secret}"}, **words)

        yield ask, parcel, identity


def test_everything_over_http(shop):
    ask, parcel, identity = shop
    papers = {
        f"packing-slip/{parcel}": ("Følgeseddel", "Kop, blå", "følger senere: 1"),
        f"customs/{parcel}": ("CN 23", "6911.10", "PT", "0.812", "2,499.00 DKK"),
        "invoice/O-1": ("Kvittering", "1.249,50", "2.499,00", "Moms 25"),
        "return-slip/O-1": ("Returseddel", "14 dage"),
        f"pallet-list/{SSCC}": ("Pallet content", "Århus, DK"),
        f"hand-over/{'a' * 32}": ("Hand-over list", "Århus, DK"),
    }
    for path, words in papers.items():
        text = text_of(ask("GET", f"/v1/documents/{path}")).replace("\N{NO-BREAK SPACE}", " ")
        assert [word for word in words if word not in text] == [], path
    german = ask("GET", f"/v1/documents/packing-slip/{parcel}?lang=de&size=A6", "program")
    assert "Lieferschein" in text_of(german)
    assert len(german.content) < 100_000

    for path in (
        "packing-slip/none",
        "poem/O-1",
        "invoice/%00",
        "pick-list/none",
        "hand-over/x",
        "pallet-list/" + "9" * 900,
    ):
        assert ask("GET", f"/v1/documents/{path}").status_code == 404, path
    for query in ("size=A5", "lang=fr"):
        assert ask("GET", f"/v1/documents/invoice/O-1?{query}").status_code == 400

    made = ask("POST", "/v1/pallets", json={"count": 3}).json()["pallets"]
    assert [sscc_valid(one) for one in made] == [True] * 3
    assert ask("POST", "/v1/pallets", json={"count": 101}).status_code == 413
    assert len(ask("POST", "/v1/pallets", json={"count": 100}).json()["pallets"]) == 100
    assert ask("POST", "/v1/pallets", json={"count": -5}).json()["pallets"] == []

    inside = ask("GET", f"/v1/loads/DHL/{'a' * 32}").json()
    assert (inside["loaded"], inside["missing"], inside["complete"]) == ([SSCC], [], True)
    assert ask("GET", f"/v1/loads/UPS/{'b' * 32}").json()["complete"] is True

    sealed = ask("POST", "/v1/orders/O-1/dossier", "program", json={})
    verdict = verify(sealed.content)
    assert (verdict.ok, verdict.order, verdict.pin, verdict.made_by) == (True, "O-1", identity.spki, "key:shop")
    assert ask("POST", "/v1/orders/none/dossier", "program", json={}).status_code == 404
    assert ask("POST", "/v1/orders/O-1/dossier", json={}).status_code == 403
