"""One customer's order from the shop's call to the truck, with everything that happens to orders on the way. Each step is looked at where
people look: at the devices, at the workbench, in the customer's mail, and over the API."""

import base64
import email
import hmac
import json
import re
import ssl
import time
import urllib.request
from decimal import Decimal
from email.policy import SMTP
from hashlib import sha256
from io import BytesIO
from urllib.error import HTTPError
from uuid import uuid4

import pytest
import zxingcpp
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from sqlalchemy import select

from app.core.views import PackStep, PickStep
from app.core.views_pickup import PickupStep
from app.services.api import Weight
from devices.simulated.zpl_machine import PrinterBuild
from devices.simulated.zpl_sim import ZplSim
from oms.catalog.models import Bin, Carton, Item, Site, Zone
from oms.notify.settings import MailSettings, Security
from oms.orders.models import Order
from oms.people.actions import add_worker
from oms.people.keys import Scope, add_key, new_key
from oms.sourcing.models import SourceSite
from oms.telling import Telling
from sync.contract.codes import BinKind, OrderState, Role
from sync.contract.rows import OrderRow
from tests.oms.floors import Floor
from tests.oms.telling.mailserver import MailHost

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(600)]
LONGEST_MS = 60_000
NEW_STREET = "Kade 9"
SECRET = "what the shop signs with"
ADDRESS = {
    "first_name": "Ada", "last_name": "Jansen", "address1": "Oudegracht 112", "zip": "3511az", "city": "Utrecht",
    "country_code": "NL", "phone": "+31301234567",
}  # fmt: skip


def line(id_, sku, qty, price):
    return {"id": id_, "sku": sku, "title": sku.title(), "quantity": qty, "price": price, "requires_shipping": True}


#: What the shop's platform calls with; its customer was asked at the checkout what may come in the place of something.
CALL = {
    "id": 5501, "name": "#1001", "email": "ada@example.org", "created_at": "2026-05-01T10:11:12+02:00", "currency": "EUR",
    "taxes_included": True, "total_price": "29.00", "financial_status": "pending", "test": False, "customer_locale": "en-GB",
    "customer": {"id": 77, "first_name": "Ada", "last_name": "Jansen", "email": "ada@example.org"},
    "shipping_address": ADDRESS, "billing_address": ADDRESS, "note_attributes": [{"name": "substitution", "value": "ask"}],
    "line_items": [line(1, "TEA", 2, "2.50"), line(2, "LAMP", 1, "20.00"), line(3, "JAR", 1, "4.00")],
}  # fmt: skip


@pytest.fixture
def until(qtbot):
    return lambda true: qtbot.waitUntil(lambda: bool(true()), timeout=LONGEST_MS)


@pytest.fixture
def host():
    made = MailHost().start()
    yield made
    made.stop()


@pytest.fixture
def telling(host):
    mail = MailSettings(
        host="127.0.0.1", port=host.port, security=Security.NONE, sender="shop@example.com", shop="Tea & Co",
        answer_url="https://shop.example.com/answer/{order}/{code}", timeout_s=5.0, every_s=0.05, waits=(0.2, 0.5),
    )  # fmt: skip
    return Telling(mail=mail)


class Mails:
    """What the customer has in their box."""

    def __init__(self, box):
        self._box = box

    def all(self):
        return [email.message_from_bytes(content, policy=SMTP) for _, _, content in list(self._box.mails)]

    def texts(self):
        return [f"{mail['Subject']}\n{mail.get_body(('plain',)).get_content()}" for mail in self.all()]

    def pictures(self):
        """What a scanner reads in the pictures of the mails."""
        parts = [part for mail in self.all() for part in mail.walk() if part.get_content_type() == "image/png"]
        shown = [Image.open(BytesIO(part.get_content())) for part in parts]
        plain = zxingcpp.TextMode.Plain
        return [seen.text for picture in shown for seen in zxingcpp.read_barcodes(picture, text_mode=plain)]

    def with_words(self, *words):
        return [text for text in self.texts() if all(word in text for word in words)]


class Api:
    """A shop's program, over TLS with the server's own certificate."""

    def __init__(self, server, key):
        self._root = f"https://127.0.0.1:{server.port}/v1/"
        self._key = key
        self._tls = ssl.create_default_context(cafile=str(server.tls.certificate))
        self._tls.check_hostname = False

    def ask(self, path, body=None, *, key=True, signed_by=None):
        """`signed_by`: as the shop's platform calls, which has a secret and no key."""
        headers = {"Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        if signed_by is not None:
            mac = hmac.new(signed_by.encode(), data, sha256).digest()
            headers |= {"X-Shopify-Hmac-Sha256": base64.b64encode(mac).decode(), "X-Shopify-Topic": "orders/create"}
        elif key:
            headers |= {"Authorization": f"Bearer {self._key}"}
        request = urllib.request.Request(self._root + path, data, headers)
        with urllib.request.urlopen(request, timeout=20, context=self._tls) as answer:
            return json.loads(answer.read())

    def order(self, number):
        return self.ask(f"customer-orders/{number}")


@pytest.fixture
def api(served):
    house, server = served
    key = new_key()
    house.act(lambda w: add_key(w, key, "shop", [Scope.ORDERS]))
    made = Api(server, key)
    admin = new_key()
    house.act(lambda w: add_key(w, admin, "administrator", [Scope.ADMIN]))
    shop = {
        "code": "web",
        "kind": "web",
        "name": "Web shop",
        "platform": "shopify",
        "prefix": "W",
        "currency": "EUR",
        "secret": SECRET,
    }
    Api(server, admin).ask("channels", shop)
    return made


@pytest.fixture
def sites(served):
    """(warehouse with TEA and POT, store with LAMP where customers fetch); nobody has a JAR, for which a POT may be taken."""
    house, _ = served
    store = Floor(house.oms, "S").build(skus=("TEA", "LAMP", "POT", "JAR"))

    def lanes(w):
        w.db.add(Zone(site_id=w.site, code="P"))
        w.db.flush()
        for code, kind, seq in (("LANE-1", BinKind.LANE, 900), ("B-01", BinKind.PICK, 100)):
            w.db.add(Bin(site_id=w.site, code=code, zone="P", kind=kind, seq=seq))
            w.touch("bin", code)

    def warehouse(w):
        w.db.get_one(Site, w.site).ship_from = ["Tea & Co", "Dock 1"]
        w.touch("site", w.site)
        w.db.add(Carton(site_id=w.site, code="BOX-1", name="box", inner_length_mm=300, inner_width_mm=200, inner_height_mm=200,
                        outer_length_mm=310, outer_width_mm=210, outer_height_mm=210, tare_g=100, max_g=9000))  # fmt: skip
        w.touch("carton", "BOX-1")
        for sku, instead in (("POT", []), ("JAR", ["POT"]), ("LAMP", [])):
            w.db.add(Item(site_id=w.site, sku=sku, name=sku.title(), weight_g=100, substitutes=instead))
            w.touch("item", sku)
        w.db.flush()
        w.move(uuid4().hex, 0, "POT", "", "supplier", "bin:B-01", 50)

    def at_the_store(w):
        w.db.get(Item, ("S", "JAR")).substitutes = ["POT"]
        w.db.merge(SourceSite(site_id="S", pick_up=True))
        for n in range(1, 5):
            w.touch("bin", f"A-{n:02d}")
        for sku in ("TEA", "LAMP", "POT", "JAR"):
            w.touch("item", sku)
        add_worker(w, "18", "Sam", list(Role), badge="B-2", pin="1234")

    house.act(lanes)
    house.act(warehouse)
    store.act(lanes)
    store.act(at_the_store)
    store.stock("A-01", "LAMP", 5)
    return Floor(house.oms, house.site), store


class Bench:
    """The workbench at a real desk."""

    def __init__(self, hand, until):
        self.hand, self._until = hand.sign_in(), until
        hand.shell.resize(1280, 800)
        hand.shell.show()
        hand.shell.activateWindow()
        hand.shell.go("workbench")
        until(lambda: hand.shell.screen_name() == "workbench")

    @property
    def sheet(self):
        return self.hand.shell.presenter.state().sheet

    def shows(self, number, true):
        """Looks at an order until what is shown is true."""
        self.hand.press("search:", f"search:number:{number}")
        self._until(lambda: any(one.number == number for one in self.hand.shell.presenter.state().found))
        self.hand.press(f"row:{number}")

        def seen():
            if self.sheet is None or self.sheet.head.number != number or not true(self.sheet):
                self.hand.shell.presenter.refresh()
                return False
            return True

        self._until(seen)
        return self.sheet

    def keys(self, *wanted):
        for one in wanted:
            target = QApplication.focusWidget() or self.hand.shell
            QTest.keyClicks(target, one) if isinstance(one, str) else QTest.keyClick(target, one)
            QApplication.processEvents()

    def acts(self, number, letter, **answers):
        """By keys: the search, the row, the letter of an act, and what it asks; None: as it is."""
        view = self.hand.shell._views["workbench"]
        self.hand.shell.activateWindow()
        view.list.setFocus()
        self._until(view.list.hasFocus)
        self.keys("/")
        self._until(view.search.hasFocus)
        self.keys(f"number:{number}", Qt.Key.Key_Return)
        now = self.hand.shell.presenter.state
        self._until(lambda: view.list.hasFocus() and now().text == f"number:{number}" and not now().searching)
        found = [one.number for one in now().found]
        # What was split off it is found beside it, newer and so before it.
        down = found.index(number) - found.index(now().current.number)
        self.keys(*[Qt.Key.Key_Down if down > 0 else Qt.Key.Key_Up] * abs(down))
        self._until(lambda: self.sheet is not None and self.sheet.head.number == number)
        self.keys(letter)
        for field, text in answers.items():
            self._until(lambda field=field: self._asks(field) and view.entry.hasFocus())
            self.keys(*([text] if text else []), Qt.Key.Key_Return)
        self._until(lambda: not self.hand.shell.presenter.state().question.asks)

    def _asks(self, field):
        now = self.hand.shell.presenter.state().question.field
        return now is not None and now.key == field

    def tells(self, number, *kinds):
        """Its timeline says that all this happened."""
        self.shows(number, lambda sheet: True)
        self.hand.press("tab:timeline")

        def told():
            if set(kinds) <= {one.code for one in self.hand.shell.presenter.state().entries or ()}:
                return True
            self.hand.shell.presenter.refresh()
            return False

        self._until(told)
        self.hand.press("tab:sheet")


def parts(floor, number):
    mine = select(Order).where(Order.site_id == floor.site, Order.customer_order == number)
    return [one for one in floor.ask(mine.order_by(Order.number)) if one.state is not OrderState.CANCELLED]


def open_next(hand, until):
    hand.go("home")
    until(lambda: getattr(hand.view, "jobs", None) is not None)
    pressed = 0.0

    def picks():
        """Who presses before the work has come presses again."""
        nonlocal pressed
        if getattr(hand.view, "step", None) in list(PickStep):
            return True
        if hand.shell.screen_name() == "home" and time.monotonic() - pressed > 1:
            pressed = time.monotonic()
            hand.press("next")
        return False

    until(picks)


def row_of(hand, part):
    """What a device knows of a site's part."""
    return hand.client.look(lambda u: u.rows.get(OrderRow, part))


def goods(sheet):
    """{sku: (sites it is given to, units waiting for goods)} of what is not called off."""
    return {
        one.sku: (sorted({at.site for at in one.sites if at.qty}), one.backordered)
        for one in sheet.lines if one.qty > one.cancelled
    }  # fmt: skip


@pytest.fixture
def printer(tmp_path):
    """A printer that is switched on until the stations that use it are closed: asked for before `hands`, it ends after them."""
    sim = ZplSim(tmp_path / "labels", PrinterBuild(print_s=0.0))
    sim.start()
    yield sim
    sim.stop()


def calls(api):
    """The shop calls, as often as such platforms do; somebody else's call is not heard. The order's number."""
    with pytest.raises(HTTPError) as refused:
        api.ask("channels/web/webhook", CALL, signed_by="somebody else's secret")
    with refused.value as answer:
        assert answer.code == 401
    [taken] = api.ask("channels/web/webhook", CALL, signed_by=SECRET)["orders"]
    assert (taken["result"], taken["holds"]) == ("created", []), taken
    [again] = api.ask("channels/web/webhook", CALL, signed_by=SECRET)["orders"]
    assert (again["result"], again["number"]) == ("unchanged", taken["number"])
    return taken["number"]


def takes_the_offer(api, mails, until):
    """The link in the customer's mail, and yes."""
    until(lambda: mails.with_words("/answer/"))
    [offer] = mails.with_words("/answer/")
    code = re.search(r"/answer/[^/\s]+/([^\s>]+)", offer)[1]
    assert api.ask(f"offers/{code}/answer", {"accept": True}, key=False)["done"]


def fetched_at_the_store(number, store, counter, api, desk, mails, until):
    """Picked at the store, set aside, told, and given to who shows the picture in their mail."""
    [part] = parts(store, number)
    store.release(part.number)
    open_next(counter, until)
    counter.scan("T-1", "A-01", "LAMP", "LANE-1")
    counter.go("pickup")
    counter.scan("T-1", "B-01")
    counter.until(lambda view: view.step is PickupStep.STANDS)
    counter.quiet()
    until(lambda: api.order(number)["state"] == "ready")
    desk.shows(number, lambda sheet: sheet.head.state == "ready")
    until(lambda: mails.with_words("fetch your order"))
    until(lambda: (now := row_of(counter, part.number)) is not None and now.code_digest and now.ready_at)
    [shown] = mails.pictures()
    counter.press("leave")
    counter.until(lambda view: view.step is PickupStep.LIST)
    counter.scan(shown)
    counter.until(lambda view: view.step is PickupStep.PIECES)
    counter.scan("T-1")
    counter.until(lambda view: view.step is PickupStep.GONE)
    counter.quiet()
    until(lambda: api.order(number)["state"] == "shipped")
    desk.shows(number, lambda sheet: sheet.head.state == "shipped")


def moves_in_mid_pick(number, warehouse, picker, api, desk, mails, until):
    """Picks every part there; after the first unit the customer moves house. The totes, by part."""
    totes = {}
    for n, mine in enumerate(parts(warehouse, number), 1):
        totes[mine.number] = f"T-{n}0"
        warehouse.release(mine.number)
        open_next(picker, until)
        picker.scan(f"T-{n}0")
        job = warehouse.jobs_of(mine.number, "pick")[-1].id
        for at, one in enumerate(warehouse.items_of(job)):
            picker.scan(one.from_bin, one.sku)
            if (n, at) == (1, 0):
                picker.quiet()
                until(lambda: api.order(number)["state"] == "in_work")
                desk.shows(number, lambda sheet: sheet.head.state == "in_work")
                same = dict.fromkeys(("postcode", "city", "region", "country"))
                desk.acts(number, "a", name=None, street=NEW_STREET, **same)
                desk.shows(number, lambda sheet: sheet.ship_to.street == NEW_STREET)
                assert api.order(number)["ship_to"]["street"] == NEW_STREET
                until(lambda: mails.with_words("was changed", NEW_STREET))
                # The picker goes on where they were, and their device knows.
                assert picker.shell.screen_name() == "pick"
                until(lambda mine=mine: NEW_STREET in row_of(picker, mine.number).ship_to)
            for _ in range(one.qty_req - 1):
                picker.scan(one.sku)
        picker.scan("LANE-1")
        picker.quiet()
    assert {one.ship_street for one in parts(warehouse, number)} == {NEW_STREET}
    return totes


def packs(station, warehouse, totes, printer):
    """Every part at the station: its units, the box, the scale, the label and its scan."""
    for n, (part, tote) in enumerate(totes.items(), 1):
        station.open(tote, lambda view: view.step is PackStep.UNITS)
        job = warehouse.jobs_of(part, "pack")[-1].id
        wanted = [one.sku for one in warehouse.items_of(job) for _ in range(one.qty_req)]
        station.scan(*wanted, "BOX-1")
        assert station.view.step is PackStep.WEIGHT, (station.view.step, station.refusal)
        at = station.client.clock.mono()
        station.shell.bridge.on_weight(Weight(Decimal(100 + 100 * len(wanted)), True, at, load=n))
        station.until(lambda view: view.step is PackStep.SCAN_BACK)
        assert NEW_STREET.encode() in bytes(printer.labels[-1].zpl)
        station.scan(f"00{station.view.sscc}")
        station.until(lambda view: view.step in (PackStep.WAITING, PackStep.DONE))
        station.quiet()


def test_from_the_shops_call_to_the_truck(printer, served, sites, api, host, hands, until):
    house, _ = served
    warehouse, store = sites
    mails = Mails(host.box)
    desk = Bench(hands("Desk", desk=True), until)

    # The shop calls: two sites send, and nobody has the jar.
    number = calls(api)
    seen = desk.shows(number, lambda sheet: len(sheet.parts) == 2)
    assert goods(seen) == {"TEA": ([warehouse.site], 0), "LAMP": (["S"], 0), "JAR": ([], 1)}
    counts = {one["sku"]: (one["assigned"], one["backordered"]) for one in api.order(number)["lines"]}
    assert counts == {"TEA": (2, 0), "LAMP": (1, 0), "JAR": (0, 1)}
    until(lambda: mails.with_words("#1001", "2 × T"))

    # The customer is offered a pot and takes it, by the link in their mail.
    takes_the_offer(api, mails, until)
    desk.shows(number, lambda sheet: goods(sheet).get("POT") == ([warehouse.site], 0))
    assert {one["sku"]: one["cancelled"] for one in api.order(number)["lines"]}["JAR"] == 1
    desk.tells(number, "order.backordered", "order.substitute_offered", "order.substitute_answered")

    # They would rather fetch the lamp: it becomes an order of its own, and stands in the store.
    split = api.ask("workbench/split", {"order": number, "lines": [{"line": 2, "qty": 1}]})["results"][0]
    assert split["reason"] is None, split
    fetched = split["made"]
    changed = api.ask(f"customer-orders/{fetched}/change", {"pick_up_site": "S"})
    assert changed["done"], changed
    desk.shows(fetched, lambda sheet: sheet.pick_up_site == "S" and goods(sheet) == {"LAMP": (["S"], 0)})
    seen = desk.shows(number, lambda sheet: "LAMP" not in goods(sheet))
    assert {at for at, _ in goods(seen).values() for at in at} == {warehouse.site}
    counter = hands("Counter", site="S").sign_in("B-2")
    fetched_at_the_store(fetched, store, counter, api, desk, mails, until)

    # Customer service says who carries it. In the middle of the pick the customer moves house.
    desk.acts(number, "v", carrier="DHL", service="parcel")
    until(lambda: {one.carrier for one in parts(warehouse, number)} == {"DHL"})
    picker = hands("Picker").sign_in()
    totes = moves_in_mid_pick(number, warehouse, picker, api, desk, mails, until)
    desk.tells(number, "order.changed")

    # Packed for the new address at the station, and gone.
    station = hands("Station", desk=True, lane="LANE-1", printers=((printer.url, "Printer"),)).sign_in()
    station.go("pack")
    packs(station, warehouse, totes, printer)
    until(lambda: api.order(number)["state"] == "shipped")
    seen = desk.shows(number, lambda sheet: sheet.head.state == "shipped")
    assert (seen.ship_to.street, api.order(number)["ship_to"]["street"]) == (NEW_STREET, NEW_STREET)
    until(lambda: mails.with_words("We have sent your order"))
    desk.tells(number, "order.sourced", "order.picking", "order.packed", "order.shipped")
    house.check()
