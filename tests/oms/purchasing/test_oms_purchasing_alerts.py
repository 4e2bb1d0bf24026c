"""What somebody who buys is told of: too little of it, goods that lie, goods that come back; by the levels that orders are made by."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import text

from oms.forecast.codes import Method, RunState, Shape
from oms.forecast.models import ForecastRun, ItemForecast
from oms.notify.codes import MailKind
from oms.purchasing import alerts, queries
from oms.purchasing.codes import Refused
from oms.purchasing.models import PurchaseSetting

pytestmark = pytest.mark.postgres
USUAL = {"dead_days": 180, "return_percent": 20, "return_least": 10}


def told(buyer, kind):
    found = buyer.act(lambda w: alerts.alerts(w.db, w.site, w.now))
    return {one.sku: (one.have, one.want) for one in found if one.kind is kind}


def age(buyer, days):
    """All that was moved so far was moved so many days earlier."""
    with buyer.oms.engine.begin() as db:
        db.execute(text("SET LOCAL session_replication_role = replica"))
        db.execute(text("UPDATE stock_move SET at = at - make_interval(days => :days)"), {"days": days})


def foresee(buyer, sku, point):
    def do(w):
        w.db.merge(ForecastRun(
            id="r", site_id=w.site, day=w.now.date(), started_at=w.now, learned={}, source="t", state=RunState.DONE
        ))  # fmt: skip
        w.db.flush()
        w.db.merge(ItemForecast(
            site_id=w.site, sku=sku, run_id="r", day=w.now.date(), shape=Shape.SMOOTH, method=Method.MEAN, known_weeks=9, level=1,
            weeks=[1.0], cover_days=7, cover_mean=1, cover_sd=1, quantiles={}, service=0.95, reorder_point=point, safety=1,
            order_qty=1, upto=point + 1,
        ))  # fmt: skip

    buyer.act(do)


def test_little_is_what_the_purchase_run_calls_little(buyer):
    buyer.warehouse.stock("A-01", "TEA", 20)
    buyer.warehouse.stock("A-02", "CUP", 4)
    low = MailKind.LOW_STOCK
    assert told(buyer, low) == {}
    # Nobody set a level: the forecast's.
    foresee(buyer, "TEA", 30)
    assert told(buyer, low) == {"TEA": (20, 30)}
    # A person's word counts more, and that nothing is ordered any more, too.
    buyer.level("TEA", 10, 40)
    buyer.level("CUP", 5, 9)
    assert told(buyer, low) == {"CUP": (4, 5)}
    buyer.level("TEA", 0, 0)
    assert told(buyer, low) == {"CUP": (4, 5)}
    # What is on its way counts, and what the run has ordered is on its way.
    assert buyer.run().orders
    assert told(buyer, low) == {}


def test_goods_lie_when_nothing_of_them_left_though_they_were_there(buyer):
    dead = MailKind.DEAD_STOCK
    buyer.warehouse.stock("A-01", "TEA", 20)
    buyer.warehouse.stock("A-02", "CUP", 4)
    age(buyer, 200)
    assert told(buyer, dead) == {"TEA": (20, 180), "CUP": (4, 180)}
    buyer.act(lambda w: w.move("left", 0, "CUP", "", "bin:A-02", "tote:T1", 1))
    assert told(buyer, dead) == {"TEA": (20, 180)}
    # Put from one shelf to another it lies all the same.
    buyer.act(lambda w: w.move("over", 0, "TEA", "", "bin:A-01", "bin:A-03", 20))
    assert told(buyer, dead) == {"TEA": (20, 180)}
    buyer.setting(dead_days=365)
    assert told(buyer, dead) == {}
    buyer.setting(dead_days=0)
    age(buyer, 400)
    assert told(buyer, dead) == {}


def test_what_has_just_come_does_not_lie(buyer):
    buyer.warehouse.stock("A-01", "TEA", 20)
    assert told(buyer, MailKind.DEAD_STOCK) == {}


@pytest.mark.parametrize(
    ("shipped", "percent", "words", "expected"),
    [
        (100, 31.0, {}, {"TEA": (31, 20)}),
        (100, 20.0, {}, {}),
        (9, 90.0, {}, {}),
        (9, 90.0, {"return_least": 9}, {"TEA": (90, 20)}),
        (100, 31.0, {"return_percent": 40}, {}),
        (100, 31.0, {"return_percent": 0}, {}),
        (0, None, {"return_least": 0}, {}),
    ],
)
def test_what_comes_back_more_than_usual_is_told(buyer, monkeypatch, shipped, percent, words, expected):
    """The counting itself is that of the room of returns."""
    one = SimpleNamespace(key="TEA", shipped=shipped, percent=percent)
    seen = []
    monkeypatch.setattr(alerts, "stats", lambda db, by, since, through: seen.append(through - since) or [one])
    setting = PurchaseSetting(site_id="W", **USUAL | words)
    found = buyer.act(lambda w: alerts.returned(w.db, w.site, w.now, setting))
    assert {one.sku: (one.have, one.want) for one in found} == expected
    assert seen == [timedelta(days=90)] * bool(setting.return_percent)


@pytest.mark.parametrize(
    "words", [{"dead_days": -1}, {"return_percent": 101}, {"return_least": -1}, {"dead_days": 10**6}]
)
def test_thresholds_that_cannot_be_meant_are_refused(buyer, words):
    with pytest.raises(Refused):
        buyer.setting(**words)
    with buyer.oms.sessions() as db:
        kept = queries.setting(db, "W")
    assert {name: getattr(kept, name) for name in USUAL} == USUAL
