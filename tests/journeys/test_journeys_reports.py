"""A supervisor at a real desk looks at figures of a real server by keys, turns to their own, and wants to be seen beside others."""

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.core.scan import ScanInput
from oms.sales.codes import SaleState
from oms.sales.models import CustomerOrder

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(600)]
LONGEST_MS = 60_000


@pytest.fixture
def until(qtbot):
    return lambda true: qtbot.waitUntil(lambda: bool(true()), timeout=LONGEST_MS)


def keys(desk, *wanted):
    for one in wanted:
        QTest.keyClick(QApplication.focusWidget() or desk.shell, one)
        QApplication.processEvents()


def test_figures_at_a_desk(served, hands, until):
    house, _ = served

    def order(w):
        # Yesterday, on whatever day and at whatever hour this is run.
        at = w.now - timedelta(days=1)
        w.db.add(CustomerOrder(
            number="N-701", state=SaleState.ACCEPTED, placed_at=at, captured_at=at, ship_name="Ada", ship_country="NL"
        ))  # fmt: skip

    house.act(order)
    desk = hands("Desk", desk=True).client
    until(lambda: desk.shell.screen_name() == "signin" and desk.centre.online())
    desk.shell.on_scan(ScanInput("B-1", desk.clock.mono()))
    until(lambda: desk.shell.screen_name() not in ("", "signin"))
    desk.shell.resize(1280, 800)
    desk.shell.show()
    desk.shell.activateWindow()
    desk.shell.go("home")
    until(lambda: "reports" in getattr(desk.shell.service_view(), "doors", ()))
    desk.shell.press("door:reports")
    until(lambda: desk.shell.screen_name() == "reports")

    def state():
        return desk.shell.presenter.state()

    until(lambda: state().seen is not None)
    assert state().current.figure == "orders"
    assert state().current.value >= 1
    assert [one.state for one in state().seen.report.states if one.orders] != []
    # Plots are loaded behind the figures.
    view = desk.shell._views["reports"]
    until(lambda: view.plot.isVisible())
    view.list.setFocus()
    keys(desk, Qt.Key.Key_3)
    until(lambda: state().seen is not None and len(state().seen.report.figures[0].points) == 30)
    keys(desk, Qt.Key.Key_F8)
    until(lambda: state().mine and state().seen is not None)
    assert not state().seen.shown
    keys(desk, Qt.Key.Key_F9)
    until(lambda: state().seen is not None and state().seen.shown)
