"""Orders that a clerk types: what they see while typing, and that what they send is one order, whatever happens to the answer."""

import asyncio
from decimal import Decimal

import pytest
from litestar.testing import TestClient
from sqlalchemy import func, select, text

from oms.api.app import make_app
from oms.channels.codes import ChannelKind
from oms.channels.models import Channel
from oms.customers.models import Customer
from oms.money.business_models import BusinessAccount
from oms.money.models import PriceList, PriceListItem
from oms.people.keys import Scope, add_key, new_key
from oms.sales.entry import take
from oms.sales.entry_look import look
from oms.sales.models import CustomerOrder, CustomerOrderLine, OrderEvent
from oms.sourcing.models import SourceSite
from sync.contract.customer_orders import AddressIn
from sync.contract.order_entry import EntryKind, EntryLine, EntryPayment, TypedOrder
from tools.bench_oms._plans import heard

pytestmark = pytest.mark.postgres
HOME = {"street": "Oudegracht 112", "postcode": "3511az", "city": "Utrecht", "country": "NL"}
EMPTY = (0, 0, 0, 0)
#: What a statement says that writes, draws or locks.
WRITING = (
    "INSERT ",
    "UPDATE ",
    "DELETE ",
    "NEXTVAL",
    "FOR UPDATE",
    "FOR KEY SHARE",
    "FOR NO KEY",
    "FOR SHARE",
    "ADVISORY",
)


class Desk:
    """Types over HTTP as a program does."""

    def __init__(self, shop, client, key):
        self.shop, self.client, self.key = shop, client, key

    def ask(self, path, status=200, **body):
        answer = self.client.post(f"/v1/order-entry/{path}", json=body, headers={"Authorization": f"Bearer {self.key}"})
        assert answer.status_code == status, answer.text
        return answer.json()

    def typed(self, key="key-00001", **words):
        order = {
            "key": key, "placed_at": "2026-11-23T09:12:00Z", "name": "Ada Jansen", "phone": "+31301234567", "ship_to": HOME,
            "lines": [{"sku": "TEA", "qty": 2}],
        }  # fmt: skip
        return {"order": {**order, **words}}

    def counts(self):
        with self.shop.oms.sessions() as db:
            return tuple(
                db.scalar(select(func.count()).select_from(one))
                for one in (CustomerOrder, OrderEvent, Customer, Channel)
            )


@pytest.fixture
def desk(shop):
    key = new_key()
    shop.act(lambda w: add_key(w, key, "desk", [Scope.ORDERS]), site=shop.oms.site)
    with TestClient(make_app(shop.oms, asyncio.Event()), raise_server_exceptions=True) as client:
        yield Desk(shop, client, key)


def test_a_look_says_what_it_comes_to_and_keeps_nothing(desk):
    desk.shop.warehouse.stock("A-01", "TEA", 5)
    desk.shop.act(lambda w: prices(w))
    seen = desk.ask("look", **desk.typed(lines=[{"sku": "TEA", "qty": 2}, {"sku": "CUP", "qty": 3}]))
    tea, cup = seen["lines"]
    assert (tea["sku"], tea["qty"], Decimal(tea["price"]), tea["free"]) == ("TEA", 2, Decimal("2.50"), 5)
    assert tea["arrives"] is not None
    assert (cup["free"], cup["arrives"]) == (0, None)
    assert Decimal(seen["total"]) == Decimal("5.00") + 3 * Decimal("4.00")
    assert desk.counts() == EMPTY


def drawn(shop):
    with shop.oms.sessions() as db:
        names = db.scalars(text("SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1")).all()
        return {name: db.execute(text(f"SELECT last_value, is_called FROM {name}")).one() for name in names}


def typing(key, **words):
    lines = [EntryLine(sku="TEA", qty=2)]
    return TypedOrder(
        key=key,
        placed_at="2026-11-23T09:12:00Z",
        lines=lines,
        **{"name": "Ada Jansen", "ship_to": AddressIn(**HOME), **words},
    )


def test_a_look_draws_no_number_and_locks_nothing(shop):
    """No server is there that has work of its own."""
    shop.warehouse.stock("A-01", "TEA", 5)
    shop.act(lambda w: prices(w))
    shop.act(lambda w: take(w, typing("key-00001", email="ada@example.org")))
    [(ada, number)] = shop.act(lambda w: w.db.execute(select(Customer.id, Customer.number)).all())
    account = BusinessAccount(customer_id=ada, currency="EUR", credit_limit=Decimal(4), terms_days=9)
    shop.act(lambda w: w.db.add(account))
    cases = {
        "order_looks_like_other": typing("key-00002", email="ada@example.org"),
        "over_credit_limit": typing("key-00002", customer=number, payment=EntryPayment.ON_ACCOUNT),
        "": typing("key-00003", kind=EntryKind.STORE, name="Somebody New", email="new@example.org"),
    }
    before = drawn(shop)
    with heard(shop.oms.engine) as said:
        seen = {code: [one.code for one in shop.act(lambda w, t=t: look(w, t)).holds] for code, t in cases.items()}
    # The same holds as it would have.
    assert seen == {code: [code] if code else [] for code in cases}
    assert drawn(shop) == before
    assert len(said) > 30
    assert [one for one, _ in said if any(word in one.upper() for word in WRITING)] == []


def prices(w):
    made = PriceList(code="shop", currency="EUR")
    w.db.add(made)
    w.db.flush()
    for sku, price in (("TEA", "2.50"), ("CUP", "4.00")):
        w.db.add(PriceListItem(list_code="shop", sku=sku, from_qty=1, price=Decimal(price)))


def test_what_is_doubtful_is_seen_before_and_held_after(desk):
    wrong = {**HOME, "postcode": "38 11"}
    assert [one["code"] for one in desk.ask("look", **desk.typed(ship_to=wrong))["holds"]] == ["order_bad_postcode"]
    taken = desk.ask("take", **desk.typed(ship_to=wrong))
    assert taken["held"]
    assert [one["code"] for one in taken["holds"]] == ["order_bad_postcode"]


def test_the_same_key_is_one_order_and_an_order_that_looks_alike_is_held(desk):
    desk.shop.warehouse.stock("A-01", "TEA", 50)
    first = desk.ask("take", **desk.typed(email="ada@example.org"))
    assert not first["held"]
    assert desk.ask("take", **desk.typed(email="ada@example.org"))["number"] == first["number"]
    assert desk.counts()[0] == 1
    other = desk.ask("take", **desk.typed("key-00002", email="ada@example.org"))
    assert [one["code"] for one in other["holds"]] == ["order_looks_like_other"]
    assert other["holds"][0]["params"]["order"] == first["number"]


def test_it_is_kept_as_it_was_typed(desk):
    desk.shop.store.stock("A-01", "CUP", 4)
    desk.shop.act(lambda w: w.db.merge(SourceSite(site_id="S", pick_up=True)))
    places = desk.ask("places")["places"]
    assert [one["site"] for one in places] == ["S"]
    words = {
        "pick_up_site": "S",
        "ship_to": {},
        "gift": True,
        "note": "Ring first",
        "kind": "store",
        "payment": "at_till",
    }
    number = desk.ask("take", **desk.typed(lines=[{"sku": "CUP", "qty": 1}], **words))["number"]
    with desk.shop.oms.sessions() as db:
        order = db.get_one(CustomerOrder, number)
        assert (order.pick_up_site, order.note, order.flags, order.payment) == ("S", "Ring first", ["gift"], "captured")
        assert (order.phone, order.ship_name) == ("+31301234567", "Ada Jansen")
        assert db.get_one(Channel, order.channel).kind is ChannelKind.STORE
        assert [(one.sku, one.qty) for one in db.scalars(select(CustomerOrderLine))] == [("CUP", 1)]


def test_a_known_customer_is_found_and_stays_one(desk):
    desk.ask("take", **desk.typed())
    [found] = desk.ask("customers", text="jans")["found"]
    assert (found["name"], found["phone"], found["address"]["city"]) == ("Ada Jansen", "+31301234567", "Utrecht")
    again = desk.typed("key-00002", customer=found["number"], name="A. Jansen", phone="", lines=[{"sku": "CUP"}])
    desk.ask("take", **again)
    with desk.shop.oms.sessions() as db:
        assert len(set(db.scalars(select(CustomerOrder.customer_id)))) == 1


@pytest.mark.parametrize("typed", ["TEA", "tea", "te", "Tea"])
def test_items_are_found_by_what_people_type(desk, typed):
    [found] = desk.ask("items", text=typed)["found"]
    assert found["sku"] == "TEA"
    assert found["exact"] == (typed == "TEA")


@pytest.mark.parametrize(
    "words",
    [
        {"name": "\0", "note": "\0" * 9, "lines": [{"sku": "\0", "qty": -4}]},
        {"placed_at": "yesterday", "customer": "\0nobody", "pick_up_site": "nowhere"},
        {"lines": [{"sku": "TEA", "qty": 2**31}] * 3, "ship_to": {"country": "\U0001f600"}},
        {"placed_at": "0001-01-01T00:00:00+14:00", "email": "@" * 400, "phone": "x" * 4000},
        {"lines": [{"sku": "TEA", "qty": 10**30}]},
    ],
)
def test_hostile_words_are_answered(desk, words):
    for path in ("look", "take"):
        answer = desk.client.post(
            f"/v1/order-entry/{path}", json=desk.typed(**words), headers={"Authorization": f"Bearer {desk.key}"}
        )
        assert answer.status_code in (200, 400), answer.text
        if answer.status_code == 200:
            assert answer.json()["holds"]


def test_an_order_without_a_key_or_with_too_much_is_refused(desk):
    desk.ask("take", status=400, **desk.typed(" "))
    desk.ask("look", status=413, **desk.typed(lines=[{"sku": "TEA"}] * 201))
