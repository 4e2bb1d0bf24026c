"""A supervisor at a real desk plans a wave, looks at its walks, uses the plan and lets it go; a picker's handheld gets the first of them.
The planner is its own process, as it is in a warehouse."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from sqlalchemy import select, update

from app.core.scan import ScanInput
from app.core.views import PickView
from app.screens.plans.pages import Page
from oms.catalog.models import Bin
from oms.orders.models import Order, OrderLine
from oms.picking.models import Job
from oms.walks.models import Crossing, FloorPath
from oms.waves import desk as waves
from sync.contract.codes import OrderState
from sync.contract.plans import PlanState
from sync.contract.waves import MakeWaveRequest

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(600), pytest.mark.xdist_group("planning")]
LONGEST_MS = 240_000
ORDERS = [f"5030{n}" for n in range(6)]


@pytest.fixture(autouse=True)
def without_compiler(monkeypatch):
    """A floor of three bins needs none, and a planner that starts afresh would spend a minute on it."""
    monkeypatch.setenv("FLOORHAND_NUMBA", "0")


@pytest.fixture
def until(qtbot):
    return lambda true: qtbot.waitUntil(lambda: bool(true()), timeout=LONGEST_MS)


@pytest.fixture
def wave(without_compiler, served):
    """Six orders in a wave of carts with two slots, on a floor that is drawn: one aisle and a bin at each end of it."""
    house, _ = served

    def do(w):
        for n, code in enumerate(("A-01", "A-02", "A-03")):
            w.db.execute(update(Bin).where(Bin.code == code).values(x_mm=500, y_mm=2000 + 9000 * n))
        for code, y in (("FRONT", 0), ("BACK", 24_000)):
            w.db.add(Crossing(site_id=w.site, code=code, x_mm=0, y_mm=y, depot=code == "FRONT"))
        w.db.add(FloorPath(site_id=w.site, begins="FRONT", ends="BACK"))
        for n, number in enumerate(ORDERS):
            w.db.add(Order(site_id=w.site, number=number, state=OrderState.OPEN, placed_at=w.now, ship_name="Ada"))
            w.db.flush()
            w.db.add(OrderLine(site_id=w.site, order_no=number, line_no=1, sku=("TEA", "CUP")[n % 2], qty=1 + n))
            w.touch("order", number)
        w.db.flush()
        return waves.make(w, MakeWaveRequest(orders=ORDERS, name="Noon", slots=2)).wave

    return house.act(do)


def shown(desk):
    return desk.shell.presenter.state()


def key(desk, which):
    QTest.keyClick(desk.shell, which)


def sign_in(client, until):
    until(lambda: client.shell.screen_name() == "signin" and client.centre.online())
    client.shell.on_scan(ScanInput("B-1", client.clock.mono()))
    until(lambda: client.shell.screen_name() not in ("", "signin"))


def to_the_wave(desk, until, wave):
    desk.shell.go("floor")
    desk.shell.press("tab:planned")
    until(lambda: any(row.id == wave for row in getattr(desk.shell.service_view(), "rows", ())))
    desk.shell.press(f"row:{wave}")
    until(lambda: getattr(shown(desk).current, "id", "") == wave)


def test_a_wave_is_planned_looked_at_used_and_picked(served, wave, hands, until):
    house, _ = served
    desk = hands("Desk", desk=True).client
    sign_in(desk, until)
    to_the_wave(desk, until, wave)
    key(desk, Qt.Key.Key_F8)
    until(lambda: desk.shell.screen_name() == "plans" and not shown(desk).loading and shown(desk).drawing)
    assert (shown(desk).drawing.drawn, len(shown(desk).drawing.bins)) == (True, 3)

    key(desk, Qt.Key.Key_F5)
    until(lambda: shown(desk).plan is not None and shown(desk).plan.state is PlanState.DONE and shown(desk).rows)
    plan = shown(desk).plan
    assert plan.result.drawn
    assert sorted(order for batch in plan.result.batches for order in batch.orders) == ORDERS
    batch = shown(desk).tour
    assert batch.number == 1
    assert batch.way
    assert house.ask(select(Job.id)) == []

    # Every order says where it is and why.
    key(desk, Qt.Key.Key_2)
    assert shown(desk).page is Page.ORDERS
    assert sorted(row.order for row in shown(desk).rows) == ORDERS
    key(desk, Qt.Key.Key_1)

    key(desk, Qt.Key.Key_F5)
    assert shown(desk).question.kind == "use"
    key(desk, Qt.Key.Key_F5)
    until(lambda: shown(desk).in_use)
    assert (shown(desk).plan.applied.left_out, shown(desk).plan.applied.orders) == ([], len(ORDERS))

    key(desk, Qt.Key.Key_Escape)
    until(lambda: "release" in getattr(shown(desk).current, "acts", ()))
    desk.shell.press("wave:release")
    until(lambda: getattr(shown(desk).current, "released_at", None) is not None)

    handheld = hands("Handheld 1").client
    sign_in(handheld, until)
    until(lambda: getattr(handheld.shell.service_view(), "jobs", ()))
    handheld.shell.press("next")
    until(lambda: handheld.shell.screen_name() == "pick" and isinstance(handheld.shell.service_view(), PickView))
    job = handheld.shell.service_view().job
    picked = {item.order_no for item in house.items_of(job)}
    assert picked in [set(one.orders) for one in plan.result.batches]

    # While it runs, the same screen says how it will end. The list may still stand as it was left.
    to_the_wave(desk, until, wave)
    until(lambda: getattr(shown(desk).current, "released_at", None) is not None)
    key(desk, Qt.Key.Key_F8)
    until(lambda: desk.shell.screen_name() == "plans" and shown(desk).rescue is not None)
    assert shown(desk).page is Page.RESCUE
    house.check()
