"""The played year, small: its clock is the database's, both ways of ordering meet the same days, and the books hold in the end."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select, text

from oms.db.work import Actor
from oms.inventory.models import StockMove
from oms.purchasing.models import PurchaseDelivery, PurchaseOrder
from tools.bench_year.__main__ import bad, measured
from tools.bench_year._house import clocked
from tools.bench_year._world import World

GOOD = {"service": 0.98, "stockouts": 10, "money": 900, "cpu_growth": 1.0, "broken": 0}


@pytest.mark.postgres
def test_the_whole_database_goes_by_the_played_clock(database_url):
    at = datetime(2031, 5, 1, 12, tzinfo=UTC)
    with clocked(database_url) as (oms, clock):
        for n in range(3):
            now = at + timedelta(days=n)
            clock.set(now)
            assert oms.works.run(oms.site, Actor("test"), lambda w: w.now) == now
            with oms.sessions() as db:
                assert db.execute(text("SELECT now(), clock_timestamp()")).one() == (now, now)
                assert db.scalar(select(func.now())) == now


@pytest.mark.postgres
@pytest.mark.parametrize(("way", "days"), [("floorhand", 14), ("by hand", 7)])
def test_two_weeks_are_played_with_true_books(database_url, way, days):
    with clocked(database_url) as (oms, clock):
        row = measured(oms, clock, way, days=days, orders=10, items=12, seed=1, service=Decimal("0.95"))
        with oms.sessions() as db:
            sent = db.scalars(select(PurchaseOrder.sent_at).where(PurchaseOrder.sent_at.is_not(None))).all()
            came = db.scalars(select(PurchaseDelivery.at)).all()
            left = db.scalar(select(func.sum(StockMove.qty)).where(StockMove.to_account == "shipped"))
    assert (row["way"], row["broken"]) == (way, 0)
    # Full shelves last: what is asked for leaves at once, and what lacks is ordered and comes on a later day.
    assert row["service"] > 0.9
    assert row["purchases"] == len(sent) > 0
    assert min(came, default=max(sent)) > min(sent)
    assert left > 6 * days


def test_a_world_follows_from_its_seed():
    one, again, other = World.made(30, 1), World.made(30, 1), World.made(30, 2)
    summer, winter = datetime(2031, 7, 15).date(), datetime(2031, 12, 11).date()
    assert list(one.orders(summer, 50)) == list(again.orders(summer, 50)) != list(other.orders(summer, 50))
    of_summer = [n for n in range(30) if one.peak[n] < 300 and one.swing[n]]
    asked = {day: sum(one.asked(day, 5000).get(n, 0) for n in of_summer) for day in (summer, winter)}
    assert asked[summer] > 1.5 * asked[winter]
    for day in (summer, winter):
        came = one.arrival(one.sellers[0], day)
        assert came > day
        assert came.isoweekday() < 6


def test_what_is_worse_is_told():
    assert not bad([GOOD, GOOD])
    for name, worse in (("service", 0.97), ("stockouts", 11), ("money", 901), ("cpu_growth", 1.3), ("broken", 1)):
        assert bad([GOOD | {name: worse}, GOOD])
    assert bad([GOOD | {"broken": 1}])
    assert not bad([GOOD | {"service": 0.1}])
