"""One customer's order from the shop's call to the truck, with everything that happens to orders on the way. Each step is looked at where
people look: at the devices, at the workbench, in the customer's mail, and over the API."""

import email
import json
import re
import ssl
import urllib.request
from email.policy import SMTP
from uuid import uuid4

import pytest
from sqlalchemy import select

from app.core.views import PickStep
from app.core.views_pickup import PickupStep
from oms.catalog.models import Bin, Item, Zone
from oms.notify.settings import MailSettings, Security
from oms.orders.models import Order
from oms.people.actions import add_worker
from oms.people.keys import Scope, add_key, new_key
from oms.sales.pickup_models import PickUp
from oms.sourcing.models import SourceSite
from oms.telling import Telling
from sync.contract.codes import BinKind, OrderState, Role
from sync.contract.pickup import code_text
from sync.contract.rows import OrderRow
from tests.oms.floors import Floor
from tests.oms.telling.mailserver import MailHost

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(600)]
LONGEST_MS = 60_000
ADA = {"name": "Ada Jansen", "street": "Oudegracht 112", "postcode": "3511 AZ", "city": "Utrecht", "country": "NL"}
NEW_STREET = "Kade 9"


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

    def texts(self):
        mails = [email.message_from_bytes(content, policy=SMTP) for _, _, content in list(self._box.mails)]
        return [f"{mail['Subject']}\n{mail.get_body(('plain',)).get_content()}" for mail in mails]

    def with_words(self, *words):
        return [text for text in self.texts() if all(word in text for word in words)]


class Api:
    """A shop's program, over TLS with the server's own certificate."""

    def __init__(self, server, key):
        self._root = f"https://127.0.0.1:{server.port}/v1/"
        self._key = key
        self._tls = ssl.create_default_context(cafile=str(server.tls.certificate))
        self._tls.check_hostname = False

    def ask(self, path, body=None, *, key=True):
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {self._key}"} if key else {})
        data = None if body is None else json.dumps(body).encode()
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
    return Api(server, key)


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
    for _ in range(20):
        hand.press("next")
        try:
            hand.until(lambda view: getattr(view, "step", None) in list(PickStep))
        except Exception:
            continue
        return


def goods(sheet):
    """{sku: (sites it is given to, units waiting for goods)} of what is not called off."""
    return {
        one.sku: (sorted({at.site for at in one.sites if at.qty}), one.backordered)
        for one in sheet.lines if one.qty > one.cancelled
    }  # fmt: skip


def test_from_the_shops_call_to_the_truck(served, sites, api, host, hands, until):
    house, _ = served
    warehouse, store = sites
    mails = Mails(host.box)
    desk = Bench(hands("Desk", desk=True), until)

    # The shop calls: two sites send, and nobody has the jar.
    lines = [{"sku": "TEA", "qty": 2}, {"sku": "LAMP", "qty": 1}, {"sku": "JAR", "qty": 1}]
    said = {
        "reference": "WEB-1", "email": "ada@example.org", "language": "en", "ship_to": ADA, "lines": lines, "substitution": "ask",
        "phone": "+31301234567",
    }  # fmt: skip
    [taken] = api.ask("customer-orders", {"orders": [said]})["orders"]
    assert taken["result"] == "created", taken
    number = taken["number"]
    seen = desk.shows(number, lambda sheet: len(sheet.parts) == 2)
    assert goods(seen) == {"TEA": ([warehouse.site], 0), "LAMP": (["S"], 0), "JAR": ([], 1)}
    counts = {one["sku"]: (one["assigned"], one["backordered"]) for one in api.order(number)["lines"]}
    assert counts == {"TEA": (2, 0), "LAMP": (1, 0), "JAR": (0, 1)}
    until(lambda: mails.with_words("WEB-1", "2 × T"))

    # The customer is offered a pot and takes it, by the link in their mail.
    until(lambda: mails.with_words("/answer/"))
    [offer] = mails.with_words("/answer/")
    code = re.search(r"/answer/[^/\s]+/([^\s>]+)", offer)[1]
    assert api.ask(f"offers/{code}/answer", {"accept": True}, key=False)["done"]
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
    [part] = parts(store, fetched)
    store.release(part.number)
    open_next(counter, until)
    counter.scan("T-1", "A-01", "LAMP", "LANE-1")
    counter.go("pickup")
    counter.scan("T-1", "B-01")
    counter.until(lambda view: view.step is PickupStep.STANDS)
    counter.quiet()
    until(lambda: api.order(fetched)["state"] == "ready")
    desk.shows(fetched, lambda sheet: sheet.head.state == "ready")
    until(lambda: mails.with_words("fetch your order"))
    row = counter.client.look
    until(
        lambda: (
            (now := row(lambda u: u.rows.get(OrderRow, part.number))) is not None and now.code_digest and now.ready_at
        )
    )
    [proof] = store.ask(select(PickUp.code).where(PickUp.site_id == "S", PickUp.order_no == part.number))
    counter.press("leave")
    counter.until(lambda view: view.step is PickupStep.LIST)
    counter.scan(code_text(part.number, proof))
    counter.until(lambda view: view.step is PickupStep.PIECES)
    counter.scan("T-1")
    counter.until(lambda view: view.step is PickupStep.GONE)
    counter.quiet()
    until(lambda: api.order(fetched)["state"] == "shipped")
    desk.shows(fetched, lambda sheet: sheet.head.state == "shipped")

    # In the middle of the pick the customer moves house.
    picker = hands("Picker").sign_in()
    for n, mine in enumerate(parts(warehouse, number), 1):
        warehouse.release(mine.number)
        open_next(picker, until)
        picker.scan(f"T-{n}0")
        wanted = [
            (one.from_bin, one.sku, one.qty_req)
            for one in warehouse.items_of(warehouse.jobs_of(mine.number, "pick")[-1].id)
        ]
        for at, (bin_, sku, qty) in enumerate(wanted):
            picker.scan(bin_, sku)
            if (n, at) == (1, 0):
                picker.quiet()
                until(lambda: api.order(number)["state"] == "in_work")
                moved = api.ask(f"customer-orders/{number}/change", {"ship": {"street": NEW_STREET}})
                assert moved["done"], moved
                desk.shows(number, lambda sheet: sheet.ship_to.street == NEW_STREET)
                # The picker goes on where they were.
                assert picker.shell.screen_name() == "pick"
            for _ in range(qty - 1):
                picker.scan(sku)
        picker.scan("LANE-1")
        picker.quiet()
    desk.tells(number, "order.changed")
    assert {one.ship_street for one in parts(warehouse, number)} == {NEW_STREET}

    # Packed at the new address, and gone.
    bench = warehouse.device("Bench")
    for n, mine in enumerate(parts(warehouse, number), 1):
        job = warehouse.jobs_of(mine.number, "pack")[-1].id
        bench.claim(job, kinds=("pack",))
        parcel = warehouse.parcel_of(mine.number)
        for item in warehouse.items_of(job):
            bench.pack(item, parcel, item.qty_req, tote=f"T-{n}0")
        bench.weigh(parcel, job)
        bench.label(parcel, job)
        bench.ship(parcel, job)
    until(lambda: api.order(number)["state"] == "shipped")
    seen = desk.shows(number, lambda sheet: sheet.head.state == "shipped")
    assert (seen.ship_to.street, api.order(number)["ship_to"]["street"]) == (NEW_STREET, NEW_STREET)
    until(lambda: mails.with_words("We have sent your order"))
    desk.tells(number, "order.sourced", "order.picking", "order.packed", "order.shipped")
    house.check()
