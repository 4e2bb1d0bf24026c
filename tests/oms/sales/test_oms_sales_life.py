"""What happens to a good order by itself, and what people may still change of it, on two real floors."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from oms.catalog.models import Item
from oms.orders.models import Order
from oms.promise.actions import ReceiptSaid
from oms.promise.receiving import expect
from oms.sales.altering import Change, More, change
from oms.sales.cancelling import cancel, returned
from oms.sales.codes import SaleRefusal, SaleState, Splitting
from oms.sales.desk import release_hold
from oms.sales.drafts import HoldCode
from oms.sales.floors import Refused
from oms.sales.models import OrderEvent, OrderHold, SubstituteOffer
from oms.sales.offers import answered
from oms.sales.onward import due_orders, go_on, look_again
from oms.sales.scene import lock_sale
from oms.sales.working import OrderDesk
from oms.sourcing.codes import Rest
from oms.sourcing.models import SourceRule, SourceSite
from sync.contract.codes import OrderState, ShortReason, Substitution
from sync.contract.workbench_acts import ReleaseHoldRequest

pytestmark = pytest.mark.postgres


def onward(shop, number):
    """The order goes on by itself."""
    shop.act(lambda w: go_on(w, lock_sale(w, number)))


def settle(shop):
    """Everything that is due is looked at, as the server's thread does."""
    desk = OrderDesk(shop.oms.works, "W")
    while desk.step():
        pass


def counts(shop, number):
    return [(li.qty, li.assigned, li.backordered, li.shipped, li.cancelled) for li in shop.lines_of(number)]


def parts(shop, number):
    return {
        (one.site_id, one.number): one.state
        for one in shop.ask(select(Order).where(Order.customer_order == number).order_by(Order.number))
    }


def state(shop, number):
    return shop.order_of(number).state


def pick(floor, number, qty=None, short=0, reason=ShortReason.NOT_FOUND):
    """The part is picked and set down at its lane, with `short` units missing; the handheld."""
    job = floor.release(number).job
    assert job
    hand = floor.device()
    hand.claim(job)
    for item in floor.items_of(job):
        take = item.qty_req - short if qty is None else qty
        if take:
            hand.pick(item, take)
        if short:
            hand.short(item, short, reason)
    hand.drop(job)
    return hand


def ship(floor, number, hand):
    """What is picked is packed, labelled and gone."""
    job = floor.jobs_of(number, "pack")[-1].id
    hand.claim(job, kinds=("pack",))
    parcel = floor.parcel_of(number)
    for item in floor.items_of(job):
        hand.pack(item, parcel, item.qty_req, tote=item.from_bin)
    hand.weigh(parcel, job)
    hand.label(parcel, job)
    hand.ship(parcel, job)


def refusal(shop, act):
    with pytest.raises(Refused) as no:
        shop.act(act)
    return no.value.code


def test_an_order_goes_to_the_site_that_has_everything(shop):
    shop.warehouse.stock("A-01", "TEA", 1)
    shop.store.stock("A-01", "TEA", 5)
    shop.order("N1", ("TEA", 3))
    onward(shop, "N1")
    assert parts(shop, "N1") == {("S", "N1"): OrderState.OPEN}
    assert state(shop, "N1") is SaleState.SOURCED


def test_what_nobody_has_waits_for_goods_and_the_first_in_line_gets_them(shop):
    shop.order("N1", ("TEA", 3), priority=3)
    shop.order("N2", ("TEA", 3), priority=1)
    shop.order("N3", ("TEA", 3), promised=date(2030, 1, 1))
    for number in ("N1", "N2", "N3"):
        onward(shop, number)
        assert state(shop, number) is SaleState.BACKORDERED
        assert shop.told(number).count("order.backordered") == 1
    shop.store.stock("A-01", "TEA", 7)
    settle(shop)
    assert [state(shop, n) for n in ("N3", "N2", "N1")] == [SaleState.SOURCED, SaleState.SOURCED, SaleState.SOURCED]
    assert counts(shop, "N1") == [(3, 1, 2, 0, 0)]
    assert counts(shop, "N3") == [(3, 3, 0, 0, 0)]


@pytest.mark.parametrize(("splitting", "sites"), [("allowed", 2), ("one_site", 0), ("complete", 0)])
def test_parts_as_the_customer_takes_them(shop, splitting, sites):
    shop.warehouse.stock("A-01", "TEA", 2)
    shop.store.stock("A-01", "TEA", 2)
    shop.order("N1", ("TEA", 3), splitting=Splitting(splitting))
    onward(shop, "N1")
    assert len(parts(shop, "N1")) == sites


def test_complete_waits_until_everything_is_there(shop):
    shop.warehouse.stock("A-01", "TEA", 2)
    shop.order("N1", ("TEA", 3), splitting=Splitting.COMPLETE)
    onward(shop, "N1")
    assert state(shop, "N1") is SaleState.BACKORDERED
    shop.store.stock("A-01", "TEA", 1)
    settle(shop)
    assert state(shop, "N1") is SaleState.BACKORDERED
    shop.warehouse.stock("A-01", "TEA", 1)
    settle(shop)
    assert counts(shop, "N1") == [(3, 3, 0, 0, 0)]


def test_asked_again_without_news_nothing_happens(shop):
    shop.order("N1", ("TEA", 3))
    onward(shop, "N1")
    before = shop.told("N1")
    shop.act(lambda w: look_again(w, ["TEA"]))
    settle(shop)
    assert shop.told("N1") == before
    assert shop.act(lambda w: due_orders(w.db)) == []


def test_a_short_is_sent_from_elsewhere_once_the_picker_cannot_take_it_back(shop):
    shop.store.stock("A-01", "TEA", 5)
    shop.order("N1", ("TEA", 4))
    onward(shop, "N1")
    shop.warehouse.stock("A-01", "TEA", 5)
    job = shop.store.release("N1").job
    hand = shop.store.device()
    hand.claim(job)
    [item] = shop.store.items_of(job)
    hand.pick(item, 3)
    hand.short(item, 1, ShortReason.DAMAGED)
    settle(shop)
    assert len(parts(shop, "N1")) == 1
    hand.drop(job)
    settle(shop)
    settle(shop)
    assert parts(shop, "N1") == {("S", "N1"): OrderState.PICKED, ("S", "N1-2"): OrderState.OPEN}
    assert counts(shop, "N1") == [(4, 4, 0, 0, 0)]
    ship(shop.store, "N1", hand)
    assert counts(shop, "N1") == [(4, 1, 0, 3, 0)]
    assert state(shop, "N1") is SaleState.PARTLY_SHIPPED


def test_a_part_that_was_not_found_at_all_is_called_back(shop):
    shop.store.stock("A-01", "TEA", 2)
    shop.order("N1", ("TEA", 2))
    onward(shop, "N1")
    pick(shop.store, "N1", short=2)
    assert parts(shop, "N1") == {("S", "N1"): OrderState.HELD}
    shop.warehouse.stock("A-01", "TEA", 2)
    settle(shop)
    assert parts(shop, "N1") == {("S", "N1"): OrderState.CANCELLED, ("W", "N1-2"): OrderState.OPEN}
    assert shop.told("N1").count("order.short") == 1
    assert shop.store.exceptions("order_not_picked") == []


def test_another_item_is_taken_at_once_where_the_customer_allows_it(shop):
    shop.act(lambda w: w.db.execute(update(Item).where(Item.sku == "TEA").values(substitutes=["CUP"])))
    shop.store.stock("A-01", "CUP", 5)
    shop.order("N1", ("TEA", 2), substitution=Substitution.ALLOWED)
    onward(shop, "N1")
    first, other = shop.lines_of("N1")
    assert (first.cancelled, other.sku, other.assigned, other.instead_of) == (2, "CUP", 2, 1)
    assert state(shop, "N1") is SaleState.SOURCED


@pytest.mark.parametrize("accepted", [True, False])
def test_another_item_is_offered_and_answered_once(shop, accepted):
    shop.act(lambda w: w.db.execute(update(Item).where(Item.sku == "TEA").values(substitutes=["CUP"])))
    shop.store.stock("A-01", "CUP", 5)
    shop.order("N1", ("TEA", 2), substitution=Substitution.ASK)
    onward(shop, "N1")
    onward(shop, "N1")
    assert shop.told("N1").count("order.substitute_offered") == 1
    [offer] = shop.ask(select(SubstituteOffer))
    assert refusal(shop, lambda w: answered(w, "N1", 1, accepted=accepted, code="x")) is SaleRefusal.NO_OFFER
    shop.act(lambda w: answered(w, "N1", 1, accepted=accepted, code=offer.code))
    assert refusal(shop, lambda w: answered(w, "N1", 1, accepted=accepted)) is SaleRefusal.NO_OFFER
    assert state(shop, "N1") is (SaleState.SOURCED if accepted else SaleState.BACKORDERED)
    assert shop.told("N1").count("order.substitute_offered") == 1


def test_what_a_picker_takes_instead_counts_for_the_line(shop):
    shop.act(lambda w: w.db.execute(update(Item).where(Item.sku == "TEA").values(substitutes=["CUP"])))
    shop.store.stock("A-01", "TEA", 3).stock("A-02", "CUP", 3)
    shop.order("N1", ("TEA", 3), substitution=Substitution.ALLOWED)
    onward(shop, "N1")
    from sync.contract import facts

    job = shop.store.release("N1").job
    hand = shop.store.device()
    hand.claim(job)
    [item] = shop.store.items_of(job)
    hand.pick(item, 1)
    body = facts.PickSubstitute(job=job, sku="TEA", other="CUP", qty=2, from_bin="A-02", tote="T1")
    hand.report(body, item.id)
    hand.drop(job)
    settle(shop)
    assert counts(shop, "N1") == [(3, 3, 0, 0, 0)]
    ship(shop.store, "N1", hand)
    assert counts(shop, "N1") == [(3, 0, 0, 3, 0)]
    assert state(shop, "N1") is SaleState.SHIPPED


def test_less_and_more_before_the_floor(shop):
    shop.store.stock("A-01", "TEA", 9).stock("A-02", "CUP", 9)
    shop.order("N1", ("TEA", 4))
    onward(shop, "N1")
    revision = shop.order_of("N1").revision
    shop.act(lambda w: change(w, "N1", Change(revision=revision, lines={1: 3}, more=[More("CUP", 2)])))
    assert counts(shop, "N1") == [(4, 3, 0, 0, 1), (2, 2, 0, 0, 0)]
    late = Change(revision=revision, lines={1: 1})
    assert refusal(shop, lambda w: change(w, "N1", late)) is SaleRefusal.CHANGED_MEANWHILE
    assert len([one for one in parts(shop, "N1").values() if one is OrderState.OPEN]) == 1
    shop.store.check_feed()


def test_less_on_the_floor_is_put_back(shop):
    shop.store.stock("A-01", "TEA", 9)
    shop.order("N1", ("TEA", 4))
    onward(shop, "N1")
    job = shop.store.release("N1").job
    hand = shop.store.device()
    hand.claim(job)
    hand.pick(shop.store.items_of(job)[0], 4)
    _, put_backs = shop.act(lambda w: change(w, "N1", Change(lines={1: 1})))
    assert len(put_backs) == 1
    assert counts(shop, "N1") == [(4, 1, 0, 0, 3)]
    assert shop.store.exceptions("put_back")[0].params["qty"] == 3


def test_cancel_of_two_parts_at_once_or_not_at_all(shop):
    shop.warehouse.stock("A-01", "TEA", 2)
    shop.store.stock("A-01", "CUP", 2)
    shop.order("N1", ("TEA", 2), ("CUP", 1))
    onward(shop, "N1")
    [(_, at_store), (_, at_house)] = sorted(parts(shop, "N1"))
    hand = pick(shop.warehouse, at_house)
    shop.act(lambda w: cancel(w, "N1", because="no"))
    assert state(shop, "N1") is SaleState.CANCELLED
    assert set(parts(shop, "N1").values()) == {OrderState.CANCELLED}
    assert refusal(shop, lambda w: cancel(w, "N1")) is SaleRefusal.NOTHING_TO_DO
    assert shop.told("N1").count("order.cancelled") == 1
    assert hand
    assert at_store


def test_what_has_left_cannot_be_cancelled_and_comes_back_as_a_return(shop):
    shop.store.stock("A-01", "TEA", 2)
    shop.order("N1", ("TEA", 2))
    onward(shop, "N1")
    ship(shop.store, "N1", pick(shop.store, "N1"))
    assert refusal(shop, lambda w: cancel(w, "N1")) is SaleRefusal.TOO_LATE
    assert refusal(shop, lambda w: change(w, "N1", Change(lines={1: 1}))) is SaleRefusal.TOO_LATE
    assert refusal(shop, lambda w: returned(w, "N1", 1, 3, site="W")) is SaleRefusal.BAD_QUANTITY
    assert refusal(shop, lambda w: returned(w, "N1", 1, 1, site="W")) is SaleRefusal.UNKNOWN_BIN
    shop.act(lambda w: returned(w, "N1", 1, 1, site="W", bin="A-03"))
    assert state(shop, "N1") is SaleState.SHIPPED
    shop.act(lambda w: returned(w, "N1", 1, 1, site="S", bin="A-03"))
    assert state(shop, "N1") is SaleState.RETURNED
    assert (shop.warehouse.has("bin:A-03"), shop.store.has("bin:A-03")) == (1, 1)


def test_another_address_reaches_the_floor_and_opens_a_labelled_parcel(shop):
    shop.store.stock("A-01", "TEA", 2)
    shop.order("N1", ("TEA", 2))
    onward(shop, "N1")
    hand = pick(shop.store, "N1")
    job = shop.store.jobs_of("N1", "pack")[-1].id
    hand.claim(job, kinds=("pack",))
    parcel = shop.store.parcel_of("N1")
    [item] = shop.store.items_of(job)
    hand.pack(item, parcel, 2, tote=item.from_bin)
    hand.weigh(parcel, job)
    hand.label(parcel, job)
    abroad = Change(ship={"country": "DE"})
    assert refusal(shop, lambda w: change(w, "N1", abroad)) is SaleRefusal.TOO_LATE
    shop.act(lambda w: change(w, "N1", Change(ship={"street": "Singel 9"}, flags=["gift"])))
    part = shop.store.order_of("N1")
    assert (part.ship_street, part.flags) == ("Singel 9", ["gift"])
    assert shop.store.parcel_of("N1").state.value == "void"
    assert shop.order_of("N1").ship_street == "Singel 9"
    shop.store.check_feed()


def test_a_site_that_fetches_is_chosen_anew_until_a_floor_begins(shop):
    shop.act(lambda w: w.db.add(SourceSite(site_id="W", pick_up=True)))
    shop.store.stock("A-01", "TEA", 2)
    shop.warehouse.stock("A-01", "TEA", 2)
    shop.order("N1", ("TEA", 2))
    onward(shop, "N1")
    shop.act(lambda w: change(w, "N1", Change(pick_up_site="W")))
    [there] = [one for one in shop.ask(select(Order).where(Order.customer_order == "N1")) if one.state == "open"]
    assert (there.site_id, there.pick_up) == ("W", True)
    shop.warehouse.release(there.number)
    assert refusal(shop, lambda w: change(w, "N1", Change(pick_up_site="S"))) is SaleRefusal.NOT_NOW
    assert refusal(shop, lambda w: change(w, "N1", Change(pick_up_site="X"))) is SaleRefusal.UNKNOWN_SITE


def test_money_of_lines_is_shared_to_the_cent():
    from oms.sales.due import share

    assert share(Decimal("10.00"), 1, 3) == Decimal("3.33")
    assert share(Decimal("0.05"), 1, 2) == Decimal("0.03")
    assert share(Decimal(1), 0, 0) == 0


def test_the_drawings_and_the_table_of_states_are_current():
    """Else: `python -m tools.order_drawings`."""
    from tools.order_drawings import HOME, drawings, with_table

    page = (HOME / "orders.md").read_text(encoding="utf-8")
    assert with_table(page) == page
    assert "| `held` |" in page
    for name, svg in drawings().items():
        assert (HOME / name).read_text(encoding="utf-8") == svg


def expects(shop, units, day):
    shop.act(lambda w: expect(w, ReceiptSaid(id="PO-9", sku="TEA", site="W", qty=units, day=day)))
    settle(shop)


def holds(shop, number):
    return shop.ask(select(OrderHold).where(OrderHold.order_no == number).order_by(OrderHold.at, OrderHold.id))


def lets_go(shop, number):
    """A person at the workbench lets the order go on."""
    done = shop.act(lambda w: release_hold(w, ReleaseHoldRequest(order=number, because="may wait")))
    assert done.reason is None, done


def test_a_rule_may_have_a_person_decide_about_what_no_site_has(shop):
    shop.warehouse.stock("A-01", "TEA", 2)
    shop.act(lambda w: w.db.add(SourceRule(id="r1", rank=1, name="ask first", rest=Rest.HOLD)))
    shop.order("N1", ("TEA", 5))
    onward(shop, "N1")
    [why] = holds(shop, "N1")
    assert (why.code, why.line_no, why.params) == (HoldCode.REST_MISSING, 1, {"sku": "TEA", "missing": 3})
    # What there is, is kept for it and waits with it; nobody is told of a backorder.
    assert (state(shop, "N1"), parts(shop, "N1")) == (SaleState.HELD, {("W", "N1"): OrderState.HELD})
    assert (counts(shop, "N1"), shop.lines_of("N1")[0].open) == ([(5, 2, 0, 0, 0)], 3)
    assert "order.backordered" not in shop.told("N1")
    # Looked at again, it is the same hold.
    onward(shop, "N1")
    assert len(holds(shop, "N1")) == 1

    # Let go it waits for goods, and is not held again for these units or fewer.
    lets_go(shop, "N1")
    assert (state(shop, "N1"), parts(shop, "N1")) == (SaleState.SOURCED, {("W", "N1"): OrderState.OPEN})
    assert counts(shop, "N1") == [(5, 2, 3, 0, 0)]
    shop.warehouse.stock("A-01", "TEA", 1)
    settle(shop)
    onward(shop, "N1")
    assert (len(holds(shop, "N1")), counts(shop, "N1")) == (1, [(5, 3, 2, 0, 0)])
    # More than was let go is asked about again.
    shop.act(lambda w: change(w, "N1", Change(lines={1: 9})))
    assert [one.params["missing"] for one in holds(shop, "N1")] == [3, 6]
    assert state(shop, "N1") is SaleState.HELD
    # With goods there when it is let go, nothing waits.
    shop.warehouse.stock("A-01", "TEA", 20)
    lets_go(shop, "N1")
    assert (state(shop, "N1"), counts(shop, "N1")) == (SaleState.SOURCED, [(9, 9, 0, 0, 0)])


def promised_days(shop, number):
    happened = select(OrderEvent.words).where(OrderEvent.order_no == number, OrderEvent.kind == "order.promised")
    return [words["day"] for words in shop.ask(happened.order_by(OrderEvent.id))]


def test_the_day_is_told_when_it_is_known_and_when_goods_come_on_another_one(shop):
    first, later = date.today() + timedelta(days=10), date.today() + timedelta(days=20)
    shop.order("N1", ("TEA", 500))
    onward(shop, "N1")
    # Nobody knows when more will come: no day is promised.
    assert (shop.order_of("N1").promised, promised_days(shop, "N1")) == (None, [])

    expects(shop, 1000, first)
    once = shop.order_of("N1").promised
    assert once > first
    assert promised_days(shop, "N1") == [once.isoformat()]
    # Said again, nothing is new.
    expects(shop, 1000, first)
    onward(shop, "N1")
    assert promised_days(shop, "N1") == [once.isoformat()]

    expects(shop, 1000, later)
    slipped = shop.order_of("N1").promised
    assert slipped > later
    assert promised_days(shop, "N1") == [once.isoformat(), slipped.isoformat()]
    assert shop.told("N1").count("order.backordered") == 3


def test_a_day_that_was_promised_never_becomes_an_earlier_one(shop):
    first, later = date.today() + timedelta(days=10), date.today() + timedelta(days=20)
    shop.order("N1", ("TEA", 500))
    expects(shop, 1000, later)
    onward(shop, "N1")
    told = promised_days(shop, "N1")
    assert shop.order_of("N1").promised.isoformat() == told[0] > later.isoformat()
    # They come sooner: the backorder is told anew, and the day stands.
    expects(shop, 1000, first)
    assert shop.lines_of("N1")[0].expected == first
    shop.warehouse.stock("A-01", "TEA", 600)
    settle(shop)
    assert state(shop, "N1") is SaleState.SOURCED
    assert (shop.order_of("N1").promised.isoformat(), promised_days(shop, "N1")) == (told[0], told)
    # So does one that the shop gave with the order; a later one is told.
    shop.order("N2", ("CUP", 2), promised=first)
    shop.store.stock("A-02", "CUP", 2)
    onward(shop, "N2")
    assert (shop.order_of("N2").promised, promised_days(shop, "N2")) == (first, [])
    shop.order("N3", ("TEA", 300), promised=date.today())
    onward(shop, "N3")
    assert promised_days(shop, "N3") == [shop.order_of("N3").promised.isoformat()]
    assert shop.order_of("N3").promised > first


def test_what_sites_have_is_promised_at_once_and_its_parts_know_the_day(shop):
    shop.store.stock("A-01", "TEA", 5)
    shop.order("N1", ("TEA", 2))
    onward(shop, "N1")
    order = shop.order_of("N1")
    assert order.promised > date.today()
    assert promised_days(shop, "N1") == [order.promised.isoformat()]
    [day] = shop.ask(select(Order.promised).where(Order.customer_order == "N1"))
    assert day == order.promised
