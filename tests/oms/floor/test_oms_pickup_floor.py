"""Orders that customers fetch in the store: set aside, handed over, not taken; late, twice and out of order."""

from decimal import Decimal

import msgspec
import pytest
from sqlalchemy import select, update

from oms.feed.rows import build
from oms.money.codes import Money, PayState
from oms.money.payment_models import Payment
from oms.money.payments import told_at_capture
from oms.orders.models import Order
from oms.sales.codes import PaymentState, SaleState
from oms.sales.pickup_models import PickUp
from oms.sales.scene import lock_sale
from sync.contract import facts
from sync.contract.codes import NotTaken, Outcome
from sync.contract.pickup import code_digest, code_text, read_code
from tests.oms.sales.shop import Shop

pytestmark = pytest.mark.postgres


@pytest.fixture
def shop(database_url):
    made = Shop.open(database_url)
    yield made
    made.close()


def picked(shop, number="N1", qty=2):
    """The store's part of a customer order, picked into tote T1 at the lane; the handheld that did it."""
    shop.store.stock("A-01", "TEA", 5)
    shop.order(number, ("TEA", qty), pick_up_site="S")
    shop.part(number, "S", (1, qty))
    shop.store.act(lambda w: w.db.execute(update(Order).where(Order.number == number).values(pick_up=True)))
    shop.store.act(lambda w: w.touch("order", number))
    hand = shop.store.device()
    job = shop.store.release(number).job
    hand.claim(job)
    [item] = shop.store.items_of(job)
    hand.pick(item, qty)
    hand.drop(job)
    return hand


def paid(w, number, amount):
    """Its line costs so much, and the channel has the money."""
    sale = lock_sale(w, number)
    sale.lines[0].total = sale.order.total = amount
    sale.order.payment = PaymentState.CAPTURED
    told_at_capture(w, sale.order)


def code_of(shop, number="N1"):
    return shop.ask(select(PickUp).where(PickUp.order_no == number))[0].code


def row_of(shop, number="N1"):
    with shop.oms.sessions() as db:
        return build(db, "S", "order", [number])[number]


def test_set_aside_and_handed_over(shop):
    hand = picked(shop)
    said = hand.report(facts.PickupReady(order="N1", shelf="A-04", pieces=["T1"]))
    assert said.outcome is Outcome.APPLIED
    assert shop.order_of("N1").state is SaleState.READY
    assert shop.told("N1").count("order.ready_for_pick_up") == 1
    row = row_of(shop)
    assert (row.pick_up, row.shelf, row.pieces) == (True, "A-04", ["T1"])
    assert row.code_digest == code_digest("N1", code_of(shop).lower())
    assert code_of(shop) not in msgspec.json.encode(row).decode()
    assert shop.store.has("tote:T1") == 0
    done = hand.report(facts.PickupHandOver(order="N1", name="Ada", code=code_of(shop), pieces=["T1"]))
    assert done.outcome is Outcome.APPLIED
    assert shop.store.has("shipped") == 2
    assert shop.order_of("N1").state is SaleState.SHIPPED
    assert [line.shipped for line in shop.lines_of("N1")] == [2]
    assert shop.told("N1")[-2:] == ["order.shipped", "order.picked_up"]
    again = hand.report(facts.PickupHandOver(order="N1", name="Ada"))
    assert again.outcome is Outcome.APPLIED_LATE
    assert shop.store.has("shipped") == 2
    shop.store.check()
    shop.store.check_feed()


def test_a_wrong_code_is_kept_as_none(shop):
    hand = picked(shop)
    hand.report(facts.PickupReady(order="N1", shelf="A-04"))
    hand.report(facts.PickupHandOver(order="N1", name="Ada", code="WRONG", signature="1,1 2,2"))
    found = shop.ask(select(PickUp))[0]
    assert (found.by_code, found.signature, found.handed_to) == (False, "1,1 2,2", "Ada")
    assert shop.order_of("N1").state is SaleState.SHIPPED


def test_ready_is_taken_back(shop):
    hand = picked(shop)
    hand.report(facts.PickupReady(order="N1", shelf="A-04", pieces=["T1"]))
    hand.report(facts.PickupUnready(order="N1", shelf="A-04"))
    assert shop.order_of("N1").state is SaleState.IN_WORK
    assert row_of(shop).ready_at is None
    hand.report(facts.PickupReady(order="N1", shelf="A-03", pieces=["T1"]))
    assert shop.order_of("N1").state is SaleState.READY
    assert row_of(shop).shelf == "A-03"
    shop.store.check()


@pytest.mark.parametrize("reason", list(NotTaken), ids=lambda reason: reason.value)
def test_what_nobody_takes_goes_back(shop, reason):
    hand = picked(shop)
    shop.act(lambda w: paid(w, "N1", Decimal("5.00")))
    hand.report(facts.PickupReady(order="N1", shelf="A-04", pieces=["T1"]))
    said = hand.report(facts.PickupRefuse(order="N1", reason=reason))
    assert said.outcome is Outcome.APPLIED
    assert shop.order_of("N1").total == 0
    back = select(Payment).where(Payment.kind == Money.REFUND)
    assert [(one.state, one.amount) for one in shop.ask(back)] == [(PayState.DUE, Decimal("5.00"))]
    assert shop.order_of("N1").state is SaleState.CANCELLED
    assert [(line.cancelled, line.open) for line in shop.lines_of("N1")] == [(2, 0)]
    [back] = shop.store.exceptions("put_back")
    assert (back.params["qty"], back.params["bin"]) == (2, "A-01")
    late = hand.report(facts.PickupHandOver(order="N1", name="Ada"))
    assert late.outcome is Outcome.DIVERTED
    shop.store.check()
    shop.store.check_feed()


def test_handed_over_before_anybody_heard_that_it_stood_ready(shop):
    """Facts of two handhelds that were away come in whichever order they come."""
    hand, other = picked(shop), shop.store.device()
    assert other.report(facts.PickupHandOver(order="N1", name="Ada", signature="1,1")).outcome is Outcome.APPLIED
    assert hand.report(facts.PickupReady(order="N1", shelf="A-04")).outcome is Outcome.APPLIED_LATE
    assert hand.report(facts.PickupRefuse(order="N1", reason=NotTaken.NOT_COME)).outcome is Outcome.APPLIED_LATE
    assert shop.store.has("shipped") == 2
    shop.store.check()


def test_packed_at_the_bench_it_stays_in_the_house(shop):
    hand = picked(shop)
    bench = shop.store.device("P")
    [job] = shop.store.jobs_of("N1", "pack")
    bench.claim(job.id)
    parcel = shop.store.parcel_of("N1")
    [item] = shop.store.items_of(job.id)
    bench.pack(item, parcel, 2)
    bench.weigh(parcel, job.id)
    bench.label(parcel, job.id)
    bench.report(facts.ParcelShip(job=job.id, parcel=parcel.id, sscc=parcel.sscc))
    assert shop.store.has("shipped") == 0
    assert shop.order_of("N1").state is SaleState.IN_WORK
    hand.report(facts.PickupReady(order="N1", shelf="A-04", pieces=[parcel.sscc]))
    assert shop.order_of("N1").state is SaleState.READY
    hand.report(facts.PickupHandOver(order="N1", name="Ada", code=code_of(shop)))
    assert shop.store.has("shipped") == 2
    shop.store.check()
    shop.store.check_feed()


@pytest.mark.parametrize("body", [
    facts.PickupReady(order="NOBODY", shelf="A-04"),
    facts.PickupHandOver(order="NOBODY"),
], ids=["ready", "hand_over"])  # fmt: skip
def test_an_order_that_nobody_knows_is_told(shop, body):
    assert shop.store.device().report(body).outcome is Outcome.DIVERTED


def test_an_order_that_is_sent_does_not_wait_for_anybody(shop):
    hand = picked(shop)
    shop.store.act(lambda w: w.db.execute(update(Order).values(pick_up=False)))
    assert hand.report(facts.PickupReady(order="N1", shelf="A-04")).outcome is Outcome.DIVERTED
    assert shop.store.has("tote:T1") == 2


@pytest.mark.parametrize(("text", "read"), [
    (code_text("N:1", "ABC"), ("N:1", "ABC")), ("FHP:", None), ("FHP:N1:", None), ("N1", None), ("FHP::X", None),
], ids=["colon", "empty", "no_code", "order", "no_order"])  # fmt: skip
def test_the_text_of_a_code(text, read):
    assert read_code(text) == read


def test_a_whole_afternoon_that_was_away_comes_in_one_push(shop):
    hand = picked(shop)
    prev = hand.chain
    ops = [
        hand.op(body)
        for body in (
            facts.PickupReady(order="N1", shelf="A-04", pieces=["T1"]),
            facts.PickupUnready(order="N1", shelf="A-04"),
            facts.PickupReady(order="N1", shelf="A-03", pieces=["T1"]),
            facts.PickupHandOver(order="N1", name="Ada", signature="1,1"),
        )
    ]
    assert {one.outcome for one in hand.push(*ops, prev=prev)} == {Outcome.APPLIED}
    assert shop.order_of("N1").state is SaleState.SHIPPED
    shop.store.check()
    shop.store.check_feed()
