"""The table of orders: ten thousand rows, keyboard and mouse, selection."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest

from app.screens.orders.model import COLUMNS, SELECTED, OrderTable
from app.screens.words import Word
from app.ui.status import battery_chip, battery_percent
from app.ui.texts import Texts
from app.ui.widgets.code import bin_spans, tail_spans
from app.ui.widgets.column import Column
from app.ui.widgets.fit import FitLabel
from tools.shots_data import ORDERS

MANY = tuple(replace(ORDERS.orders[i % 36], no=f"5{i:05d}") for i in range(10_000))


@pytest.fixture
def table(qapp):
    return OrderTable(Texts())


def test_the_model_keeps_qts_rules(table):
    QAbstractItemModelTester(table, QAbstractItemModelTester.FailureReportingMode.Fatal)
    table.show_orders(ORDERS.orders, frozenset())
    table.show_orders(ORDERS.orders[:5], frozenset({ORDERS.orders[0].no}))
    table.show_orders((), frozenset())
    assert table.rowCount() == 0


def test_cells_are_words_of_the_language(table):
    table.show_orders(ORDERS.orders, frozenset())
    row = {column: table.index(2, i).data() for i, column in enumerate(COLUMNS)}
    assert row[Word.COLUMN_STATE] == "Being picked"
    assert row[Word.COLUMN_UNITS] == "0 / 4"
    assert row[Word.COLUMN_CUT_OFF] == "16:00"
    assert table.headerData(0, Qt.Orientation.Horizontal) == "Order"


def test_an_order_that_nobody_carries_says_so(table):
    table.show_orders((replace(ORDERS.orders[0], carrier=""),), frozenset())
    assert table.index(0, COLUMNS.index(Word.COLUMN_CARRIER)).data() == "No carrier"


def test_the_same_rows_change_in_place_so_that_the_place_is_kept(table, qtbot):
    table.show_orders(MANY, frozenset())
    with qtbot.assertNotEmitted(table.modelReset), qtbot.waitSignal(table.dataChanged):
        table.show_orders(MANY, frozenset({MANY[7].no}))
    assert table.index(7, 0).data(SELECTED)
    with qtbot.waitSignal(table.modelReset):
        table.show_orders(MANY[1:], frozenset())


def test_ten_thousand_orders_cost_what_is_in_sight(show, monkeypatch):
    shell = show("orders", size="desk")
    view = shell._views["orders"]
    state = replace(view.state, view=replace(ORDERS, orders=MANY))
    asked = []
    # A cell's text is made in Python; Qt remembers who answers `data`, so a stand-in for that would hear nothing.
    text = OrderTable._text
    monkeypatch.setattr(
        OrderTable, "_text", lambda self, order, column: asked.append(order.no) or text(self, order, column)
    )
    view.render_state(state)
    shell.grab()
    assert 5 <= len(set(asked)) < 120


def test_the_keyboard_moves_and_selects(show):
    shell = show("orders", size="desk")
    shell.press("none")
    shell.activateWindow()
    table = shell._views["orders"].list
    table.setFocus()
    table.setCurrentIndex(table.model().index(0, 0))
    QTest.keyClick(table, Qt.Key.Key_Space)
    QTest.keyClick(table, Qt.Key.Key_Down)
    QTest.keyClick(table, Qt.Key.Key_Space)
    assert shell.presenter.state().selected == {"50198", "50205"}
    QTest.keyClick(table, Qt.Key.Key_F3)
    QTest.keyClick(table, Qt.Key.Key_F2)
    assert len(shell.presenter.state().selected) == 18


def test_a_click_on_a_row_selects_it(show):
    shell = show("orders", size="desk")
    shell.press("none")
    table = shell._views["orders"].list
    place = table.visualRect(table.model().index(1, 2)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert shell.presenter.state().selected == {"50205"}


def test_typing_a_search_asks_after_a_moment(show, qtbot):
    shell = show("orders", size="desk")
    search = shell._views["orders"]._search
    shell.activateWindow()
    search.setFocus()
    QTest.keyClicks(search, "now")
    qtbot.waitUntil(lambda: shell.presenter.state().search == "now", timeout=20_000)
    shell.setFocus()


def test_the_part_of_a_code_that_differs_is_bright():
    assert bin_spans("A-12-03") == [("A", False), ("-", False), ("12", True), ("-", False), ("03", True)]
    assert bin_spans("LANE7") == [("LANE7", True)]
    assert tail_spans("9501101000008") == [("950110100", False), ("0008", True)]
    assert tail_spans("12") == [("12", True)]


def test_a_label_that_is_too_small_for_its_words_says_so(show):
    skin = show("pick")._skin
    label = FitLabel(skin, 20)
    label.show_text("Hand wash Olive, 500 ml refill")
    label.resize(400, 30)
    assert label.fits
    label.resize(80, 20)
    assert not label.fits


def test_a_column_gives_up_the_picture_first_and_never_the_bin(show):
    skin = show("pick")._skin
    column = Column(gap=10)
    parts = {name: FitLabel(skin, 20) for name in ("bin", "picture", "second", "count")}
    for name, give_up in (("bin", 0), ("picture", 2), ("second", 1), ("count", 0)):
        column.add(parts[name], 100, 50, give_up)
    shown = {}
    for height in (460, 230, 175, 110):
        column.resize(200, height)
        column.arrange()
        shown[height] = {name for name, part in parts.items() if not part.isHidden()}
    assert shown[460] == shown[230] == {"bin", "picture", "second", "count"}
    assert shown[175] == {"bin", "second", "count"}
    assert shown[110] == {"bin", "count"}


@pytest.mark.parametrize(
    ("files", "percent"), [({"type": "Battery\n", "capacity": "83\n"}, 83), ({"type": "Mains\n"}, None), ({}, None)]
)
def test_the_battery_is_read_where_there_is_one(tmp_path, files, percent):
    supply = tmp_path / "BAT0"
    supply.mkdir()
    for name, text in files.items():
        (supply / name).write_text(text)
    assert battery_percent(tmp_path) == percent
    assert battery_percent(tmp_path / "nowhere") is None


def test_a_low_battery_is_amber():
    assert battery_chip(Texts(), None) == ()
    assert battery_chip(Texts(), 83)[0].tone == "text"
    assert battery_chip(Texts(), 12)[0].tone == "warn"
