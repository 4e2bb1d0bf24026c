"""The board's table with ten thousand rows: what is done in the GUI thread depends on what is in sight and what changed, not on how many
rows there are."""

import random
import statistics
import time

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest

from app.screens.floor import model
from app.screens.floor.cell_table import CELL
from app.screens.floor.model import FloorTable
from app.screens.floor.presenter import FloorPresenter
from app.screens.floor.view import FloorScreen
from app.services.floor_lists import FloorLists
from app.ui.texts import Texts
from app.ui.theme import Skin
from sync.contract.board import BoardCounts, BoardReply, BoardTab, JobLine

MANY, FEW = 10_000, 100
JOBS = BoardTab.JOBS


def job(n, done=0, priority=3):
    return JobLine(
        id=f"j{n:05}", kind="pick", method="single_order", state="active", priority=priority, orders=[f"5{n:05}"],
        order_count=1, lines=2, lines_done=0, units=9, units_done=done, device="Handheld 7", device_id="d7", person="Ada",
    )  # fmt: skip


def known(count):
    lists = FloorLists()
    lists.replace(JOBS, [job(n) for n in range(count)], 1, BoardCounts(jobs=count))
    return lists


def changed(lists, *jobs, gone=()):
    reply = BoardReply(ver=2, full=False, counts=BoardCounts(), epoch=1, server_time="", gone=list(gone))
    lists.change(JOBS, reply, list(jobs))


class Canned:
    """A board whose lists are known."""

    def __init__(self, lists):
        self.lists = lists

    def online(self):
        return True

    def fetch(self, tab):
        from app.core.outcome import Outcome

        return Outcome(tab, None)

    def page(self, tab, search, current):
        from app.core.outcome import Outcome

        return Outcome(tab, self.lists.page(tab, search, current))


@pytest.fixture
def open_(qtbot, around):
    """A real screen on lists of so many rows, standing on the jobs."""

    def make(count):
        lists = known(count)
        presenter = FloorPresenter(around.stage, Canned(lists))
        view = FloorScreen(Skin(), Texts())
        qtbot.addWidget(view)
        view.resize(1280, 700)
        view.arrange(True, 128)
        view.show()
        presenter.enter()
        presenter.on_intent("tab:jobs")

        def settle():
            for _ in range(4):
                around.run()
            view.render_state(presenter.state())

        settle()
        return view, presenter, lists, settle

    return make


def test_the_model_keeps_qts_rules_through_any_edits(qapp):
    table = FloorTable(Texts())
    QAbstractItemModelTester(table, QAbstractItemModelTester.FailureReportingMode.Fatal)
    rng = random.Random(3)
    lists = known(200)
    table.take(lists.page(JOBS, "", ""))
    for _ in range(60):
        changed(
            lists, *(job(rng.randrange(260), rng.randrange(9), rng.randint(1, 4)) for _ in range(4)),
            gone=[f"j{rng.randrange(260):05}"],
        )  # fmt: skip
        page = lists.page(JOBS, rng.choice(["", "", "500"]), "")
        table.take(page)
        assert [table.row_at(i) for i in range(table.rowCount())] == list(page.rows)


def test_a_page_out_of_turn_is_drawn_anew_and_never_half(qapp, qtbot):
    table, lists = FloorTable(Texts()), known(10)
    table.take(lists.page(JOBS, "", ""))
    changed(lists, job(3, 5))
    lists.page(JOBS, "", "")
    changed(lists, job(4, 5))
    page = lists.page(JOBS, "", "")
    with qtbot.waitSignal(table.modelReset):
        table.take(page)
    assert [table.row_at(i).units_done for i in (3, 4)] == [5, 5]


def watch_cells(monkeypatch, hear):
    """Hears the id of the row of every cell that is made."""
    make = model.cell_of
    monkeypatch.setattr(model, "cell_of", lambda texts, tab, column, row: hear(row.id) or make(texts, tab, column, row))


def test_one_change_touches_one_row(qapp, monkeypatch):
    table, lists = FloorTable(Texts()), known(MANY)
    table.take(lists.page(JOBS, "", ""))
    told, looked = [], []
    table.dataChanged.connect(lambda first, last: told.append((first.row(), last.row())))
    watch_cells(monkeypatch, looked.append)
    changed(lists, job(7000, 4))
    table.take(lists.page(JOBS, "", ""))
    assert told == [(7000, 7000)]
    assert looked == []


def test_what_is_looked_at_is_what_is_in_sight(open_, monkeypatch):
    view, _, lists, settle = open_(MANY)
    looked = set()
    watch_cells(monkeypatch, looked.add)
    changed(lists, job(9000, 4))
    settle()
    view.grab()
    assert 5 <= len(looked) < 40
    assert "j00000" in looked
    looked.clear()
    view.list.verticalScrollBar().setValue(view.list.verticalScrollBar().maximum())
    view.grab()
    assert f"j{MANY - 1:05}" in looked
    assert len(looked) < 40


def spent(view, lists, settle, count):
    """Seconds in the GUI thread for a change, a scroll and the picture of it, the median of several."""
    figures = []
    bar = view.list.verticalScrollBar()
    for turn in range(9):
        changed(lists, job(turn * 7 % count, turn))
        page = lists.page(JOBS, "", "")
        began = time.perf_counter()
        view.model.take(page)
        bar.setValue(bar.maximum() * turn // 9)
        view.list.viewport().grab()
        figures.append(time.perf_counter() - began)
    return statistics.median(figures)


def test_ten_thousand_rows_cost_the_gui_what_a_hundred_do(open_):
    few, many = open_(FEW), open_(MANY)
    least = spent(few[0], few[2], few[3], FEW)
    most = spent(many[0], many[2], many[3], MANY)
    assert most < 3 * least


def test_the_row_one_stands_on_is_kept_while_others_come_and_go(open_):
    view, presenter, lists, settle = open_(50)
    presenter.on_intent("row:j00020")
    settle()
    assert view.list.currentIndex().row() == 20
    changed(lists, *(job(900 + n, priority=1) for n in range(5)), gone=["j00010"])
    presenter.refresh()
    settle()
    assert view.list.currentIndex().row() == 24
    assert presenter.state().current.id == "j00020"


def test_arrow_keys_move_and_a_click_chooses(open_, qtbot):
    view, _, _, _ = open_(50)
    heard = []
    view.intent.connect(heard.append)
    view.list.setFocus()
    QTest.keyClick(view.list, Qt.Key.Key_Down)
    assert heard[-1] == "row:j00001"
    place = view.list.visualRect(view.model.index(4, 1)).center()
    QTest.mouseClick(view.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert heard[-1] == "row:j00004"


def test_keys_that_mean_nothing_to_the_list_are_the_windows(open_):
    view, _, _, _ = open_(5)
    heard = []
    view.keyPressEvent = lambda event: heard.append(event.key())
    view.list.setFocus()
    QTest.keyClick(view.list, Qt.Key.Key_F5)
    assert heard == [Qt.Key.Key_F5]


def test_typing_narrows_after_a_moment_without_a_word_to_the_centre(open_, qtbot):
    view, presenter, _, settle = open_(MANY)
    view.intent.connect(presenter.on_intent)
    presenter.on_intent("find")
    settle()
    QTest.keyClicks(view.search, "504321")
    qtbot.waitUntil(lambda: presenter.state().search == "504321")
    settle()
    assert [view.model.row_at(i).id for i in range(view.model.rowCount())] == ["j04321"]


def test_every_cell_of_every_list_has_words_in_every_language(qapp):
    from tools.shots_floor import DEVICES, EXCEPTIONS, PEOPLE, PLANNED, WAVES
    from tools.shots_floor import JOBS as SHOWN

    lists = FloorLists()
    rows = {
        BoardTab.DEVICES: DEVICES, BoardTab.JOBS: SHOWN, BoardTab.PEOPLE: PEOPLE, BoardTab.EXCEPTIONS: EXCEPTIONS,
        BoardTab.WAVES: WAVES, BoardTab.PLANNED: PLANNED,
    }  # fmt: skip
    for language in ("en", "nl", "de", "da"):
        table = FloorTable(Texts(language))
        for tab, some in rows.items():
            lists.replace(tab, list(some), 1, BoardCounts())
            table.take(lists.page(tab, "", ""))
            for column in range(table.columnCount()):
                assert table.headerData(column, Qt.Orientation.Horizontal)
                assert all(table.index(row, column).data() for row in range(table.rowCount()))


def test_a_dark_device_says_it_by_sign_colour_and_words(qapp):
    from tools.shots_floor import DARK, OVERDUE

    table, lists = FloorTable(Texts()), FloorLists()
    fine = msgspec.structs.replace(DARK, id="x", state="live", seen_s=3)
    lists.replace(BoardTab.DEVICES, [DARK, OVERDUE, fine], 1, BoardCounts())
    table.take(lists.page(BoardTab.DEVICES, "", ""))
    cells = [table.index(row, 1).data(CELL) for row in range(3)]
    assert [cell.text for cell in cells] == ["Dark 31 min", "Dark 9 min", "In contact"]
    assert len({cell.mark for cell in cells}) == len({cell.tone for cell in cells}) == 3
