"""Demand by day from orders and the ledger, runs that are broken off and go on, suggestions, and what became of forecasts."""

from datetime import timedelta
from decimal import Decimal
from threading import Thread

import numpy as np
import pytest
from sqlalchemy import event, select, update

from oms.catalog.models import Item
from oms.db.work import Actor
from oms.forecast import desk, history, running
from oms.forecast.codes import RunState, Shape
from oms.forecast.models import DemandDay, ForecastCheck, ForecastRun, ItemForecast, StockTerms
from oms.forecast.suggesting import Terms, suggest
from oms.orders.models import Order
from oms.sales.codes import SaleState
from oms.sales.models import CustomerOrder

pytestmark = pytest.mark.postgres
PROGRAM = Actor("test")


def days_of(shop, site, sku):
    """{days ago: (ordered, shipped, empty)}."""
    today = shop.act(lambda w: history.refresh(w.db, w.site), site)
    rows = shop.ask(select(DemandDay).where(DemandDay.site_id == site, DemandDay.sku == sku))
    return {(today - row.day).days: (row.ordered, row.shipped, row.empty) for row in rows}


def test_demand_is_what_was_ordered_of_the_site_on_the_day_of_the_order(old_shop):
    old_shop.ordered("N1", "TEA", 5, 10)
    old_shop.ordered("N2", "TEA", 2, 10, cancelled=1)
    old_shop.ordered("N3", "TEA", 9, 12, state=SaleState.CANCELLED)
    old_shop.ordered("N4", "TEA", 3, 20, pick_up_site="S")
    old_shop.ordered("N5", "NOBODY-KNOWS", 3, 20)
    # W sends two of N1; the rest waits, and would come from where most is sent from.
    old_shop.part("N1", "W", (1, 2))
    assert days_of(old_shop, "W", "TEA") == {10: (6, 0, False)}
    assert days_of(old_shop, "S", "TEA") == {20: (3, 0, False)}
    # Twice is once, and an order that is cancelled later is taken back.
    assert days_of(old_shop, "W", "TEA") == {10: (6, 0, False)}
    old_shop.act(
        lambda w: w.db.execute(update(CustomerOrder).where(CustomerOrder.number == "N2").values(state="cancelled"))
    )
    assert days_of(old_shop, "W", "TEA") == {10: (5, 0, False)}
    assert old_shop.ask(select(DemandDay).where(DemandDay.sku == "NOBODY-KNOWS")) == []


def test_what_was_never_sent_yet_is_asked_of_where_it_lies(old_shop):
    old_shop.ordered("N1", "CUP", 5, 3)
    assert days_of(old_shop, "W", "CUP") == {}
    old_shop.moved("CUP", "supplier", "bin:A-01", 9, 2)
    assert days_of(old_shop, "W", "CUP") == {3: (5, 0, False)}
    assert days_of(old_shop, "S", "CUP") == {}


def test_orders_of_a_site_itself_count_too(old_shop):
    old_shop.ordered("N1", "TEA", 5, 10)
    old_shop.part("N1", "S", (1, 5))
    old_shop.store.order("D1", ("TEA", 4))
    long_ago = update(Order).where(Order.number == "D1").values(placed_at=Order.placed_at - timedelta(days=30))
    old_shop.act(lambda w: w.db.execute(long_ago), "S")
    assert days_of(old_shop, "S", "TEA") == {10: (5, 0, False), 30: (4, 0, False)}
    # A part that is off the books leaves its units to whom the rest belongs.
    old_shop.act(lambda w: w.db.execute(update(Order).where(Order.site_id == "S").values(state="cancelled")), "S")
    assert days_of(old_shop, "S", "TEA") == {}


def test_days_with_an_empty_shelf_are_marked_until_goods_come(old_shop):
    old_shop.moved("TEA", "supplier", "bin:A-01", 4, 30)
    old_shop.moved("TEA", "bin:A-01", "shipped", 4, 20)
    old_shop.moved("TEA", "supplier", "bin:A-01", 7, 15)
    found = days_of(old_shop, "W", "TEA")
    assert found == {20: (0, 4, False), 19: (0, 0, True), 18: (0, 0, True), 17: (0, 0, True), 16: (0, 0, True)}


def test_a_shelf_that_stays_empty_is_missed_for_eight_weeks(old_shop):
    old_shop.moved("TEA", "supplier", "bin:A-01", 4, 100)
    old_shop.moved("TEA", "bin:A-01", "shipped", 4, 90)
    found = days_of(old_shop, "W", "TEA")
    assert {ago for ago, (_, _, empty) in found.items() if empty} == set(range(90 - 56, 90))


def test_weeks_are_filled_up_where_days_are_not_known(old_shop):
    old_shop.moved("TEA", "supplier", "bin:A-01", 10, 28)
    # Of the second last week four days are empty, and three units were asked for on the other three; the week before all are empty.
    old_shop.moved("TEA", "bin:A-01", "shipped", 10, 22)
    old_shop.moved("TEA", "supplier", "bin:A-01", 9, 10)
    old_shop.ordered("N1", "TEA", 3, 9)
    old_shop.part("N1", "W", (1, 3))
    old_shop.ordered("N2", "TEA", 4, 3)
    old_shop.ordered("N3", "TEA", 2, 25)
    days_of(old_shop, "W", "TEA")

    def read(w):
        today = history.refresh(w.db, w.site)
        return history.weeks(w.db, w.site, ["TEA", "CUP"], today, 4)

    found = old_shop.act(read)
    tea, cup = found.panel.demand
    assert tea[-4:].tolist()[0] == 2
    assert np.isnan(tea[-3])
    assert tea[-2] == pytest.approx(3 * 7 / 3)
    assert tea[-1] == 4
    assert np.isnan(cup).all()
    assert len(found.panel.bins) == found.panel.demand.shape[1]
    assert len(found.panel.ahead_bins) == 4


def stocked(shop, count=12):
    """Items I00, I01 ... of which one more is asked for each week the higher the number, for forty weeks."""

    def do(w):
        for n in range(count):
            w.db.add(Item(site_id="W", sku=f"I{n:02}", name=f"Item {n}"))
            w.touch("item", f"I{n:02}")

    shop.act(do)
    shop.many_ordered([(f"I{n:02}", n, 7 * week + 3) for n in range(count) for week in range(40) if n])


def test_a_run_foresees_every_item_and_suggests_stock(old_shop):
    stocked(old_shop)
    old_shop.act(lambda w: desk.keep_terms(w, [
        desk.TermsRow(lead_days=7, lead_sd_days=0, review_days=7, service=0.95),
        desk.TermsRow(sku="I05", lead_days=21, unit_cost=Decimal("4"), order_cost=Decimal("10"), holding_rate=0.2, pack=12),
    ]))  # fmt: skip
    done = running.run(old_shop.oms.works, "W", PROGRAM, page=5)
    assert (done.state, done.items) == (RunState.DONE, 14)
    rows = {row.sku: row for row in old_shop.ask(select(ItemForecast).where(ItemForecast.site_id == "W"))}
    assert set(rows) == {"CUP", "TEA", *(f"I{n:02}" for n in range(12))}
    for n in (3, 8, 11):
        assert float(rows[f"I{n:02}"].level) == pytest.approx(n, rel=0.25), n
        assert rows[f"I{n:02}"].shape is Shape.SMOOTH
    assert (rows["I00"].reorder_point, rows["I00"].order_qty, rows["TEA"].reorder_point) == (0, 0, 0)
    five = rows["I05"]
    assert float(five.cover_days) == 28
    assert five.reorder_point >= float(five.cover_mean) > rows["I04"].reorder_point / 2
    # The economic lot: sqrt(2 * 10 * 5 * 52 / (0.2 * 4)), some 80, in packs of twelve.
    assert five.order_qty % 12 == 0
    assert 60 <= five.order_qty <= 96
    assert five.upto == five.reorder_point + five.order_qty
    assert five.money == (five.safety + Decimal(five.order_qty) / 2) * 4
    assert rows["I04"].money is None
    said = old_shop.act(lambda w: desk.items(w.db, "W", ["I05"], "", 10))[0]
    assert said.quantiles["0.99"] >= said.quantiles["0.95"] >= said.quantiles["0.5"]


class Broken(Exception):
    """What breaks a run off."""


def test_a_run_that_was_broken_off_goes_on_where_it_was(old_shop, monkeypatch):
    stocked(old_shop)
    works, step, calls = old_shop.oms.works, running.step, []

    def breaks(w, id, page):
        calls.append(id)
        found = step(w, id, page)
        if len(calls) == 3:
            raise Broken
        return found

    monkeypatch.setattr(running, "step", breaks)
    with pytest.raises(Broken):
        running.run(works, "W", PROGRAM, page=4)
    [half] = old_shop.ask(select(ForecastRun))
    assert (half.state, half.items, half.cursor) == (RunState.RUNNING, 8, "I06")
    monkeypatch.undo()
    done = running.run(works, "W", PROGRAM, page=4)
    assert (done.run, done.state, done.items) == (half.id, RunState.DONE, 14)
    assert len(old_shop.ask(select(ItemForecast))) == 14
    # Time that is up ends a request and not the run.
    begun = running.run(works, "W", PROGRAM, seconds=0, page=4)
    assert (begun.state, begun.items) == (RunState.RUNNING, 4)


def test_two_at_once_share_one_run(old_shop):
    stocked(old_shop)
    found = []
    both = [
        Thread(target=lambda: found.append(running.run(old_shop.oms.works, "W", PROGRAM, page=2))) for _ in range(2)
    ]
    for one in both:
        one.start()
    for one in both:
        one.join(60)
    assert [one.state for one in found] == [RunState.DONE] * 2
    for run in old_shop.ask(select(ForecastRun)):
        assert run.items == 14
    assert len(old_shop.ask(select(ItemForecast))) == 14


def test_statements_of_a_run_do_not_grow_with_its_items(old_shop):
    stocked(old_shop, 4)
    counts = [0]

    def counted(*_):
        counts[-1] += 1

    event.listen(old_shop.oms.engine, "before_cursor_execute", counted)
    try:
        for more in (0, 40):

            def do(w, more=more):
                for n in range(more):
                    w.db.add(Item(site_id="W", sku=f"J{n:02}", name="J"))
                    w.touch("item", f"J{n:02}")

            old_shop.act(do)
            counts.append(0)
            running.run(old_shop.oms.works, "W", PROGRAM)
            counts.append(0)
    finally:
        event.remove(old_shop.oms.engine, "before_cursor_execute", counted)
    assert 0 < counts[3] <= counts[1] + 2


def test_what_became_of_forecasts_is_looked_at_when_their_time_is_over(old_shop):
    stocked(old_shop)
    running.run(old_shop.oms.works, "W", PROGRAM)
    assert old_shop.act(lambda w: desk.accuracies(w.db, "W")) == []

    def earlier(w):
        # As if it had been said four weeks ago.
        for row in w.db.scalars(select(ForecastCheck)):
            row.day, row.until = row.day - timedelta(days=28), row.until - timedelta(days=28)

    old_shop.act(earlier)
    running.run(old_shop.oms.works, "W", PROGRAM)
    checks = {row.sku: row for row in old_shop.ask(select(ForecastCheck).where(ForecastCheck.came.is_not(None)))}
    assert checks["I07"].came == 28
    assert checks["TEA"].came == 0
    everything = old_shop.act(lambda w: desk.accuracies(w.db, "W"))[0]
    assert (everything.shape, everything.checks) == ("", 14)
    right = [row.came <= row.upper for row in checks.values()]
    assert everything.service == pytest.approx(np.mean(right), abs=1e-4)
    bias = np.mean([float(row.said) - row.came for row in checks.values()])
    assert everything.bias == pytest.approx(bias, abs=1e-4)
    last = old_shop.act(lambda w: desk.last_run(w.db, "W"))
    assert last.state == "done"
    assert sum(last.weekdays) == pytest.approx(7, abs=0.01)


def test_a_new_item_is_foreseen_as_the_one_it_is_like_wherever_that_is_in_the_alphabet(old_shop):
    stocked(old_shop)
    old_shop.act(lambda w: desk.keep_terms(w, [desk.TermsRow(sku="CUP", like_sku="I09")]))
    running.run(old_shop.oms.works, "W", PROGRAM, page=3)
    rows = {row.sku: row for row in old_shop.ask(select(ItemForecast))}
    assert rows["CUP"].shape is Shape.NEW
    assert rows["CUP"].level == rows["I09"].level > 5
    assert rows["TEA"].level == 0


def test_a_promotion_to_come_is_reckoned_with(old_shop):
    stocked(old_shop)
    # Three times as much of I05 to I09 in weeks 5 to 8 ago.
    today = old_shop.act(lambda w: history.refresh(w.db, w.site))
    old_shop.many_ordered([(f"I{n:02}", 2 * n, 7 * week + 4) for n in range(5, 10) for week in range(5, 9)], "P")
    first, last = today - timedelta(days=63), today - timedelta(days=36)
    said = [desk.PromotionRow(sku=f"I{n:02}", first=first, last=last) for n in range(5, 10)]
    said.append(desk.PromotionRow(sku="I05", first=today + timedelta(days=7), last=today + timedelta(days=13)))
    ids = old_shop.act(lambda w: desk.keep_promotions(w, said))
    running.run(old_shop.oms.works, "W", PROGRAM)
    weeks = old_shop.ask(select(ItemForecast).where(ItemForecast.sku == "I05"))[0].weeks
    assert weeks[0] == weeks[2] == weeks[3]
    assert weeks[1] > 2 * weeks[0]
    old_shop.act(lambda w: desk.keep_promotions(w, [desk.PromotionRow(id=ids[-1], first=today, last=today, gone=True)]))
    running.run(old_shop.oms.works, "W", PROGRAM)
    weeks = old_shop.ask(select(ItemForecast).where(ItemForecast.sku == "I05"))[0].weeks
    assert weeks[1] == weeks[0]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"sku": "NOWHERE"}, "unknown_item"), ({"sku": "TEA", "like_sku": "NOWHERE"}, "unknown_item"),
        ({"service": 1.0}, "terms_out_of_range"), ({"lead_days": -1}, "terms_out_of_range"), ({"pack": 0}, "terms_out_of_range"),
        ({"unit_cost": Decimal("1e12")}, "terms_out_of_range"),
    ],
)  # fmt: skip
def test_terms_that_cannot_be_are_not_kept(old_shop, row, code):
    with pytest.raises(desk.BadTerms) as caught:
        old_shop.act(lambda w: desk.keep_terms(w, [desk.TermsRow(pack=2), desk.TermsRow(**row)]))
    assert caught.value.code == code
    assert old_shop.ask(select(StockTerms)) == []


def test_suggestions_by_hand():
    terms = Terms(review_days=7, pack=6, moq=10)
    found = suggest(terms, 5.0, 10.0, 17.0)
    # Ten units last for the two weeks that are ordered where nobody said what an order costs: twelve in packs of six.
    assert (found.point, found.safety, found.quantity, found.upto, found.money) == (17, 7, 12, 29, None)
    # A year's demand at most, whatever an order costs.
    assert suggest(Terms(unit_cost=0.01, order_cost=1000.0), 1.0, 2.0, 4.0).quantity == 53
    assert suggest(Terms(unit_cost=3.0), 0.0, 0.0, 0.0).money == 0
