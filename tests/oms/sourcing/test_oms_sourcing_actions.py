"""Orders are given to sites, refused by them, taken back and given to others; nothing is promised twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from oms.orders.models import Order, OrderLine
from oms.promise.models import SiteCalendar
from oms.sales.codes import SaleState, Splitting
from oms.sales.models import OrderHold
from oms.sales.parts import make_part
from oms.sales.scene import lock_sale
from oms.sourcing import actions
from oms.sourcing.codes import Out, Rest, SourceRefusal, Why
from oms.sourcing.decisions import decisions_of
from oms.sourcing.models import SiteRejection, SourceRule, SourceSite
from sync.contract.codes import OrderState

pytestmark = pytest.mark.postgres


def source(shop, number, what=actions.source):
    """Decides about one order."""
    return shop.act(lambda w: what(w, lock_sale(w, number)))


def sites(shop, **words):
    """What sourcing knows of the sites: `W={...}`."""

    def do(w):
        for site, values in words.items():
            w.db.merge(SourceSite(site_id=site, **values))

    shop.act(do)


def rule(shop, rank=1, **words):
    """A rule."""
    shop.act(lambda w: w.db.add(SourceRule(id=f"r{rank}", rank=rank, **{"name": f"r{rank}", **words})))


def parts(shop, number):
    """{(site, number of the part, state): {line: units}}."""
    with shop.oms.sessions() as db:
        mine = select(Order).where(Order.customer_order == number).order_by(Order.number)
        return {
            (one.site_id, one.number, one.state.value): {
                line.customer_line: line.qty
                for line in db.scalars(
                    select(OrderLine).where(OrderLine.site_id == one.site_id, OrderLine.order_no == one.number)
                )
            }
            for one in db.scalars(mine)
        }


def codes(decision):
    """The codes of its reasons."""
    return [reason.code for reason in decision.reasons]


def test_one_site_that_has_everything_gets_it_whole(shop):
    shop.warehouse.stock("A-01", "TEA", 5).stock("A-02", "CUP", 5)
    shop.store.stock("A-01", "TEA", 5)
    shop.order("N1", ("TEA", 2), ("CUP", 1), flags=["gift"])
    decision = source(shop, "N1")
    assert codes(decision) == [Why.NO_RULE, Why.ONLY_SITE]
    assert parts(shop, "N1") == {("W", "N1", "open"): {1: 2, 2: 1}}
    assert shop.order_of("N1").state is SaleState.SOURCED
    part = shop.warehouse.order_of("N1")
    assert (part.flags, part.ship_city, part.customer_order) == (["gift"], "Utrecht", "N1")
    assert [line.price for line in shop.warehouse.lines_of("N1")] == [Decimal("2.5")] * 2
    shop.warehouse.check_feed()
    assert shop.told("N1") == ["order.captured", "order.sourced"]


def test_the_cheaper_of_two_sites_and_by_how_much(shop):
    for site in (shop.warehouse, shop.store):
        site.stock("A-01", "TEA", 5)
    sites(shop, W={"cost_order": Decimal(3)}, S={"cost_order": Decimal(1)})
    shop.order("N1", ("TEA", 1))
    decision = source(shop, "N1")
    [chosen] = decision.chosen
    assert chosen.site == "S"
    words = decision.reasons[-1].params
    assert (words["other"], words["more"]) == ("W", "2.00")
    assert [one.sites for one in decision.candidates if one.out is None] == [("S",), ("W",)]


def test_a_split_when_nobody_has_everything_and_its_numbers_are_nobody_elses(shop):
    shop.warehouse.stock("A-01", "TEA", 3).order("N1-2", ("CUP", 1))
    shop.store.stock("A-02", "CUP", 1)
    shop.order("N1", ("TEA", 5), ("CUP", 1))
    decision = source(shop, "N1")
    assert parts(shop, "N1") == {("S", "N1", "open"): {2: 1}, ("W", "N1-3", "open"): {1: 3}}
    assert decision.unfilled == {1: 2}
    assert codes(decision) == [Why.NO_RULE, Why.SPLIT_NEEDED, Why.SHORT, Why.REST]
    assert shop.lines_of("N1")[0].open == 2


@pytest.mark.parametrize("splitting", [Splitting.ONE_SITE, Splitting.COMPLETE])
def test_who_wants_one_parcel_waits_for_one_site(shop, splitting):
    shop.warehouse.stock("A-01", "TEA", 3)
    shop.store.stock("A-02", "CUP", 1)
    shop.order("N1", ("TEA", 1), ("CUP", 1), splitting=splitting)
    decision = source(shop, "N1")
    assert (decision.chosen, decision.unfilled) == ((), {1: 1, 2: 1})
    assert Why.ONE_PARCEL in codes(decision)
    assert shop.order_of("N1").state is SaleState.ACCEPTED


def test_a_second_parcel_that_costs_more_than_waiting_is_not_sent(shop):
    shop.warehouse.stock("A-01", "TEA", 3)
    shop.store.stock("A-02", "CUP", 1)
    rule(shop, weights={"wait": 0.5, "wait_parcel": 2, "parcel": 6})
    shop.order("N1", ("TEA", 3), ("CUP", 1))
    decision = source(shop, "N1")
    assert [one.site for one in decision.chosen] == ["W"]
    assert decision.unfilled == {2: 1}
    assert decision.reasons[1].code is Why.ONE_PARCEL


def test_pick_up_is_from_that_store_alone(shop):
    sites(shop, S={"pick_up": True})
    shop.warehouse.stock("A-01", "TEA", 9)
    shop.store.stock("A-01", "TEA", 1)
    shop.order("N1", ("TEA", 2), pick_up_site="S", carrier="ACME", service="PARCEL")
    decision = source(shop, "N1")
    assert Why.PICK_UP in codes(decision)
    assert parts(shop, "N1") == {("S", "N1", "open"): {1: 1}}
    assert decision.unfilled == {1: 1}
    part = shop.store.order_of("N1")
    assert (part.pick_up, part.carrier) == (True, "")


def test_rules_in_turn_and_what_becomes_of_the_rest(shop):
    rule(shop, 1, channels=["phone"], rest=Rest.CANCEL)
    rule(shop, 2, filter={"kinds": ["store"]}, rest=Rest.OTHER_SITES)
    rule(shop, 3, filter={"sites": ["W"]}, rest=Rest.HOLD)
    sites(shop, S={"kind": "store"})
    shop.warehouse.stock("A-01", "TEA", 2)
    shop.store.stock("A-01", "TEA", 1)
    shop.order("N1", ("TEA", 4), channel="shop")
    decision = source(shop, "N1")
    assert {one.site: one.lines for one in decision.chosen} == {"S": {1: 1}, "W": {1: 2}}
    assert (decision.unfilled, decision.rest, decision.rule) == ({1: 1}, Rest.HOLD, "r2")
    filtered = {one.sites for one in decision.candidates if one.out is Out.FILTERED}
    assert filtered == {("MAIN",), ("W",), ("S",)}


def test_a_full_site_gets_no_more(shop):
    sites(shop, W={"capacity": 1}, S={"cost_order": Decimal(9)})
    for site in (shop.warehouse, shop.store):
        site.stock("A-01", "TEA", 9)
    for number in ("N1", "N2"):
        shop.order(number, ("TEA", 1))
    assert [one.site for number in ("N1", "N2") for one in source(shop, number).chosen] == ["W", "S"]


def test_a_store_that_says_no_is_left_out_and_the_loop_ends(shop):
    for site in (shop.warehouse, shop.store):
        site.stock("A-01", "TEA", 2)
    shop.order("N1", ("TEA", 2))

    def say_no(w):
        sale = lock_sale(w, "N1")
        part = next(part for part in sale.parts if part.state is OrderState.OPEN)
        return actions.reject(w, sale, part, "damaged")

    source(shop, "N1")
    again = shop.act(say_no)
    assert again.reasons[0].code is Why.REJECTED
    assert len(again.chosen) == 1
    last = shop.act(say_no)
    assert (last.chosen, last.unfilled) == ((), {1: 2})
    assert [one.sites for one in last.candidates if one.out is Out.REJECTED] == [("S",), ("W",)]
    assert shop.order_of("N1").state is SaleState.ACCEPTED
    assert sorted(shop.ask(select(SiteRejection.site_id))) == ["S", "W"]
    assert shop.told("N1").count("order.rejected_by_site") == 2
    with shop.oms.sessions() as db:
        kept = decisions_of(db, "N1")
    assert [one.superseded_at is None for one in kept] == [True, False, False]
    assert source(shop, "N1").chosen == ()


def test_a_picker_who_has_begun_is_not_stopped_by_a_no(shop):
    shop.warehouse.stock("A-01", "TEA", 2)
    shop.order("N1", ("TEA", 2))
    source(shop, "N1")
    job = shop.warehouse.release("N1").job
    picker = shop.warehouse.device()
    picker.claim(job)
    [item] = shop.warehouse.items_of(job)
    picker.pick(item, 1)

    def say_no(w):
        sale = lock_sale(w, "N1")
        return actions.reject(w, sale, sale.parts[0], "no")

    assert shop.act(say_no) is None
    assert source(shop, "N1", actions.resource).refused is SourceRefusal.BEGUN
    assert shop.ask(select(SiteRejection.site_id)) == []


def test_a_better_site_is_found_while_nobody_began(shop):
    shop.store.stock("A-01", "TEA", 2)
    shop.order("N1", ("TEA", 2))
    source(shop, "N1")
    shop.warehouse.stock("A-01", "TEA", 2)
    sites(shop, S={"cost_order": Decimal(9)})
    shown = source(shop, "N1", actions.preview)
    assert [one.site for one in shown.chosen] == ["W"]
    assert list(parts(shop, "N1")) == [("S", "N1", "open")]
    source(shop, "N1", actions.resource)
    assert parts(shop, "N1") == {("S", "N1", "cancelled"): {1: 2}, ("W", "N1-2", "open"): {1: 2}}
    assert shop.order_of("N1").state is SaleState.SOURCED
    shop.warehouse.check_feed()
    shop.store.check_feed()


def test_many_at_once_never_promise_a_unit_twice(shop):
    shop.warehouse.stock("A-01", "TEA", 7)
    shop.store.stock("A-01", "TEA", 4)
    numbers = [f"N{n}" for n in range(16)]
    for number in numbers:
        shop.order(number, ("TEA", 1))
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda number: source(shop, number), numbers))
    assert sum(len(one.chosen) for one in found) == 11
    assigned = [line.assigned for number in numbers for line in shop.lines_of(number)]
    assert sum(assigned) == 11
    with shop.oms.sessions() as db:
        there = db.execute(select(OrderLine.site_id, OrderLine.qty)).all()
    assert sorted(site for site, _ in there) == ["S"] * 4 + ["W"] * 7


def test_a_held_order_is_left_alone(shop):
    shop.warehouse.stock("A-01", "TEA", 2)
    shop.order("N1", ("TEA", 1))
    shop.act(lambda w: w.db.add(OrderHold(id="h", order_no="N1", code="fraud", at=w.now)))
    assert source(shop, "N1").refused is SourceRefusal.HELD
    assert parts(shop, "N1") == {}


def test_a_part_knows_its_truck_and_what_the_channel_calls_the_order(shop):
    shop.warehouse.stock("A-01", "TEA", 4).stock("A-02", "CUP", 1)
    shop.store.stock("A-01", "CUP", 9)
    shop.act(lambda w: w.db.add(SiteCalendar(site_id="W", time_zone="Asia/Tokyo", weekdays="1234567", cut_off="00:00")))
    shop.order("N1", ("TEA", 2), channel="web", reference="#1001").order("N2", ("TEA", 2))
    source(shop, "N1")
    source(shop, "N2")
    [first] = shop.ask(select(Order).where(Order.customer_order == "N1"))
    [other] = shop.ask(select(Order).where(Order.customer_order == "N2"))
    [now] = shop.ask(select(func.now()))
    # At midnight in Tokyo nobody is in time any more: the next truck is the one of the coming midnight.
    there = first.cut_off.astimezone(ZoneInfo("Asia/Tokyo"))
    assert (there.hour, there.minute) == (0, 0)
    assert timedelta(0) <= first.cut_off - now <= timedelta(days=1)
    assert (first.reference, other.reference) == ("#1001", None)
    shop.order("N3", ("CUP", 1), channel="web", reference="#1003", pick_up_site="S")
    sites(shop, S={"pick_up": True})
    source(shop, "N3")
    [fetched] = shop.ask(select(Order).where(Order.customer_order == "N3"))
    assert (fetched.site_id, fetched.cut_off, fetched.reference) == ("S", None, "#1003")

    # A second part at the same site is not called so again.
    def again(w):
        sale = lock_sale(w, "N3")
        line = sale.line(1)
        line.qty += 1
        w.db.flush()
        return make_part(w, sale, "S", {1: 1}).reference

    assert shop.act(again, "S") is None
