"""Records of customers: what is kept, history and value, merging and back, data handed out and erased."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text, update

from oms.customers import merging, privacy, queries, records
from oms.customers.codes import ContactKind, CustomerRefusal
from oms.customers.matching import Buyer, match, match_all
from oms.customers.models import (
    Customer,
    CustomerAddress,
    CustomerContact,
    CustomerErasure,
    CustomerIdentity,
    CustomerNote,
)
from oms.customers.records import AddressIn, ContactIn, CustomerIn, Refused
from oms.hooks.models import Hook, HookAttempt, HookDelivery
from oms.money.business_models import BusinessAccount, Invoice, Quotation
from oms.money.codes import InvoiceKind, PromoKind, QuoteState
from oms.money.models import OrderMoney, Promo, PromoUse
from oms.notify.models import Mail, MailKind
from oms.orders.models import Order
from oms.people.models import Audit
from oms.sales.codes import EventKind, SaleState
from oms.sales.desk_models import OrderNote
from oms.sales.events import note
from oms.sales.finding import today
from oms.sales.models import CustomerOrder, CustomerOrderLine, OrderEvent, OrderHold, SubstituteOffer
from oms.sales.pickup_models import PickUp
from oms.sales.search_words import read
from oms.sales.searching import index, search
from sync.contract.codes import OrderState
from tests.oms.sales.shop import Shop

pytestmark = pytest.mark.postgres


@pytest.fixture
def shop(database_url):
    made = Shop.open(database_url)
    yield made
    made.close()


def made(shop, number, name="Ada", **words):
    return shop.act(lambda w: records.make(w, number, CustomerIn(name=name, **words)).id)


def sheet(shop, id):
    with shop.oms.sessions() as db:
        return queries.sheet(db, id)


def refused(shop, act):
    with pytest.raises(Refused) as caught:
        shop.act(act)
    return caught.value.code


def test_a_record_is_made_changed_and_guarded(shop):
    id = made(shop, "K1", email="ada@example.com", flags=["vip"])
    assert refused(shop, lambda w: records.make(w, "K1", CustomerIn(name="X"))) is CustomerRefusal.NUMBER_TAKEN
    change = CustomerIn(
        contacts=[ContactIn(kind=ContactKind.PHONE, value="+31 6 12345678")],
        addresses=[AddressIn(street="Kade 1", postcode="3511 AB", city="Utrecht", country="nl")],
        vat_number="nl 123",
    )
    shop.act(lambda w: records.change_record(w, id, 1, change))
    assert refused(shop, lambda w: records.change_record(w, id, 1, change)) is CustomerRefusal.CHANGED_MEANWHILE
    now = sheet(shop, id)
    assert (now.vat_number, now.flags, now.revision) == ("NL123", ["vip"], 2)
    assert [one["value"] for one in now.contacts] == ["+31 6 12345678"]
    assert now.addresses[0]["country"] == "NL"
    for bad in (CustomerIn(email="no"), CustomerIn(flags=["odd"]), CustomerIn(name=" ")):
        assert refused(shop, lambda w, bad=bad: records.change_record(w, id, None, bad)) is CustomerRefusal.BAD_VALUE


def test_consents_add_up_and_notes_stay(shop):
    id = made(shop, "K1")
    shop.act(lambda w: records.consent(w, id, "newsletter", True, "checkout"))
    shop.act(lambda w: records.consent(w, id, "newsletter", False, "phone"))
    shop.act(lambda w: records.note_about(w, id, "Rings twice"))
    now = sheet(shop, id)
    assert [(one["given"], one["said_in"]) for one in now.consents] == [(True, "checkout"), (False, "phone")]
    assert [one["text"] for one in now.notes] == ["Rings twice"]


def test_history_and_value(shop):
    id = made(shop, "K1")
    shop.order("N1", ("TEA", 2), customer_id=id, total=Decimal("12.50"))
    shop.order("N2", ("TEA", 1), customer_id=id, total=Decimal("3.10"), currency="DKK")
    shop.order("N3", ("TEA", 1), customer_id=id, total=Decimal("99"))
    shop.act(lambda w: setattr(w.db.get(CustomerOrder, "N3"), "state", SaleState.CANCELLED))
    now = sheet(shop, id)
    assert {one.number for one in now.orders} == {"N1", "N2", "N3"}
    assert (now.value.orders, now.value.cancelled) == (2, 1)
    assert now.value.revenue == {"DKK": "3.1000", "EUR": "12.5000"}
    assert now.value.last_order


@pytest.mark.parametrize(
    "typed",
    ["k7", "K7", "jans", "piet jan", "PIET@EXA", "piet@example.com", "0612345678", "3511 a", "3511ab"],
)
def test_search_while_typing(shop, typed):
    other = made(shop, "K8", name="Somebody Else")
    id = made(
        shop, "K7", name="Piet Jansen", email="piet@example.com",
        addresses=[AddressIn(name="Piet Jansen", street="Kade 1", postcode="3511 AB", city="Utrecht")],
        contacts=[ContactIn(kind=ContactKind.PHONE, value="06 1234 5678"), ContactIn(kind=ContactKind.EMAIL, value="piet@example.com")],
    )  # fmt: skip
    with shop.oms.sessions() as db:
        found = queries.search(db, typed)
    assert [one.id for one in found] == [id]
    assert found[0].city == "Utrecht"
    assert other != id


@pytest.mark.parametrize(
    "typed",
    ["", "  ", "':*", "a & | !", "\0", "(((", "%", "é" * 300],
    ids=["empty", "blank", "query", "operators", "nul", "brackets", "percent", "long"],
)
def test_search_takes_anything(shop, typed):
    with shop.oms.sessions() as db:
        assert queries.search(db, typed) == []


def test_search_uses_indexes_only(shop):
    """Each way of looking is a range of an index; a scan of all customers would grow with them."""
    with shop.oms.sessions() as db:
        db.execute(text("INSERT INTO customer_contact SELECT 'x' || n, :id, 'email', 'v', 'p' || n, '' FROM generate_series(1, 20000) n"),
                   {"id": made(shop, "K1")})  # fmt: skip
        db.execute(text("ANALYZE customer_contact"))
        plan = "\n".join(db.scalars(text(
            "EXPLAIN SELECT customer_id FROM customer_contact WHERE plain ~>=~ 'p1999' AND plain ~<~ 'p1999z' LIMIT 20"
        )))  # fmt: skip
    assert "Seq Scan" not in plan


# --- merging ---


def test_merging_moves_everything_and_undoing_moves_it_back(shop):
    one, two = shop.act(
        lambda w: match_all(
            w,
            [
                Buyer(
                    channel="shop", foreign_id="1", name="Ada", email="ada@example.com", street="Kade 1", postcode="1"
                ),
                Buyer(
                    channel="store",
                    foreign_id="9",
                    name="A. Byron",
                    email="a.byron@example.com",
                    street="Kade 2",
                    postcode="1",
                ),
            ],
        )
    )
    shop.act(lambda w: records.change_record(w, two.id, None, CustomerIn(flags=["vip"], vat_number="NL1")))
    shop.order("N1", ("TEA", 1), customer_id=one.id)
    shop.order("N2", ("TEA", 1), customer_id=two.id)
    shop.part("N2", "W", (1, 1))
    merged = shop.act(lambda w: merging.merge(w, one.id, two.id))
    now = sheet(shop, one.id)
    assert {order.number for order in now.orders} == {"N1", "N2"}
    assert (now.flags, now.vat_number, len(now.contacts), len(now.addresses), len(now.identities)) == (
        ["vip"],
        "NL1",
        2,
        2,
        2,
    )
    assert sheet(shop, two.id).merged_into == one.id
    # Whoever comes with the old identity or address is the kept one now.
    again = shop.act(lambda w: match(w, Buyer(channel="store", foreign_id="9")))
    assert again.id == one.id
    assert shop.act(lambda w: match(w, Buyer(email="a.byron@example.com"))).id == one.id
    assert refused(shop, lambda w: merging.merge(w, one.id, two.id)) is CustomerRefusal.GONE
    shop.order("N3", ("TEA", 1), customer_id=one.id)
    shop.act(lambda w: merging.undo(w, merged))
    assert {order.number for order in sheet(shop, one.id).orders} == {"N1", "N3"}
    back = sheet(shop, two.id)
    assert ({order.number for order in back.orders}, back.merged_into, back.flags) == ({"N2"}, None, ["vip"])
    assert sheet(shop, one.id).flags == []
    assert refused(shop, lambda w: merging.undo(w, merged)) is CustomerRefusal.TOO_LATE


def test_chains_are_undone_from_their_end(shop):
    a, b, c = (made(shop, f"K{n}") for n in range(3))
    first = shop.act(lambda w: merging.merge(w, b, a))
    second = shop.act(lambda w: merging.merge(w, c, b))
    assert refused(shop, lambda w: merging.undo(w, first)) is CustomerRefusal.TOO_LATE
    shop.act(lambda w: merging.undo(w, second))
    shop.act(lambda w: merging.undo(w, first))
    assert [sheet(shop, id).merged_into for id in (a, b, c)] == [None] * 3
    assert refused(shop, lambda w: merging.merge(w, a, a)) is CustomerRefusal.SAME_CUSTOMER
    assert refused(shop, lambda w: merging.merge(w, a, "nobody")) is CustomerRefusal.UNKNOWN_CUSTOMER


_TABLES = ("customer", "customer_contact", "customer_address", "customer_identity", "customer_order", "customer_note")


def _state(shop):
    """All rows that speak of customers, without what counts changes."""
    with shop.oms.sessions() as db:
        return {
            table: sorted(map(repr, db.execute(text(f"SELECT to_jsonb(t) - 'revision' FROM {table} t")).scalars()))
            for table in _TABLES
        }


_WHO = st.builds(
    Buyer,
    channel=st.sampled_from(["shop", "store"]), foreign_id=st.sampled_from(["", "1", "2"]),
    email=st.sampled_from(["a@example.com", "b@example.com", "c@example.com"]),
    street=st.sampled_from(["", "Kade 1"]), postcode=st.just("1"), name=st.sampled_from(["Ada", "Bo"]),
)  # fmt: skip


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(_WHO, min_size=2, max_size=5), st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=4))
def test_undoing_all_merges_leaves_everything_as_it_was(shop, buyers, pairs):
    known = [one.id for one in shop.act(lambda w: match_all(w, buyers))]
    before, done = _state(shop), []
    for left, right in pairs:
        try:
            done.append(
                shop.act(lambda w, a=left, b=right: merging.merge(w, known[a % len(known)], known[b % len(known)]))
            )
        except Refused as error:
            assert error.code in (CustomerRefusal.SAME_CUSTOMER, CustomerRefusal.GONE)  # noqa: PT017
    for one in reversed(done):
        shop.act(lambda w, one=one: merging.undo(w, one))
    assert _state(shop) == before


def test_every_table_that_names_a_customer_moves(shop):
    named = {table.name for table, _ in merging.references()}
    assert {"customer_order", "sales_order", "customer_contact", "customer_consent"} <= named
    assert not named & {"customer", "customer_merge", "customer_erasure"}
    first = [table.name for table, _ in merging.references()][:2]
    assert first == ["sales_order", "customer_order"]


# --- personal data ---

SECRETS = ("Ada Byron", "ada@example.com", "Kade 1", "3511 AB", "0612345678")


def ada(shop):
    [one] = shop.act(
        lambda w: match_all(
            w,
            [
                Buyer(
                    channel="shop",
                    foreign_id="cust-77",
                    name="Ada Byron",
                    email="ada@example.com",
                    phone="0612345678",
                    street="Kade 1",
                    postcode="3511 AB",
                    city="Utrecht",
                    country="NL",
                )
            ],
        )
    )
    shop.order("N1", ("TEA", 2), customer_id=one.id, ship_name="Ada Byron", email="ada@example.com", total=Decimal(5))
    shop.act(lambda w: note(w, "N1", EventKind.CHANGED, what="address", before="Ada Byron, Kade 1", lines=3))
    shop.act(lambda w: records.note_about(w, one.id, "Ada Byron rings twice"))
    return one.id


def everything(shop):
    """All text of the database but the audit trail and what no one can read."""
    with shop.oms.sessions() as db:
        tables = db.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
        return "\n".join(
            str(row) for table in tables for row in db.scalars(text(f'SELECT to_jsonb(t) FROM "{table}" t'))
        )


def test_all_of_a_persons_data_is_handed_out(shop):
    id = ada(shop)
    found = shop.act(lambda w: privacy.export(w, id))
    assert found["customer"]["email"] == "ada@example.com"
    assert [one["number"] for one in found["orders"]] == ["N1"]
    assert {one["kind"] for one in found["events"]} == {"order.captured", "order.changed"}
    assert any(one["what"] == "customer.noted" for one in found["audit"])
    readable = privacy.readable(found)
    for secret in SECRETS:
        assert secret in readable
    assert refused(shop, lambda w: privacy.export(w, "nobody")) is CustomerRefusal.UNKNOWN_CUSTOMER
    with shop.oms.sessions() as db:
        assert db.scalar(select(func.count()).select_from(Audit).where(Audit.what == "customer.exported")) == 1


def test_erasing_leaves_orders_and_amounts_but_nobody(shop):
    id = ada(shop)
    assert refused(shop, lambda w: privacy.erase(w, id, "asked")) is CustomerRefusal.OPEN_ORDERS
    assert "Ada Byron" in everything(shop)

    def finish(w):
        w.db.get(CustomerOrder, "N1").state = SaleState.CANCELLED

    shop.act(finish)
    shop.act(lambda w: privacy.erase(w, id, "asked"))
    left = everything(shop)
    for secret in (*SECRETS, "cust-77"):
        assert secret.casefold() not in left.casefold(), secret
    order = shop.order_of("N1")
    assert (order.total, order.ship_country, order.customer_id) == (Decimal(5), "NL", id)
    with shop.oms.sessions() as db:
        assert [
            db.scalar(select(func.count()).select_from(t))
            for t in (CustomerContact, CustomerAddress, CustomerIdentity, CustomerNote)
        ] == [0] * 4
        erasure = db.scalars(select(CustomerErasure)).one()
        assert erasure.counts["orders"] == 1
        words = db.scalars(select(OrderEvent.words).where(OrderEvent.kind == "order.changed")).one()
        assert words == {"what": "address", "before": "erased", "lines": 3}
        assert db.get(Customer, id).erased_at
    assert refused(shop, lambda w: privacy.erase(w, id, "asked")) is CustomerRefusal.GONE
    # Who orders again is somebody new.
    assert shop.act(lambda w: match(w, Buyer(channel="shop", foreign_id="cust-77", email="ada@example.com"))).fresh


def _in_every_room(w, id):
    """Ada in each table beside her record that may say something of her."""
    w.db.get(CustomerOrder, "N1").likeness = "ada byron|3511ab"
    part = w.db.get_one(Order, ("W", "N1"))
    event = w.db.scalars(select(OrderEvent.id).where(OrderEvent.order_no == "N1").limit(1)).one()
    hold = {"order_no": "N1", "at": w.now, "released_at": w.now}
    w.db.add_all([
        OrderNote(id="n", order_no="N1", at=w.now, text="Ada Byron will be at Kade 1"),
        OrderHold(id="h1", code="order_no_address", params={"text": "Kade 1", "field": "street"}, because="Ada Byron says", **hold),
        OrderHold(id="h2", code="order_no_city", params={"seen": "at 3511 AB"}, **hold),
        SubstituteOffer(code="ada-secret-code", order_no="N1", line_no=1, sku="CUP", qty=1, at=w.now, until=w.now + timedelta(days=7)),
        BusinessAccount(customer_id=id, currency="EUR", credit_limit=Decimal(9), terms_days=14, vat_number="NL123ADA"),
        Quotation(number="Q1", version=1, state=QuoteState.SENT, customer_id=id, made_at=w.now, valid_until=w.now.date(),
                  currency="EUR", ship_to={"name": "Ada Byron", "country": "NL"}, note="for Ada Byron", purchase_order="Ada Byron 7"),
        OrderMoney(order_no="N1", vat_number="NL123ADA", purchase_order="Ada Byron 7", counted={}),
        Promo(code="TEN", kind=PromoKind.PERCENT, value=Decimal("0.1")),
        PickUp(site_id="W", order_no=part.number, code="ada-pick-code", handed_to="Ada Byron", signature="Ada Byron", note="Kade 1"),
        Hook(id="k", name="erp", url="https://x", patterns=["*"], channels=[], secret_sealed="s", created_at=w.now),
        Mail(id="m", once="m", event_id=event, kind=MailKind.SHIPPED, order_no="N1", language="nl", to="ada@example.com",
             subject="Ada Byron", text="Kade 1", html="Kade 1", message_id="<m>", created_at=w.now, next_at=w.now),
        Invoice(number="I1", kind=InvoiceKind.INVOICE, order_no="N1", customer_id=id, day=w.now.date(), due=w.now.date(),
                made_at=w.now, currency="EUR", tax_included=True, bill_to={"name": "Ada Byron"}),
    ])  # fmt: skip
    w.db.flush()
    sent = HookDelivery(
        hook_id="k", message_id="evt_1", seq=None, order_no="N1", kind="x", created_at=w.now, next_at=w.now
    )
    w.db.add_all([sent, PromoUse(code="TEN", order_no="N1", at=w.now, customer="ada@example.com")])
    w.db.flush()
    w.db.add(
        HookAttempt(
            delivery_id=sent.id, at=w.now, status=200, problem="", took_ms=1, words={"said": "thanks, Ada Byron"}
        )
    )
    w.db.flush()
    index(w, ["N1"])


def test_what_is_beside_the_record_is_handed_out_and_goes_too_but_for_invoices(shop):
    id = ada(shop)
    shop.part("N1", "W", (1, 2))
    shop.act(lambda w: _in_every_room(w, id))
    told = shop.act(lambda w: privacy.export(w, id))
    rooms = {"notes", "holds", "offers", "invoices", "quotations", "accounts", "pick_ups"}
    assert {name for name in rooms if told[name]} == rooms
    assert "ada-secret-code" not in str(told)
    assert "ada-pick-code" not in str(told)

    def finish(w):
        w.db.get(CustomerOrder, "N1").state = SaleState.CANCELLED
        w.db.execute(update(CustomerOrderLine).values(assigned=0, cancelled=CustomerOrderLine.qty))
        w.db.get_one(Order, ("W", "N1")).state = OrderState.CANCELLED
        w.touch("order", "N1")

    shop.act(finish)
    with shop.oms.sessions() as db:
        assert sale_search(db, "ada byron").numbers == ["N1"]
    shop.act(lambda w: privacy.erase(w, id, "asked"))
    with shop.oms.sessions() as db:
        assert sale_search(db, "ada byron").numbers == []
        assert sale_search(db, "N1").numbers == ["N1"]
        invoice = db.get_one(Invoice, "I1")
        assert invoice.bill_to == {"name": "Ada Byron"}
        assert db.scalars(select(Quotation.ship_to)).one() == {"country": "NL"}
        counts = db.scalars(select(CustomerErasure.counts)).one()
    assert {name: counts[name] for name in ("order_notes", "holds", "offers", "quotations", "pick_ups", "money", "messages")} == {
        "order_notes": 1, "holds": 2, "offers": 1, "quotations": 1, "pick_ups": 1, "money": 3, "messages": 1
    }  # fmt: skip
    shop.act(lambda w: w.db.execute(update(Invoice).values(bill_to={})))
    left = everything(shop).casefold()
    for secret in (*SECRETS, "NL123ADA", "ada-secret-code", "ada-pick-code"):
        assert secret.casefold() not in left, secret


def sale_search(db, typed):
    return search(db, read(typed, today()), today=today())


def test_erasing_takes_what_was_merged_too(shop):
    a, b = made(shop, "Kees-1", name="Kees"), made(shop, "Kees-2", name="Kees de Wit", email="kees@example.com")
    shop.act(lambda w: merging.merge(w, a, b))
    shop.act(lambda w: privacy.erase(w, a, "asked"))
    assert "kees" not in everything(shop).casefold()
    assert refused(shop, lambda w: privacy.erase(w, b, "asked")) is CustomerRefusal.GONE


def test_only_one_count_of_identities(shop):
    ada(shop)
    with shop.oms.sessions() as db:
        assert db.scalar(select(func.count()).select_from(CustomerIdentity)) == 1


def test_capture_finds_the_customer_and_their_flags_go_with_the_order(shop):
    from oms.sales.capture import capture
    from oms.sales.drafts import SaleDraft, SaleDraftLine

    id = ada(shop)
    shop.act(lambda w: records.change_record(w, id, None, CustomerIn(flags=["vip"])))
    draft = SaleDraft(
        email="ADA@example.com", flags=("gift",), lines=[SaleDraftLine(sku="TEA", qty=1, price=Decimal(1))]
    )
    [done] = shop.act(lambda w: capture(w, [draft]))
    order = shop.order_of(done.number)
    assert (order.customer_id, order.flags) == (id, ["gift", "vip"])
