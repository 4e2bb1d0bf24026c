"""Labels with which customers send things back, bought from a carrier over real HTTP, once, whatever breaks; and what customers, programs
and the desk see of them."""

import asyncio
import io
import random
import re
import time
from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

import pypdfium2
import pytest
import zxingcpp
from litestar.testing import TestClient
from sqlalchemy import select, update

from oms.accounts import Account
from oms.api.app import make_app
from oms.catalog.models import Item
from oms.documents.return_labels import label_pdf
from oms.notify import codes as mail_codes
from oms.notify import previewing
from oms.notify.codes import MailKind, MailRefusal
from oms.notify.settings import MailSettings
from oms.people.keys import Scope, add_key, new_key
from oms.returns import asking, buying, deciding, desk, labels, receiving, scene
from oms.returns.codes import CameBy, ReturnRefusal, ReturnState
from oms.returns.feed_rows import return_rows
from oms.returns.models import CustomerReturn, ReturnLabel
from oms.returns.refused import Refused
from oms.returns.terms import ReturnRuleRow, keep_rule
from oms.shipping.carriers.desk import ACTOR, Desk
from oms.shipping.carriers.http import HttpCarrier, Patience
from oms.shipping.carriers.models import LabelState, TrackingRange
from oms.shipping.carriers.open import enrol, open_carriers
from oms.shipping.carriers.port import CarrierTrouble
from sync.contract.returns import Grade, ReturnReason
from sync.contract.shipping import CarrierLabel
from tests.oms.returns.counter import Counter
from tools.carrier_server import CarrierServer

pytestmark = pytest.mark.postgres
QUICK = Patience(connect_s=2.0, answer_s=0.25, again_s=0.01)
#: After which it is not known whether it was bought, or what was bought is of no use.
FAULTS = ("cut_before", "cut_after", "garbage", "cut_label", "same_tracking", "zpl_empty")
LANGUAGES = ("en", "nl", "de", "da")


def read(body):
    """(words, barcodes) of a PDF."""
    document = pypdfium2.PdfDocument(io.BytesIO(body))
    words = "".join(page.get_textpage().get_text_range() for page in document)
    codes = {code.text for page in document for code in zxingcpp.read_barcodes(page.render(scale=300 / 72).to_pil())}
    document.close()
    return words, codes


class House:
    """A shop whose returns to W get labels from ACME, and the desk that asks it."""

    def __init__(self, shop, server):
        self.shop, self.server = shop, server
        account = Account("ACME", server.url, server.key)
        self.carrier = HttpCarrier(account, QUICK)
        self.desk = Desk(shop.oms.works, "W", {"ACME": self.carrier}, more=[buying])
        self.act(lambda w: enrol(w, {"ACME": account}))
        self.rule()
        self.sales = Counter(shop, None)
        self.made = 0

    def act(self, do):
        return self.shop.oms.works.run("W", ACTOR, do)

    def rule(self, **words):
        named = {"approve_up_to": "1000", "label_carrier": "ACME", "label_service": "std", **words}
        self.act(lambda w: keep_rule(w, ReturnRuleRow(**named)))

    def ask(self, sku="TEA", qty=2):
        """A return of an order of its own."""
        self.made += 1
        order = f"N{self.made}"
        self.sales.sold(order, (sku, 3, "10.00"), ship_street="Kade 1")
        wanted = [asking.Wanted(1, qty, ReturnReason.CHANGED_MIND)]
        return self.act(lambda w: asking.ask(w, order, wanted, CameBy.LINK).number)

    def came(self, number):
        def do(w):
            found = scene.lock(w, number)
            units = receiving.Came(receipt=uuid4().hex, sku="TEA", qty=1, grade=Grade.A)
            receiving.receive(w, found, units, receiving.place(w, ""), uuid4().hex)

        self.act(do)

    def hurry(self):
        """What waits for a better moment is due at once."""
        self.act(lambda w: w.db.execute(update(ReturnLabel).values(due_at=w.now - timedelta(seconds=1))))

    def work(self, most=60):
        """The desk does all there is to do."""
        for _ in range(most):
            self.hurry()
            if not self.desk.step():
                return
        raise AssertionError("the desk never comes to an end")

    def crash(self, *, bought):
        """A desk takes up what is due and dies: before the carrier was asked, or when it had bought and nobody had written that down."""
        errand = self.act(buying.claim)
        if errand is not None and bought:
            again = errand.tries > 1 or errand.give_back
            with suppress(CarrierTrouble):
                if errand.give_back and errand.ref:
                    self.carrier.void(f"{errand.id}-void", errand.ref)
                else:
                    self.carrier.buy(errand.id, errand.ask, again=again)

    def back(self, number):
        return self.shop.ask(select(CustomerReturn).where(CustomerReturn.number == number))[0]

    def label(self, number):
        """The newest label as people see it."""
        with self.shop.oms.sessions() as db:
            return labels.told(db, number)

    def stuck(self):
        """What the desk finds that has no label yet; in the list it is red."""
        with self.shop.oms.sessions() as db:
            found = desk.found(db, "stuck", "", "", 60).found
            assert [one.number for one in desk.found(db, "", "", "", 60).found if one.stuck] == [
                one.number for one in found
            ]
        return [one.number for one in found]

    def refusal(self, number):
        with pytest.raises(Refused) as no:
            self.act(lambda w: deciding.make_label(w, number))
        return no.value.code

    def paid(self, number):
        """Purchases of a return that are charged and not given back."""
        return self.server.books.paid_for().get(number, [])

    def sound(self, number):
        """A label is paid for where the customer has it, and nowhere else; once."""
        back, paid = self.back(number), self.paid(number)
        theirs = back.state is ReturnState.LABEL_SENT and back.tracking.startswith("TST")
        assert [one.tracking for one in paid] == ([back.tracking] if theirs else []), (number, back.state)
        assert all(one.back and one.charged == 1 for one in paid)


@pytest.fixture
def server():
    with CarrierServer(seed=1) as made:
        yield made


@pytest.fixture
def house(shop, server):
    made = House(shop, server)
    yield made
    made.carrier.close_connections()


def test_whatever_goes_wrong_there_is_one_label_and_one_charge(house, server):
    for fault in FAULTS:
        server.misbehave(fault)
        number = house.ask()
        house.work()
        back = house.back(number)
        assert back.state is ReturnState.LABEL_SENT, fault
        server.ordered.clear()
        house.sound(number)
        assert house.label(number).state is CarrierLabel.READY
    [shipment] = [one for one in server.books.shipments.values() if one["reference"] == "RMA-000001"]
    assert shipment["return"]


def test_it_is_given_back_when_nobody_needs_it(house, server):
    """Also what was bought while nobody knew of it."""
    waits, asked, had, by_hand, here = (house.ask() for _ in range(5))
    assert server.books.asked.total() == 0
    house.act(lambda w: deciding.cancel(w, waits))
    house.crash(bought=True)
    house.act(lambda w: deciding.cancel(w, asked))
    house.act(lambda w: deciding.label_sent(w, by_hand, "3SOWN"))
    house.crash(bought=True)
    house.came(here)
    house.work()
    house.act(lambda w: deciding.cancel(w, had))
    house.work()
    for number in (waits, asked, had, by_hand, here):
        house.sound(number)
    assert {one.reference for one in server.books.purchases.values()} == {asked, had, here}
    assert house.back(by_hand).tracking == "3SOWN"
    # What its carrier does not take back is said.
    late = house.ask()
    house.work()
    [paid] = house.paid(late)
    paid.manifest = "mf_1"
    house.act(lambda w: deciding.cancel(w, late))
    house.work()
    told = house.label(late)
    assert (told.state, told.problem, told.kept) == ("problem", "carrier:manifested", True)
    assert house.stuck() == [late]
    # Goods that came are taken back, and the customer gets a label after all.
    house.act(lambda w: receiving.undo(w, found := scene.lock(w, here), found.receipts[0], uuid4().hex))
    house.act(lambda w: deciding.make_label(w, here))
    house.work()
    assert house.back(here).state is ReturnState.LABEL_SENT
    house.sound(here)


def test_anything_in_any_order_is_paid_for_once(house, server):
    dice = random.Random(7)
    numbers = [house.ask() for _ in range(4)]

    def quietly(do, number):
        with suppress(Refused):
            house.act(lambda w: do(w, number))

    def cut(w, number):
        server.misbehave(dice.choice(["cut_after", "error_after", "cut_before", "same_tracking", "cut_label"]))

    acts = [
        lambda n: quietly(deciding.make_label, n), lambda n: quietly(deciding.cancel, n),
        lambda n: quietly(lambda w, x: deciding.label_sent(w, x, "3SOWN"), n), lambda n: (house.hurry(), house.crash(bought=True)),
        lambda n: (house.hurry(), house.crash(bought=False)), lambda n: (house.hurry(), house.desk.step()), lambda n: quietly(cut, n),
    ]  # fmt: skip
    weights = [3, 1, 1, 3, 2, 6, 3]
    for _ in range(32):
        dice.choices(acts, weights)[0](dice.choice(numbers))
        if dice.random() < 0.1:
            numbers.append(house.ask())
    server.ordered.clear()
    house.work(200)
    for number in numbers:
        house.sound(number)
    assert {house.back(number).state for number in numbers} == {ReturnState.LABEL_SENT, ReturnState.CANCELLED}
    assert server.books.charged_twice() == []


def test_what_does_not_work_is_said_and_asked_again(house, server):
    server.takes_back = False
    number = house.ask()
    house.work()
    told = house.label(number)
    assert (told.state, told.problem, house.back(number).state) == ("problem", "no_returns", ReturnState.APPROVED)
    assert server.books.purchases == {}
    assert house.stuck() == [number]
    server.takes_back = True
    house.act(lambda w: deciding.make_label(w, number))
    assert house.stuck() == []
    server.misbehave(*["error"] * 3)
    house.hurry()
    house.desk.step()
    told = house.label(number)
    assert (told.state, told.problem, told.tries) == ("pending", "carrier_trouble", 1)
    # Once more now is once more under the same key, later.
    before = house.shop.ask(select(ReturnLabel.id))
    house.act(lambda w: deciding.make_label(w, number))
    assert house.shop.ask(select(ReturnLabel.id)) == before
    assert not house.desk.step()
    for tries in range(2, 7):
        server.misbehave(*["error"] * 3)
        house.hurry()
        house.desk.step()
        assert house.label(number).tries == tries
    assert house.label(number).state is CarrierLabel.PROBLEM
    assert house.stuck() == [number]
    waits = house.shop.ask(select(ReturnLabel.due_at).where(ReturnLabel.state == LabelState.ASKED))[0]
    assert waits > house.act(lambda w: w.now) + timedelta(seconds=25)
    house.work()
    house.sound(number)
    assert house.label(number).problem == ""
    # What is of no use four times is a person's business.
    server.misbehave(*["zpl_empty"] * 4)
    broken = house.ask()
    house.work()
    assert (house.label(broken).problem, house.paid(broken)) == ("label_format", [])
    # Nobody who makes labels; nothing known to weigh; too late.
    assert house.refusal(number) is ReturnRefusal.NOT_NOW
    house.act(lambda w: w.db.execute(update(Item).where(Item.sku == "CUP").values(weight_g=None)))
    heavy = house.ask("CUP")
    assert (house.label(heavy).problem, house.refusal(heavy)) == ("no_weight", ReturnRefusal.NO_WEIGHT)
    assert heavy in house.stuck()
    before = house.paid(heavy)
    house.work()
    assert (house.label(heavy).state, house.paid(heavy)) == (CarrierLabel.PROBLEM, before)
    house.act(lambda w: w.db.execute(update(Item).where(Item.sku == "CUP").values(weight_g=250)))
    house.act(lambda w: deciding.make_label(w, heavy))
    house.work()
    house.sound(heavy)
    assert heavy not in house.stuck()
    house.rule(label_carrier="", label_service="")
    plain = house.ask()
    assert (house.label(plain), house.refusal(plain)) == (None, ReturnRefusal.NO_LABELS)
    house.work()
    for words in ({"label_carrier": "ACME", "label_service": ""}, {"label_carrier": "x" * 65}, {"label_carrier": " A"}):
        with pytest.raises(Refused):
            house.rule(**words)


def test_a_carrier_of_our_tables_has_a_label_of_ours(house, server):
    house.rule(label_carrier="OWN", label_service="eco")
    house.act(
        lambda w: w.db.add(
            TrackingRange(
                site_id="W", carrier="OWN", service="eco", prefix="3SBACK", digits=6, next_serial=7, last_serial=7
            )
        )
    )
    number = house.ask()
    assert (house.back(number).state, house.back(number).tracking) == (ReturnState.LABEL_SENT, "3SBACK0000079")
    seen = []
    for language in LANGUAGES:
        with house.shop.oms.sessions() as db:
            words, codes = read(label_pdf(db, number, language))
        assert codes == {"3SBACK0000079", f"FHR:{number}"}
        assert "Kade 1" in words
        seen.append(words)
    assert len(set(seen)) == len(LANGUAGES)
    again = house.ask()
    assert (house.label(again).problem, house.back(again).state) == ("no_numbers", ReturnState.APPROVED)
    assert server.books.asked.total() == 0


def until(look):
    end = time.monotonic() + 20
    while not (found := look()):
        assert time.monotonic() < end
        time.sleep(0.02)
    return found


def test_a_customer_gets_it_by_their_page_and_what_is_scanned_is_their_return(shop, server):
    key = new_key()
    shop.act(lambda w: add_key(w, key, "service", [Scope.RETURNS_WRITE]))
    carriers = open_carriers({"ACME": Account("ACME", server.url, server.key)})
    with TestClient(make_app(shop.oms, asyncio.Event(), ["h:1"], carriers), raise_server_exceptions=False) as web:
        program = {"Authorization": f"Bearer {key}"}
        web.headers = program
        counter = Counter(shop, web).sold("N1", ("TEA", 3, "10.00"), email="ada@example.com")
        counter.sold("N2")
        counter.rule(approve_up_to="15", label_carrier="ACME", label_service="std")
        page = f"/r/{counter.post('customer-orders/N1/return-link')['token']}"
        other = f"/r/{counter.post('customer-orders/N2/return-link')['token']}"
        web.headers = {}
        form = {"qty-1": "1", "reason-1": "changed_mind"}
        shown = web.post(page, data=form, follow_redirects=True)
        assert shown.status_code == 200
        until(lambda: "/label?" in web.get(page).text)
        [back] = shop.ask(select(CustomerReturn))
        for language in LANGUAGES:
            shown = web.get(page, params={"lang": language}).text
            assert back.tracking in shown
            link = re.search(r'href="([^"]+/label[^"]*)"', shown).group(1)
            assert f"lang={language}" in link
        label = web.get(link)
        assert (label.status_code, label.headers["content-type"]) == (200, "application/pdf")
        assert label.headers["cache-control"] == "no-store"
        [code] = read(label.content)[1]
        assert back.tracking in code
        assert code != back.tracking
        assert web.get(f"{other}/{back.number}/label").status_code == 404
        assert web.get(f"{page}/RMA-000009/label").status_code == 404
        assert web.get(f"/v1/returns/{back.number}/label").status_code == 401

        # Approved by a person, made when somebody asks for it, and told by a mail of its own.
        web.headers = program
        number = counter.ask("N2", (1, 2, "other"))["head"]["number"]
        assert counter.no(f"returns/{number}/label")[0] == "return_not_now"
        counter.good(f"returns/{number}/decide", say="approve")
        assert web.get(f"/v1/returns/{number}/label").status_code == 404
        assert counter.post("returns/desk", number=number)["sheet"]["acts"] == ["make_label", "label_sent", "cancel"]
        stale = web.post(f"/v1/returns/{number}/label", json={"revision": 1})
        assert stale.status_code == 409
        counter.good(f"returns/{number}/label")
        until(lambda: web.get(f"/v1/returns/{number}").json()["sheet"]["label"]["state"] == "ready")
        sheet = counter.post("returns/desk", number=number)["sheet"]
        assert (sheet["label"]["carrier"], sheet["acts"]) == ("ACME", ["cancel"])
        assert web.get(f"/v1/returns/{number}/label").content.startswith(b"%PDF")
        settings = MailSettings(host="h", sender="a@b.example", public_url="https://oms.example")
        for kind, order, path in (
            (MailKind.RETURN_APPROVED, "N1", f"{page}/{back.number}"), (MailKind.RETURN_LABEL, "N2", f"{other}/{number}"),
        ):  # fmt: skip
            made = shop.act(lambda w, kind=kind, order=order: previewing.of_order(w, kind, order, "nl", settings))
            assert f"https://oms.example{path}/label?lang=nl" in made.text

        # Who was told with the approval is not told again.
        with pytest.raises(mail_codes.Refused, match=MailRefusal.NOTHING_TO_TELL):
            shop.act(lambda w: previewing.of_order(w, MailKind.RETURN_LABEL, "N1", "nl", settings))

        # A device finds it by what its carrier printed; so does the centre.
        with shop.oms.sessions() as db:
            [row] = return_rows(db, "W", [back.number])
        assert row.tracking == back.tracking
        came = counter.good("returns/came", found=code, lines=[{"sku": "TEA", "qty": 1, "grade": "a"}], done=True)
        assert (came["head"]["number"], came["head"]["state"]) == (back.number, "graded")
        assert server.books.charged_twice() == []
