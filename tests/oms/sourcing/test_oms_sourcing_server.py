"""One real server for two sites: whoever asks acts at their own, and a store's no sends the order to the other site."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from oms.bootstrap import open_oms
from oms.datafolder import DataFolder
from oms.db.work import Actor
from oms.orders.models import Order
from oms.sales.codes import SaleState
from oms.sales.models import CustomerOrder, CustomerOrderLine
from oms.verify import verify
from sync.client.identity import public_hex
from sync.contract import proof

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
LAYOUT = "bin,zone,kind,seq\nA-01,A,pick,1\nL-1,P,lane,9\n"
ITEMS = "sku,name\nCUP,Cup\n"
STOCK = "sku,bin,qty\nCUP,A-01,10\n"


class House:
    """The server's process, the administrator's key, and a device with its supervisor per site."""

    def __init__(self, url):
        self.url_of_database = url
        self.folder = tempfile.TemporaryDirectory()
        self.errors = tempfile.TemporaryFile("w+")  # noqa: SIM115 - as long as the process
        words = ["server", "--port", "0", "--no-tls", "--data", self.folder.name]
        self.process = subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "oms", *words], stdout=subprocess.PIPE, stderr=self.errors, text=True,
            env={**os.environ, "FLOORHAND_DATABASE_URL": url.render_as_string(hide_password=False)},
        )  # fmt: skip
        line = self.process.stdout.readline()
        self.errors.seek(0)
        assert line, self.errors.read()
        self.url = json.loads(line)["url"]
        self.key = DataFolder(Path(self.folder.name)).admin_key()

    def close(self):
        """In good order."""
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(30) == 0
        self.process.stdout.close()
        self.errors.close()
        self.folder.cleanup()

    def ask(self, path, body=None, bearer=None, site="", method="POST"):
        """(status, answer)."""
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        headers |= {"Floorhand-Site": site} if site else {}
        text = isinstance(body, str)
        headers["Content-Type"] = "text/csv" if text else "application/json"
        sent = body.encode() if text else json.dumps(body if body is not None else {}).encode()
        request = urllib.request.Request(self.url + path, None if method == "GET" else sent, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                said = answer.read()
                return answer.status, json.loads(said) if said else None
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.loads(error.read() or b"null")

    def good(self, *args, **words):
        """The answer of a 2xx."""
        status, said = self.ask(*args, **words)
        assert status < 300, (args[0], status, said)
        return said

    def build(self, site):
        """Goods, and a device of the site with a supervisor signed in."""
        for kind, rows in (("layout", LAYOUT), ("items", ITEMS), ("stock", STOCK)):
            report = self.good(f"/v1/import/{kind}", rows, self.key, site)
            assert report["totals"]["rejected"] == 0
        person = {"number": "1", "name": f"Bo of {site}", "roles": ["supervisor"], "badge": f"B-{site}"}
        self.good("/v1/admin/workers", person, self.key, site)
        code = self.good("/v1/admin/pairing-codes", {"label": site, "addresses": ["h:1"]}, self.key, site)
        return Device(self, code["typed"], site)


class Device:
    """A paired device; `session` is its supervisor's."""

    def __init__(self, house, typed, site):
        self.house, secret = house, Ed25519PrivateKey.generate()
        code = "".join(typed.split()).replace("-", "")
        pubkey = public_hex(secret)
        body = {
            "code": code, "pubkey": pubkey, "label": "x", "app": "a",
            "signature": secret.sign(proof.pairing(code, pubkey, "x")).hex(),
        }  # fmt: skip
        paired = house.good("/v1/pair", body)
        self.id, self.site = paired["device_id"], paired["site"]
        nonce = house.good("/v1/token/nonce", {"device_id": self.id})["nonce"]
        signature = secret.sign(proof.token(nonce, self.id, paired["spki"])).hex()
        proved = {"device_id": self.id, "nonce": nonce, "signature": signature}
        self.token = house.good("/v1/token", proved)["access"]
        self.session = house.good("/v1/sessions", {"badge": f"B-{site}"}, self.token)["session"]

    def ask(self, path, **body):
        """As the supervisor on this device."""
        return self.house.ask(path, {**body, "session": self.session}, self.token)


@pytest.fixture
def house(database_url):
    made = House(database_url)
    yield made
    made.close()


def test_two_sites_on_one_server(house, database_url):
    assert house.ask("/v1/admin/sites", {"site": "STORE"})[0] == 401
    house.good("/v1/admin/sites", {"site": "STORE", "name": "The store"}, house.key)
    assert house.ask("/v1/admin/sites", {"site": "STORE"}, house.key)[0] == 409
    main, store = house.build("MAIN"), house.build("STORE")
    assert (main.site, store.site) == ("MAIN", "STORE")
    # A badge of the other site is nobody's here; another site is named by an administrator only.
    assert house.ask("/v1/sessions", {"badge": "B-STORE"}, main.token)[0] == 401
    assert house.ask("/v1/orders/release", {"orders": ["N1"], "session": store.session}, store.token, "MAIN")[0] == 404
    assert house.ask("/v1/admin/keys", None, house.key, "NOWHERE", "GET")[0] == 404
    house.good("/v1/sourcing/sites/keep", {"site": {"site": "MAIN", "cost_order": "5"}}, house.key)
    oms = open_oms(database_url)
    try:
        oms.works.run("MAIN", Actor("test"), _order)
        _say_no(house, oms, main, store)
        assert verify(oms.engine).findings == []
    finally:
        oms.close()


def _order(w):
    w.db.add(
        CustomerOrder(
            number="N1", state=SaleState.ACCEPTED, placed_at=w.now, captured_at=w.now, ship_name="Ada",
            ship_street="Kade 1", ship_postcode="1", ship_city="Utrecht", ship_country="NL",
        )
    )  # fmt: skip
    w.db.flush()
    w.db.add(CustomerOrderLine(order_no="N1", line_no=1, sku="CUP", qty=2))


def _say_no(house, oms, main, store):
    decision = house.good("/v1/sourcing/act", {"order": "N1", "act": "source"}, house.key)["decision"]
    assert [one["site"] for one in decision["chosen"]] == ["STORE"]
    # The part is the store's: the other site knows no such order, and neither lets it go nor says no to it.
    assert main.ask("/v1/orders/N1/reject", reason="no")[0] == 404
    [refused] = main.ask("/v1/orders/release", orders=["N1"])[1]["results"]
    assert refused["reason"] == "unknown_order"
    status, said = store.ask("/v1/orders/N1/reject", reason="broken")
    assert status == 200, said
    assert [(one["site"], one["part"]) for one in said["decision"]["chosen"]] == [("MAIN", "N1-2")]
    assert said["decision"]["reasons"][0] == {
        "code": "source_rejected_by", "params": {"site": "STORE", "reason": "broken"},
    }  # fmt: skip
    looked = main.ask("/v1/sourcing/look", order="N1")[1]["decisions"]
    assert [one["superseded_at"] == "" for one in looked] == [True, False]
    [released] = main.ask("/v1/orders/release", orders=["N1-2"])[1]["results"]
    assert released["job"]
    with oms.sessions() as db:
        states = dict(db.execute(select(Order.site_id, Order.state)).all())
    assert states == {"STORE": "cancelled", "MAIN": "released"}
